"""The forms of a claim until it is sent: the stay, the file of a bill, documents, a deposit, a year of receipts."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hospitalisation.models import AttachmentKind, Claim, Room
from hospitalisation.readings.own import same_admission
from hospitalisation.services.deposits import check_possible
from partenamut.periods import add_months
from partenamut.registry.models import Hospital, Member
from partenamut.web.files import HINT, MEGABYTES, FilesField
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    EuroField,
    PortalForm,
    Radios,
    UploadField,
    YesNoField,
)

#: A stay longer ago, or further ahead, is a year typed wrong.
YEARS_BACK, YEARS_AHEAD = 3, 2
#: Nobody stays longer in hospital without a bill in between.
MOST_NIGHTS = 366
BELGIUM = "BE"
COUNTRIES = [
    (BELGIUM, gettext_lazy("Belgium")),
    ("DE", gettext_lazy("Germany")),
    ("ES", gettext_lazy("Spain")),
    ("FR", gettext_lazy("France")),
    ("GB", gettext_lazy("United Kingdom")),
    ("GR", gettext_lazy("Greece")),
    ("IT", gettext_lazy("Italy")),
    ("LU", gettext_lazy("Luxembourg")),
    ("MA", gettext_lazy("Morocco")),
    ("NL", gettext_lazy("Netherlands")),
    ("PL", gettext_lazy("Poland")),
    ("PT", gettext_lazy("Portugal")),
    ("RO", gettext_lazy("Romania")),
    ("TR", gettext_lazy("Turkey")),
    ("US", gettext_lazy("United States")),
    ("ZZ", gettext_lazy("Another country")),
]


class ForWhomForm(PortalForm):
    """What forms share that ask for whom something is done; the question falls away where there is no choice."""

    def choose_among(self, members: list[Member], user_id: int) -> None:
        """Offers the members as the choices of the field `member`."""
        self.members = {str(member.public_id): member for member in members}
        if len(members) == 1:
            del self.fields["member"]
            return
        field: Any = self.fields["member"]
        field.choices = [
            (key, _("For myself") if member.user_id == user_id else member.full_name)
            for key, member in self.members.items()
        ]

    @property
    def chosen_member(self) -> Member | None:
        """The person it is for; None while nobody was chosen."""
        if "member" not in self.fields:
            return next(iter(self.members.values()))
        return self.members.get(self.cleaned_data.get("member", ""))


class StayForm(PortalForm):
    """A stay in hospital: where, when and in which room."""

    hospital = forms.ChoiceField(
        label=gettext_lazy("Hospital"),
        help_text=gettext_lazy("Type a part of its name or place. Abroad, or not found? Leave it empty."),
        required=False,
        widget=AutocompleteSelect,
        error_messages={
            "invalid_choice": gettext_lazy("This hospital is not in the list any more. Choose another one.")
        },
    )
    place = forms.CharField(
        label=gettext_lazy("Name and place, if it is not in the list"), max_length=200, required=False
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country, if it is not in the list"),
        choices=COUNTRIES,
        initial=BELGIUM,
        required=False,
    )
    admission = DayField(label=gettext_lazy("Day of admission"))
    admitted = YesNoField(
        label=gettext_lazy("Has the admission taken place?"),
        widget=Radios(
            hints={"no": gettext_lazy("It is expected, or a room is reserved. You can change the day later.")}
        ),
    )
    day_hospital = YesNoField(label=gettext_lazy("Is it a day hospital, without a night?"))
    room = forms.ChoiceField(
        label=gettext_lazy("Room"),
        choices=Room.choices,
        widget=Radios(
            hints={
                Room.COMMON: gettext_lazy("Neither the room nor a doctor may cost a supplement."),
                Room.DOUBLE: gettext_lazy("Neither the room nor a doctor may cost a supplement."),
                Room.INDIVIDUAL: gettext_lazy("The room and doctors may cost supplements."),
            }
        ),
    )
    discharge = DayField(
        label=gettext_lazy("Day of discharge"),
        help_text=gettext_lazy("Planned or real. You can add it later."),
        required=False,
    )

    field_groups = [(gettext_lazy("In which hospital?"), ["hospital", "place", "country"])]
    mark_optional = False

    def __init__(self, *args: Any, claim: Claim | None = None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim, self.today = claim, today
        #: Another claim of the same stay: the page links to it.
        self.other: Claim | None = None
        kept = claim.hospital if claim else None
        rows = list(Hospital.objects.open_on(add_months(today, -12 * YEARS_BACK)).order_by("name", "pk"))
        self.hospitals = {str(row.public_id): row for row in rows}
        if kept is not None:
            self.hospitals.setdefault(str(kept.public_id), kept)
        field: Any = self.fields["hospital"]
        field.choices = [
            ("", _("Not in the list")),
            *((key, f"{row.name}, {row.place}") for key, row in self.hospitals.items()),
        ]

    @property
    def person(self) -> Member | None:
        """Whose stay it is."""
        return self.claim.member if self.claim else None

    def clean(self) -> dict[str, Any]:
        """A stay that can be."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._check_place(cleaned)
        self._check_days(cleaned)
        if not self.errors:
            self._check_same(cleaned)
        return cleaned

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        chosen, typed = cleaned.get("hospital"), cleaned.get("place")
        if chosen and typed:
            self.add_error(
                "place",
                _("You chose a hospital in the list: leave this empty, or choose “Not in the list”."),
            )
        elif not chosen and not typed and not {"hospital", "place"} & set(self.errors):
            self.add_error("hospital", _("Choose the hospital, or write its name and place below."))
        hospital, admission = self.hospitals.get(chosen or ""), cleaned.get("admission")
        if hospital and admission and hospital.closed_on and hospital.closed_on < admission:
            sentence = _("This hospital closed on %(day)s: check the hospital and the day.")
            self.add_error("hospital", sentence % {"day": f"{hospital.closed_on:%d/%m/%Y}"})

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        admission, discharge = cleaned.get("admission"), cleaned.get("discharge")
        if admission is None:
            return
        if admission < add_months(self.today, -12 * YEARS_BACK):
            self.add_error(
                "admission",
                _("This admission is more than %(years)d years ago. Check the year.") % {"years": YEARS_BACK},
            )
        elif admission > add_months(self.today, 12 * YEARS_AHEAD):
            self.add_error(
                "admission",
                _("This admission is more than %(years)d years ahead. Check the year.")
                % {"years": YEARS_AHEAD},
            )
        self._check_admitted(cleaned.get("admitted"), admission)
        if discharge is not None:
            self._check_discharge(admission, discharge, day_hospital=bool(cleaned.get("day_hospital")))
            if cleaned.get("admitted") is False and discharge < self.today:
                self.add_error(
                    "discharge", _("The discharge is past, but the admission has not taken place.")
                )

    def _check_admitted(self, admitted: bool | None, admission: date) -> None:
        if admitted and admission > self.today:
            self.add_error(
                "admitted", _("The day of admission is still to come: answer no, or correct the day.")
            )
        if admitted is False and admission < self.today and "admission" not in self.errors:
            self.add_error(
                "admission",
                _("This day is past, and you say that the admission has not taken place. Give the new day."),
            )

    def _check_discharge(self, admission: date, discharge: date, *, day_hospital: bool) -> None:
        nights = (discharge - admission).days
        if nights < 0:
            self.add_error("discharge", _("The discharge lies before the admission. Check both days."))
        elif day_hospital and nights:
            self.add_error("discharge", _("A day hospital has no night: both days are the same."))
        elif nights > MOST_NIGHTS:
            self.add_error("discharge", _("A stay of more than a year is claimed in parts. Check the year."))

    def _check_same(self, cleaned: dict[str, Any]) -> None:
        person = self.person
        if person is None:
            return
        self.other = same_admission(
            person, cleaned["admission"], self.chosen_hospital, cleaned["place"].strip(), without=self.claim
        )
        if self.other is not None:
            self.add_error(
                "admission",
                _("You already announced this admission: %(number)s. Go on with that one.")
                % {"number": self.other.number},
            )

    @property
    def chosen_hospital(self) -> Hospital | None:
        """The hospital of the list."""
        return self.hospitals.get(self.cleaned_data.get("hospital", ""))

    @property
    def stay(self) -> dict[str, Any]:
        """The answers as the services take them."""
        cleaned, hospital = self.cleaned_data, self.chosen_hospital
        discharge = cleaned["discharge"]
        if cleaned["day_hospital"] and cleaned["admitted"] and discharge is None:
            discharge = cleaned["admission"]
        return {
            "hospital": hospital,
            "place": "" if hospital else cleaned["place"],
            "country": BELGIUM if hospital else cleaned["country"] or BELGIUM,
            "admission": cleaned["admission"],
            "admitted": cleaned["admitted"],
            "day_hospital": cleaned["day_hospital"],
            "room": cleaned["room"],
            "discharge": discharge,
        }


class AnnounceForm(StayForm, ForWhomForm):
    """An admission to announce, and for whom."""

    member = forms.ChoiceField(label=gettext_lazy("For whom?"), widget=Radios)

    field_order = ("member",)

    def __init__(self, *args: Any, members: list[Member], user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose_among(members, user_id)

    @property
    def person(self) -> Member | None:
        """Whose stay it is."""
        return self.chosen_member


def stay_initial(claim: Claim, today: date) -> dict[str, Any]:
    """The answers that a stay already has; an admission whose day has come is taken to have taken place."""
    came = claim.admitted or bool(claim.admission and claim.admission <= today)
    return {
        "hospital": str(claim.hospital.public_id) if claim.hospital else "",
        "place": claim.place,
        "country": claim.country,
        "admission": claim.admission,
        "admitted": came,
        "day_hospital": claim.day_hospital,
        "room": claim.room,
        "discharge": claim.discharge,
    }


class BillFileForm(PortalForm):
    """A bill as a CSV file."""

    file = UploadField(
        label=gettext_lazy("File with the lines"),
        help_text=gettext_lazy("A CSV file, 2 MB at most. It takes the place of the lines entered before."),
        accept=(".csv", ".txt"),
        max_bytes=2 * 2**20,
    )


class DocumentsForm(PortalForm):
    """The documents of a claim: files of each kind, or that they come by post."""

    mark_optional = False

    def __init__(self, *args: Any, kinds: Iterable[AttachmentKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = tuple(kinds)

    def parts(self) -> list[dict[str, Any]]:
        """Each kind with its two fields, in the order of the page."""
        return [
            {"kind": kind, "files": self[f"files_{kind.value}"], "post": self[f"post_{kind.value}"]}
            for kind in self.kinds
        ]

    def kept(self, kind: AttachmentKind) -> "list[UploadedFile[Any]]":
        """The files of a kind whose name and size are right."""
        return list(self._sorted(kind)[0])

    def refused(self, kind: AttachmentKind) -> list[str]:
        """A sentence for each of the others."""
        return list(self._sorted(kind)[1])

    def by_post(self, kind: AttachmentKind) -> bool:
        """Whether a document of a kind comes by post."""
        return bool(getattr(self, "cleaned_data", {}).get(f"post_{kind.value}"))

    def refuse(self, kind: AttachmentKind, sentences: list[str]) -> None:
        """Shows the sentences beside the files of a kind."""
        if sentences:
            self.add_error(f"files_{kind.value}", ValidationError(sentences))

    def _sorted(self, kind: AttachmentKind) -> "tuple[list[UploadedFile[Any]], list[str]]":
        return getattr(self, "cleaned_data", {}).get(f"files_{kind.value}") or ([], [])


def documents_form(kinds: tuple[AttachmentKind, ...]) -> type[DocumentsForm]:
    """The form for the documents of these kinds."""
    fields: dict[str, Any] = {}
    for kind in kinds:
        fields[f"files_{kind.value}"] = FilesField(label=kind.label, help_text=_hint_of(kind))
        fields[f"post_{kind.value}"] = forms.BooleanField(label=_BY_POST[kind], required=False)
    return type("DocumentsForm", (DocumentsForm,), fields)


def _hint_of(kind: AttachmentKind) -> Any:
    """What the document is, and which files are taken."""
    return lazy(lambda: f"{_WHAT[kind]} {HINT % {'size': MEGABYTES}}", str)()


_WHAT = {
    AttachmentKind.CLAIM_FORM: gettext_lazy(
        "Print it, fill in what is left, sign it, and take a photo of it."
    ),
    AttachmentKind.BILL: gettext_lazy("All pages of the bill of the hospital."),
    AttachmentKind.RECEIPT: gettext_lazy("For example of care before and after the stay."),
    AttachmentKind.PHARMACY: gettext_lazy("Your pharmacist gives it for medicines: the BVAC attestation."),
    AttachmentKind.OTHER: gettext_lazy("Whatever helps to understand the bill."),
}
_BY_POST = {
    AttachmentKind.CLAIM_FORM: gettext_lazy("The claim form comes by post"),
    AttachmentKind.BILL: gettext_lazy("The bill comes by post"),
    AttachmentKind.RECEIPT: gettext_lazy("The receipts come by post"),
    AttachmentKind.PHARMACY: gettext_lazy("The pharmacy attestation comes by post"),
    AttachmentKind.OTHER: gettext_lazy("Another document comes by post"),
}


class DepositForm(PortalForm):
    """What the hospital asked in advance."""

    week = forms.IntegerField(
        label=gettext_lazy("Week of the stay"),
        help_text=gettext_lazy("1 for the first seven days, 2 for the next seven."),
        min_value=1,
        max_value=104,
        initial=1,
    )
    paid = EuroField(label=gettext_lazy("Deposit that you paid"), min_value=Decimal("0.01"))
    paid_on = DayField(label=gettext_lazy("Paid on"))
    room_supplement_per_day = EuroField(
        label=gettext_lazy("Room supplement a day"),
        help_text=gettext_lazy("It stands in the declaration of admission. None? Write 0."),
        max_value=10_000,
    )

    def __init__(self, *args: Any, stay: Claim, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stay, self.at = stay, at
        if stay.room != Room.INDIVIDUAL:
            del self.fields["room_supplement_per_day"]

    def clean(self) -> dict[str, Any]:
        """A deposit of a week that has none yet."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned.setdefault("room_supplement_per_day", 0)
        if not self.errors:
            try:
                check_possible(self.stay, cleaned["paid_on"], cleaned["week"], self.at)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


class ReceiptForm(PortalForm):
    """The papers of a deposit."""

    receipt = UploadField(label=gettext_lazy("Receipt of the deposit"))
    claim_form = UploadField(
        label=gettext_lazy("Signed claim form"),
        help_text=gettext_lazy("One form serves the stay and its deposits. You can also send it later."),
        required=False,
    )

    def __init__(self, *args: Any, has_claim_form: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_claim_form:
            del self.fields["claim_form"]


class IllnessForm(ForWhomForm):
    """Whose receipts, and of which year."""

    member = forms.ChoiceField(label=gettext_lazy("For whom?"), widget=Radios)
    year = forms.TypedChoiceField(label=gettext_lazy("Year of the care"), coerce=int, widget=Radios)

    def __init__(self, *args: Any, members: list[Member], user_id: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose_among(members, user_id)
        field: Any = self.fields["year"]
        field.choices = [(str(year), str(year)) for year in range(today.year, today.year - YEARS_BACK, -1)]
