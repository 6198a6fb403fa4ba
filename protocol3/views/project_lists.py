"""The lists of projects, practitioners, the register of a day and the amounts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web import formats
from partenamut.web.worklist import ChoiceFilter, Column, DayFilter, ListFilter, SearchFilter, WorkList
from protocol3.messages import FAMILIES, PROFESSIONS, RATES
from protocol3.models import Function
from protocol3.readings.practitioners import remarks, remarks_on
from protocol3.rules.pseudocodes import ALTERNATIVES

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
LIST_TEMPLATE = "protocol3/projects/list.html"


def _hours(hours: Any) -> str:
    return formats.number(hours.normalize() if hours % 1 == 0 else hours)


# --- projects


class ManagedProjectFilter(ListFilter):
    """Projects by name or number, convention and alternative services."""

    text = SearchFilter(
        label=gettext_lazy("Name, code, place or INAMI number"),
        fields=["name", "code", "city", "inami_number"],
    )
    convention = ChoiceFilter(
        label=gettext_lazy("Convention in force today"), choices=YES_NO, method="with_convention"
    )
    maximum = ChoiceFilter(
        label=gettext_lazy("Maximum of this year entered"), choices=YES_NO, method="with_maximum"
    )
    alternative = ChoiceFilter(
        label=gettext_lazy("Alternative service"),
        choices=[(code, FAMILIES[code]) for code in ALTERNATIVES],
        method="offering",
    )

    def with_convention(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those with a convention today, or without."""
        return qs.filter(convention_today=value == "yes")

    def with_maximum(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those whose maximum of the year is entered, or not."""
        return qs.filter(maximum__isnull=value == "no")

    def offering(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that offer the alternative service."""
        return qs.filter(alternatives__contains=[value])


class ManagedProjectList(WorkList):
    """All projects, for those who manage them."""

    columns = (
        Column(
            "name",
            gettext_lazy("Project"),
            "name",
            sort="name",
            url=lambda project: reverse("protocol3:manage_project", args=[project.public_id]),
        ),
        Column("code", gettext_lazy("Code"), "code", sort="code"),
        Column("city", gettext_lazy("Place"), "city", sort="city"),
        Column("inami", gettext_lazy("INAMI number"), lambda project: formats.inami(project.inami_number)),
        Column(
            "enterprise",
            gettext_lazy("Enterprise number (BCE)"),
            lambda project: formats.enterprise(project.enterprise_number),
            table=False,
        ),
        Column(
            "convention",
            gettext_lazy("Convention with INAMI"),
            lambda project: _("In force") if project.convention_today else _("None today"),
        ),
        Column(
            "until",
            gettext_lazy("Until"),
            "convention_end",
            kind="day",
            sort="convention_end",
        ),
        Column(
            "maximum",
            gettext_lazy("Maximum of the allowance this year"),
            "maximum",
            kind="euros",
            sort="maximum",
        ),
        Column(
            "alternatives",
            gettext_lazy("Alternative services"),
            lambda project: ", ".join(str(FAMILIES[code]) for code in project.alternatives),
            table=False,
        ),
        Column(
            "billing",
            gettext_lazy("Billing admin"),
            lambda project: _("Yes") if project.has_billing else _("Nobody"),
        ),
    )
    filterset_class = ManagedProjectFilter
    ordering = ("name",)
    export_name = gettext_lazy("care-projects")
    empty_text = gettext_lazy("No care project has been entered yet.")
    template_name = LIST_TEMPLATE


class OwnProjectFilter(ListFilter):
    """One's projects by name, code or place."""

    text = SearchFilter(label=gettext_lazy("Name, code or place"), fields=["name", "code", "city"])


class OwnProjectList(WorkList):
    """The projects that the user works for."""

    columns = (
        Column(
            "name",
            gettext_lazy("Project"),
            "name",
            sort="name",
            url=lambda project: reverse("protocol3:project", args=[project.public_id]),
        ),
        Column("code", gettext_lazy("Code"), "code", sort="code"),
        Column("city", gettext_lazy("Place"), "city", sort="city"),
        Column(
            "convention",
            gettext_lazy("Convention with INAMI"),
            lambda project: _("In force") if project.convention_today else _("None today"),
        ),
        Column("until", gettext_lazy("Until"), "convention_end", kind="day"),
    )
    filterset_class = OwnProjectFilter
    ordering = ("name",)
    export_name = gettext_lazy("my-projects")
    empty_text = gettext_lazy("You do not work for a project yet: ask the administration of the mutuality.")
    template_name = LIST_TEMPLATE


# --- practitioners


def _kept(qs: QuerySet[Any], keep: Callable[[Any], bool]) -> QuerySet[Any]:
    """Those that pass: what is looked at is worked out, and a project has some dozens."""
    return qs.filter(pk__in=[row.pk for row in qs if keep(row)])


class PractitionerFilter(ListFilter):
    """Practitioners by name or number, profession, function of today and what is to be looked at."""

    text = SearchFilter(
        label=gettext_lazy("Name, INAMI number or visa"),
        fields=["last_name", "first_name", "inami_number", "visa"],
    )
    profession = ChoiceFilter(label=gettext_lazy("Profession"), choices=list(PROFESSIONS.items()))
    function = ChoiceFilter(
        label=gettext_lazy("Function today"),
        choices=[*Function.choices, ("none", gettext_lazy("None"))],
        method="in_function",
    )
    remarks = ChoiceFilter(label=gettext_lazy("Something to look at"), choices=YES_NO, method="with_remarks")

    def in_function(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those who have the function today; `none` for those without any."""
        if value == "none":
            return _kept(qs, lambda row: not row.now)
        return _kept(qs, lambda row: any(each.function == value for each in row.now))

    def with_remarks(self, qs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those with something to look at, or nothing."""
        return _kept(qs, lambda row: bool(remarks(row, row.now)) == (value == "yes"))


class PractitionerList(WorkList):
    """The practitioners of a project, with the functions of today."""

    columns = (
        Column(
            "name",
            gettext_lazy("Name"),
            lambda row: f"{row.last_name} {row.first_name}",
            sort="last_name",
            url=lambda row: reverse("protocol3:practitioner", args=[row.project_id, row.public_id]),
        ),
        Column("profession", gettext_lazy("Profession"), "profession", sort="profession"),
        Column(
            "functions",
            gettext_lazy("Functions today"),
            lambda row: ", ".join(
                _("%(function)s (%(hours)s h)")
                % {"function": each.get_function_display(), "hours": _hours(each.hours_per_week)}
                for each in row.now
            ),
        ),
        Column("inami", gettext_lazy("INAMI number"), lambda row: formats.inami(row.inami_number)),
        Column("visa", gettext_lazy("Visa number"), "visa", table=False),
        Column("belrai", gettext_lazy("Trained in BelRAI on"), "belrai_trained_on", kind="day"),
        Column("log_in", gettext_lazy("Log-in"), "user.email", table=False),
        Column(
            "remarks",
            gettext_lazy("To look at"),
            lambda row: ", ".join(dict.fromkeys(each.short for each in remarks(row, row.now))),
            export=False,
        ),
        Column(
            "remarks_in_full",
            gettext_lazy("To look at"),
            lambda row: " ".join(str(each) for each in remarks(row, row.now)),
            table=False,
        ),
    )
    filterset_class = PractitionerFilter
    ordering = ("last_name", "first_name")
    export_name = gettext_lazy("practitioners")
    empty_text = gettext_lazy("No practitioner has been entered yet.")
    template_name = LIST_TEMPLATE


class RegisterFilter(ListFilter):
    """The register as of a day, by name, function and profession; as of today where no day is given."""

    day = DayFilter(label=gettext_lazy("On this day"), method="on_day")
    text = SearchFilter(
        label=gettext_lazy("Name"), fields=["practitioner__last_name", "practitioner__first_name"]
    )
    function = ChoiceFilter(label=gettext_lazy("Function"), choices=Function.choices)
    profession = ChoiceFilter(
        label=gettext_lazy("Profession"),
        field_name="practitioner__profession",
        choices=list(PROFESSIONS.items()),
    )

    def on_day(self, qs: Any, _name: str, value: date) -> Any:
        """The functions that hold on the day."""
        return qs.on(value)

    def filter_queryset(self, queryset: Any) -> Any:
        """The rows that pass; as of today where no day is given."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("day") else rows.on(localdate())


class Register(WorkList):
    """Who has which function with how many hours on a day (art. 20)."""

    columns = (
        Column(
            "name",
            gettext_lazy("Name"),
            lambda row: f"{row.practitioner.last_name} {row.practitioner.first_name}",
            sort="practitioner__last_name",
            url=lambda row: reverse(
                "protocol3:practitioner", args=[row.project.public_id, row.practitioner.public_id]
            ),
        ),
        Column("function", gettext_lazy("Function"), "function", sort="function"),
        Column("hours", gettext_lazy("Hours a week"), "hours_per_week", kind="number", sort="hours_per_week"),
        Column(
            "profession", gettext_lazy("Profession"), lambda row: row.practitioner.get_profession_display()
        ),
        Column(
            "inami", gettext_lazy("INAMI number"), lambda row: formats.inami(row.practitioner.inami_number)
        ),
        Column("visa", gettext_lazy("Visa number"), "practitioner.visa", table=False),
        Column(
            "belrai",
            gettext_lazy("Trained in BelRAI on"),
            "practitioner.belrai_trained_on",
            kind="day",
            table=False,
        ),
        Column("first_day", gettext_lazy("First day"), "first_day", kind="day", sort="first_day"),
        Column("last_day", gettext_lazy("Last day"), "last_day", kind="day", sort="last_day"),
        Column(
            "remarks",
            gettext_lazy("To look at"),
            lambda row: " ".join(str(each) for each in remarks_on(row)),
            table=False,
        ),
    )
    filterset_class = RegisterFilter
    ordering = ("practitioner__last_name", "practitioner__first_name", "function")
    export_name = gettext_lazy("register-of-practitioners")
    empty_text = gettext_lazy("Nobody had a function in the project on this day.")
    template_name = LIST_TEMPLATE


# --- amounts


class RateFilter(ListFilter):
    """Amounts by service and day."""

    rate_key = ChoiceFilter(label=gettext_lazy("Service"), choices=list(RATES.items()))
    day = DayFilter(label=gettext_lazy("In force on"), method="on_day")

    def on_day(self, qs: Any, _name: str, value: date) -> Any:
        """The amounts that hold on the day."""
        return qs.on(value)


class RateList(WorkList):
    """The amounts of the services, dated."""

    columns = (
        Column(
            "service",
            gettext_lazy("Service"),
            "get_rate_key_display",
            sort="rate_key",
            url=lambda rate: reverse("protocol3:rate", args=[rate.public_id]),
        ),
        Column("amount", gettext_lazy("Amount a unit"), "amount", kind="euros", sort="amount"),
        Column("first_day", gettext_lazy("First day"), "first_day", kind="day", sort="first_day"),
        Column("last_day", gettext_lazy("Last day"), "last_day", kind="day", sort="last_day"),
        Column("source", gettext_lazy("Source"), "source"),
    )
    filterset_class = RateFilter
    ordering = ("-first_day", "rate_key")
    export_name = gettext_lazy("amounts-of-services")
    empty_text = gettext_lazy("No amount has been entered yet: nothing can be billed.")
    template_name = "protocol3/projects/rates.html"
