"""What differs between two texts: every word accounted for, lines paired where they are two versions of one."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from residences.difference import PARTIES, changed_numbers, compared, differences
from residences.text import HomeTerms, Party, SupplementTerms, Terms, written

WORDS = st.lists(
    st.sampled_from(["la", "chambre", "101:", "205", "48,92", "€", "«", "art.", " ", "à"]), max_size=12
)

TERMS = Terms(
    home=HomeTerms(
        name="Résidence",
        operator="Exploitant",
        address_lines=("Rue 1", "5000 Namur"),
        phone="",
        email="",
        manager_name="Odile",
        manager_function="Directrice",
        operating_title="MR/192.094.112",
        allowed=("rest_home",),
        courts=(),
    ),
    resident=Party("Simone Lambert", ("Rue 2",)),
    birth_date=date(1940, 1, 1),
    representative=None,
    kind="indefinite",
    respite=False,
    rehabilitation=False,
    entry=date(2026, 1, 12),
    until=None,
    room="101",
    beds=1,
    room_type="Individuelle",
    daily_price=Decimal("48.92"),
    kept_because="",
    authority="",
    authorised_on=None,
    room_types=(),
    included=("le chauffage", "l'eau"),
    supplements=(),
    discounts=(),
    rebate=None,
    insured=True,
    clauses=("Le chat est bienvenu.", "Le résident rend les clés."),
    guarantors=(),
)


def changes(**fields):
    return differences(written(TERMS, "en"), written(structs.replace(TERMS, **fields), "en"))


@given(WORDS, WORDS)
def test_every_word_of_both_versions_is_there(before, after):
    old, new = " ".join(before), " ".join(after)
    pieces = compared(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "inserted") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "deleted") == new


@given(WORDS)
def test_the_same_words_are_not_marked(words):
    text = " ".join(words)
    assert [piece.kind for piece in compared(text, text)] in ([], ["same"])


def test_phrases_are_marked_as_a_whole():
    pieces = compared("un studio individuel, côté rue", "une grande chambre, côté rue")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("deleted", "un studio individuel"),
        ("inserted", "une grande chambre"),
        ("same", ", côté rue"),
    ]


def test_only_the_articles_that_say_something_else_are_shown():
    found = changes(room="205", daily_price=Decimal("41.85"))
    assert [change.number for change in found] == [3, 4]
    assert all(change.before != change.after for change in found)


def test_the_parties_stand_above_the_articles():
    before = written(TERMS, "en")
    after = written(structs.replace(TERMS, representative=Party("Paul Lambert", ("Rue 3",), "fils")), "en")
    assert changed_numbers(before, after) == [PARTIES]
    (change,) = differences(before, after)
    assert any("Paul Lambert, fils" in line for line in change.after)


def test_a_clause_that_changes_in_a_word_is_one_line_and_a_new_one_another():
    (change,) = changes(
        clauses=("Le chat est bienvenu.", "Le résident rend toutes les clés.", "Le vélo reste dehors.")
    )
    kinds = [[line.kind for line in run.lines] for run in change.runs]
    assert kinds == [["same"], ["changed", "inserted"]]


def test_a_clause_put_in_between_leaves_the_others_alone():
    (change,) = changes(
        clauses=("Le chat est bienvenu.", "Le vélo reste dehors.", "Le résident rend les clés.")
    )
    assert [(run.changed, len(run.lines)) for run in change.runs] == [(False, 1), (True, 1), (False, 1)]


def test_nothing_changes_nothing():
    assert changes() == []


def test_two_supplements_are_no_two_versions_of_one():
    lunch, supper = (
        SupplementTerms("Dîner visiteur", "repas", Decimal("7.50")),
        SupplementTerms("Souper visiteur", "repas", Decimal("5.00")),
    )
    before = written(structs.replace(TERMS, supplements=(supper,)), "en")
    after = written(structs.replace(TERMS, supplements=(lunch,)), "en")
    (change,) = differences(before, after)
    assert [[line.kind for line in run.lines] for run in change.runs if run.changed] == [
        ["deleted", "inserted"]
    ]
