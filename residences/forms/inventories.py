"""Forms of the inventories: of a room, element by element, and of the resident's furniture."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partenamut.web.forms import DayField, PortalForm, PortalRenderer, UploadField
from residences.forms.conventions import FILE_HINT, MEGABYTES
from residences.services.inventories import MOST_LINES


class InspectionForm(PortalForm):
    """When a room was looked at, and who was there."""

    done_on = DayField(label=gettext_lazy("Done on"))
    present = forms.CharField(label=gettext_lazy("Present for the resident"), max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["done_on"]
        field.max_value = localdate()


class LineForm(PortalForm):
    """An element of the room and its state; an empty line counts for nothing."""

    mark_optional = False

    element = forms.CharField(label=gettext_lazy("Element"), max_length=120, required=False)
    state = forms.CharField(label=pgettext_lazy("of a thing", "State"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Both or none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        element, state = cleaned.get("element"), cleaned.get("state")
        if element and not state and "state" not in self.errors:
            self.add_error("state", _("Write the state of “%(element)s”.") % {"element": element})
        if state and not element and "element" not in self.errors:
            self.add_error("element", _("Write which element “%(state)s” is about.") % {"state": state})
        return cleaned


class _Lines(BaseFormSet):  # type: ignore[type-arg]
    default_error_messages = {
        "too_many_forms": gettext_lazy("An inventory has %(num)d elements at most."),
        "missing_management_form": gettext_lazy(
            "The elements did not arrive whole: check them and send again."
        ),
    }

    def lines(self) -> list[tuple[str, str]]:
        """The elements with their states, in their order."""
        said = [form.cleaned_data for form in self.forms]
        return [(line["element"], line["state"]) for line in said if line.get("element")]


LineFormSet = formset_factory(
    LineForm,
    formset=_Lines,
    extra=2,
    max_num=MOST_LINES,
    validate_max=True,
    absolute_max=2 * MOST_LINES,
    renderer=PortalRenderer(),
)


class SignedCopyForm(PortalForm):
    """The copy of an inventory that both sides signed."""

    signed_on = DayField(label=gettext_lazy("Signed by both on"))
    upload = UploadField(
        label=gettext_lazy("The signed copy"), help_text=FILE_HINT, max_bytes=MEGABYTES * 2**20
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["signed_on"]
        field.max_value = localdate()


class FurnitureForm(PortalForm):
    """A piece of furniture that the resident brought."""

    description = forms.CharField(label=gettext_lazy("Piece of furniture"), max_length=150)
    quantity = forms.IntegerField(
        label=gettext_lazy("Number of pieces"), min_value=1, max_value=999, initial=1
    )
    state = forms.CharField(label=pgettext_lazy("of a thing", "State"), max_length=150, required=False)
    brought_on = DayField(label=gettext_lazy("Brought on"))


class FurnitureChangeForm(FurnitureForm):
    """The same, with the day on which it was taken away."""

    removed_on = DayField(label=gettext_lazy("Taken away on"), required=False)
