"""The public lists are loaded whole, and only once."""

from datetime import date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from partenamut.audit.models import Entry
from partenamut.registry import reference
from partenamut.registry.models import Insurer, LabelGrant, Mutuality, Residence

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
DAY = date(2026, 3, 2)


def test_the_lists_are_loaded_whole():
    assert reference.load(at=AT) == {"insurers": 7, "mutualities": 1, "criteria": 2, "residences": 24}

    assert Residence.objects.partners(DAY).count() == 24
    assert Mutuality.objects.get(code="509").insurer.code == "500"
    assert Residence.objects.with_label("alzheimer", DAY).count() == 8
    both = Residence.objects.get(name="La Maison de Mariemont ASBL")
    assert both.structure_types == ["rest_home", "convalescence_centre"]
    assert set(both.labels.values_list("label", flat=True)) == {"activation", "post_cancer"}


def test_what_the_lists_do_not_say_is_not_made_up():
    reference.load(at=AT)

    assert not LabelGrant.objects.filter(first_day_known=True).exists()
    assert not LabelGrant.objects.exclude(evidence=None).exists()
    assert Insurer.objects.get(code="600").address == ""
    assert not Residence.objects.exclude(accompanied=None).exists()


def test_loading_again_changes_nothing():
    reference.load(at=AT)
    Residence.objects.filter(name="Dunepanne").update(phone="059 00 00 00")
    entries = Entry.objects.count()

    assert set(reference.load(at=AT).values()) == {0}
    assert Entry.objects.count() == entries
    assert Residence.objects.get(name="Dunepanne").phone == "059 00 00 00"


def test_the_command_says_what_it_added():
    said = StringIO()

    call_command("load_reference", stdout=said)

    assert "residences: 24 added" in said.getvalue()
