"""Fictitious files for demo data."""

from datetime import date
from functools import cache

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from partenamut.documents import rendering


def sample_pdf(title: str) -> "ContentFile[bytes]":
    """A page with a title that says that it is fictitious, as a file to send."""
    return ContentFile(_bytes(title), name=f"{title}.pdf")


@cache
def _bytes(title: str) -> bytes:
    context = {
        "subject": title,
        "paragraphs": [_("This document is fictitious: it belongs to the demo data.")],
    }
    return rendering.render(
        "documents/letter.html", context, language="fr", title=title, issued_on=date(2026, 1, 5)
    )
