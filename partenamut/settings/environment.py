"""What the settings read from outside: variables, the database address, the keys."""

import base64
import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def required(name: str) -> str:
    """The variable's value; ImproperlyConfigured names it when it is missing or empty."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is required.")
    return value


def listed(name: str) -> list[str]:
    """The comma-separated values of a variable, without the empty ones."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def key(name: str, text: str) -> bytes:
    """The 32 bytes behind a base64 text; ImproperlyConfigured when there are not exactly 32."""
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not base64.") from error
    if len(value) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must hold {KEY_BYTES} bytes, not {len(value)}.")
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings for a postgresql:// address; a socket folder may stand in ?host=."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://, the only database supported.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": int(options.pop("conn_max_age", "60")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def kept_keys(path: Path) -> dict[str, str]:
    """The keys of a developer's machine: made once, kept in the file, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {"SECRET_KEY": secrets.token_urlsafe(50)} | {
            name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            for name in ("FIELD_KEY", "BLIND_INDEX_KEY")
        }
        handle, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with os.fdopen(handle, "w") as file:
            json.dump(fresh, file)
        with contextlib.suppress(FileExistsError):  # the first of several processes that start at once wins
            os.link(draft, path)
        Path(draft).unlink()
    keys: dict[str, str] = json.loads(path.read_text())
    return keys
