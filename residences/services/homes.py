"""Use cases of a rest home: opened by the mutuality, kept up to date by its director."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.audit.services import record
from partenamut.registry.models import Residence, StructureType
from partenamut.registry.services.rows import altered, described, locked, saved
from residences.models import RestHome
from residences.services.rooms import refuse_beyond_capacity

#: What only the mutuality's admin changes.
KEPT = ("operator", "enterprise_number", "operating_title", "allowed")
#: What the home itself keeps up to date.
OWN = ("capacity", "manager_name", "manager_function", "courts", "house_rules_dated", "language")
ACCOUNT = ("iban", "account_holder")
OPENING = ("code", *KEPT, *OWN)


@transaction.atomic
def open_home(
    *, residence: Residence, values: Mapping[str, Any], actor: User | None, at: datetime, note: str = ""
) -> RestHome:
    """A residence of the registry opened as a rest home; its rooms and prices come afterwards."""
    _refuse_foreign(values, OPENING)
    if StructureType.REST_HOME not in residence.structure_types:
        raise ValidationError(
            {
                "residence": _(
                    "%(name)s is no rest home in the registry: change its kind of residence there first."
                )
                % {"name": residence.name}
            }
        )
    if RestHome.objects.filter(residence=residence).exists():
        raise ValidationError({"residence": _("This residence is open as a rest home already.")})
    home = saved(RestHome(residence=residence, **values))
    changes = described(home, OPENING)
    record(action="home_opened", subject=home, actor=actor, at=at, changes=changes, note=note)
    return home


def edit_home(
    *, home: RestHome, changes: Mapping[str, Any], actor: User, at: datetime, note: str = ""
) -> RestHome:
    """The home with another operator or operating title; texts that were offered keep theirs."""
    return _edit(home, changes, KEPT, actor, at, note)


def edit_own_home(*, home: RestHome, changes: Mapping[str, Any], actor: User, at: datetime) -> RestHome:
    """The home with what it keeps itself: capacity, manager, courts, internal rules, language."""
    return _edit(home, changes, OWN, actor, at, "")


def change_account(*, home: RestHome, iban: str, account_holder: str, actor: User, at: datetime) -> RestHome:
    """The home with the account that invoices ask to be paid on from now on."""
    return _edit(home, {"iban": iban, "account_holder": account_holder}, ACCOUNT, actor, at, "")


@transaction.atomic
def _edit(
    home: RestHome,
    changes: Mapping[str, Any],
    allowed: tuple[str, ...],
    actor: User,
    at: datetime,
    note: str,
) -> RestHome:
    _refuse_foreign(changes, allowed)
    row = locked(home)
    trace = altered(row, changes)
    if "capacity" in trace:
        refuse_beyond_capacity(row, localdate(at), field="capacity")
    if trace:
        saved(row)
        action = "home_account_changed" if allowed == ACCOUNT else "home_changed"
        record(action=action, subject=row, actor=actor, at=at, changes=trace, note=note)
    return row


def _refuse_foreign(values: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    if foreign := set(values) - set(allowed):
        raise ValueError(f"this use case does not change {', '.join(sorted(foreign))}")
