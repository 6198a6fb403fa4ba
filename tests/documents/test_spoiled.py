"""Each check of a PDF is seen failing: a check that cannot fail proves nothing."""

import zlib
from io import BytesIO

import pikepdf
import pytest

from partenamut.documents import packing
from partenamut.documents.packing import AMBIGUOUS, packed
from tests.documents import samples

MAKERS = {"weasyprint": samples.letter_pdf, "typst": samples.statement_pdf}
TABLES = {"weasyprint": 2, "typst": 1}


@pytest.fixture(scope="module", params=MAKERS)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def sound(engine):
    return MAKERS[engine]()


def spoiled(content, spoil):
    """The PDF after a change to its objects."""
    with pikepdf.open(BytesIO(content)) as pdf:
        spoil(pdf)
        target = BytesIO()
        pdf.save(target, fix_metadata_version=False)
    return target.getvalue()


def named(pdf, kind):
    """The structure elements of a kind."""
    return [
        item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == f"/{kind}"
    ]


def without_language(pdf):
    del pdf.Root.Lang


def without_tags(pdf):
    del pdf.Root.StructTreeRoot
    del pdf.Root.MarkInfo


def without_title(pdf):
    pdf.Root.ViewerPreferences.DisplayDocTitle = False


def without_marks(pdf):
    text = pdf.Root.Metadata.read_bytes().replace(b"pdfuaid", b"pdfnone")
    pdf.Root.Metadata.write(text)


def without_intent(pdf):
    del pdf.Root.OutputIntents


def with_a_script(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def without_relationship(pdf):
    del pdf.Root.AF


def without_fonts(pdf):
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            del item.FontFile2


def without_unicode(pdf):
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
            del item.ToUnicode


def with_data_for_headers(pdf):
    for cell in named(pdf, "TH"):
        cell.S = pikepdf.Name.TD


def without_scope(pdf):
    for cell in named(pdf, "TH"):
        attributes = cell.get("/A", pikepdf.Dictionary())
        for one in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
            if "/Scope" in one:
                del one["/Scope"]


def without_a_table(pdf):
    named(pdf, "Table")[0].S = pikepdf.Name.Div


@pytest.mark.parametrize("spoil", [without_language, without_tags, without_title, without_marks])
def test_page_sees_what_breaks_pdf_ua(sound, spoil):
    assert samples.page_complaints(spoiled(sound, spoil), "ua1")


@pytest.mark.parametrize("spoil", [without_tags, with_a_script, without_relationship, without_fonts])
def test_page_sees_what_breaks_pdf_a(sound, spoil):
    assert samples.page_complaints(spoiled(sound, spoil), "3a")


def test_page_sees_a_letter_without_its_colours():
    assert samples.page_complaints(spoiled(samples.letter_pdf(), without_intent), "3a")


@pytest.mark.parametrize("spoil", [without_language, without_tags, without_title])
def test_pdfua_sees_what_breaks_pdf_ua(sound, spoil, tmp_path):
    assert samples.pdfua_complaints(spoiled(sound, spoil), tmp_path)


def test_qpdf_sees_a_broken_file(sound, tmp_path):
    assert samples.qpdf_complaints(sound[: len(sound) // 2], tmp_path)


@pytest.mark.parametrize("spoil", [with_data_for_headers, without_scope, without_a_table])
def test_the_structure_check_sees_broken_tables(engine, sound, spoil):
    assert samples.table_complaints(sound, tables=TABLES[engine]) == []
    assert samples.table_complaints(spoiled(sound, spoil), tables=TABLES[engine])


def test_the_text_check_sees_lost_letters(sound, tmp_path):
    assert "Élodie" in samples.text_of(sound, tmp_path)
    assert "Élodie" not in samples.text_of(spoiled(sound, without_unicode), tmp_path)


def test_a_change_of_nothing_spoils_nothing(sound):
    assert samples.page_complaints(spoiled(sound, lambda _pdf: None), "ua1", "3a") == []


# --- a stream whose data ends in a carriage return ---------------------------------------------------------


def ending_in_a_return():
    """Text whose compressed form ends in a carriage return."""
    texts = (b"%" + b"y" * length + b"\n" for length in range(1000))
    return next(text for text in texts if zlib.compress(text).endswith(b"\r"))


def ambiguous(content):
    """The document with such a stream as the content of an extra page part."""
    with pikepdf.open(BytesIO(content)) as pdf:
        stream = pdf.make_stream(b"")
        stream.write(zlib.compress(ending_in_a_return()), filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].contents_add(stream)
        target = BytesIO()
        pdf.save(
            target,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            fix_metadata_version=False,
        )
    return target.getvalue()


def test_a_validator_measures_such_a_stream_wrongly_and_packing_helps(sound, tmp_path):
    content = ambiguous(sound)
    assert AMBIGUOUS in content
    assert samples.page_complaints(content, "3a") == ["PDFA3A-STREAM-LENGTH-001"]
    again = packed(content)
    assert AMBIGUOUS not in again
    assert samples.page_complaints(again, "ua1", "3a") == []
    assert samples.qpdf_complaints(again, tmp_path) == []


@pytest.mark.parametrize("size", [8, 9, 99, 998, 999, 9999])
def test_no_offset_moves_where_a_stream_gets_longer(size, tmp_path):
    data = b"x" * (size - 1) + b"\r"
    before = b"1 0 obj\n<< /Length %d /Subtype /X >>\nstream\n%s\nendstream\nendobj\n" % (size, data)
    after = packing._ending_clearly(before)
    assert len(after) == len(before)
    assert AMBIGUOUS not in after.replace(b"\r\n\nendstream", b"")
    assert b"/Length %d" % (size + 1) in after
    assert after.endswith(data + b"\n\nendstream\nendobj\n")


def test_a_hundred_statements_have_no_such_stream():
    statements = [
        samples.made(samples.STATEMENT, samples.statement(rows=1, remarks=[f"Relevé {number}"]))
        for number in range(100)
    ]
    assert not any(AMBIGUOUS in content for content in statements)
