"""What advisers do with several claims at once, and the filters of the queue that they keep."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from hospitalisation.models import Claim, SavedView
from hospitalisation.services.decisions import assign
from partenamut.accounts.models import User
from partenamut.registry.services.rows import saved


@transaction.atomic
def assign_all(*, claims: Iterable[Claim], assignee: User | None, actor: User, at: datetime) -> list[Claim]:
    """Several claims on the desk of one adviser, or of nobody; all of them or none."""
    # In one order, so that two people who assign the same ones never wait for each other.
    return [
        assign(claim=claim, assignee=assignee, actor=actor, at=at)
        for claim in sorted(claims, key=lambda claim: claim.pk)
    ]


@transaction.atomic
def save_view(*, owner: User, name: str, query: str) -> SavedView:
    """The filters kept under a name; another of the same name is refused with a sentence."""
    return saved(SavedView(owner=owner, name=name.strip(), query=query))


@transaction.atomic
def rename_view(*, view: SavedView, name: str) -> SavedView:
    """The view under its new name."""
    view.name = name.strip()
    return saved(view)
