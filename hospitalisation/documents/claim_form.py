"""The claim form of a stay with what is known filled in, to print, complete and sign."""

import hashlib
import json
from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from hospitalisation import messages
from hospitalisation.documents import CONTACT, POST_ADDRESS
from hospitalisation.documents.letters import period_of
from hospitalisation.facts import tier_of
from hospitalisation.models import Claim, ClaimKind
from partenamut.accounts.models import User
from partenamut.documents import services as documents
from partenamut.documents.models import Document
from partenamut.documents.words import freeze
from partenamut.registry.masking import masked_iban

Row = dict[str, str]


def order_claim_form(claim: Claim, *, actor: User, at: datetime) -> Document:
    """The form as things stand: the same answers give the same document, others another one."""
    with override(claim.member.language):
        title = _("Claim form %(number)s") % {"number": claim.number or ""}
        words = freeze(_words(claim, title.strip()))
    seal = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:20]
    day = localdate(at)
    return documents.order(
        key=f"hospitalisation/{claim.public_id}/claim-form/{day.isoformat()}/{claim.member.language}/{seal}",
        kind="claim_form",
        template="documents/hospital_claim_form.html",
        language=claim.member.language,
        title=title.strip(),
        issued_on=day,
        actor=actor,
        at=at,
        context=words,
    )


def _words(claim: Claim, title: str) -> dict[str, object]:
    return {
        "heading": _("Claim form of the hospital insurance"),
        "foot": title,
        "house": settings.HOUSE_NAME,
        "service": CONTACT.name,
        "parts": [
            {"caption": _("Patient"), "rows": _patient(claim)},
            {"caption": claim.get_kind_display(), "rows": _stay(claim)},
        ],
        "blanks": _blanks(claim),
        "declaration": _(
            "I declare that what stands here is correct, and that the documents that I send are those of this claim."
        ),
        "send": _(
            "Send a photo or scan of this form in the portal, or the form itself to %(address)s. The original "
            "certificate of care given comes on paper, by post or in the box of an agency."
        )
        % {"address": ", ".join(POST_ADDRESS)},
        "help": _("A question? Call us on %(phone)s.") % {"phone": CONTACT.phone},
    }


def _patient(claim: Claim) -> list[Row]:
    member = claim.member
    return [
        {"label": _("Name"), "value": member.full_name},
        {"label": _("Birth date"), "value": messages.day(member.birth_date)},
        {"label": _("NISS"), "value": _niss(member.niss)},
        {"label": _("Registration number"), "value": member.registration_number},
        {"label": _("Mutuality"), "value": f"{member.mutuality.code} {member.mutuality.name}"},
        {"label": _("Address"), "value": f"{member.street}, {member.postal_code} {member.city}"},
        {
            "label": _("Paid on the account"),
            "value": masked_iban(member.iban) or _("No account is known yet"),
        },
    ]


def _stay(claim: Claim) -> list[Row]:
    rows = [{"label": _("Our reference"), "value": claim.number or ""}]
    if claim.kind == ClaimKind.SERIOUS_ILLNESS:
        return [*rows, {"label": _("Year of the care"), "value": str(claim.year)}]
    rows += [
        {"label": _("Hospital"), "value": claim.place_name},
        {"label": _("Days"), "value": period_of(claim)},
        {"label": _("Room"), "value": str(claim.get_room_display())},
        {"label": _("Day hospital"), "value": _("Yes") if claim.day_hospital else _("No")},
    ]
    if claim.admission:
        name = messages.tier(tier_of(claim.member, claim.admission))
        rows.append({"label": _("Hospital insurance on the day of admission"), "value": name})
    return rows


def _blanks(claim: Claim) -> list[str]:
    """What only the patient knows: lines to write on."""
    asked = [
        _("Why the care was needed (illness, accident, birth)"),
        _("After an accident: when and where, and who is liable"),
        _("Another insurance for the same costs: name and number"),
    ]
    if claim.kind == ClaimKind.STAY and claim.discharge is None:
        asked.insert(0, _("Day of discharge"))
    return asked


def _niss(digits: str) -> str:
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"
