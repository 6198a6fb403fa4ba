"""The one way every list page is made: filters, sorting, pages and exports of exactly what is shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from typing import Any, ClassVar, NotRequired, TypedDict

import django_filters
from django import forms
from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.core.paginator import Page
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partenamut.web import formats
from partenamut.web.exports import (
    STREAMS,
    XLSX_ROWS,
    Column,
    Kind,
    Text,
    choice_labels,
)
from partenamut.web.forms import ActiveFilter, DayField, FilterForm
from partenamut.web.paging import BoundedPaginator

__all__ = [
    "ChoiceFilter",
    "Column",
    "DayFilter",
    "Link",
    "ListFilter",
    "ModelChoiceFilter",
    "SearchFilter",
    "Tab",
    "WorkList",
    "shown",
]

#: Names in the address that belong to every list; a filter cannot have them.
RESERVED = frozenset({"page", "sort", "export"})
_SEARCH_LENGTH = 100
_SEARCH_WORDS = 5
_NEVER_WRAPPED = frozenset({"day", "moment", "euros", "number", "link"})


class Link(TypedDict):
    """Something to go to: from the head of the page or from an empty list."""

    label: Text
    url: str


class Tab(TypedDict):
    """A ready-made filter above the list; `query` is a query string without its question mark."""

    label: Text
    query: str
    current: bool
    count: NotRequired[int | None]


# --- filters


class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]
    """One text box over several database `fields`: each word must be found in one of them."""

    def __init__(self, *, fields: Sequence[str], **kwargs: Any) -> None:
        self.fields = fields
        super().__init__(max_length=_SEARCH_LENGTH, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows in which every word (of the first five) occurs."""
        for word in (value or "").split()[:_SEARCH_WORDS]:
            qs = qs.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.fields)))
        return qs


class DayFilter(django_filters.Filter):  # type: ignore[misc]
    """A whole day typed in three parts; with `lookup_expr` "gte" or "lte" one end of a period."""

    field_class = DayField
    _ENDS: ClassVar[Mapping[str, str]] = {"gte": "date__gte", "lte": "date__lte", "exact": "date"}

    def __init__(self, *args: Any, moment: bool = False, **kwargs: Any) -> None:
        # A moment of that day belongs to the day, its last minute too.
        if moment:
            kwargs["lookup_expr"] = self._ENDS[kwargs.get("lookup_expr", "exact")]
        super().__init__(*args, **kwargs)


class ChoiceFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """One of a few values, or all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": _("All"), **kwargs})


class ModelChoiceFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """One of the rows of another table, or all; `queryset` may be a function of the request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": _("All"), **kwargs})


class _KeptFilter(django_filters.Filter):  # type: ignore[misc]
    """Filters nothing: carries the order of the list through its form."""

    field_class = forms.Field

    def __init__(self) -> None:
        super().__init__(label="", widget=forms.HiddenInput)

    def filter(self, qs: QuerySet[Any], value: object) -> QuerySet[Any]:
        return qs


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of a list; their form is one of the form pack."""

    sort = _KeptFilter()

    def get_form_class(self) -> type[FilterForm]:
        """A form with the declared filters as its fields."""
        fields = {name: declared.field for name, declared in self.filters.items()}
        return type(f"{type(self).__name__}Form", (FilterForm,), fields)


class WorkList:
    """A list page, declared by its attributes; made from rows that the user may see."""

    columns: ClassVar[Sequence[Column]]
    filterset_class: ClassVar[type[ListFilter] | None] = None
    #: Database fields; the primary key is added, so that two pages never show the same row.
    ordering: ClassVar[Sequence[str]] = ()
    page_size: ClassVar[int] = 50
    export_name: ClassVar[Text] = _("list")
    #: Of "csv", "xlsx" and "json".
    export_kinds: ClassVar[Sequence[str]] = ("csv", "xlsx")
    #: Said when there is nothing at all; a filter that finds nothing has a text of its own.
    empty_text: ClassVar[Text] = _("There is nothing here yet.")
    template_name: ClassVar[str] = "web/list.html"
    #: How the rows of the page are drawn; cards, where a table would be too wide for a phone.
    rows_template: ClassVar[str] = "components/work_list_table.html"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        keys = [column.key for column in getattr(cls, "columns", ())]
        if len(keys) != len(set(keys)):
            raise ImproperlyConfigured(f"{cls.__name__}: two columns have the same key")
        filters = getattr(cls.filterset_class, "base_filters", {})
        if taken := RESERVED & {name for name, made in filters.items() if not isinstance(made, _KeptFilter)}:
            raise ImproperlyConfigured(f"{cls.__name__}: no filter can be called {', '.join(taken)}")

    def __init__(self, queryset: QuerySet[Any], *, empty_action: Link | None = None) -> None:
        self.queryset = queryset
        self.empty_action = empty_action

    def respond(
        self,
        request: HttpRequest,
        *,
        title: Text,
        actions: Sequence[Link] = (),
        tabs: Sequence[Tab] = (),
        **extra: Any,
    ) -> HttpResponseBase:
        """The page of the list, or with `?export=csv|xlsx|json` the file of exactly the same rows."""
        view = ListView(self, request)
        kind = request.GET.get("export", "")
        if kind in self.export_kinds and view.is_valid:
            return self._export(view, kind)
        context = {
            "title": title,
            "actions": actions,
            "tabs": view.tabs(tabs),
            "work_list": view,
            "page_has_errors": not view.is_valid,
        }
        return render(request, self.template_name, context | extra)

    def _export(self, view: "ListView", kind: str) -> HttpResponseBase:
        if kind == "xlsx" and view.is_too_long:
            advice = gettext("An Excel file has %(rows)s rows at most: filter, or download the list as CSV.")
            messages.warning(view.request, advice % {"rows": formats.number(XLSX_ROWS)})
            return HttpResponseRedirect(view.address())
        self.exporting(view.request, kind)
        name = f"{self.export_name}-{timezone.localdate():%Y-%m-%d}"
        return STREAMS[kind](name, self.columns, view.queryset)

    def exporting(self, request: HttpRequest, kind: str) -> None:
        """Called before a file leaves; for a list of persons the place to note who took it."""

    def count_text(self, count: int, *, more: bool) -> str:
        """The heading over the rows."""
        shown = formats.number(count)
        if more:
            return gettext("More than %(count)s results") % {"count": shown}
        return ngettext("%(count)s result", "%(count)s results", count) % {"count": shown}


class ListView:
    """One request for a list: every value of the address cleaned, each database query made once."""

    def __init__(self, work_list: WorkList, request: HttpRequest) -> None:
        self.list = work_list
        self.request = request
        self.columns = [column for column in work_list.columns if column.table]
        self.filters = self._filters()
        self.form: FilterForm | None = self.filters.form if self.filters is not None else None

    # --- rows

    @property
    def is_valid(self) -> bool:
        """Whether every filter has a value that it understands."""
        return self.form is None or self.form.is_valid()

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """The filtered and ordered rows; none while a filter is wrong."""
        if not self.is_valid:
            return self.list.queryset.none()
        rows = self.filters.qs if self.filters is not None else self.list.queryset
        return rows.order_by(*self._ordering())

    @cached_property
    def paginator(self) -> BoundedPaginator:
        """The pages of the list."""
        return BoundedPaginator(self.queryset, self.list.page_size)

    @cached_property
    def page(self) -> Page[Any]:
        """The page asked for, or the nearest that exists."""
        return self.paginator.get_page(self.request.GET.get("page"))

    @cached_property
    def rows(self) -> list[list[dict[str, Any]]]:
        """The cells of the page: what the table component takes, and `html`, the whole element."""
        model = self.list.queryset.model
        labels = {column.key: choice_labels(model, column) for column in self.columns}
        return [self._row(row, labels) for row in self.page]

    def _row(self, row: Any, labels: Mapping[str, Mapping[Any, Text]]) -> list[dict[str, Any]]:
        cells = [_cell(column, row, labels[column.key]) for column in self.columns]
        for place, cell in enumerate(cells):
            cell["html"] = _drawn(cell, is_head=place == 0)
        return cells

    @property
    def is_too_long(self) -> bool:
        """Whether the list has more rows than a workbook may have."""
        return self.queryset.order_by()[: XLSX_ROWS + 1].count() > XLSX_ROWS

    def exports(self) -> list[Link]:
        """The links to the files."""
        names = {"csv": _("CSV"), "xlsx": _("Excel (XLSX)"), "json": _("JSON")}
        kinds = self.list.export_kinds if self.paginator.count else ()
        return [Link(label=names[kind], url=self.address(export=kind)) for kind in kinds]

    # --- words

    @property
    def count_text(self) -> str:
        """How many rows there are, in words."""
        if not self.is_valid:
            return gettext("Correct the filters to see the list")
        return self.list.count_text(self.paginator.count, more=self.paginator.more)

    @property
    def at_the_bound(self) -> bool:
        """Whether this is the last page although there are more rows: time to filter."""
        return self.paginator.more and not self.page.has_next()

    @property
    def bound_text(self) -> str:
        """How many rows the pages show at most."""
        return formats.number(self.paginator.bound)

    @cached_property
    def active_filters(self) -> list[ActiveFilter]:
        """The filters in use."""
        return self.form.active() if self.form is not None else []

    # --- addresses

    @cached_property
    def query(self) -> QueryDict:
        """Filters and order as they stand in the address."""
        query = self.request.GET.copy()
        empty = [name for name, values in query.lists() if not any(values)]
        for name in ("page", "export", *empty):
            query.pop(name, None)
        return query

    def address(self, **changes: str | None) -> str:
        """The address of this list with `changes` (None removes); always from its first page."""
        query = self.query.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def clear_url(self) -> str:
        """The address of the whole list, while a filter narrows it."""
        return self.request.path if self.active_filters or not self.is_valid else ""

    def headings(self) -> list[dict[str, Any]]:
        """The head of each column, as the table component draws it."""
        return [self._heading(column) for column in self.columns]

    def tabs(self, tabs: Sequence[Tab]) -> list[dict[str, Any]]:
        """The tabs with their addresses."""
        return [{"count": None, **tab, "url": f"{self.request.path}?{tab['query']}"} for tab in tabs]

    # --- inside

    def _filters(self) -> ListFilter | None:
        made = self.list.filterset_class
        if made is None:
            return None
        return made(self.query, queryset=self.list.queryset, request=self.request)

    @cached_property
    def sorted_by(self) -> tuple[Column, bool] | None:
        """The column the reader sorts by and whether downwards; None for the list's own order."""
        asked = self.request.GET.get("sort", "")
        for column in self.columns:
            if column.sort and asked.removeprefix("-") == column.key:
                return column, asked.startswith("-")
        return None

    def _ordering(self) -> list[OrderBy]:
        names = list(self.list.ordering)
        if self.sorted_by is not None:
            column, down = self.sorted_by
            names.insert(0, f"-{column.sort}" if down else str(column.sort))
        # In the direction of the first field: one index over both then serves up and down.
        names.append("-pk" if names and names[0].startswith("-") else "pk")
        first = {_bare(name): name for name in reversed(names)}
        model = self.list.queryset.model
        return [_order(model, first[bare]) for bare in dict.fromkeys(map(_bare, names))]

    def _heading(self, column: Column) -> dict[str, Any]:
        heading: dict[str, Any] = {"label": column.label, "numeric": column.is_numeric}
        if column.sort:
            direction = self._direction(column)
            key = f"-{column.key}" if direction == "ascending" else column.key
            heading |= {"sorted": direction, "sort_url": self.address(sort=key)}
        return heading

    def _direction(self, column: Column) -> str:
        if self.sorted_by is not None:
            chosen, down = self.sorted_by
            return ("descending" if down else "ascending") if chosen is column else ""
        first = next(iter(self.list.ordering), "")
        if _bare(first) != column.sort:
            return ""
        return "descending" if first.startswith("-") else "ascending"


def _bare(name: str) -> str:
    return name.removeprefix("-")


def _order(model: type[Model], name: str) -> OrderBy:
    """Rows without a value come last in both directions; a field that always has one can use its plain index."""
    expression = F(_bare(name))
    last = True if _may_be_empty(model, _bare(name)) else None
    return expression.desc(nulls_last=last) if name.startswith("-") else expression.asc(nulls_last=last)


def _may_be_empty(model: type[Model], path: str) -> bool:
    empty = False
    for name in path.split("__"):
        try:
            found: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        empty = empty or bool(found.null)
        model = found.related_model or model
    return empty


def shown(column: Column, row: Any) -> dict[str, Any]:
    """The cell of a column outside of a work list, for the table component."""
    return _cell(column, row, {})


def _cell(column: Column, row: Any, labels: Mapping[Any, Text]) -> dict[str, Any]:
    value = column.read(row)
    text = str(labels[value]) if labels and value in labels else _text(value, column.kind)
    cell: dict[str, Any] = {
        "text": text,
        "nowrap": column.kind in _NEVER_WRAPPED,
        "numeric": column.is_numeric,
    }
    if column.kind == "status" and text:
        cell["tone"] = column.tones.get(value, "neutral")
    elif url := _url(column, row):
        cell["url"] = url
    return cell


def _drawn(cell: Mapping[str, Any], *, is_head: bool) -> SafeString:
    """The element of a cell."""
    # A template takes eight times as long over the cells of a page.
    if "tone" in cell:
        inner = format_html('<strong class="app-tag app-tag--{}">{}</strong>', cell["tone"], cell["text"])
    elif "url" in cell:
        inner = format_html('<a href="{}">{}</a>', cell["url"], cell["text"])
    else:
        inner = cell["text"]
    tag, css = ("th", "govuk-table__header") if is_head else ("td", "govuk-table__cell")
    scope = mark_safe(' scope="row"') if is_head else ""
    numeric = f" {css}--numeric" if cell["numeric"] else ""
    nowrap = " app-nowrap" if cell["nowrap"] else ""
    return format_html('<{}{} class="{}{}{}">{}</{}>', tag, scope, css, numeric, nowrap, inner, tag)


def _url(column: Column, row: Any) -> str | None:
    if column.url is not None:
        return column.url(row)
    return str(row.get_absolute_url()) if column.kind == "link" else None


def _text(value: Any, kind: Kind) -> str:
    """`value` as a reader of the page's language writes it."""
    if value is None:
        return ""
    if kind == "euros" and isinstance(value, Decimal | int):
        return formats.euros(value)
    if kind == "day" and isinstance(value, date):
        return formats.day(value)
    for types, shown in _SHOWN:
        if isinstance(value, types):
            return shown(value)
    return str(value)


# bool is an int and a datetime is a date: the narrower comes first.
_SHOWN: Sequence[tuple[type | tuple[type, ...], Callable[[Any], str]]] = (
    (bool, lambda value: gettext("Yes") if value else gettext("No")),
    (datetime, formats.moment),
    (date, formats.day),
    ((int, Decimal), formats.number),
)
