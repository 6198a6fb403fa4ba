"""What all settings share. The three others say where the secrets come from and how strict to be."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from partenamut.settings import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")

DEBUG = False
ALLOWED_HOSTS: list[str] = environment.listed("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS: list[str] = environment.listed("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_htmx",
    "pgtrigger",
    "partenamut.accounts",
    "partenamut.audit",
    "partenamut.casework",
    "partenamut.registry",
    "partenamut.documents",
    "partenamut.payments",
    "partenamut.web",
    "convalescence",
    "protocol3",
    "residences",
    "hospitalisation",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Between the checks of the token and of the log-in: a form sent after the session's end is kept.
    "partenamut.web.resume.ResumeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "partenamut.urls"
WSGI_APPLICATION = "partenamut.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partenamut.web.context.frame",
            ],
        },
    },
]

# --- database and cache -----------------------------------------------------------------------------------


def embedded_url() -> str:
    """The address that the running embedded server has left, else the one it has by default."""
    note = VAR / "database-url"
    return (
        note.read_text().strip()
        if note.exists()
        else f"postgresql://postgres@/partenamut?host={VAR}/postgres"
    )


DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL") or embedded_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
# Throttling and lockouts count over all processes: the cache is shared even without Redis.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR / "cache"}
}

# --- who is there -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:home"

# Thirty minutes without a request end the session.
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# What the log-in passes to its backends; by default axes looks for the name of our column and counts nobody.
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# --- what a page may do -----------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# Ten pages of a scan are the largest post; fields are bounded to keep a form's parsing cheap.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_PERMISSION_CLASSES": ["partenamut.web.api.DenyAll"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": ["partenamut.web.parsers.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "partenamut.web.api.Pages",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min"},
    "EXCEPTION_HANDLER": "partenamut.web.api.answer_error",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Partenamut",
    "DESCRIPTION": "Requests, decisions with their reasons, payments.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # Fields named `kind` of several businesses: without a name each would get a meaningless one.
    "ENUM_NAME_OVERRIDES": {
        "AccountEntryKind": "residences.models.EntryKind",
        "HospitalClaimKind": "hospitalisation.models.ClaimKind",
        "HospitalClaimStatus": "hospitalisation.workflow.Status",
        "InvoiceLineKind": "residences.models.LineKind",
        "InvoiceKind": "residences.models.InvoiceKind",
    },
}

# --- languages --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("nl", _("Dutch")), ("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# --- files ------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
#: Where a virus scanner listens; without one, uploads are still cleaned but not scanned.
CLAMD_SOCKET = os.environ.get("CLAMD_SOCKET", "")
FILE_UPLOAD_PERMISSIONS = 0o600

# --- work behind the pages --------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Without a broker a page says so at once, and the schedule rings later: nobody waits for ever growing pauses.
REDIS_TRANSPORT: dict[str, Any] = {
    "visibility_timeout": 600,  # seconds
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    REDIS_TRANSPORT
    if REDIS_URL
    else {
        "data_folder_in": str(VAR / "broker" / "messages"),
        "data_folder_out": str(VAR / "broker" / "messages"),
        "control_folder": str(VAR / "broker" / "control"),
        "polling_interval": 0.2,  # seconds
    }
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A rendering leaves a little memory behind each time.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "show that the schedule is alive": {
        "task": "partenamut.web.tasks.heartbeat",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "go on with imports that were cut short": {
        "task": "partenamut.registry.tasks.continue_imports",
        "schedule": timedelta(minutes=5),
    },
    "go on with imports of services that were cut short": {
        "task": "protocol3.tasks.continue_service_imports",
        "schedule": timedelta(minutes=5),
    },
    "forget sessions that have ended": {
        "task": "partenamut.web.tasks.forget_old_sessions",
        "schedule": crontab(hour=2, minute=40),
    },
    "render what nobody has rung for": {
        "task": "partenamut.documents.tasks.render_open_documents",
        "schedule": timedelta(minutes=1),
    },
    "prepare the closings of last month": {
        "task": "protocol3.tasks.prepare_closings",
        "schedule": crontab(day_of_month=1, hour=4, minute=10),
    },
    "go on with closings that were cut short": {
        "task": "protocol3.tasks.continue_closings",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "make the papers of closings that stand still": {
        "task": "protocol3.tasks.continue_papers",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "go on with invoices of residents that were cut short": {
        "task": "residences.tasks.continue_runs",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "make the papers of invoices that stand still": {
        "task": "residences.tasks.continue_invoice_papers",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "begin conventions on their day of entry": {
        "task": "residences.tasks.start_conventions",
        "schedule": crontab(hour=0, minute=10),
    },
    "write amendments into conventions on their first day": {
        "task": "residences.tasks.apply_amendments",
        "schedule": crontab(hour=0, minute=15),
    },
    "end conventions after their last day": {
        "task": "residences.tasks.end_conventions",
        "schedule": crontab(hour=0, minute=20),
    },
    "drop files that belong to no row": {
        "task": "partenamut.documents.tasks.drop_orphan_files",
        "schedule": crontab(hour=3, minute=10),
    },
}

# --- payments ---------------------------------------------------------------------------------------------

# The account that payments leave from.
PAYMENTS_DEBTOR_NAME = os.environ.get("PAYMENTS_DEBTOR_NAME", "")
PAYMENTS_DEBTOR_IBAN = os.environ.get("PAYMENTS_DEBTOR_IBAN", "")
PAYMENTS_DEBTOR_BIC = os.environ.get("PAYMENTS_DEBTOR_BIC", "")

# --- the house, as its letters name it ----------------------------------------------------------------------

#: Whether fictitious people may be loaded.
DEMO = False
HOUSE_NAME = "Partenamut"
HOUSE_ADDRESS: list[str] = environment.listed("HOUSE_ADDRESS")
#: Where care projects pay back what was billed beyond a maximum; empty: the public address.
INAMI_ADDRESS: list[str] = environment.listed("INAMI_ADDRESS")

# --- mail and logs ----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "noreply@partenamut.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "partenamut.settings.masking.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
