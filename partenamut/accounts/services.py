"""Use cases of accounts: give and revoke roles."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

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
    RoleAssignment.objects.filter(user=user, role=role, revoked_at=None).update(
        revoked_at=at, revoked_by=actor
    )
    user.__dict__.pop("roles", None)
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Logs the user out everywhere."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@transaction.atomic
def create_user(
    *, name: str, email: str, language: str, roles: Iterable[Role], actor: User | None, at: datetime
) -> User:
    """A user without a password, who sets one through the reset link."""
    user = User.objects.create_user(email=email, name=name, language=language)
    for role in roles:
        grant_role(user=user, role=role, actor=actor, at=at)
    return user


@transaction.atomic
def change_user(
    *, user: User, values: Mapping[str, object], roles: Iterable[Role], actor: User, at: datetime
) -> User:
    """The user with these values and exactly these roles; ValidationError for who would shut themselves out."""
    wanted = frozenset(roles)
    if user == actor and (Role.ADMIN not in wanted or not values.get("is_active", True)):
        raise ValidationError({"roles": _("You cannot take your own access away: ask a colleague.")})
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
    user.__dict__.pop("roles", None)
    for role in wanted - user.roles:
        grant_role(user=user, role=role, actor=actor, at=at)
    for role in frozenset(user.roles) - wanted:
        revoke_role(user=user, role=role, actor=actor, at=at)
    if not user.is_active:
        end_sessions(user)
    return user
