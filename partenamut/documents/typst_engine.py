"""Typst to PDF: data goes in as JSON, templates stay inside their folder, packages are refused."""

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from partenamut.documents import formats
from partenamut.documents.errors import RenderingRefused
from partenamut.documents.fonts import FOLDER
from partenamut.documents.job import AUTHOR, Job
from partenamut.documents.packing import packed
from partenamut.documents.sources import located

PACKAGE_IMPORT = re.compile(r"""(import|include)\s*\(?\s*["']@""")

# One compiler a process; it is not made for several threads at once.
_one_at_a_time = threading.Lock()


def render(template: str, data: Mapping[str, Any], job: Job) -> bytes:
    """The PDF/UA-1 of a Typst template, PDF/A-3a too if the job is archived; RenderingRefused."""
    root, source = located(template)
    inputs = {
        "data": json.dumps(data, ensure_ascii=False, sort_keys=True),
        "frame": json.dumps(_frame(job), ensure_ascii=False, sort_keys=True),
    }
    with _one_at_a_time:
        try:
            made: Any = _compiler(root).compile(
                str(source),
                sys_inputs=inputs,
                format="pdf",
                pdf_standards=["ua-1", "a-3a"] if job.archived else ["ua-1"],
                timestamp=int(job.moment.timestamp()),
            )
        except typst.TypstError as error:
            raise RenderingRefused(f"{template}: {error.message}") from error
    return packed(made)


def warm_up() -> None:
    """Load the fonts."""
    _fonts()


def _frame(job: Job) -> dict[str, Any]:
    return {
        "author": AUTHOR,
        "language": job.language,
        "title": job.title,
        "day": formats.long_day(job.issued_on, job.language),
        "page_of": formats.page_of(job.language),
        "attachments": [
            {
                "name": file.name,
                "text": file.text,
                "media_type": file.media_type,
                "description": file.description,
            }
            for file in job.attachments
        ],
    }


@lru_cache(maxsize=4)
def _compiler(root: Path) -> typst.Compiler:
    for source in sorted(root.rglob("*.typ")):
        if PACKAGE_IMPORT.search(source.read_text("utf-8")):
            raise RenderingRefused(f"{source.name} imports a package, which would be downloaded")
    return typst.Compiler(root=str(root), font_paths=_fonts())


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])
