"""What this business shows to the administrators: the figures in the menu, and what is still to be found out."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from hospitalisation.readings.figures import MISSING, TO_CONFIRM, open_points
from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.web.home import Block, MenuItem

MENU = (
    MenuItem(_("Hospital insurance figures"), "hospitalisation:figures", (Permission.MANAGE_REGISTRY,), 48),
)


def figures_block(user: User | None, on: date) -> Block | None:
    """The figures that nobody knows or has confirmed, and the franchise lists that are missing."""
    if user is None or not user.may(Permission.MANAGE_REGISTRY):
        return None
    context: dict[str, object] = {"points": open_points(on), "missing": MISSING, "to_confirm": TO_CONFIRM}
    return Block("hospitalisation/figures/home.html", context, 45)
