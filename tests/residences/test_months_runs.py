"""A month's invoices from the check to the last one issued."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partenamut.workflow import TransitionRefused
from residences.models import Invoice, InvoiceShare, ItemStatus
from residences.services import issuing, runs
from residences.workflow import RunStatus
from tests.factories import residences as make
from tests.residences import months_world as world
from tests.residences.months_world import APRIL, AT, JUNE, MAY, TODAY

pytestmark = pytest.mark.django_db


def test_an_ordinary_month_is_that_of_the_contract():
    """The first case of the contract, from rows to the issued invoice."""
    home = world.residence()
    world.discount(home)
    convention = world.stay(home, mutuality_code=134, invoiced_until=date(2026, 5, 31))
    world.insured(convention, date(2026, 1, 12))
    world.taken(convention)
    world.entry(convention)
    run = world.issued(home)
    invoice = Invoice.objects.get()
    assert world.lines_of(invoice) == [
        ("accommodation_next", 30, "1467.60"),
        ("discount", None, "-44.03"),
        ("rebate", 31, "-10.54"),
        ("supplement", None, "15.00"),
        ("advance", None, "23.17"),
    ]
    assert run.status == RunStatus.ISSUED
    assert (invoice.total, invoice.number) == (Decimal("1451.20"), f"{home.code}-2026-000001")
    assert (invoice.due_on, invoice.dispute_until) == (date(2026, 6, 5), date(2026, 6, 28))
    assert (invoice.inami_days, invoice.inami_amount) == (31, Decimal("1860.00"))
    share = invoice.shares.get()
    assert (share.contact, share.amount) == (None, Decimal("1451.20"))


def test_the_first_month_is_by_days_with_one_discount_on_both():
    """The second case of the contract."""
    home = world.residence()
    world.discount(home)
    world.stay(home, entry=date(2026, 5, 20), mutuality_code=134)
    world.issued(home)
    assert world.lines_of(Invoice.objects.get()) == [
        ("accommodation_current", 12, "587.04"),
        ("accommodation_next", 30, "1467.60"),
        ("discount", None, "-61.64"),
    ]


def test_a_rise_within_the_month_ahead_makes_two_lines():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.agreed(convention, "50.00", date(2026, 6, 14))
    world.issued(home)
    invoice = Invoice.objects.get()
    assert world.lines_of(invoice) == [
        ("accommodation_next", 13, "635.96"),
        ("accommodation_next", 17, "850.00"),
    ]
    assert [line.unit_price for line in invoice.lines.order_by("position")] == [
        Decimal("48.92"),
        Decimal("50.00"),
    ]


def test_who_leaves_gets_back_the_days_paid_ahead_at_the_price_and_discount_of_then():
    home = world.residence()
    reduced = world.discount(home)
    convention = world.stay(home, mutuality_code=134, invoiced_until=date(2026, 5, 31))
    world.issued(home)
    reduced.last_day = date(2026, 5, 31)
    reduced.save()
    world.end(convention, date(2026, 6, 20))
    world.issued(home, JUNE, world.moment(date(2026, 6, 29)))
    last = Invoice.objects.order_by("pk").last()
    assert world.lines_of(last) == [("accommodation_credit", 10, "-489.20"), ("discount", None, "14.68")]
    assert last.total == last.shares.get().amount == Decimal("-474.52")
    run = world.prepared(home, date(2026, 7, 1), world.moment(date(2026, 7, 30)))
    assert not run.items.exists()


def test_days_that_were_due_and_never_invoiced_are_caught_up_once():
    home = world.residence()
    convention = world.stay(home, entry=date(2026, 3, 20))
    world.issued(home)
    days = [line.days for line in Invoice.objects.get().lines.order_by("position")]
    assert days == [12, 30, 31, 30]
    assert convention.invoices.get().total == Decimal("48.92") * 103


def test_a_price_that_changes_in_a_month_invoiced_already_is_put_right():
    """A change of room on 10 June, signed after June was invoiced."""
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.issued(home)
    world.agreed(convention, "41.85", date(2026, 6, 10))
    world.issued(home, JUNE, world.moment(date(2026, 6, 29)))
    last = Invoice.objects.order_by("pk").last()
    assert world.lines_of(last) == [
        ("accommodation_current", 21, "878.85"),
        ("accommodation_next", 31, "1297.35"),
        ("accommodation_credit", 21, "-1027.32"),
    ]


def test_days_in_hospital_are_due_and_not_rebated_where_the_insurer_does_not_pay():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.insured(convention, date(2026, 1, 12))
    world.away(convention, date(2026, 5, 10), date(2026, 5, 14))
    world.issued(home)
    invoice = Invoice.objects.get()
    assert world.lines_of(invoice) == [
        ("accommodation_next", 30, "1467.60"),
        ("rebate", 9, "-3.06"),
        ("rebate", 17, "-5.78"),
    ]
    assert invoice.inami_days == 26
    assert any(code == "invoice.absence" for code, _met, _figures in invoice.said["reasons"])


def test_an_absence_that_becomes_known_later_takes_its_rebate_back():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.insured(convention, date(2026, 1, 12))
    world.issued(home)
    world.away(convention, date(2026, 5, 30), date(2026, 6, 2))
    world.issued(home, JUNE, world.moment(date(2026, 6, 29)))
    rebates = [line for line in world.lines_of(Invoice.objects.order_by("pk").last()) if line[0] == "rebate"]
    assert rebates == [("rebate", 28, "-9.52"), ("rebate", 2, "0.68")]


# --- what stands against an account -----------------------------------------------------------------------


def test_one_bad_account_never_blocks_the_others():
    home = world.residence()
    good = [world.stay(home, invoiced_until=date(2026, 5, 31)) for _turn in range(3)]
    bare = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.entry(bare, upload=None)
    foreign = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.taken(foreign, chosen=False)
    priceless = world.stay(home, price="", invoiced_until=date(2026, 5, 31))
    torn = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.share(torn, 60)
    run = world.issued(home)
    assert run.status == RunStatus.PARTLY_ISSUED
    assert Invoice.objects.count() == len(good)
    held_up = {
        item.convention_id: [code for code, _met, _figures in item.problems]
        for item in run.items.filter(status=ItemStatus.REFUSED)
    }
    assert held_up == {
        bare.pk: ["invoice.advance"],
        foreign.pk: ["invoice.supplement"],
        priceless.pk: ["invoice.price"],
        torn.pk: ["invoice.debtors"],
    }
    world.check_books(home)


def test_what_was_held_up_is_issued_once_it_is_mended():
    home = world.residence()
    world.stay(home, invoiced_until=date(2026, 5, 31))
    bare = world.stay(home, invoiced_until=date(2026, 5, 31))
    paid = world.entry(bare, upload=None)
    run = world.issued(home)
    paid.upload = make.upload(home.director)
    paid.save()
    runs.resume(run=run, actor=home.director, at=AT)
    assert runs.run(run.pk, at=AT)
    run.refresh_from_db()
    assert run.status == RunStatus.ISSUED
    assert Invoice.objects.count() == 2
    world.check_books(home)


def test_a_record_that_cannot_be_written_holds_up_its_own_account_only(monkeypatch):
    home = world.residence()
    spoilt, *_others = [world.stay(home, invoiced_until=date(2026, 5, 31)) for _turn in range(4)]
    real = issuing.line_label

    def failing(line):
        if line.entry is not None:
            raise ValueError("a label that cannot be written")
        return real(line)

    world.entry(spoilt)
    monkeypatch.setattr(issuing, "line_label", failing)
    run = world.issued(home)
    assert run.status == RunStatus.PARTLY_ISSUED
    assert [item.convention for item in run.items.filter(status=ItemStatus.REFUSED)] == [spoilt]
    assert Invoice.objects.count() == 3
    world.check_books(home)


# --- late payments ----------------------------------------------------------------------------------------


def late(home, convention, *, due, paid, amount="1000.00", notice=None, contact=None):
    """An old invoice whose share was paid after its due day, with a formal notice on a day."""
    from residences import models

    number = f"{home.code}-OLD-{Invoice.objects.count()}"
    old = Invoice.objects.create(
        number=number, kind="monthly", home=home, convention=convention, month=due.replace(day=1), issued_on=due,
        received_on=due, due_on=due, dispute_until=due, total=Decimal(amount), said={},
    )  # fmt: skip
    owed = InvoiceShare.objects.create(
        invoice=old, contact=contact, name="x", amount=Decimal(amount), communication=f"{old.pk:012d}"
    )
    if notice:
        document = models.Reminder._meta.get_field("document").related_model.objects.create(
            key=f"reminder/{old.pk}", kind="k", template="t", language="fr", title="t", words="{}", issued_on=notice,
            created_at=AT,
        )  # fmt: skip
        models.Reminder.objects.create(
            share=owed, level="formal_notice", issued_on=notice, amount=owed.amount, issued_by=home.director, document=document,
        )  # fmt: skip
    return models.Payment.objects.create(
        share=owed, received_on=paid, amount=owed.amount, registered_by=home.director, registered_at=AT
    )


def test_interest_runs_by_calendar_year_after_a_formal_notice_and_once():
    home = world.residence()
    convention = world.stay(home, entry=date(2024, 1, 1), invoiced_until=date(2026, 5, 31))
    payment = late(home, convention, due=date(2024, 12, 1), paid=date(2026, 2, 10), notice=date(2025, 1, 15))
    world.issued(home)
    invoice = Invoice.objects.order_by("pk").last()
    interest = [line for line in invoice.lines.order_by("position") if line.kind == "interest"]
    # 30 days of 2024 at 5.75 %, 365 of 2025 and 41 of 2026 at 4.50 %.
    assert [(line.days, str(line.amount)) for line in interest] == [
        (30, "4.73"),
        (365, "45.00"),
        (41, "5.05"),
    ]
    assert payment.interest.amount == Decimal("54.78")
    world.issued(home, JUNE, world.moment(date(2026, 6, 29)))
    assert not Invoice.objects.order_by("pk").last().lines.filter(kind="interest").exists()


def test_without_a_formal_notice_before_the_payment_no_interest_is_charged():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    late(home, convention, due=date(2026, 2, 1), paid=date(2026, 3, 1))
    late(home, convention, due=date(2026, 2, 1), paid=date(2026, 3, 1), notice=date(2026, 3, 2))
    world.issued(home)
    assert not Invoice.objects.order_by("pk").last().lines.filter(kind="interest").exists()


def test_interest_of_a_year_without_a_rate_holds_the_account_up():
    from residences.models import LegalInterest

    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    late(home, convention, due=date(2025, 12, 20), paid=date(2026, 1, 10), notice=date(2026, 1, 2))
    LegalInterest.objects.filter(year=2026).delete()
    run = world.prepared(home)
    assert run.items.get().problems == [["invoice.interest_rate", False, {"year": 2026}]]
    with pytest.raises(ValidationError, match="No account of this month can be issued"):
        runs.issue(run=run, received_on=TODAY, actor=home.director, at=AT)


def test_interest_is_borne_by_the_debtor_who_was_late():
    home = world.residence()
    convention = world.stay(home, entry=date(2024, 1, 1), invoiced_until=date(2026, 5, 31))
    son = make.contact(convention.resident, "family", "Paul Lambert")
    world.share(convention, "33.33")
    world.share(convention, "66.67", son)
    late(home, convention, due=date(2026, 2, 1), paid=date(2026, 3, 3), notice=date(2026, 2, 20), contact=son)
    world.issued(home)
    invoice = Invoice.objects.order_by("pk").last()
    owed = {share.contact: share.amount for share in invoice.shares.all()}
    assert owed == {None: Decimal("489.15"), son: Decimal("978.45") + Decimal("3.70")}
    assert invoice.total == sum(owed.values())


# --- months and moments -----------------------------------------------------------------------------------


def test_a_month_can_be_prepared_from_its_fifteenth():
    home = world.residence()
    world.stay(home)
    with pytest.raises(ValidationError, match="from 15/06/2026"):
        world.prepared(home, JUNE)
    assert runs.months_open(home, TODAY) == [APRIL, MAY]
    world.issued(home)
    with pytest.raises(ValidationError, match="A later month is invoiced already"):
        world.prepared(home, APRIL)
    assert runs.months_open(home, TODAY) == []


def test_a_home_without_anybody_has_no_month():
    home = world.residence()
    with pytest.raises(ValidationError, match="nobody to invoice"):
        world.prepared(home)


def test_the_same_month_again_is_the_same_run_and_a_second_issue_is_refused():
    home = world.residence()
    world.stay(home)
    run = world.issued(home)
    assert world.prepared(home) == run
    with pytest.raises(TransitionRefused):
        runs.issue(run=run, received_on=TODAY, actor=home.director, at=AT)
    assert runs.run(run.pk, at=AT)
    assert Invoice.objects.count() == 1


def test_invoices_are_not_handed_over_before_they_are_issued():
    home = world.residence()
    world.stay(home)
    run = world.prepared(home)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=32)):
        with pytest.raises(ValidationError, match="handed over today"):
            runs.issue(run=run, received_on=day, actor=home.director, at=AT)


def test_a_home_without_an_account_issues_nothing():
    home = world.residence(iban="")
    world.stay(home)
    run = world.prepared(home)
    with pytest.raises(ValidationError, match="IBAN"):
        runs.issue(run=run, received_on=TODAY, actor=home.director, at=AT)


def test_a_total_that_changed_since_it_was_seen_is_looked_at_again():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    run = world.prepared(home)
    seen = runs.total_of(run)
    world.entry(convention)
    with pytest.raises(ValidationError, match="changed since you looked") as refused:
        runs.issue(run=run, received_on=TODAY, seen=seen, actor=home.director, at=AT)
    assert refused.value.error_list[0].code == "changed"


def test_a_run_is_interrupted_resumed_and_discarded(monkeypatch):
    monkeypatch.setattr(runs, "TOGETHER", 2)
    home = world.residence()
    for _turn in range(5):
        world.stay(home)
    run = world.handed_over(home)
    real, done = runs._issue_batch, []

    def once(*args):
        real(*args)
        done.append(args)
        runs.interrupt(run=run, actor=home.director, at=AT)

    monkeypatch.setattr(runs, "_issue_batch", once)
    assert runs.run(run.pk, at=AT)
    run.refresh_from_db()
    assert (run.status, Invoice.objects.count()) == (RunStatus.INTERRUPTED, 2)
    monkeypatch.setattr(runs, "_issue_batch", real)
    runs.resume(run=run, actor=home.director, at=AT + timedelta(minutes=1))
    assert runs.run(run.pk, at=AT)
    assert Invoice.objects.count() == 5
    world.check_books(home)
    with pytest.raises(TransitionRefused):
        runs.discard(run=run, actor=home.director, at=AT)


def test_a_run_given_up_leaves_its_month_open():
    home = world.residence()
    world.stay(home)
    run = runs.discard(run=world.prepared(home), actor=home.director, at=AT)
    assert not run.items.exists()
    assert world.prepared(home) != run


def test_a_month_takes_as_many_queries_for_many_as_for_few():
    counts = []
    for residents in (2, 12):
        home = world.residence()
        for _turn in range(residents):
            convention = world.stay(home, invoiced_until=date(2026, 5, 31))
            world.insured(convention, date(2026, 1, 12))
            world.taken(convention)
        run = world.handed_over(home)
        with CaptureQueriesContext(connection) as queries:
            runs.run(run.pk, at=AT)
        counts.append(len(queries))
        assert Invoice.objects.filter(home=home).count() == residents
    assert counts[0] == counts[1]


# --- the last account, and what is taken back -------------------------------------------------------------


def test_the_final_account_settles_everything_once():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.insured(convention, date(2026, 1, 12))
    world.issued(home)
    world.end(convention, date(2026, 6, 20))
    world.taken(convention, day=date(2026, 6, 3))
    at = world.moment(date(2026, 6, 22))
    invoice = issuing.issue_final(
        convention=convention, indemnity=Decimal("244.60"), explanation="Départ sans préavis", received_on=at.date(),
        actor=home.director, at=at,
    )  # fmt: skip
    assert world.lines_of(invoice) == [
        ("accommodation_credit", 10, "-489.20"),
        ("rebate", 20, "-6.80"),
        ("supplement", None, "15.00"),
        ("indemnity", None, "244.60"),
    ]
    assert invoice.inami_days == 20
    with pytest.raises(ValidationError, match="issued already"):
        issuing.issue_final(
            convention=convention, indemnity=Decimal(0), explanation="", received_on=at.date(), actor=home.director, at=at,
        )  # fmt: skip
    (item,) = world.prepared(home, JUNE, world.moment(date(2026, 6, 29))).items.all()
    assert item.status == ItemStatus.NOTHING
    world.check_books(home)


def test_a_final_account_with_nothing_open_is_an_account_of_zero():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    world.end(convention, date(2026, 5, 31))
    invoice = issuing.issue_final(
        convention=convention,
        indemnity=Decimal(0),
        explanation="",
        received_on=TODAY,
        actor=home.director,
        at=AT,
    )
    assert (invoice.total, invoice.shares.get().amount) == (Decimal("0.00"), Decimal("0.00"))


def test_a_whole_credit_note_gives_every_debtor_back_what_they_owed():
    home = world.residence()
    convention = world.stay(home, invoiced_until=date(2026, 5, 31))
    son = make.contact(convention.resident, "family", "Paul Lambert")
    world.share(convention, "33.33")
    world.share(convention, "66.67", son)
    world.taken(convention, quantity="3")
    world.issued(home)
    invoice = Invoice.objects.get()
    first, second = invoice.lines.order_by("position")
    one = issuing.credit_note(
        invoice=invoice, lines=[second], explanation="Pas pris", actor=home.director, at=AT
    )
    two = issuing.credit_note(invoice=invoice, explanation="Tout", actor=home.director, at=AT)
    assert (one.total, two.total) == (-second.amount, -first.amount)
    for share in invoice.shares.all():
        back = sum(note.shares.get(contact=share.contact).amount for note in (one, two))
        assert share.amount + back == 0
    with pytest.raises(ValidationError, match="Nothing of this invoice is left"):
        issuing.credit_note(invoice=invoice, explanation="Encore", actor=home.director, at=AT)
    with pytest.raises(ValidationError, match="taken back before"):
        issuing.credit_note(invoice=invoice, lines=[first], explanation="Encore", actor=home.director, at=AT)
    with pytest.raises(ValidationError, match="not taken back"):
        issuing.credit_note(invoice=one, explanation="Encore", actor=home.director, at=AT)
    world.check_books(home)


def test_days_that_a_credit_note_took_back_stand_on_the_next_invoice():
    home = world.residence()
    convention = world.stay(home, price="50.00", invoiced_until=date(2026, 5, 31))
    world.issued(home)
    issuing.credit_note(invoice=Invoice.objects.get(), explanation="Prix faux", actor=home.director, at=AT)
    convention.agreed_prices.update(daily_price=Decimal("48.92"))
    world.issued(home, JUNE, world.moment(date(2026, 6, 29)))
    assert world.lines_of(Invoice.objects.order_by("pk").last()) == [
        ("accommodation_current", 30, "1467.60"),
        ("accommodation_next", 31, "1516.52"),
    ]


def test_a_credit_note_says_why():
    home = world.residence()
    world.stay(home, invoiced_until=date(2026, 5, 31))
    world.issued(home)
    with pytest.raises(ValidationError, match="Say why"):
        issuing.credit_note(invoice=Invoice.objects.get(), explanation=" ", actor=home.director, at=AT)
