"""The member's other pages: statements of a year, recognitions of caregivers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convalescence.documents import CONTACT
from convalescence.forms.member import RecognitionForm
from convalescence.models import Recognition, StatementOfYear
from convalescence.readings.reach import own_members
from convalescence.services import asking, recognitions, statements
from convalescence.views.member_draft import ask
from convalescence.workflow import RecognitionStatus
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.documents import services as documents
from partenamut.documents.responses import as_download
from partenamut.money import total
from partenamut.registry.mandates import note_mandate
from partenamut.registry.models import CaregiverRecognition, Member
from partenamut.web.resume import posted

member_page = requires(Permission.FILE_REQUESTS)
form_page = require_http_methods(["GET", "POST"])


# --- statements -------------------------------------------------------------------------------------------


@require_safe
@member_page
def statements_page(request: HttpRequest) -> HttpResponse:
    """The years that have something, for each person one acts for."""
    today = localdate()
    people = [(member, statements.years_of(member, today)) for member in _members(request)]
    return render(request, "convalescence/member/statements.html", {"people": people, "contact": CONTACT})


@require_safe
@member_page
def statement(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """The days and payments of a person in a year."""
    member = _member(request, public_id)
    if year not in (years := statements.years_of(member, localdate())):
        raise Http404
    note_mandate(request, member)
    lines = statements.lines_of_year(member, year)
    context = {
        "member": member,
        "year": year,
        "years": years,
        "lines": lines,
        "days": sum(line.days for line in lines),
        "amount": total(line.amount for line in lines),
        "contact": CONTACT,
    }
    return render(request, "convalescence/member/statement.html", context)


@form_page
@member_page
def issue_statement(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """The statement as it stands, made once; then its PDF."""
    member = _member(request, public_id)
    if request.method == "GET":
        return redirect("convalescence:statement", public_id, year)
    if year not in statements.years_of(member, localdate()):
        raise Http404
    issued = statements.issue(member=member, year=year, actor=user_of(request), at=now())
    return redirect("convalescence:statement_pdf", issued.public_id)


@require_safe
@member_page
def statement_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """A statement that was issued, as a PDF."""
    rows = StatementOfYear.objects.filter(member__in=own_members(user_of(request), localdate()))
    issued = get_object_or_404(rows.select_related("document", "member"), public_id=public_id)
    note_mandate(request, issued.member)
    return as_download(documents.bytes_of(issued.document, at=now()))


# --- recognitions -----------------------------------------------------------------------------------------


@require_safe
@member_page
def recognitions_page(request: HttpRequest) -> HttpResponse:
    """Caregivers in force, what I asked, and what others asked about me."""
    user, today = user_of(request), localdate()
    members = _members(request)
    keys = [member.pk for member in members]
    current = CaregiverRecognition.objects.on(today).select_related("caregiver", "cared_for")
    in_force = current.filter(caregiver__in=keys) | current.filter(cared_for__in=keys)
    context = {
        "in_force": in_force.order_by("pk"),
        "asked": asking.asked_by(members, user, today),
        "of_others": asking.of_others(members, user, today),
        "contact": CONTACT,
    }
    return render(request, "convalescence/member/recognitions.html", context)


@form_page
@member_page
def new_recognition(request: HttpRequest) -> HttpResponse:
    """Asking that somebody be recognised: as my caregiver, or I as theirs."""
    members = _members(request)
    if not members:
        return render(request, "convalescence/member/no_member.html", {"contact": CONTACT})
    form = RecognitionForm(posted(request), members=members, user_id=user_of(request).pk)
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return redirect("convalescence:recognitions")
    return render(request, "convalescence/member/new_recognition.html", {"form": form, "contact": CONTACT})


def _asked(request: HttpRequest, form: RecognitionForm) -> bool:
    return ask(request, form, form.asker, asker_is_caregiver=form.cleaned_data["side"] == "caregiver")


@require_safe
@member_page
def recognition(request: HttpRequest, public_id: str) -> HttpResponse:
    """A recognition that was answered, or that somebody else asked about me."""
    case = _recognition(request, public_id)
    own = _members(request)
    told = next((member for member in own if member.pk in (case.caregiver_id, case.cared_for_id)), None)
    document = recognitions.letter_to(case, told) if told else None
    context = {"case": case, "document": document, "contact": CONTACT}
    return render(request, "convalescence/member/recognition.html", context)


@require_safe
@member_page
def recognition_letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letter with the answer, as a PDF."""
    case = _recognition(request, public_id)
    for member in _members(request):
        if document := recognitions.letter_to(case, member):
            return as_download(documents.bytes_of(document, at=now()))
    raise Http404


@form_page
@member_page
def withdraw_recognition(request: HttpRequest, key: int) -> HttpResponse:
    """What was asked, taken back once confirmed."""
    found = [
        each for each in asking.asked_by(_members(request), user_of(request), localdate()) if each.key == key
    ]
    if not found:
        raise Http404
    if request.method == "POST":
        try:
            asking.withdraw(asked=found[0], actor=user_of(request), at=now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Your request for recognition is withdrawn."))
        return redirect("convalescence:recognitions")
    return render(
        request, "convalescence/member/withdraw_recognition.html", {"asked": found[0], "contact": CONTACT}
    )


# --- parts ------------------------------------------------------------------------------------------------


def _recognition(request: HttpRequest, public_id: str) -> Recognition:
    """One that the person may know about: answered, or asked by somebody else."""
    user, today = user_of(request), localdate()
    members = _members(request)
    rows: Any = Recognition.objects.visible_to(user, today).select_related("caregiver", "cared_for")
    keys = [member.pk for member in members]
    own = rows.filter(caregiver__in=keys) | rows.filter(cared_for__in=keys)
    case: Recognition = get_object_or_404(own, public_id=public_id)
    answered = case.status in (RecognitionStatus.RECOGNISED, RecognitionStatus.REFUSED)
    if not answered and case not in asking.of_others(members, user, today):
        raise Http404
    return case


def _members(request: HttpRequest) -> list[Member]:
    user = user_of(request)
    return sorted(own_members(user, localdate()), key=lambda member: (member.user_id != user.pk, member.pk))


def _member(request: HttpRequest, public_id: str) -> Member:
    found: Member = get_object_or_404(own_members(user_of(request), localdate()), public_id=public_id)
    return found
