"""What pages show of a rest home: its data in print, what is missing, how much of everything there is."""

from datetime import date
from typing import Any

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.registry.history import Event, history_of
from partenamut.registry.models import Directorship, Residence
from partenamut.web import formats
from residences.models import (
    Allowed,
    Bed,
    RestHome,
    RoomPrice,
    RoomType,
    Supplement,
    SupplementPrice,
)
from residences.rules.included import LAWFUL, included_by
from residences.services.rooms import in_service


class Remark(Struct, frozen=True):
    """What is missing or wrong: a sentence with its article, where to mend it, and whether it stops something."""

    text: str
    part: str
    label: str
    stops: bool = False

    @property
    def tone(self) -> str:
        """The tone of its notice."""
        return "error" if self.stops else "warning"


class Part(Struct, frozen=True):
    """A part of the settings: its address, its name, and how much of it there is."""

    name: str
    label: str
    text: str


# --- one home -----------------------------------------------------------------------------------------------


def data_of(home: RestHome) -> list[dict[str, Any]]:
    """The data of a home by part; a part that the home changes itself names the page where it does."""
    residence = home.residence
    allowed = [str(Allowed(code).label) for code in home.allowed]
    parts: list[tuple[str, str, list[tuple[str, Any]]]] = [
        (
            _("Operating title"),
            "",
            [
                (_("Operator"), home.operator),
                (_("Enterprise number (BCE)"), formats.enterprise(home.enterprise_number)),
                (_("Number of the operating title"), home.operating_title),
                (_("What the title allows"), ", ".join(allowed)),
                (_("Short code"), home.code),
            ],
        ),
        (
            _("How to reach the home"),
            "residences:settings_contact",
            [
                (_("Address"), f"{residence.street}, {residence.postal_code} {residence.city}"),
                (_("Phone"), formats.phone(residence.phone)),
                (_("E-mail address"), residence.email),
            ],
        ),
        (
            _("The home"),
            "residences:settings_home",
            [
                (_("Represented by"), home.manager_name),
                (_("Function"), home.manager_function),
                (_("Number of authorised beds"), home.capacity),
                (_("Language of the home"), home.get_language_display()),
                (_("Competent courts (art. 11)"), "; ".join(home.court_lines)),
                (
                    _("Day of the internal rules"),
                    formats.day(home.house_rules_dated) if home.house_rules_dated else "",
                ),
            ],
        ),
        (
            _("Account on which residents pay"),
            "residences:settings_account",
            [
                (_("Account number (IBAN)"), formats.iban(home.iban)),
                (_("Holder of the account"), home.account_holder),
            ],
        ),
    ]
    return [
        {
            "title": title,
            "change": change,
            "rows": [{"label": label, "value": value} for label, value in rows],
        }
        for title, change, rows in parts
    ]


def parts_of(home: RestHome, on: date) -> list[Part]:
    """The lists of a home, each with how much stands in it on a day."""
    beds = list(Bed.objects.on(on).filter(room__home=home).prefetch_related("closures"))
    serving = sum(in_service(bed, on) for bed in beds)
    rooms = _("%(rooms)s rooms, %(beds)s beds in service of %(capacity)s authorised") % {
        "rooms": formats.number(home.rooms.count()),
        "beds": formats.number(serving),
        "capacity": formats.number(home.capacity),
    }
    counts = {
        "room_types": home.room_types.count(),
        "authorisations": home.authorisations.count(),
        "supplements": SupplementPrice.objects.on(on).filter(supplement__home=home).count(),
        "discounts": home.discounts.on(on).count(),
        "included": home.included.on(on).count(),
        "clauses": home.clauses.on(on).count(),
    }
    labels = {
        "room_types": _("Room types and first prices"),
        "authorisations": _("Price authorisations"),
        "supplements": _("Supplements"),
        "discounts": _("Discounts for mutualities"),
        "included": _("What the price includes"),
        "clauses": _("Special clauses"),
    }
    return [
        Part("residences:settings_rooms", _("Rooms and beds"), rooms),
        *(
            Part(f"residences:settings_{name}", label, _amount(counts[name]))
            for name, label in labels.items()
        ),
    ]


def remarks(home: RestHome, on: date) -> list[Remark]:
    """What is missing for conventions and invoices on a day, the most pressing first."""
    found: list[Remark | None] = [
        *_about_lists(home, on),
        None
        if home.iban
        else Remark(
            _("No account is entered: invoices do not say where to pay."),
            "residences:settings_account",
            _("Enter the account"),
            stops=True,
        ),
        *_about_supplements(home, on),
        None
        if home.courts
        else Remark(
            _("The competent courts are missing (art. 11)."),
            "residences:settings_home",
            _("Enter the courts"),
        ),
        None
        if home.house_rules_dated
        else Remark(
            _("The day of the internal rules is missing: residents sign that they read them."),
            "residences:settings_home",
            _("Enter the day"),
        ),
    ]
    said = [remark for remark in found if remark is not None]
    return sorted(said, key=lambda remark: not remark.stops)


def directors_of(residence: Residence) -> Any:
    """Who runs a residence, now and before, the latest first."""
    rows = residence.directorships.select_related("director")
    return rows.order_by("-first_day", "-pk")


def history(home: RestHome) -> list[Event]:
    """Who changed what of the data of a home."""
    return history_of(home)


# --- lists --------------------------------------------------------------------------------------------------


def visible_homes(user: User, on: date) -> QuerySet[Any]:
    """The homes that a user may see, with `directed` and `beds_today` on a day."""
    directors = Directorship.objects.on(on).filter(residence=OuterRef("residence"))
    current = Q(rooms__beds__first_day__lte=on) & (
        Q(rooms__beds__last_day=None) | Q(rooms__beds__last_day__gte=on)
    )
    rows = RestHome.objects.visible_to(user, on).select_related("residence")
    return rows.annotate(
        directed=Exists(directors), beds_today=Count("rooms__beds", filter=current, distinct=True)
    )


def room_types_of(home: RestHome, on: date) -> QuerySet[Any]:
    """The room types with `price`, `price_since`, `index` and `room_count` on a day."""
    current = RoomPrice.objects.on(on).filter(room_type=OuterRef("pk"))
    return RoomType.objects.filter(home=home).annotate(
        price=Subquery(current.values("daily_price")[:1]),
        price_since=Subquery(current.values("first_day")[:1]),
        index=Subquery(current.values("index_value")[:1], output_field=DecimalField()),
        room_count=Count("rooms", distinct=True),
    )


def supplements_of(home: RestHome, on: date) -> QuerySet[Any]:
    """The supplements with `price`, `price_since` and `price_until` on a day."""
    current = SupplementPrice.objects.on(on).filter(supplement=OuterRef("pk"))
    return Supplement.objects.filter(home=home).annotate(
        price=Subquery(current.values("unit_price")[:1]),
        price_since=Subquery(current.values("first_day")[:1]),
        price_until=Subquery(current.values("last_day")[:1]),
    )


# --- inside -------------------------------------------------------------------------------------------------


def _amount(count: int) -> str:
    return _("%(count)s in force") % {"count": formats.number(count)} if count else _("Nothing yet")


def _about_lists(home: RestHome, on: date) -> list[Remark | None]:
    unpriced = room_types_of(home, on).filter(price=None).exclude(room_count=0)
    names = ", ".join(unpriced.order_by("position", "name").values_list("name", flat=True))
    return [
        None
        if Bed.objects.on(on).filter(room__home=home).exists()
        else Remark(
            _("No bed is in service: no convention can be drafted (art. 3)."),
            "residences:settings_rooms",
            _("Enter the rooms"),
            stops=True,
        ),
        Remark(
            _("These room types have no price today (art. 4 §1): %(names)s.") % {"names": names},
            "residences:settings_room_types",
            _("Enter their prices"),
            stops=True,
        )
        if names
        else None,
        None
        if home.included.on(on).exists()
        else Remark(
            _("The list of what the price includes is empty: no convention can be offered (art. 4 §2)."),
            "residences:settings_included",
            _("Fill in the list"),
            stops=True,
        ),
        None
        if home.authorisations.exists()
        else Remark(
            _("No price authorisation is entered (art. 4 §1)."),
            "residences:settings_authorisations",
            _("Enter the authorisation"),
        ),
    ]


def _about_supplements(home: RestHome, on: date) -> list[Remark]:
    """Supplements that became part of the price after they were entered."""
    elements = list(home.included.on(on).order_by("position"))
    offered = SupplementPrice.objects.on(on).filter(supplement__home=home)
    found = []
    for label in offered.order_by("supplement__label").values_list("supplement__label", flat=True):
        if element := included_by(label, elements) or included_by(label, LAWFUL):
            text = _(
                "The supplement “%(label)s” means what the price includes, “%(element)s” (art. 4 §2): end it."
            )
            said = text % {"label": label, "element": _(element.text)}
            found.append(
                Remark(said, "residences:settings_supplements", _("Look at the supplements"), stops=True)
            )
    return found
