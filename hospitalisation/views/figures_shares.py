"""Pages of the patient's share a day: read by advisers, kept by the administrators."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hospitalisation.forms.figures import ShareCorrectionForm, ShareForm
from hospitalisation.models import DayShareRow
from hospitalisation.readings.figures_shares import ShareList
from hospitalisation.services import figures as services
from hospitalisation.views.figures import keeps, reads
from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.registry.deeds import form_page
from partenamut.registry.history import history_of
from partenamut.registry.lists import way
from partenamut.web.resume import posted


@require_safe
@reads
def day_shares(request: HttpRequest) -> HttpResponseBase:
    """The amounts by category, each until the next begins."""
    add = way(_("Enter new amounts"), "hospitalisation:add_day_share")
    may_keep = user_of(request).may(Permission.MANAGE_REGISTRY)
    return ShareList(DayShareRow.objects.all(), empty_action=add if may_keep else None).respond(
        request,
        title=_("Patient's share a day"),
        lead=_("What a day in hospital leaves to the patient, by category; estimates rest on it."),
        actions=[add] if may_keep else [],
    )


@require_safe
@reads
def day_share(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The amounts of a category from a day on, and their trail."""
    row = get_object_or_404(DayShareRow, public_id=public_id)
    may_keep = user_of(request).may(Permission.MANAGE_REGISTRY)
    context = {"share": row, "history": history_of(row), "may_keep": may_keep}
    return render(request, "hospitalisation/figures/share.html", context)


@require_http_methods(["GET", "POST"])
@keeps
def add_day_share(request: HttpRequest) -> HttpResponse:
    """New amounts of a category from a day on."""

    def add(cleaned: dict[str, Any]) -> None:
        services.add_share(**cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ShareForm(posted(request)),
        add,
        title=_("Enter new amounts"),
        lead=_("They count in estimates of stays that begin from that day on, until the next amounts."),
        submit=_("Enter the amounts"),
        done=_("The amounts are entered."),
        back=reverse("hospitalisation:day_shares"),
        back_label=_("Patient's share a day"),
    )


@require_http_methods(["GET", "POST"])
@keeps
def correct_day_share(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Amounts put right, with why."""
    row = get_object_or_404(DayShareRow, public_id=public_id)

    def correct(cleaned: dict[str, Any]) -> None:
        changes = {name: cleaned[name] for name in services.SHARE_FIELDS}
        by: dict[str, Any] = {"actor": user_of(request), "at": timezone.now()}
        services.correct_share(share=row, changes=changes, reason=cleaned["reason"], **by)

    initial = {name: getattr(row, name) for name in services.SHARE_FIELDS}
    return form_page(
        request,
        ShareCorrectionForm(posted(request), initial=initial),
        correct,
        title=_("Correct the amounts"),
        lead=str(row),
        warning=_("A correction says how it was from the start. What changes from a day on is entered anew."),
        submit=_("Correct"),
        done=_("It is corrected."),
        back=reverse("hospitalisation:day_share", args=[row.public_id]),
        back_label=row.get_category_display(),
    )
