"""The businesses that pay through this application: each makes itself known in `AppConfig.ready`."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

#: Gives the address of the page of a case by its random id.
CaseUrl = Callable[[uuid.UUID], str]


@dataclass(frozen=True, slots=True)
class Origin:
    """A business: the label its payables bear, its name for people, the way to its cases."""

    label: str
    name: str | Promise
    case_url: CaseUrl


_origins: dict[str, Origin] = {}


def register_origin(label: str, *, name: str | Promise, case_url: CaseUrl) -> None:
    """Makes a business known; ImproperlyConfigured when another one has its label."""
    if label in _origins and _origins[label].case_url is not case_url:
        raise ImproperlyConfigured(f"Two businesses pay under the label {label}.")
    _origins[label] = Origin(label, name, case_url)


def origins() -> list[Origin]:
    """The businesses known, by label."""
    return [_origins[label] for label in sorted(_origins)]


def origin_name(label: str) -> str:
    """The name of a business for people; its label where it is not known."""
    return str(_origins[label].name) if label in _origins else label


def case_url(label: str, case_id: uuid.UUID) -> str:
    """The page of the case that is paid; nothing where the business is not known."""
    return _origins[label].case_url(case_id) if label in _origins else ""
