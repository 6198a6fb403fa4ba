"""Pages of the figures that hold for all homes: the rebate for insured days and the legal rate of interest."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.registry.lists import way
from partenamut.web.resume import posted
from residences.forms.house_texts import RateForm, RebateForm
from residences.models import InsurerDayRebate, LegalInterest
from residences.readings import legal_figures as reading
from residences.services import legal_figures as services
from residences.views.loading import manages
from residences.views.settings import FORM
from residences.views.settings_lists import RateList, RebateList


@manages
@require_safe
def rebates(request: HttpRequest) -> HttpResponseBase:
    """The rebates, each in force until the next begins."""
    add = way(_("Enter a rebate"), "residences:add_rebate")
    return RebateList(InsurerDayRebate.objects.all(), empty_action=add).respond(
        request,
        title=_("Rebates for insured days"),
        lead=_("Taken off the price for each day for which an insurer intervenes (art. 4 §7)."),
        actions=[add],
        **_to_homes(),
    )


@manages
@require_http_methods(["GET", "POST"])
def add_rebate(request: HttpRequest) -> HttpResponse:
    """A rebate from a day on."""

    def add(cleaned: dict[str, Any]) -> None:
        services.add_rebate(values=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        RebateForm(posted(request)),
        add,
        title=_("Enter a rebate"),
        lead=_("It holds from its first day until the next one begins, for all homes."),
        warning=_(
            "Invoices that were issued keep the rebate they bear; put them right by a correction in the account."
        ),
        submit=_("Enter the rebate"),
        done=_("The rebate is entered."),
        template=FORM,
        **_to_rebates(),
    )


@manages
@require_http_methods(["GET", "POST"])
def change_rebate(request: HttpRequest, rebate_id: uuid.UUID) -> HttpResponse:
    """A rebate put right, as long as no invoice has it."""
    row = get_object_or_404(InsurerDayRebate, public_id=rebate_id)

    def change(cleaned: dict[str, Any]) -> None:
        note = cleaned.pop("note")
        by: dict[str, Any] = {"note": note, "actor": user_of(request), "at": timezone.now()}
        services.change_rebate(rebate=row, changes=cleaned, **by)

    initial = {name: getattr(row, name) for name in services.REBATE_FIELDS}
    used = services.rebate_is_used(row)
    return form_page(
        request,
        RebateForm(posted(request), initial=initial, correction=True),
        change,
        title=_("Put a rebate right"),
        lead=_("A rebate that changes from a day on is a new one: enter that instead."),
        warning=_("Invoices have taken it off already: it can no longer change.") if used else "",
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        history=history_of(row),
        **_to_rebates(),
    )


@manages
@require_safe
def interest_rates(request: HttpRequest) -> HttpResponseBase:
    """The legal rates by year, and what is missing."""
    add = way(_("Enter the rate of a year"), "residences:add_interest_rate")
    return RateList(LegalInterest.objects.all(), empty_action=add).respond(
        request,
        title=_("Legal rates of interest"),
        lead=_(
            "Interest for late payment after a formal notice is no higher, by the days of each year (art. 6)."
        ),
        actions=[add],
        missing=reading.years_missing(localdate()),
        **_to_homes(),
    )


@manages
@require_http_methods(["GET", "POST"])
def add_interest_rate(request: HttpRequest) -> HttpResponse:
    """The rate of a further year."""
    missing = reading.years_missing(localdate())

    def add(cleaned: dict[str, Any]) -> None:
        services.add_rate(**cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        RateForm(posted(request), initial={"year": missing[0].year if missing else None}),
        add,
        title=_("Enter the rate of a year"),
        lead=_("It is published in the Moniteur belge in January, for the whole calendar year."),
        submit=_("Enter the rate"),
        done=_("The rate is entered."),
        template=FORM,
        **_to_rates(),
    )


@manages
@require_http_methods(["GET", "POST"])
def change_interest_rate(request: HttpRequest, year: int) -> HttpResponse:
    """The rate of a year put right, as long as no interest was charged with it."""
    row = get_object_or_404(LegalInterest, year=year)

    def change(cleaned: dict[str, Any]) -> None:
        note = cleaned.pop("note")
        by: dict[str, Any] = {"note": note, "actor": user_of(request), "at": timezone.now()}
        services.change_rate(rate=row, changes=cleaned, **by)

    used = services.rate_is_used(row.year)
    return form_page(
        request,
        RateForm(posted(request), rate=row, initial={"percent": row.percent, "source": row.source}),
        change,
        title=_("Legal rate of %(year)s") % {"year": row.year},
        warning=_("Interest was charged at this rate already: only its source can change.") if used else "",
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        history=history_of(row),
        **_to_rates(),
    )


# --- inside -------------------------------------------------------------------------------------------------


def _to_homes() -> dict[str, Any]:
    return {"back": reverse("residences:managed_homes"), "back_label": _("Rest homes")}


def _to_rebates() -> dict[str, Any]:
    return {"back": reverse("residences:rebates"), "back_label": _("Rebates for insured days")}


def _to_rates() -> dict[str, Any]:
    return {"back": reverse("residences:interest_rates"), "back_label": _("Legal rates of interest")}
