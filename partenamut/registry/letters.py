"""What letters and mails to members have in common: from which service, to whom, in whose language."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from partenamut.registry.models import Member


class ServiceContact(msgspec.Struct, frozen=True):
    """The service that members reach about a benefit."""

    name: str
    phone: str
    email: str


@contextmanager
def letter_to(member: Member, contact: ServiceContact) -> Iterator[dict[str, object]]:
    """Speaks the member's language inside; gives what every letter of a service has."""
    with override(member.language):
        yield {
            "sender": {
                "name": settings.HOUSE_NAME,
                "service": contact.name,
                "lines": settings.HOUSE_ADDRESS,
                "phone": contact.phone,
                "email": contact.email,
            },
            "addressee": {
                "lines": [member.full_name, member.street, f"{member.postal_code} {member.city}"],
            },
            "salutation": _("Dear %(name)s,") % {"name": member.full_name},
            "closing": _("Kind regards,"),
            "signatory": {"name": contact.name, "role": settings.HOUSE_NAME},
        }


def tell(contact: ServiceContact, *members: Member) -> None:
    """Has each person told by mail, once the transaction is committed, that something is new in their file.

    What it is stands in the portal, behind the log-in.
    """
    for address, language in dict.fromkeys(_address(member) for member in members):
        if address:
            # A mail that does not leave never undoes what was decided.
            transaction.on_commit(
                lambda to=address, speaks=language: _send(contact, to, speaks),  # type: ignore[misc]
                robust=True,
            )


def _address(member: Member) -> tuple[str, str]:
    return (member.user.email if member.user else member.email), member.language


def _send(contact: ServiceContact, address: str, language: str) -> None:
    with override(language):
        lines = [
            _("Hello,"),
            _("There is something new in your file. Log in to the portal to read it."),
            _("For your safety this message has no link and says nothing about your file."),
            _("A question? Call us: %(phone)s.") % {"phone": contact.phone},
            contact.name,
        ]
        send_mail(_("Something new in your file"), "\n\n".join(lines), None, [address])
