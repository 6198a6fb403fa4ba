"""The rest homes app: conventions with residents, prices, accounts and invoices."""

from django.apps import AppConfig


class ResidencesConfig(AppConfig):
    """Fills in the registries of the shared part: rules, lists, home page, menu."""

    name = "residences"

    def ready(self) -> None:
        """Makes this business known; nothing here reads the database."""
        from partenamut.audit.words import teach
        from partenamut.registry.beside import show_beside
        from partenamut.registry.offers import offer_reference
        from partenamut.rulesets import register
        from partenamut.web.demo import offer_demo
        from partenamut.web.home import put_in_menu, show_on_home
        from residences import home
        from residences.answers import RULESETS_ON_OFFER
        from residences.deeds import DEEDS
        from residences.workflow import CampaignAction, ConventionAction, RunAction

        offer_demo("residences.demo")
        offer_reference("residences.reference")
        for ruleset in RULESETS_ON_OFFER:
            register(ruleset)
        labels = {
            action.value: action.label
            for actions in (ConventionAction, CampaignAction, RunAction)
            for action in actions
        }
        teach("residences", {**labels, **DEEDS})
        for provider in (home.director_block, home.member_block, home.admin_block):
            show_on_home(provider)
        put_in_menu(*home.MENU)
        show_beside(home.beside_residence)
