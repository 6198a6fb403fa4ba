"""The tests: quick hashes, files in memory, tasks at once, fixed keys that protect nothing."""

from partenamut.settings.base import *  # noqa: F403
from partenamut.settings.base import DATABASES, REST_FRAMEWORK

DEMO = True
GALLERY = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECRET_KEY = "only-for-the-tests"  # noqa: S105
FIELD_KEY = b"f" * 32
BLIND_INDEX_KEY = b"b" * 32

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A page served from another thread gives its connection back: the test database can be dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
REST_FRAMEWORK = REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"anon": None, "user": None}}

CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

PAYMENTS_DEBTOR_NAME = "Partenamut (test)"
PAYMENTS_DEBTOR_IBAN = "BE49999000000171"
PAYMENTS_DEBTOR_BIC = "TESTBEBB"
