"""What the rules cannot settle or must flag, asked of the database for many claims at once."""

from datetime import date
from typing import Any

from django.db.models import (
    DateField,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from hospitalisation.facts import figure_of
from hospitalisation.models import Claim, ClaimKind, ClaimLine, LineKind, Room, TierFigure
from hospitalisation.rules import PUBLISHED, Measure, Name, Terms, Tier
from hospitalisation.rules.cover import SUPPLEMENTS, figure_names
from hospitalisation.rules.requests import Room as RoomFact
from hospitalisation.workflow import TO_DECIDE, Status
from partenamut.registry.models import FranchiseList, HospitalInsurance

#: Rooms in which nobody owes a supplement.
SHARED = (Room.COMMON, Room.DOUBLE)
#: States in which the amounts are still open.
UNDECIDED = (*TO_DECIDE, Status.SECOND_READING, Status.APPEALED)

#: Rooms as the figures know them, each with the claims that have such a room.
_SITUATIONS: tuple[tuple[RoomFact, bool, Q], ...] = (
    ("common", False, Q(room__in=SHARED) | Q(kind=ClaimKind.SERIOUS_ILLNESS)),
    ("individual", False, Q(room=Room.INDIVIDUAL, day_hospital=False)),
    ("individual", True, Q(room=Room.INDIVIDUAL, day_hospital=True)),
)


def unlawful_lines(claim: str = "claim__") -> Q:
    """The lines that nobody owes: every supplement in a shared room, that of a doctor who agreed in an individual one."""
    shared = Q(**{f"{claim}room__in": SHARED}, kind__in=SUPPLEMENTS)
    agreed = Q(**{f"{claim}room": Room.INDIVIDUAL}, kind=LineKind.FEE_SUPPLEMENT, doctor_agreed=True)
    return shared | agreed


def with_tier(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """The claims with the `day` their insurance is that of, and with that `tier`; `none` where there is none."""
    care = (
        ClaimLine.objects.filter(claim=OuterRef("pk"))
        .order_by()
        .values("claim")
        .annotate(last=Max("care_date"))
        .values("last")
    )
    new_year = Func(F("year"), Value(1), Value(1), function="make_date", output_field=DateField())
    day = Coalesce("admission", "stay__admission", Subquery(care), new_year, "submitted_on")
    insured = HospitalInsurance.objects.filter(
        Q(last_day=None) | Q(last_day__gte=OuterRef("day")),
        member=OuterRef("member"),
        first_day__lte=OuterRef("day"),
    )
    return claims.annotate(day=day).annotate(
        tier=Coalesce(Subquery(insured.values("tier")[:1]), Value(Tier.NONE.value))
    )


def unlawful(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Those with a line that nobody owes."""
    own = ClaimLine.objects.filter(claim=OuterRef("pk"))
    return claims.filter(Exists(own.filter(unlawful_lines())))


def unsettled(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Those, among claims that have their tier, for which a figure or a list is missing; two queries look which stand."""
    own = ClaimLine.objects.filter(claim=OuterRef("pk"))
    return claims.filter(_lacks_figure(own) | _lacks_list(), status__in=UNDECIDED)


def with_kinds(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """The claims, each with one line of each kind in `kinds`: what `Look` looks at. One query a batch of claims."""
    told_apart = ("claim", "kind", "doctor_agreed")
    lines = ClaimLine.objects.order_by(*told_apart).distinct(*told_apart).only(*told_apart)
    return claims.prefetch_related(Prefetch("lines", lines, to_attr="kinds"))


class Look:
    """What is to be looked at twice on the claims of a page, from their tier and kinds; two queries for all of them."""

    def __init__(self) -> None:
        self._figures = _missing()
        self._years = frozenset(FranchiseList.objects.values_list("year", flat=True))

    def unlawful(self, claim: Any) -> bool:
        """Whether a line of the claim is one that nobody owes."""
        return any(_is_unlawful(claim, line) for line in claim.kinds)

    def unsettled(self, claim: Any) -> bool:
        """Whether the claim waits for a figure or a franchise list."""
        return claim.status in UNDECIDED and (self._without_list(claim) or self._without_figure(claim))

    def _without_list(self, claim: Any) -> bool:
        bears = claim.kind == ClaimKind.STAY and claim.room == Room.INDIVIDUAL and claim.nights > 0
        if not bears or claim.abroad or not PUBLISHED[Tier(claim.tier)].pays:
            return False
        return claim.hospital_id is None or claim.admission.year not in self._years

    def _without_figure(self, claim: Any) -> bool:
        names = self._missing_for(claim)
        if Name.CEILING in names and claim.kind == ClaimKind.STAY:
            return True
        if claim.abroad:
            return False
        individual = claim.room == Room.INDIVIDUAL
        if not individual and claim.room not in SHARED and claim.kind != ClaimKind.SERIOUS_ILLNESS:
            return False
        figures = figure_names("individual" if individual else "common", individual and claim.day_hospital)
        rests_on: dict[str, Name] = {str(kind): name for kind, name in figures.items()}
        return any(rests_on.get(line.kind) in names and not _is_unlawful(claim, line) for line in claim.kinds)

    def _missing_for(self, claim: Any) -> frozenset[Name]:
        found: frozenset[Name] = frozenset()
        for (tier, first, last), names in self._figures.items():
            within = (
                claim.day and (first is None or first <= claim.day) and (last is None or claim.day < last)
            )
            if tier == claim.tier and within:
                found |= names
        return found


def _is_unlawful(claim: Claim, line: ClaimLine) -> bool:
    if claim.room in SHARED:
        return line.kind in SUPPLEMENTS
    return (
        claim.room == Room.INDIVIDUAL and line.kind == LineKind.FEE_SUPPLEMENT and line.doctor_agreed is True
    )


def _lacks_list() -> Q:
    """Stays that may bear a franchise in a year without a franchise list."""
    years = list(FranchiseList.objects.order_by("year").values_list("year", flat=True))
    pays = Q(tier__in=[tier for tier, terms in PUBLISHED.items() if terms.pays])
    in_room = Q(kind=ClaimKind.STAY, room=Room.INDIVIDUAL, country="BE", discharge__gt=F("admission"))
    unknown = Q(hospital=None) | ~Q(admission__year__in=years) if years else Q()
    return pays & in_room & unknown


def _lacks_figure(own: Any) -> Q:
    """Claims with a line that rests on a figure which nobody has entered for its day."""
    found = Q(pk__in=[])
    for (tier, first, last), names in _missing().items():
        days = Q(tier=tier) & _between(first, last)
        if Name.CEILING in names:
            found |= days & Q(kind=ClaimKind.STAY)
        for room, day_hospital, situation in _SITUATIONS:
            kinds = [kind for kind, name in figure_names(room, day_hospital).items() if name in names]
            lawful = own.filter(kind__in=kinds).exclude(unlawful_lines())
            if kinds:
                found |= days & situation & Q(country="BE") & Q(Exists(lawful))
    return found


def _between(first: date | None, last: date | None) -> Q:
    """From a day on, until before another."""
    found = Q()
    if first is not None:
        found &= Q(day__gte=first)
    if last is not None:
        found &= Q(day__lt=last)
    return found


def _missing() -> dict[tuple[Tier, date | None, date | None], frozenset[Name]]:
    """The figures that stand nowhere, by insurance and days; one query."""
    entered: dict[str, list[TierFigure]] = {}
    for row in TierFigure.objects.filter(withdrawn_at=None).order_by("first_day", "pk"):
        entered.setdefault(row.tier, []).append(row)
    found = {}
    for tier, published in PUBLISHED.items():
        if not published.pays:
            continue
        rows = entered.get(tier, [])
        starts: list[date | None] = [None, *sorted({row.first_day for row in rows})]
        for first, last in zip(starts, [*starts[1:], None], strict=True):
            standing = [row for row in rows if first is not None and row.first_day <= first]
            terms = Terms(tier, {**published.figures, **{Name(row.name): figure_of(row) for row in standing}})
            names = frozenset(name for name in Name if terms.figure(name).measure is Measure.MISSING)
            if names:
                found[tier, first, last] = names
    return found
