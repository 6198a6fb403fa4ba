"""The open pages: what a stay costs with each insurance, whether a bill is lawful, the letter to the hospital."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hospitalisation.documents import CONTACT, DEFENCE
from hospitalisation.documents.contest import Contest, contest_letter
from hospitalisation.facts import day_shares_on, share_category, terms_on, tier_of, used_in
from hospitalisation.forms.lines import MOST_ROWS, LineFormSet, initial_of, rows_of
from hospitalisation.forms.public import OWN, BillForm, BillLinesForm, EstimateForm, LetterForm
from hospitalisation.models import ClaimLine, Intervention, LineKind
from hospitalisation.readings.check import CheckedBill, checked, kind_columns, rule_lines
from hospitalisation.readings.estimate import ShownEstimate
from hospitalisation.readings.offer import comparison
from hospitalisation.rules.estimate import estimate as estimated
from hospitalisation.services.bill_file import (
    COLUMNS,
    NOTHING_SPARED,
    Spared,
    as_text,
    read_bill,
    template,
    write_bill,
)
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.documents.checks import clean_name
from partenamut.money import ZERO
from partenamut.registry.models import Member

ROWS_AT_FIRST, ROWS_MORE = 4, 5
FAULTS_SHOWN = 20


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What one finds here, and what each insurance pays, figure by figure."""
    today = localdate()
    context = {
        "comparison": comparison(terms_on(today)),
        "today": today,
        "contact": CONTACT,
        "may_claim": _may_claim(request),
    }
    return render(request, "hospitalisation/public/start.html", context)


# --- the estimate -----------------------------------------------------------------------------------------


@login_not_required
@require_safe
def estimate(request: HttpRequest) -> HttpResponse:
    """The questions, and once they are answered every insurance side by side; all of it stands in the address."""
    own = _own_member(request)
    data = _without_own(request.GET) if own is None else request.GET
    form = EstimateForm(data if "room" in data or "nights" in data else None, is_member=own is not None)
    context: dict[str, object] = {
        "form": form,
        "own": own,
        "contact": CONTACT,
        "may_claim": _may_claim(request),
    }
    if form.is_bound and form.is_valid():
        context |= {
            "shown": _shown(form, own),
            "share": _share(request, form),
            "chart_title": _("What you likely pay with each insurance"),
            "tier_label": _("Insurance"),
            "euro_label": _("Euros that you likely pay"),
        }
    return render(request, "hospitalisation/public/estimate.html", context)


def _shown(form: EstimateForm, own: Member | None) -> ShownEstimate:
    today = localdate()
    day = form.cleaned_data["admission"] or today
    category, used, tier = form.cleaned_data["category"], ZERO, None
    if own is not None:
        tier = tier_of(own, day)
        if category == OWN:
            category = share_category(own, day)
            used = used_in(own, day.year, Intervention.Budget.HOSPITAL)
    answer = estimated(form.plan(today, category, used), day_shares_on(day), terms_on(day))
    return ShownEstimate(answer, tier)


def _without_own(data: QueryDict) -> QueryDict:
    """Without a file nobody's category is their own: an address that was shared is read with the usual one."""
    if data.get("category") != OWN:
        return data
    copy = data.copy()
    copy["category"] = "ordinary"
    return copy


def _share(request: HttpRequest, form: EstimateForm) -> str:
    """The address of the estimate without what was left open."""
    known = {name for field in form for name in _names(field.html_name)}
    pairs = [
        (key, value) for key, values in request.GET.lists() for value in values if value and key in known
    ]
    return request.build_absolute_uri(f"{request.path}?{urlencode(pairs)}")


def _names(name: str) -> tuple[str, ...]:
    return (name, *(f"{name}_{part}" for part in ("day", "month", "year")))


# --- the check of a bill ----------------------------------------------------------------------------------


@dataclass
class Typed:
    """What was typed of a bill: its forms, and the lines once they can be read."""

    stay: BillForm
    rows: Any
    source: BillLinesForm
    lines: list[ClaimLine]

    @property
    def is_valid(self) -> bool:
        """Whether the bill can be looked at."""
        return not (
            self.stay.errors or self.source.errors or (self.rows.is_bound and not self.rows.is_valid())
        )


@login_not_required
@require_http_methods(["GET", "POST"])
def check_bill(request: HttpRequest) -> HttpResponse:
    """The stay and its lines, then each line explained; nothing is kept."""
    if request.method != "POST":
        return _questions(request, Typed(_stay_of(request), _rows([]), BillLinesForm(), []))
    if "more" in request.POST:
        return _questions(request, _more_rows(request.POST))
    typed = _typed(request)
    if "edit" in request.POST:
        return _questions(request, _to_edit(request.POST, typed))
    if not typed.is_valid:
        return _questions(request, typed)
    return _result(request, _checked(request.POST, typed), LetterForm(initial=_letter_initial(request)))


def _stay_of(request: HttpRequest) -> BillForm:
    """The questions about the stay, with the insurance that a member has today."""
    own = _own_member(request)
    return BillForm(initial={"tier": tier_of(own, localdate()).value} if own else None)


@login_not_required
@require_http_methods(["GET", "POST"])
def contest(request: HttpRequest) -> HttpResponse:
    """The letter to the hospital as PDF; nothing of it is kept."""
    if request.method != "POST":
        return redirect("hospitalisation:check_bill")
    typed = _typed(request)
    if not typed.is_valid:
        return _questions(request, typed)
    bill, form = _checked(request.POST, typed), LetterForm(request.POST)
    if form.is_valid() and not bill.contested:
        form.add_error(None, _("No line of this bill is against the law: there is nothing to contest."))
    if not form.is_valid():
        return _result(request, bill, form)
    said = form.cleaned_data
    letter = Contest(
        **said,
        admission=bill.facts.admission,
        discharge=bill.facts.discharge,
        room=bill.facts.room,
        lines=bill.contested,
        articles=bill.articles,
    )
    return _pdf(contest_letter(letter, on=localdate()), _("Letter to the hospital"))


@login_not_required
@require_safe
def bill_template(request: HttpRequest) -> HttpResponse:
    """The CSV template of a bill."""
    response = HttpResponse(template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="bill.csv"'
    return response


def _typed(request: HttpRequest) -> Typed:
    """What was sent: a file before a pasted text, a text before rows."""
    stay, source = BillForm(request.POST), BillLinesForm(request.POST, request.FILES)
    stay.is_valid()
    if not source.is_valid():
        return Typed(stay, _rows_sent(request.POST, stay.spared), source, [])
    content = source.content()
    if content.strip():
        return _from_text(request.POST, stay, content)
    rows = _rows_sent(request.POST, stay.spared)
    lines = rows_of(rows) if rows.is_bound and rows.is_valid() else []
    if not lines and not (rows.is_bound and (rows.total_error_count())):
        source.add_error(None, _("Enter at least one line of the bill, or send a file with its lines."))
    return Typed(stay, rows, source, lines)


def _from_text(data: QueryDict, stay: BillForm, content: bytes) -> Typed:
    """The lines of a file or a text; one with faults comes back as text, to be corrected."""
    shown = data.copy()
    shown["text"] = as_text(content)
    source = BillLinesForm(shown)
    source.is_valid()
    lines: list[ClaimLine] = []
    try:
        bill = read_bill(content, stay.spared)
    except ValidationError as refused:
        if "text" not in data or data["text"] != shown["text"]:
            # What cannot be read as lines is no text to correct.
            source = BillLinesForm(data)
            source.is_valid()
        source.add_error("file" if "file" in source.fields and not data.get("text") else "text", refused)
    else:
        lines = bill.lines
        for fault in bill.faults[:FAULTS_SHOWN]:
            source.add_error("text", str(fault))
        if further := len(bill.faults[FAULTS_SHOWN:]):
            text = ngettext(
                "%(count)d further line has a fault.", "%(count)d further lines have faults.", further
            )
            source.add_error("text", text % {"count": further})
    return Typed(stay, _rows_as_typed(data), source, lines)


def _rows(lines: list[ClaimLine], extra: int = ROWS_AT_FIRST) -> Any:
    rows = LineFormSet(initial=initial_of(lines), prefix="lines")
    rows.extra = extra
    return rows


def _rows_sent(data: QueryDict, spared: Spared = NOTHING_SPARED) -> Any:
    """The rows as they were sent; empty ones where the page had none."""
    if "lines-TOTAL_FORMS" not in data:
        return _rows([])
    return LineFormSet(data, prefix="lines", form_kwargs={"spared": spared})


def _rows_as_typed(data: QueryDict, extra: int = 0) -> Any:
    """The rows with what was typed, without a word on it."""
    sent = _rows_sent(data)
    if not sent.is_bound:
        return sent
    rows = LineFormSet(initial=[_as_typed(form, data) for form in sent.forms][:MOST_ROWS], prefix="lines")
    rows.extra = extra
    return rows


def _more_rows(data: QueryDict) -> Typed:
    """The same page with more rows; what was typed stands as it was typed."""
    stay = BillForm(initial=_as_typed(BillForm(), data))
    source = BillLinesForm(initial=_as_typed(BillLinesForm(), data))
    return Typed(stay, _rows_as_typed(data, ROWS_MORE), source, [])


def _as_typed(form: Any, data: QueryDict) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def _to_edit(data: QueryDict, typed: Typed) -> Typed:
    """The bill again to be changed: in rows where they suffice, else as text."""
    as_rows = len(typed.lines) <= MOST_ROWS
    text = "" if as_rows else write_bill(typed.lines)
    return Typed(
        BillForm(initial=_as_typed(BillForm(), data)),
        _rows(typed.lines if as_rows else []),
        BillLinesForm(initial={"text": text}),
        [],
    )


def _checked(data: QueryDict, typed: Typed) -> CheckedBill:
    page = data.get("page", "")
    facts = typed.stay.facts(rule_lines(typed.lines, typed.stay.spared))
    return checked(
        facts, typed.lines, page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 0
    )


def _questions(request: HttpRequest, typed: Typed) -> HttpResponse:
    context = {
        "stay": typed.stay,
        "rows": typed.rows,
        "source": typed.source,
        "page_has_errors": typed.stay.is_bound and not typed.is_valid,
        "columns": COLUMNS,
        "kinds": LineKind.choices,
        "can_add": typed.rows.total_form_count() < MOST_ROWS,
        "contact": CONTACT,
    }
    return render(request, "hospitalisation/public/check_bill.html", context)


def _result(request: HttpRequest, bill: CheckedBill, letter: LetterForm) -> HttpResponse:
    stay = {name for field in BillForm() for name in _names(field.html_name)}
    kept = [(name, value) for name, value in request.POST.items() if name in stay]
    context = {
        "bill": bill,
        "letter": letter,
        "kept": [*kept, ("text", write_bill(bill.lines))],
        "page_has_errors": letter.is_bound and not letter.is_valid(),
        "defence": DEFENCE,
        "kind_columns": kind_columns(),
        "kind_rows": bill.kind_rows,
        "contact": CONTACT,
        "may_claim": _may_claim(request),
    }
    return render(request, "hospitalisation/public/checked.html", context)


def _letter_initial(request: HttpRequest) -> dict[str, str]:
    own = _own_member(request)
    language = (get_language() or "fr")[:2]
    if own is None:
        return {"language": language}
    return {
        "name": own.full_name,
        "street": own.street,
        "city": f"{own.postal_code} {own.city}",
        "language": own.language or language,
    }


def _pdf(content: bytes, title: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{clean_name(title)}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


# --- who reads --------------------------------------------------------------------------------------------


def _own_member(request: HttpRequest) -> Member | None:
    """The file of whoever is logged in; None for visitors and staff."""
    user = request.user
    return Member.objects.filter(user=user).first() if isinstance(user, User) else None


def _may_claim(request: HttpRequest) -> bool:
    user = request.user
    return not isinstance(user, User) or user.may(Permission.FILE_REQUESTS)
