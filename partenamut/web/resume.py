"""A form sent after the session has ended: what was typed waits, sealed, until the same person logs in again."""

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.accounts.permissions import user_of

#: The hidden field that says whose form it is.
OWNER = "owner"
#: Never kept: what belongs to the browser, not to the person, and what is secret.
NOT_KEPT = frozenset({OWNER, "csrfmiddlewaretoken", "password"})
MAX_CHARACTERS = 64_000
#: A form is taken up again within this time.
MAX_SECONDS = 12 * 60 * 60

_KEY = "typed_before_log_in"
_SALT = "partenamut.web.resume"
_NONCE = 12


def owner_of(user: User) -> str:
    """The signed mark of the person whose form it is."""
    return signing.dumps(user.pk, salt=_SALT)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is to be bound to: this POST, or what the same person had typed before they had to log in."""
    if request.method == "POST":
        return request.POST
    return _taken_up(request)


class ResumeMiddleware:
    """Keeps a POST that comes without a session, if the token is right and the form says whose it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page."""
        return self.get_response(request)

    # Runs after the check of the token and before that of the log-in, whose redirect would lose the POST.
    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """To the log-in page with the form kept; None leaves the POST to the others."""
        if (
            request.method != "POST"
            or request.user.is_authenticated
            or not getattr(view, "login_required", True)
        ):
            return None
        owner = _owner(request.POST.get(OWNER, ""))
        if owner is None:
            return None
        if request.headers.get("HX-Request"):
            # A part of a page that refreshes itself: nothing was sent, and a log-in page does not belong there.
            return HttpResponse(status=204)
        kept = [
            (name, value) for name, values in request.POST.lists() for value in values if name not in NOT_KEPT
        ]
        typed = urlencode(kept)
        if len(typed) <= MAX_CHARACTERS:
            note = {
                "owner": owner,
                "path": request.get_full_path(),
                "typed": typed,
                "files": bool(request.FILES),
            }
            request.session[_KEY] = _sealed(note)
            messages.info(request, _("You were logged out. Log in again: what you had typed is kept."))
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def _owner(mark: str) -> int | None:
    try:
        return int(signing.loads(mark, salt=_SALT, max_age=MAX_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _taken_up(request: HttpRequest) -> QueryDict | None:
    """The kept form of this page and person, handed out once; one of somebody else is thrown away."""
    sealed = request.session.get(_KEY)
    if not sealed:
        return None
    note = _opened(sealed)
    if note is None or note["owner"] != user_of(request).pk:
        del request.session[_KEY]
        return None
    if note["path"] != request.get_full_path():
        return None
    del request.session[_KEY]
    sentence = _("You were logged out. What you had typed is here again: check it, then send it.")
    if note["files"]:
        sentence += " " + _("Add your files again.")
    messages.info(request, sentence)
    return QueryDict(note["typed"])


# The session's row may hold a medical text: it is sealed like the columns that do.


def _sealed(note: dict[str, Any]) -> str:
    nonce = os.urandom(_NONCE)
    return (
        nonce + AESGCM(settings.FIELD_KEY).encrypt(nonce, json.dumps(note).encode(), _SALT.encode())
    ).hex()


def _opened(sealed: str) -> dict[str, Any] | None:
    raw = bytes.fromhex(sealed)
    try:
        opened = AESGCM(settings.FIELD_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], _SALT.encode())
    except InvalidTag:
        return None
    note: dict[str, Any] = json.loads(opened)
    return note
