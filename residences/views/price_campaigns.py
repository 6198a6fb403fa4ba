"""Pages of a rise of prices: the draft with its live check, who keeps the price, the last word, the letters."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import refuse
from partenamut.registry.history import history_of
from partenamut.web.resume import posted
from partenamut.workflow import TransitionRefused
from residences.forms.prices import ExemptionForm, RiseForm, rise_form
from residences.models import PriceCampaign, RestHome
from residences.readings import price_checks
from residences.readings import prices as reading
from residences.readings.price_notices import notices_of, waiting
from residences.services import campaigns, rises
from residences.views.loading import directs, home_of
from residences.workflow import CampaignStatus

#: What a button of the form asks for: only to look.
CHECK = "check"


@directs
@require_http_methods(["GET", "POST"])
def new_campaign(request: HttpRequest, home_id: uuid.UUID) -> HttpResponse:
    """A rise to prepare; one is prepared at a time."""
    home = home_of(request, home_id)
    draft = reading.draft_of(home)
    if draft and request.method != "POST":
        messages.info(request, _("A rise is being prepared already: go on with that one."))
        return redirect(reading.address("campaign", draft))
    return _drafted(request, home, None)


@directs
@require_http_methods(["GET", "POST"])
def change_campaign(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponse:
    """The index and the new prices of a rise that is being prepared."""
    found = campaign_of(request, home_id, campaign_id)
    if found.status != CampaignStatus.DRAFT:
        return _moved_on(request, found)
    return _drafted(request, found.home, found)


@directs
@require_safe
def campaign(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponse:
    """A rise: each new price with its calculation, whose price changes and whose is kept, what can be done."""
    found, today = campaign_of(request, home_id, campaign_id), localdate()
    context = _page(found) | {"history": history_of(found)}
    if found.status == CampaignStatus.NOTIFIED:
        notices = notices_of(found)
        context |= {
            "checks": price_checks.notified_checks(found),
            "letters": notices.count(),
            "waiting": waiting(found),
            "kept": found.exemptions.filter(withdrawn=False).select_related("convention__resident"),
        }
        return render(request, "residences/prices/notified.html", context)
    plan = rises.plan_of(found, today)
    context |= {"plan": plan, "checks": price_checks.checks_of(plan.types)}
    if found.status == CampaignStatus.DRAFT:
        context["obstacles"] = rises.obstacles(plan)
    return render(request, "residences/prices/campaign.html", context)


@directs
@require_http_methods(["GET", "POST"])
def exempt_from_campaign(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponse:
    """A resident whose price the rise leaves as it is, and why."""
    found = campaign_of(request, home_id, campaign_id)
    plan = rises.plan_of(found, localdate())
    form = ExemptionForm(posted(request), conventions=[each.convention for each in plan.raised])

    def exempt(_cleaned: dict[str, Any]) -> None:
        campaigns.exempt(campaign=found, **form.said, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        form,
        exempt,
        title=_("Leave a resident out"),
        lead=_("The price stays as it is for who lived here before works, and after a change of room for health."),
        submit=_("Leave the resident out"),
        done=_("The resident is left out of the rise."),
        back=reading.address("campaign", found),
        back_label=_("Rise of prices"),
        template="residences/prices/form.html",
        **_frame(found),
    )  # fmt: skip


@directs
@require_http_methods(["GET", "POST"])
def take_back_exemption(
    request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID, convention_id: uuid.UUID
) -> HttpResponse:
    """A resident who was left out is taken into the rise after all."""
    found = campaign_of(request, home_id, campaign_id)
    convention = get_object_or_404(found.home.conventions.select_related("resident"), public_id=convention_id)
    plan = rises.plan_of(found, localdate())
    each = next((one for one in plan.left_out if one.convention.pk == convention.pk), None)
    if request.method != "POST" and each is not None:
        context = _page(found) | {"each": each}
        return render(request, "residences/prices/take_back.html", context)
    try:
        campaigns.take_back(campaign=found, convention=convention, actor=user_of(request), at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The rise concerns this resident too."))
    return redirect(reading.address("campaign", found))


@directs
@require_http_methods(["GET", "POST"])
def notify_campaign(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponse:
    """The last word: who gets which letter; then prices and letters are written."""
    found = campaign_of(request, home_id, campaign_id)
    if found.status != CampaignStatus.DRAFT:
        return _moved_on(request, found)
    if request.method == "POST":
        try:
            campaigns.notify(
                campaign=found,
                seen=request.POST.get("seen", ""),
                actor=user_of(request),
                at=timezone.now(),
            )
        except TransitionRefused:
            return _moved_on(request, found)
        except ValidationError as error:
            found.refresh_from_db()
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The new prices are notified. Print the letters and hand them over."))
            return redirect(reading.address("campaign", found))
    plan = rises.plan_of(found, localdate())
    if rises.obstacles(plan):
        return redirect(reading.address("campaign", found))
    context = _page(found) | {"plan": plan, "checks": price_checks.checks_of(plan.changed)}
    return render(request, "residences/prices/notify.html", context)


@directs
@require_http_methods(["GET", "POST"])
def discard_campaign(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponse:
    """Gives a rise up before anything was sent."""
    found = campaign_of(request, home_id, campaign_id)
    if found.status != CampaignStatus.DRAFT:
        return _moved_on(request, found)
    if request.method != "POST":
        return render(request, "residences/prices/discard.html", _page(found))
    try:
        campaigns.discard(campaign=found, actor=user_of(request), at=timezone.now())
    except TransitionRefused:
        return _moved_on(request, found)
    messages.success(request, _("The rise is given up. No price changes."))
    return redirect("residences:prices", found.home.public_id)


def campaign_of(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> PriceCampaign:
    """The rise of an address, in a home that the user directs; 404 for others."""
    home = home_of(request, home_id)
    rows = PriceCampaign.objects.filter(home=home).select_related("authorisation", "prepared_by")
    found: PriceCampaign = get_object_or_404(rows, public_id=campaign_id)
    found.home = home
    return found


# --- the draft --------------------------------------------------------------------------------------------


def _drafted(request: HttpRequest, home: RestHome, found: PriceCampaign | None) -> HttpResponse:
    today = localdate()
    form = rise_form(
        reading.hints(home, today),
        posted(request),
        campaign=found,
        today=today,
        authorisations=home.authorisations.order_by("-decided_on", "-pk"),
    )
    whole = form.is_valid()
    if request.headers.get("HX-Request"):
        return render(request, "residences/prices/_live.html", _checked(form, home, found))
    if request.method == "POST" and whole and request.POST.get("step") != CHECK:
        try:
            kept = _kept(request, home, found, form)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The draft is kept. Nothing is sent yet."))
            return redirect(reading.address("campaign", kept))
    return render(request, "residences/prices/rise.html", _checked(form, home, found) | {"form": form})


def _kept(request: HttpRequest, home: RestHome, found: PriceCampaign | None, form: RiseForm) -> PriceCampaign:
    said: dict[str, Any] = {
        "values": form.values,
        "prices": form.prices,
        "actor": user_of(request),
        "at": timezone.now(),
    }
    if found is None:
        return campaigns.create_draft(home=home, **said)
    return campaigns.change_draft(campaign=found, **said)


def _checked(form: RiseForm, home: RestHome, found: PriceCampaign | None) -> dict[str, Any]:
    """What the rule says of what is in the form, typed or kept."""
    today = localdate()
    if form.is_bound:
        asked = {kind.pk: price for kind, price in form.prices.items()}
        index_now = form.cleaned_data.get("index_now")
    else:
        asked = dict(found.prices.values_list("room_type", "new_price")) if found else {}
        index_now = found.index_now if found else None
    checks = price_checks.checks_of(rises.weighed(home, asked, index_now, today))
    back = (
        reading.address("campaign", found) if found else reverse("residences:prices", args=[home.public_id])
    )
    return {
        "home": home,
        "here": "prices",
        "campaign": found,
        "index_now": index_now,
        "checks": checks,
        "wrong": len([each for each in checks if each.new is not None and each.tone == "error"]),
        "asked": len(asked),
        "misread": form.misread if form.is_bound else [],
        "in_force_from": rises.in_force_from(today),
        "back": back,
        "back_label": _("Rise of prices") if found else _("Prices"),
    }


# --- inside -----------------------------------------------------------------------------------------------


def _frame(found: PriceCampaign) -> dict[str, Any]:
    return {"home": found.home, "here": "prices", "campaign": found}


def _page(found: PriceCampaign) -> dict[str, Any]:
    """What every page of a rise shows."""
    return _frame(found) | {
        "tone": reading.TONES[CampaignStatus(found.status)],
        "url": reading.address("campaign", found),
    }


def _moved_on(request: HttpRequest, found: PriceCampaign) -> HttpResponse:
    """Back to the rise as it stands: somebody was faster."""
    found.refresh_from_db()
    messages.info(
        request,
        _("This cannot be done now: the rise is “%(state)s”.") % {"state": found.get_status_display()},
    )
    return redirect(reading.address("campaign", found))
