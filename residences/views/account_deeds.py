"""What is done on an account: entries, their documents, absences, insured days, debtors."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from residences.forms import accounts as forms
from residences.models import Absence, Convention, Entry, EntryKind
from residences.readings.account import state_of
from residences.services import account_days, accounts
from residences.services.files import received
from residences.views.accounts import opened
from residences.views.loading import directs

FORM = "residences/accounts/form.html"


@dataclass(frozen=True)
class Kind:
    """A kind of entry: its words, its form and its use case."""

    title: Any
    form: type[forms.EntryForm]
    deed: Callable[..., Entry]
    lead: Any


KINDS = {
    "supplement": Kind(
        gettext_lazy("Enter a supplement"),
        forms.SupplementForm,
        accounts.add_supplement,
        gettext_lazy(
            "It is charged at its price of that day, with the invoice of the month (art. 4 §3 and 6)."
        ),
    ),
    "advance": Kind(
        gettext_lazy("Enter an advance"),
        forms.AdvanceForm,
        accounts.add_advance,
        gettext_lazy(
            "What the home paid in the resident's name, at its exact amount with a document (art. 4 §5)."
        ),
    ),
    "care": Kind(
        gettext_lazy("Enter care"),
        forms.CareForm,
        accounts.add_care,
        gettext_lazy(
            "Only for a resident who is not sufficiently insured, at most what INAMI would pay (art. 4 §6)."
        ),
    ),
    "correction": Kind(
        gettext_lazy("Enter a correction"),
        forms.CorrectionForm,
        accounts.add_correction,
        gettext_lazy(
            "Nothing issued is changed: a correction stands on the next invoice, with its explanation."
        ),
    ),
}


# --- entries


@directs
@require_http_methods(["GET", "POST"])
def add_entry(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, kind: str) -> HttpResponse:
    """A new entry of a kind."""
    convention, chosen = opened(request, home_id, convention_id), KINDS.get(kind)
    if chosen is None:
        raise Http404
    files = request.FILES if request.method == "POST" else None
    initial = {"day": localdate()}
    form = chosen.form(posted(request), files, convention=convention, today=localdate(), initial=initial)

    def add(cleaned: dict[str, Any]) -> None:
        said = _with_upload(request, cleaned, has_document="document" in form.fields)
        entry = chosen.deed(convention=convention, **said, **_by(request))
        _remark(request, convention, entry)

    return _page(
        request, convention, form, add, title=chosen.title, lead=chosen.lead, done=_("It is entered.")
    )


@directs
@require_safe
def entry(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    """One entry: what it says, its document, what became of it, what can be done."""
    convention = opened(request, home_id, convention_id)
    found = _entry(convention, entry_id)
    context = {
        "convention": convention,
        "home": convention.home,
        "here": "account",
        "entry": found,
        "state": state_of(found),
        "is_open": found.withdrawn_at is None and not hasattr(found, "line"),
        "history": history_of(found),
        **_back(convention),
    }
    return render(request, "residences/accounts/entry.html", context)


@directs
@require_safe
def entry_file(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    """The document of an entry."""
    found = _entry(opened(request, home_id, convention_id), entry_id)
    if found.upload is None:
        raise Http404
    return as_download(found.upload, inline=True)


@directs
@require_http_methods(["GET", "POST"])
def add_entry_document(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    """The document of an entry, added or replaced while no invoice has it."""
    convention = opened(request, home_id, convention_id)
    found = _entry(convention, entry_id)
    form = forms.DocumentForm(posted(request), request.FILES if request.method == "POST" else None)

    def add(cleaned: dict[str, Any]) -> None:
        said = _with_upload(request, cleaned, has_document=True)
        accounts.add_document(entry=found, **said, **_by(request))

    return _page(
        request,
        convention,
        form,
        add,
        title=_("Add the document"),
        lead=found.label,
        done=_("The document is added."),
    )


@directs
@require_http_methods(["GET", "POST"])
def withdraw_entry(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, entry_id: uuid.UUID
) -> HttpResponse:
    """An entry taken back before an invoice has it."""
    convention = opened(request, home_id, convention_id)
    found = _entry(convention, entry_id)

    def withdraw(cleaned: dict[str, Any]) -> None:
        accounts.withdraw_entry(entry=found, **cleaned, **_by(request))

    return _page(
        request,
        convention,
        forms.BecauseForm(posted(request)),
        withdraw,
        title=_("Withdraw the entry"),
        lead=_("“%(label)s” stays on the account with your reason, and is never invoiced.")
        % {"label": found.label},
        done=_("The entry is withdrawn."),
        submit=_("Withdraw"),
    )


# --- days and debtors


@directs
@require_http_methods(["GET", "POST"])
def add_absence(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """An absence; announced late it is recorded all the same, and the price stays due."""
    convention = opened(request, home_id, convention_id)

    def add(cleaned: dict[str, Any]) -> None:
        absence = account_days.add_absence(convention=convention, **cleaned, **_by(request))
        _warn_if_late(request, absence)

    return _page(
        request,
        convention,
        forms.AbsenceForm(posted(request)),
        add,
        title=_("Record an absence"),
        lead=_("The whole price stays due while the resident is away (art. 5)."),
        done=_("The absence is recorded."),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_absence(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, absence_id: uuid.UUID
) -> HttpResponse:
    """An absence put right or ended."""
    convention = opened(request, home_id, convention_id)
    absence = get_object_or_404(convention.absences, public_id=absence_id)
    initial = {name: getattr(absence, name) for name in forms.AbsenceForm.base_fields}

    def change(cleaned: dict[str, Any]) -> None:
        changed = account_days.change_absence(absence=absence, changes=cleaned, **_by(request))
        _warn_if_late(request, changed)

    return _page(
        request,
        convention,
        forms.AbsenceForm(posted(request), initial=initial),
        change,
        title=_("End or correct an absence"),
        lead=_("What was rebated wrongly is put right on the next invoice."),
        done=_("The change is kept."),
    )


@directs
@require_http_methods(["GET", "POST"])
def remove_absence(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, absence_id: uuid.UUID
) -> HttpResponse:
    """An absence that never was, taken away with its reason."""
    convention = opened(request, home_id, convention_id)
    absence = get_object_or_404(convention.absences, public_id=absence_id)

    def remove(cleaned: dict[str, Any]) -> None:
        account_days.remove_absence(absence=absence, **cleaned, **_by(request))

    return _page(
        request,
        convention,
        forms.BecauseForm(posted(request)),
        remove,
        title=_("Take an absence away"),
        lead=_("What it was stays in the history."),
        done=_("The absence is taken away."),
        submit=_("Take away"),
    )


@directs
@require_http_methods(["GET", "POST"])
def add_intervention(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """Days on which an insurer intervenes."""
    convention = opened(request, home_id, convention_id)

    def add(cleaned: dict[str, Any]) -> None:
        account_days.add_intervention(convention=convention, **cleaned, **_by(request))

    return _page(
        request,
        convention,
        forms.InterventionForm(posted(request)),
        add,
        title=_("Enter days of an insurer"),
        lead=_("Each of these days is rebated (art. 4 §7), and INAMI's intervention is mentioned (art. 6)."),
        done=_("They are entered."),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_intervention(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, intervention_id: uuid.UUID
) -> HttpResponse:
    """The days of an insurer put right or ended."""
    convention = opened(request, home_id, convention_id)
    found = get_object_or_404(convention.interventions, public_id=intervention_id)
    initial = {name: getattr(found, name) for name in forms.InterventionForm.base_fields}

    def change(cleaned: dict[str, Any]) -> None:
        account_days.change_intervention(intervention=found, changes=cleaned, **_by(request))

    return _page(
        request,
        convention,
        forms.InterventionForm(posted(request), initial=initial),
        change,
        title=_("End or correct days of an insurer"),
        lead=_("What was rebated wrongly is put right on the next invoice."),
        done=_("The change is kept."),
    )


@directs
@require_http_methods(["GET", "POST"])
def set_debtors(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """Who pays which part of the invoices."""
    convention = opened(request, home_id, convention_id)
    form = forms.DebtorsForm(posted(request), convention=convention, initial=_parts(convention))

    def keep(cleaned: dict[str, Any]) -> None:
        account_days.set_debtors(
            convention=convention, first_day=cleaned["first_day"], shares=form.shares, **_by(request)
        )

    return _page(
        request,
        convention,
        form,
        keep,
        title=_("Who pays which part"),
        lead=_(
            "The parts make 100 percent together. Contacts of the resident are added on the resident's page."
        ),
        done=_("The parts are kept."),
    )


# --- inside


def _parts(convention: Convention) -> dict[str, Any]:
    """The parts of today, for the form."""
    today = localdate()
    found: dict[str, Any] = {"first_day": today}
    shares = list(convention.debtors.on(today))
    for share in shares:
        found["resident" if share.contact_id is None else f"contact_{share.contact_id}"] = share.percent
    return found if shares else found | {"resident": 100}


def _entry(convention: Convention, entry_id: uuid.UUID) -> Entry:
    rows = Entry.objects.filter(convention=convention)
    found: Entry = get_object_or_404(
        rows.select_related("line__invoice", "upload", "entered_by", "supplement"), public_id=entry_id
    )
    return found


def _with_upload(request: HttpRequest, cleaned: dict[str, Any], *, has_document: bool) -> dict[str, Any]:
    """What the form says, its file received."""
    said = dict(cleaned)
    if has_document:
        file = said.pop("document", None)
        actor, at = user_of(request), timezone.now()
        said["upload"] = received(file, "document", actor=actor, at=at) if file else None
    return said


def _remark(request: HttpRequest, convention: Convention, entry: Entry) -> None:
    """What the director should know of an entry that was made."""
    if entry.kind == EntryKind.ADVANCE and entry.upload is None:
        messages.warning(
            request,
            _(
                "Without its document this account cannot be invoiced (art. 4 §5): add it before the month is issued."
            ),
        )
    if entry.kind != EntryKind.SUPPLEMENT:
        element = accounts.included_in_price(convention.home, entry.label, entry.date)
        if element is not None:
            messages.warning(
                request,
                _(
                    "“%(label)s” looks like what the price includes: %(element)s (art. 4 §2). Withdraw it if it is."
                )
                % {"label": entry.label, "element": element.text},
            )


def _warn_if_late(request: HttpRequest, absence: Absence) -> None:
    if account_days.announced_late(absence):
        messages.warning(
            request, _("It was not announced beforehand (art. 5). The price stays due in any case.")
        )


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request), "at": timezone.now()}


def _back(convention: Convention) -> dict[str, Any]:
    url = reverse("residences:account", args=[convention.home.public_id, convention.public_id])
    return {"back": url, "back_label": _("Account")}


def _page(
    request: HttpRequest,
    convention: Convention,
    form: PortalForm,
    deed: Callable[[dict[str, Any]], object],
    *,
    title: Any,
    lead: Any,
    done: Any,
    submit: Any = "",
) -> HttpResponse:
    """The page of a form of the account; once the deed is done, back to the account."""
    return form_page(
        request,
        form,
        deed,
        title=title,
        lead=lead,
        submit=submit or _("Keep"),
        done=done,
        template=FORM,
        convention=convention,
        home=convention.home,
        here="account",
        **_back(convention),
    )
