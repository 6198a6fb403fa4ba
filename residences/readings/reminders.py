"""What is overdue, with the letters that were made: the list, and those for whom a letter can be made."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from partenamut.money import ZERO
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, Tab
from residences.models import Reminder, RestHome
from residences.readings.arrears import AGES, Age
from residences.readings.money import OF_A_SHARE, TONES, MoneySearch, Taken
from residences.services.payments import ShareState
from residences.services.reminders import obstacle_to_letter, overdue_of

#: Where the letters of an overdue share stand: name -> label and condition.
STEPS: dict[str, tuple[Any, Q]] = {
    "first": (pgettext_lazy("letter", "None yet"), Q(letters=0, disputed=False)),
    "reminded": (gettext_lazy("Reminded"), Q(letters__gt=0, noticed_on=None, disputed=False)),
    "noticed": (gettext_lazy("Formal notice given"), Q(noticed_on__isnull=False, disputed=False)),
    "disputed": (gettext_lazy("Disputed"), Q(disputed=True)),
}


class OverdueFilter(ListFilter):
    """Overdue shares by name, age and letters."""

    text = MoneySearch(path="", label=gettext_lazy("Name, number or structured communication"))
    age = ChoiceFilter(label=gettext_lazy("Days late"), method="of_age", choices=())
    step = ChoiceFilter(
        label=gettext_lazy("Letters"),
        method="at_step",
        choices=[(name, label) for name, (label, _condition) in STEPS.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["age"].extra["choices"] = [
            (str(first), Age(first, last, 0, ZERO, ZERO).label) for first, last in AGES
        ]

    def of_age(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that are late for so many days."""
        first, last = next(age for age in AGES if str(age[0]) == value)
        rows = rows.filter(late__gte=timedelta(days=first))
        return rows if last is None else rows.filter(late__lte=timedelta(days=last))

    def at_step(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those whose letters stand there."""
        return rows.filter(STEPS[value][1])


class OverdueList(Taken):
    """The overdue shares of a home, the oldest first."""

    template_name = "residences/reminders/list.html"
    columns = (
        *OF_A_SHARE,
        Column("due_on", gettext_lazy("To be paid by"), "invoice.due_on", kind="day", sort="invoice__due_on"),
        Column("days_late", gettext_lazy("Days late"), lambda row: row.late.days, kind="number", sort="late"),
        Column("balance", pgettext_lazy("money", "Open"), "balance", kind="euros", sort="balance"),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: ShareState(row.state),
            kind="status",
            tones=TONES,
            sort="state",
        ),
        Column("letters", gettext_lazy("Letters"), "letters", kind="number", sort="letters"),
        Column(
            "last_letter_on", gettext_lazy("Last letter"), "last_letter_on", kind="day", sort="last_letter_on"
        ),
        Column("noticed_on", gettext_lazy("Formal notice"), "noticed_on", kind="day", sort="noticed_on"),
    )
    filterset_class = OverdueFilter
    ordering = ("invoice__due_on",)
    export_name = gettext_lazy("overdue")
    empty_text = gettext_lazy("Nothing is overdue: everybody has paid in time.")
    counted = ngettext_lazy("%(count)s overdue amount", "%(count)s overdue amounts", "n")


def step_tabs(rows: QuerySet[Any], current: str) -> list[Tab]:
    """The whole list, and where its letters stand."""
    counts = {name: rows.filter(condition).count() for name, (_label, condition) in STEPS.items()}
    tabs = [Tab(label=_("All"), query="", current=not current, count=sum(counts.values()))]
    return tabs + [
        Tab(label=label, query=f"step={name}", current=current == name, count=counts[name])
        for name, (label, _condition) in STEPS.items()
    ]


def choosable(home: RestHome, level: str, on: date) -> tuple[list[tuple[str, str]], list[tuple[Any, str]]]:
    """The shares for which a letter can be made on a day, as choices of a form; the others, each with why not."""
    choices, others = [], []
    for row in overdue_of(home, on).order_by("invoice__due_on", "pk"):
        why = obstacle_to_letter(row, level, on)
        if why:
            others.append((row, why))
        else:
            choices.append((str(row.public_id), label_of(row)))
    return choices, others


def label_of(row: Any) -> str:
    """A share on one line: who owes how much of which invoice since when."""
    return _("%(name)s: %(amount)s of invoice %(number)s, to be paid by %(day)s") % {
        "name": row.name,
        "amount": formats.euros(row.balance),
        "number": row.invoice.number,
        "day": formats.day(row.invoice.due_on),
    }


def letters_of(home: RestHome, on: date) -> QuerySet[Reminder]:
    """The letters that a home made on a day."""
    rows: QuerySet[Reminder] = Reminder.objects.filter(share__invoice__home=home, issued_on=on)
    return rows.select_related("share__invoice", "document").order_by("share__invoice__number", "pk")
