"""Beneficiaries of a project: the list, including somebody, the page of a person and their ledger."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents.models import Upload
from partenamut.documents.responses import as_download
from partenamut.registry.deeds import accepted
from partenamut.registry.models import Member
from partenamut.web.resume import posted
from partenamut.web.worklist import Link
from protocol3.forms.people import IncludeForm, NissForm, insurer_name
from protocol3.models import Beneficiary, Enrolment, Project
from protocol3.readings import people_file
from protocol3.readings.people import STATES, BeneficiaryList, beneficiaries_of
from protocol3.readings.people_ledger import ledger_page
from protocol3.services import people, people_sheet
from protocol3.views.loading import enrolment_of, note_file_opened, project_of

works_for_a_project = requires(Permission.ENTER_SERVICES)

#: Why a file is opened; it stands in the access log.
FILE = gettext_noop("File of a beneficiary of a care project")
NISS = gettext_noop("National number shown in full")
INCLUSION = gettext_noop("Inclusion in a care project")
DOCUMENT = gettext_noop("Document of a beneficiary")


@transaction.atomic
def opened(request: HttpRequest, enrolment_id: uuid.UUID, purpose: str = FILE) -> Enrolment:
    """The inclusion of a person whose file is opened, the opening logged; 404 for others."""
    enrolment = enrolment_of(request, enrolment_id)
    note_file_opened(request, enrolment.beneficiary, purpose)
    return enrolment


@works_for_a_project
@require_safe
def beneficiaries(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The beneficiaries of a project."""
    project, today = project_of(request, project_id), localdate()
    add = Link(label=_("Include a person"), url=reverse("protocol3:include", args=[project.public_id]))
    running = beneficiaries_of(project, on=today).filter(state="running").count()
    tabs = [
        {"label": _("All"), "query": "", "count": None},
        {"label": STATES["running"], "query": "state=running", "count": running},
        {"label": STATES["closing"], "query": "state=closing", "count": None},
        {"label": _("Eligibility to decide"), "query": "to_do=eligibility", "count": None},
        {"label": _("Receipt missing"), "query": "to_do=receipt", "count": None},
    ]
    here = request.GET.urlencode()
    return BeneficiaryList(project, on=today).respond(
        request,
        title=_("Beneficiaries"),
        actions=[add],
        tabs=[{**tab, "current": tab["query"] == here} for tab in tabs],  # type: ignore[typeddict-item]
        project=project,
        here="people",
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def include(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A person to include: first the number, then what is not known yet."""
    project = project_of(request, project_id)
    data = posted(request)
    if data is None:
        return _ask_number(request, project, NissForm())
    form = NissForm(data)
    if not form.is_valid():
        return _ask_number(request, project, form)
    niss = form.cleaned_data["niss"]
    person = people.known_person(niss)
    already = Enrolment.objects.filter(project=project, beneficiary=person).first() if person else None
    if already is not None:
        form.add_error("niss", _("This person is already included in the project."))
        return _ask_number(request, project, form, already)
    return _ask_details(request, project, form, person)


@works_for_a_project
@require_safe
def beneficiary(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The file of a beneficiary."""
    return _page(request, opened(request, enrolment_id))


@works_for_a_project
@require_POST
def show_niss(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The file with the national number in full; the log says so."""
    return _page(request, opened(request, enrolment_id, NISS), in_full=True)


@works_for_a_project
@require_safe
def ledger(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The units of a beneficiary: used, left, shares, and what is not billable and why."""
    enrolment = opened(request, enrolment_id)
    return render(request, "protocol3/people/ledger.html", ledger_page(enrolment, on=localdate()))


@works_for_a_project
@require_safe
def person_file(request: HttpRequest, enrolment_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """The signed receipt, or the document of a finding, in the browser's viewer."""
    enrolment = opened(request, enrolment_id, DOCUMENT)
    theirs = {enrolment.receipt_id, *enrolment.beneficiary.findings.values_list("upload", flat=True)}
    upload = get_object_or_404(Upload, public_id=upload_id, pk__in=theirs - {None})
    if upload.removed_at is not None:
        raise Http404
    return as_download(upload, inline=True)


@works_for_a_project
@require_POST
def information_sheet(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The information sheet with its receipt to sign, as PDF in the language of the person."""
    enrolment = opened(request, enrolment_id, DOCUMENT)
    made = people_sheet.information_sheet(enrolment=enrolment, actor=user_of(request), at=timezone.now())
    return as_download(made, inline=True)


@works_for_a_project
@require_POST
def take_up_again(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The person back in the project."""
    enrolment = opened(request, enrolment_id)
    people.take_up_again(enrolment=enrolment, actor=user_of(request), at=timezone.now())
    messages.success(request, _("The person is included in the project again."))
    return redirect("protocol3:beneficiary", enrolment.public_id)


# --- parts ------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, enrolment: Enrolment, *, in_full: bool = False) -> HttpResponse:
    shown = people_file.file_of(enrolment, on=localdate()) | {"in_full": in_full}
    return render(request, "protocol3/people/beneficiary.html", shown)


def _ask_number(
    request: HttpRequest, project: Project, form: NissForm, already: Enrolment | None = None
) -> HttpResponse:
    context = {"project": project, "here": "people", "form": form, "already": already}
    return render(request, "protocol3/people/include.html", context)


def _ask_details(
    request: HttpRequest, project: Project, asked: NissForm, person: Beneficiary | None
) -> HttpResponse:
    """The second step; a POST that carries its answers includes the person."""
    niss, data = asked.cleaned_data["niss"], asked.data
    member = people.known_member(niss) if person is None else None
    if known := person or member:
        note_file_opened(request, known, INCLUSION)
    is_sent = "details" in data
    form = IncludeForm(
        data if is_sent else None,
        project=project,
        is_known=person is not None,
        insured_with=_insurer_of(person) if person else "",
        initial={"niss": niss, "enrolled_on": localdate(), **_prefilled(member)},
    )
    made: list[Enrolment] = []

    def deed(cleaned: dict[str, Any]) -> None:
        made.append(_included(request, project, form, cleaned))

    if is_sent and request.method == "POST" and accepted(form, deed):
        messages.success(request, _("%(name)s is included in the project.") % {"name": made[0].beneficiary})
        return redirect("protocol3:beneficiary", made[0].public_id)
    context = {"project": project, "here": "people", "form": form, "person": person, "member": member}
    return render(request, "protocol3/people/include_details.html", context)


def _included(
    request: HttpRequest, project: Project, form: IncludeForm, cleaned: dict[str, Any]
) -> Enrolment:
    names = ("niss", "insurer", "registration_number", "insured_from", "enrolled_on", "case_manager")
    try:
        return people.include(
            project=project,
            person=form.person(),
            **{name: cleaned[name] for name in names if name in cleaned},
            actor=user_of(request),
            at=timezone.now(),
        )
    except ValidationError as error:
        if hasattr(error, "error_dict") and "first_day" in error.error_dict:
            raise ValidationError({"insured_from": error.error_dict["first_day"]}) from error
        raise


def _prefilled(member: Member | None) -> dict[str, Any]:
    return people.member_values(member) if member is not None else {"language": "fr"}


def _insurer_of(person: Beneficiary) -> str:
    """The insurer on record, the latest; nothing where none is."""
    latest = person.affiliations.select_related("insurer").order_by("-first_day").first()
    return insurer_name(latest.insurer) if latest else ""
