"""The public figures of the rest homes are loaded whole, with their source, and only once."""

from decimal import Decimal

import pytest

from partenamut.audit.models import Entry
from partenamut.registry.offers import references
from residences import reference
from residences.models import InsurerDayRebate, LegalInterest
from tests.factories import residences as make

pytestmark = pytest.mark.django_db


def test_the_figures_are_loaded_with_their_source():
    added = reference.load(at=make.AT)
    assert added["rebates for insured days"] == 1
    assert added["legal rates of interest"] == LegalInterest.objects.count() >= 9
    rebate = InsurerDayRebate.objects.get()
    assert (str(rebate.first_day), rebate.amount, rebate.pivot_index) == (
        "2018-09-01",
        Decimal("0.34"),
        Decimal("112.72"),
    )
    assert LegalInterest.objects.get(year=2020).percent == Decimal("1.75")
    assert not LegalInterest.objects.filter(source="").exists()


def test_loading_again_changes_nothing_that_was_put_right():
    reference.load(at=make.AT)
    LegalInterest.objects.filter(year=2020).update(percent=Decimal("1.80"))
    entries = Entry.objects.count()

    assert set(reference.load(at=make.AT).values()) == {0}
    assert LegalInterest.objects.get(year=2020).percent == Decimal("1.80")
    assert Entry.objects.count() == entries


def test_they_are_among_the_lists_on_offer():
    assert reference in references()
