"""What is typed about the end of a stay: a notice to reckon or to record, a departure, a final account."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partenamut.web.forms import DayField, EuroField, PortalForm, Radios, UploadField
from residences.messages import day
from residences.models import StayKind
from residences.rules import Notice
from residences.services.endings import Event

EVENTS = [
    ("resident", _("The resident's side gives notice")),
    ("manager", _("The manager gives notice")),
    ("death", _("The resident died")),
    ("medical", _("The resident leaves for medical reasons")),
]
CHANNELS = [
    ("registered", _("By registered letter")),
    ("acknowledged", _("With an acknowledgement of receipt")),
    ("oral", _("By word of mouth")),
]
DEPARTURES = ("death", "medical")
#: Days whose working days and whose notice are known, whatever its length.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2098, 12, 31)
MOST_A_DAY = Decimal("9999.99")


def _day(**kwargs: Any) -> DayField:
    return DayField(min_value=FIRST_DAY, max_value=LAST_DAY, **kwargs)


class EventForm(PortalForm):
    """What happens: a notice of either side, a death, a departure for medical reasons."""

    event = forms.ChoiceField(label=_("What happens"), choices=EVENTS, widget=Radios)
    sent_on = _day(
        label=_("Day of the letter or of the event"),
        help_text=_("On which the notice was sent, handed over or told; of the death; of the departure."),
    )
    channel = forms.ChoiceField(
        label=_("How the notice was given"),
        choices=CHANNELS,
        required=False,
        widget=Radios(
            hints={"oral": _("Also for whoever left without any notice. It counts as not given (art. 10).")}
        ),
    )
    starts_on = _day(
        label=_("First day that the letter names"),
        required=False,
        help_text=_("Empty: as soon as it can run, after two working days."),
    )
    breach = forms.BooleanField(
        label=_("The resident broke safety rules or the needs of community life: one month instead of three"),
        required=False,
    )
    left_on = _day(
        label=_("Day on which the resident left or leaves"),
        required=False,
        help_text=_("Only with a notice of the resident's side, where it is known."),
    )
    room_cleared_on = _day(
        label=_("Day on which the room was cleared"),
        required=False,
        help_text=_("After a death or a departure for medical reasons, where it is known."),
    )

    def clean(self) -> dict[str, Any]:
        """A notice says how it was given; a room is cleared after the event."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        event, sent_on = cleaned.get("event"), cleaned.get("sent_on")
        if event and event not in DEPARTURES and not cleaned.get("channel") and "channel" not in self.errors:
            self.add_error("channel", _("Choose an answer to “%(label)s”."))
        cleared = cleaned.get("room_cleared_on")
        if event in DEPARTURES and sent_on and cleared and cleared < sent_on:
            self.add_error(
                "room_cleared_on",
                _("The room is cleared before the death or the departure, on %(day)s (art. 10).")
                % {"day": day(sent_on)},
            )
        return cleaned

    @property
    def cause(self) -> str:
        """none, death or medical."""
        event: str = self.cleaned_data["event"]
        return event if event in DEPARTURES else "none"

    @property
    def given_by(self) -> str:
        """manager or resident."""
        return "manager" if self.cleaned_data["event"] == "manager" else "resident"


class CalculatorForm(EventForm):
    """The facts of a notice that is only reckoned; nothing is written."""

    stay_kind = forms.ChoiceField(label=_("Duration of the stay"), choices=StayKind.choices, widget=Radios)
    entry = _day(label=_("Day of entry"))
    daily_price = EuroField(label=_("Price a day"), max_value=MOST_A_DAY)
    reason_given = forms.BooleanField(label=_("The manager's letter gives its reasons"), required=False)
    manager_notice_running = forms.BooleanField(
        label=_("A notice of the manager is running: a resident who leaves during it owes none"),
        required=False,
    )
    field_order = (
        "event", "sent_on", "channel", "starts_on", "left_on", "room_cleared_on",
        "reason_given", "breach", "manager_notice_running", "stay_kind", "entry", "daily_price",
    )  # fmt: skip
    field_groups = (
        (_("The letter or the event"), ["event", "sent_on", "channel", "starts_on"]),
        (_("The departure"), ["left_on", "room_cleared_on"]),
        (_("The manager's notice"), ["reason_given", "breach", "manager_notice_running"]),
        (_("The stay"), ["stay_kind", "entry", "daily_price"]),
    )

    def clean(self) -> dict[str, Any]:
        """Nobody leaves before they came."""
        cleaned = super().clean()
        entry, left = cleaned.get("entry"), cleaned.get("left_on")
        if entry and left and left < entry:
            self.add_error(
                "left_on",
                _("The resident leaves before the day of entry, %(day)s (art. 2).") % {"day": day(entry)},
            )
        return cleaned

    @property
    def facts(self) -> Notice:
        """The facts as the rules ask for them; what does not belong to the case is left out."""
        typed, notice = self.cleaned_data, self.cause == "none"
        by_resident = notice and self.given_by == "resident"
        return Notice(
            id="",
            stay_kind=typed["stay_kind"],
            entry=typed["entry"],
            given_by=self.given_by,  # type: ignore[arg-type]
            sent_on=typed["sent_on"],
            channel=typed["channel"] if notice else "acknowledged",
            reason_given=typed["reason_given"],
            breach=typed["breach"],
            starts_on=typed["starts_on"] if notice else None,
            daily_price=typed["daily_price"],
            left_on=typed["left_on"] if by_resident else None,
            cause=self.cause,  # type: ignore[arg-type]
            room_cleared_on=None if notice else typed["room_cleared_on"],
            manager_notice_running=by_resident and typed["manager_notice_running"],
        )


class RecordForm(EventForm):
    """A notice, a death or a departure to record on a convention."""

    reasons = forms.CharField(
        label=_("Reasons of the manager"),
        required=False,
        max_length=2000,
        help_text=_("They stand in the letter; without them the notice counts as not given (art. 10)."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    as_void = forms.BooleanField(
        label=_("Record it without reasons, as a notice that counts as not given"), required=False
    )
    field_order = (
        "event", "sent_on", "channel", "starts_on", "reasons", "as_void", "breach", "left_on", "room_cleared_on",
    )  # fmt: skip
    field_groups = (
        (_("The letter or the event"), ["event", "sent_on", "channel", "starts_on"]),
        (_("The manager's notice"), ["reasons", "as_void", "breach"]),
        (_("The departure"), ["left_on", "room_cleared_on"]),
    )

    @property
    def recorded(self) -> Event:
        """The event as it is recorded."""
        typed = self.cleaned_data
        return Event(
            cause=self.cause,
            given_by=self.given_by,
            sent_on=typed["sent_on"],
            channel=typed["channel"] or "acknowledged",
            reasons=typed["reasons"],
            breach=typed["breach"],
            starts_on=typed["starts_on"],
            left_on=typed["left_on"],
            room_cleared_on=typed["room_cleared_on"],
        )


class DepartureForm(PortalForm):
    """The day on which the resident left, or on which the room was cleared."""

    left_on = _day(
        label=_("Day on which the resident left or leaves"),
        help_text=_("The last day they are in the room. It can be a day to come, if it is known."),
    )
    room_cleared_on = _day(
        label=_("Day on which the room was cleared"),
        help_text=_("The price of the accommodation is due until this day (art. 10)."),
    )

    def __init__(self, *args: Any, asks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {asks: self.fields[asks]}


class WithdrawForm(PortalForm):
    """Why a notice or a departure is taken back."""

    because = forms.CharField(
        label=_("Why it is taken back"),
        max_length=300,
        help_text=_("For example: both sides agreed on 12 May that the stay goes on."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LetterForm(PortalForm):
    """The letter that came in or was sent, as it was scanned."""

    file = UploadField(label=_("Letter"), help_text=_("With the receipt of the post or the acknowledgement."))


class SettleForm(PortalForm):
    """A final account to issue."""

    received_on = _day(
        label=_("Day on which the final account is handed over"),
        help_text=_("From it run the 8 days to pay and the month to contest (art. 6)."),
    )
    explanation = forms.CharField(
        label=_("Remark on the final account"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
