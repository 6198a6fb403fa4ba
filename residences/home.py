"""What the rest homes show on the home page of directors, residents and the mutuality's admin, and in the menu."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.registry.beside import Beside
from partenamut.registry.models import Residence
from partenamut.web.home import Block, MenuItem
from residences.models import Convention, InsurerDayRebate, LegalInterest, RestHome
from residences.readings.overview_waiting import waiting
from residences.readings.own import card_of, own_conventions
from residences.readings.own_money import todos_of

#: From this month on the legal rate of the coming year is asked for.
NEXT_YEAR_FROM_MONTH = 12


def _lives_somewhere(user: User, on: date) -> bool:
    found: bool = Convention.objects.own(user, on).exists()
    return found


def _runs_a_home(user: User, on: date) -> bool:
    found: bool = RestHome.objects.directed_by(user, on).exists()
    return found


MENU = (
    MenuItem(
        _("Rest home"),
        "residences:homes",
        (Permission.DIRECT_RESIDENCE,),
        4,
        "/rest-homes/homes/",
        _runs_a_home,
    ),
    MenuItem(
        _("My rest home"),
        "residences:own",
        (Permission.FILE_REQUESTS,),
        6,
        "/rest-homes/mine/",
        _lives_somewhere,
    ),
    MenuItem(
        _("Rest homes"),
        "residences:managed_homes",
        (Permission.MANAGE_RESIDENCES,),
        43,
        "/rest-homes/manage/",
    ),
)


def director_block(user: User | None, on: date) -> Block | None:
    """The rest homes that the user runs, each with what waits in it."""
    if user is None or not user.may(Permission.DIRECT_RESIDENCE):
        return None
    homes = RestHome.objects.directed_by(user, on).select_related("residence").order_by("residence__name")
    rows = [{"home": home, "waits": waiting(home, on)} for home in homes]
    return Block("residences/overview/block_director.html", {"rows": rows}, 9) if rows else None


def member_block(user: User | None, on: date) -> Block | None:
    """One's conventions with a rest home, and what is to be done about them; nothing for who has none."""
    if user is None or not user.may(Permission.FILE_REQUESTS):
        return None
    rows = list(own_conventions(user, on))
    if not rows:
        return None
    money = todos_of(rows, on)
    cards = [card_of(row, on, money=money.get(row.pk, ())) for row in rows]
    # What waits comes before what other benefits say of themselves.
    order = 9 if any(card.waits for card in cards) else 11
    return Block("residences/own/block.html", {"cards": cards}, order)


def admin_block(user: User | None, on: date) -> Block | None:
    """How many homes there are, and the public figures that are missing."""
    if user is None or not user.may(Permission.MANAGE_RESIDENCES):
        return None
    wanted = [on.year, *([on.year + 1] if on.month >= NEXT_YEAR_FROM_MONTH else [])]
    known = set(LegalInterest.objects.filter(year__in=wanted).values_list("year", flat=True))
    context: dict[str, object] = {
        "homes": RestHome.objects.count(),
        "years_missing": [year for year in wanted if year not in known],
        "rebate_missing": not InsurerDayRebate.objects.filter(first_day__lte=on).exists(),
    }
    return Block("residences/overview/block_admin.html", context, 46)


def beside_residence(residence: Residence, _on: date) -> Beside | None:
    """The rest home of a residence, for the page of its director."""
    home = RestHome.objects.filter(residence=residence).first()
    if home is None:
        return None
    return Beside(
        _("Rooms, conventions with residents, accounts and invoices stand under the rest home."),
        reverse("residences:home", args=[home.public_id]),
        _("Open the rest home"),
    )
