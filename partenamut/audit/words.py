"""What actions and records are called on a page: each app teaches its own words in `AppConfig.ready`."""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from partenamut.accounts.roles import Role

#: By the app whose records they are done to, and the action; without an app: the first that taught it.
_actions: dict[tuple[str, str], str | Promise] = {}
#: Why a file was opened, where a word stands for it; views write the others out and mark them for translation.
_PURPOSES = {
    "mandate": gettext_lazy("Acts for this person"),
    "payment": gettext_lazy("To pay a request"),
    "api": gettext_lazy("Read by another system"),
}


def teach(app: str, words: Mapping[str, str | Promise]) -> None:
    """Makes the words for what is done to the records of an app known."""
    for action, word in words.items():
        _actions[app, str(action)] = word
        _actions.setdefault(("", str(action)), word)


def action(code: str, subject_type: str = "") -> str:
    """The words for an action on a kind of record; its code without underscores where nobody taught any."""
    app = subject_type.partition(".")[0]
    return str(_actions.get((app, code)) or _actions.get(("", code)) or code.replace("_", " "))


def record_kind(label: str) -> str:
    """What a kind of record is called: `registry.member` is a member."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


def purpose(code: str) -> str:
    """Why a file was opened, in the active language."""
    return str(_PURPOSES.get(code) or gettext(code))


def roles(codes: str) -> str:
    """The names of roles that were kept as codes with commas between them."""
    names = dict(Role.choices)
    return ", ".join(str(names.get(code, code)) for code in codes.split(",") if code)
