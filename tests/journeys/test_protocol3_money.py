"""The notes of a month in a browser: reminded, lines taken back, payments registered and read from a file."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from partenamut.payments.communications import structured
from protocol3.models import Note, Payment, Recap, RecapKind, Reminder
from tests.journeys.walking import PHONE, WIDE, Walk
from tests.protocol3.money_world import issued_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def size(request):
    return request.param


@pytest.fixture
def world():
    return issued_world()


@pytest.fixture
def walk(page, live_server, world, size):
    page.set_viewport_size(size)
    found = Walk(page, live_server, "money")
    found.log_in(world.actor)
    return found


@pytest.fixture
def root(world):
    return f"/protocol3/projects/{world.project.public_id}/"


def test_an_overdue_note_is_found_and_reminded_of(walk, world, root):
    walk.open(f"{root}recaps/?state=overdue")
    walk.press(f"a:has-text('{world.recap.number}')")
    walk.press("a[href$='/remind/']")
    walk.press("form[method=post] button")
    assert Reminder.objects.get().recap == world.recap
    assert walk.page.locator("a[href*='/reminders/']").is_visible()


def test_a_rejected_line_is_chosen_looked_at_and_taken_back(walk, world, root):
    page = walk.page
    walk.open(f"{root}recaps/{world.recap.public_id}/")
    walk.press("a[href$='/correct/']")
    walk.press("form[method=post] button")
    assert page.locator(".govuk-error-summary").is_visible()
    page.locator("input[name=services]").first.check()
    page.locator("[name=reason]").first.check()
    page.locator("[name=explanation]").fill("Non assurée ce jour-là.")
    walk.press("form[method=post] button")
    assert Recap.objects.count() == 2
    walk.press("button[name=change]")
    assert page.locator("input[name=services]").first.is_checked()
    walk.press("form[method=post] button")
    walk.press("button[name=confirmed]")
    made = Recap.objects.get(kind=RecapKind.CORRECTION)
    assert page.url.endswith(f"{made.public_id}/")
    own = made.notes.get()
    walk.press(f"a:has-text('{own.number}')")
    walk.open(reverse("protocol3:note", args=[world.project.public_id, own.corrects.public_id]))
    assert page.locator("a[href*='copy=']").count() == 1


def test_a_payment_is_registered_and_undone(walk, world, root):
    page = walk.page
    walk.open(f"{root}recaps/{world.recap.public_id}/")
    walk.press("a[href*='register']")
    page.locator("[name=communication]").fill("+++000/0000/00001+++")
    walk.press("form button")
    assert page.locator(".govuk-error-summary").is_visible()
    page.locator("[name=communication]").fill(structured(world.recap.communication))
    page.locator("[name=amount]").fill("818,39")
    walk.type_day("received_on", localdate())
    walk.press("form button")
    walk.press("a[href*='undo']")
    page.locator("[name=because]").fill("Un cent trop peu.")
    walk.press("form button")
    assert Payment.objects.count() == 2
    walk.open(f"{root}payments/")


def test_a_file_of_the_bank_is_looked_at_and_taken_over(walk, world, root, tmp_path):
    file, today = tmp_path / "bank.csv", localdate().isoformat()
    file.write_text(
        "date;amount;communication;reference\n"
        f"{today};818,40;{world.recap.communication};B1\n"
        f"{today};1,00;123;B2\n"
    )
    walk.open(f"{root}payments/import/")
    walk.page.locator("input[type=file]").set_input_files(file)
    walk.press("form button")
    assert not Payment.objects.exists()
    walk.press("button[name=confirmed]")
    assert Payment.objects.count() == 1
    walk.open(f"{root}recaps/?state=paid")
    assert walk.page.locator(f"a:has-text('{world.recap.number}')").is_visible()


def test_what_is_not_billable_any_more_is_paid_back(walk, world, root):
    person = world.enrolments[1].beneficiary
    person.died_on = date(2023, 3, 8)
    person.save(update_fields=["died_on"])
    walk.open(f"{root}excess/")
    walk.page.locator("input[name=services]").first.check()
    walk.press("form[method=post] button")
    walk.press("button[name=confirmed]")
    assert Recap.objects.filter(kind=RecapKind.REPAYMENT).count() == 1
    walk.open(f"{root}notes/")
    assert Note.objects.count() == 4
