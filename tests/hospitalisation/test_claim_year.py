"""What was used of a calendar year: for oneself and for those one acts for."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from hospitalisation.readings.year import of_year
from hospitalisation.services import claims, decisions
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    FranchiseListFactory,
    HospitalFactory,
    HospitalInsuranceFactory,
    MandateFactory,
    MemberFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db
AT = make.AT
YEAR = reverse("hospitalisation:year")
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def adviser():
    return UserFactory(roles=[Role.ADVISER])


@pytest.fixture
def hospital():
    found = HospitalFactory()
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def decided(member, hospital, adviser, billed="24900.00"):
    claim = make.sent(member, hospital=hospital, lines=[make.line("fee", billed)])
    decisions.decide(claim=claim, actor=adviser, at=AT)
    return claim


def decided_receipts(member, adviser, billed):
    draft = claims.start_serious_illness(member=member, year=2026, actor=make.filer(member), at=AT)
    lines = [make.line("serious_illness_care", billed, care_date=make.ADMISSION)]
    claims.write_lines(claim=draft, lines=lines, actor=member.user, at=AT)
    claims.note_paper(claim=draft, kind="receipt", received_on=AT.date(), note="", actor=member.user, at=AT)
    sent = claims.send(claim=draft, actor=member.user, at=AT)
    decisions.decide(claim=sent, actor=adviser, at=AT)
    return sent


def meters(member, year=2026):
    (person,) = of_year([member], year, AT.date())
    return person.meters


def shown(client, **query):
    page = client.get(YEAR, {"year": "2026", **query}, headers=ENGLISH)
    assert page.status_code == 200
    return page


# --- the meters -------------------------------------------------------------------------------------------


def test_the_ceiling_of_hospitalia_is_used_by_its_claims(hospital, adviser):
    member = make.insured(Tier.HOSPITALIA)
    assert (meters(member)[0].used, meters(member)[0].limit) == (0, 25_000)
    decided(member, hospital, adviser)
    ceiling = meters(member)[0]
    assert (ceiling.used, ceiling.share) == (Decimal("24750.00"), 99)
    assert "250.00" in ceiling.text
    assert meters(member, 2025)[0].used == 0


def test_an_insurance_without_limit_says_so_and_what_was_paid(hospital, adviser):
    member = make.insured(Tier.PLUS)
    decided(member, hospital, adviser, "1000.00")
    ceiling = meters(member)[0]
    assert (ceiling.limit, ceiling.used) == (None, Decimal("850.00"))
    assert ceiling.text.startswith("This insurance has no limit for a year.")
    assert "850.00" in ceiling.text


def test_the_option_is_used_by_receipts(adviser):
    member = make.insured(Tier.PLUS)
    assert meters(member)[1].text == "The option is not in force in this year."
    SeriousIllnessOptionFactory(member=member)
    decided_receipts(member, adviser, "6500.00")
    option = meters(member)[1]
    assert (option.used, option.limit) == (Decimal("6500.00"), 7_000)
    assert "500.00" in option.text
    assert meters(member)[0].used == 0


def test_without_an_insurance_that_pays_there_is_no_meter():
    (only,) = meters(MemberFactory())
    assert (only.limit, only.text) == (None, "No hospital insurance that pays in this year.")
    assert meters(make.insured(Tier.CONTINUITY))[0].limit is None


def test_the_last_insurance_of_the_year_counts():
    member = MemberFactory()
    HospitalInsuranceFactory(member=member, tier=Tier.PLUS, last_day=date(2025, 12, 31))
    HospitalInsuranceFactory(member=member, tier=Tier.HOSPITALIA, first_day=date(2026, 1, 1))
    assert meters(member)[0].limit == 25_000
    assert meters(member, 2025)[0].limit is None


def test_a_year_costs_the_same_however_many_people(django_assert_num_queries):
    people = [make.insured(Tier.HOSPITALIA) for _ in range(5)]
    with django_assert_num_queries(4):
        of_year(people[:1], 2026, AT.date())
    with django_assert_num_queries(4):
        of_year(people, 2026, AT.date())


# --- the page ---------------------------------------------------------------------------------------------


def test_the_page_opens_on_the_current_year(client, hospital, adviser):
    member = make.insured(Tier.HOSPITALIA)
    claim = decided(member, hospital, adviser)
    client.force_login(make.filer(member))
    assert client.get(YEAR).url == f"{YEAR}?year=2026"
    page = shown(client)
    assert [row.claim for row in page.context["work_list"].page] == [claim]
    assert reverse("hospitalisation:claim", args=[claim.public_id]) in page.content.decode()
    assert "person" not in page.context["work_list"].form.fields
    before = client.get(YEAR, {"year": "2025"}, headers=ENGLISH)
    assert list(before.context["work_list"].page) == []
    assert "0 results" in before.content.decode()


def test_the_list_is_exported(client, hospital, adviser):
    member = make.insured(Tier.HOSPITALIA)
    decided(member, hospital, adviser)
    client.force_login(make.filer(member))
    export = client.get(YEAR, {"year": "2026", "export": "csv"})
    lines = b"".join(export.streaming_content).decode().strip().splitlines()
    assert len(lines) == 2
    assert "24750,00" in lines[1]


@pytest.mark.parametrize(
    "query", [{"year": "x"}, {"year": "1066"}, {"year": "²⁰²⁶"}, {"year": "2026", "person": "nobody"}]
)
def test_a_wrong_filter_is_a_sentence(client, query):
    member = make.insured(Tier.HOSPITALIA)
    guardian = make.filer(member)
    MandateFactory(representative=guardian, member=MemberFactory())
    client.force_login(guardian)
    page = client.get(YEAR, query)
    assert page.status_code == 200
    assert page.context["work_list"].form.errors


def test_a_representative_chooses_the_person_and_leaves_a_line(client, hospital, adviser):
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    first, second = make.insured(Tier.HOSPITALIA), make.insured(Tier.PLUS)
    for member in (first, second):
        MandateFactory(representative=guardian, member=member)
        decided(member, hospital, adviser, "1000.00")
    foreign = make.insured(Tier.HOSPITALIA, last_name="Zzcanari")
    decided(foreign, hospital, adviser, "1000.00")
    client.force_login(guardian)
    page = shown(client)
    assert [person.member for person in page.context["people"]] == [first, second]
    assert len(page.context["work_list"].page) == 2
    assert "Zzcanari" not in page.content.decode()
    one = shown(client, person=str(second.public_id))
    assert [person.member for person in one.context["people"]] == [second]
    assert [row.member for row in one.context["work_list"].page] == [second]
    assert Access.objects.filter(person_id=second.public_id, purpose="mandate").count() == 2
    other = shown(client, person=str(foreign.public_id))
    assert other.context["people"] == []
    assert other.context["work_list"].form.errors


def test_without_a_file_the_page_says_what_to_do(client):
    client.force_login(UserFactory(roles=[Role.MEMBER]))
    assert "Contact the service" in shown(client).content.decode()
