"""The list of users."""

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, SearchFilter, WorkList


class UserFilter(ListFilter):
    """Users by name or address, role, and whether they can log in."""

    text = SearchFilter(label=_("Name or address"), fields=["name", "email"])
    role = ChoiceFilter(label=_("Role"), choices=Role.choices, method="with_role")
    is_active = django_filters.ChoiceFilter(
        label=_("Access"), choices=[("true", _("Can log in")), ("false", _("Closed"))], empty_label=_("All")
    )

    def with_role(self, users: QuerySet[User], _name: str, role: str) -> QuerySet[User]:
        """Those who have the role now."""
        held = Q(role_assignments__role=role, role_assignments__revoked_at=None)
        return users.filter(held) if role else users


class UserList(WorkList):
    """Users with their roles."""

    columns = (
        Column(
            "name",
            _("Name"),
            "name",
            kind="link",
            url=lambda user: reverse("web:user", args=[user.public_id]),
            sort="name",
        ),
        Column("email", _("E-mail address"), "email", sort="email"),
        Column(
            "roles", _("Roles"), value=lambda user: ", ".join(str(role.label) for role in held_roles(user))
        ),
        Column(
            "is_active", _("Access"), value=lambda user: _("Can log in") if user.is_active else _("Closed")
        ),
    )
    filterset_class = UserFilter
    ordering = ("name",)
    export_name = _("users")
    empty_text = _("There is no user yet.")


def held_roles(user: User) -> list[Role]:
    """The roles a user has now, from rows that were loaded with the list."""
    held = {row.role for row in user.role_assignments.all() if row.revoked_at is None}
    return [role for role in Role if role in held]
