"""A project with something to bill in a month, for tests of closings."""

from datetime import UTC, date, datetime

from protocol3.models import Note, NoteLine, Recap
from protocol3.services import closing as closings
from tests.factories import protocol3 as make
from tests.factories.registry import InsurerFactory

MAY = date(2023, 5, 1)
#: A morning in the month after: the month can be closed, and is not late.
AT = datetime(2023, 6, 5, 8, 0, tzinfo=UTC)
SESSION = "794570"


def insurer(code="500", **changes):
    """An insurer with an address."""
    return InsurerFactory(code=code, name_fr=f"Union {code}", name_nl=f"Landsbond {code}", **changes)


def project(**changes):
    """A project with the amounts of 2023 and room for the operating allowance."""
    from protocol3.models import Rate

    if not Rate.objects.exists():
        make.amounts()
    made = make.ProjectFactory(**changes)
    make.ProjectYearFactory(project=made)
    return made


def person(of, owed_by=None, **changes):
    """Somebody included, insured with an insurer."""
    beneficiary = make.BeneficiaryFactory(insurer=owed_by, **changes)
    return make.eligible(project=of, beneficiary=beneficiary)


def session(enrolment, day=date(2023, 5, 8), **changes):
    """Two units of case management at home."""
    return make.ServiceFactory(enrolment=enrolment, date=day, **changes)


def month(codes=("100", "500"), people=2, services=2, **changes):
    """A project with people of several insurers, each with sessions in May."""
    made = project(**changes)
    for code in codes:
        owed_by = insurer(code)
        for _turn in range(people):
            included = person(made, owed_by)
            for place in range(services):
                session(included, date(2023, 5, 2 + 2 * place))
    return made


def prepared(of, at=AT, by=None, first=MAY):
    """The closing of May, checked."""
    return closings.prepare(project=of, month=first, actor=by, at=at)


def handed_over(of, at=AT, by=None, first=MAY):
    """The closing of May, being issued; nobody has begun."""
    closing = prepared(of, at, first=first)
    return closings.issue(closing=closing, signatory="Anne Dupont", actor=by or make.worker(of), at=at)


def issued(of, at=AT, by=None, first=MAY):
    """The closing of May after a worker has issued it."""
    closing = handed_over(of, at, by, first)
    assert closings.run(closing.pk, at=at)
    closing.refresh_from_db()
    return closing


def check_books(of):
    """No note lost, none double, no gap in the numbers, every recap the sum of its notes to the cent."""
    recaps, notes = Recap.objects.filter(project=of), Note.objects.filter(recap__project=of)
    assert_no_gap(recaps.values_list("number", flat=True))
    assert_no_gap(notes.values_list("number", flat=True))
    for recap in recaps:
        own = list(recap.notes.all())
        assert recap.notes_count == len(own)
        assert recap.total == sum(note.total for note in own) == recap.services_total + recap.allowance_total
    for note in notes:
        lines = list(note.lines.order_by("position"))
        assert note.total == sum(line.amount for line in lines)
        assert [line.position for line in lines] == list(range(1, len(lines) + 1))
    billed = NoteLine.objects.filter(note__recap__project=of, kind="service", credits=None)
    services = list(billed.values_list("service", flat=True))
    assert len(services) == len(set(services))


def assert_no_gap(numbers):
    """Numbers of a series run from one, each once."""
    places = sorted(int(number.rpartition("-")[2]) for number in numbers)
    assert places == list(range(1, len(places) + 1))
