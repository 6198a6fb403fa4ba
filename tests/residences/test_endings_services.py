"""Notices, deaths and departures: every case of art. 10 with its days, and what stands against recording one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry as Trail
from residences.models import NoticeDecisionRecord, Occupancy, Termination
from residences.services import ended, endings
from residences.services.endings import Event
from residences.services.notices import end_of, kept, latest
from tests.factories import residences as make
from tests.factories.residences import at

pytestmark = [pytest.mark.django_db, pytest.mark.services]

MAY_4 = date(2026, 5, 4)  # a Monday
PRICE = Decimal("48.92")


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    """In force since 12 January: the trial lasted until 10 February."""
    return make.signed(home, actor=director)


@pytest.fixture
def told(director):
    """Records an event of a convention on a day, by default 4 May."""

    def tell(convention, day=MAY_4, *, as_void=False, **event):
        facts = {"cause": "none", "given_by": "resident", "sent_on": day, **event}
        row = endings.record_termination(
            convention=convention, event=Event(**facts), as_void=as_void, actor=director, at=at(day)
        )
        convention.refresh_from_db()
        return row

    return tell


def decision_of(row):
    return kept(latest(row)).decision


def refused(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value


REASONS = {"given_by": "manager", "reasons": "Dettes répétées."}


# --- valid notices: the days, reckoned by hand on a calendar --------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "event", "sent_on", "runs_from", "ends_on"),
    [
        # Monday 4 May; Tuesday and Wednesday are the two working days.
        (date(2026, 1, 12), {}, MAY_4, date(2026, 5, 7), date(2026, 5, 21)),
        (date(2026, 1, 12), {"channel": "acknowledged"}, MAY_4, date(2026, 5, 7), date(2026, 5, 21)),
        (date(2026, 1, 12), REASONS, MAY_4, date(2026, 5, 7), date(2026, 8, 6)),
        (date(2026, 1, 12), {**REASONS, "breach": True}, MAY_4, date(2026, 5, 7), date(2026, 6, 6)),
        # Thursday 30 April; 1 May is a holiday, then a weekend; Monday and Tuesday are worked.
        (date(2026, 1, 12), {}, date(2026, 4, 30), date(2026, 5, 6), date(2026, 5, 20)),
        # Wednesday 13 May before Ascension Day: Friday 15 and Monday 18 are worked.
        (date(2026, 1, 12), {}, date(2026, 5, 13), date(2026, 5, 19), date(2026, 6, 2)),
        # A month that has no 31st: from 28 November for three months is to 27 February.
        (date(2026, 1, 12), {"starts_on": date(2026, 6, 1)}, MAY_4, date(2026, 6, 1), date(2026, 6, 15)),
        # Day 30 of the trial of an entry on 5 April is 4 May; the day after it is over.
        (date(2026, 4, 5), {}, MAY_4, date(2026, 5, 7), date(2026, 5, 13)),
        (date(2026, 4, 5), REASONS, MAY_4, date(2026, 5, 7), date(2026, 5, 13)),
        (date(2026, 4, 4), {}, MAY_4, date(2026, 5, 7), date(2026, 5, 21)),
        (date(2026, 4, 4), REASONS, MAY_4, date(2026, 5, 7), date(2026, 8, 6)),
    ],
)
def test_a_valid_notice_runs_on_its_days(home, director, told, entry, event, sent_on, runs_from, ends_on):
    convention = make.signed(home, actor=director, entry=entry)
    row = told(convention, sent_on, **event)
    decision = decision_of(row)
    assert (decision.outcome, decision.runs_from, decision.ends_on) == ("valid", runs_from, ends_on)
    assert convention.status == "notice_given"
    assert convention.ended_on == ends_on
    assert convention.occupancies.get().last_day == ends_on


def test_a_short_stay_is_ended_with_seven_days_by_either_side(home, director, told):
    for given in ({}, REASONS):
        convention = make.signed(
            home, actor=director, entry=date(2026, 4, 1), kind="short", until=date(2026, 6, 30), respite=True
        )
        row = told(convention, **given)
        assert decision_of(row).ends_on == date(2026, 5, 13)
        assert convention.ended_on == date(2026, 5, 13)


def test_a_notice_that_names_too_early_a_day_runs_after_two_working_days(convention, told):
    row = told(convention, starts_on=date(2026, 5, 5))
    assert decision_of(row).runs_from == date(2026, 5, 7)


# --- void ones ------------------------------------------------------------------------------------------------


def test_a_notice_by_word_of_mouth_is_kept_as_void_and_ends_nothing(convention, told):
    row = told(convention, channel="oral")
    assert latest(row).outcome == "void"
    assert (convention.status, convention.ended_on) == ("in_force", None)
    assert convention.occupancies.get().last_day is None
    answer = latest(row).answer
    assert [reason["code"] for reason in answer["reasons"] if not reason["met"]][-1] == "notice.written"
    assert {one["value"] for one in answer["would_change"]} == {"registered", "acknowledged"}


def test_who_leaves_without_a_valid_notice_owes_fifteen_days(convention, told):
    row = told(convention, channel="oral", left_on=date(2026, 5, 10))
    assert decision_of(row).indemnity == Decimal("733.80")  # 15 x 48.92
    end = end_of(convention)
    assert (end.due_until, end.indemnity) == (date(2026, 5, 10), Decimal("733.80"))
    assert (convention.status, convention.ended_on) == ("in_force", date(2026, 5, 10))


def test_who_leaves_in_the_trial_without_a_valid_notice_owes_seven_days(home, director, told):
    convention = make.signed(home, actor=director, entry=date(2026, 4, 20))
    row = told(convention, channel="oral", left_on=MAY_4)
    assert decision_of(row).indemnity == Decimal("342.44")  # 7 x 48.92


def test_a_manager_s_notice_without_reasons_is_refused_with_its_article(convention, told):
    error = refused(lambda: told(convention, given_by="manager", reasons="   "))
    assert "art. 10" in error.message_dict["reasons"][0]
    assert not Termination.objects.exists()


def test_a_manager_who_insists_has_a_notice_that_counts_as_not_given(convention, told):
    row = told(convention, given_by="manager", as_void=True)
    assert latest(row).outcome == "void"
    assert (convention.status, convention.ended_on, row.letter) == ("in_force", None, None)
    # It does not stand in the way of one that gives its reasons.
    assert latest(told(convention, **REASONS)).outcome == "valid"


def test_the_same_void_notice_is_kept_once(convention, told):
    told(convention, channel="oral")
    assert "recorded already" in refused(lambda: told(convention, channel="oral")).messages[0]


# --- leaving --------------------------------------------------------------------------------------------------


def left(convention, director, day, at_day=date(2026, 6, 1), **kwargs):
    endings.record_departure(convention=convention, left_on=day, actor=director, at=at(at_day), **kwargs)
    convention.refresh_from_db()


def test_leaving_before_the_end_of_the_own_notice_owes_the_days_left_of_it(convention, director, told):
    row = told(convention)
    left(convention, director, date(2026, 5, 15))
    decision = decision_of(row)
    assert decision.indemnity == Decimal("293.52")  # 16 to 21 May: 6 x 48.92
    assert convention.ended_on == date(2026, 5, 15)
    assert convention.occupancies.get().last_day == date(2026, 5, 15)
    assert row.decisions.count() == 2


def test_leaving_on_the_last_day_or_after_it_owes_nothing_more(convention, director, told):
    row = told(convention)
    left(convention, director, date(2026, 5, 21))
    assert decision_of(row).indemnity == 0
    left(convention, director, date(2026, 5, 25))
    assert decision_of(row).indemnity == 0
    assert convention.ended_on == date(2026, 5, 21)
    # The bed is theirs while they are in it.
    assert convention.occupancies.get().last_day == date(2026, 5, 25)


def test_leaving_before_the_letter_owes_no_more_than_the_length_of_the_notice(convention, director, told):
    row = told(convention, left_on=date(2026, 4, 20))
    assert decision_of(row).indemnity == Decimal("733.80")
    assert convention.ended_on == date(2026, 4, 20)


def test_who_leaves_during_the_manager_s_notice_owes_none(convention, director, told):
    notice = told(convention, **REASONS)
    assert convention.ended_on == date(2026, 8, 6)
    left(convention, director, date(2026, 5, 30))
    departure = Termination.objects.exclude(pk=notice.pk).get()
    decision = decision_of(departure)
    assert (decision.outcome, decision.indemnity) == ("not_needed", 0)
    assert convention.ended_on == date(2026, 5, 30)
    assert convention.occupancies.get().last_day == date(2026, 5, 30)


def test_a_notice_of_the_resident_during_the_manager_s_needs_no_days(convention, director, told):
    told(convention, **REASONS)
    row = told(convention, date(2026, 5, 20), channel="oral")
    assert latest(row).outcome == "not_needed"
    assert convention.ended_on == date(2026, 8, 6)
    left(convention, director, date(2026, 6, 1))
    assert convention.ended_on == date(2026, 6, 1)


def test_the_two_working_days_before_the_manager_s_notice_runs_count_as_in_it(convention, director, told):
    told(convention, **REASONS)
    row = told(convention, date(2026, 5, 5), left_on=date(2026, 5, 6))
    assert latest(row).outcome == "not_needed"


def test_staying_to_the_end_of_the_manager_s_notice_ends_it_there(convention, director, told):
    told(convention, **REASONS)
    left(convention, director, date(2026, 8, 10), at_day=date(2026, 8, 12))
    assert Termination.objects.count() == 1
    assert convention.ended_on == date(2026, 8, 6)
    # Corrected: it was during the notice after all.
    left(convention, director, date(2026, 8, 1), at_day=date(2026, 8, 12))
    assert convention.ended_on == date(2026, 8, 1)


def test_who_gave_notice_and_then_leaves_during_the_manager_s_owes_none(convention, director, told):
    own = told(convention)
    told(convention, date(2026, 5, 5), **REASONS)
    assert convention.ended_on == date(2026, 5, 21)
    left(convention, director, date(2026, 5, 11))
    assert latest(own).outcome == "not_needed"
    assert end_of(convention).indemnity == 0
    assert convention.ended_on == date(2026, 5, 11)


def test_leaving_before_the_entry_is_refused(convention, told):
    error = refused(lambda: told(convention, left_on=date(2026, 1, 11)))
    assert "12/01/2026" in error.message_dict["left_on"][0]


def test_a_departure_without_any_notice_asks_for_its_record_first(convention, director):
    error = refused(lambda: left(convention, director, date(2026, 5, 10)))
    assert "word of mouth" in error.messages[0]


# --- death and medical departure --------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", ["death", "medical"])
def test_after_a_death_or_a_medical_departure_the_price_runs_until_the_room_is_cleared(
    convention, director, told, cause
):
    row = told(convention, date(2026, 5, 1), cause=cause)
    assert latest(row).outcome == "not_needed"
    assert (convention.status, convention.ended_on) == ("notice_given", None)
    assert end_of(convention).waits_for == "room_cleared_on"
    endings.record_departure(
        convention=convention, room_cleared_on=date(2026, 5, 9), actor=director, at=at(date(2026, 5, 11))
    )
    convention.refresh_from_db()
    assert convention.ended_on == date(2026, 5, 9)
    assert convention.occupancies.get().last_day == date(2026, 5, 9)
    assert [record.answer["price_due_until"] for record in row.decisions.order_by("pk")] == [
        None,
        "2026-05-09",
    ]


def test_a_death_during_a_notice_goes_before_it(convention, director, told):
    told(convention)
    assert convention.ended_on == date(2026, 5, 21)
    told(convention, date(2026, 5, 8), cause="death")
    assert convention.ended_on is None
    assert convention.occupancies.get().last_day is None


def test_a_room_is_not_cleared_before_the_death(convention, director, told):
    told(convention, date(2026, 5, 1), cause="death")
    for day, word in ((date(2026, 4, 30), "before the death"), (date(2026, 5, 20), "future")):
        error = refused(
            lambda day=day: endings.record_departure(
                convention=convention, room_cleared_on=day, actor=director, at=at(date(2026, 5, 11))
            )
        )
        assert word in error.message_dict["room_cleared_on"][0]


def test_after_a_death_nothing_else_is_recorded(convention, told):
    told(convention, cause="death")
    assert "until the room is cleared" in refused(lambda: told(convention)).messages[0]
    assert "until the room is cleared" in refused(lambda: told(convention, cause="death")).messages[0]


def test_a_death_before_the_entry_leaves_nothing_due(home, director, told):
    convention = make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(date(2026, 5, 1)))
    told(convention, cause="death")
    assert (convention.status, convention.ended_on) == ("notice_given", date(2026, 5, 31))
    ended.end(convention=convention, actor=director, at=at(MAY_4))
    convention.refresh_from_db()
    assert convention.status == "ended"
    assert not convention.occupancies.exists()


def test_a_death_in_a_short_stay_leaves_nothing_due_after_its_last_day(home, director, told):
    convention = make.signed(
        home, actor=director, entry=date(2026, 4, 20), kind="short", until=date(2026, 5, 6), respite=True
    )
    told(convention, date(2026, 5, 2), cause="death")
    assert end_of(convention).due_until == date(2026, 5, 6)
    endings.record_departure(
        convention=convention, room_cleared_on=date(2026, 5, 9), actor=director, at=at(date(2026, 5, 11))
    )
    convention.refresh_from_db()
    assert convention.ended_on == date(2026, 5, 6)


# --- what cannot be recorded ------------------------------------------------------------------------------------


def test_a_draft_is_not_ended(home, director, told):
    convention = make.draft(home, actor=director)
    assert "both sides signed" in refused(lambda: told(convention)).messages[0]


@pytest.mark.parametrize(
    ("event", "field", "word"),
    [
        ({"sent_on": date(2026, 1, 11)}, "sent_on", "signed on 12/01/2026"),
        ({"sent_on": date(2026, 5, 5)}, "sent_on", "future"),
        ({"sent_on": date(2026, 5, 5), "cause": "death"}, "sent_on", "future"),
        ({"sent_on": date(2026, 5, 12), **REASONS}, "sent_on", "days ahead"),
        ({"sent_on": MAY_4, "left_on": date(2027, 6, 1)}, "left_on", "more than a year"),
        (
            {"sent_on": MAY_4, "cause": "death", "room_cleared_on": date(2026, 5, 1)},
            "room_cleared_on",
            "before",
        ),
    ],
)
def test_days_that_cannot_be_are_refused(convention, told, event, field, word):
    error = refused(lambda: told(convention, **{"day": MAY_4, **event}))
    assert word in error.message_dict[field][0]


def test_a_first_day_that_lies_too_far_ahead_is_refused(convention, told):
    error = refused(lambda: told(convention, starts_on=date(2099, 12, 1)))
    assert "more than a year ahead" in error.message_dict["starts_on"][0]


def test_a_manager_s_letter_may_be_dated_when_it_is_posted(convention, told):
    row = told(convention, **{**REASONS, "sent_on": date(2026, 5, 7)})
    assert decision_of(row).runs_from == date(2026, 5, 12)
    assert row.letter.issued_on == date(2026, 5, 7)


def test_nothing_is_recorded_after_the_end(home, director, convention, told):
    told(convention)
    error = refused(lambda: told(convention, date(2026, 5, 22), cause="death"))
    assert "ends on 21/05/2026" in error.message_dict["sent_on"][0]
    left(convention, director, date(2026, 5, 21))
    ended.end(convention=convention, actor=director, at=at(date(2026, 5, 22)))
    convention.refresh_from_db()
    error = refused(lambda: told(convention, date(2026, 5, 23)))
    assert "ended on 21/05/2026" in error.messages[0]


def test_one_notice_of_each_side_at_a_time(convention, told):
    told(convention)
    assert "until 21/05/2026" in refused(lambda: told(convention, date(2026, 5, 5))).messages[0]
    told(convention, date(2026, 5, 5), **REASONS)
    assert convention.ended_on == date(2026, 5, 21)


def test_a_short_stay_needs_no_notice_that_would_end_after_it(home, director, told):
    convention = make.signed(
        home, actor=director, entry=date(2026, 4, 20), kind="short", until=date(2026, 5, 13), respite=True
    )
    error = refused(lambda: told(convention))
    assert "no notice is needed" in error.message_dict["sent_on"][0]
    assert "13/05/2026" in error.message_dict["sent_on"][0]


def test_leaving_a_short_stay_costs_no_more_than_staying(home, director, told):
    convention = make.signed(
        home, actor=director, entry=date(2026, 4, 1), kind="short", until=date(2026, 5, 20), respite=True
    )
    told(convention, channel="oral")
    left(convention, director, date(2026, 5, 18))
    assert end_of(convention).indemnity == Decimal("97.84")  # 19 and 20 May


# --- taking back ------------------------------------------------------------------------------------------------


def test_a_notice_taken_back_leaves_the_convention_as_it_was(convention, director, told):
    row = told(convention)
    endings.withdraw(termination=row, because="Accord des deux parties.", actor=director, at=at(MAY_4))
    convention.refresh_from_db()
    assert (convention.status, convention.ended_on) == ("in_force", None)
    assert convention.occupancies.get().last_day is None
    assert Trail.objects.filter(action="notice_withdrawn", note="Accord des deux parties.").count() == 1
    assert (
        "already"
        in refused(
            lambda: endings.withdraw(termination=row, because="x", actor=director, at=at(MAY_4))
        ).messages[0]
    )


def test_a_notice_before_the_entry_taken_back_leaves_it_signed(home, director, told):
    convention = make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(date(2026, 5, 1)))
    row = told(convention)
    assert (convention.status, convention.ended_on) == ("notice_given", date(2026, 5, 31))
    endings.withdraw(termination=row, because="Vient quand même.", actor=director, at=at(MAY_4))
    convention.refresh_from_db()
    assert (convention.status, convention.ended_on) == ("signed", None)


def test_taking_back_needs_a_reason(convention, director, told):
    row = told(convention)
    error = refused(lambda: endings.withdraw(termination=row, because=" ", actor=director, at=at(MAY_4)))
    assert "because" in error.message_dict


def test_a_manager_s_notice_during_which_somebody_left_is_not_taken_back(convention, director, told):
    notice = told(convention, **REASONS)
    left(convention, director, date(2026, 5, 30))
    error = refused(lambda: endings.withdraw(termination=notice, because="x", actor=director, at=at(MAY_4)))
    assert "take that departure" in error.messages[0]


def test_a_notice_is_not_taken_back_once_the_bed_is_promised(home, director, convention, told):
    row = told(convention)
    make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(MAY_4), where=convention.bed)
    error = refused(lambda: endings.withdraw(termination=row, because="x", actor=director, at=at(MAY_4)))
    assert "cannot go on as before. Bed" in error.messages[0]
    assert convention.occupancies.get().last_day == date(2026, 5, 21)


def test_a_notice_is_not_taken_back_once_the_resident_has_another_convention(
    home, director, convention, told
):
    row = told(convention)
    make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(MAY_4), resident=convention.resident)
    error = refused(lambda: endings.withdraw(termination=row, because="x", actor=director, at=at(MAY_4)))
    assert "cannot go on as before" in error.messages[0]
    convention.refresh_from_db()
    assert convention.status == "notice_given"


def test_a_death_is_recorded_though_the_bed_was_promised(home, director, convention, told):
    """A fact is a fact: the bed stays the next resident's from their day on, the price runs until the room is cleared."""
    told(convention)
    make.signed(home, actor=director, entry=date(2026, 6, 1), offered=at(MAY_4), where=convention.bed)
    told(convention, date(2026, 5, 8), cause="death")
    assert convention.ended_on is None
    assert convention.occupancies.get().last_day == date(2026, 5, 31)


def test_one_of_two_notices_taken_back_leaves_the_other(convention, director, told):
    own = told(convention)
    told(convention, date(2026, 5, 5), **REASONS)
    endings.withdraw(termination=own, because="Reste.", actor=director, at=at(date(2026, 5, 6)))
    convention.refresh_from_db()
    # Tuesday 5 May: Wednesday and Thursday are worked, from Friday 8 May three months.
    assert (convention.status, convention.ended_on) == ("notice_given", date(2026, 8, 7))


# --- records ----------------------------------------------------------------------------------------------------


def test_a_decision_keeps_its_facts_answer_and_release_and_is_never_changed(convention, told):
    row = told(convention)
    record = NoticeDecisionRecord.objects.get(termination=row)
    assert record.ruleset == "notice"
    assert record.facts["daily_price"] == "48.92"
    assert record.facts["entry"] == "2026-01-12"
    assert record.answer["ends_on"] == "2026-05-21"
    assert record.answer["days"] == 15
    assert record.release
    assert kept(record).decision.ends_on == date(2026, 5, 21)


def test_the_price_of_the_day_of_leaving_counts(home, director, convention, told):
    agreed = convention.agreed_prices.get()
    agreed.last_day = date(2026, 5, 9)
    agreed.save()
    convention.agreed_prices.create(
        room_type=agreed.room_type, daily_price=Decimal("50.00"), because="rise", first_day=date(2026, 5, 10)
    )
    row = told(convention)
    assert latest(row).facts["daily_price"] == "48.92"
    left(convention, director, date(2026, 5, 20))
    assert latest(row).facts["daily_price"] == "50.00"
    assert decision_of(row).indemnity == Decimal("50.00")


def test_the_bed_can_be_promised_from_the_day_after_the_notice(home, director, convention, told):
    told(convention)
    other = make.signed(
        home, actor=director, entry=date(2026, 5, 22), offered=at(MAY_4), where=convention.bed
    )
    assert Occupancy.objects.get(convention=other).first_day == date(2026, 5, 22)
