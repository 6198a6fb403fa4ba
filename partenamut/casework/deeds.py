"""What can be done with a case on a page of its own: a business lists its deeds, one page serves them all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import Form
from django.utils.functional import Promise

from partenamut.accounts.models import User
from partenamut.casework.models import Case
from partenamut.casework.services import may_take

Text = str | Promise


@dataclass(frozen=True)
class Deed:
    """A page of its own: its form, what it does, when it can be done; `action` is its step in the workflow."""

    slug: str
    title: Text
    #: Takes the data, or None, and the case by its name.
    form: Callable[..., Form]
    do: Callable[[Any, Any, User, datetime], object]
    done: Text
    submit: Text
    action: str | None = None
    fits: Callable[[Any], bool] = lambda _case: True
    lead: Text = ""
    warning: bool = False

    def open_to(self, case: Case, user: User) -> bool:
        """Whether the workflow, the user's rights and the case itself allow it now."""
        if self.action is None:
            return self.fits(case)
        steps = {step.action: step for step in case.workflow.possible(case.status)}
        step = steps.get(self.action)
        return step is not None and may_take(user, step) and self.fits(case)
