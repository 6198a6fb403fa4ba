"""The pages: what they show, what they offer to whom, what they say when something is not possible."""

import csv
import io
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from partenamut.payments import services
from partenamut.payments.models import Batch, Payable
from tests.factories.accounts import UserFactory
from tests.factories.payments import AT, EXECUTION, adviser, approved, payer, prepared, proposed, sent
from tests.factories.registry import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(AT, tick=False), translation.override("en"):
        yield


@pytest.fixture
def browse(client):
    """A client logged in as a user, reading English."""

    def log_in(user):
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return log_in


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def text(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def act_url(row, action):
    name = "payments:batch_act" if isinstance(row, Batch) else "payments:act"
    return reverse(name, args=[row.public_id, action])


def acts_on(page, row):
    """The steps that a page offers."""
    known = [
        "approve",
        "withdraw_approval",
        "cancel",
        "pay",
        "return",
        "propose_again",
        "release",
        "settle",
        "discard",
    ]
    return [action for action in known if f'href="{act_url(row, action)}"' in page]


# --- who gets in


PAGES = ["payments:payables", "payments:approve", "payments:batches", "payments:prepare"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.RESIDENCE_DIRECTOR, Role.BILLING_ADMIN])
def test_pages_are_for_those_who_handle_payments(browse, page, role):
    assert browse(UserFactory(roles=[role])).get(reverse(page)).status_code == 403


@pytest.mark.parametrize(
    ("page", "role"), [("payments:approve", Role.ADMIN), ("payments:prepare", Role.ADVISER)]
)
def test_each_has_their_own_part(browse, page, role):
    assert browse(UserFactory(roles=[role])).get(reverse(page)).status_code == 403


def test_an_adviser_neither_steps_nor_downloads_batches(browse):
    batch, client = sent(), browse(adviser())
    assert client.get(batch.get_absolute_url()).status_code == 200
    assert client.get(reverse("payments:download", args=[batch.public_id])).status_code == 403
    for action in ("release", "settle", "discard"):
        assert client.post(act_url(batch, action)).status_code == 403


@pytest.mark.parametrize("name", ["payments:payable", "payments:batch", "payments:download"])
def test_what_does_not_exist_is_not_found(browse, name):
    assert browse(payer()).get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_an_unknown_step_is_not_found(browse):
    client = browse(payer())
    assert client.get(act_url(proposed(), "unbatch")).status_code == 404
    assert client.get(act_url(prepared(), "settled")).status_code == 404


# --- the list


def test_the_list_filters_counts_and_exports_what_it_shows(browse):
    mine, other = proposed(payee=MemberFactory(last_name="Müller")), approved()
    client = browse(adviser())
    page = text(client.get(reverse("payments:payables")))
    assert mine.number in page
    assert other.number in page
    assert "To approve (1)" in page
    filtered = client.get(reverse("payments:payables"), {"text": "müller", "status": "proposed"})
    assert mine.number in text(filtered)
    assert other.number not in text(filtered)
    file = client.get(reverse("payments:payables"), {"status": "approved", "export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [other.number]
    assert "350,00" in rows[1]
    assert Entry.objects.filter(action="export").count() == 1


def test_payments_of_a_batch_are_found_by_its_number(browse):
    batch, other = prepared(), approved()
    page = text(browse(payer()).get(reverse("payments:payables"), {"batch": batch.number}))
    assert batch.payables.get().number in page
    assert other.number not in page


def test_the_list_asks_the_same_few_questions_however_long(browse, django_assert_max_num_queries):
    client = browse(adviser())
    for _ in range(12):
        approved()
    with django_assert_max_num_queries(14):
        client.get(reverse("payments:payables"))
    with django_assert_max_num_queries(14):
        b"".join(client.get(reverse("payments:payables"), {"export": "csv"}))


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("payments:payables", "No payment has been proposed yet"),
        ("payments:batches", "No batch has been prepared yet"),
        ("payments:approve", "No payment waits for your approval"),
        ("payments:prepare", "No approved payment waits for a batch"),
    ],
)
def test_an_empty_page_says_so(browse, page, sentence):
    both = UserFactory(roles=[Role.ADMIN, Role.ADVISER])
    assert sentence in text(browse(both).get(reverse(page)))


# --- one payment


def test_a_payment_says_what_it_pays_and_the_opening_is_logged(browse):
    payable, reader = approved(), adviser()
    page = text(browse(reader).get(payable.get_absolute_url()))
    for expected in (
        payable.number,
        payable.payee_name,
        "350.00 €",
        payable.origin_number,
        payable.decided_by.name,
    ):
        assert expected in page
    access = Access.objects.get(actor=reader)
    assert (access.person_id, access.purpose) == (payable.payee.public_id, "payment")


def batched():
    return prepared().payables.get()


def at_the_bank():
    return sent().payables.get()


@pytest.mark.parametrize(
    ("make", "for_adviser", "for_payer"),
    [
        (proposed, ["approve", "cancel"], ["cancel"]),
        (approved, ["withdraw_approval"], []),
        (batched, [], []),
        (at_the_bank, [], ["pay", "return"]),
    ],
    ids=["proposed", "approved", "batched", "sent"],
)
def test_a_payment_offers_the_steps_of_the_table(browse, make, for_adviser, for_payer):
    payable = make()
    for user, expected in ((adviser(), for_adviser), (payer(), for_payer)):
        page = browse(user).get(payable.get_absolute_url()).content.decode()
        assert acts_on(page, payable) == expected


def test_the_one_who_decided_sees_why_there_is_no_button(browse):
    payable = proposed()
    page = browse(payable.decided_by).get(payable.get_absolute_url())
    assert acts_on(page.content.decode(), payable) == ["cancel"]
    assert "You took the decision that this pays" in text(page)


def test_a_payment_is_approved_on_its_page(browse):
    payable, second = proposed(), adviser()
    client = browse(second)
    assert "You confirm that this amount is owed" in text(client.get(act_url(payable, "approve")))
    for _click in range(2):
        said = text(client.post(act_url(payable, "approve"), follow=True))
        assert f"{payable.number} is approved." in said
    assert fresh(payable).approved_by == second


def test_the_second_of_two_approvers_reads_what_happened(browse):
    payable = approved()
    said = text(browse(adviser()).post(act_url(payable, "approve"), follow=True))
    assert f"{payable.number} has moved on meanwhile: it now stands as “Approved”." in said


def test_approving_ones_own_decision_is_refused_with_its_sentence(browse):
    payable = proposed()
    response = browse(payable.decided_by).post(act_url(payable, "approve"))
    assert "You took the decision that this pays: ask a colleague" in text(response)
    assert fresh(payable).status == "proposed"


def test_a_step_without_its_reason_asks_for_it(browse):
    payable, client = proposed(), browse(adviser())
    refused = client.post(act_url(payable, "cancel"), {"reason": " "})
    assert refused.status_code == 200
    assert "There is a problem" in text(refused)
    client.post(act_url(payable, "cancel"), {"reason": "The stay was called off"})
    assert "The stay was called off" in text(client.get(payable.get_absolute_url()))
    assert fresh(payable).status == "cancelled"


def test_a_right_that_is_missing_forbids_the_step(browse):
    payable = proposed()
    assert browse(payer()).post(act_url(payable, "approve")).status_code == 403
    assert fresh(payable).status == "proposed"


def test_a_return_and_a_new_account(browse):
    payable, client = sent().payables.get(), browse(payer())
    client.post(act_url(payable, "return"), {"reason": "Account closed (AC04)"})
    assert "Account closed (AC04)" in text(client.get(payable.get_absolute_url()))
    wrong = client.post(act_url(payable, "propose_again"), {"iban": "BE68 5390 0754 7035"})
    assert "not a valid account number" in text(wrong)
    assert "BE68 5390 0754 7035" in text(wrong)
    client.post(act_url(payable, "propose_again"), {"iban": "BE68 5390 0754 7034"})
    assert fresh(payable).account == "BE68539007547034"
    assert "BE68 5390 0754 7034" in text(client.get(payable.get_absolute_url()))


# --- many approvals


def test_many_are_approved_after_a_look_at_the_totals(browse):
    second = adviser()
    first, other, own = proposed(amount=Decimal("100.10")), proposed(), proposed(decided_by=second)
    client = browse(second)
    page = client.get(reverse("payments:approve")).content.decode()
    assert page.count('name="payables"') == 2
    assert " checked" not in page
    assert "For a colleague to approve" in page
    assert client.get(reverse("payments:approve"), {"all": "1"}).content.decode().count(" checked") == 2
    ids = [str(row.public_id) for row in (first, other, own)]
    review = text(client.post(reverse("payments:approve"), {"payables": ids}))
    assert "450.10 €" in review
    assert "You took the decision that this pays" in review
    assert fresh(first).status == "proposed"
    for _click in range(2):
        said = text(
            client.post(reverse("payments:approve"), {"payables": ids[:2], "confirmed": "yes"}, follow=True)
        )
        assert "2 payments are approved." in said
    assert {fresh(row).status for row in (first, other)} == {"approved"}


def test_those_that_moved_on_are_named_and_the_others_approved(browse):
    fine, gone, own = proposed(), approved(), None
    second = adviser()
    own = proposed(decided_by=second)
    ids = [str(row.public_id) for row in (fine, gone, own)]
    said = text(
        browse(second).post(reverse("payments:approve"), {"payables": ids, "confirmed": "yes"}, follow=True)
    )
    assert "1 payment is approved." in said
    assert f"{gone.number} has moved on meanwhile" in said
    assert f"{own.number}: You took the decision" in said


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([], "Choose at least one payment."),
        (["not-an-id"], "One of these payments does not exist"),
        ([str(uuid.uuid4())], "One of these payments does not exist"),
        (["\x00"], "One of these payments does not exist"),
        ([str(uuid.uuid4()) for _ in range(201)], "Choose 200 payments at most."),
    ],
    ids=["none", "text", "unknown", "nul", "many"],
)
def test_a_wrong_choice_is_said(browse, ids, sentence):
    proposed()
    assert sentence in text(browse(adviser()).post(reverse("payments:approve"), {"payables": ids}))


# --- batches


def day(value, name="execution_date"):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def test_a_batch_is_prepared_released_downloaded_and_settled(browse):
    first, second = approved(), approved(amount=Decimal("0.95"))
    without = approved(payee=MemberFactory(iban=""))
    maker, releaser = payer(), payer()
    client = browse(maker)
    page = client.get(reverse("payments:prepare"))
    assert page.content.decode().count(" checked") == 2
    assert "Approved, but not payable yet" in text(page)
    assert f"{without.payee_name}, 350.00 €: It had no account number" in text(page)
    ids = {"payables": [str(row.public_id) for row in (first, second)]}
    for _click in range(2):
        client.post(reverse("payments:prepare"), ids | day(EXECUTION))
    batch = Batch.objects.get()
    own = client.get(batch.get_absolute_url())
    assert "You prepared this batch: ask a colleague to release it." in text(own)
    assert acts_on(own.content.decode(), batch) == ["discard"]
    assert "ask a colleague" in text(client.post(act_url(batch, "release")))
    download = reverse("payments:download", args=[batch.public_id])
    assert "leaves after its release only" in text(client.get(download, follow=True))

    client = browse(releaser)
    assert "350.95 €" in text(client.get(act_url(batch, "release")))
    said = text(client.post(act_url(batch, "release"), follow=True))
    assert f"{batch.number} is released" in said
    file = client.get(download)
    assert file["Content-Disposition"] == f'attachment; filename="{batch.number}.xml"'
    assert file.content == client.get(download).content == fresh(batch).content

    too_early = client.post(act_url(batch, "settle"), day(EXECUTION, "on"))
    assert "the day of payment lies in the future" in text(too_early)
    with time_machine.travel(AT + timedelta(days=2), tick=False):
        client = browse(releaser)
        said = text(client.post(act_url(batch, "settle"), day(EXECUTION, "on"), follow=True))
    assert f"The payments of {batch.number} are paid." in said
    assert (fresh(batch).status, fresh(first).paid_on) == ("settled", EXECUTION)


def test_a_refused_batch_keeps_what_was_typed(browse):
    payable, taken = approved(), approved()
    prepared(taken)
    ids = {"payables": [str(payable.public_id), str(taken.public_id)]}
    page = browse(payer()).post(reverse("payments:prepare"), ids | day(date(2026, 3, 7)))
    said = text(page)
    assert "Banks do not execute payments on that day; the next day is 09/03/2026." in said
    assert f"{taken.number} ({taken.payee_name}): It is already in batch" in said
    assert f'value="{payable.public_id}" id="id_payables_0" checked' in page.content.decode()


def test_a_returned_line_stays_in_its_batch(browse):
    batch = sent()
    payable = batch.payables.get()
    services.mark_returned(payable=payable, reason="Account closed", actor=payer(), at=AT)
    services.propose_again(payable=payable, actor=payer(), at=AT)
    page = text(browse(payer()).get(batch.get_absolute_url()))
    assert payable.number in page
    assert "Returned by the bank" in page


def test_a_discarded_batch_shows_that_nothing_was_sent(browse):
    batch, client = prepared(), browse(payer())
    client.post(act_url(batch, "discard"), {"reason": "Wrong day"})
    page = text(client.get(batch.get_absolute_url()))
    assert "Not sent" in page
    assert "Wrong day" in page
    assert fresh(batch).status == "discarded"


def test_a_batch_page_asks_the_same_few_questions_however_long(browse, django_assert_max_num_queries):
    batch = prepared(*[approved() for _ in range(8)])
    client = browse(payer())
    with django_assert_max_num_queries(14):
        client.get(batch.get_absolute_url())


def test_a_step_that_came_too_late_is_said(browse):
    batch, client = sent(), browse(payer())
    said = text(client.post(act_url(batch, "discard"), {"reason": "No"}, follow=True))
    assert f"{batch.number} has moved on meanwhile: it now stands as “Released to the bank”." in said


def test_what_waits_stands_on_the_home_page(browse):
    proposed(), approved(), prepared()
    page = browse(payer()).get(reverse("web:home")).content.decode()
    for query in ("status=proposed", "status=approved", "status=prepared", "status=sent", "status=returned"):
        assert query in page
    assert Payable.objects.count() == 3
