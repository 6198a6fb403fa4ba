"""What if, and orientation: tools of the desk that write nothing but who looked."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from convalescence.facts import facts_of
from convalescence.forms.desk_tools import MemberStayForm, NeedForm, SupposeForm
from convalescence.models import Request
from convalescence.readings.orientation import Need, fitting
from convalescence.readings.whatif import compare, suppose
from convalescence.rules import Request as Facts
from convalescence.views.desk import member_of_case, opened_case
from partenamut.accounts.permissions import requires
from partenamut.accounts.roles import Permission
from partenamut.registry.desk_views import member_known, opened_member, watched
from partenamut.registry.models import Member

ADVICE = gettext_noop("Advice to the member")
SUPPOSED = "suppose"


@require_safe
@watched(member_of_case, ADVICE)
@requires(Permission.HANDLE_REQUESTS)
def whatif_case(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rules on the facts of a request and on changed ones, side by side."""
    case = opened_case(request, public_id, ADVICE)
    facts = facts_of(case, on=localdate())
    return render(request, "convalescence/desk/whatif.html", {"case": case, **_compared(request, facts)})


@require_safe
@watched(member_known, ADVICE)
@requires(Permission.HANDLE_REQUESTS)
def whatif_member(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rules on a stay that a member thinks of, and on changed facts, side by side."""
    member = opened_member(request, public_id, ADVICE)
    thought = MemberStayForm(request.GET or None, prefix="stay")
    shown: dict[str, Any] = {"member": member, "thought": thought}
    if thought.is_bound and thought.is_valid():
        facts = facts_of(_imagined(member, thought), on=localdate())
        kept = [
            (name, value)
            for name, values in request.GET.lists()
            if name.startswith("stay-")
            for value in values
        ]
        shown |= _compared(request, facts) | {"kept": kept}
    return render(request, "convalescence/desk/whatif.html", shown)


@require_safe
@requires(Permission.HANDLE_REQUESTS)
def orientation(request: HttpRequest) -> HttpResponse:
    """Residences that fit a need."""
    return _orientation(request, None)


@require_safe
@watched(member_known, ADVICE)
@requires(Permission.HANDLE_REQUESTS)
def orientation_of(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Residences that fit the need of a member, to print."""
    return _orientation(request, opened_member(request, public_id, ADVICE))


# --- parts ------------------------------------------------------------------------------------------------


def _compared(request: HttpRequest, facts: Facts) -> dict[str, Any]:
    """The form of what is supposed, and both sides; the facts alone until something is supposed."""
    asked = any(name.startswith(f"{SUPPOSED}-") for name in request.GET)
    form = SupposeForm(request.GET if asked else None, facts=facts, prefix=SUPPOSED)
    supposed = facts
    if asked and form.is_valid():
        supposed = suppose(facts, form.cleaned_data)
    shown = not asked or form.is_valid()
    return {"form": form, "comparison": compare(facts, supposed) if shown else None, "asked": asked}


def _imagined(member: Member, form: MemberStayForm) -> Request:
    """A request that is nowhere stored."""
    cleaned = form.cleaned_data
    return Request(
        member=member,
        benefit=cleaned["benefit"],
        arrival=cleaned["arrival"],
        departure=cleaned["departure"],
        residence=cleaned["residence"],
        criteria=cleaned["criteria"],
    )


def _orientation(request: HttpRequest, member: Member | None) -> HttpResponse:
    first = {"postal_code": member.postal_code} if member and member.country == "BE" else {}
    form = NeedForm(request.GET or None, initial=first)
    found = fitting(Need(**form.cleaned_data)) if form.is_bound and form.is_valid() else None
    return render(
        request, "convalescence/desk/orientation.html", {"form": form, "found": found, "member": member}
    )
