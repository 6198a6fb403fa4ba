"""What pages show of a project: its data in print, its conventions and maximums, what is missing, what changed."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from msgspec import Struct

from partenamut.accounts.roles import GRANTS, Permission
from partenamut.identifiers import inami_number_fits
from partenamut.registry.history import Event, history_of
from partenamut.web import formats
from protocol3.messages import FAMILIES
from protocol3.models import Convention, Project, ProjectUser, ProjectYear

#: How long before its end a convention is announced.
SOON = timedelta(days=60)
#: The roles that let somebody bill a project.
BILLING = [role.value for role, rights in GRANTS.items() if Permission.BILL_PROJECT in rights]
WORKING = [role.value for role, rights in GRANTS.items() if Permission.ENTER_SERVICES in rights]


class Remark(Struct, frozen=True):
    """What is missing or wrong: a sentence with its source, in short, and whether it stops the billing."""

    text: str
    source: str = ""
    short: str = ""
    stops: bool = False

    @property
    def tone(self) -> str:
        """The tone of its notice."""
        return "error" if self.stops else "warning"

    def __str__(self) -> str:
        return f"{self.text.removesuffix('.')} ({self.source})." if self.source else self.text


def annotated(projects: QuerySet[Project], on: date) -> QuerySet[Any]:
    """The projects with `convention_today`, `convention_end`, `maximum` of the year and `has_billing` on a day."""
    current = Convention.objects.on(on).filter(project=OuterRef("pk"))
    year = ProjectYear.objects.filter(project=OuterRef("pk"), year=on.year)
    return projects.annotate(
        convention_today=Exists(current),
        convention_end=Subquery(current.values("last_day")[:1]),
        maximum=Subquery(year.values("allowance_maximum")[:1]),
        has_billing=Exists(_billing_users(on).filter(project=OuterRef("pk"))),
    )


def inami_remark(number: str) -> Remark | None:
    """What to say of an INAMI number whose check digits do not fit."""
    if not number or inami_number_fits(number):
        return None
    return Remark(
        _("The INAMI number %(number)s does not fit its check digits: compare it with the letter of INAMI.")
        % {"number": formats.inami(number)},
        short=_("INAMI number"),
    )


def remarks(project: Project, on: date) -> list[Remark]:
    """What is missing for the project on a day, the most pressing first."""
    found = [
        _about_convention(project, on),
        None if _billing_users(on).filter(project=project).exists() else _nobody_bills(),
        None if project.years.filter(year=on.year).exists() else _no_maximum(on.year),
        None if project.contact_name and project.contact_phone and project.contact_email else _no_contact(),
        inami_remark(project.inami_number),
    ]
    return [remark for remark in found if remark is not None]


def data_of(project: Project) -> list[dict[str, Any]]:
    """The data of a project by part, numbers in their printed form."""
    parts: list[tuple[str, list[tuple[str, Any]]]] = [
        (
            _("Numbers"),
            [
                (_("Code"), project.code),
                (_("INAMI number"), formats.inami(project.inami_number)),
                (_("Enterprise number (BCE)"), formats.enterprise(project.enterprise_number)),
                (_("Account number (IBAN)"), formats.iban(project.iban)),
                (_("Alternative services"), ", ".join(str(FAMILIES[code]) for code in project.alternatives)),
            ],
        ),
        (
            _("Address"),
            [
                (_("Street and number"), project.street),
                (_("Place"), f"{project.postal_code} {project.city}"),
                (_("Phone"), formats.phone(project.phone)),
                (_("E-mail address"), project.email),
            ],
        ),
        (
            _("Contact person for INAMI (art. 28 §4)"),
            [
                (_("Name"), project.contact_name),
                (_("Direct phone"), formats.phone(project.contact_phone)),
                (_("E-mail address"), project.contact_email),
            ],
        ),
        (
            _("Notes"),
            [
                (_("Holder of the account"), project.account_holder),
                (_("Person who signs the notes"), project.signatory),
                (_("Language of its notes"), project.get_language_display()),
            ],
        ),
    ]
    return [
        {"title": title, "rows": [{"label": label, "value": value} for label, value in rows]}
        for title, rows in parts
    ]


def conventions_of(project: Project) -> QuerySet[Convention]:
    """The conventions, the latest first."""
    return project.conventions.order_by("-first_day")


def years_of(project: Project) -> QuerySet[ProjectYear]:
    """The yearly maximums, the latest first."""
    return project.years.order_by("-year")


def years_without_maximum(project: Project) -> list[int]:
    """The calendar years of its conventions that have no maximum of the operating allowance."""
    days = project.conventions.aggregate(first=Min("first_day"), last=Max("last_day"))
    if days["first"] is None or days["last"] is None:
        return []
    entered = set(project.years.values_list("year", flat=True))
    return [year for year in range(days["first"].year, days["last"].year + 1) if year not in entered]


def users_of(project: Project, on: date) -> list[dict[str, Any]]:
    """Who works for the project in the portal, now and before, each with the roles that count here."""
    rows = project.users.select_related("user").prefetch_related("user__role_assignments")
    return [
        {"row": row, "user": row.user, "roles": _roles(row), "current": on in row.period}
        for row in rows.order_by("user__name", "-first_day")
    ]


def history(project: Project) -> list[Event]:
    """Who changed what of the project, its conventions, maximums and users."""
    return history_of(project, *project.conventions.all(), *project.years.all(), *project.users.all())


# --- inside


def _roles(row: ProjectUser) -> list[str]:
    held = [each for each in row.user.role_assignments.all() if each.revoked_at is None]
    return [each.get_role_display() for each in held if each.role in WORKING]


def _billing_users(on: date) -> QuerySet[ProjectUser]:
    """Those who may bill the project they work for on a day."""
    return ProjectUser.objects.on(on).filter(
        user__is_active=True,
        user__role_assignments__role__in=BILLING,
        user__role_assignments__revoked_at=None,
    )


def _about_convention(project: Project, on: date) -> Remark | None:
    current = project.conventions.on(on).first()
    article = _("art. 31 §1")
    if current is None:
        return Remark(
            _("The project has no convention with INAMI today: a service of today has no legal basis."),
            article,
            stops=True,
        )
    last = current.last_day
    follows = last is not None and project.conventions.on(last + timedelta(days=1)).exists()
    if last is None or last - on > SOON or follows:
        return None
    return Remark(
        _("The convention with INAMI ends on %(day)s, and no other follows.") % {"day": formats.day(last)},
        article,
    )


def _nobody_bills() -> Remark:
    return Remark(_("Nobody can bill this project: no user with the role of billing admin works for it."))


def _no_maximum(year: int) -> Remark:
    return Remark(
        _("The maximum of the operating allowance of %(year)s is not entered: none is billed.")
        % {"year": year},
        _("art. 23"),
    )


def _no_contact() -> Remark:
    return Remark(
        _("Name, direct phone and e-mail address of the contact person for INAMI are not complete."),
        _("art. 28 §4"),
    )
