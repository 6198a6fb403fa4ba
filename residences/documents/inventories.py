"""The inventories of a room and of a resident's furniture, to be signed by both sides (art. 3)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partenamut.documents.services import Order
from partenamut.documents.words import freeze
from partenamut.sentences import day, within
from residences.models import Convention, Furniture, Inspection

TEMPLATE = "documents/residences_inventory.html"


def inspection_order(inspection: Inspection, *, issued_on: date) -> Order:
    """An inventory of fixtures, in the language being spoken."""
    convention = inspection.convention
    title = _("Inventory of fixtures, %(when)s") % {"when": within(inspection.get_kind_display())}
    particulars = [
        *_parties(convention),
        (_("Room and bed"), str(inspection.bed)),
        (pgettext("inventory", "Done on"), day(inspection.done_on)),
    ]
    if inspection.present:
        particulars.append((_("Present for the resident"), inspection.present))
    lines = inspection.lines.order_by("position").values_list("element", "state")
    context = {
        "particulars": [{"label": label, "value": value} for label, value in particulars],
        "headings": [_("Element"), pgettext("of a thing", "State")],
        "rows": [list(line) for line in lines],
        "widths": ["w40", "w60"],
        "remarks": [
            _("It is joined to the convention and decides who answers for damage (art. 3)."),
            _("Without one made before the entry the resident answers for no damage."),
        ],
    }
    return _order("inspection", convention, inspection.public_id.hex, title, context, issued_on)


def furniture_order(convention: Convention, *, issued_on: date) -> Order:
    """The inventory of the furniture that the resident brought, in the language being spoken."""
    title = _("Inventory of the resident's furniture")
    room = _room(convention)
    rows = convention.furniture.order_by("brought_on", "pk")
    context = {
        "particulars": [{"label": label, "value": value} for label, value in [*_parties(convention), *room]],
        "headings": [
            _("Piece of furniture"),
            pgettext("quantity", "Number"),
            pgettext("of a thing", "State"),
            _("Brought on"),
            _("Taken away on"),
        ],
        "rows": [_piece(row) for row in rows],
        "widths": ["w35", "w10", "w25", "w15", "w15"],
        "remarks": [_("It is kept in the resident's file (art. 3).")],
    }
    return _order("furniture", convention, convention.public_id.hex, title, context, issued_on)


def _order(
    kind: str, convention: Convention, key: str, title: str, context: Mapping[str, object], issued_on: date
) -> Order:
    said = {"heading": title, "foot": str(convention), **context}
    words = json.dumps(freeze(said), sort_keys=True)
    digest = hashlib.sha256(words.encode()).hexdigest()[:16]
    return Order(
        key=f"residences/{kind}/{key}/{convention.language}/{issued_on:%Y%m%d}/{digest}",
        kind=f"rest-home-{kind}",
        template=TEMPLATE,
        context=said,
        language=convention.language,
        title=f"{title} {convention}",
        issued_on=issued_on,
    )


def _parties(convention: Convention) -> list[tuple[str, str]]:
    home = convention.home
    return [
        (_("Rest home"), f"{home.residence.name}, {home.operator}"),
        (_("Resident"), convention.resident.full_name),
        (_("Convention"), str(convention)),
    ]


def _room(convention: Convention) -> list[tuple[str, str]]:
    return [(_("Room and bed"), str(convention.bed))] if convention.bed else []


def _piece(row: Furniture) -> list[str]:
    removed = day(row.removed_on) if row.removed_on else ""
    return [row.description, str(row.quantity), row.state, day(row.brought_on), removed]
