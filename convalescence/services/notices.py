"""E-mails that say that a file has news, and nothing else: what it is stands in the portal, behind the log-in."""

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from convalescence.documents import CONTACT
from partenamut.registry.models import Member


def tell(*members: Member) -> None:
    """Has each person told, once the transaction is committed, that something is new in their file."""
    for address, language in dict.fromkeys(_address(member) for member in members):
        if address:
            # A mail that does not leave never undoes what was decided.
            transaction.on_commit(lambda to=address, speaks=language: _send(to, speaks), robust=True)  # type: ignore[misc]


def _address(member: Member) -> tuple[str, str]:
    return (member.user.email if member.user else member.email), member.language


def _send(address: str, language: str) -> None:
    with override(language):
        lines = [
            _("Hello,"),
            _("There is something new in your file. Log in to the portal to read it."),
            _("For your safety this message has no link and says nothing about your file."),
            _("A question? Call us: %(phone)s.") % {"phone": CONTACT.phone},
            CONTACT.name,
        ]
        send_mail(_("Something new in your file"), "\n\n".join(lines), None, [address])
