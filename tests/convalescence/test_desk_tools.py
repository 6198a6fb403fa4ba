"""What if and orientation: the same rules, nothing written; residences that fit."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from convalescence import services
from convalescence.facts import facts_of
from convalescence.models import Benefit, Decision, GrantedDays, Request
from convalescence.readings.orientation import Need, fitting
from convalescence.readings.whatif import compare, suppose
from partenamut.audit.models import Entry
from partenamut.registry.models import Label, StructureType
from tests.factories.desk import AT, TODAY, adviser, member, rest_home, sent
from tests.factories.registry import LabelGrantFactory, PartnerPeriodFactory, ResidenceFactory

pytestmark = pytest.mark.django_db
EN = {"headers": {"accept-language": "en"}}


@pytest.fixture(autouse=True)
def _on_monday():
    import time_machine

    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = adviser()
    client.force_login(user)
    return user


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def supposed(case, **changes):
    """The address of a comparison in which only `changes` differ."""
    facts = {
        **day("suppose-arrival", case.arrival),
        **day("suppose-departure", case.departure),
        **day("suppose-submitted_on", case.submitted_on),
        "suppose-partner": "registry",
        "suppose-contributions": "registry",
        "suppose-used_2026": 0,
        "suppose-used_2027": 0,
        "suppose-criteria": case.criteria,
    }
    query = urlencode(facts | {f"suppose-{name}": value for name, value in changes.items()}, doseq=True)
    return f"{reverse('convalescence:whatif_case', args=[case.public_id])}?{query}"


def test_both_sides_are_the_same_until_something_is_supposed(client, me):
    case = sent()
    page = client.get(reverse("convalescence:whatif_case", args=[case.public_id]), **EN)
    assert [line.differs for line in page.context["comparison"].lines] == [False] * 9
    same = client.get(supposed(case), **EN)
    assert not any(line.differs for line in same.context["comparison"].lines)


@pytest.mark.parametrize(
    ("changes", "outcome", "amount", "other"),
    [
        ({"used_2026": 25}, "Partially granted", "€105.00", "Days of the year"),
        ({"criteria": []}, "Refused", "€0.00", "Medical criterion"),
        ({"contributions": "never"}, "Refused", "€0.00", "Contributions in order"),
        (day("submitted_on", date(2026, 4, 2)), "Refused", "€0.00", "Asked for in time"),
        (day("departure", date(2026, 4, 5)), "Granted", "€140.00", "Days paid"),
    ],
)
def test_a_changed_fact_changes_the_right_lines(client, me, changes, outcome, amount, other):
    case = sent()
    page = client.get(supposed(case, **changes), **EN)
    comparison = page.context["comparison"]
    assert comparison.as_is.outcome == "Granted"
    assert comparison.supposed.outcome == outcome
    assert comparison.supposed.amount.replace("\xa0€", "") == amount.replace("€", "")
    assert other in {line.label for line in comparison.lines if line.differs}


def test_nothing_is_written(client, me):
    case = sent()
    before = (Entry.objects.count(), Request.objects.count())
    client.get(supposed(case, used_2026=25))
    assert (Entry.objects.count(), Request.objects.count()) == before
    assert not Decision.objects.exists()
    assert not GrantedDays.objects.exists()
    assert client.post(supposed(case)).status_code == 405


@pytest.mark.parametrize(
    "changes",
    [
        day("departure", date(2026, 4, 1)),
        {"used_2026": "x"},
        {"used_2026": -1},
        {"partner": "x"},
        {"arrival_day": ""},
    ],
)
def test_what_cannot_be_supposed_is_told(client, me, changes):
    page = client.get(supposed(sent(), **changes), **EN)
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert page.context["comparison"] is None


def test_each_benefit_can_be_supposed(me):
    short = facts_of(sent(benefit=Benefit.SHORT_STAY, residence=rest_home()), on=TODAY)
    changes = {"arrival": short.stay.arrival, "departure": short.stay.departure, "invoice_received": True}
    assert compare(short, suppose(short, changes)).supposed.outcome == "Granted"
    stay = sent()
    services.decide(request=stay, actor=me, at=AT)
    claim = facts_of(sent(member(), Benefit.CAREGIVER, cared_for_request=stay), on=TODAY)
    changes = {"arrival": claim.stay.arrival, "departure": claim.stay.departure, "recognised": "always"}
    both = compare(claim, suppose(claim, changes))
    assert (both.as_is.outcome, both.supposed.outcome) == ("Refused", "Granted")


def test_a_member_without_a_request_can_be_advised(client, me):
    person, home = member(), ResidenceFactory(partner=True)
    url = reverse("convalescence:whatif_member", args=[person.public_id])
    assert client.get(url).status_code == 200
    query = {
        **day("stay-arrival", date(2026, 5, 1)),
        **day("stay-departure", date(2026, 5, 8)),
        "stay-benefit": "convalescence",
        "stay-residence": str(home.public_id),
        "stay-criteria": "recent_hospitalisation",
    }
    page = client.get(url, query, **EN)
    assert page.context["comparison"].as_is.outcome == "Granted"
    wrong = client.get(url, query | day("stay-departure", date(2026, 5, 1)), **EN)
    assert "The departure must come after the arrival." in wrong.content.decode()


# --- orientation ------------------------------------------------------------------------------------------

STAY = {"arrival": date(2026, 4, 1), "departure": date(2026, 4, 11)}


def names(**need):
    return [fit.residence.name for fit in fitting(Need(**STAY, **need))]


def test_only_partners_on_every_night_fit():
    whole, ending, late = (ResidenceFactory(name=name) for name in ("Whole", "Ending", "Late"))
    PartnerPeriodFactory(residence=whole, last_day=date(2026, 4, 5))
    PartnerPeriodFactory(residence=whole, first_day=date(2026, 4, 6), last_day=date(2026, 4, 10))
    PartnerPeriodFactory(residence=ending, last_day=date(2026, 4, 9))
    PartnerPeriodFactory(residence=late, first_day=date(2026, 4, 2))
    assert names() == ["Whole"]


def test_label_kind_and_company_narrow_the_choice():
    labelled = ResidenceFactory(partner=True, name="Labelled")
    LabelGrantFactory(residence=labelled, label=Label.POST_CANCER)
    expired = ResidenceFactory(partner=True, name="Expired", accompanied=True)
    LabelGrantFactory(residence=expired, label=Label.POST_CANCER, last_day=date(2026, 3, 1))
    ResidenceFactory(partner=True, name="Alone", accompanied=False, structure_types=[StructureType.REST_HOME])
    assert names(label=Label.POST_CANCER) == ["Labelled"]
    assert names(structure=StructureType.REST_HOME) == ["Alone"]
    assert names(accompanied=True) == ["Expired", "Labelled"]


def test_the_nearest_come_first_and_say_how_near():
    for name, code in (
        ("Far", "8400"),
        ("Province", "5500"),
        ("Area", "5020"),
        ("Here", "5000"),
        ("Hainaut", "6000"),
    ):
        ResidenceFactory(partner=True, name=name, postal_code=code)
    found = fitting(Need(**STAY, postal_code="5000"))
    assert [fit.residence.name for fit in found] == ["Here", "Area", "Province", "Hainaut", "Far"]
    assert len({fit.nearness for fit in found}) == 4
    assert next(fit.residence.name for fit in fitting(Need(**STAY, postal_code="7000"))) == "Hainaut"


def test_orientation_costs_a_fixed_number_of_queries(django_assert_num_queries):
    for code in ("1000", "5000", "9000"):
        LabelGrantFactory(residence=ResidenceFactory(partner=True, postal_code=code))
    with django_assert_num_queries(3):
        fitting(Need(**STAY))


def test_the_page_of_a_member_starts_from_their_postal_code(client, me):
    person = member(postal_code="5000")
    ResidenceFactory(partner=True, name="Here", postal_code="5000")
    url = reverse("convalescence:orientation_of", args=[person.public_id])
    assert 'value="5000"' in client.get(url).content.decode()
    query = {**day("arrival", STAY["arrival"]), **day("departure", STAY["departure"]), "postal_code": "5000"}
    assert "Here" in client.get(url, query).content.decode()
    wrong = client.get(url, query | {"postal_code": "0500"}, **EN)
    assert "A Belgian postal code has four figures." in wrong.content.decode()
