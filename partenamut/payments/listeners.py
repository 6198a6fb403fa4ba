"""How a business learns what becomes of its payables: functions of its own, called in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from partenamut.accounts.models import User
    from partenamut.payments.models import Payable

#: Gets the payable in its new state, who acted and when; what it raises undoes the step.
Listener = Callable[["Payable", "User | None", datetime], None]


class Listeners:
    """The functions that hear of one kind of event, at most one for each business."""

    def __init__(self, event: str) -> None:
        self.event = event
        self._functions: dict[str, Listener] = {}

    def add(self, origin_label: str, callback: Listener) -> None:
        """Has the function called; ImproperlyConfigured when the business has another one already."""
        if self._functions.setdefault(origin_label, callback) is not callback:
            raise ImproperlyConfigured(f"Two functions of {origin_label} listen to “{self.event}”.")

    def tell(self, payable: "Payable", *, actor: "User | None", at: datetime) -> None:
        """Calls the function of the payable's business, if there is one."""
        function = self._functions.get(payable.origin_label)
        if function is not None:
            function(payable, actor, at)

    def forget(self, origin_label: str) -> None:
        """Calls the function of this business no more."""
        self._functions.pop(origin_label, None)


approval = Listeners("approval")
settlement = Listeners("settlement")


def on_approval(origin_label: str, callback: Listener) -> None:
    """Calls back when a payable becomes approved, or `proposed` again because its approval was withdrawn."""
    approval.add(origin_label, callback)


def on_settled(origin_label: str, callback: Listener) -> None:
    """Calls back when a payable becomes paid, returned (also after it was paid) or cancelled."""
    settlement.add(origin_label, callback)
