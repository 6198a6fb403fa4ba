"""Claims of the hospital insurance over the REST API: reading, for the member's side and for those who read files."""

from typing import Any

import django_filters
import msgspec
from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from hospitalisation.deciding import replay
from hospitalisation.models import Claim, ClaimKind, ClaimLine, Decision
from hospitalisation.rules import Cover, CoverLine
from hospitalisation.services.claims import in_force
from hospitalisation.services.statements import is_decided, taken_off
from hospitalisation.workflow import Status
from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access

#: States that the API speaks of; a draft is nobody's but the member's.
LEFT_THE_DRAFT = [(status.value, status.label) for status in Status if status != Status.DRAFT]


class MayReadClaims(BasePermission):
    """The member's side sees its own, those who read files see all: `visible_to` draws the line."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether the user has a file at all."""
        user = request.user
        return user.is_authenticated and (
            user.may(Permission.FILE_REQUESTS) or user.may(Permission.READ_MEMBERS)
        )


class ClaimApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What the API narrows claims by."""

    status = django_filters.ChoiceFilter(choices=LEFT_THE_DRAFT)
    kind = django_filters.ChoiceFilter(choices=ClaimKind.choices)
    number = django_filters.CharFilter(max_length=24)
    member = django_filters.UUIDFilter(field_name="member__public_id")
    hospital = django_filters.UUIDFilter(field_name="hospital__public_id")
    admitted_from = django_filters.DateFilter(field_name="admission", lookup_expr="gte")
    admitted_until = django_filters.DateFilter(field_name="admission", lookup_expr="lte")
    submitted_from = django_filters.DateFilter(field_name="submitted_on", lookup_expr="gte")
    submitted_until = django_filters.DateFilter(field_name="submitted_on", lookup_expr="lte")

    class Meta:
        model = Claim
        fields: list[str] = []


# --- what is shown ------------------------------------------------------------------------------------------


class HospitalClaimSerializer(serializers.ModelSerializer[Claim]):
    """A claim in a list."""

    member = serializers.CharField(source="member.full_name", read_only=True)
    member_id = serializers.UUIDField(source="member.public_id", read_only=True)
    hospital = serializers.CharField(source="place_name", read_only=True)
    stay_id = serializers.UUIDField(source="stay.public_id", default=None, read_only=True)

    class Meta:
        model = Claim
        fields: tuple[str, ...] = (
            "public_id",
            "number",
            "kind",
            "status",
            "member",
            "member_id",
            "hospital",
            "country",
            "admission",
            "discharge",
            "day_hospital",
            "room",
            "stay_id",
            "year",
            "announced_on",
            "submitted_on",
            "certificate_on",
        )
        read_only_fields = fields


class HospitalClaimLineSerializer(serializers.Serializer[Any]):
    """A line of the bill: as it was billed and, once decided, who pays it before franchise and ceiling."""

    position = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    billed = serializers.DecimalField(max_digits=12, decimal_places=2)
    mandatory = serializers.DecimalField(max_digits=12, decimal_places=2)
    insurance = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    patient = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    unlawful = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())


class HospitalClaimTotalsSerializer(serializers.Serializer[Any]):
    """A decided bill: billed is what the compulsory insurance, the insurance and the patient pay, and what nobody owes."""

    billed = serializers.DecimalField(max_digits=12, decimal_places=2)
    mandatory = serializers.DecimalField(max_digits=12, decimal_places=2)
    insurance = serializers.DecimalField(max_digits=12, decimal_places=2)
    franchise = serializers.DecimalField(max_digits=12, decimal_places=2)
    over_ceiling = serializers.DecimalField(max_digits=12, decimal_places=2)
    unlawful = serializers.DecimalField(max_digits=12, decimal_places=2)
    patient = serializers.DecimalField(max_digits=12, decimal_places=2)


class HospitalClaimDecisionSerializer(serializers.Serializer[Any]):
    """The decision in force, with what was given back before as deposits and what is due."""

    public_id = serializers.UUIDField()
    ruleset = serializers.CharField()
    outcome = serializers.CharField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    deducted = serializers.DecimalField(max_digits=12, decimal_places=2)
    due = serializers.DecimalField(max_digits=12, decimal_places=2)
    reasons = serializers.ListField(child=serializers.DictField())
    release = serializers.CharField()
    decided_at = serializers.DateTimeField()
    appeal_until = serializers.DateField()


class HospitalClaimDetailSerializer(HospitalClaimSerializer):
    """A claim with its lines and, once decided, its totals and the decision in force."""

    lines = HospitalClaimLineSerializer(many=True, read_only=True)
    totals = HospitalClaimTotalsSerializer(allow_null=True, read_only=True)
    decision = HospitalClaimDecisionSerializer(allow_null=True, read_only=True)

    class Meta(HospitalClaimSerializer.Meta):
        fields = (*HospitalClaimSerializer.Meta.fields, "lines", "totals", "decision")
        read_only_fields = fields


# --- where it is read ---------------------------------------------------------------------------------------


class HospitalClaimViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Claim]):
    """Claims of the hospital insurance that the user may see."""

    queryset = Claim.objects.none()
    serializer_class = HospitalClaimSerializer
    permission_classes = (MayReadClaims,)
    filterset_class = ClaimApiFilter
    lookup_field = "public_id"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> QuerySet[Claim]:
        """Those visible to the user that have left the draft, the newest first."""
        visible = Claim.objects.visible_to(user_of(self.request), localdate()).exclude(status=Status.DRAFT)
        rows: QuerySet[Claim] = visible.select_related("member", "hospital", "stay__hospital").order_by("-pk")
        return rows

    @extend_schema(responses=HospitalClaimDetailSerializer)
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One claim with its lines, totals and decision; the opening is logged."""
        found = self.get_object()
        user = user_of(request)
        if found.member.user_id != user.pk:
            note_access(person=found.member, actor=user, at=now(), purpose="api", path=request.path)
        return Response(_detailed(found))


def register(router: BaseRouter) -> None:
    """Puts the endpoints of this business under /api/v1/."""
    router.register("hospital-claims", HospitalClaimViewSet, basename="hospital-claim")


def _detailed(claim: Claim) -> dict[str, Any]:
    """A claim with what becomes of it; the amounts of the insurance are those of the decision in force."""
    decision = in_force(claim)
    standing = decision if is_decided(claim, decision) else None
    answer = replay(standing).decision if standing else None
    bill = answer if isinstance(answer, Cover) else None
    lines = list(claim.lines.order_by("position"))
    results: list[CoverLine | None] = list(bill.lines) if bill else [None] * len(lines)
    said = [_line(line, result) for line, result in zip(lines, results, strict=True)]
    sums = msgspec.structs.asdict(bill.totals) if bill else None
    return {
        **HospitalClaimSerializer(claim).data,
        "lines": HospitalClaimLineSerializer(said, many=True).data,
        "totals": HospitalClaimTotalsSerializer(sums).data if sums else None,
        "decision": HospitalClaimDecisionSerializer(_decision(claim, standing)).data if standing else None,
    }


def _decision(claim: Claim, decision: Decision) -> dict[str, Any]:
    deducted, due = taken_off(claim, decision)
    return {
        "public_id": decision.public_id,
        "ruleset": decision.ruleset,
        "outcome": decision.outcome,
        "amount": decision.amount,
        "deducted": deducted,
        "due": due,
        "reasons": decision.answer["reasons"],
        "release": decision.release,
        "decided_at": decision.decided_at,
        "appeal_until": decision.appeal_until,
    }


def _line(line: ClaimLine, result: CoverLine | None) -> dict[str, Any]:
    return {
        "position": line.position,
        "kind": line.kind,
        "label": line.label,
        "billed": line.billed,
        "mandatory": line.mandatory,
        "insurance": result.insurance if result else None,
        "patient": result.patient if result else None,
        "unlawful": result.unlawful if result else None,
        "flags": list(result.flags) if result else [],
    }
