"""Demo data: each business offers a module of its own, the command loads them all once."""

from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from msgspec import Struct


class LogIn(Struct, frozen=True):
    """A fictitious person one can log in as."""

    role: str
    email: str
    password: str


class Demo(Protocol):
    """What a module with demo data has."""

    LOG_INS: tuple[LogIn, ...]

    def load(self, at: datetime) -> None:
        """Loads all of it, or nothing."""

    def is_loaded(self) -> bool:
        """Whether it is there."""


_modules: list[str] = []


def offer_demo(module: str) -> None:
    """Makes a module with demo data known by its name; it is imported only when it is asked for."""
    if module not in _modules:
        _modules.append(module)


def demos() -> list[tuple[str, Demo]]:
    """All demo data on offer, by name of the module."""
    return [(module, cast(Demo, import_module(module))) for module in _modules]
