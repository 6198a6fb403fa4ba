"""The pages of notices and ends: reckoned, recorded, completed, taken back, ended, listed; and what strangers get."""

import csv
import io
import json
import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from lxml import html

from partenamut.audit.models import Access
from partenamut.audit.models import Entry as Trail
from residences.models import Termination
from residences.services import ended, endings
from tests.factories import residences as make
from tests.factories.residences import at

pytestmark = pytest.mark.django_db

MAY_4 = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(at(MAY_4), tick=False) as traveller, translation.override("en"):
        yield traveller


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    return make.signed(home, actor=director)


@pytest.fixture
def visitor(client, director):
    client.force_login(director)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def later(visitor, director, today):
    """Another day, on which the director has logged in again."""

    def move(day):
        today.move_to(at(day))
        visitor.force_login(director)

    return move


def url(name, convention, *args, query=""):
    return (
        reverse(f"residences:{name}", args=[convention.home.public_id, convention.public_id, *args]) + query
    )


def words(response):
    main = html.fromstring(response.content.decode()).xpath("//main")[0]
    return re.sub(r"\s+", " ", main.text_content().replace("\u202f", " ").replace("\u00a0", " "))


NOTICE = {"event": "resident", "sent_on": "2026-05-04", "channel": "registered"}
STAY = {"stay_kind": "indefinite", "entry": "2026-01-12", "daily_price": "48,92"}


# --- the calculator -------------------------------------------------------------------------------------------


def reckon(visitor, home, **typed):
    return visitor.get(reverse("residences:calculator", args=[home.public_id]), typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, ["from 07/05/2026 to 21/05/2026, 15 days", "First working day"]),
        (
            {"event": "manager", "reason_given": "on"},
            ["from 07/05/2026 to 06/08/2026, 92 days", "gives its reasons"],
        ),
        (
            {"event": "manager", "reason_given": "on", "breach": "on"},
            ["from 07/05/2026 to 06/06/2026", "notice is of 1 month"],
        ),
        ({"event": "manager"}, ["counts as not given", "Give the reasons of the notice."]),
        ({"channel": "oral"}, ["counts as not given", "Send the notice by registered letter.", "07/05/2026"]),
        ({"channel": "oral", "left_on": "2026-05-10"}, ["733.80 €", "15 days at 48.92 €", "owes its days"]),
        ({"left_on": "2026-05-15"}, ["6 days at 48.92 €", "293.52 €", "Price due until 15/05/2026"]),
        (
            {"entry": "2026-04-20"},
            ["from 07/05/2026 to 13/05/2026, 7 days", "trial, which lasts until 19/05/2026"],
        ),
        ({"stay_kind": "short"}, ["7 days", "For a short stay"]),
        ({"event": "death"}, ["After a death no notice is needed", "the day the room is cleared"]),
        ({"event": "medical", "room_cleared_on": "2026-05-09"}, ["Price due until 09/05/2026"]),
        ({"manager_notice_running": "on"}, ["No notice is owed"]),
        ({"starts_on": "2026-06-01"}, ["names a later day", "01/06/2026"]),
        (
            {"sent_on": "2026-04-02"},
            [
                "03/04/2026 Friday",
                "Monday 06/04/2026 (Easter Monday)",
                "Sunday 05/04/2026 (Easter Sunday)",
            ],
        ),
    ],
)
def test_the_calculator_says_the_days_and_the_reasons(visitor, home, typed, said):
    text = words(reckon(visitor, home, **{**NOTICE, **STAY, **typed}))
    for part in [*said, "art. 10"]:
        assert part in text


def test_the_calculator_begins_with_the_facts_of_a_convention(visitor, home, convention):
    response = reckon(visitor, home, convention=convention.public_id)
    assert "48.92" in response.content.decode()
    assert "from 07/05/2026 to 21/05/2026" in words(response)
    assert Access.objects.filter(person_id=convention.resident.public_id).exists()
    link = html.fromstring(response.content.decode()).xpath("//a[contains(@href, '/record/?')]/@href")[0]
    page = visitor.get(link)
    assert 'value="2026"' in page.content.decode()


def test_the_calculator_says_that_a_notice_of_the_manager_is_running(visitor, home, director, convention):
    make.notice_given(convention, actor=director, given_by="manager", reasons="Dettes.")
    assert "No notice is owed" in words(reckon(visitor, home, convention=convention.public_id))


def test_the_calculator_is_empty_without_facts(visitor, home):
    text = words(reckon(visitor, home))
    assert "Fill in the facts" in text
    assert "Error" not in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"sent_on": "", "sent_on_day": "31", "sent_on_month": "2", "sent_on_year": "2026"},
            "does not exist",
        ),
        ({"entry": "2026-06-01", "left_on": "2026-05-15"}, "leaves before the day of entry, 01/06/2026"),
        ({"event": "death", "room_cleared_on": "2026-05-01"}, "cleared before the death"),
        ({"event": "drowned"}, "from the list"),
        ({"channel": ""}, "How the notice was given"),
        ({"daily_price": "gratuit"}, "an amount in euros"),
        ({"daily_price": "-3"}, "at least"),
        ({"sent_on": "2099-01-01"}, "cannot be after"),
        ({"sent_on": "1901-01-01"}, "cannot be before"),
    ],
)
def test_wrong_facts_are_told_and_stay_in_the_form(visitor, home, typed, said):
    response = reckon(visitor, home, **{**NOTICE, **STAY, **typed})
    assert response.status_code == 200
    assert said in words(response)
    live = visitor.get(
        reverse("residences:calculator", args=[home.public_id]),
        {**NOTICE, **STAY, **typed},
        headers={"HX-Request": "true"},
    )
    assert said in live.content.decode()
    assert "<html" not in live.content.decode()


def test_a_convention_of_another_home_is_not_reckoned(visitor, home):
    other = make.RestHomeFactory()
    stranger = make.signed(other, actor=make.director_of(other))
    assert reckon(visitor, home, convention=stranger.public_id).status_code == 404
    assert reckon(visitor, home, convention="nonsense").status_code == 404


# --- recording ------------------------------------------------------------------------------------------------


def test_a_notice_is_typed_looked_at_and_recorded(visitor, convention):
    record = url("record_termination", convention)
    assert "Nothing is written yet" in words(visitor.get(record))
    check = visitor.post(record, {**NOTICE, "step": "check"})
    text = words(check)
    assert "The notice is valid: it runs from 07/05/2026 to 21/05/2026, 15 days." in text
    assert "until 21/05/2026, and the bed can be promised" in text
    assert not Termination.objects.exists()
    kept = dict(html.fromstring(check.content.decode()).xpath("//form[@method='post']")[-1].form_values())
    done = visitor.post(record, {**kept, "step": "record"}, follow=True)
    assert done.redirect_chain == [(url("ending", convention), 302)]
    text = words(done)
    assert "Notice given" in text
    assert "Price due until21/05/2026" in text.replace(" 21/05", "21/05")
    # The letter speaks the language of the convention, whatever the page speaks.
    assert f"Letter to send: {Termination.objects.get().letter.title} (PDF)" in text
    assert "Simone Lambert" in text


def test_the_check_can_be_corrected_without_a_loss(visitor, convention):
    record = url("record_termination", convention)
    back = visitor.post(record, {**NOTICE, "starts_on": "2026-06-01", "step": "correct"})
    assert not Termination.objects.exists()
    fields = html.fromstring(back.content.decode()).xpath("//input[@name='starts_on_month']/@value")
    assert fields == ["06"]


def test_a_manager_s_notice_without_reasons_is_refused_and_can_be_kept_as_not_given(visitor, convention):
    record = url("record_termination", convention)
    typed = {**NOTICE, "event": "manager"}
    refused = visitor.post(record, {**typed, "step": "check"})
    assert "counts as not given (art. 10): write them" in words(refused)
    assert not Termination.objects.exists()
    check = visitor.post(record, {**typed, "as_void": "on", "step": "check"})
    assert "Record it as not given" in words(check)
    done = visitor.post(record, {**typed, "as_void": "on", "step": "record"}, follow=True)
    assert "This notice counts as not given: it ends nothing." in words(done)
    convention.refresh_from_db()
    assert convention.status == "in_force"


def test_a_notice_by_word_of_mouth_shows_what_it_costs(visitor, convention):
    record = url("record_termination", convention)
    typed = {**NOTICE, "channel": "oral", "left_on": "2026-05-10"}
    assert "733.80 €" in words(visitor.post(record, {**typed, "step": "check"}))
    assert "can then be ended on the day of leaving" in words(
        visitor.post(record, {**typed, "step": "check"})
    )


def test_the_live_answer_is_a_part_of_the_page(visitor, convention):
    record = url("record_termination", convention)
    live = visitor.post(record, NOTICE, headers={"HX-Request": "true"})
    assert "from 07/05/2026 to 21/05/2026" in live.content.decode()
    assert "<html" not in live.content.decode()
    wrong = visitor.post(record, {**NOTICE, "sent_on": "2026-05-09"}, headers={"HX-Request": "true"})
    assert "future" in wrong.content.decode()
    assert not Termination.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose an answer to “What happens”."),
        ({**NOTICE, "sent_on": "2026-01-01"}, "was signed on 12/01/2026"),
        ({**NOTICE, "sent_on": "2026-05-05"}, "lies in the future"),
        ({**NOTICE, "left_on": "2026-01-01"}, "before the day of entry, 12/01/2026"),
        ({**NOTICE, "event": "death", "room_cleared_on": "2026-05-01"}, "cleared before the death"),
        ({**NOTICE, "starts_on": "2098-12-31"}, "more than a year ahead"),
        ({**NOTICE, "reasons": "x" * 2001}, "2001 characters"),
        (
            {**NOTICE, "sent_on_day": "\x00", "sent_on_month": "é", "sent_on_year": "99999"},
            "number from 1 to 31",
        ),
    ],
)
def test_wrong_input_gets_a_sentence_and_nothing_is_written(visitor, convention, typed, said):
    response = visitor.post(url("record_termination", convention), {**typed, "step": "check"})
    assert response.status_code == 200
    assert said in words(response)
    assert not Termination.objects.exists()


def test_what_came_in_between_is_told_on_the_form(visitor, director, convention):
    make.notice_given(convention, actor=director)
    again = visitor.post(url("record_termination", convention), {**NOTICE, "step": "record"})
    assert "recorded already, sent on 04/05/2026, until 21/05/2026" in words(again)
    assert Termination.objects.count() == 1


# --- departure, taking back, letters ----------------------------------------------------------------------------


def test_the_day_of_leaving_follows_a_notice(visitor, director, convention, later):
    make.notice_given(convention, actor=director)
    later(date(2026, 5, 20))
    page = visitor.get(url("departure", convention))
    assert "Day on which the resident left" in words(page)
    assert "room was cleared" not in words(page)
    wrong = visitor.post(url("departure", convention), {"left_on": "2026-01-01"})
    assert "before the day of entry" in words(wrong)
    done = visitor.post(url("departure", convention), {"left_on": "2026-05-15"}, follow=True)
    assert "6 days at 48.92 € are owed" in words(done)
    assert "The rules were asked 2 times" in words(done)


def test_the_day_of_the_cleared_room_follows_a_death(visitor, director, convention, later):
    make.notice_given(convention, actor=director, cause="death")
    text = words(visitor.get(url("ending", convention)))
    assert "Say first on which day the room was cleared" in text
    later(date(2026, 5, 20))
    done = visitor.post(url("departure", convention), {"room_cleared_on": "2026-05-15"}, follow=True)
    assert "due until the room is cleared, on 15/05/2026" in words(done)
    assert "The inventory of fixtures at the departure is still to be made" in words(done)


def test_a_departure_without_a_record_leads_back(visitor, convention):
    done = visitor.get(url("departure", convention), follow=True)
    assert "Record a notice, a death or a departure first" in words(done)


def test_a_notice_is_taken_back_with_a_reason(visitor, director, convention):
    row = make.notice_given(convention, actor=director)
    address = url("withdraw_termination", convention, row.public_id)
    assert "Fill in “Why it is taken back”." in words(visitor.post(address, {"because": " "}))
    done = visitor.post(address, {"because": "Accord du 5 mai."}, follow=True)
    text = words(done)
    assert "1 record taken back" in text
    assert "Accord du 5 mai." in text
    assert "No notice, death or departure is recorded" in text


def test_letters_are_served_and_kept(visitor, director, convention):
    row = make.notice_given(convention, actor=director)
    letter = visitor.get(url("ending_letter", convention, row.public_id))
    assert letter["Content-Type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF")
    assert visitor.get(url("notice_received", convention, row.public_id)).status_code == 404
    add = url("add_notice_letter", convention, row.public_id)
    text = SimpleUploadedFile("lettre.exe", b"MZ", content_type="application/x-dosexec")
    assert "not accepted" in words(visitor.post(add, {"file": text}))
    fake = SimpleUploadedFile("lettre.pdf", b"no pdf at all", content_type="application/pdf")
    assert visitor.post(add, {"file": fake}).status_code == 200
    assert Termination.objects.get().upload is None


def test_a_void_notice_of_the_manager_has_no_letter(visitor, director, convention):
    row = make.notice_given(convention, actor=director, given_by="manager")
    assert visitor.get(url("ending_letter", convention, row.public_id)).status_code == 404


# --- the end ----------------------------------------------------------------------------------------------------


def test_a_convention_is_ended_after_a_look(visitor, director, convention, later):
    make.notice_given(convention, actor=director)
    early = visitor.get(url("end_convention", convention), follow=True)
    assert "The last day, 21/05/2026, has not come yet." in words(early)
    later(date(2026, 5, 22))
    unsaid = visitor.get(url("end_convention", convention), follow=True)
    assert "Say first on which day the resident left" in words(unsaid)
    visitor.post(url("departure", convention), {"left_on": "2026-05-21"})
    page = words(visitor.get(url("end_convention", convention)))
    assert "This cannot be undone" in page
    assert "No inventory of fixtures was made at the departure" in page
    done = visitor.post(url("end_convention", convention))
    assert done["Location"] == url("final_account", convention)
    convention.refresh_from_db()
    assert (convention.status, convention.ended_on) == ("ended", date(2026, 5, 21))
    again = visitor.post(url("end_convention", convention), follow=True)
    assert "Only a convention that both sides signed" in words(again)
    text = words(visitor.get(url("ending", convention)))
    assert "Final account" in text
    assert "Take it back" not in text


def test_a_draft_has_no_page_of_its_end(visitor, home, director):
    convention = make.draft(home, actor=director)
    assert visitor.get(url("ending", convention)).status_code == 404


# --- the list ---------------------------------------------------------------------------------------------------


def test_the_list_shows_what_runs_and_what_is_to_do(visitor, home, director):
    conventions = [make.signed(home, actor=director) for _number in range(4)]
    make.notice_given(conventions[0], actor=director)
    make.notice_given(conventions[1], actor=director, channel="oral")
    make.notice_given(conventions[2], actor=director, cause="death")
    endings.record_departure(convention=conventions[2], room_cleared_on=MAY_4, actor=director, at=at(MAY_4))
    make.notice_given(conventions[3], actor=director, sent_on=date(2026, 4, 1), left_on=date(2026, 4, 25))
    ended.end(convention=conventions[3], actor=director, at=at(MAY_4))
    address = reverse("residences:endings", args=[home.public_id])
    text = words(visitor.get(address))
    assert "4 results" in text
    for state in ("Running", "Not given", "To be ended", "Final account to issue"):
        assert state in text
    running = words(visitor.get(address, {"state": "running"}))
    assert "1 result" in running
    assert conventions[0].resident.full_name in running
    assert conventions[1].resident.full_name not in running
    assert "1 result" in words(visitor.get(address, {"kind": "death"}))
    assert "1 result" in words(visitor.get(address, {"since": "2026-05-10", "until": "2026-05-31"}))
    assert "1 result" in words(visitor.get(address, {"text": conventions[3].resident.last_name}))
    assert "four figures" in words(visitor.get(address, {"since": "0001-01-01"}))


def test_the_list_is_downloaded_and_the_trail_says_by_whom(visitor, home, director, convention):
    make.notice_given(convention, actor=director)
    address = reverse("residences:endings", args=[home.public_id])
    rows = list(
        csv.DictReader(
            io.StringIO(b"".join(visitor.get(address, {"export": "csv"})).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert rows[0]["Last day of the notice"] == "21/05/2026"
    (row,) = json.loads(b"".join(visitor.get(address, {"export": "json"})))
    assert (row["runs_from"], row["ends_on"], row["indemnity"]) == ("2026-05-07", "2026-05-21", "0.00")
    assert Trail.objects.filter(action="export", actor=director).count() == 2


def test_the_list_asks_the_database_the_same_few_questions(visitor, home, director):
    address = reverse("residences:endings", args=[home.public_id])
    counts = []
    for _more in range(2):
        for _number in range(3):
            make.notice_given(make.signed(home, actor=director), actor=director)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_an_empty_list_leads_to_the_calculator(visitor, home):
    response = visitor.get(reverse("residences:endings", args=[home.public_id]))
    assert "No notice, death or departure is recorded" in words(response)
    assert reverse("residences:calculator", args=[home.public_id]) in response.content.decode()


# --- strangers --------------------------------------------------------------------------------------------------


def test_the_director_of_another_home_finds_nothing(client, home, director, convention):
    row = make.notice_given(convention, actor=director)
    other = make.RestHomeFactory()
    client.force_login(make.director_of(other))
    names = (
        "ending",
        "record_termination",
        "departure",
        "end_convention",
        "final_account",
        "final_statement",
    )
    addresses = [url(name, convention) for name in names]
    rows = ("withdraw_termination", "ending_letter", "notice_received", "add_notice_letter")
    addresses += [url(name, convention, row.public_id) for name in rows]
    addresses += [reverse(f"residences:{name}", args=[home.public_id]) for name in ("endings", "calculator")]
    for address in addresses:
        assert client.get(address).status_code == 404, address
    # A convention under the address of one's own home is not there either.
    own = reverse("residences:ending", args=[other.public_id, convention.public_id])
    assert client.get(own).status_code == 404


def test_a_notice_of_another_convention_is_not_there(visitor, home, director, convention):
    row = make.notice_given(make.signed(home, actor=director), actor=director)
    for name in ("withdraw_termination", "ending_letter", "notice_received", "add_notice_letter"):
        assert visitor.get(url(name, convention, row.public_id)).status_code == 404
