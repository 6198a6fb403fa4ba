"""Files received, and documents issued: their frozen words and, once rendered, their bytes."""

import json
import secrets
import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from partenamut.audit.models import WRITTEN_ONCE
from partenamut.documents.job import DataAttachment
from partenamut.fields import EncryptedTextField


def random_place(_upload: "Upload", _name: str) -> str:
    """Where a received file is kept: a name that says nothing and cannot be guessed."""
    token = secrets.token_hex(20)
    return f"uploads/{token[:2]}/{token[2:]}"


class UploadQuerySet(models.QuerySet["Upload"]):
    """Received files; pages reach them through the record of a business that the person may see."""

    def kept(self) -> "UploadQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at=None)


class Upload(models.Model):
    """A file that was received, checked and cleaned; a business links to it with a table of its own."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.SlugField(_("kind"), max_length=60)
    original_name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    file = models.FileField(_("file"), upload_to=random_place, max_length=120)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("received from")
    )
    uploaded_at = models.DateTimeField(_("received on"))
    removed_at = models.DateTimeField(_("removed on"), null=True, blank=True)

    objects: ClassVar[models.Manager["Upload"]] = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_received_file_has_content",
                condition=Q(size__gt=0),
                violation_error_message=_("A received file has content."),
            ),
            models.CheckConstraint(
                name="a_file_is_removed_after_it_was_received",
                condition=Q(removed_at=None) | Q(removed_at__gte=F("uploaded_at")),
                violation_error_message=_("A file is removed after it was received."),
            ),
        ]
        triggers: ClassVar = [
            WRITTEN_ONCE[1],
            pgtrigger.ReadOnly(name="stays_as_received", exclude=["removed_at"]),
            pgtrigger.Protect(name="is_never_forgotten", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.original_name


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents; pages reach them through the record of a business that the person may see."""

    def to_render(self) -> "DocumentQuerySet":
        """Those whose bytes are still to be made."""
        return self.filter(rendered=None)


class Document(models.Model):
    """What a document says, frozen in the transaction that decided it; written once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("business key"), max_length=200)
    kind = models.SlugField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=200)
    template = models.CharField(_("template"), max_length=100)
    words = EncryptedTextField(_("words"))
    archived = models.BooleanField(_("kept in the archive"), default=True)
    issued_on = models.DateField(_("issued on"))
    created_at = models.DateTimeField(_("made on"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("made by"),
    )

    objects: ClassVar[models.Manager["Document"]] = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"],
                name="a_document_is_ordered_once",
                violation_error_message=_("This document exists already."),
            )
        ]
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return self.title

    @property
    def context(self) -> dict[str, Any]:
        """The frozen data of the template."""
        return dict(json.loads(self.words)["context"])

    @property
    def attachments(self) -> list[DataAttachment]:
        """The data that the PDF carries for machines."""
        return [DataAttachment(**file) for file in json.loads(self.words)["attachments"]]


class Rendered(models.Model):
    """The bytes of a document: made once, the same at every download; the database checks the fingerprint."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="rendered")
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    engine = models.CharField(_("made with"), max_length=40)
    rendered_at = models.DateTimeField(_("made on"))

    class Meta:
        verbose_name = _("rendered document")
        verbose_name_plural = _("rendered documents")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="the_fingerprint_is_that_of_the_content",
                condition=Q(
                    sha256=Func(
                        Func(F("content"), function="sha256"),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                violation_error_message=_("The fingerprint is not that of the content."),
            )
        ]
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return str(self.document)
