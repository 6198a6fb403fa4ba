"""The words of the notices of a rise, gathered from the rows: one for each resident's side, one for the administration."""

from datetime import date

from residences.documents.price_notices import (
    AdministrationWords,
    AuthorisationWords,
    CampaignWords,
    ResidentWords,
    TypeLine,
)
from residences.facts import home_terms
from residences.models import CampaignPrice, Contact, Convention, KeptBecause, PriceCampaign
from residences.price_facts import frozen_increase
from residences.services.rises import Concerned, Plan, priced_type

#: Whom a rise is notified to where no authorisation names the administration.
AUTHORITY = "AViQ"


def resident_words(
    campaign: PriceCampaign, each: Concerned, prices: dict[int, CampaignPrice], issued_on: date
) -> ResidentWords:
    """The notice to the side of a resident: the representative where there is one, else the resident."""
    assert campaign.notified_on is not None
    convention = each.convention
    price = prices[priced_type(each.agreed, each.kept)]
    recipient, address = addressee(convention)
    return ResidentWords(
        campaign=_campaign_words(campaign),
        language=convention.language,
        issued_on=issued_on,
        resident=convention.resident.full_name,
        recipient=recipient,
        address_lines=address,
        room=each.room,
        room_type=price.room_type.name,
        before=each.agreed.daily_price,
        after=each.new_price,
        first_day=each.first_day,
        facts=frozen_increase(price, campaign.index_now, campaign.notified_on),
    )


def administration_words(plan: Plan, prices: dict[int, CampaignPrice]) -> AdministrationWords:
    """The notice to the administration, with all prices of the home."""
    campaign = plan.campaign
    assert campaign.notified_on is not None
    lines = []
    for each in plan.types:
        price, current = prices.get(each.standing.room_type.pk), each.standing.current
        lines.append(
            TypeLine(
                name=each.standing.room_type.name,
                present=current.daily_price if current else None,
                new=each.new_price,
                facts=frozen_increase(price, campaign.index_now, campaign.notified_on) if price else None,
            )
        )
    kept = [each.because for each in plan.left_out]
    return AdministrationWords(
        campaign=_campaign_words(campaign),
        language=campaign.home.language,
        authority=campaign.authorisation.authority if campaign.authorisation else AUTHORITY,
        lines=tuple(lines),
        notified=len(plan.raised),
        kept_for_health=kept.count(KeptBecause.HEALTH),
        kept_for_works=kept.count(KeptBecause.WORKS),
    )


def prices_of(campaign: PriceCampaign) -> dict[int, CampaignPrice]:
    """The new prices of a campaign by the key of their room type."""
    return {row.room_type_id: row for row in campaign.prices.select_related("room_type")}


def addressee(convention: Convention) -> tuple[str, tuple[str, ...]]:
    """Who gets what a home writes to a resident, and where: the resident lives in the home."""
    person: Contact | None = convention.representative
    if person is not None:
        return person.name, (person.street, f"{person.postal_code} {person.city}")
    home = convention.home.residence
    lines = (home.name, home.street, f"{home.postal_code} {home.city}")
    return convention.resident.full_name, lines


def _campaign_words(campaign: PriceCampaign) -> CampaignWords:
    assert campaign.notified_on is not None
    assert campaign.in_force_from is not None
    authorisation = campaign.authorisation
    return CampaignWords(
        number=campaign.number or "",
        home=home_terms(campaign.home),
        place=campaign.home.residence.city,
        notified_on=campaign.notified_on,
        in_force_from=campaign.in_force_from,
        index_month=campaign.index_month,
        index_source=campaign.index_source,
        explanation=campaign.explanation,
        authorisation=AuthorisationWords(
            authorisation.authority, authorisation.decided_on, authorisation.reference
        )
        if authorisation
        else None,
    )
