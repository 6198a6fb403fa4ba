"""Closing a month and issuing it: what is billed to whom, what is not, and what stands in the way."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.registry.models import Insurer
from partenamut.workflow import TransitionRefused
from protocol3.models import Closing, Note, NoteLine, Rate, Recap, Refusal, ShareStatus
from protocol3.readings import months as reading
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services import closing as closings
from protocol3.services import entry, issuing
from protocol3.workflow import ClosingStatus
from tests.factories import protocol3 as make
from tests.protocol3 import months_world as world
from tests.protocol3.months_world import AT, MAY

pytestmark = [pytest.mark.django_db, pytest.mark.services]

LATER = datetime(2023, 6, 20, 8, 0, tzinfo=UTC)


def test_a_month_is_billed_to_each_insurer_to_the_cent():
    project = world.month(codes=("100", "500"), people=2, services=2)
    closing = world.issued(project)
    assert closing.status == ClosingStatus.ISSUED
    assert closing.finished_at == AT
    recaps = list(Recap.objects.filter(project=project).order_by("number"))
    assert [recap.number for recap in recaps] == [
        f"{project.code}-R-2023-000001",
        f"{project.code}-R-2023-000002",
    ]
    assert [recap.insurer.code for recap in recaps] == ["100", "500"]
    for recap in recaps:
        # Two people, two sessions of two units: 27.41 a unit, and 108.99 of operating allowance beside each.
        assert recap.notes_count == 2
        assert recap.services_total == Decimal("219.28")
        assert recap.allowance_total == Decimal("871.92")
        assert recap.due_on == date(2023, 8, 15)
        assert recap.issued_on == date(2023, 6, 5)
        assert recap.said["signatory"] == "Anne Dupont"
    world.check_books(project)
    assert NoteLine.objects.count() == 16


def test_closing_twice_bills_nothing_twice():
    project = world.month()
    closing = world.issued(project)
    before = NoteLine.objects.count()
    assert closings.run(closing.pk, at=LATER)
    with pytest.raises(ValidationError, match=r"nothing to bill for 05/2023"):
        world.prepared(project)
    assert NoteLine.objects.count() == before


def test_a_month_that_is_not_over_is_not_closed():
    project = world.month()
    with pytest.raises(ValidationError, match=r"05/2023 is not over yet: it can be closed from 01/06/2023"):
        world.prepared(project, datetime(2023, 5, 31, 12, tzinfo=UTC))


def test_a_month_with_nothing_in_it_is_not_closed():
    with pytest.raises(ValidationError, match=r"nothing to bill for 05/2023"):
        world.prepared(world.project())


def test_amounts_that_are_missing_refuse_the_month():
    project = world.month()
    world.session(project.enrolments.first(), date(2024, 1, 9))
    with pytest.raises(ValidationError) as refused:
        world.prepared(project, datetime(2024, 2, 5, tzinfo=UTC), first=date(2024, 1, 1))
    (sentence,) = refused.value.messages
    assert "01/2024" in sentence
    assert "Case management, Operating allowance (art. 22)" in sentence
    assert "old amounts" in sentence
    assert not Closing.objects.exists()


def test_amounts_taken_away_after_the_check_stop_the_issue():
    project = world.month()
    closing, clerk = world.prepared(project), make.worker(project)
    Rate.objects.filter(rate_key="operating_allowance").delete()
    with pytest.raises(ValidationError, match="not known"):
        closings.issue(closing=closing, signatory="A", actor=clerk, at=AT)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.CHECKED


def test_what_is_not_billable_is_listed_with_its_rule_and_stays_open():
    project = world.month(codes=("500",), people=1)
    included = project.enrolments.get()
    refused = world.session(included, date(2023, 5, 20), units=5)
    closing = world.issued(project)
    row = Refusal.objects.get()
    assert (row.service, row.codes) == (refused, ["p3.units_per_day"])
    assert not NoteLine.objects.filter(service=refused).exists()
    assert closing.status == ClosingStatus.ISSUED


def test_a_month_in_which_nothing_is_billable_is_not_issued():
    project = world.project()
    included = world.person(project, world.insurer())
    world.session(included, units=7)
    closing = world.prepared(project)
    with pytest.raises(ValidationError, match="No service of 05/2023 is billable"):
        closings.issue(closing=closing, signatory="A", actor=make.worker(project), at=AT)


def test_each_day_goes_to_the_insurer_of_that_day():
    project = world.project()
    first, second = world.insurer("100"), world.insurer("500")
    included = world.person(project, first)
    included.beneficiary.affiliations.update(last_day=date(2023, 5, 15))
    make.AffiliationFactory(beneficiary=included.beneficiary, insurer=second, first_day=date(2023, 5, 16))
    for day in (15, 16, 17):
        world.session(included, date(2023, 5, day))
    world.issued(project)
    days = NoteLine.objects.filter(kind="service").values_list("note__recap__insurer__code", "date__day")
    assert sorted(days) == [("100", 15), ("500", 16), ("500", 17)]
    assert Note.objects.count() == 2
    world.check_books(project)


def test_a_new_registration_number_within_the_month_is_a_note_of_its_own():
    project, owed_by = world.project(), world.insurer()
    included = world.person(project, owed_by)
    included.beneficiary.affiliations.update(last_day=date(2023, 5, 15))
    make.AffiliationFactory(beneficiary=included.beneficiary, insurer=owed_by, first_day=date(2023, 5, 16))
    for day in (15, 16):
        world.session(included, date(2023, 5, day))
    world.issued(project)
    assert Recap.objects.get().notes_count == Note.objects.count() == 2


def test_a_day_without_an_insurer_is_not_billed_and_says_so():
    project = world.project()
    included = world.person(project, world.insurer())
    included.beneficiary.affiliations.update(last_day=date(2023, 5, 15))
    world.session(included, date(2023, 5, 8))
    late = world.session(included, date(2023, 5, 16))
    world.issued(project)
    assert Refusal.objects.get().service == late
    assert Refusal.objects.get().codes == ["p3.insurer"]


def test_an_insurer_without_an_address_blocks_only_itself():
    project = world.month(codes=("100", "500"))
    Insurer.objects.filter(code="100").update(address="")
    closing = world.prepared(project)
    # It is seen before anything is issued.
    assert closing.shares.get(insurer__code="100").problems[0][0] == "address"
    closings.issue(closing=closing, signatory="A", actor=make.worker(project), at=AT)
    closings.run(closing.pk, at=AT)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.PARTLY_ISSUED
    assert Recap.objects.get().insurer.code == "500"
    Insurer.objects.filter(code="100").update(address="Rue 1, 1000 Bruxelles")
    closings.resume(closing=closing, actor=make.worker(project), at=LATER)
    closings.run(closing.pk, at=LATER)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ISSUED
    assert Recap.objects.count() == 2
    world.check_books(project)


def test_a_record_that_cannot_be_billed_blocks_only_its_insurer():
    project = world.month(codes=("100", "500"))
    spoilt = project.enrolments.filter(beneficiary__affiliations__insurer__code="100").first()
    # The number was protected with a key that is gone.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE protocol3_beneficiary SET niss = %s WHERE id = %s",
            ["1:" + "00" * 40, spoilt.beneficiary_id],
        )
    closing = world.issued(project)
    assert closing.status == ClosingStatus.PARTLY_ISSUED
    assert closing.shares.get(insurer__code="100").problems == [["error", ""]]
    assert closing.shares.get(insurer__code="500").status == ShareStatus.ISSUED
    world.check_books(project)


def test_the_operating_allowance_ends_at_the_maximum_of_the_year():
    project = world.month(codes=("500",), people=1, services=2)
    project.years.update(allowance_maximum=Decimal("330.00"))
    closing = world.issued(project)
    # Three units of 108.99 fit; the fourth would pass the maximum.
    assert Recap.objects.get().allowance_total == Decimal("326.97")
    assert closing.units_without_allowance == 1


def test_night_visits_end_at_the_maximum_of_the_year():
    of = world.project(alternatives=["night_visit"])
    of.years.update(alternatives_maximum=Decimal("60.00"))
    included = make.eligible(families=[*make.BASE, "night_visit"], project=of)
    for day in (2, 4, 6, 8):
        make.ServiceFactory(
            enrolment=included,
            pseudocode="794850",
            units=1 if day == 8 else 2 - (day == 4),
            date=date(2023, 5, day),
            starts_at=None,
            ends_at=None,
        )
    closing = world.issued(of)
    billed = NoteLine.objects.order_by("date").values_list("date__day", "amount")
    assert list(billed) == [(2, Decimal("36.70")), (4, Decimal("18.35"))]
    refusals = list(closing.refusals.order_by("service__date"))
    assert [refusal.codes for refusal in refusals] == [["p3.alternatives_maximum"]] * 2
    (said,) = reading.sentences(refusals[0])
    assert "4.95" in said
    assert "36.70" in said
    assert "art. 2, 1 c" in reading.sources(refusals[0])[0]


def test_a_late_service_makes_a_correction_note_linked_to_the_first():
    project = world.month(codes=("500",), people=1)
    world.issued(project)
    first = Recap.objects.get()
    world.session(project.enrolments.get(), date(2023, 5, 30))
    closing = world.issued(project, LATER)
    assert closing.turn == 2
    second = Recap.objects.exclude(pk=first.pk).get()
    assert (second.kind, second.corrects) == ("correction", first)
    assert second.notes.get().corrects == first.notes.get()
    assert second.notes.get().reason == "late"
    assert second.notes.get().lines.filter(kind="service").count() == 1
    world.check_books(project)


@pytest.mark.parametrize(
    ("issued_on", "due"),
    [
        (date(2023, 6, 1), date(2023, 8, 15)),
        (date(2023, 6, 30), date(2023, 8, 15)),
        (date(2023, 7, 1), date(2023, 9, 15)),
        (date(2024, 1, 31), date(2024, 3, 15)),
    ],
)
def test_what_is_issued_late_has_as_long_as_what_is_issued_in_time(issued_on, due):
    assert issuing.due_on(MAY, issued_on) == due
    assert issuing.due_on(MAY) == date(2023, 8, 15)


def test_a_correction_issued_late_is_not_overdue_when_it_comes():
    project = world.month(codes=("500",), people=1)
    world.issued(project)
    world.session(project.enrolments.get(), date(2023, 5, 30))
    world.issued(project, datetime(2023, 11, 2, 8, 0, tzinfo=UTC))
    assert list(Recap.objects.order_by("pk").values_list("due_on", flat=True)) == [
        date(2023, 8, 15),
        date(2024, 1, 15),
    ]


def test_a_service_billed_to_an_insurer_that_is_issued_waits_for_the_next_closing():
    project = world.month(codes=("100", "500"), people=1)
    Insurer.objects.filter(code="100").update(address="")
    closing = world.issued(project)
    before = list(closing.shares.order_by("pk").values_list("notes", "services_total"))
    late = world.session(
        project.enrolments.get(beneficiary__affiliations__insurer__code="500"), date(2023, 5, 30)
    )
    Insurer.objects.filter(code="100").update(address="Rue 1, 1000 Bruxelles")
    closings.resume(closing=closing, actor=make.worker(project), at=LATER)
    closings.run(closing.pk, at=LATER)
    assert list(closing.shares.order_by("pk").values_list("notes", "services_total")) == before
    assert not NoteLine.objects.filter(service=late).exists()
    assert closings.months_ready(project, date(2023, 6, 20)) == [MAY]
    world.issued(project, LATER)
    assert NoteLine.objects.filter(service=late).exists()
    world.check_books(project)


def test_a_service_is_not_entered_while_its_month_is_issued():
    project = world.month()
    manager = make.case_manager(project)
    world.handed_over(project)
    with pytest.raises(ValidationError, match="05/2023 are being issued"):
        entry.enter(
            enrolment=project.enrolments.first(),
            practitioner=manager,
            date=date(2023, 5, 30),
            pseudocode=world.SESSION,
            units=2,
            place="home",
            actor=make.worker(project),
            at=AT,
        )


def test_what_was_certified_is_what_is_issued():
    project = world.month(codes=("500",), people=1)
    closing, clerk = world.prepared(project), make.worker(project)
    seen = closings.total_of(closing)
    world.session(project.enrolments.get(), date(2023, 5, 30))
    with pytest.raises(ValidationError, match="another total now"):
        closings.issue(closing=closing, signatory="A", seen=seen, actor=clerk, at=AT)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.CHECKED


def test_nobody_certifies_without_a_name():
    project = world.month()
    with pytest.raises(ValidationError, match="name of the person who certifies"):
        closings.issue(closing=world.prepared(project), signatory=" ", actor=make.worker(project), at=AT)


def test_a_practitioner_does_not_issue():
    project = world.month()
    closing, nurse = world.prepared(project), make.worker(project, Role.PRACTITIONER)
    with pytest.raises(PermissionDenied):
        closings.issue(closing=closing, signatory="A", actor=nurse, at=AT)


def test_an_interrupted_closing_issues_nothing_until_it_is_resumed():
    project = world.month()
    clerk = make.worker(project)
    closing = world.handed_over(project, by=clerk)
    closings.interrupt(closing=closing, actor=clerk, at=AT)
    closings.run(closing.pk, at=AT)
    assert not Recap.objects.exists()
    closings.resume(closing=closing, actor=clerk, at=LATER)
    closings.run(closing.pk, at=LATER)
    assert Recap.objects.count() == 2
    world.check_books(project)


def test_a_plan_made_before_an_interruption_is_not_carried_out_after_it():
    """A service is withdrawn while the closing rests: the worker that began before must not bill it."""
    project = world.month(codes=("500",), people=1)
    clerk = make.worker(project)
    closing = world.handed_over(project, by=clerk)
    plan = closings._check(closing).by_insurer()
    share = closing.shares.get()
    closings.interrupt(closing=closing, actor=clerk, at=AT)
    entry.withdraw(service=project.enrolments.get().services.first(), because="Wrong", actor=clerk, at=AT)
    again = closings.resume(closing=closing, actor=clerk, at=LATER)
    closing.started_at = AT
    with pytest.raises(issuing.Interrupted):
        issuing.issue_share(closing, share, plan[share.insurer_id], at=LATER)
    closings.run(again.pk, at=LATER)
    assert NoteLine.objects.filter(kind="service").count() == 1


def test_a_plan_is_made_anew_where_another_project_billed_the_same_person():
    """The initial module is billed once, over all projects."""
    module = next(code for code, kind in PSEUDOCODES.items() if kind.modality == "module")
    one, other = world.project(), world.project()
    included = world.person(one, world.insurer())
    also = make.eligible(project=other, beneficiary=included.beneficiary)
    world.session(included, date(2023, 5, 8), pseudocode=module, units=1, place="")
    mine = world.handed_over(one)
    plan = closings._check(mine).by_insurer()
    world.session(also, date(2023, 5, 3), pseudocode=module, units=1, place="")
    world.issued(other)
    share = mine.shares.get()
    with pytest.raises(issuing.Moved):
        issuing.issue_share(mine, share, plan[share.insurer_id], at=AT)
    closings.run(mine.pk, at=AT)
    assert NoteLine.objects.get(kind="service").note.recap.project == other
    assert Refusal.objects.get(closing=mine).codes == ["p3.initial_once"]


def test_months_ready_are_those_that_nobody_looked_at():
    project = world.month()
    today = date(2023, 6, 5)
    assert closings.months_ready(project, date(2023, 5, 31)) == []
    assert closings.months_ready(project, today) == [MAY]
    world.prepared(project)
    assert closings.months_ready(project, today) == []


def test_a_closing_is_given_up_and_the_month_closed_again():
    project = world.month()
    clerk, closing = make.worker(project), world.prepared(project)
    closings.discard(closing=closing, actor=clerk, at=AT)
    assert closings.months_ready(project, date(2023, 6, 5)) == [MAY]
    assert world.prepared(project).turn == 2
    with pytest.raises(TransitionRefused):
        closings.discard(closing=closing, actor=clerk, at=AT)


def test_the_schedule_prepares_and_issues_nothing():
    project, idle = world.month(), world.project()
    without_amounts = world.month(codes=("300",))
    done = closings.prepare_month(MAY, at=AT)
    assert {closing.project for closing in done} == {project, without_amounts}
    assert {closing.status for closing in done} == {ClosingStatus.CHECKED}
    assert closings.prepare_month(MAY, at=AT) == done
    assert not idle.closings.exists()
    assert not Recap.objects.exists()


def test_the_trail_says_who_issued_what():
    project = world.month(codes=("500",))
    clerk = make.worker(project)
    closing = world.issued(project, by=clerk)
    deeds = Entry.objects.filter(subject_id=closing.public_id).order_by("pk")
    assert [deed.action for deed in deeds] == ["closing_prepared", "issue", "finish"]
    assert Entry.objects.get(action="issue").actor == clerk
    assert Entry.objects.get(action="recap_issued").actor == clerk


def test_what_was_billed_and_is_not_billable_any_more_is_found():
    project = world.month(codes=("500",), people=1, services=1)
    included = project.enrolments.get()
    world.issued(project)
    make.models.Stay.objects.create(
        beneficiary=included.beneficiary,
        kind="hospital",
        arrival=date(2023, 5, 1),
        departure=date(2023, 5, 9),
    )
    world.session(included, date(2023, 5, 30))
    closing = world.prepared(project, LATER)
    assert closing.excess == [included.services.order_by("date").first().pk]


def test_a_fixed_number_of_queries_for_any_number_of_people():
    project = world.month(codes=("500",), people=1)
    closing = world.handed_over(project)
    with CaptureQueriesContext(connection) as few:
        closings.run(closing.pk, at=AT)
    bigger = world.month(codes=("500",), people=12)
    closing = world.handed_over(bigger)
    with CaptureQueriesContext(connection) as many:
        closings.run(closing.pk, at=AT)
    assert len(many) == len(few)
