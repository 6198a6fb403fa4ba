"""The forms of a request that is being prepared, one for each step."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from convalescence.models import Benefit, MedicalCriterion, Request
from convalescence.readings.offer import Offer
from convalescence.readings.stays import obstacles, overlapping
from partenamut.registry.models import CaregiverRecognition, Label, Member, Residence, StructureType
from partenamut.web.files import FilesField, FilesForm
from partenamut.web.forms import DayField, FilterForm, NissField, PortalForm, Radios


class NewRequestForm(PortalForm):
    """Which benefit, and for whom where there is a choice."""

    benefit = forms.ChoiceField(
        label=_("What do you want to ask for?"),
        choices=Benefit.choices,
        widget=Radios,
    )
    member = forms.ChoiceField(label=_("For whom?"), widget=Radios)

    def __init__(
        self, *args: Any, members: list[Member], user_id: int, offers: Mapping[str, Offer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        moments = {
            Benefit.CONVALESCENCE: _("Before the stay, in a partner residence:"),
            Benefit.SHORT_STAY: _("After the stay, in a rest home:"),
            Benefit.CAREGIVER: _("You accompany somebody during their convalescence:"),
        }
        self.fields["benefit"].widget.hints = {
            benefit: f"{moment} {offers[benefit].in_words}." for benefit, moment in moments.items()
        }
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
    def chosen_member(self) -> Member:
        """The person the request is for."""
        only = next(iter(self.members.values()))
        return self.members[self.cleaned_data["member"]] if "member" in self.fields else only


class MedicalForm(FilesForm, PortalForm):
    """The medical criterion, with its proof."""

    criteria = forms.MultipleChoiceField(
        label=_("Why do you need to recover?"),
        help_text=_("One reason is enough. Tick all that apply to you."),
        choices=MedicalCriterion.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one reason. Without one, a stay cannot be paid.")},
    )
    uploads = FilesField(label=_("Medical proof"))


class FilesOnlyForm(FilesForm, PortalForm):
    """The invoice of a rest home, which may also come later."""

    uploads = FilesField(label=_("Invoice of the rest home"))


class ResidenceFilter(FilterForm):
    """Which residences to show."""

    label = forms.ChoiceField(label=_("Quality label"), choices=[("", _("All")), *Label.choices])
    structure = forms.ChoiceField(
        label=_("Kind of residence"), choices=[("", _("All")), *StructureType.choices]
    )
    place = forms.CharField(label=_("Name, place or postal code"), max_length=60)
    accompanied = forms.BooleanField(label=_("Somebody can come along"))


class ResidenceForm(PortalForm):
    """The choice of a residence."""

    residence = forms.ChoiceField(
        label=_("Which residence do you choose?"),
        widget=Radios,
        error_messages={
            "required": _("Choose a residence."),
            "invalid_choice": _("This residence is not in the list any more. Choose another one."),
        },
    )

    def __init__(
        self, *args: Any, shown: list[Residence], known: Iterable[Residence], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(residence.public_id): residence for residence in known}
        field: Any = self.fields["residence"]
        field.choices = [(str(residence.public_id), residence.name) for residence in shown]
        field.widget.hints = {str(residence.public_id): residence_card(residence, on) for residence in shown}

    def clean_residence(self) -> Residence:
        """The residence itself."""
        return self.known[self.cleaned_data["residence"]]


def residence_card(residence: Residence, on: date) -> str:
    """Address, kind, labels and whether somebody can come along, on lines of their own."""
    labels = [grant.get_label_display() for grant in residence.labels.all() if on in grant.period]
    lines = [f"{residence.street}, {residence.postal_code} {residence.city}", ", ".join(residence.structures)]
    if labels:
        lines.append(_("Label: %(labels)s") % {"labels": ", ".join(labels)})
    if residence.phone:
        lines.append(residence.phone)
    if residence.accompanied:
        lines.append(str(_("Somebody can come along")))
    last_days = [row.last_day for row in residence.partner_periods.all()]
    if last_days and None not in last_days:
        lines.append(_("Partner until %(day)s") % {"day": f"{max(filter(None, last_days)):%d/%m/%Y}"})
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


class RestHomeForm(PortalForm):
    """The rest home of a short stay: one of the list, or another one by its name."""

    residence = forms.ChoiceField(
        label=_("Rest home"),
        help_text=_("Rest homes that INAMI has approved."),
        required=False,
        error_messages={
            "invalid_choice": _("This rest home is not in the list any more. Choose another one.")
        },
    )
    place = forms.CharField(
        label=_("Name and place, if it is not in the list"),
        help_text=_("We then look up whether INAMI has approved it."),
        max_length=200,
        required=False,
    )

    mark_optional = False

    def __init__(self, *args: Any, known: Iterable[Residence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(residence.public_id): residence for residence in known}
        field: Any = self.fields["residence"]
        field.choices = [
            ("", _("Not in the list")),
            *((key, f"{home.name}, {home.postal_code} {home.city}") for key, home in self.known.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """One of the two, not both."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen, typed = cleaned.get("residence"), cleaned.get("place")
        if chosen and typed:
            self.add_error(
                "place",
                _("You chose a rest home in the list: leave this empty, or choose “Not in the list”."),
            )
        elif not chosen and not typed and not self.errors:
            self.add_error("residence", _("Choose your rest home, or write its name."))
        return cleaned

    @property
    def home(self) -> Residence | None:
        """The rest home of the list."""
        return self.known.get(self.cleaned_data["residence"])


class DatesForm(PortalForm):
    """Arrival and departure of a stay."""

    arrival = DayField(label=_("Day of arrival"), help_text=_("For example, 07 03 2026. This day counts."))
    departure = DayField(label=_("Day of departure"), help_text=_("This day does not count."))

    def __init__(self, *args: Any, draft: Request, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.today = today
        #: Another request of the same person on these days: the page links to it.
        self.overlap: Request | None = None

    def clean(self) -> dict[str, Any]:
        """Dates that can be asked."""
        cleaned: dict[str, Any] = super().clean() or {}
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure:
            self._check(arrival, departure)
        return cleaned

    def _check(self, arrival: date, departure: date) -> None:
        asked_on = self.draft.submitted_on
        for obstacle in obstacles(self.draft.benefit, arrival, departure, self.today, asked_on=asked_on):
            self.add_error(obstacle.field, obstacle.sentence)
        if self.errors:
            return
        self.overlap = overlapping(self.draft.member, arrival, departure, without=self.draft)
        if self.overlap:
            sentence = _(
                "These days are already in your request %(number)s. Choose other days, or change that request."
            )
            self.add_error("arrival", sentence % {"number": self.overlap.number})

    @property
    def sentences(self) -> list[str]:
        """What speaks against the dates, once both are typed; nothing while they are being typed."""
        errors = [error for found in self.errors.as_data().values() for error in found]
        half_typed = any(error.code == "required" or "part" in (error.params or {}) for error in errors)
        return [] if half_typed else [str(sentence) for error in errors for sentence in error.messages]


NONE, INVITE, ASK = "none", "invite", "ask"


class PersonForm(PortalForm):
    """A person as they stand in our files: three details that must agree."""

    niss = NissField(
        label=_("National register number"), help_text=_("As on the identity card: 85.07.30-033.28.")
    )
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    birth_date = DayField(label=_("Birth date"))
    relation = forms.CharField(
        label=_("Who is this person to you?"),
        help_text=_("For example: my daughter, a neighbour."),
        max_length=100,
    )
    help_given = forms.CharField(
        label=_("What help is given?"),
        help_text=_("In a few words: what, and how often."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CaregiverForm(PersonForm):
    """Who comes along: nobody, a recognised caregiver, or somebody to be recognised."""

    choice = forms.ChoiceField(label=_("Does a caregiver come with you?"), widget=Radios)

    details = ("niss", "last_name", "birth_date", "relation", "help_given")
    field_order = ("choice", *details)

    def __init__(self, *args: Any, recognitions: Iterable[CaregiverRecognition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caregivers = {f"{INVITE}-{row.public_id}": row.caregiver for row in recognitions}
        invited = [(key, caregiver.full_name) for key, caregiver in self.caregivers.items()]
        choice: Any = self.fields["choice"]
        choice.choices = [(NONE, _("No")), *invited, (ASK, _("Yes, somebody who is not recognised yet"))]
        choice.widget.hints = {
            **dict.fromkeys(self.caregivers, _("Recognised caregiver: we tell them that you invite them.")),
            ASK: _("Fill in the details below. You can send this request without waiting for the answer."),
        }
        if not self._asks():
            for name in self.details:
                self.fields[name].required = False

    mark_optional = False

    def _asks(self) -> bool:
        return bool(self.data) and self.data.get("choice") == ASK

    def clean(self) -> dict[str, Any]:
        """The details count only for somebody to be recognised."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self._asks():
            for name in self.details:
                self.errors.pop(name, None)
        return cleaned

    @property
    def companion(self) -> Member | None:
        """The recognised caregiver who is invited."""
        return self.caregivers.get(self.cleaned_data["choice"])

    @property
    def asks_recognition(self) -> bool:
        """Whether somebody is to be recognised."""
        return bool(self.cleaned_data["choice"] == ASK)


class AccompanyForm(PortalForm):
    """Whose stay the caregiver accompanies, and on which days."""

    stay = forms.ChoiceField(
        label=_("Whose stay do you accompany?"),
        widget=Radios,
        error_messages={"invalid_choice": _("This stay is not in the list any more. Choose another one.")},
    )
    arrival = DayField(label=_("Your day of arrival"), help_text=_("This day counts."))
    departure = DayField(label=_("Your day of departure"), help_text=_("This day does not count."))

    def __init__(
        self, *args: Any, draft: Request, stays: Iterable[Request], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.draft, self.today = draft, today
        self.stays = {str(stay.public_id): stay for stay in stays}
        self.overlap: Request | None = None
        field: Any = self.fields["stay"]
        field.choices = [(key, _stay_label(stay)) for key, stay in self.stays.items()]
        field.widget.hints = {key: stay.place_name for key, stay in self.stays.items()}

    def clean(self) -> dict[str, Any]:
        """Days within the stay of the person cared for."""
        cleaned: dict[str, Any] = super().clean() or {}
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure:
            for obstacle in obstacles(Benefit.CAREGIVER, arrival, departure, self.today):
                self.add_error(obstacle.field, obstacle.sentence)
            if not self.errors and self.chosen:
                self._within(arrival, departure, self.chosen)
        return cleaned

    def _within(self, arrival: date, departure: date, stay: Request) -> None:
        if stay.arrival and arrival < stay.arrival:
            sentence = _("The stay begins on %(day)s: you cannot accompany it before.")
            self.add_error("arrival", sentence % {"day": f"{stay.arrival:%d/%m/%Y}"})
        if stay.departure and departure > stay.departure:
            sentence = _("The stay ends on %(day)s: you cannot accompany it after.")
            self.add_error("departure", sentence % {"day": f"{stay.departure:%d/%m/%Y}"})
        self.overlap = overlapping(self.draft.member, arrival, departure, without=self.draft)
        if self.overlap and not self.errors:
            sentence = _(
                "These days are already in your request %(number)s. Choose other days, or change that request."
            )
            self.add_error("arrival", sentence % {"number": self.overlap.number})

    @property
    def chosen(self) -> Request | None:
        """The stay that is accompanied."""
        return self.stays.get(self.cleaned_data.get("stay", ""))


def _stay_label(stay: Request) -> str:
    days = {
        "name": stay.member.full_name,
        "arrival": f"{stay.arrival:%d/%m/%Y}",
        "departure": f"{stay.departure:%d/%m/%Y}",
    }
    return _("%(name)s, from %(arrival)s to %(departure)s") % days
