"""Template help of the project pages: the menu of a project, names of services."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.roles import Permission
from protocol3.messages import FAMILIES, MODALITIES, PLACES, PROFESSIONS
from protocol3.messages import condition as condition_name
from protocol3.models import Project

register = template.Library()

#: The pages of a project: name of the part, label, address, whether it is for those who bill only.
PARTS = (
    ("home", _("Overview"), "protocol3:project", False),
    ("people", _("Beneficiaries"), "protocol3:beneficiaries", False),
    ("services", _("Services"), "protocol3:services", False),
    ("months", _("Months"), "protocol3:closings", True),
    ("notes", _("Notes"), "protocol3:recaps", True),
    ("money", _("Payments"), "protocol3:payments", True),
    ("reports", _("Reports"), "protocol3:reports", True),
    ("settings", _("Project"), "protocol3:settings", True),
)


@register.inclusion_tag("components/area_nav.html", takes_context=True)
def project_nav(context: Any, project: Project, here: str = "") -> dict[str, Any]:
    """The menu of a project: what the user may open, the current part marked."""
    user = context["request"].user
    bills = user.may(Permission.BILL_PROJECT)
    parts = [
        {"label": label, "url": reverse(address, args=[project.public_id]), "current": name == here}
        for name, label, address, billing in PARTS
        if bills or not billing
    ]
    return {
        "name": project.name,
        "label": gettext("Project %(name)s") % {"name": project.name},
        "parts": parts,
    }


@register.filter
def family(code: str) -> Any:
    """The name of a family of services."""
    return FAMILIES.get(code, code)


@register.filter
def modality(code: str) -> Any:
    """The name of a way of giving a service."""
    return MODALITIES.get(code, code)


@register.filter
def place(code: str) -> Any:
    """The name of a place."""
    return PLACES.get(code, code)


@register.filter
def profession(code: str) -> Any:
    """The name of a profession."""
    return PROFESSIONS.get(code, code)


@register.filter
def condition(code: str) -> str:
    """The name of a rule."""
    return condition_name(code)
