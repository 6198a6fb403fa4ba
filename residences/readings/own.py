"""A convention as the resident's side sees it: what it is, what is to be done now, the prices over time."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.documents.models import Upload
from partenamut.web import formats
from residences.facts import agreed_on, occupancy_on
from residences.models import (
    AgreedPrice,
    Amendment,
    Convention,
    Edition,
    Inspection,
    PriceNotice,
    Side,
    Signature,
    StayKind,
)
from residences.services.conventions import latest_edition
from residences.workflow import AmendmentStatus, ConventionStatus

S = ConventionStatus

#: The tint of a state; its words say the rest.
TONES = {
    S.DRAFT: "info",
    S.READY: "warning",
    S.SIGNED: "info",
    S.IN_FORCE: "success",
    S.NOTICE_GIVEN: "warning",
    S.ENDED: "neutral",
}


class Todo(Struct, frozen=True):
    """What is to be done, or to be known, with the page where it is."""

    text: str
    url: str = ""
    label: str = ""
    #: "warning" for what the resident's side does, "info" for what it only knows.
    tone: str = "info"


class Card(Struct, frozen=True):
    """One convention with what is to be done about it."""

    convention: Convention
    tone: str
    todos: tuple[Todo, ...]

    @property
    def waits(self) -> tuple[Todo, ...]:
        """What waits for the resident's side."""
        return tuple(one for one in self.todos if one.tone == "warning")


def own_conventions(user: User, on: date) -> Any:
    """One's own conventions and those of people one acts for, the latest first."""
    rows = Convention.objects.own(user, on).select_related("home__residence", "resident__member")
    return rows.order_by("-entry", "-pk")


def card_of(convention: Convention, on: date, *, money: Iterable[Todo] = ()) -> Card:
    """A convention with what is to be done about it: first what waits for the resident's side."""
    todos = [*_text(convention), *_amendments(convention), *money, *_prices(convention, on)]
    todos += _days(convention, on)
    return Card(convention, tone_of(convention), tuple(sorted(todos, key=lambda one: one.tone != "warning")))


def tone_of(convention: Convention) -> str:
    """The tint of its state."""
    return TONES.get(ConventionStatus(convention.status), "neutral")


def facts_of(convention: Convention, on: date) -> list[dict[str, object]]:
    """What the convention is, row by row."""
    place = convention.home.residence
    since = _("Since") if convention.entry and convention.entry <= on else _("From")
    rows: list[tuple[Any, Any]] = [
        (_("Rest home"), f"{place.name}, {place.street}, {place.postal_code} {place.city}"),
        (_("Resident"), convention.resident.full_name),
        (_("Represented by"), convention.representative.name if convention.representative else ""),
        (_("Stay"), _stay(convention)),
        (since, formats.day(convention.entry) if convention.entry else ""),
        (_("Price due until"), formats.day(convention.ended_on) if convention.ended_on else ""),
        (_("Room"), _room(convention, on)),
        (_("Price today"), price_line(convention, on)),
        (_("Signed on"), formats.day(convention.signed_on) if convention.signed_on else ""),
        (_("Copy received on"), formats.day(convention.receipt_on) if convention.receipt_on else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def price_line(convention: Convention, on: date) -> str:
    """The price of a day in one line: that of today, of the last day, or the one that is offered."""
    agreed = agreed_on(convention, on)
    if agreed is None:
        amount = Decimal(latest_edition(convention).content["terms"]["daily_price"])
        return _("%(price)s a day, as offered") % {"price": formats.euros(amount)}
    values = {"price": formats.euros(agreed.daily_price), "day": formats.day(agreed.first_day)}
    if agreed.first_day > on:
        return _("%(price)s a day, from %(day)s") % values
    return _("%(price)s a day, since %(day)s") % values


def prices_of(convention: Convention) -> list[AgreedPrice]:
    """What the resident owes a day, from the entry on, the latest first."""
    rows = convention.agreed_prices.select_related("room_type", "amendment").order_by("-first_day")
    return list(rows)


def notices_of(convention: Convention) -> list[PriceNotice]:
    """The notices of new prices sent to the resident's side, the latest first."""
    rows = convention.price_notices.select_related("campaign", "document")
    return list(rows.order_by("-campaign__notified_on", "-pk"))


def amendments_of(convention: Convention, user: User, on: date) -> list[Amendment]:
    """The amendments that were offered, the first one first."""
    rows = Amendment.objects.visible_to(user, on).filter(convention=convention)
    return list(rows.exclude(status=AmendmentStatus.DISCARDED).order_by("turn"))


def editions_of(convention: Convention) -> list[Edition]:
    """The texts of the convention as they were offered, the latest first."""
    rows = convention.editions.filter(amendment=None).select_related("document")
    return list(rows.order_by("-turn"))


def signed_copies(convention: Convention) -> list[Upload]:
    """The copies that were signed on paper: the text, the amendments, the receipt, the inventories."""
    ids: set[Any] = {convention.receipt_id}
    ids |= set(Signature.objects.filter(edition__convention=convention).values_list("upload", flat=True))
    ids |= set(Inspection.objects.filter(convention=convention).values_list("upload", flat=True))
    return list(Upload.objects.kept().filter(pk__in=ids - {None}).order_by("uploaded_at", "pk"))


# --- inside -----------------------------------------------------------------------------------------------


def _stay(convention: Convention) -> str:
    if convention.kind == StayKind.SHORT and convention.until:
        return _("Short stay until %(day)s") % {"day": formats.day(convention.until)}
    return str(convention.get_kind_display())


def _room(convention: Convention, on: date) -> str:
    place = occupancy_on(convention, on)
    if place is None or convention.signed_on is None:
        terms = latest_edition(convention).content["terms"]
        return f"{terms['room']}, {terms['room_type']}"
    return f"{place.bed.room.number}, {place.bed.room.room_type.name}"


def _text(convention: Convention) -> Iterator[Todo]:
    """What the text of the convention waits for, until both sides have signed."""
    if convention.status not in (S.DRAFT, S.READY):
        return
    url = reverse("residences:own_text", args=[convention.public_id])
    read = _("Read the text")
    if convention.status == S.DRAFT:
        yield Todo(_("The home is working on the text. You read the new one here."), url, read)
        return
    edition = latest_edition(convention)
    if edition.signatures.filter(side=Side.RESIDENT).exists():
        yield Todo(_("You have signed. The home has still to sign."), url, read)
        return
    yield Todo(
        _("The convention is ready: read it, then sign it, or write a remark on an article."),
        url,
        _("Read the convention"),
        "warning",
    )


def _amendments(convention: Convention) -> Iterator[Todo]:
    """An amendment that is offered, or that the home changes after a remark."""
    rows = convention.amendments.filter(editions__isnull=False).distinct()
    for row in rows.filter(status__in=(AmendmentStatus.READY, AmendmentStatus.DRAFT)).order_by("turn"):
        url = reverse("residences:own_amendment", args=[convention.public_id, row.public_id])
        values = {"number": row.turn}
        if row.status == AmendmentStatus.DRAFT:
            said = _("The home is working on amendment %(number)d. You read the new text here.") % values
            yield Todo(said, url, _("Read the amendment"))
        elif latest_edition(row).signatures.filter(side=Side.RESIDENT).exists():
            said = _("You have signed amendment %(number)d. The home has still to sign it.") % values
            yield Todo(said, url, _("Read the amendment"))
        else:
            said = _("Amendment %(number)d is ready: read what it changes, then sign it.") % values
            yield Todo(said, url, _("Read the amendment"), "warning")


def _prices(convention: Convention, on: date) -> Iterator[Todo]:
    for row in convention.price_notices.filter(campaign__in_force_from__gt=on).select_related("campaign"):
        assert row.campaign.in_force_from is not None
        values = {"day": formats.day(row.campaign.in_force_from)}
        said = _("The price changes on %(day)s: a notice tells you how.") % values
        url = reverse("residences:own_prices", args=[convention.public_id])
        yield Todo(said, url, _("Prices and notices"))


def _days(convention: Convention, on: date) -> Iterator[Todo]:
    """The entry that comes, the notice that runs, the short stay that ends, the end."""
    url = reverse("residences:own_ending", args=[convention.public_id])
    label = _("How the stay ends")
    until = convention.ended_on
    if convention.status == S.SIGNED and convention.entry:
        yield Todo(_("The stay begins on %(day)s.") % {"day": formats.day(convention.entry)})
    elif convention.status == S.ENDED and until:
        yield Todo(_("The price was due until %(day)s.") % {"day": formats.day(until)}, url, label)
    elif convention.status == S.NOTICE_GIVEN:
        if until is None:
            yield Todo(_("The end of the stay is recorded. Its last day is not known yet."), url, label)
        else:
            said = _("The stay ends: the price is due until %(day)s.") % {"day": formats.day(until)}
            yield Todo(said, url, label)
    elif convention.kind == StayKind.SHORT and convention.until and convention.until >= on:
        near = convention.until - on <= timedelta(days=30)
        if near:
            said = _("The short stay ends on %(day)s.") % {"day": formats.day(convention.until)}
            yield Todo(said, url, label)
