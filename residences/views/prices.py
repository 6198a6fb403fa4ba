"""Pages of prices: those in force with their history, the index of a price, who keeps a price, works."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import refuse
from partenamut.web import formats
from partenamut.web.resume import posted
from residences.forms.prices import IndexForm, WorksForm
from residences.models import RestHome, RoomPrice
from residences.readings import prices as reading
from residences.services import kept_prices as services
from residences.views.loading import directs, home_of

FORM = "residences/prices/form.html"


@directs
@require_safe
def prices(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """The price of every room type, the rises, and every price there ever was."""
    home, today = home_of(request, home_id), localdate()
    draft = reading.draft_of(home)
    rise = (_("Prepare a rise"), "new_campaign")
    actions = reading.links(home, *(() if draft else (rise,)), (_("Prices kept"), "kept_prices"))
    if draft:
        actions.insert(0, {"label": _("Go on with the rise"), "url": reading.address("campaign", draft)})
    return reading.PriceList(reading.prices_of(home, today)).respond(
        request,
        title=_("Prices"),
        actions=actions,
        board=reading.board(home, today),
        campaigns=list(reading.campaigns_of(home)),
        home=home,
        here="prices",
    )


@directs
@require_http_methods(["GET", "POST"])
def price_index(request: HttpRequest, home_id: uuid.UUID, price_id: uuid.UUID) -> HttpResponse:
    """The consumer price index that belongs to a price and was not entered with it."""
    home = home_of(request, home_id)
    rows = RoomPrice.objects.filter(room_type__home=home).select_related("room_type")
    price = get_object_or_404(rows, public_id=price_id)
    back = reverse("residences:prices", args=[home.public_id])
    if price.index_value is not None:
        messages.info(request, _("This price has its consumer price index already."))
        return redirect(back)

    def enter(cleaned: dict[str, Any]) -> None:
        services.record_index(price=price, **cleaned, actor=user_of(request), at=timezone.now())

    values = {
        "type": price.room_type,
        "price": formats.euros(price.daily_price),
        "day": formats.day(price.first_day),
    }
    return form_page(
        request,
        IndexForm(posted(request), today=localdate()),
        enter,
        title=_("Index of a price"),
        lead=_("%(type)s: %(price)s a day, in force from %(day)s. The next rise is measured from this index.")
        % values,
        warning=_("Once it is entered it stays: the rises of the year are weighed with it (art. 4 §1)."),
        submit=_("Keep the index"),
        done=_("The index is kept."),
        back=back,
        back_label=_("Prices"),
        template=FORM,
        home=home,
        here="prices",
    )


@directs
@require_safe
def kept_prices(request: HttpRequest, home_id: uuid.UUID) -> HttpResponseBase:
    """Who keeps a price, and why."""
    home = home_of(request, home_id)
    return reading.KeptList(home).respond(
        request,
        title=_("Prices kept"),
        introduction=_(
            "A rise leaves these residents out, unless you take it back for that rise. A change of room for reasons of "
            "health is an amendment of the convention."
        ),
        actions=reading.links(home, (_("Record works"), "record_works")),
        back=reverse("residences:prices", args=[home.public_id]),
        back_label=_("Prices"),
        home=home,
        here="prices",
    )


@directs
@require_http_methods(["GET", "POST"])
def record_works(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """Works: all who lived here before them keep their price; first who that is, then the last word."""
    home = home_of(request, home_id)
    form = WorksForm(posted(request), today=localdate())
    if not form.is_valid() or "change" in request.POST:
        return _works_form(request, home, form)
    said = form.cleaned_data
    if request.method == "POST" and said["seen"]:
        try:
            kept = services.record_works(home=home, **said, actor=user_of(request), at=timezone.now())
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)d resident keeps the price from now on.",
                    "%(count)d residents keep the price from now on.",
                    len(kept),
                )
                % {"count": len(kept)},
            )
            return redirect("residences:kept_prices", home.public_id)
    residents = services.present_on(home, said["day"])
    context = {
        "form": form,
        "residents": residents,
        "new": [each for each in residents if each.kept is None],
        "seen": services.fingerprint(residents),
        "said": said,
    }
    return render(request, "residences/prices/works_check.html", _page(home) | context)


def _works_form(request: HttpRequest, home: RestHome, form: WorksForm) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Record works"),
        "lead": _(
            "In case of a new building or works, those who lived in the home before keep their price (art. 4 §1). On the "
            "next page you see who that is."
        ),
        "submit": _("See who keeps the price"),
        "back": reverse("residences:kept_prices", args=[home.public_id]),
        "back_label": _("Prices kept"),
    }
    return render(request, FORM, _page(home) | context)


def _page(home: RestHome) -> dict[str, Any]:
    return {"home": home, "here": "prices"}
