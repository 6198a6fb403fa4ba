"""The pages of conventions, residents and inventories, as those who run the home use them."""

import io
import json
import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import html

from partenamut.audit.models import Access, Entry
from partenamut.fields import blind_index
from partenamut.web import formats
from residences import models
from residences.services import conventions
from tests.documents.files import book, saved
from tests.factories import numbers
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import MemberFactory

pytestmark = pytest.mark.django_db

BORN = date(1941, 5, 4)
NISS = numbers.niss(7, BORN)
XSS = "<script>alert(1)</script>"
DETAILS = {
    "details": "1",
    "niss": NISS,
    "last_name": "Delvaux",
    "first_name": "Germaine",
    "birth_date": BORN.isoformat(),
    "language": "en",
    "street": "Rue Neuve 1",
    "postal_code": "5000",
    "city": "Namur",
    "insured": "on",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def home():
    return make.RestHomeFactory()


@pytest.fixture
def director(home):
    return make.director_of(home)


@pytest.fixture
def client(client, director):
    client.force_login(director)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def draft(home, director):
    resident = make.ResidentFactory(language="en")
    convention = make.draft(
        home,
        actor=director,
        resident=resident,
        where=make.bed(home, "101"),
        entry=date(2026, 6, 1),
        offered=make.AT,
    )
    conventions.set_clauses(convention=convention, texts=["The cat is welcome."], actor=director, at=make.AT)
    return convention


@pytest.fixture
def offered(draft, director):
    conventions.prepare(convention=draft, actor=director, at=make.AT)
    return draft


def of_home(name, home, *more):
    return reverse(f"residences:{name}", args=[home.public_id, *more])


def url(name, convention, *more):
    return of_home(name, convention.home, convention.public_id, *more)


def page(client, address, **data):
    answer = client.get(address, data)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def refused(answer, *texts):
    """The page again with the sentences on top."""
    assert answer.status_code == 200
    body = answer.content.decode()
    assert "govuk-error-summary" in body
    for text in texts:
        assert text in html.fromstring(body).text_content(), text
    return body


def went(answer, address):
    assert answer.status_code == 302, html.fromstring(answer.content.decode()).text_content()[:3000]
    assert answer["Location"].split("?")[0] == address


# --- the list ---------------------------------------------------------------------------------------------


def test_the_list_finds_by_name_state_room_type_and_what_is_to_do(client, home, director, offered):
    double = make.room_type(home, "Double", "41.85", 24)
    other = make.signed(
        home,
        actor=director,
        resident=make.ResidentFactory(last_name="Öztürk", search_name="ozturk louise"),
        where=make.bed(home, "205", kind=double),
    )
    gone = make.draft(home, actor=director, resident=make.ResidentFactory(last_name="Verworfen"))
    conventions.discard(convention=gone, because="x", actor=director, at=make.AT)
    here = of_home("conventions", home)
    name = offered.resident.last_name
    whole = page(client, here)
    assert name in whole
    assert "Öztürk" in whole
    assert "Verworfen" not in whole
    assert "Verworfen" in page(client, here, status="discarded")
    assert name not in page(client, here, name="OZTURK")
    assert "Öztürk" not in page(client, here, to_do="sign")
    assert name in page(client, here, to_do="both")
    assert "Öztürk" in page(client, here, to_do="receipt")
    found = page(client, here, room_type=str(double.public_id))
    assert "Öztürk" in found
    assert name not in found
    assert "Nothing matches" in page(client, here, kind="short")
    assert str(other) in whole


@pytest.mark.parametrize("query", [{"room_type": "x"}, {"status": "zz"}, {"page": "-1"}, {"sort": "zz"}])
def test_a_wrong_filter_is_no_error_of_the_server(client, home, offered, query):
    page(client, of_home("conventions", home), **query)


def test_an_empty_list_offers_to_write_the_first(client, home):
    assert of_home("new_convention", home) in page(client, of_home("conventions", home))


def test_the_list_as_a_file_is_traced_and_has_no_national_number(client, home, offered):
    for kind in ("csv", "xlsx", "json"):
        answer = client.get(of_home("conventions", home), {"export": kind})
        content = b"".join(answer.streaming_content)
        assert content
    rows = json.loads(content)
    assert rows[0]["number"] == offered.number or rows[0]["number"]
    assert offered.resident.niss.encode() not in content
    assert Entry.objects.filter(action="conventions_exported").count() == 3


def test_the_list_asks_as_much_for_many_as_for_few(client, home, director, django_assert_max_num_queries):
    make.signed(home, actor=director)
    with django_assert_max_num_queries(14) as few:
        page(client, of_home("conventions", home))
    for _turn in range(4):
        make.signed(home, actor=director)
    with django_assert_max_num_queries(len(few)):
        page(client, of_home("conventions", home))


# --- residents --------------------------------------------------------------------------------------------


def test_a_resident_is_found_by_part_of_the_name_or_the_number_which_stays_masked(client, home, director):
    person = make.ResidentFactory(last_name="Léopold", search_name="leopold simone")
    convention = make.signed(home, actor=director, resident=person)
    stranger = make.ResidentFactory(last_name="Léonard", search_name="leonard simone")
    here = of_home("residents", home)
    for text in ("LÉO", "simone leo", formats.niss(person.niss), person.niss):
        body = client.post(here, {"text": text}).content.decode()
        assert "Léopold" in body, text
        assert "Léonard" not in body
        assert person.niss not in body.replace(text, "")
        assert str(convention.bed) in body
    assert "Nobody of this home" in client.post(here, {"text": stranger.niss}).content.decode()
    assert "Nobody of this home" in client.post(here, {"text": "%_'"}).content.decode()
    refused(client.post(here, {"text": ""}), "Type a name or a NISS")


def test_the_file_of_a_resident_is_logged_and_shows_the_number_only_when_asked(client, home, director):
    convention = make.signed(home, actor=director)
    person = convention.resident
    here = of_home("resident", home, person.public_id)
    assert formats.niss(person.niss) not in page(client, here)
    body = client.post(of_home("resident_niss", home, person.public_id)).content.decode()
    assert formats.niss(person.niss) in body
    purposes = list(Access.objects.order_by("pk").values_list("purpose", flat=True))
    assert purposes == ["File of a resident", "National number shown in full"]


def test_a_resident_of_another_home_is_not_there(client, home):
    other = make.RestHomeFactory()
    convention = make.signed(other, actor=make.director_of(other))
    for name in ("resident", "correct_resident", "add_contact"):
        assert client.get(of_home(name, home, convention.resident.public_id)).status_code == 404
        assert client.get(of_home(name, other, convention.resident.public_id)).status_code == 404


def test_data_and_contacts_are_kept_with_their_history(client, home, director):
    convention = make.signed(home, actor=director)
    person = convention.resident
    values = {**DETAILS, "birth_date": person.birth_date.isoformat(), "last_name": XSS}
    went(
        client.post(of_home("correct_resident", home, person.public_id), values),
        of_home("resident", home, person.public_id),
    )
    contact = {
        "role": "guarantor", "name": "Anne", "street": "Rue 1", "postal_code": "5000", "city": "Namur",
    }  # fmt: skip
    add = of_home("add_contact", home, person.public_id)
    refused(client.post(add, {**contact, "name": ""}), "Fill in “Name”")
    refused(client.post(add, {**contact, "phone": "zz"}), "written with figures")
    went(client.post(add, contact), of_home("resident", home, person.public_id))
    body = page(client, of_home("resident", home, person.public_id))
    assert XSS not in body
    assert "Anne" in body
    assert "Contact added" in body
    row = person.contacts.get()
    change = of_home("change_contact", home, person.public_id, row.public_id)
    went(client.post(change, {**contact, "city": "Dinant"}), of_home("resident", home, person.public_id))
    remove = of_home("remove_contact", home, person.public_id, row.public_id)
    assert "cannot be undone" in page(client, remove)
    went(client.post(remove), of_home("resident", home, person.public_id))
    assert not person.contacts.exists()


# --- a new convention -------------------------------------------------------------------------------------


def test_a_convention_begins_with_a_number_that_is_checked(client, home):
    here = of_home("new_convention", home)
    refused(client.post(here, {"niss": "85.07.30-033.29"}), "not a valid number")
    refused(client.post(here, {"niss": ""}), "Fill in")
    assert "Nobody has this number here" in client.post(here, {"niss": NISS}).content.decode()
    refused(client.post(here, {**DETAILS, "birth_date": "1950-01-01"}), "not the one that the NISS carries")
    refused(client.post(here, {**DETAILS, "mutuality_code": "7"}), "Code of the mutuality")
    answer = client.post(here, DETAILS)
    convention = models.Convention.objects.get()
    went(answer, url("step_resident", convention))
    assert convention.resident.full_name == "Germaine Delvaux"
    went(client.post(here, {"niss": NISS}), url("convention", convention))


def test_a_member_brings_the_name_of_the_register_and_sees_who_looked(client, home):
    member = MemberFactory(niss=NISS, niss_index=blind_index(NISS), birth_date=BORN, last_name="Duregistre")
    here = of_home("new_convention", home)
    body = client.post(here, {"niss": NISS}).content.decode()
    assert "Duregistre" in body
    assert 'name="last_name"' not in body
    assert Access.objects.get(person_id=member.public_id).purpose == "New convention of a rest home"
    client.post(here, {**DETAILS, "last_name": "Faux"})
    assert models.Resident.objects.get().last_name == "Duregistre"


# --- the steps --------------------------------------------------------------------------------------------


def test_each_step_is_saved_and_leads_on(client, home, director):
    make.supplement(home)
    convention = conventions.create_draft(
        home=home, resident=make.ResidentFactory(language="en"), actor=director, at=make.AT
    )
    place = make.bed(home, "7")
    went(client.get(url("step_room", convention)), url("step_stay", convention))
    answers = [
        ("step_resident", {"language": "nl", "place_signed": "Namur"}, "step_people"),
        ("step_people", {"representative": ""}, "step_stay"),
        ("step_stay", {"kind": "indefinite", "entry": "2026-06-01"}, "step_room"),
        ("step_room", {"bed": str(place.public_id)}, "step_supplements"),
        ("step_supplements", {}, "step_clauses"),
        ("step_clauses", clauses("The cat is welcome.", ""), "step_check"),
    ]
    for name, data, following in answers:
        page(client, url(name, convention))
        went(client.post(url(name, convention), data), url(following, convention))
    convention.refresh_from_db()
    assert (convention.language, convention.entry, convention.bed) == ("nl", date(2026, 6, 1), place)
    assert not convention.supplements.exists()
    went(
        client.post(url("step_stay", convention), {"later": "1", **answers[2][1]}),
        url("convention", convention),
    )
    went(
        client.post(url("step_stay", convention) + "?change=1", answers[2][1]), url("step_check", convention)
    )


def clauses(*texts):
    rows = {f"clauses-{place}-text": text for place, text in enumerate(texts)}
    return {"clauses-TOTAL_FORMS": str(len(texts)), "clauses-INITIAL_FORMS": "0", **rows}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"kind": "", "entry": ""}, "Duration"),
        (
            {"kind": "indefinite", "entry": "", "entry_day": "31", "entry_month": "2", "entry_year": "2026"},
            "31 February 2026 does not exist",
        ),
        ({"kind": "indefinite", "entry": "2062-06-01"}, "cannot be after"),
        (
            {"kind": "short", "entry": "2026-06-01", "aims": "respite"},
            "A short stay has a last day (art. 2).",
        ),
        (
            {"kind": "short", "entry": "2026-06-01", "until": "2026-05-31", "aims": "respite"},
            "The short stay ends before the day of entry (art. 2).",
        ),
        (
            {"kind": "short", "entry": "2026-06-01", "until": "2026-06-30"},
            "respite, rehabilitation or both (art. 2)",
        ),
        ({"kind": "zz", "entry": "2026-06-01"}, "from the list"),
    ],
)
def test_a_stay_that_cannot_be_is_refused_and_nothing_typed_is_lost(client, draft, data, text):
    body = refused(client.post(url("step_stay", draft), data), text)
    typed = html.fromstring(body).xpath("//input[@name='entry_year']/@value")
    assert typed == [year for year in [data.get("entry_year") or data["entry"][:4]] if year]
    draft.refresh_from_db()
    assert draft.entry == date(2026, 6, 1)


def test_a_title_without_short_stays_says_so(client, home, draft):
    home.allowed = ["rest_home"]
    home.save()
    assert "does not allow short stays" in page(client, url("step_stay", draft))
    data = {"kind": "short", "entry": "2026-06-01", "until": "2026-06-30", "aims": "respite"}
    refused(client.post(url("step_stay", draft), data), "does not allow short stays (art. 2)")


def test_only_free_beds_are_offered_and_full_ones_say_until_when(client, home, director, draft):
    full, until, free = make.bed(home, "301"), make.bed(home, "302"), make.bed(home, "303")
    closed = make.bed(home, "304")
    make.signed(home, actor=director, where=full)
    make.signed(
        home,
        actor=director,
        where=until,
        kind="short",
        respite=True,
        entry=date(2026, 5, 1),
        until=date(2026, 6, 20),
    )
    models.BedClosure.objects.create(bed=closed, because="works", first_day=date(2026, 5, 1))
    body = page(client, url("step_room", draft))
    offered = html.fromstring(body).xpath("//input[@name='bed']/@value")
    assert str(free.public_id) in offered
    assert not {str(bed.public_id) for bed in (full, until, closed)} & set(offered)
    text = html.fromstring(body).text_content()
    assert "full from 12/01/2026, without an end" in text
    assert "full from 01/05/2026 to 20/06/2026" in text
    assert "out of service from 01/05/2026: works" in text
    assert "48.92" in text
    refused(client.post(url("step_room", draft), {"bed": str(full.public_id)}), "art. 3")
    for wrong in ("", "zz", str(make.bed(make.RestHomeFactory(), "1").public_id)):
        assert client.post(url("step_room", draft), {"bed": wrong}).status_code == 200


def test_a_home_that_is_full_says_what_to_do(client, home, director, draft):
    place = draft.bed
    make.signed(home, actor=director, where=place)
    assert "No bed is free on these days" in page(client, url("step_room", draft))
    answer = client.post(url("step_check", draft))
    refused(answer, "the room is full, choose another bed or day")


def test_a_clause_that_weakens_a_rule_is_refused_beside_it_and_the_others_are_kept(client, draft):
    texts = ("The resident pays a deposit of 300 euros.", "The dog is welcome.")
    body = refused(client.post(url("step_clauses", draft), clauses(*texts)), "art. 7", "pays a deposit")
    for text in texts:
        assert text in body
    draft.refresh_from_db()
    assert draft.clauses.get().text == "The cat is welcome."
    more = client.post(url("step_clauses", draft), {**clauses(*texts), "more": "1"}).content.decode()
    assert "clauses-2-text" in more
    went(
        client.post(url("step_clauses", draft), clauses("", "The dog is welcome.")), url("step_check", draft)
    )
    assert draft.clauses.get().text == "The dog is welcome."


@pytest.mark.parametrize(
    "data", [{}, {"clauses-TOTAL_FORMS": "zz"}, {"clauses-TOTAL_FORMS": "9999", "clauses-INITIAL_FORMS": "0"}]
)
def test_clauses_that_did_not_arrive_whole_are_not_kept(client, draft, data):
    answer = client.post(url("step_clauses", draft), data)
    assert answer.status_code == 200
    assert draft.clauses.get().text == "The cat is welcome."


def test_a_clause_is_judged_as_it_is_typed(client, home):
    here = of_home("check_clause", home)
    body = client.post(here, {"clauses-0-text": "Notice may be given orally."}).content.decode()
    assert "art. 10" in body
    body = client.post(here, {"clauses-0-text": "The cat is welcome."}).content.decode()
    assert "No rule of the convention is weakened" in body
    assert client.post(here, {}).content.decode().strip() == ""


def test_the_check_shows_every_answer_the_text_and_what_is_missing(client, home, draft):
    body = page(client, url("step_check", draft))
    text = html.fromstring(body).text_content()
    for number in range(1, 14):
        assert f"Article {number}. " in text
    assert text.count("Source:") == 13
    assert "The cat is welcome." in text
    assert f"{url('step_room', draft)}?change=1" in body
    assert "Offer for signature" in text
    draft.home.included.all().delete()
    body = page(client, url("step_check", draft))
    assert of_home("settings", home) in body
    assert "cannot be offered yet" in body
    refused(client.post(url("step_check", draft)), "art. 4 §2")


def test_a_draft_with_nothing_in_it_can_be_looked_at(client, home, director):
    convention = conventions.create_draft(
        home=home, resident=make.ResidentFactory(), actor=director, at=make.AT
    )
    for name in (
        "step_resident",
        "step_people",
        "step_stay",
        "step_supplements",
        "step_clauses",
        "step_check",
    ):
        page(client, url(name, convention))
    page(client, url("convention", convention))
    page(client, url("inventories", convention))


def test_the_steps_ask_little_of_the_database(client, draft, django_assert_max_num_queries):
    for name, most in (("step_room", 24), ("step_check", 48), ("convention", 36)):
        with django_assert_max_num_queries(most):
            page(client, url(name, draft))


# --- offered, remarked on ---------------------------------------------------------------------------------


def test_the_offer_freezes_the_text_and_leads_to_the_convention(client, draft):
    went(client.post(url("step_check", draft)), url("convention", draft))
    body = page(client, url("convention", draft))
    assert "Sign as manager" in body
    assert models.Edition.objects.get().sha256 in body
    went(client.get(url("step_stay", draft)), url("convention", draft))
    went(client.post(url("step_check", draft)), url("convention", draft))
    assert models.Edition.objects.count() == 1
    pdf = client.get(url("convention_pdf", draft, models.Edition.objects.get().public_id))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_after_a_remark_only_its_step_is_open_and_the_page_says_so(client, director, offered):
    edition = conventions.latest_edition(offered)
    member = UserFactory(roles=["member"], name="Marie Dupont")
    remark = conventions.comment(edition=edition, article=12, text=XSS, actor=member, at=make.AT)
    body = page(client, url("convention", offered))
    assert "Marie Dupont" in body
    assert XSS not in body
    assert "To answer" in body
    went(client.get(url("step_stay", offered)), url("step_check", offered))
    assert "has opened only article 12" in page(client, url("step_clauses", offered))
    check = page(client, url("step_check", offered))
    assert url("step_room", offered) not in check
    assert url("step_clauses", offered) in check
    refused(client.post(url("step_check", offered)), "without an answer")
    answer = url("answer_remark", offered, remark.public_id)
    refused(client.post(answer, {"text": " "}), "Fill in")
    went(client.post(answer, {"text": "Welcome."}), url("convention", offered))
    went(
        client.post(url("step_clauses", offered), clauses("The cat and dog are welcome.")),
        url("step_check", offered),
    )
    went(client.post(url("step_check", offered)), url("convention", offered))
    assert conventions.latest_edition(offered).turn == 2


def test_all_articles_can_be_opened_with_a_reason(client, offered):
    edition = conventions.latest_edition(offered)
    conventions.comment(edition=edition, article=7, text="?", actor=UserFactory(roles=["member"]), at=make.AT)
    assert "come from the law" in page(client, url("step_check", offered))
    refused(client.post(url("open_all_articles", offered), {"because": ""}), "Why")
    went(client.post(url("open_all_articles", offered), {"because": "address"}), url("convention", offered))
    page(client, url("step_stay", offered))
    refused(client.post(url("open_all_articles", offered), {"because": "again"}), "open already")


def test_the_text_is_taken_back_or_discarded_only_as_long_as_it_is_not_signed(
    client, home, director, offered
):
    assert "void" in page(client, url("reopen_convention", offered))
    went(client.post(url("reopen_convention", offered), {"note": ""}), url("convention", offered))
    refused(client.post(url("reopen_convention", offered), {"note": ""}), "moved on meanwhile")
    refused(client.post(url("discard_convention", offered), {"because": ""}), "Why")
    went(
        client.post(url("discard_convention", offered), {"because": "does not come"}),
        url("convention", offered),
    )
    offered.refresh_from_db()
    assert offered.status == "discarded"
    signed = make.signed(home, actor=director)
    refused(client.post(url("discard_convention", signed), {"because": "x"}), "moved on meanwhile")


# --- signed -----------------------------------------------------------------------------------------------


def signature(edition, **changes):
    return {"read": edition.sha256, "name": "Odile", "quality": "Director", "agreed": "on", **changes}


def test_the_manager_signs_what_is_on_the_page(client, offered):
    edition = conventions.latest_edition(offered)
    body = page(client, url("sign_convention", offered))
    assert html.fromstring(body).xpath("//input[@name='read']/@value") == [edition.sha256]
    refused(client.post(url("sign_convention", offered), signature(edition, agreed="")), "Tick the box")
    refused(client.post(url("sign_convention", offered), signature(edition, name="")), "Fill in")
    went(client.post(url("sign_convention", offered), signature(edition)), url("convention", offered))
    assert edition.signatures.get().side == "manager"
    went(client.post(url("sign_convention", offered), signature(edition)), url("convention", offered))
    assert edition.signatures.count() == 1


def test_a_text_that_changed_since_it_was_read_is_not_signed(client, director, offered):
    read = conventions.latest_edition(offered)
    conventions.reopen(convention=offered, actor=director, at=make.AT)
    went(client.post(url("sign_convention", offered), signature(read)), url("convention", offered))
    conventions.set_clauses(convention=offered, texts=["The dog is welcome."], actor=director, at=make.AT)
    new = conventions.prepare(convention=offered, actor=director, at=make.AT)
    body = refused(
        client.post(url("sign_convention", offered), signature(read)),
        "The text has changed since you read it",
    )
    tree = html.fromstring(body)
    assert tree.xpath("//input[@name='read']/@value") == [new.sha256]
    assert tree.xpath("//input[@name='name']/@value") == ["Odile"]
    assert not tree.xpath("//input[@name='agreed']/@checked")
    assert "The dog is welcome." in body
    for wrong in ("", "zz"):
        refused(client.post(url("sign_convention", offered), signature(new, read=wrong)), "changed")
    assert not models.Signature.objects.exists()


def paper(edition, **changes):
    return {
        "read": edition.sha256,
        "upload": SimpleUploadedFile("signed.pdf", saved(book(1))),
        "signed_on": "2026-05-04",
        "resident_name": "Simone",
        "manager_name": "Odile",
        "same_text": "on",
        **changes,
    }


def test_a_copy_signed_on_paper_signs_both_sides_and_can_be_read_again(client, offered):
    edition = conventions.latest_edition(offered)
    here = url("paper_signatures", offered)
    assert edition.sha256[:4] in page(client, here)
    refused(client.post(here, paper(edition, upload="")), "Add a file")
    refused(client.post(here, paper(edition, upload=SimpleUploadedFile("a.pdf", b"zz"))), "")
    refused(client.post(here, paper(edition, signed_on="2026-05-03")), "offered later than that")
    refused(client.post(here, paper(edition, signed_on="2026-05-05")), "cannot be after")
    refused(client.post(here, paper(edition, read="0" * 64)), "has changed since")
    refused(client.post(here, paper(edition, same_text="")), "Compare the fingerprint")
    went(client.post(here, paper(edition)), url("convention", offered))
    offered.refresh_from_db()
    assert offered.status == "signed"
    upload = models.Signature.objects.filter(side="manager").get().upload
    assert client.get(url("convention_file", offered, upload.public_id)).status_code == 200
    assert client.get(url("convention_signatures", offered)).status_code == 404
    went(client.get(here), url("convention", offered))


def test_the_receipt_is_recorded_with_its_file(client, home, director):
    convention = make.signed(home, actor=director)
    here = url("receipt", convention)
    refused(client.post(here, {"received_on": "2026-01-11"}), "after the signature")
    data = {"received_on": "2026-01-12", "upload": SimpleUploadedFile("r.pdf", saved(book(1)))}
    went(client.post(here, data), url("convention", convention))
    convention.refresh_from_db()
    body = page(client, url("convention", convention))
    assert url("convention_file", convention, convention.receipt.public_id) in body
    assert client.get(url("convention_signatures", convention)).content.startswith(b"%PDF")


def test_what_belongs_to_another_home_is_not_there(client, director, offered):
    other = make.RestHomeFactory()
    theirs = make.signed(other, actor=make.director_of(other))
    edition = conventions.latest_edition(theirs)
    for name in ("convention", "step_stay", "sign_convention", "receipt", "inventories"):
        assert client.get(url(name, theirs)).status_code == 404
        assert client.get(of_home(name, offered.home, theirs.public_id)).status_code == 404
    assert client.get(url("convention_pdf", offered, edition.public_id)).status_code == 404
    assert client.get(url("convention_file", offered, make.upload(director).public_id)).status_code == 404


# --- inventories ------------------------------------------------------------------------------------------


def lines(*rows):
    data = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
    for place, (element, state) in enumerate(rows):
        data |= {f"lines-{place}-element": element, f"lines-{place}-state": state}
    return data


def test_an_inventory_is_begun_changed_printed_and_signed(client, home, director):
    convention = make.signed(home, actor=director, resident=make.ResidentFactory(language="en"))
    assert "answers for no damage" in page(client, url("inventories", convention))
    new = url("new_inspection", convention, "entry")
    assert client.get(url("new_inspection", convention, "zz")).status_code == 404
    refused(client.post(new, {"done_on": "2027-01-01"}), "cannot be after")
    answer = client.post(new, {"done_on": "2026-01-10", "present": "Paul"})
    row = models.Inspection.objects.get()
    here = url("inspection", convention, row.public_id)
    went(answer, here)
    assert "Washbasin, toilet and shower" in page(client, here)
    refused(client.post(new, {"done_on": "2026-01-10"}), "exists already")
    particulars = {"done_on": "2026-01-10", "present": "Paul"}
    refused(client.post(here, {**particulars, **lines(("Floor", ""))}), "Write the state of “Floor”")
    refused(client.post(here, {**particulars, **lines(("", ""))}), "one element at least")
    assert (
        "lines-2-element"
        in client.post(here, {**particulars, **lines(("a", "b")), "more": "1"}).content.decode()
    )
    went(client.post(here, {**particulars, **lines((XSS, "new"), ("", ""))}), url("inventories", convention))
    assert client.post(url("inspection_pdf", convention, row.public_id)).content.startswith(b"%PDF")
    sign = url("sign_inspection", convention, row.public_id)
    refused(client.post(sign, {"signed_on": "2026-01-10"}), "Add a file")
    data = {"signed_on": "2026-01-12", "upload": SimpleUploadedFile("s.pdf", saved(book(1)))}
    went(client.post(sign, data), url("inventories", convention))
    body = page(client, here)
    assert "never changes" in body
    assert XSS not in body
    client.post(here, {**particulars, **lines(("Floor", "old"))})
    assert row.lines.get().state == "new"
    refused(client.post(url("discard_inspection", convention, row.public_id)), "stays as it is")


def test_furniture_is_added_changed_and_printed(client, home, director):
    convention = make.signed(home, actor=director)
    add = url("add_furniture", convention)
    values = {"description": XSS, "quantity": "2", "brought_on": "2026-01-12"}
    refused(client.post(add, {**values, "quantity": "0"}), "Number of pieces")
    went(client.post(add, values), url("inventories", convention))
    row = models.Furniture.objects.get()
    change = url("change_furniture", convention, row.public_id)
    refused(client.post(change, {**values, "removed_on": "2026-01-01"}), "before it was brought")
    went(client.post(change, {**values, "removed_on": "2026-02-01"}), url("inventories", convention))
    body = page(client, url("inventories", convention))
    assert XSS not in body
    assert "taken away on 01/02/2026" in body
    assert client.post(url("furniture_pdf", convention)).content.startswith(b"%PDF")


# --- forms sent after the log-out -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("step_resident", "place_signed"),
        ("discard_convention", "because"),
        ("add_furniture", "description"),
        ("sign_convention", "name"),
    ],
)
def test_what_was_typed_before_a_log_out_stands_there_again(client, director, draft, name, field):
    if name == "sign_convention":
        conventions.prepare(convention=draft, actor=director, at=make.AT)
    here = url(name, draft)
    form = html.fromstring(page(client, here)).xpath("//main//form[@method='post'][.//input[@name='owner']]")[
        0
    ]
    typed = {**dict(form.form_values()), field: "Typed before"}
    client.logout()
    assert "login" in client.post(here, typed)["Location"]
    client.force_login(director)
    again = html.fromstring(page(client, here)).xpath(f"//*[@name='{field}']")[0]
    assert (again.get("value") or again.text_content()).strip() == "Typed before"


def test_no_page_shows_a_whole_national_number(client, home, director, offered):
    person = offered.resident
    whole = re.compile(re.escape(person.niss) + "|" + re.escape(formats.niss(person.niss)))
    addresses = [
        of_home("conventions", home),
        of_home("resident", home, person.public_id),
        url("convention", offered),
        url("sign_convention", offered),
        url("paper_signatures", offered),
        url("inventories", offered),
    ]
    for address in addresses:
        assert not whole.search(page(client, address)), address
    pdf = client.get(url("convention_pdf", offered, conventions.latest_edition(offered).public_id)).content
    from pikepdf import open as opened

    with opened(io.BytesIO(pdf)) as file:
        assert len(file.pages) > 8
