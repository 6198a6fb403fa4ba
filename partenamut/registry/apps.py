"""The registry app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Puts the registry on the home page and in the menu of those who keep it."""

    name = "partenamut.registry"
    label = "registry"

    def ready(self) -> None:
        """Fills in the registries of the frame; nothing here reads the database."""
        from partenamut.audit.words import teach
        from partenamut.registry import history, home
        from partenamut.web.home import put_in_menu, show_on_home

        put_in_menu(*home.MENU)
        teach("registry", history.ACTIONS)
        show_on_home(home.registry_block)
        show_on_home(home.director_block)
