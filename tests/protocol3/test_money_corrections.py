"""Lines taken back: by an insurer's rejection, as a mistake, or paid back to INAMI; what was issued never changes."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partenamut.audit.models import Entry
from partenamut.casework.models import NumberSeries
from partenamut.money import total
from protocol3.facts import allowance_billed
from protocol3.models import (
    CorrectionReason,
    LineKind,
    Note,
    NoteLine,
    Recap,
    RecapKind,
)
from protocol3.services import corrections
from protocol3.services.payments import RecapState, with_balance
from tests.protocol3.money_world import ALLOWANCES, LATER, MARCH, VISIT, WHOLE, issued_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return issued_world()


def take(world, picked, recap=None, **changes):
    given = {
        "recap": recap or world.recap,
        "services": [service.public_id for service in picked],
        "reason": CorrectionReason.REJECTION,
        "explanation": "Not insured on this day.",
        "signatory": "Anne Dupont",
        "actor": world.actor,
        "at": LATER,
    }
    return corrections.take_back(**given | changes)


def as_stored(recap):
    """All that a note says, as it lies in the database."""
    rows = Recap.objects.filter(pk=recap.pk).values()
    lines = NoteLine.objects.filter(note__recap=recap).order_by("pk").values()
    # The national numbers are read, not compared as they are kept: each reading deciphers them.
    return list(rows), list(Note.objects.filter(recap=recap).order_by("pk").values()), list(lines)


def test_a_rejected_service_makes_a_correction_note_linked_to_the_original(world):
    before = as_stored(world.recap)
    made = take(world, world.services[:1])
    assert as_stored(world.recap) == before
    assert (made.kind, made.corrects, made.insurer) == (RecapKind.CORRECTION, world.recap, world.own)
    assert (made.total, made.services_total, made.allowance_total) == (-WHOLE, -VISIT, -ALLOWANCES)
    assert (made.month, made.due_on, made.share, made.notes_count) == (MARCH, None, None, 1)
    note = made.notes.get()
    original = world.recap.notes.get(last_name="Adam")
    assert (note.corrects, note.reason, note.explanation) == (
        original,
        CorrectionReason.REJECTION,
        "Not insured on this day.",
    )
    assert (note.full_name, note.niss, note.registration_number) == (
        original.full_name,
        original.niss,
        original.registration_number,
    )
    assert note.total == -WHOLE


def test_the_service_line_and_its_allowance_go_together_and_credit_the_originals(world):
    made = take(world, world.services[:1])
    lines = list(NoteLine.objects.filter(note__recap=made).order_by("position"))
    assert [(line.kind, line.units, line.unit_amount, line.amount) for line in lines] == [
        (LineKind.SERVICE, -2, Decimal("27.41"), -VISIT),
        (LineKind.ALLOWANCE, -2, Decimal("108.99"), -ALLOWANCES),
    ]
    for line in lines:
        assert line.credits.amount == -line.amount
        assert line.credits.note.recap == world.recap
        assert line.credits.service == line.service == world.services[0]


def test_several_people_have_a_note_each_and_the_sums_fit(world):
    made = take(world, world.services[:3])
    assert made.notes_count == made.notes.count() == 2
    assert made.total == total(made.notes.values_list("total", flat=True)) == -3 * WHOLE
    assert made.total == total(NoteLine.objects.filter(note__recap=made).values_list("amount", flat=True))


def test_the_numbers_follow_those_of_the_year_without_a_gap(world):
    made = take(world, world.services[:3])
    code = world.project.code
    assert [note.number for note in made.notes.order_by("number")] == [
        f"{code}-2023-000004",
        f"{code}-2023-000005",
    ]
    assert made.number == f"{code}-R-2023-000003"
    assert len(set(Recap.objects.values_list("communication", flat=True))) == 3


def test_a_refused_correction_takes_no_number(world):
    take(world, world.services[:1])
    before = dict(NumberSeries.objects.values_list("series", "last"))
    with pytest.raises(ValidationError):
        take(world, world.services[:2])
    assert dict(NumberSeries.objects.values_list("series", "last")) == before
    assert Recap.objects.filter(kind=RecapKind.CORRECTION).count() == 1


def test_a_line_is_taken_back_once_and_the_sentence_names_the_note(world):
    first = take(world, world.services[:1])
    with pytest.raises(ValidationError, match=first.notes.get().number):
        take(world, world.services[:1])


def test_the_database_refuses_a_second_credit_of_a_line(world):
    made = take(world, world.services[:1])
    line = NoteLine.objects.filter(note__recap=made).first()
    note = made.notes.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        NoteLine.objects.create(
            note=note,
            position=9,
            kind=line.kind,
            service=line.service,
            credits=line.credits,
            date=line.date,
            pseudocode=line.pseudocode,
            rate_key=line.rate_key,
            units=line.units,
            unit_amount=line.unit_amount,
            amount=line.amount,
        )


def test_the_balance_of_the_original_falls_by_what_was_taken_off(world):
    made = take(world, world.services[:1])
    rows = {row.pk: row for row in with_balance(Recap.objects.all(), LATER.date())}
    assert rows[world.recap.pk].balance == 2 * WHOLE
    assert rows[world.recap.pk].credited == -WHOLE
    assert (rows[made.pk].state, rows[made.pk].balance) == (RecapState.TO_TAKE_OFF, Decimal("0.00"))


def test_the_allowance_taken_back_is_there_again_for_the_year(world):
    before = allowance_billed(world.project, 2023)
    take(world, world.services[:1])
    assert allowance_billed(world.project, 2023) == before - ALLOWANCES


def test_a_service_without_allowance_is_taken_back_alone():
    world = issued_world()
    world.project.years.update(allowance_maximum=world.project.years.get().allowance_maximum * 0)
    visit = world.visit(world.enrolments[0], date(2023, 4, 3))
    world.close(date(2023, 4, 1), LATER)
    april = Recap.objects.get(project=world.project, month=date(2023, 4, 1))
    made = take(world, [visit], recap=april)
    assert (made.total, made.allowance_total) == (-VISIT, Decimal("0.00"))
    assert NoteLine.objects.filter(note__recap=made).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"services": []}, "Tick the lines"),
        ({"explanation": "  "}, "Write why"),
        ({"reason": CorrectionReason.LATE}, "Choose whether"),
        ({"reason": "nonsense"}, "Choose whether"),
    ],
)
def test_what_is_missing_is_said(world, changes, words):
    with pytest.raises(ValidationError, match=words):
        take(world, world.services[:1], **changes)
    assert not Recap.objects.filter(kind=RecapKind.CORRECTION).exists()


def test_a_service_of_another_note_is_not_taken_back_here(world):
    with pytest.raises(ValidationError, match="do not stand on this note"):
        take(world, [world.services[0], world.services[3]])


def test_a_correction_is_not_corrected_itself(world):
    made = take(world, world.services[:1])
    with pytest.raises(ValidationError, match="itself takes amounts back"):
        take(world, world.services[1:2], recap=made)


def test_a_late_service_makes_a_note_that_can_be_corrected_too(world):
    late = world.visit(world.enrolments[0], date(2023, 3, 20))
    world.close(at=LATER)
    recap = Recap.objects.get(kind=RecapKind.CORRECTION)
    assert recap.share is not None
    made = take(world, [late], recap=recap)
    assert (made.corrects, made.total) == (recap, -WHOLE)


def test_a_rejected_service_can_be_entered_and_billed_anew(world):
    take(world, world.services[:1])
    again = world.visit(world.enrolments[0], date(2023, 3, 6))
    world.close(at=LATER)
    assert NoteLine.objects.get(service=again, kind=LineKind.SERVICE).amount == VISIT


def test_who_took_back_what_stands_in_the_trail(world):
    made = take(world, world.services[:1])
    entries = Entry.objects.filter(action="correction_issued")
    assert {entry.subject_id for entry in entries} == {made.public_id, world.recap.public_id}
    assert {entry.actor for entry in entries} == {world.actor}


# --- paid back to INAMI -----------------------------------------------------------------------------------


def beyond(world):
    """The death of the first person becomes known: the visit of 8 March lies after period 1."""
    person = world.enrolments[0].beneficiary
    person.died_on = date(2023, 3, 7)
    person.save(update_fields=["died_on"])


def test_nothing_is_in_excess_of_a_month_that_stands(world):
    assert corrections.excess_of(world.project) == []


def test_the_excess_names_the_rule(world):
    beyond(world)
    found = corrections.excess_of(world.project)
    assert [one.billed.line.service for one in found] == [world.services[1]]
    assert [reason.code for reason in found[0].reasons] == ["p3.period"]
    assert found[0].billed.amount == WHOLE


def test_the_excess_is_paid_back_to_inami_and_not_to_the_insurer(world):
    beyond(world)
    (made,) = corrections.pay_back(
        project=world.project,
        services=[world.services[1].public_id],
        signatory="",
        actor=world.actor,
        at=LATER,
    )
    assert (made.kind, made.insurer, made.corrects) == (RecapKind.REPAYMENT, None, world.recap)
    assert made.said["insurer"]["name"] == "INAMI"
    assert made.said["signatory"] == world.project.signatory
    assert made.total == -WHOLE
    note = made.notes.get()
    assert note.reason == CorrectionReason.EXCESS
    assert "art. 11" in note.explanation.lower() or "11" in note.explanation
    rows = {row.pk: row for row in with_balance(Recap.objects.all(), LATER.date())}
    assert rows[world.recap.pk].balance == 3 * WHOLE
    assert (rows[made.pk].state, rows[made.pk].balance) == (RecapState.TO_PAY_BACK, -WHOLE)


def test_what_was_paid_back_is_no_excess_any_more(world):
    beyond(world)
    corrections.pay_back(
        project=world.project,
        services=[world.services[1].public_id],
        signatory="",
        actor=world.actor,
        at=LATER,
    )
    assert corrections.excess_of(world.project) == []


def test_a_service_that_is_billable_is_not_paid_back(world):
    beyond(world)
    with pytest.raises(ValidationError, match="billable again"):
        corrections.pay_back(
            project=world.project,
            services=[world.services[0].public_id],
            signatory="",
            actor=world.actor,
            at=LATER,
        )


def test_excess_of_two_insurers_makes_a_note_for_each_original(world):
    for enrolment in world.enrolments:
        enrolment.beneficiary.died_on = date(2023, 3, 1)
        enrolment.beneficiary.save(update_fields=["died_on"])
    made = corrections.pay_back(
        project=world.project,
        services=[service.public_id for service in world.services],
        signatory="",
        actor=world.actor,
        at=LATER,
    )
    assert {note.corrects for note in made} == {world.invoice(world.own), world.invoice(world.other)}
    assert total(note.total for note in made) == -4 * WHOLE
