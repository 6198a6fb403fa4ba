"""`POST /api/v1/decisions/<ruleset>/`: the rules over the web, the same objects as `manage.py decide`."""

from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partenamut.contract import InvalidFacts, answer_object
from partenamut.rulesets import known

EXAMPLE = {
    "id": "1",
    "submitted_on": "2026-03-01",
    "stay": {"arrival": "2026-03-10", "departure": "2026-03-31"},
    "criteria": ["recent_hospitalisation"],
    "partner": [{"from": "2020-01-01", "to": None}],
    "contributions": [{"from": "2020-01-01", "to": None}],
    "days_used": {"2026": 20},
}


class DecisionView(APIView):
    """Decides on facts and writes nothing; open to all, since the facts are the caller's own."""

    permission_classes = (AllowAny,)

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT, 404: OpenApiTypes.OBJECT},
        examples=[OpenApiExample("convalescence", value=EXAMPLE, request_only=True)],
        summary="Decide on facts, with every rule looked at",
    )
    def post(self, request: Request, ruleset: str) -> Response:
        """The decision with its reasons, or the field that is wrong."""
        rules = known().get(ruleset)
        if rules is None:
            raise Http404
        try:
            return Response(answer_object(rules, request.data, get_language() or "fr"))
        except InvalidFacts as error:
            identity = request.data.get("id") if isinstance(request.data, dict) else None
            answer = {"id": identity, "error": {"field": error.field, "message": error.message}}
            return Response(answer, status=400)
