"""Forms of the adviser's desk."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from convalescence.models import AttachmentKind, Request, SavedView
from convalescence.readings.queue import ME, NOBODY, QueueFilter, advisers
from convalescence.readings.stays import obstacles_at_desk, overlapping
from partenamut.accounts.models import User
from partenamut.registry.models import Residence, StructureType
from partenamut.web.forms import AutocompleteSelect, DayField, PortalForm, Radios

LONG = 4000
REASON = 2000


class PastDayField(DayField):
    """A day that is not in the future."""

    def validate(self, value: Any) -> None:
        """ValidationError for a day after today."""
        self.max_value = localdate()
        super().validate(value)


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


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows, named by their random ids."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"to_field_name": "public_id", **kwargs})

    def clean(self, value: Any) -> Any:
        """The rows; ValidationError in our words, also for what is no id at all."""
        try:
            return super().clean(value)
        except ValidationError as error:
            code = "required" if error.code == "required" else "invalid_choice"
            raise ValidationError(self.error_messages[code], code=code) from error


class PlainForm(PortalForm):
    """Nothing to fill in: a button that confirms."""

    def __init__(self, *args: Any, case: Request | None = None, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class AskForm(PlainForm):
    """What the member is asked."""

    text = forms.CharField(
        label=_("What do you ask the member?"),
        help_text=_("The member reads it on the page of the request. Write in the language of the member."),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class MessageForm(PlainForm):
    """A message to the member."""

    text = forms.CharField(label=_("Message"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))


class ReasonForm(PlainForm):
    """A written reason."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 4}))


class AppealForm(PlainForm):
    """An appeal that came on paper or by phone."""

    reason = forms.CharField(
        label=_("What does the member object to?"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 6})
    )


class DatesForm(PlainForm):
    """Other dates of the stay."""

    arrival = DayField(label=_("Arrival"))
    departure = DayField(label=_("Departure"))

    def __init__(self, *args: Any, case: Request, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"arrival": case.arrival, "departure": case.departure})
        super().__init__(*args, case=case, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Dates that can be asked, on days that no other request of the person has."""
        cleaned: dict[str, Any] = super().clean() or {}
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure and self.case:
            self._check(self.case, arrival, departure)
        return cleaned

    def _check(self, case: Request, arrival: date, departure: date) -> None:
        for found in obstacles_at_desk(arrival, departure, localdate()):
            self.add_error(found.field, found.sentence)
        other = overlapping(case.member, arrival, departure, without=case)
        if other and not self.errors:
            sentence = _("These days are already in request %(number)s of the same person.")
            self.add_error("arrival", sentence % {"number": other.number})


class PaperDocumentForm(PlainForm):
    """A document that came by post."""

    kind = forms.ChoiceField(label=_("Document"), choices=AttachmentKind.choices, widget=Radios)
    received_on = PastDayField(label=_("Received on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class RestHomeForm(PlainForm):
    """The rest home of the registry that the member means."""

    residence = RowField(label=_("Rest home"), queryset=Residence.objects.none(), widget=AutocompleteSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["residence"]
        field.queryset = rest_homes()
        field.label_from_instance = lambda residence: (
            f"{residence.name}, {residence.postal_code} {residence.city}"
        )


def rest_homes() -> QuerySet[Residence]:
    """The rest homes of the registry, by name."""
    found = Residence.objects.filter(structure_types__contains=[StructureType.REST_HOME])
    return found.order_by("name", "pk")


class AssignForm(PlainForm):
    """Whose desk a request goes to."""

    assignee = forms.ChoiceField(label=_("Assign to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person in advisers()}
        field: Any = self.fields["assignee"]
        field.choices = list(self._choices())

    def _choices(self) -> Iterator[tuple[str, Any]]:
        yield ME, _("Me")
        yield NOBODY, _("Nobody")
        yield from ((key, person.name) for key, person in self.people.items())

    def chosen(self, user: User) -> User | None:
        """The adviser, None for nobody."""
        value = self.cleaned_data["assignee"]
        return user if value == ME else self.people.get(value)


class BulkForm(AssignForm):
    """Several requests of the queue at once; `query` leads back to the same list."""

    picked = RowsField(
        label=_("Requests"),
        queryset=Request.objects.none(),
        error_messages={
            "required": _("Tick at least one request."),
            "invalid_choice": _("One of these requests does not exist any more: look at the list again."),
        },
    )
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, requests: QuerySet[Request], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["picked"]
        field.queryset = requests


class VersionForm(PlainForm):
    """Carries which facts were read."""

    version = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def carry(self, version: str) -> None:
        """Has the page carry the version it shows, also after a refusal of an older one."""
        self.initial["version"] = version
        if self.is_bound:
            self.data = {**{name: self.data.get(name) for name in self.data}, "version": version}


class DepartForm(VersionForm):
    """Which days to grant against the rules, and why."""

    choice = forms.ChoiceField(
        label=_("What do you propose?"),
        choices=[("grant", _("Grant days")), ("refuse", _("Refuse"))],
        widget=Radios,
    )
    first_day = DayField(label=_("First day granted"), required=False)
    last_day = DayField(
        label=_("Last day granted"), help_text=_("The day of departure does not count."), required=False
    )
    reason = forms.CharField(
        label=_("Why do you depart from the rules?"),
        help_text=_("The second reader reads it, and the member reads it in the letter."),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    field_groups = [(_("Days to grant"), ["first_day", "last_day"])]

    def clean(self) -> dict[str, Any]:
        """Both days for a grant, none for a refusal."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("choice") == "refuse":
            return {**cleaned, "first_day": None, "last_day": None}
        for name, sentence in (
            ("first_day", _("Enter the first day to grant.")),
            ("last_day", _("Enter the last day to grant.")),
        ):
            if cleaned.get("choice") == "grant" and name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, sentence)
        self._in_order(cleaned.get("first_day"), cleaned.get("last_day"))
        return cleaned

    def _in_order(self, first: date | None, last: date | None) -> None:
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))


class ReviewForm(VersionForm):
    """What the second reader says."""

    verdict = forms.ChoiceField(
        label=_("Your verdict"),
        choices=[
            ("confirm", _("Confirm: the decision is in force at once")),
            ("reject", _("Do not confirm")),
        ],
        widget=Radios,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Needed where you do not confirm: the adviser reads it."),
        max_length=REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """A note with a rejection."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("verdict") == "reject" and not (cleaned.get("note") or "").strip():
            self.add_error("note", _("Write why the proposal is not confirmed."))
        return cleaned


# --- saved views ------------------------------------------------------------------------------------------

#: What a saved view may hold.
KEPT = frozenset({*QueueFilter.base_filters, "sort"})


def known_query(text: str) -> str:
    """The filters and the order of a query string, without anything else."""
    query = QueryDict(text, mutable=True)
    for name in list(query):
        if name not in KEPT or not any(query.getlist(name)):
            del query[name]
    return query.urlencode()


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
