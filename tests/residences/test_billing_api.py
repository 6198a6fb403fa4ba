"""Entries and invoices over the REST API; strangers find nothing."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from partenamut.audit.models import Access
from residences.models import ConventionSupplement, Entry, Invoice
from tests.factories import residences as make
from tests.residences import months_world as world
from tests.residences.months_world import AT

pytestmark = pytest.mark.django_db

ENTRIES, INVOICES = "/api/v1/rest-homes/entries/", "/api/v1/rest-homes/invoices/"


@pytest.fixture(autouse=True)
def late_in_may():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def home():
    return world.residence()


@pytest.fixture
def convention(home):
    return world.stay(home, invoiced_until=date(2026, 5, 31))


@pytest.fixture
def program(home):
    """A program with the token of the director."""
    client = APIClient(headers={"accept-language": "en"})
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=home.director).key}")
    return client


def sent(convention, **values):
    return {"convention": str(convention.public_id), "date": "2026-05-09"} | values


def test_each_kind_of_entry_is_made(program, home, convention):
    dinner = make.supplement(home)
    ConventionSupplement.objects.create(convention=convention, supplement=dinner, first_day=convention.entry)
    made = program.post(
        ENTRIES,
        sent(convention, kind="supplement", supplement=str(dinner.public_id), quantity="2"),
        format="json",
    )
    assert (made.status_code, made.json()["amount"], made.json()["invoice"]) == (201, "15.00", None)
    paid = program.post(
        ENTRIES, sent(convention, kind="advance", label="Pharmacie", amount="23.17"), format="json"
    )
    assert (paid.status_code, paid.json()["has_document"]) == (201, False)
    back = sent(convention, kind="correction", label="Repas", amount="-7.50", explanation="Double")
    assert program.post(ENTRIES, back, format="json").status_code == 201
    assert Entry.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"kind": "gift"}, "kind", "not a valid choice"),
        ({"kind": "supplement"}, "supplement", "required"),
        ({"kind": "advance", "label": "x"}, "amount", "required"),
        ({"kind": "advance", "label": "x", "amount": "NaN"}, "amount", "number"),
        ({"kind": "advance", "label": "x", "amount": "1.001"}, "amount", "decimal places"),
        ({"kind": "advance", "label": "x", "amount": "1", "date": "2026-02-30"}, "date", "does not exist"),
        ({"kind": "advance", "label": "x", "amount": "1", "date": "2027-01-01"}, "day", "lies in the future"),
        ({"kind": "advance", "label": "x\u202e", "amount": "1"}, "label", "invisible"),
        ({"kind": "correction", "label": "x", "amount": "1"}, "explanation", "required"),
        ({"kind": "care", "label": "x", "amount": "1", "inami_amount": "1"}, None, "sufficiently insured"),
    ],
)
def test_what_cannot_be_entered_is_refused_with_its_field(program, convention, values, field, sentence):
    answer = program.post(ENTRIES, sent(convention, **values), format="json")
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert any(error["field"] == field and sentence in error["message"] for error in errors), errors
    assert not Entry.objects.exists()


def test_a_supplement_that_the_convention_lacks_names_its_article(program, home, convention):
    foreign = make.supplement(home, "Coiffeur")
    answer = program.post(
        ENTRIES, sent(convention, kind="supplement", supplement=str(foreign.public_id)), format="json"
    )
    assert answer.status_code == 400
    assert "art. 4 §4" in answer.json()["error"]["message"]


def test_an_entry_is_withdrawn_once(program, convention):
    entry = world.entry(convention)
    path = f"{ENTRIES}{entry.public_id}/withdraw/"
    assert program.post(path, {}, format="json").status_code == 400
    assert program.post(path, {"because": "Erreur"}, format="json").json()["withdrawn_because"] == "Erreur"
    assert program.post(path, {"because": "Encore"}, format="json").status_code == 400


def test_invoices_are_read_with_their_lines_and_the_opening_is_kept(program, home, convention):
    world.taken(convention)
    world.issued(home)
    invoice = Invoice.objects.get()
    (listed,) = program.get(INVOICES, {"month": "2026-05-01", "kind": "monthly"}).json()["results"]
    assert "lines" not in listed
    shown = program.get(f"{INVOICES}{invoice.public_id}/").json()
    assert [line["amount"] for line in shown["lines"]] == ["1467.60", "15.00"]
    assert Decimal(shown["total"]) == sum(Decimal(share["amount"]) for share in shown["shares"])
    assert Access.objects.filter(person_id=convention.resident.public_id, purpose="api").count() == 1
    (entry,) = program.get(ENTRIES, {"open": "false"}).json()["results"]
    assert entry["invoice"] == invoice.number
    assert program.get(ENTRIES, {"open": "true"}).json()["results"] == []


def test_strangers_find_nothing(program):
    other = world.residence()
    stranger = world.stay(other, invoiced_until=date(2026, 5, 31))
    entry = world.entry(stranger)
    world.issued(other)
    invoice = Invoice.objects.get()
    assert program.get(ENTRIES).json()["results"] == program.get(INVOICES).json()["results"] == []
    assert program.get(f"{INVOICES}{invoice.public_id}/").status_code == 404
    assert (
        program.post(f"{ENTRIES}{entry.public_id}/withdraw/", {"because": "x"}, format="json").status_code
        == 404
    )
    answer = program.post(ENTRIES, sent(stranger, kind="advance", label="x", amount="1"), format="json")
    assert "nothing with this id" in answer.json()["error"]["message"]
    assert APIClient().get(ENTRIES).status_code in (401, 403)


def test_a_list_takes_as_many_queries_for_many_as_for_few(program, home, django_assert_max_num_queries):
    for _turn in range(6):
        world.taken(world.stay(home, invoiced_until=date(2026, 5, 31)))
    world.issued(home)
    for path in (ENTRIES, INVOICES):
        with django_assert_max_num_queries(12):
            assert len(program.get(path).json()["results"]) == 6
