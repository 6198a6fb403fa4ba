"""What a member should know about the insurance of a stay before it is decided, in sentences."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from msgspec import Struct

from hospitalisation.facts import has_franchise, terms_on, tier_of, used_in
from hospitalisation.messages import day
from hospitalisation.messages import tier as tier_name
from hospitalisation.models import Claim, Intervention
from hospitalisation.rules import Measure, Name, Terms, Tier
from partenamut.money import ZERO
from partenamut.registry.models import ContributionPeriod, HospitalInsurance, Member, SeriousIllnessOption
from partenamut.web.formats import euros


class Remark(Struct, frozen=True):
    """A sentence, and how grave it is."""

    tone: str
    text: str


class Around(Struct, frozen=True):
    """From which day on care before a stay is paid, and until which day care after it; None while it is not known."""

    before: int
    after: int
    first_day: date | None
    last_day: date | None


class YearOfIllness(Struct, frozen=True):
    """What the serious-illness option pays in a year: the sum, what is used and what is left; the days it is in force."""

    year: int
    limit: int
    used: str
    left: str
    has_option: bool
    tier: str
    sentence: str


def remarks(claim: Claim) -> list[Remark]:
    """What is to be said of a stay as it was announced: insurance, hospital, franchise, contributions."""
    if claim.admission is None:
        return []
    tier = tier_of(claim.member, claim.admission)
    found = [_insurance(claim.member, tier, claim.admission)]
    if claim.abroad:
        found.append(Remark("warning", _abroad()))
    else:
        found += _franchise(claim, tier, claim.admission)
    if not ContributionPeriod.objects.on(claim.admission).filter(member=claim.member_id).exists():
        found.append(
            Remark(
                "warning",
                _(
                    "Our files show no contributions in order on %(day)s. Call us before you count on a payment."
                )
                % {"day": day(claim.admission)},
            )
        )
    return found


def insurance_name(claim: Claim) -> str:
    """The insurance of a claim on the day of its admission, by its name; empty while the day is not known."""
    stay = claim.stay or claim
    return tier_name(tier_of(claim.member, stay.admission)) if stay.admission else ""


def care_around(claim: Claim) -> Around | None:
    """Which care before and after the stay counts by its insurance; None without one that pays."""
    if claim.admission is None:
        return None
    terms = terms_on(claim.admission)[tier_of(claim.member, claim.admission)]
    before, after = terms.figure(Name.DAYS_BEFORE), terms.figure(Name.DAYS_AFTER)
    if not terms.pays or before.measure != Measure.DAYS or after.measure != Measure.DAYS:
        return None
    return Around(
        before=int(before.value),
        after=int(after.value),
        first_day=claim.admission - timedelta(days=int(before.value)),
        last_day=claim.discharge + timedelta(days=int(after.value)) if claim.discharge else None,
    )


def year_of_illness(member: Member, year: int, today: date, *, without: Claim | None = None) -> YearOfIllness:
    """What the serious-illness option still pays a member in a year."""
    on = min(max(today, date(year, 1, 1)), date(year, 12, 31))
    tier = tier_of(member, on)
    figure = terms_on(on)[tier].figure(Name.SERIOUS_ILLNESS)
    options = SeriousIllnessOption.objects.filter(member=member, first_day__lte=date(year, 12, 31))
    has_option = any(row.last_day is None or row.last_day >= date(year, 1, 1) for row in options)
    limit = figure.value if figure.measure == Measure.EUROS_A_YEAR and has_option else ZERO
    used = used_in(member, year, Intervention.Budget.SERIOUS_ILLNESS, without=without)
    return YearOfIllness(
        year=year,
        limit=int(limit),
        used=euros(used),
        left=euros(max(limit - used, ZERO)),
        has_option=has_option and bool(limit),
        tier=tier_name(tier),
        sentence=_used(member, year, has_option=has_option and bool(limit), used=used, limit=limit),
    )


# --- inside


def _used(member: Member, year: int, *, has_option: bool, used: object, limit: object) -> str:
    values = {"name": member.full_name, "year": f"{year:04d}"}
    if not has_option:
        return (
            _(
                "%(name)s has no serious-illness option in %(year)s. Without it, care outside hospital is paid "
                "by the compulsory insurance only. The option is taken beside Hospitalia or Hospitalia Plus."
            )
            % values
        )
    amounts = {"used": euros(used), "limit": euros(limit)}  # type: ignore[arg-type]
    return _("%(used)s of the %(limit)s of %(year)s is used.") % (values | amounts)


def _abroad() -> str:
    return _(
        "The hospital lies abroad. The sources do not say what is paid there: an adviser decides. Call us, "
        "before the stay if you can."
    )


def _insurance(member: Member, tier: Tier, admission: date) -> Remark:
    values = {"tier": tier_name(tier), "day": day(admission)}
    if tier == Tier.CONTINUITY:
        return Remark(
            "warning",
            _("On %(day)s your insurance is %(tier)s: it waits while another insurance pays.") % values,
        )
    if tier != Tier.NONE:
        return Remark("info", _("On %(day)s the insurance is %(tier)s.") % values)
    later = (
        HospitalInsurance.objects.filter(member=member, first_day__gt=admission).order_by("first_day").first()
    )
    if later is not None:
        return Remark(
            "warning",
            _(
                "The insurance %(tier)s began on %(first)s, after the admission of %(day)s: it pays nothing for "
                "this stay. You can still send the bill: the compulsory insurance pays its part."
            )
            % {"tier": tier_name(later.tier), "first": day(later.first_day), "day": day(admission)},
        )
    return Remark(
        "warning",
        _(
            "There is no hospital insurance on %(day)s: what the compulsory insurance does not pay stays with "
            "the patient."
        )
        % values,
    )


def _franchise(claim: Claim, tier: Tier, admission: date) -> list[Remark]:
    terms: Terms = terms_on(admission)[tier]
    if not terms.pays or claim.room != "individual" or claim.day_hospital:
        return []
    values = {"year": f"{admission.year:04d}", "hospital": claim.place_name}
    listed = has_franchise(claim)
    if listed is None and claim.hospital_id is None:
        return [
            Remark(
                "warning",
                _("The hospital is not in our list: an adviser looks up whether it has a franchise.")
                % values,
            )
        ]
    if listed is None:
        return [
            Remark(
                "warning",
                _(
                    "No list of hospitals with a franchise stands for %(year)s yet: we do not know whether a "
                    "franchise is taken off."
                )
                % values,
            )
        ]
    figure = terms.figure(Name.FRANCHISE)
    if not listed or figure.measure != Measure.EUROS:
        return []
    return [
        Remark(
            "info",
            _("%(hospital)s has a franchise in %(year)s: %(amount)s of an individual room stays with you.")
            % (values | {"amount": euros(figure.value)}),
        )
    ]
