"""Fields of the REST API that every business uses: a person's words, a day that exists, a row by its public id."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from partenamut.web.text import UNSAFE, composed


class WordsField(serializers.CharField):
    """A text of a person: composed, without invisible characters, never too long."""

    def to_internal_value(self, data: Any) -> str:
        """The text; ValidationError for characters that cannot be kept."""
        text = composed(super().to_internal_value(data))
        if UNSAFE.search(text):
            raise serializers.ValidationError(_("The text holds invisible characters."))
        return text


class DayField(serializers.DateField):
    """A day that exists."""

    default_error_messages = {
        "invalid": gettext_lazy("This day does not exist, or is not written as 2023-03-31."),
    }


class RowField(serializers.UUIDField):
    """A row by its public id among those that the user may name; the same answer for a stranger's and an unknown one."""

    default_error_messages = {"unknown": gettext_lazy("There is nothing with this id that you may use.")}

    def to_internal_value(self, data: Any) -> Any:
        """The row."""
        public_id = super().to_internal_value(data)
        row = self.context[f"{self.field_name}_rows"].filter(public_id=public_id).first()
        if row is None:
            self.fail("unknown")
        return row
