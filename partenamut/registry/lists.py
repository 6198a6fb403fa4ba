"""Work-lists of the registry."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from partenamut.registry.masking import masked_niss
from partenamut.registry.models import (
    FranchiseList,
    Insurer,
    Label,
    LabelGrant,
    MemberImport,
    Mutuality,
    PartnerPeriod,
    StructureType,
)
from partenamut.registry.search import find_members
from partenamut.web.worklist import (
    ChoiceFilter,
    Column,
    Link,
    ListFilter,
    ModelChoiceFilter,
    SearchFilter,
    WorkList,
)


def way(label: Any, name: str, *args: Any) -> Link:
    """A link to a named page, for the head of a list."""
    return Link(label=label, url=reverse(name, args=args))


class MemberSearch(django_filters.CharFilter):  # type: ignore[misc]
    """NISS, registration number or name, found as `find_members` does."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The closest members."""
        if not value:
            return qs
        return qs.filter(pk__in=[member.pk for member in find_members(value, within=qs)])


class MemberFilter(ListFilter):
    """Members by number, name, mutuality."""

    text = MemberSearch(label=_("NISS, registration number or name"))
    mutuality = ModelChoiceFilter(
        label=_("Mutuality"), queryset=lambda _request: Mutuality.objects.order_by("code", "first_day")
    )


class MemberList(WorkList):
    """Members for those who keep the registry."""

    columns = (
        Column(
            "name",
            _("Name"),
            value=lambda member: f"{member.last_name} {member.first_name}",
            sort="search_name",
            url=lambda member: reverse("registry:member", args=[member.public_id]),
        ),
        Column("niss", _("NISS"), value=lambda member: masked_niss(member.niss)),
        Column("birth_date", _("Birth date"), "birth_date", kind="day", sort="birth_date"),
        Column("city", _("Place"), value=lambda member: f"{member.postal_code} {member.city}"),
        Column("mutuality", _("Mutuality"), "mutuality.code"),
        Column("registration_number", _("Registration number"), "registration_number"),
    )
    filterset_class = MemberFilter
    ordering = ("search_name",)
    export_name = _("members")
    # A file of all members leaves no trace of who read whom: it is not offered.
    export_kinds = ()
    empty_text = _("No member has been entered yet.")


class ResidenceListFilter(ListFilter):
    """Residences by name, kind, partnership and label."""

    text = django_filters.CharFilter(label=_("Name, street or place"), max_length=80, method="named")
    structure = ChoiceFilter(label=_("Kind of residence"), choices=StructureType.choices, method="of_kind")
    partner = ChoiceFilter(
        label=_("Partner"), choices=[("yes", _("Yes")), ("no", _("No"))], method="by_partnership"
    )
    label = ChoiceFilter(label=_("Quality label"), choices=Label.choices, method="with_label")

    def named(self, qs: Any, _name: str, value: str) -> Any:
        """Those with every word."""
        return qs.named(value)

    def of_kind(self, qs: Any, _name: str, value: str) -> Any:
        """Those of a structure type."""
        return qs.filter(structure_types__contains=[value])

    def by_partnership(self, qs: Any, _name: str, value: str) -> Any:
        """Partners of today, or the others."""
        partners = Q(pk__in=PartnerPeriod.objects.on(localdate()).values("residence"))
        return qs.filter(partners if value == "yes" else ~partners)

    def with_label(self, qs: Any, _name: str, value: str) -> Any:
        """Those with the label today."""
        return qs.filter(pk__in=LabelGrant.objects.on(localdate()).filter(label=value).values("residence"))


class ResidenceList(WorkList):
    """Residences for those who manage them; rows carry `labels_today` and `partner_today`."""

    columns = (
        Column(
            "name",
            _("Name"),
            "name",
            sort="name",
            url=lambda place: reverse("registry:managed_residence", args=[place.public_id]),
        ),
        Column(
            "city", _("Place"), value=lambda place: f"{place.postal_code} {place.city}", sort="postal_code"
        ),
        Column("structures", _("Kind of residence"), value=lambda place: ", ".join(place.structures)),
        Column("partner", _("Partner"), "partner_today", kind="status", tones={True: "success"}),
        Column(
            "labels",
            _("Labels"),
            value=lambda place: ", ".join(str(Label(grant.label).label) for grant in place.labels_today),
        ),
        Column("phone", _("Phone"), "phone"),
    )
    filterset_class = ResidenceListFilter
    ordering = ("name",)
    export_name = _("residences")
    empty_text = _("No residence has been entered yet.")


class InsurerList(WorkList):
    """Insurers."""

    columns = (
        Column(
            "code",
            _("Code"),
            "code",
            sort="code",
            url=lambda insurer: reverse("registry:insurer", args=[insurer.public_id]),
        ),
        Column("name", _("Name"), "name_fr", sort="name_fr"),
        Column("address", _("Address"), value=lambda row: row.address or _("To be entered")),
        Column("source", _("Source of the address"), "source"),
    )
    ordering = ("code",)
    export_name = _("insurers")
    empty_text = _("No insurer has been entered yet.")


class MutualityFilter(ListFilter):
    """Mutualities by name and union."""

    text = SearchFilter(label=_("Code or name"), fields=["code", "name"])
    insurer = ModelChoiceFilter(label=_("Union"), queryset=lambda _request: Insurer.objects.order_by("code"))


class MutualityList(WorkList):
    """Mutualities."""

    columns = (
        Column(
            "code",
            _("Code"),
            "code",
            sort="code",
            url=lambda row: reverse("registry:mutuality", args=[row.public_id]),
        ),
        Column("name", _("Name"), "name", sort="name"),
        Column("insurer", _("Union"), value=lambda row: str(row.insurer)),
        Column("first_day", _("From"), "first_day", kind="day"),
        Column("last_day", _("Until"), "last_day", kind="day"),
        Column(
            "successor", _("Taken over by"), value=lambda row: str(row.successor) if row.successor else ""
        ),
    )
    filterset_class = MutualityFilter
    ordering = ("code", "first_day")
    export_name = _("mutualities")
    empty_text = _("No mutuality has been entered yet.")


class ImportList(WorkList):
    """Files of members."""

    columns = (
        Column(
            "file_name",
            _("File"),
            "file_name",
            url=lambda row: reverse("registry:import", args=[row.public_id]),
        ),
        Column("created_at", _("Sent on"), "created_at", kind="day", sort="created_at"),
        Column("created_by", _("By"), "created_by.name"),
        Column("lines", _("Lines"), "line_count", kind="number"),
        Column("refused", _("Refused"), "refused_count", kind="number"),
        Column(
            "status",
            _("Status"),
            "status",
            kind="status",
            tones={
                MemberImport.Status.CHECKED: "info",
                MemberImport.Status.RUNNING: "warning",
                MemberImport.Status.DONE: "success",
            },
        ),
    )
    ordering = ("-created_at",)
    export_name = _("imports")
    export_kinds = ()
    empty_text = _("No file has been sent yet.")


class HospitalFilter(ListFilter):
    """Hospitals by name or place, whether they are open, on the franchise list of a year."""

    text = django_filters.CharFilter(label=_("Name, street or place"), max_length=80, method="named")
    open = ChoiceFilter(label=_("Open"), choices=[("yes", _("Yes")), ("no", _("No"))], method="by_opening")
    franchise = ModelChoiceFilter(
        label=_("On the franchise list of"),
        field_name="franchise_lists",
        queryset=lambda _request: FranchiseList.objects.order_by("-year"),
    )

    def named(self, qs: Any, _name: str, value: str) -> Any:
        """Those with every word."""
        return qs.named(value)

    def by_opening(self, qs: Any, _name: str, value: str) -> Any:
        """Those that are open today, or the others."""
        closed = Q(closed_on__lt=localdate())
        return qs.exclude(closed) if value == "yes" else qs.filter(closed)


_NAMED = (
    Column(
        "name",
        _("Name"),
        "name",
        sort="name",
        url=lambda place: reverse("registry:hospital", args=[place.public_id]),
    ),
    Column("street", _("Street and number"), "street", table=False),
    Column("city", _("Place"), "place", sort="postal_code"),
    Column("inami_number", _("INAMI number"), "inami_number", sort="inami_number"),
)


class HospitalList(WorkList):
    """Hospitals; rows carry their franchise lists."""

    columns = (
        *_NAMED,
        Column("phone", _("Phone"), "phone"),
        Column("closed_on", _("Last day open"), "closed_on", kind="day", sort="closed_on"),
        Column(
            "franchise",
            _("Franchise in"),
            value=lambda place: ", ".join(
                str(year) for year in sorted(row.year for row in place.franchise_lists.all())
            ),
        ),
    )
    filterset_class = HospitalFilter
    ordering = ("name",)
    export_name = _("hospitals")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = _("No hospital has been entered yet.")


class FranchiseLists(WorkList):
    """The franchise lists by year; rows carry `listed`, how many hospitals they hold."""

    columns = (
        Column(
            "year",
            _("Calendar year"),
            value=lambda row: str(row.year),
            sort="year",
            url=lambda row: reverse("registry:franchise_list", args=[row.public_id]),
        ),
        Column("listed", _("Hospitals"), "listed", kind="number"),
        Column("source", _("Source"), "source"),
        Column("taken_over_on", _("Taken over on"), "taken_over_on", kind="day", sort="taken_over_on"),
    )
    ordering = ("-year",)
    export_name = _("franchise-lists")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = _("No franchise list has been taken over yet: for no year is it known who has a franchise.")


class ListedFilter(ListFilter):
    """Hospitals of a list by name or place."""

    text = django_filters.CharFilter(label=_("Name, street or place"), max_length=80, method="named")

    def named(self, qs: Any, _name: str, value: str) -> Any:
        """Those with every word."""
        return qs.named(value)


class ListedHospitals(WorkList):
    """The hospitals of one franchise list; rows carry `list_id`, its public id."""

    columns = (
        *_NAMED,
        Column(
            "remove",
            _("Change"),
            value=lambda place: _("Remove from the list") + f": {place.name}",
            url=lambda place: reverse(
                "registry:remove_from_franchise", args=[place.list_id, place.public_id]
            ),
            export=False,
        ),
    )
    filterset_class = ListedFilter
    ordering = ("name",)
    export_name = _("franchise-list")
    export_kinds = ("csv", "xlsx", "json")
    empty_text = _("No hospital stands on this list: in this year none has a franchise.")
    template_name = "registry/franchise_list.html"
