"""Forms of the desk: what an adviser says, notes, corrects and decides about a claim."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from hospitalisation.forms.desk_queue import RowField
from hospitalisation.models import AttachmentKind, Certificate, Claim, ClaimKind, Room
from hospitalisation.readings.casefile import Choice, lacking_in
from hospitalisation.readings.queue import ME, NOBODY, advisers
from hospitalisation.services.claims import STAY_FIELDS
from hospitalisation.workflow import Status
from partenamut.accounts.models import User
from partenamut.registry.models import Hospital
from partenamut.web.fields import MEGABYTE
from partenamut.web.formats import euros
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    EuroField,
    PortalForm,
    Radios,
    UploadField,
    YesNoField,
    prepare_field,
)

LONG = 4000
REASON = 2000
#: A longer bill is decided otherwise in one box: a page sends so many fields at most.
MOST_INPUTS = 150
#: No stay that is handled here began earlier.
EARLIEST_STAY = date(2000, 1, 1)
#: A stay is announced so many days ahead at most.
AHEAD = timedelta(days=400)


class PastDayField(DayField):
    """A day that is not in the future."""

    def validate(self, value: Any) -> None:
        """ValidationError for a day after today."""
        self.max_value = localdate()
        super().validate(value)


class PlainForm(PortalForm):
    """Nothing to fill in: a button that confirms."""

    def __init__(self, *args: Any, case: Claim | None = None, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class AskForm(PlainForm):
    """What the member is asked; begins with what the claim lacks, in the member's language."""

    text = forms.CharField(
        label=_("What do you ask the member?"),
        help_text=_("The member reads it on the page of the claim. Write in the language of the member."),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, case: Claim, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.initial.setdefault("text", lacking_in(case, case.member.language))


class MessageForm(PlainForm):
    """A message to the member."""

    text = forms.CharField(label=_("Message"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))


class ReasonForm(PlainForm):
    """A written reason."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 4}))


class ObjectionForm(PlainForm):
    """An appeal that came on paper or by phone."""

    reason = forms.CharField(
        label=_("What does the member object to?"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 6})
    )


class PaperForm(PlainForm):
    """A document that came by post."""

    kind = forms.ChoiceField(label=_("Document"), choices=AttachmentKind.choices, widget=Radios)
    received_on = PastDayField(label=_("Received on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CertificateForm(PlainForm):
    """How and when the original certificate of care given came."""

    certificate = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[choice for choice in Certificate.choices if choice[0]],
        widget=Radios,
    )
    received_on = PastDayField(label=_("Received on"))

    def __init__(self, *args: Any, case: Claim, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.initial.update(certificate=case.certificate, received_on=case.certificate_on or localdate())


class AssignForm(PlainForm):
    """Whose desk a claim goes to."""

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


# --- deciding -----------------------------------------------------------------------------------------------


class VersionForm(PlainForm):
    """Carries which facts were read."""

    version = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def carry(self, version: str) -> None:
        """Has the page carry the version it shows, also after a refusal of an older one."""
        self.initial["version"] = version
        if self.is_bound:
            self.data = {**{name: self.data.get(name) for name in self.data}, "version": version}


class DepartForm(VersionForm):
    """Euros of the insurance line by line against the rules, and why; a line that is left as it stands follows the rules."""

    amounts = forms.CharField(
        label=_("Lines and amounts"),
        help_text=_("One line of the bill in each row: its number and the euros, for example 12: 34,50"),
        max_length=60_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=_("Why do you depart from the rules?"),
        help_text=_("The second reader reads it, and the member reads it in the letter."),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.typed_in_one_box = len(choices) > MOST_INPUTS
        if self.typed_in_one_box:
            return
        del self.fields["amounts"]
        for choice in choices:
            if not choice.unlawful:
                self.fields[_name(choice)] = field = EuroField(
                    label=_("Line %(line)d, hospital insurance") % {"line": choice.number},
                    required=False,
                    # What the rules could not decide has no amount to begin with.
                    initial=None if choice.undecided else choice.insurance,
                )
                prepare_field(_name(choice), field)
        self.order_fields([*(_name(choice) for choice in choices), "reason"])

    def rows(self) -> list[tuple[Choice, Any]]:
        """Each line of the bill with its field; none for a line of which nothing may be paid."""
        return [
            (choice, self[_name(choice)] if _name(choice) in self.fields else None) for choice in self.choices
        ]

    def clean(self) -> dict[str, Any]:
        """The amounts by the place of their line; an amount that cannot be is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        by_number = {choice.number: choice for choice in self.choices}
        if self.typed_in_one_box:
            typed = list(self._typed(cleaned.get("amounts") or "", by_number))
        else:
            typed = list(self._fields(cleaned))
        return {**cleaned, "amounts": dict(typed)}

    def _fields(self, cleaned: dict[str, Any]) -> Iterator[tuple[int, Decimal]]:
        for choice in self.choices:
            name = _name(choice)
            if choice.unlawful:
                # There is no input for it: only somebody who writes the request by hand sends one.
                if (self.data.get(name) or "").strip():
                    self.add_error(None, _not_owed(choice))
                continue
            amount = cleaned.get(name)
            if amount is not None and self._fits(choice, amount, name):
                yield choice.place, amount

    def _typed(self, text: str, by_number: dict[int, Choice]) -> Iterator[tuple[int, Decimal]]:
        for row in filter(None, map(str.strip, text.splitlines())):
            found = _ROW.fullmatch(row)
            choice = by_number.get(int(found[1])) if found else None
            if found is None or choice is None:
                self.add_error("amounts", _NOT_A_ROW % {"row": row[:40]})
                continue
            try:
                amount = EuroField(label=_("Line %(line)d") % {"line": choice.number}).clean(found[2])
            except ValidationError:
                self.add_error("amounts", _NOT_A_ROW % {"row": row[:40]})
                continue
            if self._fits(choice, amount, "amounts"):
                yield choice.place, amount

    def _fits(self, choice: Choice, amount: Decimal, name: str) -> bool:
        if choice.unlawful:
            self.add_error(name, _not_owed(choice))
            return False
        if amount > choice.left:
            self.add_error(
                name,
                _("Line %(line)d: the insurance pays no more than what is left of it, %(left)s.")
                % {"line": choice.number, "left": euros(choice.left)},
            )
            return False
        return True


_ROW = re.compile(r"(\d{1,6})\s*[:;=\t ]\s*(\S.*)")
_NOT_A_ROW = _("“%(row)s” names no line and amount: write for example 12: 34,50.")


def _name(choice: Choice) -> str:
    return f"line_{choice.place}"


def _not_owed(choice: Choice) -> Any:
    return _("Line %(line)d: nobody owes this supplement, so nobody pays it.") % {"line": choice.number}


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


# --- correcting ---------------------------------------------------------------------------------------------


def _why() -> forms.CharField:
    return forms.CharField(
        label=_("Why is it corrected?"),
        help_text=_("It stays in the history of the claim."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StayForm(VersionForm):
    """What was told about a stay, or the year of receipts, put right."""

    hospital = RowField(
        label=_("Hospital of the list"),
        queryset=Hospital.objects.none(),
        required=False,
        widget=AutocompleteSelect,
        error_messages={"invalid_choice": _("Choose a hospital of the list.")},
    )
    place = forms.CharField(
        label=_("Hospital that is not in the list"),
        max_length=Claim._meta.get_field("place").max_length,
        required=False,
    )
    country = forms.CharField(
        label=_("Country of the hospital"),
        help_text=_("Two letters: BE for Belgium, FR for France."),
        max_length=2,
        validators=[RegexValidator(r"^[A-Za-z]{2}$", _("The country has two letters, for example BE."))],
    )
    admission = DayField(label=_("Admission"), min_value=EARLIEST_STAY)
    discharge = DayField(label=_("Discharge"), min_value=EARLIEST_STAY)
    day_hospital = forms.BooleanField(label=_("Day hospital (no night)"), required=False)
    room = forms.ChoiceField(label=_("Room"), choices=Room.choices, widget=Radios)
    admitted = YesNoField(label=_("Did the admission take place?"))
    year = forms.IntegerField(label=_("Calendar year of the receipts"), min_value=2000, max_value=2100)
    reason = _why()

    def __init__(self, *args: Any, case: Claim, **kwargs: Any) -> None:
        initial = {name: getattr(case, name) for name in STAY_FIELDS} | kwargs.pop("initial", {})
        initial["hospital"] = case.hospital.public_id if case.hospital else None
        super().__init__(*args, case=case, initial=initial, **kwargs)
        self.illness = case.kind == ClaimKind.SERIOUS_ILLNESS
        dropped = STAY_FIELDS - {"year"} if self.illness else {"year"}
        for name in dropped:
            del self.fields[name]
        if self.illness:
            return
        field: Any = self.fields["hospital"]
        field.queryset = Hospital.objects.order_by("name", "pk")
        field.label_from_instance = lambda hospital: f"{hospital.name}, {hospital.place}"
        self._bounds(case)

    def _bounds(self, case: Claim) -> None:
        """Of a claim that was sent the stay is over; one that is announced may not be known whole."""
        latest = localdate()
        fields: dict[str, Any] = self.fields
        if case.status == Status.ANNOUNCED:
            latest += AHEAD
            for name in ("admission", "discharge", "room"):
                fields[name].required = False
        fields["admission"].max_value = fields["discharge"].max_value = latest

    def clean(self) -> dict[str, Any]:
        """A hospital of the list, or the name and country of another."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.illness or self.errors:
            return cleaned
        cleaned["country"] = cleaned["country"].upper()
        if cleaned["hospital"] and cleaned["place"]:
            self.add_error(
                "place", _("Choose a hospital of the list, or write the name of another: not both.")
            )
        elif not cleaned["hospital"] and not cleaned["place"]:
            self.add_error("hospital", _("Choose a hospital of the list, or write the name of another."))
        elif cleaned["hospital"] and cleaned["country"] != "BE":
            self.add_error("country", _("The hospitals of the list lie in Belgium: write BE."))
        return cleaned

    @property
    def stay(self) -> dict[str, Any]:
        """The answers as fields of the claim."""
        return {name: self.cleaned_data[name] for name in STAY_FIELDS if name in self.fields}


class LinesForm(VersionForm):
    """Why the lines of a bill are corrected; a file takes the place of the rows."""

    file = UploadField(
        label=_("The whole bill as a file"),
        help_text=_(
            "CSV. The file takes the place of all the lines. Needed for a bill of more than 40 lines."
        ),
        accept=(".csv", ".txt"),
        max_bytes=2 * MEGABYTE,
        required=False,
    )
    reason = _why()
