"""Uploads: what is refused, what is kept, and what is left of what was kept."""

import socket
import threading
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from partenamut.documents import checks, services
from partenamut.documents.checks import MESSAGES, check, clean_name
from partenamut.documents.errors import UploadRefused
from partenamut.documents.models import Upload
from tests.documents import files, samples


def sent(name, content):
    """A file as a browser sends it, with the name it was given."""
    upload = SimpleUploadedFile("x", content() if callable(content) else content)
    upload._name = name
    return upload


def kept(name):
    """What is kept of a good file."""
    return check(sent(*files.GOOD[name][:2]))


# --- 78 bad kinds, 34 good ones ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", files.BAD)
def test_a_bad_file_is_refused_and_nothing_is_stored(kind, person, at, shelf):
    name, content, code = files.BAD[kind]
    with pytest.raises(UploadRefused) as refusal:
        services.receive(file=sent(name, content), kind="certificate", actor=person, at=at)
    assert refusal.value.code == code
    assert refusal.value.message == str(refusal.value)
    assert len(refusal.value.message) > 40
    assert Upload.objects.count() == 0
    assert shelf() == []


@pytest.mark.parametrize("kind", files.GOOD)
def test_a_good_file_is_kept_clean(kind, person, at, shelf):
    name, content, content_type = files.GOOD[kind]
    upload = services.receive(file=sent(name, content), kind="certificate", actor=person, at=at)
    assert upload.content_type == content_type
    assert shelf() == [upload.file.name]
    with upload.file.open("rb") as stored:
        data = stored.read()
    assert len(data) == upload.size > 0
    assert files.SECRET not in data
    assert harm(data, content_type) == []


def harm(data, content_type):
    """What is left in a kept file that should not be."""
    if content_type == "application/pdf":
        with pikepdf.open(BytesIO(data)) as pdf:
            return _harm_in(pdf)
    picture = Image.open(BytesIO(data))
    picture.load()
    return [key for key in ("exif", "comment", "icc_profile", "Author") if picture.info.get(key)]


def _harm_in(pdf):
    found = sorted(set(pdf.Root.keys()) - {"/Type", "/Pages"}) + sorted(pdf.docinfo.keys())
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            found += [
                key for key in ("/AA", "/EF", "/JS", "/Metadata", "/Ref", "/F", "/Annots") if key in item
            ]
            if isinstance(item, pikepdf.Stream) and files.SECRET in item.read_raw_bytes():
                found.append("payload")
    return found


@pytest.mark.parametrize("name", files.HOSTILE_PDFS)
def test_the_hostile_pdfs_are_hostile(name):
    assert harm(files.GOOD[f"pdf with {name}"][1], "application/pdf")


@pytest.mark.parametrize("name", ["jpeg with place", "png with a comment"])
def test_the_telltale_pictures_tell_tales(name):
    assert files.SECRET in files.GOOD[name][1]


# --- what is left -----------------------------------------------------------------------------------------


def test_a_filled_in_form_stays_readable(tmp_path):
    text = samples.text_of(kept("pdf with form").content, tmp_path)
    assert "Filled in" in text
    assert "Page 1" in text


def test_every_page_is_kept(tmp_path):
    content = kept("pdf of a hundred pages").content
    assert "Page 100" in samples.text_of(content, tmp_path)
    assert samples.qpdf_complaints(content, tmp_path) == []


def test_inherited_sizes_and_turns_are_kept():
    with pikepdf.open(BytesIO(kept("pdf with inherited values").content)) as pdf:
        page = pdf.pages[0]
        assert [int(side) for side in page.mediabox] == [0, 0, 595, 842]
        assert page.obj.Rotate == 90


def test_our_own_letters_are_taken(tmp_path):
    content = check(sent("lettre.pdf", samples.letter_pdf())).content
    assert "Élodie" in samples.text_of(content, tmp_path)
    assert harm(content, "application/pdf") == []


def test_a_photo_on_its_side_is_turned_upright():
    before = Image.open(BytesIO(files.GOOD["jpeg with place"][1]))
    after = Image.open(BytesIO(kept("jpeg with place").content))
    assert before.size == (60, 40)
    assert after.size == (40, 60)
    assert not after.getexif()


def test_transparency_becomes_white():
    transparent = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(transparent, "PNG")
    picture = Image.open(BytesIO(check(sent("a.png", transparent.getvalue())).content))
    assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_a_large_photo_is_made_smaller():
    large = BytesIO()
    Image.new("RGB", (5000, 2500), "white").save(large, "JPEG")
    assert Image.open(BytesIO(check(sent("a.jpg", large.getvalue())).content)).size == (4096, 2048)


def test_a_scan_of_three_pages_becomes_a_pdf_of_three_pages():
    made = kept("tiff of three pages")
    assert made.name == "scan.pdf"
    with pikepdf.open(BytesIO(made.content)) as pdf:
        assert len(pdf.pages) == 3


def test_a_converted_photo_gets_the_extension_of_what_it_became():
    assert kept("heic").name == "IMG_0042.jpg"
    assert kept("jpeg with place").name == "photo.jpeg"


def test_the_limit_of_size_can_be_lowered_and_is_named():
    with pytest.raises(UploadRefused, match="2") as refusal:
        check(sent("a.pdf", files.PDF + bytes(2 * 2**20)), max_bytes=2 * 2**20)
    assert refusal.value.code == "too_large"


def test_a_size_that_lies_is_seen():
    upload = sent("a.pdf", files.PDF + bytes(2 * 2**20))
    upload.size = 10
    with pytest.raises(UploadRefused) as refusal:
        check(upload, max_bytes=2 * 2**20)
    assert refusal.value.code == "too_large"


def test_a_decoder_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", 0.001)
    with pytest.raises(UploadRefused) as refusal:
        check(sent("a.pdf", files.PDF))
    assert refusal.value.code == "unreadable"


def test_every_refusal_has_its_sentence():
    reached = {code for _name, _content, code in files.BAD.values()} | {"infected", "scanner_down"}
    assert reached == {*MESSAGES, "too_large"}


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "kept_name"),
    [
        ("certificat médical.pdf", "certificat médical.pdf"),
        ("certificat me\u0301dical.pdf", "certificat médical.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\moi\\scan.pdf", "scan.pdf"),
        ('a"b;c<d>.pdf', "abcd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("a\x00b\u202ec.pdf", "abc.pdf"),
        (" . scan . .pdf", "scan.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("", ""),
        ("...", ""),
    ],
)
def test_names_are_cleaned(given_name, kept_name):
    assert clean_name(given_name) == kept_name


@given(some.text(max_size=400))
def test_a_clean_name_stays_clean_and_short(name):
    once = clean_name(name)
    assert clean_name(once) == once
    assert len(once) <= checks.MAX_NAME
    assert not set(once) & {"/", "\\", "\0", "\n", "\r", '"', ";"}


# --- the virus scanner ------------------------------------------------------------------------------------


@pytest.fixture
def scanner(settings, tmp_path):
    """A socket that speaks clamd's INSTREAM and knows one virus; gives the list of sizes it was sent."""
    place = tmp_path / "clamd.sock"
    settings.CLAMD_SOCKET = str(place)
    sizes = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(place))
        server.listen()
        threading.Thread(target=_serve, args=(server, sizes), daemon=True).start()
        yield sizes


def _serve(server, sizes):
    while True:
        try:
            client, _address = server.accept()
        except OSError:
            return
        with client, client.makefile("rwb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            data = b""
            while length := int.from_bytes(stream.read(4), "big"):
                data += stream.read(length)
            sizes.append(len(data))
            verdict = b"stream: Eicar FOUND\0" if files.EICAR in data else b"stream: OK\0"
            stream.write(b"INSTREAM size limit exceeded. ERROR\0" if len(data) > 300_000 else verdict)


def test_the_scanner_sees_the_whole_file(scanner):
    content = files.PDF + b"%" * 200_000
    check(sent("a.pdf", content))
    assert scanner == [len(content)]


def test_a_known_virus_is_refused(scanner):
    with pytest.raises(UploadRefused) as refusal:
        check(sent("a.pdf", files.PDF + files.EICAR))
    assert refusal.value.code == "infected"


def test_a_scanner_that_cannot_judge_is_no_yes(scanner):
    with pytest.raises(UploadRefused) as refusal:
        check(sent("a.pdf", files.PDF + b"%" * 400_000))
    assert refusal.value.code == "scanner_down"


def test_a_scanner_that_is_down_is_no_yes(settings, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "nobody.sock")
    with pytest.raises(UploadRefused) as refusal:
        check(sent("a.pdf", files.PDF))
    assert refusal.value.code == "scanner_down"
