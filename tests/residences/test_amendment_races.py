"""Amendments that several people act on at the same moment."""

import pytest

from residences import models
from residences.services import amendments
from tests.factories import residences as make
from tests.residences.amendment_world import JUNE, beds, new, offered, prices, sign
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    return make.signed(home, actor=director, where=make.bed(home, "101"), supplements=[])


def test_of_two_amendments_at_once_one_is_begun(director, convention):
    def create():
        return amendments.create(
            convention=models.Convention.objects.get(),
            kind="clauses",
            effective_on=JUNE,
            actor=director,
            at=make.AT,
        )

    results = at_once(create, create, create)
    assert [error.code for error in refusals(results)] == ["open", "open"]
    assert models.Amendment.objects.get().turn == 1


def test_a_bed_wanted_by_two_residents_at_once_is_kept_for_one(home, director, convention):
    wanted = make.bed(home, "200")
    other = make.signed(home, actor=director, where=make.bed(home, "102"), supplements=[])
    drafts = [new(one, director, "room", wanted) for one in (convention, other)]
    results = at_once(
        *(
            lambda draft=draft: amendments.prepare(amendment=draft, actor=director, at=make.AT)
            for draft in drafts
        )
    )
    assert len(refusals(results)) == 1
    assert models.Occupancy.objects.filter(bed=wanted).count() == 1
    assert sorted(models.Amendment.objects.values_list("status", flat=True)) == ["draft", "ready"]


def test_both_sides_sign_at_once_and_it_takes_effect_once(home, director, convention):
    double = make.room_type(home, "Double", "41.85", 24)
    edition = offered(convention, director, "room", make.bed(home, "205", kind=double))
    results = at_once(
        lambda: sign(edition, "resident", director),
        lambda: sign(edition, "manager", director),
        lambda: sign(edition, "manager", director),
    )
    assert len(refusals(results)) == 1
    assert edition.signatures.count() == 2
    assert models.Amendment.objects.get().status == "signed"
    assert [price for _first, _last, price in prices(convention)] == ["48.92", "41.85"]
    assert [bed for _first, _last, bed in beds(convention)] == ["101-A", "205-A"]


@pytest.mark.parametrize("deed", ["discard", "reopen"])
def test_the_last_signature_and_a_withdrawal_do_not_both_happen(home, director, convention, deed):
    edition = offered(convention, director, "room", make.bed(home, "102"))
    sign(edition, "manager", director)
    withdrawals = {
        "discard": lambda: amendments.discard(
            amendment=models.Amendment.objects.get(), because="Non", actor=director, at=make.AT
        ),
        "reopen": lambda: amendments.reopen(
            amendment=models.Amendment.objects.get(), actor=director, at=make.AT
        ),
    }
    results = at_once(lambda: sign(edition, "resident", director), withdrawals[deed])
    assert len(refusals(results)) == 1
    signed = models.Amendment.objects.get().status == "signed"
    assert (len(beds(convention)) == 2) == signed


def test_the_same_day_is_written_once_by_two_workers(director, convention):
    edition = offered(convention, director, "clauses", ["Un chat."])
    for side in ("resident", "manager"):
        sign(edition, side, director)
    results = at_once(*[lambda: amendments.apply_due(JUNE, at=make.at(JUNE))] * 2)
    assert sorted(results) == [0, 1]
    assert [clause.text for clause in convention.clauses.all()] == ["Un chat."]
