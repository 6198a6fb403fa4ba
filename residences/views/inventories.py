"""The inventories of a convention: of the room at the entry and the departure, and of the resident's furniture."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partenamut.accounts.permissions import user_of
from partenamut.documents.responses import as_download
from partenamut.registry.deeds import accepted, form_page
from partenamut.sentences import within
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from residences.forms.inventories import (
    FurnitureChangeForm,
    FurnitureForm,
    InspectionForm,
    LineFormSet,
    SignedCopyForm,
)
from residences.forms.residents import values_of
from residences.models import Convention, Furniture, Inspection, InspectionKind
from residences.readings.inventories import inventories_of
from residences.services import inventories as services
from residences.views.conventions import opened
from residences.views.loading import directs

FORM = "residences/conventions/form.html"


@directs
@require_safe
def inventories(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """Both inventories of a convention."""
    convention = opened(request, home_id, convention_id)
    return render(request, "residences/inventories/inventories.html", inventories_of(convention))


# --- the room ---------------------------------------------------------------------------------------------


@directs
@require_http_methods(["GET", "POST"])
def new_inspection(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, kind: str
) -> HttpResponse:
    """An inventory of fixtures begun: when, and who was there; the usual elements stand in it."""
    convention = opened(request, home_id, convention_id)
    if kind not in InspectionKind.values:
        raise Http404
    made: list[Inspection] = []

    def begin(typed: dict[str, Any]) -> None:
        made.append(services.begin_inspection(convention=convention, kind=kind, **typed, **_by(request)))

    form = InspectionForm(posted(request), initial={"done_on": localdate()})
    if request.method == "POST" and accepted(form, begin):
        return redirect("residences:inspection", home_id, convention_id, made[0].public_id)
    context = {
        "form": form,
        "title": _("Inventory of fixtures, %(when)s") % {"when": within(InspectionKind(kind).label)},
        "lead": _("The next page has the usual elements of a room: change them as they are."),
        "submit": _("Go on"),
    }
    return render(request, FORM, _page(convention) | context)


@directs
@require_http_methods(["GET", "POST"])
def inspection(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, inspection_id: uuid.UUID
) -> HttpResponse:
    """The elements of the room and their state, to change until both sides have signed."""
    convention, row = _inspection(request, home_id, convention_id, inspection_id)
    data = posted(request) if row.signed_on is None else None
    lines = list(row.lines.order_by("position").values("element", "state"))
    form = InspectionForm(data, initial=values_of(row, InspectionForm))
    rows = LineFormSet(_more_rows(data), prefix="lines", initial=lines if data is None else None)
    if request.method == "POST" and row.signed_on is not None:
        messages.info(request, services.SIGNED)
    elif request.method == "POST" and "more" not in request.POST and rows.is_valid():

        def keep(typed: dict[str, Any]) -> None:
            services.change_inspection(
                inspection=row,
                changes=typed,
                lines=rows.lines(),  # type: ignore[attr-defined]
                **_by(request),
            )

        if accepted(form, keep):
            messages.success(request, _("The inventory is kept."))
            return redirect("residences:inventories", home_id, convention_id)
    context = {
        "form": form,
        "rows": rows,
        "inspection": row,
        "title": _("Inventory of fixtures, %(when)s") % {"when": within(row.get_kind_display())},
        "lines": lines,
        "columns": [{"label": _("Element")}, {"label": pgettext("of a thing", "State")}],
        "table": [[line["element"], line["state"]] for line in lines],
    }
    return render(request, "residences/inventories/inspection.html", _page(convention) | context)


@directs
@require_http_methods(["GET", "POST"])
def sign_inspection(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, inspection_id: uuid.UUID
) -> HttpResponse:
    """The copy of the inventory that both sides signed."""
    convention, row = _inspection(request, home_id, convention_id, inspection_id)

    def keep(typed: dict[str, Any]) -> None:
        services.sign_inspection(
            inspection=row, signed_on=typed["signed_on"], file=typed["upload"], **_by(request)
        )

    form = SignedCopyForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"signed_on": row.done_on},
    )
    return _form(
        request,
        convention,
        form,
        keep,
        title=_("Signed inventory of fixtures, %(when)s") % {"when": within(row.get_kind_display())},
        warning=_("Once the signed copy is kept, the inventory never changes again."),
        submit=_("Keep the signed copy"),
        done=_("The signed inventory is kept."),
    )


@directs
@require_http_methods(["GET", "POST"])
def discard_inspection(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, inspection_id: uuid.UUID
) -> HttpResponse:
    """An inventory thrown away, once confirmed."""
    convention, row = _inspection(request, home_id, convention_id, inspection_id)

    def discard(_typed: dict[str, Any]) -> None:
        services.discard_inspection(inspection=row, **_by(request))

    return _form(
        request,
        convention,
        PortalForm(posted(request)),
        discard,
        title=_("Throw the inventory of fixtures away, %(when)s") % {"when": within(row.get_kind_display())},
        warning=_("Its elements are lost. An inventory that both sides signed cannot be thrown away."),
        submit=_("Throw it away"),
        done=_("The inventory is thrown away."),
        danger=True,
    )


@directs
@require_POST
def inspection_pdf(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, inspection_id: uuid.UUID
) -> HttpResponse:
    """The inventory of fixtures to print and sign."""
    _convention, row = _inspection(request, home_id, convention_id, inspection_id)
    return as_download(services.inspection_paper(inspection=row, **_by(request)), inline=True)


# --- furniture --------------------------------------------------------------------------------------------


@directs
@require_http_methods(["GET", "POST"])
def add_furniture(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """A piece of furniture that the resident brought."""
    convention = opened(request, home_id, convention_id)

    def add(typed: dict[str, Any]) -> None:
        services.add_furniture(convention=convention, values=typed, **_by(request))

    day = convention.entry or localdate()
    return _form(
        request,
        convention,
        FurnitureForm(posted(request), initial={"brought_on": min(day, localdate()), "quantity": 1}),
        add,
        title=_("Add a piece of furniture"),
        submit=_("Add"),
        done=_("The piece of furniture is added."),
    )


@directs
@require_http_methods(["GET", "POST"])
def change_furniture(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, furniture_id: uuid.UUID
) -> HttpResponse:
    """A piece of furniture corrected, or taken away on a day."""
    convention = opened(request, home_id, convention_id)
    row: Furniture = get_object_or_404(convention.furniture, public_id=furniture_id)

    def change(typed: dict[str, Any]) -> None:
        services.change_furniture(furniture=row, changes=typed, **_by(request))

    return _form(
        request,
        convention,
        FurnitureChangeForm(posted(request), initial=values_of(row, FurnitureChangeForm)),
        change,
        title=_("Change a piece of furniture"),
        submit=_("Keep"),
        done=_("The change is kept."),
    )


@directs
@require_POST
def furniture_pdf(request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID) -> HttpResponse:
    """The inventory of the furniture to print and sign."""
    convention = opened(request, home_id, convention_id)
    return as_download(services.furniture_paper(convention=convention, **_by(request)), inline=True)


# --- inside -----------------------------------------------------------------------------------------------


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request), "at": now()}


def _inspection(
    request: HttpRequest, home_id: uuid.UUID, convention_id: uuid.UUID, inspection_id: uuid.UUID
) -> tuple[Convention, Inspection]:
    convention = opened(request, home_id, convention_id)
    row: Inspection = get_object_or_404(
        convention.inspections.select_related("bed__room"), public_id=inspection_id
    )
    row.convention = convention
    return convention, row


def _more_rows(data: Any) -> Any:
    """What was sent, with room for two more elements where the button for them was pressed."""
    if data is None or "more" not in data:
        return data
    more = data.copy()
    try:
        count = int(more.get("lines-TOTAL_FORMS", ""))
    except ValueError:
        return data
    more["lines-TOTAL_FORMS"] = str(min(count + 2, services.MOST_LINES))
    return more


def _page(convention: Convention) -> dict[str, Any]:
    back = reverse("residences:inventories", args=[convention.home.public_id, convention.public_id])
    return {"convention": convention, "here": "inventories", "back": back, "back_label": _("Inventories")}


def _form(
    request: HttpRequest, convention: Convention, form: PortalForm, deed: Any, **words: Any
) -> HttpResponse:
    return form_page(request, form, deed, **{"template": FORM, **_page(convention), **words})
