"""The real thing: every secret comes from the environment, and a missing one stops the start."""

import os

from partenamut.settings import environment
from partenamut.settings.base import *  # noqa: F403

SECRET_KEY = environment.required("SECRET_KEY")
FIELD_KEY = environment.key("FIELD_KEY", environment.required("FIELD_KEY"))
BLIND_INDEX_KEY = environment.key("BLIND_INDEX_KEY", environment.required("BLIND_INDEX_KEY"))
environment.required("ALLOWED_HOSTS")
environment.required("DATABASE_URL")
environment.required("REDIS_URL")
PAYMENTS_DEBTOR_NAME = environment.required("PAYMENTS_DEBTOR_NAME")
PAYMENTS_DEBTOR_IBAN = environment.required("PAYMENTS_DEBTOR_IBAN")
PAYMENTS_DEBTOR_BIC = environment.required("PAYMENTS_DEBTOR_BIC")

SECURE_SSL_REDIRECT = True
# The probes of the container speak plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if os.environ.get("BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
