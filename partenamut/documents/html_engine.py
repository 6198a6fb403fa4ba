"""HTML to PDF by WeasyPrint, sealed: bundled fonts and style sheets only, fixed dates and identifiers."""

import gc
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pydyf
from django.template import engines
from django.utils import translation
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from partenamut.documents import formats
from partenamut.documents.errors import RenderingRefused
from partenamut.documents.fonts import BOLD, FOLDER, REGULAR
from partenamut.documents.job import AUTHOR, Job
from partenamut.documents.packing import packed
from partenamut.documents.sources import located

SCHEME = "bundled:"
ASSETS = {SCHEME + name: FOLDER / name for name in (REGULAR, BOLD)}
STYLE_SHEET = "documents/letter.css"
FACES = f"""
@font-face {{ font-family: "Portal Sans"; font-weight: 400; src: url({SCHEME}{REGULAR}) }}
@font-face {{ font-family: "Portal Sans"; font-weight: 700; src: url({SCHEME}{BOLD}) }}
"""
# PDF/A asks that the property which marks PDF/UA be declared before it is used.
UA_MARK = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""

# A dozen lines for each letter, none of which helps anybody; warnings and errors still come through.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
# Pango's font map is not made for several threads at once.
_one_at_a_time = threading.Lock()


class SealedFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the bundled assets by name; any other address stops the rendering."""

    def fetch(self, url: str, _headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bundled asset; FatalURLFetchingError for everything else, as other errors would be swallowed."""
        asset = ASSETS.get(url)
        if asset is None:
            raise FatalURLFetchingError(f"not bundled: {url[:200]}")
        return URLFetcherResponse(url, asset.read_bytes(), {"Content-Type": "font/ttf"})


def render(template: str, data: Mapping[str, Any], job: Job) -> bytes:
    """The PDF/UA-1 of an HTML template, PDF/A-3a too if the job is archived; RenderingRefused."""
    markup = _markup(template, data, job)
    with _one_at_a_time, _collector_off(), _listening() as errors:
        try:
            made = _pdf(markup, job)
        except FatalURLFetchingError as error:
            raise RenderingRefused(str(error)) from None
    if errors:
        raise RenderingRefused(f"{template}: {errors[0]}")
    return packed(made)


def warm_up() -> None:
    """Parse what every letter shares and move it out of the collector's sight."""
    _shared_sheets()
    gc.freeze()


def _markup(template: str, data: Mapping[str, Any], job: Job) -> str:
    words = dict(data) | {
        "language": job.language,
        "title": job.title,
        "issued_on": job.issued_on.isoformat(),
    }
    with translation.override(job.language):
        return str(engines["django"].get_template(template).render(words))


def _pdf(markup: str, job: Job) -> bytes:
    options = {"pdf_variant": "pdf/a-3a" if job.archived else "pdf/ua-1", "pdf_identifier": True}
    page = HTML(string=markup, base_url=SCHEME, url_fetcher=_fetcher())
    sheets = [*_shared_sheets(), _footer(formats.page_of(job.language))]
    document = page.render(font_config=_fonts(), stylesheets=sheets, **options)
    _describe(document, job)
    finisher = _finish_archived if job.archived else _finish
    return bytes(document.write_pdf(finisher=finisher, attachments=_attachments(job), **options))


def _describe(document: Document, job: Job) -> None:
    about = document.metadata
    about.title, about.lang, about.authors = job.title, job.language, [AUTHOR]
    about.created = about.modified = job.moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _attachments(job: Job) -> list[Attachment]:
    return [
        Attachment(
            string=file.text,
            name=file.name,
            description=file.description or file.name,
            created=job.moment,
            modified=job.moment,
            relationship="Data",
            url_fetcher=_fetcher(),
        )
        for file in job.attachments
    ]


def _finish(_document: Document, pdf: pydyf.PDF) -> None:
    """Say of each header cell what it heads: its column in the head of a table, its row elsewhere."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("S") == "/TH":
            group = _referred(pdf, _referred(pdf, item["P"])["P"])
            item["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _finish_archived(document: Document, pdf: pydyf.PDF) -> None:
    """As `_finish`, and let the metadata name both standards."""
    _finish(document, pdf)
    metadata = _referred(pdf, pdf.catalog["Metadata"])
    whole = b"\n".join(metadata.stream)
    metadata.stream = [whole.replace(b"</rdf:RDF>", UA_MARK + b"</rdf:RDF>")]
    metadata.compress = False


def _referred(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


@contextmanager
def _collector_off() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Ear(logging.Handler):
    """Keeps what WeasyPrint reports as an error: it would leave a part out and go on."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    ear, log = _Ear(), logging.getLogger("weasyprint")
    log.addHandler(ear)
    try:
        yield ear.heard
    finally:
        log.removeHandler(ear)


@lru_cache(maxsize=1)
def _fetcher() -> SealedFetcher:
    return SealedFetcher(allowed_protocols=())


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=1)
def _shared_sheets() -> tuple[CSS, ...]:
    _root, letters = located(STYLE_SHEET)
    return _sheet(FACES), _sheet(letters.read_text("utf-8"))


@lru_cache(maxsize=8)
def _footer(words: str) -> CSS:
    """The sheet of the page counter, for the words of one language."""
    parts = re.split(r"(\{pages?\})", words)
    counters = {"{page}": "counter(page)", "{pages}": "counter(pages)"}
    content = " ".join(counters.get(part) or _quoted(part) for part in parts if part)
    return _sheet(f"@page {{ @bottom-right {{ content: {content} }} }}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _sheet(text: str) -> CSS:
    return CSS(string=text, base_url=SCHEME, url_fetcher=_fetcher(), font_config=_fonts())
