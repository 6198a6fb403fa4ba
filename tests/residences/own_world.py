"""A member who lives in a rest home, or is to, with a representative, a stranger and the director of the home."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from residences import models
from residences.services import amendments, conventions, runs, signing
from tests.factories import desk
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import MandateFactory

YESTERDAY = make.TODAY - timedelta(days=1)


class World:
    """A home, a member with a convention in it, and those who look at it."""

    def __init__(self, **member: Any) -> None:
        self.home = make.RestHomeFactory()
        self.director = make.director_of(self.home)
        self.member = desk.member(last_name="Dupont", first_name="Marie", **member)
        self.resident = make.ResidentFactory(
            member=self.member, last_name="Dupont", first_name="Marie", search_name="dupont marie"
        )
        self.supplement = make.supplement(self.home)

    # --- conventions

    def offered(self, **changes: Any) -> models.Edition:
        """The text of a convention that is offered today, for an entry in ten days."""
        entry = changes.pop("entry", make.TODAY + timedelta(days=10))
        convention = make.draft(
            self.home, actor=self.director, resident=self.resident, entry=entry, offered=make.AT, **changes
        )
        return conventions.prepare(convention=convention, actor=self.director, at=make.AT)

    def signed(self, **changes: Any) -> models.Convention:
        """A convention in force since January."""
        convention = make.signed(
            self.home, actor=self.director, resident=self.resident, supplements=[self.supplement], **changes
        )
        models.DebtorShare.objects.get_or_create(
            convention=convention, contact=None, defaults={"percent": 100, "first_day": convention.entry}
        )
        return convention

    def again(self, edition: models.Edition) -> models.Edition:
        """The text offered once more, with a clause in it that was not there."""
        convention = edition.convention
        conventions.reopen(convention=convention, actor=self.director, at=make.AT)
        conventions.set_clauses(
            convention=convention, texts=["Le chat est bienvenu."], actor=self.director, at=make.AT
        )
        return conventions.prepare(convention=convention, actor=self.director, at=make.AT)

    def amendment(self, convention: models.Convention, first: date = make.TODAY) -> models.Edition:
        """An amendment of the special clauses, offered today."""
        row = amendments.create(
            convention=convention, kind="clauses", effective_on=first, explanation="Le chat arrive.",
            actor=self.director, at=make.AT,
        )  # fmt: skip
        amendments.change(amendment=row, value=["Le chat est bienvenu."], actor=self.director, at=make.AT)
        return amendments.prepare(amendment=row, actor=self.director, at=make.AT)

    def manager_signs(self, edition: models.Edition) -> None:
        """The signature of the home."""
        signing.sign(
            edition=edition, read=edition.sha256, side="manager", name=self.home.manager_name,
            quality="Directrice", actor=self.director, at=make.AT,
        )  # fmt: skip

    def resident_signs(self, edition: models.Edition) -> None:
        """The signature of the resident."""
        signing.sign(
            edition=edition, read=edition.sha256, side="resident", name="Marie Dupont", quality="résidente",
            actor=self.member.user, at=make.AT,
        )  # fmt: skip

    # --- money

    def invoiced(
        self, convention: models.Convention, month: date = date(2026, 4, 1), day: int = 28
    ) -> models.Invoice:
        """The invoice of a month, issued near its end."""
        moment = make.at(month.replace(day=day))
        run = runs.prepare(home=self.home, month=month, actor=self.director, at=moment)
        runs.issue(run=run, received_on=month.replace(day=day), actor=self.director, at=moment)
        runs.run(run.pk, at=moment)
        found: models.Invoice = models.Invoice.objects.get(convention=convention, month=month)
        return found

    def entry(self, convention: models.Convention, on: date = date(2026, 4, 12)) -> models.Entry:
        """A meal of a visitor, with its document."""
        row: models.Entry = models.Entry.objects.create(
            convention=convention, kind="supplement", date=on, label="Dîner visiteur", supplement=self.supplement,
            unit_price=Decimal("7.50"), amount=Decimal("7.50"), upload=make.upload(self.director),
            entered_by=self.director, entered_at=make.at(on),
        )  # fmt: skip
        return row

    def paid(self, share: models.InvoiceShare, amount: str, on: date = make.TODAY) -> models.Payment:
        """Euros received for a share."""
        row: models.Payment = models.Payment.objects.create(
            share=share,
            received_on=on,
            amount=Decimal(amount),
            registered_by=self.director,
            registered_at=make.AT,
        )
        return row

    # --- people

    def representative(self, **mandate: Any) -> User:
        """Somebody who acts for the member under a mandate."""
        user: User = UserFactory(roles=[Role.REPRESENTATIVE])
        MandateFactory(member=self.member, representative=user, **mandate)
        return user

    def client(self, user: User | None = None) -> Client:
        """A browser of the member, or of somebody else; it speaks English."""
        client = Client()
        client.force_login(user or self.member.user)
        client.cookies["django_language"] = "en"
        return client


def url(name: str, *rows: Any) -> str:
    """The address of a page of the resident's side."""
    return reverse(f"residences:{name}", args=[getattr(row, "public_id", row) for row in rows])


def text(response: HttpResponse) -> str:
    """The page as it came."""
    return response.content.decode()
