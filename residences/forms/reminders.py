"""For which shares letters are made."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import PortalForm


class LettersForm(PortalForm):
    """The shares that get a letter."""

    shares = forms.MultipleChoiceField(
        label=_("For whom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of them is paid or disputed meanwhile: look at the list again.")
        },
    )

    def __init__(self, *args: Any, shares: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shares"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(shares)
