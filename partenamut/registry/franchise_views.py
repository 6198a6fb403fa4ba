"""Pages of franchise lists: one for each calendar year, taken over from a file or changed by hand."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Count, Value
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of
from partenamut.registry import exports, franchise, services
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import FranchiseImportForm, ListedHospitalForm, NoteForm, refuse
from partenamut.registry.history import history_of
from partenamut.registry.lists import FranchiseLists, ListedHospitals, way
from partenamut.registry.member_views import keeps_registry
from partenamut.registry.models import FranchiseList, Hospital

#: What was compared is confirmed within this time.
CONFIRM_SECONDS = 60 * 60
_SALT = "partenamut.registry.franchise"


@keeps_registry
@require_safe
def franchise_lists(request: HttpRequest) -> HttpResponseBase:
    """The lists that were taken over, by year."""
    take = way(_("Take over a list"), "registry:import_franchise")
    rows = FranchiseList.objects.annotate(listed=Count("hospitals"))
    return FranchiseLists(rows, empty_action=take).respond(
        request, title=_("Franchise lists"), actions=[take, way(_("Hospitals"), "registry:hospitals")]
    )


@keeps_registry
@require_safe
def franchise_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The hospitals of a list, where it comes from, and what changed."""
    found = _load(public_id)
    add = way(_("Add a hospital"), "registry:add_to_franchise", found.public_id)
    rows = Hospital.objects.filter(franchise_lists=found).annotate(list_id=Value(found.public_id))
    return ListedHospitals(rows, empty_action=add).respond(
        request,
        title=_("Hospitals with a franchise in %(year)s") % {"year": found.year},
        actions=[add, way(_("Take over a list"), "registry:import_franchise")],
        franchise_list=found,
        history=history_of(found),
    )


# --- from a file


@keeps_registry
@require_http_methods(["GET", "POST"])
def import_franchise(request: HttpRequest) -> HttpResponse:
    """A file with the list of a year: what is wrong in its lines, or what it would change."""
    form = FranchiseImportForm(request.POST or None, request.FILES or None)
    wrong: list[franchise.Line] = []
    if request.method == "POST" and form.is_valid():
        try:
            lines = franchise.read(form.cleaned_data["file"].read(), form.cleaned_data["year"])
        except ValidationError as error:
            refuse(form, ValidationError({"file": error}))
        else:
            wrong = [line for line in lines if line.errors]
            if not wrong:
                return _comparison_page(request, form, lines)
            form.add_error("file", _wrong_lines(len(wrong)))
    context = {
        "form": form,
        "wrong": wrong,
        "columns": franchise.COLUMNS,
        "limit": franchise.MAX_LINES,
    }
    return render(request, "registry/import_franchise.html", context)


@keeps_registry
@require_safe
def franchise_template(_request: HttpRequest) -> HttpResponse:
    """A file with the right columns, to fill in."""
    return exports.franchise_template()


@keeps_registry
@require_POST
def confirm_franchise(request: HttpRequest) -> HttpResponse:
    """The list of the year as it was compared, in place of the one before."""
    user = user_of(request)
    compared = _unsigned(request.POST.get("token", ""), user)
    if compared is None:
        messages.warning(request, _("Too much time has passed. Send the file again."))
        return redirect("registry:import_franchise")
    try:
        kept = services.take_over_franchise(**compared, actor=user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("registry:import_franchise")
    messages.success(request, _("The list of %(year)s is taken over.") % {"year": kept.year})
    return redirect("registry:franchise_list", kept.public_id)


# --- by hand


@keeps_registry
@require_http_methods(["GET", "POST"])
def add_to_franchise(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One hospital more on a list."""
    found = _load(public_id)

    def add(cleaned: dict[str, Any]) -> None:
        services.add_to_franchise(franchise_list=found, **cleaned, actor=user_of(request), at=timezone.now())

    initial = {"hospital": request.GET.get("hospital", "")}
    return form_page(
        request,
        ListedHospitalForm(request.POST or None, franchise_list=found, initial=initial),
        add,
        title=_("Add a hospital to the franchise list of %(year)s") % {"year": found.year},
        submit=_("Add the hospital"),
        done=_("The hospital is added."),
        **_way_back(found),
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def remove_from_franchise(request: HttpRequest, public_id: uuid.UUID, hospital_id: uuid.UUID) -> HttpResponse:
    """One hospital less on a list."""
    found = _load(public_id)
    hospital = get_object_or_404(found.hospitals, public_id=hospital_id)

    def remove(cleaned: dict[str, Any]) -> None:
        services.remove_from_franchise(
            franchise_list=found, hospital=hospital, **cleaned, actor=user_of(request), at=timezone.now()
        )

    return form_page(
        request,
        NoteForm(request.POST or None),
        remove,
        title=_("Remove %(name)s from the franchise list of %(year)s")
        % {"name": hospital.name, "year": found.year},
        lead=hospital.place,
        warning=_("Stays of that year are then counted without a franchise. Decisions already taken stay."),
        submit=_("Remove the hospital"),
        done=_("The hospital is removed."),
        **_way_back(found),
    )


# --- inside


def _wrong_lines(count: int) -> str:
    # A list without one of its hospitals would say that it has no franchise: all lines or none.
    return ngettext(
        "%(count)s line is wrong, so nothing was taken over: correct it and send the file again.",
        "%(count)s lines are wrong, so nothing was taken over: correct them and send the file again.",
        count,
    ) % {"count": count}


@dataclass(frozen=True)
class _Comparison:
    """What a list would change of the one that stands."""

    added: list[Hospital]
    removed: list[Hospital]
    kept: int


def _comparison_page(
    request: HttpRequest, form: FranchiseImportForm, lines: list[franchise.Line]
) -> HttpResponse:
    year, source = form.cleaned_data["year"], form.cleaned_data["source"]
    present = FranchiseList.objects.filter(year=year).first()
    before = services.listed_in(year)
    hospitals = {line.hospital.pk for line in lines if line.hospital is not None}
    compared = {
        "year": year,
        "source": source,
        "hospitals": sorted(hospitals),
        "before": sorted(before),
    }
    context = {
        "year": year,
        "source": source,
        "present": present,
        "comparison": _compare(before, hospitals),
        "lines": lines,
        "token": signing.dumps([user_of(request).pk, compared], salt=_SALT, compress=True),
    }
    return render(request, "registry/compare_franchise.html", context)


def _compare(before: Collection[int], after: Collection[int]) -> _Comparison:
    changed = Hospital.objects.filter(pk__in=set(before) ^ set(after)).order_by("name", "pk")
    return _Comparison(
        added=[place for place in changed if place.pk in after],
        removed=[place for place in changed if place.pk not in after],
        kept=len(set(before) & set(after)),
    )


def _unsigned(token: str, user: User) -> dict[str, Any] | None:
    try:
        key, compared = signing.loads(token, salt=_SALT, max_age=CONFIRM_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return compared if key == user.pk else None


def _load(public_id: uuid.UUID) -> FranchiseList:
    return get_object_or_404(FranchiseList, public_id=public_id)


def _way_back(found: FranchiseList) -> dict[str, Any]:
    back = reverse("registry:franchise_list", args=[found.public_id])
    return {"back": back, "back_label": _("Franchise list of %(year)s") % {"year": found.year}}
