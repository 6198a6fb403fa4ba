"""Use cases of projects: their data, conventions with INAMI, yearly maximums and users."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission, Role
from partenamut.audit.services import record
from partenamut.registry.services.rows import altered, begin, change, described, end, locked, saved
from protocol3.models import Convention, Project, ProjectUser, ProjectYear

#: What the project itself keeps up to date.
OWN = (
    "street",
    "postal_code",
    "city",
    "phone",
    "email",
    "account_holder",
    "signatory",
    "contact_name",
    "contact_phone",
    "contact_email",
    "language",
)
#: What the mutuality's admin may change besides.
ALL = ("code", "name", "inami_number", "enterprise_number", "iban", *OWN, "alternatives")


@transaction.atomic
def create_project(*, values: Mapping[str, Any], actor: User | None, at: datetime, note: str = "") -> Project:
    """The new project; its convention, maximums and users come afterwards."""
    _refuse_foreign(values, ALL)
    project = Project(**values)
    _refuse_taken(project)
    saved(project)
    changes = described(project, ALL)
    record(action="project_created", subject=project, actor=actor, at=at, changes=changes, note=note)
    return project


def edit_project(
    *, project: Project, changes: Mapping[str, Any], actor: User, at: datetime, note: str = ""
) -> Project:
    """The project with other data; notes that were issued keep theirs."""
    return _edit(project, changes, ALL, actor, at, note)


def edit_own_project(*, project: Project, changes: Mapping[str, Any], actor: User, at: datetime) -> Project:
    """The project with what it may change itself: address, contact, account holder, signatory, language."""
    return _edit(project, changes, OWN, actor, at, "")


@transaction.atomic
def _edit(
    project: Project,
    changes: Mapping[str, Any],
    allowed: tuple[str, ...],
    actor: User,
    at: datetime,
    note: str,
) -> Project:
    _refuse_foreign(changes, allowed)
    row = locked(project)
    trace = altered(row, changes)
    if "code" in trace and row.recaps.exists():
        raise ValidationError(
            {"code": _("Notes were issued under the code of this project: it can no longer change.")}
        )
    if trace:
        _refuse_taken(row)
        saved(row)
        record(action="project_edited", subject=row, actor=actor, at=at, changes=trace, note=note)
    return row


# --- conventions with INAMI


def open_convention(
    *,
    project: Project,
    first_day: date,
    last_day: date | None = None,
    reference: str = "",
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Convention:
    """Days of a convention; ValidationError where the project has one already."""
    row = Convention(project=project, first_day=first_day, last_day=last_day, reference=reference)
    return begin(
        row,
        action="convention_opened",
        owners=[row],
        actor=actor,
        at=at,
        about=["project", "reference"],
        note=note,
    )


def change_convention(
    *, convention: Convention, changes: Mapping[str, Any], actor: User, at: datetime, note: str = ""
) -> Convention:
    """The convention with other days or another reference: ended, or put right."""
    return change(
        convention,
        changes,
        allowed=("first_day", "last_day", "reference"),
        action="convention_changed",
        about=["project"],
        actor=actor,
        at=at,
        note=note,
    )


# --- yearly maximums


@transaction.atomic
def set_year(
    *,
    project: Project,
    year: int,
    allowance_maximum: Decimal,
    alternatives_maximum: Decimal | None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> ProjectYear:
    """The maximums of a calendar year, entered or changed (art. 2 and 23)."""
    project = locked(project)  # two people who enter the same year come one after the other
    row = project.years.filter(year=year).first()
    action = "maximum_changed" if row else "maximum_entered"
    row = row or ProjectYear(project=project, year=year)
    amounts = {"allowance_maximum": allowance_maximum, "alternatives_maximum": alternatives_maximum}
    if trace := altered(row, amounts):
        saved(row)
        about = {"project": [str(project)] * 2, "year": [year, year]}
        record(action=action, subject=row, actor=actor, at=at, changes={**about, **trace}, note=note)
    return row


# --- users


def let_work(
    *,
    project: Project,
    user: User,
    first_day: date,
    last_day: date | None = None,
    actor: User | None,
    at: datetime,
    note: str = "",
) -> ProjectUser:
    """Days on which a user works for the project; ValidationError for who has no role for it."""
    if not user.may(Permission.ENTER_SERVICES):
        roles = {
            "name": user.name,
            "first": Role.BILLING_ADMIN.label,
            "second": Role.PRACTITIONER.label,
        }
        text = _(
            "%(name)s has neither the role “%(first)s” nor “%(second)s” and would see nothing of the project. "
            "Give one of these roles on the page of the user first."
        )
        raise ValidationError({"email": text % roles})
    row = ProjectUser(project=project, user=user, first_day=first_day, last_day=last_day)
    return begin(
        row,
        action="project_user_added",
        owners=[row],
        actor=actor,
        at=at,
        about=["project", "user"],
        note=note,
    )


def end_work(
    *, work: ProjectUser, last_day: date | None, actor: User, at: datetime, note: str = ""
) -> ProjectUser:
    """The last day on which a user works for the project; None opens it again."""
    return end(
        work,
        last_day=last_day,
        action="project_user_ended",
        owners=[work],
        actor=actor,
        at=at,
        about=["project", "user"],
        note=note,
    )


# --- inside


def _refuse_foreign(values: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    if foreign := set(values) - set(allowed):
        raise ValueError(f"this use case does not change {', '.join(sorted(foreign))}")


def _refuse_taken(project: Project) -> None:
    if Project.objects.filter(code=project.code).exclude(pk=project.pk).exists():
        raise ValidationError({"code": _("Another project has this code: choose another one.")})
