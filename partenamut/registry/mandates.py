"""Who acts for somebody else leaves a line that this person can read."""

from django.http import HttpRequest
from django.utils.timezone import now

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import note_access
from partenamut.registry.models import Member


def note_mandate(request: HttpRequest, member: Member) -> None:
    """The line in the access log, where the file that is opened is not the user's own."""
    user = user_of(request)
    if member.user_id != user.pk:
        note_access(person=member, actor=user, at=now(), purpose="mandate", path=request.path)
