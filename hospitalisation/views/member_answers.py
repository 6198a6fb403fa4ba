"""The answers of a claim as cards to check, each line with the way to change it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hospitalisation import messages
from hospitalisation.models import Claim, ClaimKind
from hospitalisation.readings.preparing import DOCUMENTS, documents_of
from hospitalisation.views.member_steps import change_url
from partenamut.registry.masking import masked_iban

Row = dict[str, object]


def cards(claim: Claim) -> list[dict[str, Any]]:
    """The cards of a claim: `title` and `rows` of `label`, `value` and, where it can be changed, `url`."""
    made = [_person(claim)]
    if claim.kind == ClaimKind.STAY:
        made.append(_stay(claim))
    made.append(_documents(claim))
    return made


def _person(claim: Claim) -> dict[str, Any]:
    rows: list[Row] = [
        {"label": _("For"), "value": claim.member.full_name},
        {
            "label": _("Paid on the account"),
            "value": masked_iban(claim.member.iban) or _("No account is known yet"),
        },
    ]
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        rows.append({"label": _("Year of the care"), "value": str(claim.year)})
    return {"title": _("Person"), "rows": rows}


def _stay(claim: Claim) -> dict[str, Any]:
    url = change_url(claim, "stay")
    nights = ngettext("%(count)d night", "%(count)d nights", claim.nights) % {"count": claim.nights}
    answers = [
        (_("Hospital"), claim.place_name),
        (_("Day of admission"), messages.day(claim.admission) if claim.admission else ""),
        (_("Day of discharge"), messages.day(claim.discharge) if claim.discharge else ""),
        (_("Room"), str(claim.get_room_display()) if claim.room else ""),
    ]
    rows: list[Row] = [{"label": label, "value": value, "url": url} for label, value in answers]
    if claim.day_hospital or claim.discharge:
        rows.append({"label": _("Length"), "value": _("Day hospital") if claim.day_hospital else nights})
    return {"title": _("Stay"), "rows": rows}


def _documents(claim: Claim) -> dict[str, Any]:
    url, kept = change_url(claim, "documents"), documents_of(claim)
    rows: list[Row] = []
    for kind in DOCUMENTS[claim.kind]:
        names = [
            row.upload.original_name if row.upload else _("comes by post") for row in kept if row.kind == kind
        ]
        rows.append({"label": kind.label, "value": ", ".join(names) or _("Not sent yet"), "url": url})
    return {"title": _("Documents"), "rows": rows}
