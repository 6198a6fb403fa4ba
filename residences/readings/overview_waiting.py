"""What waits in a rest home today: sentences with their article, whom they concern, and where each is done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from partenamut.web import formats
from partenamut.web.worklist import Link
from residences.models import (
    Amendment,
    ArticleComment,
    Convention,
    Dispute,
    DisputeStatus,
    Edition,
    InvoiceRun,
    ItemStatus,
    PriceCampaign,
    RestHome,
    RunItem,
    Side,
    Signature,
    StayKind,
)
from residences.services.runs import months_open
from residences.workflow import RUNNING, CampaignStatus, ConventionStatus, RunStatus

#: How many people a sentence names; the list behind it has them all.
NAMED = 5
#: How long before its last day a short stay is announced.
SOON = timedelta(days=30)
#: The words of the tones.
URGENCY = {
    "error": gettext_lazy("Urgent"),
    "warning": gettext_lazy("To do"),
    "info": gettext_lazy("Soon"),
}
_ORDER = ("error", "warning", "info")
#: Runs that somebody has still to go on with.
_UNFINISHED = (RunStatus.CHECKED, RunStatus.INTERRUPTED, RunStatus.PARTLY_ISSUED)


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


def waiting(home: RestHome, on: date) -> list[Wait]:
    """What waits in a home, the most urgent first."""
    found = [
        *_to_sign(home),
        *_amendments(home),
        *_remarks(home),
        *_disputes(home),
        *_months(home, on),
        *_held_up(home),
        *_rises(home, on),
        *_notices(home, on),
        *_short_stays(home, on),
    ]
    return sorted(found, key=lambda one: _ORDER.index(one.tone))


# --- texts ------------------------------------------------------------------------------------------------


def _to_sign(home: RestHome) -> Iterator[Wait]:
    latest = Edition.objects.filter(convention=OuterRef("pk"), amendment=None).order_by("-turn")
    rows = Convention.objects.filter(home=home, status=ConventionStatus.READY).select_related("resident")
    yield from _signing(
        _with_signature(rows, latest).order_by("entry", "pk"),
        lambda row: _link(str(row.resident), "convention", home, row),
        url=f"{_page('conventions', home)}?to_do=sign",
        by_home=lambda count: ngettext(
            "%(count)d convention is signed by the resident's side: sign it for the home.",
            "%(count)d conventions are signed by the resident's side: sign them for the home.",
            count,
        ),
        by_resident=lambda count: ngettext(
            "%(count)d convention is offered: the resident's side has still to sign it.",
            "%(count)d conventions are offered: the resident's side has still to sign them.",
            count,
        ),
    )


def _amendments(home: RestHome) -> Iterator[Wait]:
    latest = Edition.objects.filter(amendment=OuterRef("pk")).order_by("-turn")
    rows = Amendment.objects.filter(convention__home=home, status="ready")
    rows = rows.select_related("convention__resident")
    yield from _signing(
        _with_signature(rows, latest).order_by("effective_on", "pk"),
        lambda row: _link(
            _("%(resident)s, amendment %(number)d")
            % {"resident": row.convention.resident, "number": row.turn},
            "amendment",
            home,
            row.convention,
            row,
        ),
        by_home=lambda count: ngettext(
            "%(count)d amendment is signed by the resident's side: sign it for the home.",
            "%(count)d amendments are signed by the resident's side: sign them for the home.",
            count,
        ),
        by_resident=lambda count: ngettext(
            "%(count)d amendment is offered: the resident's side has still to sign it.",
            "%(count)d amendments are offered: the resident's side has still to sign them.",
            count,
        ),
    )


def _with_signature(rows: QuerySet[Any], latest: QuerySet[Edition]) -> QuerySet[Any]:
    """The rows with whether the resident's side signed the text that is offered now."""
    found: QuerySet[Any] = rows.annotate(offered=Subquery(latest.values("pk")[:1])).annotate(
        theirs=Exists(Signature.objects.filter(edition=OuterRef("offered"), side=Side.RESIDENT))
    )
    return found


def _signing(
    rows: Iterable[Any],
    link: Callable[[Any], Link],
    *,
    url: str = "",
    by_home: Callable[[int], str],
    by_resident: Callable[[int], str],
) -> Iterator[Wait]:
    signed: list[Link] = []
    offered: list[Link] = []
    for row in rows:
        (signed if row.theirs else offered).append(link(row))
    label = _("Conventions to sign")
    yield from _naming(by_home(len(signed)), signed, "warning", _("art. 1"), url, label)
    yield from _naming(by_resident(len(offered)), offered, "info", _("art. 1"), url, label)


def _remarks(home: RestHome) -> Iterator[Wait]:
    rows = (
        ArticleComment.objects.filter(edition__convention__home=home, answer="")
        .exclude(edition__convention__status=ConventionStatus.DISCARDED)
        .exclude(edition__amendment__status="discarded")
        .select_related("edition__convention__resident", "edition__amendment")
        .order_by("made_at", "pk")
    )
    links = [_remark_link(home, row) for row in rows]
    text = ngettext(
        "%(count)d remark on an article waits for your answer.",
        "%(count)d remarks on articles wait for your answer.",
        len(links),
    )
    yield from _naming(text, links, "warning", _("art. 1"))


def _remark_link(home: RestHome, row: ArticleComment) -> Link:
    convention, amendment = row.edition.convention, row.edition.amendment
    values = {"resident": convention.resident, "number": row.article}
    label = _("%(resident)s, article %(number)d") % values if row.article else str(convention.resident)
    if amendment is None:
        return _link(label, "convention", home, convention)
    return _link(label, "amendment", home, convention, amendment)


# --- money ------------------------------------------------------------------------------------------------


def _disputes(home: RestHome) -> Iterator[Wait]:
    rows = Dispute.objects.filter(invoice__home=home, status=DisputeStatus.OPEN)
    rows = rows.select_related("invoice__convention__resident").order_by("lodged_on", "pk")
    url = _page("disputes", home)
    links = [
        _link(f"{row.invoice.convention.resident}, {row.invoice.number}", "dispute", home, row)
        for row in rows
    ]
    text = ngettext(
        "%(count)d contested invoice waits for your answer.",
        "%(count)d contested invoices wait for your answer.",
        len(links),
    )
    yield from _naming(text, links, "warning", _("art. 6"), url, _("Disputes"))


def _months(home: RestHome, on: date) -> Iterator[Wait]:
    url, label = _page("runs", home), _("Months")
    if Convention.objects.filter(home=home, status__in=RUNNING).exists():
        for month in months_open(home, on):
            late = month < on.replace(day=1)
            said = _("The invoices of %(month)s are to be prepared.") % {"month": formats.month(month)}
            yield Wait(said, "error" if late else "warning", _("art. 6"), url, label)
    for run in InvoiceRun.objects.filter(home=home, status__in=_UNFINISHED).order_by("month"):
        if run.status != RunStatus.PARTLY_ISSUED:
            said = _("The invoices of %(month)s are prepared and not issued: go on with them.")
            values = {"month": formats.month(run.month)}
            yield Wait(said % values, "warning", _("art. 6"), _page("run", home, run), label)


def _held_up(home: RestHome) -> Iterator[Wait]:
    rows = RunItem.objects.filter(run__home=home, run__status__in=_UNFINISHED, status=ItemStatus.REFUSED)
    rows = rows.select_related("run", "convention__resident").order_by("run__month", "pk")
    links = [
        _link(f"{row.convention.resident} ({formats.month(row.run.month)})", "run", home, row.run)
        for row in rows
    ]
    text = ngettext(
        "%(count)d account is held up: no invoice is made for it until it is put right.",
        "%(count)d accounts are held up: no invoice is made for them until they are put right.",
        len(links),
    )
    yield from _naming(text, links, "error", _("art. 6"), _page("runs", home), _("Months"))


def _rises(home: RestHome, on: date) -> Iterator[Wait]:
    rows = PriceCampaign.objects.filter(home=home)
    for row in rows.filter(status=CampaignStatus.DRAFT):
        yield Wait(
            _("A rise of prices is being prepared: check it, then notify it."),
            "info",
            _("art. 4 §1"),
            _page("campaign", home, row),
            _("Rise of prices"),
        )
    for row in rows.filter(status=CampaignStatus.NOTIFIED, in_force_from__gt=on).order_by("in_force_from"):
        assert row.notified_on is not None
        assert row.in_force_from is not None
        said = _("New prices were notified on %(notified)s: they are in force from %(day)s.") % {
            "notified": formats.day(row.notified_on),
            "day": formats.day(row.in_force_from),
        }
        yield Wait(said, "info", _("art. 4 §1"), _page("campaign", home, row), _("Rise of prices"))


# --- the end ----------------------------------------------------------------------------------------------


def _notices(home: RestHome, on: date) -> Iterator[Wait]:
    rows = Convention.objects.filter(home=home, status=ConventionStatus.NOTICE_GIVEN)
    rows = rows.select_related("resident").order_by("ended_on", "pk")
    over: list[Link] = []
    running: list[Link] = []
    for row in rows:
        said = formats.day(row.ended_on) if row.ended_on else _("last day not known yet")
        link = _link(f"{row.resident} ({said})", "ending", home, row)
        (over if row.ended_on and row.ended_on < on else running).append(link)
    url, label = _page("endings", home), _("Notices and departures")
    text = ngettext(
        "%(count)d stay is over: say that the room is free and make the final account.",
        "%(count)d stays are over: say that the rooms are free and make the final accounts.",
        len(over),
    )
    yield from _naming(text, over, "warning", _("art. 10"), url, label)
    text = ngettext("%(count)d stay ends.", "%(count)d stays end.", len(running))
    yield from _naming(text, running, "info", _("art. 10"), url, label)


def _short_stays(home: RestHome, on: date) -> Iterator[Wait]:
    rows = Convention.objects.filter(
        home=home,
        kind=StayKind.SHORT,
        status__in=(ConventionStatus.SIGNED, ConventionStatus.IN_FORCE),
        until__range=(on, on + SOON),
    )
    rows = rows.select_related("resident").order_by("until", "pk")
    links = [
        _link(f"{row.resident} ({formats.day(row.until)})", "ending", home, row) for row in rows if row.until
    ]
    text = ngettext(
        "%(count)d short stay ends within 30 days: prolong it by an amendment, or let it end.",
        "%(count)d short stays end within 30 days: prolong them by an amendment, or let them end.",
        len(links),
    )
    yield from _naming(text, links, "info", _("art. 2"))


# --- inside -----------------------------------------------------------------------------------------------


def _naming(
    text: str, links: Sequence[Link], tone: str, source: str, url: str = "", label: str = ""
) -> Iterator[Wait]:
    """A sentence that counts people, the first few named; nothing where there are none."""
    if links:
        yield Wait(
            text % {"count": len(links)},
            tone,
            source,
            url,
            label if url else "",
            tuple(links[:NAMED]),
            max(0, len(links) - NAMED),
        )


def _link(label: str, name: str, *rows: Any) -> Link:
    return Link(label=label, url=_page(name, *rows))


def _page(name: str, *rows: Any) -> str:
    return reverse(f"residences:{name}", args=[row.public_id for row in rows])
