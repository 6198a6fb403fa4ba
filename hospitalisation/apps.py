"""The hospitalisation app: what a stay in hospital costs, the check of a bill, claims."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HospitalisationConfig(AppConfig):
    """Fills in the registries of the shared part: rules, figures, home page, menu, payments."""

    name = "hospitalisation"

    def ready(self) -> None:
        """Makes this business known; nothing here reads the database."""
        from django.urls import reverse

        from hospitalisation import admin_home, desk_home, member_home, public_home
        from hospitalisation.answers import RULESETS_ON_OFFER
        from hospitalisation.deeds import DEEDS
        from hospitalisation.services.decisions import ORIGIN
        from hospitalisation.services.payments import follow
        from hospitalisation.workflow import Action
        from partenamut.audit.words import teach
        from partenamut.payments.listeners import on_approval, on_settled
        from partenamut.payments.origins import register_origin
        from partenamut.registry.beside import show_beside_member
        from partenamut.registry.offers import offer_reference
        from partenamut.rulesets import register
        from partenamut.web.demo import offer_demo
        from partenamut.web.home import put_in_menu, show_on_home

        put_in_menu(*public_home.MENU, *admin_home.MENU, *member_home.MENU, *desk_home.MENU)
        show_on_home(public_home.visitor_block)
        show_on_home(admin_home.figures_block)
        show_on_home(member_home.member_block)
        show_on_home(desk_home.desk_block)
        show_beside_member(desk_home.beside_member)
        for ruleset in RULESETS_ON_OFFER:
            register(ruleset)
        offer_demo("hospitalisation.demo")
        offer_reference("hospitalisation.reference")
        teach("hospitalisation", {**{action.value: action.label for action in Action}, **DEEDS})
        on_approval(ORIGIN, follow)
        on_settled(ORIGIN, follow)
        register_origin(
            ORIGIN,
            name=_("Hospitalisation"),
            case_url=lambda public_id: reverse("hospitalisation:case", args=[public_id]),
        )
