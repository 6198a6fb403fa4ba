"""The answers of a request as cards to check, each line with the way to change it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convalescence import messages
from convalescence.models import AttachmentKind, Benefit, MedicalCriterion, Request
from convalescence.views import steps
from partenamut.registry.masking import masked_iban
from partenamut.web import formats

Row = dict[str, object]


def cards(request: Request, *, editable: bool = True) -> list[dict[str, object]]:
    """The cards of a request: `title` and `rows` of `label`, `value` and, while it is a draft, `url`."""
    parts = {
        Benefit.CONVALESCENCE: (_person, _medical, _place, _dates, _companion),
        Benefit.SHORT_STAY: (_person, _rest_home, _dates, _invoice),
        Benefit.CAREGIVER: (_person, _accompanied_stay, _dates),
    }[Benefit(request.benefit)]
    made = [part(request) for part in parts]
    if not editable:
        for card in made:
            card["rows"] = [{**row, "url": ""} for row in card["rows"]]  # type: ignore[attr-defined]
    return made


def _person(request: Request) -> dict[str, object]:
    member = request.member
    rows: list[Row] = [
        {"label": _("For"), "value": member.full_name},
        {
            "label": _("Paid on the account"),
            "value": masked_iban(member.iban) or _("No account is known yet"),
        },
    ]
    return {"title": _("Person"), "rows": rows}


def _medical(request: Request) -> dict[str, object]:
    url = _url(request, steps.MEDICAL)
    labels = dict(MedicalCriterion.choices)
    reasons = "; ".join(str(labels[code]) for code in request.criteria)
    rows: list[Row] = [
        {"label": _("Medical reason"), "value": reasons, "url": url},
        {"label": _("Medical proof"), "value": _files(request, AttachmentKind.MEDICAL_PROOF), "url": url},
    ]
    return {"title": _("Health"), "rows": rows}


def _place(request: Request) -> dict[str, object]:
    place = request.residence
    value = f"{place.name}, {place.street}, {place.postal_code} {place.city}" if place else ""
    return {
        "title": _("Residence"),
        "rows": [{"label": _("Residence"), "value": value, "url": _url(request, steps.RESIDENCE)}],
    }


def _rest_home(request: Request) -> dict[str, object]:
    row = {"label": _("Rest home"), "value": request.place_name, "url": _url(request, steps.REST_HOME)}
    return {"title": _("Rest home"), "rows": [row]}


def _dates(request: Request) -> dict[str, object]:
    url = _url(request, steps.ACCOMPANY if request.benefit == Benefit.CAREGIVER else steps.DATES)
    count = ngettext("%(days)d day that counts", "%(days)d days that count", request.nights) % {
        "days": request.nights
    }
    rows: list[Row] = [
        {
            "label": _("Day of arrival"),
            "value": messages.day(request.arrival) if request.arrival else "",
            "url": url,
        },
        {
            "label": _("Day of departure"),
            "value": messages.day(request.departure) if request.departure else "",
            "url": url,
        },
    ]
    if request.nights:
        rows.append({"label": _("Length"), "value": count})
    return {"title": _("Dates"), "rows": rows}


def _companion(request: Request) -> dict[str, object]:
    if request.companion:
        value = request.companion.full_name
    else:
        value = {True: _("Yes, somebody who is not recognised yet"), False: _("No"), None: ""}[
            request.accompanied
        ]
    row = {"label": _("Caregiver who comes along"), "value": value, "url": _url(request, steps.CAREGIVER)}
    return {"title": _("Caregiver"), "rows": [row]}


def _invoice(request: Request) -> dict[str, object]:
    value = _files(request, AttachmentKind.INVOICE) or _("To be sent later")
    row = {"label": _("Invoice of the rest home"), "value": value, "url": _url(request, steps.INVOICE)}
    return {"title": _("Invoice"), "rows": [row]}


def _accompanied_stay(request: Request) -> dict[str, object]:
    stay = request.cared_for_request
    value = ""
    if stay and stay.arrival and stay.departure:
        value = f"{stay.member.full_name}, {stay.place_name}, {formats.period(stay.arrival, stay.departure)}"
    row = {"label": _("Stay that you accompany"), "value": value, "url": _url(request, steps.ACCOMPANY)}
    return {"title": _("Stay"), "rows": [row]}


def _files(request: Request, kind: AttachmentKind) -> str:
    rows = request.attachments.filter(kind=kind, removed_at=None).select_related("upload").order_by("pk")
    return ", ".join(row.upload.original_name if row.upload else _("on paper") for row in rows)


def _url(request: Request, step: steps.Step) -> str:
    return f"{reverse(f'convalescence:{step.name}', args=[request.public_id])}?change=1"
