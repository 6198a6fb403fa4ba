"""The convalescence app: convalescence, short stay and caregiver."""

from django.apps import AppConfig


class ConvalescenceConfig(AppConfig):
    """Registers the rulesets and what the shared pages show of this business."""

    name = "convalescence"

    def ready(self) -> None:
        """Fills in the registries of the shared part."""
        from convalescence.answers import RULESETS_ON_OFFER
        from partenamut.rulesets import register

        for ruleset in RULESETS_ON_OFFER:
            register(ruleset)
