"""Pages of members for those who keep the registry."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.registry import services
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import MemberForm, TierForm, member_values
from partenamut.registry.history import history_of
from partenamut.registry.lists import MemberList, way
from partenamut.registry.masking import masked_iban
from partenamut.registry.member_rows import CHANGE_TIER, ROWS
from partenamut.registry.models import Member

keeps_registry = requires(Permission.MANAGE_REGISTRY)

#: Why a file is opened; the member reads it.
REGISTRY = gettext_noop("Data of the member in the registry")
CORRECTION = gettext_noop("Correction of data, national number shown in full")


@keeps_registry
@require_safe
def members(request: HttpRequest) -> HttpResponseBase:
    """All members, found by number or name."""
    rows = Member.objects.visible_to(user_of(request), timezone.localdate()).select_related("mutuality")
    add = way(_("Enter a member"), "registry:add_member")
    send = way(_("Import a file"), "registry:imports")
    return MemberList(rows, empty_action=add).respond(request, title=_("Members"), actions=[add, send])


@keeps_registry
@require_safe
def member(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What the registry knows of a member, and what changed."""
    found = _load(request, public_id)
    _note(request, found, REGISTRY)
    context = {
        "member": found,
        "masked_iban": masked_iban(found.iban),
        "sections": ROWS.sections(found),
        "history": history_of(found),
    }
    return render(request, "registry/member.html", context)


@keeps_registry
@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest) -> HttpResponse:
    """A new member."""
    form = MemberForm(request.POST or None)
    made: list[Member] = []

    def create(cleaned: dict[str, Any]) -> None:
        made.append(services.create_member(**cleaned, actor=user_of(request), at=timezone.now()))

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("%(name)s is entered.") % {"name": made[0].full_name})
        return redirect("registry:member", made[0].public_id)
    context = {
        "form": form,
        "title": _("Enter a member"),
        "submit": _("Enter the member"),
        "back": reverse("registry:members"),
        "back_label": _("Members"),
    }
    return render(request, "registry/form.html", context)


@keeps_registry
@require_http_methods(["GET", "POST"])
def correct_member(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The data of a member, to correct with a reason."""
    found = _load(request, public_id)
    _note(request, found, CORRECTION)

    def correct(cleaned: dict[str, Any]) -> None:
        reason = cleaned.pop("reason")
        services.correct_member(
            member=found, changes=cleaned, reason=reason, actor=user_of(request), at=timezone.now()
        )

    return form_page(
        request,
        MemberForm(request.POST or None, correction=True, initial=member_values(found)),
        correct,
        title=_("Correct the data of %(name)s") % {"name": found.full_name},
        lead=_(
            "What you change is kept with the date, your name and the reason. What was decided before stays."
        ),
        submit=_("Correct"),
        done=_("The data are corrected."),
        back=_url(found),
        back_label=found.full_name,
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def add_row(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """A new period, insurance, dependant, caregiver or mandate of a member."""
    return ROWS.add(request, _opened(request, public_id), kind)


@keeps_registry
@require_http_methods(["GET", "POST"])
def end_row(request: HttpRequest, public_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> HttpResponse:
    """The last day of a period, insurance, dependant, caregiver or mandate."""
    return ROWS.end(request, _opened(request, public_id), kind, row_id)


@keeps_registry
@require_http_methods(["GET", "POST"])
def correct_row(request: HttpRequest, public_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> HttpResponse:
    """What an insurance should have said from the start, with a reason."""
    return ROWS.correct(request, _opened(request, public_id), kind, row_id)


@keeps_registry
@require_http_methods(["GET", "POST"])
def change_tier(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another hospital insurance from a day on, in place of the one that holds."""
    found = _opened(request, public_id)

    def change(cleaned: dict[str, Any]) -> None:
        services.change_tier(member=found, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        TierForm(request.POST or None),
        change,
        title=CHANGE_TIER,
        lead=found.full_name,
        warning=_("The present insurance ends the day before. Decisions already taken stay."),
        submit=_("Change the insurance"),
        done=_("The insurance is changed."),
        back=_url(found),
        back_label=found.full_name,
    )


# --- inside


def _load(request: HttpRequest, public_id: uuid.UUID) -> Member:
    rows = Member.objects.visible_to(user_of(request), timezone.localdate())
    return get_object_or_404(rows.select_related("mutuality", "user"), public_id=public_id)


def _opened(request: HttpRequest, public_id: uuid.UUID) -> Member:
    """The member, once the access is noted."""
    found = _load(request, public_id)
    _note(request, found, REGISTRY)
    return found


def _note(request: HttpRequest, found: Member, purpose: str) -> None:
    note_access(person=found, actor=user_of(request), at=timezone.now(), purpose=purpose, path=request.path)


def _url(found: Member) -> str:
    return reverse("registry:member", args=[found.public_id])
