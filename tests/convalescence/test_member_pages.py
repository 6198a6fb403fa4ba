"""The member's pages: every step, every kind of bad input, who sees what, and how many queries a list costs."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pikepdf
import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from convalescence import services
from convalescence.models import AttachmentKind, Benefit, Recognition, Request
from convalescence.services.recognitions import ask_recognition, recognise
from convalescence.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from tests.factories.accounts import UserFactory
from tests.factories.desk import adviser, draft, member, rest_home, sent
from tests.factories.registry import (
    CaregiverRecognitionFactory,
    MandateFactory,
    PartnerPeriodFactory,
    ResidenceFactory,
)

pytestmark = pytest.mark.django_db

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 3, 2, 10, 30, tzinfo=BRUSSELS)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person():
    return member()


@pytest.fixture
def web(client, person):
    client.force_login(person.user)
    return client


def pdf(name="proof.pdf"):
    book, made = pikepdf.new(), BytesIO()
    book.add_blank_page()
    book.save(made)
    return SimpleUploadedFile(name, made.getvalue(), "application/pdf")


def picture(name="proof.png"):
    made = BytesIO()
    Image.new("RGB", (20, 20), "white").save(made, "PNG")
    return SimpleUploadedFile(name, made.getvalue(), "image/png")


def url(name, *args):
    return reverse(f"convalescence:{name}", args=args)


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def stay(arrival, departure, **more):
    return day("arrival", arrival) | day("departure", departure) | more


def errors(response):
    return {name: [str(text) for text in texts] for name, texts in response.context["form"].errors.items()}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- begin ------------------------------------------------------------------------------------------------


def test_one_answer_begins_a_request_for_oneself(web, person):
    page = web.get(url("new"))
    assert "member" not in page.context["form"].fields
    answer = web.post(url("new"), {"benefit": "convalescence"})
    made = Request.objects.get()
    assert (made.member, made.status, made.filed_by) == (person, Status.DRAFT, person.user)
    assert answer.url == url("medical", made.public_id)


def test_a_second_beginning_goes_on_with_the_draft(web, person):
    first = draft(person)
    answer = web.post(url("new"), {"benefit": "convalescence"})
    assert Request.objects.get() == first
    assert answer.url == url("caregiver", first.public_id)
    assert said(answer)


def test_a_representative_chooses_for_whom(client):
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    old = MandateFactory(representative=guardian, last_day=TODAY - timedelta(days=1)).member
    ward, other = (MandateFactory(representative=guardian).member for _ in range(2))
    client.force_login(guardian)
    choices = [key for key, _label in client.get(url("new")).context["form"].fields["member"].choices]
    assert choices == [str(ward.public_id), str(other.public_id)]
    refused = client.post(url("new"), {"benefit": "convalescence", "member": str(old.public_id)})
    assert "member" in errors(refused)
    client.post(url("new"), {"benefit": "convalescence", "member": str(other.public_id)})
    assert Request.objects.get().member == other


def test_without_a_file_there_is_nothing_to_ask(client):
    client.force_login(UserFactory(roles=[Role.MEMBER]))
    page = client.get(url("new"))
    assert page.status_code == 200
    assert "form" not in page.context


def test_unknown_benefit_is_a_sentence(web):
    assert "benefit" in errors(web.post(url("new"), {"benefit": "holiday"}))


# --- medical step and files -------------------------------------------------------------------------------


def test_the_medical_step_keeps_criteria_and_files(web, person):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    answer = web.post(
        url("medical", made.public_id), {"criteria": ["heavy_treatment"], "uploads": [pdf(), picture()]}
    )
    made.refresh_from_db()
    assert answer.url == url("choose_residence", made.public_id)
    assert made.criteria == ["heavy_treatment"]
    assert [each.upload.original_name for each in made.attachments.order_by("pk")] == [
        "proof.pdf",
        "proof.png",
    ]


def test_no_criterion_is_a_sentence_and_keeps_the_file(web, person):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    page = web.post(url("medical", made.public_id), {"uploads": [pdf()]})
    assert "criteria" in errors(page)
    assert made.attachments.count() == 1


def bomb():
    """A PDF of a few hundred kB that unfolds into more than is allowed."""
    book, made = pikepdf.new(), BytesIO()
    book.add_blank_page()
    book.pages[0].Contents = book.make_stream(b" " * 150_000_000)
    book.pages[0].Extra = book.make_stream(b" " * 150_000_000)
    book.save(made, compress_streams=True)
    return SimpleUploadedFile("bomb.pdf", made.getvalue(), "application/pdf")


@pytest.mark.parametrize(
    "bad",
    [
        lambda: SimpleUploadedFile("large.pdf", b"%PDF-1.7" + b"0" * (30 * 2**20)),
        lambda: SimpleUploadedFile("program.pdf", b"MZ" + b"\0" * 4000),
        lambda: SimpleUploadedFile("program.exe", b"MZ" + b"\0" * 4000),
        lambda: SimpleUploadedFile("torn.pdf", b"%PDF-1.7 nothing"),
        bomb,
    ],
    ids=["30 MB", "exe called pdf", "exe", "torn", "bomb"],
)
def test_a_bad_file_says_so_and_loses_nothing(web, person, bad):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    file = bad()
    page = web.post(
        url("medical", made.public_id),
        {"criteria": ["daily_living_help"], "uploads": [file, picture("good.png")]},
    )
    assert page.status_code == 200
    (sentence,) = errors(page)["uploads"]
    assert file.name in sentence
    made.refresh_from_db()
    assert made.criteria == ["daily_living_help"]
    assert [each.upload.original_name for each in made.attachments.all()] == ["good.png"]
    assert "checked" in page.content.decode()


def test_a_file_is_taken_away_again_with_the_answers_kept(web, person):
    made = draft(person)
    kept = services.attach(
        request=made, kind=AttachmentKind.MEDICAL_PROOF, file=pdf(), actor=person.user, at=NOW
    )
    web.post(url("medical", made.public_id), {"criteria": ["heavy_treatment"], "remove": str(kept.public_id)})
    kept.refresh_from_db()
    made.refresh_from_db()
    assert kept.removed_at
    assert made.criteria == ["heavy_treatment"]
    assert web.post(url("medical", made.public_id), {"remove": "nonsense"}).status_code == 404


# --- residence --------------------------------------------------------------------------------------------


def test_residences_are_filtered_and_chosen(web, person):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    spa = ResidenceFactory(name="Nivezé", city="Spa", search_text="niveze spa", partner=True)
    ResidenceFactory(name="Elsewhere", search_text="elsewhere", partner=True)
    ResidenceFactory(name="No partner", search_text="spa")
    page = web.get(url("choose_residence", made.public_id), {"place": "spa"})
    assert [name for _key, name in page.context["form"].fields["residence"].choices] == ["Nivezé"]
    answer = web.post(url("choose_residence", made.public_id), {"residence": str(spa.public_id)})
    made.refresh_from_db()
    assert made.residence == spa
    assert answer.url == url("dates", made.public_id)


@pytest.mark.parametrize("tampered", ["nonsense", "00000000-0000-4000-8000-000000000000", ""])
def test_an_unknown_residence_is_a_sentence(web, person, tampered):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    ResidenceFactory(partner=True)
    page = web.post(url("choose_residence", made.public_id), {"residence": tampered})
    assert "residence" in errors(page)


def test_a_residence_that_was_never_a_partner_cannot_be_chosen(web, person):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    foreign = ResidenceFactory()
    page = web.post(url("choose_residence", made.public_id), {"residence": str(foreign.public_id)})
    assert "residence" in errors(page)


# --- dates ------------------------------------------------------------------------------------------------

D = date


@pytest.mark.parametrize(
    ("arrival", "departure", "field"),
    [
        (D(2026, 4, 10), D(2026, 4, 1), "departure"),
        (D(2026, 4, 1), D(2026, 4, 1), "departure"),
        (D(2026, 4, 1), D(2027, 4, 3), "departure"),
        (D(2026, 3, 1), D(2026, 3, 20), "arrival"),
        (D(2028, 2, 20), D(2028, 3, 10), "departure"),
    ],
    ids=["departure before arrival", "no night", "367 days", "in the past", "too far ahead"],
)
def test_impossible_dates_are_a_sentence_beside_their_field(web, person, arrival, departure, field):
    made = draft(person, arrival=None, departure=None)
    page = web.post(url("dates", made.public_id), stay(arrival, departure))
    assert field in errors(page)
    made.refresh_from_db()
    assert made.arrival is None
    assert f'value="{arrival.year}"' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ({"arrival_day": "31", "arrival_month": "4", "arrival_year": "2026"}, "arrival"),
        ({"arrival_day": "1"}, "arrival"),
        ({"arrival_day": "x", "arrival_month": "4", "arrival_year": "2026"}, "arrival"),
        ({"arrival_day": "1", "arrival_month": "4", "arrival_year": "20260"}, "arrival"),
        ({}, "arrival"),
    ],
)
def test_what_is_no_date_is_a_sentence(web, person, typed, part):
    made = draft(person, arrival=None, departure=None)
    assert part in errors(web.post(url("dates", made.public_id), typed))


def test_days_of_another_own_request_are_refused_with_a_link(web, person):
    other = sent(person)
    made = draft(person, arrival=None, departure=None)
    page = web.post(url("dates", made.public_id), stay(D(2026, 4, 10), D(2026, 4, 20)))
    assert other.number in errors(page)["arrival"][0]
    assert url("request", other.public_id) in page.content.decode()
    following = web.post(url("dates", made.public_id), stay(D(2026, 4, 11), D(2026, 4, 20)))
    assert following.status_code == 302


def test_a_partnership_that_ends_during_the_stay_warns_and_goes_on(web, person):
    ending = ResidenceFactory()
    PartnerPeriodFactory(residence=ending, last_day=D(2026, 4, 5))
    made = draft(person, residence=ending, arrival=None, departure=None)
    answer = web.post(url("dates", made.public_id), stay(D(2026, 4, 1), D(2026, 4, 11)))
    assert answer.status_code == 302
    assert "5" in said(answer)[0]
    check = web.get(url("check_answers", made.public_id))
    assert check.context["estimate"].days == 5


@pytest.mark.parametrize("asked", [{"show": "1"}, {"htmx": True}], ids=["button", "htmx"])
def test_days_and_amount_are_shown_without_being_kept(web, person, asked):
    made = draft(person, arrival=None, departure=None)
    headers = {"HX-Request": "true"} if asked.pop("htmx", False) else {}
    page = web.post(
        url("dates", made.public_id), stay(D(2026, 12, 20), D(2027, 1, 10)) | asked, headers=headers
    )
    assert page.context["estimate"].days == 21
    assert [(share.year, share.granted) for share in page.context["estimate"].shares] == [
        (2026, 12),
        (2027, 9),
    ]
    assert [meter.year for meter in page.context["meters"]] == [2026, 2027]
    made.refresh_from_db()
    assert made.arrival is None


# --- caregiver step ---------------------------------------------------------------------------------------


def test_a_recognised_caregiver_is_invited(web, person):
    companion = member()
    row = CaregiverRecognitionFactory(caregiver=companion, cared_for=person)
    CaregiverRecognitionFactory(cared_for=person, last_day=D(2020, 1, 1))
    made = draft(person)
    page = web.get(url("caregiver", made.public_id))
    assert len(page.context["form"].fields["choice"].choices) == 3
    answer = web.post(url("caregiver", made.public_id), {"choice": f"invite-{row.public_id}"})
    made.refresh_from_db()
    assert (made.companion, made.accompanied) == (companion, True)
    assert answer.url == url("check_answers", made.public_id)


def details(other, **changed):
    typed = {
        "choice": "ask",
        "niss": other.niss,
        "last_name": other.last_name,
        "relation": "ma fille",
        "help_given": "Elle m'aide chaque jour.",
    }
    return typed | day("birth_date", other.birth_date) | changed


@pytest.mark.parametrize("changed", [{}, {"last_name": "Autrement"}, {"birth_date_year": "1901"}])
def test_asking_for_a_recognition_never_says_whether_the_person_exists(web, person, changed):
    other = member()
    made = draft(person)
    answer = web.post(url("caregiver", made.public_id), details(other, **changed))
    assert answer.status_code == 302
    assert Recognition.objects.count() == (0 if changed else 1)
    listed = web.get(url("recognitions"))
    (asked,) = listed.context["asked"]
    assert asked.status == "submitted"
    assert not asked.answered
    assert other.last_name not in listed.content.decode()
    assert len(said(answer)) == 1
    web.post(url("withdraw_recognition", asked.key))
    (asked,) = web.get(url("recognitions")).context["asked"]
    assert asked.status == "withdrawn"
    assert not Recognition.objects.filter(status="submitted").exists()


def test_the_same_sentence_for_a_known_and_an_unknown_person(web, person):
    made = draft(person)
    other, nobody = member(), member().niss
    first = said(web.post(url("caregiver", made.public_id), details(other)))
    second = said(web.post(url("caregiver", made.public_id), details(other, niss=nobody)))
    assert second[-1] == first[-1]


def test_details_that_lack_are_asked_only_for_a_recognition(web, person):
    made = draft(person)
    assert set(errors(web.post(url("caregiver", made.public_id), {"choice": "ask", "niss": "123"}))) >= {
        "niss",
        "last_name",
        "birth_date",
    }
    assert web.post(url("caregiver", made.public_id), {"choice": "none", "niss": "123"}).status_code == 302


def test_numbers_cannot_be_tried_without_end(web, person):
    made = draft(person)
    for _ in range(5):
        assert web.post(url("caregiver", made.public_id), details(member())).status_code == 302
    assert "__all__" in errors(web.post(url("caregiver", made.public_id), details(member())))


# --- check and send ---------------------------------------------------------------------------------------


def test_a_request_is_sent_once_with_its_receipt(web, person):
    made = draft(person)
    page = web.get(url("check_answers", made.public_id))
    assert page.context["estimate"].amount == 350
    assert page.context["lacks"] == []
    first = web.post(url("check_answers", made.public_id))
    second = web.post(url("check_answers", made.public_id))
    assert first.url == second.url == url("sent", made.public_id)
    made.refresh_from_db()
    assert made.number in web.get(first.url).content.decode()
    assert Entry.objects.filter(subject_id=made.public_id, action="send").count() == 1
    receipt = web.get(url("receipt", made.public_id))
    assert receipt["Content-Type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF")


def test_what_lacks_stands_on_top_and_nothing_leaves(web, person):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    page = web.post(url("check_answers", made.public_id))
    assert page.status_code == 200
    assert len(page.context["lacks"]) == 3
    made.refresh_from_db()
    assert made.status == Status.DRAFT


def test_a_draft_that_has_grown_old_is_not_sent(web, person):
    made = draft(person, arrival=D(2026, 2, 1), departure=D(2026, 2, 10))
    assert web.post(url("check_answers", made.public_id)).context["lacks"]
    overlapped = draft(person)
    sent(person)
    assert not Request.objects.filter(pk=overlapped.pk, status=Status.DRAFT).exists()


def test_answers_are_changed_from_the_check_and_back(web, person):
    made = draft(person)
    cards = web.get(url("check_answers", made.public_id)).context["cards"]
    links = [row["url"] for card in cards for row in card["rows"] if row.get("url")]
    assert f"{url('dates', made.public_id)}?change=1" in links
    answer = web.post(f"{url('dates', made.public_id)}?change=1", stay(D(2026, 5, 1), D(2026, 5, 4)))
    assert answer.url == url("check_answers", made.public_id)


def test_a_draft_is_left_for_later_and_thrown_away(web, person):
    made = draft(person)
    assert web.post(url("caregiver", made.public_id), {"choice": "none", "later": "1"}).url == url("requests")
    assert web.get(url("discard", made.public_id)).status_code == 200
    web.post(url("discard", made.public_id))
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "name", ["medical", "choose_residence", "dates", "caregiver", "check_answers", "discard"]
)
def test_what_was_sent_cannot_be_prepared_again(web, person, name):
    case = sent(person)
    assert web.get(url(name, case.public_id)).url == url("request", case.public_id)


# --- short stay -------------------------------------------------------------------------------------------


def test_a_short_stay_is_claimed_after_it(web, person):
    made = services.start(member=person, benefit=Benefit.SHORT_STAY, actor=person.user, at=NOW)
    home = rest_home()
    assert web.post(url("rest_home", made.public_id), {"residence": str(home.public_id)}).url == url(
        "dates", made.public_id
    )
    page = web.post(url("dates", made.public_id), stay(D(2026, 3, 1), D(2026, 3, 20)))
    assert "departure" in errors(page)
    web.post(url("dates", made.public_id), stay(D(2026, 2, 1), D(2026, 2, 8)))
    assert web.post(url("draft_invoice", made.public_id), {"uploads": [pdf("facture.pdf")]}).url == url(
        "check_answers", made.public_id
    )
    assert web.get(url("check_answers", made.public_id)).context["estimate"].outcome == "granted"
    web.post(url("check_answers", made.public_id))
    made.refresh_from_db()
    assert (made.status, made.residence) == (Status.SUBMITTED, home)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [({}, "residence"), ({"residence": "nonsense"}, "residence"), ({"place": "x" * 201}, "place")],
)
def test_a_rest_home_is_named_one_way_or_the_other(web, person, typed, wrong):
    made = services.start(member=person, benefit=Benefit.SHORT_STAY, actor=person.user, at=NOW)
    assert wrong in errors(web.post(url("rest_home", made.public_id), typed))


def test_a_rest_home_is_not_named_twice(web, person):
    made = services.start(member=person, benefit=Benefit.SHORT_STAY, actor=person.user, at=NOW)
    both = {"residence": str(rest_home().public_id), "place": "Les Tilleuls"}
    assert "place" in errors(web.post(url("rest_home", made.public_id), both))
    assert web.post(url("rest_home", made.public_id), {"place": "Les Tilleuls, Huy"}).status_code == 302


# --- caregiver's claim ------------------------------------------------------------------------------------


@pytest.fixture
def accompanied(person):
    """A stay of somebody for whom the person is a recognised caregiver, and to which they are invited."""
    other = member()
    CaregiverRecognitionFactory(caregiver=person, cared_for=other)
    return sent(other, companion=person, accompanied=True)


def test_a_caregiver_claims_for_a_stay(web, person, accompanied):
    made = services.start(member=person, benefit=Benefit.CAREGIVER, actor=person.user, at=NOW)
    page = web.get(url("accompany", made.public_id))
    assert page.context["form"].initial["arrival"] == accompanied.arrival
    answer = web.post(
        url("accompany", made.public_id),
        stay(D(2026, 4, 2), D(2026, 4, 9), stay=str(accompanied.public_id)),
    )
    assert answer.url == url("check_answers", made.public_id)
    web.post(url("check_answers", made.public_id))
    made.refresh_from_db()
    assert (made.status, made.cared_for_request) == (Status.SUBMITTED, accompanied)
    assert web.get(url("request", made.public_id)).status_code == 200


@pytest.mark.parametrize(
    ("arrival", "departure", "field"),
    [(D(2026, 3, 31), D(2026, 4, 5), "arrival"), (D(2026, 4, 5), D(2026, 4, 12), "departure")],
)
def test_a_caregiver_stays_within_the_stay(web, person, accompanied, arrival, departure, field):
    made = services.start(member=person, benefit=Benefit.CAREGIVER, actor=person.user, at=NOW)
    page = web.post(
        url("accompany", made.public_id), stay(arrival, departure, stay=str(accompanied.public_id))
    )
    assert field in errors(page)


def test_a_stranger_s_stay_cannot_be_accompanied(web, person):
    made = services.start(member=person, benefit=Benefit.CAREGIVER, actor=person.user, at=NOW)
    foreign = sent()
    page = web.post(
        url("accompany", made.public_id), stay(D(2026, 4, 2), D(2026, 4, 9), stay=str(foreign.public_id))
    )
    assert page.status_code == 200
    made.refresh_from_db()
    assert made.cared_for_request is None


def test_both_sides_are_told(person, client, django_capture_on_commit_callbacks):
    other = member()
    CaregiverRecognitionFactory(caregiver=person, cared_for=other)
    with django_capture_on_commit_callbacks(execute=True):
        invited = sent(other, companion=person, accompanied=True)
    told = {message.to[0] for message in mail.outbox}
    assert told == {person.user.email, other.user.email}
    assert all(other.last_name not in message.body + message.subject for message in mail.outbox)
    client.force_login(other.user)
    titles = [event["title"] for event in client.get(url("request", invited.public_id)).context["events"]]
    assert len([title for title in titles if "aregiver" in title or "idant" in title]) == 1


# --- the page of a request --------------------------------------------------------------------------------


def test_the_page_says_where_it_stands_and_what_to_do(web, person):
    case = sent(person)
    page = web.get(url("request", case.public_id))
    assert page.context["estimate"].amount == 350
    assert {each["name"] for each in page.context["actions"]} == {"change_dates", "withdraw"}
    states = [event["state"] for event in page.context["events"]]
    assert states.count("now") == 1
    assert states[0] == "past"
    services.decide(request=case, actor=adviser(name="Zoé Martin"), at=NOW)
    page = web.get(url("request", case.public_id))
    assert page.context["amount"] == 350
    assert "Martin" not in page.content.decode()
    assert "Zoé" in page.content.decode()


def test_the_decision_shows_every_rule_and_every_day(web, person):
    residence = ResidenceFactory()
    PartnerPeriodFactory(residence=residence, last_day=D(2026, 4, 5))
    case = sent(person, residence=residence)
    assert web.get(url("decision", case.public_id)).status_code == 404
    taken = services.decide(request=case, actor=adviser(), at=NOW)
    page = web.get(url("decision", case.public_id))
    assert [reason["met"] for reason in page.context["reasons"]].count(False) == 1
    shown = [(each.first, each.last, each.amount) for each in page.context["stretches"]]
    assert shown == [(D(2026, 4, 1), D(2026, 4, 5), 175), (D(2026, 4, 6), D(2026, 4, 10), 0)]
    assert page.context["changes"]
    assert page.context["may_appeal"]
    assert web.get(url("letter", taken.public_id)).content.startswith(b"%PDF")


def test_an_appeal_needs_words_and_comes_in_time(web, person):
    case = sent(person, residence=ResidenceFactory())
    services.decide(request=case, actor=adviser(), at=NOW)
    assert "reason" in errors(web.post(url("appeal", case.public_id), {"reason": ""}))
    web.post(url("appeal", case.public_id), {"reason": "La résidence est partenaire."})
    case.refresh_from_db()
    assert case.status == Status.APPEALED
    assert case.messages.get().text == "La résidence est partenaire."


def test_too_late_for_an_appeal(web, person):
    case = sent(person, residence=ResidenceFactory())
    services.decide(request=case, actor=adviser(), at=NOW)
    with time_machine.travel(NOW + timedelta(days=100), tick=False):
        web.force_login(person.user)
        assert web.get(url("request", case.public_id)).context["actions"] == []
        assert "__all__" in errors(web.post(url("appeal", case.public_id), {"reason": "Trop tard"}))


def test_messages_go_with_their_files_or_not_at_all(web, person):
    case = sent(person)
    page = web.post(
        url("message", case.public_id),
        {"text": "Voici.", "uploads": [pdf(), SimpleUploadedFile("x.pdf", b"MZ")]},
    )
    assert "uploads" in errors(page)
    assert "Voici." in page.content.decode()
    assert not case.messages.exists()
    assert not case.attachments.exists()
    web.post(url("message", case.public_id), {"text": "Voici.", "uploads": [pdf()]})
    (shown,) = web.get(url("request", case.public_id)).context["thread"]
    assert (shown["text"], len(shown["files"])) == ("Voici.", 1)


def test_an_answer_to_a_question_moves_the_request(web, person):
    case = sent(person)
    services.ask_information(request=case, text="Quel hôpital ?", actor=adviser(), at=NOW)
    web.post(url("message", case.public_id), {"text": "Saint-Luc."})
    case.refresh_from_db()
    assert case.status == Status.SUBMITTED


@pytest.mark.parametrize("text", ["", "x" * 4001, "a\x00b", "\u202eabc"])
def test_a_bad_message_is_a_sentence(web, person, text):
    case = sent(person)
    assert "text" in errors(web.post(url("message", case.public_id), {"text": text}))


def test_after_the_stay_it_is_confirmed_and_the_invoice_sent(web, person):
    case = sent(person)
    services.decide(request=case, actor=adviser(), at=NOW)
    assert "confirm_stay" not in {
        each["name"] for each in web.get(url("request", case.public_id)).context["actions"]
    }
    with time_machine.travel(datetime(2026, 4, 12, 9, tzinfo=BRUSSELS), tick=False):
        web.force_login(person.user)
        assert web.get(url("confirm_stay", case.public_id)).status_code == 200
        web.post(url("confirm_stay", case.public_id))
        assert "uploads" in errors(web.post(url("send_invoice", case.public_id), {}))
        refused = web.post(
            url("send_invoice", case.public_id), {"uploads": [SimpleUploadedFile("x.pdf", b"MZ")]}
        )
        assert "uploads" in errors(refused)
        web.post(url("send_invoice", case.public_id), {"uploads": [pdf("facture.pdf"), picture("page2.png")]})
    case.refresh_from_db()
    assert case.status == Status.INVOICE_RECEIVED
    assert case.attachments.count() == 2
    assert (
        web.get(url("attachment", case.attachments.first().public_id))["X-Content-Type-Options"] == "nosniff"
    )


def test_dates_are_changed_and_decided_again(web, person):
    case = sent(person)
    services.decide(request=case, actor=adviser(), at=NOW)
    same = web.post(url("change_dates", case.public_id), stay(case.arrival, case.departure))
    assert "arrival" in errors(same)
    web.post(url("change_dates", case.public_id), stay(D(2026, 4, 3), D(2026, 4, 13)))
    case.refresh_from_db()
    assert (case.status, case.arrival) == (Status.SUBMITTED, D(2026, 4, 3))


def test_a_request_is_withdrawn_once_confirmed(web, person):
    case = sent(person)
    assert web.get(url("withdraw", case.public_id)).status_code == 200
    web.post(url("withdraw", case.public_id), {"reason": ""})
    case.refresh_from_db()
    assert case.status == Status.WITHDRAWN
    again = web.post(url("withdraw", case.public_id), {"reason": ""})
    assert again.url == url("request", case.public_id)


# --- who sees what ----------------------------------------------------------------------------------------

PAGES = [
    "request",
    "sent",
    "decision",
    "message",
    "send_invoice",
    "change_dates",
    "confirm_stay",
    "withdraw",
    "appeal",
]
STEPS = ["medical", "choose_residence", "dates", "caregiver", "check_answers", "discard"]


@pytest.mark.parametrize("name", [*PAGES, "receipt"])
def test_a_stranger_finds_nothing(web, name):
    assert web.get(url(name, sent().public_id)).status_code == 404


@pytest.mark.parametrize("name", STEPS)
def test_a_stranger_finds_no_draft(web, name):
    assert web.get(url(name, draft().public_id)).status_code == 404


def test_an_adviser_sees_only_their_own_here(client):
    """The right to read all files is used at the desk, where it leaves a line."""
    both = adviser()
    member(user=both)
    both.role_assignments.create(role=Role.MEMBER, granted_at=NOW)
    foreign = sent()
    client.force_login(both)
    assert client.get(url("request", foreign.public_id)).status_code == 404
    assert list(client.get(url("requests")).context["work_list"].page) == []


def test_a_mandate_opens_and_closes_the_file_and_leaves_a_line(client):
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    case = sent()
    mandate = MandateFactory(member=case.member, representative=guardian)
    client.force_login(guardian)
    assert client.get(url("request", case.public_id)).status_code == 200
    assert Access.objects.get().purpose == "mandate"
    client.get(url("receipt", case.public_id))
    assert Access.objects.filter(person_id=case.member.public_id, actor=guardian).count() == 2
    mandate.last_day = TODAY - timedelta(days=1)
    mandate.save()
    assert client.get(url("request", case.public_id)).status_code == 404


# --- lists and statements ---------------------------------------------------------------------------------


def many(person, count):
    for place in range(count):
        first = D(2026, 4, 1) + timedelta(days=20 * place)
        case = sent(person, arrival=first, departure=first + timedelta(days=2))
        services.decide(request=case, actor=adviser(), at=NOW)


@pytest.mark.parametrize("name", ["requests"])
def test_a_list_costs_the_same_however_long(web, person, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        web.get(url(name))
    many(person, 6)
    with django_assert_max_num_queries(14):
        assert len(web.get(url(name)).context["work_list"].page) == 6


def test_the_residences_cost_the_same_however_many(web, person, django_assert_max_num_queries):
    made = services.start(member=person, benefit=Benefit.CONVALESCENCE, actor=person.user, at=NOW)
    for _ in range(12):
        ResidenceFactory(partner=True)
    with django_assert_max_num_queries(12):
        web.get(url("choose_residence", made.public_id))


def test_the_list_is_filtered_and_exported(web, person):
    many(person, 2)
    draft(person)
    page = web.get(url("requests"), {"status": "draft"})
    assert [row.status for row in page.context["work_list"].page] == [Status.DRAFT]
    export = web.get(url("requests"), {"export": "csv"})
    assert len(b"".join(export.streaming_content).decode().strip().splitlines()) == 4
    assert web.get(url("requests"), {"since_day": "x"}).status_code == 200


def test_a_year_is_stated_as_a_page_and_as_a_pdf(web, person):
    case = sent(person, arrival=D(2026, 12, 25), departure=D(2027, 1, 4))
    services.decide(request=case, actor=adviser(), at=NOW)
    page = web.get(url("statements"))
    assert page.context["people"] == [(person, [2027, 2026])]
    for year, days, amount in ((2026, 7, 245), (2027, 3, 105)):
        stated = web.get(url("statement", person.public_id, year))
        assert (stated.context["days"], stated.context["amount"]) == (days, amount)
    first = web.post(url("issue_statement", person.public_id, 2026)).url
    assert web.post(url("issue_statement", person.public_id, 2026)).url == first
    assert web.get(first).content.startswith(b"%PDF")
    assert web.get(url("statement", person.public_id, 2020)).status_code == 404
    assert web.get(url("statement", member().public_id, 2026)).status_code == 404


def test_an_answered_recognition_is_read_by_both(web, person, client):
    other = member()
    case = ask_recognition(
        caregiver=other, cared_for=person, relation="fille", help_given="tout", actor=other.user, at=NOW
    )
    listed = web.get(url("recognitions"))
    assert listed.context["of_others"] == [case]
    assert web.get(url("recognition", case.public_id)).status_code == 200
    recognise(recognition=case, first_day=TODAY, actor=adviser(), at=NOW)
    assert web.get(url("recognition_letter", case.public_id)).content.startswith(b"%PDF")
    client.force_login(member().user)
    assert client.get(url("recognition", case.public_id)).status_code == 404


# --- what a letter never says, what a mail never says ------------------------------------------------------


@pytest.mark.parametrize("step", ["ask", "decide", "write"])
def test_the_person_is_told_that_there_is_news_and_no_more(person, step, django_capture_on_commit_callbacks):
    case, desk = sent(person), adviser()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        if step == "ask":
            services.ask_information(request=case, text="Chimio ?", actor=desk, at=NOW)
        elif step == "write":
            services.write(request=case, text="Chimio ?", actor=desk, at=NOW)
        else:
            services.decide(request=case, actor=desk, at=NOW)
    (message,) = mail.outbox
    assert message.to == [person.user.email]
    for secret in ("Chimio", case.number, person.last_name, "350", "http"):
        assert secret not in message.subject + message.body


def test_the_page_costs_the_same_however_much_was_said(web, person, django_assert_max_num_queries):
    case, desk = sent(person), adviser()
    web.get(url("request", case.public_id))
    with django_assert_max_num_queries(32):
        web.get(url("request", case.public_id))
    for _ in range(8):
        services.write(request=case, text="Bonjour", actor=desk, at=NOW)
        web.post(url("message", case.public_id), {"text": "Voici", "uploads": [picture()]})
    with django_assert_max_num_queries(32):
        assert len(web.get(url("request", case.public_id)).context["thread"]) == 16


def test_a_stay_that_has_begun_is_shortened_but_not_moved_before_the_request(web, person):
    case = sent(person)
    services.decide(request=case, actor=adviser(), at=NOW)
    with time_machine.travel(datetime(2026, 4, 6, 9, tzinfo=BRUSSELS), tick=False):
        web.force_login(person.user)
        early = web.post(url("change_dates", case.public_id), stay(D(2026, 3, 1), D(2026, 4, 6)))
        assert "arrival" in errors(early)
        web.post(url("change_dates", case.public_id), stay(case.arrival, D(2026, 4, 6)))
    case.refresh_from_db()
    assert case.departure == D(2026, 4, 6)


def test_a_refusal_after_a_grant_shows_its_days_too(web, person):
    services.decide(request=sent(person), actor=adviser(), at=NOW)
    case = sent(person, residence=ResidenceFactory(), arrival=D(2026, 5, 1), departure=D(2026, 5, 4))
    services.decide(request=case, actor=adviser(), at=NOW)
    page = web.get(url("decision", case.public_id))
    assert [(each.days, each.amount) for each in page.context["stretches"]] == [(3, 0)]
    assert web.get(url("request", case.public_id)).status_code == 200


# --- what people do that nobody expects -------------------------------------------------------------------


def test_a_file_with_a_very_long_name_is_refused_with_a_sentence(web, person):
    made = draft(person)
    typed = {"uploads": [pdf("x" * 300 + ".pdf")], "upload": "1"}
    page = web.post(url("medical", made.public_id), typed, headers={"accept-language": "en"})
    assert "too long" in errors(page)["uploads"][0]
    assert not made.attachments.exists()


def test_no_invoice_is_taken_before_the_end_of_the_stay(web, person):
    case = sent(person)
    services.decide(request=case, actor=adviser(), at=NOW)
    names = {each["name"] for each in web.get(url("request", case.public_id)).context["actions"]}
    assert "send_invoice" not in names
    answer = web.post(url("send_invoice", case.public_id), {"uploads": [pdf()]})
    assert answer.url == url("request", case.public_id)
    assert f"{case.departure:%d/%m/%Y}" in said(answer)[0]
    assert not case.attachments.exists()


def test_a_second_tab_is_told_that_its_answer_came_too_late(web, person):
    case = sent(person)
    late = stay(D(2026, 4, 3), D(2026, 4, 13))
    answer = web.post(url("dates", case.public_id), late, headers={"accept-language": "en"})
    assert "not in it" in said(answer)[0]
    case.refresh_from_db()
    assert case.arrival != D(2026, 4, 3)


def test_a_representative_without_a_file_is_led_to_no_account(client):
    guardian = MandateFactory(first_day=TODAY - timedelta(days=9)).representative
    client.force_login(guardian)
    assert reverse("web:iban") not in client.get(reverse("web:home")).content.decode()
