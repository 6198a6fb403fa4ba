"""What every page's frame needs: the menu, the way home and how long the session lasts."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.web.home import menu_for


def frame(request: HttpRequest) -> dict[str, object]:
    """The menu with the current line marked, the footer, and the seconds until the session ends."""
    here_now = getattr(request, "user", None)
    user = here_now if isinstance(here_now, User) else None
    lines = [(str(item.label), reverse(item.url_name)) for item in menu_for(user)]
    here = _current(request.path, [url for _label, url in lines])
    own = [{"label": _("Change my password"), "url": reverse("accounts:password_change")}] if user else []
    return {
        "navigation": [{"label": label, "url": url, "current": url == here} for label, url in lines],
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
