"""What every REST endpoint shares: closed by default, bounded pages, one shape for errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.settings import api_settings

from partenamut.web.paging import BoundedPaginator
from partenamut.workflow import TransitionRefused

if TYPE_CHECKING:
    # The framework's views import this module, for the permission that the settings name.
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """Nobody may; the default, so that an endpoint without a permission of its own stays shut."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Never."""
        return False


@cache
def allows(permission: Any) -> type[BasePermission]:
    """A permission class that lets in those of whom `user.may(permission)` is true."""

    class Allows(BasePermission):
        """Whether a role of the user carries the permission."""

        def has_permission(self, request: Request, view: APIView) -> bool:
            return request.user.is_authenticated and bool(request.user.may(permission))

    Allows.__name__ = f"Allows_{permission}"
    return Allows


class Pages(PageNumberPagination):
    """Pages of 50, `page_size` up to 200; beyond the first 10,000 rows a reader must filter."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    django_paginator_class = BoundedPaginator

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """The rows of the page asked for, in a fixed order; NotFound for a page that does not exist."""
        ordered = queryset if getattr(queryset, "ordered", True) else queryset.order_by("pk")
        return super().paginate_queryset(ordered, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """The page with `count` (at most 10,000) and `more`: whether there are rows beyond that."""
        response = super().get_paginated_response(data)
        response.data = {**response.data, "more": self._more()}
        return response

    def _more(self) -> bool:
        paginator = self.page.paginator if self.page else None
        return isinstance(paginator, BoundedPaginator) and paginator.more

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same for the OpenAPI document."""
        described = super().get_paginated_response_schema(schema)
        described["properties"]["more"] = {"type": "boolean", "example": False}
        described["required"] = [*described.get("required", []), "more"]
        return described


class Conflict(APIException):
    """The case is no longer, or not yet, where the action starts from (409)."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This is not possible at this stage of the case.")
    default_code = "conflict"


def answer_error(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a failed request: `{"error": {"field", "message"}}`, validation with all `errors` beside it."""
    from rest_framework.views import exception_handler as standard_answer

    exception = _as_api_exception(exception)
    response = standard_answer(exception, context)
    if response is None:
        return None
    errors = list(_errors(response.data))
    response.data = {"error": errors[0] if errors else {"field": None, "message": ""}}
    if isinstance(exception, ValidationError):
        response.data["errors"] = errors
    return response


def _as_api_exception(exception: Exception) -> Exception:
    """Refusals of the lower layers as what they are for a client: bad input, or a case that has moved on."""
    if isinstance(exception, ModelValidationError):
        return ValidationError(as_serializer_error(exception))
    if isinstance(exception, TransitionRefused):
        return Conflict()
    return exception


def _errors(data: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str | None]]:
    """Each message with the dotted path of its field (None: the whole request)."""
    if isinstance(data, Mapping):
        for name, inner in data.items():
            yield from _errors(inner, path if name in _WHOLE else (*path, str(name)))
    elif isinstance(data, Sequence) and not isinstance(data, str):
        nested = any(isinstance(inner, Mapping | list) for inner in data)
        for place, inner in enumerate(data):
            yield from _errors(inner, (*path, str(place)) if nested else path)
    else:
        yield {"field": ".".join(path) or None, "message": str(data)}


_WHOLE = {api_settings.NON_FIELD_ERRORS_KEY, NON_FIELD_ERRORS, "detail"}
