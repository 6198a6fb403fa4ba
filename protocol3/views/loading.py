"""What a page is about, loaded among what the user may see; a stranger's row is a 404."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from partenamut.registry.models import Member
from protocol3.models import Beneficiary, Enrolment, Project


def project_of(request: HttpRequest, project_id: uuid.UUID) -> Project:
    """The project of an address, for those who work for it today; 404 for others, the mutuality's admin too."""
    user = user_of(request)
    found: Project = get_object_or_404(Project.objects.worked_for(user, localdate()), public_id=project_id)
    return found


def enrolment_of(request: HttpRequest, enrolment_id: uuid.UUID) -> Enrolment:
    """The inclusion of a person in a project that the user works for; 404 for others."""
    visible = Enrolment.objects.visible_to(user_of(request), localdate())
    found: Enrolment = get_object_or_404(
        visible.select_related("project", "beneficiary__member"), public_id=enrolment_id
    )
    return found


def note_file_opened(request: HttpRequest, person: Beneficiary | Member, purpose: str) -> None:
    """Writes down who opened whose file, and why; a member sees it on the page of their account."""
    holder = person.file_holder if isinstance(person, Beneficiary) else person
    note_access(person=holder, actor=user_of(request), at=now(), purpose=purpose, path=request.path)
