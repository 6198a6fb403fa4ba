"""Pages of a director: the own residence to read, its phone and address to correct."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry import services
from partenamut.registry.beside import beside
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import ContactForm
from partenamut.registry.models import Residence, ResidenceQuerySet
from partenamut.registry.residence_views import label_rows

directs = requires(Permission.DIRECT_RESIDENCE)


@directs
@require_safe
def own_residences(request: HttpRequest) -> HttpResponse:
    """The residences one directs; straight to the only one."""
    rows = list(_directed(request).order_by("name"))
    if len(rows) == 1:
        return redirect("registry:own_residence", rows[0].public_id)
    return render(request, "registry/own_residences.html", {"residences": rows})


@directs
@require_safe
def own_residence(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What the mutuality knows of the residence: data, periods, labels with their evidence."""
    found = get_object_or_404(_directed(request), public_id=public_id)
    context = {
        "residence": found,
        "partner_periods": found.partner_periods.order_by("-first_day"),
        "approvals": found.inami_approvals.order_by("-first_day"),
        "labels": label_rows(found),
        "beside": beside(found, timezone.localdate()),
        "several": _directed(request).count() > 1,
    }
    return render(request, "registry/own_residence.html", context)


@directs
@require_http_methods(["GET", "POST"])
def edit_contact(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Phone and address of the residence."""
    found = get_object_or_404(_directed(request), public_id=public_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_contact(residence=found, **cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ContactForm(request.POST or None, initial={"phone": found.phone, "email": found.email}),
        edit,
        title=_("How to reach %(name)s") % {"name": found.name},
        lead=_("The public page shows the change at once."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        back=reverse("registry:own_residence", args=[found.public_id]),
        back_label=found.name,
    )


def _directed(request: HttpRequest) -> ResidenceQuerySet:
    rows: ResidenceQuerySet = Residence.objects.directed_by(user_of(request), timezone.localdate())
    return rows
