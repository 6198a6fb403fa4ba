"""Entries and accesses: inserted, never changed; the database refuses anything else."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

WRITTEN_ONCE = (
    pgtrigger.Protect(name="is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="is_never_emptied",
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
    ),
)


class Entry(models.Model):
    """What was done: by whom, when, to what, with what change and why."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.SlugField(_("what"), max_length=60)
    subject_type = models.CharField(_("kind of record"), max_length=60)
    subject_id = models.UUIDField(_("record"))
    changes = models.JSONField(_("changes"), default=dict)
    note = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name = _("entry")
        indexes: ClassVar = [models.Index(fields=["subject_id", "at"], name="entries_of_a_record")]
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_type}"


class Access(models.Model):
    """Who opened whose file, when, where and why; refused attempts too."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    roles = models.CharField(_("roles"), max_length=120)
    person_id = models.UUIDField(_("whose file"))
    purpose = models.CharField(_("why"), max_length=60)
    path = models.CharField(_("page"), max_length=300)
    allowed = models.BooleanField(_("allowed"), default=True)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        indexes: ClassVar = [models.Index(fields=["person_id", "at"], name="accesses_to_a_person")]
        triggers: ClassVar = WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.path}"
