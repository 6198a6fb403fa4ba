"""A home with residents whose prices are about to rise: notified on Monday 4 May 2026, in force on 3 June."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from partenamut.accounts.models import User
from residences.models import Convention, KeptPrice, PriceCampaign, RestHome, RoomType
from residences.services import campaigns
from residences.services.rises import plan_of
from tests.factories import residences as make

AT, TODAY = make.AT, make.TODAY
FROM = date(2026, 6, 3)
VALUES = {
    "index_now": Decimal("128.40"),
    "index_month": date(2026, 4, 1),
    "index_source": "Statbel",
    "explanation": "L'énergie coûte plus.",
}


@dataclass
class World:
    """A home, who runs it, and conventions by the name of the resident."""

    home: RestHome
    director: User
    conventions: dict[str, Convention] = field(default_factory=dict)

    @property
    def single(self) -> RoomType:
        """The single rooms, 48.92 a day, index 125.00."""
        return make.room_type(self.home)

    @property
    def double(self) -> RoomType:
        """The double rooms, 41.85 a day, index 125.00."""
        return make.room_type(self.home, "Double", "41.85", 24)

    def lives(self, name: str, room: RoomType | None = None, **kwargs: object) -> Convention:
        """A resident of that name with a signed convention, in a room of a type."""
        resident = make.ResidentFactory(last_name=name, search_name=name.lower())
        place = make.bed(self.home, f"{200 + len(self.conventions)}", kind=room or self.single)
        found = make.signed(self.home, actor=self.director, resident=resident, where=place, **kwargs)
        self.conventions[name] = found
        return found

    def draft(self, **prices: str) -> PriceCampaign:
        """A rise with the new prices of `single` and `double`."""
        asked = {getattr(self, name): Decimal(price) for name, price in prices.items()}
        return campaigns.create_draft(home=self.home, values=VALUES, prices=asked, actor=self.director, at=AT)

    def notified(self, campaign: PriceCampaign | None = None, at=AT, **prices: str) -> PriceCampaign:
        """The rise, seen and notified."""
        row = campaign or self.draft(**prices)
        return campaigns.notify(campaign=row, seen=self.seen(row, at), actor=self.director, at=at)

    def seen(self, campaign: PriceCampaign, at=AT) -> str:
        """What the page of the confirmation sends along."""
        return plan_of(campaign, at.date()).fingerprint


def world(*names: str) -> World:
    """A home with residents of these names in single rooms."""
    home = make.RestHomeFactory()
    found = World(home, make.director_of(home))
    for name in names:
        found.lives(name)
    return found


def kept(convention: Convention, because: str = "works", kind: RoomType | None = None) -> KeptPrice:
    """A right to keep the price since 2026 began."""
    return KeptPrice.objects.create(
        convention=convention,
        because=because,
        room_type=kind or convention.bed.room.room_type,
        note="Aile nord",
        first_day=date(2026, 1, 1),
    )


def owed(convention: Convention) -> list[tuple[str, str, str]]:
    """First day, last day and price of what is agreed, in the order of the days."""
    rows = convention.agreed_prices.order_by("first_day")
    return [(str(row.first_day), str(row.last_day or ""), str(row.daily_price)) for row in rows]
