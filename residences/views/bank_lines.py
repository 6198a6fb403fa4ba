"""Lines of the bank that fit no invoice: the list, one given to a share, set aside or taken up again."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import refuse
from partenamut.web.formats import day, euros
from partenamut.web.resume import posted
from residences.forms.payments import AssignForm, SetAsideForm
from residences.models import RestHome
from residences.readings.bank_lists import (
    LINE_TONES,
    BankLineList,
    BankLineState,
    bank_lines_of,
    line_tabs,
    remark_of,
)
from residences.readings.money import address, links
from residences.services import bank_assigning as services
from residences.services.payments import shares_of
from residences.views.loading import directs, home_of

SEARCH_LENGTH = 100


@directs
@require_safe
def lines(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The lines of the files, those that wait at first."""
    home = home_of(request, home_id)
    if not request.GET:
        return redirect(f"{address('bank_lines', home)}?state={BankLineState.TO_ASSIGN.value}")
    rows = bank_lines_of(home)
    return BankLineList(home, rows).respond(
        request,
        title=_("Lines of the bank"),
        lead=_("What bears no structured communication, or a wrong one, waits here until you say whose it is."),
        actions=links(home, (_("Take over a file of the bank"), "bank_file"), (_("Files of the bank"), "bank_files")),
        tabs=line_tabs(rows, request.GET.get("state", "")),
        **_shell(home, "payments", _("Payments")),
    )  # fmt: skip


@directs
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, home_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """A line with the shares that it may pay; given to one of them."""
    home = home_of(request, home_id)
    line = _line(home, line_id)
    state = BankLineState(line.state)
    text = (request.POST.get("text") or request.GET.get("text") or "").strip()[:SEARCH_LENGTH]
    offered = services.offered(line, text, at=timezone.now()) if state is BankLineState.TO_ASSIGN else []
    choices = [(str(row.public_id), _choice(row)) for row in offered]
    form = AssignForm(posted(request), shares=choices, rest=line.rest)
    if request.method == "POST" and form.is_valid() and _assigned(request, home, line, form):
        return redirect(f"{address('bank_lines', home)}?state={BankLineState.TO_ASSIGN.value}")
    context = {
        "line": line,
        "said": line.decoded,
        "state": state,
        "tone": LINE_TONES[state],
        "remark": remark_of(line),
        "form": form,
        "offered": offered,
        "text": text,
        "payments": line.payments.select_related("share__invoice", "reversed_by").order_by("pk"),
        **_shell(home),
    }
    return render(request, "residences/payments/assign.html", context)


@directs
@require_http_methods(["GET", "POST"])
def set_aside(request: HttpRequest, home_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """A line that pays no invoice, set aside with a reason."""
    home = home_of(request, home_id)
    line = _line(home, line_id)
    user, now = user_of(request), timezone.now()
    return form_page(
        request,
        SetAsideForm(posted(request)),
        lambda cleaned: services.set_aside(line=line, actor=user, at=now, **cleaned),
        title=_("Set a line aside"),
        lead=_("It leaves the list of those to be assigned, and can be taken up again."),
        submit=_("Set it aside"),
        done=_("The line is set aside."),
        back=address("assign_line", home, line.public_id),
        back_label=_("Line of the bank"),
        template="residences/payments/form.html",
        home=home,
        here="payments",
    )


@directs
@require_POST
def take_up(request: HttpRequest, home_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """A line that was set aside, back in the list."""
    home = home_of(request, home_id)
    line = _line(home, line_id)
    try:
        services.take_up(line=line, actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The line waits again to be assigned."))
    return redirect("residences:assign_line", home.public_id, line.public_id)


# --- inside -----------------------------------------------------------------------------------------------


def _shell(home: RestHome, name: str = "bank_lines", label: str = "") -> dict[str, Any]:
    return {
        "home": home,
        "here": "payments",
        "back": address(name, home),
        "back_label": label or _("Lines of the bank"),
    }


def _line(home: RestHome, line_id: uuid.UUID) -> Any:
    return get_object_or_404(bank_lines_of(home).select_related("file__home"), public_id=line_id)


def _choice(share: Any) -> str:
    return _("%(name)s: %(amount)s open of invoice %(number)s, to be paid by %(day)s") % {
        "name": share.name,
        "amount": euros(share.balance),
        "number": share.invoice.number,
        "day": day(share.invoice.due_on),
    }


def _assigned(request: HttpRequest, home: RestHome, line: Any, form: AssignForm) -> bool:
    """Whether the line was given to the share; what stands against it is shown on the form."""
    share = get_object_or_404(shares_of(home), public_id=form.cleaned_data["share"])
    amount = form.cleaned_data["amount"]
    try:
        services.assign(line=line, share=share, amount=amount, actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        refuse(form, error)
        return False
    messages.success(
        request,
        _("%(amount)s is assigned to invoice %(number)s of %(name)s.")
        % {"amount": euros(amount), "number": share.invoice.number, "name": share.name},
    )
    if amount != line.rest:
        messages.info(request, _("%(rest)s of the line still waits.") % {"rest": euros(line.rest - amount)})
    return True
