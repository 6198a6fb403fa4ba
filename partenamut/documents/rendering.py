"""One way to make a PDF: `.html` templates by WeasyPrint, `.typ` templates by Typst.

Both give PDF/UA-1, and PDF/A-3a as well where the document is archived. Nothing is fetched: fonts and style
sheets are bundled. The same input gives the same bytes, whatever the machine or the hour.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version

from partenamut.documents import html_engine, typst_engine
from partenamut.documents.errors import RenderingRefused
from partenamut.documents.job import DataAttachment, Job
from partenamut.documents.words import freeze, printable, shown


def render(
    template: str,
    context: Mapping[str, object],
    *,
    language: str,
    title: str,
    archived: bool = False,
    attachments: Sequence[DataAttachment] = (),
    issued_on: date,
) -> bytes:
    """The PDF of a template and its data; RenderingRefused if it asks for anything that is not bundled."""
    job = Job(language, printable(title), issued_on, archived, tuple(attachments))
    data = shown(freeze(context))
    if template.endswith(".html"):
        return html_engine.render(template, data, job)
    if template.endswith(".typ"):
        return typst_engine.render(template, data, job)
    raise RenderingRefused(f"no engine for {template}")


def engine_of(template: str) -> str:
    """The name and version of the engine that renders a template, as stored beside the bytes."""
    package = "typst" if template.endswith(".typ") else "weasyprint"
    return f"{package} {version(package)}"


def warm_up() -> None:
    """Load fonts and style sheets ahead of the first document, and keep them out of later collections."""
    html_engine.warm_up()
    typst_engine.warm_up()


__all__ = ["DataAttachment", "RenderingRefused", "engine_of", "render", "warm_up"]
