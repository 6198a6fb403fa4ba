"""One entry for a whole group: who took part, what the rules say for each of them, the writing."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from partenamut.accounts.permissions import user_of
from partenamut.registry.forms import refuse
from partenamut.web.resume import NOT_KEPT, posted
from protocol3.forms.entry import GroupForm, group_copy, group_values, person_label
from protocol3.models import Enrolment, GroupSession, Project, Service
from protocol3.readings.entry_check import Check, check_of
from protocol3.services import entry
from protocol3.services.entry import GroupStopped
from protocol3.services.entry_faults import faults
from protocol3.views.entry import enters_services, note
from protocol3.views.entry_form import CHECK, CORRECT, ENTER, copied_service, own_name
from protocol3.views.loading import project_of

#: Names of the check that the form itself does not have.
TICKED = "ticked"


@dataclass(frozen=True)
class Person:
    """What the rules say of the group for one of those who took part; `fault`: why nothing can be written."""

    enrolment: Enrolment
    label: str
    check: Check
    fault: str
    chosen: bool


class GroupDraft:
    """A group as it is typed; `changing`: the group that it changes, with those who took part."""

    def __init__(
        self,
        data: QueryDict | None,
        project: Project,
        *,
        changing: GroupSession | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.project, self.changing = project, changing
        self.form = GroupForm(data, project=project, today=localdate(), initial=initial)
        self.rows: dict[int, Service] = {}
        if changing is not None:
            del self.form.fields["enrolments"]
            standing = changing.services.standing().select_related("enrolment__beneficiary")
            self.rows = {row.enrolment_id: row for row in standing}

    @property
    def enrolments(self) -> list[Enrolment]:
        """Those who took part: the ones of the group that is changed, else the ones ticked."""
        if self.changing is not None:
            return [row.enrolment for row in self.rows.values()]
        said = self.form.cleaned_data
        return [*said["enrolments"], *(one for one in said["kept"] if one not in said["enrolments"])]

    def is_valid(self) -> bool:
        """Whether it is whole, and nothing stands against it that concerns all of them."""
        if not self.form.is_valid():
            return False
        try:
            entry.refuse_group(self.enrolments, self.form.cleaned_data["participants"])
        except ValidationError as error:
            refuse(self.form, error)
            return False
        found = faults(self.service(self.enrolments[0]), (), today=localdate())
        for fault in found:
            if fault.code != "left":
                name = self.form.AT.get(fault.field, fault.field)
                self.form.add_error(name, fault.error)
        return not self.form.errors

    def service(self, enrolment: Enrolment) -> Service:
        """The service of one of them as it would be; not written."""
        row = self.rows.get(enrolment.pk)
        return Service(
            pk=row.pk if row else None,
            enrolment=enrolment,
            group=self.changing,
            units=self.form.units,
            place="collective",
            **self.form.said,
        )

    def people(self, data: QueryDict) -> list[Person]:
        """What the rules say for each of them; billable ones are chosen until somebody decides otherwise."""
        kept = data.getlist("kept")
        return [self._person(enrolment, kept) for enrolment in self.enrolments]

    def _person(self, enrolment: Enrolment, kept: list[str]) -> Person:
        service = self.service(enrolment)
        found = [fault for fault in faults(service, (), today=localdate()) if fault.code == "left"]
        check = check_of(enrolment, entry.facts_of(service), replacing=self.rows.get(enrolment.pk))
        fault = " ".join(found[0].error.messages) if found else ""
        chosen = not fault and (check.billable or str(enrolment.public_id) in kept)
        return Person(enrolment, person_label(enrolment), check, fault, chosen)

    def write(self, request: HttpRequest) -> GroupSession:
        """The group, entered or changed; GroupStopped or ValidationError where it cannot be."""
        who: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        said, kept = self.form.said, list(self.form.cleaned_data["kept"])
        room = self.form.cleaned_data["room"]
        if self.changing is not None:
            return entry.change_group(
                group=self.changing,
                changes=said | {"room": room},
                units=self.form.units,
                kept=kept,
                **who,
            )
        return entry.enter_group(
            project=self.project,
            enrolments=self.enrolments,
            day=said.pop("date"),
            units=self.form.units,
            room=room,
            kept=kept,
            **said,
            **who,
        )


@enters_services
@require_http_methods(["GET", "POST"])
def enter_group(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A group to enter: the form, then what the rules say for each person, then the list."""
    project, data = project_of(request, project_id), posted(request)
    if data is None:
        initial = own_name(request)
        if copied := copied_service(request, project):
            note(request, copied.enrolment.beneficiary)
            initial = group_copy(copied)
        return _form(request, GroupDraft(None, project, initial=initial))
    return _answer(request, GroupDraft(_with_ticks(data), project), data)


@enters_services
@require_http_methods(["GET", "POST"])
def change_group(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """A group to change, with all of its services, as long as none is billed."""
    group = get_object_or_404(
        GroupSession.objects.select_related("project", "practitioner"),
        project__in=Project.objects.worked_for(user_of(request), localdate()),
        public_id=group_id,
    )
    data = posted(request)
    if data is None:
        return _form(request, GroupDraft(None, group.project, changing=group, initial=group_values(group)))
    return _answer(request, GroupDraft(data, group.project, changing=group), data)


# --- parts ------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, draft: GroupDraft, data: QueryDict) -> HttpResponse:
    step = data.get("step", CHECK)
    if not draft.is_valid() or step == CORRECT:
        return _form(request, draft)
    if step != ENTER:
        return _check(request, draft, data)
    try:
        group = draft.write(request)
    except GroupStopped:
        messages.error(
            request,
            _("Nothing was written: the group is not billable for everybody. Choose for each of them."),
        )
        return _check(request, draft, data)
    except ValidationError as error:
        refuse(draft.form, error)
        return _form(request, draft)
    count = group.services.standing().count()
    done = ngettext(
        "The group session is entered for %(count)d beneficiary.",
        "The group session is entered for %(count)d beneficiaries.",
        count,
    )
    messages.success(request, done % {"count": count})
    return redirect("protocol3:services", draft.project.public_id)


def _form(request: HttpRequest, draft: GroupDraft) -> HttpResponse:
    context = {"draft": draft, "form": draft.form, "project": draft.project, "here": "services"}
    return render(request, "protocol3/entry/group.html", context)


def _check(request: HttpRequest, draft: GroupDraft, data: QueryDict) -> HttpResponse:
    people = draft.people(data)
    for person in people:
        note(request, person.enrolment.beneficiary)
    left_out = {*NOT_KEPT, "step", "enrolments", "kept", TICKED}
    context = {
        "draft": draft,
        "service": draft.service(draft.enrolments[0]),
        "people": people,
        "stopped": [person for person in people if not person.check.billable or person.fault],
        "kept": [(name, value) for name, values in data.lists() for value in values if name not in left_out],
        "project": draft.project,
        "here": "services",
    }
    return render(request, "protocol3/entry/group_check.html", context)


def _with_ticks(data: QueryDict) -> QueryDict:
    """What was typed; back in the form, everybody who was ticked there first is ticked again."""
    if data.get("step") != CORRECT or TICKED not in data:
        return data
    again = data.copy()
    again.setlist("enrolments", data.getlist(TICKED))
    again.setlist("kept", [])
    return again
