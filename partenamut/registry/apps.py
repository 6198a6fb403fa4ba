"""The registry app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry app."""

    name = "partenamut.registry"
    label = "registry"
