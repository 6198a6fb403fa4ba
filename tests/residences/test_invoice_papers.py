"""The paper of an invoice: its words, its standards, the code to pay by; made by workers, taken as a zip."""

import io
import subprocess
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import msgspec
import pikepdf
import pytest
import segno.helpers

from partenamut.documents.models import Document, Rendered
from partenamut.documents.words import freeze
from partenamut.payments.communications import structured
from residences import tasks
from residences.documents.invoices import InvoiceWords, epc_code
from residences.models import InvoiceShare
from residences.readings.months_zip import zipped
from residences.services import issuing, papers
from tests.documents import samples as pdfs
from tests.factories import residences as make
from tests.residences import invoice_samples as given
from tests.residences import months_world as world
from tests.residences.months_world import AT

VARIANTS = {
    "monthly": {"meals": 4, "debtors": 2},
    "long": {"meals": 60},
    "final": {"kind": "final"},
    "credit": {"kind": "credit", "part": "-15.00"},
    "nothing": {"kind": "final", "part": "0.00"},
}
LANGUAGES = ["fr", "nl", "de", "en"]


@pytest.fixture(scope="module")
def made():
    """The words, the order and the PDF of a variant in a language, each made once."""
    kept = {}

    def find(variant, language="fr"):
        if (variant, language) not in kept:
            words = given.invoice(language=language, **VARIANTS[variant])
            order = given.order(words)
            kept[variant, language] = words, order, given.rendered(order)
        return kept[variant, language]

    return find


def shown(content, folder):
    """The text in the order of reading, without any space."""
    place = folder / "shown.pdf"
    place.write_bytes(content)
    command = ["pdftotext", "-raw", "-enc", "UTF-8", place, "-"]
    return "".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def sentences(value):
    """Every text in the data of a template."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for part in value for text in sentences(part)]
    return [value] if isinstance(value, str) and value else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_invoice_keeps_to_the_standards(variant, language, made, tmp_path):
    _words, _order, content = made(variant, language)
    assert pdfs.page_complaints(content, "ua1", "3a") == []
    assert pdfs.pdfua_complaints(content, tmp_path) == []
    assert pdfs.table_complaints(content, tables=1) == []
    assert pdfs.elements(content, "H1") == [("H1", "")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invoice_shows_all_its_words(language, made, tmp_path):
    _words, order, content = made("monthly", language)
    data = freeze(order.context)
    unused = {"number", "issued_on", "received_on", "due_on", "resident", "room", "convention", "corrects", "why",
              "inami", "payment", "dispute", "account"}  # fmt: skip
    labels = [text for name, text in data.pop("labels").items() if name not in unused]
    # The drawing is no text; its words are read aloud in its place.
    for name in ("code", "code_text"):
        data.pop(name)
    text = shown(content, tmp_path)
    assert [said for said in [*labels, *sentences(data)] if "".join(said.split()) not in text] == []


def test_the_picture_of_the_code_is_read_aloud(made):
    words, order, content = made("monthly")
    with pikepdf.open(BytesIO(content)) as pdf:
        spoken = [
            str(item.get("/Alt"))
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    assert spoken == [order.context["code_text"]]
    assert structured(words.communication) in spoken[0]


def test_the_code_is_that_of_the_guideline():
    """The library that knows the guideline draws the same squares."""
    words = given.invoice()
    expected = segno.helpers.make_epc_qr(
        name=words.home.account_holder,
        iban=words.home.iban,
        amount=words.part,
        text=structured(words.communication),
        encoding="utf-8",
    )
    drawing = io.BytesIO()
    expected.save(drawing, kind="svg", omitsize=True, xmldecl=False, svgclass=None, lineclass=None, nl=False)
    assert epc_code(words) == drawing.getvalue().decode()


@pytest.mark.parametrize("variant", ["credit", "nothing"])
def test_who_owes_nothing_gets_no_code_and_no_account(variant, made, tmp_path):
    words, order, content = made(variant)
    assert order.context["code"] == ""
    assert words.home.iban not in shown(content, tmp_path)


def test_the_data_for_a_machine_are_those_of_the_paper(made):
    words, _order, content = made("monthly")
    with pikepdf.open(BytesIO(content)) as pdf:
        (name,) = pdf.attachments
        data = msgspec.json.decode(pdf.attachments[name].get_file().read_bytes(), type=InvoiceWords)
    assert (name, data) == ("ESSAI-2026-000001.json", words)


def test_the_same_words_give_the_same_bytes(made):
    assert given.rendered(given.order(given.invoice(**VARIANTS["monthly"]))) == made("monthly")[2]


# --- from the rows ----------------------------------------------------------------------------------------


@pytest.fixture
def run(db):
    """The invoices of a month of three residents, one of them with two debtors."""
    home = world.residence()
    for turn in range(3):
        convention = world.stay(home, language=("fr", "nl", "de")[turn])
        if not turn:
            world.share(convention, 50)
            world.share(convention, 50, make.contact(convention.resident, "welfare_centre", "CPAS de Namur"))
    return world.issued(home)


def test_each_debtor_gets_a_paper_with_their_own_part(run, tmp_path):
    share = InvoiceShare.objects.get(name="CPAS de Namur")
    text = shown(bytes(papers.paper_of(share, at=AT).content), tmp_path)
    assert structured(share.communication) in text
    assert "CPASdeNamur" in text
    assert papers.paper_of(share, at=AT).pk == papers.paper_of(share, at=AT).pk


def test_chains_make_every_paper_once(run, monkeypatch):
    monkeypatch.setattr(papers, "MADE_TOGETHER", 1)
    tasks.start_papers(run.pk)
    assert papers.made(run) == 4
    tasks.start_papers(run.pk)
    assert Rendered.objects.count() == Document.objects.filter(key__startswith=papers.KEY).count() == 4


def test_what_nobody_rang_for_is_made_by_the_schedule(run):
    assert papers.standing_still(AT + papers.STANDS_STILL * 2) == [run.pk]
    invoice = run.items.first().invoice
    note = issuing.credit_note(invoice=invoice, explanation="Trop", actor=run.started_by, at=AT)
    assert papers.left_lying(AT) == [note.pk]
    papers.make_invoice(note.pk, at=AT)
    assert papers.left_lying(AT) == []


def test_the_zip_holds_every_paper_and_names_those_that_are_missing(run):
    spared = papers.shares_of(run).order_by("pk").first()
    for share in papers.shares_of(run).exclude(pk=spared.pk):
        papers.paper_of(share, at=AT)
    with ZipFile(BytesIO(b"".join(zipped(run)))) as file:
        names = file.namelist()
        assert len(names) == 4
        assert spared.invoice.number in file.read("missing.txt").decode()
        assert all(file.read(name).startswith(b"%PDF") for name in names if name.endswith(".pdf"))


def test_a_credit_note_names_what_it_takes_back(run, tmp_path):
    invoice = run.items.first().invoice
    note = issuing.credit_note(invoice=invoice, explanation="Jamais dû", actor=run.started_by, at=AT)
    text = shown(bytes(papers.paper_of(note.shares.first(), at=AT).content), tmp_path)
    assert invoice.number in text
    assert "Jamaisdû" in text
    assert note.total == -invoice.total
    assert Decimal(0) > note.total
