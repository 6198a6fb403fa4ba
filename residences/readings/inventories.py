"""The inventories of a convention as their page shows them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from partenamut.web import formats
from residences.models import Convention, Furniture, Inspection, InspectionKind
from residences.readings.convention_hub import upload_url
from residences.workflow import ConventionStatus


def inventories_of(convention: Convention) -> dict[str, Any]:
    """Both inventories of the room with what can be done, and the furniture."""
    found = {row.kind: row for row in convention.inspections.select_related("bed__room", "upload")}
    return {
        "convention": convention,
        "here": "inventories",
        "inspections": [_inspection(convention, kind, found.get(kind.value)) for kind in InspectionKind],
        "warning": _warning(convention, found.get(InspectionKind.ENTRY)),
        "furniture": [_piece(convention, row) for row in convention.furniture.order_by("brought_on", "pk")],
        "is_discarded": convention.status == ConventionStatus.DISCARDED,
    }


def _inspection(convention: Convention, kind: InspectionKind, row: Inspection | None) -> dict[str, Any]:
    address = [convention.home.public_id, convention.public_id]
    shown: dict[str, Any] = {
        "title": kind.label,
        "kind": kind.value,
        "row": row,
        "new_url": reverse("residences:new_inspection", args=[*address, kind.value]),
    }
    if row is not None:
        own = [*address, row.public_id]
        shown |= {
            "url": reverse("residences:inspection", args=own),
            "sign_url": reverse("residences:sign_inspection", args=own),
            "discard_url": reverse("residences:discard_inspection", args=own),
            "pdf_url": reverse("residences:inspection_pdf", args=own),
            "copy_url": upload_url(convention, row.upload) if row.upload else "",
        }
    return shown


def _warning(convention: Convention, entry: Inspection | None) -> str:
    """What is wrong with the inventory of the entry; empty where nothing is."""
    if entry is None:
        return _(
            "There is no inventory of fixtures of the entry: the resident is taken to have received the room as it is "
            "at the departure, and answers for no damage (art. 3)."
        )
    if convention.entry and entry.done_on > convention.entry:
        return _(
            "The inventory of fixtures was made on %(day)s, after the entry: it does not count as made before (art. 3)."
        ) % {"day": formats.day(entry.done_on)}
    if entry.signed_on is None:
        return _("The inventory of fixtures of the entry still needs the signatures of both sides (art. 3).")
    return ""


def _piece(convention: Convention, row: Furniture) -> dict[str, Any]:
    address = [convention.home.public_id, convention.public_id, row.public_id]
    return {"row": row, "url": reverse("residences:change_furniture", args=address)}
