"""CODA, the statement of account of Belgian banks (Febelfin 2.x), read into the same lines as a list in CSV."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coda import CODA
from django.utils.translation import gettext as _

from partenamut.casework.rows import FileRefused, Line, refuse_size
from partenamut.money import to_cents
from partenamut.payments.bank_lines import MAX_LINES
from partenamut.payments.communications import structured

WIDTH = 128
#: What the library raises for a record that is not what its place says, or for totals that do not add up.
_DAMAGED = (ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError)
#: Communications of which the first twelve characters are a reference with its two check digits.
_WITH_REFERENCE = ("101", "102")
#: A sum of transfers, of which each one follows in detail.
_SUMS = ("1", "2")


@dataclass(frozen=True, slots=True)
class CodaFile:
    """What a file says: the accounts it is about, and their movements."""

    accounts: tuple[str, ...]
    lines: list[Line]


def is_coda(content: bytes) -> bool:
    """Whether a file looks like CODA: records of 128 characters, the first a head of version 2."""
    head = content.split(b"\n", 1)[0].rstrip(b"\r")
    return len(head) == WIDTH and head[:5] == b"00000" and head[-1:] == b"2"


def read_coda(content: bytes) -> CodaFile:
    """The movements of a file; FileRefused for one that is cut off, changed or not in euros."""
    try:
        statements = CODA(io.StringIO(_text(content))).statements
        whole = all(one.total_credit is not None for one in statements)
        foreign = any(one.account_currency != "EUR" for one in statements)
        lines = [_line(number, *found) for number, found in enumerate(_movements(statements), 1)]
    except _DAMAGED:
        whole, foreign, lines = False, False, []
    if not whole:
        raise FileRefused(
            _(
                "This CODA file is cut off or was changed: its totals do not add up. Take it from the bank again."
            )
        )
    if foreign:
        raise FileRefused(_("This CODA file is of an account that is not in euros."))
    refuse_size(len(lines), MAX_LINES)
    return CodaFile(tuple(dict.fromkeys(one.account for one in statements)), lines)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _movements(statements: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each statement with each movement that one payer made: the details of a sum stand in for it."""
    for statement in statements:
        for move in statement.moves:
            parts = move.moves if move.transaction_type in _SUMS and move.moves else [move]
            yield from ((statement, part) for part in parts)


def _line(number: int, statement: Any, move: Any) -> Line:
    values = {
        "date": move.entry_date.isoformat(),
        "amount": str(to_cents(move.amount)),
        "communication": _communication(move),
        # The bank's own reference may come back; with its place in the statements it does not.
        "reference": _plain(
            f"{move.bank_reference} {move.entry_date.year}-{statement.new_sequence}-{move.sequence}{move.detail_sequence}"
        ),
        "name": _plain(move.counterparty_name),
        "account": _plain((move.counterparty_account or "")[:34]),
    }
    return Line(number, values)


def _communication(move: Any) -> str:
    text = _plain(move.communication)
    if move.communication_type in _WITH_REFERENCE and len(text) == 12 and text.isdigit():
        return structured(text)
    return text


def _plain(text: str | None) -> str:
    return " ".join(character for character in (text or "").split() if character.isprintable())
