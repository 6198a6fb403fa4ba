"""The page of a request at the desk: what it shows, and what can be done, once and by the right people."""

import re
import threading
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from convalescence import services
from convalescence.deciding import ruled
from convalescence.models import AttachmentKind, Benefit, Decision, Departure, GrantedDays, Message
from convalescence.services import desk
from convalescence.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from tests.factories.accounts import UserFactory
from tests.factories.desk import AT, TODAY, adviser, member, rest_home, second_reader, sent
from tests.factories.registry import CaregiverRecognitionFactory, ResidenceFactory

pytestmark = pytest.mark.django_db


def url(case, page=""):
    name = f"case_{page}" if page else "case"
    return reverse(f"convalescence:{name}", args=[case.public_id])


def version(html):
    return re.search(r'name="version" value="(\w+)"', html.content.decode())[1]


@pytest.fixture(autouse=True)
def _a_day(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def time_machine():
    import time_machine as machine

    class Mover:
        traveller = None

        def move_to(self, when, tick=False):
            self.stop()
            self.traveller = machine.travel(when, tick=tick)
            self.traveller.start()

        def stop(self):
            if self.traveller:
                self.traveller.stop()
                self.traveller = None

    mover = Mover()
    yield mover
    mover.stop()


@pytest.fixture
def worker_of_desk(client):
    user = adviser()
    client.force_login(user)
    return user


def test_the_case_shows_facts_and_every_rule_before_deciding(client, worker_of_desk):
    case = sent()
    page = client.get(url(case), headers={"accept-language": "en"}).content.decode()
    assert case.member.full_name in page
    assert page.count("app-reason--met") == len(ruled(case, on=TODAY).decision.reasons) == 6
    assert "350.00" in page
    assert "0 used for other stays, 28 of 28 left" in page
    assert url(case, "decide") in page
    assert url(case, "payment") not in page


def test_opening_a_case_is_logged_in_the_file_of_the_member(client, worker_of_desk):
    case = sent()
    client.get(url(case))
    line = Access.objects.get(person_id=case.member.public_id)
    assert (line.actor, line.allowed, line.path) == (worker_of_desk, True, url(case))


@pytest.mark.parametrize("leaf", ["", "decide", "depart", "review", "ask", "dates"])
def test_an_attempt_without_the_right_is_refused_and_logged(client, leaf):
    case = sent()
    client.force_login(UserFactory(roles=[Role.BILLING_ADMIN]))
    assert client.get(url(case, leaf)).status_code == 403
    assert Access.objects.get(person_id=case.member.public_id).allowed is False


def test_an_unknown_case_and_a_draft_of_a_member_do_not_exist(client, worker_of_desk):
    unknown = reverse("convalescence:case", args=["00000000-0000-4000-8000-000000000000"])
    assert client.get(unknown).status_code == 404
    case = sent()
    own = services.start(member=case.member, benefit=Benefit.SHORT_STAY, actor=case.member.user, at=AT)
    assert client.get(url(own)).status_code == 404


def test_the_case_costs_a_fixed_number_of_queries(client, worker_of_desk, django_assert_max_num_queries):
    case = sent()
    client.get(url(case))
    with django_assert_max_num_queries(40) as seen:
        client.get(url(case))
    first = len(seen)
    for number in range(5):
        services.write(request=case, text=f"Question {number}", actor=worker_of_desk, at=AT)
        services.note_paper(
            request=case, kind=AttachmentKind.OTHER, received_on=TODAY, note="", actor=worker_of_desk, at=AT
        )
    with django_assert_max_num_queries(first):
        client.get(url(case))


# --- deciding ---------------------------------------------------------------------------------------------


def test_a_decision_is_confirmed_on_a_page_with_the_letter(client, worker_of_desk):
    case = sent()
    page = client.get(url(case, "decide"))
    assert case.number in page.content.decode()
    assert not Decision.objects.exists()
    answer = client.post(url(case, "decide"), {"version": version(page)}, follow=True)
    case.refresh_from_db()
    assert answer.redirect_chain == [(url(case), 302)]
    assert case.status == Status.GRANTED
    assert Decision.objects.get().decided_by == worker_of_desk
    assert len(GrantedDays.objects.get(request=case).period.run) == 2


def test_facts_that_changed_since_reading_are_told_and_nothing_is_decided(client, worker_of_desk):
    case = sent()
    page = client.get(url(case, "decide"))
    services.change_dates(
        request=case, arrival=date(2026, 4, 1), departure=date(2026, 4, 5), actor=case.member.user, at=AT
    )
    answer = client.post(url(case, "decide"), {"version": version(page)}, headers={"accept-language": "en"})
    assert "has changed since you opened the page" in answer.content.decode()
    assert not Decision.objects.exists()
    # the page now shows the new facts, and can be confirmed
    assert "140.00" in answer.content.decode()
    client.post(url(case, "decide"), {"version": version(answer)})
    assert Decision.objects.get().answer["award"]["days"] == 4


@pytest.mark.parametrize("news", ["message", "paper"])
def test_a_message_or_a_document_that_came_meanwhile_counts_as_a_change(client, worker_of_desk, news):
    case = sent()
    page = client.get(url(case, "decide"))
    if news == "message":
        services.write(request=case, text="I leave earlier", actor=case.member.user, at=AT)
    else:
        services.note_paper(
            request=case, kind=AttachmentKind.OTHER, received_on=TODAY, note="", actor=worker_of_desk, at=AT
        )
    client.post(url(case, "decide"), {"version": version(page)})
    assert not Decision.objects.exists()


def test_a_request_decided_by_a_colleague_says_by_whom(client, worker_of_desk):
    case = sent()
    page = client.get(url(case, "decide"))
    services.decide(request=case, actor=adviser(name="Odile Lambert"), at=AT)
    answer = client.post(
        url(case, "decide"), {"version": version(page)}, follow=True, headers={"accept-language": "en"}
    )
    assert "Odile Lambert decided on this request" in answer.content.decode()
    assert Decision.objects.count() == 1


def test_a_post_without_a_version_decides_nothing(client, worker_of_desk):
    case = sent()
    assert client.post(url(case, "decide")).status_code == 200
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_advisers_who_decide_at_the_same_moment_decide_once():
    case, people = sent(), [adviser(), adviser()]
    read = desk.version_of(case, ruled(case, on=TODAY))
    ready, results = threading.Barrier(2), []

    def decide(user):
        ready.wait()
        try:
            results.append(
                desk.decide_as_read(
                    request=type(case).objects.get(pk=case.pk), version=read, actor=user, at=AT
                )
            )
        except desk.Changed as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["Changed", "Decision"]
    decision = Decision.objects.get()
    refused = next(result for result in results if isinstance(result, desk.Changed))
    assert decision.decided_by.name in refused.messages[0]
    assert GrantedDays.objects.filter(request=case).count() == 1


# --- against the rules ------------------------------------------------------------------------------------


def propose(client, case, **data):
    page = client.get(url(case, "depart"))
    facts = {"version": version(page), "choice": "grant", "reason": "A hard case", **data}
    for name in ("first_day", "last_day"):
        if day := facts.pop(name, None):
            facts |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return client.post(url(case, "depart"), facts, follow=True, headers={"accept-language": "en"})


DAYS = {"first_day": date(2026, 4, 1), "last_day": date(2026, 4, 5)}


def test_a_departure_waits_for_a_second_reader_who_is_another_person(client):
    first, reader, case = second_reader(), second_reader(), sent(criteria=[])
    client.force_login(first)
    propose(client, case, **DAYS)
    case.refresh_from_db()
    assert case.status == Status.SECOND_READING
    assert url(case, "review") not in client.get(url(case)).content.decode()
    own = client.get(url(case, "review"), headers={"accept-language": "en"})
    assert "a colleague must read it" in own.content.decode()
    refused = client.post(url(case, "review"), {"version": "x", "verdict": "reject", "note": "No"})
    assert refused.status_code == 200
    assert Departure.objects.get().verdict == Departure.Verdict.OPEN

    client.force_login(reader)
    assert url(case, "review") in client.get(url(case)).content.decode()
    page = client.get(url(case, "review"))
    client.post(url(case, "review"), {"version": version(page), "verdict": "confirm"})
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.confirmed_by, decision.outcome) == (
        first,
        reader,
        "partially_granted",
    )
    assert decision.answer["award"]["days"] == 5


def test_a_rejected_departure_goes_back_with_its_note(client):
    case = sent(criteria=[])
    client.force_login(adviser())
    propose(client, case, **DAYS)
    client.force_login(second_reader())
    page = client.get(url(case, "review"))
    without = client.post(url(case, "review"), {"version": version(page), "verdict": "reject"})
    assert without.status_code == 200
    client.post(url(case, "review"), {"version": version(page), "verdict": "reject", "note": "No ground"})
    case.refresh_from_db()
    assert case.status == Status.SUBMITTED
    assert Departure.objects.get().review_note == "No ground"


def test_an_adviser_cannot_open_the_second_reading(client, worker_of_desk):
    case = sent(criteria=[])
    propose(client, case, **DAYS)
    assert client.get(url(case, "review")).status_code == 403


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Enter the first day to grant."),
        (
            {"first_day": date(2026, 4, 5), "last_day": date(2026, 4, 1)},
            "The last day lies before the first.",
        ),
        ({"first_day": date(2026, 3, 1), "last_day": date(2026, 4, 5)}, "must lie within the stay"),
        ({**DAYS, "reason": ""}, "Why do you depart from the rules?"),
        ({"choice": "refuse"}, "This is what the rules say"),
    ],
)
def test_a_proposal_that_cannot_be_is_explained(client, worker_of_desk, data, sentence):
    case = sent(criteria=[])
    answer = propose(client, case, **data)
    assert sentence in answer.content.decode()
    assert not Departure.objects.exists()


# --- the other deeds --------------------------------------------------------------------------------------


def test_information_is_asked_and_the_member_reads_it(client, worker_of_desk):
    case = sent()
    client.post(url(case, "ask"), {"text": "Which doctor?"})
    case.refresh_from_db()
    assert case.status == Status.INFORMATION_ASKED
    assert Message.objects.get().text == "Which doctor?"
    again = client.get(url(case, "ask"), follow=True, headers={"accept-language": "en"})
    assert "This is not possible now" in again.content.decode()


def test_an_empty_question_is_refused_and_nothing_is_asked(client, worker_of_desk):
    case = sent()
    assert client.post(url(case, "ask"), {"text": " "}).status_code == 200
    case.refresh_from_db()
    assert case.status == Status.SUBMITTED


def test_a_request_is_taken_once(client, worker_of_desk):
    case = sent()
    client.post(url(case, "take"))
    case.refresh_from_db()
    assert case.assignee == worker_of_desk
    other = adviser()
    client.force_login(other)
    answer = client.post(url(case, "take"), follow=True, headers={"accept-language": "en"})
    assert f"{worker_of_desk.name} has taken this request" in answer.content.decode()
    client.post(url(case, "assign"), {"assignee": "me"})
    case.refresh_from_db()
    assert case.assignee == other


def test_a_typed_rest_home_is_named_and_counts(client, worker_of_desk):
    case = sent(benefit=Benefit.SHORT_STAY, place="Les Tilleuls")
    home, other = rest_home(), ResidenceFactory()
    page = client.get(url(case, "rest-home")).content.decode()
    assert str(home.public_id) in page
    assert str(other.public_id) not in page
    client.post(url(case, "rest-home"), {"residence": str(home.public_id)})
    case.refresh_from_db()
    assert case.residence == home
    assert client.get(url(case, "rest-home")).status_code == 302


def test_an_invoice_on_paper_moves_a_short_stay_on(client, worker_of_desk):
    case = sent(benefit=Benefit.SHORT_STAY, residence=rest_home())
    services.decide(request=case, actor=worker_of_desk, at=AT)
    client.post(
        url(case, "paper"),
        {"kind": "invoice", "received_on_day": "2", "received_on_month": "3", "received_on_year": "2026"},
    )
    case.refresh_from_db()
    assert case.status == Status.SUBMITTED
    assert case.attachments.get().on_paper


def test_a_paper_is_not_received_in_the_future(client, worker_of_desk):
    case = sent()
    answer = client.post(
        url(case, "paper"),
        {"kind": "other", "received_on_day": "3", "received_on_month": "3", "received_on_year": "2026"},
    )
    assert answer.status_code == 200
    assert not case.attachments.exists()


def test_the_dates_change_for_the_member_and_only_to_possible_ones(client, worker_of_desk):
    case = sent()
    parts = {
        "arrival_day": 2,
        "arrival_month": 4,
        "arrival_year": 2026,
        "departure_month": 4,
        "departure_year": 2026,
    }
    wrong = client.post(url(case, "dates"), {**parts, "departure_day": 2}, headers={"accept-language": "en"})
    assert "The departure must come after the arrival." in wrong.content.decode()
    client.post(url(case, "dates"), {**parts, "departure_day": 9})
    case.refresh_from_db()
    assert (case.arrival, case.departure) == (date(2026, 4, 2), date(2026, 4, 9))


def test_a_refused_request_is_reopened_with_a_reason(client, worker_of_desk):
    case = sent(criteria=[])
    services.decide(request=case, actor=worker_of_desk, at=AT)
    assert client.post(url(case, "reopen"), {"reason": ""}).status_code == 200
    client.post(url(case, "reopen"), {"reason": "The proof came late"})
    case.refresh_from_db()
    assert case.status == Status.SUBMITTED
    assert Entry.objects.filter(subject_id=case.public_id, note="The proof came late").exists()


def test_an_appeal_on_paper_is_noted(client, worker_of_desk):
    case = sent(criteria=[])
    services.decide(request=case, actor=worker_of_desk, at=AT)
    client.post(url(case, "appeal"), {"reason": "I do need help"})
    case.refresh_from_db()
    assert case.status == Status.APPEALED


def test_a_withdrawal_for_the_member_gives_the_days_back(client, worker_of_desk):
    case = sent()
    services.decide(request=case, actor=worker_of_desk, at=AT)
    client.post(url(case, "withdraw"), {"reason": "Asked by phone"})
    case.refresh_from_db()
    assert case.status == Status.WITHDRAWN
    assert not GrantedDays.objects.exists()


def test_a_payment_is_prepared_for_a_colleague_to_approve(client, worker_of_desk):
    over = {"arrival": date(2026, 2, 2), "departure": date(2026, 2, 8)}
    case = sent(benefit=Benefit.SHORT_STAY, residence=rest_home(), **over)
    services.note_paper(
        request=case, kind=AttachmentKind.INVOICE, received_on=TODAY, note="", actor=worker_of_desk, at=AT
    )
    services.decide(request=case, actor=worker_of_desk, at=AT)
    case.refresh_from_db()
    assert case.status == Status.INVOICE_RECEIVED
    client.post(url(case, "payment"))
    case.refresh_from_db()
    assert case.status == Status.PAYMENT_PROPOSED


def test_the_extension_is_granted_on_an_open_claim_only(client, worker_of_desk):
    stay = sent()
    services.decide(request=stay, actor=worker_of_desk, at=AT)
    helper = member()
    CaregiverRecognitionFactory(caregiver=helper, cared_for=stay.member)
    claim = sent(helper, Benefit.CAREGIVER, cared_for_request=stay)
    client.post(url(claim, "extend"), {"reason": "Nobody else can help"})
    claim.refresh_from_db()
    assert claim.extension
    answer = client.get(url(stay, "extend"), follow=True, headers={"accept-language": "en"})
    assert "This is not possible now" in answer.content.decode()


def test_letters_of_the_case_open_and_others_do_not(client, worker_of_desk):
    case, other = sent(), sent()
    services.decide(request=case, actor=worker_of_desk, at=AT)
    letter = Decision.objects.get().letter
    name = "convalescence:case_letter"
    page = client.get(reverse(name, args=[case.public_id, letter.public_id]))
    assert page["Content-Type"] == "application/pdf"
    assert client.get(reverse(name, args=[other.public_id, letter.public_id])).status_code == 404


@pytest.mark.parametrize(
    ("arrival", "departure"),
    [
        (date(2020, 1, 1), date(2020, 1, 9)),
        (date(2027, 1, 1), date(2028, 6, 1)),
        (date(2097, 1, 1), date(2097, 1, 9)),
    ],
)
def test_the_desk_refuses_dates_that_cannot_be_meant(client, arrival, departure):
    case = sent()
    client.force_login(adviser())
    page = client.post(url(case, "dates"), typed(arrival, departure))
    assert page.context["form"].errors
    before = case.arrival
    case.refresh_from_db()
    assert case.arrival == before


def test_the_desk_refuses_days_of_another_request(client):
    person = member()
    first = sent(person, arrival=date(2026, 6, 1), departure=date(2026, 6, 9))
    second = sent(person, arrival=date(2026, 7, 1), departure=date(2026, 7, 9))
    client.force_login(adviser())
    page = client.post(url(second, "dates"), typed(date(2026, 6, 8), date(2026, 6, 12)))
    assert first.number in page.context["form"].errors["arrival"][0]


def typed(arrival, departure):
    days = {"arrival": arrival, "departure": departure}
    parts = ("day", "month", "year")
    return {f"{name}_{part}": getattr(day, part) for name, day in days.items() for part in parts}
