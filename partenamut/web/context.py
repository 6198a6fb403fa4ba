"""What every page's frame needs: the menu, the way home and how long the session lasts."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.web.home import MenuItem, menu_for


def frame(request: HttpRequest) -> dict[str, object]:
    """The menu with the current line marked, the footer, and the seconds until the session ends."""
    here_now = getattr(request, "user", None)
    user = here_now if isinstance(here_now, User) else None
    lines = [(item, reverse(item.url_name)) for item in menu_for(user, localdate())]
    here = _current(request.path, [url for _item, url in lines]) or _beside(request.path, lines)
    own = [{"label": _("Change my password"), "url": reverse("accounts:password_change")}] if user else []
    return {
        "navigation": [{"label": str(item.label), "url": url, "current": url == here} for item, url in lines],
        "footer_links": [
            {"label": _("Residences"), "url": reverse("registry:residences")},
            {"label": _("Accessibility"), "url": reverse("web:accessibility")},
            {"label": _("Your data"), "url": reverse("web:privacy")},
            *own,
        ],
        "session_seconds": settings.SESSION_COOKIE_AGE if user else 0,
    }


def _current(path: str, urls: list[str]) -> str:
    """The longest address of the menu that the page lies under."""
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")


def _beside(path: str, lines: list[tuple[MenuItem, str]]) -> str:
    """The address of the first line of the menu that says the page is its own, though it lies beside it."""
    return next((url for item, url in lines if item.under and path.startswith(item.under)), "")
