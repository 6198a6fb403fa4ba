"""The resident's side of the money: the account with its documents, the invoices line by line, what is to be paid."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from partenamut.web import formats
from residences import models
from residences.services import disputes
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.journeys.walking import pdf_file
from tests.residences.own_world import YESTERDAY, World, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def world():
    return World()


@pytest.fixture
def convention(world):
    return world.signed()


@pytest.fixture
def invoice(world, convention):
    world.entry(convention)
    return world.invoiced(convention)


def pages(convention, invoice):
    return [
        url("own_account", convention),
        url("own_invoices", convention),
        url("own_invoice", convention, invoice),
        url("own_invoice_paper", convention, invoice, invoice.shares.get()),
        url("own_entry_document", convention, models.Entry.objects.get(convention=convention)),
    ]


def test_the_member_reads_every_page(world, convention, invoice):
    for path in pages(convention, invoice):
        assert world.client().get(path).status_code == 200, path


def test_a_representative_reads_and_leaves_a_line_each_time(world, convention, invoice):
    client = world.client(world.representative())
    for count, path in enumerate(pages(convention, invoice), 1):
        assert client.get(path).status_code == 200, path
        assert Access.objects.filter(person_id=world.member.public_id, purpose="mandate").count() == count


@pytest.mark.parametrize("who", ["ended yesterday", "another member"])
def test_nobody_else_reaches_it(world, convention, invoice, who):
    user = (
        world.representative(last_day=YESTERDAY)
        if who == "ended yesterday"
        else UserFactory(roles=[Role.MEMBER])
    )
    for path in pages(convention, invoice):
        assert world.client(user).get(path).status_code == 404, path


def test_papers_of_others_are_not_served_through_one_s_own_convention(world, convention, invoice):
    other = World()
    foreign = other.signed()
    entry = other.entry(foreign)
    theirs = other.invoiced(foreign)
    client = world.client()
    for path in (
        url("own_invoice", convention, theirs),
        url("own_invoice", convention, uuid.uuid4()),
        url("own_invoice_paper", convention, theirs, theirs.shares.get()),
        url("own_invoice_paper", convention, invoice, theirs.shares.get()),
        url("own_entry_document", convention, entry),
        url("own_signed_copy", convention, entry.upload),
    ):
        assert client.get(path).status_code == 404, path


def test_the_account_shows_entries_absences_and_what_is_to_be_paid(world, convention, invoice):
    world.entry(convention, date(2026, 5, 2))
    models.Absence.objects.create(
        convention=convention, reason="hospital", first_day=date(2026, 4, 3), last_day=date(2026, 4, 9)
    )
    page = text(world.client().get(url("own_account", convention)))
    assert page.count("Dîner visiteur</strong>") == 2
    assert invoice.number in page
    assert "Stands on the next invoice" in page
    assert "03/04/2026" in page


def test_an_empty_account_says_so(world, convention):
    assert "Nothing was entered on the account yet." in text(
        world.client().get(url("own_account", convention))
    )
    assert "No invoice has been made yet." in text(world.client().get(url("own_invoices", convention)))


def test_each_line_of_an_invoice_has_its_article(world, convention, invoice):
    page = text(world.client().get(url("own_invoice", convention, invoice)))
    count = invoice.lines.count()
    assert count > 1
    assert page.count("Source:") >= count
    assert "The price of the coming month is paid in advance." in page
    assert "A supplement of the convention that was chosen and taken." in page
    assert "48.92" in page


def test_what_is_to_be_paid_goes_down_with_each_payment(world, convention, invoice):
    share = invoice.shares.get()
    client = world.client()
    first = text(client.get(url("own_convention", convention)))
    assert "1 invoice is to be paid by" in first
    world.paid(share, "10.00")
    assert "Partly paid" in text(client.get(url("own_invoices", convention)))
    world.paid(share, str(share.amount - 10))
    page = text(client.get(url("own_invoices", convention)))
    assert "Partly paid" not in page
    assert "Still to be paid" not in page.replace("still", "")
    assert "invoice is to be paid" not in text(client.get(url("own_convention", convention)))


def test_an_invoice_that_is_late_is_called_overdue(world, convention, invoice):
    with time_machine.travel(make.at(invoice.due_on.replace(day=invoice.due_on.day)), tick=False):
        assert "Overdue" not in text(world.client().get(url("own_invoices", convention)))
    with time_machine.travel(make.at(date(2026, 6, 20)), tick=False):
        client = world.client()
        assert "Overdue" in text(client.get(url("own_invoices", convention)))
        assert "1 invoice is not paid in time" in text(client.get(url("own")))


def test_the_lists_cost_the_same_however_many(
    world, convention, django_assert_max_num_queries, django_assert_num_queries
):
    world.entry(convention)
    world.invoiced(convention, date(2026, 2, 1))
    client = world.client()
    for name in ("own_invoices", "own_account"):
        with django_assert_max_num_queries(22) as first:
            client.get(url(name, convention))
        world.entry(convention, date(2026, 3, 3))
        world.entry(convention, date(2026, 3, 5))
        if name == "own_invoices":
            world.invoiced(convention, date(2026, 3, 1))
        with django_assert_num_queries(len(first)):
            client.get(url(name, convention))


def test_a_list_is_exported(world, convention, invoice):
    for name in ("own_invoices", "own_account"):
        response = world.client().get(url(name, convention) + "?export=csv")
        assert b"".join(response.streaming_content)


# --- an invoice contested ---------------------------------------------------------------------------------


def contest(world, convention, invoice, client=None, **changes):
    typed = {"text": "Je n'ai pas pris ce repas.", **changes}
    return (client or world.client()).post(url("own_contest", convention, invoice), typed)


def test_an_invoice_is_contested_and_the_answer_is_read(world, convention, invoice):
    client = world.client()
    assert url("own_contest", convention, invoice) in text(
        client.get(url("own_invoice", convention, invoice))
    )
    response = contest(world, convention, invoice)
    assert response["Location"] == url("own_invoice", convention, invoice)
    page = text(client.get(response["Location"]))
    assert "Je n&#x27;ai pas pris ce repas." in page
    assert "The home has still to answer." in page
    assert "Contest this invoice" not in page
    dispute = models.Dispute.objects.get()
    disputes.answer(dispute=dispute, status="upheld", text="C'est vrai.", actor=world.director, at=make.AT)
    page = text(client.get(response["Location"]))
    assert "C&#x27;est vrai." in page
    assert models.Invoice.objects.get(credits=invoice).number in page


def test_an_invoice_is_contested_with_a_document(world, convention, invoice, tmp_path):
    with pdf_file(tmp_path, "preuve.pdf").open("rb") as file:
        contest(world, convention, invoice, upload=file)
    dispute = models.Dispute.objects.get()
    path = url("own_dispute_document", convention, dispute)
    assert world.client().get(path).status_code == 200
    assert "preuve.pdf" in text(world.client().get(url("own_invoice", convention, invoice)))
    assert World().client().get(path).status_code == 404


def test_a_file_that_is_none_is_refused_and_the_words_stay(world, convention, invoice):
    bad = SimpleUploadedFile("preuve.pdf", b"no pdf at all")
    response = contest(world, convention, invoice, upload=bad)
    assert response.status_code == 200
    assert "Je n&#x27;ai pas pris ce repas." in text(response)
    assert not models.Dispute.objects.exists()


@pytest.mark.parametrize("typed", ["", "  ", "x" * 2_001])
def test_an_objection_says_something_and_not_too_much(world, convention, invoice, typed):
    response = contest(world, convention, invoice, text=typed)
    assert response.status_code == 200
    assert "There is a problem" in text(response)
    assert not models.Dispute.objects.exists()


def test_an_objection_sent_twice_is_kept_once(world, convention, invoice):
    for _time in range(2):
        assert contest(world, convention, invoice).status_code == 302
    assert models.Dispute.objects.count() == 1


def test_after_the_month_the_page_says_what_one_can_still_do(world, convention, invoice):
    last = invoice.dispute_until
    with time_machine.travel(make.at(last), tick=False):
        assert "Contest this invoice" in text(world.client().get(url("own_contest", convention, invoice)))
    with time_machine.travel(make.at(last + timedelta(days=1)), tick=False):
        client = world.client()
        for response in (
            client.get(url("own_contest", convention, invoice)),
            contest(world, convention, invoice, client),
        ):
            assert response.status_code == 200
            assert "This invoice cannot be contested any more" in text(response)
            assert f"{last:%d/%m/%Y}" in text(response)
            assert "Justice de paix de Namur" in text(response)
        assert "What you can still do" in text(client.get(url("own_invoice", convention, invoice)))
    assert not models.Dispute.objects.exists()


def test_an_invoice_of_somebody_else_is_not_contested(world, convention, invoice):
    other = World()
    theirs = other.invoiced(other.signed())
    assert contest(world, convention, theirs).status_code == 404
    assert contest(world, convention, invoice, other.client()).status_code == 404
    assert not models.Dispute.objects.exists()


def test_a_representative_contests_for_the_resident(world, convention, invoice):
    user = world.representative()
    contest(world, convention, invoice, world.client(user))
    assert models.Dispute.objects.get().lodged_by == user


# --- the statement ----------------------------------------------------------------------------------------


def test_the_statement_adds_up_and_goes_on_paper(world, convention, invoice):
    share = invoice.shares.get()
    world.paid(share, "100.00")
    client = world.client()
    page = text(client.get(url("own_statement", convention)))
    assert formats.euros(share.amount) in page
    assert formats.euros(share.amount - 100) in page
    response = client.post(
        url("own_statement_paper", convention),
        {"debtor": "", "first": "2026-01-01", "last": "2026-05-04"},
    )
    assert response["Content-Type"] == "application/pdf"
    stranger = client.post(url("own_statement_paper", convention), {"debtor": "99999"})
    assert stranger.status_code == 404
    for kind in ("csv", "xlsx", "json"):
        assert client.get(url("own_statement", convention) + f"?export={kind}").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "?first=2026-05-01&last=2026-04-01",
        "?first_day=x&first_month=1&first_year=2026",
        "?last_day=31&last_month=2&last_year=2026",
    ],
)
def test_days_that_cannot_be_are_said_so(world, convention, invoice, asked):
    response = world.client().get(url("own_statement", convention) + asked)
    assert response.status_code == 200
    assert "There is a problem" in text(response)


def test_a_statement_without_a_line_says_so(world, convention):
    assert "Nothing was asked or paid in these days" in text(
        world.client().get(url("own_statement", convention))
    )


def test_the_statement_of_somebody_else_is_not_there(world, convention, invoice):
    other = World().client()
    assert other.get(url("own_statement", convention)).status_code == 404
    assert other.post(url("own_statement_paper", convention), {"debtor": ""}).status_code == 404
