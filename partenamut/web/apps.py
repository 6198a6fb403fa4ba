"""The app of what every page shares."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Gives the other apps their frame, forms and components; shows the admin what to look after."""

    name = "partenamut.web"
    label = "web"

    def ready(self) -> None:
        """Puts the administration on the home page and teaches the words of the shared actions."""
        from partenamut.accounts.roles import Permission
        from partenamut.audit.words import teach
        from partenamut.web.demo import offer_demo
        from partenamut.web.health import watch
        from partenamut.web.home import MenuItem, put_in_menu, show_on_home
        from partenamut.web.views import administration_block

        put_in_menu(
            MenuItem(_("Users"), "web:users", (Permission.MANAGE_USERS,), 60),
            MenuItem(_("Trail"), "web:entries", (Permission.READ_AUDIT,), 62),
        )
        show_on_home(administration_block)
        # The registry knows nothing of the frame: its demo data are offered here.
        offer_demo("partenamut.registry.demo")
        watch("documents", _oldest_document, timedelta(minutes=30))
        received = {"file_received": _("File received"), "file_removed": _("File removed")}
        teach("documents", {**received, "document_ordered": _("Document issued")})
        teach("accounts", {"user_created": _("User created"), "user_changed": _("User changed")})


def _oldest_document(now: datetime) -> timedelta | None:
    """How long the oldest document has waited for its bytes."""
    from partenamut.documents.models import Document

    waiting = Document.objects.to_render().order_by("created_at").values_list("created_at", flat=True)
    ordered_at = waiting.first()
    return now - ordered_at if ordered_at else None
