"""Pages that take lines of a note back: choose, look at the totals, issue."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from partenamut.accounts.permissions import user_of
from partenamut.registry.forms import refuse
from partenamut.web.formats import euros
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from protocol3.forms.corrections import CorrectionForm, LineFilter, PayBackForm
from protocol3.models import Project, Recap
from protocol3.readings.money import SHOWN, excess_views, lines_to_pick
from protocol3.services import corrections
from protocol3.services.corrections import Billed
from protocol3.views.loading import project_of
from protocol3.views.money import bills, loaded


@bills
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, project_id: uuid.UUID, recap_id: uuid.UUID) -> HttpResponse:
    """Lines taken off a note to an insurer: rejected by it, or billed by mistake."""
    project = project_of(request, project_id)
    recap = loaded(project, recap_id)
    if corrections.is_credit(recap):
        messages.error(request, _("This note itself takes amounts back: correct the note that it corrects."))
        return redirect("protocol3:recap", project.public_id, recap.public_id)
    form = CorrectionForm(_typed(request), initial={"signatory": project.signatory})

    def issue() -> HttpResponse:
        made = corrections.take_back(
            recap=recap, actor=user_of(request), at=timezone.now(), **form.cleaned_data
        )
        return _issued(request, project, [made])

    def picked() -> list[Billed]:
        return corrections.picked_of(recap, form.cleaned_data["services"])

    done = _step(request, form, picked, issue, {"project": project, "here": "notes", "recap": recap})
    return done or _choose(request, project, recap, form)


@bills
@require_http_methods(["GET", "POST"])
def excess(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Billed services that are not billable any more, and their repayment to INAMI (art. 12 §3)."""
    project = project_of(request, project_id)
    found = corrections.excess_of(project)
    form = PayBackForm(_typed(request), initial={"signatory": project.signatory})

    def issue() -> HttpResponse:
        made = corrections.pay_back(
            project=project, actor=user_of(request), at=timezone.now(), **form.cleaned_data
        )
        return _issued(request, project, made)

    def picked() -> list[Billed]:
        wanted = set(form.cleaned_data["services"])
        ones = [one.billed for one in found if one.billed.line.service.public_id in wanted]
        if len(ones) != len(wanted):
            raise ValidationError(_("The list has changed: look at it again, then tick the services."))
        return ones

    done = _step(request, form, picked, issue, {"project": project, "here": "notes"})
    if done:
        return done
    context = {
        "project": project,
        "here": "notes",
        "form": form,
        "excess": excess_views(found[:SHOWN]),
        "more": len(found) > SHOWN,
        "chosen": _chosen(form),
    }
    return render(request, "protocol3/money/excess.html", context)


# --- inside -----------------------------------------------------------------------------------------------


def _typed(request: HttpRequest) -> Any:
    return posted(request)


def _step(
    request: HttpRequest,
    form: PortalForm,
    picked: Callable[[], list[Billed]],
    issue: Callable[[], HttpResponse],
    context: dict[str, Any],
) -> HttpResponse | None:
    """The totals to look at, or the note issued once they were confirmed; None to choose (again)."""
    if not form.is_valid() or "change" in request.POST:
        return None
    try:
        if "confirmed" in request.POST:
            return issue()
        billed = picked()
    except ValidationError as error:
        refuse(form, error)
        return None
    shown = {
        "form": form,
        "billed": billed,
        "sums": corrections.sums_of(billed),
        "kept": [(name, form[name].value()) for name in form.fields if name != "services"],
        "services": form.cleaned_data["services"],
        "reason": dict(form.fields["reason"].choices).get(form.cleaned_data["reason"])  # type: ignore[attr-defined]
        if "reason" in form.fields
        else "",
        "explanation": form.cleaned_data.get("explanation", ""),
        "signatory": form.cleaned_data["signatory"],
    }
    return render(request, "protocol3/money/preview.html", context | shown)


def _choose(request: HttpRequest, project: Project, recap: Recap, form: CorrectionForm) -> HttpResponse:
    narrow = LineFilter(request.GET)
    text = narrow.cleaned_data["text"] if narrow.is_valid() else ""
    lines, more = lines_to_pick(recap, text)
    context = {
        "project": project,
        "here": "notes",
        "recap": recap,
        "form": form,
        "narrow": narrow,
        "text": text,
        "billed": lines,
        "more": more,
        "chosen": _chosen(form),
    }
    return render(request, "protocol3/money/correct.html", context)


def _chosen(form: PortalForm) -> set[str]:
    return set(map(str, form["services"].value() or ()))


def _issued(request: HttpRequest, project: Project, made: Iterable[Recap]) -> HttpResponse:
    """Says what was issued, and shows it."""
    notes = list(made)
    amount = euros(sum((note.total for note in notes), start=notes[0].total * 0))
    messages.success(
        request,
        ngettext(
            "Note %(numbers)s is issued: %(amount)s.", "Notes %(numbers)s are issued: %(amount)s.", len(notes)
        )
        % {"numbers": ", ".join(note.number for note in notes), "amount": amount},
    )
    if len(notes) == 1:
        return redirect("protocol3:recap", project.public_id, notes[0].public_id)
    return redirect("protocol3:recaps", project.public_id)
