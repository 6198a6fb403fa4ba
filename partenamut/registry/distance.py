"""Who is too close to a person to decide about them."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.registry.models import Member


def needs_distance(actor: User, *members: Member, at: datetime) -> None:
    """ValidationError where a decision touches the actor's own file, or that of a person they act for."""
    if any(member.has_on_their_side(actor, localdate(at)) for member in members):
        raise ValidationError(
            _("This is your own file, or you act for this person: a colleague decides on it.")
        )
