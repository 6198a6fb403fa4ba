"""The pages of amendments for those who run the home."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate, now

from residences import models
from residences.services import amendments, conventions
from tests.documents.files import book, saved
from tests.factories import residences as make
from tests.residences.amendment_world import new, offered, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def convention(home, director):
    resident = make.ResidentFactory(language="en")
    return make.signed(home, actor=director, resident=resident, where=make.bed(home, "101"), supplements=[])


@pytest.fixture
def client(client, director):
    client.force_login(director)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def soon():
    return localdate() + timedelta(days=20)


def url(name, convention, *more):
    return reverse(f"residences:{name}", args=[convention.home.public_id, convention.public_id, *more])


def page(client, name, convention, *more):
    answer = client.get(url(name, convention, *more))
    assert answer.status_code == 200
    return answer.content.decode()


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def test_a_convention_without_amendments_says_what_they_are(client, convention):
    said = page(client, "amendments", convention)
    assert "The convention stands as it was signed." in said
    assert url("new_amendment", convention) in said


def test_an_amendment_is_begun_filled_in_and_offered(client, home, convention, soon):
    bed = make.bed(home, "102")
    answer = client.post(
        url("new_amendment", convention),
        {"kind": "room", "explanation": "Quieter.", **day("effective_on", soon)},
    )
    amendment = models.Amendment.objects.get()
    assert answer.url == url("change_amendment", convention, amendment.public_id)
    form = page(client, "change_amendment", convention, amendment.public_id)
    assert "102-A" in form
    assert "101-A" not in form
    answer = client.post(answer.url, {"bed": bed.pk, "explanation": "Quieter.", **day("effective_on", soon)})
    assert answer.url == url("offer_amendment", convention, amendment.public_id)
    preview = page(client, "offer_amendment", convention, amendment.public_id)
    assert "<del>" in preview
    assert "Article 3." in preview
    assert models.Edition.objects.filter(amendment=amendment).count() == 0
    client.post(answer.url)
    amendment.refresh_from_db()
    assert amendment.status == "ready"
    hub = page(client, "amendment", convention, amendment.public_id)
    assert amendment.editions.get().sha256 in hub
    assert "Not signed yet" in hub


def test_what_was_typed_stays_where_it_is_refused(client, home, convention):
    past = localdate() - timedelta(days=3)
    answer = client.post(
        url("new_amendment", convention),
        {"kind": "clauses", "explanation": "Minou", **day("effective_on", past)},
    )
    said = answer.content.decode()
    assert "The first day has passed" in said
    assert "Minou" in said
    assert not models.Amendment.objects.exists()


def test_a_second_amendment_is_refused_with_the_way_to_the_first(client, director, convention, soon):
    amendment = new(convention, director, "clauses", ["A cat."], first=soon, at=now())
    said = page(client, "amendments", convention)
    assert "Amendment 1 is open" in said
    assert url("new_amendment", convention) not in said
    answer = client.post(
        url("new_amendment", convention),
        {"kind": "clauses", "explanation": "x", **day("effective_on", soon)},
    )
    assert "Amendment 1 is open" in answer.content.decode()
    assert url("amendment", convention, amendment.public_id) in said


def test_a_clause_that_breaks_a_rule_is_refused_beside_its_field(client, director, convention, soon):
    amendment = new(convention, director, "clauses", ["A cat."], first=soon, at=now())
    answer = client.post(
        url("change_amendment", convention, amendment.public_id),
        {
            "clause_1": "Un chat.",
            "clause_2": "Le résident verse une garantie de 500 euros à l'entrée.",
            "explanation": "x",
            **day("effective_on", soon),
        },
    )
    assert "clause_2" in answer.context["form"].errors
    assert "garantie" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("supplements", {"supplements": "99999"}),
        ("representative", {"representative": "99999"}),
        ("guarantors", {"guarantors": "x"}),
        ("room", {"bed": "x"}),
    ],
)
def test_bad_choices_are_sentences(client, director, convention, soon, kind, typed):
    amendment = amendments.create(
        convention=convention, kind=kind, effective_on=soon, actor=director, at=now()
    )
    answer = client.post(
        url("change_amendment", convention, amendment.public_id),
        {"explanation": "x", **day("effective_on", soon), **typed},
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors


@pytest.mark.parametrize("kind", ["supplements", "representative", "guarantors", "clauses", "room_health"])
def test_the_form_of_each_kind_holds_what_is_agreed(client, home, director, convention, soon, kind):
    make.supplement(home)
    make.contact(convention.resident)
    make.contact(convention.resident, role="guarantor", name="Anne Lambert")
    amendment = amendments.create(
        convention=convention, kind=kind, effective_on=soon, explanation="Because", actor=director, at=now()
    )
    said = page(client, "change_amendment", convention, amendment.public_id)
    assert "Because" in said
    assert f'value="{soon.year}"' in said


def test_a_short_stay_is_prolonged_on_the_page(client, home, director):
    today = localdate()
    short = make.signed(
        home, actor=director, where=make.bed(home, "110"), entry=today - timedelta(days=5), kind="short",
        until=today + timedelta(days=5), respite=True, offered=now(),
    )  # fmt: skip
    client.post(url("new_amendment", short), {"kind": "prolongation", "explanation": "Not well yet."})
    amendment = models.Amendment.objects.get()
    assert amendment.effective_on == today + timedelta(days=6)
    later = today + timedelta(days=30)
    client.post(
        url("change_amendment", short, amendment.public_id), {"explanation": "x", **day("until", later)}
    )
    amendment.refresh_from_db()
    assert amendment.sets == {"until": later.isoformat()}


def test_the_manager_signs_what_was_read(client, home, director, convention, soon):
    edition = offered(convention, director, "clauses", ["A cat."], first=soon, at=now())
    address = url("sign_amendment", convention, edition.amendment.public_id)
    assert edition.sha256 in client.get(address).content.decode()
    typed = {"name": "Odile", "quality": "Directrice", "agreed": "on"}
    refused = client.post(address, {**typed, "read": "0" * 64})
    assert "has changed since you read it" in refused.content.decode()
    unticked = client.post(address, {**typed, "agreed": "", "read": edition.sha256})
    assert unticked.context["form"].errors
    client.post(address, {**typed, "read": edition.sha256})
    assert edition.signatures.get().name == "Odile"
    assert client.get(address).status_code == 302
    assert models.Amendment.objects.get().status == "ready"


def test_the_signed_paper_completes_the_amendment(client, home, director, convention, soon):
    edition = offered(convention, director, "clauses", ["A cat."], first=soon, at=now())
    sign(edition, "manager", director, now())
    address = url("paper_amendment", convention, edition.amendment.public_id)
    typed = {
        "read": edition.sha256,
        "resident_name": "Simone",
        "same_text": "on",
        **day("signed_on", localdate()),
    }
    bad = SimpleUploadedFile("signed.pdf", b"not a pdf")
    refused = client.post(address, {**typed, "upload": bad})
    assert "upload" in refused.context["form"].errors
    good = SimpleUploadedFile("signed.pdf", saved(book()))
    client.post(address, {**typed, "upload": good})
    assert models.Amendment.objects.get().status == "signed"
    paper = edition.signatures.get(side="resident")
    assert paper.means == "paper"
    copy = client.get(url("amendment_copy", convention, edition.amendment.public_id, paper.upload.public_id))
    assert copy["Content-Type"] == "application/pdf"


def test_the_offered_and_the_signed_paper_are_downloads(client, director, convention, soon):
    edition = offered(convention, director, "clauses", ["A cat."], first=soon, at=now())
    address = url("amendment_pdf", convention, edition.amendment.public_id)
    first = client.get(address).content
    for side in ("resident", "manager"):
        sign(edition, side, director, now())
    assert client.get(address).content != first
    assert client.get(f"{address}?offered=1").content == first


def test_a_remark_is_answered_and_the_text_offered_again(client, home, director, convention, soon):
    edition = offered(convention, director, "room", make.bed(home, "102"), first=soon, at=now())
    remark = conventions.comment(
        edition=edition, article=3, text="Is it quiet?", actor=make.UserFactory(roles=["member"]), at=now()
    )
    amendment = edition.amendment
    hub = page(client, "amendment", convention, amendment.public_id)
    assert "Is it quiet?" in hub
    assert "A remark waits for an answer" in hub
    offer = url("offer_amendment", convention, amendment.public_id)
    client.post(offer)
    assert models.Edition.objects.filter(amendment=amendment).count() == 1
    client.post(
        url("answer_amendment_remark", convention, amendment.public_id, remark.public_id),
        {"text": "Yes, it is."},
    )
    change = page(client, "change_amendment", convention, amendment.public_id)
    assert "opened only article 3" in change
    assert 'name="explanation"' not in change
    client.post(offer)
    assert models.Edition.objects.filter(amendment=amendment).count() == 2


def test_taking_back_and_discarding_ask_first(client, home, director, convention, soon):
    edition = offered(convention, director, "room", make.bed(home, "102"), first=soon, at=now())
    amendment = edition.amendment
    assert "is void" in page(client, "reopen_amendment", convention, amendment.public_id)
    client.post(url("reopen_amendment", convention, amendment.public_id), {"note": ""})
    amendment.refresh_from_db()
    assert amendment.status == "draft"
    discard = url("discard_amendment", convention, amendment.public_id)
    assert client.post(discard, {"because": ""}).context["form"].errors
    client.post(discard, {"because": "She stays."})
    amendment.refresh_from_db()
    assert amendment.status == "discarded"
    # Twice, or after the fact: a sentence, and nothing else happens.
    assert client.post(discard, {"because": "Again."}).status_code == 302
    assert client.post(url("reopen_amendment", convention, amendment.public_id)).status_code == 302
    assert client.post(url("offer_amendment", convention, amendment.public_id)).status_code == 302


def test_another_director_finds_nothing(client, director, convention, soon):
    edition = offered(convention, director, "clauses", ["A cat."], first=soon, at=now())
    client.force_login(make.director_of(make.RestHomeFactory()))
    for name in ("amendment", "change_amendment", "sign_amendment", "paper_amendment", "amendment_pdf"):
        assert client.get(url(name, convention, edition.amendment.public_id)).status_code == 404
    assert client.get(url("amendments", convention)).status_code == 404


def test_an_amendment_under_another_convention_is_not_there(client, home, director, convention, soon):
    edition = offered(convention, director, "clauses", ["A cat."], first=soon, at=now())
    other = make.signed(home, actor=director, where=make.bed(home, "300"))
    assert client.get(url("amendment", other, edition.amendment.public_id)).status_code == 404


def test_the_list_costs_the_same_for_many(
    client, home, director, convention, soon, django_assert_max_num_queries
):
    for place in range(6):
        amendment = new(convention, director, "clauses", [f"Cat {place}."], first=soon, at=now())
        amendments.discard(amendment=amendment, because="No", actor=director, at=now())
    offered(convention, director, "clauses", ["A dog."], first=soon, at=now())
    client.get(url("amendments", convention))
    with django_assert_max_num_queries(14):
        answer = client.get(url("amendments", convention))
    assert answer.content.decode().count("Discarded") == 6


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_list_is_exported(client, director, convention, soon, kind):
    offered(convention, director, "clauses", ["A dog."], first=soon, at=now())
    answer = client.get(f"{url('amendments', convention)}?export={kind}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
