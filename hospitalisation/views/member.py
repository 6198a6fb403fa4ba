"""The member's claims: the list, an announcement, the claim form, deposits, receipts of a year, what was sent."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from hospitalisation.documents import CONTACT, DEFENCE, POST_ADDRESS
from hospitalisation.documents.claim_form import order_claim_form
from hospitalisation.forms import member as forms
from hospitalisation.models import Claim, ClaimKind, Room
from hospitalisation.readings import deposits as deposit_readings
from hospitalisation.readings import timeline
from hospitalisation.readings.insured import insurance_name, remarks, year_of_illness
from hospitalisation.readings.own import own_claims, own_members, waiting_first
from hospitalisation.services import claims, deposits
from hospitalisation.views.member_lists import MyClaims
from hospitalisation.views.member_steps import is_open, member_page, on_claim, sent_already
from hospitalisation.workflow import Status
from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from partenamut.documents import services as documents
from partenamut.documents.checks import check
from partenamut.documents.errors import UploadRefused
from partenamut.documents.responses import as_download
from partenamut.web.files import named
from partenamut.web.resume import posted
from partenamut.web.worklist import Link

form_page = require_http_methods(["GET", "POST"])


@require_safe
@member_page
def claims_page(request: HttpRequest) -> HttpResponseBase:
    """My claims and those of people I act for, drafts too; what waits for me comes first."""
    user, today = user_of(request), localdate()
    announce_link = Link(label=_("Announce an admission"), url=reverse("hospitalisation:announce"))
    illness_link = Link(label=_("Send receipts of a serious illness"), url=reverse("hospitalisation:illness"))
    rows = waiting_first(own_claims(user, today)).select_related("member", "hospital", "stay__hospital")
    has_members = bool(own_members(user, today))
    return MyClaims(rows, empty_action=announce_link if has_members else None).respond(
        request,
        title=_("Hospital stays"),
        actions=[announce_link, illness_link] if has_members else [],
        contact=CONTACT,
    )


# --- the announcement -------------------------------------------------------------------------------------


@form_page
@member_page
def announce(request: HttpRequest) -> HttpResponse:
    """An admission announced: where, when, in which room, and for whom."""
    user, today = user_of(request), localdate()
    members = own_members(user, today)
    if not members:
        return _no_member(request)
    form = forms.AnnounceForm(posted(request), members=members, user_id=user.pk, today=today)
    if request.method == "POST" and form.is_valid() and form.person is not None:
        try:
            claim = claims.announce(member=form.person, actor=user, at=now(), **form.stay)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("hospitalisation:announced", claim.public_id)
    context = {"form": form, "other": form.other, "contact": CONTACT}
    return render(request, "hospitalisation/member/announce.html", context)


@require_safe
@on_claim
def announced(request: HttpRequest, claim: Claim) -> HttpResponse:
    """The admission is announced: its number, and what to do before, during and after the stay."""
    if claim.kind != ClaimKind.STAY or not is_open(claim):
        return redirect("hospitalisation:claim", claim.public_id)
    over = bool(claim.admitted and claim.discharge and claim.discharge <= localdate())
    context = {
        "claim": claim,
        "remarks": remarks(claim),
        "insurance": insurance_name(claim),
        "is_over": over,
        "maximum": None if claim.abroad else _maximum(claim),
        "is_individual": claim.room == Room.INDIVIDUAL,
        "contact": CONTACT,
        "defence": DEFENCE,
        "address": POST_ADDRESS,
    }
    return render(request, "hospitalisation/member/announced.html", context)


@require_safe
@on_claim
def claim_form(request: HttpRequest, claim: Claim) -> HttpResponse:
    """The claim form with what we know filled in, as a PDF; it shows the whole NISS, so that it leaves a line."""
    user, at = user_of(request), now()
    document = order_claim_form(claim.stay or claim, actor=user, at=at)
    note_access(person=claim.member, actor=user, at=at, purpose=_PURPOSE, path=request.path)
    return as_download(documents.bytes_of(document, at=at))


_PURPOSE = gettext_noop("Claim form made")


@form_page
@on_claim
def discard(request: HttpRequest, claim: Claim) -> HttpResponse:
    """A draft thrown away, once confirmed; what was announced is withdrawn from its page."""
    if claim.status != Status.DRAFT:
        return redirect("hospitalisation:claim", claim.public_id)
    if request.method == "POST":
        claims.discard(claim=claim, actor=user_of(request), at=now())
        messages.success(request, _("The draft is gone."))
        return redirect("hospitalisation:claims")
    return render(request, "hospitalisation/member/discard.html", {"claim": claim, "contact": CONTACT})


@require_safe
@on_claim
def sent(request: HttpRequest, claim: Claim) -> HttpResponse:
    """The claim is sent: its number, its receipt, what comes next."""
    if is_open(claim):
        return redirect("hospitalisation:claim", claim.public_id)
    context = {
        "claim": claim,
        "delay": timeline.decision_delay(claim.kind, localdate()),
        "needs_certificate": claim.kind == ClaimKind.STAY and not claim.certificate,
        "address": POST_ADDRESS,
        "contact": CONTACT,
    }
    return render(request, "hospitalisation/member/sent.html", context)


# --- a deposit --------------------------------------------------------------------------------------------


@form_page
@on_claim
def deposit(request: HttpRequest, claim: Claim) -> HttpResponse:
    """A deposit of a stay: first what was paid, then what the law allows, with the receipt, and the button that sends."""
    if claim.kind != ClaimKind.STAY:
        return redirect("hospitalisation:claim", claim.public_id)
    if claim.status == Status.WITHDRAWN:
        return sent_already(request, claim)
    if not claim.room:
        messages.info(request, _("Say first in which room the stay is: the maximum depends on it."))
        return redirect("hospitalisation:step", claim.public_id, "stay")
    typed = posted(request)
    form = forms.DepositForm(typed, stay=claim, at=now(), initial={"paid_on": claim.admission})
    if request.method == "POST" and "edit" not in request.POST and form.is_valid():
        return _deposit_checked(request, claim, form)
    if request.method == "POST" and "edit" in request.POST:
        form = forms.DepositForm(None, stay=claim, at=now(), initial=_as_typed(form))
    return _deposit_page(request, claim, form)


def _deposit_page(request: HttpRequest, claim: Claim, form: forms.DepositForm) -> HttpResponse:
    context = {
        "claim": claim,
        "form": form,
        "maximum": _maximum(claim),
        "is_individual": claim.room == Room.INDIVIDUAL,
        "claimed": sorted(deposits.weeks_claimed(claim)),
        "contact": CONTACT,
        "defence": DEFENCE,
    }
    return render(request, "hospitalisation/member/deposit.html", context)


def _deposit_checked(request: HttpRequest, claim: Claim, form: forms.DepositForm) -> HttpResponse:
    """What the law allows of the deposit; it leaves with its receipt."""
    typed = form.cleaned_data
    has_form = deposit_readings.has_claim_form(claim)
    sends = "send" in request.POST
    papers = forms.ReceiptForm(
        request.POST if sends else None, request.FILES if sends else None, has_claim_form=has_form
    )
    if sends and papers.is_valid():
        made = _deposit_sent(request, claim, form, papers)
        if made is not None:
            return redirect("hospitalisation:sent", made.public_id)
        if form.errors:
            return _deposit_page(request, claim, form)
    context = {
        "claim": claim,
        "details": form,
        "form": papers,
        "verdict": deposit_readings.judged(
            claim,
            paid=typed["paid"],
            paid_on=typed["paid_on"],
            room_supplement_per_day=typed["room_supplement_per_day"],
        ),
        "typed": typed,
        "has_form": has_form,
        "contact": CONTACT,
        "defence": DEFENCE,
    }
    return render(request, "hospitalisation/member/deposit_check.html", context)


def _deposit_sent(
    request: HttpRequest, claim: Claim, form: forms.DepositForm, papers: forms.ReceiptForm
) -> Claim | None:
    """The deposit that was sent; None, with errors on one of the forms, where it was refused."""
    files = papers.cleaned_data
    try:
        return deposits.claim_deposit(
            stay=claim,
            **form.cleaned_data,
            receipt=files["receipt"],
            claim_form=files.get("claim_form"),
            actor=user_of(request),
            at=now(),
        )
    except UploadRefused as error:
        name = "claim_form" if files.get("claim_form") and _is_fine(files["receipt"]) else "receipt"
        papers.add_error(name, named(files[name], error.message))
    except ValidationError as error:
        form.add_error(None, error)
    return None


def _is_fine(file: Any) -> bool:
    """Whether a file by itself would be received."""
    file.seek(0)
    try:
        check(file)
    except UploadRefused:
        return False
    return True


def _as_typed(form: forms.DepositForm) -> dict[str, Any]:
    """What was typed, wrong or not, to change it."""
    return {name: form[name].value() for name in form.fields}


def _maximum(claim: Claim) -> Any:
    """Euros that may be asked for seven days, before the room supplement; None while the room is not known."""
    if not claim.room:
        return None
    return deposit_readings.maximum_without_supplement(claim, claim.admission or localdate())


# --- a serious illness ------------------------------------------------------------------------------------


@form_page
@member_page
def illness(request: HttpRequest) -> HttpResponse:
    """Receipts of a serious illness: of whom and of which year; goes on with the draft that stands."""
    user, today = user_of(request), localdate()
    members = own_members(user, today)
    if not members:
        return _no_member(request)
    form = forms.IllnessForm(
        posted(request), members=members, user_id=user.pk, today=today, initial={"year": str(today.year)}
    )
    if request.method == "POST" and form.is_valid() and form.chosen_member is not None:
        person, year = form.chosen_member, form.cleaned_data["year"]
        budget = year_of_illness(person, year, today)
        if budget.has_option:
            draft = claims.start_serious_illness(member=person, year=year, actor=user, at=now())
            return redirect("hospitalisation:step", draft.public_id, "lines")
        form.add_error("year", budget.sentence)
    context = {
        "form": form,
        "years": [(member, year_of_illness(member, today.year, today)) for member in members],
        "several": len(members) > 1,
        "contact": CONTACT,
    }
    return render(request, "hospitalisation/member/illness.html", context)


# --- parts ------------------------------------------------------------------------------------------------


def _no_member(request: HttpRequest) -> HttpResponse:
    return render(request, "hospitalisation/member/no_member.html", {"contact": CONTACT})
