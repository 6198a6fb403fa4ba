"""Forms of the steps of a convention, and of what is done with it once it is offered."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web.forms import DayField, PortalForm, PortalRenderer, Radios, UploadField
from residences.models import Allowed, Bed, Contact, ContactRole, Convention, StayKind, Supplement
from residences.services.conventions import clause_errors

LONG = forms.Textarea(attrs={"rows": 4})
MOST_CLAUSES = 30
MEGABYTES = 10
FILE_HINT = gettext_lazy("A PDF, a scan or a photo, 10 MB at most.")
#: How far ahead an entry is agreed; a year typed wrong is seen.
DAYS_AHEAD = 730


# --- the steps --------------------------------------------------------------------------------------------


class LanguageForm(PortalForm):
    """The language of the convention and where it is signed."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the convention"),
        choices=Convention._meta.get_field("language").choices or [],
    )
    place_signed = forms.CharField(
        label=gettext_lazy("Place of the signature"),
        help_text=gettext_lazy("It stands on the lines to sign on."),
        max_length=100,
        required=False,
    )


class PeopleForm(PortalForm):
    """Who acts for the resident and who stands surety; after a remark only what it opened."""

    representative = forms.ModelChoiceField(
        label=gettext_lazy("Who signs for the resident's side?"),
        queryset=Contact.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("The resident"),
        blank=True,
        widget=Radios,
    )
    guarantors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Guarantors, jointly and severally (art. 13)"),
        queryset=Contact.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    mark_optional = False

    def __init__(self, *args: Any, convention: Convention, fields: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = convention.resident.contacts.order_by("name", "pk")
        for name, role in (
            ("representative", ContactRole.REPRESENTATIVE),
            ("guarantors", ContactRole.GUARANTOR),
        ):
            field: Any = self.fields[name]
            field.queryset = contacts.filter(role=role)
            field.label_from_instance = _contact_label
            if name not in fields or (name == "guarantors" and not field.queryset.exists()):
                del self.fields[name]


def _contact_label(contact: Any) -> str:
    return f"{contact.name}, {contact.relation}" if contact.relation else str(contact.name)


class StayForm(PortalForm):
    """The duration, the days and the aim of the stay (art. 2)."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Duration"),
        choices=StayKind.choices,
        widget=Radios(
            hints={
                StayKind.INDEFINITE: gettext_lazy("The first 30 days are a trial (art. 10)."),
                StayKind.SHORT: gettext_lazy("Until a day that is fixed now, for respite or rehabilitation."),
            }
        ),
    )
    entry = DayField(label=gettext_lazy("Day of entry"))
    until = DayField(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("Only for a short stay."), required=False
    )
    aims = forms.MultipleChoiceField(
        label=gettext_lazy("Aim of the short stay"),
        choices=[
            ("respite", gettext_lazy("Respite")),
            ("rehabilitation", gettext_lazy("Rehabilitation")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Only for a short stay."),
    )
    mark_optional = False

    def __init__(self, *args: Any, convention: Convention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.convention = convention
        self.short_allowed = Allowed.SHORT_STAY in convention.home.allowed
        entry: Any = self.fields["entry"]
        entry.max_value = localdate() + timedelta(days=DAYS_AHEAD)

    def clean(self) -> dict[str, Any]:
        """A short stay has a last day and an aim, and the operating title allows it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") != StayKind.SHORT:
            return cleaned | {"until": None, "aims": []}
        if not self.short_allowed:
            self.add_error("kind", _("The operating title of the home does not allow short stays (art. 2)."))
        if cleaned.get("until") is None and "until" not in self.errors:
            self.add_error("until", _("A short stay has a last day (art. 2)."))
        self._in_order(cleaned)
        if not cleaned.get("aims") and "aims" not in self.errors:
            self.add_error(
                "aims", _("Say whether the short stay is for respite, rehabilitation or both (art. 2).")
            )
        return cleaned

    def _in_order(self, cleaned: dict[str, Any]) -> None:
        entry, until = cleaned.get("entry"), cleaned.get("until")
        if entry and until and until < entry:
            self.add_error("until", _("The short stay ends before the day of entry (art. 2)."))

    def changes(self) -> dict[str, Any]:
        """What the draft becomes."""
        typed = self.cleaned_data
        return {
            "kind": typed["kind"],
            "entry": typed["entry"],
            "until": typed["until"],
            "respite": "respite" in typed["aims"],
            "rehabilitation": "rehabilitation" in typed["aims"],
        }


class BedForm(PortalForm):
    """The room and bed, among those that are free on the days of the stay (art. 3)."""

    bed = forms.ModelChoiceField(
        label=gettext_lazy("Room and bed"),
        queryset=Bed.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        widget=Radios,
        error_messages={
            "required": gettext_lazy("Choose the room and the bed (art. 3)."),
            "invalid_choice": gettext_lazy("Choose a bed of this home."),
        },
    )

    def __init__(self, *args: Any, convention: Convention, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["bed"]
        # Every bed of the home is understood, so that a bed taken meanwhile gets the sentence that says so.
        field.queryset = Bed.objects.filter(room__home=convention.home).select_related("room__room_type")
        field.choices = choices


class SupplementsForm(PortalForm):
    """The supplements that may be charged (art. 4 §3 and §4)."""

    supplements = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Supplements that the resident may choose"),
        queryset=Supplement.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose supplements of this home.")},
    )
    mark_optional = False

    def __init__(self, *args: Any, choices: list[Any], queryset: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["supplements"]
        field.queryset = queryset
        field.choices = choices


class ClauseForm(PortalForm):
    """A special clause: it adds to the convention, and is refused where it weakens a rule (art. 12)."""

    text = forms.CharField(label=gettext_lazy("Clause"), max_length=2000, required=False, widget=LONG)
    mark_optional = False

    def clean_text(self) -> str:
        """The clause; ValidationError with every rule that it breaks."""
        text: str = self.cleaned_data["text"]
        if wrong := clause_errors(text):
            raise ValidationError(wrong)
        return text


class _Clauses(BaseFormSet):  # type: ignore[type-arg]
    default_error_messages = {
        "too_many_forms": gettext_lazy("A convention has %(num)d special clauses at most."),
        "missing_management_form": gettext_lazy(
            "The clauses did not arrive whole: check them and send again."
        ),
    }

    def texts(self) -> list[str]:
        """The clauses that say something, in their order."""
        return [
            str(form.cleaned_data.get("text", "")) for form in self.forms if form.cleaned_data.get("text")
        ]


#: Special clauses; an empty one counts for nothing.
ClauseFormSet = formset_factory(
    ClauseForm,
    formset=_Clauses,
    extra=1,
    max_num=MOST_CLAUSES,
    validate_max=True,
    absolute_max=2 * MOST_CLAUSES,
    renderer=PortalRenderer(),
)


# --- what is done with an offered text --------------------------------------------------------------------


class BecauseForm(PortalForm):
    """Something that needs a reason."""

    because = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It is kept in the history."),
        max_length=500,
        widget=LONG,
    )


class ReopenForm(PortalForm):
    """A text taken back to the draft."""

    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It is kept in the history."),
        max_length=500,
        required=False,
        widget=LONG,
    )


class AnswerForm(PortalForm):
    """The answer to a remark."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The resident's side reads it under the article."),
        max_length=1000,
        widget=LONG,
    )


class ReceiptForm(PortalForm):
    """The day on which the resident's side received its copy."""

    received_on = DayField(label=gettext_lazy("Copy received on"))
    upload = UploadField(
        label=gettext_lazy("Signed receipt"),
        help_text=FILE_HINT,
        max_bytes=MEGABYTES * 2**20,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["received_on"]
        field.max_value = localdate()
