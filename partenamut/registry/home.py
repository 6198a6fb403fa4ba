"""What the registry shows on the home page of those who keep it and of directors, and in the menu."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.registry.models import Insurer, LabelGrant, MemberImport, Residence
from partenamut.web.home import Block, MenuItem

MENU = (
    MenuItem(_("Members"), "registry:members", (Permission.MANAGE_REGISTRY,), 40),
    MenuItem(_("Manage residences"), "registry:managed_residences", (Permission.MANAGE_RESIDENCES,), 42),
    MenuItem(_("Insurers"), "registry:insurers", (Permission.MANAGE_REGISTRY,), 44),
    MenuItem(_("Hospitals"), "registry:hospitals", (Permission.MANAGE_REGISTRY,), 46),
    MenuItem(_("My residence"), "registry:own_residences", (Permission.DIRECT_RESIDENCE,), 5),
)
#: How long before its end a label is announced.
SOON = timedelta(days=60)


def registry_block(user: User | None, on: date) -> Block | None:
    """What is missing, unfinished or soon over in the registry."""
    if user is None or not user.may(Permission.MANAGE_REGISTRY):
        return None
    open_imports = (MemberImport.Status.CHECKED, MemberImport.Status.RUNNING)
    context: dict[str, object] = {
        "imports": MemberImport.objects.filter(status__in=open_imports).count(),
        "without_address": Insurer.objects.filter(address="").count(),
        "labels_ending": LabelGrant.objects.filter(
            last_day__range=(on, on + SOON), renewals=None, withdrawn_because=""
        ).count(),
    }
    return Block("registry/home.html", context, 40)


def director_block(user: User | None, on: date) -> Block | None:
    """The residences that the user directs."""
    if user is None or not user.may(Permission.DIRECT_RESIDENCE):
        return None
    residences = list(Residence.objects.directed_by(user, on).order_by("name"))
    return Block("registry/home_director.html", {"residences": residences}, 10)
