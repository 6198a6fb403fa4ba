"""What everybody may ask: an estimate of a stay, the check of a bill, the letter to the hospital."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hospitalisation.models import DayShareRow, Room
from hospitalisation.rules import HospitalCover, Tier
from hospitalisation.rules.estimate import MOST_NIGHTS, StayPlan
from hospitalisation.rules.parameters import ShareCategory
from hospitalisation.rules.requests import BillLine
from hospitalisation.rules.requests import Room as RoomOfRules
from hospitalisation.services.bill_file import Spared
from partenamut.money import ZERO
from partenamut.web.forms import DayField, EuroField, PortalForm, Radios, UploadField

#: The category, and what was used of the year, as the file of whoever reads the page says: an address tells nothing.
OWN = "own"
#: No hospital asks more than this share of the tariff.
MOST_PERCENT = 1000
NOT_KNOWN = gettext_lazy("I do not know")
KNOWN_OR_NOT = [("", NOT_KNOWN), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
TIERS = [
    (Tier.NONE.value, gettext_lazy("No hospital insurance")),
    (Tier.HOSPITALIA.value, "Hospitalia"),
    (Tier.MEDIUM.value, "Hospitalia Medium"),
    (Tier.PLUS.value, "Hospitalia Plus"),
    (Tier.CONTINUITY.value, "Hospitalia Continuity"),
]


class PercentField(EuroField):
    """A percentage with two decimals at most, typed with a comma or a point."""

    default_error_messages = {
        "invalid": gettext_lazy("“%(label)s” is a percentage, for example 150."),
        "cents": gettext_lazy("“%(label)s” has two figures at most after the comma."),
        "min_value": gettext_lazy("“%(label)s” is a percentage from 0 to 1000."),
        "max_value": gettext_lazy("“%(label)s” is a percentage from 0 to 1000."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TextInput} | kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Narrow, with a number pad on phones."""
        return super().widget_attrs(widget) | {"inputmode": "decimal", "class": "govuk-input--width-5"}


def _answer(label: Any, **kwargs: Any) -> forms.TypedChoiceField:
    """A question whose answer may not be known: True, False or None."""
    return forms.TypedChoiceField(
        label=label,
        choices=KNOWN_OR_NOT,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        **kwargs,
    )


def _nights(cleaned: dict[str, Any]) -> str:
    """What is wrong with the nights of a stay; nothing where they fit."""
    nights = cleaned.get("nights")
    if cleaned.get("day_hospital"):
        return (
            _("A day hospital has no night: leave “Nights” empty, or untick the day hospital.")
            if nights
            else ""
        )
    if not nights:
        return _("Enter the nights of the stay, or tick the day hospital if there is none.")
    return ""


class EstimateForm(PortalForm):
    """A stay that is to come, in a GET form; only room and nights must be known."""

    mark_optional = False
    FIRST = ("room", "nights", "day_hospital", "doctor_agreed", "franchise", "category")

    room = forms.ChoiceField(label=gettext_lazy("Room"), choices=Room.choices, widget=Radios)
    nights = forms.IntegerField(
        label=gettext_lazy("Nights"), min_value=0, max_value=MOST_NIGHTS, required=False
    )
    day_hospital = forms.BooleanField(
        label=gettext_lazy("Day hospital: I go home the same day"), required=False
    )
    doctor_agreed = _answer(
        gettext_lazy("Has the doctor agreed to the tariffs?"),
        help_text=gettext_lazy(
            "A doctor who has (“conventionné”) asks no supplement. The hospital tells you."
        ),
    )
    franchise = _answer(
        gettext_lazy("Is the hospital on the list with a franchise?"),
        help_text=gettext_lazy("It matters in an individual room with a night. Most hospitals are on it."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Who is admitted"))

    admission = DayField(label=gettext_lazy("Day of admission"), required=False)
    room_supplement_a_day = EuroField(
        label=gettext_lazy("Room supplement a day"),
        required=False,
        help_text=gettext_lazy("It stands in the declaration of admission of the hospital."),
    )
    fees_at_tariff = EuroField(
        label=gettext_lazy("Fees at the INAMI tariff"),
        required=False,
        help_text=gettext_lazy("Of all doctors together, before supplements. Ask your doctor."),
    )
    fee_supplement_percent = PercentField(
        label=gettext_lazy("Fee supplement, in percent of the tariff"),
        required=False,
        max_value=MOST_PERCENT,
        help_text=gettext_lazy("For example 150. It stands in the declaration of admission."),
    )
    sundry = EuroField(label=gettext_lazy("Sundry costs of the stay"), required=False)
    medicines = EuroField(label=gettext_lazy("Medicines that are not reimbursable"), required=False)
    parent_nights = forms.IntegerField(
        label=gettext_lazy("Nights of a parent with a child"),
        min_value=0,
        max_value=MOST_NIGHTS,
        required=False,
    )
    used = EuroField(
        label=gettext_lazy("Paid by the insurance this year already"),
        required=False,
        help_text=gettext_lazy("Some insurances have a ceiling of a calendar year."),
    )

    def __init__(self, *args: Any, is_member: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(OWN, _("As in my file"))] if is_member else []
        field: Any = self.fields["category"]
        field.choices = [*own, *reversed(DayShareRow.Category.choices)]
        self.initial.setdefault("category", OWN if is_member else "ordinary")
        field.required = False

    def clean(self) -> dict[str, Any]:
        """The values; nights, day hospital and the parent's nights fit together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "nights" not in self.errors and (wrong := _nights(cleaned)):
            self.add_error("nights", wrong)
        days = cleaned.get("nights") or 1
        if (cleaned.get("parent_nights") or 0) > days and not self.errors:
            self.add_error("parent_nights", _("The parent stays no longer than the child."))
        return cleaned

    def clean_category(self) -> str:
        """The category; nobody's own without a file."""
        return self.cleaned_data["category"] or "ordinary"

    def plan(self, today: date, category: ShareCategory, used: Decimal) -> StayPlan:
        """The answers as the facts of an estimate; the day is today where none is given."""
        said = self.cleaned_data
        return StayPlan(
            day=said["admission"] or today,
            room=cast(RoomOfRules, said["room"]),
            nights=said["nights"] or 0,
            day_hospital=said["day_hospital"],
            category=category,
            doctor_agreed=said["doctor_agreed"],
            room_supplement_a_day=said["room_supplement_a_day"],
            fees_at_tariff=said["fees_at_tariff"],
            fee_supplement_percent=said["fee_supplement_percent"],
            sundry=said["sundry"],
            medicines=said["medicines"],
            parent_nights=said["parent_nights"] or 0,
            hospital_has_franchise=said["franchise"],
            used_of_year=used if said["used"] is None else said["used"],
        )

    @property
    def first_fields(self) -> list[Any]:
        """What everybody knows, or may leave open."""
        return [self[name] for name in self.FIRST]

    @property
    def other_fields(self) -> list[Any]:
        """The details."""
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def shows_others(self) -> bool:
        """Whether one of the details is filled in or wrong."""
        return any(
            field.errors or any(field.value() if isinstance(field.value(), list) else [field.value()])
            for field in self.other_fields
        )


class BillForm(PortalForm):
    """The stay of a bill that is checked."""

    mark_optional = False

    admission = DayField(label=gettext_lazy("Day of admission"))
    discharge = DayField(
        label=gettext_lazy("Day of discharge"),
        help_text=gettext_lazy("For a day hospital, the day of admission."),
    )
    room = forms.ChoiceField(
        label=gettext_lazy("Room"),
        choices=Room.choices,
        widget=Radios,
        help_text=gettext_lazy("As the bill says it."),
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Hospital insurance"), choices=TIERS, required=False, initial=Tier.NONE.value
    )
    franchise = _answer(gettext_lazy("Is the hospital on the list with a franchise?"))
    used = EuroField(label=gettext_lazy("Paid by the insurance this year already"), required=False)

    def clean(self) -> dict[str, Any]:
        """The values; the discharge does not lie before the admission."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        admission, discharge = cleaned.get("admission"), cleaned.get("discharge")
        if admission and discharge and discharge < admission:
            self.add_error("discharge", _("The discharge cannot come before the admission."))
        return cleaned

    def facts(self, lines: tuple[BillLine, ...]) -> HospitalCover:
        """The stay with its lines, as the rules take it."""
        said = self.cleaned_data
        return HospitalCover(
            id="check",
            tier=self.chosen_tier,
            admission=said["admission"],
            discharge=said["discharge"],
            day_hospital=said["admission"] == said["discharge"],
            room=cast(RoomOfRules, said["room"]),
            hospital_has_franchise=said["franchise"],
            intervention_used_this_year=said["used"] or ZERO,
            lines=lines,
        )

    @property
    def spared(self) -> Spared:
        """What the lines can do without, by the room and the insurance; nothing while the room is not known."""
        room = self.cleaned_data.get("room")
        return Spared(
            shared_room=room in (Room.COMMON, Room.DOUBLE),
            insured=self.cleaned_data.get("tier") not in ("", Tier.NONE.value, Tier.CONTINUITY.value),
        )

    @property
    def chosen_tier(self) -> Tier:
        """The insurance that was chosen; none where nothing was."""
        return Tier(self.cleaned_data["tier"] or Tier.NONE)


class BillLinesForm(PortalForm):
    """The lines of a bill as a file or as pasted text."""

    file = UploadField(
        label=gettext_lazy("A CSV file with the lines of the bill"),
        accept=(".csv", ".txt"),
        max_bytes=2 * 1024 * 1024,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the lines here"),
        help_text=gettext_lazy("With the first line of the template, as in the file."),
        max_length=1_000_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def content(self) -> bytes:
        """What was sent: the file, else the text; nothing where neither was."""
        if upload := self.cleaned_data.get("file"):
            upload.seek(0)
            return cast(bytes, upload.read())
        return cast(str, self.cleaned_data.get("text") or "").encode()


class LetterForm(PortalForm):
    """In whose name the letter to the hospital is written; nothing of it is kept."""

    mark_optional = True

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=150)
    city = forms.CharField(label=gettext_lazy("Postal code and place"), max_length=120)
    hospital = forms.CharField(label=gettext_lazy("Name of the hospital"), max_length=200)
    hospital_address = forms.CharField(
        label=gettext_lazy("Address of the hospital"), max_length=200, required=False
    )
    number = forms.CharField(label=gettext_lazy("Number of the bill"), max_length=60, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter"),
        choices=[("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")],
    )
