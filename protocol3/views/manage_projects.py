"""Pages of the mutuality's admin: all projects, their data, conventions, yearly maximums and users."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import EndForm
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from protocol3.forms.projects import ConventionForm, ProjectForm, WorksForForm, YearForm, project_values
from protocol3.models import Project
from protocol3.readings import projects as reading
from protocol3.services import projects as services
from protocol3.views.project_lists import ManagedProjectList
from protocol3.views.project_tables import convention_table, user_table, year_table
from protocol3.views.projects import FORM

manages_projects = requires(Permission.MANAGE_PROJECTS)


@manages_projects
@require_safe
def manage_projects(request: HttpRequest) -> HttpResponseBase:
    """All care projects."""
    today = localdate()
    rows = reading.annotated(Project.objects.visible_to(user_of(request), today), today)
    add = way(_("Enter a project"), "protocol3:add_project")
    rates = way(_("Amounts of the services"), "protocol3:rates")
    return ManagedProjectList(rows, empty_action=add).respond(
        request, title=_("Care projects"), actions=[add, rates]
    )


@manages_projects
@require_safe
def manage_project(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A project with its conventions, maximums and users, what is missing and what changed."""
    managed, today = _managed(request, project_id), localdate()
    context = {
        "managed": managed,
        "cards": reading.data_of(managed),
        "remarks": reading.remarks(managed, today),
        "conventions": convention_table(managed, today, change=True),
        "years": year_table(managed, change=True),
        "years_missing": reading.years_without_maximum(managed),
        "users": user_table(managed, today, change=True),
        "history": reading.history(managed),
    }
    return render(request, "protocol3/projects/managed.html", context)


@manages_projects
@require_http_methods(["GET", "POST"])
def add_project(request: HttpRequest) -> HttpResponse:
    """A new project."""
    form = ProjectForm(posted(request), initial={"language": "fr"})
    made: list[Project] = []

    def create(cleaned: dict[str, Any]) -> None:
        made.append(services.create_project(values=cleaned, actor=user_of(request), at=timezone.now()))

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("%(name)s is entered. Add its convention now.") % {"name": made[0].name})
        return redirect("protocol3:manage_project", made[0].public_id)
    context = {
        "form": form,
        "title": _("Enter a project"),
        "lead": _("The convention with INAMI, the yearly maximums and the users are entered afterwards."),
        "submit": _("Enter the project"),
        "back": reverse("protocol3:manage_projects"),
        "back_label": _("Care projects"),
    }
    return render(request, FORM, context)


@manages_projects
@require_http_methods(["GET", "POST"])
def edit_project(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """All the data of a project."""
    managed = _managed(request, project_id)
    initial = project_values(managed, ProjectForm.base_fields)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_project(project=managed, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ProjectForm(posted(request), initial=initial, code_stays=managed.recaps.exists()),
        edit,
        title=_("Change the data of the project"),
        lead=_("Notes that were issued keep the data they were issued with."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        **_page(managed),
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def add_convention(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A new convention with INAMI."""
    managed = _managed(request, project_id)

    def open_it(cleaned: dict[str, Any]) -> None:
        services.open_convention(project=managed, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ConventionForm(posted(request)),
        open_it,
        title=_("Enter a convention with INAMI"),
        lead=managed.name,
        submit=_("Enter the convention"),
        done=_("The convention is entered."),
        **_page(managed),
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def change_convention(request: HttpRequest, project_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """The last day of a convention, or its days and reference put right."""
    managed = _managed(request, project_id)
    row = get_object_or_404(managed.conventions, public_id=row_id)
    initial = {name: getattr(row, name) for name in ("reference", "first_day", "last_day")}

    def change(cleaned: dict[str, Any]) -> None:
        by = {"note": cleaned.pop("note"), "actor": user_of(request), "at": timezone.now()}
        services.change_convention(convention=row, changes=cleaned, **by)

    return form_page(
        request,
        ConventionForm(posted(request), initial=initial),
        change,
        title=_("Change or end the convention"),
        lead=managed.name,
        warning=_("Outside these days no service of the project is billable (art. 31 §1)."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        **_page(managed),
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def add_maximum(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """The maximums of a further year."""
    managed = _managed(request, project_id)
    missing = reading.years_without_maximum(managed)
    form = YearForm(posted(request), project=managed, initial={"year": missing[0] if missing else None})
    return _maximum_page(request, managed, form, title=_("Enter the maximums of a year"))


@manages_projects
@require_http_methods(["GET", "POST"])
def change_maximum(request: HttpRequest, project_id: uuid.UUID, year: int) -> HttpResponse:
    """Other maximums of a year."""
    managed = _managed(request, project_id)
    row = get_object_or_404(managed.years, year=year)
    initial = {name: getattr(row, name) for name in ("allowance_maximum", "alternatives_maximum")}
    form = YearForm(posted(request), project=managed, year=row, initial=initial)
    return _maximum_page(
        request, managed, form, title=_("Change the maximums of %(year)s") % {"year": year}, year=year
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def add_project_user(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A user who works for the project from a day on."""
    managed = _managed(request, project_id)

    def add(cleaned: dict[str, Any]) -> None:
        user = cleaned.pop("email")
        services.let_work(project=managed, user=user, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        WorksForForm(posted(request), initial={"first_day": localdate()}),
        add,
        title=_("Add a user to the project"),
        lead=_(
            "The user needs a role: project billing admin (bills, and keeps the practitioners) or practitioner "
            "of a project (enters services)."
        ),
        submit=_("Add the user"),
        done=_("The user is added."),
        **_page(managed),
    )


@manages_projects
@require_http_methods(["GET", "POST"])
def end_project_user(request: HttpRequest, project_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """The last day on which a user works for the project."""
    managed = _managed(request, project_id)
    row = get_object_or_404(managed.users.select_related("user"), public_id=row_id)

    def end(cleaned: dict[str, Any]) -> None:
        services.end_work(work=row, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        EndForm(posted(request), initial={"last_day": row.last_day}),
        end,
        title=_("End the access of %(name)s") % {"name": row.user.name},
        lead=managed.name,
        warning=_("From the day after, this person no longer sees the project."),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        **_page(managed),
    )


# --- inside


def _managed(request: HttpRequest, project_id: uuid.UUID) -> Project:
    """The project, for those who manage projects; 404 where there is none."""
    rows = Project.objects.visible_to(user_of(request), localdate())
    return get_object_or_404(rows, public_id=project_id)


def _page(managed: Project) -> dict[str, Any]:
    url = reverse("protocol3:manage_project", args=[managed.public_id])
    return {"back": url, "back_label": managed.name, "template": FORM}


def _maximum_page(
    request: HttpRequest, managed: Project, form: YearForm, *, title: str, year: int | None = None
) -> HttpResponse:
    def keep(cleaned: dict[str, Any]) -> None:
        services.set_year(
            project=managed,
            year=year or cleaned["year"],
            allowance_maximum=cleaned["allowance_maximum"],
            alternatives_maximum=cleaned.get("alternatives_maximum"),
            note=cleaned["note"],
            actor=user_of(request),
            at=timezone.now(),
        )

    return form_page(
        request,
        form,
        keep,
        title=title,
        lead=managed.name,
        submit=_("Keep the maximums"),
        done=_("The maximums are kept."),
        **_page(managed),
    )
