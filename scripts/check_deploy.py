"""Django's deployment checks on the production settings, with keys that are thrown away."""

import base64
import os
import secrets
import sys
from pathlib import Path


def main() -> None:
    """End with an error when `check --deploy` finds anything at all."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    thrown_away = {
        name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("FIELD_KEY", "BLIND_INDEX_KEY")
    }
    os.environ |= thrown_away | {
        "DJANGO_SETTINGS_MODULE": "partenamut.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": os.environ.get("DATABASE_URL") or "postgresql://nobody@localhost/none",
        "REDIS_URL": os.environ.get("REDIS_URL") or "redis://localhost:6379/0",
    }
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])


if __name__ == "__main__":
    main()
