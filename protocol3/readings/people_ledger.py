"""The ledger of a beneficiary as its page shows it: series, shares of sessions, alternatives, what is not billable."""

from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partenamut.sentences import within
from partenamut.web import formats
from protocol3 import messages
from protocol3.deciding import Taken
from protocol3.messages import FAMILIES, MODALITIES
from protocol3.models import Enrolment, PriorUnits
from protocol3.readings.ledgers import AlternativeLine, FamilyLine, LedgerView, SeriesLine, ledger_of
from protocol3.readings.people_file import ShownReason, closing_text, head
from protocol3.rules.pseudocodes import PSEUDOCODES

Row = dict[str, Any]


def ledger_page(enrolment: Enrolment, *, on: date) -> Row:
    """What the page of a ledger shows."""
    ledger = ledger_of(enrolment, on=on)
    return {
        **head(enrolment, on=on),
        "ledger": ledger,
        "closing_text": closing_text(ledger),
        "prior": PriorUnits.objects.filter(beneficiary=enrolment.beneficiary, units__gt=0).first(),
        "share_columns": share_columns(),
        "series": [_series(line) for line in ledger.series],
        "limit_columns": limit_columns(),
        "alternatives": [_alternative(line) for line in ledger.alternatives],
        "hospital": [_alternative(line) for line in ledger.hospital],
        "stopped": stopped(ledger, ledger.stopped),
        "excess": stopped(ledger, ledger.excess),
    }


def share_columns() -> list[Row]:
    """The heads of the table of families in a series."""
    return [
        {"label": _("Service")},
        {"label": _("Sessions"), "numeric": True},
        {"label": _("Groups"), "numeric": True},
        {"label": _("Support"), "numeric": True},
        {"label": _("Share of sessions"), "numeric": True},
        {"label": _("Least share")},
    ]


def limit_columns() -> list[Row]:
    """The heads of a table of limits."""
    return [
        {"label": _("Service")},
        {"label": _("Used"), "numeric": True},
        {"label": _("Left"), "numeric": True},
        {"label": _("At most"), "numeric": True},
    ]


def stopped(ledger: LedgerView, taken: tuple[Taken, ...]) -> list[Row]:
    """Services that are not billable, each with its conditions not met and their articles."""
    language = get_language() or "fr"
    rows = []
    for one in taken:
        service, reasons = one.entered.facts, one.verdict.stopped_by
        kind = PSEUDOCODES.get(service.pseudocode)
        name = f"{FAMILIES[kind.family]}, {within(MODALITIES[kind.modality])}" if kind else service.pseudocode
        said = [
            ShownReason(reason.code, False, sentence, messages.source(reason.article))
            for reason, sentence in zip(reasons, messages.messages(reasons, language), strict=True)
        ]
        rows.append({"day": service.date, "name": name, "units": service.units, "reasons": said})
    return rows


def _series(line: SeriesLine) -> Row:
    return {"line": line, "families": [_family(each) for each in line.families]}


def _family(line: FamilyLine) -> list[Any]:
    share = "–" if line.family == "case_management" else formats.percent(line.percent)
    return [
        str(FAMILIES[line.family]),
        str(line.sessions),
        str(line.groups),
        str(line.support),
        share,
        _share_state(line),
    ]


def _share_state(line: FamilyLine) -> Row:
    if line.kept:
        return {"text": _("Reached"), "tone": "success"}
    if line.reachable:
        return {"text": _("Still to be reached"), "tone": "warning"}
    return {"text": _("Out of reach"), "tone": "error"}


def _alternative(line: AlternativeLine) -> list[str]:
    left = _("no limit") if line.left is None else str(line.left)
    most = "–" if line.limit is None else str(line.limit)
    return [str(FAMILIES[line.family]), str(line.used), left, most]
