"""List pages: what they show, that no address breaks them, and what they cost."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Value
from django.urls import path
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]

from partenamut.accounts.models import RoleAssignment, User
from partenamut.accounts.roles import Role
from partenamut.web import worklist
from partenamut.web.paging import BoundedPaginator
from partenamut.web.worklist import (
    ChoiceFilter,
    Column,
    DayFilter,
    ListFilter,
    ModelChoiceFilter,
    SearchFilter,
    WorkList,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class HeldFilter(ListFilter):
    q = SearchFilter(fields=("user__name", "user__email"), label="Name")
    role = ChoiceFilter(choices=Role.choices, label="Role")
    since = DayFilter(field_name="granted_at", lookup_expr="gte", moment=True, label="Since")
    until = DayFilter(field_name="granted_at", lookup_expr="lte", moment=True, label="Until")
    by = ModelChoiceFilter(
        queryset=lambda _request: User.objects.order_by("name"), field_name="granted_by", label="By"
    )


class HeldList(WorkList):
    filterset_class = HeldFilter
    ordering = ("-granted_at",)
    page_size = 10
    export_name = "Roles held"
    empty_text = "Nobody has a role."
    columns = (
        Column("name", "Name", "user.name", sort="user__name", url=lambda row: f"/users/{row.user_id}"),
        Column("role", "Role", "role", kind="status", sort="role", tones={"member": "success"}),
        Column("since", "Since", "granted_at", kind="day", sort="granted_at"),
        Column("until", "Until", "revoked_at", kind="day", sort="revoked_at"),
        Column("exactly", "Exactly", "granted_at", kind="moment"),
        Column("owed", "Owed", "owed", kind="euros", sort="owed"),
        Column("email", "E-mail", "user.email", table=False),
        Column("note", "Note", lambda row: f"note {row.pk}", export=False),
    )


def rows():
    return RoleAssignment.objects.select_related("user").annotate(owed=Value(Decimal("1234.50")))


@login_not_required
def held(request):
    tabs = [
        {"label": "Members", "query": "role=member", "count": 3, "current": True},
        {"label": "All", "query": "", "current": False},
    ]
    action = {"label": "Give a role", "url": "/give"}
    return HeldList(rows(), empty_action=action).respond(
        request, title="Roles held", actions=[action], tabs=tabs
    )


class BareList(WorkList):
    columns = (Column("name", "Name", "name"),)


@login_not_required
def bare(request):
    return BareList(User.objects.all()).respond(request, title="Users")


urlpatterns = [path("held/", held, name="held"), path("bare/", bare, name="bare")]


@pytest.fixture
def people():
    """Twenty-five people with one role each, one more each hour."""
    users = User.objects.bulk_create(
        User(email=f"p{n:02}@example.be", name=f"Person {n:02}", language="fr") for n in range(25)
    )
    return RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=user,
            role=Role.MEMBER if n % 5 else Role.ADVISER,
            granted_at=START + timedelta(hours=n),
            revoked_at=START + timedelta(days=n) if n % 2 else None,
            granted_by=users[0],
        )
        for n, user in enumerate(users)
    )


@pytest.fixture(autouse=True)
def _without_a_frame(settings):
    """The list alone: the menu of the portal leads to addresses that are not served here."""
    (engine,) = settings.TEMPLATES
    options = engine["OPTIONS"]
    processors = [name for name in options["context_processors"] if name != "partenamut.web.context.frame"]
    settings.TEMPLATES = [engine | {"OPTIONS": options | {"context_processors": processors}}]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def get(client, url="/held/", **query):
    return client.get(url, query, headers={"accept-language": "en"})


def column(response, place=0):
    return [cells[place]["text"] for cells in response.context["work_list"].rows]


def exported(client, **query):
    response = get(client, export="csv", **query)
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag, **attributes):
        names = {name.replace("_", "-").rstrip("-"): value for name, value in attributes.items()}
        return [
            attrs
            for found, attrs in self.found
            if found == tag
            and all(name in attrs and value in (attrs[name], ...) for name, value in names.items())
        ]


def tags(response):
    return Tags(response.content.decode())


# --- what is shown


def test_the_first_page_in_the_order_of_the_list(client, people):
    response = get(client)
    assert response.status_code == 200
    assert column(response) == [f"Person {n:02}" for n in range(24, 14, -1)]
    assert column(response, 2)[0] == "02/03/2026"
    assert column(response, 4)[0] == "02/03/2026\u00a013:00"
    assert column(response, 5)[0] == "1,234.50\u00a0€"
    assert "25 results" in response.content.decode()


def test_a_status_has_its_label_and_tone_and_a_link_its_address(client, people):
    cells = get(client).context["work_list"].rows[0]
    assert cells[0]["url"] == f"/users/{people[24].user_id}"
    assert (cells[1]["text"], cells[1]["tone"]) == (str(Role.MEMBER.label), "success")
    assert get(client).context["work_list"].rows[4][1]["tone"] == "neutral"


def test_the_table_can_be_read_by_everybody(client, people):
    found = tags(get(client))
    assert [attrs["aria-sort"] for attrs in found.all("th", scope="col", aria_sort=...)] == [
        "none",
        "none",
        "descending",
        "none",
        "none",
    ]
    assert len(found.all("th", scope="col")) == 7
    assert len(found.all("th", scope="row")) == 10
    (region,) = found.all("div", class_="app-scroll")
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "Roles held")
    assert found.all("form", method="get", role="search")
    assert found.all("caption")


def test_no_inline_script_or_style(client, people):
    found = tags(get(client))
    assert not [
        attrs
        for _tag, attrs in found.found
        if "style" in attrs or any(name.startswith("on") for name in attrs)
    ]
    assert all("src" in attrs for attrs in found.all("script"))


def test_tabs_and_actions(client, people):
    found = tags(get(client))
    assert found.all("a", href="/held/?role=member", aria_current="page")
    assert found.all("a", href="/held/?") or found.all("a", href="/held/")
    assert found.all("a", href="/give")


def test_an_empty_list_says_what_to_do(client):
    html = get(client).content.decode()
    assert "Nobody has a role." in html
    assert "0 results" in html
    assert "export=csv" not in html
    assert Tags(html).all("a", href="/give")


def test_a_list_without_filters(client, people):
    response = get(client, "/bare/")
    assert column(response)[:2] == ["Person 00", "Person 01"]
    assert not tags(response).all("form", role="search")


@pytest.mark.parametrize("made", [{}, {"kind": "status"}, {"url": lambda _row: "/x"}, {"sort": "role"}])
@pytest.mark.parametrize("place", [0, 1])
def test_text_is_escaped(client, people, monkeypatch, made, place):
    columns = list(HeldList.columns)
    columns.insert(place, Column("evil", "<b>Evil</b>", lambda _row: "<script>alert(1)</script>", **made))
    monkeypatch.setattr(HeldList, "columns", columns)
    html = get(client).content.decode()
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") == 10
    assert "<b>Evil" not in html


def test_an_address_cannot_leave_its_attribute(client, people, monkeypatch):
    columns = [Column("name", "Name", "user.name", url=lambda _row: '"><script>'), *HeldList.columns[1:]]
    monkeypatch.setattr(HeldList, "columns", columns)
    assert tags(get(client)).all("a", href='"><script>')


def test_numbers_line_up_and_references_do_not_wrap(client, people):
    found = tags(get(client))
    assert len(found.all("td", class_="govuk-table__cell govuk-table__cell--numeric app-nowrap")) == 10
    assert len(found.all("td", class_="govuk-table__cell app-nowrap")) == 30
    assert len(found.all("strong", class_="app-tag app-tag--success")) == 8
    assert len(found.all("th", class_="govuk-table__header govuk-table__header--numeric")) == 1


# --- filters


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "person 07"}, 1),
        ({"q": "07 PERSON"}, 1),
        ({"q": "p03@example"}, 1),
        ({"q": "nobody"}, 0),
        ({"q": "  "}, 25),
        ({"role": "adviser"}, 5),
        ({"role": ""}, 25),
        ({"since": "2026-03-02"}, 14),
        ({"until": "2026-03-01"}, 11),
        ({"since_day": "2", "since_month": "3", "since_year": "2026"}, 14),
        ({"role": "adviser", "q": "05"}, 1),
        ({"unknown": "x"}, 25),
    ],
)
def test_filters(client, people, query, count):
    response = get(client, **query)
    assert response.context["work_list"].is_valid
    assert response.context["work_list"].paginator.count == count


def test_active_filters_can_be_dropped_one_by_one(client, people):
    response = get(client, role="adviser", q="person", sort="-name", page="1")
    active = {item.label: item for item in response.context["work_list"].active_filters}
    assert active.keys() == {"Name", "Role"}
    assert active["Role"].text == str(Role.ADVISER.label)
    assert parse_qs(active["Role"].query) == {"q": ["person"], "sort": ["-name"]}
    assert tags(response).all("a", href="/held/")


def test_filters_that_find_nothing_offer_the_whole_list(client, people):
    response = get(client, q="nobody")
    assert "Nothing matches these filters" in response.content.decode()
    assert "Nobody has a role." not in response.content.decode()


def test_a_filter_keeps_the_order(client, people):
    assert tags(get(client, sort="-name")).all("input", type="hidden", name="sort", value="-name")


@pytest.mark.parametrize(
    "query",
    [
        {"role": "nonsense"},
        {"since": "2026-13-45", "since_day": "45", "since_month": "13", "since_year": "2026"},
        {"since_day": "1"},
        {"by": "999999999999999999999999"},
        {"by": "x"},
        {"q": "x" * 101},
        {"q": "a\x00b"},
        {"q": "\u202eb"},
    ],
)
def test_a_wrong_filter_shows_its_error_and_no_rows(client, people, query):
    response = get(client, **query)
    assert response.status_code == 200
    assert response.context["work_list"].rows == []
    html = response.content.decode()
    assert "data-error-summary" in html
    assert "<title>Error:" in html
    assert "There is a problem" in html
    assert "Person 0" not in html.split('class="govuk-table', 1)[-1] if "govuk-table" in html else True
    assert get(client, export="csv", **query)["Content-Type"].startswith("text/html")


JUNK = [
    "",
    "0",
    "-1",
    "abc",
    "1e9",
    "9" * 30,
    "9" * 5000,
    "1.5",
    "\x00",
    "é",
    "١",
    "None",
    "-",
    "--name",
    "%",
    "'",
    "a b",
]


NAMES = ["page", "sort", "export", "q", "role", "since", "until", "by", "since_day", "since_year"]


@pytest.mark.parametrize("value", JUNK)
def test_no_value_breaks_the_page(client, people, value):
    assert {get(client, **{name: value}).status_code for name in NAMES} == {200}


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["page", "sort", "export", "q", "role", "by", "since_day", "since_month", "since_year", "zz"]
        ),
        st.one_of(st.text(max_size=12), st.integers().map(str)),
    )
)
def test_no_address_breaks_the_page(client, people, query):
    assert (
        get(client, **{name: value.encode("utf-8", "replace") for name, value in query.items()}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "raw", ["q=%ED%A0%80", "q=%FF%FE", "sort=%00", "page=%ED%A0%80", "q[]=1", "&&==", "since_day=%FF"]
)
def test_no_bytes_break_the_page(client, people, raw):
    assert client.get(f"/held/?{raw}").status_code == 200


# --- order


def test_sorting_both_ways(client, people):
    up, down = get(client, sort="name"), get(client, sort="-name")
    assert column(up)[0] == "Person 00"
    assert column(down)[0] == "Person 24"
    assert tags(up).all("th", aria_sort="ascending")
    assert tags(up).all("a", href="/held/?sort=-name")
    assert tags(down).all("a", href="/held/?sort=name")


@pytest.mark.parametrize("sort", ["note", "email", "granted_by__password", "user__password", "?", "pk", "-"])
def test_only_declared_columns_sort(client, people, sort):
    assert column(get(client, sort=sort)) == column(get(client))


@pytest.mark.parametrize("sort", ["until", "-until"])
def test_rows_without_a_value_come_last(client, people, sort):
    assert all(column(get(client, sort=sort), 3))
    assert not any(column(get(client, sort=sort, page=3), 3))


@pytest.mark.parametrize("sort", ["", "role", "-role", "owed", "-owed", "until"])
def test_pages_hold_every_row_once(client, people, sort):
    names = [name for page in (1, 2, 3) for name in column(get(client, sort=sort, page=page))]
    assert sorted(names) == [f"Person {n:02}" for n in range(25)]


def test_the_tie_break_follows_the_order(client, people):
    RoleAssignment.objects.update(granted_at=START)
    assert column(get(client))[0] == "Person 24"
    assert column(get(client, sort="since"))[0] == "Person 00"


# --- pages


@pytest.mark.parametrize(
    ("asked", "number"), [("2", 2), ("3", 3), ("99", 3), ("0", 3), ("-4", 3), ("x", 1), ("", 1)]
)
def test_the_nearest_page_that_exists(client, people, asked, number):
    assert get(client, page=asked).context["work_list"].page.number == number


def test_pages_keep_filters_and_order(client, people):
    response = get(client, role="member", sort="name", page=1)
    (link,) = tags(response).all("a", rel="next")
    assert parse_qs(urlsplit(link["href"]).query) == {"role": ["member"], "sort": ["name"], "page": ["2"]}
    assert tags(response).all("a", aria_current="page")


def test_the_title_names_the_page(client, people):
    assert "<title>Roles held (page 2 of 3)" in get(client, page=2).content.decode()


def test_counting_and_paging_stop_at_the_bound(client, people, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(BoundedPaginator, "bound", 15)
    with django_assert_max_num_queries(3) as asked:
        response = get(client, page=9)
    assert any("LIMIT 16)" in query["sql"] for query in asked.captured_queries)
    assert "More than 15 results" in response.content.decode()
    assert response.context["work_list"].page.number == 2
    assert len(column(response)) == 5
    assert "The pages end after 15 rows" in response.content.decode()
    assert "The pages end" not in get(client).content.decode()


def test_the_bound_itself_is_not_more(client, people, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "bound", 25)
    response = get(client, page=3)
    assert "25 results" in response.content.decode()
    assert not response.context["work_list"].at_the_bound


# --- export


def test_the_export_is_exactly_the_list(client, people):
    query = {"role": "adviser", "sort": "name", "page": "7"}
    shown = column(get(client, **query))
    read = exported(client, **query)
    assert read[0] == ["Name", "Role", "Since", "Until", "Exactly", "Owed", "E-mail"]
    assert [row[0] for row in read[1:]] == shown
    assert read[1] == [
        "Person 00",
        str(Role.ADVISER.label),
        "01/03/2026",
        "",
        "01/03/2026 13:00",
        "1234,50",
        "p00@example.be",
    ]


def test_the_export_has_all_pages(client, people):
    assert len(exported(client)) == 26


def test_a_workbook(client, people):
    response = get(client, export="xlsx", sort="name")
    made = load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    assert made.max_row == 26
    assert made["A2"].value == "Person 00"
    assert made["F2"].value == 1234.5
    assert response["Content-Disposition"].startswith('attachment; filename="roles-held-')


def test_the_page_links_to_its_export(client, people):
    found = tags(get(client, role="adviser", sort="name", page=1, q=""))
    for kind in ("csv", "xlsx"):
        assert found.all("a", href=f"/held/?role=adviser&sort=name&export={kind}", download=...)


def test_a_workbook_that_would_be_too_long_is_refused_with_a_way_out(client, people, monkeypatch):
    monkeypatch.setattr(worklist, "XLSX_ROWS", 24)
    response = get(client, export="xlsx", sort="name")
    assert response.status_code == 302
    assert response["Location"] == "/held/?sort=name"
    assert "24 rows at most" in str(next(iter(get_messages(response.wsgi_request))))
    assert len(exported(client)) == 26


def test_json_is_offered_where_a_list_says_so(client, people, monkeypatch):
    assert get(client, export="json", role="adviser")["Content-Type"].startswith("text/html")
    monkeypatch.setattr(HeldList, "export_kinds", ("csv", "xlsx", "json"))
    read = json.loads(b"".join(get(client, export="json", role="adviser").streaming_content))
    assert {row["role"] for row in read} == {"adviser"}
    assert read[0]["owed"] == "1234.50"
    assert len(read) == len(exported(client, role="adviser")) - 1


def test_exports_can_be_noted_or_forbidden(client, people, monkeypatch):
    noted = []
    monkeypatch.setattr(HeldList, "exporting", lambda _list, _request, kind: noted.append(kind))
    get(client)
    get(client, export="csv")
    get(client, export="csv", role="nonsense")
    monkeypatch.setattr(HeldList, "export_kinds", ())
    assert get(client, export="csv")["Content-Type"].startswith("text/html")
    assert noted == ["csv"]


# --- what it costs


def test_queries_do_not_grow_with_the_rows(client, people, django_assert_num_queries):
    # the choices of the filter "by", the count, the rows
    with django_assert_num_queries(3):
        get(client, page=3)
    RoleAssignment.objects.all()[:1].get().delete()
    with django_assert_num_queries(3):
        get(client, sort="-name", q="person")


def test_an_export_is_one_query(client, people, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(exported(client)) == 26


# --- declared wrongly


def test_two_columns_cannot_have_the_same_key():
    with pytest.raises(ImproperlyConfigured, match="same key"):
        type("Twice", (WorkList,), {"columns": (Column("a", "A", "a"), Column("a", "B", "b"))})


@pytest.mark.parametrize("name", ["page", "sort", "export"])
def test_a_filter_cannot_take_a_name_of_the_list(name):
    filters = type("Taken", (ListFilter,), {name: ChoiceFilter(choices=[], label="x")})
    with pytest.raises(ImproperlyConfigured, match=name):
        type("Taking", (WorkList,), {"columns": (), "filterset_class": filters})
