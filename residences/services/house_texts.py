"""Use cases of the lists that a home puts into its conventions: what the price includes, and its special clauses."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.services.rows import begin, change, end, locked
from residences.models import HouseClause, IncludedElement, RestHome
from residences.rules.included import BY_CODE, STANDARD, folded
from residences.services.conventions import clause_errors

L = TypeVar("L", IncludedElement, HouseClause)

# --- what the price includes (art. 4 §2) --------------------------------------------------------------------


@transaction.atomic
def load_standard(*, home: RestHome, first_day: date, actor: User | None, at: datetime) -> int:
    """How many elements of the standard list were added, in the language of the home; those that stand are left alone."""
    locked(home)
    standing = set(_open(home.included.all(), first_day).values_list("code", flat=True))
    missing = [element for element in STANDARD if element.code not in standing]
    place = _last_place(home.included.all())
    with override(home.language):
        texts = [_(element.text) for element in missing]
    for number, (element, text) in enumerate(zip(missing, texts, strict=True), place + 1):
        IncludedElement.objects.create(
            home=home, position=number, text=text, code=element.code, first_day=first_day
        )
    if missing:
        changes = {"first_day": [None, first_day]}
        record(action="included_loaded", subject=home, actor=actor, at=at, changes=changes)
    return len(missing)


@transaction.atomic
def add_included(
    *,
    home: RestHome,
    text: str,
    guard_words: Sequence[str],
    first_day: date,
    actor: User | None,
    at: datetime,
) -> IncludedElement:
    """An element of the home's own, at the end of the list, with the words that no supplement may bear."""
    locked(home)
    row = IncludedElement(
        home=home,
        position=_last_place(home.included.all()) + 1,
        text=text,
        guard_words=_plain(guard_words),
        first_day=first_day,
    )
    return begin(
        row, action="included_added", owners=[row], actor=actor, at=at, about=["text", "guard_words"]
    )


def change_included(
    *, element: IncludedElement, text: str, guard_words: Sequence[str], actor: User, at: datetime
) -> IncludedElement:
    """The element in other words; texts that were offered keep theirs."""
    changes = {"text": text, "guard_words": _plain(guard_words)}
    return change(
        element, changes, allowed=("text", "guard_words"), action="included_changed", actor=actor, at=at
    )


def end_included(
    *, element: IncludedElement, last_day: date | None, actor: User, at: datetime
) -> IncludedElement:
    """The element in the list until its last day; None leaves it there. What the law puts into the price stays."""
    if last_day is not None and is_lawful(element):
        raise ValidationError(
            _(
                "The law puts this into the daily price (art. 4 §2): it stays in the list. Only its words can change."
            )
        )
    return end(
        element,
        last_day=last_day,
        action="included_ended",
        owners=[element],
        actor=actor,
        at=at,
        about=["text"],
    )


def is_lawful(element: IncludedElement) -> bool:
    """Whether an element is one that every home includes, not its own or a comfort that it offers."""
    standard = BY_CODE.get(element.code)
    return standard is not None and not standard.is_comfort


def move_included(*, element: IncludedElement, up: bool, on: date, actor: User, at: datetime) -> bool:
    """Whether the element changed places with its neighbour in the list of a day."""
    return _move(element, element.home.included.all(), up, on, "included_moved", actor, at)


# --- special clauses (art. 12) ------------------------------------------------------------------------------


@transaction.atomic
def add_clause(
    *, home: RestHome, text: str, first_day: date, actor: User | None, at: datetime
) -> HouseClause:
    """A special clause for the conventions that are drafted from a day on; refused where it weakens a rule."""
    _refuse_weakening(text)
    locked(home)
    row = HouseClause(home=home, text=text, first_day=first_day, position=_last_place(home.clauses.all()) + 1)
    return begin(row, action="clause_added", owners=[row], actor=actor, at=at, about=["text"])


def change_clause(
    *, clause: HouseClause, changes: Mapping[str, Any], actor: User, at: datetime
) -> HouseClause:
    """The clause in other words; conventions that have it keep theirs. Refused where it weakens a rule."""
    _refuse_weakening(str(changes.get("text", "")))
    return change(clause, changes, allowed=("text",), action="clause_changed", actor=actor, at=at)


def end_clause(*, clause: HouseClause, last_day: date | None, actor: User, at: datetime) -> HouseClause:
    """The clause put into conventions until its last day; None goes on with it."""
    return end(
        clause, last_day=last_day, action="clause_ended", owners=[clause], actor=actor, at=at, about=["text"]
    )


def move_clause(*, clause: HouseClause, up: bool, on: date, actor: User, at: datetime) -> bool:
    """Whether the clause changed places with its neighbour in the list of a day."""
    return _move(clause, clause.home.clauses.all(), up, on, "clause_moved", actor, at)


# --- inside -------------------------------------------------------------------------------------------------


def _refuse_weakening(text: str) -> None:
    """ValidationError with the rule of the convention that a clause breaks, and the words that do."""
    if broken := clause_errors(text):
        raise ValidationError({"text": broken})


def _plain(words: Sequence[str]) -> list[str]:
    """Guard words without accents and capitals, each once; ValidationError for one too long."""
    plain = [" ".join(folded(each)) for each in words]
    if any(len(each) > 40 for each in plain):
        raise ValidationError({"guard_words": _("Write one to three short words for each line.")})
    return list(dict.fromkeys(each for each in plain if each))


def _open(rows: Any, on: date) -> Any:
    return rows.filter(Q(last_day=None) | Q(last_day__gte=on))


def _last_place(rows: Any) -> int:
    return int(rows.aggregate(last=Max("position"))["last"] or 0)


@transaction.atomic
def _move(row: L, siblings: Any, up: bool, on: date, action: str, actor: User, at: datetime) -> bool:
    """Whether there was a neighbour to change places with; the list is numbered anew, for places may be shared."""
    home = locked(row.home)
    order = list(_open(siblings, on).order_by("position", "pk").select_for_update())
    place = next((number for number, each in enumerate(order) if each.pk == row.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(order):
        return False
    order[place], order[other] = order[other], order[place]
    for number, each in enumerate(order, 1):
        if each.position != number:
            each.position = number
            each.save(update_fields=["position"])
    changes = {"text": [str(row)] * 2, "position": [place + 1, other + 1]}
    record(action=action, subject=home, actor=actor, at=at, changes=changes)
    return True
