"""Use cases of beneficiaries: included in a project, informed, corrected, leaving."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.errors import UploadRefused
from partenamut.documents.models import Upload
from partenamut.documents.services import receive
from partenamut.fields import blind_index
from partenamut.identifiers import WrongNumber, niss_birth_date, parse_niss
from partenamut.registry.models import Insurer, Member
from partenamut.registry.names import search_form
from partenamut.registry.services.members import WRONG_NISS
from partenamut.registry.services.rows import altered, described, locked, saved
from protocol3.models import Affiliation, Beneficiary, Enrolment, Practitioner, Project, Service
from protocol3.services.people_insurers import insure
from protocol3.services.people_traces import needs_reason

OTHER_BIRTH = _("The birth date is not the one that the NISS carries.")
INCLUDED = _("This person is already included in the project: open the file instead.")
UNTRAINED = _(
    "%(name)s is not recorded as trained in BelRAI, which a case manager must be "
    "(transition convention, art. 18). Record the training first, or choose somebody else."
)

#: The data of a person; a member of the mutuality brings them along.
PERSON = ("last_name", "first_name", "birth_date", "language", "street", "postal_code", "city", "phone")
#: What a correction of them may change.
CORRECTABLE = ("niss", *PERSON)


def known_person(niss: str) -> Beneficiary | None:
    """The beneficiary of a NISS, of whichever project; ValidationError where it cannot be a NISS."""
    found: Beneficiary | None = Beneficiary.objects.filter(niss_index=blind_index(_parsed(niss))).first()
    return found


def known_member(niss: str) -> Member | None:
    """The member of the mutuality with a NISS."""
    found: Member | None = (
        Member.objects.with_niss(niss).select_related("mutuality__insurer").first() if niss else None
    )
    return found


def member_values(member: Member) -> dict[str, Any]:
    """What the registry knows of a member, as an inclusion takes it over."""
    values = {name: getattr(member, name) for name in PERSON}
    return values | {
        "insurer": member.mutuality.insurer,
        "registration_number": member.registration_number,
    }


@transaction.atomic
def include(
    *,
    project: Project,
    niss: str,
    enrolled_on: date,
    person: Mapping[str, Any] | None = None,
    insurer: Insurer | None = None,
    registration_number: str = "",
    insured_from: date | None = None,
    case_manager: Practitioner | None = None,
    actor: User,
    at: datetime,
) -> Enrolment:
    """The person included in the project, taken over where the protocol knows them; ValidationError names the field."""
    beneficiary = known_person(niss) or _new_person(niss, person or {}, actor=actor, at=at)
    locked(beneficiary)
    if Enrolment.objects.filter(project=project, beneficiary=beneficiary).exists():
        raise ValidationError({"niss": INCLUDED})
    _within_life(beneficiary, enrolled_on)
    _may_manage(case_manager)
    enrolment = Enrolment(
        project=project, beneficiary=beneficiary, enrolled_on=enrolled_on, case_manager=case_manager
    )
    saved(enrolment)
    if insurer is not None:
        first = insured_from or enrolled_on
        insure(
            beneficiary=beneficiary,
            insurer=insurer,
            registration_number=registration_number,
            first_day=first,
            actor=actor,
            at=at,
        )
    elif not Affiliation.objects.on(enrolled_on).filter(beneficiary=beneficiary).exists():
        raise ValidationError({"insurer": _("Choose the insurer of the person on the day of inclusion.")})
    changes = described(enrolment, ["enrolled_on", "case_manager"])
    record(action="person_included", subject=enrolment, actor=actor, at=at, changes=changes)
    return enrolment


@transaction.atomic
def correct_person(
    *, beneficiary: Beneficiary, changes: Mapping[str, Any], reason: str, actor: User, at: datetime
) -> Beneficiary:
    """The person with their data corrected, each traced with before, after and the reason."""
    needs_reason(reason)
    if foreign := set(changes) - set(CORRECTABLE):
        raise ValueError(f"no correction changes {', '.join(sorted(foreign))}")
    row = locked(beneficiary)
    values = dict(changes)
    if "niss" in values:
        values["niss"] = _parsed(values["niss"])
    trace = altered(row, values)
    if trace:
        _write(row)
        record(action="person_corrected", subject=row, actor=actor, at=at, changes=trace, note=reason)
    return row


@transaction.atomic
def appoint(
    *, enrolment: Enrolment, case_manager: Practitioner | None, actor: User, at: datetime
) -> Enrolment:
    """The inclusion with another case manager; ValidationError for somebody without training in BelRAI."""
    row = locked(enrolment)
    trace = altered(row, {"case_manager": case_manager})
    if trace:
        _may_manage(case_manager)
        saved(row)
        record(action="case_manager_appointed", subject=row, actor=actor, at=at, changes=trace)
    return row


def inform(
    *, enrolment: Enrolment, informed_on: date, receipt: "File[Any] | None", actor: User, at: datetime
) -> Enrolment:
    """The inclusion with the signed receipt of the information sheet (art. 27); a file once received stays."""
    with transaction.atomic():
        row = locked(enrolment)
        if row.receipt_id is None and receipt is None:
            raise ValidationError({"receipt": _("Add the signed receipt: a scan or a photo of it.")})
        if row.beneficiary.died_on is not None and informed_on > row.beneficiary.died_on:
            raise ValidationError({"informed_on": _("The person had died by that day.")})
        changes: dict[str, Any] = {"informed_on": informed_on}
        if receipt is not None:
            changes["receipt"] = received(receipt, "receipt", actor=actor, at=at)
        trace = altered(row, changes)
        if trace:
            saved(row)
            record(action="person_informed", subject=row, actor=actor, at=at, changes=trace)
        return row


def received(file: "File[Any]", field: str, *, actor: User, at: datetime) -> Upload:
    """The file of a form field, checked and kept; ValidationError on that field with what is wrong."""
    try:
        return receive(file=file, kind=f"protocol3_{field}", actor=actor, at=at)
    except UploadRefused as error:
        raise ValidationError({field: error.message}) from error


@transaction.atomic
def leave(*, enrolment: Enrolment, left_on: date, left_because: str, actor: User, at: datetime) -> Enrolment:
    """The inclusion with the day of leaving; ValidationError where services were entered after it."""
    row = locked(enrolment)
    later = _latest_service(row)
    if later is not None and later > left_on:
        text = _("A service was done on %(day)s: the person leaves on that day at the earliest.")
        raise ValidationError({"left_on": ValidationError(text, params={"day": f"{later:%d/%m/%Y}"})})
    trace = altered(row, {"left_on": left_on, "left_because": left_because})
    if trace:
        saved(row)
        record(action="person_left", subject=row, actor=actor, at=at, changes=trace)
    return row


@transaction.atomic
def take_up_again(*, enrolment: Enrolment, actor: User, at: datetime) -> Enrolment:
    """The inclusion without its day of leaving: it was never ended, or the person came back."""
    row = locked(enrolment)
    trace = altered(row, {"left_on": None, "left_because": ""})
    if trace:
        saved(row)
        record(action="person_taken_up_again", subject=row, actor=actor, at=at, changes=trace)
    return row


@transaction.atomic
def record_end(
    *,
    beneficiary: Beneficiary,
    died_on: date | None,
    rest_home_entry: date | None,
    reason: str = "",
    actor: User,
    at: datetime,
) -> Beneficiary:
    """The person with the day of death or of entry in a rest home for good; a correction needs its reason."""
    row = locked(beneficiary)
    before = (row.died_on, row.rest_home_entry)
    if not any((*before, died_on, rest_home_entry)):
        raise ValidationError(
            {"died_on": _("Enter the day of death, or the day of entry in the rest home.")}, code="required"
        )
    after = {"died_on": died_on, "rest_home_entry": rest_home_entry}
    trace = altered(row, after)
    if any(old is not None and old != new for old, new in zip(before, after.values(), strict=True)):
        needs_reason(reason)
    if died_on and rest_home_entry and rest_home_entry > died_on:
        raise ValidationError(
            {"rest_home_entry": _("The entry in the rest home lies after the day of death.")}
        )
    if trace:
        saved(row)
        record(action="end_recorded", subject=row, actor=actor, at=at, changes=trace, note=reason)
    return row


# --- inside -----------------------------------------------------------------------------------------------


def _new_person(niss: str, values: Mapping[str, Any], *, actor: User, at: datetime) -> Beneficiary:
    person = Beneficiary(
        niss=_parsed(niss),
        member=known_member(niss),
        **{name: values[name] for name in PERSON if name in values},
    )
    _write(person)
    record(
        action="person_entered",
        subject=person,
        actor=actor,
        at=at,
        changes=described(person, ["member", *CORRECTABLE]),
    )
    return person


def _write(person: Beneficiary) -> None:
    born = niss_birth_date(person.niss)
    if born is not None and born != person.birth_date:
        raise ValidationError({"birth_date": OTHER_BIRTH})
    person.niss_index = blind_index(person.niss)
    if Beneficiary.objects.filter(niss_index=person.niss_index).exclude(pk=person.pk).exists():
        raise ValidationError({"niss": _("Another person has this NISS.")})
    person.search_name = search_form(person.last_name, person.first_name)
    saved(person)


def _parsed(niss: str) -> str:
    try:
        return parse_niss(niss)
    except WrongNumber as error:
        raise ValidationError({"niss": ValidationError(WRONG_NISS, code=error.code)}) from error


def _within_life(person: Beneficiary, day: date) -> None:
    if day < person.birth_date:
        raise ValidationError({"enrolled_on": _("The person was not born yet on that day.")})
    if person.died_on is not None and day > person.died_on:
        raise ValidationError({"enrolled_on": _("The person had died by that day.")})


def _may_manage(person: Practitioner | None) -> None:
    if person is not None and person.belrai_trained_on is None:
        text = ValidationError(UNTRAINED, params={"name": person.full_name})
        raise ValidationError({"case_manager": text})


def _latest_service(enrolment: Enrolment) -> date | None:
    found: date | None = (
        Service.objects.standing().filter(enrolment=enrolment).aggregate(latest=models.Max("date"))["latest"]
    )
    return found
