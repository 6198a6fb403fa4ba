"""Two people at the same moment over files of entries, each with a connection of their own: nothing is charged twice."""

from datetime import date
from decimal import Decimal

import pytest

from partenamut.casework.file_imports import SentBefore
from residences.models import ConventionSupplement, Entry, EntryImport
from residences.services import accounts, entry_imports
from tests.factories import residences as make
from tests.residences import months_world as world
from tests.residences.months_world import AT
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
HEAD = "convention;kind;date;label;quantity;amount"


def stay_with_dinner():
    stay = world.stay(world.residence())
    dinner = make.supplement(stay.home, "Dîner visiteur")
    ConventionSupplement.objects.create(convention=stay, supplement=dinner, first_day=stay.entry)
    return stay, dinner


def receive(stay, *more):
    lines = [HEAD, f"{stay.number};;2026-05-09;Dîner visiteur;2;", *more]
    return entry_imports.receive(
        home=stay.home, content="\r\n".join(lines).encode(), file_name="mai.csv", actor=stay.created_by, at=AT
    )


def take_over(stay, file):
    return entry_imports.take_over(file=file, without_refused=True, actor=stay.created_by, at=AT)


def test_the_same_file_sent_by_many_at_once_is_received_once():
    stay, _dinner = stay_with_dinner()
    results = at_once(*[lambda: receive(stay)] * 4)
    assert [type(one) for one in refusals(results)] == [SentBefore] * 3
    assert EntryImport.objects.count() == 1


def test_a_file_taken_over_by_many_at_once_counts_once():
    stay, _dinner = stay_with_dinner()
    file = receive(stay)
    results = at_once(*[lambda: take_over(stay, file)] * 4)
    assert len(refusals(results)) == 3
    assert Entry.objects.count() == 1


def test_two_files_with_the_same_lines_taken_over_at_once_count_once():
    stay, _dinner = stay_with_dinner()
    files = [
        receive(stay, f"{stay.number};advance;2026-05-09;Pharmacie;;{place + 1},00") for place in range(2)
    ]
    results = at_once(*[lambda file=file: take_over(stay, file) for file in files])
    assert refusals(results) == []
    assert sorted(Entry.objects.values_list("amount", flat=True)) == [
        Decimal("1.00"),
        Decimal("2.00"),
        Decimal("15.00"),
    ]


def test_a_file_waits_for_what_is_entered_by_hand():
    stay, dinner = stay_with_dinner()
    file = receive(stay)
    at_once(
        lambda: take_over(stay, file),
        lambda: accounts.add_supplement(
            convention=stay, supplement=dinner, day=date(2026, 5, 10), quantity=Decimal(1), actor=stay.created_by, at=AT
        ),
    )  # fmt: skip
    assert Entry.objects.count() == 2
