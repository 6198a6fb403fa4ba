"""The final account as its page shows it: every amount with why it is due, what was paid, what is left."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.money import ZERO
from partenamut.web import formats
from residences.deciding import Due
from residences.documents.invoices import line_label
from residences.messages import message
from residences.models import InvoiceLine, LineKind
from residences.readings.notices import Look, looks_of
from residences.services.settling import Settlement

#: Why a line stands on a final account.
WHY = {
    LineKind.ACCOMMODATION_CURRENT: gettext_lazy("Days of accommodation not invoiced yet, to the last day due (art. 10)."),
    LineKind.ACCOMMODATION_NEXT: gettext_lazy("Days of accommodation not invoiced yet, to the last day due (art. 10)."),
    LineKind.ACCOMMODATION_CREDIT: gettext_lazy("Paid in advance and not due: after the last day (art. 6 and 10)."),
    LineKind.DISCOUNT: gettext_lazy("The discount follows its days of accommodation (art. 4 §3)."),
    LineKind.REBATE: gettext_lazy("For each day on which an insurer intervened (art. 4 §7)."),
    LineKind.SUPPLEMENT: gettext_lazy("Taken and not invoiced yet (art. 4 §3 and §4)."),
    LineKind.ADVANCE: gettext_lazy("Paid in the resident's name, at its exact amount (art. 4 §5)."),
    LineKind.CARE: gettext_lazy("Care of a resident not sufficiently insured (art. 4 §6)."),
    LineKind.CORRECTION: gettext_lazy("Correction entered on the account."),
    LineKind.INTEREST: gettext_lazy("Paid late after a formal notice (art. 6)."),
    LineKind.INDEMNITY: gettext_lazy("The notice was not observed: its days, without supplements (art. 10)."),
}  # fmt: skip


@dataclass(frozen=True)
class FinalPage:
    """All that the page of a final account shows."""

    settlement: Settlement
    columns: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]
    debtor_columns: list[dict[str, Any]]
    debtor_rows: list[list[dict[str, Any]]]
    looks: list[Look]
    #: What stands against issuing it.
    problems: list[str]
    verdict: str
    tone: str

    @property
    def may_issue(self) -> bool:
        """Whether it can be issued."""
        return self.settlement.invoice is None and not self.problems


def final_page(found: Settlement) -> FinalPage:
    """The final account with its words, issued or as it would be."""
    verdict, tone = _verdict(found)
    ruling = found.end.by
    return FinalPage(
        settlement=found,
        columns=[
            {"label": _("What")},
            {"label": _("Why")},
            {"label": _("Amount"), "numeric": True},
        ],
        rows=_rows(found),
        debtor_columns=[
            {"label": _("Debtor")},
            {"label": _("Invoiced before"), "numeric": True},
            {"label": _("Received"), "numeric": True},
            {"label": _("Final account"), "numeric": True},
            {"label": _("Balance"), "numeric": True},
        ],
        debtor_rows=_debtor_rows(found),
        looks=looks_of(ruling.decision.reasons) if ruling else [],
        problems=[message(reason) for reason in found.plan.problems] if found.plan else [],
        verdict=verdict,
        tone=tone,
    )


# --- inside -----------------------------------------------------------------------------------------------


def _rows(found: Settlement) -> list[list[dict[str, Any]]]:
    lines: list[Due | InvoiceLine] = []
    if found.plan is not None:
        lines.extend(found.plan.lines)
    elif found.invoice is not None:
        lines.extend(found.invoice.lines.order_by("position"))
    rows = [
        _row(
            line.label if isinstance(line, InvoiceLine) else line_label(line),
            WHY.get(LineKind(line.kind), ""),
            line.amount,
        )
        for line in lines
    ]
    return [*rows, _row(_("Total of the final account"), "", found.total)]


def _row(label: str, why: Any, amount: Decimal) -> list[dict[str, Any]]:
    return [{"text": label}, {"text": why}, _amount(amount)]


def _amount(amount: Decimal) -> dict[str, Any]:
    return {"text": formats.euros(amount), "nowrap": True}


def _debtor_rows(found: Settlement) -> list[list[dict[str, Any]]]:
    amounts = [(one.name, (one.invoiced, one.paid, one.final, one.balance)) for one in found.debtors]
    if len(amounts) > 1:
        columns = zip(*(figures for _name, figures in amounts), strict=True)
        together = [sum(column, ZERO) for column in columns]
        amounts.append((_("Together"), (together[0], together[1], together[2], together[3])))
    return [[{"text": name}, *map(_amount, figures)] for name, figures in amounts]


def _verdict(found: Settlement) -> tuple[str, str]:
    amount = {"amount": formats.euros(abs(found.balance))}
    if found.balance > 0:
        return _("%(amount)s is left to be paid for the whole stay.") % amount, "warning"
    if found.balance < 0:
        return _("%(amount)s is to be paid back: register it as a payment below zero.") % amount, "info"
    return _("Nothing is left to be paid, and nothing to be paid back."), "success"
