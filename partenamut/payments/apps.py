"""The payments app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The payments app."""

    name = "partenamut.payments"
    label = "payments"
