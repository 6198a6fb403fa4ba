"""Use cases of accounts: give and revoke roles."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from .models import RoleAssignment, User
from .roles import Role


@transaction.atomic
def grant_role(*, user: User, role: Role, actor: User | None, at: datetime) -> RoleAssignment:
    """The role in force; the one that stands if the user has it already."""
    assignment, _created = RoleAssignment.objects.get_or_create(
        user=user, role=role, revoked_at=None, defaults={"granted_at": at, "granted_by": actor}
    )
    user.__dict__.pop("roles", None)
    return assignment


@transaction.atomic
def revoke_role(*, user: User, role: Role, actor: User, at: datetime) -> None:
    """Ends the role and every open session of the user."""
    RoleAssignment.objects.filter(user=user, role=role, revoked_at=None).update(revoked_at=at, revoked_by=actor)
    user.__dict__.pop("roles", None)
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Logs the user out everywhere."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
