"""The filters of the occupancy plan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import DayField, FilterForm
from residences.forms.figures import MonthField
from residences.models import RestHome, RoomType


class OccupancyFilter(FilterForm):
    """Which month, which room type, and the day on which beds are to be free."""

    month = MonthField(label=_("Month"), help_text=_("For example 12/2025."))
    room_type = forms.ModelChoiceField(
        label=_("Room type"),
        queryset=RoomType.objects.none(),
        to_field_name="public_id",
        empty_label=_("All"),
    )
    free_on = DayField(label=_("Beds free on"))

    def __init__(self, *args: Any, home: RestHome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["room_type"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = home.room_types.order_by("position", "name")
