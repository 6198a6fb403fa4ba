"""The pages of the registry: what each shows, does, refuses, and to whom."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate, now

from partenamut.audit.models import Access, Entry
from partenamut.registry.models import LabelGrant, Member, MemberImport, Residence
from tests.factories import numbers
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    CaregiverRecognitionFactory,
    ContributionPeriodFactory,
    DirectorshipFactory,
    InamiApprovalFactory,
    InsurerFactory,
    LabelCriterionFactory,
    LabelGrantFactory,
    MemberFactory,
    MutualityFactory,
    PartnerPeriodFactory,
    ResidenceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = UserFactory(roles=["admin"])
    client.force_login(user)
    return user


@pytest.fixture
def director(client):
    user = UserFactory(roles=["residence_director"])
    client.force_login(user)
    return user


def text_of(response):
    content = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(content.split())


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


# --- public


def test_visitors_see_partners_of_today_with_their_labels(client):
    shown = ResidenceFactory(name="Les Érables", partner=True)
    LabelGrantFactory(residence=shown)
    LabelGrantFactory(residence=shown, label="alzheimer", last_day=localdate() - timedelta(days=1))
    ResidenceFactory(name="No partner")

    page = text_of(client.get(reverse("registry:residences")))

    assert "Les Érables" in page
    assert "Labels: Activation +" not in page
    assert "Labels: Activation" in page
    assert page.count("Alzheimer") == 1  # only the filter
    assert "No partner" not in page
    assert "+32 2 549 76 70" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"text": "erables"}, {"Les Érables"}),
        ({"text": "rue des lilas"}, {"Ter Duinen"}),
        ({"text": "5000"}, {"Les Érables"}),
        ({"label": "activation"}, {"Les Érables"}),
        ({"structure": "rest_home"}, {"Ter Duinen"}),
        ({"place": "De Haan"}, {"Ter Duinen"}),
        ({"accompanied": "on"}, {"Les Érables"}),
        ({"text": "erables", "place": "De Haan"}, set()),
    ],
)
def test_the_list_is_filtered(client, query, expected):
    first = ResidenceFactory(name="Les Érables", partner=True)
    LabelGrantFactory(residence=first)
    ResidenceFactory(
        name="Ter Duinen",
        street="Rue des Lilas 3",
        postal_code="8420",
        city="De Haan",
        structure_types=["rest_home"],
        accompanied=False,
        partner=True,
    )

    response = client.get(reverse("registry:residences"), query)

    assert {place.name for place in response.context["residences"]} == expected
    if not expected:
        assert "No residence matches" in text_of(response)


def test_the_nearest_postal_codes_come_first_and_the_page_says_how(client):
    for name, code in [("Far", "8420"), ("Near", "5020"), ("Here", "5001"), ("Next zone", "4990")]:
        ResidenceFactory(name=name, postal_code=code, partner=True)

    response = client.get(reverse("registry:residences"), {"near": "5000"})

    assert [place.name for place in response.context["residences"]] == ["Here", "Near", "Next zone", "Far"]
    assert "not the distance by road" in text_of(response)


@pytest.mark.parametrize("query", [{"near": "50"}, {"label": "gold"}, {"text": "x" * 81}, {"text": "a\x00b"}])
def test_a_wrong_filter_is_explained_and_nothing_typed_is_lost(client, query):
    ResidenceFactory(partner=True)

    response = client.get(reverse("registry:residences"), query)

    assert response.status_code == 200
    assert "There is a problem" in text_of(response)
    assert response.context["residences"] == []


def test_the_list_asks_the_same_few_questions_for_any_length(client, django_assert_num_queries):
    for _ in range(12):
        LabelGrantFactory(residence=ResidenceFactory(partner=True))

    with django_assert_num_queries(3):
        client.get(reverse("registry:residences"))


def test_the_list_can_be_printed_with_the_same_filters(client):
    ResidenceFactory(name="Les Érables", partner=True)
    ResidenceFactory(name="Ter Duinen", partner=True)

    page = text_of(client.get(reverse("registry:residences_on_paper"), {"text": "duinen"}))

    assert "Ter Duinen" in page
    assert "Les Érables" not in page


def test_a_residence_has_a_page(client):
    place = ResidenceFactory(partner=True)
    LabelGrantFactory(residence=place, first_day=date(2024, 5, 1))

    page = text_of(client.get(place.get_absolute_url()))

    assert "since 01/05/2024" in page
    assert "from 01/01/2015" in page
    assert "Convalescence centre" in page
    assert "+32 2 549 76 70" in page


def test_days_that_the_source_does_not_say_are_not_made_up(client):
    place = ResidenceFactory()
    PartnerPeriodFactory(residence=place, first_day_known=False)
    LabelGrantFactory(residence=place, first_day_known=False)

    page = text_of(client.get(place.get_absolute_url()))

    assert "2015" not in page
    assert "not recorded" in page


def test_a_former_partner_says_so_and_others_have_no_page(client):
    former = ResidenceFactory()
    PartnerPeriodFactory(residence=former, last_day=date(2024, 12, 31))

    assert "not been a partner of the mutuality since 31/12/2024" in text_of(
        client.get(former.get_absolute_url())
    )
    assert client.get(ResidenceFactory().get_absolute_url()).status_code == 404


# --- who may


STAFF_PAGES = [
    "members",
    "add_member",
    "imports",
    "add_import",
    "import_template",
    "managed_residences",
    "add_residence",
    "criteria",
    "add_criterion",
    "insurers",
    "mutualities",
    "add_mutuality",
    "hospitals",
    "add_hospital",
    "franchise_lists",
    "import_franchise",
    "franchise_template",
]


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_pages_of_the_registry_are_for_the_admin(client, name):
    url = reverse(f"registry:{name}")
    assert client.get(url).status_code == 302
    for role in ("member", "adviser", "residence_director"):
        client.force_login(UserFactory(roles=[role]))
        assert client.get(url).status_code == 403, role
    client.force_login(UserFactory(roles=["admin"]))
    assert client.get(url).status_code == 200


# --- members


def test_members_are_listed_found_and_never_shown_with_their_number(
    client, admin, django_assert_max_num_queries
):
    people = [MemberFactory(last_name=f"Peeters{count}") for count in range(8)]
    wanted = MemberFactory(last_name="Dupont")

    with django_assert_max_num_queries(9):
        response = client.get(reverse("registry:members"))
    assert people[0].niss not in response.content.decode()
    assert people[0].niss[:2] + "." in text_of(response)

    found = client.get(reverse("registry:members"), {"text": "dupomt"})
    assert "Dupont" in text_of(found)
    assert "Peeters1" not in text_of(found)
    assert "Dupont" in text_of(client.get(reverse("registry:members"), {"text": wanted.niss}))


def test_an_empty_registry_says_what_to_do(client, admin):
    assert "No member has been entered yet" in text_of(client.get(reverse("registry:members")))


def test_opening_a_member_is_noted_and_shows_no_full_number(client, admin, django_assert_max_num_queries):
    member = MemberFactory()
    for _ in range(4):
        CaregiverRecognitionFactory(cared_for=member)

    with django_assert_max_num_queries(16):
        response = client.get(reverse("registry:member", args=[member.public_id]))

    assert member.niss not in response.content.decode()
    assert member.iban not in response.content.decode().replace(" ", "")
    access = Access.objects.get()
    assert (access.person_id, access.actor) == (member.public_id, admin)


def member_form(**changes):
    born = numbers.birth_date(50)
    form = {
        "niss": numbers.niss(50),
        "last_name": "De Croÿ",
        "first_name": "Léa",
        **day("birth_date", born),
        "language": "fr",
        "mutuality": MutualityFactory().pk,
        "registration_number": "0050",
        "street": "Rue d'Essai 1",
        "postal_code": "1000",
        "city": "Bruxelles",
        "country": "BE",
        "phone": "",
        "email": "",
        "iban": "BE71 0961 2345 6769",
    }
    return form | changes


def test_a_member_is_entered(client, admin):
    response = client.post(reverse("registry:add_member"), member_form(), follow=True)

    member = Member.objects.get()
    assert response.redirect_chain[-1][0] == reverse("registry:member", args=[member.public_id])
    assert "Léa De Croÿ is entered" in text_of(response)


def test_a_member_who_exists_is_refused_beside_the_field_and_nothing_is_lost(client, admin):
    MemberFactory(count=50)

    response = client.post(reverse("registry:add_member"), member_form(last_name="Kept <b>"))

    assert "Another member has this NISS" in text_of(response)
    assert 'value="Kept &lt;b&gt;"' in response.content.decode()
    assert Member.objects.count() == 1


def test_a_member_is_corrected_with_a_reason_and_a_history(client, admin):
    member = MemberFactory(count=50, last_name="Dupont")
    url = reverse("registry:correct_member", args=[member.public_id])
    without = client.post(url, member_form())
    assert "Why the data change" in text_of(without)
    assert not Entry.objects.exists()

    response = client.post(url, member_form(reason="Identity card seen"), follow=True)

    page = text_of(response)
    assert "Dupont → became De Croÿ" in page.replace("  ", " ")
    assert "Identity card seen" in page
    assert Access.objects.filter(purpose__contains="full").count() == 2


def test_periods_and_people_are_added_and_ended(client, admin):
    member, other = MemberFactory(), MemberFactory()
    add = reverse("registry:add_member_row", args=[member.public_id, "contributions"])
    page = client.post(add, day("first_day", date(2024, 1, 1)), follow=True)
    assert "from 01/01/2024" in text_of(page)
    overlap = client.post(add, day("first_day", date(2025, 1, 1)))
    assert "overlaps" in text_of(overlap)

    end = reverse(
        "registry:end_member_row",
        args=[member.public_id, "contributions", member.contributions.get().public_id],
    )
    assert "Days after the last one are not paid" in text_of(client.get(end))
    page = client.post(end, day("last_day", date(2025, 12, 31)), follow=True)
    assert "from 01/01/2024 to 31/12/2025" in text_of(page)

    caregiver = reverse("registry:add_member_row", args=[member.public_id, "caregivers"])
    unknown = client.post(caregiver, {"niss": numbers.niss(900), **day("first_day", date(2024, 1, 1))})
    assert "No member has this NISS" in text_of(unknown)
    page = client.post(caregiver, {"niss": other.niss, **day("first_day", date(2024, 1, 1))}, follow=True)
    assert other.full_name in text_of(page)


def test_a_mandate_is_given_to_a_user(client, admin):
    member, user = MemberFactory(), UserFactory(roles=["representative"])
    add = reverse("registry:add_member_row", args=[member.public_id, "mandates"])

    assert "No user has this" in text_of(
        client.post(add, {"email": "nobody@example.org", "basis": "x", **day("first_day", date(2024, 1, 1))})
    )
    client.post(add, {"email": user.email.upper(), "basis": "Judgment", **day("first_day", date(2024, 1, 1))})

    assert Member.objects.visible_to(user, localdate()).get() == member


def test_a_row_of_another_member_and_an_unknown_kind_are_not_found(client, admin):
    period = ContributionPeriodFactory()
    other = MemberFactory()

    for url in (
        reverse("registry:end_member_row", args=[other.public_id, "contributions", period.public_id]),
        reverse("registry:add_member_row", args=[other.public_id, "gifts"]),
    ):
        assert client.get(url).status_code == 404


# --- residences


def test_residences_are_listed_in_few_questions(client, admin, django_assert_max_num_queries):
    for _ in range(8):
        LabelGrantFactory(residence=ResidenceFactory(partner=True))
    ResidenceFactory(name="Not yet")

    with django_assert_max_num_queries(9):
        response = client.get(reverse("registry:managed_residences"))
    assert "Not yet" in text_of(response)
    assert "Not yet" not in text_of(client.get(reverse("registry:managed_residences"), {"partner": "yes"}))
    assert "Not yet" in text_of(client.get(reverse("registry:managed_residences"), {"text": "nót"}))
    by_kind = client.get(reverse("registry:managed_residences"), {"structure": "rest_home"})
    assert "Not yet" not in text_of(by_kind)
    by_label = client.get(reverse("registry:managed_residences"), {"label": "alzheimer"})
    assert "Nothing matches" in text_of(by_label)
    with django_assert_max_num_queries(9):
        exported = b"".join(
            client.get(reverse("registry:managed_residences"), {"export": "csv"}).streaming_content
        )
    assert exported.count(b"Activation") == 8


def test_a_residence_is_entered_changed_and_made_partner(client, admin):
    data = {
        "name": "Les Érables",
        "structure_types": ["rest_home"],
        "street": "Rue d'Essai 1",
        "postal_code": "5000",
        "city": "Namur",
        "accompanied": "yes",
    }
    client.post(reverse("registry:add_residence"), data)
    place = Residence.objects.get()
    assert place.accompanied is True
    assert client.get(place.get_absolute_url()).status_code == 404

    add = reverse("registry:add_residence_row", args=[place.public_id, "partnerships"])
    client.post(add, day("first_day", date(2024, 1, 1)) | {"source": "Convention"})
    client.post(
        reverse("registry:edit_residence", args=[place.public_id]),
        data | {"phone": "081 00 00 00", "accompanied": ""},
    )

    place.refresh_from_db()
    assert place.accompanied is None
    assert "081 00 00 00" in text_of(client.get(place.get_absolute_url())).replace("\u00a0", " ")
    page = text_of(client.get(reverse("registry:managed_residence", args=[place.public_id])))
    assert "Became a partner" in page
    period = place.partner_periods.get()
    end = reverse("registry:end_residence_row", args=[place.public_id, "partnerships", period.public_id])
    backwards = client.post(end, day("last_day", date(2023, 1, 1)))
    assert "The last day lies before the first" in text_of(backwards)


# --- labels


def label_form(*criteria, **changes):
    form = day("first_day", date(2026, 1, 1)) | day("seen_on", date(2026, 1, 1))
    for criterion in criteria:
        form[f"finding_{criterion.pk}"] = "Seen on the spot"
    return form | changes


def test_a_label_is_granted_on_evidence_renewed_and_withdrawn(client, admin):
    place = ResidenceFactory(partner=True)
    equipment, staff = LabelCriterionFactory(text="Equipment"), LabelCriterionFactory(text="Trained staff")
    grant_url = reverse("registry:grant_label", args=[place.public_id, "activation"])

    refused = client.post(grant_url, label_form(equipment))
    assert "What was found: Trained staff" in text_of(refused)
    assert not LabelGrant.objects.exists()

    pdf = SimpleUploadedFile("virus.pdf", b"no pdf at all", content_type="application/pdf")
    refused = client.post(grant_url, label_form(equipment, staff, **{f"file_{staff.pk}": pdf}))
    assert "There is a problem" in text_of(refused)
    assert not LabelGrant.objects.exists()

    client.post(grant_url, label_form(equipment, staff))
    grant = LabelGrant.objects.get()
    assert grant.evidence.count() == 2

    renewal = (
        label_form(equipment, staff) | day("first_day", date(2026, 2, 1)) | day("seen_on", date(2026, 1, 31))
    )
    client.post(reverse("registry:renew_label", args=[place.public_id, grant.public_id]), renewal)
    renewed = grant.renewals.get()
    withdraw = reverse("registry:withdraw_label", args=[place.public_id, renewed.public_id])
    page = client.post(withdraw, day("last_day", date(2026, 2, 28)) | {"reason": "Staff left"}, follow=True)

    assert "Staff left" in text_of(page)
    assert not Residence.objects.with_label("activation", date(2026, 3, 1)).exists()


def test_a_document_proves_a_criterion_and_only_those_concerned_read_it(client, admin, tmp_path):
    pikepdf = pytest.importorskip("pikepdf")
    path = tmp_path / "proof.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(path)
    place, criterion = ResidenceFactory(), LabelCriterionFactory()
    file = SimpleUploadedFile("proof.pdf", path.read_bytes(), content_type="application/pdf")
    client.post(
        reverse("registry:grant_label", args=[place.public_id, "activation"]),
        label_form(criterion, **{f"file_{criterion.pk}": file}),
    )
    upload = LabelGrant.objects.get().evidence.get().upload
    url = reverse("registry:evidence_file", args=[place.public_id, upload.public_id])

    assert client.get(url)["Content-Type"] == "application/pdf"
    other = reverse("registry:evidence_file", args=[ResidenceFactory().public_id, upload.public_id])
    assert client.get(other).status_code == 404
    own, stranger = DirectorshipFactory(residence=place).director, DirectorshipFactory().director
    client.force_login(own)
    assert client.get(url).status_code == 200
    client.force_login(stranger)
    assert client.get(url).status_code == 404


def test_a_label_without_criteria_leads_to_entering_them(client, admin):
    place = ResidenceFactory()

    page = client.get(reverse("registry:grant_label", args=[place.public_id, "alzheimer"]))
    assert "No criterion is in force" in text_of(page)
    assert f"{reverse('registry:add_criterion')}?label=alzheimer" in page.content.decode()
    assert "Until its criteria are entered" in text_of(client.get(reverse("registry:criteria")))

    form = {"label": "alzheimer", "text": "Closed garden"} | day("first_day", date(2024, 1, 1))
    client.post(reverse("registry:add_criterion"), form)
    page = client.get(reverse("registry:grant_label", args=[place.public_id, "alzheimer"]))
    assert "Closed garden" in text_of(page)
    assert client.get(reverse("registry:grant_label", args=[place.public_id, "gold"])).status_code == 404


def test_a_criterion_ends(client, admin):
    criterion = LabelCriterionFactory()

    client.post(
        reverse("registry:end_criterion", args=[criterion.public_id]), day("last_day", date(2025, 1, 1))
    )

    criterion.refresh_from_db()
    assert criterion.last_day == date(2025, 1, 1)


# --- insurers


def test_the_address_of_an_insurer_is_entered(client, admin):
    insurer = InsurerFactory(code="600", address="")
    assert "To be entered" in text_of(client.get(reverse("registry:insurers")))

    data = {
        "name_fr": "CAAMI",
        "name_nl": "HZIV",
        "address": "Rue Neuve 1, 1000 Bruxelles",
        "source": "Letter",
    }
    client.post(reverse("registry:insurer", args=[insurer.public_id]), data)

    insurer.refresh_from_db()
    assert insurer.address == "Rue Neuve 1, 1000 Bruxelles"
    assert "Rue Neuve 1" in text_of(client.get(reverse("registry:insurer", args=[insurer.public_id])))


def test_a_mutuality_is_entered_and_ended(client, admin):
    insurer = InsurerFactory()
    data = {"insurer": insurer.pk, "name": "Old"} | day("first_day", date(2010, 1, 1))
    assert "The first figure of the code" in text_of(
        client.post(reverse("registry:add_mutuality"), data | {"code": "134"})
    )
    client.post(reverse("registry:add_mutuality"), data | {"code": "516"})
    old = insurer.mutualities.get(code="516")

    client.post(
        reverse("registry:mutuality", args=[old.public_id]),
        day("last_day", date(2021, 12, 31)) | {"successor": MutualityFactory().pk},
    )

    old.refresh_from_db()
    assert old.successor.code == "509"
    assert "509 Partenamut" in text_of(client.get(reverse("registry:mutualities")))


# --- files of members


def a_file(content, name="members.csv"):
    return {"file": SimpleUploadedFile(name, content, content_type="text/csv")}


def good_and_bad():
    born = numbers.birth_date(1).isoformat()
    head = "niss;last_name;first_name;birth_date;street;postal_code;city;mutuality;registration_number"
    good = f"{numbers.niss(1)};Peeters;Anne;{born};Rue d'Essai 1;1000;Bruxelles;509;1"
    return f"{head}\n{good}\n{good.replace(numbers.niss(1), '12')}1\n".encode()


def test_a_file_is_checked_shown_and_taken_over(client, admin, django_capture_on_commit_callbacks):
    MutualityFactory()
    page = client.post(reverse("registry:add_import"), a_file(good_and_bad()), follow=True)
    assert "1 line will be taken over" in text_of(page)
    assert "A NISS has 11 figures" in text_of(page)
    assert not Member.objects.exists()
    member_import = MemberImport.objects.get()

    again = client.post(reverse("registry:add_import"), a_file(good_and_bad()))
    assert "sent before" in text_of(again)
    assert reverse("registry:import", args=[member_import.public_id]) in again.content.decode()

    refused = client.get(reverse("registry:refused_lines", args=[member_import.public_id]))
    assert b"11 figures" in b"".join(refused.streaming_content)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("registry:start_import", args=[member_import.public_id]))
    assert Member.objects.get().last_name == "Peeters"
    page = text_of(client.get(reverse("registry:import", args=[member_import.public_id])))
    assert "Created 1" in page
    over = client.post(reverse("registry:start_import", args=[member_import.public_id]), follow=True)
    assert "This import is over" in text_of(over)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"colour\n1", "members.csv", "does not name the columns"),
        ("niss;é\n".encode("latin-1"), "members.csv", "UTF-8"),
        (b"", "members.csv", "empty"),
        (b"PK\x03\x04", "members.xlsx", "not accepted"),
    ],
)
def test_a_file_that_is_no_list_is_refused_beside_the_field(client, admin, content, name, words):
    page = client.post(reverse("registry:add_import"), a_file(content, name))

    assert words in text_of(page)
    assert not MemberImport.objects.exists()


def test_a_file_is_given_up(client, admin):
    client.post(reverse("registry:add_import"), a_file(good_and_bad()))
    member_import = MemberImport.objects.get()
    url = reverse("registry:discard_import", args=[member_import.public_id])

    assert "is deleted" in text_of(client.get(url))
    page = client.post(url, follow=True)

    assert "given up" in text_of(page)
    assert not member_import.lines.exists()
    assert "given up" not in text_of(client.get(reverse("registry:imports")))


# --- directors


def test_a_director_reads_the_own_residence_and_corrects_phone_and_address_only(client, director):
    place = ResidenceFactory(approved=True)
    DirectorshipFactory(residence=place, director=director)
    LabelGrantFactory(residence=place)

    start = client.get(reverse("registry:own_residences"))
    assert start["Location"] == reverse("registry:own_residence", args=[place.public_id])
    page = text_of(client.get(start["Location"]))
    assert "Activation" in page
    assert "from 01/01/2015" in page

    url = reverse("registry:edit_contact", args=[place.public_id])
    client.post(url, {"phone": "081 99 99 99", "email": "home@example.org", "name": "Stolen"})
    place.refresh_from_db()
    assert (place.phone, place.email) == ("081 99 99 99", "home@example.org")
    assert place.name != "Stolen"
    assert Entry.objects.get().actor == director

    wrong = client.post(url, {"phone": "ring me", "email": ""}, headers={"accept-language": "en"})
    assert "written with figures" in wrong.context["form"].errors["phone"][0]


def test_a_director_sees_no_other_residence_and_none_before_or_after(client, director):
    DirectorshipFactory(director=director, last_day=now().date() - timedelta(days=2))
    former, other = director.directorships.get().residence, ResidenceFactory(partner=True)

    for place in (former, other):
        for name in ("own_residence", "edit_contact"):
            assert client.get(reverse(f"registry:{name}", args=[place.public_id])).status_code == 404
    assert "No residence is linked" in text_of(client.get(reverse("registry:own_residences")))


def test_a_director_of_two_chooses(client, director):
    for _ in range(2):
        DirectorshipFactory(director=director)

    page = client.get(reverse("registry:own_residences"))

    assert page.status_code == 200
    assert len(page.context["residences"]) == 2


# --- home


def test_the_home_page_says_what_is_missing_in_the_registry(client, admin):
    InsurerFactory(code="600", address="")
    LabelGrantFactory(last_day=localdate() + timedelta(days=30))
    InamiApprovalFactory()

    page = text_of(client.get(reverse("web:home")))

    assert "Insurers without address 1" in page
    assert "Labels that end within 60 days 1" in page


def test_the_home_page_leads_a_director_to_the_residence(client, director):
    place = DirectorshipFactory(director=director).residence

    assert place.name in text_of(client.get(reverse("web:home")))
