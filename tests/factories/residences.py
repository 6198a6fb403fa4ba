"""Rest homes, residents and conventions; every number is fictitious, and everything holds since 2020."""

from collections.abc import Sequence as Many
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.timezone import localdate
from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.helpers import post_generation

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.documents.models import Upload
from partenamut.fields import blind_index
from partenamut.periods import add_months
from partenamut.registry.models import Directorship
from partenamut.registry.names import search_form
from residences import models
from residences.deciding import Due, Plan, shared
from residences.rules.accommodation import Stretch
from residences.services import conventions, endings, issuing, signing
from tests.factories import numbers
from tests.factories.accounts import ModelFactory, UserFactory
from tests.factories.registry import ResidenceFactory

START = date(2020, 1, 1)
#: A Monday morning in Brussels.
AT = datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
TODAY = date(2026, 5, 4)

INCLUDED = (
    ("room", "l'usage de la chambre et de son mobilier", ["chambre"]),
    ("television", "la télévision et la télédistribution", ["television", "tele"]),
    ("internet", "l'accès à internet", ["internet", "wifi"]),
)


def at(day: date, hour: int = 9) -> datetime:
    """A moment of a day."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


class RestHomeFactory(ModelFactory):
    """A home with what its price includes and the rebate; no rooms, see `bed`."""

    class Meta:
        model = models.RestHome
        skip_postgeneration_save = True

    class Params:
        count = Sequence(lambda count: count)

    residence = SubFactory(ResidenceFactory)
    code = LazyAttribute(
        lambda home: "H" + "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{home.count % 10**5}")
    )
    operator = "Exploitant ASBL"
    operating_title = "MR/192.094.112"
    allowed = ["rest_home", "short_stay"]
    capacity = 100
    manager_name = "Odile Fictive"
    manager_function = "Directrice"
    iban = LazyAttribute(lambda home: numbers.iban(home.count + 500))
    account_holder = "Exploitant ASBL"
    courts = "Justice de paix de Namur"

    @post_generation
    def included(self: Any, create: bool, _extracted: object, **_kwargs: object) -> None:
        """Three elements of the price, and the rebate of art. 4 §7."""
        if create:
            for position, (code, text, words) in enumerate(INCLUDED, 1):
                models.IncludedElement.objects.create(
                    home=self, position=position, code=code, text=text, guard_words=words, first_day=START
                )
            models.InsurerDayRebate.objects.get_or_create(
                first_day=date(2018, 9, 1),
                defaults={"amount": Decimal("0.34"), "pivot_index": Decimal("112.72"), "source": "art. 4 §7"},
            )


def director_of(home: models.RestHome, first_day: date = START) -> User:
    """A user who runs the home."""
    user: User = UserFactory(roles=[Role.RESIDENCE_DIRECTOR])
    Directorship.objects.create(residence=home.residence, director=user, first_day=first_day)
    return user


def room_type(
    home: models.RestHome, name: str = "Individuelle", price: str = "48.92", area: int = 16
) -> models.RoomType:
    """A room type of the home with its price since the start; the one of that name where there is one."""
    kind, is_new = models.RoomType.objects.get_or_create(home=home, name=name, defaults={"area_m2": area})
    if is_new:
        models.RoomPrice.objects.create(
            room_type=kind,
            daily_price=Decimal(price),
            first_day=START,
            index_value=Decimal("125.00"),
            index_month=date(2025, 12, 1),
        )
    return kind


def bed(
    home: models.RestHome, number: str = "101", *, kind: models.RoomType | None = None, label: str = "A"
) -> models.Bed:
    """A bed of a room of the home; the room is made if it is not there."""
    room, _is_new = models.Room.objects.get_or_create(
        home=home, number=number, defaults={"room_type": kind or room_type(home)}
    )
    return models.Bed.objects.create(room=room, label=label, first_day=START)


def supplement(
    home: models.RestHome, label: str = "Dîner visiteur", price: str = "7.50"
) -> models.Supplement:
    """A supplement of the home with its price."""
    row = models.Supplement.objects.create(home=home, label=label, unit="repas")
    models.SupplementPrice.objects.create(supplement=row, unit_price=Decimal(price), first_day=START)
    return row


class ResidentFactory(ModelFactory):
    """A resident of mutuality 134 with a valid fictitious NISS; no member of Partenamut."""

    class Meta:
        model = models.Resident

    class Params:
        count = Sequence(lambda count: 5_000 + count)

    birth_date = LazyAttribute(lambda person: numbers.birth_date(person.count))
    niss = LazyAttribute(lambda person: numbers.niss(person.count, person.birth_date))
    niss_index = LazyAttribute(lambda person: blind_index(person.niss))
    last_name = Sequence(lambda count: f"Lambert{count}")
    first_name = "Simone"
    search_name = LazyAttribute(lambda person: search_form(person.last_name, person.first_name))
    street = "Rue d'Avant 2"
    postal_code = "5000"
    city = "Namur"
    mutuality_code = 134


def contact(
    resident: models.Resident, role: str = "representative", name: str = "Paul Lambert"
) -> models.Contact:
    """A contact of a resident."""
    return models.Contact.objects.create(
        resident=resident,
        role=role,
        name=name,
        relation="fils",
        street="Rue d'Ailleurs 8",
        postal_code="5100",
        city="Jambes",
    )


def upload(actor: User) -> Upload:
    """A received file; its content is of no interest."""
    row = Upload(
        kind="residences-test", original_name="signe.pdf", content_type="application/pdf", size=4, sha256="0" * 64,
        uploaded_by=actor, uploaded_at=AT,
    )  # fmt: skip
    row.file.save("signe.pdf", ContentFile(b"%PDF"), save=False)
    row.save()
    return row


def draft(
    home: models.RestHome, *, actor: User, resident: models.Resident | None = None, entry: date = date(2026, 1, 12),
    where: models.Bed | None = None, offered: datetime | None = None, **changes: Any,
) -> models.Convention:  # fmt: skip
    """A complete draft of an indefinite stay; `until` and the like are changed by name."""
    moment = offered or at(min(entry, TODAY))
    convention = conventions.create_draft(
        home=home, resident=resident or ResidentFactory(), actor=actor, at=moment
    )
    place = where or bed(home, str(100 + home.conventions.count()))
    return conventions.change_draft(
        convention=convention, changes={"entry": entry, "bed": place, **changes}, actor=actor, at=moment
    )


def signed(
    home: models.RestHome, *, actor: User, supplements: Many[models.Supplement] | None = None,
    offered: datetime | None = None, entry: date = date(2026, 1, 12), **kwargs: Any,
) -> models.Convention:  # fmt: skip
    """A convention signed by both sides on the day it was offered, in force where the entry has come."""
    moment = offered or at(min(entry, TODAY))
    convention = draft(home, actor=actor, entry=entry, offered=moment, **kwargs)
    if supplements is not None:
        conventions.set_supplements(convention=convention, supplements=supplements, actor=actor, at=moment)
    edition = conventions.prepare(convention=convention, actor=actor, at=moment)
    for side, name in (("resident", convention.resident.full_name), ("manager", home.manager_name)):
        signing.sign(
            edition=edition, read=edition.sha256, side=side, name=name, quality="", signed_on=localdate(moment),
            actor=actor, at=moment,
        )  # fmt: skip
    convention.refresh_from_db()
    signing.start_due(TODAY, at=AT)
    convention.refresh_from_db()
    return convention


def notice_given(
    convention: models.Convention,
    *,
    actor: User,
    sent_on: date = TODAY,
    moment: datetime | None = None,
    **event: Any,
) -> models.Termination:
    """A notice, death or departure recorded on its day; by default the resident's registered letter of 4 May."""
    facts = {"cause": "none", "given_by": "resident", "sent_on": sent_on, **event}
    as_void = facts["given_by"] == "manager" and not facts.get("reasons")
    row = endings.record_termination(
        convention=convention,
        event=endings.Event(**facts),
        as_void=as_void,
        actor=actor,
        at=moment or at(sent_on),
    )
    convention.refresh_from_db()
    return row


def told_by_word_of_mouth(convention: models.Convention, actor: User) -> models.Termination:
    """A void notice with its letter and a scan: the convention stays in force."""
    row = notice_given(convention, actor=actor, channel="oral")
    return endings.add_letter(termination=row, upload=upload(actor), actor=actor, at=AT)


def remark(convention: models.Convention, actor: User, article: int = 12) -> models.ArticleComment:
    """A remark on the latest text, written beside the way it usually takes."""
    return models.ArticleComment.objects.create(
        edition=conventions.latest_edition(convention), article=article, text="Et mon chat ?", made_by=actor, made_at=AT
    )  # fmt: skip


def inspection(convention: models.Convention, actor: User, kind: str = "entry") -> models.Inspection:
    """An inventory of fixtures with one element, not signed, and a file beside it."""
    row = models.Inspection.objects.create(
        convention=convention, kind=kind, bed=convention.bed, done_on=TODAY, upload=upload(actor)
    )
    models.InspectionLine.objects.create(inspection=row, position=1, element="Sol", state="bon état")
    return row


def furniture(convention: models.Convention, description: str = "Fauteuil") -> models.Furniture:
    """A piece of furniture of a resident."""
    return models.Furniture.objects.create(
        convention=convention, description=description, brought_on=convention.entry
    )


def invoice(
    convention: models.Convention, *, total: str = "1500.00", month: date = date(2026, 3, 1), received_on: date | None = None,
    debtors: Many[tuple[models.Contact | None, int]] = ((None, 100),), parts: Many[str] = (), kind: str = "monthly",
) -> models.Invoice:  # fmt: skip
    """An invoice handed over near the end of its month (due 8 days later), shared among debtors by percent.

    Its lines are `parts` of its total, all of it by default; a negative total is in favour of who left.
    """
    day = received_on or month.replace(day=28)
    amounts = [Decimal(part) for part in parts] or [Decimal(total)]
    stretch = Stretch(add_months(month, 1), add_months(month, 1), Decimal(0))
    lines = tuple(
        Due(models.LineKind.ACCOMMODATION_NEXT if one > 0 else models.LineKind.ACCOMMODATION_CREDIT, one, stretch)
        for one in amounts
    )  # fmt: skip
    shares = shared([(who.pk if who else None, Decimal(percent)) for who, percent in debtors], lines)
    plan = Plan(
        convention_id=convention.pk, month=month, lines=lines, reasons=(), problems=(),
        due_on=day + timedelta(days=8), dispute_until=add_months(day, 1), shares=tuple(shares), inami_days=0,
        inami_amount=Decimal(0),
    )  # fmt: skip
    with transaction.atomic():
        # Held as the services do it: nothing is left to be loaded while the rows are copied.
        (held,) = issuing.hold([convention.pk])
        ready = issuing.Ready(plan, held, models.InvoiceKind(kind))
        (row,) = issuing.write(held.home, [ready], received_on=day, actor=None, at=at(day))
    return row


def share(row: models.Invoice, who: models.Contact | None = None) -> models.InvoiceShare:
    """What a debtor owes of an invoice; the resident unless another is named."""
    return row.shares.get(contact=who)


def interest_rates() -> None:
    """The legal rates of two years."""
    for year, percent in ((2025, "4.50"), (2026, "4.00")):
        models.LegalInterest.objects.get_or_create(
            year=year, defaults={"percent": Decimal(percent), "source": "essai"}
        )
