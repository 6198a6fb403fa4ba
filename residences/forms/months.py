"""Forms of months: which month is invoiced, when its invoices are handed over, what is taken back."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web import formats
from partenamut.web.forms import DayField, PortalForm
from residences.models import Invoice, InvoiceLine

#: Years in which months can lie.
YEARS = range(2000, 2099)


class PrepareForm(PortalForm):
    """The month that a button names."""

    month = forms.CharField(max_length=7, label=gettext_lazy("Month"), widget=forms.HiddenInput)

    def clean_month(self) -> date:
        """The first day of the month."""
        try:
            month = date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            month = date.min
        if month.year not in YEARS:
            raise ValidationError(_("This is no month: choose one of those that can be invoiced."))
        return month


class IssueForm(PortalForm):
    """The day on which the invoices are handed over."""

    received_on = DayField(
        label=gettext_lazy("Handed over to the residents on"),
        help_text=gettext_lazy("From this day run the 8 days to pay and the month to dispute (art. 6)."),
    )


class LineChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Lines of an invoice, each with its amount."""

    def label_from_instance(self, obj: InvoiceLine) -> str:
        """What the line is for, and its amount."""
        return _("%(label)s: %(price)s") % {"label": obj.label, "price": formats.euros(obj.amount)}


class CreditForm(PortalForm):
    """The lines that a credit note takes back, and why."""

    lines = LineChoice(
        label=gettext_lazy("Lines to take back"),
        queryset=InvoiceLine.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    explanation = forms.CharField(
        label=gettext_lazy("Why these lines are taken back"),
        help_text=gettext_lazy("It stands on the credit note."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, invoice: Invoice, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lines"]
        assert isinstance(field, LineChoice)
        field.queryset = invoice.lines.filter(taken_back_by=None).order_by("position")
