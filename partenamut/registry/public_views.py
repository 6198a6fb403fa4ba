"""Pages that everybody sees: the partner residences."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from partenamut.registry.forms import ResidenceFilter
from partenamut.registry.models import Label, LabelGrant, PartnerPeriod, Residence, ResidenceQuerySet


@login_not_required
@require_safe
def residences(request: HttpRequest) -> HttpResponse:
    """The partner residences, filtered, the nearest postal codes first."""
    return render(request, "registry/residences.html", _listed(request))


@login_not_required
@require_safe
def residences_on_paper(request: HttpRequest) -> HttpResponse:
    """The same list as a table to print."""
    return render(request, "registry/residences_on_paper.html", _listed(request))


@login_not_required
@require_safe
def residence(request: HttpRequest, slug: str) -> HttpResponse:
    """One residence: how to reach it, what it is, its labels, since when it is a partner."""
    today = localdate()
    found = get_object_or_404(
        Residence.objects.public(today).prefetch_related(current_labels(today), partnerships(today)),
        slug=slug,
    )
    return render(
        request, "registry/residence.html", {"residence": found, "partner": _partnership(found, today)}
    )


def current_labels(on: date) -> "Prefetch[str]":
    """The labels held on a day, as `labels_today` of each residence."""
    return Prefetch("labels", LabelGrant.objects.on(on).order_by("label"), to_attr="labels_today")


def partnerships(on: date) -> "Prefetch[str]":
    """The partner periods begun by a day, the latest first, as `partnerships`."""
    begun = PartnerPeriod.objects.filter(first_day__lte=on).order_by("-first_day")
    return Prefetch("partner_periods", begun, to_attr="partnerships")


def near(postal_code: str) -> Any:
    """A sorting key: the same postal zone (first figure) before the others, then the closest numbers."""

    def key(place: Residence) -> tuple[bool, int, str]:
        apart = abs(int(place.postal_code) - int(postal_code))
        return place.postal_code[0] != postal_code[0], apart, place.name

    return key


def _listed(request: HttpRequest) -> dict[str, Any]:
    today = localdate()
    partners = Residence.objects.partners(today)
    places = partners.order_by("city").values_list("city", flat=True).distinct()
    form = ResidenceFilter(request.GET or None, places=places)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found: list[Residence] = []
    if not form.is_bound or form.is_valid():
        rows = _filtered(partners, wanted, today).prefetch_related(current_labels(today))
        found = list(rows.order_by("postal_code", "name"))
        if wanted.get("near"):
            found.sort(key=near(wanted["near"]))
    return {
        "form": form,
        "residences": found,
        "near": wanted.get("near", ""),
        "labels": Label.choices,
        "today": today,
        "page_has_errors": form.is_bound and not form.is_valid(),
    }


def _filtered(rows: ResidenceQuerySet, wanted: dict[str, Any], today: date) -> ResidenceQuerySet:
    if wanted.get("text"):
        rows = rows.named(wanted["text"])
    if wanted.get("label"):
        rows = rows.with_label(wanted["label"], today)
    if wanted.get("structure"):
        rows = rows.filter(structure_types__contains=[wanted["structure"]])
    if wanted.get("place"):
        rows = rows.filter(city=wanted["place"])
    # Those that have not said so yet stay in the list, marked: leaving them out would hide nearly all of them.
    return rows.exclude(accompanied=False) if wanted.get("accompanied") else rows


def _partnership(found: Any, today: date) -> PartnerPeriod | None:
    """The partner period of today; None for a residence that was a partner before."""
    return next((row for row in found.partnerships if today in row.period), None)
