"""Care projects, their people and services; every number is fictitious, and everything holds since 2023."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.helpers import post_generation

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.fields import blind_index
from partenamut.identifiers import parse_communication, structured_communication
from partenamut.registry.names import search_form
from protocol3 import models
from protocol3.messages import RATES
from protocol3.services.issuing import insurer_words, project_words
from tests.factories import numbers
from tests.factories.accounts import ModelFactory, UserFactory
from tests.factories.registry import InsurerFactory

#: The first day of the transition convention, and its last.
START, END = date(2023, 1, 1), date(2024, 12, 31)
#: A Monday morning in Brussels, within the convention.
AT = datetime(2023, 6, 5, 7, 30, tzinfo=UTC)
TODAY = date(2023, 6, 5)

#: What the three base services are called in an eligibility, with the module.
BASE = ("case_management", "initial_module", "occupational_therapy", "psychological_support")

#: The amounts of 2023 (art. 22, table 4).
AMOUNTS_2023 = {
    "initial_module": "138.73",
    "case_management": "27.41",
    "occupational_therapy": "23.68",
    "occupational_therapy_group": "20.60",
    "psychological_support": "29.08",
    "psychological_support_group": "25.27",
    "operating_allowance": "108.99",
    "caregiver_group": "3.41",
    "night_visit": "18.35",
    "care_education": "26.15",
}


class ProjectFactory(ModelFactory):
    """A project with its convention of 2023 and 2024; none with `convention=False`."""

    class Meta:
        model = models.Project
        skip_postgeneration_save = True

    code = Sequence(lambda count: f"P{count % 100000}")
    name = Sequence(lambda count: f"Projet {count}")
    street = "Rue d'Essai 3"
    postal_code = "5000"
    city = "Namur"
    phone = "081 12 34 56"
    email = "projet@example.org"
    inami_number = "79400012345"
    enterprise_number = "0123456749"
    iban = Sequence(numbers.iban)
    account_holder = "Projet d'essai ASBL"
    signatory = "Anne Dupont"
    language = "fr"
    alternatives = LazyFunction(list)

    @post_generation
    def convention(self, create: bool, extracted: bool | None, **_kwargs: object) -> None:
        if create and extracted is not False:
            ConventionFactory(project=self)


class ConventionFactory(ModelFactory):
    """The transition convention; for a project without one."""

    class Meta:
        model = models.Convention

    project = SubFactory(ProjectFactory, convention=False)
    first_day = START
    last_day = END
    reference = "P3/2023"


class ProjectYearFactory(ModelFactory):
    """The maximum of the operating allowance in 2023."""

    class Meta:
        model = models.ProjectYear

    project = SubFactory(ProjectFactory)
    year = 2023
    allowance_maximum = Decimal("50000.00")


class ProjectUserFactory(ModelFactory):
    """A billing admin who works for a project since 2023; `user=` for somebody else."""

    class Meta:
        model = models.ProjectUser

    project = SubFactory(ProjectFactory)
    user = SubFactory(UserFactory, roles=[Role.BILLING_ADMIN])
    first_day = START
    last_day = None


class PractitionerFactory(ModelFactory):
    """A social worker trained in BelRAI, with no log-in."""

    class Meta:
        model = models.Practitioner

    last_name = Sequence(lambda count: f"Maes{count}")
    first_name = "Ines"
    profession = "social_worker"
    inami_number = ""
    visa = ""
    belrai_trained_on = date(2022, 9, 1)


class AssignmentFactory(ModelFactory):
    """A case manager in a project, 19 hours a week."""

    class Meta:
        model = models.Assignment

    project = SubFactory(ProjectFactory)
    practitioner = SubFactory(PractitionerFactory)
    function = models.Function.CASE_MANAGER
    hours_per_week = Decimal("19.0")
    first_day = START
    last_day = None


class RateFactory(ModelFactory):
    """The amount of case management in 2023."""

    class Meta:
        model = models.Rate

    rate_key = "case_management"
    amount = LazyAttribute(lambda rate: Decimal(AMOUNTS_2023[rate.rate_key]))
    first_day = START
    last_day = date(2023, 12, 31)
    source = "fictitious"


class BeneficiaryFactory(ModelFactory):
    """A person of 1940 with a valid NISS, insured with the union 500; another one with `insurer=`, none with None."""

    class Meta:
        model = models.Beneficiary
        skip_postgeneration_save = True

    class Params:
        count = Sequence(lambda count: count)

    birth_date = LazyAttribute(lambda person: numbers.birth_date(person.count % 3000))
    niss = LazyAttribute(lambda person: numbers.niss(person.count, person.birth_date))
    niss_index = LazyAttribute(lambda person: blind_index(person.niss))
    last_name = Sequence(lambda count: f"Lambert{count}")
    first_name = "Rosa"
    search_name = LazyAttribute(lambda person: search_form(person.last_name, person.first_name))
    street = "Rue d'Essai 4"
    postal_code = "5000"
    city = "Namur"

    @post_generation
    def insurer(self, create: bool, extracted: Any, **_kwargs: object) -> None:
        if create and extracted is not False:
            given = {"insurer": extracted} if extracted else {}
            AffiliationFactory(beneficiary=self, **given)


class AffiliationFactory(ModelFactory):
    """Insured with the union 500 since 2015."""

    class Meta:
        model = models.Affiliation

    beneficiary = SubFactory(BeneficiaryFactory, insurer=False)
    insurer = SubFactory(InsurerFactory)
    registration_number = Sequence(lambda count: f"{count:010d}")
    first_day = date(2015, 1, 1)
    last_day = None


class EnrolmentFactory(ModelFactory):
    """A person included in a project on 1 February 2023, informed the same day."""

    class Meta:
        model = models.Enrolment

    project = SubFactory(ProjectFactory)
    beneficiary = SubFactory(BeneficiaryFactory)
    enrolled_on = date(2023, 2, 1)
    informed_on = date(2023, 2, 1)


class AssessmentFactory(ModelFactory):
    """Scores of 20 January 2023 that open all that scores open."""

    class Meta:
        model = models.Assessment

    beneficiary = SubFactory(BeneficiaryFactory)
    instrument = models.Instrument.HC
    assessed_on = date(2023, 1, 20)
    assessed_by = "Ines Maes"
    aivq = 12
    avq = 4
    cps = 2
    cps2 = 2
    psychic = Decimal("1.5")
    behaviour = LazyFunction(lambda: [0, 0, 1, 0, 0])


class FindingFactory(ModelFactory):
    """Care that is not organised efficiently, found on 20 January 2023."""

    class Meta:
        model = models.Finding

    beneficiary = SubFactory(BeneficiaryFactory)
    kind = models.FindingKind.INEFFICIENT_CARE
    found_by = "Ines Maes"
    evidence = "Three services come on the same morning, none at the weekend."
    first_day = date(2023, 1, 20)
    last_day = None


class CaregiverFactory(ModelFactory):
    """A daughter."""

    class Meta:
        model = models.Caregiver

    beneficiary = SubFactory(BeneficiaryFactory)
    name = "Julie Lambert"
    relation = "daughter"


class ServiceFactory(ModelFactory):
    """Two units of case management at home by a social worker, on 6 March 2023."""

    class Meta:
        model = models.Service

    enrolment = SubFactory(EnrolmentFactory)
    practitioner = SubFactory(PractitionerFactory)
    date = date(2023, 3, 6)
    pseudocode = "794570"
    units = 2
    place = "home"
    starts_at = time(9)
    ends_at = time(10)
    description = "Visit."
    entered_by = SubFactory(UserFactory, roles=[Role.PRACTITIONER])
    entered_at = AT


def worker(project: models.Project, *roles: Role, **kwargs: Any) -> User:
    """Somebody who works for the project since 2023; a billing admin unless told otherwise."""
    user: User = UserFactory(roles=list(roles) or [Role.BILLING_ADMIN], **kwargs)
    ProjectUserFactory(project=project, user=user)
    return user


def case_manager(project: models.Project, **kwargs: Any) -> models.Practitioner:
    """A case manager of the project."""
    person: models.Practitioner = PractitionerFactory(**kwargs)
    AssignmentFactory(project=project, practitioner=person)
    return person


def eligible(
    enrolment: models.Enrolment | None = None,
    families: Iterable[str] = BASE,
    period_start: date = date(2023, 2, 1),
    **kwargs: Any,
) -> models.Enrolment:
    """An inclusion with scores, a finding and a stored eligibility for these services; `kwargs` make the inclusion."""
    included: models.Enrolment = enrolment or EnrolmentFactory(**kwargs)
    AssessmentFactory(beneficiary=included.beneficiary)
    FindingFactory(beneficiary=included.beneficiary)
    models.EligibilityRecord.objects.create(
        enrolment=included,
        ruleset="protocol3_eligibility",
        period_start=period_start,
        families=list(families),
        facts={},
        answer={"outcome": "eligible", "families": list(families), "reasons": [], "would_change": []},
        outcome="eligible",
        release="test",
        decided_at=AT,
        decided_by=None,
    )
    return included


def amounts(year: int = 2023) -> None:
    """Every amount of the year, those of 2023 whatever the year."""
    for key in RATES:
        RateFactory(rate_key=key, first_day=date(year, 1, 1), last_day=date(year, 12, 31))


class RecapFactory(ModelFactory):
    """The recapitulative note of March 2023 to the union 500, for what its notes come to; made beside the services."""

    class Meta:
        model = models.Recap

    project = SubFactory(ProjectFactory)
    insurer = SubFactory(InsurerFactory)
    number = LazyAttribute(lambda recap: f"{recap.project.code}-R-2023-{recap.communication[3:10]}")
    kind = models.RecapKind.INVOICE
    month = date(2023, 3, 1)
    issued_on = date(2023, 4, 5)
    said = LazyAttribute(
        lambda recap: {
            "project": project_words(recap.project),
            "insurer": insurer_words(recap.insurer, recap.project.language),
            "signatory": recap.project.signatory,
        }
    )
    notes_count = 1
    services_total = Decimal("54.82")
    allowance_total = Decimal("0.00")
    total = Decimal("54.82")
    communication = Sequence(
        lambda count: parse_communication(structured_communication(9_000_000_000 + count))
    )
    due_on = date(2023, 6, 15)


class NoteFactory(ModelFactory):
    """An individual note of a recapitulative note, with a line for each service given as `services`."""

    class Meta:
        model = models.Note
        skip_postgeneration_save = True

    recap = SubFactory(RecapFactory)
    enrolment = LazyAttribute(lambda note: EnrolmentFactory(project=note.recap.project))
    number = LazyAttribute(lambda note: note.recap.number.replace("-R-", "-N-"))
    last_name = LazyAttribute(lambda note: note.enrolment.beneficiary.last_name)
    first_name = LazyAttribute(lambda note: note.enrolment.beneficiary.first_name)
    niss = LazyAttribute(lambda note: note.enrolment.beneficiary.niss)
    registration_number = "0001234567"
    total = Decimal("54.82")

    @post_generation
    def services(
        self: Any, create: bool, extracted: Iterable[models.Service] | None, **_kwargs: object
    ) -> None:
        for position, service in enumerate(extracted or (), 1):
            models.NoteLine.objects.create(
                note=self,
                position=position,
                kind=models.LineKind.SERVICE,
                service=service,
                date=service.date,
                pseudocode=service.pseudocode,
                rate_key="case_management",
                units=service.units,
                unit_amount=Decimal("27.41"),
                amount=Decimal("27.41") * service.units,
                series="1",
            )


class PaymentFactory(ModelFactory):
    """Ten euros received for a note on 12 June 2023."""

    class Meta:
        model = models.Payment

    recap = SubFactory(RecapFactory)
    received_on = date(2023, 6, 12)
    amount = Decimal("10.00")
    registered_by = SubFactory(UserFactory, roles=[Role.BILLING_ADMIN])
    registered_at = datetime(2023, 6, 12, 8, tzinfo=UTC)
