"""Pages of members for those who keep the registry."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.registry import services
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import (
    EndForm,
    MandateForm,
    MemberForm,
    OtherMemberForm,
    PeriodForm,
    member_values,
)
from partenamut.registry.history import history_of
from partenamut.registry.lists import MemberList, way
from partenamut.registry.masking import masked_iban
from partenamut.registry.models import DatedRow, Member

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
        "sections": [_section(name, kind, found) for name, kind in KINDS.items()],
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
    """A new period, dependant, caregiver or mandate of a member."""
    found, chosen = _load(request, public_id), _kind(kind)
    _note(request, found, REGISTRY)

    def begin(cleaned: dict[str, Any]) -> None:
        chosen.begin(found, cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        chosen.form(request.POST or None),
        begin,
        title=chosen.add,
        lead=found.full_name,
        submit=chosen.add,
        done=_("It is entered."),
        back=_url(found),
        back_label=found.full_name,
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def end_row(request: HttpRequest, public_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> HttpResponse:
    """The last day of a period, dependant, caregiver or mandate."""
    found, chosen = _load(request, public_id), _kind(kind)
    row = get_object_or_404(chosen.rows(found), public_id=row_id)
    _note(request, found, REGISTRY)

    def end(cleaned: dict[str, Any]) -> None:
        chosen.end(row, actor=user_of(request), at=timezone.now(), **cleaned)

    return form_page(
        request,
        EndForm(request.POST or None, initial={"last_day": row.last_day}),
        end,
        title=chosen.stop,
        lead=found.full_name,
        warning=chosen.consequence,
        submit=chosen.stop,
        done=_("The last day is kept."),
        back=_url(found),
        back_label=found.full_name,
        row=row,
        row_about=chosen.about(row),
    )


# --- what hangs on a member


@dataclass(frozen=True)
class Kind:
    """A kind of dated row of a member: its words, its form and its use cases."""

    title: Any
    add: Any
    stop: Any
    empty: Any
    consequence: Any
    form: type[PeriodForm]
    rows: Callable[[Member], QuerySet[Any]]
    about: Callable[[Any], str]
    begin: Callable[..., DatedRow]
    end: Callable[..., DatedRow]


def _end_with(service: Callable[..., DatedRow], name: str) -> Callable[..., DatedRow]:
    return lambda row, **cleaned: service(**{name: row}, **cleaned)


KINDS = {
    "contributions": Kind(
        title=gettext_lazy("Contributions in order"),
        add=gettext_lazy("Add a period in order"),
        stop=gettext_lazy("Change the end of the period"),
        empty=gettext_lazy("No period is known: no day can be paid."),
        consequence=gettext_lazy("Days after the last one are not paid. Decisions already taken stay."),
        form=PeriodForm,
        rows=lambda member: member.contributions.all(),
        about=lambda _row: "",
        begin=lambda member, cleaned, **by: services.add_contributions(member=member, **cleaned, **by),
        end=_end_with(services.close_contributions, "period"),
    ),
    "dependants": Kind(
        title=gettext_lazy("Dependants"),
        add=gettext_lazy("Add a dependant"),
        stop=gettext_lazy("End the dependency"),
        empty=gettext_lazy("Nobody is insured through this member."),
        consequence=gettext_lazy("After the last day the person is no longer insured through this member."),
        form=OtherMemberForm,
        rows=lambda member: member.dependants.select_related("dependant"),
        about=lambda row: row.dependant.full_name,
        begin=lambda member, cleaned, **by: services.add_dependant(
            holder=member, dependant=cleaned.pop("niss"), **cleaned, **by
        ),
        end=_end_with(services.end_dependency, "dependency"),
    ),
    "caregivers": Kind(
        title=gettext_lazy("Recognised caregivers"),
        add=gettext_lazy("Recognise a caregiver"),
        stop=gettext_lazy("End the recognition"),
        empty=gettext_lazy("Nobody is recognised as caregiver of this member."),
        consequence=gettext_lazy(
            "After the last day the caregiver is no longer paid for stays with this member."
        ),
        form=OtherMemberForm,
        rows=lambda member: member.caregivers.select_related("caregiver"),
        about=lambda row: row.caregiver.full_name,
        begin=lambda member, cleaned, **by: services.recognise_caregiver(
            cared_for=member, caregiver=cleaned.pop("niss"), **cleaned, **by
        ),
        end=_end_with(services.end_recognition, "recognition"),
    ),
    "mandates": Kind(
        title=gettext_lazy("Mandates"),
        add=gettext_lazy("Give a mandate"),
        stop=gettext_lazy("End the mandate"),
        empty=gettext_lazy("Nobody acts for this member."),
        consequence=gettext_lazy("After the last day the representative no longer sees the file."),
        form=MandateForm,
        rows=lambda member: member.mandates.select_related("representative"),
        about=lambda row: f"{row.representative.name} ({row.basis})",
        begin=lambda member, cleaned, **by: services.give_mandate(
            member=member, representative=cleaned.pop("email"), **cleaned, **by
        ),
        end=_end_with(services.end_mandate, "mandate"),
    ),
}


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _section(name: str, kind: Kind, found: Member) -> dict[str, Any]:
    rows = kind.rows(found).order_by("-first_day", "-pk")
    return {
        "name": name,
        "title": kind.title,
        "add": kind.add,
        "add_url": reverse("registry:add_member_row", args=[found.public_id, name]),
        "stop": kind.stop,
        "empty": kind.empty,
        "rows": [
            {
                "row": row,
                "about": kind.about(row),
                "url": reverse("registry:end_member_row", args=[found.public_id, name, row.public_id]),
            }
            for row in rows
        ],
    }


def _load(request: HttpRequest, public_id: uuid.UUID) -> Member:
    rows = Member.objects.visible_to(user_of(request), timezone.localdate())
    return get_object_or_404(rows.select_related("mutuality", "user"), public_id=public_id)


def _note(request: HttpRequest, found: Member, purpose: str) -> None:
    note_access(person=found, actor=user_of(request), at=timezone.now(), purpose=purpose, path=request.path)


def _url(found: Member) -> str:
    return reverse("registry:member", args=[found.public_id])
