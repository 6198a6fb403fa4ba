"""What visitors see of a stay in hospital on the home page, and its line in everybody's menu."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.web.home import Block, MenuItem

MENU = (MenuItem(_("Hospital"), "hospitalisation:start", (), 12, "/hospital/"),)


def visitor_block(user: User | None, _on: date) -> Block | None:
    """The estimate and the check of a bill, for who is not logged in."""
    return Block("hospitalisation/home/visitor.html", {}, 12) if user is None else None
