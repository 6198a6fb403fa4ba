"""What the home page and the menu show: each business fills in its own part in `AppConfig.ready`."""

from collections.abc import Callable
from datetime import date

from django.utils.functional import Promise
from msgspec import Struct

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission


class Block(Struct, frozen=True):
    """A part of the home page: a template with what it shows; lower order comes first."""

    template: str
    context: dict[str, object]
    order: int = 50


#: Gives the block of a business for a user on a day, None if it has nothing to say; the user is None for visitors.
Provider = Callable[[User | None, date], Block | None]


class MenuItem(Struct, frozen=True):
    """A line of the menu: for users with one of the rights, or for everybody where none is named."""

    label: str | Promise
    url_name: str
    permissions: tuple[Permission, ...] = ()
    order: int = 50
    #: The head of other addresses that belong to it too.
    under: str = ""
    #: Whether it is of any use to a user on a day; asked only of those who have one of the rights.
    useful: Callable[[User, date], bool] | None = None

    def shown_to(self, user: User | None) -> bool:
        """Whether it stands in the menu of a user, None being a visitor."""
        return not self.permissions or (
            user is not None and any(user.may(right) for right in self.permissions)
        )


_providers: list[Provider] = []
_menu: list[MenuItem] = []


def show_on_home(provider: Provider) -> None:
    """Has a part of the home page made by the provider."""
    if provider not in _providers:
        _providers.append(provider)


def put_in_menu(*items: MenuItem) -> None:
    """Has lines stand in the menu."""
    _menu.extend(item for item in items if item not in _menu)


def blocks_for(user: User | None, on: date) -> list[Block]:
    """The parts of the home page of a user, or of a visitor."""
    made = [block for provider in _providers if (block := provider(user, on)) is not None]
    return sorted(made, key=lambda block: block.order)


def menu_for(user: User | None, on: date) -> list[MenuItem]:
    """The menu of a user on a day, or of a visitor."""
    shown = (item for item in _menu if item.shown_to(user) and _is_useful(item, user, on))
    return sorted(shown, key=lambda item: item.order)


def _is_useful(item: MenuItem, user: User | None, on: date) -> bool:
    return item.useful is None or (user is not None and item.useful(user, on))
