"""Pages of the figures of the insurances: read by advisers, kept by the administrators."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hospitalisation.forms.figures import FigureForm, FiguresFilter, ReasonForm, initial_of
from hospitalisation.messages import figure_name, tier
from hospitalisation.models import TierFigure
from hospitalisation.readings import figures as reading
from hospitalisation.rules import Name, Tier
from hospitalisation.services import figures as services
from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.deeds import accepted
from partenamut.web.exports import STREAMS
from partenamut.web.resume import posted

reads = requires(Permission.MANAGE_REGISTRY, Permission.READ_MEMBERS)
keeps = requires(Permission.MANAGE_REGISTRY)


@require_safe
@reads
def figures(request: HttpRequest) -> HttpResponseBase:
    """The figures of every insurance side by side on a day, or a file of exactly those."""
    form = FiguresFilter(request.GET)
    valid = form.is_valid()
    asked = form.cleaned_data if valid else {}
    day = asked.get("day") or localdate()
    rows = (
        reading.side_by_side(day, tier=asked.get("tier", ""), state=asked.get("state", "")) if valid else []
    )
    kind = request.GET.get("export", "")
    if kind in STREAMS and valid:
        title = _("Hospital insurance figures")
        name = f"{title}-{day:%Y-%m-%d}"
        return STREAMS[kind](name, reading.COLUMNS, reading.cells_of(rows))
    context = {
        "form": form,
        "rows": rows,
        "tiers": [cell.insurance for cell in rows[0].cells] if rows else [],
        "day": day,
        "valid": valid,
        "page_has_errors": not valid,
        "active": form.active() if valid else [],
        "exports": _exports(request) if rows else [],
        "count": ngettext("%(count)d figure", "%(count)d figures", len(rows)) % {"count": len(rows)},
        "may_keep": user_of(request).may(Permission.MANAGE_REGISTRY),
    }
    return render(request, "hospitalisation/figures/figures.html", context)


@require_safe
@reads
def figure(request: HttpRequest, tier_code: str, name_code: str) -> HttpResponse:
    """A figure: what it changes, its versions over time and their trail."""
    which, name = _known(tier_code, name_code)
    page = reading.figure_page(which, name, localdate())
    may_keep = user_of(request).may(Permission.MANAGE_REGISTRY)
    return render(request, "hospitalisation/figures/figure.html", {"page": page, "may_keep": may_keep})


@require_http_methods(["GET", "POST"])
@keeps
def enter_figure(request: HttpRequest, tier_code: str, name_code: str) -> HttpResponse:
    """A new version from a day on, shown beside what stands before it is kept."""
    which, name = _known(tier_code, name_code)
    form = FigureForm(posted(request), name=name)

    def check(cleaned: dict[str, Any]) -> None:
        services.check(tier=which, name=name, **_without(cleaned, "to_confirm"))

    def enter(cleaned: dict[str, Any]) -> None:
        stood = request.POST.get("stood", "")[:40]
        services.enter(
            tier=which, name=name, **cleaned, stood=stood, actor=user_of(request), at=timezone.now()
        )

    return _in_two_steps(
        request,
        form,
        check,
        enter,
        lambda cleaned: reading.proposal(which, name, **cleaned),
        title=_("Enter a new figure"),
        done=_("The figure is entered."),
        place=(which, name),
    )


@require_http_methods(["GET", "POST"])
@keeps
def correct_figure(
    request: HttpRequest, tier_code: str, name_code: str, public_id: uuid.UUID
) -> HttpResponse:
    """A version that was wrong from the start, put right with a reason."""
    which, name = _known(tier_code, name_code)
    row = _standing(which, name, public_id)
    form = FigureForm(posted(request), name=name, correction=True, initial=initial_of(row))

    def check(cleaned: dict[str, Any]) -> None:
        services.check(tier=which, name=name, without=row, **_without(cleaned, "to_confirm", "reason"))

    def correct(cleaned: dict[str, Any]) -> None:
        services.correct(figure=row, **cleaned, actor=user_of(request), at=timezone.now())

    return _in_two_steps(
        request,
        form,
        check,
        correct,
        lambda cleaned: reading.proposal(which, name, without=row, **_without(cleaned, "reason")),
        title=_("Correct a version"),
        done=_("The figure is corrected; the wrong version stays in the trail."),
        place=(which, name),
    )


@require_http_methods(["GET", "POST"])
@keeps
def withdraw_figure(
    request: HttpRequest, tier_code: str, name_code: str, public_id: uuid.UUID
) -> HttpResponse:
    """A version taken out of force with a reason."""
    which, name = _known(tier_code, name_code)
    row = _standing(which, name, public_id)
    form = ReasonForm(posted(request))

    def withdraw(cleaned: dict[str, Any]) -> None:
        services.withdraw(figure=row, **cleaned, actor=user_of(request), at=timezone.now())

    if request.method == "POST" and accepted(form, withdraw):
        messages.success(request, _("The version is withdrawn; it stays in the trail."))
        return redirect(_home(which, name))
    context = {"form": form, "proposal": reading.withdrawal(row), "title": _("Withdraw a version")}
    return render(request, "hospitalisation/figures/withdraw.html", context | _place(which, name))


# --- inside -------------------------------------------------------------------------------------------------


def _in_two_steps(
    request: HttpRequest,
    form: FigureForm,
    check: Callable[[dict[str, Any]], object],
    deed: Callable[[dict[str, Any]], object],
    propose: Callable[[dict[str, Any]], reading.Proposal],
    *,
    title: str,
    done: str,
    place: tuple[Tier, Name],
) -> HttpResponse:
    """The form, then old beside new, then the deed; whoever goes back finds what they typed."""
    context = {"form": form, "title": title, **_place(*place)}
    if request.method == "POST" and "change" not in request.POST and accepted(form, check):
        if "confirmed" in request.POST and accepted(form, deed):
            messages.success(request, done)
            return redirect(_home(*place))
        if not form.errors:
            stands = services.version_on(*place, form.cleaned_data["first_day"])
            context |= {
                "proposal": propose(form.cleaned_data),
                "typed": [(name, request.POST[name]) for name in request.POST if _is_typed(form, name)],
                "stood": services.mark_of(stands),
            }
            return render(request, "hospitalisation/figures/confirm.html", context)
    return render(request, "hospitalisation/figures/enter.html", context)


def _is_typed(form: FigureForm, name: str) -> bool:
    return any(name == field or name.startswith(f"{field}_") for field in form.fields)


def _known(tier_code: str, name_code: str) -> tuple[Tier, Name]:
    try:
        which, name = Tier(tier_code), Name(name_code)
    except ValueError:
        raise Http404 from None
    if which not in reading.TIERS:
        raise Http404
    return which, name


def _standing(which: Tier, name: Name, public_id: uuid.UUID) -> TierFigure:
    rows = TierFigure.objects.filter(tier=which.value, name=name.value, withdrawn_at=None)
    return get_object_or_404(rows.select_related("entered_by"), public_id=public_id)


def _without(cleaned: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in cleaned.items() if name not in names}


def _home(which: Tier, name: Name) -> str:
    return reverse("hospitalisation:figure", args=[which.value, name.value])


def _place(which: Tier, name: Name) -> dict[str, Any]:
    return {"caption": tier(which), "figure_title": figure_name(name), "home": _home(which, name)}


def _exports(request: HttpRequest) -> list[dict[str, str]]:
    query = request.GET.copy()
    links = []
    for kind, label in (("csv", _("CSV")), ("xlsx", _("Excel (XLSX)")), ("json", _("JSON"))):
        query["export"] = kind
        links.append({"label": label, "url": f"?{query.urlencode()}"})
    return links
