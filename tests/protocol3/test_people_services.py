"""What is decided about beneficiaries, and what is kept: asked of the database."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from partenamut.audit.models import Entry
from protocol3.models import EligibilityRecord, Enrolment, Note, NoteLine, Recap, SecondSeries
from protocol3.readings.people import beneficiaries_of, state_of
from protocol3.readings.people_history import history
from protocol3.services import (
    eligibility,
    people,
    people_findings,
    people_insurers,
    people_series,
    people_stays,
)
from tests.factories import numbers
from tests.factories import protocol3 as make
from tests.factories.registry import InsurerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

START = date(2023, 2, 1)


@pytest.fixture
def actor() -> Any:
    return make.worker(make.ProjectFactory())


@pytest.fixture
def included() -> Enrolment:
    row: Enrolment = make.EnrolmentFactory()
    return row


def under_60(**kwargs: Any) -> Any:
    return make.BeneficiaryFactory(birth_date=date(1970, 1, 1), **kwargs)


def sentence(error: ValidationError) -> str:
    """What a refusal says, in English."""
    with override("en"):
        return " ".join(error.messages)


# --- the facts


def test_the_latest_day_of_scores_counts_and_two_instruments_of_it_complete_each_other(
    included: Enrolment,
) -> None:
    person = included.beneficiary
    nothing = dict.fromkeys(("aivq", "avq", "cps", "cps2", "psychic", "behaviour"))
    make.AssessmentFactory(beneficiary=person, assessed_on=date(2022, 12, 1), aivq=30)
    make.AssessmentFactory(beneficiary=person, **nothing | {"aivq": 2, "cps": 4})
    make.AssessmentFactory(beneficiary=person, **nothing | {"aivq": 5, "behaviour": [0, 0, 0, 0, 2]})
    make.AssessmentFactory(beneficiary=person, assessed_on=START + timedelta(days=1), aivq=40)
    scores = eligibility.scores_of(person, on=START)
    assert (scores.aivq, scores.cps, scores.behaviour, scores.avq) == (5, 4, (0, 0, 0, 0, 2), None)
    assert eligibility.scores_of(person, on=date(2022, 1, 1)).aivq is None


@pytest.mark.parametrize(("fell_on", "counts"), [(date(2023, 1, 2), True), (date(2023, 1, 1), False)])
def test_a_fall_counts_for_thirty_days_even_without_an_end(
    included: Enrolment, fell_on: date, counts: bool
) -> None:
    make.FindingFactory(beneficiary=included.beneficiary, kind="fall", first_day=fell_on)
    assert eligibility.facts_of(included, period_start=START).fall_last_30_days is counts


def test_a_finding_counts_while_it_holds(included: Enrolment) -> None:
    person = included.beneficiary
    make.FindingFactory(beneficiary=person, kind="dementia", last_day=date(2023, 1, 31))
    make.FindingFactory(beneficiary=person, kind="refuses_care", first_day=date(2023, 2, 2))
    make.FindingFactory(beneficiary=person, kind="dementia_assessment_accredited")
    facts = eligibility.facts_of(included, period_start=START)
    assert not facts.dementia_diagnosis
    assert not facts.refuses_care
    assert facts.dementia_assessment_code == "102992"


def test_services_not_offered_in_2022_are_not_looked_at(included: Enrolment) -> None:
    make.AssessmentFactory(beneficiary=included.beneficiary)
    assert "night_visit" not in eligibility.preview(included, period_start=START).decision.families
    included.project.alternatives = ["night_visit"]
    assert "night_visit" in eligibility.preview(included, period_start=START).decision.families


def test_people_under_60_are_fifteen_percent_at_most_and_the_figures_are_shown(actor: Any) -> None:
    project = make.ProjectFactory()
    young = make.EnrolmentFactory(project=project, beneficiary=under_60())
    make.AssessmentFactory(beneficiary=young.beneficiary)
    make.FindingFactory(beneficiary=young.beneficiary, kind="degenerative")
    for _each in range(5):
        make.eligible(project=project)
    refused = eligibility.preview(young, period_start=START).decision
    share = next(reason for reason in refused.reasons if reason.code == "p3.under_60_share")
    assert (share.met, dict(share.figures)["under_60"], dict(share.figures)["beneficiaries"]) == (False, 1, 6)
    make.eligible(project=project)
    assert eligibility.preview(young, period_start=START).is_eligible
    # Of those who wait, left or were found not to be beneficiaries, only the first count.
    gone = make.EnrolmentFactory(project=project, left_on=date(2023, 1, 31), enrolled_on=date(2023, 1, 5))
    later = make.EnrolmentFactory(project=project, enrolled_on=date(2023, 2, 2))
    nobody = make.EnrolmentFactory(project=project)
    eligibility.decide(enrolment=nobody, period_start=START, actor=actor, at=make.AT)
    make.EnrolmentFactory(project=project, beneficiary=under_60(count=901))
    assert eligibility.counts(young, on=START) == (7, 1)
    assert eligibility.counts(gone, on=START)[0] == 8
    assert eligibility.counts(later, on=START)[0] == 8


# --- the decision


def test_a_decision_is_added_never_changed_and_can_be_asked_again(included: Enrolment, actor: Any) -> None:
    make.AssessmentFactory(beneficiary=included.beneficiary)
    first = eligibility.decide(enrolment=included, period_start=START, actor=actor, at=make.AT)
    make.FindingFactory(beneficiary=included.beneficiary)
    assert eligibility.changed_since(first, included) == ["inefficient_care"]
    second = eligibility.decide(enrolment=included, period_start=START, actor=actor, at=make.AT)
    assert eligibility.in_force(included) == second
    assert "case_management" in set(second.families) - set(first.families)
    reasons = eligibility.reasons_of(first)
    assert reasons is not None
    assert [reason.met for reason in reasons if reason.code == "p3.case_management"] == [False]
    assert first.answer["outcome"] == "eligible"
    assert first.release
    with pytest.raises(DatabaseError), transaction.atomic():
        EligibilityRecord.objects.filter(pk=first.pk).update(outcome="eligible")
    entry = Entry.objects.filter(action="eligibility_decided").latest("pk")
    assert entry.changes["families"][1] == second.families


@pytest.mark.parametrize("start", [date(2023, 6, 6), date(1900, 1, 1)])
def test_a_start_in_the_future_or_before_birth_is_refused(
    included: Enrolment, actor: Any, start: date
) -> None:
    with pytest.raises(ValidationError) as caught:
        eligibility.decide(enrolment=included, period_start=start, actor=actor, at=make.AT)
    assert "period_start" in caught.value.error_dict


def test_the_usual_start_is_the_first_known_day(included: Enrolment) -> None:
    assert eligibility.usual_start(included) == included.enrolled_on
    make.ServiceFactory(enrolment=included)
    assert eligibility.usual_start(included) == date(2023, 3, 6)
    people_stays.record_prior_units(
        beneficiary=included.beneficiary,
        values={"period_start": date(2022, 5, 1), "source": "notes"},
        actor=make.worker(included.project),
        at=make.AT,
    )
    assert eligibility.usual_start(included) == date(2022, 5, 1)


# --- the second series


def granting(enrolment: Enrolment, actor: Any, **changes: Any) -> SecondSeries:
    values = {
        "first_day": date(2023, 5, 3),
        "event": "Fall with a fracture",
        "concertation_on": date(2023, 5, 2),
        "taken_part": "An Nurse",
    }
    return people_series.grant(enrolment=enrolment, **values | changes, actor=actor, at=make.AT)


def begun(project: Any, count: int) -> list[Enrolment]:
    rows = [make.eligible(project=project) for _each in range(count)]
    for row in rows:
        make.ServiceFactory(enrolment=row)
    return rows


def test_thirty_percent_of_those_who_began_is_the_most(actor: Any) -> None:
    project = make.ProjectFactory()
    rows = begun(project, 6)
    made = granting(rows[0], actor)
    assert made.granted_by == actor
    assert people_series.quota(project, 2023).left == 0
    with pytest.raises(ValidationError) as caught:
        granting(rows[1], actor)
    assert "art. 12 §3" in sentence(caught.value)
    begun(project, 1)
    granting(rows[1], actor)
    entry = Entry.objects.filter(action="second_series_granted").latest("pk")
    assert "fracture" not in str(entry.changes)


def test_who_began_before_or_elsewhere_does_not_count(actor: Any) -> None:
    project = make.ProjectFactory()
    rows = begun(project, 4)
    begun(make.ProjectFactory(), 2)
    make.ServiceFactory(enrolment=make.EnrolmentFactory(project=project), pseudocode="794850")
    make.ServiceFactory(enrolment=make.EnrolmentFactory(project=project), withdrawn_at=make.AT)
    assert people_series.quota(project, 2023).started == 4
    people_stays.record_prior_units(
        beneficiary=rows[0].beneficiary, values={"units": 3, "source": "notes"}, actor=actor, at=make.AT
    )
    assert people_series.quota(project, 2023).started == 3
    assert people_series.quota(project, 2024).started == 0


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"concertation_on": date(2023, 6, 6)}, "future"),
        ({"concertation_on": date(2023, 5, 4)}, "consults first"),
        ({"concertation_on": date(2023, 1, 4)}, "not included yet"),
        ({"first_day": date(2023, 2, 20), "concertation_on": date(2023, 2, 20)}, "No service of the first"),
    ],
)
def test_days_of_a_second_series_are_in_order(actor: Any, changes: dict[str, date], text: str) -> None:
    rows = begun(make.ProjectFactory(), 4)
    with pytest.raises(ValidationError) as caught:
        granting(rows[0], actor, **changes)
    assert text in sentence(caught.value)


def test_a_second_series_needs_the_conditions_still_and_a_period_that_runs(actor: Any) -> None:
    rows = begun(make.ProjectFactory(), 8)
    make.AssessmentFactory(
        beneficiary=rows[0].beneficiary,
        assessed_on=date(2023, 5, 1),
        aivq=1,
        avq=0,
        cps=0,
        cps2=0,
        psychic=0,
        behaviour=[0] * 5,
    )
    with pytest.raises(ValidationError) as caught:
        granting(rows[0], actor)
    assert "AIVQ of 3" in sentence(caught.value)
    people.record_end(
        beneficiary=rows[1].beneficiary,
        died_on=None,
        rest_home_entry=date(2023, 5, 1),
        actor=actor,
        at=make.AT,
    )
    with pytest.raises(ValidationError) as caught:
        granting(rows[1], actor)
    assert "closing series" in sentence(caught.value)
    granting(rows[2], actor)
    with pytest.raises(ValidationError) as caught:
        granting(rows[2], actor)
    assert "at most" in sentence(caught.value)


def test_a_second_series_is_taken_back_until_a_unit_of_it_is_billed(actor: Any) -> None:
    row = begun(make.ProjectFactory(), 4)[0]
    granting(row, actor)
    with pytest.raises(ValidationError):
        people_series.take_back(enrolment=row, reason=" ", actor=actor, at=make.AT)
    people_series.take_back(enrolment=row, reason="Wrong person", actor=actor, at=make.AT)
    assert not SecondSeries.objects.exists()
    granting(row, actor)
    service = row.services.first()
    recap = Recap.objects.create(
        number="P-R-2023-000001",
        kind="invoice",
        project=row.project,
        month=date(2023, 3, 1),
        issued_on=date(2023, 4, 3),
        said={},
        notes_count=1,
        services_total=0,
        allowance_total=0,
        total=0,
        communication="001230000189",
    )
    note = Note.objects.create(
        number="P-2023-000001", recap=recap, enrolment=row, niss="x", registration_number="1", total=0
    )
    NoteLine.objects.create(
        note=note,
        position=1,
        kind="service",
        service=service,
        date=service.date,
        pseudocode=service.pseudocode,
        rate_key="case_management",
        units=2,
        unit_amount=0,
        amount=0,
        series="2",
    )
    with pytest.raises(ValidationError) as caught:
        people_series.take_back(enrolment=row, reason="Wrong person", actor=actor, at=make.AT)
    assert "correct those notes first" in sentence(caught.value)


@pytest.mark.django_db(transaction=True)
def test_two_who_grant_at_once_stay_within_the_quota() -> None:
    project = make.ProjectFactory()
    actor = make.worker(project)
    rows, gate, refused = begun(project, 4)[:2], Barrier(2), []

    def grant(row: Enrolment) -> None:
        try:
            gate.wait()
            granting(row, actor)
        except ValidationError as error:
            refused.append(sentence(error))
        finally:
            connection.close()

    threads = [Thread(target=grant, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SecondSeries.objects.count() == 1
    assert len(refused) == 1


# --- who they are, and with whom they are insured


def test_an_insurer_recorded_late_ends_where_the_next_one_begins(included: Enrolment, actor: Any) -> None:
    person, by = included.beneficiary, {"actor": actor, "at": make.AT}
    other, third = InsurerFactory(code="100"), InsurerFactory(code="300")
    people_insurers.insure(
        beneficiary=person, insurer=other, registration_number="1", first_day=date(2023, 3, 16), **by
    )
    people_insurers.insure(
        beneficiary=person, insurer=third, registration_number="2", first_day=date(2023, 3, 10), **by
    )
    days = person.affiliations.order_by("first_day").values_list("insurer__code", "first_day", "last_day")
    assert list(days)[1:] == [
        ("300", date(2023, 3, 10), date(2023, 3, 15)),
        ("100", date(2023, 3, 16), None),
    ]


def test_nobody_is_included_after_death_or_without_an_insurer(included: Enrolment, actor: Any) -> None:
    project, person = make.ProjectFactory(), included.beneficiary
    asked = {"project": project, "niss": person.niss, "actor": actor, "at": make.AT}
    person.affiliations.update(last_day=date(2023, 1, 31))
    with pytest.raises(ValidationError) as caught:
        people.include(**asked, enrolled_on=date(2023, 2, 1))
    assert "insurer" in caught.value.error_dict
    person.died_on = date(2023, 1, 15)
    person.save()
    with pytest.raises(ValidationError) as caught:
        people.include(**asked, enrolled_on=date(2023, 1, 16))
    assert "enrolled_on" in caught.value.error_dict
    assert not project.enrolments.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_include_the_same_person_at_once_make_one() -> None:
    project, insurer = make.ProjectFactory(), InsurerFactory()
    actor, gate, refused = make.worker(project), Barrier(2), []
    born = date(1940, 3, 4)
    person = {"last_name": "Maes", "first_name": "Jo", "birth_date": born}

    def include() -> None:
        try:
            gate.wait()
            people.include(
                project=project,
                niss=numbers.niss(3, born),
                enrolled_on=START,
                person=person,
                insurer=insurer,
                registration_number="1",
                actor=actor,
                at=make.AT,
            )
        except ValidationError as error:
            refused.append(sentence(error))
        finally:
            connection.close()

    threads = [Thread(target=include) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Enrolment.objects.filter(project=project).count() == 1
    assert len(refused) == 1


# --- what the pages read


def test_the_state_follows_leaving_death_and_the_three_years(included: Enrolment) -> None:
    day = date(2023, 6, 1)
    assert state_of(included, day) == "running"
    make.ServiceFactory(enrolment=included, date=date(2023, 3, 6))
    assert state_of(included, date(2026, 3, 5)) == "running"
    assert state_of(included, date(2026, 3, 6)) == "ended"
    person = included.beneficiary
    person.rest_home_entry = date(2023, 5, 2)
    person.save()
    assert state_of(included, day) == "closing"
    assert state_of(included, date(2023, 6, 2)) == "ended"
    included.left_on = date(2023, 5, 31)
    included.save()
    assert state_of(included, day) == "left"


def test_the_list_asks_once_however_many_there_are() -> None:
    project = make.ProjectFactory()
    for _each in range(4):
        make.eligible(project=project)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = list(beneficiaries_of(project, on=make.TODAY))
        assert [row.insurer_code for row in rows] == ["500"] * 4
    assert len(queries) == 1


def test_the_history_says_what_changed_in_words(included: Enrolment, actor: Any) -> None:
    by = {"actor": actor, "at": make.AT}
    people_findings.add_finding(
        beneficiary=included.beneficiary,
        kind="fall",
        found_by="An",
        evidence="Stairs",
        first_day=START,
        **by,
    )
    eligibility.decide(enrolment=included, period_start=START, **by)
    with override("en"):
        decided, found = history(included)
        assert str(decided.title) == "Eligibility decided"
    assert ("Services", "Initial module, Occupational therapy") in [
        (change.label, change.after) for change in decided.changes
    ]
    assert ("Finding", "A fall in the 30 days before") in [
        (change.label, change.after) for change in found.changes
    ]
    assert "Stairs" not in str(found)
