"""Members are found as people write their names and numbers."""

from datetime import date

import pytest
from django.db import connection

from partenamut.registry import search
from partenamut.registry.models import Member
from partenamut.registry.search import find_members
from tests.factories.registry import MemberFactory

pytestmark = pytest.mark.django_db

NAMES = [
    ("Dupont", "Marie"),
    ("Dupond", "Jean-Pierre"),
    ("Van der Meer", "Noor"),
    ("Vandermeulen", "Noor"),
    ("De Croÿ-Solré", "Éléonore"),
    ("D'Hondt", "Piet"),
    ("Çelik", "Ayşe"),
    ("Müller", "Jürgen"),
    ("Peeters", "Anne"),
]


@pytest.fixture
def people():
    return {last: MemberFactory(last_name=last, first_name=first) for last, first in NAMES}


@pytest.fixture(params=[True, False], ids=["with pg_trgm", "without pg_trgm"])
def similarity(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(search, "has_similarity", lambda: False)
    return request.param


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dupont", "Dupont"),
        ("DUPONT marie", "Dupont"),
        ("Marie Dupont", "Dupont"),
        ("van der meer", "Van der Meer"),
        ("vandermeer", "Van der Meer"),
        ("van der meulen", "Vandermeulen"),
        ("van der meul", "Vandermeulen"),
        ("decroy", "De Croÿ-Solré"),
        ("solre eleonore", "De Croÿ-Solré"),
        ("eleon de cr", "De Croÿ-Solré"),
        ("dhondt", "D'Hondt"),
        ("d’hondt", "D'Hondt"),
        ("celik ayse", "Çelik"),
        ("muller", "Müller"),
        ("mueller", "Müller"),
        ("jeanpierre dupond", "Dupond"),
        ("peters", "Peeters"),
        ("dupnot marie", "Dupont"),
        ("dupotn", "Dupont"),
        ("dupomt", "Dupont"),
    ],
)
def test_a_name_is_found_first(people, similarity, typed, expected):
    found = find_members(typed)

    assert found.members
    assert found.members[0] == people[expected]


def test_a_name_with_one_letter_wrong_is_shown_behind_the_exact_one(people):
    assert [member.last_name for member in find_members("dupond")] == ["Dupond", "Dupont"]


def test_two_errors_are_found_where_the_server_compares_groups_of_letters(people):
    if not search.has_similarity():
        pytest.skip("this server has no pg_trgm")
    assert find_members("vandermuelne").members == [people["Vandermeulen"]]
    assert find_members("petesr anne").members == [people["Peeters"]]
    assert find_members("vandermuelne").by == "similar"


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "x", "xylophone", "dupont zzzz", "&|!:*()'", "\\ <-> '", "12", "%"]
)
def test_nothing_is_found_and_nothing_breaks(people, similarity, typed):
    assert find_members(typed).members == []


@pytest.mark.parametrize("shape", ["{}", "{0[0]}{0[1]}.{0[2]}{0[3]}.{0[4]}{0[5]}-{tail} ", "{} "])
def test_a_niss_is_found_with_any_punctuation(people, shape):
    wanted = people["Peeters"]
    typed = shape.format(wanted.niss, tail=f"{wanted.niss[6:9]}.{wanted.niss[9:]}")

    found = find_members(typed)

    assert found.members == [wanted]
    assert found.by == "niss"


def test_a_registration_number_is_found(people):
    wanted = MemberFactory(registration_number="509AB123456")

    assert find_members("509-ab 123.456").members == [wanted]


def test_a_birth_date_tells_namesakes_apart():
    old = MemberFactory(last_name="Janssens", birth_date=date(1950, 3, 1))
    young = MemberFactory(last_name="Janssens", birth_date=date(1990, 3, 1))

    assert find_members("janssens 01/03/1950").members == [old]
    assert find_members("1.3.1990").members == [young]
    assert set(find_members("janssens").members) == {old, young}


def test_a_day_that_does_not_exist_breaks_nothing():
    assert find_members("dupont 31/02/1990").members == []


def test_a_long_list_stops_and_says_so():
    MemberFactory.create_batch(4, last_name="Janssens")

    found = find_members("janssens", limit=3)

    assert len(found) == 3
    assert found.more


def test_only_those_within_are_found(people):
    own = Member.objects.filter(pk=people["Peeters"].pk)

    assert find_members("dupont", within=own).members == []
    assert find_members("peeters", within=own).members == [people["Peeters"]]


def test_the_words_of_a_name_are_read_from_their_index(people):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Member.objects.annotate(words=search.NAME_WORDS).filter(
        words=search.SearchQuery("dupont:*", config="simple", search_type="raw")
    )

    assert "words_of_a_members_name" in rows.explain()


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [
        ("dupont", "dupont", 0),
        ("dupotn", "dupont", 1),
        ("dupnt", "dupont", 1),
        ("marie", "maria", 1),
        ("ab", "abcdefgh", search.TOO_FAR),
        ("kitten", "sitting", 3),
    ],
)
def test_edits_between_words_are_counted(first, second, edits):
    assert search._edits_between(first, second) == edits
