"""The Protocol 3 app: care projects, their beneficiaries, services and monthly notes."""

from django.apps import AppConfig


class Protocol3Config(AppConfig):
    """Fills in the registries of the shared part."""

    name = "protocol3"

    def ready(self) -> None:
        """Makes this business known; nothing here reads the database."""
        from partenamut.rulesets import register
        from protocol3.answers import RULESETS_ON_OFFER

        for ruleset in RULESETS_ON_OFFER:
            register(ruleset)
