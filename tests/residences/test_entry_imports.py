"""Files of entries: every line checked, each entry made once, nothing charged that the convention does not have."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partenamut.audit.models import Entry as Trail
from partenamut.casework.file_imports import SentBefore
from partenamut.casework.rows import FileRefused
from residences.models import ConventionSupplement, Entry, EntryImport, EntryImportLine
from residences.services import accounts, entry_imports
from residences.services.entry_lines import LAYOUT, LineState
from tests.factories import residences as make
from tests.residences import months_world as world
from tests.residences.months_world import AT

pytestmark = pytest.mark.django_db
HEAD = "convention;kind;date;label;quantity;amount;inami_amount;explanation"


@pytest.fixture
def home():
    return world.residence()


@pytest.fixture
def convention(home):
    return world.stay(home)


@pytest.fixture
def director(convention):
    return convention.created_by


@pytest.fixture
def dinner(home, convention):
    row = make.supplement(home, "Dîner visiteur")
    ConventionSupplement.objects.create(convention=convention, supplement=row, first_day=convention.entry)
    return row


def csv_file(convention, *lines, head=HEAD):
    return "\r\n".join([head, *(line.replace("{c}", convention.number) for line in lines)]).encode()


def received(convention, *lines, name="avril.csv", **changes):
    return entry_imports.receive(
        home=convention.home,
        content=csv_file(convention, *lines, **changes),
        file_name=name,
        actor=convention.created_by,
        at=AT,
    )


def looked(convention, *lines, **changes):
    return entry_imports.looked_at(received(convention, *lines, **changes), at=AT)


def taken(convention, *lines, without_refused=False):
    file = received(convention, *lines)
    return entry_imports.take_over(
        file=file, without_refused=without_refused, actor=convention.created_by, at=AT
    )


SUPPLEMENT = "{c};supplement;2026-05-09;Dîner visiteur;2;;;"
ADVANCE = "{c};advance;2026-05-09;Pharmacie;;23,17;;"


# --- the dry run


def test_the_dry_run_prices_each_line_and_writes_nothing(convention, dinner):
    found = looked(
        convention,
        SUPPLEMENT,
        "{c};;10/05/2026;diner VISITEUR;1,5;11,25;;",
        ADVANCE,
        "{c};correction;2026-05-11;Dîner en trop;;-7,50;;Compté deux fois",
    )
    assert [one.state for one in found] == [LineState.READY] * 4
    made = [(one.entry.kind, one.entry.label, one.entry.amount) for one in found]
    assert made == [
        ("supplement", "Dîner visiteur", Decimal("15.00")),
        ("supplement", "Dîner visiteur", Decimal("11.25")),
        ("advance", "Pharmacie", Decimal("23.17")),
        ("correction", "Dîner en trop", Decimal("-7.50")),
    ]
    assert "waits for its document" in found[2].remarks[0]
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("UNIV-C-1999-000001;;2026-05-09;Dîner visiteur;;;;", "convention", "No convention of this home"),
        (";;2026-05-09;Dîner visiteur;;;;", "convention", "empty"),
        ("{c};repas;2026-05-09;Dîner visiteur;;;;", "kind", "supplement, advance, care or correction"),
        ("{c};;31/02/2026;Dîner visiteur;;;;", "date", "not a day"),
        ("{c};;2026-05-29;Dîner visiteur;;;;", "date", "lies in the future"),
        ("{c};;2020-01-01;Dîner visiteur;;;;", "date", "stay begins"),
        ("{c};;2026-05-09;Coiffeur;;;;", "label", "no supplement of this name"),
        ("{c};;2026-05-09;Manucure;;;;", "label", "cannot be charged (art. 4 §4)"),
        ("{c};;2026-05-09;Dîner visiteur;0;;;", "quantity", "more than 0"),
        ("{c};;2026-05-09;Dîner visiteur;1,234;;;", "quantity", "two decimals"),
        ("{c};;2026-05-09;Dîner visiteur;NaN;;;", "quantity", "more than 0"),
        ("{c};;2026-05-09;Dîner visiteur;deux;;;", "quantity", "not a number"),
        ("{c};;2026-05-09;Dîner visiteur;2;14,00;;", "amount", "leave the amount empty"),
        ("{c};advance;2026-05-09;Pharmacie;;;;", "amount", "empty"),
        ("{c};advance;2026-05-09;Pharmacie;;abc;;", "amount", "not an amount"),
        ("{c};advance;2026-05-09;Pharmacie;;12,505;;", "amount", "not an amount"),
        ("{c};advance;2026-05-09;Pharmacie;;-5;;", "amount", "more than 0"),
        ("{c};advance;2026-05-09;Pharmacie;;99999999;;", "amount", "No entry is of this amount"),
        ("{c};advance;2026-05-09;Pharmacie;3;5,00;;", "quantity", "Only a line of the kind"),
        ("{c};care;2026-05-09;Pansement;;5,00;6,00;", "", "sufficiently insured"),
        ("{c};correction;2026-05-09;Erreur;;5,00;;", "explanation", "empty"),
        ("{c};correction;2026-05-09;Erreur;;0;;Rien", "amount", "not zero"),
        ("{c};;2026-05-09;Dîner visiteur", "", "columns"),
    ],
)
def test_a_line_that_cannot_be_entered_says_why(home, convention, dinner, line, column, words):
    make.supplement(home, "Manucure")
    (one,) = looked(convention, line)
    assert one.state is LineState.REFUSED
    assert [(where, words in said) for where, said in one.problems] == [(column, True)]


def test_every_wrong_column_of_a_line_is_named_at_once(convention):
    (one,) = looked(convention, "{c};advance;hier;;;beaucoup;;")
    assert [column for column, _said in one.problems] == ["label", "date", "amount"]


def test_a_convention_of_another_home_is_unknown(convention, dinner):
    elsewhere = world.stay(world.residence())
    (one,) = looked(convention, f"{elsewhere.number};;2026-05-09;Dîner visiteur;;;;")
    assert one.problems[0][0] == "convention"


def test_what_the_price_includes_is_refused_as_supplement_and_remarked_as_advance(home, convention):
    make.supplement(home, "Télévision en chambre")
    refused, remarked = looked(
        convention,
        "{c};;2026-05-09;Télévision en chambre;;;;",
        "{c};advance;2026-05-09;Télévision en chambre;;10,00;;",
    )
    assert "included in the price (art. 4 §2" in refused.problems[0][1]
    assert "looks like what the price includes" in remarked.remarks[1]


def test_the_same_line_twice_in_a_file_is_refused_once(convention, dinner):
    first, second = looked(convention, SUPPLEMENT, SUPPLEMENT)
    assert (first.state, second.state) == (LineState.READY, LineState.REFUSED)
    assert second.problems[0][1].startswith("Line 2 says the same")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_separators_are_found_out(convention, dinner, separator):
    lines = [
        HEAD.replace(";", separator),
        SUPPLEMENT.replace(";", separator).replace("{c}", convention.number),
    ]
    file = entry_imports.receive(
        home=convention.home, content="\n".join(lines).encode("utf-8-sig"), file_name="a.csv", actor=convention.created_by, at=AT
    )  # fmt: skip
    (one,) = entry_imports.looked_at(file, at=AT)
    assert one.state is LineState.READY


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEAD.encode(),
        b"PK\x03\x04x",
        b"nom;prix\r\na;b",
        f"{HEAD}\r\nU;;2026-05-09;Dîner;;;;".encode("latin-1"),
        f"{HEAD}\r\n".encode() + b"U;;2026-05-09;a;;;;\r\n" * 2_001,
    ],
)
def test_a_file_that_is_none_gets_a_sentence(convention, content):
    with pytest.raises(FileRefused):
        entry_imports.receive(
            home=convention.home, content=content, file_name="a.csv", actor=convention.created_by, at=AT
        )
    assert not EntryImport.objects.exists()


def test_the_template_can_be_read(convention):
    assert len(LAYOUT.read(LAYOUT.template())) == 1


# --- taken over


def test_the_entries_are_made_as_by_hand(convention, director, dinner):
    file = taken(convention, SUPPLEMENT, ADVANCE)
    supplement, advance = Entry.objects.order_by("pk")
    by_hand = accounts.add_supplement(
        convention=convention, supplement=dinner, day=date(2026, 5, 10), quantity=Decimal(2), actor=director, at=AT
    )  # fmt: skip
    names = ("kind", "label", "supplement", "quantity", "unit_price", "amount", "entered_by", "entered_at")
    assert [getattr(supplement, name) for name in names] == [getattr(by_hand, name) for name in names]
    assert (advance.amount, advance.upload) == (Decimal("23.17"), None)
    assert (file.status, supplement.import_line.entry_import) == (EntryImport.Status.DONE, file)
    assert set(file.lines.values_list("status", "values")) == {(EntryImportLine.Status.CREATED, "")}
    trail = Trail.objects.get(action="entry_made", subject_id=supplement.public_id)
    assert "avril.csv" in trail.note


def test_refused_lines_are_left_out_on_purpose_only_and_stay(convention, dinner):
    lines = [SUPPLEMENT, "{c};;2026-05-09;Coiffeur;;;;"]
    file = received(convention, *lines)
    with pytest.raises(ValidationError, match="Some lines are refused"):
        entry_imports.take_over(file=file, without_refused=False, actor=convention.created_by, at=AT)
    assert not Entry.objects.exists()
    entry_imports.take_over(file=file, without_refused=True, actor=convention.created_by, at=AT)
    assert Entry.objects.count() == 1
    left = file.lines.get(status=EntryImportLine.Status.REFUSED)
    assert (left.decoded["label"], left.errors[0][0], left.entry) == ("Coiffeur", "label", None)


def test_the_same_file_twice_has_no_effect(convention, director, dinner):
    file = received(convention, SUPPLEMENT)
    with pytest.raises(SentBefore) as twice:
        received(convention, SUPPLEMENT)
    assert twice.value.earlier == file
    entry_imports.take_over(file=file, without_refused=False, actor=director, at=AT)
    with pytest.raises(SentBefore):
        received(convention, SUPPLEMENT)
    with pytest.raises(ValidationError, match="begun already"):
        entry_imports.take_over(file=file, without_refused=False, actor=director, at=AT)
    assert Entry.objects.count() == 1


def test_a_corrected_file_enters_only_what_is_new(convention, dinner):
    taken(convention, SUPPLEMENT, "{c};;2026-05-09;Coiffeur;;;;", without_refused=True)
    second = taken(convention, SUPPLEMENT, ADVANCE)
    assert [entry.kind for entry in Entry.objects.order_by("pk")] == ["supplement", "advance"]
    assert second.lines.get(line_number=2).status == EntryImportLine.Status.UNCHANGED


def test_what_was_withdrawn_can_be_entered_again(convention, director, dinner):
    taken(convention, SUPPLEMENT)
    accounts.withdraw_entry(entry=Entry.objects.get(), because="Erreur", actor=director, at=AT)
    taken(convention, SUPPLEMENT, "{c};;2026-05-10;Dîner visiteur;1;;;")
    assert Entry.objects.filter(withdrawn_at=None).count() == 2


def test_a_checked_file_is_looked_at_again_when_it_is_taken_over(convention, director, dinner):
    file = received(convention, SUPPLEMENT, ADVANCE)
    ConventionSupplement.objects.all().delete()
    with pytest.raises(ValidationError, match="Some lines are refused"):
        entry_imports.take_over(file=file, without_refused=False, actor=director, at=AT)
    assert not Entry.objects.exists()


def test_a_file_given_up_leaves_nothing(convention, director, dinner):
    file = entry_imports.discard(file=received(convention, SUPPLEMENT), actor=director, at=AT)
    assert not file.lines.exists()
    assert received(convention, SUPPLEMENT)


def test_a_thousand_lines_take_a_fixed_number_of_queries(
    convention, director, dinner, django_assert_max_num_queries
):
    lines = [
        f"{{c}};advance;2026-05-{place % 9 + 1:02};Achat {place};;{place % 90 + 1},{place % 100:02};;"
        for place in range(1_000)
    ]
    file = received(convention, *lines)
    with django_assert_max_num_queries(40):
        entry_imports.take_over(file=file, without_refused=False, actor=director, at=AT)
    assert Entry.objects.count() == 1_000


# --- the pages


@pytest.fixture
def at_the_desk(client, convention, director):
    with time_machine.travel(AT, tick=False):
        client.force_login(director)
        yield client


def address(convention, name, *args):
    return reverse(f"residences:{name}", args=[convention.home.public_id, *args])


def send(client, convention, *lines, content=None):
    file = SimpleUploadedFile("avril.csv", csv_file(convention, *lines) if content is None else content)
    return client.post(address(convention, "send_entries"), {"file": file}, follow=True)


def test_a_file_goes_from_the_page_to_the_accounts(at_the_desk, convention, dinner):
    page = send(at_the_desk, convention, SUPPLEMENT, ADVANCE, "{c};;2026-05-09;Coiffeur;;;;")
    text = page.content.decode()
    assert "38,17" in text
    assert "no supplement of this name" in text or "supplément de ce nom" in text
    file = EntryImport.objects.get()
    go = address(convention, "take_over_entries", file.public_id)
    refused = at_the_desk.post(go)
    assert refused.status_code == 200
    assert "without_refused" in refused.context["form"].errors
    assert not Entry.objects.exists()
    done = at_the_desk.post(go, {"without_refused": "on"}, follow=True)
    assert Entry.objects.count() == 2
    assert len(done.context["done"].waiting) == 1
    csv = at_the_desk.get(address(convention, "refused_entries", file.public_id))
    body = b"".join(csv.streaming_content).decode()
    assert "Coiffeur" in body
    assert body.splitlines()[0].endswith('"reasons"')
    assert at_the_desk.get(address(convention, "entry_imports")).status_code == 200


def test_the_file_of_refused_lines_can_be_corrected_and_sent(at_the_desk, convention, dinner):
    send(at_the_desk, convention, "{c};;2026-05-09;Diner;2;;;")
    file = EntryImport.objects.get()
    csv = at_the_desk.get(address(convention, "refused_entries", file.public_id))
    body = b"".join(csv.streaming_content).decode("utf-8-sig")
    page = send(at_the_desk, convention, content=body.replace("Diner", "Dîner visiteur", 1).encode())
    assert [one.entry.amount for one in page.context["found"].ready] == [Decimal("15.00")]


@pytest.mark.parametrize("content", [b"", "convention;date;label\r\nU;2026-05-09;Dîner".encode("latin-1")])
def test_a_file_that_cannot_be_read_is_refused_on_the_page(at_the_desk, convention, content):
    page = send(at_the_desk, convention, content=content)
    assert page.status_code == 200
    assert "file" in page.context["form"].errors


def test_a_file_sent_twice_leads_to_the_first(at_the_desk, convention, dinner):
    send(at_the_desk, convention, SUPPLEMENT)
    page = send(at_the_desk, convention, SUPPLEMENT)
    assert page.context["earlier"] == EntryImport.objects.get()
    assert address(convention, "entry_import", EntryImport.objects.get().public_id) in page.content.decode()


def test_a_file_is_given_up_from_the_page(at_the_desk, convention, dinner):
    send(at_the_desk, convention, SUPPLEMENT)
    file = EntryImport.objects.get()
    at_the_desk.post(address(convention, "discard_entries", file.public_id))
    assert (
        at_the_desk.post(address(convention, "take_over_entries", file.public_id), follow=True).status_code
        == 200
    )
    assert not Entry.objects.exists()


def test_the_director_of_another_home_finds_nothing(client, convention, dinner):
    file = received(convention, SUPPLEMENT)
    client.force_login(make.director_of(world.residence()))
    for name in ("entry_import", "refused_entries", "discard_entries"):
        assert client.get(address(convention, name, file.public_id)).status_code == 404
    assert client.post(address(convention, "take_over_entries", file.public_id)).status_code == 404
