"""Pages of payments: the list, what each debtor owes, a payment registered or undone."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.payments.communications import structured
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import refuse
from partenamut.web.formats import euros
from partenamut.web.resume import posted
from residences.forms.payments import PAID_BACK, RECEIVED, PaymentForm, UndoForm
from residences.models import InvoiceShare, Payment, RestHome
from residences.readings.money import ShareList, address, links, share_view, state_tabs
from residences.readings.payment_lists import PaymentList, payments_of
from residences.services import payments as services
from residences.services.bank_assigning import waiting
from residences.services.payments import shares_of, with_balance
from residences.views.loading import directs, home_of, note_file_opened

#: Why a file is opened; it stands in the access log.
SHARE = gettext_noop("What a resident owes")


@directs
@require_safe
def payments(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The payments that were registered, and the way to everything about money."""
    home = home_of(request, home_id)
    count = waiting(home).count()
    actions = links(
        home,
        (_("Register a payment"), "register_payment"),
        (_("Take over a file of the bank"), "bank_file"),
        (_("To be assigned (%(count)d)") % {"count": count}, "bank_lines"),
        (_("What is owed"), "shares"),
        (_("Reminders"), "reminders"),
        (_("Disputes"), "disputes"),
    )
    return PaymentList(home, payments_of(home), empty_action=actions[0]).respond(
        request, title=_("Payments"), actions=actions, home=home, here="payments"
    )


@directs
@require_safe
def shares(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """What each debtor owes of each invoice."""
    home = home_of(request, home_id)
    rows = with_balance(shares_of(home), localdate())
    return ShareList(home, rows).respond(
        request,
        title=_("What is owed"),
        actions=links(home, (_("Register a payment"), "register_payment"), (_("Reminders"), "reminders")),
        tabs=state_tabs(rows, request.GET.get("state", "")),
        **_shell(home),
    )


@directs
@require_safe
def share(request: HttpRequest, home_id: uuid.UUID, share_id: uuid.UUID) -> HttpResponse:
    """What one debtor owes of an invoice: payments, letters, interest, what can be done."""
    home = home_of(request, home_id)
    found = get_object_or_404(shares_of(home), public_id=share_id)
    note_file_opened(request, found.invoice.convention.resident, SHARE)
    context = {**_shell(home, "shares", _("What is owed")), "view": share_view(found, localdate())}
    return render(request, "residences/payments/share.html", context)


@directs
@require_http_methods(["GET", "POST"])
def register_payment(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A payment found by its structured communication."""
    home = home_of(request, home_id)
    form = PaymentForm(posted(request), initial=_from_address(request, home))
    if request.method == "POST" and form.is_valid():
        payment = _registered(request, home, form)
        if payment is not None:
            _say(request, payment)
            return redirect("residences:share", home.public_id, payment.share.public_id)
    return render(request, "residences/payments/register.html", {**_shell(home), "form": form})


@directs
@require_http_methods(["GET", "POST"])
def undo_payment(request: HttpRequest, home_id: uuid.UUID, payment_id: uuid.UUID) -> HttpResponse:
    """A payment registered by mistake, taken back with a reason."""
    home = home_of(request, home_id)
    payment = get_object_or_404(
        payments_of(home).select_related("share__invoice__home", "bank_line", "interest__invoice"),
        public_id=payment_id,
    )
    user, now = user_of(request), timezone.now()
    return form_page(
        request,
        UndoForm(posted(request)),
        lambda cleaned: services.undo(payment=payment, actor=user, at=now, **cleaned),
        title=_("Undo a payment"),
        lead=_(
            "A line with the opposite amount is added; both stay in the list, so that everybody sees what happened."
        ),
        warning=_interest_charged(payment),
        submit=_("Undo this payment"),
        done=_("The payment is undone; both lines stay in the list."),
        back=address("share", home, payment.share.public_id),
        back_label=payment.share.invoice.number,
        template="residences/payments/undo.html",
        home=home,
        here="payments",
        payment=payment,
    )


# --- inside -----------------------------------------------------------------------------------------------


def _shell(home: RestHome, name: str = "payments", label: str = "") -> dict[str, Any]:
    return {
        "home": home,
        "here": "payments",
        "back": address(name, home),
        "back_label": label or _("Payments"),
    }


def _registered(request: HttpRequest, home: RestHome, form: PaymentForm) -> Payment | None:
    """The payment; None with the reason beside its field."""
    typed, user, now = form.deed(), user_of(request), timezone.now()
    try:
        found = services.share_of(
            home=home, communication=typed.pop("communication"), actor=user, on=localdate()
        )
        return services.register(share=found, actor=user, at=now, **typed)
    except ValidationError as error:
        refuse(form, error)
        return None


def _say(request: HttpRequest, payment: Payment) -> None:
    """What was registered, and what it leaves."""
    row: Any = with_balance(InvoiceShare.objects.filter(pk=payment.share_id), localdate()).get()
    values = {"number": payment.share.invoice.number, "name": payment.share.name}
    if payment.amount < 0:
        text = _("%(amount)s paid back to %(name)s is registered on invoice %(number)s.")
    else:
        text = _("%(amount)s of %(name)s is registered for invoice %(number)s.")
    messages.success(request, text % {**values, "amount": euros(abs(payment.amount))})
    if row.balance < 0:
        messages.warning(
            request,
            _(
                "%(amount)s more than was asked stands on invoice %(number)s: pay it back, or undo the payment."
            )
            % {**values, "amount": euros(-row.balance)},
        )
    elif row.balance > 0:
        messages.info(
            request,
            _("%(amount)s stays open on invoice %(number)s.") % {**values, "amount": euros(row.balance)},
        )


def _from_address(request: HttpRequest, home: RestHome) -> dict[str, object]:
    """What a share's own page fills in: its communication, and what is open or to be paid back."""
    try:
        public_id = uuid.UUID(request.GET.get("share", ""))
    except ValueError:
        return {}
    found: Any = with_balance(shares_of(home).filter(public_id=public_id), localdate()).first()
    if found is None:
        return {}
    return {
        "what": PAID_BACK if found.balance < 0 else RECEIVED,
        "communication": structured(found.communication),
        "amount": abs(found.balance) or None,
    }


def _interest_charged(payment: Payment) -> str:
    charge = getattr(payment, "interest", None)
    if charge is None:
        return ""
    return _(
        "Interest on this payment, %(amount)s, stands on invoice %(number)s: take that line back by a credit note too."
    ) % {"amount": euros(charge.amount), "number": charge.invoice.number}
