"""Conventions that several people act on at the same moment."""

import pytest

from residences import models
from residences.services import conventions, signing
from tests.factories import residences as make
from tests.together import at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def test_a_bed_offered_in_two_conventions_at_once_is_kept_for_one():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    place = make.bed(home, "7")
    drafts = [make.draft(home, actor=director, where=place) for _turn in range(4)]
    results = at_once(
        *(
            lambda draft=draft: conventions.prepare(convention=draft, actor=director, at=make.AT)
            for draft in drafts
        )
    )
    refused = refusals(results)
    assert len(refused) == 3
    assert all("art. 3" in " ".join(error.messages) for error in refused)
    assert models.Occupancy.objects.filter(bed=place).count() == 1
    assert sorted(models.Convention.objects.values_list("status", flat=True)) == ["draft"] * 3 + ["ready"]
    assert models.Convention.objects.exclude(number=None).count() == 1


def test_both_sides_sign_at_once_and_the_convention_is_signed_once():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    convention = make.draft(home, actor=director)
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)

    def sign(side):
        return lambda: signing.sign(
            edition=edition, read=edition.sha256, side=side, name="X", quality="", actor=director, at=make.AT
        )

    results = at_once(sign("resident"), sign("manager"), sign("manager"), sign("resident"))
    assert len(refusals(results)) == 2
    convention.refresh_from_db()
    assert convention.status == "in_force"
    assert convention.agreed_prices.count() == 1


def test_a_text_is_not_signed_while_it_is_taken_back():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    convention = make.draft(home, actor=director)
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)
    at_once(
        lambda: conventions.reopen(convention=convention, actor=director, at=make.AT),
        lambda: signing.sign(
            edition=edition,
            read=edition.sha256,
            side="manager",
            name="X",
            quality="",
            actor=director,
            at=make.AT,
        ),
    )
    convention.refresh_from_db()
    assert convention.status == "draft"
    again = conventions.prepare(convention=convention, actor=director, at=make.AT)
    assert again.signatures.count() == 0
