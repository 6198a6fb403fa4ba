"""The information sheet of a beneficiary, to hand over against a signed receipt (art. 27 §2)."""

import hashlib
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.timezone import localdate

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.documents.models import Rendered
from partenamut.documents.services import bytes_of, place
from protocol3.documents import InformationWords, ProjectWords, information_order
from protocol3.models import Enrolment, Project


def information_sheet(*, enrolment: Enrolment, actor: User, at: datetime) -> Rendered:
    """The sheet in the language of the person, made once a day for the same words."""
    person, project = enrolment.beneficiary, enrolment.project
    words = InformationWords(
        issued_on=localdate(at),
        project=_project(project),
        full_name=person.full_name,
        address_lines=_lines(person.street, person.postal_code, person.city),
        alternatives=tuple(project.alternatives),
        language=person.language,
    )
    mark = hashlib.sha256(msgspec.json.encode(words)).hexdigest()[:16]
    with transaction.atomic():
        wanted = information_order(words, f"protocol3-information-{enrolment.public_id}-{mark}")
        document = place(wanted, actor=actor, at=at)
        record(action="information_sheet_made", subject=enrolment, actor=actor, at=at)
        return bytes_of(document, at=at)


def _project(project: Project) -> ProjectWords:
    return ProjectWords(
        name=project.name,
        address_lines=_lines(project.street, project.postal_code, project.city),
        contact=project.email or project.phone,
        inami_number=project.inami_number,
        enterprise_number=project.enterprise_number,
        iban=project.iban,
        account_holder=project.account_holder,
        signatory=project.signatory,
    )


def _lines(street: str, postal_code: str, city: str) -> tuple[str, ...]:
    return tuple(line for line in (street, f"{postal_code} {city}".strip()) if line)
