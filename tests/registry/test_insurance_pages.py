"""The pages of what insures a member: for the admin, for the member, for the adviser, over the API."""

import re
from datetime import date

import pytest
from django.urls import reverse

from partenamut.registry.insurance import tier_on
from partenamut.registry.models import HospitalInsurance, Tier
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    DependencyFactory,
    HigherReimbursementFactory,
    HospitalInsuranceFactory,
    MemberFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db

JANUARY, JULY, JUNE_30 = date(2026, 1, 1), date(2026, 7, 1), date(2026, 6, 30)


@pytest.fixture
def admin(client):
    user = UserFactory(roles=["admin"])
    client.force_login(user)
    return user


@pytest.fixture
def member():
    return MemberFactory()


def text_of(response):
    content = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(content.split())


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def page(member, name="member", *more):
    return reverse(f"registry:{name}", args=[member.public_id, *more])


def test_the_page_of_a_member_without_insurance_says_so_and_offers_to_add_one(client, admin, member):
    shown = client.get(page(member))

    assert "The member has no hospital insurance" in text_of(shown)
    assert "they have it too" in text_of(shown)
    for kind in ("insurances", "options", "rights"):
        assert page(member, "add_member_row", kind) in shown.content.decode()
    assert page(member, "change_tier") not in shown.content.decode()


def test_an_insurance_and_its_option_are_entered(client, admin, member):
    option = page(member, "add_member_row", "options")
    refused = client.post(option, day("first_day", JANUARY))
    assert "goes with Hospitalia and Hospitalia Plus only" in refused.context["form"].errors["first_day"][0]
    assert 'value="2026"' in refused.content.decode()

    none = client.post(page(member, "add_member_row", "insurances"), day("first_day", JANUARY))
    assert "tier" in none.context["form"].errors
    client.post(
        page(member, "add_member_row", "insurances"), {"tier": Tier.PLUS, **day("first_day", JANUARY)}
    )
    shown = client.post(option, day("first_day", JANUARY), follow=True)

    assert "Hospitalia Plus, from 01/01/2026" in text_of(shown)
    assert "Serious-illness option added" in text_of(shown)


def test_another_insurance_from_a_day_on(client, admin, member):
    HospitalInsuranceFactory(member=member)
    assert page(member, "change_tier") in client.get(page(member)).content.decode()

    same = client.post(page(member, "change_tier"), {"tier": Tier.HOSPITALIA, **day("first_day", JULY)})
    assert "has this insurance already" in same.context["form"].errors["tier"][0]
    shown = client.post(
        page(member, "change_tier"), {"tier": Tier.MEDIUM, **day("first_day", JULY)}, follow=True
    )

    assert "Hospitalia Medium, from 01/07/2026" in text_of(shown)
    assert "Hospitalia, from 01/01/2015 to 30/06/2026" in text_of(shown)


def test_an_insurance_is_ended_and_corrected_with_a_reason(client, admin, member):
    row = HospitalInsuranceFactory(member=member)
    end = page(member, "end_member_row", "insurances", row.public_id)
    assert "No admission after the last day is covered" in text_of(client.get(end))
    client.post(end, day("last_day", JUNE_30))
    assert tier_on(member, JULY) is None

    correct = page(member, "correct_member_row", "insurances", row.public_id)
    form = client.get(correct).content.decode()
    assert 'value="hospitalia" ' in form
    assert "checked" in form
    data = {"tier": Tier.PLUS, **day("first_day", JANUARY), **day("last_day", JUNE_30)}
    assert "reason" in client.post(correct, data).context["form"].errors
    shown = client.post(correct, data | {"reason": "Wrong box ticked"}, follow=True)

    kept = HospitalInsurance.objects.get()
    assert (kept.tier, kept.first_day, kept.last_day) == (Tier.PLUS, JANUARY, JUNE_30)
    assert "Hospital insurance corrected" in text_of(shown)
    assert "Wrong box ticked" in text_of(shown)


def test_the_last_day_before_the_first_is_refused_beside_its_field(client, admin, member):
    row = HigherReimbursementFactory(member=member)
    data = {**day("first_day", JULY), **day("last_day", JANUARY), "reason": "x"}

    refused = client.post(page(member, "correct_member_row", "rights", row.public_id), data)

    assert "lies before the first" in refused.context["form"].errors["last_day"][0]


def test_an_insurance_that_an_option_stands_on_is_not_taken_away(client, admin, member):
    row = HospitalInsuranceFactory(member=member, tier=Tier.PLUS)
    SeriousIllnessOptionFactory(member=member)
    day_of = {"tier": Tier.MEDIUM, **day("first_day", JULY), "reason": "x"}

    for name, more, data, field in (
        ("end_member_row", ["insurances", row.public_id], day("last_day", JUNE_30), "last_day"),
        ("correct_member_row", ["insurances", row.public_id], day_of, "tier"),
        ("change_tier", [], day_of, "tier"),
    ):
        refused = client.post(page(member, name, *more), data)
        assert "end the option first" in refused.context["form"].errors[field][0], name

    assert HospitalInsurance.objects.get().tier == Tier.PLUS


def test_what_is_not_corrected_and_rows_of_others_are_not_found(client, admin, member):
    row = HospitalInsuranceFactory()
    for url in (
        page(member, "correct_member_row", "insurances", row.public_id),
        page(member, "end_member_row", "insurances", row.public_id),
        page(row.member, "correct_member_row", "contributions", row.public_id),
    ):
        assert client.get(url).status_code == 404
        assert client.post(url, {}).status_code == 404


def test_the_member_reads_the_own_insurances_and_nobody_elses(client):
    user = UserFactory(roles=["member"])
    child = MemberFactory(user=user)
    HospitalInsuranceFactory(member=child, tier=Tier.CONTINUITY)
    HospitalInsuranceFactory(tier=Tier.MEDIUM)
    holder = HigherReimbursementFactory(first_day=JANUARY).member
    DependencyFactory(holder=holder, dependant=child)

    assert "Your insurances" not in text_of(client.get(reverse("web:privacy")))
    client.force_login(user)
    shown = text_of(client.get(reverse("web:privacy")))

    assert "Hospitalia Continuity, from 01/01/2015" in shown
    assert f"from 01/01/2026 (through {holder.full_name})" in shown
    assert "Serious-illness option None" in shown
    assert "Medium" not in shown


def test_the_adviser_sees_them_on_the_sheet(client, member):
    HospitalInsuranceFactory(member=member, tier=Tier.PLUS)
    SeriousIllnessOptionFactory(member=member, last_day=JUNE_30)
    HigherReimbursementFactory(member=member)
    client.force_login(UserFactory(roles=["adviser"]))

    shown = text_of(
        client.get(
            reverse("convalescence:member", args=[member.public_id]), headers={"accept-language": "en"}
        )
    )

    assert "Hospital insurance Hospitalia Plus, from 01/01/2015" in shown
    assert "Serious-illness option from 01/01/2015 to 30/06/2026" in shown
    assert "Higher reimbursement (BIM) from 01/01/2015" in shown


def test_the_api_tells_them_of_one_member(client, member):
    HospitalInsuranceFactory(member=member, tier=Tier.PLUS)
    SeriousIllnessOptionFactory(member=member, last_day=JUNE_30)
    HigherReimbursementFactory(member=member)
    client.force_login(UserFactory(roles=["adviser"]))

    told = client.get(reverse("api:member-detail", args=[member.public_id])).json()

    assert told["hospital_insurances"] == [
        {"tier": "hospitalia_plus", "first_day": "2015-01-01", "last_day": None}
    ]
    assert told["serious_illness_options"] == [{"first_day": "2015-01-01", "last_day": "2026-06-30"}]
    assert told["higher_reimbursements"] == [{"first_day": "2015-01-01", "last_day": None}]
