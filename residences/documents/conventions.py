"""The papers of a convention: both copies with the inventories and the receipt, and the page of its signatures."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from partenamut.documents.services import Order
from partenamut.sentences import day
from residences.models import Allowed, Means, Side, Signature
from residences.text import fingerprint, from_data

#: Figures of a fingerprint that stand at the foot of each page, in groups of four; the whole one stands beside the signatures.
SHOWN = 16
FURNITURE_LINES = 16
#: What is looked at in every room.
FIXTURES = (
    gettext_lazy("Walls and ceiling"),
    gettext_lazy("Floor"),
    gettext_lazy("Windows and curtains"),
    gettext_lazy("Door, lock and keys"),
    gettext_lazy("Heating"),
    gettext_lazy("Lights, switches and sockets"),
    gettext_lazy("Call system"),
    gettext_lazy("Bed and mattress"),
    gettext_lazy("Bedside table"),
    gettext_lazy("Wardrobe"),
    gettext_lazy("Table and chairs"),
    gettext_lazy("Armchair"),
    gettext_lazy("Washbasin, toilet and shower"),
    gettext_lazy("Refrigerator"),
    gettext_lazy("Television and telephone"),
)


def convention_order(
    content: dict[str, Any],
    *,
    key: str,
    language: str,
    resident: str,
    offered_on: date,
    number: str,
    turn: int,
    place: str = "",
) -> Order:
    """The convention as offered for signature: both copies, the forms of the two inventories and the receipt."""
    with override(language):
        title = _("Convention between %(home)s and %(resident)s") % {
            "home": content["terms"]["home"]["name"],
            "resident": resident,
        }
        context = {
            "text": content,
            "number": number,
            "fingerprint": fingerprint(content),
            "foot": foot(number, fingerprint(content)),
            "offered_on": offered_on,
            "turn": turn,
            "place": place,
            "allowed": [str(label) for code, label in Allowed.choices if code in _home(content)["allowed"]],
            "elements": [str(element) for element in FIXTURES],
            "lines": list(range(1, FURNITURE_LINES + 1)),
            "copies": [_("Copy for the resident"), _("Copy for the manager")],
        }
    return Order(
        key=key,
        kind="rest-home-convention",
        template="documents/residences_convention.html",
        context=context,
        language=language,
        title=title,
        issued_on=offered_on,
    )


def signatures_order(
    content: dict[str, Any],
    signatures: Sequence[Signature],
    *,
    key: str,
    number: str,
    offered_on: date,
    signed_on: date,
) -> Order:
    """The page that says who signed the text, in what quality, when, how, and under which fingerprint."""
    text = from_data(content)
    with override(text.language):
        title = _("Signatures of convention %(number)s") % {"number": number}
        sha256 = fingerprint(content)
        context = {
            "text": content,
            "number": number,
            "fingerprint": sha256,
            "foot": foot(number, sha256),
            "offered_on": offered_on,
            "signatures": [signature_words(one) for one in signatures],
        }
        return Order(
            key=key,
            kind="rest-home-signatures",
            template="documents/residences_signatures.html",
            context=context,
            language=text.language,
            title=title,
            issued_on=signed_on,
        )


def foot(number: str, sha256: str) -> str:
    """What stands at the foot of each page: the number and the beginning of the fingerprint."""
    short = " ".join(sha256[place : place + 4] for place in range(0, SHOWN, 4))
    return _("%(number)s, text %(fingerprint)s") % {"number": number, "fingerprint": short}


def _home(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content["terms"]["home"]
    return found


def signature_words(row: Signature) -> dict[str, object]:
    """A signature as papers show it."""
    moment: datetime = localtime(row.recorded_at)
    return {
        "side": str(Side(row.side).label),
        "name": row.name,
        "quality": row.quality,
        "signed_on": day(row.signed_on),
        "means": str(Means(row.means).label),
        "recorded": _("%(day)s at %(hour)s") % {"day": day(moment.date()), "hour": f"{moment:%H:%M}"},
        "recorded_by": row.recorded_by.name,
        "fingerprint": row.sha256,
    }
