"""The form of a request that came on paper, one page for each benefit."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from convalescence.forms.desk import PastDayField, RowField, rest_homes
from convalescence.models import AttachmentKind, Benefit, MedicalCriterion, Request
from convalescence.readings.stays import obstacles_at_desk
from convalescence.workflow import Status
from partenamut.registry.models import CaregiverRecognition, Member, Residence
from partenamut.web.forms import AutocompleteSelect, DayField, PortalForm, YesNoField

#: What only some benefits ask.
OWN_FIELDS = {
    Benefit.CONVALESCENCE: {"residence", "criteria", "accompanied"},
    Benefit.SHORT_STAY: {"residence", "place"},
    Benefit.CAREGIVER: {"cared_for_request"},
}
ASKED = ("arrival", "departure", "residence", "place", "criteria", "accompanied", "cared_for_request")


class PaperRequestForm(PortalForm):
    """What stands on the paper of a member, and which documents came with it."""

    received_on = PastDayField(
        label=_("Received on"), help_text=_("The stamp of the post room: the request counts from this day.")
    )
    arrival = DayField(label=_("Arrival"))
    departure = DayField(label=_("Departure"))
    residence = RowField(
        label=_("Residence"),
        queryset=Residence.objects.none(),
        widget=AutocompleteSelect,
    )
    place = forms.CharField(
        label=_("Rest home that is not in the list"),
        max_length=200,
        required=False,
        help_text=_("As written."),
    )
    criteria = forms.MultipleChoiceField(
        label=_("Medical criteria"),
        choices=MedicalCriterion.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accompanied = YesNoField(label=_("Does somebody come along?"), required=False)
    cared_for_request = RowField(
        label=_("Stay of the person cared for"),
        queryset=Request.objects.none(),
        help_text=_("Stays of the people whose caregiver this member is, or has asked to be."),
    )
    papers = forms.MultipleChoiceField(
        label=_("Documents on paper"),
        choices=AttachmentKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    take_over = forms.BooleanField(
        label=_("Replace the draft that the member has begun in the portal"), required=False
    )

    def __init__(self, *args: Any, member: Member, benefit: Benefit, has_draft: bool, **kwargs: Any) -> None:
        self.benefit = benefit
        super().__init__(*args, **kwargs)
        foreign = set().union(*OWN_FIELDS.values()) - OWN_FIELDS[benefit]
        for name in foreign if has_draft else {*foreign, "take_over"}:
            del self.fields[name]
        self._offer(member)

    def answers(self) -> dict[str, Any]:
        """What the draft is filled in with."""
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in ASKED if name in cleaned}

    def clean(self) -> dict[str, Any]:
        """A stay of a night at least, in a place."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        arrival, departure = cleaned.get("arrival"), cleaned.get("departure")
        if arrival and departure:
            for found in obstacles_at_desk(arrival, departure, localdate()):
                self.add_error(found.field, found.sentence)
        if self.benefit == Benefit.SHORT_STAY and not (
            cleaned.get("residence") or cleaned.get("place") or "residence" in self.errors
        ):
            self.add_error("residence", _("Choose the rest home, or write its name below."))
        return cleaned

    def _offer(self, member: Member) -> None:
        fields: dict[str, Any] = self.fields
        if "residence" in fields:
            residence = fields["residence"]
            short = self.benefit == Benefit.SHORT_STAY
            found = rest_homes() if short else Residence.objects.public(localdate()).order_by("name", "pk")
            residence.queryset, residence.required = found, not short
            residence.label_from_instance = lambda row: f"{row.name}, {row.postal_code} {row.city}"
        if "cared_for_request" in fields:
            stays = fields["cared_for_request"]
            stays.queryset = stays_of_cared_for(member)
            stays.label_from_instance = lambda row: (
                f"{row.number}, {row.member.full_name}, {row.arrival:%d/%m/%Y}"
            )


def stays_of_cared_for(member: Member) -> Any:
    """The convalescence stays of the people that a member cares for, the newest first."""
    recognised = CaregiverRecognition.objects.filter(caregiver=member).values("cared_for")
    asked = member.recognition_requests.values("cared_for")
    stays = Request.objects.filter(benefit=Benefit.CONVALESCENCE).exclude(
        status__in=[Status.DRAFT, Status.WITHDRAWN]
    )
    mine = (
        stays.filter(member__in=recognised) | stays.filter(member__in=asked) | stays.filter(companion=member)
    )
    return mine.distinct().select_related("member").order_by("-arrival", "-pk")
