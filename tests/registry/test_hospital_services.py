"""Hospitals and franchise lists: what the use cases write, refuse and leave in the trail, what a file must say."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry
from partenamut.casework.rows import FileRefused
from partenamut.registry import franchise, services
from partenamut.registry.history import history_of
from partenamut.registry.models import FranchiseList, Hospital
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
DATA = {
    "name": "Clinique Sainte-Élisabeth",
    "street": "Place d'Essai 15",
    "postal_code": "5000",
    "city": "Namur",
}


@pytest.fixture
def by():
    return {"actor": UserFactory(roles=["admin"]), "at": AT}


# --- hospitals


def test_a_hospital_is_entered_and_found_without_accents(by):
    hospital = services.create_hospital(**DATA, inami_number="71000037", **by)

    assert list(Hospital.objects.named("sainte elisabeth namur")) == [hospital]
    (event,) = history_of(hospital)
    assert event.title == "Hospital entered"
    assert ("INAMI number", "71000037") in [(change.label, change.after) for change in event.changes]


def test_a_hospital_stands_once_in_the_list(by):
    services.create_hospital(**DATA, **by)

    with pytest.raises(ValidationError, match="already in the list"):
        services.create_hospital(**DATA, **by)
    services.create_hospital(**DATA | {"postal_code": "5100"}, **by)


@pytest.mark.parametrize("code", ["", "ABCD", "0123", "50000"])
def test_a_hospital_has_a_belgian_postal_code(by, code):
    with pytest.raises(ValidationError) as caught:
        services.create_hospital(**DATA | {"postal_code": code}, **by)
    assert "postal_code" in caught.value.message_dict


def test_a_hospital_is_edited_closed_and_opened_again(by):
    hospital = HospitalFactory(name="Old name")

    services.edit_hospital(hospital=hospital, changes={"name": "New name"}, **by)
    services.edit_hospital(hospital=hospital, changes={"name": "New name"}, **by)
    services.close_hospital(hospital=hospital, last_day=date(2026, 6, 30), note="Merger", **by)

    assert not Hospital.objects.named("old name").exists()
    assert Hospital.objects.open_on(date(2026, 6, 30)).exists()
    assert not Hospital.objects.open_on(date(2026, 7, 1)).exists()
    services.close_hospital(hospital=hospital, last_day=None, **by)
    assert Hospital.objects.open_on(date(2026, 7, 1)).exists()
    actions = list(
        Entry.objects.filter(subject_id=hospital.public_id).order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["hospital_edited", "hospital_closed", "hospital_opened_again"]


# --- lists


def test_a_list_is_taken_over_and_replaced_with_a_trail_of_what_changed(by):
    stays, goes, comes = (HospitalFactory(name=name) for name in ("Stays", "Goes", "Comes"))
    services.take_over_franchise(
        year=2026, hospitals=[stays.pk, goes.pk], source="Letter of 3 January", before=[], **by
    )
    services.take_over_franchise(
        year=2026,
        hospitals=[stays.pk, comes.pk],
        source="Letter of 1 March",
        before=[goes.pk, stays.pk],
        **by,
    )

    row = FranchiseList.objects.get()
    assert (row.source, row.taken_over_on) == ("Letter of 1 March", date(2026, 3, 2))
    assert set(row.hospitals.all()) == {stays, comes}
    latest, first = history_of(row)
    assert {change.label: change.after for change in latest.changes} == {
        "Source": "Letter of 1 March",
        "Hospitals added": "Comes",
        "Hospitals removed": "Goes",
    }
    assert {change.label for change in first.changes} == {"Source", "Taken over on", "Hospitals added"}
    assert [event.title for event in history_of(goes)] == [
        "Removed from the franchise list",
        "Added to the franchise list",
    ]
    assert len(history_of(stays)) == 1


def test_a_list_that_changed_meanwhile_is_not_replaced(by):
    held, other = HospitalFactory.create_batch(2)
    FranchiseListFactory(year=2026, hospitals=[held])

    with pytest.raises(services.ListChanged, match="has changed since"):
        services.take_over_franchise(year=2026, hospitals=[other.pk], source="x", before=[], **by)

    assert services.listed_in(2026) == {held.pk}


def test_a_list_needs_a_source(by):
    with pytest.raises(ValidationError) as caught:
        services.take_over_franchise(year=2026, hospitals=[], source="", **by)
    assert "source" in caught.value.message_dict
    assert not FranchiseList.objects.exists()


def test_a_hospital_is_added_and_removed_by_hand(by):
    row, hospital = FranchiseListFactory(year=2026), HospitalFactory(name="Sainte-Anne")

    services.add_to_franchise(franchise_list=row, hospital=hospital, note="Forgotten", **by)
    with pytest.raises(ValidationError, match="already"):
        services.add_to_franchise(franchise_list=row, hospital=hospital, **by)
    assert services.listed_in(2026) == {hospital.pk}
    services.remove_from_franchise(franchise_list=row, hospital=hospital, **by)
    services.remove_from_franchise(franchise_list=row, hospital=hospital, **by)

    assert services.listed_in(2026) == set()
    assert [event.title for event in history_of(row)] == [
        "Removed from the franchise list",
        "Added to the franchise list",
    ]
    assert [(change.label, change.after) for change in history_of(hospital)[0].changes] == [
        ("Calendar year", "2026")
    ]


# --- files


def lines(*rows, head="inami_number;name;postal_code", year=2026):
    return franchise.read("\n".join([head, *rows]).encode(), year)


def test_hospitals_are_found_by_number_however_written_or_by_name_and_postal_code():
    first = HospitalFactory(inami_number="71000037")
    second = HospitalFactory(name="Clinique Sainte-Élisabeth", postal_code="5000", inami_number="")
    HospitalFactory(name="Clinique Sainte-Élisabeth", postal_code="1180", inami_number="")

    read = lines("7-10000-37;;", ";clinique sainte elisabeth;5000", head="INAMI_number;name;postal_code")

    assert [line.errors for line in read] == [[], []]
    assert [line.hospital for line in read] == [first, second]


def test_sites_of_one_number_are_told_apart_by_name_and_postal_code():
    HospitalFactory(name="North", postal_code="1020", inami_number="71000037")
    south = HospitalFactory(name="South", postal_code="1180", inami_number="71000037")

    unsure, sure = lines("71000037;;", "71000037;South;1180")

    assert "Several hospitals" in unsure.sentences[0]
    assert sure.hospital == south


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("71000136;;", "No hospital of the registry fits"),
        (";Nowhere;5000", "No hospital of the registry fits"),
        (";Known;5001", "No hospital of the registry fits"),
        (";Known;", "names no hospital"),
        (";;5000", "names no hospital"),
        ("7100;;", "inami_number: An INAMI number of a hospital has eight figures"),
        ("seven;Known;5000", "inami_number: An INAMI number of a hospital has eight figures"),
        ("71000037;Known", "more or fewer columns"),
        (f";{'x' * 121};5000", "name: The text is too long"),
        (";Kno\u200bwn;5000", "name: The text holds invisible characters"),
        (";Closed;5000", "closed on 31/12/2025, before the year began"),
    ],
)
def test_a_wrong_line_says_why(row, sentence):
    HospitalFactory(name="Known", postal_code="5000", inami_number="71000037")
    HospitalFactory(name="Closed", postal_code="5000", inami_number="", closed_on=date(2025, 12, 31))

    (line,) = lines(row)

    assert sentence in line.sentences[0]


def test_a_hospital_that_closed_in_the_year_stands_on_its_list():
    closed = HospitalFactory(inami_number="71000037", closed_on=date(2026, 1, 1))

    assert lines("71000037;;")[0].hospital == closed


def test_a_hospital_that_stands_twice_is_named_with_the_first_line():
    HospitalFactory(name="Known", postal_code="5000", inami_number="71000037")

    _first, second = lines("71000037;;", ";Known;5000")

    assert second.sentences == ["This hospital stands in line 2 already."]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"inami_number\n\n", "no line below"),
        (b"colour\nred", "does not name the columns"),
        (b"inami_number;colour\n1;red", "Unknown columns: colour"),
        ("name;postal_code\nÉ;5000".encode("latin-1"), "UTF-8"),
        (b"PK\x03\x04", "no CSV"),
        (b"inami_number\n" + b"1\n" * 2_001, "2,?000 at most"),
    ],
)
def test_a_file_that_is_no_list_of_hospitals_is_refused(content, words):
    with pytest.raises(FileRefused, match=words):
        franchise.read(content, 2026)


def test_reading_asks_the_database_once(django_assert_num_queries):
    for place in HospitalFactory.create_batch(5):
        place.refresh_from_db()
    numbers = list(Hospital.objects.values_list("inami_number", flat=True))

    with django_assert_num_queries(1):
        lines(*numbers, head="inami_number")
