"""Entering a service, or changing one: the form, the check before anything is written, the writing."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from partenamut.accounts.permissions import user_of
from partenamut.registry.forms import refuse
from partenamut.web.resume import NOT_KEPT, posted
from protocol3.forms.entry import MOST_ACTS, ActFormSet, ServiceForm, act_values, service_values
from protocol3.models import Enrolment, Practitioner, Project, Service
from protocol3.readings.entry import facts_shown
from protocol3.readings.entry_check import Check, check_of
from protocol3.readings.ledgers import ledger_of
from protocol3.services import entry
from protocol3.services.entry import NotBillable
from protocol3.services.entry_faults import Act, faults
from protocol3.views.entry import enters_services, note, note_once, opened_service
from protocol3.views.loading import project_of

#: What a button of the two pages asks for.
CHECK, MORE, CORRECT, ENTER, KEEP = "check", "more", "correct", "enter", "keep"


class Draft:
    """A service as it is typed: the form, the rows of acts, and the row that it changes, if any."""

    def __init__(
        self,
        data: QueryDict | None,
        project: Project,
        *,
        changing: Service | None = None,
        initial: dict[str, Any] | None = None,
        acts: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.project, self.changing = project, changing
        self.form = ServiceForm(data, project=project, today=localdate(), initial=initial)
        if changing is not None:
            del self.form.fields["enrolment"]
        self.acts = ActFormSet(data, prefix="acts", initial=list(acts) if data is None else None)

    @property
    def enrolment(self) -> Enrolment | None:
        """Whose service it is; None while nobody is chosen."""
        return self.changing.enrolment if self.changing else self.form.cleaned_data.get("enrolment")

    @property
    def begun_with(self) -> Enrolment | None:
        """The beneficiary whom a link named."""
        named = self.form.initial.get("enrolment")
        return self.project.enrolments.filter(public_id=named).first() if named else None

    @property
    def shows_acts(self) -> bool:
        """Whether the rows of acts stand open: for support, and wherever something is in them."""
        if self.form.data.get("step") == MORE:
            return True
        modality = str(self.form["kind"].value() or "").partition(".")[2]
        rows = any(row.errors or row.has_changed() or row.initial for row in self.acts.forms)
        return modality == "support" or rows or bool(self.acts.is_bound and self.acts.non_form_errors())

    @property
    def logged(self) -> list[Act]:
        """The acts, for the services that are logged by acts."""
        modality = self.form.cleaned_data["kind"].partition(".")[2]
        return self.acts.acts() if modality in ("support", "closing") else []  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        """Whether it is whole, and nothing but the rules of billing can stand against it."""
        whole = self.form.is_valid()
        if not self.acts.is_valid() or not whole:
            return False
        found = faults(self.service(), self.logged, today=localdate())
        for fault in found:
            name = self.form.AT.get(fault.field, fault.field)
            self.form.add_error(name if name in self.form.fields and name != "acts" else None, fault.error)
        return not found

    def service(self) -> Service:
        """The service as it would be; not written."""
        row = Service(
            pk=self.changing.pk if self.changing else None, enrolment=self.enrolment, **self.form.said
        )
        row.documented_minutes = sum(act.minutes for act in self.logged) if self.logged else None
        return row

    def check(self) -> Check:
        """What the rules say of it."""
        assert self.enrolment is not None
        facts = entry.facts_of(self.service())
        return check_of(self.enrolment, facts, replacing=self.changing)

    def write(self, request: HttpRequest, *, anyway: bool) -> Service:
        """The service, entered or changed; NotBillable or ValidationError where it cannot be."""
        who: dict[str, Any] = {"actor": user_of(request), "at": timezone.now(), "anyway": anyway}
        if self.changing is not None:
            return entry.change(service=self.changing, changes=self.form.said, acts=self.logged, **who)
        assert self.enrolment is not None
        return entry.enter(enrolment=self.enrolment, acts=self.logged, **self.form.said, **who)

    def quiet(self) -> None:
        """Shows what was typed without a word on it."""
        self.form.quiet()
        self.acts.quiet()  # type: ignore[attr-defined]


@enters_services
@require_http_methods(["GET", "POST"])
def enter_service(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A service to enter: the form, then the check, then the confirmation."""
    project = project_of(request, project_id)
    data = posted(request)
    if data is None:
        copied = copied_service(request, project)
        if copied is not None and copied.modality == "group":
            return redirect(f"{reverse('protocol3:enter_group', args=[project_id])}?copy={copied.public_id}")
        initial = _beginning(request, project, copied)
        return _form(
            request, Draft(None, project, initial=initial, acts=act_values(copied) if copied else ())
        )
    return _answer(request, Draft(_one_row_more(data), project), data)


@enters_services
@require_http_methods(["GET", "POST"])
def change_service(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """A service to change, as long as it is not billed; one of a group is changed with its group."""
    service = opened_service(request, service_id)
    if service.group is not None:
        return redirect("protocol3:change_group", service.group.public_id)
    project, data = service.enrolment.project, posted(request)
    if data is None:
        draft = Draft(
            None, project, changing=service, initial=service_values(service), acts=act_values(service)
        )
        return _form(request, draft)
    return _answer(request, Draft(_one_row_more(data), project, changing=service), data)


# --- parts ------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, draft: Draft, data: QueryDict) -> HttpResponse:
    step = data.get("step", CHECK)
    if request.headers.get("HX-Request"):
        return _live(request, draft)
    if step == MORE:
        draft.quiet()
        return _form(request, draft)
    if not draft.is_valid() or step == CORRECT:
        return _form(request, draft)
    if step in (ENTER, KEEP):
        return _write(request, draft, data, anyway=step == KEEP)
    return _check(request, draft, data)


def _write(request: HttpRequest, draft: Draft, data: QueryDict, *, anyway: bool) -> HttpResponse:
    try:
        service = draft.write(request, anyway=anyway)
    except NotBillable:
        return _check(request, draft, data)
    except ValidationError as error:
        refuse(draft.form, error)
        return _form(request, draft)
    return redirect("protocol3:entered", service.public_id)


def _form(request: HttpRequest, draft: Draft) -> HttpResponse:
    context = {"draft": draft, "form": draft.form, "acts": draft.acts, "project": draft.project}
    enrolment = draft.enrolment if draft.changing or draft.form.is_bound else draft.begun_with
    if enrolment is not None:
        note_once(request, enrolment.beneficiary)
        context["ledger"] = ledger_of(enrolment, on=localdate())
    return render(request, "protocol3/entry/form.html", context | {"here": "services"})


def _check(request: HttpRequest, draft: Draft, data: QueryDict) -> HttpResponse:
    """What would be written, and what the rules say of it; nothing is written yet."""
    service = draft.service()
    note(request, service.enrolment.beneficiary)
    context = {
        "draft": draft,
        "check": draft.check(),
        "facts": facts_shown(service),
        "acts": draft.logged,
        "kept": _kept(data),
        "project": draft.project,
        "here": "services",
    }
    return render(request, "protocol3/entry/check.html", context)


def _live(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The same check while typing; before the form is whole, what the beneficiary has left."""
    context: dict[str, Any] = {}
    whole = draft.is_valid()
    if draft.enrolment is not None:
        note_once(request, draft.enrolment.beneficiary)
    if whole:
        context["check"] = draft.check()
    elif draft.enrolment is not None:
        context["ledger"] = ledger_of(draft.enrolment, on=localdate())
    return render(request, "protocol3/entry/_live.html", context)


def _kept(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed, to be sent again from the check."""
    left_out = {*NOT_KEPT, "step"}
    return [(name, value) for name, values in data.lists() for value in values if name not in left_out]


def _one_row_more(data: QueryDict) -> QueryDict:
    """What was typed, with an empty row for another act where one was asked for."""
    if data.get("step") != MORE:
        return data
    total = data.get("acts-TOTAL_FORMS", "")
    wider = data.copy()
    wider["acts-TOTAL_FORMS"] = str(min(int(total) + 1, MOST_ACTS)) if total.isdecimal() else "1"
    return wider


def _beginning(request: HttpRequest, project: Project, copied: Service | None) -> dict[str, Any]:
    """What the form begins with: the beneficiary or the service that a link names, else the user's own name."""
    initial = own_name(request)
    if named := request.GET.get("enrolment"):
        initial["enrolment"] = get_object_or_404(project.enrolments, public_id=_id(named)).public_id
    if copied is None:
        return initial
    note(request, copied.enrolment.beneficiary)
    values = service_values(copied)
    if request.GET.get("next"):
        values["date"] = min(copied.date + timedelta(days=1), localdate())
    return initial | values


def own_name(request: HttpRequest) -> dict[str, Any]:
    """The practitioner that the user is, as a form begins with it."""
    own = Practitioner.objects.filter(user=user_of(request)).first()
    return {"practitioner": own.public_id} if own else {}


def copied_service(request: HttpRequest, project: Project) -> Service | None:
    """The service of the project that a link asks to enter again; 404 for a stranger's."""
    if not (named := request.GET.get("copy")):
        return None
    rows = Service.objects.visible_to(user_of(request), localdate()).filter(enrolment__project=project)
    found: Service = get_object_or_404(
        rows.select_related("enrolment__beneficiary", "practitioner", "group"), public_id=_id(named)
    )
    return found


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
