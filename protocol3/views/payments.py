"""Pages of payments: the list, one registered or undone, a file of the bank."""

import uuid

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.money import ZERO
from partenamut.payments.bank_lines import MAX_LINES
from partenamut.payments.communications import structured
from partenamut.registry.forms import refuse
from partenamut.web.formats import euros
from partenamut.web.resume import posted
from partenamut.web.worklist import Link
from protocol3.forms.payments import PaymentForm, PaymentsFileForm, UndoForm
from protocol3.models import Payment, Project, Recap, RecapKind
from protocol3.readings.money import address
from protocol3.services import payments as services
from protocol3.services import payments_file
from protocol3.services.payments_file import LineState
from protocol3.views.loading import project_of
from protocol3.views.money import bills
from protocol3.views.money_lists import PaymentList

#: A dry run is confirmed within the day.
_KEPT_SECONDS = 24 * 60 * 60


@bills
@require_safe
def payments(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The payments that were registered."""
    project = project_of(request, project_id)
    rows = Payment.objects.filter(recap__project=project)
    rows = rows.select_related("recap__project", "recap__insurer", "registered_by", "reversed_by")
    actions = [
        Link(label=_("Register a payment"), url=address("register_payment", project.public_id)),
        Link(label=_("Take over a file of the bank"), url=address("import_payments", project.public_id)),
        Link(label=_("Overdue notes"), url=f"{address('recaps', project.public_id)}?state=overdue"),
    ]
    return PaymentList(rows, empty_action=actions[0]).respond(
        request, title=_("Payments received"), actions=actions, project=project, here="money"
    )


@bills
@require_http_methods(["GET", "POST"])
def register_payment(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A payment found by its structured communication."""
    project = project_of(request, project_id)
    form = PaymentForm(posted(request), initial=_from_address(request, project))
    if request.method == "POST" and form.is_valid():
        payment = _registered(request, project, form)
        if payment is not None:
            _say(request, payment)
            return redirect("protocol3:recap", project.public_id, payment.recap.public_id)
    context = {"project": project, "here": "money", "form": form}
    return render(request, "protocol3/money/register.html", context)


@bills
@require_http_methods(["GET", "POST"])
def undo_payment(request: HttpRequest, project_id: uuid.UUID, payment_id: uuid.UUID) -> HttpResponse:
    """A payment registered by mistake, taken back with a reason."""
    project = project_of(request, project_id)
    rows = Payment.objects.filter(recap__project=project).select_related("recap", "registered_by")
    payment = get_object_or_404(rows, public_id=payment_id)
    form = UndoForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.undo(payment=payment, actor=user_of(request), at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The payment is undone; both lines stay in the list."))
            return redirect("protocol3:recap", project.public_id, payment.recap.public_id)
    context = {"project": project, "here": "money", "form": form, "payment": payment}
    return render(request, "protocol3/money/undo.html", context)


@bills
@require_http_methods(["GET", "POST"])
def import_payments(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """A file of the bank: looked at first, taken over once the result was confirmed."""
    project = project_of(request, project_id)
    if "confirmed" in request.POST:
        return _take_over(request, project)
    form = PaymentsFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            lines = payments_file.check(
                project=project, content=content, actor=user_of(request), at=timezone.now()
            )
        except ValidationError as error:
            refuse(form, ValidationError({"file": error}))
        else:
            context = {"project": project, "here": "money", **_result(lines)}
            context["kept"] = signing.dumps(
                content.decode("utf-8-sig"), salt=_salt(request, project), compress=True
            )
            return render(request, "protocol3/money/import_result.html", context)
    context = {
        "project": project,
        "here": "money",
        "form": form,
        "columns": payments_file.LAYOUT.columns,
        "limit": MAX_LINES,
    }
    return render(request, "protocol3/money/import.html", context)


@bills
@require_safe
def payments_template(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """The head of a file of payments and one invented line."""
    project_of(request, project_id)
    response = HttpResponse(payments_file.LAYOUT.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


# --- inside -----------------------------------------------------------------------------------------------


def _registered(request: HttpRequest, project: Project, form: PaymentForm) -> Payment | None:
    """The payment; None with the reason beside its field."""
    typed, user = dict(form.cleaned_data), user_of(request)
    try:
        recap = services.recap_of(
            project=project, communication=typed.pop("communication"), actor=user, on=localdate()
        )
    except ValidationError as error:
        form.add_error("communication", error)
        return None
    try:
        return services.register(recap=recap, actor=user, at=timezone.now(), **typed)
    except ValidationError as error:
        refuse(form, error)
        return None


def _say(request: HttpRequest, payment: Payment) -> None:
    """What was registered, and what it leaves."""
    rows = services.with_balance(Recap.objects.filter(pk=payment.recap_id), localdate())
    balance = rows.values_list("balance", flat=True).get()
    number = payment.recap.number
    messages.success(
        request,
        _("%(amount)s is registered for note %(number)s.")
        % {"amount": euros(abs(payment.amount)), "number": number},
    )
    if payment.recap.kind == RecapKind.REPAYMENT:
        return
    if balance < 0:
        messages.warning(
            request,
            _(
                "That is %(amount)s more than is open on note %(number)s. The payment is kept: ask the insurer "
                "what it is for, or undo it."
            )
            % {"amount": euros(-balance), "number": number},
        )
    elif balance > 0:
        messages.info(
            request,
            _("%(amount)s stays open on note %(number)s.") % {"amount": euros(balance), "number": number},
        )


def _from_address(request: HttpRequest, project: Project) -> dict[str, object]:
    """What a note's own page fills in: its communication, and what is open."""
    asked = request.GET.get("note", "")
    try:
        public_id = uuid.UUID(asked)
    except ValueError:
        return {}
    rows = services.with_balance(Recap.objects.filter(project=project, public_id=public_id), localdate())
    found = rows.values_list("communication", "balance").first()
    if found is None:
        return {}
    return {"communication": structured(found[0]), "amount": abs(found[1]) or None}


def _take_over(request: HttpRequest, project: Project) -> HttpResponse:
    try:
        text = signing.loads(
            request.POST.get("kept", ""), salt=_salt(request, project), max_age=_KEPT_SECONDS
        )
    except signing.BadSignature:
        messages.error(request, _("The file is not at hand any more: send it again. Nothing was registered."))
        return redirect("protocol3:import_payments", project.public_id)
    try:
        lines = payments_file.take_over(
            project=project, content=text.encode(), actor=user_of(request), at=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("protocol3:import_payments", project.public_id)
    done = sum(line.state is LineState.READY for line in lines)
    messages.success(
        request,
        ngettext("%(count)d payment is registered.", "%(count)d payments are registered.", done)
        % {"count": done},
    )
    refused = sum(line.state is LineState.REFUSED for line in lines)
    if refused:
        messages.warning(
            request,
            ngettext(
                "%(count)d line was refused: correct it and send the file again, nothing comes twice.",
                "%(count)d lines were refused: correct them and send the file again, nothing comes twice.",
                refused,
            )
            % {"count": refused},
        )
    return redirect("protocol3:payments", project.public_id)


def _result(lines: list[payments_file.Checked]) -> dict[str, object]:
    of = {state: [line for line in lines if line.state is state] for state in LineState}
    return {
        "ready": of[LineState.READY],
        "known": of[LineState.KNOWN],
        "refused": of[LineState.REFUSED],
        "total": sum((line.amount for line in of[LineState.READY]), start=ZERO),
    }


def _salt(request: HttpRequest, project: Project) -> str:
    """A kept file is taken over by the one who sent it, for the project it was sent for."""
    return f"protocol3.payments:{project.pk}:{user_of(request).pk}"
