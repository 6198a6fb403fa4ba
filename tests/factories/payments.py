"""Payables and batches, made by the services: the database takes them in no other way."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.payments import services
from partenamut.payments.models import Batch, Payable
from tests.factories.accounts import UserFactory
from tests.factories.registry import MemberFactory

#: A Monday morning in Brussels.
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)
EXECUTION = date(2026, 3, 4)

_numbers = count(1)


def adviser(**kwargs: Any) -> User:
    """Somebody who decides and approves."""
    user: User = UserFactory(roles=[Role.ADVISER], **kwargs)
    return user


def payer(**kwargs: Any) -> User:
    """Somebody who prepares, releases and follows batches."""
    user: User = UserFactory(roles=[Role.ADMIN], **kwargs)
    return user


def proposed(**kwargs: Any) -> Payable:
    """A payable of a fictitious business, decided by a new adviser."""
    place = next(_numbers)
    decided_by = kwargs.pop("decided_by", None) or adviser()
    facts = {
        "payee": kwargs.pop("payee", None) or MemberFactory(),
        "amount": Decimal("350.00"),
        "purpose": "Séjour de convalescence, 10 jours",
        "origin_label": "sample",
        "origin_number": f"TEST-2026-{place:06d}",
        "origin_id": uuid.uuid4(),
        "due_on": EXECUTION,
        "actor": decided_by,
        "at": AT,
    }
    return services.propose(decided_by=decided_by, **(facts | kwargs))


def approved(approver: User | None = None, **kwargs: Any) -> Payable:
    """A payable that a second adviser has approved."""
    return services.approve(payable=proposed(**kwargs), actor=approver or adviser(), at=kwargs.get("at", AT))


def prepared(*payables: Payable, by: User | None = None, execution_date: date = EXECUTION) -> Batch:
    """A batch of the payables, or of a new one."""
    return services.prepare_batch(
        payables=payables or [approved()], execution_date=execution_date, actor=by or payer(), at=AT
    )


def sent(*payables: Payable, by: User | None = None) -> Batch:
    """A batch that a second person has released."""
    return services.release_batch(batch=prepared(*payables), actor=by or payer(), at=AT)
