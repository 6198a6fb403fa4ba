"""What insures a member on a day, and which hospitals have a franchise in a year: asked by the businesses."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from partenamut.registry.models import (
    Dependency,
    FranchiseList,
    HigherReimbursement,
    Hospital,
    HospitalInsurance,
    Member,
    SeriousIllnessOption,
    Tier,
)

#: The insurances beside which the option for care of a serious illness can be taken.
TIERS_WITH_OPTION = (Tier.HOSPITALIA, Tier.PLUS)


def tier_on(member: Member, day: date) -> HospitalInsurance | None:
    """The hospital insurance of a member on a day; None for who has none."""
    found: HospitalInsurance | None = HospitalInsurance.objects.on(day).filter(member=member).first()
    return found


def has_option_on(member: Member, day: date) -> bool:
    """Whether a member has the serious-illness option on a day."""
    return bool(SeriousIllnessOption.objects.on(day).filter(member=member).exists())


def is_bim(member: Member, day: date) -> bool:
    """Whether a member has higher reimbursement on a day: in their own right, or that of whom they depend on."""
    holders = Dependency.objects.on(day).filter(dependant=member).values("holder")
    rights = HigherReimbursement.objects.on(day).filter(Q(member=member) | Q(member__in=holders))
    return bool(rights.exists())


def has_franchise(hospital: Hospital, year: int) -> bool | None:
    """Whether a hospital stands on the franchise list of a calendar year; None where no list of that year stands."""
    listed = FranchiseList.hospitals.through.objects.filter(franchiselist=OuterRef("pk"), hospital=hospital)
    lists = FranchiseList.objects.filter(year=year)
    return lists.annotate(listed=Exists(listed)).values_list("listed", flat=True).first()
