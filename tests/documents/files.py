"""Files that people send: good ones, and those that must never be kept."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib
from functools import cache
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from pillow_heif import from_pillow

SECRET = b"SECRET-PAYLOAD-4711"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


# --- pictures ---------------------------------------------------------------------------------------------


def drawn(mode="RGB", size=(60, 40)):
    """A picture with some marks on it."""
    picture = Image.new("RGB", size, "white")
    picture.paste((18, 50, 74), (5, 5, size[0] // 2, size[1] // 2))
    return picture.convert(mode)


def picture(form, mode="RGB", **options):
    """The bytes of such a picture."""
    target = BytesIO()
    drawn(mode).save(target, form, **options)
    return target.getvalue()


def located_jpeg():
    """A JPEG that says where it was taken, by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (50.0, 51.0, 1.0)
    return picture("JPEG", exif=exif.tobytes(), comment=SECRET)


def commented_png():
    """A PNG with a comment."""
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", SECRET.decode())
    return picture("PNG", pnginfo=notes)


def heic():
    """A photo as telephones make them."""
    target = BytesIO()
    from_pillow(drawn(size=(64, 64))).save(target, quality=60)
    return target.getvalue()


def tiff(pages=1, mode="RGB", **options):
    """A scan of so many pages."""
    target = BytesIO()
    first, *others = [drawn(mode) for _ in range(pages)]
    first.save(target, "TIFF", save_all=True, append_images=others, **options)
    return target.getvalue()


def png_of(width, height):
    """A PNG that claims a size and holds next to nothing."""
    head = struct.pack("!2I5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(99)))
        + _chunk(b"IEND")
    )


def _chunk(kind, data=b""):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def jpeg_of(width, height):
    """A JPEG that claims another size."""
    data = bytearray(picture("JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack("!2H", height, width)
    return bytes(data)


def tiff_of(width, height):
    """A TIFF that claims another size."""
    data = bytearray(tiff())
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, _kind = struct.unpack_from("<2H", data, entry)
        if tag in (256, 257):
            value = width if tag == 256 else height
            struct.pack_into("<2HII", data, entry, tag, 4, 1, value)
    return bytes(data)


def endless_tiff():
    """A TIFF whose only page is followed by itself."""
    data = bytearray(tiff())
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    return bytes(data)


# --- PDFs -------------------------------------------------------------------------------------------------


def book(pages=1):
    """An open PDF with some pages of text."""
    pdf = pikepdf.new()
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        page.obj.Contents = pdf.make_stream(b"BT /F1 12 Tf 72 720 Td (Page %d) Tj ET" % (number + 1))
    return pdf


def saved(pdf, **options):
    """Its bytes."""
    target = BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def pdf_with(change, pages=1, **options):
    """A PDF after a change to it."""
    pdf = book(pages)
    change(pdf)
    return saved(pdf, **options)


SCRIPT = Dictionary(S=Name.JavaScript, JS=String(SECRET.decode()))


def _named_script(pdf):
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), SCRIPT])))


def _opening_script(pdf):
    pdf.Root.OpenAction = SCRIPT
    pdf.Root.AA = Dictionary(WC=SCRIPT)
    pdf.pages[0].obj.AA = Dictionary(O=SCRIPT)


def _launch(pdf):
    action = Dictionary(S=Name.Launch, F=String(SECRET.decode()))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=action)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])


def _embedded(pdf):
    pdf.attachments["virus.exe"] = pikepdf.AttachedFileSpec(pdf, SECRET)


def _attached_annotation(pdf):
    stream = pdf.make_stream(SECRET)
    spec = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=stream))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=spec)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def _form(pdf):
    look = pdf.make_stream(
        b"/Tx BMC BT /F1 10 Tf 2 5 Td (Filled in) Tj ET EMC",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 200, 20]),
        Resources=pdf.pages[0].obj.Resources,
    )
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("name"),
        V=String("Filled in"),
        Rect=Array([72, 600, 272, 620]),
        AP=Dictionary(N=look),
        AA=Dictionary(K=SCRIPT),
        F=4,
    )
    widget = pdf.make_indirect(field)
    pdf.pages[0].obj.Annots = Array([widget])
    pdf.Root.AcroForm = Dictionary(Fields=Array([widget]), XFA=pdf.make_stream(SECRET))


def _metadata(pdf):
    pdf.docinfo.Author = SECRET.decode()
    pdf.Root.Metadata = pdf.make_stream(
        b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", Type=Name.Metadata, Subtype=Name.XML
    )
    pdf.pages[0].obj.PieceInfo = Dictionary(X=Dictionary(Private=String(SECRET.decode())))


def _external_stream(pdf):
    pdf.pages[0].obj.Resources.XObject = Dictionary(
        X=pdf.make_stream(
            b"", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, F=String(SECRET.decode())
        ),
        P=pdf.make_stream(SECRET, Type=Name.XObject, Subtype=Name.PS),
        R=pdf.make_stream(
            b"",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 1, 1]),
            Ref=Dictionary(F=String(SECRET.decode()), Page=0),
        ),
    )


def _inherited(pdf):
    page = pdf.pages[0].obj
    for key in ("/Resources", "/MediaBox"):
        pdf.Root.Pages[key] = page[key]
        del page[key]
    pdf.Root.Pages.Rotate = 90


def _scan(pdf):
    image = pdf.make_stream(
        picture("JPEG"),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=60,
        Height=40,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    pdf.pages[0].obj.Resources.XObject = Dictionary(Im0=image)
    pdf.pages[0].obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")


HOSTILE_PDFS = {
    "named script": _named_script,
    "opening script": _opening_script,
    "launch": _launch,
    "embedded file": _embedded,
    "attached annotation": _attached_annotation,
    "form": _form,
    "metadata": _metadata,
    "external streams": _external_stream,
}


def _bomb(data, filters):
    def add(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(b"")
        pdf.pages[0].obj.Contents.write(data, filter=Array([Name(name) for name in filters]))

    return add


@cache
def inflated(size=80 * 2**20):
    """Nothing but blanks, packed a thousandfold."""
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    return b"".join([*(packer.compress(block) for _ in range(size // 2**20)), packer.flush()])


def many_bombs(pdf):
    """Each part is small enough, all together are not."""
    data = inflated(60 * 2**20)
    streams = []
    for _ in range(5):
        stream = pdf.make_stream(b"")
        stream.write(data, filter=Name.FlateDecode)
        streams.append(stream)
    pdf.pages[0].obj.Contents = Array(streams)


def object_stream_bomb():
    """A PDF whose objects lie in a stream that unfolds a thousandfold."""
    inner = b"5 0 <</Type/Catalog/Pages 6 0 R>> "
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    packed = packer.compress(inner) + b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    body = b"%PDF-1.5\n"
    place = len(body)
    body += b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    body += packed + b"\nendstream\nendobj\n"
    table = len(body)
    rows = b"".join(
        struct.pack("!BIH", *row)
        for row in (
            (0, 0, 65535),
            (0, 0, 0),
            (0, 0, 0),
            (0, 0, 0),
            (1, place, 0),
            (2, 4, 0),
            (0, 0, 0),
            (1, table, 0),
        )
    )
    body += b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 2]/Root 5 0 R/Length %d>>stream\n" % len(rows)
    return body + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table


def lzw(rounds):
    """Blanks in the older packing; a round is 4 kB that unfolds into 7 MB."""
    bits, width = [], 9
    for _ in range(rounds):
        bits.append(f"{256:0{width}b}")
        for code in (32, *range(258, 4093)):
            width = next(wide for wide in (9, 10, 11, 12) if code < 2**wide - 1)
            bits.append(f"{code:0{width}b}")
    bits.append(f"{257:0{width}b}")
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def crowded(pdf):
    """More objects than any letter has."""
    pdf.pages[0].obj.Resources.Properties = Array([pdf.make_indirect(Dictionary(N=n)) for n in range(50_010)])


def huge_picture(pdf):
    """A picture of a few bytes that says it has gigapixels."""
    _scan(pdf)
    image = pdf.pages[0].obj.Resources.XObject.Im0
    image.Width, image.Height = 60_000, 60_000


def circular(pdf):
    """A page tree that is its own child."""
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages])


def no_pages():
    """A PDF without a page."""
    return saved(pikepdf.new())


def protected(owner, user):
    """A PDF with passwords."""
    return saved(book(), encryption=pikepdf.Encryption(owner=owner, user=user))


# --- other kinds ------------------------------------------------------------------------------------------


def archive(*names):
    """A ZIP with such members."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name in names:
            packed.writestr(name, SECRET)
    return target.getvalue()


def tape():
    """A tar."""
    target = BytesIO()
    with tarfile.open(fileobj=target, mode="w") as packed:
        member = tarfile.TarInfo("a.txt")
        member.size = len(SECRET)
        packed.addfile(member, io.BytesIO(SECRET))
    return target.getvalue()


WORD = ("[Content_Types].xml", "word/document.xml", "_rels/.rels")
EXCEL = ("[Content_Types].xml", "xl/workbook.xml", "_rels/.rels")
PDF = saved(book())
AS_IT_IS = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}

#: name -> (file name, content, code of the refusal)
BAD = {
    "empty": ("a.pdf", b"", "empty"),
    "too large": ("a.pdf", PDF + bytes(10 * 2**20), "too_large"),
    "windows program": ("a.exe", b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + bytes(500), "kind"),
    "windows program named pdf": ("a.pdf", b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + bytes(500), "kind"),
    "linux program": ("a.jpg", b"\x7fELF\x02\x01\x01" + bytes(200), "kind"),
    "shell script": ("a.pdf", b"#!/bin/sh\nrm -rf /\n", "kind"),
    "batch file": ("a.bat", b"@echo off\r\ndel *.*\r\n", "kind"),
    "html": ("a.html", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "kind"),
    "html named pdf": ("a.pdf", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "kind"),
    "html named jpg": ("a.jpg", b"<html><body onload=alert(1)>", "kind"),
    "svg": (
        "a.svg",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "kind",
    ),
    "svg named png": ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "kind"),
    "xml": (
        "a.xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "kind",
    ),
    "javascript": ("a.js", b"function a() { return eval('1') }\n", "kind"),
    "php": ("a.php", b"<?php system($_GET['c']); ?>", "kind"),
    "php named jpg": ("a.jpg", b"<?php system($_GET['c']); ?>", "kind"),
    "python": ("a.py", b"#!/usr/bin/env python3\nimport os\n", "kind"),
    "text": ("a.txt", b"Bonjour\n", "kind"),
    "text named pdf": ("a.pdf", b"Bonjour\n", "kind"),
    "csv": ("a.csv", b"a;b\n=1+1;2\n", "kind"),
    "json": ("a.json", json.dumps({"a": 1}).encode(), "kind"),
    "mail": ("a.eml", b"From: a@b.be\nTo: c@d.be\nSubject: x\n\nBonjour\n", "kind"),
    "rtf": ("a.rtf", b"{\\rtf1\\ansi Bonjour}", "kind"),
    "postscript": ("a.ps", b"%!PS-Adobe-3.0\n/x 1 def\n", "kind"),
    "postscript named pdf": ("a.pdf", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n", "kind"),
    "word": ("a.docx", archive(*WORD), "kind"),
    "word named pdf": ("a.pdf", archive(*WORD), "kind"),
    "excel": ("a.xlsx", archive(*EXCEL), "kind"),
    "old word": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "kind"),
    "zip": ("a.zip", archive("a.txt"), "kind"),
    "zip named jpg": ("a.jpg", archive("a.txt"), "kind"),
    "java archive": ("a.jar", archive("META-INF/MANIFEST.MF", "A.class"), "kind"),
    "tar": ("a.tar", tape(), "kind"),
    "gzip": ("a.gz", gzip.compress(SECRET), "kind"),
    "seven zip": ("a.7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(40), "kind"),
    "rar": ("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(40), "kind"),
    "gif": ("a.gif", picture("GIF"), "kind"),
    "bmp": ("a.bmp", picture("BMP"), "kind"),
    "webp": ("a.webp", picture("WEBP"), "kind"),
    "icon": ("a.ico", picture("ICO"), "kind"),
    "avif": ("a.avif", b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(90), "kind"),
    "video": ("a.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41" + bytes(90), "kind"),
    "sound": ("a.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 60, "kind"),
    "virus test text": ("a.pdf", EICAR, "kind"),
    "html before a pdf": ("a.pdf", b"<html><script>alert(1)</script></html>\n" + PDF, "kind"),
    "gif before a pdf": ("a.pdf", picture("GIF") + PDF, "kind"),
    "pdf named jpg": ("a.jpg", PDF, "extension"),
    "pdf without extension": ("certificate", PDF, "extension"),
    "pdf named program": ("certificate.pdf.exe", PDF, "extension"),
    "pdf named page": ("certificate.pdf.html", PDF, "extension"),
    "pdf with a turned name": ("certificate\u202efdp.exe", PDF, "extension"),
    "pdf with a cut name": ("certificate.exe\x00.jpg", PDF, "extension"),
    "jpeg named png": ("a.png", picture("JPEG"), "extension"),
    "png named pdf": ("a.pdf", picture("PNG"), "extension"),
    "heic named jpg": ("a.jpg", heic(), "extension"),
    "tiff named heic": ("a.heic", tiff(), "extension"),
    "password": ("a.pdf", protected("owner", "user"), "encrypted"),
    "owner's password": ("a.pdf", protected("owner", ""), "encrypted"),
    "pdf of a header": ("a.pdf", b"%PDF-1.7\n", "unreadable"),
    "pdf of noise": ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, "unreadable"),
    "pdf without pages": ("a.pdf", no_pages(), "unreadable"),
    "circular pdf": ("a.pdf", pdf_with(circular), "unreadable"),
    "too many pages": ("a.pdf", saved(book(101)), "too_many_pages"),
    "flate bomb": ("a.pdf", lambda: pdf_with(_bomb(inflated(), ["/FlateDecode"]), **AS_IT_IS), "too_complex"),
    "older bomb": ("a.pdf", lambda: pdf_with(_bomb(lzw(60), ["/LZWDecode"]), **AS_IT_IS), "too_complex"),
    "twofold bomb": (
        "a.pdf",
        lambda: pdf_with(_bomb(zlib.compress(inflated(), 9), ["/FlateDecode", "/FlateDecode"]), **AS_IT_IS),
        "too_complex",
    ),
    "many bombs": ("a.pdf", lambda: pdf_with(many_bombs), "too_complex"),
    "object stream bomb": ("a.pdf", object_stream_bomb, "unreadable"),
    "too many objects": ("a.pdf", lambda: pdf_with(crowded), "too_complex"),
    "gigapixels in a pdf": ("a.pdf", pdf_with(huge_picture), "too_many_pixels"),
    "png bomb": ("a.png", png_of(30_000, 30_000), "too_many_pixels"),
    "jpeg bomb": ("a.jpg", jpeg_of(60_000, 60_000), "too_many_pixels"),
    "tiff bomb": ("a.tif", tiff_of(90_000, 90_000), "too_many_pixels"),
    "half a jpeg": ("a.jpg", picture("JPEG", quality=95)[:400], "unreadable"),
    "half a png": ("a.png", png_of(60, 40), "unreadable"),
    "half a heic": ("a.heic", heic()[:200], "unreadable"),
    "half a tiff": ("a.tif", tiff()[:20], "unreadable"),
    "too many tiff pages": ("a.tif", lambda: tiff(101, "1"), "too_many_pages"),
}

#: name -> (file name, content, media type kept)
GOOD = {
    "pdf": ("certificate.pdf", PDF, "application/pdf"),
    "pdf in capitals": ("CERTIFICATE.PDF", PDF, "application/pdf"),
    "pdf of a hundred pages": ("a.pdf", saved(book(100)), "application/pdf"),
    "pdf with object streams": (
        "a.pdf",
        saved(book(3), object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "application/pdf",
    ),
    "pdf of a scanner": ("scan.pdf", pdf_with(_scan), "application/pdf"),
    "pdf with inherited values": ("a.pdf", pdf_with(_inherited), "application/pdf"),
    "pdf that was cut": ("a.pdf", PDF[:-60], "application/pdf"),
    "pdf with old packing": ("a.pdf", pdf_with(_bomb(lzw(1), ["/LZWDecode"]), **AS_IT_IS), "application/pdf"),
    **{
        f"pdf with {name}": ("a.pdf", pdf_with(change), "application/pdf")
        for name, change in HOSTILE_PDFS.items()
    },
    "jpeg": ("photo.jpg", picture("JPEG"), "image/jpeg"),
    "jpeg with place": ("photo.jpeg", located_jpeg(), "image/jpeg"),
    "jpeg in grey": ("photo.jpg", picture("JPEG", "L"), "image/jpeg"),
    "jpeg for print": ("photo.jpg", picture("JPEG", "CMYK"), "image/jpeg"),
    "progressive jpeg": ("photo.jpg", picture("JPEG", progressive=True), "image/jpeg"),
    "jpeg with a zip behind it": ("photo.jpg", picture("JPEG") + archive("a.exe"), "image/jpeg"),
    "png": ("capture.png", picture("PNG"), "image/png"),
    "png with transparency": ("capture.png", picture("PNG", "RGBA"), "image/png"),
    "png with a palette": ("capture.png", picture("PNG", "P"), "image/png"),
    "png in black and white": ("capture.png", picture("PNG", "1"), "image/png"),
    "png with many greys": ("capture.png", picture("PNG", "I;16"), "image/png"),
    "png with a comment": ("capture.png", commented_png(), "image/png"),
    "heic": ("IMG_0042.HEIC", heic(), "image/jpeg"),
    "heif": ("IMG_0042.heif", heic(), "image/jpeg"),
    "tiff": ("scan.tif", tiff(), "image/jpeg"),
    "fax": ("fax.tiff", tiff(1, "1", compression="group4"), "image/jpeg"),
    "tiff of three pages": ("scan.tif", tiff(3), "application/pdf"),
    "endless tiff": ("scan.tif", endless_tiff(), "image/jpeg"),
}
