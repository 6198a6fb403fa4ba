"""What several documents share: the project, a line, the name of a service."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

import msgspec
from django.utils.translation import override

from partenamut.sentences import within
from protocol3.messages import FAMILIES, MODALITIES, RATES
from protocol3.rules.pseudocodes import OPERATING_ALLOWANCE, PSEUDOCODES


class ProjectWords(msgspec.Struct, frozen=True):
    """The project as its notes name it; contact is a phone number or a mail address."""

    name: str
    address_lines: tuple[str, ...]
    contact: str
    inami_number: str
    enterprise_number: str
    iban: str
    account_holder: str
    signatory: str


class LineWords(msgspec.Struct, frozen=True):
    """A line of an individual note; `what` names the service, see `service_name`."""

    date: date
    pseudocode: str
    units: int
    unit_amount: Decimal
    amount: Decimal
    what: str


@lru_cache(maxsize=256)
def service_name(pseudocode: str, language: str) -> str:
    """The service of a pseudocode in words of the language, such as Case management, session."""
    with override(language):
        if pseudocode == OPERATING_ALLOWANCE:
            return str(RATES["operating_allowance"])
        kind = PSEUDOCODES.get(pseudocode)
        if kind is None:
            return pseudocode
        if kind.modality == "module":
            return str(FAMILIES[kind.family])
        return f"{FAMILIES[kind.family]}, {within(MODALITIES[kind.modality])}"


def sent_by(project: ProjectWords) -> dict[str, object]:
    """The project as the head of a letter names it."""
    lines = [*project.address_lines, project.contact]
    return {"sender": {"name": project.name, "service": "", "lines": [line for line in lines if line]}}
