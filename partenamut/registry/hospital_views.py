"""Pages of hospitals: who they are, whether they are open, in which years they have a franchise."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.identifiers import inami_number_fits
from partenamut.registry import services
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import HospitalCloseForm, HospitalForm, hospital_values
from partenamut.registry.history import history_of
from partenamut.registry.lists import HospitalList, way
from partenamut.registry.member_views import keeps_registry
from partenamut.registry.models import FranchiseList, Hospital


@keeps_registry
@require_safe
def hospitals(request: HttpRequest) -> HttpResponseBase:
    """All hospitals, open or closed."""
    add = way(_("Enter a hospital"), "registry:add_hospital")
    lists = way(_("Franchise lists"), "registry:franchise_lists")
    rows = Hospital.objects.prefetch_related("franchise_lists")
    return HospitalList(rows, empty_action=add).respond(request, title=_("Hospitals"), actions=[add, lists])


@keeps_registry
@require_safe
def hospital(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A hospital with its franchise by year, and what changed."""
    found = _load(public_id)
    on = set(found.franchise_lists.values_list("pk", flat=True))
    years = [{"list": row, "listed": row.pk in on} for row in FranchiseList.objects.order_by("-year")]
    context = {
        "hospital": found,
        "closed": found.closed_on is not None and found.closed_on < timezone.localdate(),
        "years": years,
        "history": history_of(found),
    }
    return render(request, "registry/hospital.html", context)


@keeps_registry
@require_http_methods(["GET", "POST"])
def add_hospital(request: HttpRequest) -> HttpResponse:
    """A new hospital."""
    form = HospitalForm(request.POST or None)
    made: list[Hospital] = []

    def create(cleaned: dict[str, Any]) -> None:
        made.append(services.create_hospital(**cleaned, actor=user_of(request), at=timezone.now()))

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("%(name)s is entered.") % {"name": made[0].name})
        _warn_of_number(request, made[0].inami_number)
        return redirect("registry:hospital", made[0].public_id)
    context = {
        "form": form,
        "title": _("Enter a hospital"),
        "submit": _("Enter the hospital"),
        "back": reverse("registry:hospitals"),
        "back_label": _("Hospitals"),
    }
    return render(request, "registry/form.html", context)


@keeps_registry
@require_http_methods(["GET", "POST"])
def edit_hospital(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The data of a hospital."""
    found = _load(public_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_hospital(hospital=found, changes=cleaned, actor=user_of(request), at=timezone.now())
        _warn_of_number(request, cleaned["inami_number"])

    return form_page(
        request,
        HospitalForm(request.POST or None, initial=hospital_values(found)),
        edit,
        title=_("Change %(name)s") % {"name": found.name},
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        back=reverse("registry:hospital", args=[found.public_id]),
        back_label=found.name,
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def close_hospital(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last day of a hospital, or its opening again."""
    found = _load(public_id)

    def close(cleaned: dict[str, Any]) -> None:
        services.close_hospital(hospital=found, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        HospitalCloseForm(request.POST or None, initial={"last_day": found.closed_on}),
        close,
        title=_("Close %(name)s") % {"name": found.name},
        lead=found.place,
        warning=_(
            "After the last day nobody can be admitted there. The hospital stays in lists and decisions."
        ),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        back=reverse("registry:hospital", args=[found.public_id]),
        back_label=found.name,
    )


# --- inside


def _load(public_id: uuid.UUID) -> Hospital:
    return get_object_or_404(Hospital, public_id=public_id)


def _warn_of_number(request: HttpRequest, number: str) -> None:
    if number and not inami_number_fits(number):
        sentence = _(
            "The INAMI number %(number)s does not fit its check digits: compare it with the letter of INAMI."
        )
        messages.warning(request, sentence % {"number": number})
