"""The production settings with keys that are thrown away, for commands that need no secret.

python scripts/production.py check --deploy --fail-level WARNING
python scripts/production.py collectstatic --no-input
"""

import base64
import os
import secrets
import sys
from pathlib import Path


def throwaway() -> dict[str, str]:
    """The environment that the production settings ask for, with fresh keys and servers that are not there."""
    keys = {
        name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("FIELD_KEY", "BLIND_INDEX_KEY")
    }
    return keys | {
        "DJANGO_SETTINGS_MODULE": "partenamut.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": "postgresql://nobody@localhost/none",
        "REDIS_URL": "redis://localhost:6379/0",
        "PAYMENTS_DEBTOR_NAME": "Nobody",
        "PAYMENTS_DEBTOR_IBAN": "BE49999000000171",
        "PAYMENTS_DEBTOR_BIC": "TESTBEBB",
    }


def main() -> None:
    """Run a management command."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ |= throwaway()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
