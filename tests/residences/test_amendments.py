"""Amendments: typed changes over the convention in force, signed by both sides, written from their first day on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now
from msgspec import structs

from partenamut.audit.models import Entry
from partenamut.casework.services import NoteMissing
from partenamut.workflow import TransitionRefused
from residences import models, tasks
from residences.facts import signed_terms
from residences.services import amendments, conventions
from residences.text import from_data
from tests.factories import residences as make
from tests.residences.amendment_world import JUNE, agreed, beds, days, new, offered, prices, sign

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def double(home):
    return make.room_type(home, "Double", "41.85", 24)


@pytest.fixture
def studio(home):
    return make.room_type(home, "Studio individuel", "84.28", 35)


@pytest.fixture
def convention(home, director):
    return make.signed(home, actor=director, where=make.bed(home, "101"), supplements=[])


@pytest.fixture
def short(home, director):
    return make.signed(
        home,
        actor=director,
        where=make.bed(home, "110"),
        entry=date(2026, 4, 20),
        kind="short",
        until=date(2026, 5, 20),
        respite=True,
    )


# --- a change of room -------------------------------------------------------------------------------------


def test_another_room_and_its_price_hold_from_the_first_day(home, director, convention, double):
    amendment = agreed(convention, director, "room", make.bed(home, "205", kind=double))
    assert amendment.status == "signed"
    assert amendment.signed_on == make.TODAY
    assert beds(convention) == [(convention.entry, JUNE - DAY, "101-A"), (JUNE, None, "205-A")]
    assert prices(convention) == [(convention.entry, JUNE - DAY, "48.92"), (JUNE, None, "41.85")]
    new_price = convention.agreed_prices.get(first_day=JUNE)
    assert (new_price.because, new_price.amendment, new_price.room_type) == ("amendment", amendment, double)


def test_the_text_says_what_held_and_what_will_hold(home, director, convention, double):
    edition = offered(
        convention, director, "room", make.bed(home, "205", kind=double), explanation="Vue jardin"
    )
    before, after = from_data(edition.content["before"]), from_data(edition.content)
    assert (before.terms.room, after.terms.room) == ("101", "205")
    assert (before.terms.daily_price, after.terms.daily_price) == (Decimal("48.92"), Decimal("41.85"))
    assert edition.content["changed"] == [3, 4]
    assert edition.content["explanation"] == "Vue jardin"
    same = structs.replace(
        after.terms,
        room="101",
        beds=before.terms.beds,
        room_type="Individuelle",
        daily_price=Decimal("48.92"),
    )
    assert same == before.terms


def test_a_room_of_the_same_type_leaves_the_price_alone(home, director, convention):
    models.RoomPrice.objects.filter(room_type__home=home).update(daily_price=Decimal("55.00"))
    edition = offered(convention, director, "room", make.bed(home, "102"))
    assert edition.content["changed"] == [3]
    for side in ("resident", "manager"):
        sign(edition, side, director)
    assert prices(convention) == [(convention.entry, None, "48.92")]
    assert beds(convention)[-1] == (JUNE, None, "102-A")


def test_the_rises_notified_for_later_days_are_those_of_the_new_room(home, director, convention, double):
    campaign = models.PriceCampaign.objects.create(
        home=home,
        status="notified",
        index_now=Decimal("126.00"),
        index_month=date(2026, 4, 1),
        index_source="Statbel",
        prepared_by=director,
    )
    july, own = date(2026, 7, 1), convention.agreed_prices.get()
    own.last_day = july - DAY
    own.save()
    models.AgreedPrice.objects.create(
        convention=convention,
        room_type=own.room_type,
        daily_price=Decimal("50.00"),
        because="rise",
        campaign=campaign,
        first_day=july,
    )
    old = double.prices.get()
    old.last_day = july - DAY
    old.save()
    models.RoomPrice.objects.create(
        room_type=double, daily_price=Decimal("42.90"), first_day=july, campaign=campaign
    )
    agreed(convention, director, "room", make.bed(home, "205", kind=double))
    assert prices(convention) == [
        (convention.entry, JUNE - DAY, "48.92"),
        (JUNE, july - DAY, "41.85"),
        (july, None, "42.90"),
    ]
    assert convention.agreed_prices.get(first_day=july).campaign == campaign


def test_a_rise_between_the_offer_and_the_signature_is_respected(home, director, convention, double):
    edition = offered(
        convention, director, "room", make.bed(home, "205", kind=double), first=date(2026, 7, 1)
    )
    row = double.prices.get()
    row.last_day = date(2026, 6, 14)
    row.save()
    models.RoomPrice.objects.create(
        room_type=double, daily_price=Decimal("43.10"), first_day=date(2026, 6, 15)
    )
    for side in ("resident", "manager"):
        sign(edition, side, director, make.at(date(2026, 6, 1)))
    assert prices(convention)[-1] == (date(2026, 7, 1), None, "43.10")


def test_a_room_from_the_day_of_entry_replaces_the_first(home, director, double):
    entry = date(2026, 6, 15)
    convention = make.signed(home, actor=director, where=make.bed(home, "101"), entry=entry)
    assert convention.status == "signed"
    agreed(convention, director, "room", make.bed(home, "205", kind=double), first=entry)
    assert beds(convention) == [(entry, None, "205-A")]
    assert prices(convention) == [(entry, None, "41.85")]


def test_a_bed_taken_by_another_resident_is_refused(home, director, convention):
    other = make.signed(home, actor=director, where=make.bed(home, "300"))
    with pytest.raises(ValidationError, match=r"art\. 3.*room is full"):
        new(convention, director, "room", other.bed)


def test_the_new_bed_is_kept_free_from_the_offer_on_and_freed_by_a_discard(home, director, convention):
    bed = make.bed(home, "102")
    edition = offered(convention, director, "room", bed)
    other = make.draft(home, actor=director, where=bed, entry=date(2026, 7, 1))
    with pytest.raises(ValidationError, match=r"art\. 3"):
        conventions.prepare(convention=other, actor=director, at=make.AT)
    assert beds(convention) == [(convention.entry, None, "101-A")]
    amendments.discard(amendment=edition.amendment, because="Elle ne veut plus.", actor=director, at=make.AT)
    conventions.prepare(convention=other, actor=director, at=make.AT)


def test_the_bed_the_resident_has_is_no_change(convention, director):
    with pytest.raises(ValidationError, match="another bed"):
        new(convention, director, "room", convention.bed)


def test_a_bed_of_another_home_is_refused(convention, director):
    with pytest.raises(ValidationError, match="bed of this home"):
        new(convention, director, "room", make.bed(make.RestHomeFactory(), "1"))


def test_a_room_type_without_a_price_is_refused(home, director, convention):
    kind = models.RoomType.objects.create(home=home, name="Suite", area_m2=50)
    with pytest.raises(ValidationError, match=r"no price.*art\. 4 §1"):
        new(convention, director, "room", make.bed(home, "900", kind=kind))


def test_a_change_of_room_follows_a_later_one_that_is_signed(home, director, convention):
    agreed(convention, director, "room", make.bed(home, "102"), first=JUNE)
    with pytest.raises(ValidationError, match="Amendment 1 is signed and changes the same from 01/06/2026"):
        amendments.create(
            convention=convention, kind="room_health", effective_on=JUNE - DAY, actor=director, at=make.AT
        )
    agreed(convention, director, "room", make.bed(home, "103"), first=JUNE)
    assert beds(convention) == [(convention.entry, JUNE - DAY, "101-A"), (JUNE, None, "103-A")]


# --- for reasons of health --------------------------------------------------------------------------------


def test_a_room_for_reasons_of_health_keeps_the_price(home, director, convention, studio):
    agreed(convention, director, "room_health", make.bed(home, "400", kind=studio))
    assert prices(convention) == [(convention.entry, None, "48.92")]
    kept = convention.kept_prices.get()
    assert (kept.because, kept.first_day, kept.room_type.name) == ("health", JUNE, "Individuelle")
    assert signed_terms(convention, JUNE).kept_because == "health"
    assert signed_terms(convention, JUNE - DAY).kept_because == ""


def test_a_cheaper_room_for_reasons_of_health_is_paid_at_its_own_price(home, director, convention, double):
    agreed(convention, director, "room_health", make.bed(home, "205", kind=double))
    assert prices(convention)[-1] == (JUNE, None, "41.85")
    assert not convention.kept_prices.exists()


def test_a_free_choice_of_another_type_ends_the_kept_price(home, director, convention, studio, double):
    agreed(convention, director, "room_health", make.bed(home, "400", kind=studio))
    agreed(convention, director, "room", make.bed(home, "205", kind=double), first=date(2026, 7, 1))
    assert days(convention.kept_prices, lambda row: row.because) == [(JUNE, date(2026, 6, 30), "health")]
    assert prices(convention)[-1] == (date(2026, 7, 1), None, "41.85")


def test_a_price_kept_because_of_works_goes_on_through_a_move_for_health(home, director, convention, studio):
    models.KeptPrice.objects.create(
        convention=convention, because="works", room_type=make.room_type(home), first_day=date(2026, 2, 1)
    )
    agreed(convention, director, "room_health", make.bed(home, "400", kind=studio))
    assert days(convention.kept_prices, lambda row: row.because) == [(date(2026, 2, 1), None, "works")]


def test_a_move_for_health_is_written_down_within_thirty_days(home, director, convention):
    first = make.TODAY - timedelta(days=30)
    agreed(convention, director, "room_health", make.bed(home, "102"), first=first)
    assert beds(convention)[-1] == (first, None, "102-A")
    with pytest.raises(ValidationError, match="within 30 days"):
        new(convention, director, "room_health", make.bed(home, "103"), first=first - DAY)


# --- days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (make.TODAY - DAY, "has passed"),
        (date(2062, 6, 1), "more than a year ahead"),
    ],
)
def test_a_first_day_out_of_reach_is_refused(convention, director, first, words):
    with pytest.raises(ValidationError, match=words) as caught:
        amendments.create(
            convention=convention, kind="clauses", effective_on=first, actor=director, at=make.AT
        )
    assert "effective_on" in caught.value.error_dict


def test_an_amendment_lies_within_the_stay(home, director, short):
    late = make.signed(home, actor=director, where=make.bed(home, "101"), entry=date(2026, 6, 15))
    with pytest.raises(ValidationError, match=r"enters on 15/06/2026.*art\. 2"):
        amendments.create(convention=late, kind="clauses", effective_on=JUNE, actor=director, at=make.AT)
    with pytest.raises(ValidationError, match=r"ends on 20/05/2026.*art\. 2"):
        amendments.create(convention=short, kind="clauses", effective_on=JUNE, actor=director, at=make.AT)


def test_an_ended_or_unsigned_convention_is_not_amended(home, director, convention):
    draft = make.draft(home, actor=director, where=make.bed(home, "500"))
    models.Convention.objects.filter(pk=convention.pk).update(status="ended", ended_on=make.TODAY)
    convention.refresh_from_db()
    for each in (draft, convention):
        with pytest.raises(ValidationError, match="still runs"):
            amendments.create(convention=each, kind="clauses", effective_on=JUNE, actor=director, at=make.AT)


def test_nobody_signs_after_the_first_day(home, director, convention):
    edition = offered(convention, director, "clauses", ["Le chat est bienvenu."], first=JUNE)
    sign(edition, "manager", director)
    with pytest.raises(ValidationError, match="was not signed by then"):
        sign(edition, "resident", director, make.at(JUNE + DAY))
    # Signed on paper in time, and brought to the portal later.
    sign(
        edition,
        "resident",
        director,
        make.at(JUNE + DAY),
        means="paper",
        upload=make.upload(director),
        signed_on=JUNE,
    )
    assert models.Amendment.objects.get().status == "signed"


# --- one at a time, both sides, the text that was read ----------------------------------------------------


def test_one_amendment_is_open_at_a_time_and_each_has_its_number(home, director, convention):
    first = new(convention, director, "clauses", ["Un chat."])
    with pytest.raises(ValidationError, match="Amendment 1 is open"):
        amendments.create(convention=convention, kind="room", effective_on=JUNE, actor=director, at=make.AT)
    with pytest.raises(NoteMissing):
        amendments.discard(amendment=first, because=" ", actor=director, at=make.AT)
    amendments.discard(amendment=first, because="Erreur", actor=director, at=make.AT)
    second = new(convention, director, "clauses", ["Un chien."])
    assert (first.turn, second.turn) == (1, 2)


def test_the_manager_alone_changes_nothing(home, director, convention):
    edition = offered(convention, director, "room", make.bed(home, "102"))
    sign(edition, "manager", director)
    with pytest.raises(ValidationError, match=r"both sides.*art\. 1 and 3"):
        amendments.take_effect(edition.amendment, actor=director, at=make.AT)
    assert models.Amendment.objects.get().status == "ready"
    assert beds(convention) == [(convention.entry, None, "101-A")]


def test_a_text_taken_back_is_signed_by_nobody(home, director, convention):
    edition = offered(convention, director, "room", make.bed(home, "102"))
    sign(edition, "manager", director)
    amendments.reopen(amendment=edition.amendment, actor=director, at=make.AT)
    with pytest.raises(ValidationError) as caught:
        sign(edition, "resident", director)
    assert caught.value.code == "changed"
    again = amendments.change(
        amendment=edition.amendment, value=make.bed(home, "103"), actor=director, at=make.AT
    )
    newer = amendments.prepare(amendment=again, actor=director, at=make.AT)
    with pytest.raises(ValidationError, match="has changed since you read it"):
        sign(edition, "resident", director)
    for side in ("resident", "manager"):
        sign(newer, side, director)
    assert beds(convention)[-1] == (JUNE, None, "103-A")


def test_an_offered_text_is_not_changed(home, director, convention):
    edition = offered(convention, director, "room", make.bed(home, "102"))
    with pytest.raises(ValidationError, match="take it back"):
        amendments.change(
            amendment=edition.amendment, value=make.bed(home, "103"), actor=director, at=make.AT
        )
    with pytest.raises(TransitionRefused):
        amendments.prepare(amendment=edition.amendment, actor=director, at=make.AT)


def test_an_amendment_that_changes_nothing_is_not_offered(convention, director):
    amendment = new(convention, director, "supplements", [])
    with pytest.raises(ValidationError, match="Nothing changes yet"):
        amendments.prepare(amendment=amendment, actor=director, at=make.AT)


def test_a_signed_amendment_is_not_moved_any_more(home, director, convention):
    amendment = agreed(convention, director, "clauses", ["Un chat."])
    for deed in (amendments.reopen, amendments.prepare):
        with pytest.raises(TransitionRefused):
            deed(amendment=amendment, actor=director, at=make.AT)
    with pytest.raises(TransitionRefused):
        amendments.discard(amendment=amendment, because="Non", actor=director, at=make.AT)


# --- remarks ----------------------------------------------------------------------------------------------


def test_a_remark_opens_the_amendment_and_waits_for_an_answer(home, director, convention):
    edition = offered(convention, director, "room", make.bed(home, "102"), explanation="Vue")
    member = make.UserFactory(roles=["member"])
    with pytest.raises(ValidationError, match="does not change this article"):
        conventions.comment(edition=edition, article=12, text="?", actor=member, at=make.AT)
    remark = conventions.comment(edition=edition, article=3, text="Plutôt la 103.", actor=member, at=make.AT)
    amendment = models.Amendment.objects.get()
    assert (amendment.status, amendment.open_articles) == ("draft", [3])
    with pytest.raises(ValidationError, match="opened only article 3"):
        amendments.change(
            amendment=amendment,
            value=make.bed(home, "103"),
            changes={"explanation": "Autre"},
            actor=director,
            at=make.AT,
        )
    amendments.change(amendment=amendment, value=make.bed(home, "104"), actor=director, at=make.AT)
    with pytest.raises(ValidationError, match="without an answer"):
        amendments.prepare(amendment=amendment, actor=director, at=make.AT)
    conventions.answer(remark=remark, text="La 104 est libre.", actor=director, at=make.AT)
    newer = amendments.prepare(amendment=amendment, actor=director, at=make.AT)
    assert newer.turn == 2
    assert models.Amendment.objects.get().open_articles == []
    assert Entry.objects.filter(action="remark_answered", subject_id=amendment.public_id).exists()


def test_the_manager_does_not_remark_in_the_resident_s_place(home, director, convention):
    edition = offered(convention, director, "room", make.bed(home, "102"))
    with pytest.raises(PermissionDenied):
        conventions.comment(edition=edition, article=3, text="Hm", actor=director, at=make.AT)


# --- the other kinds --------------------------------------------------------------------------------------


def test_supplements_are_added_and_taken_out_from_the_first_day(home, director, convention):
    lunch, wine = make.supplement(home, "Dîner"), make.supplement(home, "Vin", "4.00")
    agreed(convention, director, "supplements", [lunch, wine])
    agreed(convention, director, "supplements", [wine], first=date(2026, 7, 1))
    rows = days(convention.supplements, lambda row: row.supplement.label)
    assert sorted(rows, key=str) == sorted([(JUNE, date(2026, 6, 30), "Dîner"), (JUNE, None, "Vin")], key=str)


def test_a_supplement_of_another_home_or_without_a_price_is_refused(home, director, convention):
    foreign = make.supplement(make.RestHomeFactory())
    with pytest.raises(ValidationError, match="one of the list"):
        new(convention, director, "supplements", [foreign])
    amendment = models.Amendment.objects.get()
    bare = models.Supplement.objects.create(home=home, label="Pédicure")
    with pytest.raises(ValidationError, match=r"no price on that day.*art\. 4 §3"):
        amendments.change(amendment=amendment, value=[bare], actor=director, at=make.AT)


def test_a_representative_takes_over_on_the_first_day(director, convention):
    person = make.contact(convention.resident)
    amendment = agreed(convention, director, "representative", person)
    assert convention.representative is None
    assert amendment.applied_at is None
    assert amendments.apply_due(JUNE - DAY, at=make.AT) == 0
    assert amendments.apply_due(JUNE, at=make.at(JUNE)) == 1
    assert amendments.apply_due(JUNE, at=make.at(JUNE)) == 0
    convention.refresh_from_db()
    assert convention.representative == person


def test_the_task_of_the_night_writes_what_begins(director, convention):
    # Signed for tomorrow; the task runs on the day itself.
    agreed(convention, director, "clauses", ["Un chat."], first=localdate(), at=now())
    agreed(convention, director, "clauses", ["Un chien."], first=localdate() + DAY, at=now())
    models.Amendment.objects.filter(turn=2).update(effective_on=localdate())
    tasks.apply_amendments()
    assert [clause.text for clause in convention.clauses.all()] == ["Un chien."]


def test_a_representative_stands_above_the_articles(director, convention):
    edition = offered(convention, director, "representative", make.contact(convention.resident))
    assert edition.content["changed"] == [0]
    conventions.comment(
        edition=edition,
        article=0,
        text="Ma fille plutôt.",
        actor=make.UserFactory(roles=["member"]),
        at=make.AT,
    )


def test_a_contact_of_another_resident_is_refused(director, convention):
    with pytest.raises(ValidationError, match="one of the list"):
        new(convention, director, "representative", make.contact(make.ResidentFactory()))
    amendment = models.Amendment.objects.get()
    family = make.contact(convention.resident, role="family")
    with pytest.raises(ValidationError, match="Choose a representative"):
        amendments.change(amendment=amendment, value=family, actor=director, at=make.AT)


def test_guarantors_hold_at_once_where_the_amendment_begins_today(director, convention):
    person = make.contact(convention.resident, role="guarantor")
    amendment = agreed(convention, director, "guarantors", [person], first=make.TODAY)
    assert list(convention.guarantors.all()) == [person]
    assert amendment.applied_at == make.AT


def test_what_waits_is_part_of_the_text_of_later_amendments(director, convention):
    agreed(convention, director, "clauses", ["Un chat."], first=JUNE)
    edition = offered(convention, director, "clauses", ["Un chat.", "Un chien."], first=date(2026, 7, 1))
    assert edition.content["before"]["terms"]["clauses"] == ("Un chat.",)
    assert models.Amendment.objects.get(turn=2).sets == {"clauses": ["Un chat.", "Un chien."]}
    amendments.discard(amendment=edition.amendment, because="Non", actor=director, at=make.AT)
    draft = amendments.create(
        convention=convention, kind="clauses", effective_on=date(2026, 7, 1), actor=director, at=make.AT
    )
    assert draft.sets == {"clauses": ["Un chat."]}
    amendments.apply_due(JUNE, at=make.at(JUNE))
    assert [clause.text for clause in convention.clauses.all()] == ["Un chat."]


def test_a_clause_that_weakens_the_law_is_refused(director, convention):
    with pytest.raises(ValidationError, match=r"Clause 2: .*art\. "):
        new(
            convention,
            director,
            "clauses",
            ["Un chat.", "Le résident verse une garantie de 500 euros à l'entrée."],
        )


def test_a_short_stay_is_prolonged_in_the_same_bed(director, short):
    amendment = agreed(short, director, "prolongation", date(2026, 6, 20), first=None)
    assert amendment.effective_on == date(2026, 5, 21)
    assert short.until == date(2026, 6, 20)
    assert beds(short) == [(short.entry, date(2026, 6, 20), "110-A")]
    assert models.Occupancy.objects.count() == 1


def test_a_prolongation_needs_a_free_bed_and_a_later_day(home, director, short):
    with pytest.raises(ValidationError, match="a day after 20/05/2026"):
        new(short, director, "prolongation", date(2026, 5, 20), first=None)
    make.signed(home, actor=director, where=short.bed, entry=date(2026, 6, 1))
    with pytest.raises(ValidationError, match=r"Bed 110-A is given to.*art\. 3"):
        amendments.change(
            amendment=models.Amendment.objects.get(), value=date(2026, 6, 20), actor=director, at=make.AT
        )
    amendments.change(
        amendment=models.Amendment.objects.get(), value=date(2026, 5, 31), actor=director, at=make.AT
    )


def test_a_short_stay_is_prolonged_on_its_last_day_at_the_latest(director, short):
    last = make.at(short.until)
    edition = offered(short, director, "prolongation", date(2026, 6, 20), first=None, at=last)
    sign(edition, "manager", director, last)
    with pytest.raises(ValidationError, match="on its last day at the latest"):
        sign(edition, "resident", director, make.at(short.until + DAY))
    sign(edition, "resident", director, last)
    too_late = make.at(date(2026, 6, 21))
    with pytest.raises(ValidationError, match="on its last day at the latest"):
        amendments.create(
            convention=short, kind="prolongation", effective_on=None, actor=director, at=too_late
        )


def test_an_indefinite_stay_is_not_prolonged(director, convention):
    with pytest.raises(ValidationError, match=r"Only a short stay.*art\. 2"):
        amendments.create(
            convention=convention, kind="prolongation", effective_on=None, actor=director, at=make.AT
        )


def test_a_running_notice_stands_against_a_prolongation(director, short):
    models.Convention.objects.filter(pk=short.pk).update(status="notice_given")
    short.refresh_from_db()
    with pytest.raises(ValidationError, match="withdraw it first"):
        amendments.create(
            convention=short, kind="prolongation", effective_on=None, actor=director, at=make.AT
        )


# --- the trail --------------------------------------------------------------------------------------------


def test_the_trail_tells_what_was_set(home, director, convention):
    amendment = agreed(convention, director, "room", make.bed(home, "102"))
    actions = list(
        Entry.objects.filter(subject_id=amendment.public_id).order_by("pk").values_list("action", flat=True)
    )
    assert actions == [
        "amendment_drafted",
        "amendment_changed",
        "prepare",
        "text_signed",
        "text_signed",
        "sign",
    ]
    changed = Entry.objects.get(subject_id=amendment.public_id, action="amendment_changed")
    assert changed.changes["bed"] == [["101-A"], ["102-A"]]
    assert Entry.objects.filter(subject_id=convention.public_id, action="amendment_applied").exists()
