"""Amendments as tests make them: drafted, offered, agreed; and what the dated rows of a convention hold."""

from datetime import date

from residences.services import amendments, signing
from tests.factories import residences as make

JUNE = date(2026, 6, 1)


def new(convention, director, kind, value, first=JUNE, at=make.AT, **kwargs):
    """A draft amendment that sets a value."""
    amendment = amendments.create(
        convention=convention, kind=kind, effective_on=first, actor=director, at=at, **kwargs
    )
    return amendments.change(amendment=amendment, value=value, actor=director, at=at)


def offered(*args, at=make.AT, **kwargs):
    """The text of a new amendment, offered."""
    amendment = new(*args, at=at, **kwargs)
    return amendments.prepare(amendment=amendment, actor=amendment.created_by, at=at)


def sign(edition, side, actor, at=make.AT, **kwargs):
    return signing.sign(
        edition=edition,
        read=edition.sha256,
        side=side,
        name="Simone Lambert",
        quality="",
        actor=actor,
        at=at,
        **kwargs,
    )


def agreed(*args, at=make.AT, **kwargs):
    """An amendment that both sides signed."""
    edition = offered(*args, at=at, **kwargs)
    for side in ("resident", "manager"):
        sign(edition, side, edition.made_by, at)
    edition.amendment.refresh_from_db()
    args[0].refresh_from_db()
    return edition.amendment


def days(rows, value):
    """What dated rows hold, by their days."""
    return [(row.first_day, row.last_day, value(row)) for row in rows.order_by("first_day")]


def prices(convention):
    return days(convention.agreed_prices, lambda row: str(row.daily_price))


def beds(convention):
    return days(convention.occupancies.given(), lambda row: str(row.bed))
