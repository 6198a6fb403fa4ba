"""One's own machine: keys are made once and kept in var/, nothing has to be configured."""

import os

from partenamut.settings import environment
from partenamut.settings.base import *  # noqa: F403
from partenamut.settings.base import PAYMENTS_DEBTOR_BIC, PAYMENTS_DEBTOR_IBAN, PAYMENTS_DEBTOR_NAME, VAR

DEMO = True
DEBUG = os.environ.get("DEBUG") == "1"
ALLOWED_HOSTS = environment.listed("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]

_keys = environment.kept_keys(VAR / "keys.json")
SECRET_KEY = _keys["SECRET_KEY"]
FIELD_KEY = environment.key("FIELD_KEY", _keys["FIELD_KEY"])
BLIND_INDEX_KEY = environment.key("BLIND_INDEX_KEY", _keys["BLIND_INDEX_KEY"])

# Static files come straight from their folders: no collectstatic to forget.
WHITENOISE_USE_FINDERS = True

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"

for folder in ("broker/messages", "media", "static"):
    (VAR / folder).mkdir(parents=True, exist_ok=True)

# A fictitious account of a bank that does not exist.
PAYMENTS_DEBTOR_NAME = PAYMENTS_DEBTOR_NAME or "Partenamut (demonstration)"
PAYMENTS_DEBTOR_IBAN = PAYMENTS_DEBTOR_IBAN or "BE49999000000171"
PAYMENTS_DEBTOR_BIC = PAYMENTS_DEBTOR_BIC or "TESTBEBB"
