"""The pages of beneficiaries, as those who work for a project use them."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access, Entry
from partenamut.documents.models import Document
from partenamut.fields import blind_index
from protocol3.models import Affiliation, Beneficiary, EligibilityRecord, Enrolment, Stay
from tests.factories import numbers
from tests.factories import protocol3 as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import InsurerFactory, MemberFactory

pytestmark = pytest.mark.django_db

BORN = date(1941, 5, 4)
NISS = numbers.niss(7, BORN)
XSS = "<script>alert(1)</script>"


@pytest.fixture
def project() -> Any:
    return make.ProjectFactory()


@pytest.fixture
def included(project: Any) -> Enrolment:
    return make.eligible(project=project)


@pytest.fixture
def clerk(project: Any) -> Client:
    client = Client()
    client.force_login(make.worker(project, Role.PRACTITIONER, language="en"))
    client.cookies["django_language"] = "en"
    return client


def day(name: str, value: date) -> dict[str, str]:
    return {name: value.isoformat()}


def page(client: Client, address: str, /, *args: Any, **data: Any) -> str:
    """The text of a page that opens."""
    response = client.get(reverse(f"protocol3:{address}", args=args), data)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def sent(client: Client, address: str, /, *args: Any, **data: Any) -> Any:
    """The answer to a form."""
    return client.post(reverse(f"protocol3:{address}", args=args), data)


def refused(response: Any, *texts: str) -> str:
    """The page again, with the sentences; nothing is a server error."""
    assert response.status_code == 200
    body: str = response.content.decode()
    assert "govuk-error-summary" in body
    for text in texts:
        assert text in body, text
    return body


# --- the list


def test_the_list_finds_by_name_state_service_and_missing_things(
    clerk: Client, project: Any, included: Enrolment
) -> None:
    manager = make.case_manager(project)
    other = make.EnrolmentFactory(
        project=project,
        case_manager=manager,
        beneficiary=make.BeneficiaryFactory(last_name="Zoé", search_name="zoe rosa"),
    )
    name = included.beneficiary.last_name
    assert name in page(clerk, "beneficiaries", project.public_id)
    found = page(clerk, "beneficiaries", project.public_id, name="ZOÉ")
    assert "Zoé" in found
    assert name not in found
    assert "Zoé" not in page(clerk, "beneficiaries", project.public_id, service="case_management")
    assert name not in page(clerk, "beneficiaries", project.public_id, to_do="eligibility")
    assert name not in page(clerk, "beneficiaries", project.public_id, case_manager=manager.pk)
    assert "Zoé" in page(clerk, "beneficiaries", project.public_id, insurer=InsurerFactory().pk)
    other.beneficiary.died_on = date(2023, 3, 1)
    other.beneficiary.save()
    assert "Zoé" in page(clerk, "beneficiaries", project.public_id, state="ended")
    assert name not in page(clerk, "beneficiaries", project.public_id, state="ended")


def test_the_list_counts_units_and_shows_nobody_of_another_project(
    clerk: Client, project: Any, included: Enrolment
) -> None:
    make.ServiceFactory(enrolment=included, units=4)
    make.ServiceFactory(enrolment=included, units=3, date=date(2023, 3, 7))
    make.EnrolmentFactory(beneficiary=make.BeneficiaryFactory(last_name="Canari"))
    body = page(clerk, "beneficiaries", project.public_id)
    assert "7 / 122" in body
    assert "Canari" not in body


def test_an_empty_list_offers_to_include_somebody(clerk: Client, project: Any) -> None:
    body = page(clerk, "beneficiaries", project.public_id)
    assert reverse("protocol3:include", args=[project.public_id]) in body


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_download_of_the_list_is_traced(
    clerk: Client, project: Any, included: Enrolment, kind: str
) -> None:
    response = clerk.get(reverse("protocol3:beneficiaries", args=[project.public_id]), {"export": kind})
    content = b"".join(response.streaming_content)
    assert content
    if kind == "csv":
        assert included.beneficiary.last_name in content.decode()
        assert included.beneficiary.niss not in content.decode()
    assert Entry.objects.filter(action="beneficiaries_exported", subject_id=project.public_id).count() == 1


# --- including somebody


def details(**changes: Any) -> dict[str, Any]:
    values = {
        "niss": NISS,
        "details": "1",
        "last_name": "Janssens",
        "first_name": "Rosa",
        **day("birth_date", BORN),
        "language": "nl",
        "street": "Kerkstraat 1",
        "postal_code": "9000",
        "city": "Gent",
        "phone": "",
        "insurer": str(InsurerFactory().pk),
        "registration_number": "1234567890",
        **day("enrolled_on", date(2023, 2, 1)),
        "case_manager": "",
    }
    return values | changes


def test_an_unknown_person_is_typed_in(clerk: Client, project: Any) -> None:
    asked = sent(clerk, "include", project.public_id, niss=NISS)
    assert "Not known yet" in asked.content.decode()
    made = sent(clerk, "include", project.public_id, **details())
    enrolment = Enrolment.objects.get(project=project)
    assert made.headers["Location"] == reverse("protocol3:beneficiary", args=[enrolment.public_id])
    person = enrolment.beneficiary
    assert (person.full_name, person.niss, person.niss_index) == ("Rosa Janssens", NISS, blind_index(NISS))
    row = Affiliation.objects.get(beneficiary=person)
    assert (row.registration_number, row.first_day, row.last_day) == ("1234567890", date(2023, 2, 1), None)


def test_a_member_is_linked_and_their_data_are_filled_in(clerk: Client, project: Any) -> None:
    member = MemberFactory(birth_date=BORN, niss=NISS, niss_index=blind_index(NISS), last_name="Claes")
    asked = sent(clerk, "include", project.public_id, niss=NISS).content.decode()
    assert "A member of the mutuality" in asked
    assert "Claes" in asked
    assert member.registration_number in asked
    sent(clerk, "include", project.public_id, **details(last_name="Claes"))
    assert Beneficiary.objects.get().member == member
    assert Access.objects.filter(person_id=member.public_id).exists()


def test_a_person_known_to_another_project_is_taken_over(clerk: Client, project: Any) -> None:
    other = make.EnrolmentFactory()
    niss = other.beneficiary.niss
    asked = sent(clerk, "include", project.public_id, niss=niss).content.decode()
    assert "Known to the protocol" in asked
    assert 'name="last_name"' not in asked
    assert "Choose only if it is another one" in asked
    answers = {"niss": niss, "details": "1", "case_manager": "", **day("enrolled_on", date(2023, 3, 1))}
    sent(clerk, "include", project.public_id, **answers)
    assert Enrolment.objects.filter(beneficiary=other.beneficiary).count() == 2
    assert Beneficiary.objects.count() == 1


def test_the_same_person_twice_is_refused_with_the_way_to_the_file(
    clerk: Client, project: Any, included: Enrolment
) -> None:
    niss = included.beneficiary.niss
    for answers in ({"niss": niss}, details(niss=niss)):
        body = refused(sent(clerk, "include", project.public_id, **answers), "already included")
        assert reverse("protocol3:beneficiary", args=[included.public_id]) in body
    assert Enrolment.objects.filter(project=project).count() == 1


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"niss": "85.07.30-033.29"}, "not a valid number"),
        ({"niss": ""}, "NISS of the person"),
        ({"birth_date": "1941-05-05"}, "not the one that the NISS carries"),
        ({"enrolled_on": "2923-01-01"}, "cannot be after"),
        ({"enrolled_on": "1930-01-01"}, "not born yet"),
        ({"insured_from": "2023-02-02"}, "must have begun"),
        ({"insurer": ""}, "Insurer"),
        ({"registration_number": "x" * 14}, "14 characters"),
        ({"registration_number": XSS[:13]}, "figures, letters"),
        ({"last_name": "y" * 101}, "101 characters"),
        ({"last_name": "a\u202eb"}, "characters"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_and_keeps_what_was_typed(
    clerk: Client, project: Any, changes: dict[str, str], text: str
) -> None:
    response = sent(clerk, "include", project.public_id, **details(**changes))
    body = refused(response, text)
    assert "niss" in changes or "Kerkstraat 1" in body
    assert not Enrolment.objects.exists()
    assert not Beneficiary.objects.exists()


# --- the file


def test_the_file_shows_what_matters_and_its_opening_is_logged(clerk: Client, included: Enrolment) -> None:
    make.ServiceFactory(enrolment=included, units=4)
    body = page(clerk, "beneficiary", included.public_id)
    person = included.beneficiary
    assert person.full_name in body
    assert person.niss not in body
    assert "Eligible" in body
    assert "receipt of the information sheet is missing" in body
    assert "art. 27" in body
    assert "20/01/2023" in body
    assert "Care is not organised efficiently" in body
    logged = Access.objects.get(person_id=person.public_id)
    assert logged.path == reverse("protocol3:beneficiary", args=[included.public_id])


def test_the_number_in_full_is_asked_for_and_logged(clerk: Client, included: Enrolment) -> None:
    from partenamut.web.formats import niss

    body = sent(clerk, "beneficiary_niss", included.public_id).content.decode()
    assert niss(included.beneficiary.niss) in body
    assert Access.objects.filter(purpose="National number shown in full").count() == 1


def test_nothing_of_a_stranger_opens(clerk: Client, included: Enrolment) -> None:
    stranger = make.eligible()
    stay = Stay.objects.create(beneficiary=stranger.beneficiary, kind="hospital", arrival=date(2023, 3, 1))
    names = (
        "beneficiary ledger correct_person case_manager receipt prior_units person_end leave_project "
        "eligibility second_series"
    )
    for name in names.split():
        assert clerk.get(reverse(f"protocol3:{name}", args=[stranger.public_id])).status_code == 404
    for name in ("beneficiary_niss", "take_up_again"):
        assert sent(clerk, name, stranger.public_id).status_code == 404
    mixed = reverse("protocol3:change_person_row", args=[included.public_id, "stays", stay.public_id])
    assert clerk.get(mixed).status_code == 404
    assert (
        clerk.get(reverse("protocol3:add_person_row", args=[included.public_id, "nothing"])).status_code
        == 404
    )


def test_a_user_of_another_project_and_the_admin_see_nobody(included: Enrolment) -> None:
    for user, status in ((make.worker(make.ProjectFactory()), 404), (UserFactory(roles=[Role.ADMIN]), 403)):
        client = Client()
        client.force_login(user)
        answer = client.get(reverse("protocol3:beneficiary", args=[included.public_id]))
        assert answer.status_code == status


# --- rows of the file


def test_scores_are_entered_and_corrected_with_a_reason(clerk: Client, included: Enrolment) -> None:
    answers = {
        "instrument": "screener",
        **day("assessed_on", date(2023, 5, 2)),
        "assessed_by": "An Nurse",
        "aivq": "7",
        "psychic": "2,5",
        "behaviour": "0 1 0 0 2",
    }
    sent(clerk, "add_person_row", included.public_id, "assessments", **answers)
    row = included.beneficiary.assessments.get(assessed_on=date(2023, 5, 2))
    assert (row.aivq, str(row.psychic), row.behaviour, row.avq) == (7, "2.5", [0, 1, 0, 0, 2], None)
    change = ("change_person_row", included.public_id, "assessments", row.public_id)
    shown = page(clerk, *change)
    assert "0 1 0 0 2" in shown
    assert "2.5" in shown
    refused(sent(clerk, *change, **answers | {"aivq": "8"}), "Why the data change")
    sent(clerk, *change, **answers, reason="typing error", avq="5")
    row.refresh_from_db()
    assert row.avq == 5
    entry = Entry.objects.get(action="assessment_corrected")
    assert entry.note == "typing error"
    assert entry.changes["avq"] == [None, 5]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"assessed_on": "2923-05-02"}, "cannot be after"),
        ({"assessed_on": "1901-05-02"}, "not born yet"),
        ({"behaviour": "0 0 1 0"}, "five items; 4 are written"),
        ({"behaviour": "0 0 1 0 4"}, "from 0 to 3"),
        ({"behaviour": "0 0 1 0 ²"}, "from 0 to 3"),
        ({"aivq": "49"}, "48 at most"),
        ({"aivq": "-1"}, "0 at least"),
        ({"aivq": "many"}, "number"),
        ({"psychic": "1,55"}, "decimal"),
        ({"aivq": ""}, "one score at least"),
        ({"instrument": "paper"}, "from the list"),
        ({"assessed_by": "n" * 5000}, "5000 characters"),
    ],
)
def test_impossible_scores_are_refused(
    clerk: Client, included: Enrolment, changes: dict[str, str], text: str
) -> None:
    answers = {"instrument": "hc", **day("assessed_on", date(2023, 5, 2)), "assessed_by": "An", "aivq": "7"}
    refused(sent(clerk, "add_person_row", included.public_id, "assessments", **answers | changes), text)
    assert included.beneficiary.assessments.count() == 1


def test_a_finding_keeps_its_evidence_out_of_the_trail_and_out_of_scripts(
    clerk: Client, included: Enrolment
) -> None:
    answers = {
        "kind": "fall",
        **day("first_day", date(2023, 1, 25)),
        "found_by": XSS,
        "evidence": f"Fell on the stairs {XSS}",
    }
    sent(clerk, "add_person_row", included.public_id, "findings", **answers)
    row = included.beneficiary.findings.get(kind="fall")
    assert row.last_day == date(2023, 2, 24)
    entry = Entry.objects.get(action="finding_added")
    assert "stairs" not in str(entry.changes)
    body = page(clerk, "beneficiary", included.public_id)
    assert "Fell on the stairs" in body
    assert XSS not in body
    too_long = answers | {"evidence": "e" * 2001}
    refused(sent(clerk, "add_person_row", included.public_id, "findings", **too_long), "2001 characters")
    backwards = answers | day("last_day", date(2023, 1, 1))
    refused(sent(clerk, "add_person_row", included.public_id, "findings", **backwards), "before the first")


def test_a_stay_is_entered_and_ended(clerk: Client, included: Enrolment) -> None:
    answers = {"kind": "hospital", "place": "CHU", **day("arrival", date(2023, 4, 3))}
    sent(clerk, "add_person_row", included.public_id, "stays", **answers)
    stay = included.beneficiary.stays.get()
    assert "still there" in page(clerk, "beneficiary", included.public_id)
    wrong = answers | day("departure", date(2023, 4, 3))
    change = ("change_person_row", included.public_id, "stays", stay.public_id)
    refused(sent(clerk, *change, **wrong), "must come after the arrival")
    sent(clerk, *change, **answers, **day("departure", date(2023, 4, 10)))
    stay.refresh_from_db()
    assert stay.departure == date(2023, 4, 10)
    refused(
        sent(
            clerk,
            "add_person_row",
            included.public_id,
            "stays",
            **answers | day("arrival", date(2023, 4, 9)),
        ),
        "03/04/2023",
    )
    refused(sent(clerk, *change, **answers, **day("departure", date(2023, 4, 11))), "Say why")


def test_a_change_of_insurer_within_a_month_ends_the_one_before(clerk: Client, included: Enrolment) -> None:
    other = InsurerFactory(code="100", name_fr="Mutualités chrétiennes")
    answers = {"insurer": other.pk, "registration_number": "55 A-1", **day("first_day", date(2023, 3, 16))}
    sent(clerk, "add_person_row", included.public_id, "insurers", **answers)
    days = included.beneficiary.affiliations.order_by("first_day").values_list(
        "insurer__code", "first_day", "last_day"
    )
    assert list(days) == [
        ("500", date(2015, 1, 1), date(2023, 3, 15)),
        ("100", date(2023, 3, 16), None),
    ]
    first = included.beneficiary.affiliations.get(insurer__code="500")
    overlapping = {
        "insurer": first.insurer_id,
        "registration_number": first.registration_number,
        **day("first_day", first.first_day),
        **day("last_day", date(2023, 3, 20)),
        "reason": "letter",
    }
    refused(
        sent(clerk, "change_person_row", included.public_id, "insurers", first.public_id, **overlapping),
        "already insured elsewhere",
    )
    refused(sent(clerk, "add_person_row", included.public_id, "insurers", **answers), "from that very day")


def test_caregivers_come_change_and_go(clerk: Client, included: Enrolment) -> None:
    sent(
        clerk,
        "add_person_row",
        included.public_id,
        "caregivers",
        name="Jo",
        relation="son",
        phone="",
        email="",
    )
    row = included.beneficiary.caregivers.get()
    change = ("change_person_row", included.public_id, "caregivers", row.public_id)
    sent(clerk, *change, name="Jo", relation="son", phone="0470 12 34 56", email="")
    row.refresh_from_db()
    assert row.phone == "0470 12 34 56"
    refused(sent(clerk, *change, name="Jo", relation="son", email="x"), "e-mail address")
    sent(clerk, "remove_caregiver", included.public_id, row.public_id)
    assert not included.beneficiary.caregivers.exists()
    assert Entry.objects.get(action="caregiver_removed").changes["name"] == ["Jo", None]


# --- single facts


def test_death_ends_the_period_and_opens_the_closing_series(clerk: Client, included: Enrolment) -> None:
    make.amounts()
    make.ServiceFactory(enrolment=included)
    refused(
        sent(clerk, "person_end", included.public_id, **day("died_on", date(1901, 1, 1))),
        "before the birth date",
    )
    refused(sent(clerk, "person_end", included.public_id, **day("died_on", date(2923, 1, 1))), "after")
    refused(sent(clerk, "person_end", included.public_id), "Enter the day of death, or the day of entry")
    sent(clerk, "person_end", included.public_id, **day("died_on", date(2023, 5, 10)))
    body = page(clerk, "beneficiary", included.public_id)
    assert "10/05/2023" in body
    assert "11/05/2023" in body
    assert "09/06/2023" in body
    refused(sent(clerk, "person_end", included.public_id, **day("died_on", date(2023, 5, 9))), "Say why")
    sent(clerk, "person_end", included.public_id, **day("died_on", date(2023, 5, 9)), reason="certificate")
    included.beneficiary.refresh_from_db()
    assert included.beneficiary.died_on == date(2023, 5, 9)
    later = day("died_on", date(2023, 5, 9)) | day("rest_home_entry", date(2023, 5, 20))
    refused(sent(clerk, "person_end", included.public_id, **later, reason="x"), "after the day of death")


def test_the_receipt_is_kept_and_opens_only_for_the_project(
    clerk: Client, included: Enrolment, tmp_path: Any
) -> None:
    from tests.journeys.walking import pdf_file

    refused(
        sent(clerk, "receipt", included.public_id, **day("informed_on", date(2023, 2, 1))), "signed receipt"
    )
    with pdf_file(tmp_path, "receipt.pdf").open("rb") as file:
        sent(clerk, "receipt", included.public_id, **day("informed_on", date(2023, 2, 1)), receipt=file)
    included.refresh_from_db()
    upload = included.receipt
    assert upload is not None
    answer = clerk.get(reverse("protocol3:person_file", args=[included.public_id, upload.public_id]))
    assert answer["Content-Type"] == "application/pdf"
    assert "receipt of the information sheet is missing" not in page(clerk, "beneficiary", included.public_id)
    stranger = make.EnrolmentFactory(project=included.project)
    theirs = reverse("protocol3:person_file", args=[stranger.public_id, upload.public_id])
    assert clerk.get(theirs).status_code == 404
    bad = tmp_path / "receipt.pdf"
    bad.write_bytes(b"not a pdf at all")
    with bad.open("rb") as file:
        answer = sent(
            clerk, "receipt", included.public_id, **day("informed_on", date(2023, 2, 1)), receipt=file
        )
    refused(answer)


def test_units_of_the_convention_before_stay_within_its_limits(clerk: Client, included: Enrolment) -> None:
    answers = {
        "units": "30",
        "group_units": "10",
        "caregiver_group": "0",
        "care_education": "0",
        "source": "2022",
    }
    refused(sent(clerk, "prior_units", included.public_id, **answers | {"group_units": "31"}), "a part of")
    refused(sent(clerk, "prior_units", included.public_id, **answers | {"units": "123"}), "122 at most")
    sent(clerk, "prior_units", included.public_id, **answers)
    assert "30 units, of which 10" in page(clerk, "beneficiary", included.public_id)
    refused(sent(clerk, "prior_units", included.public_id, **answers | {"units": "31"}), "Say why")


def test_leaving_and_coming_back(clerk: Client, included: Enrolment) -> None:
    make.ServiceFactory(enrolment=included, date=date(2023, 3, 6))
    early = day("left_on", date(2023, 3, 5))
    refused(sent(clerk, "leave_project", included.public_id, **early, left_because="moved"), "06/03/2023")
    before = day("left_on", date(2023, 1, 5))
    refused(sent(clerk, "leave_project", included.public_id, **before, left_because="moved"))
    sent(clerk, "leave_project", included.public_id, **day("left_on", date(2023, 3, 6)), left_because="moved")
    assert "Left the project" in page(clerk, "beneficiary", included.public_id)
    sent(clerk, "take_up_again", included.public_id)
    included.refresh_from_db()
    assert included.left_on is None


def test_a_case_manager_is_of_the_project_and_trained(
    clerk: Client, project: Any, included: Enrolment
) -> None:
    trained = make.case_manager(project)
    untrained = make.case_manager(project, belrai_trained_on=None)
    elsewhere = make.case_manager(make.ProjectFactory())
    refused(sent(clerk, "case_manager", included.public_id, case_manager=untrained.pk), "art. 18")
    refused(sent(clerk, "case_manager", included.public_id, case_manager=elsewhere.pk), "from the list")
    sent(clerk, "case_manager", included.public_id, case_manager=trained.pk)
    included.refresh_from_db()
    assert included.case_manager == trained


def test_data_are_corrected_with_a_reason(clerk: Client, included: Enrolment) -> None:
    person = included.beneficiary
    answers = {
        "niss": person.niss,
        "last_name": "Dupont",
        "first_name": person.first_name,
        **day("birth_date", person.birth_date),
        "language": "fr",
        "city": "Namur",
    }
    refused(sent(clerk, "correct_person", included.public_id, **answers), "Why the data change")
    sent(clerk, "correct_person", included.public_id, **answers, reason="marriage")
    person.refresh_from_db()
    assert (person.last_name, person.search_name) == ("Dupont", "dupont rosa")


# --- decisions


def test_a_decision_is_shown_first_then_kept_and_warns_when_facts_change(clerk: Client, project: Any) -> None:
    enrolment = make.EnrolmentFactory(project=project)
    make.AssessmentFactory(beneficiary=enrolment.beneficiary)
    shown = page(clerk, "eligibility", enrolment.public_id, period_start="2023-02-01")
    assert "art. 5, 2.1" in shown
    assert "inefficient organisation of care" in shown
    assert "Decide" in shown
    assert not EligibilityRecord.objects.exists()
    read = shown.split('name="read" value="')[1].split('"')[0]
    make.FindingFactory(beneficiary=enrolment.beneficiary)
    stale = sent(clerk, "eligibility", enrolment.public_id, period_start="2023-02-01", read=read)
    body = refused(stale, "facts have changed")
    read = body.split('name="read" value="')[1].split('"')[0]
    sent(clerk, "eligibility", enrolment.public_id, period_start="2023-02-01", read=read)
    record = EligibilityRecord.objects.get()
    assert record.outcome == "eligible"
    assert "case_management" in record.families
    assert "Facts have changed" not in page(clerk, "beneficiary", enrolment.public_id)
    make.AssessmentFactory(beneficiary=enrolment.beneficiary, assessed_on=date(2023, 1, 30), aivq=1)
    body = page(clerk, "beneficiary", enrolment.public_id)
    assert "Facts have changed" in body
    assert "BelRAI scores" in body


@pytest.mark.parametrize(
    ("start", "text"),
    [("2923-01-01", "cannot be after"), ("1901-01-01", "not born yet"), ("x", "Start of the")],
)
def test_an_impossible_start_asks_again(clerk: Client, included: Enrolment, start: str, text: str) -> None:
    response = clerk.get(
        reverse("protocol3:eligibility", args=[included.public_id]),
        {"period_start": start} if start != "x" else {"period_start_day": "x", "period_start_month": "1"},
    )
    refused(response, text)


def test_a_second_series_beyond_the_quota_names_its_article(clerk: Client, included: Enrolment) -> None:
    make.ServiceFactory(enrolment=included)
    answers = {
        "event": "A fall with complications",
        **day("concertation_on", date(2023, 5, 2)),
        "taken_part": "An Nurse, Jo Doctor",
        **day("first_day", date(2023, 5, 3)),
    }
    assert "0 of 0" in page(clerk, "second_series", included.public_id)
    body = refused(sent(clerk, "second_series", included.public_id, **answers), "art. 12 §3", "30")
    assert "A fall with complications" in body
    for _each in range(3):
        make.ServiceFactory(enrolment=make.EnrolmentFactory(project=included.project))
    made = sent(clerk, "second_series", included.public_id, **answers)
    assert made.status_code == 302
    assert "Granted from 03/05/2023" in page(clerk, "beneficiary", included.public_id)
    again = page(clerk, "second_series", included.public_id)
    assert "one at most" in again
    refused(sent(clerk, "second_series", included.public_id, reason=""), "Why it is taken back")
    assert (
        sent(clerk, "second_series", included.public_id, reason="Another person was meant").status_code == 302
    )
    file = page(clerk, "beneficiary", included.public_id)
    assert "Granted from 03/05/2023" not in file
    assert "Another person was meant" in file


def test_the_ledger_tells_what_is_not_billable_and_why(clerk: Client, included: Enrolment) -> None:
    make.amounts()
    make.ServiceFactory(enrolment=included, units=4)
    make.ServiceFactory(enrolment=included, units=4, date=date(2023, 3, 6))
    body = page(clerk, "ledger", included.public_id)
    assert "4 of 122 units used" in body
    assert "art. 9" in body
    assert "06/03/2023" in body


def test_the_information_sheet_is_printed_in_the_language_of_the_person(
    clerk: Client, included: Enrolment
) -> None:
    included.beneficiary.language = "nl"
    included.beneficiary.save()
    for _turn in range(2):
        made = sent(clerk, "information_sheet", included.public_id)
        assert made["Content-Type"] == "application/pdf"
        assert made.content.startswith(b"%PDF")
    assert Document.objects.get(kind="protocol3_information").language == "nl"


def test_a_member_finds_who_opened_their_file_among_their_own_accesses(
    clerk: Client, included: Enrolment
) -> None:
    member = MemberFactory(user=UserFactory(roles=[Role.MEMBER]))
    Beneficiary.objects.filter(pk=included.beneficiary_id).update(member=member)
    service = make.ServiceFactory(enrolment=included)
    page(clerk, "beneficiary", included.public_id)
    page(clerk, "service", service.public_id)
    page(clerk, "statement", included.public_id)
    assert Access.objects.filter(person_id=member.public_id).count() == Access.objects.count() == 3
    own = Client()
    own.force_login(member.user)
    purposes = {access.purpose for access in own.get(reverse("web:accesses")).context["work_list"].page}
    assert purposes == {
        "File of a beneficiary of a care project",
        "Service of a care project",
        "Statement of a beneficiary",
    }
