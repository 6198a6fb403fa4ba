"""Links that the businesses put on the page of a director's own residence, and on the sheet of a member at the desk."""

from collections.abc import Callable
from datetime import date

from django.utils.functional import Promise
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.registry.models import Member, Residence


class Beside(Struct, frozen=True):
    """What a business keeps of a residence: a sentence, and the page where it is."""

    text: str | Promise
    url: str
    label: str | Promise


#: Gives the link of a business for a residence on a day, None if it keeps nothing of it.
Provider = Callable[[Residence, date], Beside | None]

_providers: list[Provider] = []


def show_beside(provider: Provider) -> None:
    """Has a link of the provider stand on the page of a director's own residence."""
    if provider not in _providers:
        _providers.append(provider)


def beside(residence: Residence, on: date) -> list[Beside]:
    """What the businesses keep of a residence."""
    return [found for provider in _providers if (found := provider(residence, on)) is not None]


#: Gives the links of a business for a member and a user of the desk; none where the user has no use for them.
MemberProvider = Callable[[Member, User], list[Beside]]

_member_providers: list[MemberProvider] = []


def show_beside_member(provider: MemberProvider) -> None:
    """Has links of the provider stand on the sheet of a member at the desk."""
    if provider not in _member_providers:
        _member_providers.append(provider)


def beside_member(member: Member, user: User) -> list[Beside]:
    """What the businesses keep of a member, for a user of the desk."""
    return [link for provider in _member_providers for link in provider(member, user)]
