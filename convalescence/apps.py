"""The convalescence app: convalescence, short stay and caregiver."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConvalescenceConfig(AppConfig):
    """Fills in the registries of the shared part: rules, home page, menu, payments."""

    name = "convalescence"

    def ready(self) -> None:
        """Makes this business known; nothing here reads the database."""
        from django.urls import reverse

        from convalescence import home
        from convalescence.answers import RULESETS_ON_OFFER
        from convalescence.readings import timeline
        from convalescence.services.payments import ORIGIN, follow
        from convalescence.workflow import Action
        from partenamut.audit.words import teach
        from partenamut.payments.listeners import on_approval, on_settled
        from partenamut.payments.origins import register_origin
        from partenamut.rulesets import register
        from partenamut.web.demo import offer_demo
        from partenamut.web.home import put_in_menu, show_on_home

        offer_demo("convalescence.demo")
        for ruleset in RULESETS_ON_OFFER:
            register(ruleset)
        for provider in (home.visitor_block, home.member_block, home.desk_block):
            show_on_home(provider)
        put_in_menu(*home.MENU)
        teach(
            "convalescence",
            {**timeline.TITLES, **{action.value: action.label for action in Action}, **home.ACTIONS},
        )
        on_approval(ORIGIN, follow)
        on_settled(ORIGIN, follow)
        register_origin(
            ORIGIN,
            name=_("Convalescence"),
            case_url=lambda public_id: reverse("convalescence:case", args=[public_id]),
        )
