"""Forms of practitioners: who they are, their log-in, their functions."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.models import User
from partenamut.registry.forms import TEXT, PeriodForm
from partenamut.web.forms import DayField, PortalForm
from protocol3.forms.numbers import InamiField
from protocol3.messages import PROFESSIONS
from protocol3.models import Function, Practitioner, Project
from protocol3.services.practitioners import PERSON

MOST_HOURS = 60


class HoursField(forms.DecimalField):
    """Hours a week, typed with a comma or a point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal(0),
            max_value=Decimal(MOST_HOURS),
            max_digits=4,
            decimal_places=1,
            error_messages={
                "invalid": _("“%(label)s” is a number of hours, for example 19 or 7,6."),
                "max_decimal_places": _("“%(label)s” has one figure at most after the comma."),
                "max_digits": _("“%(label)s” has one figure at most after the comma."),
                "max_whole_digits": _("“%(label)s” lies between 0 and 60."),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """The hours; a comma is read as a point."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class PractitionerForm(PortalForm):
    """Who a practitioner is."""

    field_groups: Any = ((_("Practitioner"), list(PERSON)),)

    last_name = forms.CharField(label=_("Last name"), max_length=100)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    profession = forms.ChoiceField(
        label=_("Profession"),
        help_text=_("The pseudocode of case management follows from it (art. 22, table 5)."),
        choices=[("", _("Choose…")), *PROFESSIONS.items()],
    )
    inami_number = InamiField(label=_("INAMI number"), required=False)
    visa = forms.CharField(
        label=_("Visa number"),
        help_text=_("For occupational therapists and psychologists (art. 19)."),
        max_length=30,
        required=False,
    )
    belrai_trained_on = DayField(
        label=_("Trained in BelRAI on"), help_text=_("For case managers (art. 18)."), required=False
    )

    def clean_belrai_trained_on(self) -> date | None:
        """A day that has come."""
        day: date | None = self.cleaned_data["belrai_trained_on"]
        if day is not None and day > localdate():
            raise forms.ValidationError(_("“%(label)s” lies in the future: enter it once it is done."))
        return day


class PostForm(PeriodForm):
    """A function in a project: hours a week, from when to when."""

    field_order: Any = ("function", "hours_per_week", "first_day", "last_day")
    function = forms.ChoiceField(label=_("Function"), choices=[("", _("Choose…")), *Function.choices])
    hours_per_week = HoursField(
        label=_("Hours a week"),
        help_text=_("In this function for this project: 8 hours at least (art. 17 §2)."),
    )
    note = None  # type: ignore[assignment]


class EngageForm(PostForm, PractitionerForm):
    """A new practitioner with a first function."""

    field_order = (*PERSON, "function", "hours_per_week", "first_day", "last_day")
    field_groups = (
        (_("Practitioner"), list(PERSON)),
        (_("Function in the project"), ["function", "hours_per_week", "first_day", "last_day"]),
    )

    def person(self) -> dict[str, Any]:
        """What is said of the practitioner."""
        return {name: self.cleaned_data[name] for name in PERSON}

    def post(self) -> dict[str, Any]:
        """What is said of the function."""
        return {name: value for name, value in self.cleaned_data.items() if name not in PERSON}


class AssignmentForm(PeriodForm):
    """Hours and days of a function, put right or ended."""

    field_order = ("hours_per_week", "first_day", "last_day", "note")
    hours_per_week = HoursField(
        label=_("Hours a week"),
        help_text=_(
            "If the hours change from a day on, end this function the day before and give a new one: "
            "the register keeps both."
        ),
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=TEXT)


class LogInForm(PortalForm):
    """The log-in of a practitioner, among those who work for the project."""

    user = forms.ModelChoiceField(
        label=_("Log-in"), queryset=User.objects.none(), required=False, empty_label=_("No log-in")
    )

    def __init__(self, *args: Any, project: Project, practitioner: Practitioner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        free = Q(practitioner=None) | Q(practitioner=practitioner)
        working = project.users.on(localdate()).values("user")
        mine = Q(pk__in=working) | Q(practitioner=practitioner)
        field.queryset = User.objects.filter(free, mine).order_by("name", "pk")
        field.label_from_instance = _log_in  # type: ignore[method-assign]


def _log_in(obj: Any) -> str:
    return f"{obj.name} ({obj.email})"
