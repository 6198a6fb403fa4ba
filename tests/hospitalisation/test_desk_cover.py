"""A member's cover on a day, and a bill under other conditions: what is shown, what is refused, that nothing is written."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from hospitalisation.facts import cover_facts
from hospitalisation.models import Claim, ClaimLine, Decision, Intervention
from hospitalisation.readings.whatif import compare, suppose
from hospitalisation.services import decisions
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    DependencyFactory,
    FranchiseListFactory,
    HigherReimbursementFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    MemberFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db
AT = make.AT


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = UserFactory(roles=[Role.ADVISER])
    client.force_login(user)
    return user


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def cover_page(client, member, query=""):
    url = reverse("hospitalisation:cover_on", args=[member.public_id])
    return client.get(f"{url}?{query}", headers={"accept-language": "en"})


def facts_shown(answer):
    return {row["label"]: row["value"] for row in answer.context["facts"]}


# --- finding a member -------------------------------------------------------------------------------------


def test_a_member_is_found_by_name_and_by_number_that_stands_in_no_address(client, me):
    member = make.insured(last_name="Van Damme", search_name="van damme lea")
    url = reverse("hospitalisation:members")
    answer = client.post(url, {"q": "van damme"})
    assert answer.url == f"{url}?q=van+damme"
    assert member.registration_number in client.get(answer.url).content.decode()
    by_niss = client.post(url, {"q": member.niss})
    assert by_niss.url == reverse("hospitalisation:cover_on", args=[member.public_id])


def test_nobody_found_and_nothing_typed_say_so(client, me):
    url = reverse("hospitalisation:members")
    found = client.get(f"{url}?q=Zzxqy", headers={"accept-language": "en"})
    assert "Nobody found" in found.content.decode()
    empty = client.post(url, {"q": ""}, headers={"accept-language": "en"})
    assert "There is a problem" in empty.content.decode()


# --- the cover on a day -----------------------------------------------------------------------------------


def test_the_cover_is_that_of_the_day(client, me):
    member = MemberFactory()
    HospitalInsuranceFactory(
        member=member, tier=Tier.HOSPITALIA, first_day=date(2020, 1, 1), last_day=date(2025, 12, 31)
    )
    HospitalInsuranceFactory(member=member, tier=Tier.PLUS, first_day=date(2026, 1, 1))
    today = facts_shown(cover_page(client, member))
    before = facts_shown(cover_page(client, member, "day=2025-12-31"))
    never = facts_shown(cover_page(client, member, "day_day=1&day_month=1&day_year=2019"))
    assert today["Hospital insurance"].startswith("Hospitalia Plus, from 01/01/2026")
    assert before["Hospital insurance"].startswith("Hospitalia, from 01/01/2020")
    assert never["Hospital insurance"] == "No hospital insurance"


def test_bim_option_and_household_are_those_of_the_day(client, me):
    holder = make.insured(last_name="Dubois")
    child = MemberFactory(birth_date=date(2015, 5, 1))
    DependencyFactory(holder=holder, dependant=child, first_day=date(2015, 5, 1))
    HigherReimbursementFactory(member=holder, first_day=date(2026, 2, 1))
    SeriousIllnessOptionFactory(member=child, first_day=date(2026, 3, 1))
    now, then = cover_page(client, child), cover_page(client, child, "day=2026-01-15")
    assert facts_shown(now)["Higher reimbursement (BIM)"] == "Yes"
    assert facts_shown(now)["Serious-illness option"] == "Yes"
    assert facts_shown(now)["Category for a deposit"] == "higher reimbursement"
    assert facts_shown(then)["Higher reimbursement (BIM)"] == "No"
    assert facts_shown(then)["Serious-illness option"] == "No"
    assert facts_shown(then)["Category for a deposit"] == "dependent child"
    assert [row["name"] for row in now.context["household"]] == [holder.full_name]
    assert [row["label"] for row in cover_page(client, holder).context["household"]] == ["Dependant"]


def test_what_is_left_of_the_year_counts_what_was_decided(client, me, hospital):
    member = make.insured(Tier.HOSPITALIA)
    SeriousIllnessOptionFactory(member=member)
    claim = make.sent(member, hospital=hospital, lines=[make.line("fee", "1150.00")])
    decisions.decide(claim=claim, actor=me, at=AT)
    ceiling, option = cover_page(client, member).context["budgets"]
    assert (ceiling.used, ceiling.limit, ceiling.left) == (
        Decimal("1000.00"),
        Decimal(25_000),
        Decimal("24000.00"),
    )
    assert (option.used, option.left) == (0, Decimal(7_000))
    assert cover_page(client, member, "day=2025-06-01").context["budgets"][0].used == 0


def test_figures_bear_their_source_and_their_mark(client, me):
    answer = cover_page(client, make.insured(Tier.MEDIUM))
    rows = {row[0]: row[1:] for row in answer.context["figures"]}
    assert rows["Parapharmacy"][2]["text"] == "not known yet"
    assert rows["Franchise"][0] == "150.00\u00a0€"
    assert rows["Franchise"][2]["text"] == "to be confirmed"
    page = answer.content.decode()
    assert "Guide on a stay in hospital" in page
    assert "Public pages of the insurance" in page


@pytest.mark.parametrize(
    ("tier", "said"), [(Tier.CONTINUITY, "it pays nothing meanwhile"), (None, "Without a hospital insurance")]
)
def test_an_insurance_that_pays_nothing_says_so(client, me, tier, said):
    member = make.insured(tier) if tier else MemberFactory()
    answer = cover_page(client, member)
    assert answer.context["figures"] == []
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["day=x", "day_day=31&day_month=2&day_year=2026", "day_day=1", "day=1800-01-01", "day="]
)
def test_a_day_that_is_none_is_told_and_kept(client, me, query):
    answer = cover_page(client, make.insured(), query)
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()


def test_the_page_costs_a_fixed_number_of_queries(client, me, hospital, django_assert_max_num_queries):
    member = make.insured()
    cover_page(client, member)
    with django_assert_max_num_queries(32) as seen:
        cover_page(client, member)
    for _number in range(3):
        stay = make.sent(member, hospital=HospitalFactory())
        make.deposit(stay)
        DependencyFactory(holder=member, dependant=MemberFactory())
    with django_assert_max_num_queries(len(seen)):
        assert len(cover_page(client, member).context["claims"]) == 6


def test_who_looks_stands_in_the_access_log_and_so_does_who_may_not(client, me):
    member = make.insured()
    cover_page(client, member)
    assert Access.objects.get().allowed
    client.force_login(UserFactory(roles=[Role.RESIDENCE_DIRECTOR]))
    assert cover_page(client, member).status_code == 403
    assert not Access.objects.latest("pk").allowed


def test_a_member_that_nobody_knows_is_not_there(client, me):
    for name in ("cover_on", "paper", "whatif_member", "whatif"):
        url = reverse(f"hospitalisation:{name}", args=["00000000-0000-4000-8000-000000000000"])
        assert client.get(url).status_code == 404


# --- what if ----------------------------------------------------------------------------------------------


def whatif(client, claim, **changes):
    url = reverse("hospitalisation:whatif", args=[claim.public_id])
    usual = {
        "tier": "hospitalia_plus",
        "room": "individual",
        "doctor": "as_is",
        "franchise": "as_is",
        "used": "0",
    }
    asked = {f"suppose-{name}": value for name, value in {**usual, **changes}.items()} if changes else {}
    return client.get(url, asked, headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("changes", "patient", "unlawful"),
    [
        # 6,555.20 billed, 3,013.49 by the compulsory insurance, 3,051.71 by Plus: 490.00 stays.
        ({}, "490.00", "0.00"),
        ({"tier": "none"}, "3541.71", "0.00"),
        # Hospitalia: 106.51 + 80 + 800 + 320 + 84.20 + 0 - 150 = 1,240.71.
        ({"tier": "hospitalia"}, "2301.00", "0.00"),
        # Nobody owes 2,600 + 640 in a double room; all else is paid.
        ({"room": "double"}, "0.00", "3240.00"),
        ({"doctor": "yes"}, "290.00", "2600.00"),
        ({"franchise": "no"}, "340.00", "0.00"),
        ({"tier": "hospitalia", "used": "24.900,00"}, "3441.71", "0.00"),
    ],
)
def test_the_other_side_is_what_the_rules_say(client, me, hospital, changes, patient, unlawful):
    claim = make.sent(hospital=hospital)
    comparison = whatif(client, claim, **changes).context["comparison"]
    assert comparison.total.as_is.patient == Decimal("490.00")
    assert comparison.total.supposed.patient == Decimal(patient)
    assert comparison.total.supposed.unlawful == Decimal(unlawful)
    assert comparison.total.difference == Decimal(patient) - Decimal("490.00")
    assert comparison.differs is bool(changes)
    for line in comparison.lines:
        for side in (line.as_is, line.supposed):
            assert line.billed == line.mandatory + side.insurance + side.patient + side.unlawful


def test_only_the_lines_that_change_are_marked(hospital):
    facts = cover_facts(claim := make.sent(hospital=hospital))
    lines = list(claim.lines.order_by("position"))
    comparison = compare(facts, suppose(facts, {"tier": "hospitalia"}), lines)
    assert [place for place, line in enumerate(comparison.lines, 1) if line.differs] == [3, 4, 6]


@pytest.mark.parametrize(
    "changes", [{"tier": "gold"}, {"room": ""}, {"doctor": "x"}, {"used": "-1"}, {"used": "1e9"}]
)
def test_what_cannot_be_supposed_is_told(client, me, hospital, changes):
    answer = whatif(client, make.sent(hospital=hospital), **changes)
    assert answer.status_code == 200
    assert "comparison" not in answer.context
    assert "There is a problem" in answer.content.decode()


def test_a_claim_without_a_bill_says_what_is_needed(client, me):
    answer = whatif(client, make.announced(discharge=None))
    assert "There is no bill to compare yet" in answer.content.decode()


def test_a_deposit_has_nothing_to_suppose(client, me):
    assert whatif(client, make.deposit()).status_code == 404


def typed(**changes):
    stay = {
        "admission": "2026-03-02",
        "discharge": "2026-03-06",
        "room": "individual",
        "suppose-tier": "none",
        "suppose-room": "individual",
        "suppose-doctor": "as_is",
        "suppose-franchise": "as_is",
        "lines-TOTAL_FORMS": "3",
        "lines-INITIAL_FORMS": "0",
        "lines-0-kind": "stay",
        "lines-0-billed": "2400,00",
        "lines-0-mandatory": "2293,49",
        "lines-1-kind": "room_supplement",
        "lines-1-billed": "640",
        "lines-1-quantity": "4",
    }
    return {name: value for name, value in {**stay, **changes}.items() if value is not None}


def post_typed(client, member, **changes):
    url = reverse("hospitalisation:whatif_member", args=[member.public_id])
    return client.post(url, typed(**changes), headers={"accept-language": "en"})


def test_a_typed_bill_is_compared_and_nothing_is_kept(client, me, hospital):
    member = make.insured()
    before = Entry.objects.count()
    answer = post_typed(client, member, hospital=str(hospital.public_id))
    total = answer.context["comparison"].total
    # Plus: 106.51 + 500 - 150 of franchise; without an insurance all of it stays.
    assert (total.as_is.insurance, total.as_is.patient) == (Decimal("456.51"), Decimal("290.00"))
    assert total.supposed.patient == Decimal("746.51")
    for model in (Claim, ClaimLine, Decision, Intervention):
        assert not model.objects.exists()
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"discharge": "2026-03-01"}, "The discharge lies before the admission."),
        ({"day_hospital": "on"}, "A day hospital has no night"),
        ({"admission": ""}, "Enter the date of"),
        ({"room": "cellar"}, "from the list"),
        ({"hospital": "x"}, "from the list"),
        ({"lines-0-billed": "-5"}, "Billed"),
        ({"lines-0-mandatory": "9999"}, "pays no more than was billed"),
        ({"lines-1-quantity": ""}, "needs its number of days"),
        ({"lines-0-kind": "gold"}, "from the list"),
        ({"lines-TOTAL_FORMS": None}, "did not arrive whole"),
        ({"lines-TOTAL_FORMS": "900"}, "40 lines at most"),
        ({"suppose-tier": "gold"}, "from the list"),
        (
            {name: "" for name in typed() if name.startswith(("lines-0", "lines-1"))},
            "Enter at least one line of the bill.",
        ),
    ],
)
def test_a_typed_bill_that_cannot_be_is_told_and_kept(client, me, changes, sentence):
    answer = post_typed(client, make.insured(), **changes)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "comparison" not in answer.context
    assert sentence in page
    assert "There is a problem" in page
    if "lines-1-billed" not in changes and "lines-TOTAL_FORMS" not in changes:
        assert 'value="640"' in page


def test_more_rows_keep_what_was_typed(client, me):
    answer = post_typed(client, make.insured(), more="1", admission="")
    page = answer.content.decode()
    assert 'name="lines-TOTAL_FORMS" value="8"' in page
    assert 'value="2400,00"' in page
    assert "comparison" not in answer.context


def test_an_empty_form_begins_with_the_insurance_of_today(client, me):
    url = reverse("hospitalisation:whatif_member", args=[make.insured(Tier.MEDIUM).public_id])
    answer = client.get(url)
    assert answer.context["form"]["tier"].value() == "hospitalia_medium"
