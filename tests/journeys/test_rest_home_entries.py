"""A file of entries in a browser: template, a file with mistakes, its result, taken over, corrected and sent again."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from partenamut.periods import add_months
from residences.models import ConventionSupplement, Entry
from tests.factories import residences as make
from tests.journeys.walking import PHONE, WIDE, Walk
from tests.residences import months_world as world

pytestmark = [pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 800}


@pytest.fixture
def stay(transactional_db):
    """A resident whose convention has one supplement."""
    home = world.residence()
    made = world.stay(home, entry=date(2024, 3, 4))
    ConventionSupplement.objects.create(
        convention=made, supplement=make.supplement(home, "Dîner visiteur"), first_day=made.entry
    )
    return made


def look_all(walk):
    """The page at its three widths."""
    for size in (NARROW, PHONE, WIDE):
        walk.page.set_viewport_size(size)
        walk.look()


def send(walk, home, path):
    """A file sent from its page."""
    walk.open(reverse("residences:send_entries", args=[home.public_id]))
    walk.page.set_input_files("[name=file]", path)
    walk.press("form[method=post] button.govuk-button")


def test_a_file_of_entries_is_sent_mended_and_taken_over(page, live_server, stay, tmp_path):
    home, walk = stay.home, Walk(page, live_server, "rest-home-entries")
    day = add_months(timezone.localdate().replace(day=1), -1).replace(day=9)
    walk.log_in(home.director)
    walk.open(reverse("residences:accounts", args=[home.public_id]))
    walk.press("a[href$='/accounts/imports/send/']")
    look_all(walk)
    with page.expect_download() as got:
        page.locator("a[href$='/accounts/imports/template/']").click()
    head = got.value.path().read_text("utf-8-sig").splitlines()[0]

    broken = tmp_path / "latin.csv"
    broken.write_bytes(f"{head}\n{stay.number};;{day};Dîner visiteur;1;;;".encode("latin-1"))
    send(walk, home, broken)
    assert "UTF-8" in page.locator(".govuk-error-summary").inner_text()
    look_all(walk)

    file = tmp_path / "mois.csv"
    lines = [
        f"{stay.number};;{day};Diner visiteur;1,5;;;",
        f"{stay.number};avance;{day};Pharmacie;;23,17;;",
        f"{stay.number};;{day};Coiffeur;1;;;",
    ]
    file.write_text("\n".join([head, *lines]), "utf-8")
    send(walk, home, file)
    look_all(walk)
    walk.press("form[method=post] button.govuk-button")
    assert page.locator(".govuk-error-summary a").count() == 1
    look_all(walk)
    page.locator("[name=without_refused]").check()
    walk.press("form[method=post] button.govuk-button")
    look_all(walk)
    assert sorted(Entry.objects.values_list("kind", flat=True)) == ["advance", "supplement"]

    walk.press("a[href$='/document/']")
    walk.open(reverse("residences:entry_imports", args=[home.public_id]))
    look_all(walk)
