"""Pages of the supplements and of the discounts for mutualities of a home."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.registry.lists import way
from partenamut.web import formats
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from residences.forms.tariffs import (
    DiscountForm,
    LastDayForm,
    SupplementForm,
    SupplementPriceForm,
    SupplementWordsForm,
)
from residences.models import RestHome, Supplement
from residences.readings import homes as reading
from residences.services import tariffs as services
from residences.views.loading import directs, home_of
from residences.views.settings import FORM, way_back
from residences.views.settings_lists import DiscountList, SupplementList


@directs
@require_safe
def supplements(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The supplements with the price of today."""
    home = home_of(request, home_id)
    add = way(_("Enter a supplement"), "residences:settings_add_supplement", home.public_id)
    rows = reading.supplements_of(home, localdate()).select_related("home")
    return SupplementList(rows, empty_action=add).respond(
        request,
        title=_("Supplements"),
        lead=_("Only what a convention names and the resident chooses freely is charged (art. 4 §3 and §4)."),
        actions=[add],
        **way_back(home),
    )


@directs
@require_safe
def supplement(request: HttpRequest, home_id: uuid.UUID, supplement_id: uuid.UUID) -> HttpResponse:
    """A supplement with all its prices and what changed."""
    home = home_of(request, home_id)
    row = _supplement(home, supplement_id)
    context = {
        "supplement": row,
        "prices": row.prices.order_by("-first_day"),
        "history": history_of(row),
        **way_back(home, "settings_supplements", _("Supplements")),
    }
    return render(request, "residences/settings/supplement.html", context)


@directs
@require_http_methods(["GET", "POST"])
def add_supplement(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A new supplement; refused where the price includes it."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_supplement(home=home, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        SupplementForm(posted(request), initial={"first_day": localdate()}),
        add,
        title=_("Enter a supplement"),
        lead=_("What the daily price includes cannot be charged beside it (art. 4 §2)."),
        submit=_("Enter the supplement"),
        done=_("The supplement is entered. Conventions name it from now on; signed ones by an amendment."),
        template=FORM,
        **way_back(home, "settings_supplements", _("Supplements")),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_supplement(request: HttpRequest, home_id: uuid.UUID, supplement_id: uuid.UUID) -> HttpResponse:
    """The words of a supplement."""
    home = home_of(request, home_id)
    row = _supplement(home, supplement_id)

    def change(cleaned: dict[str, Any]) -> None:
        services.change_supplement(supplement=row, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        SupplementWordsForm(posted(request), initial={"label": row.label, "unit": row.unit}),
        change,
        title=_("Change the supplement"),
        lead=_("Its words stay once a signed convention names it."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        template=FORM,
        **_to_supplement(home, row),
    )


@directs
@require_http_methods(["GET", "POST"])
def price_supplement(request: HttpRequest, home_id: uuid.UUID, supplement_id: uuid.UUID) -> HttpResponse:
    """A new price from a day on."""
    home = home_of(request, home_id)
    row = _supplement(home, supplement_id)

    def price(cleaned: dict[str, Any]) -> None:
        services.price_supplement(supplement=row, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        SupplementPriceForm(posted(request), initial={"first_day": localdate()}),
        price,
        title=_("New price of “%(label)s”") % {"label": row.label},
        lead=_("The price before ends on the day before; what is in an account already keeps its price."),
        submit=_("Keep the price"),
        done=_("The price is kept."),
        template=FORM,
        **_to_supplement(home, row),
    )


@directs
@require_http_methods(["GET", "POST"])
def end_supplement(request: HttpRequest, home_id: uuid.UUID, supplement_id: uuid.UUID) -> HttpResponse:
    """The last day on which a supplement is charged."""
    home = home_of(request, home_id)
    row = _supplement(home, supplement_id)
    latest = row.prices.order_by("-first_day").first()

    def end(cleaned: dict[str, Any]) -> None:
        services.end_supplement(supplement=row, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        LastDayForm(posted(request), initial={"last_day": latest.last_day if latest else None}),
        end,
        title=_("End “%(label)s”") % {"label": row.label},
        warning=_("From the day after, it is charged to nobody any more, whatever conventions name."),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        template=FORM,
        **_to_supplement(home, row),
    )


@directs
@require_http_methods(["GET", "POST"])
def discard_supplement(request: HttpRequest, home_id: uuid.UUID, supplement_id: uuid.UUID) -> HttpResponse:
    """A supplement that was entered by mistake."""
    home = home_of(request, home_id)
    row = _supplement(home, supplement_id)

    def discard(_cleaned: dict[str, Any]) -> None:
        services.discard_supplement(supplement=row, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        PortalForm(posted(request)),
        discard,
        title=_("Take “%(label)s” away") % {"label": row.label},
        lead=_("For one that was entered by mistake. What a convention or an account has stays."),
        warning=_("The supplement is gone for good."),
        submit=_("Take the supplement away"),
        done=_("The supplement is taken away."),
        template=FORM,
        **way_back(home, "settings_supplements", _("Supplements")),
    )


# --- discounts ----------------------------------------------------------------------------------------------


@directs
@require_safe
def discounts(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The discounts on the accommodation."""
    home = home_of(request, home_id)
    add = way(_("Enter a discount"), "residences:settings_add_discount", home.public_id)
    return DiscountList(home.discounts.select_related("home"), empty_action=add).respond(
        request,
        title=_("Discounts for mutualities"),
        lead=_("Taken off the accommodation of the residents who are members (art. 4 §3)."),
        actions=[add],
        **way_back(home),
    )


@directs
@require_http_methods(["GET", "POST"])
def add_discount(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A new discount."""
    home = home_of(request, home_id)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_discount(home=home, values=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        DiscountForm(posted(request), initial={"first_day": localdate()}),
        add,
        title=_("Enter a discount"),
        lead=_("A discount that changes: end this one the day before, then enter the new one."),
        submit=_("Enter the discount"),
        done=_("The discount is entered."),
        template=FORM,
        **way_back(home, "settings_discounts", _("Discounts for mutualities")),
    )


@directs
@require_http_methods(["GET", "POST"])
def discount(request: HttpRequest, home_id: uuid.UUID, discount_id: uuid.UUID) -> HttpResponse:
    """The last day of a discount."""
    home = home_of(request, home_id)
    row = get_object_or_404(home.discounts, public_id=discount_id)

    def end(cleaned: dict[str, Any]) -> None:
        services.end_discount(discount=row, **cleaned, actor=user_of(request), at=timezone.now())

    words = {"percent": formats.percent(row.percent), "name": row.name, "code": row.mutuality_code}
    return form_page(
        request,
        LastDayForm(posted(request), initial={"last_day": row.last_day}),
        end,
        title=_("Discount of %(percent)s for %(name)s (%(code)s)") % words,
        lead=formats.period(row.first_day, row.last_day),
        warning=_("Invoices that were issued keep the discount they bear."),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        template=FORM,
        history=history_of(row),
        **way_back(home, "settings_discounts", _("Discounts for mutualities")),
    )


# --- inside -------------------------------------------------------------------------------------------------


def _supplement(home: RestHome, supplement_id: uuid.UUID) -> Supplement:
    found: Supplement = get_object_or_404(home.supplements.select_related("home"), public_id=supplement_id)
    return found


def _to_supplement(home: RestHome, row: Supplement) -> dict[str, Any]:
    back = reverse("residences:settings_supplement", args=[home.public_id, row.public_id])
    return way_back(home) | {"back": back, "back_label": row.label}
