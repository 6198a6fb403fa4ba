"""The rulesets that can be asked from outside: each business fills in its own."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

#: Facts in, the answer of the contract out, in the language given.
Answerer = Callable[[Any, str], dict[str, object]]


class Ruleset(Struct, frozen=True):
    """A set of rules: its name, the frozen facts it asks for, and how it answers."""

    name: str
    request_type: type[Struct]
    answer: Answerer


_rulesets: dict[str, Ruleset] = {}


def register(ruleset: Ruleset) -> None:
    """Makes a ruleset known to the command and the API."""
    _rulesets[ruleset.name] = ruleset


def known() -> Mapping[str, Ruleset]:
    """All rulesets by name."""
    return _rulesets
