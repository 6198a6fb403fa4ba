"""The demo has hospitals with their lists, and members of every insurance."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from convalescence import demo as people
from partenamut.audit.models import Entry
from partenamut.identifiers import inami_number_fits
from partenamut.registry import demo, reference
from partenamut.registry.insurance import has_franchise, has_option_on, is_bim, tier_on
from partenamut.registry.models import FranchiseList, Hospital, Member

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
DAY = date(2026, 3, 2)
CHILD, HOLDER = "16051404235", "90032000644"


def member(niss):
    return Member.objects.with_niss(niss).get()


def test_the_hospitals_are_there_with_the_lists_of_two_years():
    assert not demo.is_loaded()
    demo.load(AT)

    assert demo.is_loaded()
    assert Hospital.objects.count() == 12
    assert all("ficti" in hospital.name for hospital in Hospital.objects.all())
    numbers = Hospital.objects.exclude(inami_number="").values_list("inami_number", flat=True)
    assert all(map(inami_number_fits, numbers))
    assert dict(FranchiseList.objects.values_list("year", "source")) == {2025: "demo", 2026: "demo"}
    changed = Hospital.objects.get(name="Hôpital fictif du Canal")
    assert (has_franchise(changed, 2025), has_franchise(changed, 2026)) == (False, True)


def test_the_members_of_the_demo_have_every_insurance_whichever_comes_first():
    demo.load(AT)  # nobody is there yet
    reference.load(at=AT)
    people.load(AT)

    held = {
        None if (insurance := tier_on(each, DAY)) is None else insurance.tier for each in Member.objects.all()
    }
    assert held == {None, "hospitalia", "hospitalia_medium", "hospitalia_plus", "hospitalia_continuity"}
    of_demo = Member.objects.get(user__email="membre@demo.example")
    assert tier_on(of_demo, DAY).tier == "hospitalia_plus"
    assert has_option_on(of_demo, DAY)
    assert is_bim(member(HOLDER), DAY)
    assert is_bim(member(CHILD), DAY)
    assert not member(CHILD).higher_reimbursements.exists()

    entries = Entry.objects.count()
    demo.insure(AT)
    assert Entry.objects.count() == entries
