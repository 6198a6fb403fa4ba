"""Forms of services: one service with the acts of its support, a group, a change, a withdrawal."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.sentences import within
from partenamut.web import formats
from partenamut.web.forms import AutocompleteSelect, DayField, PortalForm, PortalRenderer, Radios
from protocol3.messages import FAMILIES, MODALITIES, PLACES, PROFESSIONS
from protocol3.models import (
    Assignment,
    Channel,
    ContactNature,
    Enrolment,
    GroupSession,
    Practitioner,
    Project,
    Service,
)
from protocol3.rules.parameters import CAREGIVER_GROUP_UNITS, GROUP_UNITS
from protocol3.rules.pseudocodes import ALTERNATIVES, PSEUDOCODES, found
from protocol3.services.entry_faults import Act

#: Nobody types more units or people than these; the rules say how many are billable.
MOST_UNITS = 200
MOST_PEOPLE = 200
MOST_ACTS = 20

_TIME = re.compile(r"([0-9]{1,2})(?:[:hHuU. ]?([0-9]{2})?)")
#: Ways of giving a service at which the beneficiary is present; their time is entered.
WITH_TIMES = ("session", "session_in_hospital")
#: Ways of giving a service that have no place of their own.
WITHOUT_PLACE = ("module", "support")


class TimeField(forms.Field):
    """A time of day, typed as 9:30, 9h30 or 0930."""

    widget = forms.TextInput(
        attrs={"inputmode": "text", "class": "govuk-input--width-5", "autocomplete": "off"}
    )
    default_error_messages = {
        "invalid": gettext_lazy("“%(label)s” is a time of day, for example 9:30."),
    }

    def to_python(self, value: Any) -> time | None:
        """The time; None when nothing was typed."""
        if isinstance(value, time) or value in self.empty_values:
            return value or None
        said = _TIME.fullmatch(str(value).strip())
        try:
            return time(int(said[1]), int(said[2] or 0)) if said else self._wrong()
        except ValueError:
            return self._wrong()

    def prepare_value(self, value: Any) -> Any:
        """A stored time with hours and minutes; a typed text as it was typed."""
        return f"{value:%H:%M}" if isinstance(value, time) else value

    def _wrong(self) -> time:
        raise ValidationError(self.error_messages["invalid"], code="invalid")


class _ByPublicId(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A row by its public id; what cannot be one is no choice."""

    def to_python(self, value: Any) -> Any:
        """The row; the same sentence for what is unknown, a stranger's or no id at all."""
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Beneficiaries among those included in a project, by name and birth date."""

    def clean(self, value: Any) -> Any:
        """The rows; the same sentence for what is unknown, a stranger's or no id at all."""
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code == "required":
                raise
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None

    def label_from_instance(self, enrolment: Any) -> str:
        """Last name, first name, birth date."""
        return person_label(enrolment)


class PersonField(_ByPublicId):
    """A beneficiary among those included in a project, by name and birth date."""

    def label_from_instance(self, enrolment: Any) -> str:
        """Last name, first name, birth date."""
        return person_label(enrolment)


class WorkerField(_ByPublicId):
    """A practitioner of a project, by name and profession."""

    def label_from_instance(self, practitioner: Any) -> str:
        """Last name, first name, profession."""
        profession = within(PROFESSIONS[practitioner.profession])
        return f"{practitioner.last_name} {practitioner.first_name} ({profession})"


def person_label(enrolment: Enrolment) -> str:
    """Last name, first name, birth date."""
    person = enrolment.beneficiary
    return f"{person.last_name} {person.first_name} ({formats.day(person.birth_date)})"


def enrolments_of(project: Project) -> QuerySet[Enrolment]:
    """Those included in a project, by name."""
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(project=project)
    return rows.select_related("beneficiary").order_by("beneficiary__search_name", "pk")


def practitioners_of(project: Project) -> QuerySet[Practitioner]:
    """Those who have or had a function in a project, by name."""
    theirs = Assignment.objects.filter(project=project).values("practitioner")
    return Practitioner.objects.filter(pk__in=theirs).order_by("last_name", "first_name", "pk")


def kinds_of(project: Project, modalities: Iterable[str]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The services that a project can give in some ways, under the names of their families."""
    wanted = list(modalities)
    kinds: dict[str, dict[str, str]] = {}
    for row in PSEUDOCODES.values():
        open_here = row.family not in ALTERNATIVES or row.family in project.alternatives
        if open_here and row.modality in wanted:
            name = f"{FAMILIES[row.family]}: {within(MODALITIES[row.modality])}"
            kinds.setdefault(row.family, {})[f"{row.family}.{row.modality}"] = name
    return [(FAMILIES[family], list(found.items())) for family, found in kinds.items()]


class _Quiet(PortalForm):
    """A form that can be shown again before it is sent."""

    def quiet(self) -> None:
        """Shows what was typed without a word on it: nothing was sent yet."""
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}


class _OfProject(_Quiet):
    """A form about a project: its people and its services as choices."""

    modalities: Sequence[str] = ()

    def __init__(self, *args: Any, project: Project, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        for name, rows in (("enrolment", enrolments_of), ("practitioner", practitioners_of)):
            if name in self.fields:
                self.fields[name].queryset = rows(project)  # type: ignore[attr-defined]
        day = self.fields["date"]
        if isinstance(day, DayField):
            day.max_value = today
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [("", ""), *kinds_of(project, self.modalities)]

    def _pseudocode(self, cleaned: Mapping[str, Any]) -> str:
        """The pseudocode that follows from the family, the practitioner's profession and the way it is given."""
        practitioner, kind = cleaned.get("practitioner"), cleaned.get("kind")
        if practitioner is None or not kind:
            return ""
        family, _dot, modality = kind.partition(".")
        row = found(family, practitioner.profession, modality)
        if row is None:
            self.add_error("kind", _no_pseudocode(family, practitioner))
            return ""
        return row.code


class ServiceForm(_OfProject):
    """One service for one beneficiary; its pseudocode follows from what was done and by whom."""

    modalities = ("module", "session", "session_in_hospital", "support", "closing")

    enrolment = PersonField(
        label=gettext_lazy("Beneficiary"),
        queryset=Enrolment.objects.none(),
        to_field_name="public_id",
        empty_label="",
        widget=AutocompleteSelect,
    )
    date = DayField(label=gettext_lazy("Day"))
    practitioner = WorkerField(
        label=gettext_lazy("Practitioner"),
        queryset=Practitioner.objects.none(),
        to_field_name="public_id",
        empty_label="",
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Service"),
        help_text=gettext_lazy("The pseudocode follows from it and from the practitioner's profession."),
    )
    units = forms.IntegerField(
        label=gettext_lazy("Units"),
        min_value=1,
        max_value=MOST_UNITS,
        help_text=gettext_lazy("Of 30 minutes; of 20 minutes for a night visit; 1 for the initial module."),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where it was given"),
        required=False,
        initial="home",
        choices=[
            *((code, PLACES[code]) for code in ("home", "remote", "hospital")),
            ("", gettext_lazy("None: support in their absence, initial module")),
        ],
        widget=Radios,
    )
    starts_at = TimeField(
        label=gettext_lazy("Begins at"),
        required=False,
        help_text=gettext_lazy("For example 9:30; needed for a session."),
    )
    ends_at = TimeField(label=gettext_lazy("Ends at"), required=False)
    description = forms.CharField(
        label=gettext_lazy("What was done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    patient_record = forms.CharField(
        label=gettext_lazy("Reference of the patient record"), required=False, max_length=60
    )
    consent = forms.BooleanField(
        label=gettext_lazy("The person agreed beforehand to a remote session, and this is recorded"),
        required=False,
    )
    fit = forms.BooleanField(
        label=gettext_lazy("The person is able to follow a remote session"), required=False
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        required=False,
        choices=[("", ""), *Channel.choices],
    )
    #: Where the acts of support are not in order: said at them, not at a field.
    acts = forms.Field(required=False, widget=forms.HiddenInput)
    #: Says which of our own fields a fault of the service is shown at.
    AT = {"pseudocode": "kind"}

    def clean(self) -> dict[str, Any]:
        """The values, with the pseudocode found, the place that a stay in hospital implies, and no leftovers."""
        cleaned = super().clean() or {}
        cleaned["pseudocode"] = self._pseudocode(cleaned)
        modality = (cleaned.get("kind") or "").partition(".")[2]
        if modality == "session_in_hospital" and cleaned.get("place") in ("", "home"):
            cleaned["place"] = "hospital"
        if modality in WITHOUT_PLACE and "place" in cleaned:
            cleaned["place"] = ""
        if modality in WITH_TIMES:
            self._require_times(cleaned)
        remote = cleaned.get("place") == "remote"
        for name in ("consent", "fit"):
            cleaned[name] = bool(cleaned.get(name)) if remote else None
        if not remote:
            cleaned["channel"] = ""
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What the use case of a service takes, its beneficiary apart."""
        own = ("kind", "enrolment", "acts")
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

    def _require_times(self, cleaned: Mapping[str, Any]) -> None:
        for name in ("starts_at", "ends_at"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Enter “%(label)s”: a session has its times (art. 9)."))


class ActForm(_Quiet):
    """An act of support; of a contact with the care team also with whom and how (art. 10)."""

    mark_optional = False
    starts_at = TimeField(label=gettext_lazy("From"))
    ends_at = TimeField(label=gettext_lazy("To"))
    description = forms.CharField(
        label=gettext_lazy("What was done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    contact_name = forms.CharField(label=gettext_lazy("Contact: name"), max_length=150, required=False)
    contact_function = forms.CharField(
        label=gettext_lazy("Contact: function"), max_length=100, required=False
    )
    contact_nature = forms.ChoiceField(
        label=gettext_lazy("Contact: how"), required=False, choices=[("", ""), *ContactNature.choices]
    )

    def clean(self) -> dict[str, Any]:
        """The values; a contact is named whole or not at all."""
        cleaned = super().clean() or {}
        parts = {name: cleaned.get(name) for name in ("contact_name", "contact_function", "contact_nature")}
        if any(parts.values()):
            for name, value in parts.items():
                if not value and name not in self.errors:
                    self.add_error(
                        name, _("Fill in “%(label)s”: a contact has name, function and nature (art. 10).")
                    )
        return cleaned


class _Acts(BaseFormSet):  # type: ignore[type-arg]
    default_error_messages = {
        "too_many_forms": gettext_lazy(
            "A service has %(num)d acts at most: enter the others as another service."
        ),
        "missing_management_form": gettext_lazy(
            "The acts of support did not arrive whole: check them and send again."
        ),
    }

    def quiet(self) -> None:
        """Shows what was typed without a word on it: nothing was sent yet."""
        self._errors: list[Any] = []
        self._non_form_errors = ErrorList(renderer=PortalRenderer())
        for form in self.forms:
            form.quiet()

    def acts(self) -> list[Act]:
        """The acts that were filled in, in the order of the day."""
        said = [form.cleaned_data for form in self.forms if form.has_changed() and form.cleaned_data]
        return sorted((Act(**values) for values in said), key=lambda act: act.starts_at)


#: Rows for acts of support; an empty row counts for nothing.
ActFormSet = formset_factory(
    ActForm,
    formset=_Acts,
    extra=1,
    max_num=MOST_ACTS,
    validate_max=True,
    absolute_max=2 * MOST_ACTS,
    renderer=PortalRenderer(),
)


class GroupForm(_OfProject):
    """One entry for a whole group: what, who led it, when, where, how many, and which beneficiaries took part."""

    modalities = ("group",)
    mark_optional = False

    kind = forms.ChoiceField(label=gettext_lazy("Group"))
    date = DayField(label=gettext_lazy("Day"))
    practitioner = WorkerField(
        label=gettext_lazy("Practitioner"),
        queryset=Practitioner.objects.none(),
        to_field_name="public_id",
        empty_label="",
    )
    starts_at = TimeField(label=gettext_lazy("Begins at"), help_text=gettext_lazy("For example 14:00."))
    ends_at = TimeField(label=gettext_lazy("Ends at"))
    room = forms.CharField(label=gettext_lazy("Collective room"), max_length=150)
    participants = forms.IntegerField(
        label=gettext_lazy("People who took part"),
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=gettext_lazy(
            "All of them, those of other projects too: 4 to 8, of a group for caregivers 5 to 10 (art. 9 and 16bis)."
        ),
    )
    description = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    enrolments = PeopleField(
        label=gettext_lazy("Beneficiaries who took part"),
        queryset=Enrolment.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    #: Those for whom it is written although it is not billable; ticked on the page that says why.
    kept = PeopleField(
        queryset=Enrolment.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.MultipleHiddenInput,
    )
    AT = {"pseudocode": "kind", "place": "room"}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        for name in ("enrolments", "kept"):
            self.fields[name].queryset = enrolments_of(project)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The values, with the pseudocode found; somebody took part."""
        cleaned = super().clean() or {}
        cleaned["pseudocode"] = self._pseudocode(cleaned)
        asked = "enrolments" in self.fields and "enrolments" not in self.errors
        if asked and not cleaned.get("enrolments") and not cleaned.get("kept"):
            self.add_error("enrolments", _("Tick the beneficiaries who took part."))
        return cleaned

    @property
    def units(self) -> int:
        """The units that each person of this group has: 4 of a group for caregivers, else 1."""
        limits = CAREGIVER_GROUP_UNITS if self.family == "caregiver_group" else GROUP_UNITS
        return limits[1]

    @property
    def family(self) -> str:
        """The family that was chosen."""
        return str(self.cleaned_data.get("kind") or "").partition(".")[0]

    @property
    def said(self) -> dict[str, Any]:
        """What stands on the group and on each of its services."""
        names = ("practitioner", "date", "pseudocode", "participants", "starts_at", "ends_at", "description")
        return {name: self.cleaned_data[name] for name in names}


class ReasonForm(PortalForm):
    """Why a service is withdrawn."""

    because = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"),
        max_length=200,
        help_text=gettext_lazy("For example: entered twice; the visit did not take place."),
    )


def service_values(service: Service) -> dict[str, Any]:
    """A service as the form shows it."""
    plain = (
        "date",
        "units",
        "place",
        "starts_at",
        "ends_at",
        "description",
        "patient_record",
        "consent",
        "fit",
        "channel",
    )
    return {name: getattr(service, name) for name in plain} | {
        "enrolment": service.enrolment.public_id,
        "practitioner": service.practitioner.public_id,
        "kind": f"{service.family}.{service.modality}",
    }


def group_values(group: GroupSession) -> dict[str, Any]:
    """A group as the form shows it."""
    plain = ("date", "participants", "starts_at", "ends_at", "room", "description")
    kind = PSEUDOCODES.get(group.pseudocode)
    return {name: getattr(group, name) for name in plain} | {
        "practitioner": group.practitioner.public_id,
        "kind": f"{kind.family}.{kind.modality}" if kind else "",
    }


def group_copy(service: Service) -> dict[str, Any]:
    """A service of a group as the beginning of another group with the same person."""
    values = service_values(service) | {"participants": service.participants}
    values["enrolments"] = [values.pop("enrolment")]
    return values | ({"room": service.group.room} if service.group else {})


def act_values(service: Service) -> list[dict[str, Any]]:
    """The acts of a service as the rows show them."""
    names = ("starts_at", "ends_at", "description", "contact_name", "contact_function", "contact_nature")
    return [{name: getattr(act, name) for name in names} for act in service.acts.order_by("starts_at", "pk")]


def _no_pseudocode(family: str, practitioner: Practitioner) -> str:
    """Why nothing is found, and what to do."""
    return _(
        "%(profession)s: the convention has no pseudocode for “%(family)s” given by this profession "
        "(art. 22, table 5). Choose another service or another practitioner."
    ) % {"profession": PROFESSIONS[practitioner.profession], "family": FAMILIES[family]}
