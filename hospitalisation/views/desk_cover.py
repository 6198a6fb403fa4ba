"""Members at the desk of the hospital insurance: found, their cover on a day, and bills under other conditions."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hospitalisation.facts import bill_line, cover_facts, tier_of, used_in
from hospitalisation.forms.desk_cover import (
    CoverDayForm,
    SupposeForm,
    TypedStayForm,
    initial_of,
    more_rows,
    needs_lines,
)
from hospitalisation.forms.desk_queue import FindMemberForm
from hospitalisation.forms.lines import LineFormSet, rows_of
from hospitalisation.models import Claim, ClaimKind, ClaimLine, Intervention
from hospitalisation.readings import cover_on as reading
from hospitalisation.readings.whatif import compare, suppose
from hospitalisation.rules import HospitalCover
from hospitalisation.views.desk import COVER, member_of_case, opened_case
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry import insurance
from partenamut.registry.desk_views import member_known, opened_member, watched
from partenamut.registry.models import Member, SeriousIllnessOption
from partenamut.registry.search import Found, find_members
from partenamut.web import formats

#: A national number, also one with a figure too few, too many or wrong: enough to guess the right one.
_MAY_BE_NISS = re.compile(r"\W*(?:\d\W*){10,12}")


# --- the member -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.HANDLE_REQUESTS)
def members(request: HttpRequest) -> HttpResponse:
    """The members who fit what is typed; a national number never stands in an address."""
    if request.method == "POST":
        return _asked(request)
    form = FindMemberForm(request.GET) if "q" in request.GET else FindMemberForm()
    found = _found(request, form) if form.is_bound and form.is_valid() else None
    return _results(request, form, found)


@require_safe
@watched(member_known, COVER)
@requires(Permission.HANDLE_REQUESTS)
def cover_on(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What insures a member on a day, what is used of that year, and the figures in force."""
    member, today = opened_member(request, public_id, COVER), localdate()
    asked = any(name == "day" or name.startswith("day_") for name in request.GET)
    form = CoverDayForm(request.GET if asked else None, initial={"day": today})
    day = today
    if asked and form.is_valid():
        day = form.cleaned_data["day"]
    shown: dict[str, Any] = {"member": member, "form": form, "day": day}
    if not asked or form.is_valid():
        shown |= reading.cover_on(member, user_of(request), day, today)
    return render(request, "hospitalisation/desk/cover.html", shown)


# --- what if ----------------------------------------------------------------------------------------------


@require_safe
@watched(member_of_case, COVER)
@requires(Permission.HANDLE_REQUESTS)
def whatif(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The bill of a claim under another insurance, room or doctor, beside what it is."""
    case = opened_case(request, public_id, COVER)
    if case.kind == ClaimKind.DEPOSIT:
        raise Http404
    shown: dict[str, Any] = {"case": case, "member": case.member}
    lines = list(case.lines.order_by("position"))
    facts = _facts_of(case) if lines else None
    if facts is not None:
        asked = "suppose-tier" in request.GET
        form = SupposeForm(request.GET if asked else None, initial=initial_of(facts), prefix="suppose")
        supposed = suppose(facts, form.cleaned_data) if asked and form.is_valid() else facts
        shown |= {"form": form, "asked": asked}
        if not asked or form.is_valid():
            shown["comparison"] = compare(facts, supposed, lines)
    return render(request, "hospitalisation/desk/cover_whatif.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@watched(member_known, COVER)
@requires(Permission.HANDLE_REQUESTS)
def whatif_member(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A typed bill of a member as insured, beside the same under other conditions; nothing is kept."""
    member = opened_member(request, public_id, COVER)
    held = insurance.tier_on(member, localdate())
    first = {
        "tier": held.tier if held else "none",
        "room": "individual",
        "doctor": "as_is",
        "franchise": "as_is",
    }
    data = more_rows(request.POST) if request.method == "POST" else None
    stay = TypedStayForm(data)
    form = SupposeForm(data, initial=first, prefix="suppose")
    formset = LineFormSet(data, prefix="lines")
    shown: dict[str, Any] = {"member": member, "stay": stay, "form": form, "formset": formset}
    if data is not None and "more" not in data:
        valid = all([stay.is_valid(), form.is_valid(), formset.is_valid()])
        lines = rows_of(formset) if formset.is_valid() else []
        if needs_lines(stay, formset, lines) and valid:
            facts = _imagined(member, stay.cleaned_data, lines)
            shown["comparison"] = compare(facts, suppose(facts, form.cleaned_data), lines)
        else:
            shown["page_has_errors"] = True
    return render(request, "hospitalisation/desk/cover_typed.html", shown)


def _facts_of(case: Claim) -> HospitalCover | None:
    """The facts of a bill; None while its dates or its room are not known."""
    try:
        return cover_facts(case)
    except ValueError:
        return None


def _imagined(member: Member, stay: dict[str, Any], lines: list[ClaimLine]) -> HospitalCover:
    """The facts of a bill that is nowhere stored."""
    admission, hospital = stay["admission"], stay["hospital"]
    options = tuple(row.period for row in SeriousIllnessOption.objects.filter(member=member))
    return HospitalCover(
        id="",
        tier=tier_of(member, admission),
        admission=admission,
        discharge=stay["discharge"],
        day_hospital=stay["day_hospital"],
        room=stay["room"],
        hospital_has_franchise=insurance.has_franchise(hospital, admission.year) if hospital else None,
        intervention_used_this_year=used_in(member, admission.year, Intervention.Budget.HOSPITAL),
        lines=tuple(bill_line(line) for line in lines),
        serious_illness_option=bool(options),
        serious_illness_used_this_year=used_in(member, admission.year, Intervention.Budget.SERIOUS_ILLNESS),
        option_periods=options,
    )


# --- finding ----------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> HttpResponse:
    form = FindMemberForm(request.POST)
    if not form.is_valid():
        return _results(request, form, None)
    text = form.cleaned_data["q"]
    if not _MAY_BE_NISS.fullmatch(text):
        return redirect(f"{reverse('hospitalisation:members')}?{urlencode({'q': text})}")
    found = _found(request, form)
    if len(found) == 1:
        return redirect("hospitalisation:cover_on", found.members[0].public_id)
    return _results(request, form, found)


def _found(request: HttpRequest, form: FindMemberForm) -> Found:
    within = Member.objects.visible_to(user_of(request), localdate())
    return find_members(form.cleaned_data["q"], within=within)


def _results(request: HttpRequest, form: FindMemberForm, found: Found | None) -> HttpResponse:
    shown: dict[str, Any] = {"form": form, "found": found}
    if found is not None:
        shown["columns"] = [
            {"label": _("Name")},
            {"label": _("Birth date")},
            {"label": _("Place")},
            {"label": _("Registration number")},
            {"label": _("What you can do")},
        ]
        shown["rows"] = [_row(person) for person in found]
    return render(request, "hospitalisation/desk/cover_members.html", shown)


def _row(person: Member) -> list[Any]:
    return [
        {
            "text": f"{person.last_name} {person.first_name}",
            "url": reverse("hospitalisation:cover_on", args=[person.public_id]),
        },
        {"text": formats.day(person.birth_date), "nowrap": True},
        f"{person.postal_code} {person.city}",
        {"text": person.registration_number, "nowrap": True},
        {
            "text": _("Key in a paper claim"),
            "url": reverse("hospitalisation:paper", args=[person.public_id]),
        },
    ]
