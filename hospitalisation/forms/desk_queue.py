"""Forms of the queue: several claims assigned at once, saved views, the search for a member."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import Claim, SavedView
from hospitalisation.readings.queue import ME, NOBODY, QueueFilter, advisers
from partenamut.accounts.models import User
from partenamut.web.forms import PortalForm

#: What a saved view may hold.
KEPT = frozenset({*QueueFilter.base_filters, "sort"})


def known_query(text: str) -> str:
    """The filters and the order of a query string, without anything else."""
    query = QueryDict(text, mutable=True)
    for name in list(query):
        if name not in KEPT or not any(query.getlist(name)):
            del query[name]
    return query.urlencode()


class RowField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of some rows, named by its random id; anything else is a wrong choice."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"to_field_name": "public_id", **kwargs})

    def to_python(self, value: Any) -> Any:
        """The row; ValidationError in our words, also for what is no id at all."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            sentence = self.error_messages["invalid_choice"]
            raise ValidationError(sentence, code="invalid_choice", params={"value": value}) from error


class ClaimsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several claims, named by their random ids."""

    default_error_messages = {
        "required": _("Tick at least one claim."),
        "invalid_choice": _("One of these claims does not exist any more: look at the list again."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"to_field_name": "public_id", **kwargs})

    def clean(self, value: Any) -> Any:
        """The claims; ValidationError in our words, also for what is no id at all."""
        try:
            return super().clean(value)
        except ValidationError as error:
            code = "required" if error.code == "required" else "invalid_choice"
            raise ValidationError(self.error_messages[code], code=code) from error


class AssignManyForm(PortalForm):
    """Several claims of the queue on the desk of one adviser; `query` leads back to the same list."""

    picked = ClaimsField(label=_("Claims"), queryset=Claim.objects.none())
    assignee = forms.ChoiceField(label=_("Assign to"))
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, claims: QuerySet[Claim] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person in advisers()}
        fields: dict[str, Any] = self.fields
        fields["assignee"].choices = list(self._choices())
        if claims is not None:
            fields["picked"].queryset = claims

    def _choices(self) -> Iterator[tuple[str, Any]]:
        yield ME, _("Me")
        yield NOBODY, _("Nobody")
        yield from ((key, person.name) for key, person in self.people.items())

    def chosen(self, user: User) -> User | None:
        """The adviser, None for nobody."""
        value = self.cleaned_data["assignee"]
        return user if value == ME else self.people.get(value)


class ViewNameForm(PortalForm):
    """The name of a saved view."""

    name = forms.CharField(
        label=_("Name of the view"), max_length=SavedView._meta.get_field("name").max_length
    )


class SaveViewForm(ViewNameForm):
    """The filters in use, to be kept under a name."""

    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """Only what the queue understands; ValidationError where there is nothing to keep."""
        query = known_query(self.cleaned_data["query"])
        if not query:
            raise ValidationError(_("Choose filters first, then save them."))
        return query


class FindMemberForm(PortalForm):
    """Who is looked for."""

    q = forms.CharField(
        label=_("National number, name or registration number"),
        help_text=_("A name also without accents, with a typing error, or with a birth date (07/03/1950)."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
