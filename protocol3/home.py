"""What this business shows on the home page of those who work for projects and of the mutuality's admin, and in the menu."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.web.home import Block, MenuItem
from protocol3.models import Project
from protocol3.readings import projects as reading
from protocol3.readings.rates import years_missing

MENU = (
    MenuItem(_("My projects"), "protocol3:projects", (Permission.ENTER_SERVICES,), 5, "/protocol3/"),
    MenuItem(
        _("Care projects"), "protocol3:manage_projects", (Permission.MANAGE_PROJECTS,), 46, "/protocol3/"
    ),
)

#: Words for what is done, as the trail and the histories show it.
ACTIONS = {
    "project_created": _("Project entered"),
    "project_edited": _("Project changed"),
    "convention_opened": _("Convention with INAMI entered"),
    "convention_changed": _("Convention with INAMI changed"),
    "maximum_entered": _("Maximums of a year entered"),
    "maximum_changed": _("Maximums of a year changed"),
    "project_user_added": _("User added to a project"),
    "project_user_ended": _("End of a user's access to a project"),
    "practitioner_created": _("Practitioner entered"),
    "practitioner_edited": _("Practitioner changed"),
    "practitioner_linked": _("Log-in of a practitioner chosen"),
    "function_given": _("Function given"),
    "function_changed": _("Function changed"),
    "rate_entered": _("Amount of a service entered"),
    "rate_changed": _("Amount of a service changed"),
}

#: What the home page links to for each project: label, address, whether it is for those who bill only.
LINKS = (
    (_("Overview"), "protocol3:project", False),
    (_("Beneficiaries"), "protocol3:beneficiaries", False),
    (_("Services"), "protocol3:services", False),
    (_("Months"), "protocol3:closings", True),
    (_("Payments"), "protocol3:payments", True),
    (_("Practitioners"), "protocol3:practitioners", True),
    (_("Project"), "protocol3:settings", True),
)


def worker_block(user: User | None, on: date) -> Block | None:
    """The projects that the user works for, with their pages, and what is missing for those who bill."""
    if user is None or not user.may(Permission.ENTER_SERVICES):
        return None
    bills = user.may(Permission.BILL_PROJECT)
    projects = [
        {
            "project": project,
            "links": _links(project, bills=bills),
            "remarks": reading.remarks(project, on) if bills else [],
        }
        for project in Project.objects.worked_for(user, on).order_by("name")
    ]
    return Block("protocol3/projects/home.html", {"projects": projects}, 10)


def admin_block(user: User | None, on: date) -> Block | None:
    """How many projects there are, what they lack, and the years whose amounts are missing."""
    if user is None or not user.may(Permission.MANAGE_PROJECTS):
        return None
    projects = reading.annotated(Project.objects.all(), on)
    context: dict[str, object] = {
        "projects": projects.count(),
        "in_force": projects.filter(convention_today=True).count(),
        "without_maximum": projects.filter(convention_today=True, maximum=None).count(),
        "years_missing": [year for year, _missing in years_missing(on)],
    }
    return Block("protocol3/projects/home_admin.html", context, 45)


def _links(project: Project, *, bills: bool) -> list[dict[str, object]]:
    return [
        {"label": label, "url": reverse(name, args=[project.public_id])}
        for label, name, billing in LINKS
        if bills or not billing
    ]
