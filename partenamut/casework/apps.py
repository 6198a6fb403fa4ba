"""The casework app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The casework app."""

    name = "partenamut.casework"
    label = "casework"
