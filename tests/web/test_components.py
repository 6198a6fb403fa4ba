"""The components: words beside every colour, links that name their object, escaped text, pages without a database."""

import re
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from partenamut.web.forms import FilterForm, PortalForm, UploadField
from partenamut.web.templatetags.portal import UnknownTone

EVIL = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def draw(source, path="/list/?state=open&page=2", **values):
    request = RequestFactory().get(path)
    page = Template("{% load portal %}" + source)
    return page.render(Context({"request": request, "csrf_token": "token", **values}))


def text_of(html):
    return " ".join(Template("{{ html|striptags }}").render(Context({"html": html})).split())


def test_reasons_say_met_or_not_in_words():
    reasons = [
        {"met": True, "message": "Paid in time.", "source": "Article 12"},
        {"met": False, "message": "Too late.", "source": ""},
    ]
    html = draw("{% reasons_list reasons %}", reasons=reasons)
    assert "Condition met: Paid in time. Source: Article 12" in text_of(html)
    assert "Condition not met: Too late." in text_of(html)
    assert html.count("Source:") == 1


def test_the_timeline_says_what_is_past_now_and_next():
    events = [
        {"state": "past", "title": "Received", "when": "07/03/2026"},
        {"state": "now", "title": "Doctor"},
        {"state": "next", "title": "Decision", "when": "half within 3 days"},
    ]
    html = draw("{% timeline events %}", events=events)
    assert text_of(html) == (
        "Received (done) 07/03/2026 Doctor (now) Decision (still to come) half within 3 days"
    )
    assert html.count("aria-current") == 1


def test_a_state_is_text_and_its_tone_exists():
    assert draw('{% status_tag "Refused" "error" %}') == (
        '<strong class="app-tag app-tag--error">Refused</strong>'
    )
    with pytest.raises(UnknownTone):
        draw('{% status_tag "Refused" "red" %}')


def table(rows, columns=({"label": "Name"}, {"label": "Sum", "numeric": True})):
    return draw('{% table "People" columns rows %}', columns=columns, rows=rows)


def test_a_table_has_a_caption_its_own_region_and_numbers_on_the_right():
    html = table([["Ann", "12,50"]])
    assert 'role="region" aria-label="People" tabindex="0"' in html
    assert "<caption" in html
    assert '<td class="govuk-table__cell govuk-table__cell--numeric"><span class="app-nowrap">12,50' in html
    assert "aria-sort" not in html


def test_sortable_columns_say_how_they_are_sorted():
    columns = [
        {"label": "Name", "sort_url": "?sort=-name", "sorted": "ascending"},
        {"label": "Sum", "sort_url": "?sort=sum", "numeric": True},
    ]
    html = table([["Ann", "1"]], columns)
    assert 'aria-sort="ascending"><a href="?sort=-name">Name' in html
    assert 'aria-sort="none"><a href="?sort=sum">Sum' in html


def test_a_row_with_a_cell_too_many_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="argument"):
        table([["Ann", "1", "more"]])


def test_cells_can_be_links_and_states():
    html = table([[{"text": "Ann", "url": "/ann/", "nowrap": True}, {"text": "Open", "tone": "info"}]])
    assert '<a href="/ann/" class="app-nowrap">Ann</a>' in html
    assert '<strong class="app-tag app-tag--info">Open</strong>' in html


@pytest.mark.parametrize(
    "source",
    [
        "{% status_tag evil %}",
        "{% page_head evil caption=evil reference=evil lead=evil %}",
        "{% notice evil title=evil %}",
        "{% confirmation evil evil evil %}",
        "{% empty_state evil evil evil evil %}",
        "{% summary_card evil rows %}",
        "{% detail_list rows %}",
        "{% file_list rows evil %}",
        "{% reasons_list rows %}",
        "{% timeline rows %}",
        "{% table evil columns cells %}",
        "{% bar_chart evil rows evil evil %}",
        "{% column_chart evil labels columned evil %}",
        "{% limit_chart evil limited labels %}",
        "{% days_left 1 2 evil evil %}",
        "{% steps cells.0 1 %}",
        "{% list_head evil rows %}",
        "{% back_link evil evil %}",
        "{% breadcrumbs evil evil %}",
    ],
)
def test_everything_is_escaped(source):
    row = dict.fromkeys(
        ("label", "name", "title", "message", "source", "error", "state", "when", "text", "url"), EVIL
    )
    html = draw(
        source,
        evil=EVIL,
        rows=[{**row, "value": 3}],
        labels=[EVIL] * 4,
        columned=[{**row, "short": EVIL, "values": [1, 2, 3, 4]}],
        limited=[{**row, "used": 1, "projected": 2, "limit": 3, "texts": [EVIL] * 3}],
        columns=[{"label": EVIL, "sort_url": EVIL}],
        cells=[[{"text": EVIL, "url": EVIL}]],
    )
    assert "<img" not in html
    assert 'onerror="' not in html


def test_change_links_name_what_they_change():
    rows = [{"label": "Residence", "value": "Spa", "url": "/residence/"}, {"label": "Note", "value": ""}]
    html = draw('{% summary_card "Stay" rows url="/stay/" %}', rows=rows)
    assert "Change Stay" in text_of(html)
    assert "Change Residence" in text_of(html)
    assert "Not filled in" in text_of(html)
    assert "Change Note" not in text_of(html)


def test_zero_is_an_answer():
    assert "0" in text_of(draw("{% detail_list rows %}", rows=[{"label": "Nights", "value": 0}]))


def test_files_show_their_state_their_error_and_what_removing_removes():
    files = [
        {"name": "a.pdf", "state": "Received", "tone": "success", "remove_url": "/a/remove/"},
        {"name": "b.gif", "error": "Not accepted."},
    ]
    html = draw("{% file_list files %}", files=files)
    assert "Remove a.pdf" in text_of(html)
    assert "Error: Not accepted." in text_of(html)
    assert '<form method="post" action="/a/remove/"><input type="hidden" name="csrfmiddlewaretoken"' in html
    assert "No file received yet." in draw("{% file_list files %}", files=[])


def test_steps_mark_the_current_one_and_cannot_be_clicked():
    html = draw("{% steps labels 2 %}", labels=["You", "Stay", "Check"])
    assert 'aria-current="step">Stay' in html
    assert html.count("aria-current") == 1
    assert "<a" not in html


@pytest.mark.parametrize(
    ("left", "total", "share"), [(18, 60, 30), (0, 60, 0), (60, 60, 100), (70, 60, 100), (0, 0, 0)]
)
def test_days_left_in_words_and_as_a_bar(left, total, share):
    html = draw('{% days_left left total "2026" %}', left=left, total=total)
    assert f"{left} day{'' if left == 1 else 's'} left of {total}" in html
    assert 'role="img"' in html
    assert f'class="app-svg-value" width="{share}"' in html


def test_a_chart_has_its_table():
    rows = [{"label": "January", "value": 42}, {"label": "February", "value": Decimal("10.5")}]
    html = draw('{% bar_chart "Requests" rows "Month" "Number" decimals=1 %}', rows=rows)
    assert 'role="img"' in html
    assert html.count("42.0") == 2
    assert html.count("10.5") == 2
    widths = [
        int(part.split('"')[0])
        for part in html.split('class="app-svg-value"')[1:]
        for part in [part.split('width="')[1]]
    ]
    assert widths[0] == 340
    assert widths[1] == 85


@pytest.mark.parametrize("values", [[], [0, 0], [-5]])
def test_a_chart_without_height_does_not_break(values):
    rows = [{"label": str(number), "value": value} for number, value in enumerate(values)]
    assert "<svg" in draw('{% bar_chart "Nothing" rows "Month" "Number" %}', rows=rows)


def test_columns_stack_their_parts_up_to_the_ground():
    rows = [{"label": "January", "short": "Jan", "values": [30, 10]}, {"label": "May", "values": [0, -5]}]
    html = draw(
        '{% column_chart "Units" series rows "Month" sum_label="All" %}', rows=rows, series=["A", "B"]
    )
    parts = re.findall(
        r'<rect class="app-series-(\d)" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', html
    )
    assert [number for number, _y, _height in parts] == ["1", "2"]
    (_, low, tall), (_, high, short) = parts
    assert float(low) + float(tall) == 230  # the ground
    assert float(high) + float(short) == pytest.approx(float(low))
    assert float(tall) == pytest.approx(3 * float(short))
    assert "40" in text_of(html).split()


def test_a_limit_that_will_be_passed_has_another_colour():
    row = {"label": "Sessions", "used": 5, "limit": 20, "texts": ["5", "?", "20"]}
    labels = ["What", "Used", "Expected", "Limit"]
    for projected, over in ((19, False), (20, False), (21, True)):
        html = draw(
            '{% limit_chart "Limits" rows labels %}', rows=[{**row, "projected": projected}], labels=labels
        )
        assert ('class="app-svg-over" y="26"' in html) is over


@pytest.mark.parametrize("rows", [[], [{"label": "1", "values": [0]}], [{"label": "1", "values": [-5]}]])
def test_columns_without_height_do_not_break(rows):
    assert "<svg" in draw('{% column_chart "Nothing" series rows "Month" %}', rows=rows, series=["A"])


def test_pages_keep_the_filters():
    html = draw("{% pagination page %}", page=Paginator(range(100), 10).get_page(2))
    assert 'href="?state=open&amp;page=3" rel="next"' in html
    assert 'href="?state=open&amp;page=1" rel="prev"' in html
    assert 'href="?state=open&amp;page=2" aria-current="page"' in html
    assert "…" in html


def test_one_page_has_no_pages():
    assert draw("{% pagination page %}", page=Paginator(range(5), 10).get_page(1)).strip() == ""
    assert "rel=" in draw('{% previous_next "?before=1" "" %}')


def test_active_filters_name_what_they_remove():
    class Search(FilterForm):
        pass

    filters = [
        {"label": "State", "text": "open", "query": "page=1"},
        {"label": "Name", "text": "Ann", "query": ""},
    ]
    html = draw("{% active_filters filters %}", filters=filters)
    assert "Remove the filter State: open" in text_of(html)
    assert 'href="/list/?page=1"' in html
    assert 'href="/list/"' in html
    assert Search().active() == []


def test_a_form_with_files_is_sent_as_such_and_checked_by_us():
    class Up(PortalForm):
        paper = UploadField(label="Paper")

    html = draw('{% portal_form form submit="Send" cancel_url="/back/" %}', form=Up({}))
    assert 'enctype="multipart/form-data" novalidate' in html
    assert "csrfmiddlewaretoken" in html
    assert html.index("There is a problem") < html.index("<form")
    assert '<a href="/back/">Cancel</a>' in html


def test_the_title_says_first_that_something_is_wrong():
    class Up(PortalForm):
        paper = UploadField(label="Paper")

    wrong = render_to_string("base.html", {"form": Up({})})
    assert "<title>Error: " in wrong
    assert "<title>Error" not in render_to_string("base.html", {"form": Up()})


@pytest.mark.parametrize("status", ["400", "403", "403_csrf", "404", "413", "429", "500"])
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_error_pages_need_neither_request_nor_database(status, language):
    with translation.override(language):
        html = get_template(f"{status}.html").render()
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert "<form" not in html


@pytest.mark.parametrize("status", ["400", "403", "404", "500"])
def test_error_pages_look_nobody_up(status):
    """No `db` fixture: a look at the user or the messages would be refused."""

    class Broken:
        def __getattr__(self, name):
            raise AssertionError(f"asked for {name}")

    html = get_template(f"{status}.html").render(
        {"user": Broken(), "messages": Broken(), "navigation": Broken()}
    )
    assert "<h1" in html


def test_no_template_of_ours_holds_scripts_or_styles():
    from django.conf import settings

    for folder in ("components", "forms", "accounts", "gallery"):
        for file in (settings.BASE_DIR / "templates" / folder).rglob("*.html"):
            source = file.read_text()
            assert " style=" not in source, file
            assert " onclick=" not in source, file
            assert "<script>" not in source, file
            assert "javascript:" not in source, file
