"""Statements of a claim and the letter to the hospital: what they say, when they are made, and as PDF/UA."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.timezone import now

from hospitalisation.models import Statement
from hospitalisation.services import claims, contesting, decisions, statements
from partenamut.accounts.roles import Role
from partenamut.documents import services as documents
from partenamut.payments import services as payments
from partenamut.payments.models import Payable
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT
REIMBURSEMENT, THIRD_PARTY = Statement.Kind.REIMBURSEMENT, Statement.Kind.THIRD_PARTY


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique des Essais")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def claim(hospital):
    return make.sent(make.insured(language="en"), hospital=hospital)


@pytest.fixture
def decided(claim, adviser):
    decisions.decide(claim=claim, actor=adviser, at=AT)
    return claim


@pytest.fixture
def web(client, claim):
    client.force_login(claim.member.user)
    return client


def url(name, *args):
    return reverse(f"hospitalisation:{name}", args=args)


def made(claim, kind, at=AT):
    return statements.issue(claim=claim, kind=kind, actor=claim.filed_by, at=at)


def words_of(document):
    """The words of a document, its no-break spaces plain."""
    frozen = json.dumps(document.context, ensure_ascii=False)
    return frozen.replace("\u00a0", " ").replace("\u202f", " ")


def rows_of(document):
    return [[cell.replace("\u00a0", " ") for cell in row] for row in document.context["rows"]]


def sums_of(document):
    return {row["label"]: row["value"].replace("\u00a0", " ") for row in document.context["totals"]}


def check_pdf(content):
    """A tagged PDF/UA-1 with a title and a language."""
    with pikepdf.open(BytesIO(content)) as book:
        assert book.Root.MarkInfo.Marked
        assert book.Root.Lang
        with book.open_metadata() as about:
            assert about.get("pdfuaid:part") == "1"
            assert about.get("dc:title")


# --- the statement of reimbursement -----------------------------------------------------------------------


def test_a_reimbursement_is_stated_line_by_line_to_the_cent(decided):
    document = made(decided, REIMBURSEMENT).document
    rows = rows_of(document)
    assert len(rows) == 6
    assert rows[4][0] == "5. Ibuprofène"
    sums = sums_of(document)
    assert sums["Billed"] == "6,555.20 €"
    assert sums["Franchise, taken off once"].endswith("150.00 €")
    assert sums["The hospital insurance pays"] == sums["On your account"] == "3,051.71 €"
    assert "The payment follows on your account." in words_of(document)
    check_pdf(documents.bytes_of(document, at=AT).content)


def test_deposits_and_the_day_of_payment_are_stated(claim, adviser):
    deposit = make.deposit(claim)
    decisions.decide(claim=deposit, actor=adviser, at=AT)
    decisions.decide(claim=claim, actor=adviser, at=AT)
    stay, back = made(claim, REIMBURSEMENT).document, made(deposit, REIMBURSEMENT).document
    assert sums_of(stay)["Already given back as deposits"].endswith("570.00 €")
    assert sums_of(stay)["On your account"] == "2,481.71 €"
    assert rows_of(back) == [[rows_of(back)[0][0], "570.00 €", "570.00 €", "570.00 €"]]
    check_pdf(documents.bytes_of(back, at=AT).content)


def test_the_same_facts_give_the_same_document_and_new_ones_another(decided, adviser):
    first = made(decided, REIMBURSEMENT)
    later = AT + timedelta(days=2)
    assert made(decided, REIMBURSEMENT, later) == first
    before = bytes(documents.bytes_of(first.document, at=AT).content)
    decisions.propose_payment(claim=decided, actor=adviser, at=AT)
    assert made(decided, REIMBURSEMENT, later) == first
    reader = UserFactory(roles=[Role.SECOND_READER])
    payments.approve(payable=Payable.objects.get(), actor=reader, at=AT)
    Payable.objects.update(paid_on=AT.date())
    paid = made(decided, REIMBURSEMENT, later)
    assert paid != first
    assert "Paid on" in words_of(paid.document)
    assert bytes(documents.bytes_of(first.document, at=later).content) == before


def test_a_supplement_that_nobody_owes_is_stated(hospital, adviser):
    claim = make.sent(make.insured(language="en"), hospital=hospital, room="double")
    decisions.decide(claim=claim, actor=adviser, at=AT)
    document = made(claim, REIMBURSEMENT).document
    assert sums_of(document)["Nobody owes"] == "3,240.00 €"
    assert "nobody owes it" in words_of(document)


# --- the statement of third-party payments ----------------------------------------------------------------


def test_third_party_payments_are_stated_without_what_was_bought(decided):
    document = made(decided, THIRD_PARTY).document
    rows = rows_of(document)
    assert rows[0] == ["1. Stay (price of the days)", "2,400.00 €", "2,293.49 €", "106.51 €"]
    assert sums_of(document) == {
        "Billed": "6,555.20 €",
        "Paid by the compulsory insurance": "3,013.49 €",
        "Left of the bill": "3,541.71 €",
    }
    said = words_of(document)
    assert "Ibuprofène" not in said
    assert "3,051.71" not in said
    assert "Clinique des Essais" in said
    check_pdf(documents.bytes_of(document, at=AT).content)


def test_a_deposit_has_no_third_party_payments(claim, adviser):
    deposit = make.deposit(claim)
    decisions.decide(claim=deposit, actor=adviser, at=AT)
    with pytest.raises(ValidationError, match="no statement of this kind"):
        made(deposit, THIRD_PARTY)


# --- only once decided ------------------------------------------------------------------------------------


def test_nothing_is_stated_before_a_decision_or_while_it_is_taken_again(claim, adviser):
    with pytest.raises(ValidationError, match="once the claim is decided"):
        made(claim, REIMBURSEMENT)
    decisions.decide(claim=claim, actor=adviser, at=AT)
    decisions.reopen(claim=claim, reason="A line was forgotten", actor=adviser, at=AT)
    with pytest.raises(ValidationError, match="once the claim is decided"):
        made(claim, REIMBURSEMENT)
    assert not Statement.objects.exists()


def test_nothing_is_stated_of_a_withdrawn_claim(decided):
    claims.withdraw(claim=decided, actor=decided.filed_by, at=AT)
    with pytest.raises(ValidationError):
        made(decided, REIMBURSEMENT)


def test_statements_are_made_and_found_on_the_page(web, decided):
    answer = web.post(url("issue_claim_statement", decided.public_id, "third_party"))
    issued = Statement.objects.get()
    assert answer.url == url("statement", issued.public_id)
    assert web.get(answer.url).content.startswith(b"%PDF")
    again = web.post(url("issue_claim_statement", decided.public_id, "third_party"))
    assert again.url == answer.url
    page = web.get(url("claim", decided.public_id))
    assert answer.url in page.content.decode()
    assert web.get(url("issue_claim_statement", decided.public_id, "third_party")).status_code == 302
    assert web.post(url("issue_claim_statement", decided.public_id, "novel")).status_code == 404


def test_a_statement_asked_too_early_is_a_sentence(web, claim):
    answer = web.post(url("issue_claim_statement", claim.public_id, "reimbursement"), follow=True)
    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not Statement.objects.exists()


def test_a_statement_is_its_owners(client, decided):
    issued = made(decided, REIMBURSEMENT)
    client.force_login(make.filer(make.insured()))
    assert client.get(url("statement", issued.public_id)).status_code == 404


# --- the letter to the hospital ---------------------------------------------------------------------------


def unlawful(hospital, **member):
    return make.sent(make.insured(**member), hospital=hospital, room="double")


def written(claim, at=AT):
    return contesting.write_to_hospital(claim=claim, actor=claim.filed_by, at=at)


def test_the_letter_speaks_in_the_members_name_and_language(hospital):
    claim = unlawful(hospital, language="en", first_name="Zoé")
    letter = written(claim)
    said = words_of(letter)
    assert letter.context["sender"]["name"] == claim.member.full_name
    assert "Clinique des Essais" in said
    assert letter.language == "en"
    assert "3,240.00" in said or "3240.00" in said
    check_pdf(documents.bytes_of(letter, at=AT).content)
    assert written(claim, AT + timedelta(days=3)) == letter


def test_other_lines_give_another_letter_and_both_are_kept(hospital, adviser):
    claim = unlawful(hospital, language="en")
    first = written(claim)
    less = [make.line("room_supplement", "640.00", quantity=4)]
    claims.write_lines(claim=claim, lines=less, actor=adviser, at=AT)
    second = written(claim, now())
    assert second != first
    assert set(contesting.letters_of(claim)) == {first, second}


def test_what_is_owed_is_not_contested(claim):
    with pytest.raises(ValidationError, match="nothing to contest"):
        written(claim)


def test_the_letter_is_made_and_found_on_the_page(client, hospital):
    claim = unlawful(hospital)
    client.force_login(claim.member.user)
    answer = client.post(url("claim_contest", claim.public_id))
    assert client.get(answer.url).content.startswith(b"%PDF")
    page = client.get(url("claim", claim.public_id)).content.decode()
    assert answer.url in page
    stranger = make.filer(make.insured())
    client.force_login(stranger)
    assert client.get(answer.url).status_code == 404
    assert client.post(url("claim_contest", claim.public_id)).status_code == 404


def test_no_other_document_is_had_by_that_address(client, hospital, adviser):
    claim = unlawful(hospital)
    decision = decisions.decide(claim=claim, actor=adviser, at=AT)
    client.force_login(claim.member.user)
    wrong = url("claim_contest_letter", claim.public_id, decision.letter.public_id)
    assert client.get(wrong).status_code == 404


def test_a_bill_without_unlawful_lines_leads_back_with_a_sentence(web, claim):
    answer = web.post(url("claim_contest", claim.public_id), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


# --- a long bill ------------------------------------------------------------------------------------------


def test_a_long_bill_shows_what_is_to_be_looked_at_and_has_pages(client, hospital):
    lines = [make.line("fee", "10.00") for _ in range(299)]
    lines.append(make.line("room_supplement", "640.00", quantity=4))
    claim = make.sent(make.insured(), hospital=hospital, room="double", lines=lines)
    client.force_login(claim.member.user)
    address = url("claim", claim.public_id)
    first = client.get(address).context["outcome"].bill
    assert [line.number for line in first.shown] == [300]
    second = client.get(address, {"lines": "2"}).context["outcome"].bill
    assert (second.first, second.last, len(second.shown)) == (101, 200, 100)
    for odd in ("-1", "x", "99999999", "²"):
        assert client.get(address, {"lines": odd}).status_code == 200
    assert sum((kind.unlawful for kind in first.kinds), Decimal(0)) == Decimal("640.00")


def test_the_words_of_a_statement_have_no_markup_left(decided):
    assert not re.search(r"%\(|\{\{", words_of(made(decided, REIMBURSEMENT).document))
