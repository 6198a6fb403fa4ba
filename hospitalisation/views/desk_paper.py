"""Claims that came on paper: found by the member, keyed in on one page, sent as of the day they were received."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hospitalisation.forms.desk_cover import more_rows, needs_lines
from hospitalisation.forms.desk_paper import BillForm, PaperDepositForm, PaperReceiptsForm, PaperStayForm
from hospitalisation.forms.lines import LineFormSet, initial_of, rows_of
from hospitalisation.forms.member import YEARS_BACK, stay_initial
from hospitalisation.forms.receipts import ReceiptFormSet
from hospitalisation.models import AttachmentKind, Certificate, Claim, ClaimKind
from hospitalisation.services import paper as services
from hospitalisation.services.bill_file import MOST_LINES
from hospitalisation.views.desk import PAPER, claims_seen_by, to_case
from hospitalisation.workflow import BEFORE_SENDING, Status
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.desk_views import into_form, member_known, opened_member, watched
from partenamut.registry.models import Member

#: Rows that a page takes; a longer bill is carried along as text.
EDITABLE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@watched(member_known, PAPER)
@requires(Permission.HANDLE_REQUESTS)
def paper(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A claim of the member that came on paper; `kind` in the address says which."""
    member = opened_member(request, public_id, PAPER)
    pages = {
        ClaimKind.STAY: _stay,
        ClaimKind.DEPOSIT: _deposit,
        ClaimKind.SERIOUS_ILLNESS: _receipts,
    }
    kind = request.GET.get("kind", ClaimKind.STAY)
    page = next((page for name, page in pages.items() if name == kind), _stay)
    return page(request, member)


# --- a stay -----------------------------------------------------------------------------------------------


def _stay(request: HttpRequest, member: Member) -> HttpResponse:
    announced, today = _named(request, "claim", _open_stays(request, member)), localdate()
    data, only_announce = _typed(request), request.POST.get("do") == "announce"
    form = PaperStayForm(
        data,
        member=member,
        claim=announced,
        today=today,
        only_announce=only_announce,
        initial=_initial(announced, today),
    )
    lines = list(announced.lines.order_by("position")) if announced else []
    fits = len(lines) <= EDITABLE
    formset = LineFormSet(data, prefix="lines", initial=initial_of(lines) if fits else None)
    bill = BillForm(data, request.FILES or None, prefix="bill", lines=[] if fits else lines)
    if _is_sent(request):
        done = _send_stay(request, member, announced, form, formset, bill, only_announce=only_announce)
        if done is not None:
            return done
    elif data is not None:
        bill.is_valid()
    shown = {
        "form": form,
        "formset": formset,
        "bill": bill,
        "announced": announced,
        "open_stays": [] if announced else _open_stays(request, member),
        "most": MOST_LINES,
        "page_has_errors": _is_sent(request),
    }
    return _page(request, member, ClaimKind.STAY, shown)


def _send_stay(
    request: HttpRequest,
    member: Member,
    announced: Claim | None,
    form: PaperStayForm,
    formset: Any,
    bill: BillForm,
    *,
    only_announce: bool,
) -> HttpResponse | None:
    valid = all([form.is_valid(), formset.is_valid(), bill.is_valid()])
    lines = bill.lines or (rows_of(formset) if formset.is_valid() else [])
    if not bill.errors and not formset.total_error_count() and not only_announce:
        valid = needs_lines(form, formset, lines) and valid
    if not valid:
        return None
    cleaned = form.cleaned_data

    def deed(**by: Any) -> Claim:
        return services.key_in_stay(
            member=member,
            stay=form.stay,
            lines=lines,
            papers=form.kinds,
            received_on=cleaned["received_on"],
            certificate=Certificate(cleaned["certificate"]),
            certificate_on=cleaned["certificate_on"],
            announced=announced,
            only_announce=only_announce,
            **by,
        )

    return _done(request, form, deed)


def _initial(announced: Claim | None, today: date) -> dict[str, Any]:
    if announced is not None:
        return {
            **stay_initial(announced, today),
            "certificate": announced.certificate,
            "certificate_on": announced.certificate_on,
        }
    return {"papers": [AttachmentKind.CLAIM_FORM, AttachmentKind.BILL], "country": "BE", "admitted": True}


# --- a deposit --------------------------------------------------------------------------------------------


def _deposit(request: HttpRequest, member: Member) -> HttpResponse:
    stays = list(
        claims_seen_by(user_of(request))
        .filter(member=member, kind=ClaimKind.STAY)
        .exclude(status=Status.WITHDRAWN)
        .select_related("hospital")
        .order_by("-admission", "-pk")
    )
    stay = _named(request, "stay", stays)
    if stay is None:
        return _page(request, member, ClaimKind.DEPOSIT, {"stays": stays})
    form = PaperDepositForm(
        _typed(request),
        stay=stay,
        at=timezone.now(),
        initial={"papers": [AttachmentKind.CLAIM_FORM, AttachmentKind.RECEIPT], "week": 1},
    )
    if _is_sent(request) and form.is_valid():

        def deed(**by: Any) -> Claim:
            return services.key_in_deposit(
                stay=stay,
                deposit=form.deposit,
                papers=form.kinds,
                received_on=form.cleaned_data["received_on"],
                **by,
            )

        if (done := _done(request, form, deed)) is not None:
            return done
    return _page(request, member, ClaimKind.DEPOSIT, {"form": form, "stay": stay})


# --- receipts of a serious illness ------------------------------------------------------------------------


def _receipts(request: HttpRequest, member: Member) -> HttpResponse:
    today = localdate()
    years = list(range(today.year, today.year - YEARS_BACK, -1))
    year = next((one for one in years if str(one) == request.GET.get("year")), today.year)
    draft, data = services.draft_in_portal(member, year), _typed(request)
    form = PaperReceiptsForm(data, has_draft=draft is not None, initial={"papers": [AttachmentKind.RECEIPT]})
    formset = ReceiptFormSet(data, prefix="lines", form_kwargs={"year": year, "today": today})
    if _is_sent(request):
        valid = all([form.is_valid(), formset.is_valid()])
        lines = rows_of(formset) if formset.is_valid() else []
        if not formset.total_error_count():
            valid = needs_lines(form, formset, lines) and valid

        def deed(**by: Any) -> Claim:
            return services.key_in_receipts(
                member=member,
                year=year,
                lines=lines,
                papers=form.kinds,
                received_on=form.cleaned_data["received_on"],
                take_over=form.cleaned_data.get("take_over", False),
                **by,
            )

        if valid and (done := _done(request, form, deed)) is not None:
            return done
    shown = {"form": form, "formset": formset, "years": years, "year": year, "draft": draft}
    return _page(request, member, ClaimKind.SERIOUS_ILLNESS, shown | {"page_has_errors": _is_sent(request)})


# --- parts ------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, member: Member, kind: ClaimKind, shown: dict[str, Any]) -> HttpResponse:
    kinds = [{"value": one.value, "label": one.label, "current": one == kind} for one in ClaimKind]
    context = {"member": member, "kind": kind, "kinds": kinds, **shown}
    return render(request, "hospitalisation/desk/paper.html", context)


def _typed(request: HttpRequest) -> Any:
    """What was typed, with more rows where they were asked for; None on a page that is only opened."""
    return more_rows(request.POST) if request.method == "POST" else None


def _is_sent(request: HttpRequest) -> bool:
    """Whether a button was pressed that writes."""
    return request.method == "POST" and "more" not in request.POST


def _done(request: HttpRequest, form: Any, deed: Any) -> HttpResponse | None:
    """The way to the claim once it is keyed in; None with the reason in the form."""
    try:
        claim: Claim = deed(actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        into_form(form, error)
        return None
    sentence = (
        _("%(number)s is announced. Key in the bill once it comes.")
        if claim.status in BEFORE_SENDING
        else _("%(number)s is keyed in. The receipt is on this page.")
    )
    messages.success(request, sentence % {"number": claim.number})
    return to_case(claim)


def _open_stays(request: HttpRequest, member: Member) -> list[Claim]:
    """The stays of a member that were announced and not sent."""
    found = claims_seen_by(user_of(request)).filter(
        member=member, kind=ClaimKind.STAY, status__in=BEFORE_SENDING
    )
    return list(found.select_related("hospital").order_by("-admission", "-pk"))


def _named(request: HttpRequest, name: str, claims: list[Claim]) -> Claim | None:
    """The claim that the address names among some; 404 for another, None where it names none."""
    asked = request.GET.get(name)
    if not asked:
        return None
    found = next((claim for claim in claims if str(claim.public_id) == asked), None)
    if found is None:
        raise Http404
    return found
