"""What every rule of law is made of: the article it rests on, dated figures, reasons and decisions. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import Generic, TypeVar

from msgspec import Struct, structs

T = TypeVar("T")

#: A source that names no first day holds for every day.
UNDATED = date.min

#: Named values that a sentence shows: numbers, amounts, days, or tuples of them.
Figures = tuple[tuple[str, object], ...]


class NotInForce(LookupError):
    """Raised for a day before the first known version of a figure: it is never guessed."""


class AwardWithoutGrounds(ValueError):
    """Raised when a decision would grant something that its reasons do not allow."""


class Article(Struct, frozen=True):
    """Where a rule is written: document, article, and the house rule that completes it, if any."""

    document: str
    article: str
    house_rule: str = ""
    #: The document and the article in a line; says so where a house rule fills a gap.
    source: str = ""

    def __post_init__(self) -> None:
        parts = [part for part in (self.document, self.article) if part]
        text = ", ".join(parts) or "house rule"
        if self.house_rule:
            text = f"{text}; house rule: {self.house_rule}" if parts else f"{text}: {self.house_rule}"
        structs.force_setattr(self, "source", text)


class Version(Struct, Generic[T], frozen=True):
    """One value of a dated figure: in force from a first day, by an article."""

    first_day: date
    value: T
    article: Article


class Dated(Generic[T]):
    """A figure that changes on known days; each version carries its article."""

    def __init__(self, name: str, versions: Iterable[Version[T]]) -> None:
        self.name = name
        self.versions = tuple(sorted(versions, key=lambda version: version.first_day))
        self._first_days = tuple(version.first_day for version in self.versions)
        if not self.versions or len(set(self._first_days)) < len(self._first_days):
            raise ValueError(f"{name} needs versions, each with a first day of its own")

    def on(self, day: date) -> Version[T]:
        """The version in force on a day; NotInForce before the first."""
        index = bisect_right(self._first_days, day)
        if index == 0:
            raise NotInForce(f"{self.name} has no version on {day.isoformat()}")
        return self.versions[index - 1]

    def within(self, first: date, last: date) -> list[tuple[date, date, Version[T]]]:
        """The stretches of a period, both days included, each with the version in force."""
        stretches = []
        version = self.on(first)
        for following in self.versions:
            if first < following.first_day <= last:
                stretches.append((first, date.fromordinal(following.first_day.toordinal() - 1), version))
                first, version = following.first_day, following
        stretches.append((first, last, version))
        return stretches


class Reason(Struct, frozen=True):
    """One rule that was looked at: met or not, on which article, with the figures that show it."""

    code: str
    met: bool
    article: Article
    figures: Figures = ()


class Remedy(Struct, frozen=True):
    """One change of the facts that the person can make, and the outcome it leads to."""

    field: str
    value: object
    outcome: str


def unmet(reasons: Iterable[Reason]) -> frozenset[str]:
    """The codes of the rules that are not met."""
    return frozenset([reason.code for reason in reasons if not reason.met])
