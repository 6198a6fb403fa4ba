"""PDFs by both engines: standards, structure, text, same bytes, nothing fetched."""

import hashlib
import http.server
import logging
import os
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.utils.safestring import mark_safe

from partenamut.documents import typst_engine
from partenamut.documents.errors import RenderingRefused
from partenamut.documents.rendering import render, warm_up
from partenamut.documents.words import NotFrozen
from tests.documents import samples

ROOT = Path(__file__).resolve().parent.parent.parent
MAKERS = {"weasyprint": samples.letter_pdf, "typst": samples.statement_pdf}
TABLES = {"weasyprint": 2, "typst": 1}
OWN_SCRIPT = """
import hashlib, django
django.setup()
import samples
print(hashlib.sha256(samples.letter_pdf()).hexdigest(), hashlib.sha256(samples.statement_pdf()).hexdigest())
"""


@pytest.fixture(scope="module", params=MAKERS)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def archived(engine):
    return MAKERS[engine]()


@pytest.fixture(scope="module")
def plain(engine):
    return MAKERS[engine](archived=False, attachments=[])


@pytest.fixture
def templates(settings, tmp_path):
    """A template folder of the test's own, before the real one."""
    first, *others = settings.TEMPLATES
    settings.TEMPLATES = [first | {"DIRS": [tmp_path, *first["DIRS"]]}, *others]
    return tmp_path


# --- standards and structure ------------------------------------------------------------------------------


def test_every_document_is_pdf_ua(plain, tmp_path):
    assert samples.page_complaints(plain, "ua1") == []
    assert samples.pdfua_complaints(plain, tmp_path) == []
    assert samples.qpdf_complaints(plain, tmp_path) == []


def test_an_archived_document_is_pdf_a_as_well(archived, tmp_path):
    assert samples.page_complaints(archived, "ua1", "3a") == []
    assert samples.pdfua_complaints(archived, tmp_path) == []
    assert samples.qpdf_complaints(archived, tmp_path) == []


def test_tables_have_headers_with_their_scope(engine, archived):
    assert samples.table_complaints(archived, tables=TABLES[engine]) == []


def test_conditions_head_their_rows():
    found = samples.elements(samples.letter_pdf(), "TH")
    assert found.count(("TH", "Row")) == 4  # three conditions and the total
    assert found.count(("TH", "Column")) == 7


def test_the_subject_is_the_first_heading(archived):
    assert samples.elements(archived, "H1") == [("H1", "")]


def test_only_the_bundled_font_is_used_and_embedded(archived):
    with pikepdf.open(BytesIO(archived)) as pdf:
        fonts = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert len(fonts) == 2
        assert all("Portal" in str(font.FontName) and "/FontFile2" in font for font in fonts)


def test_the_file_names_language_title_and_author(archived):
    with pikepdf.open(BytesIO(archived)) as pdf:
        assert str(pdf.Root.Lang).lower() in ("fr", "fr-be")
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as about:
            assert about["dc:title"] == "Votre relevé"
            assert about["dc:creator"] == ["Partenamut"]


def test_the_data_is_attached(archived):
    with pikepdf.open(BytesIO(archived)) as pdf:
        assert list(pdf.attachments) == ["releve.json"]
        file = pdf.attachments["releve.json"]
        assert file.get_file().read_bytes().decode() == samples.DATA.text
        assert file.description == samples.DATA.description
        assert str(file.obj.AFRelationship) == "/Data"


def test_a_long_statement_stays_within_the_standards_and_small(tmp_path):
    content = samples.made(samples.STATEMENT, samples.statement(rows=400))
    assert samples.page_complaints(content, "ua1", "3a") == []
    assert samples.table_complaints(content, tables=1) == []
    assert samples.text_of(content, tmp_path).count("REL-2026-77") == 10
    assert len(content) < 120_000


def test_a_statement_without_rows_or_particulars_stands(tmp_path):
    context = samples.statement(
        rows=0, particulars=[], totals=[], remarks=[], sender=samples.SENDER | {"lines": []}
    )
    content = samples.made(samples.STATEMENT, context)
    assert samples.page_complaints(content, "ua1", "3a") == []
    assert "3 novembre 2026" in samples.text_of(content, tmp_path)


def test_a_letter_of_next_to_nothing_stands(tmp_path):
    content = samples.made(samples.LETTER, {"subject": "Un mot"})
    assert samples.page_complaints(content, "ua1", "3a") == []
    assert "3 novembre 2026" in samples.text_of(content, tmp_path)


# --- text -------------------------------------------------------------------------------------------------


def test_accents_euro_and_narrow_spaces_come_back(archived, tmp_path):
    text = samples.text_of(archived, tmp_path)
    assert "Madame Élodie D’Hœvære-Żółć" in text
    assert "Rue de l’Église 12 boîte 4" in text
    assert "1 234,50 €" in text  # pdftotext writes every kind of space as a plain one
    assert "Spa\u2011Nivezé" in text


@pytest.mark.parametrize("code", ["00A0", "2011", "202F", "20AC"])
def test_spaces_and_hyphens_keep_their_kind(code, archived):
    with pikepdf.open(BytesIO(archived)) as pdf:
        maps = [
            font.ToUnicode.read_bytes().upper()
            for font in pdf.objects
            if isinstance(font, pikepdf.Dictionary) and "/ToUnicode" in font
        ]
    assert any(f"<{code}>".encode() in text for text in maps)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_footer_counts_the_pages_in_the_language(engine, language, tmp_path):
    from partenamut.documents.formats import page_of

    content = MAKERS[engine](language=language)
    assert page_of(language).format(page=1, pages=1) in samples.text_of(content, tmp_path)


def test_the_footer_counts_over_several_pages(tmp_path):
    from partenamut.documents.formats import page_of

    context = samples.letter(paragraphs=["Une phrase assez longue pour remplir une ligne. " * 8] * 20)
    text = samples.text_of(samples.made(samples.LETTER, context), tmp_path)
    assert page_of("fr").format(page=1, pages=3) in text
    assert page_of("fr").format(page=3, pages=3) in text
    assert text.count("CONV-2026-000123") == 4  # once in the letter, then at the foot of each page


HOSTILE = "<b>gras</b> & {{ sender }} {% now 'Y' %} #strong[x] $y$ @preview/pkg:1.0 \\n \"'"


def test_what_a_person_typed_is_shown_as_typed(tmp_path):
    letter = samples.made(samples.LETTER, samples.letter(paragraphs=[mark_safe(HOSTILE)], subject=HOSTILE))
    statement = samples.made(samples.STATEMENT, samples.statement(remarks=[HOSTILE]), title=HOSTILE)
    for content in (letter, statement):
        assert "".join(HOSTILE.split()) in "".join(samples.text_of(content, tmp_path).split())
        assert samples.page_complaints(content, "ua1", "3a") == []


@pytest.mark.parametrize("maker", MAKERS)
def test_a_character_that_no_font_has_becomes_a_square(maker, tmp_path):
    context = samples.letter(paragraphs=["Merci 🙂 谢谢"]) if maker == "weasyprint" else None
    template = samples.LETTER if context else samples.STATEMENT
    content = samples.made(template, context or samples.statement(remarks=["Merci 🙂 谢谢"]))
    assert "Merci □ □□" in samples.text_of(content, tmp_path)
    assert samples.page_complaints(content, "ua1", "3a") == []


def test_a_letter_makes_no_complaint(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        samples.letter_pdf()
    assert [record.getMessage() for record in caplog.records] == []


def test_a_float_cannot_be_shown():
    with pytest.raises(NotFrozen):
        samples.made(samples.LETTER, samples.letter(subject=1.5))


# --- same input, same bytes -------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes(engine, archived):
    assert MAKERS[engine]() == archived
    assert MAKERS[engine](title="Autre titre") != archived


def test_another_process_gives_the_same_bytes_too():
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(ROOT), *sys.path]),
        "PYTHONHASHSEED": "4711",
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "TZ": "America/Caracas",
    }
    done = subprocess.run(
        [sys.executable, "-c", OWN_SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    here = [hashlib.sha256(maker()).hexdigest() for maker in MAKERS.values()]
    assert done.stdout.split() == here


def test_warming_up_changes_nothing():
    before = samples.letter_pdf()
    warm_up()
    assert samples.letter_pdf() == before


# --- nothing is fetched -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listener():
    """A web server on this machine that writes down who asked it for something."""
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


REACHING_OUT = {
    "img": '<img src="{host}/a.png" alt="x">',
    "img file": '<img src="file:///etc/passwd" alt="x">',
    "img data": '<img src="data:image/png;base64,AAAA" alt="x">',
    "img relative": '<img src="logo.png" alt="x">',
    "img path": '<img src="/etc/passwd" alt="x">',
    "base": '<base href="{host}/"><img src="a.png" alt="x">',
    "object": '<object data="{host}/a.svg">x</object>',
    "embed": '<embed src="{host}/a.png">',
    "svg image": '<svg width="9" height="9"><image href="{host}/a.png" width="9" height="9"/></svg>',
    "style": '<link rel="stylesheet" href="{host}/a.css">',
    "style file": '<link rel="stylesheet" href="file:///etc/hostname">',
    "import": "<style>@import url({host}/a.css);</style>",
    "background": '<div style="background: url({host}/a.png)">x</div>',
    "list": '<ul style="list-style-image: url({host}/a.png)"><li>x</li></ul>',
    "content": "<style>p::before {{ content: url({host}/a.png) }}</style><p>x</p>",
    "border": '<div style="border: 1px solid; border-image-source: url({host}/a.png)">x</div>',
    "page": "<style>@page {{ background: url({host}/a.png) }}</style>",
    "font": "<style>@font-face {{ font-family: F; src: url({host}/f.ttf) }} p {{ font-family: F }}</style><p>x</p>",
    "attachment": '<link rel="attachment" href="file:///etc/passwd">',
    "attachment link": '<a rel="attachment" href="file:///etc/passwd">x</a>',
}


@pytest.mark.parametrize("way", REACHING_OUT)
def test_a_template_that_reaches_out_fails(way, templates, listener):
    host, asked = listener
    body = REACHING_OUT[way].format(host=host)
    (templates / "out.html").write_text(f'<html lang="fr"><body><h1>x</h1>{body}</body></html>')
    with pytest.raises(RenderingRefused):
        samples.made("out.html", {})
    assert asked == []


def test_a_foreign_symbol_is_not_asked_for(templates, listener):
    host, asked = listener
    drawing = f'<svg width="9" height="9"><title>x</title><use href="{host}/a.svg#b"/></svg>'
    (templates / "out.html").write_text(f'<html lang="fr"><body><h1>x</h1>{drawing}</body></html>')
    samples.made("out.html", {})  # WeasyPrint passes over it without a word
    assert asked == []


def test_the_listener_hears(listener):
    from weasyprint import HTML

    host, asked = listener
    HTML(string=f'<img src="{host}/heard.png" alt="x">').render()
    assert asked == ["/heard.png"]
    asked.clear()


@pytest.mark.parametrize(
    "source",
    [
        '#import "@preview/cades:0.3.0": qr-code',
        '#include "@preview/cades:0.3.0"',
        '#import("@local/thing:1.0.0")',
    ],
)
def test_a_typst_package_is_refused(source, templates):
    (templates / "out.typ").write_text(source)
    with pytest.raises(RenderingRefused, match="package"):
        samples.made("out.typ", {})


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd"])
def test_typst_stays_in_its_folder(path, templates):
    (templates / "out.typ").write_text(f'#set document(title: "x")\n#read("{path}")')
    with pytest.raises(RenderingRefused):
        samples.made("out.typ", {})


@pytest.mark.parametrize("name", ["../manage.py", "documents/none.typ", "../outside.typ", "letter.docx"])
def test_an_unknown_template_is_refused(name, templates):
    (templates.parent / "outside.typ").write_text("x")
    with pytest.raises(RenderingRefused):
        samples.made(name, {})


def test_typst_says_what_is_wrong(templates):
    (templates / "wrong.typ").write_text('#set document(title: "x")\n#panic("no such column")')
    with pytest.raises(RenderingRefused, match="no such column"):
        samples.made("wrong.typ", {})


def test_a_typst_document_without_a_title_is_refused(templates):
    (templates / "untitled.typ").write_text("x")
    with pytest.raises(RenderingRefused):
        samples.made("untitled.typ", {})


def test_one_compiler_serves_a_folder():
    samples.statement_pdf()
    before = typst_engine._compiler.cache_info().misses
    samples.statement_pdf()
    assert typst_engine._compiler.cache_info().misses == before


def test_threads_do_not_disturb_each_other():
    expected = {name: maker() for name, maker in MAKERS.items()}
    got = []

    def work(name):
        got.append(MAKERS[name]() == expected[name])

    threads = [threading.Thread(target=work, args=(name,)) for name in MAKERS for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [True] * 6


def test_render_takes_any_mapping():
    from types import MappingProxyType

    assert render(
        samples.LETTER,
        MappingProxyType(samples.letter()),
        language="nl",
        title="Brief",
        issued_on=samples.DAY,
    ).startswith(b"%PDF-1.7")
