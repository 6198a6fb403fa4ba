"""The Protocol 3 app: care projects, their beneficiaries, services and monthly notes."""

from django.apps import AppConfig


class Protocol3Config(AppConfig):
    """Fills in the registries of the shared part: rules, lists, home page, menu."""

    name = "protocol3"

    def ready(self) -> None:
        """Makes this business known; nothing here reads the database."""
        from partenamut.audit.words import teach
        from partenamut.registry.offers import offer_reference
        from partenamut.rulesets import register
        from partenamut.web.demo import offer_demo
        from partenamut.web.home import put_in_menu, show_on_home
        from protocol3 import home
        from protocol3.answers import RULESETS_ON_OFFER
        from protocol3.readings.entry import DEEDS as ENTRY_DEEDS
        from protocol3.readings.money import DEEDS as MONEY_DEEDS
        from protocol3.readings.months import DEEDS as MONTH_DEEDS
        from protocol3.readings.people_words import DEEDS

        offer_demo("protocol3.demo")
        offer_reference("protocol3.reference")
        for ruleset in RULESETS_ON_OFFER:
            register(ruleset)
        for provider in (home.worker_block, home.admin_block):
            show_on_home(provider)
        put_in_menu(*home.MENU)
        teach("protocol3", {**home.ACTIONS, **DEEDS, **ENTRY_DEEDS, **MONEY_DEEDS, **MONTH_DEEDS})
