"""What actions and records are called on a page: each app teaches its own words in `AppConfig.ready`."""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise

_actions: dict[str, str | Promise] = {}


def teach(words: Mapping[str, str | Promise]) -> None:
    """Makes the words for actions known; the first word for an action stays."""
    for action, word in words.items():
        _actions.setdefault(str(action), word)


def action(code: str) -> str:
    """The words for an action in the active language; its code without underscores where nobody taught any."""
    return str(_actions.get(code, code.replace("_", " ")))


def record_kind(label: str) -> str:
    """What a kind of record is called: `registry.member` is a member."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
