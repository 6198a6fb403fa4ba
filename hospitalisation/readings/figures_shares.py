"""The patient's shares a day as a list."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hospitalisation.models import DayShareRow
from partenamut.web.worklist import ChoiceFilter, Column, ListFilter, WorkList


class ShareFilter(ListFilter):
    """Amounts by category."""

    category = ChoiceFilter(label=_("Category of patient"), choices=DayShareRow.Category.choices)


class ShareList(WorkList):
    """The amounts of each category, the newest first."""

    columns = (
        Column(
            "category",
            _("Category of patient"),
            "category",
            sort="category",
            url=lambda row: reverse("hospitalisation:day_share", args=[row.public_id]),
        ),
        Column("valid_from", _("From"), "valid_from", "day", sort="valid_from"),
        Column("first_day", _("First day of the stay"), "first_day", "euros"),
        Column("following_days", _("Following days"), "following_days", "euros"),
        Column("from_day_91", _("From the 91st day"), "from_day_91", "euros"),
        Column("source", _("Source"), "source"),
    )
    filterset_class = ShareFilter
    ordering = ("-valid_from", "category")
    export_name = _("Patient's share a day")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = _("No amounts have been entered yet: estimates leave the share a day out and say so.")
    template_name = "hospitalisation/figures/shares.html"
    rows_template = "hospitalisation/figures/_share_rows.html"
