"""The member's page of a claim, what can be done there, and what nobody else sees."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hospitalisation.models import AttachmentKind, Certificate
from hospitalisation.services import claims, decisions
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from partenamut.payments import services as payments
from partenamut.payments.models import Payable
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory, MandateFactory

pytestmark = pytest.mark.django_db
AT = make.AT
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER], name="Aline Adam")


@pytest.fixture
def second_reader():
    return UserFactory(roles=[Role.SECOND_READER])


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def person():
    member = make.insured()
    make.filer(member)
    return member


@pytest.fixture
def claim(person, hospital):
    return make.sent(person, hospital=hospital)


@pytest.fixture
def web(client, person):
    client.force_login(person.user)
    return client


def pdf(name="bill.pdf"):
    book, made = pikepdf.new(), BytesIO()
    book.add_blank_page()
    book.save(made)
    return SimpleUploadedFile(name, made.getvalue(), "application/pdf")


def url(name, *args):
    return reverse(f"hospitalisation:{name}", args=args)


def page_of(web, claim):
    answer = web.get(url("claim", claim.public_id), headers=ENGLISH)
    assert answer.status_code == 200
    return answer


def text_of(answer):
    """The words of a page, without its markup."""
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", plain.replace("&#x27;", "'").replace("\xa0", " "))


def errors(answer):
    return {name: [str(text) for text in texts] for name, texts in answer.context["form"].errors.items()}


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


# --- the page, in each state ------------------------------------------------------------------------------


def test_an_announced_stay_shows_the_way_to_its_steps(web, person, hospital):
    stay = make.announced(person, hospital=hospital)
    page = page_of(web, stay)
    assert [(step["name"], step["done"]) for step in page.context["steps"]] == [
        ("stay", True),
        ("lines", False),
        ("documents", False),
        ("review", False),
    ]
    assert page.context["outcome"] is None
    assert page.context["papers"].statements_on_offer == []
    assert "send your claim" in page.context["expected"]
    assert [event["title"] for event in page.context["events"] if event["state"] == "next"] == [
        "Hospital bill, form and receipts",
        "Decision",
        "Payment on your account",
    ]


def test_a_draft_of_receipts_has_its_own_steps_and_no_message(web, person):
    draft = claims.start_serious_illness(member=person, year=2026, actor=person.user, at=AT)
    page = page_of(web, draft)
    assert [step["name"] for step in page.context["steps"]] == ["lines", "documents", "review"]
    assert page.context["actions"] == []
    refused = web.post(url("claim_message", draft.public_id), {"text": "Hello"})
    assert refused.url == url("claim", draft.public_id)
    assert not draft.messages.exists()


def test_a_claim_that_was_sent_shows_what_the_rules_say_line_by_line(web, claim):
    page = page_of(web, claim)
    assert page.context["outcome"].amount == Decimal("3051.71")
    assert page.context["decided"] is None
    assert len(page.context["outcome"].bill.shown) == 6
    words = text_of(page)
    assert "An adviser decides." in words
    assert "Ibuprofène" in words
    assert "original certificate of care given on paper" in page.context["expected"]
    assert [action["name"] for action in page.context["actions"]] == ["withdraw"]


def test_a_decided_claim_explains_itself(web, claim, adviser):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    page = page_of(web, claim)
    decided = page.context["decided"]
    assert (decided.amount, decided.deducted, decided.due) == (Decimal("3051.71"), 0, Decimal("3051.71"))
    reasons = page.context["outcome"].reasons
    assert reasons
    assert all(reason["source"] for reason in reasons)
    assert any("Franchise" in reason["message"] for reason in reasons)
    titles = [event["title"] for event in page.context["events"]]
    assert "Decision: the hospital insurance pays" in titles
    by = [event["text"] for event in page.context["events"] if event["title"].startswith("Decision:")]
    assert by == ["By Aline, Service hospitalisation"]
    assert [action["name"] for action in page.context["actions"]] == ["appeal", "withdraw"]
    letter = web.get(url("letter", page.context["papers"].letters[0].public_id))
    assert letter.content.startswith(b"%PDF")


def test_deposits_are_shown_and_taken_off(web, claim, adviser):
    deposit = make.deposit(claim)
    decisions.decide(claim=deposit, actor=adviser, at=AT)
    decisions.decide(claim=claim, actor=adviser, at=AT)
    decided = page_of(web, claim).context["decided"]
    assert (decided.deducted, decided.due) == (Decimal("570.00"), Decimal("2481.71"))
    assert "already given back as deposits" in text_of(page_of(web, claim))
    own = page_of(web, deposit)
    assert own.context["outcome"].maximum == Decimal("570.00")
    assert claim.number in text_of(own)
    assert url("claim", claim.public_id) in own.content.decode()


def test_a_deposit_that_waits_says_what_would_change_it(web, person, hospital):
    stay = make.announced(person, hospital=hospital, admitted=False)
    page = page_of(web, make.deposit(stay, paid="400.00"))
    assert page.context["outcome"].changes == ["Tell us once the admission has taken place."]
    assert "given back once the admission has taken place" in page.context["outcome"].waits_for[0]
    assert "app-figure" not in page.content.decode()


def test_a_deposit_above_the_maximum_names_what_is_too_much(web, claim, adviser):
    deposit = make.deposit(claim, paid="700.00")
    decisions.decide(claim=deposit, actor=adviser, at=AT)
    page = page_of(web, deposit)
    assert page.context["outcome"].too_high == Decimal("130.00")
    assert "more than the legal maximum" in text_of(page)


def test_supplements_that_nobody_owes_are_named(web, person, hospital):
    page = page_of(web, make.sent(person, hospital=hospital, room="double"))
    assert page.context["outcome"].unlawful == Decimal("3240.00")
    assert "supplement that nobody owes: do not pay it" in text_of(page)


def test_receipts_of_a_serious_illness_have_their_page(web, person, adviser):
    person.serious_illness_options.create(first_day=datetime(2020, 1, 1, tzinfo=UTC).date())
    draft = claims.start_serious_illness(member=person, year=2026, actor=person.user, at=AT)
    lines = [make.line("serious_illness_care", "120.00", care_date=make.ADMISSION)]
    claims.write_lines(claim=draft, lines=lines, actor=person.user, at=AT)
    claims.note_paper(
        claim=draft, kind=AttachmentKind.RECEIPT, received_on=AT.date(), note="", actor=person.user, at=AT
    )
    sent = claims.send(claim=draft, actor=person.user, at=AT)
    decisions.decide(claim=sent, actor=adviser, at=AT)
    page = page_of(web, sent)
    assert page.context["decided"].amount == Decimal("120.00")
    assert page.context["certificate"] is None
    assert [kind for kind, _label in page.context["papers"].statements_on_offer] == ["reimbursement"]


def test_the_certificate_and_the_payment_are_followed(web, claim, adviser, second_reader):
    claims.note_certificate(
        claim=claim, certificate=Certificate.POST, received_on=AT.date(), actor=adviser, at=AT
    )
    decisions.decide(claim=claim, actor=adviser, at=AT)
    decisions.propose_payment(claim=claim, actor=adviser, at=AT)
    payments.approve(payable=Payable.objects.get(), actor=second_reader, at=AT)
    page = page_of(web, claim)
    assert page.context["certificate"]["tone"] == "success"
    assert page.context["payment"].amount == Decimal("3051.71")
    assert "The payment leaves with the next batch" in text_of(page)
    assert "The payment goes on." in page.context["decided"].appeal_words[0]
    assert page.context["actions"] == []


def test_a_claim_that_is_decided_again_says_so(web, claim, adviser):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    decisions.reopen(claim=claim, reason="A line was forgotten", actor=adviser, at=AT)
    claims.write_lines(claim=claim, lines=[make.line()], actor=adviser, at=AT)
    page = page_of(web, claim)
    assert page.context["again"] is True
    assert page.context["outcome"].decision is None
    assert len(page.context["outcome"].bill.shown) == 1
    assert "this can change" in text_of(page)
    assert page.context["papers"].statements_on_offer == []


def test_a_hospital_abroad_and_a_missing_figure_have_their_sentences(web, person):
    abroad = make.sent(person, hospital=None, place="Charité", country="DE")
    assert "adviser" in text_of(page_of(web, abroad))
    medium = make.insured(Tier.MEDIUM, user=None)
    web.force_login(make.filer(medium))
    assert "not known yet" in text_of(page_of(web, make.sent(medium, hospital=HospitalFactory())))


def test_a_withdrawn_claim_after_its_decision_has_a_page(web, claim, adviser):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    web.post(url("claim_withdraw", claim.public_id), {"reason": ""})
    page = page_of(web, claim)
    assert page.context["decided"] is None
    assert page.context["actions"] == []
    assert not page.context["takes_documents"]


def test_the_page_costs_the_same_however_much_was_said(web, claim, adviser, django_assert_max_num_queries):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    page_of(web, claim)
    with django_assert_max_num_queries(40):
        page_of(web, claim)
    for _ in range(4):
        claims.write(claim=claim, text="Bonjour", actor=adviser, at=AT)
        web.post(url("claim_message", claim.public_id), {"text": "Voici", "uploads": [pdf()]})
        make.deposit(make.announced(claim.member, hospital=claim.hospital))
    with django_assert_max_num_queries(40):
        page_of(web, claim)


# --- messages and documents -------------------------------------------------------------------------------


def test_a_message_with_a_file_answers_what_was_asked(web, claim, adviser):
    decisions.ask_information(claim=claim, text="Which doctor?", actor=adviser, at=AT)
    assert page_of(web, claim).context["expected"] == "Answer our question below."
    later = AT + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        answer = web.post(
            url("claim_message", claim.public_id), {"text": "Dr Dupont", "uploads": [pdf("note.pdf")]}
        )
    assert answer.url == url("claim", claim.public_id)
    claim.refresh_from_db()
    assert claim.status == Status.RECEIVED
    thread = page_of(web, claim).context["thread"]
    assert [(one["who"], len(one["files"])) for one in thread] == [("Service hospitalisation", 0), ("You", 1)]
    file = thread[1]["files"][0]
    got = web.get(url("attachment", file.public_id))
    assert got.content.startswith(b"%PDF")
    assert got["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   \n "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "Hello", "uploads": [SimpleUploadedFile("bill.pdf", b"this is none")]}, "uploads"),
        ({"text": "Hello", "uploads": [SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 40)]}, "uploads"),
    ],
    ids=["empty", "blanks", "too long", "no pdf", "exe"],
)
def test_a_message_that_cannot_be_says_why_and_keeps_what_was_typed(web, claim, typed, field):
    files = claim.attachments.count()
    answer = web.post(url("claim_message", claim.public_id), typed)
    assert answer.status_code == 200
    assert field in errors(answer)
    assert typed["text"].strip()[:50] in answer.content.decode()
    assert not claim.messages.exists()
    assert claim.attachments.count() == files


def test_one_bad_file_loses_neither_the_message_nor_half_of_it(web, claim):
    mixed = {"text": "Both", "uploads": [pdf(), SimpleUploadedFile("torn.pdf", b"%PDF-1.7 nothing")]}
    answer = web.post(url("claim_message", claim.public_id), mixed)
    (sentence,) = errors(answer)["uploads"]
    assert "torn.pdf" in sentence
    assert not claim.messages.exists()


def test_documents_are_added_after_sending(web, claim):
    before = claim.attachments.count()
    empty = web.post(url("claim_document", claim.public_id), {"kind": "receipt"})
    assert "uploads" in errors(empty)
    odd = web.post(url("claim_document", claim.public_id), {"kind": "novel", "uploads": [pdf()]})
    assert "kind" in errors(odd)
    web.post(
        url("claim_document", claim.public_id), {"kind": "receipt", "uploads": [pdf("a.pdf"), pdf("b.pdf")]}
    )
    assert claim.attachments.count() == before + 2
    names = [file["name"] for file in page_of(web, claim).context["files"]]
    assert names[-2:] == ["a.pdf", "b.pdf"]


def test_before_sending_documents_are_a_step(web, person, hospital):
    stay = make.announced(person, hospital=hospital)
    assert web.get(url("claim_document", stay.public_id)).url == url("claim", stay.public_id)


# --- the end of a claim -----------------------------------------------------------------------------------


def test_a_claim_is_withdrawn_once_confirmed(web, claim):
    assert web.get(url("claim_withdraw", claim.public_id)).status_code == 200
    web.post(url("claim_withdraw", claim.public_id), {"reason": "Paid twice"})
    claim.refresh_from_db()
    assert claim.status == Status.WITHDRAWN
    again = web.post(url("claim_withdraw", claim.public_id), {"reason": ""})
    assert again.url == url("claim", claim.public_id)
    assert said(again)


def test_a_stay_with_a_deposit_is_not_withdrawn(web, claim):
    make.deposit(claim)
    answer = web.post(url("claim_withdraw", claim.public_id), {"reason": "why"}, headers=ENGLISH)
    assert "withdraw it first" in errors(answer)["__all__"][0]
    assert "why" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.status == Status.RECEIVED


def test_an_appeal_is_lodged_until_its_day(web, claim, adviser):
    decision = decisions.decide(claim=claim, actor=adviser, at=AT)
    empty = web.post(url("claim_appeal", claim.public_id), {"reason": ""})
    assert "reason" in errors(empty)
    last = datetime.combine(decision.appeal_until, AT.time(), UTC)
    with time_machine.travel(last + timedelta(days=1), tick=False):
        web.force_login(claim.member.user)
        late = web.post(url("claim_appeal", claim.public_id), {"reason": "Line 3"}, headers=ENGLISH)
        assert "ended on" in errors(late)["__all__"][0]
        assert "Line 3" in late.content.decode()
        page = page_of(web, claim)
        assert "appeal" not in {action["name"] for action in page.context["actions"]}
        assert "ended on" in page.context["decided"].appeal_words[0]
    with time_machine.travel(last, tick=False):
        web.force_login(claim.member.user)
        web.post(url("claim_appeal", claim.public_id), {"reason": "Line 3"})
    claim.refresh_from_db()
    assert claim.status == Status.APPEALED
    assert claim.messages.get().text == "Line 3"


def test_an_appeal_before_a_decision_leads_back(web, claim):
    answer = web.post(url("claim_appeal", claim.public_id), {"reason": "Line 3"})
    assert answer.url == url("claim", claim.public_id)
    assert said(answer)


# --- who sees what ----------------------------------------------------------------------------------------

PAGES = ["claim", "claim_message", "claim_document", "claim_withdraw", "claim_appeal", "receipt"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_nothing(web, hospital, name):
    foreign = make.sent(hospital=hospital)
    assert web.get(url(name, foreign.public_id)).status_code == 404
    assert web.post(url(name, foreign.public_id), {"text": "x"}).status_code in (404, 405)


def test_a_stranger_downloads_nothing(web, hospital, adviser):
    foreign = make.sent(hospital=hospital)
    file = claims.attach(claim=foreign, kind=AttachmentKind.OTHER, file=pdf(), actor=foreign.filed_by, at=AT)
    decision = decisions.decide(claim=foreign, actor=adviser, at=AT)
    assert web.get(url("attachment", file.public_id)).status_code == 404
    assert web.get(url("letter", decision.public_id)).status_code == 404
    assert web.post(url("issue_claim_statement", foreign.public_id, "reimbursement")).status_code == 404


def test_an_adviser_sees_only_their_own_here(client, hospital):
    both = UserFactory(roles=[Role.ADVISER, Role.MEMBER])
    client.force_login(both)
    assert client.get(url("claim", make.sent(hospital=hospital).public_id)).status_code == 404


def test_a_mandate_opens_and_closes_the_claim_and_leaves_a_line(client, claim):
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    mandate = MandateFactory(member=claim.member, representative=guardian)
    client.force_login(guardian)
    assert client.get(url("claim", claim.public_id)).status_code == 200
    assert Access.objects.get().purpose == "mandate"
    client.get(url("receipt", claim.public_id))
    assert Access.objects.filter(person_id=claim.member.public_id, actor=guardian).count() == 2
    mandate.last_day = AT.date() - timedelta(days=1)
    mandate.save()
    assert client.get(url("claim", claim.public_id)).status_code == 404
