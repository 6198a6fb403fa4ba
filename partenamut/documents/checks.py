"""What may be received: PDFs and pictures, by content, cleaned before they are kept."""

import json
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import magic
from django.conf import settings
from django.core.files.base import File
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partenamut.documents import clamd, cleaning
from partenamut.documents.errors import UploadRefused

MEBIBYTE = 2**20
MAX_BYTES = 10 * MEBIBYTE
MAX_NAME = 120
PATIENCE_SECONDS = 40
MAGIC_BYTES = 64 * 1024

EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif"),
    "image/heif": (".heic", ".heif"),
    "image/tiff": (".tif", ".tiff"),
}
# What Excel, browsers and file managers would read as a path, a script or another direction of writing.
NOT_IN_A_NAME = set('\\/:*?"<>|%;')

MESSAGES: dict[str, Promise | str] = {
    "empty": _("This file is empty. Choose another one, or scan the document again."),
    "kind": _(
        "We cannot take this kind of file. Send a PDF, or a photo or scan of the document (JPEG, PNG, HEIC or TIFF)."
    ),
    "extension": _(
        "The name of this file does not say what it contains. Save it again as a PDF or a photo, then add it again."
    ),
    "unreadable": _(
        "We cannot open this file. Scan the document again or take a photo of it, then add that file."
    ),
    "encrypted": _(
        "This PDF is protected with a password or against changes. "
        "Print it to a new PDF or take a photo of it, then add that file."
    ),
    "too_many_pages": _(
        "This document has more than 100 pages. Split it into several files and add them one by one."
    ),
    "too_complex": _("This PDF is too complex. Print it to a new PDF or scan it, then add that file."),
    "too_many_pixels": _(
        "This picture is too large. Take the photo with a lower resolution, then add it again."
    ),
    "infected": _("Our virus scanner stopped this file. Scan the paper document again and add the new file."),
    "scanner_down": _("We cannot check files for viruses at the moment. Try again in a few minutes."),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: the new content, its media type, and a name that suits it."""

    name: str
    content: bytes
    content_type: str


def check(file: "File[Any]", *, max_bytes: int = MAX_BYTES) -> Checked:
    """The cleaned file; UploadRefused with a sentence that says what to do next."""
    _fits(file.size or 0, max_bytes)
    file.seek(0)
    data = file.read(max_bytes + 1)
    _fits(len(data), max_bytes)
    name = clean_name(file.name or "")
    kind = _kind(data, name)
    _scan(data)
    content, content_type = _cleaned(data, kind)
    return Checked(_fitting(name, content_type), content, content_type)


def clean_name(name: str) -> str:
    """The last part of a file name without what could mislead a person or a program."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    shown = "".join(letter for letter in base if not _misleads(letter)).strip(" .")
    stem, dot, extension = shown.rpartition(".")
    if not dot:
        return shown[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(extension) - 1].rstrip(' .')}.{extension}"


def _misleads(letter: str) -> bool:
    return letter in NOT_IN_A_NAME or unicodedata.category(letter) in (
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    )


def _fits(size: int, max_bytes: int) -> None:
    if size == 0:
        raise _refused("empty")
    if size > max_bytes:
        most = max_bytes // MEBIBYTE
        sentence = gettext(
            "This file is larger than %(most)s MB. Scan it with a lower resolution or split it, then add it again."
        )
        raise UploadRefused("too_large", sentence % {"most": most})


def _kind(data: bytes, name: str) -> str:
    kind = str(magic.from_buffer(data[:MAGIC_BYTES], mime=True))
    if kind not in EXTENSIONS:
        raise _refused("kind")
    if not name.lower().endswith(EXTENSIONS[kind]):
        raise _refused("extension")
    return kind


def _scan(data: bytes) -> None:
    scanner = getattr(settings, "CLAMD_SOCKET", "")
    if not scanner:
        return
    try:
        infected = clamd.is_infected(data, str(scanner))
    except clamd.ScannerDown:
        raise _refused("scanner_down") from None
    if infected:
        raise _refused("infected")


def _cleaned(data: bytes, kind: str) -> tuple[bytes, str]:
    """What the cleaning process answers; a crash or a silence counts as an unreadable file."""
    command = [sys.executable, "-I", cleaning.__file__, kind]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE_SECONDS, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise _refused("unreadable") from None
    head, _newline, content = done.stdout.partition(b"\n")
    answer = json.loads(head)
    if "refused" in answer:
        raise _refused(answer["refused"])
    return content, answer["media_type"]


def _fitting(name: str, content_type: str) -> str:
    """The name with the extension of what is kept, which differs where a picture was converted."""
    allowed = EXTENSIONS[content_type]
    if name.lower().endswith(allowed):
        return name
    return str(Path(name).with_suffix(allowed[0]))


def _refused(code: str) -> UploadRefused:
    return UploadRefused(code, str(MESSAGES[code]))
