"""The dated figures: entered, corrected, withdrawn with their trail; decisions read those of the day of admission."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from hospitalisation import reference
from hospitalisation.deciding import replay, ruled
from hospitalisation.facts import day_shares_on, terms_on
from hospitalisation.models import DayShareRow, TierFigure
from hospitalisation.readings.figures import open_points, reached, side_by_side
from hospitalisation.rules import Measure, Name, Tier
from hospitalisation.services import decisions, figures
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT


@pytest.fixture
def admin():
    return UserFactory(roles=[Role.ADMIN], name="Ada Admin")


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def enter(admin, first_day=date(2026, 3, 5), **values):
    given = {
        "tier": Tier.PLUS,
        "name": Name.PHARMACY_OTHER,
        "measure": Measure.EUROS_A_CASE,
        "value": Decimal("50.00"),
        "source": "Conditions 2026, p. 4",
        "to_confirm": False,
        **values,
    }
    return figures.enter(first_day=first_day, **given, actor=admin, at=AT)


# --- what a figure decides ----------------------------------------------------------------------------------


def test_a_new_figure_counts_from_its_day_on_and_not_before(admin, hospital):
    before = make.sent(hospital=hospital, admission=date(2026, 3, 4), discharge=date(2026, 3, 8))
    on_the_day = make.sent(hospital=hospital, admission=date(2026, 3, 5), discharge=date(2026, 3, 9))
    untouched = ruled(on_the_day).amount
    enter(admin)
    assert ruled(before).amount == untouched
    assert ruled(on_the_day).amount == untouched - Decimal("34.20")  # 84.20 were paid, 50.00 are


def test_a_decision_replays_with_its_own_figures(admin, adviser, hospital):
    decision = decisions.decide(claim=make.sent(hospital=hospital), actor=adviser, at=AT)
    enter(admin, first_day=date(2026, 1, 1))
    assert ruled(decision.claim).amount == decision.amount - Decimal("34.20")
    assert replay(decision).amount == decision.amount
    assert replay(decision).terms.figures[Name.PHARMACY_OTHER].value == Decimal(1_200)


def test_a_figure_that_was_missing_lets_the_rules_decide(admin, hospital):
    claim = make.sent(make.insured("hospitalia_medium"), hospital=hospital)
    assert len(ruled(claim).obstacles) == 2
    for name in (Name.PHARMACY_OTHER, Name.PARAPHARMACY):
        enter(admin, tier=Tier.MEDIUM, name=name, first_day=date(2026, 1, 1))
    assert ruled(claim).obstacles == []


def test_the_command_keeps_the_published_figures(admin, tmp_path):
    enter(admin, first_day=date(2020, 1, 1), measure=Measure.NOTHING, value=Decimal(0))
    bill = {
        "id": "1",
        "tier": "hospitalia_plus",
        "admission": "2026-03-05",
        "discharge": "2026-03-05",
        "day_hospital": True,
        "room": "double",
        "hospital_has_franchise": False,
        "intervention_used_this_year": "0.00",
        "lines": [{"kind": "pharmacy_other", "billed": "84.20"}],
    }
    source, target = tmp_path / "bills", tmp_path / "answers"
    source.write_text(json.dumps(bill))
    call_command("decide", "hospital_cover", input=str(source), output=str(target), stdout=StringIO())
    assert json.loads(target.read_text())["totals"]["insurance"] == "84.20"


def test_the_later_version_stands_and_the_earlier_one_until_then(admin):
    enter(admin, first_day=date(2026, 5, 1), value=Decimal("70.00"))
    enter(admin, first_day=date(2026, 2, 1), value=Decimal("60.00"))

    def value(day):
        return terms_on(day)[Tier.PLUS].figure(Name.PHARMACY_OTHER).value

    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 4, 30), date(2026, 5, 1)]
    assert [value(day) for day in days] == [1200, 60, 60, 70]


# --- writing ------------------------------------------------------------------------------------------------


def test_who_entered_what_and_when_is_in_the_trail(admin):
    row = enter(admin)
    entry = Entry.objects.get(subject_id=row.public_id)
    assert (entry.action, entry.actor, entry.at) == ("figure", admin, AT)
    assert entry.changes["value"] == [None, "50.00"]
    assert (row.entered_by, row.entered_at) == (admin, AT)


@pytest.mark.parametrize(
    ("values", "field", "what"),
    [
        ({"value": Decimal("-1.00")}, "value", "zero or more"),
        ({"value": Decimal(0)}, "value", "Fill in the value"),
        ({"name": Name.DAYS_AFTER, "measure": Measure.DAYS, "value": Decimal("1.5")}, "value", "whole"),
        ({"name": Name.DAYS_AFTER, "measure": Measure.DAYS, "value": Decimal(4000)}, "value", "too high"),
        (
            {"name": Name.FEE_SUPPLEMENT, "measure": Measure.PERCENT_OF_TARIFF, "value": Decimal(1001)},
            "value",
            "1000 at most",
        ),
        ({"measure": Measure.PERCENT, "value": Decimal("100.01")}, "value", "100 at most"),
        ({"measure": Measure.NOTHING, "value": Decimal(5)}, "value", "has no value"),
        ({"measure": Measure.DAYS, "value": Decimal(5)}, "measure", "choose one"),
        ({"measure": "guess", "value": Decimal(5)}, "measure", "choose one"),
        ({"name": Name.CEILING, "measure": Measure.NOTHING, "value": Decimal(0)}, "measure", "choose one"),
        ({"source": "  "}, "source", "written"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_beside_its_field(admin, values, field, what):
    with pytest.raises(ValidationError) as refused:
        enter(admin, **values)
    assert what in refused.value.message_dict[field][0]
    assert not TierFigure.objects.exists()


def test_a_day_has_one_version(admin):
    enter(admin)
    with pytest.raises(ValidationError) as refused:
        enter(admin)
    assert "first_day" in refused.value.message_dict
    assert enter(admin, tier=Tier.HOSPITALIA).pk


def test_a_figure_entered_meanwhile_is_noticed(admin):
    stood = figures.mark_of(figures.version_on(Tier.PLUS, Name.PHARMACY_OTHER, date(2026, 6, 1)))
    enter(admin)
    with pytest.raises(ValidationError, match="just changed"):
        enter(admin, first_day=date(2026, 6, 1), stood=stood)


def test_a_correction_keeps_the_wrong_version_and_says_why(admin):
    wrong = enter(admin)
    values = {"measure": Measure.EUROS_A_CASE, "value": Decimal("500.00"), "first_day": wrong.first_day}
    more = {"source": wrong.source, "to_confirm": False, "actor": admin, "at": AT}
    with pytest.raises(ValidationError) as silent:
        figures.correct(figure=wrong, **values, **more, reason=" ")
    assert "reason" in silent.value.message_dict
    right = figures.correct(figure=wrong, **values, **more, reason="A zero was lost")
    wrong.refresh_from_db()
    assert wrong.withdrawn_at == AT
    assert terms_on(date(2026, 4, 1))[Tier.PLUS].figure(Name.PHARMACY_OTHER).value == 500
    entry = Entry.objects.get(subject_id=right.public_id)
    assert (entry.note, entry.changes["value"]) == ("A zero was lost", ["50.00", "500.00"])
    with pytest.raises(ValidationError, match="withdrawn already"):
        figures.correct(figure=wrong, **values, **more, reason="Once more")


def test_a_correction_without_a_difference_is_none(admin):
    row = enter(admin)
    with pytest.raises(ValidationError, match="nothing to correct"):
        figures.correct(
            figure=row,
            measure=row.measure,
            value=row.value,
            first_day=row.first_day,
            source=row.source,
            to_confirm=False,
            reason="-",
            actor=admin,
            at=AT,
        )


def test_what_is_withdrawn_gives_way_to_what_stood_before(admin):
    row = enter(admin)
    figures.withdraw(figure=row, reason="Entered for the wrong insurance", actor=admin, at=AT)
    assert terms_on(date(2026, 4, 1))[Tier.PLUS].figure(Name.PHARMACY_OTHER).value == 1200
    assert TierFigure.objects.get().withdrawn_at == AT
    assert Entry.objects.filter(action="figure_withdrawn", note="Entered for the wrong insurance").exists()
    with pytest.raises(ValidationError, match="withdrawn already"):
        figures.withdraw(figure=row, reason="Again", actor=admin, at=AT)
    assert enter(admin).pk  # the day is free again


# --- what pages read ----------------------------------------------------------------------------------------


def test_the_sheet_of_a_day_takes_one_query(admin, django_assert_num_queries):
    enter(admin, to_confirm=True)
    with django_assert_num_queries(1):
        rows = side_by_side(date(2026, 3, 5))
        words = {row.name: [cell.words for cell in row.cells] for row in rows}
    assert list(words) == list(Name)
    assert words[Name.PHARMACY_OTHER] == [
        "up to 1,200.00\u00a0€ a case",
        "not known yet",
        "up to 50.00\u00a0€ a case",
    ]
    cell = rows[list(Name).index(Name.PHARMACY_OTHER)].cells[2]
    assert (cell.mark, cell.first_day) == ("To be confirmed", date(2026, 3, 5))
    assert "Ada Admin" in cell.since


def test_claims_that_a_figure_reaches_are_counted(admin, adviser, hospital):
    make.sent(hospital=hospital)
    make.sent(hospital=hospital, admission=date(2026, 2, 1), discharge=date(2026, 2, 3))
    make.sent(make.insured("hospitalia"), hospital=hospital)
    decisions.decide(claim=make.sent(hospital=hospital), actor=adviser, at=AT)
    said = reached(Tier.PLUS, date(2026, 3, 1), None)
    assert said[0].startswith("1 claim with Hospitalia Plus")
    assert said[1].startswith("1 claim of those days has been decided")
    assert reached(Tier.PLUS, date(2026, 2, 1), date(2026, 3, 1))[1].startswith("1 claim with")
    assert reached(Tier.PLUS, date(2027, 1, 1), None) == ["No claim of these days waits for a decision."]


def test_open_points_name_figures_and_lists():
    points = open_points(date(2026, 11, 30))
    assert {gap.insurance: gap.count for gap in points.gaps} == {
        "Hospitalia": 1,
        "Hospitalia Medium": 9,
        "Hospitalia Plus": 2,
    }
    assert points.missing == 12
    assert points.years_without_list == [2026]
    assert open_points(date(2026, 12, 1)).years_without_list == [2026, 2027]
    FranchiseListFactory(year=2026)
    assert open_points(date(2026, 12, 1)).years_without_list == [2027]


# --- the patient's share a day ------------------------------------------------------------------------------


def share(admin, **values):
    given = {
        "category": "bim",
        "valid_from": date(2027, 1, 1),
        "first_day": Decimal("6.00"),
        "following_days": Decimal("6.00"),
        "from_day_91": Decimal("6.00"),
        "source": "Sheet 2027",
        **values,
    }
    return figures.add_share(**given, actor=admin, at=AT)


def test_new_shares_count_from_their_day_on(admin):
    reference.load(at=AT)
    share(admin)
    assert day_shares_on(date(2026, 12, 31))["bim"].first_day == Decimal("5.77")
    assert day_shares_on(date(2027, 1, 1))["bim"].first_day == Decimal("6.00")
    assert day_shares_on(date(2027, 1, 1))["child"].first_day == Decimal("33.04")
    with pytest.raises(ValidationError) as refused:
        share(admin)
    assert "valid_from" in refused.value.message_dict
    assert reference.load(at=AT) == {"patient's shares a day": 0}


def test_a_share_is_put_right_with_a_reason(admin):
    row = share(admin)
    by = {"actor": admin, "at": AT}
    with pytest.raises(ValidationError) as silent:
        figures.correct_share(share=row, changes={"first_day": Decimal("6.10")}, reason="", **by)
    assert "reason" in silent.value.message_dict
    with pytest.raises(ValidationError, match="nothing to correct"):
        figures.correct_share(share=row, changes={"first_day": Decimal("6.00")}, reason="-", **by)
    figures.correct_share(share=row, changes={"first_day": Decimal("6.10")}, reason="Misread", **by)
    assert DayShareRow.objects.get().first_day == Decimal("6.10")
    entry = Entry.objects.filter(subject_id=row.public_id).latest("pk")
    assert (entry.note, entry.changes) == ("Misread", {"first_day": ["6.00", "6.10"]})
