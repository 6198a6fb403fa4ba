"""The forms on the page of a request: messages, dates, invoice, withdrawal, appeal."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convalescence.forms.member_draft import DatesForm, PersonForm
from convalescence.models import Request
from partenamut.registry.models import Member
from partenamut.web.files import FilesField, FilesForm
from partenamut.web.forms import PortalForm, Radios


class MessageForm(FilesForm, PortalForm):
    """A message to the service, with files."""

    text = forms.CharField(label=_("Your message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    uploads = FilesField(label=_("Files"))


class InvoiceForm(FilesForm, PortalForm):
    """The invoice of a stay."""

    uploads = FilesField(label=_("Invoice"))
    mark_optional = False

    def clean(self) -> dict[str, Any]:
        """At least one file."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.files_kept and not self.files_refused:
            self.add_error("uploads", _("Choose the file of the invoice."))
        return cleaned


class ReasonForm(PortalForm):
    """Why a request is withdrawn; it may stay empty."""

    reason = forms.CharField(
        label=_("Why? (you need not say)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    mark_optional = False


class AppealForm(PortalForm):
    """Why the person does not agree."""

    reason = forms.CharField(
        label=_("Why do you not agree?"),
        help_text=_("Say which condition you think is met, and why. You can send files with a message."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class NewDatesForm(DatesForm):
    """Other dates for a request that was sent."""

    def __init__(self, *args: Any, draft: Request, today: date, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, today=today, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Dates that can be asked, and other ones than before."""
        cleaned = super().clean()
        same = (cleaned.get("arrival"), cleaned.get("departure")) == (
            self.draft.arrival,
            self.draft.departure,
        )
        if same and not self.errors:
            self.add_error("arrival", _("These are the dates that your request already has."))
        return cleaned


class RecognitionForm(PersonForm):
    """Who is to be recognised as whose caregiver."""

    member = forms.ChoiceField(label=_("For whom do you ask?"), widget=Radios)
    side = forms.ChoiceField(
        label=_("What do you ask for?"),
        choices=[
            ("cared_for", _("A person who cares for me is recognised as my caregiver")),
            ("caregiver", _("I am recognised as the caregiver of a person")),
        ],
        widget=Radios,
    )
    field_groups = [(_("The other person"), ["niss", "last_name", "birth_date", "relation", "help_given"])]

    field_order = ("member", "side")

    def __init__(self, *args: Any, members: list[Member], user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.public_id): member for member in members}
        if len(members) == 1:
            del self.fields["member"]
        else:
            field: Any = self.fields["member"]
            field.choices = [
                (key, _("For myself") if member.user_id == user_id else member.full_name)
                for key, member in self.members.items()
            ]

    @property
    def asker(self) -> Member:
        """The person it is asked for."""
        only = next(iter(self.members.values()))
        return self.members[self.cleaned_data["member"]] if "member" in self.fields else only
