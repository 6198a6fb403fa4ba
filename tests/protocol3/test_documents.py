"""What the notes, reminders, statements and information sheets say: every field of the models, in each language."""

import re
import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import get_args

import msgspec
import pikepdf
import pytest
from django.utils.translation import override
from fontTools.ttLib import TTFont

from partenamut.documents.fonts import FOLDER, REGULAR
from partenamut.documents.formats import euro
from partenamut.documents.words import freeze
from partenamut.payments.communications import structured
from partenamut.web.formats import niss
from protocol3 import documents
from protocol3.documents import NoteWords, RecapWords
from protocol3.rules.pseudocodes import OPERATING_ALLOWANCE, PSEUDOCODES
from tests.documents import samples as pdfs
from tests.protocol3 import note_samples as given

ORDERS = {
    "note": lambda language: documents.note_order(given.note(language=language), "a"),
    "recap": lambda language: documents.recap_order(given.recap(rows=90, language=language), "a"),
    "reminder": lambda language: documents.reminder_order(given.reminder(language), "a"),
    "statement": lambda language: documents.statement_order(given.statement(language=language), "a"),
    "information": lambda language: documents.information_order(given.information(language), "a"),
}
TABLES = {"note": 1, "recap": 1, "reminder": 1, "statement": 1, "information": 1}
LANGUAGES = ["fr", "nl"]


@pytest.fixture(scope="module")
def made():
    """The order and the PDF of a kind in a language, each made once."""
    kept = {}

    def find(kind, language="fr"):
        if (kind, language) not in kept:
            order = ORDERS[kind](language)
            kept[kind, language] = order, given.rendered(order)
        return kept[kind, language]

    return find


def copied(content, folder, page=None):
    """The text in the order of reading, without any space; of one page or of all."""
    place = folder / "copied.pdf"
    place.write_bytes(content)
    pages = ["-f", str(page), "-l", str(page)] if page else []
    command = ["pdftotext", "-raw", "-enc", "UTF-8", *pages, place, "-"]
    return squeezed(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def squeezed(text):
    return "".join(text.split())


def sentences(value):
    """Every text in the data of a template."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for part in value for text in sentences(part)]
    return [value] if isinstance(value, str) and value else []


def pages_of(content):
    with pikepdf.open(BytesIO(content)) as pdf:
        return len(pdf.pages)


def attached(content, kind):
    """The data that the PDF carries."""
    with pikepdf.open(BytesIO(content)) as pdf:
        (name,) = pdf.attachments
        return name, msgspec.json.decode(pdf.attachments[name].get_file().read_bytes(), type=kind)


def missing(order, content, folder, without=()):
    """The words of the order that the PDF does not show."""
    data = freeze(order.context)
    shown = copied(content, folder)
    said = [text for name, value in data.items() if name not in without for text in sentences(value)]
    return [text for text in said if squeezed(text) not in shown]


# --- the standards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ORDERS)
def test_every_document_keeps_to_the_standards(kind, language, made, tmp_path):
    _order, content = made(kind, language)
    assert pdfs.page_complaints(content, "ua1", "3a") == []
    assert pdfs.pdfua_complaints(content, tmp_path) == []
    assert pdfs.qpdf_complaints(content, tmp_path) == []
    assert pdfs.table_complaints(content, tables=TABLES[kind]) == []
    assert pdfs.elements(content, "H1") == [("H1", "")]


@pytest.mark.parametrize("kind", ORDERS)
def test_the_same_words_give_the_same_bytes(kind, made):
    assert given.rendered(ORDERS[kind]("fr")) == made(kind)[1]


def test_a_long_recapitulative_note_keeps_to_the_standards():
    content = given.rendered(documents.recap_order(given.recap(rows=600), "a"))
    assert pdfs.page_complaints(content, "ua1", "3a") == []
    assert pdfs.elements(content, "TH").count(("TH", "Column")) == 4
    assert len(pdfs.elements(content, "TR")) == 600 + 1 + 3


# --- the words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_shows_all_its_words(language, made, tmp_path):
    order, content = made("note", language)
    unused = {"correction_heading", "corrects", "reason"}
    labels = {name: text for name, text in order.context["labels"].items() if name not in unused}
    shown = copied(content, tmp_path)
    assert [text for text in labels.values() if squeezed(text) not in shown] == []
    assert missing(order, content, tmp_path, without=("labels",)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["recap", "reminder", "statement", "information"])
def test_the_others_show_all_their_words(kind, language, made, tmp_path):
    order, content = made(kind, language)
    hidden = ("rows", "sections", "limits", "columns", "tables")  # looked at by themselves
    assert missing(order, content, tmp_path, without=hidden) == []
    assert squeezed(order.title) in copied(content, tmp_path) or kind == "recap"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["mai 2023", "Élodie", "D’Hondt", "54,82 €", "page 1 sur 1"]),
        ("nl", ["mei 2023", "Élodie", "D’Hondt", "54,82 €", "bladzijde 1 van 1"]),
    ],
)
def test_a_note_speaks_its_language(language, words, made, tmp_path):
    text = pdfs.text_of(made("note", language)[1], tmp_path)
    assert [word for word in words if word not in text] == []


def test_a_note_has_every_field_of_the_model(made, tmp_path):
    words, text = given.note(), copied(made("note")[1], tmp_path)
    fields = [words.number, "05/06/2023", words.project.name, words.project.inami_number]
    fields += [words.last_name, words.first_name, words.registration_number, "mai 2023"]
    fields += [euro(words.total, "fr")]
    for place, line in enumerate(words.lines, start=1):
        fields.append(
            f"{place}{line.date:%d/%m/%Y}{line.pseudocode}{line.what}{line.units}{euro(line.amount, 'fr')}"
        )
    assert [field for field in fields if squeezed(field) not in text] == []


def test_a_recapitulative_note_has_every_field_of_the_model(made, tmp_path):
    words, text = given.recap(rows=90), copied(made("recap")[1], tmp_path)
    project = words.project
    fields = [words.number, project.name, ", ".join(project.address_lines), project.contact]
    fields += [
        project.inami_number,
        "0403.227.515",
        words.recipient_name,
        "Lenniksebaan 788A, 1070 Bruxelles",
    ]
    fields += ["01/05/2023", "31/05/2023", "BE71 0961 2345 6769", project.account_holder]
    fields += [structured(words.communication), "15/08/2023", words.certified_by, "05/06/2023"]
    fields += [euro(amount, "fr") for amount in (words.services_total, words.allowance_total, words.total)]
    fields += [
        f"{note.number}{note.full_name}{niss(note.niss)}{euro(note.total, 'fr')}" for note in words.notes
    ]
    assert [field for field in fields if squeezed(field) not in text] == []


def test_the_reference_is_a_structured_communication():
    assert structured("202300001727") == "+++202/3000/01727+++"


def test_a_service_has_a_name_in_each_language():
    for code in [*PSEUDOCODES, OPERATING_ALLOWANCE]:
        assert documents.service_name(code, "fr") != code
    assert documents.service_name("123456", "fr") == "123456"


# --- corrections ------------------------------------------------------------------------------------------


def correction(**changes):
    credit = given.line(units=-2, amount=Decimal("-54.82"))
    said = {"lines": (credit,), "total": Decimal("-54.82"), "corrects": "NAM-2023-000001"}
    return given.note(number=2, **said | {"reason": "Refusé par l’organisme assureur"} | changes)


def test_a_correction_says_which_note_and_why(tmp_path):
    order = documents.note_order(correction(), "a")
    content = given.rendered(order)
    text = copied(content, tmp_path)
    labels = order.context["labels"]
    assert squeezed(f"{labels['corrects']}NAM-2023-000001") in text
    assert squeezed(f"{labels['reason']}Refusé par l’organisme assureur") in text
    assert squeezed(labels["correction_heading"]) in text
    assert squeezed("−54,82 €") in text
    assert pdfs.page_complaints(content, "ua1", "3a") == []


def test_a_reason_of_two_lines_stands_under_itself(tmp_path):
    place = tmp_path / "wrapped.pdf"
    place.write_bytes(
        given.rendered(documents.note_order(correction(reason="Premier " + "mot " * 20 + "dernier"), "a"))
    )
    command = ["pdftotext", "-bbox", place, "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)".*>(?:Premier|mot|dernier)<', boxes)
    lines = {y: min(float(x) for x, other in words if other == y) for _x, y in words}
    assert len(lines) > 1
    assert len({round(x) for x in lines.values()}) == 1


def test_a_correction_is_explained_in_each_language(tmp_path):
    texts = [
        copied(given.rendered(documents.note_order(correction(language=code), "a")), tmp_path)
        for code in LANGUAGES
    ]
    for text in texts:
        assert "NAM-2023-000001" in text


def credit_recap(**changes):
    row = given.recap(rows=1).notes[0]
    said = {
        "notes": (msgspec.structs.replace(row, total=Decimal("-54.82")),),
        "services_total": Decimal("-49.34"),
        "allowance_total": Decimal("-5.48"),
        "total": Decimal("-54.82"),
        "kind": "correction",
        "corrects": "NAM-R-2023-000009",
    }
    return given.recap(**said | changes)


def test_a_note_in_favour_of_the_insurer_asks_for_no_payment(tmp_path):
    order = documents.recap_order(credit_recap(), "a")
    text = copied(given.rendered(order), tmp_path)
    assert "NAM-R-2023-000009" in text
    assert squeezed("−54,82 €") in text
    assert "BE71" not in text
    assert squeezed(structured(given.COMMUNICATION)) in text
    assert squeezed(str(order.context["payment"]["sentence"])) in text


def test_a_repayment_goes_to_inami_and_has_no_insurer_code(tmp_path):
    words = credit_recap(kind="repayment", recipient_name="INAMI", insurer_code="", due_on=None, corrects="")
    order = documents.recap_order(words, "a")
    content = given.rendered(order)
    assert len(order.context["recipient"]) == 2
    assert "BE71" not in copied(content, tmp_path)
    assert pdfs.page_complaints(content, "ua1", "3a") == []


def test_the_three_kinds_are_told_apart():
    titles = {documents.recap_order(given.recap(kind=kind), "a").title for kind in get_args(documents.Kind)}
    headings = {
        documents.recap_order(given.recap(kind=kind), "a").context["heading"]
        for kind in get_args(documents.Kind)
    }
    assert len(titles) == len(headings) == 3


# --- over many pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_repeats_the_head_and_carries_the_totals(language, made, tmp_path):
    order, content = made("recap", language)
    words, data = given.recap(rows=90, language=language), order.context
    count = pages_of(content)
    assert count == 3
    so_far = Decimal(0)
    for page in range(1, count + 1):
        text = copied(content, tmp_path, page)
        assert all(squeezed(label) in text for label in data["columns"])
        brought = squeezed(f"{data['brought']}{euro(so_far, language)}")
        assert (brought in text) == (page > 1)
        so_far += sum((note.total for note in words.notes if note.number in text), Decimal(0))
        carried = squeezed(f"{data['carried']}{euro(so_far, language)}")
        assert (carried in text) == (page < count)
    assert so_far == words.total


def test_the_pages_are_counted_on_the_note(made, tmp_path):
    for page in (1, 2, 3):
        assert squeezed(f"page {page} sur 3") in copied(made("recap")[1], tmp_path, page)
    assert squeezed("p. 1 / 3") in copied(made("recap")[1], tmp_path, 1)


@pytest.mark.parametrize("rows", range(1, 40, 3))
def test_payment_and_signature_stay_on_one_page(rows, tmp_path):
    order = documents.recap_order(given.recap(rows=rows), "a")
    content = given.rendered(order)
    last = copied(content, tmp_path, pages_of(content))
    parts = [order.context["payment"]["heading"], order.context["certified"], given.PROJECT.signatory]
    assert [part for part in parts if squeezed(part) not in last] == []
    if pages_of(content) == 1:
        assert squeezed(order.context["carried"]) not in last


def test_a_note_of_many_lines_repeats_its_head(tmp_path):
    order = documents.note_order(given.note(count=80), "a")
    content = given.rendered(order)
    assert pages_of(content) == 3
    for page in (1, 2, 3):
        assert squeezed(order.context["labels"]["column_pseudocode"]) in copied(content, tmp_path, page)
    assert pdfs.page_complaints(content, "ua1", "3a") == []


def test_names_of_any_length_fit(tmp_path):
    name = "Wilhelmina-Maximiliana " * 4 + "van den Bergh"
    row = msgspec.structs.replace(given.recap(rows=1).notes[0], full_name=name)
    words = given.recap(notes=(row,), recipient_name="Mutualités " * 15)
    note = given.note(
        last_name=name, first_name="Æ" * 100, reason="Parce que. " * 25, corrects="NAM-2023-000009"
    )
    assert squeezed(name) in copied(given.rendered(documents.recap_order(words, "a")), tmp_path)
    assert squeezed(name) in copied(given.rendered(documents.note_order(note, "a")), tmp_path)


def millimetres(text):
    """How wide a text of 9.5 points is."""
    font = TTFont(FOLDER / REGULAR, lazy=True)
    glyphs, widths = font.getBestCmap(), font["hmtx"]
    units = sum(widths[glyphs[ord(character)]][0] for character in text)
    return units / font["head"].unitsPerEm * 9.5 * 25.4 / 72


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_rows_that_are_not_measured_hold_their_names(language):
    """A service of 36 letters at most gets a row of one line: it must fit in the column less its margins."""
    names = {documents.service_name(code, language) for code in [*PSEUDOCODES, OPERATING_ALLOWANCE]}
    assert [name for name in names if len(name) <= 36 and millimetres(name) > 62] == []


@pytest.mark.parametrize("name", ["VAN DEN BROECKE-WOUTERMA", "Mammommomm Wimmommommom"])
def test_long_names_in_one_row_hold_too(name):
    assert len(name) in (23, 24)
    assert millimetres(name) < 58


# --- the data inside --------------------------------------------------------------------------------------


def test_a_note_carries_its_figures_for_a_machine(made):
    name, words = attached(made("note")[1], NoteWords)
    assert name == "NAM-2023-000001.json"
    assert words == given.note()
    assert sum(line.amount for line in words.lines) == words.total


def test_a_recapitulative_note_carries_its_figures_for_a_machine(made):
    name, words = attached(made("recap", "nl")[1], RecapWords)
    assert name == "NAM-R-2023-000017.json"
    assert words == given.recap(rows=90, language="nl")
    assert (
        sum(note.total for note in words.notes) == words.total == words.services_total + words.allowance_total
    )


def test_the_data_says_what_it_is(made):
    for kind, tag in (("note", "protocol3/note/1"), ("recap", "protocol3/recap/1")):
        (file,) = made(kind)[0].attachments
        assert msgspec.json.decode(file.text)["document"] == tag


# --- letters and sheets -----------------------------------------------------------------------------------


def test_a_reminder_asks_for_what_is_still_open(made, tmp_path):
    text = copied(made("reminder")[1], tmp_path)
    fields = [
        "3 456,78 €",
        "−1 000,00 €",
        "2 456,78 €",
        "NAM-R-2023-000017",
        "15/08/2023",
        "+++202/3000/01727+++",
    ]
    fields += ["BE71 0961 2345 6769, ASBL Chez soi à Namur", "Lenniksebaan 788A", "Hélène Dubois"]
    assert [field for field in fields if squeezed(field) not in text] == []
    assert given.reminder().open_amount == Decimal("2456.78")
    assert pages_of(made("reminder")[1]) == 1


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_a_statement_lists_each_service_with_what_the_insurer_pays(language, made, tmp_path):
    words, text = given.statement(language=language), copied(made("statement", language)[1], tmp_path)
    lines = [
        f"{line.date:%d/%m/%Y}{line.pseudocode}{line.what}{line.units}{euro(line.amount, language)}"
        for line in words.lines
    ]
    assert [line for line in lines if squeezed(line) not in text] == []
    assert squeezed(euro(words.total, language)) in text
    assert squeezed(given.INSURER) in text


def test_a_statement_of_nothing_says_so(tmp_path):
    words = given.statement(count=0)
    order = documents.statement_order(words, "a")
    content = given.rendered(order)
    assert squeezed(str(order.context["introduction"][0])) in copied(content, tmp_path)
    assert pdfs.page_complaints(content, "ua1", "3a") == []


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_information_sheet_says_every_limit(language, made, tmp_path):
    order, content = made("information", language)
    text = copied(content, tmp_path)
    said = sentences(freeze([order.context["sections"], order.context["limits"]]))
    assert [part for part in said if squeezed(part) not in text] == []
    limits = " ".join(sentences(freeze(order.context["limits"]))).replace("\xa0", " ")
    for figure in ("122", "50", "61", "25", "60", "80", "32"):
        assert figure in limits
    assert pdfs.page_complaints(content, "ua1", "3a") == []


def test_the_sheet_names_only_the_services_that_the_project_gives():
    order = documents.information_order(given.information(alternatives=()), "a")
    assert len(order.context["limits"]["rows"]) == 4
    with override("fr"):
        assert "80" not in " ".join(sentences(freeze(order.context["limits"])))


def test_the_receipt_stays_on_one_page(made, tmp_path):
    order, content = made("information")
    receipt = order.context["receipt"]
    last = copied(content, tmp_path, pages_of(content))
    parts = [receipt["heading"], receipt["sentence"], *(who for who, _name in receipt["signatures"])]
    assert [part for part in parts if squeezed(part) not in last] == []


def test_what_a_person_typed_is_shown_as_typed(tmp_path):
    hostile = "<b>#strong[x]</b> $y$ @preview/pkg:1.0 \\n \"'"
    content = given.rendered(documents.note_order(correction(reason=hostile, last_name=hostile), "a"))
    assert copied(content, tmp_path).count(squeezed(hostile)) == 2


def test_orders_do_not_follow_the_language_of_the_page():
    with override("nl"):
        in_dutch = documents.recap_order(given.recap(issued_on=date(2023, 6, 5)), "a")
    with override("en"):
        in_english = documents.recap_order(given.recap(issued_on=date(2023, 6, 5)), "a")
    assert in_dutch == in_english
