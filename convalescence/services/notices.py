"""E-mails that say that a file has news, in the name of this service."""

from convalescence.documents import CONTACT
from partenamut.registry import letters
from partenamut.registry.models import Member


def tell(*members: Member) -> None:
    """Has each person told, once the transaction is committed, that something is new in their file."""
    letters.tell(CONTACT, *members)
