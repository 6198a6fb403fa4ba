"""`manage.py demo`: fictitious people and cases, and how to log in as them."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from partenamut.web.demo import demos


class Command(BaseCommand):
    """Loads the demo data of every business that has not got it yet, and prints the log-ins."""

    help = "Loads fictitious demo data once; never on a production portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing where the data is there already"
        )
        parser.add_argument("--print-logins", action="store_true", help="only print the log-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loads what is missing; CommandError outside a demo."""
        if options["print_logins"]:
            self._print_log_ins()
            return
        if not settings.DEMO:
            raise CommandError("Demo data does not go into a production database.")
        call_command("load_reference", stdout=self.stdout)
        for name, demo in demos():
            if demo.is_loaded():
                if not options["if_empty"]:
                    self.stdout.write(f"{name}: there already")
                continue
            self.stdout.write(f"{name}: loading")
            demo.load(now())

    def _print_log_ins(self) -> None:
        for log_in in [log_in for _name, demo in demos() for log_in in demo.LOG_INS]:
            self.stdout.write(f"  {log_in.role:<24} {log_in.email:<34} {log_in.password}")
