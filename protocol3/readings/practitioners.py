"""What pages show of practitioners: their functions, what the convention asks of them, the register of a day."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, UUIDField, Value
from django.utils.translation import gettext_noop

from partenamut.registry.history import Event, history_of
from partenamut.sentences import Sentences, day, gettext
from partenamut.web import formats
from protocol3.messages import PROFESSIONS
from protocol3.models import Assignment, Function, Practitioner, Project
from protocol3.readings.projects import Remark, inami_remark
from protocol3.rules.staffing import Post, concerns

_BELRAI = gettext_noop(
    "no training in BelRAI is recorded; it is needed, or current professional use of BelRAI HC."
)
_LATE_BELRAI = gettext_noop("the training in BelRAI (%(trained)s) came after the function began (%(first)s).")


def of_project(project: Project, on: date) -> QuerySet[Practitioner]:
    """Those with a function in the project, now or before, and those whose log-in works for it on a day."""
    assigned = Q(pk__in=project.assignments.values("practitioner"))
    working = Q(user__in=project.users.on(on).values("user"))
    return Practitioner.objects.filter(assigned | working)


def with_functions(rows: QuerySet[Practitioner], project: Project, on: date) -> QuerySet[Practitioner]:
    """The practitioners with `now`, the functions they have in the project on a day, and the `project_id` of its address."""
    current = project.assignments.on(on).select_related("project").order_by("first_day", "pk")
    named = rows.annotate(project_id=Value(project.public_id, UUIDField()))
    return named.select_related("user").prefetch_related(
        Prefetch("assignments", queryset=current, to_attr="now")
    )


def register_of(project: Project) -> QuerySet[Assignment]:
    """All functions ever given in the project, with who has them (art. 20)."""
    return project.assignments.select_related("practitioner", "project")


def remarks_on(assignment: Assignment) -> list[Remark]:
    """What the convention asks for a function and is not recorded, each with its article."""
    practitioner = assignment.practitioner
    post = Post(
        function=assignment.function,
        profession=practitioner.profession,
        hours=assignment.hours_per_week,
        has_visa=bool(practitioner.visa),
        trained_on=practitioner.belrai_trained_on,
        first_day=assignment.first_day,
        alternatives=tuple(assignment.project.alternatives),
    )
    name = str(Function(assignment.function).label)
    return [
        Remark(
            f"{name}: {_SAID.message(reason)}",
            gettext(reason.article.article),
            short=gettext(_SHORT[reason.code]),
        )
        for reason in concerns(post)
    ]


def remarks(practitioner: Practitioner, current: Iterable[Assignment]) -> list[Remark]:
    """What is to be looked at for a practitioner with these functions."""
    about_number = inami_remark(practitioner.inami_number)
    found = [about_number] if about_number else []
    for assignment in current:
        found.extend(remarks_on(assignment))
    return found


def history(practitioner: Practitioner, project: Project) -> list[Event]:
    """Who changed what of the practitioner and of their functions in this project."""
    return history_of(practitioner, *project.assignments.filter(practitioner=practitioner))


# --- sentences

_SHORT = {
    "staff.profession": gettext_noop("Profession"),
    "staff.hours": gettext_noop("Hours a week"),
    "staff.belrai": gettext_noop("BelRAI"),
    "staff.visa": gettext_noop("Visa number"),
    "staff.alternative": gettext_noop("Alternative services"),
}


def _profession(_met: bool, figures: dict[str, Any]) -> str:
    name = str(PROFESSIONS[figures["profession"]])
    return gettext("the profession (%(profession)s) does not fit this function.") % {"profession": name}


def _hours(_met: bool, figures: dict[str, Any]) -> str:
    values = {"hours": formats.number(figures["hours"].normalize()), "least": figures["least"]}
    return gettext("%(hours)s hours a week; %(least)s are the least.") % values


def _belrai(_met: bool, figures: dict[str, Any]) -> str:
    if "trained_on" not in figures:
        return gettext(_BELRAI)
    return gettext(_LATE_BELRAI) % {
        "trained": day(figures["trained_on"]),
        "first": day(figures["first_day"]),
    }


def _plain(text: str) -> Callable[[bool, dict[str, Any]], str]:
    return lambda _met, _figures: gettext(text)


_SAID = Sentences(
    {
        "staff.profession": _profession,
        "staff.hours": _hours,
        "staff.belrai": _belrai,
        "staff.visa": _plain(gettext_noop("no visa number is recorded.")),
        "staff.alternative": _plain(
            gettext_noop("the project did not offer the service of this function in 2022.")
        ),
    }
)
