"""How a journey looks at each page it opens: accessible, within the width, and who walks."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from partenamut.accounts.models import User

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const result = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" | "));
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def walks_as(page: Any, user: User, address: str) -> None:
    """Has the browser carry the session of a user, in English."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [
            {"name": name, "value": client.cookies[name].value, "url": address},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": address},
        ]
    )


def looks_right(page: Any) -> None:
    """No violation and no sideways scroll, on a desk and on a phone."""
    # Without its styles a page is measured as nobody sees it.
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(AXE.read_text())
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        violations = page.evaluate(RUN_AXE)
        assert violations == [], f"{page.url}: {violations}"
        assert page.evaluate(TOO_WIDE) == 0, page.url


def type_day(page: Any, name: str, text: str) -> None:
    """Types a day such as 07/03/2026 in its three fields."""
    for part, figures in zip(("day", "month", "year"), text.split("/"), strict=True):
        page.locator(f"[name={name}_{part}]").fill(figures)
