"""Pages of accounts: the list of a home, one account with what the next invoice holds, the supplements of a day."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.forms import refuse
from partenamut.web.resume import posted
from residences.forms.accounts import DayGrid
from residences.models import Convention, RestHome
from residences.readings import account as reading
from residences.readings.account_grid import grid_of
from residences.readings.accounts import AccountList
from residences.readings.money import links
from residences.readings.own_money import sums_of
from residences.services import accounts as services
from residences.views.loading import convention_of, directs, home_of, note_file_opened

#: Why a file is opened; it stands in the access log.
ACCOUNT = gettext_noop("Account of a resident")


def opened(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> Convention:
    """The signed convention whose account an address names; who looked at it is written down."""
    convention = convention_of(request, home_of(request, home_id), convention_id)
    note_file_opened(request, convention.resident, ACCOUNT)
    return convention


@directs
@require_safe
def accounts(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The accounts of the home: what is open on each, and what is to be looked at."""
    home, today = home_of(request, home_id), localdate()
    return AccountList(home, today).respond(
        request,
        title=_("Accounts"),
        actions=links(
            home, (_("Enter the supplements of a day"), "enter_day"), (_("Enter from a file"), "send_entries")
        ),
        home=home,
        here="accounts",
    )


@directs
@require_safe
def account(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponseBase:
    """One account: the next invoice explained, the entries, absences, insured days, debtors, prices."""
    convention, today = opened(request, home_id, convention_id), localdate()
    if convention.signed_on is None:
        return render(request, "residences/accounts/unsigned.html", _page(convention))
    return reading.EntryList(convention).respond(
        request,
        title=_("Account of %(name)s") % {"name": convention.resident},
        coming=reading.next_invoice(convention, today),
        sums=sums_of(convention, today),
        absences=reading.absences_of(convention),
        interventions=reading.interventions_of(convention),
        debtors=reading.debtors_of(convention),
        prices=reading.prices_of(convention),
        today=today,
        **_page(convention),
    )


@directs
@require_http_methods(["GET", "POST"])
def enter_day(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """The supplements that many residents took on a day, typed in one grid."""
    home, data = home_of(request, home_id), posted(request)
    day = _day(request)
    grid = grid_of(home, day)
    form = DayGrid(data, cells=grid.cells, initial={"day": day})
    if request.method == "POST" and form.is_valid() and _entered(request, home, form):
        return redirect("residences:accounts", home.public_id)
    context = {
        "home": home,
        "here": "accounts",
        "form": form,
        "grid": grid,
        "rows": [
            (row, [(cell, form[form.name_of(cell.key)] if cell.is_open else None) for cell in row.cells])
            for row in grid.rows
        ],
        "back": reverse("residences:accounts", args=[home.public_id]),
        "back_label": _("Accounts"),
    }
    return render(request, "residences/accounts/day.html", context)


def _entered(request: HttpRequest, home: RestHome, form: DayGrid) -> bool:
    """Whether everything that was typed is entered; what stands against it is shown beside it."""
    try:
        made = services.enter_day(
            home=home,
            day=form.cleaned_data["day"],
            quantities=form.quantities,
            actor=user_of(request),
            at=timezone.now(),
        )
    except services.CellsRefused as refused:
        form.refuse(refused.errors)
        return False
    except ValidationError as error:
        refuse(form, error)
        return False
    count = len(made)
    messages.success(
        request,
        ngettext("%(count)d supplement is entered.", "%(count)d supplements are entered.", count)
        % {"count": count},
    )
    return True


def _day(request: HttpRequest) -> date:
    """The day whose grid is shown: that of the form or of the address, else today."""
    typed = DayGrid(request.POST if request.method == "POST" else request.GET, cells={})
    typed.full_clean()
    found: date | None = typed.cleaned_data.get("day") if hasattr(typed, "cleaned_data") else None
    return min(found or localdate(), localdate())


def _page(convention: Convention) -> dict[str, Any]:
    return {"convention": convention, "home": convention.home, "here": "account"}
