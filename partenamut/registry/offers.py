"""Public lists of the businesses: each offers a module of its own, `load_reference` loads them all."""

from datetime import datetime
from importlib import import_module
from typing import Protocol, cast


class Reference(Protocol):
    """What a module with public lists has."""

    def load(self, *, at: datetime) -> dict[str, int]:
        """How many rows of each kind were added; what stands already stays as it is."""


_modules: list[str] = []


def offer_reference(module: str) -> None:
    """Makes a module with public lists known by its name; it is imported only when the lists are loaded."""
    if module not in _modules:
        _modules.append(module)


def references() -> list[Reference]:
    """All lists on offer."""
    return [cast(Reference, import_module(module)) for module in _modules]
