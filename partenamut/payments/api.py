"""Payables over the REST API: reading only."""

from collections.abc import Sequence
from typing import ClassVar, cast

import django_filters
from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.views import APIView

from partenamut.accounts.models import User
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.payments.models import STAFF_RIGHTS, Payable
from partenamut.payments.workflow import Status


class MayReadPayments(BasePermission):
    """The member's side sees its own, staff see all: `visible_to` draws the line."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the user has a file, or handles those of others."""
        user = request.user
        return user.is_authenticated and any(
            user.may(right) for right in (Permission.FILE_REQUESTS, *STAFF_RIGHTS)
        )


class PayableFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Payables by state, benefit, case and due day."""

    status = django_filters.ChoiceFilter(choices=Status.choices)
    benefit = django_filters.CharFilter(field_name="origin_label", max_length=40)
    case = django_filters.UUIDFilter(field_name="origin_id")
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_until = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Payable
        fields: ClassVar[Sequence[str]] = ()


class PayableSerializer(serializers.ModelSerializer[Payable]):
    """A payable as the API shows it; never the account number."""

    payee_id = serializers.UUIDField(source="payee.public_id", read_only=True)
    benefit = serializers.CharField(source="origin_label", read_only=True)
    case = serializers.UUIDField(source="origin_id", read_only=True)
    case_number = serializers.CharField(source="origin_number", read_only=True)
    batch = serializers.CharField(source="batch.number", default=None, read_only=True)

    class Meta:
        model = Payable
        fields = (
            "public_id",
            "number",
            "status",
            "payee_id",
            "payee_name",
            "amount",
            "purpose",
            "benefit",
            "case",
            "case_number",
            "due_on",
            "batch",
            "paid_on",
        )
        read_only_fields = fields


class PayableViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Payable]):
    """Payables that the user may see."""

    queryset = Payable.objects.none()
    serializer_class = PayableSerializer
    permission_classes = (MayReadPayments,)
    filterset_class = PayableFilter
    lookup_field = "public_id"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> QuerySet[Payable]:
        """Those visible to the user, the newest first."""
        visible = Payable.objects.visible_to(_user(self.request), localdate())
        return visible.select_related("payee", "batch").order_by("-pk")

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One payable; the opening by anybody but the payee is logged."""
        found = self.get_object()
        user = _user(request)
        if found.payee.user_id != user.pk:
            note_access(person=found.payee, actor=user, at=now(), purpose="api", path=request.path)
        return Response(self.get_serializer(found).data)


def register(router: BaseRouter) -> None:
    """Puts the endpoints under /api/v1/."""
    router.register("payables", PayableViewSet, basename="payable")


def _user(request: Request) -> User:
    """Who asks: `MayReadPayments` lets in users only."""
    return cast(User, request.user)
