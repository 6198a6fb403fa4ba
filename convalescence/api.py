"""Requests over the REST API: reading, for the member's side and for those who read files."""

from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from convalescence.models import Decision, Request
from convalescence.readings.queue import RequestApiFilter
from convalescence.services import in_force
from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access


class MayReadRequests(BasePermission):
    """The member's side sees its own, those who read files see all: `visible_to` draws the line."""

    def has_permission(self, request: HttpRequest, view: object) -> bool:
        """Whether the user has a file at all."""
        user = request.user
        return user.is_authenticated and (
            user.may(Permission.FILE_REQUESTS) or user.may(Permission.READ_MEMBERS)
        )


class RequestSerializer(serializers.ModelSerializer[Request]):
    """A request as the API shows it."""

    member = serializers.CharField(source="member.full_name", read_only=True)
    member_id = serializers.UUIDField(source="member.public_id", read_only=True)
    residence = serializers.CharField(source="place_name", read_only=True)

    class Meta:
        model = Request
        fields = (
            "public_id",
            "number",
            "benefit",
            "status",
            "member",
            "member_id",
            "submitted_on",
            "arrival",
            "departure",
            "residence",
        )


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """The decision in force: the rules' answer and what was awarded."""

    class Meta:
        model = Decision
        fields = ("public_id", "ruleset", "outcome", "answer", "release", "decided_at", "appeal_until")


class RequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Request]):
    """Requests that the user may see, with the decision in force."""

    queryset = Request.objects.none()
    serializer_class = RequestSerializer
    permission_classes = (MayReadRequests,)
    filterset_class = RequestApiFilter
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Request]:
        """Those visible to the user, drafts left out."""
        visible = Request.objects.visible_to(user_of(self.request), localdate()).sent()
        return visible.select_related("member", "residence").order_by("-submitted_on", "-pk")

    def retrieve(self, request: HttpRequest, *args: object, **kwargs: object) -> Response:
        """One request; the opening is logged."""
        found = self.get_object()
        _log(request, found)
        return Response(self.get_serializer(found).data)

    @extend_schema(responses=DecisionSerializer)
    @action(detail=True)
    def decision(self, request: HttpRequest, public_id: str) -> Response:
        """The decision in force; 404 while there is none."""
        found = self.get_object()
        decision = in_force(found)
        _log(request, found)
        if decision is None:
            return Response({"error": {"field": None, "message": "not decided yet"}}, status=404)
        return Response(DecisionSerializer(decision).data)


def register(router: BaseRouter) -> None:
    """Puts the endpoints of this business under /api/v1/."""
    router.register("requests", RequestViewSet, basename="request")


def _log(request: HttpRequest, found: Request) -> None:
    user = user_of(request)
    if found.member.user_id != user.pk:
        note_access(person=found.member, actor=user, at=now(), purpose="api", path=request.path)
