"""The components of the portal as inclusion tags; docs/components.md shows each one."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.translation import gettext as _

from partenamut.money import total
from partenamut.web import formats
from partenamut.web.forms import error_links

register = template.Library()

TONES = ("neutral", "info", "success", "warning", "error")
#: geometry of the bar chart, in units of its own view box
CHART_WIDTH, ROW_HEIGHT, LABEL_WIDTH, VALUE_WIDTH = 640, 34, 190, 110
#: geometry of the column chart and of the limits
COLUMNS_HEIGHT, AXIS_WIDTH, AXIS_HEIGHT, TICKS, LIMIT_HEIGHT = 260, 76, 30, 4, 64
#: colours that the style sheet has for the parts of a column
SERIES = 7

Context = dict[str, Any]


class UnknownTone(ValueError):
    """Raised for a tone that the style sheet does not have."""


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise UnknownTone(f"{tone!r} is none of {', '.join(TONES)}")
    return tone


@register.inclusion_tag("components/page_head.html")
def page_head(
    title: Any,
    *,
    caption: Any = "",
    status: Any = "",
    tone: str = "neutral",
    reference: Any = "",
    lead: Any = "",
) -> Context:
    """The page's h1, what it belongs to, its reference and state, and a first sentence."""
    return {
        "title": title,
        "caption": caption,
        "status": status,
        "tone": _tone(tone),
        "reference": reference,
        "lead": lead,
    }


@register.inclusion_tag("components/back_link.html")
def back_link(url: str, label: Any = "") -> Context:
    """The link to the page before; for the block `before`."""
    return {"url": url, "label": label or _("Back")}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs: Any) -> Context:
    """Where the page stands: labels and addresses in turn; for the block `before`."""
    return {
        "crumbs": [{"label": label, "url": url} for label, url in zip(pairs[::2], pairs[1::2], strict=True)]
    }


@register.inclusion_tag("components/status_tag.html")
def status_tag(text: Any, tone: str = "neutral") -> Context:
    """A state in words on a tint; the colour never speaks alone."""
    return {"text": text, "tone": _tone(tone)}


@register.inclusion_tag("components/reasons_list.html")
def reasons_list(reasons: Iterable[Any]) -> Context:
    """Each condition: met or not, its sentence (`message`) and its `source`; `state` where other words say it better."""
    return {"reasons": reasons}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> Context:
    """What happened and what comes: events with `state` (past, now, next), `title`, `when`, `text`."""
    return {"events": events}


@register.inclusion_tag("components/table.html")
def table(
    caption: Any,
    columns: Sequence[Any],
    rows: Iterable[Any],
    *,
    dense: bool = False,
    row_header: bool = False,
    hide_caption: bool = False,
) -> Context:
    """A table in its own scroll region; a cell is a text or a mapping (text, url, tone, nowrap)."""
    drawn = [[_cell(cell, column) for cell, column in zip(row, columns, strict=True)] for row in rows]
    return {
        "caption": caption,
        "columns": columns,
        "rows": drawn,
        "dense": dense,
        "row_header": row_header,
        "hide_caption": hide_caption,
    }


def _cell(cell: Any, column: Any) -> Context:
    drawn = dict(cell) if isinstance(cell, Mapping) else {"text": cell}
    drawn["numeric"] = bool(column.get("numeric"))
    if "tone" in drawn:
        _tone(drawn["tone"])
    return drawn


@register.inclusion_tag("components/filter_form.html")
def filter_form(form: Any, clear_url: str = "", submit: Any = "") -> Context:
    """The filters of a list in a GET form."""
    return {"form": form, "clear_url": clear_url, "submit": submit or _("Show")}


@register.inclusion_tag("components/active_filters.html", takes_context=True)
def active_filters(context: Context, filters: Sequence[Any], clear_url: str = "") -> Context:
    """The filters in use (FilterForm.active()), each with a link that drops it."""
    request: HttpRequest | None = context.get("request")
    return {"filters": filters, "clear_url": clear_url, "path": request.path if request else ""}


@register.inclusion_tag("components/list_head.html")
def list_head(heading: Any, exports: Iterable[Any] = (), level: int = 2) -> Context:
    """The heading that counts a list, and the links that export exactly that list (`url`, `label`)."""
    return {"heading": heading, "exports": exports, "level": level}


@register.inclusion_tag("components/export_links.html")
def export_links(exports: Iterable[Any]) -> Context:
    """Links that export exactly the list shown: `url`, `label`."""
    return {"exports": exports}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], param: str = "page") -> Context:
    """The pages of a list with the rest of the query kept; nothing for a single page."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else None

    def url(number: int) -> str:
        if query is None:
            return f"?{param}={number}"
        query[param] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [
        {"number": number, "url": url(number), "current": number == page.number}
        if isinstance(number, int)
        else {"number": "…"}
        for number in numbers
    ]
    return {
        "links": links if len(links) > 1 else [],
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/pagination.html")
def previous_next(previous_url: str = "", next_url: str = "") -> Context:
    """Previous and next of a list without page numbers (keyset pages)."""
    return {"links": [], "previous_url": previous_url, "next_url": next_url}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*bound: Any) -> Context:
    """Every error of the forms and formsets, on top of the page, focused, each linked to its field."""
    return {"errors": error_links(*bound)}


@register.inclusion_tag("components/portal_form.html", takes_context=True)
def portal_form(
    context: Context,
    form: Any,
    *,
    submit: Any = "",
    action: str = "",
    cancel_url: str = "",
    cancel: Any = "",
    summary: bool = True,
) -> Context:
    """A whole POST form: error summary, fields, button; multipart when a field needs it."""
    return {
        "form": form,
        "submit": submit or _("Continue"),
        "action": action,
        "cancel_url": cancel_url,
        "cancel": cancel or _("Cancel"),
        "summary": summary,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/file_list.html")
def file_list(files: Iterable[Any], heading: Any = "") -> Context:
    """Received files: `name`, `state`, `tone`, `url`, `details`, `error`, `remove_url`."""
    return {"files": list(files), "heading": heading}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: Any, text: Any = "", url: str = "", label: Any = "") -> Context:
    """What to say and what to do where a list is empty."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/summary_card.html")
def summary_card(title: Any, rows: Iterable[Any], url: str = "", level: int = 2) -> Context:
    """Answers to check: rows of `label`, `value`, `url` (where to change it); `url` changes the whole card."""
    return {"title": title, "rows": rows, "url": url, "level": level}


@register.inclusion_tag("components/detail_list.html")
def detail_list(rows: Iterable[Any]) -> Context:
    """Facts that cannot be changed here: rows of `label`, `value`."""
    return {"rows": rows}


@register.inclusion_tag("components/steps.html")
def steps(labels: Iterable[Any], current: int) -> Context:
    """The steps of a form; `current` counts from 1; nothing to click."""
    return {"labels": labels, "current": current}


@register.inclusion_tag("components/notice.html")
def notice(text: Any, title: Any = "", tone: str = "info", url: str = "", label: Any = "") -> Context:
    """A remark in a box."""
    return {"text": text, "title": title, "tone": _tone(tone), "url": url, "label": label}


@register.inclusion_tag("components/confirmation.html")
def confirmation(title: Any, reference: Any = "", text: Any = "") -> Context:
    """The panel of a finished request, with its reference; the page's h1."""
    return {"title": title, "reference": reference, "text": text}


@register.inclusion_tag("components/days_left.html")
def days_left(left: int, total: int, label: Any, until: Any = "") -> Context:
    """Days that remain of an allotment, as a sentence and a bar."""
    share = max(0, min(100, round(100 * left / total))) if total else 0
    return {"left": left, "total": total, "label": label, "until": until, "share": share}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(title: Any, rows: Sequence[Any], label: Any, unit: Any, decimals: int = 0) -> Context:
    """A bar chart drawn on the server, with its table: rows of `label`, `value`."""
    values = [Decimal(row["value"]) for row in rows]
    top = max([*values, Decimal(1)])
    room = CHART_WIDTH - LABEL_WIDTH - VALUE_WIDTH
    bars = [
        {
            "label": row["label"],
            "text": formats.number(value, decimals),
            "y": place * ROW_HEIGHT,
            "middle": place * ROW_HEIGHT + 21,
            "width": int(room * max(value, Decimal(0)) / top),
            "end": LABEL_WIDTH + int(room * max(value, Decimal(0)) / top) + 8,
        }
        for place, (row, value) in enumerate(zip(rows, values, strict=True))
    ]
    return {
        "title": title,
        "label": label,
        "unit": unit,
        "bars": bars,
        "width": CHART_WIDTH,
        "height": max(1, len(bars)) * ROW_HEIGHT,
        "start": LABEL_WIDTH,
        "columns": [{"label": label}, {"label": unit, "numeric": True}],
        "rows": [[bar["label"], bar["text"]] for bar in bars],
    }


@register.inclusion_tag("components/column_chart.html")
def column_chart(
    title: Any,
    series: Sequence[Any],
    rows: Sequence[Any],
    label: Any,
    *,
    decimals: int = 0,
    sum_label: Any = "",
) -> Context:
    """Columns of stacked parts, with their table: rows of `label`, `short` and `values`, one for each of the series."""
    values = [[Decimal(value) for value in row["values"]] for row in rows]
    heights = [total(max(part, Decimal(0)) for part in parts) for parts in values]
    top = _round_up(max([*heights, Decimal(0)]))
    room = COLUMNS_HEIGHT - AXIS_HEIGHT - 10
    step = (CHART_WIDTH - AXIS_WIDTH) / max(1, len(rows))
    columns = [
        {
            "label": row.get("short") or row["label"],
            "middle": round(AXIS_WIDTH + step * place + step / 2, 1),
            "x": round(AXIS_WIDTH + step * place + step * 0.15, 1),
            "width": round(step * 0.7, 1),
            "parts": _stacked(parts, top, room),
        }
        for place, (row, parts) in enumerate(zip(rows, values, strict=True))
    ]
    head = [{"label": label}, *({"label": name, "numeric": True} for name in series)]
    if sum_label:
        head.append({"label": sum_label, "numeric": True})
    return {
        "title": title,
        "series": [{"label": name, "number": place % SERIES + 1} for place, name in enumerate(series)],
        "bars": columns,
        "ticks": [
            {
                "text": formats.number(top * place / TICKS, 0 if top >= TICKS else 1),
                "y": round(10 + room - room * place / TICKS, 1),
            }
            for place in range(TICKS + 1)
        ],
        "width": CHART_WIDTH,
        "height": COLUMNS_HEIGHT,
        "start": AXIS_WIDTH,
        "columns": head,
        "rows": [
            [
                row["label"],
                *(formats.number(part, decimals) for part in parts),
                *([formats.number(total(parts), decimals)] if sum_label else []),
            ]
            for row, parts in zip(rows, values, strict=True)
        ],
    }


def _stacked(parts: Sequence[Decimal], top: Decimal, room: int) -> list[Context]:
    """The parts of a column from the ground up; one below zero has no height."""
    drawn, ground = [], Decimal(10 + room)
    for place, part in enumerate(parts):
        height = room * max(part, Decimal(0)) / top
        ground -= height
        if height:
            drawn.append({"number": place % SERIES + 1, "y": round(ground, 1), "height": round(height, 1)})
    return drawn


def _round_up(value: Decimal) -> Decimal:
    """The next of 12, 20, 40, 80 and so on: the top of an axis, which four ticks divide well."""
    if value <= 0:
        return Decimal(4)
    power = Decimal(10) ** value.adjusted()
    return next(power * step / 10 for step in (12, 20, 40, 80, 120) if value <= power * step / 10)


@register.inclusion_tag("components/limit_chart.html")
def limit_chart(title: Any, rows: Sequence[Any], labels: Sequence[Any]) -> Context:
    """What is used of limits and where it leads, with the table.

    Rows of `label`, `used`, `projected`, `limit` (figures) and `texts` (those three as they are read); `labels` head the
    four columns of the table.
    """
    bars = []
    for place, row in enumerate(rows):
        top = max(row["limit"], row["projected"], row["used"], Decimal(1)) * Decimal("1.08")
        used, projected, limit = (
            round(CHART_WIDTH * max(Decimal(row[name]), Decimal(0)) / top)
            for name in ("used", "projected", "limit")
        )
        bars.append(
            {
                "label": row["label"],
                "text": row["texts"][0],
                "limit_text": row["texts"][2],
                "y": place * LIMIT_HEIGHT,
                # Within the limit in its own colours; beyond it another one shows.
                "used": min(used, limit),
                "projected": min(projected, limit),
                "over": max(used, projected) if max(row["used"], row["projected"]) > row["limit"] else 0,
                "limit": limit,
            }
        )
    return {
        "title": title,
        "bars": bars,
        "width": CHART_WIDTH,
        "height": max(1, len(bars)) * LIMIT_HEIGHT,
        "columns": [{"label": name, "numeric": bool(place)} for place, name in enumerate(labels)],
        "rows": [[row["label"], *row["texts"]] for row in rows],
    }
