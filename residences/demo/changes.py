"""What changed after the signatures: a move, a rise being prepared and one notified, notices, a death."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from partenamut.accounts.models import User
from residences.models import Amendment, AmendmentKind, Bed, Convention, RestHome, Side
from residences.services import amendments, campaigns, endings, signing
from residences.services.endings import Event
from residences.services.rises import plan_of

INDEX_NOW = Decimal("129.00")
INDEX_SOURCE = "Indice fictif de la démonstration"


def rise_in_preparation(home: RestHome, director: User, at: datetime) -> None:
    """A rise with one price above the limit of the year: it cannot be notified as it stands (art. 4 §1)."""
    prices = {kind: price for kind in home.room_types.all() if (price := NEW_PRICES.get(kind.name))}
    campaigns.create_draft(home=home, values=_index(at), prices=prices, actor=director, at=at)


def rise_notified(home: RestHome, director: User, at: datetime) -> None:
    """A rise within the limit, notified to all."""
    prices = {kind: Decimal("54.00") for kind in home.room_types.all()}
    campaign = campaigns.create_draft(home=home, values=_index(at), prices=prices, actor=director, at=at)
    campaigns.notify(
        campaign=campaign, seen=plan_of(campaign, localdate(at)).fingerprint, actor=director, at=at
    )


def move(convention: Convention, bed: Bed, first: date, director: User, at: datetime) -> Amendment:
    """The draft of a change of room for reasons of health: the price of the room before is kept."""
    amendment = amendments.create(
        convention=convention,
        kind=AmendmentKind.ROOM_HEALTH,
        effective_on=first,
        explanation="La résidente se déplace en fauteuil: la chambre est plus grande et près de l'ascenseur.",
        actor=director,
        at=at,
    )
    amendments.change(amendment=amendment, value=bed, actor=director, at=at)
    return amendment


def sign_amendment(amendment: Amendment, director: User, at: datetime) -> None:
    """Both signatures under an amendment."""
    edition = amendments.prepare(amendment=amendment, actor=director, at=at)
    convention = amendment.convention
    for side, name in (
        (Side.RESIDENT, str(convention.representative or convention.resident)),
        (Side.MANAGER, convention.home.manager_name),
    ):
        signing.sign(
            edition=edition, read=edition.sha256, side=side, name=name, quality="", actor=director, at=at
        )


def notice_of_resident(convention: Convention, director: User, at: datetime) -> None:
    """A registered letter of the resident: fifteen days run."""
    event = Event(cause="none", given_by="resident", sent_on=localdate(at))
    endings.record_termination(convention=convention, event=event, actor=director, at=at)


def notice_of_manager(convention: Convention, director: User, at: datetime) -> None:
    """A notice of the manager with its reasons: three months run."""
    event = Event(
        cause="none",
        given_by="manager",
        sent_on=localdate(at),
        reasons="L'état de santé demande des soins que la maison ne peut pas donner.",
    )
    endings.record_termination(convention=convention, event=event, actor=director, at=at)


def death(convention: Convention, director: User, at: datetime, cleared: date | None) -> None:
    """A death; the price is due until the room is cleared."""
    event = Event(cause="death", given_by="resident", sent_on=localdate(at))
    endings.record_termination(convention=convention, event=event, actor=director, at=at)
    if cleared is not None:
        endings.record_departure(
            convention=convention,
            room_cleared_on=cleared,
            actor=director,
            at=at + timedelta(days=(cleared - localdate(at)).days),
        )


def _index(at: datetime) -> dict[str, object]:
    month = localdate(at).replace(day=1)
    return {"index_now": INDEX_NOW, "index_month": month, "index_source": INDEX_SOURCE, "explanation": ""}


#: The limit for an index gone from 125.00 to 129.00 is 8.2 percent: the last price is above it.
NEW_PRICES = {
    "Individuelle": Decimal("51.20"),
    "Double": Decimal("43.60"),
    "Studio individuel": Decimal("93.00"),
}
