"""Pages of residences for those who manage them: data, partnership, approval, direction."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.accounts.permissions import requires, user_of
from partenamut.accounts.roles import Permission
from partenamut.registry import services
from partenamut.registry.dated_rows import Kind, RowPages, with_row
from partenamut.registry.deeds import accepted, form_page
from partenamut.registry.forms import (
    OtherUserForm,
    ResidenceForm,
    SourcedPeriodForm,
    residence_values,
)
from partenamut.registry.history import history_of
from partenamut.registry.lists import ResidenceList, way
from partenamut.registry.models import Label, PartnerPeriod, Residence
from partenamut.registry.public_views import current_labels

manages_residences = requires(Permission.MANAGE_RESIDENCES)


@manages_residences
@require_safe
def residences(request: HttpRequest) -> HttpResponseBase:
    """All residences, partners or not."""
    today = timezone.localdate()
    partner = PartnerPeriod.objects.on(today).filter(residence=OuterRef("pk"))
    rows = Residence.objects.visible_to(user_of(request), today).annotate(partner_today=Exists(partner))
    add = way(_("Enter a residence"), "registry:add_residence")
    criteria = way(_("Criteria of the labels"), "registry:criteria")
    return ResidenceList(rows.prefetch_related(current_labels(today)), empty_action=add).respond(
        request, title=_("Residences"), actions=[add, criteria]
    )


@manages_residences
@require_safe
def residence(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A residence with its periods, its labels and what changed."""
    found = load_residence(request, public_id)
    context = {
        "residence": found,
        "sections": ROWS.sections(found),
        "labels": label_rows(found),
        "label_choices": Label.choices,
        "history": history_of(found),
    }
    return render(request, "registry/managed_residence.html", context)


@manages_residences
@require_http_methods(["GET", "POST"])
def add_residence(request: HttpRequest) -> HttpResponse:
    """A new residence, also a rest home that is no partner."""
    form = ResidenceForm(request.POST or None)
    made: list[Residence] = []

    def create(cleaned: dict[str, Any]) -> None:
        made.append(services.create_residence(**cleaned, actor=user_of(request), at=timezone.now()))

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("%(name)s is entered.") % {"name": made[0].name})
        return redirect("registry:managed_residence", made[0].public_id)
    context = {
        "form": form,
        "title": _("Enter a residence"),
        "lead": _("Partner or not: the partner period and the approval by INAMI are entered afterwards."),
        "submit": _("Enter the residence"),
        "back": reverse("registry:managed_residences"),
        "back_label": _("Residences"),
    }
    return render(request, "registry/form.html", context)


@manages_residences
@require_http_methods(["GET", "POST"])
def edit_residence(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The data of a residence."""
    found = load_residence(request, public_id)

    def edit(cleaned: dict[str, Any]) -> None:
        services.edit_residence(residence=found, changes=cleaned, actor=user_of(request), at=timezone.now())

    return form_page(
        request,
        ResidenceForm(request.POST or None, initial=residence_values(found)),
        edit,
        title=_("Change %(name)s") % {"name": found.name},
        submit=_("Keep the changes"),
        done=_("The changes are kept."),
        back=residence_url(found),
        back_label=found.name,
    )


@manages_residences
@require_http_methods(["GET", "POST"])
def add_row(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """A new partner period, approval or director."""
    return ROWS.add(request, load_residence(request, public_id), kind)


@manages_residences
@require_http_methods(["GET", "POST"])
def end_row(request: HttpRequest, public_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> HttpResponse:
    """The last day of a partner period, approval or directorship."""
    return ROWS.end(request, load_residence(request, public_id), kind, row_id)


def load_residence(request: HttpRequest, public_id: uuid.UUID) -> Residence:
    """The residence, if the user may see it; 404 otherwise."""
    rows = Residence.objects.visible_to(user_of(request), timezone.localdate())
    return get_object_or_404(rows, public_id=public_id)


def residence_url(found: Residence) -> str:
    """The page of those who manage it."""
    return reverse("registry:managed_residence", args=[found.public_id])


def label_rows(found: Residence) -> list[Any]:
    """The labels ever granted, the latest first, each with its evidence and the files."""
    return list(
        found.labels.order_by("-first_day", "label").prefetch_related(
            "evidence__criterion", "evidence__upload"
        )
    )


# --- what hangs on a residence


KINDS = {
    "partnerships": Kind(
        title=gettext_lazy("Partner of the mutuality"),
        add=gettext_lazy("Add a partner period"),
        stop=gettext_lazy("End the partnership"),
        empty=gettext_lazy("The residence is no partner."),
        consequence=gettext_lazy(
            "From the day after, the residence leaves the public list and no convalescence there is paid."
        ),
        form=SourcedPeriodForm,
        rows=lambda place: place.partner_periods.all(),
        about=lambda row: row.source,
        begin=lambda place, cleaned, **by: services.open_partnership(residence=place, **cleaned, **by),
        end=with_row(services.close_partnership, "partnership"),
    ),
    "approvals": Kind(
        title=gettext_lazy("Approved by INAMI"),
        add=gettext_lazy("Add an approval"),
        stop=gettext_lazy("End the approval"),
        empty=gettext_lazy("No approval is known: no short stay there is paid."),
        consequence=gettext_lazy("From the day after, no short stay there is paid."),
        form=SourcedPeriodForm,
        rows=lambda place: place.inami_approvals.all(),
        about=lambda row: row.source,
        begin=lambda place, cleaned, **by: services.open_approval(residence=place, **cleaned, **by),
        end=with_row(services.close_approval, "approval"),
    ),
    "directors": Kind(
        title=gettext_lazy("Directors"),
        add=gettext_lazy("Appoint a director"),
        stop=gettext_lazy("End the directorship"),
        empty=gettext_lazy("No director has access."),
        consequence=gettext_lazy("From the day after, this person no longer sees the residence."),
        form=OtherUserForm,
        rows=lambda place: place.directorships.select_related("director"),
        about=lambda row: row.director.name,
        begin=lambda place, cleaned, **by: services.appoint_director(
            residence=place, director=cleaned.pop("email"), **cleaned, **by
        ),
        end=with_row(services.end_directorship, "directorship"),
    ),
}

ROWS = RowPages(
    kinds=KINDS,
    add_name="registry:add_residence_row",
    end_name="registry:end_residence_row",
    home_name="registry:managed_residence",
)
