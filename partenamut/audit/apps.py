"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit app."""

    name = "partenamut.audit"
    label = "audit"
