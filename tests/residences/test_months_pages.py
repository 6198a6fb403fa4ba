"""Pages of months, invoices and accounts, with the forms of those who run a home."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from residences.models import ConventionSupplement, Entry, Invoice, InvoiceRun, ItemStatus
from residences.services import papers, runs
from residences.workflow import RunStatus
from tests.documents.files import book, saved
from tests.factories import residences as make
from tests.residences import months_world as world
from tests.residences.months_world import AT, JUNE, MAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_in_may():
    """The pages read the clock."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def home():
    return world.residence()


@pytest.fixture
def convention(home):
    return world.stay(home, invoiced_until=date(2026, 5, 31))


@pytest.fixture
def page(client, home):
    """Asks for, or sends to, a page of the home as its director, in English."""
    client.force_login(home.director)
    client.cookies["django_language"] = "en"
    headers = {"accept-language": "en"}

    def ask(name, *args, data=None, query="", **kwargs):
        address = reverse(f"residences:{name}", args=[home.public_id, *args]) + query
        if data is None:
            return client.get(address, headers=headers, **kwargs)
        return client.post(address, data, headers=headers, **kwargs)

    return ask


def text(response):
    return b"".join(response).decode() if response.streaming else response.content.decode()


def day(name, value):
    """A day as its three inputs send it."""
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


# --- months -----------------------------------------------------------------------------------------------


def test_a_month_from_the_button_to_the_zip(page, home, convention, django_capture_on_commit_callbacks):
    world.stay(home)
    assert "Prepare May 2026" in text(page("runs"))
    made = page("prepare_run", data={"month": "2026-05"})
    run = InvoiceRun.objects.get()
    assert made.url == reverse("residences:run", args=[home.public_id, run.public_id])
    assert "Issue the invoices" in text(page("run", run.public_id))
    last = text(page("issue_run", run.public_id))
    assert "What is issued is never changed" in last
    said = {**day("received_on", AT.date()), "seen": f"{runs.total_of(run)}"}
    with django_capture_on_commit_callbacks(execute=True):
        done = page("issue_run", run.public_id, data=said)
    assert done.status_code == 302
    run.refresh_from_db()
    assert run.status == RunStatus.ISSUED
    shown = text(page("run", run.public_id))
    assert "All is issued" in shown
    assert "Download the PDFs (2, ZIP)" in shown
    with ZipFile(BytesIO(b"".join(page("run_papers", run.public_id)))) as file:
        assert len(file.namelist()) == 2


def test_what_stands_against_an_account_is_said_with_its_article_and_a_link(page, home, convention):
    world.entry(convention, upload=None)
    run = world.prepared(home)
    shown = text(page("run", run.public_id))
    assert "These advances have no document and cannot be charged: Pharmacie." in shown
    assert "art. 4 §5" in shown
    assert reverse("residences:account", args=[home.public_id, convention.public_id]) in shown


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("2026-06", "can be prepared from 15/06/2026"),
        ("2026-13", "This is no month"),
        ("", "Fill in “Month”."),
        ("9999-01", "This is no month"),
        ("x" * 40, "“Month” has 40 characters"),
    ],
)
def test_a_month_that_cannot_be_prepared_is_refused_with_a_sentence(page, convention, month, sentence):
    response = page("prepare_run", data={"month": month}, follow=True)
    assert sentence in text(response)
    assert not InvoiceRun.objects.exists()


def test_a_total_that_changed_is_shown_again_before_anything_is_issued(page, home, convention):
    run = world.prepared(home)
    world.entry(convention)
    shown = text(page("issue_run", run.public_id, data={**day("received_on", AT.date()), "seen": "1.00"}))
    assert "The month has changed since you looked at it" in shown
    assert "1,490.77" in shown
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("seen", ["", "abc", "NaN", "9" * 50])
def test_a_total_that_nobody_saw_issues_nothing(page, home, convention, seen):
    run = world.prepared(home)
    response = page("issue_run", run.public_id, data={**day("received_on", AT.date()), "seen": seen})
    assert response.status_code == 200
    assert not Invoice.objects.exists()


def test_a_step_that_is_not_open_leads_back_with_a_sentence(page, home, convention):
    run = world.issued(home)
    for name in ("issue_run", "interrupt_run", "resume_run", "discard_run", "check_run"):
        response = page(name, run.public_id, data={}, follow=True)
        assert response.status_code == 200
        run.refresh_from_db()
        assert run.status == RunStatus.ISSUED


def test_the_bar_asks_again_only_while_something_moves(page, home, convention):
    run = world.handed_over(home)
    assert "every 2s" in text(page("run", run.public_id))
    asked = page("run_progress", run.public_id, query="?was=issuing&said=0", HTTP_HX_REQUEST="true")
    assert "every 2s" in text(asked)
    assert "HX-Refresh" not in asked
    assert page("run_progress", run.public_id).status_code == 302
    runs.run(run.pk, at=AT)
    for share in papers.shares_of(run):
        papers.paper_of(share, at=AT)
    assert "every 2s" not in text(page("run", run.public_id))


def test_the_accounts_of_a_month_are_filtered_and_taken_away(page, home, convention):
    world.entry(world.stay(home), upload=None)
    run = world.prepared(home)
    assert "1 account" in text(page("run", run.public_id, query="?status=refused"))
    for kind in ("csv", "xlsx", "json"):
        assert page("run", run.public_id, query=f"?export={kind}").status_code == 200
    taken = text(page("run", run.public_id, query="?export=csv"))
    assert "These advances have no document" in taken


# --- invoices ---------------------------------------------------------------------------------------------


def test_the_list_of_invoices_is_filtered_by_month_state_and_name(page, home, convention):
    world.issued(home)
    world.issued(home, JUNE, world.moment(date(2026, 6, 29)))
    assert "2 invoices" in text(page("invoices"))
    assert "1 invoice" in text(page("invoices", query="?month=2026-05"))
    assert "1 invoice" in text(page("invoices", query=f"?text={convention.resident.last_name}&month=2026-06"))
    assert "2 invoices" in text(page("invoices", query="?state=to_be_paid"))
    assert "Nothing matches" in text(page("invoices", query="?state=paid"))
    assert "Correct the filters" in text(page("invoices", query="?month=2020-01"))
    for kind in ("csv", "xlsx", "json"):
        assert page("invoices", query=f"?export={kind}").status_code == 200


def test_an_invoice_shows_the_rule_and_article_of_each_line(page, home, convention):
    world.taken(convention)
    world.insured(convention, date(2026, 1, 12))
    world.issued(home)
    shown = text(page("invoice", Invoice.objects.get().public_id))
    for sentence in ("art. 4 §7", "art. 4 §3 and §4", "30 days at", "INAMI", "Take back lines"):
        assert sentence in shown


def test_lines_are_taken_back_by_a_credit_note(page, home, convention):
    world.taken(convention)
    world.issued(home)
    invoice = Invoice.objects.get()
    line = invoice.lines.get(kind="supplement")
    refused = page("credit_invoice", invoice.public_id, data={"lines": [line.pk], "explanation": ""})
    assert "Why these lines are taken back" in text(refused)
    done = page(
        "credit_invoice", invoice.public_id, data={"lines": [line.pk], "explanation": "Pas pris"}, follow=True
    )
    assert "The credit note is issued." in text(done)
    assert invoice.credited_by.get().total == -line.amount
    again = page("credit_invoice", invoice.public_id, data={"lines": [line.pk], "explanation": "Encore"})
    assert again.status_code == 200
    assert invoice.credited_by.count() == 1


def test_an_invoice_of_another_home_is_not_found(page, home):
    other = world.residence()
    world.stay(other, invoiced_until=date(2026, 5, 31))
    world.issued(other)
    invoice = Invoice.objects.get()
    assert page("invoice", invoice.public_id).status_code == 404
    assert page("run", invoice.item.run.public_id).status_code == 404
    stranger = other.conventions.get()
    assert page("account", stranger.public_id).status_code == 404


# --- accounts ---------------------------------------------------------------------------------------------


def test_the_account_explains_the_next_invoice(page, home, convention):
    world.taken(convention)
    world.insured(convention, date(2026, 1, 12))
    world.away(convention, date(2026, 5, 3), date(2026, 5, 4), reason="weekend")
    shown = text(page("account", convention.public_id))
    for sentence in (
        "What the next invoice will hold (May 2026)",
        "Accommodation, from 01/06/2026 to 30/06/2026",
        "30 days at 48.92",
        "the whole price stays due",
        "announced late",
        "Every supplement stands in the convention.",
    ):
        assert sentence in shown


def test_an_account_without_a_price_says_what_to_do(page, home):
    bare = world.stay(home, price="")
    assert "enter the price of the convention" in text(page("account", bare.public_id))


def test_a_supplement_that_cannot_be_charged_is_refused_beside_its_field(page, home, convention):
    foreign = make.supplement(home, "Coiffeur")
    said = {"supplement": foreign.public_id, "quantity": "1", **day("day", date(2026, 5, 9))}
    shown = text(page("add_entry", convention.public_id, "supplement", data=said))
    assert "it cannot be charged (art. 4 §4)" in shown
    assert 'value="2026"' in shown
    assert not Entry.objects.exists()


def test_an_advance_with_its_file_and_one_without(page, home, convention):
    file = SimpleUploadedFile("ticket.pdf", saved(book()), content_type="application/pdf")
    said = {"label": "Pharmacie", "amount": "23,17", **day("day", date(2026, 5, 9))}
    page("add_entry", convention.public_id, "advance", data=said | {"document": file})
    assert Entry.objects.get().upload.original_name == "ticket.pdf"
    shown = page("add_entry", convention.public_id, "advance", data=said, follow=True)
    assert "cannot be invoiced" in text(shown)
    bare = Entry.objects.get(upload=None)
    again = SimpleUploadedFile("recu.pdf", saved(book()), content_type="application/pdf")
    page("add_entry_document", convention.public_id, bare.public_id, data={"document": again})
    bare.refresh_from_db()
    assert bare.upload.original_name == "recu.pdf"
    assert page("entry_file", convention.public_id, bare.public_id).status_code == 200


def test_a_correction_in_the_resident_s_favour_is_typed_with_a_minus(page, home, convention):
    said = {
        "label": "Repas",
        "amount": "-7,50",
        "explanation": "Compté deux fois",
        **day("day", date(2026, 5, 9)),
    }
    page("add_entry", convention.public_id, "correction", data=said)
    assert Entry.objects.get().amount == Decimal("-7.50")


def test_an_entry_is_withdrawn_with_a_reason(page, home, convention):
    entry = world.entry(convention)
    assert "Withdraw the entry" in text(page("entry", convention.public_id, entry.public_id))
    assert "“Reason”" in text(
        page("withdraw_entry", convention.public_id, entry.public_id, data={"because": ""})
    )
    page("withdraw_entry", convention.public_id, entry.public_id, data={"because": "Erreur"})
    entry.refresh_from_db()
    assert entry.withdrawn_because == "Erreur"
    assert page("add_entry", convention.public_id, "gift").status_code == 404


def test_a_late_announcement_warns_and_is_recorded(page, home, convention):
    said = {"reason": "weekend", "insurer_pays": "no", "note": "", **day("first_day", date(2026, 5, 8)),
            **day("last_day", date(2026, 5, 10))}  # fmt: skip
    shown = page("add_absence", convention.public_id, data=said, follow=True)
    assert "The price stays due in any case" in text(shown)
    absence = convention.absences.get()
    page("change_absence", convention.public_id, absence.public_id, data=said | {"reason": "hospital"})
    absence.refresh_from_db()
    assert absence.reason == "hospital"
    page("remove_absence", convention.public_id, absence.public_id, data={"because": "Jamais parti"})
    assert not convention.absences.exists()


def test_insured_days_and_debtors_are_set(page, home, convention):
    said = {"category": "B", "daily_amount": "60,00", **day("first_day", date(2026, 5, 1))}
    page("add_intervention", convention.public_id, data=said)
    found = convention.interventions.get()
    page("change_intervention", convention.public_id, found.public_id, data=said | {"daily_amount": "61,00"})
    found.refresh_from_db()
    assert found.daily_amount == Decimal("61.00")
    son = make.contact(convention.resident, "family", "Paul Lambert")
    parts = {"resident": "40", f"contact_{son.pk}": "59,99", **day("first_day", AT.date())}
    assert "must make 100 %" in text(page("set_debtors", convention.public_id, data=parts))
    page("set_debtors", convention.public_id, data=parts | {f"contact_{son.pk}": "60"})
    assert sorted(convention.debtors.values_list("percent", flat=True)) == [40, 60]


def test_the_supplements_of_a_day_are_typed_in_one_grid(page, home, convention):
    dinner = make.supplement(home)
    other = world.stay(home)
    for stay in (convention, other):
        ConventionSupplement.objects.create(convention=stay, supplement=dinner, first_day=stay.entry)
    shown = text(page("enter_day", query="?day=2026-05-09"))
    names = [f"q_{stay.pk}_{dinner.pk}" for stay in (convention, other)]
    assert all(name in shown for name in names)
    assert "Type how many" in text(page("enter_day", data={"day": "2026-05-09"}))
    wrong = page("enter_day", data={"day": "2026-05-09", names[0]: "2", names[1]: "beaucoup"})
    assert "is a number" in text(wrong)
    assert 'value="beaucoup"' in text(wrong)
    assert not Entry.objects.exists()
    page("enter_day", data={"day": "2026-05-09", names[0]: "2", names[1]: "1,5"})
    assert list(Entry.objects.order_by("amount").values_list("amount", flat=True)) == [
        Decimal("11.25"), Decimal("15.00"),
    ]  # fmt: skip
    assert "already" in text(page("enter_day", query="?day=2026-05-09"))


def test_the_list_of_accounts_says_what_is_to_be_looked_at(page, home, convention):
    world.entry(convention, upload=None)
    world.away(world.stay(home), date(2026, 5, 8), date(2026, 5, 9), reason="weekend")
    shown = text(page("accounts"))
    assert "An advance without its document." in shown
    assert "An absence announced late." in shown
    assert "1 account" in text(page("accounts", query="?look=document"))
    assert "1 account" in text(page("accounts", query="?look=absence"))
    world.issued(home)
    assert "1 account" in text(page("accounts", query="?look=to_pay"))
    assert "2 accounts" in text(page("accounts", query="?running=yes"))
    for kind in ("csv", "xlsx", "json"):
        assert page("accounts", query=f"?export={kind}").status_code == 200


@pytest.mark.parametrize("name", ["accounts", "runs", "invoices", "run"])
def test_a_list_takes_as_many_queries_for_many_as_for_few(client, name):
    counts = []
    for residents in (2, 9):
        home = world.residence()
        client.force_login(home.director)
        for _turn in range(residents):
            stay = world.stay(home, invoiced_until=date(2026, 5, 31))
            world.taken(stay)
        run = world.issued(home, MAY)
        assert run.items.filter(status=ItemStatus.ISSUED).count() == residents
        args = [home.public_id, *([run.public_id] if name == "run" else [])]
        client.get(reverse(f"residences:{name}", args=args))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"residences:{name}", args=args))
        counts.append(len(queries))
    assert counts[0] == counts[1]
