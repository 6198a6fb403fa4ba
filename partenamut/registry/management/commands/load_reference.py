"""manage.py load_reference: the public lists, as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from partenamut.registry import reference


class Command(BaseCommand):
    """Loads the lists of the registry and those that the businesses offer; rows that stand are left alone."""

    help = "Load insurers, mutualities, residences and the lists of each business; rows that stand are left alone."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Says how many rows of each kind were added."""
        for name, added in reference.load_all(at=timezone.now()).items():
            self.stdout.write(f"{name}: {added} added")
