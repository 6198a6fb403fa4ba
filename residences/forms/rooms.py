"""Forms of room types, rooms and beds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import DayField, PortalForm
from residences.models import RestHome, RoomType

MOST_BEDS = 6


class RoomTypeForm(PortalForm):
    """A kind of room."""

    name = forms.CharField(
        label=_("Name of the room type"), help_text=_("For example single room."), max_length=80
    )
    area_m2 = forms.IntegerField(label=_("Area in m²"), min_value=1, max_value=500)
    description = forms.CharField(
        label=_("Description"),
        help_text=_("What sets it apart, for example a balcony."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    position = forms.IntegerField(
        label=_("Place in the list"),
        help_text=_("Conventions show the types in this order."),
        min_value=0,
        max_value=999,
    )


class RoomForm(PortalForm):
    """A room: its number, floor and type."""

    number = forms.CharField(
        label=_("Room number"),
        max_length=10,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    floor = forms.CharField(
        label=_("Floor"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    room_type = forms.ModelChoiceField(
        label=_("Room type"), queryset=RoomType.objects.none(), empty_label=_("Choose…")
    )

    def __init__(self, *args: Any, home: RestHome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["room_type"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = home.room_types.order_by("position", "name")


class NewRoomForm(RoomForm):
    """A new room with its beds."""

    beds = forms.IntegerField(
        label=_("Number of beds"),
        help_text=_("They are called A, B, C and so on."),
        min_value=1,
        max_value=MOST_BEDS,
        initial=1,
    )
    first_day = DayField(label=_("In service from"))


class BedForm(PortalForm):
    """A further bed."""

    first_day = DayField(label=_("In service from"))


class ClosureForm(PortalForm):
    """Days out of service, with the reason."""

    first_day = DayField(label=_("First day out of service"))
    last_day = DayField(
        label=_("Last day out of service"),
        required=False,
        help_text=_("Empty: until somebody puts the bed back into service."),
    )
    because = forms.CharField(
        label=_("Why"), help_text=_("For example works. Name nobody here."), max_length=150
    )

    def clean(self) -> dict[str, Any]:
        """The days, the last not before the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned


class ReopenForm(PortalForm):
    """The day on which a bed is in service again."""

    first_day = DayField(label=_("In service again from"))


class RemovalForm(PortalForm):
    """The last day of a bed in its room."""

    last_day = DayField(
        label=_("Last day of the bed"), required=False, help_text=_("Empty: the bed stays after all.")
    )
