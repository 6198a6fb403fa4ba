"""The documents app: files received, PDFs issued."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Uploads that were checked and cleaned, and PDFs that are written once."""

    name = "partenamut.documents"
    label = "documents"
    verbose_name = _("Documents")
