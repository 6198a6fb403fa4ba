"""What changes in the file of a beneficiary: data, scores, findings, stays, insurers, the receipt, the end."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from partenamut.accounts.permissions import user_of
from partenamut.registry.deeds import form_page
from partenamut.web.forms import PortalForm
from partenamut.web.resume import posted
from protocol3.forms import people as forms
from protocol3.forms import people_facts as facts
from protocol3.models import Beneficiary, Caregiver, Enrolment, PriorUnits
from protocol3.readings.ledgers import ledger_of
from protocol3.readings.people_file import closing_text, head
from protocol3.services import people, people_findings, people_insurers, people_stays
from protocol3.views.people import NISS, opened, works_for_a_project

TEMPLATE = "protocol3/people/form.html"


@dataclass(frozen=True)
class Kind:
    """A kind of row of a file: its words, its forms and its use cases."""

    add: Any
    change: Any
    form: type[PortalForm]
    change_form: type[PortalForm]
    rows: Callable[[Beneficiary], Any]
    begin: Callable[..., object]
    alter: Callable[..., object]
    lead: Any = ""
    warning: Any = ""

    @property
    def corrects(self) -> bool:
        """Whether its form asks why something changes."""
        return issubclass(self.change_form, forms.FactForm)


def _altered(service: Callable[..., object], name: str) -> Callable[..., object]:
    """A service that changes a row, with the reason of its form apart from the changes."""

    def alter(row: Any, cleaned: dict[str, Any], **by: Any) -> object:
        apart = {key: cleaned.pop(key) for key in ("reason", "document") if key in cleaned}
        return service(**{name: row}, changes=cleaned, **apart, **by)

    return alter


def _begun(service: Callable[..., object]) -> Callable[..., object]:
    return lambda person, cleaned, **by: service(beneficiary=person, **cleaned, **by)


KINDS = {
    "assessments": Kind(
        add=gettext_lazy("Enter BelRAI scores"),
        change=gettext_lazy("Correct BelRAI scores"),
        form=facts.AssessmentForm,
        change_form=facts.AssessmentForm,
        rows=lambda person: person.assessments.all(),
        begin=_begun(people_findings.add_assessment),
        alter=_altered(people_findings.correct_assessment, "assessment"),
        lead=gettext_lazy("Eligibility looks at the latest day of scores until the start of the period."),
    ),
    "findings": Kind(
        add=gettext_lazy("Enter a finding"),
        change=gettext_lazy("Correct or end a finding"),
        form=facts.FindingForm,
        change_form=facts.FindingCorrectionForm,
        rows=lambda person: person.findings.all(),
        begin=_begun(people_findings.add_finding),
        alter=_altered(people_findings.correct_finding, "finding"),
    ),
    "caregivers": Kind(
        add=gettext_lazy("Enter a caregiver"),
        change=gettext_lazy("Change the data of a caregiver"),
        form=facts.CaregiverForm,
        change_form=facts.CaregiverForm,
        rows=lambda person: person.caregivers.all(),
        begin=_begun(people_findings.add_caregiver),
        alter=_altered(people_findings.change_caregiver, "caregiver"),
    ),
    "stays": Kind(
        add=gettext_lazy("Enter a stay"),
        change=gettext_lazy("End or correct a stay"),
        form=facts.StayForm,
        change_form=facts.StayForm,
        rows=lambda person: person.stays.all(),
        begin=_begun(people_stays.add_stay),
        alter=_altered(people_stays.change_stay, "stay"),
        lead=gettext_lazy("A stay decides what is billable on its days (art. 26)."),
    ),
    "financings": Kind(
        add=gettext_lazy("Enter other financing"),
        change=gettext_lazy("End or correct other financing"),
        form=facts.FinancingForm,
        change_form=facts.FinancingForm,
        rows=lambda person: person.financings.all(),
        begin=_begun(people_stays.add_financing),
        alter=_altered(people_stays.change_financing, "financing"),
        lead=gettext_lazy(
            "First-line psychological care stops psychological support on its days; any other financing "
            "stops every service (art. 26)."
        ),
    ),
    "insurers": Kind(
        add=gettext_lazy("Record an insurer"),
        change=gettext_lazy("Correct an insurer"),
        form=facts.InsurerForm,
        change_form=facts.InsurerCorrectionForm,
        rows=lambda person: person.affiliations.select_related("insurer"),
        begin=_begun(people_insurers.insure),
        alter=_altered(people_insurers.correct_insurer, "affiliation"),
        warning=gettext_lazy(
            "What was billed already stays billed: where it went to the wrong insurer, a correction note "
            "takes it back."
        ),
    ),
}


@works_for_a_project
@require_http_methods(["GET", "POST"])
def add_row(request: HttpRequest, enrolment_id: uuid.UUID, kind: str) -> HttpResponse:
    """A new row of a file."""
    enrolment, chosen = opened(request, enrolment_id), _kind(kind)

    def begin(cleaned: dict[str, Any]) -> None:
        chosen.begin(enrolment.beneficiary, cleaned, **_by(request))

    form = chosen.form(*_sent(request))
    return _form(
        request, enrolment, form, begin, title=chosen.add, lead=chosen.lead, done=_("It is entered.")
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def change_row(request: HttpRequest, enrolment_id: uuid.UUID, kind: str, row_id: uuid.UUID) -> HttpResponse:
    """A row of a file, corrected or ended."""
    enrolment, chosen = opened(request, enrolment_id), _kind(kind)
    row = get_object_or_404(chosen.rows(enrolment.beneficiary), public_id=row_id)

    def alter(cleaned: dict[str, Any]) -> None:
        chosen.alter(row, cleaned, **_by(request))

    extra = {"correction": True} if chosen.corrects else {}
    form = chosen.change_form(*_sent(request), initial=forms.values_of(row, chosen.change_form), **extra)
    return _form(
        request,
        enrolment,
        form,
        alter,
        title=chosen.change,
        lead=chosen.lead,
        warning=chosen.warning,
        done=_("The change is kept."),
        row_about=str(row),
        remove_url=_removal(enrolment, row),
    )


@works_for_a_project
@require_POST
def remove_caregiver(request: HttpRequest, enrolment_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """A caregiver taken off the file."""
    enrolment = opened(request, enrolment_id)
    row = get_object_or_404(enrolment.beneficiary.caregivers.all(), public_id=row_id)
    people_findings.remove_caregiver(caregiver=row, **_by(request))
    messages.success(request, _("The caregiver is removed from the file."))
    return redirect("protocol3:beneficiary", enrolment.public_id)


@works_for_a_project
@require_http_methods(["GET", "POST"])
def correct_person(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The data of a person, to correct with a reason; the number stands in full, and the log says so."""
    enrolment = opened(request, enrolment_id, NISS)
    person = enrolment.beneficiary

    def correct(cleaned: dict[str, Any]) -> None:
        reason = cleaned.pop("reason")
        people.correct_person(beneficiary=person, changes=cleaned, reason=reason, **_by(request))

    initial = forms.values_of(person, forms.PersonForm)
    return _form(
        request,
        enrolment,
        forms.PersonForm(*_sent(request), correction=True, initial=initial),
        correct,
        title=_("Correct the data of the person"),
        done=_("The data are corrected."),
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def case_manager(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """Who manages the case."""
    enrolment = opened(request, enrolment_id)

    def appoint(cleaned: dict[str, Any]) -> None:
        people.appoint(enrolment=enrolment, **cleaned, **_by(request))

    initial = {"case_manager": enrolment.case_manager_id}
    form = forms.CaseManagerForm(*_sent(request), project=enrolment.project, initial=initial)
    return _form(
        request, enrolment, form, appoint, title=_("Case manager"), done=_("The case manager is kept.")
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The signed receipt of the information sheet."""
    enrolment = opened(request, enrolment_id)

    def inform(cleaned: dict[str, Any]) -> None:
        people.inform(enrolment=enrolment, **cleaned, **_by(request))

    form = forms.ReceiptForm(*_sent(request), initial={"informed_on": enrolment.informed_on})
    return _form(
        request,
        enrolment,
        form,
        inform,
        title=_("Receipt of the information sheet"),
        lead=_("A written explanation of the limits, handed over against a signed receipt (art. 27 §2)."),
        done=_("The receipt is kept."),
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def prior_units(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """What the convention before did for the person."""
    enrolment = opened(request, enrolment_id)
    row = PriorUnits.objects.filter(beneficiary=enrolment.beneficiary).first()

    def keep(cleaned: dict[str, Any]) -> None:
        reason = cleaned.pop("reason", "")
        people_stays.record_prior_units(
            beneficiary=enrolment.beneficiary, values=cleaned, reason=reason, **_by(request)
        )

    empty = dict.fromkeys(people_stays.MOST, 0)
    initial = forms.values_of(row, facts.PriorUnitsForm) if row else empty
    return _form(
        request,
        enrolment,
        facts.PriorUnitsForm(*_sent(request), correction=row is not None, initial=initial),
        keep,
        title=_("Units of the convention before"),
        lead=_("They count in the same period and the same limits (art. 30)."),
        done=_("The units are kept."),
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """Death, or entry in a rest home for good, and what it means."""
    enrolment = opened(request, enrolment_id)
    person = enrolment.beneficiary
    recorded = person.died_on is not None or person.rest_home_entry is not None

    def keep(cleaned: dict[str, Any]) -> None:
        people.record_end(beneficiary=person, **cleaned, **_by(request))

    return _form(
        request,
        enrolment,
        forms.EndForm(*_sent(request), correction=recorded, initial=forms.values_of(person, forms.EndForm)),
        keep,
        title=_("Death or entry in a rest home"),
        lead=_(
            "The period ends on that day. From the day after, a closing series of 10 units can be done "
            "within 30 days, for the person or the caregiver (art. 11 §2 and 12 §4)."
        ),
        warning=closing_text(ledger_of(enrolment, on=localdate())) if recorded else "",
        done=_("The day is kept."),
    )


@works_for_a_project
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The day a person leaves the project."""
    enrolment = opened(request, enrolment_id)

    def go(cleaned: dict[str, Any]) -> None:
        people.leave(enrolment=enrolment, **cleaned, **_by(request))

    return _form(
        request,
        enrolment,
        forms.LeaveForm(*_sent(request), initial=forms.values_of(enrolment, forms.LeaveForm)),
        go,
        title=_("Leave the project"),
        lead=_("The file stays; what was done until that day is billed as usual."),
        done=_("The day of leaving is kept."),
    )


# --- parts ------------------------------------------------------------------------------------------------


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    data = posted(request)
    return data, None if data is None else request.FILES


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request), "at": timezone.now()}


def _removal(enrolment: Enrolment, row: Any) -> str:
    if not isinstance(row, Caregiver):
        return ""
    return reverse("protocol3:remove_caregiver", args=[enrolment.public_id, row.public_id])


def _form(
    request: HttpRequest,
    enrolment: Enrolment,
    form: PortalForm,
    deed: Callable[[dict[str, Any]], object],
    **words: Any,
) -> HttpResponse:
    """The page of a form about a person; once the deed is done, the file again with a message."""
    return form_page(
        request,
        form,
        deed,
        **{
            "submit": _("Keep"),
            "back": reverse("protocol3:beneficiary", args=[enrolment.public_id]),
            "back_label": enrolment.beneficiary.full_name,
            "template": TEMPLATE,
            **head(enrolment, on=localdate()),
            **words,
        },
    )
