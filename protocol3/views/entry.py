"""Services of a project: the list, the page of one service, withdrawing it."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.models import Access
from partenamut.registry.deeds import form_page
from partenamut.web.resume import posted
from protocol3.forms.entry import ReasonForm
from protocol3.models import Beneficiary, Enrolment, Project, Service
from protocol3.readings.entry import ServiceList, actions_of, facts_shown, sheet_of, tabs_of
from protocol3.services import entry
from protocol3.views.loading import note_file_opened, project_of

enters_services = requires(Permission.ENTER_SERVICES)

#: Why a file is opened; it stands in the access log.
SERVICE = gettext_noop("Service of a care project")
QUARTER = timedelta(minutes=15)


def note(request: HttpRequest, person: Beneficiary) -> None:
    """Writes down whose services were looked at."""
    note_file_opened(request, person, SERVICE)


def note_once(request: HttpRequest, person: Beneficiary) -> None:
    """The same for a page that asks again with every key: one line in a quarter of an hour."""
    since, holder = timezone.now() - QUARTER, person.file_holder
    if not Access.objects.filter(actor=user_of(request), person_id=holder.public_id, at__gte=since).exists():
        note(request, person)


@transaction.atomic
def opened_service(request: HttpRequest, service_id: uuid.UUID) -> Service:
    """A service of a project that the user works for, its opening logged; 404 for others."""
    rows = Service.objects.visible_to(user_of(request), localdate()).select_related(
        "enrolment__beneficiary__member", "enrolment__project", "practitioner", "group"
    )
    service: Service | None = rows.filter(public_id=service_id).first()
    if service is None:
        raise Http404
    note(request, service.enrolment.beneficiary)
    return service


@enters_services
@require_safe
def services(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The services of a project, narrowed by filters."""
    project = project_of(request, project_id)
    return ServiceList(project).respond(
        request,
        title=_("Services"),
        actions=actions_of(project),
        tabs=tabs_of(request),
        project=project,
        here="services",
        introduction=_about_whom(request, project),
    )


@enters_services
@require_safe
def service(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """A service: what was entered, what the rules say of it now, the note it stands on."""
    found = opened_service(request, service_id)
    context = {
        "service": found,
        "sheet": sheet_of(found),
        "facts": facts_shown(found),
        "acts": found.acts.order_by("starts_at", "pk"),
        "bills": user_of(request).may(Permission.BILL_PROJECT),
        "project": found.enrolment.project,
        "here": "services",
    }
    return render(request, "protocol3/entry/service.html", context)


@enters_services
@require_safe
def entered(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """The confirmation of a service that was entered, with what is left and what can follow."""
    found = opened_service(request, service_id)
    context = {
        "service": found,
        "sheet": sheet_of(found),
        "project": found.enrolment.project,
        "here": "services",
    }
    return render(request, "protocol3/entry/entered.html", context)


@enters_services
@require_http_methods(["GET", "POST"])
def withdraw_service(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """A service taken back before it is billed, with the reason."""
    found = opened_service(request, service_id)
    return form_page(
        request,
        ReasonForm(posted(request)),
        lambda said: entry.withdraw(
            service=found, because=said["because"], actor=user_of(request), at=timezone.now()
        ),
        title=_("Withdraw the service"),
        lead=_("It stays in the file with the reason, and counts for nothing any more."),
        submit=_("Withdraw the service"),
        done=_("The service is withdrawn."),
        back=reverse("protocol3:service", args=[found.public_id]),
        back_label=f"{found.kind_text}, {found.date:%d/%m/%Y}",
        template="protocol3/entry/withdraw.html",
        service=found,
        project=found.enrolment.project,
        here="services",
    )


def _about_whom(request: HttpRequest, project: Project) -> str:
    """Whose services are shown, where a link of a file led here."""
    try:
        chosen = uuid.UUID(request.GET.get("enrolment", ""))
    except ValueError:
        return ""
    enrolment = Enrolment.objects.filter(project=project, public_id=chosen).first()
    if enrolment is None:
        return ""
    return _("Only the services of %(name)s are shown.") % {"name": enrolment.beneficiary.full_name}
