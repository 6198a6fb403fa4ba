"""A convention from the draft to both signatures."""

import pytest
from django.core.exceptions import ValidationError

from residences.services import conventions, signing
from tests.factories import residences as make

pytestmark = pytest.mark.django_db


def test_both_signatures_bring_the_convention_into_force():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    convention = make.signed(home, actor=director)
    assert convention.status == "in_force"
    assert convention.number == f"{home.code}-C-2026-000001"
    assert [str(row.daily_price) for row in convention.agreed_prices.all()] == ["48.92"]
    assert convention.occupancies.get().bed == convention.bed


def test_a_text_that_has_changed_since_it_was_read_is_not_signed():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    convention = make.draft(home, actor=director)
    first = conventions.prepare(convention=convention, actor=director, at=make.AT)
    conventions.reopen(convention=convention, actor=director, at=make.AT)
    conventions.set_clauses(
        convention=convention, texts=["Le résident nourrit son chat."], actor=director, at=make.AT
    )
    second = conventions.prepare(convention=convention, actor=director, at=make.AT)
    assert first.sha256 != second.sha256
    with pytest.raises(ValidationError, match="changed"):
        signing.sign(
            edition=first, read=first.sha256, side="manager", name="O", quality="", actor=director, at=make.AT
        )


def test_a_bed_is_given_once():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    place = make.bed(home, "7")
    make.signed(home, actor=director, where=place)
    other = make.draft(home, actor=director, where=place)
    with pytest.raises(ValidationError, match=r"art\. 3"):
        conventions.prepare(convention=other, actor=director, at=make.AT)


def test_a_remark_opens_exactly_its_article():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    convention = make.draft(home, actor=director)
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)
    conventions.comment(edition=edition, article=12, text="Et mon chat ?", actor=_member_side(), at=make.AT)
    with pytest.raises(ValidationError, match="opened only article 12"):
        conventions.change_draft(
            convention=convention, changes={"entry": make.date(2026, 2, 1)}, actor=director, at=make.AT
        )
    conventions.set_clauses(
        convention=convention, texts=["Le chat est bienvenu."], actor=director, at=make.AT
    )


def _member_side():
    return make.UserFactory(roles=["member"])
