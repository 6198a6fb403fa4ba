"""The steps in which a convention is written: their order, which are open, what each says, the beds on offer."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from partenamut.web import formats
from residences.difference import PARTIES
from residences.models import (
    Bed,
    BedClosure,
    Convention,
    Occupancy,
    RoomPrice,
    RoomType,
    StayKind,
    Supplement,
    SupplementPrice,
)
from residences.readings.free_beds import free_beds
from residences.readings.own_text import Article, articles_in
from residences.services.conventions import ARTICLE_OF, gaps, text_of


class Step(Struct, frozen=True):
    """A page of a convention that is being written: its address, what it is about, the fields it sets."""

    name: str
    label: str | Promise
    fields: tuple[str, ...]

    @property
    def articles(self) -> frozenset[int]:
        """The articles in which its fields stand."""
        return frozenset(ARTICLE_OF[name] for name in self.fields)


RESIDENT = Step("step_resident", gettext_lazy("Resident"), ("language", "place_signed"))
PEOPLE = Step("step_people", gettext_lazy("Representative and guarantors"), ("representative", "guarantors"))
STAY = Step("step_stay", gettext_lazy("Stay"), ("kind", "entry", "until", "respite", "rehabilitation"))
ROOM = Step("step_room", gettext_lazy("Room and bed"), ("bed",))
SUPPLEMENTS = Step("step_supplements", gettext_lazy("Supplements"), ("supplements",))
CLAUSES = Step("step_clauses", gettext_lazy("Special clauses"), ("clauses",))
CHECK = Step("step_check", gettext_lazy("Check and offer"), ())
STEPS = (RESIDENT, PEOPLE, STAY, ROOM, SUPPLEMENTS, CLAUSES, CHECK)

#: Where each gap of a draft is mended.
MENDED_AT = {
    "entry": STAY,
    "kind": STAY,
    "until": STAY,
    "respite": STAY,
    "bed": ROOM,
    "clauses": CLAUSES,
}


def open_fields(convention: Convention, step: Step) -> set[str]:
    """The fields of a step that may change: all of them, or after a remark those of the articles it opened."""
    if not convention.open_articles:
        return set(step.fields)
    return {name for name in step.fields if ARTICLE_OF[name] in convention.open_articles}


def is_open(convention: Convention, step: Step) -> bool:
    """Whether something of a step may change; the check always can be looked at."""
    return step is CHECK or bool(open_fields(convention, step))


def step_url(convention: Convention, step: Step, *, change: bool = False) -> str:
    """The address of a step; with `change` it leads back to the check."""
    url = reverse(f"residences:{step.name}", args=[convention.home.public_id, convention.public_id])
    return f"{url}?change=1" if change else url


def neighbours(convention: Convention, step: Step) -> tuple[Step | None, Step]:
    """The open step before, if there is one, and the open step after."""
    place = STEPS.index(step)
    before = [one for one in STEPS[:place] if is_open(convention, one)]
    after = [one for one in STEPS[place + 1 :] if is_open(convention, one)]
    return (before[-1] if before else None), (after[0] if after else CHECK)


def first_open(convention: Convention) -> Step:
    """Where to go on: the first open step that lacks something, else the check."""
    lacking = [
        step
        for step, done in (
            (STAY, convention.entry is not None),
            (ROOM, convention.bed_id is not None),
        )
        if not done and is_open(convention, step)
    ]
    return lacking[0] if lacking else CHECK


def opened_by_remark(convention: Convention) -> str:
    """What the pages say after a remark: which articles are open, and why; nothing otherwise."""
    if not convention.open_articles:
        return ""
    names = ", ".join(
        _("the parties") if number == PARTIES else _("article %(number)d") % {"number": number}
        for number in convention.open_articles
    )
    said = _(
        "A remark of the resident's side has opened only %(articles)s. The rest stays as it was offered."
    )
    fixed = [number for number in convention.open_articles if number not in set(ARTICLE_OF.values())]
    sentence = said % {"articles": names}
    if fixed:
        law = _(
            "The words of article %(articles)s come from the law: answer the remark, then offer the text again."
        )
        sentence = f"{sentence} {law % {'articles': ', '.join(map(str, fixed))}}"
    return sentence


# --- beds -------------------------------------------------------------------------------------------------


class BedOffer(Struct, frozen=True):
    """The beds of a home on the days of a stay: those to choose from as form choices, and the others with why not."""

    choices: list[Any]
    taken: list[list[str]]


def beds_offered(convention: Convention, today: date) -> BedOffer:
    """The beds that are free on the days of the stay, by room type with area and price, and until when others are full."""
    assert convention.entry is not None
    first = convention.entry
    last = convention.until if convention.kind == StayKind.SHORT else None
    free = free_beds(convention.home, first, last, besides=convention)
    prices = dict(
        RoomPrice.objects.on(today)
        .filter(room_type__home=convention.home)
        .values_list("room_type", "daily_price")
    )
    groups: dict[RoomType, list[Any]] = {}
    for bed in free:
        groups.setdefault(bed.room.room_type, []).append((bed.public_id, _bed_name(bed)))
    choices = [(_type_name(kind, prices.get(kind.pk)), beds) for kind, beds in groups.items()]
    return BedOffer(choices, _taken(convention, {bed.pk for bed in free}, first, last))


def _taken(convention: Convention, free: set[int], first: date, last: date | None) -> list[list[str]]:
    """The other beds of the home: room and bed, type, and why they cannot be had."""
    meets = Q(last_day=None) | Q(last_day__gte=first)
    if last is not None:
        meets &= Q(first_day__lte=last)
    given = _by_bed(
        Occupancy.objects.filter(meets, bed__room__home=convention.home).exclude(convention=convention)
    )
    closed = _by_bed(BedClosure.objects.filter(meets, bed__room__home=convention.home))
    rows = Bed.objects.filter(room__home=convention.home).exclude(pk__in=free)
    rows = rows.filter(Q(last_day=None) | Q(last_day__gte=first)).select_related("room__room_type")
    return [
        [str(bed), bed.room.room_type.name, _why_not(bed, given.get(bed.pk), closed.get(bed.pk))]
        for bed in rows.order_by("room__number", "label")
    ]


def _by_bed(rows: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for row in rows.order_by("first_day"):
        found.setdefault(row.bed_id, row)
    return found


def _why_not(bed: Bed, given: Any, closed: Any) -> str:
    if given is not None:
        if given.last_day is None:
            return _("full from %(first)s, without an end") % {"first": formats.day(given.first_day)}
        return _("full from %(first)s to %(last)s") % {
            "first": formats.day(given.first_day),
            "last": formats.day(given.last_day),
        }
    if closed is not None:
        return _("out of service from %(first)s: %(why)s") % {
            "first": formats.day(closed.first_day),
            "why": closed.because,
        }
    return _("not in service on all these days")


def _bed_name(bed: Bed) -> str:
    return _("Room %(number)s, bed %(label)s") % {"number": bed.room.number, "label": bed.label}


def _type_name(kind: RoomType, price: Any) -> str:
    if price is None:
        return _("%(type)s, %(area)d m²: no price yet") % {"type": kind.name, "area": kind.area_m2}
    return _("%(type)s, %(area)d m²: %(price)s a day") % {
        "type": kind.name,
        "area": kind.area_m2,
        "price": formats.euros(price),
    }


# --- supplements ------------------------------------------------------------------------------------------


def supplements_offered(convention: Convention, today: date) -> tuple[Any, list[tuple[Any, str]]]:
    """The supplements of the home with a price on the entry or today, as rows and as choices with their prices."""
    day = max(today, convention.entry or today)
    prices = SupplementPrice.objects.on(day).filter(supplement__home=convention.home)
    amounts = dict(prices.values_list("supplement", "unit_price"))
    chosen = convention.supplements.values("supplement")
    rows = Supplement.objects.filter(Q(pk__in=amounts) | Q(pk__in=chosen), home=convention.home)
    rows = rows.order_by("label")
    return rows, [(row.public_id, _supplement_name(row, amounts.get(row.pk))) for row in rows]


def _supplement_name(row: Supplement, amount: Any) -> str:
    if amount is None:
        return _("%(label)s: no price on that day") % {"label": row.label}
    if row.unit:
        return _("%(label)s: %(price)s a %(unit)s") % {
            "label": row.label,
            "price": formats.euros(amount),
            "unit": row.unit,
        }
    return _("%(label)s: %(price)s") % {"label": row.label, "price": formats.euros(amount)}


# --- the check --------------------------------------------------------------------------------------------


class Card(Struct, frozen=True):
    """A step as the check shows it: its answers, and where they are changed."""

    title: str | Promise
    rows: Sequence[dict[str, Any]]
    url: str


def cards_of(convention: Convention, today: date) -> list[Card]:
    """The answers of each step; a step that is closed has nothing to change."""
    rows = {
        RESIDENT: _resident_rows(convention),
        PEOPLE: _people_rows(convention),
        STAY: _stay_rows(convention),
        ROOM: _room_rows(convention, today),
        SUPPLEMENTS: _list_rows(
            _("Supplements"), [name for _id, name in _chosen_supplements(convention, today)]
        ),
        CLAUSES: _list_rows(
            _("Special clauses"), convention.clauses.order_by("position").values_list("text", flat=True)
        ),
    }
    return [
        Card(
            step.label,
            answers,
            step_url(convention, step, change=True) if is_open(convention, step) else "",
        )
        for step, answers in rows.items()
    ]


def lacks_of(convention: Convention, today: date) -> list[dict[str, str]]:
    """What keeps the draft from being offered: sentences, each with where it is mended."""
    home = convention.home
    other = {
        "home": reverse("residences:settings", args=[home.public_id]),
        "remarks": reverse("residences:convention", args=[home.public_id, convention.public_id]) + "#remarks",
        "articles": reverse("residences:open_all_articles", args=[home.public_id, convention.public_id]),
    }
    return [
        {"text": text, "url": other.get(field) or step_url(convention, MENDED_AT[field], change=True)}
        for field, text in gaps(convention, today).items()
    ]


def preview_of(convention: Convention, today: date) -> list[Article]:
    """The text as it would be offered today, article by article; nothing as long as it cannot be written."""
    from residences.facts import NoPrice

    if convention.entry is None or convention.bed is None:
        return []
    if convention.kind == StayKind.SHORT and convention.until is None:
        return []
    try:
        return articles_in(text_of(convention, today))
    except NoPrice:
        return []


def _row(label: str, value: object) -> dict[str, Any]:
    return {"label": label, "value": value or "–"}


def _resident_rows(convention: Convention) -> list[dict[str, Any]]:
    person = convention.resident
    return [
        _row(_("Name"), person.full_name),
        _row(_("NISS"), formats.masked_niss(person.niss)),
        _row(_("Birth date"), formats.day(person.birth_date)),
        _row(_("Address"), f"{person.street}, {person.postal_code} {person.city}"),
        _row(_("Language of the convention"), convention.get_language_display()),
        _row(_("Place of the signature"), convention.place_signed),
    ]


def _people_rows(convention: Convention) -> list[dict[str, Any]]:
    representative = convention.representative
    guarantors = [one.name for one in convention.guarantors.order_by("name", "pk")]
    return [
        _row(_("Signs"), representative.name if representative else _("The resident")),
        _row(_("Guarantors"), ", ".join(guarantors) or _("Nobody stands surety.")),
    ]


def _stay_rows(convention: Convention) -> list[dict[str, Any]]:
    rows = [
        _row(_("Duration"), convention.get_kind_display()),
        _row(_("Day of entry"), formats.day(convention.entry) if convention.entry else ""),
    ]
    if convention.kind == StayKind.SHORT:
        aims = [
            label
            for chosen, label in (
                (convention.respite, _("Respite")),
                (convention.rehabilitation, _("Rehabilitation")),
            )
            if chosen
        ]
        rows += [
            _row(_("Last day"), formats.day(convention.until) if convention.until else ""),
            _row(_("Aim"), ", ".join(aims)),
        ]
    return rows


def _room_rows(convention: Convention, today: date) -> list[dict[str, Any]]:
    if convention.bed is None:
        return [_row(_("Room and bed"), "")]
    kind = convention.bed.room.room_type
    price = kind.prices.on(today).first()
    return [
        _row(_("Room and bed"), _bed_name(convention.bed)),
        _row(_("Type and price"), _type_name(kind, price.daily_price if price else None)),
    ]


def _chosen_supplements(convention: Convention, today: date) -> list[tuple[Any, str]]:
    chosen = set(convention.supplements.values_list("supplement__public_id", flat=True))
    return [one for one in supplements_offered(convention, today)[1] if one[0] in chosen]


def _list_rows(label: str, texts: Iterable[str]) -> list[dict[str, Any]]:
    return [_row(label if not place else "", text) for place, text in enumerate(texts)] or [
        _row(label, _("None"))
    ]
