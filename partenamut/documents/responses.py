"""Downloads: the right name, the right type, and nothing for a browser to guess or to run."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from partenamut.documents.checks import clean_name
from partenamut.documents.models import Rendered, Upload

PDF = "application/pdf"


def as_download(item: Rendered | Upload, *, inline: bool = False) -> HttpResponse:
    """The file as a download, or inside the browser's viewer; Http404 for one that was removed."""
    if isinstance(item, Upload):
        content, name, content_type = _received(item), item.original_name, item.content_type
    else:
        content, name, content_type = bytes(item.content), _name_of(item), PDF
    response = HttpResponse(content, content_type=content_type)
    disposition = content_disposition_header(as_attachment=not inline, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _name_of(rendered: Rendered) -> str:
    """The title as a file name; a stroke in it is no folder."""
    return clean_name(f"{rendered.document.title}.pdf".replace("/", "-").replace("\\", "-"))


def _received(upload: Upload) -> bytes:
    if upload.removed_at is not None:
        raise Http404
    with upload.file.open("rb") as stored:
        return bytes(stored.read())
