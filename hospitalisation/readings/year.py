"""What was used of a calendar year: of the ceiling of the hospital insurance, and of the serious-illness option."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from hospitalisation import messages
from hospitalisation.facts import terms_on
from hospitalisation.models import Intervention
from hospitalisation.rules import Figure, Measure, Name, Terms, Tier
from partenamut.accounts.permissions import user_of
from partenamut.money import ZERO
from partenamut.registry.models import HospitalInsurance, Member, SeriousIllnessOption
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, ModelChoiceFilter, WorkList

#: Years that can be looked at, the current one first.
YEARS = 10
Budget = Intervention.Budget


# --- the list -----------------------------------------------------------------------------------------------


def _years() -> list[tuple[str, str]]:
    this = localdate().year
    return [(f"{year}", f"{year}") for year in range(this, this - YEARS, -1)]


def _people(request: HttpRequest) -> QuerySet[Member]:
    found: QuerySet[Member] = Member.objects.on_the_side_of(user_of(request), localdate()).order_by("pk")
    return found


class YearFilter(ListFilter):
    """By calendar year."""

    year = ChoiceFilter(label=gettext_lazy("Calendar year"), choices=_years, empty_label=None)


class YearOfPeopleFilter(YearFilter):
    """By calendar year and person, for who acts for others."""

    person = ModelChoiceFilter(
        field_name="member",
        to_field_name="public_id",
        label=gettext_lazy("Person"),
        queryset=_people,
    )


class UsedList(WorkList):
    """What each claim used of a year."""

    columns = (
        Column(
            "claim",
            gettext_lazy("Claim"),
            lambda row: row.claim.number,
            kind="link",
            sort="claim__number",
            url=lambda row: reverse("hospitalisation:claim", args=[row.claim.public_id]),
        ),
        Column("member", gettext_lazy("For"), lambda row: row.member.full_name),
        Column("place", gettext_lazy("Hospital"), lambda row: row.claim.place_name),
        Column("budget", gettext_lazy("Used of"), "budget"),
        Column("year", gettext_lazy("Calendar year"), lambda row: f"{row.year}", table=False),
        Column("amount", gettext_lazy("Amount"), "amount", kind="euros", sort="amount"),
    )
    filterset_class: ClassVar = YearFilter
    ordering = ("claim__number",)
    export_name = gettext_lazy("used-of-the-year")
    empty_text = gettext_lazy("Nothing was used of this year.")
    template_name = "hospitalisation/claim/year.html"


class UsedListOfPeople(UsedList):
    """The same for who acts for others."""

    filterset_class: ClassVar = YearOfPeopleFilter


def used_of(members: Sequence[Member]) -> QuerySet[Intervention]:
    """What claims of members used, by claim."""
    rows = Intervention.objects.filter(member__in=members)
    return rows.select_related("member", "claim__hospital", "claim__stay__hospital")


# --- the meters ---------------------------------------------------------------------------------------------


class Meter(Struct, frozen=True):
    """What is used of a sum of a year; without a limit there is a sentence only."""

    label: str
    text: str
    used: Decimal
    limit: Decimal | None
    #: Hundredths of the limit that are used.
    share: int = 0


class PersonYear(Struct, frozen=True):
    """The year of a person: the insurances in force, and what is used and left."""

    member: Member
    insurances: list[str]
    meters: list[Meter]


def of_year(members: Sequence[Member], year: int, today: date) -> list[PersonYear]:
    """The year of each member; four queries, however many there are."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    in_year = Q(first_day__lte=last) & (Q(last_day=None) | Q(last_day__gte=first))
    insured: dict[int, list[HospitalInsurance]] = {}
    for row in HospitalInsurance.objects.filter(in_year, member__in=members).order_by("first_day", "pk"):
        insured.setdefault(row.member_id, []).append(row)
    options = set(
        SeriousIllnessOption.objects.filter(in_year, member__in=members).values_list("member", flat=True)
    )
    used = {
        (row["member"], row["budget"]): row["total"]
        for row in Intervention.objects.filter(member__in=members, year=year)
        .values("member", "budget")
        .annotate(total=Sum("amount"))
    }
    terms = terms_on(max(first, min(today, last)))
    return [
        PersonYear(
            member=member,
            insurances=[_insurance(row) for row in insured.get(member.pk, ())],
            meters=_meters(
                _latest(insured.get(member.pk, ()), terms),
                member.pk in options,
                used.get((member.pk, Budget.HOSPITAL.value), ZERO),
                used.get((member.pk, Budget.SERIOUS_ILLNESS.value), ZERO),
            ),
        )
        for member in members
    ]


def _insurance(row: HospitalInsurance) -> str:
    return f"{messages.tier(row.tier)}, {formats.period(row.first_day, row.last_day)}"


def _latest(rows: Sequence[HospitalInsurance], terms: dict[Tier, Terms]) -> Terms:
    return terms[Tier(rows[-1].tier) if rows else Tier.NONE]


def _meters(terms: Terms, has_option: bool, hospital: Decimal, illness: Decimal) -> list[Meter]:
    ceiling, care = _("Ceiling of the hospital insurance"), _("Serious-illness option")
    if not terms.pays:
        none = _("No hospital insurance that pays in this year.")
        return [Meter(ceiling, _of_no_limit(none, hospital), hospital, None)]
    meters = [_meter(ceiling, terms.figure(Name.CEILING), hospital)]
    if has_option:
        return [*meters, _meter(care, terms.figure(Name.SERIOUS_ILLNESS), illness)]
    return [
        *meters,
        Meter(care, _of_no_limit(_("The option is not in force in this year."), illness), illness, None),
    ]


def _meter(label: str, figure: Figure, used: Decimal) -> Meter:
    if figure.measure != Measure.EUROS_A_YEAR:
        words = {
            Measure.UNLIMITED: _("This insurance has no limit for a year."),
            Measure.NOTHING: _("This insurance pays nothing here."),
        }.get(figure.measure, _("The limit is not known yet."))
        return Meter(label, _of_no_limit(words, used), used, None)
    limit = figure.value
    values = {
        "used": formats.euros(used),
        "limit": formats.euros(limit),
        "left": formats.euros(max(limit - used, ZERO)),
    }
    share = min(100, round(100 * used / limit)) if limit else 100
    return Meter(label, _("%(used)s used of %(limit)s: %(left)s is left.") % values, used, limit, share)


def _of_no_limit(sentence: str, used: Decimal) -> str:
    if not used:
        return sentence
    paid = _("%(used)s was paid.") % {"used": formats.euros(used)}
    return f"{sentence} {paid}"
