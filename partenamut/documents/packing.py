"""The last touch to a PDF: structure in object streams, and no stream that validators could measure wrongly."""

from io import BytesIO
from typing import Any

import pikepdf

# Data that ends in a carriage return, followed by the line feed before `endstream`, reads as one byte less.
AMBIGUOUS = b"\r\nendstream"
FLATE = "/FlateDecode"


def packed(content: bytes) -> bytes:
    """The same document, smaller; the same input gives the same bytes."""
    with pikepdf.open(BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                _end_clearly(item)
        made = _saved(pdf, pikepdf.ObjectStreamMode.generate)
        if AMBIGUOUS in made:  # the object stream itself: about one document in a hundred stays larger
            made = _saved(pdf, pikepdf.ObjectStreamMode.disable)
    return made


def _end_clearly(stream: pikepdf.Stream) -> None:
    raw = stream.read_raw_bytes()
    if raw.endswith(b"\r") and stream.get("/Filter") == FLATE:
        parameters: Any = stream.get("/DecodeParms")
        stream.write(raw + b"\n", filter=pikepdf.Name.FlateDecode, decode_parms=parameters)


def _saved(pdf: pikepdf.Pdf, mode: pikepdf.ObjectStreamMode) -> bytes:
    target = BytesIO()
    pdf.save(
        target,
        object_stream_mode=mode,
        compress_streams=mode is pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
        fix_metadata_version=False,
    )
    return target.getvalue()
