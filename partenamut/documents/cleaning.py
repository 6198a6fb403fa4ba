"""Makes a new file out of a received one: only its pages or its picture survive.

Runs in a process of its own, with little memory and time, because decoders of pictures and PDFs are where
hostile files do their harm: `python cleaning.py <media type>`, the file on standard input. Knows no Django.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

PDF, JPEG, PNG, TIFF = "application/pdf", "image/jpeg", "image/png", "image/tiff"
HEIC = ("image/heic", "image/heif")

MAX_PAGES = 100
MAX_OBJECTS = 50_000
MAX_STREAM_BYTES = 64 * 2**20
MAX_DECODED_BYTES = 256 * 2**20
MAX_PIXELS = 52_000_000
KEPT_SIDE = 4096
MEMORY_BYTES = 1536 * 2**20
CPU_SECONDS = 20

INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
KEPT_OF_A_PAGE = {"/Type", "/Parent", "/Contents", "/Group", "/UserUnit", *INHERITED}
# Whatever runs, reaches out, hides a file or says who made the page. /A stays: it is also the name of a glyph.
REMOVED = (
    *("/AA", "/JS", "/JavaScript", "/OpenAction", "/XFA"),
    *("/AF", "/Alternates", "/EF", "/OPI", "/Ref"),
    *("/LastModified", "/Metadata", "/OC", "/PieceInfo"),
)
EXTERNAL = ("/F", "/FFilter", "/FDecodeParms")
PICTURE_FILTERS = {"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}


class Refused(ValueError):
    """Raised with the code of the reason why no clean file can be made."""


def clean(data: bytes, media_type: str) -> tuple[bytes, str]:
    """The new file and its media type; Refused, or any error of a decoder, if the old one is unfit."""
    if media_type == PDF:
        return _pdf(data), PDF
    if media_type == TIFF:
        return _tiff(data)
    if media_type in HEIC:
        from pillow_heif import register_heif_opener

        register_heif_opener()
        return _picture(data, ("HEIF",), "JPEG"), JPEG
    if media_type == PNG:
        return _picture(data, ("PNG",), "PNG"), PNG
    return _picture(data, ("JPEG", "MPO"), "JPEG"), JPEG


# --- pictures ---------------------------------------------------------------------------------------------


def _opened(data: bytes, formats: tuple[str, ...]) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # judged below, as an error instead of a warning
    return Image.open(io.BytesIO(data), formats=formats)


def _picture(data: bytes, formats: tuple[str, ...], target: str) -> bytes:
    picture = _opened(data, formats)
    return _written(_redrawn(picture), target)


def _redrawn(picture: Any) -> Any:
    """The pixels alone, upright, without transparency, profile or comments."""
    from PIL import Image, ImageOps

    if picture.width * picture.height > MAX_PIXELS:
        raise Refused("too_many_pixels")
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith(("I", "F")):
        upright = upright.convert("I").point(lambda level: level / 256).convert("L")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    elif upright.mode not in ("1", "L", "RGB"):
        upright = upright.convert("RGB")
    upright.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new(upright.mode, upright.size)
    fresh.paste(upright)
    return fresh


def _written(picture: Any, target: str) -> bytes:
    made = io.BytesIO()
    if target == "JPEG":
        plain = picture if picture.mode in ("L", "RGB") else picture.convert("L")
        plain.save(made, "JPEG", quality=88)
    else:
        picture.save(made, target)
    return made.getvalue()


def _tiff(data: bytes) -> tuple[bytes, str]:
    """A JPEG of a single page; a PDF of several, one page each."""
    picture = _opened(data, ("TIFF",))
    count = picture.n_frames
    if count > MAX_PAGES:
        raise Refused("too_many_pages")
    if count == 1:
        return _written(_redrawn(picture), "JPEG"), JPEG

    import pikepdf

    book = pikepdf.new()
    for number in range(count):
        picture.seek(number)
        with pikepdf.open(io.BytesIO(_written(_redrawn(picture), "PDF"))) as page:
            book.pages.extend(page.pages)
    return _saved(book), PDF


# --- PDFs -------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> bytes:
    import pikepdf

    _limit_decoders()
    try:
        source = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    if source.is_encrypted:
        raise Refused("encrypted")
    if not len(source.pages):
        raise Refused("unreadable")
    if len(source.pages) > MAX_PAGES:
        raise Refused("too_many_pages")
    _weigh(source)
    source.generate_appearance_streams()
    source.flatten_annotations("all")
    made = pikepdf.new()
    for page in source.pages:
        _strip(page.obj)
        made.pages.append(page)
    for item in made.objects:
        for part in _dictionaries(item):
            _disarm(part)
    return _saved(made)


def _limit_decoders() -> None:
    from pikepdf import settings

    settings.set_qpdf_limits(
        doc_max_warnings=500,
        max_stream_filters=4,
        flate_max_memory=MAX_STREAM_BYTES,
        run_length_max_memory=MAX_STREAM_BYTES,
        png_max_memory=MAX_STREAM_BYTES,
        tiff_max_memory=MAX_STREAM_BYTES,
        dct_max_memory=MAX_PIXELS * 4,
    )


def _weigh(source: Any) -> None:
    """Refused where the file unfolds into far more than it is."""
    import pikepdf

    if len(source.objects) > MAX_OBJECTS:
        raise Refused("too_complex")
    left = MAX_DECODED_BYTES
    for item in source.objects:
        if isinstance(item, pikepdf.Stream):
            if _pixels(item) > MAX_PIXELS * 2:
                raise Refused("too_many_pixels")
            left -= _unfolded(item)
            if left < 0:
                raise Refused("too_complex")


def _pixels(stream: Any) -> int:
    try:
        return int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    except (TypeError, ValueError):
        return 0


def _unfolded(stream: Any) -> int:
    import pikepdf

    filters = stream.get("/Filter", [])
    names = {str(filters)} if isinstance(filters, pikepdf.Name) else {str(name) for name in filters}
    if not names or names & PICTURE_FILTERS:
        return len(stream.read_raw_bytes())
    try:
        return len(stream.read_bytes())
    except pikepdf.DataDecodingError as error:
        if "limit" in str(error):
            raise Refused("too_complex") from None
        raise


def _strip(page: Any) -> None:
    """Keep of a page what is drawn and how large it is."""
    for key in INHERITED:
        node, depth = page, 0
        while key not in node and "/Parent" in node and depth < MAX_PAGES:
            node, depth = node["/Parent"], depth + 1
        if key in node:
            page[key] = node[key]
    for key in set(page.keys()) - KEPT_OF_A_PAGE:
        del page[key]


def _dictionaries(item: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries written inside an object, itself included; references are not followed."""
    import pikepdf

    if depth > MAX_PAGES:
        raise Refused("too_complex")
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        children = [item[key] for key in item.keys()]  # noqa: SIM118
    elif isinstance(item, pikepdf.Array):
        children = list(item)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _dictionaries(child, depth + 1)


def _disarm(part: Any) -> None:
    import pikepdf

    for key in REMOVED:
        if key in part:
            del part[key]
    if isinstance(part, pikepdf.Stream):
        for key in EXTERNAL:
            if key in part:
                del part[key]
        if part.get("/Subtype") == "/PS":
            part.write(b"")


def _saved(made: Any) -> bytes:
    import pikepdf

    target = io.BytesIO()
    made.save(
        target,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    return target.getvalue()


# --- the process ------------------------------------------------------------------------------------------


def main() -> None:
    """Read, clean, answer: a line of JSON with the code or the media type, then the bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    made, answer = b"", {}
    try:
        made, answer["media_type"] = clean(sys.stdin.buffer.read(), sys.argv[1])
    except Refused as reason:
        answer["refused"] = str(reason)
    except Exception:  # noqa: BLE001 - whatever a decoder says, the file is not readable
        answer["refused"] = "unreadable"
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)


if __name__ == "__main__":
    main()
