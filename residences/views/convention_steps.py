"""The steps in which a convention is written; every answer is kept on the server, one topic a page."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import accepted
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from partenamut.workflow import TransitionRefused
from residences.forms.conventions import (
    MOST_CLAUSES,
    BedForm,
    ClauseFormSet,
    LanguageForm,
    PeopleForm,
    StayForm,
    SupplementsForm,
)
from residences.models import Convention, StayKind
from residences.readings import convention_steps as steps
from residences.readings.convention_steps import Step
from residences.services import conventions as services
from residences.views.conventions import opened
from residences.views.loading import directs, home_of
from residences.workflow import ConventionStatus

StepView = Callable[[HttpRequest, Convention], HttpResponse]
FORM = "residences/conventions/step.html"


def on_draft(step: Step) -> Callable[[StepView], Callable[..., HttpResponse]]:
    """Opens a step of a draft to those who direct the home; what is offered, or closed by a remark, leads elsewhere."""

    def gate(view: StepView) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "POST"])
        @directs
        @wraps(view)
        def guarded(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
            convention = opened(request, home_id, convention_id)
            if convention.status != ConventionStatus.DRAFT:
                messages.info(
                    request, _("A text that was offered is not changed: take it back to the draft first.")
                )
                return redirect("residences:convention", home_id, convention_id)
            if not steps.is_open(convention, step):
                messages.warning(request, steps.opened_by_remark(convention))
                return redirect("residences:step_check", home_id, convention_id)
            return view(request, convention)

        return guarded  # type: ignore[return-value]

    return gate


@on_draft(steps.RESIDENT)
def resident(request: HttpRequest, convention: Convention) -> HttpResponse:
    """Who the resident is, the language of the convention and the place of the signature."""
    initial = {"language": convention.language, "place_signed": convention.place_signed}
    form = LanguageForm(posted(request), initial=initial)
    if request.method == "POST" and accepted(form, lambda typed: _change(request, convention, typed)):
        return _onward(request, convention, steps.RESIDENT)
    return _page(request, convention, steps.RESIDENT, form, template="residences/conventions/resident.html")


@on_draft(steps.PEOPLE)
def people(request: HttpRequest, convention: Convention) -> HttpResponse:
    """Who acts for the resident, and who stands surety."""
    fields = steps.open_fields(convention, steps.PEOPLE)
    initial = {
        "representative": convention.representative,
        "guarantors": list(convention.guarantors.all()),
    }
    form = PeopleForm(posted(request), convention=convention, fields=fields, initial=initial)

    def keep(typed: dict[str, Any]) -> None:
        if "representative" in form.fields:
            _change(request, convention, {"representative": typed["representative"]})
        if "guarantors" in form.fields:
            services.set_guarantors(convention=convention, guarantors=typed["guarantors"], **_by(request))

    if request.method == "POST" and accepted(form, keep):
        return _onward(request, convention, steps.PEOPLE)
    extra = {"may_represent": "representative" in fields, "may_stand_surety": "guarantors" in fields}
    return _page(
        request, convention, steps.PEOPLE, form, template="residences/conventions/people.html", **extra
    )


@on_draft(steps.STAY)
def stay(request: HttpRequest, convention: Convention) -> HttpResponse:
    """How long, from when, and what a short stay is for."""
    aims = [name for name in ("respite", "rehabilitation") if getattr(convention, name)]
    initial = {
        "kind": convention.kind,
        "entry": convention.entry,
        "until": convention.until,
        "aims": aims,
    }
    form = StayForm(posted(request), convention=convention, initial=initial)

    def keep(_typed: dict[str, Any]) -> None:
        _change(request, convention, form.changes())

    if request.method == "POST" and accepted(form, keep):
        _warn_of_bed(request, convention)
        return _onward(request, convention, steps.STAY)
    return _page(request, convention, steps.STAY, form, template="residences/conventions/stay.html")


@on_draft(steps.ROOM)
def room(request: HttpRequest, convention: Convention) -> HttpResponse:
    """The room and bed, among those that are free on the days of the stay; the others with until when."""
    if convention.entry is None:
        messages.info(request, _("Give the day of entry first: only beds that are free then are offered."))
        return redirect(steps.step_url(convention, steps.STAY))
    offer = steps.beds_offered(convention, localdate())
    form = BedForm(
        posted(request), convention=convention, choices=offer.choices, initial={"bed": convention.bed}
    )

    def keep(typed: dict[str, Any]) -> None:
        assert convention.entry is not None
        last = convention.until if convention.kind == StayKind.SHORT else None
        if wrong := services.bed_error(convention, typed["bed"], convention.entry, last):
            raise ValidationError({"bed": wrong})
        _change(request, convention, typed)

    if request.method == "POST" and accepted(form, keep):
        return _onward(request, convention, steps.ROOM)
    extra = {
        "taken": offer.taken,
        "has_free": bool(offer.choices),
        "columns": [
            {"label": _("Room and bed")},
            {"label": _("Room type")},
            {"label": _("Why it cannot be chosen")},
        ],
        "stay_url": steps.step_url(convention, steps.STAY, change=True),
    }
    return _page(request, convention, steps.ROOM, form, template="residences/conventions/room.html", **extra)


@on_draft(steps.SUPPLEMENTS)
def supplements(request: HttpRequest, convention: Convention) -> HttpResponse:
    """The supplements that may be charged if the resident chooses them."""
    rows, choices = steps.supplements_offered(convention, localdate())
    chosen = convention.supplements.values("supplement")
    initial = {"supplements": list(rows.filter(pk__in=chosen))}
    form = SupplementsForm(posted(request), choices=choices, queryset=rows, initial=initial)

    def keep(typed: dict[str, Any]) -> None:
        services.set_supplements(convention=convention, supplements=typed["supplements"], **_by(request))

    if request.method == "POST" and accepted(form, keep):
        return _onward(request, convention, steps.SUPPLEMENTS)
    return _page(
        request,
        convention,
        steps.SUPPLEMENTS,
        form,
        template="residences/conventions/supplements.html",
        none_offered=not choices,
    )


@on_draft(steps.CLAUSES)
def clauses(request: HttpRequest, convention: Convention) -> HttpResponse:
    """The special clauses; each is judged as it is typed, and refused where it weakens a rule (art. 12)."""
    data = posted(request)
    texts = list(convention.clauses.order_by("position").values_list("text", flat=True))
    initial = [{"text": text} for text in texts]
    rows = ClauseFormSet(_one_row_more(data), prefix="clauses", initial=initial if data is None else None)
    if request.method == "POST" and "more" not in request.POST and rows.is_valid():
        try:
            services.set_clauses(
                convention=convention,
                texts=rows.texts(),  # type: ignore[attr-defined]
                **_by(request),
            )
        except ValidationError as error:
            rows.non_form_errors().extend(error.messages)
        else:
            return _onward(request, convention, steps.CLAUSES)
    context = {
        "rows": rows,
        "page_has_errors": rows.is_bound and (rows.total_error_count() > 0),
        "check_url": reverse("residences:check_clause", args=[convention.home.public_id]),
    }
    return render(
        request,
        "residences/conventions/clauses.html",
        _frame(request, convention, steps.CLAUSES) | context,
    )


@on_draft(steps.CHECK)
def check(request: HttpRequest, convention: Convention) -> HttpResponse:
    """All the answers, the text article by article, what is still missing, and the offer."""
    if request.method == "POST" and "later" in request.POST:
        return _onward(request, convention, steps.CHECK)
    if request.method == "POST":
        try:
            services.prepare(convention=convention, **_by(request))
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
        except TransitionRefused:
            messages.info(request, _("The text is offered already."))
            return redirect("residences:convention", convention.home.public_id, convention.public_id)
        else:
            messages.success(
                request, _("The text is offered for signature, and the bed is kept free from the entry on.")
            )
            return redirect("residences:convention", convention.home.public_id, convention.public_id)
    posted(request)
    today = localdate()
    lacks = steps.lacks_of(convention, today)
    context = {
        "lacks": lacks,
        "page_has_errors": bool(lacks) and request.method == "POST",
        "cards": steps.cards_of(convention, today),
        "articles": steps.preview_of(convention, today),
        "language": convention.language,
    }
    return render(
        request, "residences/conventions/check.html", _frame(request, convention, steps.CHECK) | context
    )


@directs
@require_POST
def check_clause(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """The rules that a clause breaks, as a part of a page; whatever field it is typed in."""
    home_of(request, home_id)
    texts = [str(value) for name, value in request.POST.items() if name.endswith("text")]
    sentences = [sentence for text in texts for sentence in services.clause_errors(text[:2000])]
    context = {"sentences": sentences, "has_text": any(text.strip() for text in texts)}
    return render(request, "residences/conventions/_broken_rules.html", context)


# --- inside -----------------------------------------------------------------------------------------------


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request), "at": now()}


def _change(request: HttpRequest, convention: Convention, changes: dict[str, Any]) -> None:
    services.change_draft(convention=convention, changes=changes, **_by(request))


def _one_row_more(data: Any) -> Any:
    """What was sent, with room for one more clause where the button for it was pressed."""
    if data is None or "more" not in data:
        return data
    more = data.copy()
    try:
        count = int(more.get("clauses-TOTAL_FORMS", ""))
    except ValueError:
        return data
    more["clauses-TOTAL_FORMS"] = str(min(count + 1, MOST_CLAUSES))
    return more


def _warn_of_bed(request: HttpRequest, convention: Convention) -> None:
    """Says at once that the bed chosen before is not free on the new days."""
    convention.refresh_from_db()
    if convention.bed is None or convention.entry is None:
        return
    last = convention.until if convention.kind == StayKind.SHORT else None
    if wrong := services.bed_error(convention, convention.bed, convention.entry, last):
        messages.warning(request, wrong)


def _onward(request: HttpRequest, convention: Convention, step: Step) -> HttpResponse:
    """To the next open step; to the check where an answer was changed; to the convention for later."""
    if "later" in request.POST:
        messages.success(request, _("The draft is saved. Go on whenever you like."))
        return redirect("residences:convention", convention.home.public_id, convention.public_id)
    following = steps.CHECK if "change" in request.GET else steps.neighbours(convention, step)[1]
    return redirect(steps.step_url(convention, following))


def _frame(request: HttpRequest, convention: Convention, step: Step) -> dict[str, Any]:
    """What the page of a step shows around its form."""
    before, _after = steps.neighbours(convention, step)
    hub = reverse("residences:convention", args=[convention.home.public_id, convention.public_id])
    changing = "change" in request.GET
    check_url = steps.step_url(convention, steps.CHECK)
    before_url = steps.step_url(convention, before) if before else hub
    return {
        "convention": convention,
        "home": convention.home,
        "here": "conventions",
        "step": step,
        "labels": [one.label for one in steps.STEPS],
        "current": steps.STEPS.index(step) + 1,
        "opened": steps.opened_by_remark(convention),
        "open_all_url": reverse(
            "residences:open_all_articles", args=[convention.home.public_id, convention.public_id]
        ),
        "back": check_url if changing else before_url,
        "back_label": _("Back to the check") if changing else "",
        "changing": changing,
        "hub_url": hub,
    }


def _page(
    request: HttpRequest,
    convention: Convention,
    step: Step,
    form: PortalForm,
    *,
    template: str = FORM,
    **extra: Any,
) -> HttpResponse:
    return render(request, template, _frame(request, convention, step) | {"form": form} | extra)
