"""The gate of a page: the right it needs stands on the view, where the access test reads it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from .models import User
from .roles import Permission

View = Callable[..., HttpResponseBase]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Opens a page to users who have one of the rights; 403 to others who are logged in."""

    def gate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(user_of(request).may(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return gate


def user_of(request: HttpRequest | Request) -> User:
    """The logged-in user of a request to a closed page."""
    return cast(User, request.user)
