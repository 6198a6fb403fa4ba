"""The claims in figures: counted as they are, decided as in force, of the period and kind asked for, as files too."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from hospitalisation.models import Claim, ClaimKind
from hospitalisation.readings.dashboard import Asked, amounts, dashboard, delays, flagged, states, wholes
from hospitalisation.services import claims, decisions
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.money import total
from partenamut.payments import services as payments
from partenamut.payments.models import Payable
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT, TODAY = make.AT, make.AT.date()
PAGE = "/hospital/dashboard/"
YEAR = Asked(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


@pytest.fixture
def admin(client):
    user = UserFactory(roles=[Role.ADMIN])
    client.force_login(user)
    return user


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique du Bouleau")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def english(client, query=""):
    return client.get(f"{PAGE}?{query}", headers={"accept-language": "en"})


def sent_on(claim, day):
    Claim.objects.filter(pk=claim.pk).update(submitted_on=day)
    return claim


def test_states_are_counted_by_month_of_sending(hospital, adviser):
    make.announced(hospital=hospital)
    sent_on(make.sent(hospital=hospital), date(2026, 3, 31))
    sent_on(make.sent(hospital=hospital), date(2026, 4, 1))
    decisions.decide(claim=make.sent(hospital=hospital), actor=adviser, at=AT)
    assert [(row.month, row.status, row.count) for row in states(YEAR)] == [
        (date(2026, 3, 1), "received", 1),
        (date(2026, 4, 1), "received", 1),
        (date(2026, 5, 1), "decided", 1),
    ]
    assert states(Asked(date(2026, 4, 1), date(2026, 4, 30)))[0].count == 1
    assert states(Asked(date(2026, 1, 1), date(2026, 12, 31), ClaimKind.DEPOSIT)) == []


def test_a_long_period_is_counted_by_year(hospital):
    sent_on(make.sent(hospital=hospital), date(2025, 3, 31))
    sent_on(make.sent(hospital=hospital), date(2026, 3, 31))
    asked = Asked(date(2024, 1, 1), date(2026, 5, 4))
    assert [row.month.year for row in states(asked)] == [2025, 2026]
    months = dashboard(asked)["state_months"]
    assert [(row["label"], sum(row["values"])) for row in months] == [("2024", 0), ("2025", 1), ("2026", 1)]


def test_amounts_are_those_of_the_decisions_in_force(hospital, adviser):
    plus, basic = make.sent(hospital=hospital), make.sent(make.insured(Tier.HOSPITALIA), hospital=hospital)
    for claim in (plus, basic):
        decisions.decide(claim=claim, actor=adviser, at=AT)
    claims.appeal(claim=basic, reason="Not right", actor=basic.filed_by, at=AT)
    decisions.reopen(claim=Claim.objects.get(pk=basic.pk), reason="Looked again", actor=adviser, at=AT)
    proposal = decisions.propose_departure(
        claim=Claim.objects.get(pk=basic.pk),
        amounts={5: Decimal("31.00")},
        reason="Promised",
        actor=adviser,
        at=AT + timedelta(minutes=1),
    )
    decisions.confirm_departure(
        departure=proposal,
        actor=UserFactory(roles=[Role.SECOND_READER]),
        at=AT + timedelta(minutes=2),
    )
    found = {(row.tier, row.kind): row for row in amounts(YEAR)}
    assert len(found) == 12
    fee = found["hospitalia_plus", "fee_supplement"]
    assert (fee.lines, fee.billed, fee.insurance, fee.patient) == (
        1,
        Decimal("2600.00"),
        Decimal("2400.00"),
        Decimal("200.00"),
    )
    # The first decision gave nothing for it; the later one is in force.
    assert found["hospitalia", "parapharmacy"].insurance == Decimal("31.00")
    basic_whole, plus_whole = wholes(YEAR)
    assert (plus_whole.tier, plus_whole.claims, plus_whole.insurance) == (
        "hospitalia_plus",
        1,
        Decimal("3051.71"),
    )
    assert (plus_whole.franchise, plus_whole.patient) == (Decimal("150.00"), Decimal("490.00"))
    assert basic_whole.insurance == Decimal("1271.71")
    for row in wholes(YEAR):
        assert row.billed == row.mandatory + row.insurance + row.patient + row.unlawful


def test_deposits_stand_apart_and_what_was_withdrawn_does_not_count(hospital, adviser):
    deposit = make.deposit(make.announced(hospital=hospital), paid="600.00")
    decisions.decide(claim=deposit, actor=adviser, at=AT)
    gone = make.sent(hospital=hospital)
    decisions.decide(claim=gone, actor=adviser, at=AT)
    claims.withdraw(claim=Claim.objects.get(pk=gone.pk), actor=gone.filed_by, at=AT)
    (row,) = wholes(YEAR)
    assert (row.is_deposit, row.claims, row.billed, row.insurance, row.patient) == (
        True,
        1,
        Decimal("600.00"),
        Decimal("570.00"),
        Decimal("30.00"),
    )
    assert amounts(YEAR) == []


def test_delays_are_median_and_ninth_decile(hospital, adviser):
    for days in range(1, 11):
        claim = sent_on(make.sent(hospital=hospital), TODAY - timedelta(days=days))
        decisions.decide(claim=Claim.objects.get(pk=claim.pk), actor=adviser, at=AT)
    decisions.propose_payment(claim=Claim.objects.get(pk=claim.pk), actor=adviser, at=AT)
    payable = payments.approve(payable=Payable.objects.get(), actor=UserFactory(roles=[Role.ADVISER]), at=AT)
    batch = payments.prepare_batch(
        payables=[payable], execution_date=date(2026, 5, 6), actor=UserFactory(roles=[Role.ADMIN]), at=AT
    )
    payer = UserFactory(roles=[Role.ADMIN])
    payments.release_batch(batch=batch, actor=payer, at=AT)
    payments.mark_paid(payables=[payable], on=date(2026, 5, 6), actor=payer, at=AT + timedelta(days=4))
    found = {(row.until, row.kind): row for row in delays(YEAR)}
    assert set(found) == {(until, kind) for until in ("decision", "payment") for kind in ("", "stay")}
    decision = found["decision", ""]
    assert (decision.claims, decision.median, decision.ninth_decile) == (10, 5, 9)
    assert found["payment", "stay"].median == 12


def test_supplements_that_nobody_owes_are_summed_by_hospital(hospital, adviser):
    other = HospitalFactory(name="Autre Clinique")
    decisions.decide(claim=make.sent(hospital=hospital, room="double"), actor=adviser, at=AT)
    make.sent(hospital=hospital, room="common")
    make.sent(hospital=hospital, lines=[make.line()])
    make.sent(hospital=other, lines=[make.line()])
    make.sent(
        hospital=None,
        place="Clinique inconnue",
        lines=[make.line("fee_supplement", "70.00", inami_tariff="100.00", doctor_agreed=True)],
    )
    assert [(row.hospital, row.claims, row.lines, row.euros, row.of) for row in flagged(YEAR)] == [
        ("Clinique du Bouleau", 2, 4, Decimal("6480.00"), 3),
        ("Clinique inconnue", 1, 1, Decimal("70.00"), 1),
    ]


def test_what_is_flagged_is_what_the_rules_say(hospital, adviser):
    for room in ("common", "double", "individual"):
        decisions.decide(claim=make.sent(hospital=hospital, room=room), actor=adviser, at=AT)
    assert total(row.euros for row in flagged(YEAR)) == total(row.unlawful for row in wholes(YEAR))


def test_the_page_costs_a_fixed_number_of_queries(
    client, admin, hospital, adviser, django_assert_max_num_queries
):
    decisions.decide(claim=make.sent(hospital=hospital, room="double"), actor=adviser, at=AT)
    english(client)
    with django_assert_max_num_queries(12) as seen:
        page = english(client).content.decode()
    assert "Clinique du Bouleau" in page
    for _number in range(3):
        decisions.decide(claim=make.sent(hospital=HospitalFactory(), room="double"), actor=adviser, at=AT)
    with django_assert_max_num_queries(len(seen)):
        english(client)


def test_no_member_stands_on_the_page_or_in_a_file(client, admin, hospital, adviser):
    claim = make.sent(make.insured(last_name="Zzcanari"), hospital=hospital, room="double")
    decisions.decide(claim=claim, actor=adviser, at=AT)
    assert "Zzcanari" not in english(client).content.decode()
    for what in ("states", "wholes", "amounts", "delays", "hospitals"):
        file = b"".join(english(client, f"what={what}&export=json"))
        assert json.loads(file)
        assert b"Zzcanari" not in file
        assert claim.number.encode() not in file


def test_a_file_holds_what_the_filters_ask_and_the_trail_says_who_took_it(client, admin, hospital, adviser):
    decisions.decide(claim=make.sent(hospital=hospital, room="double"), actor=adviser, at=AT)
    query = "first=2026-05-01&last=2026-05-31&kind=stay&what=wholes&export=csv"
    rows = list(csv.reader(io.StringIO(b"".join(english(client, query)).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:4] == ["Hospitalia Plus", "Bills", "1", "6555,20"]
    entry = Entry.objects.get(action="export", actor=admin)
    assert entry.changes == {"list": [None, "hospital figures: wholes"], "format": [None, "csv"]}
    before = list(
        csv.reader(
            io.StringIO(
                b"".join(english(client, "last=2026-04-30&what=states&export=csv")).decode("utf-8-sig")
            ),
            delimiter=";",
        )
    )
    assert len(before) == 1
    assert english(client, "what=delays&export=xlsx")["Content-Type"].endswith("sheet")


@pytest.mark.parametrize("query", ["what=gold&export=csv", "export=pdf&what=states", "what=states"])
def test_a_file_that_there_is_not_gives_the_page(client, admin, query):
    answer = english(client, query)
    assert "text/html" in answer["Content-Type"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=2026-05-02&last=2026-05-01", "The last day lies before the first."),
        ("first_day=31&first_month=2&first_year=2026", "does not exist"),
        ("first_day=1", "enter the month"),
        ("kind=gold", "from the list"),
        ("last=1800-01-01", "cannot be before"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told(client, admin, query, sentence):
    answer = english(client, query)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert "count" not in answer.context


def test_a_period_without_claims_helps(client, admin):
    assert "No claim was sent in this period" in english(client).content.decode()
    page = english(client, "first=1900-01-01&last=2100-12-31").content.decode()
    assert "No claim was sent in this period" in page


def test_the_usual_period_is_the_last_twelve_months(client, admin):
    asked = english(client).context["asked"]
    assert (asked.first, asked.last, asked.months) == (date(2025, 6, 1), TODAY, 12)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADVISER, Role.SECOND_READER, Role.BILLING_ADMIN])
def test_others_do_not_see_the_figures(client, role):
    client.force_login(UserFactory(roles=[role]))
    assert english(client).status_code == 403


def test_every_state_stands_in_one_group_of_the_chart():
    from hospitalisation.readings.dashboard import GROUPS

    grouped = [status for _label, statuses in GROUPS for status in statuses]
    assert sorted(grouped) == sorted(set(Status) - {Status.DRAFT, Status.ANNOUNCED})
