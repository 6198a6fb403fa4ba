"""Rows -> frozen facts: the only bridge from the database to the rules. A fixed number of queries per claim."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from msgspec import convert

from hospitalisation.models import (
    AttachmentKind,
    Claim,
    ClaimLine,
    DayShareRow,
    Deposit,
    Intervention,
    TierFigure,
)
from hospitalisation.rules import (
    PUBLISHED,
    BillLine,
    Figure,
    HospitalCover,
    HospitalDeposit,
    Measure,
    Name,
    Terms,
    Tier,
)
from hospitalisation.rules.parameters import Category, DayShare, ShareCategory
from hospitalisation.rules.requests import Kind, Room
from partenamut.law import Article
from partenamut.money import ZERO
from partenamut.registry import insurance
from partenamut.registry.models import Dependency, Member, SeriousIllnessOption

#: A dependant counts as a child up to this birthday (guide: a child of 0 to 18).
CHILD_UNTIL = 18


# --- figures ------------------------------------------------------------------------------------------------


def terms_on(day: date) -> dict[Tier, Terms]:
    """The figures of every insurance on a day: those of the sources, or what an administrator entered since; one query."""
    rows = TierFigure.objects.filter(first_day__lte=day, withdrawn_at=None).order_by("first_day", "pk")
    entered: dict[str, dict[Name, Figure]] = {}
    for row in rows:
        entered.setdefault(row.tier, {})[Name(row.name)] = figure_of(row)
    return {
        tier: Terms(tier, {**published.figures, **entered.get(tier, {})})
        for tier, published in PUBLISHED.items()
    }


def figure_of(row: TierFigure) -> Figure:
    """A stored figure as the rules read it."""
    return Figure(Measure(row.measure), row.value, Article(row.source, ""), row.to_confirm)


def day_shares_on(day: date) -> dict[ShareCategory, DayShare]:
    """The patient's share a day by category on a day; a category without amounts is left out; one query."""
    found: dict[ShareCategory, DayShare] = {}
    for row in DayShareRow.objects.filter(valid_from__lte=day).order_by("valid_from"):
        category = convert(row.category, ShareCategory)
        found[category] = DayShare(
            category, row.valid_from, row.first_day, row.following_days, row.from_day_91, row.source
        )
    return found


# --- a claim ------------------------------------------------------------------------------------------------


def tier_of(member: Member, day: date) -> Tier:
    """The insurance of a member on a day; none for who has none."""
    found = insurance.tier_on(member, day)
    return Tier(found.tier) if found else Tier.NONE


def cover_facts(claim: Claim) -> HospitalCover:
    """The facts of a stay with its bill, or of receipts of a serious illness, as they stand now.

    ValueError while the dates are not known; msgspec's ValidationError never: rows are checked when they are written.
    """
    lines = [bill_line(line) for line in claim.lines.order_by("position")]
    if claim.kind == "serious_illness":
        return _serious_illness(claim, lines)
    if claim.admission is None or claim.discharge is None or not claim.room:
        raise ValueError("a bill is decided on with its dates and its room")
    return HospitalCover(
        id=str(claim.public_id),
        tier=tier_of(claim.member, claim.admission),
        admission=claim.admission,
        discharge=claim.discharge,
        day_hospital=claim.day_hospital,
        room=convert(claim.room, Room),
        hospital_has_franchise=has_franchise(claim),
        intervention_used_this_year=used_in(
            claim.member, claim.admission.year, Intervention.Budget.HOSPITAL, without=claim
        ),
        lines=tuple(lines),
        belgian_hospital=not claim.abroad,
    )


def _serious_illness(claim: Claim, lines: list[BillLine]) -> HospitalCover:
    """Receipts of care without a stay: the insurance is that of the last day of care, the option that of each."""
    days = [line.care_date for line in lines if line.care_date] or [date(claim.year or 1, 1, 1)]
    options = tuple(row.period for row in SeriousIllnessOption.objects.filter(member=claim.member_id))
    return HospitalCover(
        id=str(claim.public_id),
        tier=tier_of(claim.member, max(days)),
        admission=min(days),
        discharge=max(days),
        day_hospital=False,
        room="common",
        hospital_has_franchise=False,
        intervention_used_this_year=ZERO,
        lines=tuple(lines),
        serious_illness_option=bool(options),
        serious_illness_used_this_year=used_in(
            claim.member, max(days).year, Intervention.Budget.SERIOUS_ILLNESS, without=claim
        ),
        option_periods=options,
    )


def bill_line(line: ClaimLine) -> BillLine:
    """A stored line as the rules read it."""
    return BillLine(
        kind=convert(line.kind, Kind),
        billed=line.billed,
        inami_tariff=line.inami_tariff,
        mandatory=line.mandatory,
        doctor_agreed=line.doctor_agreed,
        quantity=line.quantity,
        care_date=line.care_date,
        comfort=line.comfort,
    )


def has_franchise(claim: Claim) -> bool | None:
    """Whether the hospital of a stay is on the franchise list of the year of admission; None where nobody knows."""
    if claim.abroad:
        return False
    if claim.hospital is None or claim.admission is None:
        return None
    return insurance.has_franchise(claim.hospital, claim.admission.year)


def used_in(
    member: Member, year: int, budget: Intervention.Budget, *, without: Claim | None = None
) -> Decimal:
    """Euros that decisions in force use of a budget of a calendar year; a claim and its deposits can be left out."""
    rows = Intervention.objects.filter(member=member, year=year, budget=budget)
    if without is not None:
        rows = rows.exclude(claim=without.pk).exclude(claim__stay=without.pk)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def given_back_before(stay: Claim) -> Decimal:
    """Euros that were already granted as deposits of a stay."""
    rows = Intervention.objects.filter(claim__stay=stay.pk)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def deposit_facts(claim: Claim) -> HospitalDeposit:
    """The facts of a deposit as they stand now; ValueError for a claim that is none."""
    stay, deposit = claim.stay, Deposit.objects.filter(claim=claim).first()
    if stay is None or deposit is None or not stay.room:
        raise ValueError("a deposit is decided on with its stay, its amount and the room")
    sent = set(claim.attachments.filter(removed_at=None).values_list("kind", flat=True))
    sent_with_stay = set(stay.attachments.filter(removed_at=None).values_list("kind", flat=True))
    return HospitalDeposit(
        id=str(claim.public_id),
        tier=tier_of(claim.member, stay.admission or deposit.paid_on),
        room=convert(stay.room, Room),
        day_hospital=stay.day_hospital,
        category=patient_category(claim.member, deposit.paid_on),
        room_supplement_per_day=deposit.room_supplement_per_day,
        paid=deposit.paid,
        paid_on=deposit.paid_on,
        admission=stay.admission if stay.admitted else None,
        belgian_hospital=not stay.abroad,
        receipt=AttachmentKind.RECEIPT in sent,
        # One signed form serves the stay and its deposits.
        claim_form=AttachmentKind.CLAIM_FORM in sent | sent_with_stay,
    )


def patient_category(member: Member, day: date) -> Category:
    """The category of patient that the deposit depends on: higher reimbursement first, then a dependent child."""
    if insurance.is_bim(member, day):
        return "bim"
    return "child" if _is_dependent_child(member, day) else "ordinary"


def share_category(member: Member, day: date) -> ShareCategory:
    """The category of patient that the share a day depends on."""
    category = patient_category(member, day)
    if category != "ordinary":
        return category
    has_dependants = Dependency.objects.on(day).filter(holder=member).exists()
    return "ordinary_with_dependants" if has_dependants else "ordinary"


def _is_dependent_child(member: Member, day: date) -> bool:
    birth = member.birth_date
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return age <= CHILD_UNTIL and bool(Dependency.objects.on(day).filter(dependant=member).exists())
