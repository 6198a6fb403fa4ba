"""The credit transfer file for the bank: ISO 20022 pain.001.001.09, the same bytes from the same values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sepaxml import SepaTransfer
from text_unidecode import unidecode

SCHEMA = "pain.001.001.09"
NAME_LENGTH = 70
REMITTANCE_LENGTH = 140
# EPC217-08: Latin letters, digits and these signs only.
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")


class FileRefused(ValueError):
    """Raised for a file that does not comply with its schema; says where."""


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays, and from which account."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of the file: euros to an account, with the text that the person reads on the statement."""

    end_to_end_id: str
    name: str
    iban: str
    amount: Decimal
    remittance: str


def sepa_text(text: str, limit: int) -> str:
    """The text in the characters that all banks take, cut to a length; may come out empty."""
    plain = _OUTSIDE.sub(" ", unidecode(text.replace("&", "+")))
    # A slash at an end or doubled has a meaning of its own between banks.
    plain = re.sub(r"/{2,}", "/", " ".join(plain.split())).strip("/ ")
    return plain[:limit].rstrip("/ ")


def remittance(purpose: str, number: str) -> str:
    """The number and what is paid, in 140 characters: the number is never cut."""
    return sepa_text(f"{number} {purpose}", REMITTANCE_LENGTH)


def transfer_file(
    *, number: str, debtor: Debtor, execution_date: date, made_at: datetime, transfers: Sequence[Transfer]
) -> bytes:
    """The file of a batch, checked against its schema; FileRefused where it does not comply."""
    config = {
        "name": sepa_text(debtor.name, NAME_LENGTH),
        "IBAN": debtor.iban,
        "BIC": debtor.bic,
        "batch": True,
        "currency": "EUR",
    }
    file = _File(config, number, made_at)
    for transfer in transfers:
        file.add_payment(_payment(transfer, execution_date))
    content: bytes = file.export(validate=False)
    reason = next(_schema().iter_errors(content.decode()), None)
    if reason is not None:
        raise FileRefused(str(reason))
    return content


@cache
def _schema() -> Any:
    """The schema, compiled once in a process."""
    # Imported globally it changes the XML parser for the library that writes the file.
    from xmlschema import XMLSchema

    return XMLSchema(str(files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"))


def _payment(transfer: Transfer, execution_date: date) -> dict[str, Any]:
    return {
        "name": sepa_text(transfer.name, NAME_LENGTH),
        "IBAN": transfer.iban,
        "amount": int(transfer.amount * 100),
        "description": transfer.remittance,
        "execution_date": execution_date,
        "endtoend_id": transfer.end_to_end_id,
    }


class _File(SepaTransfer):  # type: ignore[misc]
    """The library's file with our number and moment in place of a random name and the clock."""

    def __init__(self, config: dict[str, Any], number: str, made_at: datetime) -> None:
        self.number, self.made_at = number, made_at
        super().__init__(config, schema=SCHEMA, clean=False)

    def _create_header(self) -> None:
        self.msg_id = self.number
        super()._create_header()
        self._xml.find(".//CreDtTm").text = self.made_at.isoformat(timespec="seconds")

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for place, block in enumerate(self._xml.iter("PmtInfId"), start=1):
            block.text = f"{self.number}-{place}"
