"""Members at the desk: found, opened with a trace, and their paper requests."""

from datetime import date

import pytest
from django.urls import reverse

from convalescence import services
from convalescence.models import Benefit, Channel, Request
from convalescence.services import recognitions
from convalescence.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from partenamut.web import formats
from tests.factories.accounts import UserFactory
from tests.factories.desk import AT, TODAY, adviser, draft, member, sent
from tests.factories.registry import (
    CaregiverRecognitionFactory,
    DependencyFactory,
    MandateFactory,
    MemberFactory,
    ResidenceFactory,
)

pytestmark = pytest.mark.django_db
FIND = "/convalescence/desk/members/"
EN = {"headers": {"accept-language": "en"}}


@pytest.fixture(autouse=True)
def _on_monday():
    import time_machine

    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = adviser()
    client.force_login(user)
    return user


def sheet(person):
    return reverse("convalescence:member", args=[person.public_id])


def parts(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


# --- finding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["De Croÿ", "decroy", "croi", "Léa de croy"])
def test_a_name_is_found_with_accents_particles_and_typing_errors(client, me, typed):
    person = MemberFactory(last_name="De Croÿ", first_name="Léa", search_name="de croy lea")
    MemberFactory(last_name="Janssens", search_name="janssens lea")
    answer = client.post(FIND, {"q": typed}, follow=True, **EN)
    assert sheet(person) in answer.content.decode()
    assert "Janssens" not in answer.content.decode()


def test_a_national_number_leads_to_the_sheet_and_never_stands_in_an_address(client, me):
    person = MemberFactory()
    answer = client.post(FIND, {"q": formats.niss(person.niss)})
    assert answer.url == sheet(person)


@pytest.mark.parametrize("wrong", [lambda niss: niss, lambda niss: niss[:-1], lambda niss: f"{niss}1"])
def test_an_unknown_national_number_is_told_on_the_page_itself(client, me, wrong):
    answer = client.post(FIND, {"q": wrong(MemberFactory.build().niss)}, **EN)
    assert answer.status_code == 200
    assert "Nobody found" in answer.content.decode()


def test_a_registration_number_finds_its_member(client, me):
    person = MemberFactory(registration_number="0000509123456")
    answer = client.post(FIND, {"q": "0000 509 123 456"}, follow=True)
    assert sheet(person) in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "x" * 300, "\u202eabc"])
def test_what_cannot_be_looked_for_is_told(client, me, typed):
    answer = client.post(FIND, {"q": typed}, **EN)
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()


# --- the sheet --------------------------------------------------------------------------------------------


def test_the_sheet_shows_the_member_with_the_number_masked_and_logs_it(client, me):
    person = member()
    case = sent(person)
    services.decide(request=case, actor=me, at=AT)
    page = client.get(sheet(person), **EN).content.decode()
    assert formats.masked_niss(person.niss) in page
    assert formats.niss(person.niss) not in page
    assert person.iban not in page
    assert "18 days left of 28" in page
    assert case.number in page
    assert Access.objects.get(person_id=person.public_id, path=sheet(person)).actor == me


def test_the_number_in_full_is_a_step_of_its_own_in_the_log(client, me):
    person = member()
    url = reverse("convalescence:member_niss", args=[person.public_id])
    assert client.get(url).status_code == 405
    page = client.post(url).content.decode()
    assert formats.niss(person.niss) in page
    assert Access.objects.get(person_id=person.public_id).purpose == "National number shown in full"


def test_the_sheet_names_the_people_around(client, me):
    person, child, helper = member(), MemberFactory(first_name="Zoé"), MemberFactory(first_name="Karim")
    DependencyFactory(holder=person, dependant=child)
    CaregiverRecognitionFactory(caregiver=helper, cared_for=person)
    MandateFactory(member=person, representative=UserFactory(name="Sarah Lambert"))
    page = client.get(sheet(person), **EN).content.decode()
    assert {"Zoé", "Karim", "Sarah Lambert"} <= {
        name for name in ("Zoé", "Karim", "Sarah Lambert") if name in page
    }
    assert sheet(child) in page
    assert sheet(helper) in page


@pytest.mark.parametrize("role", [Role.MEMBER, Role.BILLING_ADMIN])
def test_a_refused_look_at_a_sheet_is_logged(client, role):
    person = member()
    client.force_login(UserFactory(roles=[role]))
    assert client.get(sheet(person)).status_code == 403
    assert client.post(reverse("convalescence:member_niss", args=[person.public_id])).status_code == 403
    assert list(Access.objects.values_list("allowed", flat=True)) == [False, False]


def test_an_unknown_member_is_not_found(client, me):
    assert (
        client.get(reverse("convalescence:member", args=["00000000-0000-4000-8000-000000000000"])).status_code
        == 404
    )


def test_the_sheet_costs_a_fixed_number_of_queries(client, me, django_assert_max_num_queries):
    person = member()
    sent(person)
    client.get(sheet(person))
    with django_assert_max_num_queries(35) as seen:
        client.get(sheet(person))
    for day in (1, 2, 3):
        sent(person, arrival=date(2026, 6 + day, 1), departure=date(2026, 6 + day, 4))
        DependencyFactory(holder=person)
        MandateFactory(member=person)
    with django_assert_max_num_queries(len(seen)):
        client.get(sheet(person))


# --- on paper ---------------------------------------------------------------------------------------------


def paper(person, benefit=Benefit.CONVALESCENCE):
    return reverse(f"convalescence:paper_{benefit}", args=[person.public_id])


def stay(**more):
    return {
        **parts("received_on", date(2026, 2, 27)),
        **parts("arrival", date(2026, 3, 1)),
        **parts("departure", date(2026, 3, 8)),
        **more,
    }


def test_a_paper_request_counts_from_the_day_it_was_received(client, me):
    person, home = member(), ResidenceFactory(partner=True)
    data = stay(residence=str(home.public_id), criteria=["daily_living_help"], papers=["medical_proof"])
    answer = client.post(paper(person), data, follow=True, **EN)
    case = Request.objects.get()
    assert (case.channel, case.submitted_on, case.status) == (
        Channel.PAPER,
        date(2026, 2, 27),
        Status.SUBMITTED,
    )
    assert case.attachments.get().received_on == date(2026, 2, 27)
    assert case.number in answer.content.decode()
    receipt = reverse("convalescence:case_letter", args=[case.public_id, case.receipt.public_id])
    assert receipt in answer.content.decode()
    assert client.get(receipt)["Content-Type"] == "application/pdf"
    # sent before the arrival, although keyed in after it: the prior request is in time
    services.decide(request=case, actor=me, at=AT)
    case.refresh_from_db()
    assert case.status == Status.GRANTED


def test_a_short_stay_on_paper_with_its_invoice(client, me):
    person = member()
    client.post(paper(person, Benefit.SHORT_STAY), stay(place="Les Érables", papers=["invoice"]))
    case = Request.objects.get()
    assert (case.place, case.attachments.get().kind) == ("Les Érables", "invoice")


def test_a_caregivers_claim_on_paper_names_the_stay(client, me):
    cared_for = sent()
    helper = member()
    CaregiverRecognitionFactory(caregiver=helper, cared_for=cared_for.member)
    other = sent()
    page = client.get(paper(helper, Benefit.CAREGIVER)).content.decode()
    assert cared_for.number in page
    assert other.number not in page
    client.post(paper(helper, Benefit.CAREGIVER), stay(cared_for_request=str(cared_for.public_id)))
    assert Request.objects.get(benefit=Benefit.CAREGIVER).cared_for_request == cared_for


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (parts("departure", date(2026, 3, 1)), "The departure must come after the arrival."),
        (parts("received_on", date(2026, 3, 3)), "cannot be after 02/03/2026"),
        ({"arrival_day": "31", "arrival_month": "2"}, "does not exist"),
        ({"residence": ""}, "Residence"),
        ({"residence": "x"}, "from the list"),
    ],
)
def test_what_is_wrong_on_the_form_is_told_and_nothing_is_lost(client, me, change, sentence):
    person, home = member(), ResidenceFactory(partner=True)
    data = stay(residence=str(home.public_id), criteria=["heavy_treatment"]) | change
    page = client.post(paper(person), data, **EN).content.decode()
    assert "There is a problem" in page
    assert sentence in page
    assert 'value="heavy_treatment"' in page
    assert "checked" in page
    assert not Request.objects.exists()


def test_a_draft_of_the_member_is_replaced_only_when_the_adviser_says_so(client, me):
    person, home = member(), ResidenceFactory(partner=True)
    begun = draft(person)
    data = stay(residence=str(home.public_id))
    page = client.post(paper(person), data, **EN).content.decode()
    assert "tick the box to replace it" in page
    begun.refresh_from_db()
    assert begun.status == Status.DRAFT
    client.post(paper(person), {**data, "take_over": "on"})
    begun.refresh_from_db()
    assert (begun.status, begun.channel, begun.departure) == (
        Status.SUBMITTED,
        Channel.PAPER,
        date(2026, 3, 8),
    )


# --- recognitions -----------------------------------------------------------------------------------------


@pytest.fixture
def asked():
    helper, person = member(), member()
    return recognitions.ask_recognition(
        caregiver=helper, cared_for=person, relation="daughter", help_given="Meals", actor=helper.user, at=AT
    )


def answer_to(row):
    return reverse("convalescence:recognition_case", args=[row.public_id])


def test_a_recognition_is_listed_and_granted_and_both_get_a_letter(client, me, asked):
    page = client.get(reverse("convalescence:recognition_queue"), **EN).content.decode()
    assert asked.number in page
    assert "Meals" in client.get(answer_to(asked)).content.decode()
    client.post(answer_to(asked), {"verdict": "recognise", **parts("first_day", TODAY)})
    asked.refresh_from_db()
    assert asked.status == "recognised"
    assert asked.caregiver.recognitions.get().first_day == TODAY
    for person in (asked.caregiver, asked.cared_for):
        assert recognitions.letter_to(asked, person).language == person.language
    assert recognitions.letter_to(asked, member()) is None


def test_opening_a_recognition_is_logged_in_both_files(client, me, asked):
    client.get(answer_to(asked))
    opened = set(Access.objects.values_list("person_id", flat=True))
    assert opened == {asked.caregiver.public_id, asked.cared_for.public_id}


def test_a_refusal_needs_its_reason(client, me, asked):
    page = client.post(answer_to(asked), {"verdict": "refuse"}, **EN)
    assert "Write why the caregiver is not recognised." in page.content.decode()
    client.post(answer_to(asked), {"verdict": "refuse", "answer": "No help is given"})
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("refused", "No help is given")


def test_an_answered_recognition_is_not_answered_again(client, me, asked):
    recognitions.refuse_recognition(recognition=asked, answer="No", actor=me, at=AT)
    data = {"verdict": "recognise", **parts("first_day", TODAY)}
    page = client.post(answer_to(asked), data, follow=True, **EN).content.decode()
    assert "not possible any more" in page
    assert not asked.caregiver.recognitions.exists()


def test_an_overlapping_recognition_is_told(client, me, asked):
    CaregiverRecognitionFactory(
        caregiver=asked.caregiver, cared_for=asked.cared_for, last_day=date(2026, 12, 31)
    )
    data = {"verdict": "recognise", **parts("first_day", TODAY)}
    page = client.post(answer_to(asked), data, **EN).content.decode()
    assert "already recognised on these days" in page
    asked.refresh_from_db()
    assert asked.status == "submitted"
