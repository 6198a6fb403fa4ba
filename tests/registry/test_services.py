"""The use cases of the registry: what they write, what they refuse, what they leave in the trail."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry
from partenamut.fields import blind_index
from partenamut.registry import services
from partenamut.registry.models import ContributionPeriod, LabelGrant, Member, Residence
from tests.factories import numbers
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    ContributionPeriodFactory,
    InsurerFactory,
    LabelCriterionFactory,
    LabelGrantFactory,
    MemberFactory,
    MutualityFactory,
    PartnerPeriodFactory,
    ResidenceFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
DAY = date(2026, 3, 2)


@pytest.fixture
def admin():
    return UserFactory(roles=["admin"])


def entries(row):
    return list(Entry.objects.filter(subject_id=row.public_id).order_by("pk"))


def member_data(**changes):
    data = {
        "niss": numbers.niss(7),
        "last_name": "De Croÿ",
        "first_name": "Léa",
        "birth_date": numbers.birth_date(7),
        "street": "Rue d'Essai 1",
        "postal_code": "1000",
        "city": "Bruxelles",
        "mutuality": MutualityFactory(),
        "registration_number": "0001",
        "iban": "BE71 0961 2345 6769",
    }
    return data | changes


# --- members


def test_a_member_is_entered_findable_with_masked_numbers_in_the_trail(admin):
    member = services.create_member(**member_data(), actor=admin, at=AT)

    assert member.niss_index == blind_index(numbers.niss(7))
    assert member.search_name == "de croy lea"
    assert member.iban == "BE71096123456769"
    (entry,) = entries(member)
    assert entry.actor == admin
    assert entry.changes["niss"][1].endswith("-***.**")
    assert entry.changes["iban"] == [None, "BE71 **** 6769"]
    assert numbers.niss(7) not in str(entry.changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"niss": "85073003329"}, "niss"),
        ({"birth_date": date(1990, 1, 1)}, "birth_date"),
        ({"iban": "BE71096123456760"}, "iban"),
        ({"postal_code": "ABCD"}, "postal_code"),
        ({"last_name": ""}, "last_name"),
        ({"email": "nowhere"}, "email"),
    ],
)
def test_a_wrong_member_is_refused_beside_the_field(admin, changes, field):
    with pytest.raises(ValidationError) as refused:
        services.create_member(**member_data(**changes), actor=admin, at=AT)

    assert field in refused.value.message_dict
    assert not Member.objects.exists()
    assert not Entry.objects.exists()


def test_a_niss_is_given_once(admin):
    services.create_member(**member_data(), actor=admin, at=AT)

    with pytest.raises(ValidationError) as refused:
        services.create_member(**member_data(registration_number="0002"), actor=admin, at=AT)

    assert "niss" in refused.value.message_dict


def test_a_correction_keeps_before_after_and_reason(admin):
    member = MemberFactory(last_name="Dupont", iban="BE71096123456769")
    changes = {"last_name": "Dupond", "first_name": member.first_name, "iban": numbers.iban(5)}

    services.correct_member(member=member, changes=changes, reason="Identity card seen", actor=admin, at=AT)

    member.refresh_from_db()
    assert member.search_name == "dupond lea"
    (entry,) = entries(member)
    assert entry.changes["last_name"] == ["Dupont", "Dupond"]
    assert set(entry.changes) == {"last_name", "iban"}
    assert numbers.iban(5) not in str(entry.changes)
    assert entry.note == "Identity card seen"


def test_a_correction_needs_a_reason_and_leaves_no_trace_when_nothing_changes(admin):
    member = MemberFactory()

    with pytest.raises(ValidationError):
        services.correct_member(member=member, changes={"city": "Namur"}, reason=" ", actor=admin, at=AT)
    services.correct_member(member=member, changes={"city": member.city}, reason="Same", actor=admin, at=AT)

    assert entries(member) == []


def test_a_corrected_niss_is_found_again(admin):
    member = MemberFactory(count=3)
    born = numbers.birth_date(9)

    services.correct_member(
        member=member,
        changes={"niss": numbers.niss(9), "birth_date": born},
        reason="Typing error",
        actor=admin,
        at=AT,
    )

    assert Member.objects.with_niss(numbers.niss(9)).get() == member
    assert not Member.objects.with_niss(numbers.niss(3)).exists()


def test_an_account_is_changed_with_a_trace(admin):
    member = MemberFactory()

    changed = services.change_iban(member=member, iban="BE71 0961 2345 6769", actor=admin, at=AT)

    assert changed.iban == "BE71096123456769"
    assert list(entries(member)[0].changes) == ["iban"]


def test_periods_do_not_overlap_and_other_members_do_not_matter(admin):
    member = MemberFactory()
    ContributionPeriodFactory(first_day=date(2024, 1, 1))
    services.add_contributions(
        member=member, first_day=date(2024, 1, 1), last_day=date(2024, 12, 31), actor=admin, at=AT
    )

    with pytest.raises(ValidationError, match="overlaps"):
        services.add_contributions(member=member, first_day=date(2024, 12, 31), actor=admin, at=AT)
    services.add_contributions(member=member, first_day=date(2025, 1, 1), actor=admin, at=AT)

    assert ContributionPeriod.objects.filter(member=member).count() == 2
    assert [entry.action for entry in entries(member)] == ["contributions_added"] * 2


def test_a_period_is_closed_and_opened_again(admin):
    period = ContributionPeriodFactory(first_day=date(2024, 1, 1))

    services.close_contributions(period=period, last_day=date(2026, 6, 30), actor=admin, at=AT, note="Left")
    period.refresh_from_db()
    assert period.last_day == date(2026, 6, 30)
    assert entries(period.member)[0].changes["last_day"] == [None, "2026-06-30"]

    with pytest.raises(ValidationError):
        services.close_contributions(period=period, last_day=date(2023, 1, 1), actor=admin, at=AT)
    assert services.close_contributions(period=period, last_day=None, actor=admin, at=AT).last_day is None


def test_both_sides_of_a_recognition_have_it_in_their_history(admin):
    cared_for, caregiver = MemberFactory(), MemberFactory()

    row = services.recognise_caregiver(
        caregiver=caregiver, cared_for=cared_for, first_day=DAY, actor=admin, at=AT
    )
    services.end_recognition(recognition=row, last_day=date(2026, 12, 31), actor=admin, at=AT)

    for member in (cared_for, caregiver):
        assert [entry.action for entry in entries(member)] == ["caregiver_recognised", "recognition_ended"]
    with pytest.raises(ValidationError):
        services.recognise_caregiver(
            caregiver=caregiver, cared_for=caregiver, first_day=DAY, actor=admin, at=AT
        )


def test_a_person_depends_on_one_holder_at_a_time(admin):
    child = MemberFactory()
    row = services.add_dependant(holder=MemberFactory(), dependant=child, first_day=DAY, actor=admin, at=AT)

    with pytest.raises(ValidationError):
        services.add_dependant(holder=MemberFactory(), dependant=child, first_day=DAY, actor=admin, at=AT)
    services.end_dependency(dependency=row, last_day=date(2026, 3, 31), actor=admin, at=AT)
    services.add_dependant(
        holder=MemberFactory(), dependant=child, first_day=date(2026, 4, 1), actor=admin, at=AT
    )


def test_a_mandate_opens_a_file_on_its_days_only(admin):
    member, representative = MemberFactory(), UserFactory(roles=["representative"])
    row = services.give_mandate(
        member=member, representative=representative, basis="Judgment", first_day=DAY, actor=admin, at=AT
    )
    services.end_mandate(mandate=row, last_day=DAY, actor=admin, at=AT)

    assert Member.objects.visible_to(representative, DAY).get() == member
    assert not Member.objects.visible_to(representative, date(2026, 3, 3)).exists()


def test_nobody_has_a_mandate_for_their_own_file(admin):
    user = UserFactory(roles=["member"])
    member = services.link_user(member=MemberFactory(), user=user, actor=admin, at=AT)

    with pytest.raises(ValidationError):
        services.give_mandate(
            member=member, representative=user, basis="None", first_day=DAY, actor=admin, at=AT
        )


# --- residences


def residence_data(**changes):
    data = {
        "name": "Résidence d'Essai",
        "street": "Rue d'Essai 1",
        "postal_code": "5000",
        "city": "Namur",
        "structure_types": ["rest_home"],
    }
    return data | changes


def test_a_residence_that_is_no_partner_is_entered(admin):
    first = services.create_residence(**residence_data(), actor=admin, at=AT)
    second = services.create_residence(**residence_data(), actor=admin, at=AT)

    assert first.slug == "residence-dessai-namur"
    assert second.slug == "residence-dessai-namur-2"
    assert Residence.objects.named("ESSAI  namur 5000").count() == 2
    assert not Residence.objects.partners(DAY).exists()


@pytest.mark.parametrize("changes", [{"structure_types": []}, {"postal_code": "50"}, {"name": ""}])
def test_a_wrong_residence_is_refused(admin, changes):
    with pytest.raises(ValidationError):
        services.create_residence(**residence_data(**changes), actor=admin, at=AT)


def test_an_edited_residence_keeps_its_address_and_is_found_by_its_new_name(admin):
    residence = services.create_residence(**residence_data(), actor=admin, at=AT)

    services.edit_residence(residence=residence, changes={"name": "Les Érables"}, actor=admin, at=AT)

    found = Residence.objects.named("erables").get()
    assert found.slug == residence.slug
    assert entries(found)[-1].changes == {"name": ["Résidence d'Essai", "Les Érables"]}


def test_a_partnership_ends_after_its_last_day(admin):
    period = PartnerPeriodFactory()

    services.close_partnership(partnership=period, last_day=DAY, actor=admin, at=AT)

    assert Residence.objects.partners(DAY).exists()
    assert not Residence.objects.partners(date(2026, 3, 3)).exists()
    services.open_partnership(residence=period.residence, first_day=date(2026, 5, 1), actor=admin, at=AT)
    with pytest.raises(ValidationError):
        services.open_partnership(residence=period.residence, first_day=date(2026, 6, 1), actor=admin, at=AT)


def test_approvals_and_directors_are_dated(admin):
    residence, director = ResidenceFactory(), UserFactory(roles=["residence_director"])
    approval = services.open_approval(residence=residence, first_day=DAY, actor=admin, at=AT)
    services.close_approval(approval=approval, last_day=date(2026, 12, 31), actor=admin, at=AT)
    row = services.appoint_director(residence=residence, director=director, first_day=DAY, actor=admin, at=AT)

    assert Residence.objects.directed_by(director, DAY).get() == residence
    services.end_directorship(directorship=row, last_day=DAY, actor=admin, at=AT)
    assert not Residence.objects.directed_by(director, date(2026, 3, 3)).exists()


# --- labels


@pytest.fixture
def criteria():
    LabelCriterionFactory(last_day=date(2025, 12, 31))
    return [LabelCriterionFactory(), LabelCriterionFactory()]


def findings(criteria, text="Seen on the spot"):
    return [services.Finding(criterion, DAY, text) for criterion in criteria]


def test_a_label_needs_a_finding_for_each_criterion_in_force(admin, criteria):
    residence = ResidenceFactory()
    base = {"residence": residence, "label": "activation", "first_day": DAY, "actor": admin, "at": AT}

    with pytest.raises(ValidationError):
        services.grant_label(**base, findings=findings(criteria[:1]))
    with pytest.raises(ValidationError):
        services.grant_label(**base, findings=findings(criteria, text=" "))
    assert not LabelGrant.objects.exists()

    grant = services.grant_label(**base, findings=findings(criteria))
    assert grant.evidence.count() == 2
    assert Residence.objects.with_label("activation", DAY).get() == residence
    with pytest.raises(ValidationError, match="already has this label"):
        services.grant_label(**base, findings=findings(criteria))


def test_a_label_without_criteria_is_not_granted(admin):
    with pytest.raises(ValidationError, match="criteria"):
        services.grant_label(
            residence=ResidenceFactory(), label="alzheimer", first_day=DAY, findings=[], actor=admin, at=AT
        )


def test_evidence_is_not_seen_in_the_future(admin, criteria):
    late = [services.Finding(criterion, date(2026, 3, 3), "Planned") for criterion in criteria]

    with pytest.raises(ValidationError):
        services.grant_label(
            residence=ResidenceFactory(), label="activation", first_day=DAY, findings=late, actor=admin, at=AT
        )


def test_a_renewal_follows_the_label_without_a_gap(admin, criteria):
    old = LabelGrantFactory()

    new = services.renew_label(
        grant=old, first_day=DAY, last_day=None, findings=findings(criteria), actor=admin, at=AT
    )

    old.refresh_from_db()
    assert old.last_day == date(2026, 3, 1)
    assert new.renews == old
    assert [entry.action for entry in entries(old.residence)] == ["label_renewed"]
    with pytest.raises(ValidationError):
        services.renew_label(grant=new, first_day=DAY, findings=findings(criteria), actor=admin, at=AT)


def test_a_label_is_withdrawn_with_a_reason_and_only_once(admin):
    grant = LabelGrantFactory()

    with pytest.raises(ValidationError):
        services.withdraw_label(grant=grant, last_day=DAY, reason=" ", actor=admin, at=AT)
    services.withdraw_label(grant=grant, last_day=DAY, reason="Staff left", actor=admin, at=AT)

    assert Residence.objects.with_label("activation", DAY).exists()
    assert not Residence.objects.with_label("activation", date(2026, 3, 3)).exists()
    assert entries(grant.residence)[0].note == "Staff left"
    with pytest.raises(ValidationError):
        services.withdraw_label(grant=grant, last_day=DAY, reason="Again", actor=admin, at=AT)
    with pytest.raises(ValidationError):
        services.renew_label(grant=grant, first_day=date(2026, 4, 1), findings=[], actor=admin, at=AT)


# --- insurers


def test_the_address_of_an_insurer_changes_with_a_trace(admin):
    insurer = InsurerFactory(address="")

    services.edit_insurer(insurer=insurer, changes={"address": "Rue Neuve 1"}, actor=admin, at=AT)

    assert entries(insurer)[0].changes == {"address": ["", "Rue Neuve 1"]}


def test_a_mutuality_belongs_to_its_union_and_has_a_successor(admin):
    insurer = InsurerFactory(code="500")
    base = {"insurer": insurer, "first_day": date(2010, 1, 1), "actor": admin, "at": AT}

    with pytest.raises(ValidationError):
        services.add_mutuality(code="134", name="Elsewhere", **base)
    old = services.add_mutuality(code="516", name="Old", **base)
    ended = services.end_mutuality(
        mutuality=old, last_day=date(2021, 12, 31), successor=MutualityFactory(), actor=admin, at=AT
    )

    assert ended.successor.code == "509"
    with pytest.raises(ValidationError):
        services.end_mutuality(mutuality=old, last_day=DAY, successor=old, actor=admin, at=AT)
