"""Requests to recognise a caregiver: the list, and the answer."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_safe

from convalescence.forms.desk_tools import AnswerForm
from convalescence.models import Recognition
from convalescence.readings.casefile import periods
from convalescence.services import recognitions
from convalescence.views.desk import attempt
from convalescence.workflow import RecognitionStatus
from partenamut.accounts.models import User
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.registry.desk_views import watched
from partenamut.registry.models import Member
from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, SearchFilter, WorkList

PURPOSE = gettext_noop("Recognition of a caregiver")
TONES = {
    RecognitionStatus.SUBMITTED: "info",
    RecognitionStatus.RECOGNISED: "success",
    RecognitionStatus.REFUSED: "error",
    RecognitionStatus.WITHDRAWN: "neutral",
}


class RecognitionFilter(ListFilter):
    """By name and state."""

    text = SearchFilter(
        label=gettext_lazy("Number or name"),
        fields=["number", "caregiver__last_name", "caregiver__first_name", "cared_for__last_name"],
    )
    status = ChoiceFilter(label=gettext_lazy("State"), choices=RecognitionStatus.choices)


class RecognitionList(WorkList):
    """Requests to recognise a caregiver, the oldest first."""

    filterset_class = RecognitionFilter
    ordering = ("asked_on",)
    export_name = gettext_lazy("recognitions")
    empty_text = gettext_lazy("Nobody has asked for a recognition yet.")
    columns = (
        Column(
            "number",
            gettext_lazy("Number"),
            "number",
            kind="link",
            sort="number",
            url=lambda row: reverse("convalescence:recognition_case", args=[row.public_id]),
        ),
        Column("caregiver", gettext_lazy("Caregiver"), "caregiver.full_name", sort="caregiver__search_name"),
        Column(
            "cared_for",
            gettext_lazy("Person cared for"),
            "cared_for.full_name",
            sort="cared_for__search_name",
        ),
        Column("asked_on", gettext_lazy("Asked on"), "asked_on", kind="day", sort="asked_on"),
        Column("status", gettext_lazy("State"), "status", kind="status", sort="status", tones=TONES),
    )


@require_safe
@requires(Permission.HANDLE_REQUESTS)
def queue(request: HttpRequest) -> HttpResponseBase:
    """The requests to recognise a caregiver."""
    rows = Recognition.objects.visible_to(user_of(request), localdate())
    waiting = rows.filter(status=RecognitionStatus.SUBMITTED).count()
    tabs = [
        {"label": _("To decide"), "query": "status=submitted", "count": waiting},
        {"label": _("All"), "query": "", "count": None},
    ]
    here = request.GET.urlencode()
    return RecognitionList(rows.select_related("caregiver", "cared_for")).respond(
        request,
        title=_("Recognitions of caregivers"),
        tabs=[{**tab, "current": tab["query"] == here} for tab in tabs],  # type: ignore[typeddict-item]
    )


def _caregiver_of(public_id: uuid.UUID) -> Member | None:
    return Member.objects.filter(recognition_requests__public_id=public_id).first()


@watched(_caregiver_of, PURPOSE)
@requires(Permission.HANDLE_REQUESTS)
def recognition(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A request to recognise a caregiver, and its answer."""
    row = _opened(request, public_id)
    is_open = row.status == RecognitionStatus.SUBMITTED
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        back = redirect("convalescence:recognition_queue")
        done = attempt(
            request, form, back, _("The answer is given; both people get a letter."), _answers(row, form)
        )
        if done:
            return done
    shown = {"row": row, "tone": TONES[RecognitionStatus(row.status)], "facts": _facts(row), "form": form}
    return render(request, "convalescence/desk/recognition.html", shown | {"is_open": is_open})


@transaction.atomic
def _opened(request: HttpRequest, public_id: uuid.UUID) -> Recognition:
    user = user_of(request)
    rows = Recognition.objects.visible_to(user, localdate()).select_related(
        "caregiver", "cared_for", "asked_by"
    )
    row: Recognition | None = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    for person in (row.caregiver, row.cared_for):
        note_access(person=person, actor=user, at=timezone.now(), purpose=PURPOSE, path=request.path)
    return row


def _answers(row: Recognition, form: AnswerForm) -> Callable[[User, datetime], object]:
    def deed(actor: User, at: datetime) -> object:
        cleaned = form.cleaned_data
        if cleaned["verdict"] == "refuse":
            return recognitions.refuse_recognition(
                recognition=row, answer=cleaned["answer"], actor=actor, at=at
            )
        return recognitions.recognise(
            recognition=row,
            first_day=cleaned["first_day"],
            last_day=cleaned["last_day"],
            answer=cleaned["answer"],
            actor=actor,
            at=at,
        )

    return deed


def _facts(row: Recognition) -> list[dict[str, object]]:
    known = row.caregiver.recognitions.filter(cared_for=row.cared_for)
    return [
        {"label": _("Caregiver"), "value": row.caregiver.full_name},
        {"label": _("Person cared for"), "value": row.cared_for.full_name},
        {"label": _("Relation"), "value": row.relation},
        {"label": _("Help given"), "value": row.help_given},
        {"label": _("Asked on"), "value": f"{formats.day(row.asked_on)} ({row.asked_by.name})"},
        {"label": _("Recognised so far"), "value": periods(known) or _("Never")},
        {"label": _("Reason or remark"), "value": row.answer or "–"},
    ]
