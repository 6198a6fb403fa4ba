"""What waits in a project today: sentences with their article, whom they concern, and where to go; and its deadlines."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from partenamut.money import total
from partenamut.periods import add_months
from partenamut.sentences import within
from partenamut.web import formats
from partenamut.web.worklist import Link
from protocol3.deciding import Taken, month_end
from protocol3.messages import condition
from protocol3.models import Assignment, Closing, Enrolment, Function, Project, Recap
from protocol3.readings.overview_money import overdue
from protocol3.readings.overview_watch import Watch
from protocol3.readings.people import beneficiaries_of
from protocol3.readings.projects import remarks
from protocol3.readings.reports_quarter import Quarter, quarter_on, runs_in
from protocol3.readings.reports_staff import due
from protocol3.rules.staffing import LEAST_HOURS
from protocol3.services.issuing import sent_by
from protocol3.workflow import ENDED, ClosingStatus

#: How many people a sentence names; the list behind it has them all.
NAMED = 5
#: The words of the tones.
URGENCY = {
    "error": gettext_lazy("Urgent"),
    "warning": gettext_lazy("To do"),
    "info": gettext_lazy("Soon"),
}
_ORDER = ("error", "warning", "info")


class Wait(Struct, frozen=True):
    """Something that waits: a sentence, its article, where it is done, and the first few it concerns."""

    text: str
    tone: str = "warning"
    source: str = ""
    url: str = ""
    label: str = ""
    about: tuple[Link, ...] = ()
    more: int = 0

    @property
    def urgency(self) -> Any:
        """The tone in a word."""
        return URGENCY[self.tone]


class Deadline(Struct, frozen=True):
    """A day that comes, and what is due on it."""

    day: date
    text: str
    source: str
    url: str = ""


def waiting(project: Project, seen: Watch, on: date, *, bills: bool) -> list[Wait]:
    """What waits, the most urgent first; what only those who bill can do is left out for others."""
    found = [*_people(project, on), *_ledgers(seen)]
    if bills:
        found += [*_months(project, seen, on), *_unpaid(project, on), *_repayments(project, seen)]
        found += _practitioners(project, on)
        found += [_remark(remark, project) for remark in remarks(project, on)]
    return sorted(found, key=lambda one: _ORDER.index(one.tone))


def deadlines(project: Project, seen: Watch, on: date) -> list[Deadline]:
    """The next days on which something of the convention is due, in their order."""
    found = [*_numbers(project, on), *_staff(project, on)]
    for month, count in sorted(_by_month(seen.billable).items()):
        text = ngettext(
            "Notes of %(month)s to the insurers (%(count)d service so far)",
            "Notes of %(month)s to the insurers (%(count)d services so far)",
            count,
        )
        values = {"month": formats.month(month), "count": count}
        found.append(Deadline(sent_by(month), text % values, _("art. 24"), _page(project, "closings")))
    return sorted((one for one in found if one.day >= on), key=lambda one: one.day)


def _numbers(project: Project, on: date) -> Iterable[Deadline]:
    """The numbers of the quarter that are due next, while a convention runs in it."""
    quarter = quarter_on(add_months(on, -3))
    if quarter.due < on:
        quarter = quarter_on(on)
    if runs_in(project, quarter):
        text = _("Numbers of services of quarter %(quarter)d of %(year)d to INAMI")
        values = {"quarter": quarter.number, "year": quarter.year}
        url = f"{_page(project, 'quarter')}?quarter={quarter.code}"
        yield Deadline(quarter.due, text % values, _("art. 28 §1"), url)


def _staff(project: Project, on: date) -> Iterable[Deadline]:
    """The list of practitioners that is due next, while a convention runs in its year."""
    year = on.year - 1 if on <= due(on.year - 1) else on.year
    if any(runs_in(project, Quarter(year, number)) for number in (1, 4)):
        text = _("List of the practitioners of %(year)d to INAMI") % {"year": year}
        url = f"{_page(project, 'practitioner_list')}?year={year}"
        yield Deadline(due(year), text, _("art. 28 §1"), url)


# --- months and money


def _months(project: Project, seen: Watch, on: date) -> Iterable[Wait]:
    closings = {
        closing.month: closing
        for closing in Closing.objects.filter(project=project).exclude(status__in=ENDED)
    }
    ready = _by_month(seen.billable)
    for month in sorted({*ready, *closings}):
        if month_end(month) < on:
            yield _month(project, month, ready.get(month, 0), closings.get(month), on)
    missing = _by_month(one for one in seen.stopped if "p3.rate_missing" in one.verdict.codes)
    for month, count in sorted(missing.items()):
        text = ngettext(
            "%(month)s: the amount of %(count)d service is not known. Ask the mutuality's administrator to enter it.",
            "%(month)s: the amounts of %(count)d services are not known. Ask the mutuality's administrator to enter them.",
            count,
        )
        values = {"month": formats.month(month), "count": count}
        yield Wait(text % values, "error", _("art. 22"), _page(project, "closings"), _("Months"))


def _month(project: Project, month: date, count: int, closing: Closing | None, on: date) -> Wait:
    late = on > sent_by(month)
    values = {"month": formats.month(month), "count": count, "day": formats.day(sent_by(month))}
    if closing is not None and closing.status != ClosingStatus.CHECKED:
        state = {"state": within(closing.get_status_display()), **values}
        text = _("%(month)s: the closing is %(state)s. Go on with it.") % state
    elif late:
        text = (
            ngettext(
                "%(month)s is late: %(count)d service can be billed, and the notes were to be sent by %(day)s.",
                "%(month)s is late: %(count)d services can be billed, and the notes were to be sent by %(day)s.",
                count,
            )
            % values
        )
    else:
        text = (
            ngettext(
                "%(month)s is ready to close: %(count)d service can be billed. Send the notes by %(day)s.",
                "%(month)s is ready to close: %(count)d services can be billed. Send the notes by %(day)s.",
                count,
            )
            % values
        )
    return Wait(text, "error" if late else "warning", _("art. 24"), _page(project, "closings"), _("Months"))


def _unpaid(project: Project, on: date) -> Iterable[Wait]:
    rows: list[Any] = list(overdue(Recap.objects.filter(project=project), on).only("due_on"))
    if rows:
        text = ngettext(
            "%(count)d note is not paid in time: %(amount)s, due since %(day)s.",
            "%(count)d notes are not paid in time: %(amount)s, the oldest due since %(day)s.",
            len(rows),
        ) % {
            "count": len(rows),
            "amount": formats.euros(total(row.balance for row in rows)),
            "day": formats.day(rows[0].due_on),
        }
        url = _page(project, "recaps")
        yield Wait(text, "error", _("art. 24"), f"{url}?state=overdue", _("Overdue notes"))


def _repayments(project: Project, seen: Watch) -> Iterable[Wait]:
    if seen.excess:
        text = ngettext(
            "%(count)d service was billed and is not billable any more: it is paid back to INAMI.",
            "%(count)d services were billed and are not billable any more: they are paid back to INAMI.",
            len(seen.excess),
        ) % {"count": len(seen.excess)}
        yield _naming(
            text, _counted(seen.excess), "error", _("art. 12 §3"), _page(project, "excess"), _("Pay back")
        )


def _remark(remark: Any, project: Project) -> Wait:
    tone = "error" if remark.stops else "warning"
    url = _page(project, "settings")
    return Wait(remark.text, tone, remark.source, url, _("Data of the project"))


# --- people


def _people(project: Project, on: date) -> Iterable[Wait]:
    running = beneficiaries_of(project, on=on).filter(state="running")
    yield from _missing(
        project,
        running.filter(receipt=None),
        "receipt",
        lambda count: ngettext(
            "%(count)d beneficiary has not signed for the information sheet.",
            "%(count)d beneficiaries have not signed for the information sheet.",
            count,
        ),
        _("art. 27 §2"),
    )
    yield from _missing(
        project,
        running.filter(families=None),
        "eligibility",
        lambda count: ngettext(
            "%(count)d beneficiary has no decision on eligibility: no service can be billed.",
            "%(count)d beneficiaries have no decision on eligibility: no service can be billed.",
            count,
        ),
        _("art. 5"),
    )


def _missing(
    project: Project, rows: QuerySet[Enrolment], to_do: str, text: Any, source: str
) -> Iterable[Wait]:
    """The first few people and how many there are, in one query."""
    counted = rows.annotate(whole=Window(Count("pk"))).order_by("beneficiary__search_name", "pk")
    first: list[Any] = list(counted[:NAMED])
    if first:
        count = first[0].whole
        url = f"{_page(project, 'beneficiaries')}?state=running&to_do={to_do}"
        about = tuple(_link(row.public_id, row.beneficiary.full_name) for row in first)
        sentence = text(count) % {"count": count}
        yield Wait(sentence, "warning", source, url, _("Show them all"), about, count - len(first))


def _ledgers(seen: Watch) -> Iterable[Wait]:
    stopped = [one for one in seen.stopped if "p3.rate_missing" not in one.verdict.codes]
    if stopped:
        rules = Counter(code for one in stopped for code in one.verdict.codes).most_common(3)
        text = ngettext(
            "%(count)d service is not billable as it stands. The rule: %(rules)s.",
            "%(count)d services are not billable as they stand. Most often: %(rules)s.",
            len(stopped),
        ) % {"count": len(stopped), "rules": "; ".join(within(condition(code)) for code, _n in rules)}
        yield _naming(text, _counted(stopped))
    if seen.uninsured:
        text = ngettext(
            "%(count)d service lies on a day without an insurer of the beneficiary.",
            "%(count)d services lie on days without an insurer of the beneficiary.",
            len(seen.uninsured),
        ) % {"count": len(seen.uninsured)}
        yield _naming(text, _counted(seen.uninsured), "warning", _("art. 24"))
    yield from _limits(seen)


def _limits(seen: Watch) -> Iterable[Wait]:
    if seen.ending:
        text = ngettext(
            "The period of %(count)d beneficiary ends within 60 days.",
            "The periods of %(count)d beneficiaries end within 60 days.",
            len(seen.ending),
        ) % {"count": len(seen.ending)}
        said = {key: formats.day(last) for key, last in sorted(seen.ending, key=lambda one: one[1])}
        yield _naming(text, said, "info", _("art. 11"))
    if seen.short:
        text = ngettext(
            "%(count)d beneficiary has few units left in the series.",
            "%(count)d beneficiaries have few units left in their series.",
            len(seen.short),
        ) % {"count": len(seen.short)}
        left = {
            one.enrolment_id: ngettext("%(count)d unit left", "%(count)d units left", one.left)
            % {"count": one.left}
            for one in sorted(seen.short, key=lambda one: one.left)
        }
        yield _naming(text, left, "info", _("art. 12"))


def _practitioners(project: Project, on: date) -> Iterable[Wait]:
    posts = (
        Assignment.objects.on(on)
        .filter(project=project, hours_per_week__lt=LEAST_HOURS)
        .exclude(function=Function.EDUCATOR)
        .select_related("practitioner")
        .order_by("practitioner__last_name", "practitioner__first_name", "pk")
    )
    rows = list(posts)
    if rows:
        text = ngettext(
            "%(count)d practitioner works less than %(hours)d hours a week in the function.",
            "%(count)d practitioners work less than %(hours)d hours a week in the function.",
            len(rows),
        ) % {"count": len(rows), "hours": LEAST_HOURS}
        url = _page(project, "practitioners")
        about = tuple(
            Link(
                label=f"{row.practitioner.full_name} ({formats.number(row.hours_per_week.normalize())})",
                url=reverse("protocol3:practitioner", args=[project.public_id, row.practitioner.public_id]),
            )
            for row in rows[:NAMED]
        )
        more = max(0, len(rows) - NAMED)
        yield Wait(text, "warning", _("art. 17 §2"), url, _("Practitioners"), about, more)


# --- inside


def _naming(
    text: str,
    said: Mapping[int, object],
    tone: str = "warning",
    source: str = "",
    url: str = "",
    label: str = "",
) -> Wait:
    """A sentence about inclusions, the first few named, each with what is said of it; leads to their ledgers."""
    first = dict(list(said.items())[:NAMED])
    rows = Enrolment.objects.select_related("beneficiary").in_bulk(first)
    about = tuple(
        _link(rows[key].public_id, f"{rows[key].beneficiary.full_name} ({value})", "ledger")
        for key, value in first.items()
    )
    return Wait(text, tone, source, url, label, about, len(said) - len(first))


def _counted(services: Iterable[Taken]) -> dict[int, int]:
    """How many services each inclusion has, the most first."""
    return dict(Counter(one.entered.enrolment_id for one in services).most_common())


def _by_month(services: Iterable[Taken]) -> dict[date, int]:
    found: defaultdict[date, int] = defaultdict(int)
    for one in services:
        found[one.entered.facts.date.replace(day=1)] += 1
    return dict(found)


def _link(enrolment_id: object, label: str, page: str = "beneficiary") -> Link:
    return Link(label=label, url=reverse(f"protocol3:{page}", args=[enrolment_id]))


def _page(project: Project, name: str) -> str:
    return reverse(f"protocol3:{name}", args=[project.public_id])
