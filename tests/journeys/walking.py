"""A walk through the pages in a real browser: each page that opens is looked at."""

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Error as PageGone

from partenamut.accounts.models import User

PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const result = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" | "));
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Walk:
    """One person's way: opens pages, presses what is there, and looks at each page that comes."""

    def __init__(self, page: Any, live_server: Any, name: str) -> None:
        self.page = page
        self.address = live_server.url
        self.name = name
        #: The paths of the pages that were looked at, in order.
        self.seen: list[str] = []

    @property
    def pages(self) -> list[str]:
        """The different pages seen so far, in order."""
        return list(dict.fromkeys(self.seen))

    def log_in(self, user: User) -> None:
        """Has the browser carry the session of a user."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": self.address}]
        )

    def open(self, path: str) -> None:
        """Opens a page by its path."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer.ok, f"{answer.status} {path}"
        self.look()

    def press(self, selector: str) -> None:
        """Presses the first thing of the main part that fits, and looks at the page that follows."""
        with self.page.expect_navigation() as following:
            self.page.locator("main").locator(selector).first.click()
        answer = following.value
        assert answer is None or answer.ok, f"{answer.status} {self.page.url}"
        self.look()

    def type_day(self, name: str, day: date) -> None:
        """Types a day in its three fields."""
        for part in ("day", "month", "year"):
            self.page.locator(f"[name={name}_{part}]").fill(str(getattr(day, part)))

    def look(self) -> None:
        """No violation and no sideways scroll."""
        # Without its styles a page is measured as nobody sees it.
        self.page.wait_for_load_state("load")
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.page.evaluate(AXE.read_text())
        violations = self.page.evaluate(RUN_AXE)
        assert violations == [], f"{self.page.url}: {violations}"
        assert self.page.evaluate(TOO_WIDE) == 0, self.page.url
        self.seen.append(urlsplit(self.page.url).path)


def pdf_file(folder: Path, name: str) -> Path:
    """A small PDF to send."""
    import pikepdf

    path = folder / name
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path)
    return path


def wait_until(page: Any, expression: str, *args: object, tries: int = 100) -> None:
    """Waits until an expression holds in the page. Playwright's own waiting asks again by eval, which our policy forbids."""
    for _ in range(tries):
        # A page that goes while it is asked says nothing: the next one is asked.
        with suppress(PageGone):
            if page.evaluate(expression, *args):
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"still not so: {expression}")
