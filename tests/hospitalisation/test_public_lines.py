"""The rows of a bill, a bill as a file, and the bill explained."""

from datetime import date
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from hospitalisation.facts import bill_line
from hospitalisation.forms.lines import MOST_ROWS, LineFormSet, initial_of, rows_of
from hospitalisation.models import LineKind
from hospitalisation.readings.bill import by_kind, explained, totals
from hospitalisation.rules import HospitalCover, Tier, cover
from hospitalisation.services.bill_file import COLUMNS, FileRefused, read_bill, template, write_bill
from tests.factories.hospitalisation import line as unsaved
from tests.factories.hospitalisation import usual_lines as usual

HEAD = "kind;label;billed;mandatory;inami_tariff;doctor_agreed;quantity;care_date;comfort"


def line(kind, billed, **values):
    return unsaved(kind, billed, **({"mandatory": "0.00"} | values))


def usual_lines():
    return [*read_bill(write_bill(usual()).encode()).lines]


def typed(*rows, total=None):
    data = {"lines-TOTAL_FORMS": str(total or len(rows)), "lines-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"lines-{place}-{name}": value for name, value in row.items()}
    return LineFormSet(data, prefix="lines")


def answer(lines, tier=Tier.PLUS, **stay):
    values = {
        "admission": date(2026, 3, 2),
        "discharge": date(2026, 3, 6),
        "day_hospital": False,
        "room": "individual",
        "hospital_has_franchise": True,
        "intervention_used_this_year": Decimal("0.00"),
    } | stay
    return cover(HospitalCover(id="1", tier=tier, lines=tuple(map(bill_line, lines)), **values))


# --- rows -------------------------------------------------------------------------------------------------


def test_rows_are_read_and_empty_ones_count_for_nothing():
    rows = typed(
        {"kind": "room_supplement", "billed": "1.234,50", "quantity": "4"},
        {},
        {"kind": "fee_supplement", "billed": "10", "inami_tariff": "8,5", "doctor_agreed": "no"},
    )
    assert rows.is_valid(), rows.errors
    first, second = rows_of(rows)
    assert (first.position, first.billed, first.quantity, first.mandatory) == (1, Decimal("1234.50"), 4, 0)
    assert (second.position, second.inami_tariff, second.doctor_agreed) == (2, Decimal("8.50"), False)


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"kind": "stay", "billed": "-1"}, "billed", "at least"),
        ({"kind": "stay", "billed": "1e9"}, "billed", "amount in euros"),
        ({"kind": "stay", "billed": "1000000000"}, "billed", "at most"),
        ({"kind": "stay", "billed": "20000000"}, "billed", "zero or more"),
        ({"kind": "stay", "billed": "10", "mandatory": "11"}, "mandatory", "no more than was billed"),
        ({"kind": "stay"}, "billed", "Fill in"),
        ({"billed": "10"}, "kind", "Choose an answer"),
        ({"label": "something"}, "kind", "Choose an answer"),
        ({"kind": "gold", "billed": "10"}, "kind", "from the list"),
        ({"kind": "room_supplement", "billed": "10"}, "quantity", "number of days"),
        ({"kind": "room_supplement", "billed": "10", "quantity": "-2"}, "quantity", "at least"),
        ({"kind": "fee_supplement", "billed": "10"}, "inami_tariff", "INAMI tariff"),
        ({"kind": "fee_supplement", "billed": "10", "inami_tariff": "5"}, "doctor_agreed", "agreed"),
    ],
)
def test_a_wrong_row_names_its_field(row, field, words):
    rows = typed({"kind": "stay", "billed": "10"}, row)
    assert not rows.is_valid()
    assert rows.errors[0] == {}
    assert words in " ".join(rows.errors[1][field])


def test_more_rows_than_a_page_takes_are_refused_with_the_way_out():
    rows = typed(*[{"kind": "stay", "billed": "10"}] * (MOST_ROWS + 1))
    assert not rows.is_valid()
    assert "as a file" in rows.non_form_errors()[0]


def test_lines_go_into_rows_and_come_out_the_same():
    lines = [*usual_lines(), line("post_hospital", "12.00", care_date=date(2026, 4, 1))]
    initial = initial_of(lines)
    bound = LineFormSet(initial=initial, prefix="lines")
    assert "640.00" in str(bound)
    rows = typed(
        *[
            {
                name: ("on" if value is True else str(value))
                for name, value in row.items()
                if value not in (None, False)
            }
            for row in initial
        ]
    )
    assert rows.is_valid(), rows.errors
    assert write_bill(rows_of(rows)) == write_bill(lines)


# --- files ------------------------------------------------------------------------------------------------


def test_a_bill_is_read_whatever_the_sheet_made_of_it():
    lines = f'{HEAD}\r\nfee_supplement;Dr Ω;"1.234,50 €";0;800,5;non;;;\r\nSundry costs;eau;6,00;;;;2;02/03/2026;oui\r\n'
    for content in (
        lines.encode(),
        ("\ufeff" + lines).encode(),
        lines.replace("Ω", "é").encode("cp1252"),
        lines.encode("utf-16"),
        lines.replace("1.234,50", "1\u202f234,50").encode(),
    ):
        bill = read_bill(content)
        assert not bill.faults
        first, second = bill.lines
        assert (first.billed, first.inami_tariff, first.doctor_agreed) == (
            Decimal("1234.50"),
            Decimal("800.50"),
            False,
        )
        assert (second.kind, second.care_date, second.comfort) == ("sundry", date(2026, 3, 2), True)


def test_a_comma_file_is_read():
    bill = read_bill(b'kind,billed,quantity\nroom_supplement,640.00,4\nstay,"10,50",\n')
    assert [found.billed for found in bill.lines] == [Decimal("640.00"), Decimal("10.50")]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("gold;;1;;;;;;", "kind", "no kind of line"),
        ("stay;;-1;;;;;;", "billed", "at least"),
        ("stay;;1e9;;;;;;", "billed", "amount in euros"),
        ("stay;;;;;;;;", "billed", "empty"),
        ("stay;;1;2;;;;;", "mandatory", "no more than was billed"),
        ("fee_supplement;;1;;1;maybe;;;", "doctor_agreed", "neither yes nor no"),
        ("room_supplement;;1;;;;four;;", "quantity", "no number of days"),
        ("room_supplement;;1;;;;;;", "quantity", "number of days"),
        ("post_hospital;;1;;;;;31/02/2026;", "care_date", "no day"),
        ("post_hospital;;1;;;;;yesterday;", "care_date", "no day"),
        ("stay;;1", "", "more or fewer columns"),
    ],
)
def test_a_wrong_line_of_a_file_names_its_number_and_column(row, column, words):
    bill = read_bill(f"{HEAD}\nstay;;10,00;;;;;;\n{row}\n".encode())
    assert len(bill.lines) == 1
    assert bill.faults[0].number == 3
    assert bill.faults[0].column == column
    assert words in str(bill.faults[0])


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04rest", b"\x00\x01\x02", b"%PDF-1.7\n%\xff\xff", HEAD.encode(), b'kind;billed\n"x'],
)
def test_what_is_no_list_of_lines_is_refused(content):
    with pytest.raises(FileRefused):
        read_bill(content)


def test_three_thousand_lines_are_read_and_written_back():
    lines = [line("pharmacy_other", f"{place % 50}.10", label=f"Produit {place}") for place in range(3000)]
    text = write_bill(lines)
    bill = read_bill(text.encode())
    assert not bill.faults
    assert len(bill.lines) == 3000
    assert bill.lines[-1].position == 3000
    assert write_bill(bill.lines) == text


def test_the_template_is_read_without_a_fault():
    bill = read_bill(template())
    assert not bill.faults
    assert [found.kind for found in bill.lines] == ["room_supplement"]
    assert {column.name for column in COLUMNS} == set(HEAD.split(";"))


# --- the bill explained -----------------------------------------------------------------------------------


def test_each_line_has_its_rule_and_the_totals_add_up():
    lines = usual_lines()
    shown = explained(lines, decided := answer(lines))
    assert all(found.rule and found.source for found in shown)
    assert "300 %" in shown[2].rule
    rows = {row.label: row.amount for row in totals(decided)}
    assert rows["Billed"] == sum(amount for label, amount in rows.items() if label != "Billed")
    assert "franchise" in next(row.note for row in totals(decided) if "hospital insurance" in row.label)


def test_a_supplement_in_a_double_room_is_marked_with_the_law_and_what_to_do():
    lines = usual_lines()
    shown = explained(lines, decided := answer(lines, room="double"))
    supplement = shown[3]
    assert supplement.is_unlawful
    assert (supplement.unlawful, supplement.patient) == (Decimal("640.00"), Decimal("0.00"))
    assert "Do not pay" in supplement.to_do[0]
    assert "double room" in supplement.rule
    assert next(row.amount for row in totals(decided) if row.is_unlawful) == Decimal("3240.00")
    html = render_to_string(
        "hospitalisation/_bill.html", {"shown": shown, "totals": totals(decided), "caption": "Bill"}
    )
    assert html.count('class="govuk-table__row app-bill__unlawful"') == 2


def test_every_tier_and_flag_has_words():
    lines = [
        line(kind, "10.00", quantity=1, inami_tariff="5.00", doctor_agreed=agreed, care_date=date(2027, 1, 1))
        for kind in LineKind.values
        for agreed in (True, False)
    ]
    for tier in Tier:
        for stay in ({}, {"belgian_hospital": False}, {"room": "common"}, {"serious_illness_option": False}):
            shown = explained(lines, answer(lines, tier, **stay))
            assert all(found.rule for found in shown), (tier, stay)


def test_kinds_are_summed_up():
    lines = [*usual_lines(), line("stay", "100.00")]
    sums = by_kind(lines, answer(lines))
    assert (sums[0].lines, sums[0].billed) == (2, Decimal("2500.00"))
    assert sum(kind.billed for kind in sums) == sum(found.billed for found in lines)
