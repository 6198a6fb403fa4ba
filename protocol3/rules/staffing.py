"""What the convention asks of those who give services (art. 16bis to 19): it is shown, and refuses nothing."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from partenamut.law import Article, Reason

from .articles import CONVENTION
from .pseudocodes import ALTERNATIVES, Family, Profession

_DOCUMENT = CONVENTION.document

FUNCTIONS = Article(_DOCUMENT, "art. 17 §1")
HOURS = Article(_DOCUMENT, "art. 17 §2")
CASE_MANAGER = Article(_DOCUMENT, "art. 18")
VISA = Article(_DOCUMENT, "art. 19")
ALTERNATIVE = Article(_DOCUMENT, "art. 16bis")

#: Art. 17 §2: hours a week in the function, at least.
LEAST_HOURS = 8

_CARE: tuple[Profession, ...] = (
    "general_practitioner",
    "nurse",
    "social_worker",
    "occupational_therapist",
    "psychologist",
)
#: Whose profession fits which function, with the article that says so.
FITS: dict[str, tuple[tuple[Profession, ...], Article]] = {
    "case_manager": (_CARE, CASE_MANAGER),
    "occupational_therapist": (("occupational_therapist",), VISA),
    "psychologist": (("psychologist",), VISA),
    "care_assistant": (("care_assistant",), ALTERNATIVE),
    "educator": (_CARE, ALTERNATIVE),
}
#: The functions that only exist with an alternative service; one of these is enough.
NEEDS: dict[str, tuple[Family, ...]] = {
    "care_assistant": ("night_visit",),
    "educator": tuple(family for family in ALTERNATIVES if family != "night_visit"),
}


class Post(Struct, frozen=True):
    """A person in a function of a project."""

    function: str
    profession: str
    hours: Decimal
    has_visa: bool
    trained_on: date | None
    first_day: date
    alternatives: tuple[str, ...]


def concerns(post: Post) -> tuple[Reason, ...]:
    """What the convention asks and is not recorded, each with its article; nothing for a post in order."""
    fitting, article = FITS[post.function]
    known = (
        Reason("staff.profession", post.profession in fitting, article, (("profession", post.profession),)),
        Reason("staff.hours", _long_enough(post), HOURS, (("hours", post.hours), ("least", LEAST_HOURS))),
        _training(post),
        Reason("staff.visa", post.has_visa or article is not VISA, VISA),
        Reason("staff.alternative", _offered(post), FUNCTIONS),
    )
    return tuple(reason for reason in known if not reason.met)


def _long_enough(post: Post) -> bool:
    """Art. 17 lists four functions; leading groups and care education is none of them."""
    return post.function == "educator" or post.hours >= LEAST_HOURS


def _training(post: Post) -> Reason:
    on = post.trained_on
    met = post.function != "case_manager" or (on is not None and on <= post.first_day)
    figures = (("trained_on", on), ("first_day", post.first_day)) if on is not None else ()
    return Reason("staff.belrai", met, CASE_MANAGER, figures)


def _offered(post: Post) -> bool:
    needed = NEEDS.get(post.function, ())
    return not needed or any(family in post.alternatives for family in needed)
