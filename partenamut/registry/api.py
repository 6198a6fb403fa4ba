"""The registry over the REST API, to read: residences for everybody, insurers and members for staff."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch
from django.utils.timezone import localdate, now
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.registry.masking import masked_niss
from partenamut.registry.models import (
    ContributionPeriod,
    HigherReimbursement,
    HospitalInsurance,
    Insurer,
    Label,
    Member,
    MemberQuerySet,
    Mutuality,
    Residence,
    ResidenceQuerySet,
    SeriousIllnessOption,
    StructureType,
)
from partenamut.registry.public_views import current_labels
from partenamut.registry.search import find_members
from partenamut.web.api import allows


class ResidenceSerializer(serializers.ModelSerializer[Residence]):
    """A partner residence with the labels it holds today."""

    labels = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Residence
        fields = (
            "public_id",
            "slug",
            "name",
            "street",
            "postal_code",
            "city",
            "phone",
            "email",
            "structure_types",
            "accompanied",
            "labels",
            "url",
        )

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Label.choices)))
    def get_labels(self, place: Any) -> list[str]:
        """The codes of the labels."""
        return [grant.label for grant in place.labels_today]


class ResidenceApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Residences by words, label, kind and postal code."""

    text = django_filters.CharFilter(method="named", max_length=80)
    label = django_filters.ChoiceFilter(choices=Label.choices, method="labelled")
    structure = django_filters.ChoiceFilter(choices=StructureType.choices, method="of_kind")
    postal_code = django_filters.CharFilter(max_length=4)

    class Meta:
        model = Residence
        fields = ("text", "label", "structure", "postal_code")

    def named(self, rows: ResidenceQuerySet, _name: str, value: str) -> ResidenceQuerySet:
        """Those with every word."""
        return rows.named(value)

    def of_kind(self, rows: ResidenceQuerySet, _name: str, value: str) -> ResidenceQuerySet:
        """Those of a structure type."""
        return rows.filter(structure_types__contains=[value])

    def labelled(self, rows: ResidenceQuerySet, _name: str, value: str) -> ResidenceQuerySet:
        """Those with the label today."""
        return rows.with_label(value, localdate())


class ResidenceViewSet(viewsets.ReadOnlyModelViewSet[Residence]):
    """The partner residences of today."""

    permission_classes = (AllowAny,)
    serializer_class = ResidenceSerializer
    filterset_class = ResidenceApiFilter
    queryset = Residence.objects.none()
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> ResidenceQuerySet:
        """Partners with their labels, by postal code."""
        today = localdate()
        rows: ResidenceQuerySet = Residence.objects.partners(today)
        return rows.prefetch_related(current_labels(today)).order_by("postal_code", "name")


class MutualitySerializer(serializers.ModelSerializer[Mutuality]):
    """A mutuality with its days."""

    class Meta:
        model = Mutuality
        fields = ("code", "name", "first_day", "last_day")


class InsurerSerializer(serializers.ModelSerializer[Insurer]):
    """An insurer with its mutualities."""

    mutualities = MutualitySerializer(many=True, read_only=True)

    class Meta:
        model = Insurer
        fields = ("public_id", "code", "name_fr", "name_nl", "address", "source", "mutualities")


class InsurerViewSet(viewsets.ReadOnlyModelViewSet[Insurer]):
    """The insurers, for staff."""

    permission_classes = (allows(Permission.READ_MEMBERS),)
    serializer_class = InsurerSerializer
    queryset = Insurer.objects.prefetch_related(
        Prefetch("mutualities", Mutuality.objects.order_by("code", "first_day"))
    ).order_by("code")
    lookup_field = "code"


class ContributionSerializer(serializers.ModelSerializer[ContributionPeriod]):
    """Days in order; no last day: still open."""

    class Meta:
        model = ContributionPeriod
        fields = ("first_day", "last_day")


class HigherReimbursementSerializer(serializers.ModelSerializer[HigherReimbursement]):
    """Days with higher reimbursement in one's own right; no last day: still open."""

    class Meta:
        model = HigherReimbursement
        fields = ("first_day", "last_day")


class HospitalInsuranceSerializer(serializers.ModelSerializer[HospitalInsurance]):
    """Days with a hospital insurance; no last day: still open."""

    class Meta:
        model = HospitalInsurance
        fields = ("tier", "first_day", "last_day")


class SeriousIllnessOptionSerializer(serializers.ModelSerializer[SeriousIllnessOption]):
    """Days with the serious-illness option; no last day: still open."""

    class Meta:
        model = SeriousIllnessOption
        fields = ("first_day", "last_day")


class MemberSerializer(serializers.ModelSerializer[Member]):
    """A member as a list shows them: the NISS masked, no account."""

    niss = serializers.SerializerMethodField(help_text="Masked: only the birth date can be read.")
    mutuality = serializers.CharField(source="mutuality.code", read_only=True)

    class Meta:
        model = Member
        fields: ClassVar[Any] = (
            "public_id",
            "niss",
            "last_name",
            "first_name",
            "birth_date",
            "language",
            "postal_code",
            "city",
            "mutuality",
            "registration_number",
        )

    def get_niss(self, member: Member) -> str:
        """85.07.30-***.**"""
        return masked_niss(member.niss)


class MemberDetailSerializer(MemberSerializer):
    """A member with address, contact, contributions and insurances."""

    contributions = ContributionSerializer(many=True, read_only=True)
    higher_reimbursements = HigherReimbursementSerializer(many=True, read_only=True)
    hospital_insurances = HospitalInsuranceSerializer(many=True, read_only=True)
    serious_illness_options = SeriousIllnessOptionSerializer(many=True, read_only=True)

    class Meta(MemberSerializer.Meta):
        fields: ClassVar[Any] = (
            *MemberSerializer.Meta.fields,
            *("street", "country", "phone", "email", "contributions"),
            *("higher_reimbursements", "hospital_insurances", "serious_illness_options"),
        )


class MemberApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Members by number or name."""

    text = django_filters.CharFilter(method="found", max_length=100)

    class Meta:
        model = Member
        fields = ("text",)

    def found(self, rows: MemberQuerySet, _name: str, value: str) -> MemberQuerySet:
        """The closest members, as the pages find them."""
        return rows.filter(pk__in=[member.pk for member in find_members(value, within=rows)])


class MemberViewSet(viewsets.ReadOnlyModelViewSet[Member]):
    """Members, for those who read files; opening one is noted."""

    permission_classes = (allows(Permission.READ_MEMBERS),)
    serializer_class = MemberSerializer
    filterset_class = MemberApiFilter
    queryset = Member.objects.none()
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[MemberSerializer]:
        """A single member shows more than a line of the list."""
        return MemberDetailSerializer if self.action == "retrieve" else MemberSerializer

    def get_queryset(self) -> MemberQuerySet:
        """The members that the user may see, by name."""
        if getattr(self, "swagger_fake_view", False):
            return Member.objects.none()
        rows: MemberQuerySet = Member.objects.visible_to(user_of(self.request), localdate())
        return (
            rows.select_related("mutuality").prefetch_related("contributions").order_by("search_name", "pk")
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The member; the access stands in the log."""
        member = self.get_object()
        note_access(person=member, actor=user_of(request), at=now(), purpose="api", path=request.path)
        return Response(self.get_serializer(member).data)


def register(router: BaseRouter) -> None:
    """Adds residences, insurers and members to the API."""
    router.register("residences", ResidenceViewSet, basename="residence")
    router.register("insurers", InsurerViewSet, basename="insurer")
    router.register("members", MemberViewSet, basename="member")
