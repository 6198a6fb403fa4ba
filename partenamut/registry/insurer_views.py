"""Pages of insurers and mutualities."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.registry import services
from partenamut.registry.deeds import form_page
from partenamut.registry.forms import InsurerForm, MutualityEndForm, MutualityForm
from partenamut.registry.history import history_of
from partenamut.registry.lists import InsurerList, MutualityList, way
from partenamut.registry.member_views import keeps_registry
from partenamut.registry.models import Insurer, Mutuality


@keeps_registry
@require_safe
def insurers(request: HttpRequest) -> HttpResponseBase:
    """The national unions and public funds, with their addresses."""
    return InsurerList(Insurer.objects.all()).respond(
        request, title=_("Insurers"), actions=[way(_("Mutualities"), "registry:mutualities")]
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def insurer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Names and address of an insurer."""
    found = get_object_or_404(Insurer, public_id=public_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_insurer(insurer=found, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        InsurerForm(
            request.POST or None, initial={name: getattr(found, name) for name in InsurerForm.base_fields}
        ),
        edit,
        title=str(found),
        lead=_("Documents that were issued keep the address they were issued with."),
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        back=reverse("registry:insurers"),
        back_label=_("Insurers"),
        history=history_of(found),
    )


@keeps_registry
@require_safe
def mutualities(request: HttpRequest) -> HttpResponseBase:
    """The mutualities of the unions, with their days and successors."""
    add = way(_("Enter a mutuality"), "registry:add_mutuality")
    rows = Mutuality.objects.select_related("insurer", "successor")
    return MutualityList(rows, empty_action=add).respond(
        request, title=_("Mutualities"), actions=[add, way(_("Insurers"), "registry:insurers")]
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def add_mutuality(request: HttpRequest) -> HttpResponse:
    """A new mutuality."""

    def add(cleaned: dict[str, Any]) -> None:
        services.add_mutuality(**cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        MutualityForm(request.POST or None),
        add,
        title=_("Enter a mutuality"),
        submit=_("Enter the mutuality"),
        done=_("The mutuality is entered."),
        back=reverse("registry:mutualities"),
        back_label=_("Mutualities"),
    )


@keeps_registry
@require_http_methods(["GET", "POST"])
def mutuality(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The end of a mutuality and its successor."""
    found = get_object_or_404(Mutuality.objects.select_related("insurer"), public_id=public_id)

    def end(cleaned: dict[str, Any]) -> None:
        services.end_mutuality(mutuality=found, **cleaned, actor=user_of(request), at=timezone.now())

    initial = {"last_day": found.last_day, "successor": found.successor_id}
    return form_page(
        request,
        MutualityEndForm(request.POST or None, mutuality=found, initial=initial),
        end,
        title=_("End %(name)s") % {"name": found},
        lead=str(found.insurer),
        warning=_(
            "After the last day no member can be entered under this code. Members that have it keep it."
        ),
        submit=_("Keep the last day"),
        done=_("The last day is kept."),
        back=reverse("registry:mutualities"),
        back_label=_("Mutualities"),
        history=history_of(found),
    )
