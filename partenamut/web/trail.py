"""The audit trail and the access log, as lists for those who may read them."""

from datetime import datetime

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.permissions import requires
from partenamut.accounts.roles import Permission
from partenamut.audit import words
from partenamut.audit.models import Access, Entry
from partenamut.registry.history import changes_of, note_of
from partenamut.registry.lists import way
from partenamut.registry.models import Member
from partenamut.web.worklist import Column, DayFilter, ListFilter, SearchFilter, WorkList


def changes_in_words(entry: Entry) -> str:
    """The changes of an entry in a line: field: before → after, or field: value for what is new."""
    parts = []
    for change in changes_of(entry):
        fresh = change.stays or change.before == "–"
        text = change.after if fresh else f"{change.before} → {change.after}"
        parts.append(gettext("%(label)s: %(text)s") % {"label": change.label, "text": text})
    return "; ".join(parts)


class EntryFilter(ListFilter):
    """Entries by day, person and kind of act."""

    text = SearchFilter(
        label=_("Who or what"), fields=["actor__name", "action", "subject_type", "subject_id"]
    )
    since = DayFilter(label=_("From"), field_name="at", lookup_expr="gte", moment=True)
    until = DayFilter(label=_("Until"), field_name="at", lookup_expr="lte", moment=True)


class EntryList(WorkList):
    """What was done."""

    columns = (
        Column("at", _("When"), value=lambda row: moment(row.at), sort="at"),
        Column("actor", _("Who"), value=lambda entry: entry.actor.name if entry.actor else _("the portal")),
        Column(
            "action",
            _("What"),
            value=lambda entry: words.action(entry.action, entry.subject_type),
            sort="action",
        ),
        Column("subject_type", _("Record"), value=lambda entry: words.record_kind(entry.subject_type)),
        Column("subject_id", _("Record number"), value=lambda entry: str(entry.subject_id), table=False),
        Column("changes", _("Changes"), value=changes_in_words),
        Column("note", _("Why"), value=note_of),
    )
    filterset_class = EntryFilter
    ordering = ("-at",)
    export_name = _("trail")
    empty_text = _("Nothing has been done yet.")


class AccessFilter(ListFilter):
    """Accesses by day, person and purpose."""

    text = SearchFilter(label=_("Who or why"), fields=["actor__name", "purpose", "path", "person_id"])
    since = DayFilter(label=_("From"), field_name="at", lookup_expr="gte", moment=True)
    until = DayFilter(label=_("Until"), field_name="at", lookup_expr="lte", moment=True)


class AccessList(WorkList):
    """Who opened whose file."""

    columns = (
        Column("at", _("When"), value=lambda row: moment(row.at), sort="at"),
        Column("actor", _("Who"), value=lambda access: access.actor.name),
        Column("roles", _("Roles"), value=lambda access: words.roles(access.roles)),
        Column("person", _("Whose file"), value=lambda access: access.person or str(access.person_id)),
        Column("purpose", _("Why"), value=lambda access: words.purpose(access.purpose), sort="purpose"),
        Column("path", _("Page"), "path"),
        Column("allowed", _("Allowed"), value=lambda access: _("Yes") if access.allowed else _("No")),
    )
    filterset_class = AccessFilter
    ordering = ("-at",)
    export_name = _("accesses")
    empty_text = _("Nobody has opened a file yet.")


@requires(Permission.READ_AUDIT)
def entries(request: HttpRequest) -> HttpResponseBase:
    """What was done, by whom and when."""
    other = way(_("Who opened which file"), "web:accesses_of_all")
    rows = Entry.objects.select_related("actor")
    return EntryList(rows).respond(request, title=_("What was done"), actions=[other])


@requires(Permission.READ_AUDIT)
def accesses(request: HttpRequest) -> HttpResponseBase:
    """Who opened whose file."""
    person = Member.objects.filter(public_id=OuterRef("person_id"))
    name = person.annotate(name=Concat("first_name", Value(" "), "last_name")).values("name")
    accesses = Access.objects.select_related("actor").annotate(person=Subquery(name))
    other = way(_("What was done"), "web:entries")
    return AccessList(accesses).respond(request, title=_("Who opened which file"), actions=[other])


def moment(at: datetime) -> str:
    """A moment in local time: 07/03/2026 14:05:09."""
    return f"{localtime(at):%d/%m/%Y %H:%M:%S}"
