"""`manage.py decide RULESET`: one JSON object a line in, one a line out."""

import gc
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from partenamut.contract import answer_lines
from partenamut.rulesets import Ruleset, known


class Command(BaseCommand):
    """Asks a ruleset about facts, without the web and without writing anything."""

    help = "Answers one JSON object a line with the decision and its reasons; exit status 1 if a line was not valid."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The ruleset, where to read and write, and the language of the sentences."""
        parser.add_argument("ruleset", choices=sorted(known()))
        parser.add_argument("--input", help="file to read; standard input otherwise")
        parser.add_argument("--output", help="file to write; standard output otherwise")
        parser.add_argument("--lang", default="fr", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads, answers and writes line by line; memory does not grow with the number of lines."""
        with ExitStack() as files:
            source = _open(files, options["input"], "rb", sys.stdin.buffer)
            target = _open(files, options["output"], "wb", sys.stdout.buffer)
            valid = _answer_all(known()[options["ruleset"]], source, target, options["lang"])
        if not valid:
            sys.exit(1)


def _answer_all(ruleset: Ruleset, source: BinaryIO, target: BinaryIO, language: str) -> bool:
    all_valid = True
    # What is loaded stays, and an answer makes no cycles: the collector need not look often.
    gc.freeze()
    gc.set_threshold(200_000)
    with override(language):
        for answer, valid in answer_lines(ruleset, source, language):
            target.write(answer + b"\n")
            all_valid &= valid
    target.flush()
    return all_valid


def _open(files: ExitStack, name: str | None, mode: str, otherwise: BinaryIO) -> Any:
    if not name:
        return otherwise
    try:
        return files.enter_context(Path(name).open(mode))
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error
