"""The pages of the figures: the sheet, a figure through time, a version in two steps, the shares a day, the home page."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from hospitalisation import reference
from hospitalisation.models import DayShareRow, TierFigure
from hospitalisation.rules import Name, Tier
from hospitalisation.services import figures as services
from partenamut.accounts.roles import Role
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT
PLACE = ("hospitalia_plus", "pharmacy_other")
SHEET = "hospitalisation:figures"


@pytest.fixture
def admin():
    return UserFactory(roles=[Role.ADMIN], name="Ada Admin", language="en")


@pytest.fixture
def pages(client, admin):
    client.force_login(admin)
    client.cookies["django_language"] = "en"
    return client


def typed(**values):
    day = values.pop("day", "2026-03-05")
    year, month, number = day.split("-") if day else ("", "", "")
    return {
        "measure": "euros_a_case",
        "value": "50,00",
        "first_day_day": number,
        "first_day_month": month,
        "first_day_year": year,
        "source": "Conditions 2026, p. 4",
        **values,
    }


def entered(admin, **values):
    given = {
        "tier": Tier.PLUS,
        "name": Name.PHARMACY_OTHER,
        "measure": "euros_a_case",
        "value": Decimal("50.00"),
        "first_day": date(2026, 3, 5),
        "source": "Conditions 2026",
        "to_confirm": False,
        **values,
    }
    return services.enter(**given, actor=admin, at=AT)


def text(response):
    return response.content.decode()


# --- the sheet ----------------------------------------------------------------------------------------------


def test_the_sheet_shows_the_insurances_side_by_side(pages, admin):
    entered(admin)
    page = text(pages.get(reverse(SHEET), {"day": "2026-03-05"}))
    for words in (
        "Hospitalia Medium",
        "up to 300 % of the INAMI tariff",
        "To be found out",
        "To be confirmed",
    ):
        assert words in page
    assert "From 05/03/2026, entered by Ada Admin" in page
    assert "Published by the sources" in page
    before = text(pages.get(reverse(SHEET), {"day": "2026-03-04"}))
    assert "entered by Ada Admin" not in before
    assert "from 05/03/2026: up to" in before


def test_the_sheet_is_narrowed(pages):
    page = text(pages.get(reverse(SHEET), {"tier": "hospitalia", "state": "missing"}))
    assert "1 figure on" in page
    assert "Guest house of a relative" in page
    assert "Parapharmacy" not in page
    nothing = text(pages.get(reverse(SHEET), {"tier": "hospitalia", "state": "missing", "day": "1901-01-01"}))
    assert "Guest house" in nothing


def test_a_wrong_filter_is_said_and_nothing_typed_is_lost(pages):
    page = text(pages.get(reverse(SHEET), {"day_day": "31", "day_month": "2", "day_year": "2026"}))
    assert "does not exist" in page
    assert 'value="31"' in page
    assert "Correct the filters" in page
    assert pages.get(reverse(SHEET), {"tier": "gold", "export": "csv"})["Content-Type"].startswith(
        "text/html"
    )


def test_the_files_hold_exactly_the_rows_shown(pages, admin):
    entered(admin)
    asked = {"day": "2026-03-05", "tier": "hospitalia_plus"}
    answer = pages.get(reverse(SHEET), {**asked, "export": "json"})
    rows = json.loads(b"".join(answer.streaming_content))
    assert len(rows) == len(Name)
    found = next(row for row in rows if row["first_day"])
    assert (found["value"], found["first_day"], found["insurance"]) == (
        "50.00",
        "2026-03-05",
        "Hospitalia Plus",
    )
    csv = b"".join(pages.get(reverse(SHEET), {**asked, "export": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    assert len(csv.strip().splitlines()) == len(Name) + 1
    xlsx = b"".join(pages.get(reverse(SHEET), {**asked, "export": "xlsx"}).streaming_content)
    assert zipfile.ZipFile(io.BytesIO(xlsx)).testzip() is None


def test_an_adviser_reads_and_cannot_write(client):
    client.force_login(UserFactory(roles=[Role.ADVISER], language="en"))
    assert client.get(reverse(SHEET)).status_code == 200
    page = client.get(reverse("hospitalisation:figure", args=PLACE))
    assert "enter/" not in text(page)
    assert client.get(reverse("hospitalisation:enter_figure", args=PLACE)).status_code == 403
    assert client.post(reverse("hospitalisation:enter_figure", args=PLACE), typed()).status_code == 403


@pytest.mark.parametrize("place", [("gold", "franchise"), ("hospitalia_plus", "gold"), ("none", "franchise")])
def test_a_figure_that_is_none_is_not_found(pages, place):
    for name in ("figure", "enter_figure"):
        assert pages.get(reverse(f"hospitalisation:{name}", args=place)).status_code == 404


# --- a version in two steps ---------------------------------------------------------------------------------


def test_a_version_is_shown_beside_the_old_one_before_it_is_kept(pages):
    hospital = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[hospital])
    make.sent(hospital=hospital, admission=date(2026, 3, 5), discharge=date(2026, 3, 9))
    address = reverse("hospitalisation:enter_figure", args=PLACE)
    page = pages.post(address, typed())
    shown = text(page)
    assert "Nothing has been kept yet" in shown
    assert "up to 1,200.00\u00a0€ a case" in shown
    assert "up to 50.00\u00a0€ a case" in shown
    assert "1 claim with Hospitalia Plus" in shown
    assert not TierFigure.objects.exists()
    hidden = {**dict(page.context["typed"]), "stood": page.context["stood"]}
    back = text(pages.post(address, {**hidden, "change": "yes"}))
    assert 'value="50,00"' in back
    assert "Conditions 2026, p. 4" in back
    kept = pages.post(address, {**hidden, "confirmed": "yes"}, follow=True)
    row = TierFigure.objects.get()
    assert (row.value, row.first_day, row.to_confirm) == (Decimal("50.00"), date(2026, 3, 5), False)
    assert "The figure is entered." in text(kept)
    assert "Figure entered" in text(kept)


def test_what_changed_while_one_was_looking_is_noticed(pages, admin):
    address = reverse("hospitalisation:enter_figure", args=PLACE)
    page = pages.post(address, typed(day="2026-06-01"))
    entered(admin)
    again = pages.post(
        address, {**dict(page.context["typed"]), "stood": page.context["stood"], "confirmed": "yes"}
    )
    assert "just changed the same record" in text(again)
    assert TierFigure.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"value": "-5"}, "is zero or more"),
        ({"value": "many"}, "is a number, for example"),
        ({"value": ""}, "Fill in the value"),
        ({"value": "1,234"}, "two figures at most"),
        ({"measure": "percent", "value": "100,5"}, "100 at most"),
        ({"measure": "days", "value": "5"}, "from the list"),
        ({"measure": "nothing", "value": "5"}, "has no value"),
        ({"source": ""}, "Fill in “Source”"),
        ({"source": "x" * 201}, "201 characters"),
        ({"day": ""}, "Enter the date of “First day”"),
        ({"day": "2026-02-30"}, "does not exist"),
    ],
)
def test_wrong_input_gets_a_sentence_and_keeps_what_was_typed(pages, values, sentence):
    page = pages.post(reverse("hospitalisation:enter_figure", args=PLACE), typed(**values))
    assert page.status_code == 200
    assert sentence in text(page)
    assert "Error:" in text(page)
    assert values.get("value", "50,00") in text(page)
    assert not TierFigure.objects.exists()


def test_half_a_day_is_no_number_of_days(pages):
    address = reverse("hospitalisation:enter_figure", args=("hospitalia_plus", "days_after"))
    assert "whole number" in text(pages.post(address, typed(measure="days", value="1,5")))


def test_a_first_day_twice_is_refused_before_the_second_step(pages, admin):
    entered(admin)
    page = pages.post(reverse("hospitalisation:enter_figure", args=PLACE), typed())
    assert "already has a version from that day on" in text(page)


# --- correct and withdraw -----------------------------------------------------------------------------------


def test_a_version_is_corrected_with_a_reason(pages, admin):
    row = entered(admin)
    address = reverse("hospitalisation:correct_figure", args=[*PLACE, row.public_id])
    assert 'value="50"' in text(pages.get(address))
    assert "Why is it corrected" in text(pages.post(address, typed(value="500")))
    page = pages.post(address, typed(value="500", reason="A zero was lost"))
    done = pages.post(address, {**dict(page.context["typed"]), "confirmed": "yes"}, follow=True)
    assert "A zero was lost" in text(done)
    assert "Withdrawn" in text(done)
    assert TierFigure.objects.get(withdrawn_at=None).value == 500
    assert pages.get(address).status_code == 404


def test_a_version_is_withdrawn_and_stays_in_the_trail(pages, admin):
    row = entered(admin)
    address = reverse("hospitalisation:withdraw_figure", args=[*PLACE, row.public_id])
    page = text(pages.get(address))
    assert "up to 1,200.00\u00a0€ a case" in page
    assert "Fill in" in text(pages.post(address, {"reason": ""}))
    done = pages.post(address, {"reason": "Wrong insurance"}, follow=True)
    assert "Wrong insurance" in text(done)
    assert TierFigure.objects.get().withdrawn_at is not None


def test_a_version_of_another_figure_is_not_found(pages, admin):
    row = entered(admin)
    elsewhere = ("hospitalia_plus", "franchise", row.public_id)
    for name in ("correct_figure", "withdraw_figure"):
        assert pages.get(reverse(f"hospitalisation:{name}", args=elsewhere)).status_code == 404


@pytest.mark.parametrize("name", list(Name))
def test_every_figure_has_a_page_that_says_what_it_decides(pages, name):
    page = pages.get(reverse("hospitalisation:figure", args=["hospitalia_medium", name.value]))
    assert page.status_code == 200
    assert page.context["page"].changes


# --- the patient's share a day ------------------------------------------------------------------------------


def test_shares_are_listed_entered_and_corrected(pages):
    assert "No amounts have been entered yet" in text(pages.get(reverse("hospitalisation:day_shares")))
    reference.load(at=AT)
    listed = text(pages.get(reverse("hospitalisation:day_shares")))
    assert "43.52" in listed
    form = {
        "category": "bim",
        "valid_from_day": "1",
        "valid_from_month": "1",
        "valid_from_year": "2027",
        "first_day": "6,10",
        "following_days": "6,10",
        "from_day_91": "6,10",
        "source": "Sheet 2027",
    }
    address = reverse("hospitalisation:add_day_share")
    assert "at least" in text(pages.post(address, {**form, "first_day": "-1"}))
    assert pages.post(address, form).status_code == 302
    assert "already has amounts" in text(pages.post(address, form))
    row = DayShareRow.objects.get(valid_from=date(2027, 1, 1))
    assert row.first_day == Decimal("6.10")
    correct = reverse("hospitalisation:correct_day_share", args=[row.public_id])
    assert "Fill in" in text(pages.post(correct, {**form, "first_day": "6,20"}))
    done = pages.post(correct, {**form, "first_day": "6,20", "reason": "Misread"}, follow=True)
    assert "Misread" in text(done)
    exported = pages.get(reverse("hospitalisation:day_shares"), {"export": "json"})
    assert len(json.loads(b"".join(exported.streaming_content))) == 5


# --- the home page ------------------------------------------------------------------------------------------


def test_the_home_page_names_what_is_to_be_found_out(pages):
    page = text(pages.get(reverse("web:home")))
    assert "Hospital insurance figures" in page
    assert "Guest house of a relative" in page
    assert "No franchise list of" in page


def test_the_home_page_of_others_does_not(client):
    client.force_login(UserFactory(roles=[Role.ADVISER], language="en"))
    assert "No franchise list of" not in text(client.get(reverse("web:home")))
