"""Members, residences and what hangs on them; every number is fictitious."""

from datetime import UTC, date, datetime
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.helpers import post_generation

from partenamut.fields import blind_index
from partenamut.registry import models
from partenamut.registry.names import search_form
from tests.factories import numbers
from tests.factories.accounts import ModelFactory, UserFactory

EARLY = date(2015, 1, 1)


class InsurerFactory(ModelFactory):
    """The union 500; one row per code."""

    class Meta:
        model = models.Insurer
        django_get_or_create = ("code",)

    code = "500"
    name_fr = "Union nationale des Mutualités libres"
    name_nl = "Landsbond van de Onafhankelijke Ziekenfondsen"
    address = "Rue d'Essai 1, 1070 Bruxelles"
    source = "fictitious"


class MutualityFactory(ModelFactory):
    """Partenamut (509); one row per code."""

    class Meta:
        model = models.Mutuality
        django_get_or_create = ("code",)

    code = "509"
    name = "Partenamut"
    insurer = SubFactory(InsurerFactory)
    first_day = EARLY


class MemberFactory(ModelFactory):
    """A member with a valid fictitious NISS and IBAN."""

    class Meta:
        model = models.Member

    class Params:
        count = Sequence(lambda count: count)

    birth_date = LazyAttribute(lambda person: numbers.birth_date(person.count))
    niss = LazyAttribute(lambda person: numbers.niss(person.count, person.birth_date))
    niss_index = LazyAttribute(lambda person: blind_index(person.niss))
    last_name = Sequence(lambda count: f"Peeters{count}")
    first_name = "Léa"
    search_name = LazyAttribute(lambda person: search_form(person.last_name, person.first_name))
    street = "Rue d'Essai 1"
    postal_code = "1000"
    city = "Bruxelles"
    mutuality = SubFactory(MutualityFactory)
    registration_number = LazyAttribute(lambda person: f"{person.count:010d}")
    iban = LazyAttribute(lambda person: numbers.iban(person.count))
    phone = "02 123 45 67"
    email = LazyAttribute(lambda person: f"member{person.count}@example.org")


class DatedFactory(ModelFactory):
    """What holds since 2015, without an end."""

    class Meta:
        abstract = True

    first_day = EARLY
    last_day = None


class ContributionPeriodFactory(DatedFactory):
    """Contributions in order."""

    class Meta:
        model = models.ContributionPeriod

    member = SubFactory(MemberFactory)


class DependencyFactory(DatedFactory):
    """A dependant of a holder."""

    class Meta:
        model = models.Dependency

    holder = SubFactory(MemberFactory)
    dependant = SubFactory(MemberFactory)


class CaregiverRecognitionFactory(DatedFactory):
    """A recognised caregiver."""

    class Meta:
        model = models.CaregiverRecognition

    caregiver = SubFactory(MemberFactory)
    cared_for = SubFactory(MemberFactory)


class MandateFactory(DatedFactory):
    """The right of a user to act for a member."""

    class Meta:
        model = models.Mandate

    member = SubFactory(MemberFactory)
    representative = SubFactory(UserFactory)
    basis = "Signed mandate"


class HigherReimbursementFactory(DatedFactory):
    """Higher reimbursement (BIM)."""

    class Meta:
        model = models.HigherReimbursement

    member = SubFactory(MemberFactory)


class HospitalInsuranceFactory(DatedFactory):
    """Hospitalia; another one with `tier=`."""

    class Meta:
        model = models.HospitalInsurance

    member = SubFactory(MemberFactory)
    tier = models.Tier.HOSPITALIA


class SeriousIllnessOptionFactory(DatedFactory):
    """The serious-illness option; the insurance it stands beside is made apart."""

    class Meta:
        model = models.SeriousIllnessOption

    member = SubFactory(MemberFactory)


class HospitalFactory(ModelFactory):
    """An open hospital in Namur."""

    class Meta:
        model = models.Hospital

    class Params:
        count = Sequence(lambda count: count)

    name = LazyAttribute(lambda place: f"Clinique Fictive {place.count}")
    street = "Rue d'Essai 3"
    postal_code = "5000"
    city = "Namur"
    phone = "081 12 34 57"
    inami_number = LazyAttribute(lambda place: numbers.inami(place.count))
    search_text = LazyAttribute(
        lambda place: search_form(place.name, place.street, place.postal_code, place.city)
    )


class FranchiseListFactory(ModelFactory):
    """The list of 2026, or of another `year=`; with the hospitals of `hospitals=[...]`."""

    class Meta:
        model = models.FranchiseList
        skip_postgeneration_save = True

    year = 2026
    source = "fictitious"
    taken_over_on = date(2026, 1, 5)

    @post_generation
    def hospitals(self, create: bool, extracted: Any, **_kwargs: object) -> None:
        if create and extracted:
            self.hospitals.set(extracted)  # type: ignore[attr-defined]


class ResidenceFactory(ModelFactory):
    """A convalescence centre; a partner since 2015 with `partner=True`, approved by INAMI with `approved=True`."""

    class Meta:
        model = models.Residence
        skip_postgeneration_save = True

    name = Sequence(lambda count: f"Résidence {count}")
    slug = Sequence(lambda count: f"residence-{count}")
    street = "Rue d'Essai 2"
    postal_code = "5000"
    city = "Namur"
    phone = "081 12 34 56"
    email = ""
    structure_types = LazyFunction(lambda: [models.StructureType.CONVALESCENCE_CENTRE])
    search_text = LazyAttribute(
        lambda place: search_form(place.name, place.street, place.postal_code, place.city)
    )

    @post_generation
    def partner(self, create: bool, extracted: bool, **_kwargs: object) -> None:
        if create and extracted:
            PartnerPeriodFactory(residence=self)

    @post_generation
    def approved(self, create: bool, extracted: bool, **_kwargs: object) -> None:
        if create and extracted:
            InamiApprovalFactory(residence=self)


class PartnerPeriodFactory(DatedFactory):
    """A partner since 2015."""

    class Meta:
        model = models.PartnerPeriod

    residence = SubFactory(ResidenceFactory)


class InamiApprovalFactory(DatedFactory):
    """Approved by INAMI since 2015."""

    class Meta:
        model = models.InamiApproval

    residence = SubFactory(ResidenceFactory)


class DirectorshipFactory(DatedFactory):
    """A director of a residence since 2015."""

    class Meta:
        model = models.Directorship

    residence = SubFactory(ResidenceFactory)
    director = SubFactory(UserFactory, roles=["residence_director"])


class LabelCriterionFactory(DatedFactory):
    """A criterion of the activation label."""

    class Meta:
        model = models.LabelCriterion

    label = models.Label.ACTIVATION
    code = Sequence(lambda count: f"criterion-{count}")
    text = "Equipment for physical recovery"


class LabelGrantFactory(DatedFactory):
    """The activation label since 2015."""

    class Meta:
        model = models.LabelGrant

    residence = SubFactory(ResidenceFactory)
    label = models.Label.ACTIVATION


class MemberImportFactory(ModelFactory):
    """A checked file of members."""

    class Meta:
        model = models.MemberImport

    file_name = "members.csv"
    sha256 = Sequence(lambda count: f"{count:064x}")
    created_at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    created_by = SubFactory(UserFactory, roles=["admin"])
