"""Members at the desk: found, looked at, and their paper requests keyed in."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convalescence.forms.desk import FindMemberForm
from convalescence.forms.desk_paper import PaperRequestForm
from convalescence.models import AttachmentKind, Benefit
from convalescence.readings import sheet
from convalescence.services import desk
from convalescence.views.desk import CASE, NISS, PAPER, SHEET, attempt, member_of_case, opened_case
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.desk_views import member_known, opened_member, watched
from partenamut.registry.models import Member
from partenamut.registry.search import Found, find_members

#: A national number, also one with a figure too few, too many or wrong: enough to guess the right one.
_MAY_BE_NISS = re.compile(r"\W*(?:\d\W*){10,12}")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.READ_MEMBERS)
def members(request: HttpRequest) -> HttpResponse:
    """The members who fit what is typed; a national number never stands in an address."""
    if request.method == "POST":
        return _asked(request)
    form = FindMemberForm(request.GET) if "q" in request.GET else FindMemberForm()
    found = _found(request, form) if form.is_bound and form.is_valid() else None
    return _results(request, form, found)


@require_safe
@watched(member_known, SHEET)
@requires(Permission.READ_MEMBERS)
def member(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The sheet of a member."""
    return _sheet(request, opened_member(request, public_id, SHEET), in_full=False)


@require_POST
@watched(member_known, NISS)
@requires(Permission.READ_MEMBERS)
def show_niss(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The sheet with the national number in full; the log says so."""
    return _sheet(request, opened_member(request, public_id, NISS), in_full=True)


@watched(member_known, PAPER)
@requires(Permission.HANDLE_REQUESTS)
def paper(request: HttpRequest, public_id: uuid.UUID, benefit: Benefit) -> HttpResponse:
    """A request of the member that came on paper, sent as of the day it was received."""
    person = opened_member(request, public_id, PAPER)
    standing = desk.draft_in_portal(person, benefit)
    data = request.POST if request.method == "POST" else None
    form = PaperRequestForm(data, member=person, benefit=benefit, has_draft=standing is not None)
    if request.method == "POST" and form.is_valid():
        done = _key_in(request, person, benefit, form)
        if done:
            return done
    shown = {"member": person, "benefit": benefit, "form": form, "draft": standing}
    return render(request, "convalescence/desk/paper.html", shown)


@require_safe
@watched(member_of_case, CASE)
@requires(Permission.HANDLE_REQUESTS)
def keyed_in(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The number of a request that was keyed in, and its receipt to print."""
    return render(request, "convalescence/desk/keyed_in.html", {"case": opened_case(request, public_id)})


# --- parts ------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> HttpResponse:
    form = FindMemberForm(request.POST)
    if not form.is_valid():
        return _results(request, form, None)
    text = form.cleaned_data["q"]
    if not _MAY_BE_NISS.fullmatch(text):
        return redirect(f"{reverse('convalescence:members')}?{urlencode({'q': text})}")
    found = _found(request, form)
    if len(found) == 1:
        return redirect("convalescence:member", found.members[0].public_id)
    return _results(request, form, found)


def _found(request: HttpRequest, form: FindMemberForm) -> Found:
    within = Member.objects.visible_to(user_of(request), localdate())
    return find_members(form.cleaned_data["q"], within=within)


def _results(request: HttpRequest, form: FindMemberForm, found: Found | None) -> HttpResponse:
    shown: dict[str, Any] = {"form": form, "found": found}
    if found is not None:
        shown |= {"columns": sheet.found_columns(), "rows": sheet.found_rows(found)}
    return render(request, "convalescence/desk/members.html", shown)


def _sheet(request: HttpRequest, person: Member, *, in_full: bool) -> HttpResponse:
    user, today = user_of(request), localdate()
    shown = sheet.sheet_of(person, user, today, in_full=in_full)
    shown |= {"handles": user.may(Permission.HANDLE_REQUESTS), "in_full": in_full}
    return render(request, "convalescence/desk/member.html", shown)


def _key_in(
    request: HttpRequest, person: Member, benefit: Benefit, form: PaperRequestForm
) -> HttpResponse | None:
    sent: list[uuid.UUID] = []
    cleaned = form.cleaned_data

    def deed(actor: Any, at: Any) -> None:
        made = desk.key_in(
            member=person,
            benefit=benefit,
            answers=form.answers(),
            papers=[AttachmentKind(kind) for kind in cleaned["papers"]],
            received_on=cleaned["received_on"],
            take_over=cleaned.get("take_over", False),
            actor=actor,
            at=at,
        )
        sent.append(made.public_id)

    done = attempt(request, form, HttpResponse(), _("The request is sent."), deed)
    return redirect("convalescence:keyed_in", sent[0]) if done and sent else None
