"""The app of what every page shares."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Gives the other apps their frame, forms and components."""

    name = "partenamut.web"
    label = "web"
