"""The pages of hospitals and franchise lists: what each shows, does and refuses."""

import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from partenamut.registry import services
from partenamut.registry.models import FranchiseList, Hospital
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db

DATA = {
    "name": "Clinique d'Essai",
    "street": "Rue d'Essai 1",
    "postal_code": "5000",
    "city": "Namur",
    "phone": "",
    "inami_number": "7-10000-37",
}


@pytest.fixture
def admin(client):
    user = UserFactory(roles=["admin"])
    client.force_login(user)
    return user


def text_of(response):
    content = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(content.split())


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def url(name, *rows):
    return reverse(f"registry:{name}", args=[row.public_id for row in rows])


# --- hospitals


def test_an_empty_list_says_what_to_do(client, admin):
    shown = client.get(url("hospitals"))

    assert "No hospital has been entered yet" in text_of(shown)
    assert url("add_hospital") in shown.content.decode()


def test_the_menu_leads_to_the_hospitals(client, admin):
    assert url("hospitals") in client.get(reverse("web:home")).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"Open", "Closed"}),
        ({"text": "sàint-servais"}, {"Open"}),
        ({"text": "1180"}, {"Closed"}),
        ({"open": "yes"}, {"Open"}),
        ({"open": "no"}, {"Closed"}),
        ({"franchise": "2026"}, {"Open"}),
        ({"franchise": "2025"}, {"Open", "Closed"}),
        ({"franchise": "2025", "text": "nowhere"}, set()),
    ],
)
def test_the_list_is_filtered(client, admin, query, expected):
    still = HospitalFactory(name="Open", city="Saint-Servais", postal_code="5002")
    still.search_text = "open 5002 saint servais"
    still.save()
    closed = HospitalFactory(name="Closed", postal_code="1180", closed_on=date(2025, 12, 31))
    lists = {
        "2026": FranchiseListFactory(year=2026, hospitals=[still]),
        "2025": FranchiseListFactory(year=2025, hospitals=[still, closed]),
    }
    if "franchise" in query:
        query = query | {"franchise": lists[query["franchise"]].pk}

    shown = client.get(url("hospitals"), query)

    names = {row[0]["text"] for row in shown.context["work_list"].rows}
    assert names == expected
    if not expected:
        assert "Nothing matches" in text_of(shown)


def test_the_list_takes_few_questions_and_leaves_as_files(client, admin, django_assert_max_num_queries):
    places = HospitalFactory.create_batch(6)
    for year in (2025, 2026):
        FranchiseListFactory(year=year, hospitals=places)

    with django_assert_max_num_queries(10):
        shown = client.get(url("hospitals"))
    assert "2025, 2026" in text_of(shown)
    for kind in ("csv", "xlsx"):
        assert client.get(url("hospitals"), {"export": kind}).status_code == 200
    told = json.loads(b"".join(client.get(url("hospitals"), {"export": "json"}).streaming_content))
    assert {row["franchise"] for row in told} == {"2025, 2026"}
    assert told[0]["street"] == "Rue d'Essai 3"


def test_a_hospital_is_entered_changed_and_closed(client, admin):
    shown = client.post(url("add_hospital"), DATA, follow=True)
    hospital = Hospital.objects.get()
    assert hospital.inami_number == "71000037"
    assert "is entered" in text_of(shown)
    assert "No franchise list has been taken over yet" in text_of(shown)
    again = client.post(url("add_hospital"), DATA)
    assert "already in the list" in text_of(again)
    assert "Rue d&#x27;Essai 1" in again.content.decode()

    client.post(url("edit_hospital", hospital), DATA | {"name": "Other"})
    shown = client.post(url("close_hospital", hospital), day("last_day", date(2026, 1, 31)), follow=True)
    assert "Other" in text_of(shown)
    assert "31/01/2026" in text_of(shown)
    client.post(url("close_hospital", hospital), {"note": ""})
    hospital.refresh_from_db()
    assert hospital.closed_on is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"postal_code": "50000"}, "postal_code"),
        ({"phone": "ring"}, "phone"),
        ({"inami_number": "710"}, "inami_number"),
        ({"inami_number": "71000037123"}, "inami_number"),
    ],
)
def test_wrong_data_are_refused_beside_the_field(client, admin, changes, field):
    refused = client.post(url("add_hospital"), DATA | changes)

    assert list(refused.context["form"].errors) == [field]
    assert not Hospital.objects.exists()


def test_a_number_that_does_not_fit_its_check_digits_warns(client, admin):
    shown = client.post(url("add_hospital"), DATA | {"inami_number": "71000038"}, follow=True)

    assert Hospital.objects.get().inami_number == "71000038"
    assert "does not fit its check digits" in text_of(shown)


def test_a_hospital_shows_its_franchise_year_by_year(client, admin, django_assert_max_num_queries):
    hospital = HospitalFactory()
    listed = FranchiseListFactory(year=2026, hospitals=[hospital])
    other = FranchiseListFactory(year=2025)
    for year in (2022, 2023, 2024):
        FranchiseListFactory(year=year)

    with django_assert_max_num_queries(10):
        shown = client.get(url("hospital", hospital))

    assert "With a franchise (fictitious) Remove from the list of 2026" in text_of(shown)
    assert "Without a franchise (fictitious) Add to the list of 2025" in text_of(shown)
    assert url("remove_from_franchise", listed, hospital) in shown.content.decode()
    assert f"{url('add_to_franchise', other)}?hospital={hospital.public_id}" in shown.content.decode()


# --- franchise lists


def a_file(*rows, head="inami_number;name;postal_code", year="2026", source="Letter of 3 January", **more):
    content = "\n".join([head, *rows]).encode()
    return {"year": year, "source": source, "file": SimpleUploadedFile("list.csv", content), **more}


def confirm(client, shown):
    (token,) = re.findall(r'name="token" value="([^"]+)"', shown.content.decode())
    return client.post(url("confirm_franchise"), {"token": token}, follow=True)


def test_without_a_list_the_page_says_so(client, admin):
    shown = client.get(url("franchise_lists"))

    assert "for no year is it known" in text_of(shown)
    assert url("import_franchise") in shown.content.decode()


def test_a_list_is_compared_confirmed_and_replaced(client, admin):
    stays = HospitalFactory(name="Stays", inami_number="71000037")
    goes, comes = HospitalFactory(name="Goes"), HospitalFactory(name="Comes", postal_code="1180")
    FranchiseListFactory(year=2026, hospitals=[stays, goes])

    shown = client.post(url("import_franchise"), a_file("7-10000-37;;", ";comes;1180"))
    said = text_of(shown)
    assert "Get a franchise Comes, 1180 Namur" in said
    assert "Lose their franchise Goes, 5000 Namur" in said
    assert "Added 1 Removed 1 Unchanged 1" in said
    assert "Replace the list of 2026" in said
    assert services.listed_in(2026) == {stays.pk, goes.pk}
    done = confirm(client, shown)

    assert services.listed_in(2026) == {stays.pk, comes.pk}
    assert "The list of 2026 is taken over" in text_of(done)
    assert "Source: Letter of 3 January" in text_of(done)
    assert "Franchise list taken over" in text_of(done)


def test_the_first_list_of_a_year(client, admin):
    HospitalFactory(inami_number="71000037")

    shown = client.post(url("import_franchise"), a_file("71000037;;", year="2027"))
    assert "No list of this year stands yet" in text_of(shown)
    assert not FranchiseList.objects.exists()
    confirm(client, shown)

    assert FranchiseList.objects.get().year == 2027


def test_wrong_lines_are_all_told_and_nothing_is_taken_over(client, admin):
    HospitalFactory(name="Known", postal_code="5000", inami_number="71000037")

    shown = client.post(url("import_franchise"), a_file("71000037;;", ";Known;5000", ";Nowhere;1000", ";;9"))
    said = text_of(shown)

    assert "3 lines are wrong, so nothing was taken over" in said
    assert "3 Known, 5000 This hospital stands in line 2 already." in said
    assert "4 Nowhere, 1000 No hospital of the registry fits" in said
    assert "5 9 The line names no hospital" in said
    assert 'value="Letter of 3 January"' in shown.content.decode()
    assert 'name="token"' not in shown.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ""}, "source"),
        ({"year": "soon"}, "year"),
        ({"year": "1999"}, "year"),
        ({"file": ""}, "file"),
        ({"file": SimpleUploadedFile("list.xlsx", b"PK\x03\x04")}, "file"),
        ({"file": SimpleUploadedFile("list.csv", b"colour\nred")}, "file"),
    ],
)
def test_a_wrong_form_is_refused_beside_the_field(client, admin, changes, field):
    refused = client.post(url("import_franchise"), a_file("71000037;;") | changes)

    assert list(refused.context["form"].errors) == [field]


def test_a_list_that_changed_meanwhile_is_compared_again(client, admin):
    place, other = HospitalFactory(inami_number="71000037"), HospitalFactory()
    row = FranchiseListFactory(year=2026)
    shown = client.post(url("import_franchise"), a_file("71000037;;"))
    services.add_to_franchise(franchise_list=row, hospital=other, actor=admin, at=now())

    done = confirm(client, shown)

    assert "has changed since you looked" in text_of(done)
    assert services.listed_in(2026) == {other.pk}
    assert place.pk not in services.listed_in(2026)


@pytest.mark.parametrize("token", ["", "x", "x:y:z"])
def test_what_was_not_compared_is_not_taken_over(client, admin, token):
    shown = client.post(url("confirm_franchise"), {"token": token}, follow=True)

    assert "Send the file again" in text_of(shown)
    assert not FranchiseList.objects.exists()


def test_what_somebody_else_compared_is_not_taken_over(client, admin):
    HospitalFactory(inami_number="71000037")
    shown = client.post(url("import_franchise"), a_file("71000037;;"))
    client.force_login(UserFactory(roles=["admin"]))

    assert "Send the file again" in text_of(confirm(client, shown))
    assert not FranchiseList.objects.exists()


def test_a_list_shows_its_hospitals_and_what_changed(client, admin, django_assert_max_num_queries):
    row = FranchiseListFactory(
        hospitals=[HospitalFactory(name="Sainte-Anne"), *HospitalFactory.create_batch(5)]
    )
    HospitalFactory(name="Elsewhere")

    with django_assert_max_num_queries(10):
        shown = client.get(url("franchise_list", row))

    assert "Hospitals with a franchise in 2026" in text_of(shown)
    assert "Source: fictitious, taken over on 05/01/2026" in text_of(shown)
    assert "Remove from the list: Sainte-Anne" in text_of(shown)
    assert "Elsewhere" not in text_of(shown)
    told = json.loads(b"".join(client.get(url("franchise_list", row), {"export": "json"}).streaming_content))
    assert len(told) == 6
    assert "remove" not in told[0]
    assert "6" in text_of(client.get(url("franchise_lists")))


def test_a_hospital_is_added_and_removed_by_hand(client, admin):
    row, place = FranchiseListFactory(year=2026), HospitalFactory(name="Sainte-Anne")
    closed = HospitalFactory(closed_on=date(2025, 12, 31))
    assert "in this year none has a franchise" in text_of(client.get(url("franchise_list", row)))

    form = client.get(url("add_to_franchise", row), {"hospital": place.public_id})
    assert f'value="{place.public_id}" selected' in form.content.decode()
    assert "hospital" in client.post(url("add_to_franchise", row), {"hospital": ""}).context["form"].errors
    refused = client.post(url("add_to_franchise", row), {"hospital": closed.public_id})
    assert "hospital" in refused.context["form"].errors
    client.post(url("add_to_franchise", row), {"hospital": place.public_id, "note": "Forgotten"})
    assert services.listed_in(2026) == {place.pk}

    remove = url("remove_from_franchise", row, place)
    assert "counted without a franchise" in text_of(client.get(remove))
    assert services.listed_in(2026) == {place.pk}
    shown = client.post(remove, {"note": ""}, follow=True)

    assert services.listed_in(2026) == set()
    assert "Removed from the franchise list" in text_of(shown)
    assert client.get(remove).status_code == 404


def test_the_template_is_a_file_that_can_be_read(client, admin):
    sent = client.get(url("franchise_template"))

    assert sent["Content-Disposition"] == 'attachment; filename="franchise.csv"'
    assert sent.content.decode("utf-8-sig").startswith("inami_number;name;postal_code;")
