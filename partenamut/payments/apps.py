"""The payments app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Puts payments on the home page and in the menu of those who handle them."""

    name = "partenamut.payments"
    label = "payments"

    def ready(self) -> None:
        """Fills in the registries of the frame; nothing here reads the database."""
        from partenamut.audit.words import teach
        from partenamut.payments.home import MENU, payments_block
        from partenamut.payments.workflow import Action, BatchAction
        from partenamut.web.home import put_in_menu, show_on_home

        put_in_menu(*MENU)
        teach("payments", {step.value: step.label for step in (*Action, *BatchAction)})
        show_on_home(payments_block)
