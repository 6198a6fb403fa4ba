"""Series of gapless numbers, and what every case and decision has."""

import json
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partenamut.audit.models import WRITTEN_ONCE
from partenamut.fields import EncryptedTextField
from partenamut.workflow import Workflow


class NumberSeries(models.Model):
    """The last number given in a series and year; locked while the next is taken."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"


class Case(models.Model):
    """A matter that moves through the states of a workflow; only `advance` writes its status."""

    workflow: ClassVar[Workflow[Any, Any]]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=24, null=True, blank=True, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=24, editable=False, db_index=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        abstract = True


class DecisionRecord(models.Model):
    """A decision with the facts and reasons it was taken on, and the release that took it; never changed."""

    ruleset = models.CharField(_("rules"), max_length=40)
    facts = models.JSONField(_("facts"))
    answer = models.JSONField(_("answer"))
    outcome = models.CharField(_("outcome"), max_length=24)
    release = models.CharField(_("release"), max_length=40)
    decided_at = models.DateTimeField(_("decided"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        abstract = True
        triggers: ClassVar = WRITTEN_ONCE


class CaseAttachment(models.Model):
    """A document of a case: a file, or a paper that was received. Who inherits names the case and the kinds."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    upload = models.OneToOneField(
        "documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_on = models.DateField(_("received on"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def on_paper(self) -> bool:
        """Whether it came by post rather than as a file."""
        return self.upload_id is None


class CaseMessage(models.Model):
    """A message between the member's side and the service. Who inherits names the case."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_service = models.BooleanField(_("from the service"))
    text = EncryptedTextField(_("message"), max_length=4000)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        abstract = True
        triggers: ClassVar = WRITTEN_ONCE


class SecondReading(models.Model):
    """A proposal to decide otherwise than the rules, until a second reader has read it. Who inherits says what is proposed."""

    class Verdict(models.TextChoices):
        """What the second reader said."""

        OPEN = "open", _("To be read")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reason = EncryptedTextField(_("reason"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    verdict = models.CharField(_("second reading"), max_length=10, choices=Verdict, default=Verdict.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("read"), null=True)
    review_note = EncryptedTextField(_("note of the second reader"), blank=True)

    class Meta:
        abstract = True


class FileImport(models.Model):
    """A file of rows: looked at in a dry run, then taken over line by line, again from where it stopped."""

    class Status(models.TextChoices):
        """Where the import stands."""

        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DISCARDED = "discarded", _("Discarded")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("file"), max_length=150)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CHECKED)
    created_at = models.DateTimeField(_("uploaded"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name


class FileImportLine(models.Model):
    """One line of an import: what it says (protected), why it is refused, and whether it was taken over."""

    class Status(models.TextChoices):
        """What became of the line."""

        READY = "ready", _("Ready")
        REFUSED = "refused", _("Refused")
        CREATED = "created", _("Created")
        UPDATED = "updated", _("Updated")
        UNCHANGED = "unchanged", _("Unchanged")

    line_number = models.PositiveIntegerField(_("line"))
    values = EncryptedTextField()
    status = models.CharField(_("result"), max_length=10, choices=Status)
    errors = models.JSONField(_("why"), default=list)

    class Meta:
        abstract = True

    @property
    def decoded(self) -> dict[str, str]:
        """What the line says, by column; nothing for one that was taken over."""
        return dict(json.loads(self.values)) if self.values else {}
