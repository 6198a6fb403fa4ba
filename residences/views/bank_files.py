"""Files of the bank: sent, looked at in a dry run, taken over."""

import uuid
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.casework.file_imports import SentBefore
from partenamut.money import total
from partenamut.payments.bank_lines import MAX_LINES
from partenamut.registry.forms import refuse
from residences.forms.payments import BankFileForm
from residences.models import BankFile, BankLine, RestHome
from residences.readings.bank_lists import BankFileList, files_of, remark_text
from residences.readings.money import address, links
from residences.services import bank_files as services
from residences.services.bank_lines import LAYOUT, LineState, Looked
from residences.views.loading import directs, home_of


@directs
@require_safe
def bank_files(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The files that were sent."""
    home = home_of(request, home_id)
    actions = links(
        home, (_("Take over a file of the bank"), "bank_file"), (_("To be assigned"), "bank_lines")
    )
    return BankFileList(home, files_of(home), empty_action=actions[0]).respond(
        request, title=_("Files of the bank"), actions=actions, **_shell(home)
    )


@directs
@require_http_methods(["GET", "POST"])
def bank_file(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A file of the bank, CODA or CSV: what it must look like, and where to send it."""
    home = home_of(request, home_id)
    sent = request.method == "POST"
    form = BankFileForm(request.POST if sent else None, request.FILES if sent else None)
    earlier = None
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = services.receive(
                home=home, content=file.read(), file_name=str(file.name), actor=user_of(request), at=timezone.now()
            )  # fmt: skip
        except ValidationError as error:
            earlier = error.earlier if isinstance(error, SentBefore) else None
            refuse(form, ValidationError({"file": error}))
        else:
            return redirect("residences:bank_file_check", home.public_id, received.public_id)
    context = {"form": form, "columns": LAYOUT.columns, "limit": MAX_LINES, "earlier": earlier}
    return render(request, "residences/payments/bank_file.html", context | _shell(home))


@directs
@require_safe
def template(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """The head of a list of payments and one invented line."""
    home_of(request, home_id)
    response = HttpResponse(LAYOUT.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


@directs
@require_safe
def check(request: HttpRequest, home_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """What would become of each line, or what became of them."""
    home = home_of(request, home_id)
    file = _file(home, file_id)
    context: dict[str, Any] = {"file": file, **_shell(home, "bank_files", _("Files of the bank"))}
    if file.status == BankFile.Status.CHECKED:
        found = services.looked_at(file, actor=user_of(request), at=timezone.now())
        context |= _result(file, found)
        return render(request, "residences/payments/bank_file_check.html", context)
    return render(request, "residences/payments/bank_file_done.html", context)


@directs
@require_POST
def take_over(request: HttpRequest, home_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Registers the payments that fit; the others wait to be assigned."""
    home = home_of(request, home_id)
    file = _file(home, file_id)
    try:
        done = services.take_over(file=file, actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("residences:bank_file_check", home.public_id, file.public_id)
    _say(request, done)
    return redirect("residences:bank_file_check", home.public_id, file.public_id)


@directs
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, home_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Gives a file up before it is taken over."""
    home = home_of(request, home_id)
    file = _file(home, file_id)
    if request.method == "POST":
        try:
            services.discard(file=file, actor=user_of(request), at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The file is given up; its lines are deleted."))
        return redirect("residences:bank_files", home.public_id)
    return render(request, "residences/payments/bank_file_discard.html", {"file": file, **_shell(home)})


# --- inside -----------------------------------------------------------------------------------------------


def _shell(home: RestHome, name: str = "payments", label: str = "") -> dict[str, Any]:
    return {
        "home": home,
        "here": "payments",
        "back": address(name, home),
        "back_label": label or _("Payments"),
    }


def _file(home: RestHome, file_id: uuid.UUID) -> Any:
    return get_object_or_404(files_of(home), public_id=file_id)


def _result(file: BankFile, found: list[Looked]) -> dict[str, Any]:
    """The lines by what becomes of them, each with its words."""
    rows = {row.line_number: row for row in file.lines.all()}
    of: defaultdict[LineState, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        of[one.state].append(_line(one, rows[one.number]))
    matched = of[LineState.MATCHED]
    return {
        "matched": matched,
        "to_assign": of[LineState.TO_ASSIGN],
        "known": of[LineState.KNOWN],
        "money_out": of[LineState.MONEY_OUT],
        "unreadable": of[LineState.UNREADABLE],
        "total": total(line["movement"].amount for line in matched),
        "can_be_taken": any(of[state] for state in (LineState.MATCHED, LineState.TO_ASSIGN)),
    }


def _line(one: Looked, row: BankLine) -> dict[str, Any]:
    unreadable = one.state is LineState.UNREADABLE
    remark = services.fault_of(row, timezone.now()) if unreadable else ""
    if one.code:
        remark = remark_text(one.code, dict(one.figures))
    return {
        "number": one.number,
        "movement": one.movement,
        "share": one.share,
        "left": one.left,
        "too_much": -one.left if one.left is not None and one.left < 0 else None,
        "remark": remark,
        "said": row.decoded,
    }


def _say(request: HttpRequest, file: BankFile) -> None:
    counts = files_of(file.home).get(pk=file.pk)
    if counts.payment_count:
        messages.success(
            request,
            ngettext(
                "%(count)d payment is registered.", "%(count)d payments are registered.", counts.payment_count
            )
            % {"count": counts.payment_count},
        )
    if counts.waiting_count:
        messages.warning(
            request,
            ngettext(
                "%(count)d line waits until you say whose it is.",
                "%(count)d lines wait until you say whose they are.",
                counts.waiting_count,
            )
            % {"count": counts.waiting_count},
        )
