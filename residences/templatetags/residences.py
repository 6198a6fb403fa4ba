"""Template help of the rest homes: the menu of a home, names of rules."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from partenamut.web.formats import NO_BREAK_SPACE
from residences.messages import condition as condition_name
from residences.models import Convention, RestHome

register = template.Library()

#: The pages of a home: name of the part, label, address.
PARTS = (
    ("home", _("Overview"), "residences:home"),
    ("conventions", _("Conventions"), "residences:conventions"),
    ("endings", _("Notices and departures"), "residences:endings"),
    ("occupancy", _("Occupancy"), "residences:occupancy"),
    ("accounts", _("Accounts"), "residences:accounts"),
    ("months", _("Months"), "residences:runs"),
    ("payments", _("Payments"), "residences:payments"),
    ("prices", _("Prices"), "residences:prices"),
    ("settings", _("Rest home"), "residences:settings"),
)

#: The pages of one convention, for those who run the home.
CONVENTION_PARTS = (
    ("text", _("Convention"), "residences:convention"),
    ("amendments", _("Amendments"), "residences:amendments"),
    ("inventories", _("Inventories"), "residences:inventories"),
    ("account", _("Account"), "residences:account"),
    ("statement", _("Statement"), "residences:statement"),
    ("ending", _("Notice and end"), "residences:ending"),
)


#: Pages that have nothing to show before both sides have signed.
SIGNED_PARTS = frozenset({"amendments", "account", "statement", "ending"})


@register.inclusion_tag("components/area_nav.html")
def home_nav(home: RestHome, here: str = "") -> dict[str, Any]:
    """The menu of a rest home, the current part marked."""
    label = gettext("Rest home %(name)s") % {"name": home}
    return {"name": str(home), "label": label, "parts": _parts(PARTS, here, home.public_id)}


@register.inclusion_tag("components/area_nav.html")
def convention_nav(convention: Convention, here: str = "") -> dict[str, Any]:
    """The menu of a convention, the current part marked."""
    name = convention.resident.full_name
    label = gettext("Convention of %(name)s") % {"name": name}
    shown = [part for part in CONVENTION_PARTS if convention.signed_on or part[0] not in SIGNED_PARTS]
    parts = _parts(shown, here, convention.home.public_id, convention.public_id)
    return {"name": name, "label": label, "parts": parts}


def _parts(parts: Any, here: str, *args: Any) -> list[dict[str, Any]]:
    shown = []
    for name, label, address in parts:
        try:
            url = reverse(address, args=args)
        except NoReverseMatch:
            continue
        shown.append({"label": label, "url": url, "current": name == here})
    return shown


@register.filter
def condition(code: str) -> str:
    """The name of a rule."""
    return condition_name(code)


@register.simple_tag
def colon() -> str:
    """The colon between what is named and what is said of it; French puts a space before it."""
    return f"{NO_BREAK_SPACE}: " if (get_language() or "fr").startswith("fr") else ": "
