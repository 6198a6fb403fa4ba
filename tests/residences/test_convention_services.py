"""Residents, contacts, drafts, offers and inventories as services, with what they refuse."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from partenamut.audit.models import Entry
from partenamut.documents.models import Document
from partenamut.fields import blind_index
from residences import models
from residences.services import conventions, inventories, residents, signing
from tests.documents.files import book, saved
from tests.factories import numbers
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import MemberFactory

pytestmark = pytest.mark.django_db

BORN = date(1941, 5, 4)
NISS = numbers.niss(7, BORN)
PERSON = {
    "last_name": "Élisée-Dupont",
    "first_name": "Zoë",
    "birth_date": BORN,
    "language": "fr",
    "street": "Rue Neuve 1",
    "postal_code": "5000",
    "city": "Namur",
    "phone": "",
    "email": "",
    "mutuality_code": 134,
    "insured": True,
}
CONTACT = {
    "role": "representative",
    "name": "Paul Lambert",
    "relation": "fils",
    "street": "Rue X 1",
    "postal_code": "5000",
    "city": "Namur",
}


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


def signed_file():
    return SimpleUploadedFile("signed.pdf", saved(book(1)))


def enter(director, niss=NISS, **changes):
    return residents.enter(niss=niss, person={**PERSON, **changes}, actor=director, at=make.AT)


def said(error):
    return " ".join(error.value.messages)


# --- residents --------------------------------------------------------------------------------------------


def test_a_resident_is_entered_once_and_found_without_accents(director):
    person = enter(director)
    assert person.search_name == "elisee dupont zoe"
    assert enter(director, last_name="Autre").pk == person.pk
    assert models.Resident.objects.get().last_name == "Élisée-Dupont"
    entry = Entry.objects.get(action="resident_entered")
    assert NISS not in str(entry.changes)


def test_a_member_is_linked_and_keeps_the_name_of_the_register(director):
    member = MemberFactory(niss=NISS, niss_index=blind_index(NISS), birth_date=BORN, last_name="Vrai")
    person = enter(director, last_name="Faux")
    assert person.member == member
    assert person.last_name == "Vrai"
    residents.correct(
        resident=person, changes={"last_name": "Faux", "city": "Dinant"}, actor=director, at=make.AT
    )
    person.refresh_from_db()
    assert (person.last_name, person.city) == ("Vrai", "Dinant")


def test_whoever_became_a_member_later_is_linked_when_entered_again(director):
    person = enter(director)
    member = MemberFactory(niss=NISS, niss_index=blind_index(NISS), birth_date=BORN, last_name="Vrai")
    enter(director)
    person.refresh_from_db()
    assert person.member == member
    assert person.search_name.startswith("vrai")


@pytest.mark.parametrize(("niss", "field"), [("123", "niss"), ("85073003329", "niss"), ("", "niss")])
def test_a_wrong_number_is_refused_beside_it(director, niss, field):
    with pytest.raises(ValidationError) as error:
        enter(director, niss=niss)
    assert field in error.value.message_dict


def test_a_birth_date_that_is_not_that_of_the_number_is_refused(director):
    with pytest.raises(ValidationError, match="birth date"):
        enter(director, birth_date=date(1950, 1, 1))
    person = enter(director)
    with pytest.raises(ValidationError, match="birth date"):
        residents.correct(
            resident=person, changes={"birth_date": date(1950, 1, 1)}, actor=director, at=make.AT
        )


def test_a_contact_that_a_convention_names_stays_what_it_is(home, director):
    convention = make.draft(home, actor=director)
    contact = residents.add_contact(resident=convention.resident, values=CONTACT, actor=director, at=make.AT)
    conventions.change_draft(
        convention=convention, changes={"representative": contact}, actor=director, at=make.AT
    )
    with pytest.raises(ValidationError, match="names this person"):
        residents.remove_contact(contact=contact, actor=director, at=make.AT)
    with pytest.raises(ValidationError, match="names this person"):
        residents.change_contact(contact=contact, changes={"role": "family"}, actor=director, at=make.AT)
    residents.change_contact(contact=contact, changes={"city": "Dinant"}, actor=director, at=make.AT)
    free = residents.add_contact(
        resident=convention.resident, values={**CONTACT, "role": "family"}, actor=director, at=make.AT
    )
    residents.remove_contact(contact=free, actor=director, at=make.AT)
    assert list(convention.resident.contacts.all()) == [contact]


# --- drafts and offers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_offered", [False, True])
def test_there_is_one_unsigned_convention_for_a_resident(home, director, is_offered):
    convention = make.draft(home, actor=director)
    if is_offered:
        conventions.prepare(convention=convention, actor=director, at=make.AT)
    with pytest.raises(ValidationError, match="draft for this resident"):
        conventions.create_draft(home=home, resident=convention.resident, actor=director, at=make.AT)


def test_a_special_clause_that_weakens_a_rule_is_refused_and_the_others_stay(home, director):
    convention = make.draft(home, actor=director)
    conventions.set_clauses(
        convention=convention, texts=["Le chat est bienvenu."], actor=director, at=make.AT
    )
    with pytest.raises(ValidationError) as error:
        conventions.set_clauses(
            convention=convention, texts=["Le résident verse un acompte."], actor=director, at=make.AT
        )
    assert "art. 7" in said(error)
    assert [row.text for row in convention.clauses.all()] == ["Le chat est bienvenu."]


def test_a_clause_that_stood_there_before_is_looked_at_again_at_the_offer(home, director):
    models.HouseClause.objects.create(
        home=home, text="Le préavis du résident est d'un mois.", first_day=make.START
    )
    convention = make.draft(home, actor=director)
    with pytest.raises(ValidationError) as error:
        conventions.prepare(convention=convention, actor=director, at=make.AT)
    assert "art. 10" in said(error)


@pytest.mark.parametrize(
    ("changes", "article"),
    [
        ({"entry": None}, "art. 2"),
        ({"bed": None}, "art. 3"),
        ({"kind": "short", "respite": True}, "art. 2"),
        ({"kind": "short", "until": date(2026, 6, 1)}, "art. 2"),
    ],
)
def test_what_is_missing_is_said_with_its_article(home, director, changes, article):
    convention = make.draft(home, actor=director, entry=date(2026, 5, 20))
    conventions.change_draft(convention=convention, changes=changes, actor=director, at=make.AT)
    with pytest.raises(ValidationError) as error:
        conventions.prepare(convention=convention, actor=director, at=make.AT)
    assert article in said(error)


def test_a_stay_that_ends_before_it_begins_is_refused(home, director):
    with pytest.raises(ValidationError, match=r"art\. 2"):
        make.draft(home, actor=director, kind="short", until=date(2026, 1, 5), respite=True)


def test_a_title_without_short_stays_allows_none(director, home):
    home.allowed = ["rest_home"]
    home.save()
    convention = make.draft(
        home, actor=director, kind="short", until=date(2026, 3, 1), respite=True, entry=date(2026, 2, 1)
    )
    with pytest.raises(ValidationError, match="does not allow short stays"):
        conventions.prepare(convention=convention, actor=director, at=make.AT)


def test_a_full_room_is_refused_until_the_day_it_is_free(home, director):
    place = make.bed(home, "7")
    first = make.draft(
        home,
        actor=director,
        where=place,
        kind="short",
        until=date(2026, 6, 10),
        respite=True,
        entry=date(2026, 6, 1),
    )
    conventions.prepare(convention=first, actor=director, at=make.AT)
    second = make.draft(home, actor=director, where=place, entry=date(2026, 6, 10), offered=make.AT)
    with pytest.raises(ValidationError, match="10/06/2026"):
        conventions.prepare(convention=second, actor=director, at=make.AT)
    conventions.change_draft(
        convention=second, changes={"entry": date(2026, 6, 11)}, actor=director, at=make.AT
    )
    conventions.prepare(convention=second, actor=director, at=make.AT)


def test_a_discarded_convention_frees_its_bed_and_keeps_its_number(home, director):
    place = make.bed(home, "7")
    first = make.draft(home, actor=director, where=place)
    conventions.prepare(convention=first, actor=director, at=make.AT)
    conventions.discard(convention=first, because="ne vient pas", actor=director, at=make.AT)
    second = make.draft(home, actor=director, where=place)
    conventions.prepare(convention=second, actor=director, at=make.AT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.number, second.number) == (f"{home.code}-C-2026-000001", f"{home.code}-C-2026-000002")


def test_a_text_that_is_offered_again_keeps_the_number(home, director):
    convention = make.draft(home, actor=director)
    first = conventions.prepare(convention=convention, actor=director, at=make.AT)
    conventions.reopen(convention=convention, actor=director, at=make.AT)
    second = conventions.prepare(convention=convention, actor=director, at=make.AT)
    assert (first.turn, second.turn) == (1, 2)
    assert first.sha256 == second.sha256
    assert convention.number == f"{home.code}-C-2026-000001"


def test_another_convention_of_the_resident_runs_first_to_its_end(home, director):
    running = make.signed(home, actor=director)
    other_home = make.RestHomeFactory()
    other_director = make.director_of(other_home)
    there = make.draft(other_home, actor=other_director, resident=running.resident, entry=date(2026, 6, 1))
    with pytest.raises(ValidationError) as error:
        conventions.prepare(convention=there, actor=other_director, at=make.AT)
    assert "another home" in said(error)
    assert str(running) not in said(error)


def test_a_short_stay_may_be_followed_by_a_stay_for_good(home, director):
    short = make.signed(
        home,
        actor=director,
        kind="short",
        respite=True,
        entry=date(2026, 4, 1),
        until=date(2026, 5, 31),
    )
    long = make.draft(home, actor=director, resident=short.resident, entry=date(2026, 5, 31))
    with pytest.raises(ValidationError, match="still runs"):
        conventions.prepare(convention=long, actor=director, at=make.AT)
    conventions.change_draft(convention=long, changes={"entry": date(2026, 6, 1)}, actor=director, at=make.AT)
    conventions.prepare(convention=long, actor=director, at=make.AT)


def test_two_offers_of_one_resident_are_not_both_signed(home, director):
    here = make.draft(home, actor=director, entry=date(2026, 6, 1), offered=make.AT)
    other_home = make.RestHomeFactory()
    other_director = make.director_of(other_home)
    there = make.draft(
        other_home, actor=other_director, resident=here.resident, entry=date(2026, 6, 1), offered=make.AT
    )
    texts = [
        (conventions.prepare(convention=here, actor=director, at=make.AT), director),
        (conventions.prepare(convention=there, actor=other_director, at=make.AT), other_director),
    ]
    for edition, actor in texts:
        sign(edition, "resident", actor)
    sign(texts[0][0], "manager", director)
    with pytest.raises(ValidationError, match="another home"):
        sign(texts[1][0], "manager", other_director)
    there.refresh_from_db()
    assert there.status == "ready"


# --- remarks ----------------------------------------------------------------------------------------------


def reopened(home, director, article):
    convention = make.draft(home, actor=director, entry=date(2026, 6, 1), offered=make.AT)
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)
    member = UserFactory(roles=["member"])
    remark = conventions.comment(
        edition=edition, article=article, text="Et mon chat ?", actor=member, at=make.AT
    )
    convention.refresh_from_db()
    return convention, remark


def test_after_a_remark_the_answer_comes_before_the_offer(home, director):
    convention, remark = reopened(home, director, 12)
    with pytest.raises(ValidationError, match="without an answer"):
        conventions.prepare(convention=convention, actor=director, at=make.AT)
    conventions.answer(remark=remark, text="Bienvenu.", actor=director, at=make.AT)
    conventions.set_clauses(
        convention=convention, texts=["Le chat est bienvenu."], actor=director, at=make.AT
    )
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)
    convention.refresh_from_db()
    assert (edition.turn, convention.open_articles) == (2, [])


def test_after_a_remark_data_that_changed_elsewhere_stop_the_offer_until_all_is_opened(home, director):
    convention, remark = reopened(home, director, 12)
    conventions.answer(remark=remark, text="Bienvenu.", actor=director, at=make.AT)
    residents.correct(
        resident=convention.resident, changes={"street": "Rue Neuve 99"}, actor=director, at=make.AT
    )
    with pytest.raises(ValidationError, match="open all the articles"):
        conventions.prepare(convention=convention, actor=director, at=make.AT)
    with pytest.raises(ValidationError, match="Say why"):
        conventions.open_all(convention=convention, because=" ", actor=director, at=make.AT)
    conventions.open_all(convention=convention, because="adresse", actor=director, at=make.AT)
    assert conventions.prepare(convention=convention, actor=director, at=make.AT).turn == 2


def test_a_remark_on_the_room_lets_the_price_follow_the_room(home, director):
    convention, remark = reopened(home, director, 3)
    conventions.answer(remark=remark, text="Oui.", actor=director, at=make.AT)
    double = make.room_type(home, "Double", "41.85", 24)
    conventions.change_draft(
        convention=convention,
        changes={"bed": make.bed(home, "205", kind=double)},
        actor=director,
        at=make.AT,
    )
    assert conventions.prepare(convention=convention, actor=director, at=make.AT).turn == 2


# --- signatures -------------------------------------------------------------------------------------------


def sign(edition, side, actor, **changes):
    values = {"read": edition.sha256, "name": "Odile", "quality": "directrice", **changes}
    return signing.sign(edition=edition, side=side, **values, actor=actor, at=make.AT)


def test_on_screen_both_signatures_bring_a_page_that_says_so(home, director):
    convention = make.draft(home, actor=director)
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)
    sign(edition, "resident", director, name="Simone")
    assert not Document.objects.filter(key=signing.signatures_key(convention)).exists()
    sign(edition, "manager", director)
    page = Document.objects.get(key=signing.signatures_key(convention))
    assert [row["name"] for row in page.context["signatures"]] == ["Odile", "Simone"]


def test_a_copy_signed_on_paper_by_both_needs_no_page_of_signatures(home, director):
    convention = make.draft(home, actor=director)
    edition = conventions.prepare(convention=convention, actor=director, at=make.AT)
    signing.sign_on_paper(
        edition=edition,
        upload=make.upload(director),
        resident_name="Simone",
        manager_name="Odile",
        signed_on=make.TODAY,
        actor=director,
        at=make.AT,
    )
    convention.refresh_from_db()
    assert convention.status == "in_force"
    assert not Document.objects.filter(key=signing.signatures_key(convention)).exists()


def test_a_signed_convention_is_neither_changed_nor_discarded(home, director):
    convention = make.signed(home, actor=director)
    with pytest.raises(ValidationError):
        conventions.change_draft(
            convention=convention, changes={"entry": make.TODAY}, actor=director, at=make.AT
        )
    with pytest.raises(ValidationError):
        conventions.set_clauses(convention=convention, texts=[], actor=director, at=make.AT)
    assert convention.signed_on == date(2026, 1, 12)


def test_the_receipt_follows_the_signatures(home, director):
    convention = make.draft(home, actor=director)
    with pytest.raises(ValidationError, match="follows the signatures"):
        signing.record_receipt(
            convention=convention, received_on=make.TODAY, upload=None, actor=director, at=make.AT
        )
    convention = make.signed(home, actor=director)
    for wrong in (date(2026, 1, 11), make.TODAY + timedelta(days=1)):
        with pytest.raises(ValidationError, match="after the signature"):
            signing.record_receipt(
                convention=convention, received_on=wrong, upload=None, actor=director, at=make.AT
            )


# --- inventories ------------------------------------------------------------------------------------------


def begun(convention, director, kind="entry"):
    return inventories.begin_inspection(
        convention=convention, kind=kind, done_on=date(2026, 1, 10), actor=director, at=make.AT
    )


def test_an_inventory_begins_with_the_usual_elements_in_the_language_of_the_convention(home, director):
    convention = make.signed(home, actor=director)
    row = begun(convention, director)
    assert row.lines.count() == len(inventories.FIXTURES)
    with pytest.raises(ValidationError, match="exists already"):
        begun(convention, director)


def test_that_of_the_departure_begins_with_what_the_entry_said(home, director):
    convention = make.signed(home, actor=director)
    row = begun(convention, director)
    inventories.change_inspection(
        inspection=row,
        changes={"present": "Paul"},
        lines=[("Sol", "neuf"), ("", ""), ("Murs", "peints")],
        actor=director,
        at=make.AT,
    )
    departure = begun(convention, director, "exit")
    assert list(departure.lines.order_by("position").values_list("element", "state")) == [
        ("Sol", "neuf"),
        ("Murs", "peints"),
    ]


@pytest.mark.parametrize("lines", [[], [("", "")], [("Sol", "")], [("x" * 121, "bon")]])
def test_lines_that_say_nothing_are_refused(home, director, lines):
    row = begun(make.signed(home, actor=director), director)
    with pytest.raises(ValidationError):
        inventories.change_inspection(inspection=row, changes={}, lines=lines, actor=director, at=make.AT)
    assert row.lines.count() == len(inventories.FIXTURES)


def test_a_signed_inventory_stays_as_it_is(home, director):
    row = begun(make.signed(home, actor=director), director)
    for wrong in (date(2026, 1, 9), date(2026, 5, 5)):
        with pytest.raises(ValidationError, match="day it is done or later"):
            inventories.sign_inspection(
                inspection=row, signed_on=wrong, file=signed_file(), actor=director, at=make.AT
            )
    inventories.sign_inspection(
        inspection=row, signed_on=date(2026, 1, 12), file=signed_file(), actor=director, at=make.AT
    )
    for deed in (
        lambda: inventories.change_inspection(
            inspection=row, changes={}, lines=[("Sol", "autre")], actor=director, at=make.AT
        ),
        lambda: inventories.discard_inspection(inspection=row, actor=director, at=make.AT),
    ):
        with pytest.raises(ValidationError, match="stays as it is"):
            deed()


def test_furniture_is_not_taken_away_before_it_came(home, director):
    convention = make.signed(home, actor=director)
    row = inventories.add_furniture(
        convention=convention,
        values={"description": "Fauteuil", "quantity": 1, "state": "bon", "brought_on": date(2026, 2, 1)},
        actor=director,
        at=make.AT,
    )
    with pytest.raises(ValidationError, match="before it was brought"):
        inventories.change_furniture(
            furniture=row, changes={"removed_on": date(2026, 1, 31)}, actor=director, at=make.AT
        )
    inventories.change_furniture(
        furniture=row, changes={"removed_on": date(2026, 3, 1)}, actor=director, at=make.AT
    )
    row.refresh_from_db()
    assert row.removed_on == date(2026, 3, 1)


def test_a_clause_that_papers_cannot_show_is_refused_and_lines_are_kept_plain(home, director):
    convention = make.draft(home, actor=director)
    with pytest.raises(ValidationError, match="cannot show"):
        conventions.set_clauses(
            convention=convention, texts=["Le chat 🐈 est bienvenu."], actor=director, at=make.AT
        )
    conventions.set_clauses(
        convention=convention, texts=[" Le chat\r\nest bienvenu. "], actor=director, at=make.AT
    )
    assert convention.clauses.get().text == "Le chat\nest bienvenu."
