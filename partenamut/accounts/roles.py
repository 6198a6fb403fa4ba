"""What each role may do: one table, read by pages, services and the API alike."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The parts a person can have."""

    MEMBER = "member", _("Member")
    REPRESENTATIVE = "representative", _("Representative")
    ADVISER = "adviser", _("Adviser")
    SECOND_READER = "second_reader", _("Second reader")
    RESIDENCE_DIRECTOR = "residence_director", _("Residence director")
    BILLING_ADMIN = "billing_admin", _("Project billing admin")
    PRACTITIONER = "practitioner", _("Practitioner of a project")
    ADMIN = "admin", _("Mutuality admin")


class Permission(StrEnum):
    """The rights that pages and workflow steps ask for."""

    FILE_REQUESTS = "file_requests"
    READ_MEMBERS = "read_members"
    HANDLE_REQUESTS = "handle_requests"
    CONFIRM_DEPARTURES = "confirm_departures"
    APPROVE_PAYMENTS = "approve_payments"
    RUN_PAYMENTS = "run_payments"
    MANAGE_REGISTRY = "manage_registry"
    MANAGE_RESIDENCES = "manage_residences"
    MANAGE_USERS = "manage_users"
    READ_AUDIT = "read_audit"
    DIRECT_RESIDENCE = "direct_residence"
    BILL_PROJECT = "bill_project"
    ENTER_SERVICES = "enter_services"
    MANAGE_PROJECTS = "manage_projects"


P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset({P.FILE_REQUESTS}),
    Role.REPRESENTATIVE: frozenset({P.FILE_REQUESTS}),
    Role.ADVISER: frozenset({P.READ_MEMBERS, P.HANDLE_REQUESTS, P.APPROVE_PAYMENTS}),
    Role.SECOND_READER: frozenset(
        {P.READ_MEMBERS, P.HANDLE_REQUESTS, P.CONFIRM_DEPARTURES, P.APPROVE_PAYMENTS}
    ),
    Role.RESIDENCE_DIRECTOR: frozenset({P.DIRECT_RESIDENCE}),
    Role.BILLING_ADMIN: frozenset({P.BILL_PROJECT, P.ENTER_SERVICES}),
    Role.PRACTITIONER: frozenset({P.ENTER_SERVICES}),
    Role.ADMIN: frozenset(
        {
            P.READ_MEMBERS,
            P.RUN_PAYMENTS,
            P.MANAGE_REGISTRY,
            P.MANAGE_RESIDENCES,
            P.MANAGE_PROJECTS,
            P.MANAGE_USERS,
            P.READ_AUDIT,
        }
    ),
}
STAFF = frozenset({Role.ADVISER, Role.SECOND_READER, Role.ADMIN})
