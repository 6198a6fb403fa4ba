"""Pages of the practitioners of a project: the list, the register of a day, one person with functions and log-in."""

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

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from protocol3.forms.practitioners import AssignmentForm, EngageForm, LogInForm, PostForm, PractitionerForm
from protocol3.models import Practitioner, Project
from protocol3.readings import practitioners as reading
from protocol3.services import practitioners as services
from protocol3.views.loading import project_of
from protocol3.views.project_lists import PractitionerList, Register
from protocol3.views.project_tables import assignment_table
from protocol3.views.projects import FORM, bills_projects


@bills_projects
@require_safe
def practitioners(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The practitioners of the project with their functions of today."""
    project, today = project_of(request, project_id), localdate()
    rows = reading.with_functions(reading.of_project(project, today), project, today)
    add = way(_("Enter a practitioner"), "protocol3:add_practitioner", project.public_id)
    register = way(_("Register of a day"), "protocol3:register", project.public_id)
    return PractitionerList(rows, empty_action=add).respond(
        request, title=_("Practitioners"), actions=[add, register], **_settings_page(project)
    )


@bills_projects
@require_safe
def register(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Who had which function on a day, with how many hours (art. 20)."""
    project = project_of(request, project_id)
    return Register(reading.register_of(project)).respond(
        request,
        title=_("Register of practitioners"),
        lead=_("Who has which function, and for how many hours a week: today, or on the day you fill in."),
        **_practitioners_page(project),
    )


@bills_projects
@require_safe
def practitioner(request: HttpRequest, project_id: uuid.UUID, practitioner_id: uuid.UUID) -> HttpResponse:
    """A practitioner with their functions in the project, what is to be looked at, and what changed."""
    project, today = project_of(request, project_id), localdate()
    found = _practitioner(project, practitioner_id)
    current = project.assignments.on(today).filter(practitioner=found).select_related("project")
    context = {
        "practitioner": found,
        "remarks": reading.remarks(found, current.select_related("project", "practitioner")),
        "functions": assignment_table(project, found, today),
        "history": reading.history(found, project),
        **_practitioners_page(project),
    }
    return render(request, "protocol3/projects/practitioner.html", context)


@bills_projects
@require_http_methods(["GET", "POST"])
def add_practitioner(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A new practitioner with a first function."""
    project = project_of(request, project_id)
    form = EngageForm(posted(request))
    made: list[Practitioner] = []

    def engage(_cleaned: dict[str, Any]) -> None:
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        post = services.engage(project=project, person=form.person(), **form.post(), **by)
        made.append(post.practitioner)

    if request.method == "POST" and accepted(form, engage):
        messages.success(request, _("%(name)s is entered.") % {"name": made[0].full_name})
        return redirect("protocol3:practitioner", project.public_id, made[0].public_id)
    context = {
        "form": form,
        "title": _("Enter a practitioner"),
        "submit": _("Enter the practitioner"),
        **_practitioners_page(project),
    }
    return render(request, FORM, context)


@bills_projects
@require_http_methods(["GET", "POST"])
def edit_practitioner(
    request: HttpRequest, project_id: uuid.UUID, practitioner_id: uuid.UUID
) -> HttpResponse:
    """The data of a practitioner."""
    project = project_of(request, project_id)
    found = _practitioner(project, practitioner_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_practitioner(
            practitioner=found, changes=cleaned, actor=user_of(request), at=timezone.now()
        )

    initial = {name: getattr(found, name) for name in PractitionerForm.base_fields}
    return form_page(
        request,
        PractitionerForm(posted(request), initial=initial),
        edit,
        title=_("Change the data of %(name)s") % {"name": found.full_name},
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **_practitioner_page(project, found),
    )


@bills_projects
@require_http_methods(["GET", "POST"])
def link_practitioner(
    request: HttpRequest, project_id: uuid.UUID, practitioner_id: uuid.UUID
) -> HttpResponse:
    """The log-in with which a practitioner enters services."""
    project = project_of(request, project_id)
    found = _practitioner(project, practitioner_id)

    def link(cleaned: dict[str, Any]) -> None:
        services.link_log_in(
            practitioner=found, project=project, **cleaned, actor=user_of(request), at=timezone.now()
        )

    return form_page(
        request,
        LogInForm(posted(request), project=project, practitioner=found, initial={"user": found.user_id}),
        link,
        title=_("Log-in of %(name)s") % {"name": found.full_name},
        lead=_(
            "Services entered with this log-in stand in the practitioner's name. The list holds those who work "
            "for the project in the portal; the administration of the mutuality adds others."
        ),
        submit=_("Keep the log-in"),
        done=_("The log-in is kept."),
        template=FORM,
        **_practitioner_page(project, found),
    )


@bills_projects
@require_http_methods(["GET", "POST"])
def give_function(request: HttpRequest, project_id: uuid.UUID, practitioner_id: uuid.UUID) -> HttpResponse:
    """A further function of a practitioner in the project."""
    project = project_of(request, project_id)
    found = _practitioner(project, practitioner_id)

    def assign(cleaned: dict[str, Any]) -> None:
        services.assign(
            project=project, practitioner=found, **cleaned, actor=user_of(request), at=timezone.now()
        )

    return form_page(
        request,
        PostForm(posted(request)),
        assign,
        title=_("Give %(name)s a function") % {"name": found.full_name},
        submit=_("Give the function"),
        done=_("The function is given."),
        template=FORM,
        **_practitioner_page(project, found),
    )


@bills_projects
@require_http_methods(["GET", "POST"])
def change_function(
    request: HttpRequest, project_id: uuid.UUID, practitioner_id: uuid.UUID, assignment_id: uuid.UUID
) -> HttpResponse:
    """The last day of a function, or its hours and days put right."""
    project = project_of(request, project_id)
    found = _practitioner(project, practitioner_id)
    row = get_object_or_404(project.assignments.filter(practitioner=found), public_id=assignment_id)

    def change(cleaned: dict[str, Any]) -> None:
        by = {"note": cleaned.pop("note"), "actor": user_of(request), "at": timezone.now()}
        services.change_assignment(assignment=row, changes=cleaned, **by)

    return form_page(
        request,
        AssignmentForm(posted(request), initial={name: getattr(row, name) for name in services.POST}),
        change,
        title=_("Change or end the function"),
        lead=f"{found.full_name}: {row.get_function_display()}",
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **_practitioner_page(project, found),
    )


# --- inside


def _practitioner(project: Project, practitioner_id: uuid.UUID) -> Practitioner:
    rows = reading.of_project(project, localdate()).select_related("user")
    return get_object_or_404(rows, public_id=practitioner_id)


def _settings_page(project: Project) -> dict[str, Any]:
    url = reverse("protocol3:settings", args=[project.public_id])
    return {"project": project, "here": "settings", "back": url, "back_label": _("Project")}


def _practitioners_page(project: Project) -> dict[str, Any]:
    url = reverse("protocol3:practitioners", args=[project.public_id])
    return {"project": project, "here": "settings", "back": url, "back_label": _("Practitioners")}


def _practitioner_page(project: Project, found: Practitioner) -> dict[str, Any]:
    url = reverse("protocol3:practitioner", args=[project.public_id, found.public_id])
    return {"project": project, "here": "settings", "back": url, "back_label": found.full_name}
