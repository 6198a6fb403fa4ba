"""Forms of what is decided about a beneficiary: the start of the period, a second series."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.registry.forms import TEXT
from partenamut.web.forms import (
    DayField,
    PortalForm,
)
from protocol3.forms.people import LONG


class StartForm(PortalForm):
    """The first day of the period that a decision looks at."""

    period_start = DayField(
        label=_("Start of the period"),
        help_text=_("The day of the first service; the conditions are looked at on that day (art. 5)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["period_start"]
        field.max_value = localdate()


class DecideForm(StartForm):
    """The decision that was read: its day and the mark of its facts."""

    read = forms.CharField(max_length=64, widget=forms.HiddenInput)


class TakeBackForm(PortalForm):
    """Why a second series that was granted is undone."""

    reason = forms.CharField(label=_("Why it is taken back"), max_length=300, widget=LONG)


class SecondSeriesForm(PortalForm):
    """A second series: the new event, and the concertation of the team."""

    event = forms.CharField(
        label=_("New event"),
        help_text=_(
            "What happened, and why more units are needed: a stay in hospital, a fall, a caregiver who stops."
        ),
        max_length=2000,
        widget=LONG,
    )
    concertation_on = DayField(label=_("Concertation of the team on"))
    taken_part = forms.CharField(
        label=_("Who took part"), help_text=_("Names and professions."), max_length=300, widget=TEXT
    )
    first_day = DayField(label=_("The second series begins on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["concertation_on"]
        field.max_value = localdate()
