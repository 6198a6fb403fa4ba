"""Pages of a project for those who run it: which ones one works for, its data, what they may change."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.deeds import form_page
from partenamut.web.resume import posted
from protocol3.forms.projects import OwnProjectForm, project_values
from protocol3.models import Project
from protocol3.readings import projects as reading
from protocol3.services import projects as services
from protocol3.views.loading import project_of
from protocol3.views.project_lists import OwnProjectList
from protocol3.views.project_tables import convention_table, user_table, year_table

FORM = "protocol3/projects/form.html"
works_for_projects = requires(Permission.ENTER_SERVICES)
bills_projects = requires(Permission.BILL_PROJECT)


@works_for_projects
@require_safe
def projects(request: HttpRequest) -> HttpResponseBase:
    """The projects that the user works for; who has only one goes straight to it."""
    today = localdate()
    rows = Project.objects.worked_for(user_of(request), today)
    if not request.GET and len(only := list(rows[:2])) == 1:
        return redirect("protocol3:project", only[0].public_id)
    return OwnProjectList(reading.annotated(rows, today)).respond(request, title=_("My projects"))


@bills_projects
@require_safe
def settings(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """What is known of the project, what is missing, and what changed."""
    project, today = project_of(request, project_id), localdate()
    context = {
        "project": project,
        "here": "settings",
        "cards": reading.data_of(project),
        "remarks": reading.remarks(project, today),
        "conventions": convention_table(project, today),
        "years": year_table(project),
        "years_missing": reading.years_without_maximum(project),
        "users": user_table(project, today),
        "history": reading.history(project),
    }
    return render(request, "protocol3/projects/settings.html", context)


@bills_projects
@require_http_methods(["GET", "POST"])
def edit_settings(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Address, contact person, account holder, signatory and language, changed by the project itself."""
    project = project_of(request, project_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_own_project(project=project, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        OwnProjectForm(posted(request), initial=project_values(project, OwnProjectForm.base_fields)),
        edit,
        title=_("Change the data of the project"),
        lead=_("Notes that were issued keep the data they were issued with."),
        submit=_("Keep the changes"),
        done=_("The changes are kept. Tell INAMI if the contact person changed (art. 28 §4)."),
        back=reverse("protocol3:settings", args=[project.public_id]),
        back_label=_("Project"),
        template=FORM,
        project=project,
        here="settings",
    )
