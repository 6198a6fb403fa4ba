"""What a member does until a claim is sent: every page, every kind of bad input, who sees what, and what a list costs."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pikepdf
import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hospitalisation.models import AttachmentKind, Claim, ClaimKind, LineKind
from hospitalisation.services import claims, decisions
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from partenamut.registry.models import ContributionPeriod, Tier
from tests.documents import samples
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    ContributionPeriodFactory,
    FranchiseListFactory,
    HospitalFactory,
    MandateFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 5, 4, 10, 30, tzinfo=BRUSSELS)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person():
    member = make.insured()
    ContributionPeriodFactory(member=member)
    make.filer(member)
    return member


@pytest.fixture
def web(client, person):
    client.force_login(person.user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique Sainte-Élisabeth")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


@pytest.fixture
def claim(person, hospital):
    return make.announced(person, hospital=hospital)


def url(name, *args):
    return reverse(f"hospitalisation:{name}", args=args)


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def stay(hospital=None, admission=date(2026, 4, 13), **more):
    discharge = more.pop("discharge", None)
    return {
        "hospital": str(hospital.public_id) if hospital else "",
        "place": "",
        "country": "BE",
        **day("admission", admission),
        **(day("discharge", discharge) if discharge else {}),
        "admitted": "yes",
        "day_hospital": "no",
        "room": "individual",
        **more,
    }


def rows(*lines, **more):
    """The POST of a page of lines."""
    data = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for place, line in enumerate(lines):
        data |= {f"lines-{place}-{name}": value for name, value in line.items()}
    return data | more


def pdf(name="facture.pdf"):
    book, made = pikepdf.new(), BytesIO()
    book.add_blank_page()
    book.save(made)
    return SimpleUploadedFile(name, made.getvalue(), "application/pdf")


def csv(
    *lines, name="bill.csv", head="kind;label;billed;mandatory;inami_tariff;doctor_agreed;quantity;care_date"
):
    return SimpleUploadedFile(name, "\r\n".join([head, *lines]).encode(), "text/csv")


def errors(response, name="form"):
    return {key: [str(text) for text in texts] for key, texts in response.context[name].errors.items()}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def texts(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


# --- the list ---------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(web):
    page = web.get(url("claims"))
    assert url("announce") in page.content.decode()
    assert "no hospital claim yet" in texts(page)


def test_what_waits_for_me_comes_first(web, person, hospital):
    waiting = make.announced(person, hospital=hospital)
    later = make.sent(person, hospital=hospital)
    found = list(web.get(url("claims")).context["work_list"].page)
    assert found == [waiting, later]


def test_filters_and_export_show_the_same_rows(web, person, hospital):
    make.announced(person, hospital=hospital, admission=date(2025, 3, 2), discharge=date(2025, 3, 3))
    deposit = make.deposit(make.announced(person, hospital=hospital))
    page = web.get(url("claims"), {"kind": "deposit", "year": "2026", "status": "received"})
    assert list(page.context["work_list"].page) == [deposit]
    sheet = b"".join(web.get(url("claims"), {"kind": "deposit", "export": "csv"}).streaming_content).decode()
    assert deposit.number in sheet
    assert sheet.strip().count("\n") == 1
    wrong = web.get(url("claims"), {"kind": "nonsense"})
    assert wrong.status_code == 200
    assert wrong.context["page_has_errors"]


def test_a_representative_sees_and_filters_those_they_act_for(client, hospital):
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    wards = [MandateFactory(representative=guardian).member for _ in range(2)]
    past = MandateFactory(representative=guardian, last_day=TODAY - timedelta(days=1)).member
    made = [make.announced(ward, hospital=hospital) for ward in [*wards, past]]
    client.force_login(guardian)
    assert set(client.get(url("claims")).context["work_list"].page) == set(made[:2])
    one = client.get(url("claims"), {"member": str(wards[1].public_id)})
    assert list(one.context["work_list"].page) == [made[1]]
    assert client.get(url("step", made[2].public_id, "lines")).status_code == 404


def test_the_list_costs_the_same_however_long(web, person, hospital):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            web.get(url("claims"))
        return len(seen)

    make.announced(person, hospital=hospital)
    queries()
    few = queries()
    for _ in range(6):
        make.deposit(make.announced(person, hospital=hospital))
    assert queries() == few


def test_an_adviser_has_no_own_list(client, claim):
    client.force_login(UserFactory(roles=[Role.ADVISER]))
    assert client.get(url("claims")).status_code == 403


# --- the announcement -------------------------------------------------------------------------------------


def test_one_short_form_announces_and_says_what_to_do(web, person, hospital):
    answer = web.post(url("announce"), stay(hospital))
    made = Claim.objects.get()
    assert (made.status, made.member, made.hospital, made.room) == (
        Status.ANNOUNCED,
        person,
        hospital,
        "individual",
    )
    assert answer.url == url("announced", made.public_id)
    page = web.get(answer.url)
    assert made.number in texts(page)
    assert "Hospitalia Plus" in texts(page)
    assert "150" in texts(page)
    assert url("claim_form", made.public_id) in page.content.decode()
    assert url("deposit", made.public_id) in page.content.decode()


def test_a_hospital_abroad_is_named_and_an_adviser_decides(web):
    answer = web.post(url("announce"), stay(place="Hôpital de la Timone, Marseille", country="FR"))
    made = Claim.objects.get()
    assert (made.hospital, made.place_name, made.country) == (None, "Hôpital de la Timone, Marseille", "FR")
    assert "an adviser decides" in texts(web.get(answer.url))


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (day("discharge", date(2026, 4, 10)), "discharge", "before the admission"),
        ({**day("discharge", date(2026, 4, 14)), "day_hospital": "yes"}, "discharge", "no night"),
        (day("admission", date(2026, 6, 1)), "admitted", "still to come"),
        ({"admitted": "no"}, "admission", "is past"),
        (day("admission", date(2016, 4, 13)), "admission", "years ago"),
        (day("admission", date(2036, 4, 13)) | {"admitted": "no"}, "admission", "years ahead"),
        ({"admission_day": "31"}, "admission", "does not exist"),
        ({"hospital": ""}, "hospital", "write its name"),
        ({"place": "Mons"}, "place", "leave this empty"),
        ({"hospital": "nowhere"}, "hospital", "not in the list any more"),
        ({"room": ""}, "room", "Room"),
        ({"country": "QQ"}, "country", "from the list"),
        (day("discharge", date(2027, 12, 1)), "discharge", "more than a year"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(web, hospital, change, field, words):
    page = web.post(url("announce"), stay(hospital) | change)
    assert any(words in text for text in errors(page)[field]), errors(page)
    assert not Claim.objects.exists()
    assert "data-error-summary" in page.content.decode()
    assert page.context["form"]["room"].value() == change.get("room", "individual")


def test_a_hospital_that_closed_before_the_admission(web):
    closed = HospitalFactory(closed_on=date(2026, 1, 31))
    page = web.post(url("announce"), stay(closed))
    assert "31/01/2026" in errors(page)["hospital"][0]
    assert web.post(url("announce"), stay(closed, admission=date(2026, 1, 5))).status_code == 302


def test_the_same_admission_twice_leads_to_the_first(web, claim, hospital):
    page = web.post(url("announce"), stay(hospital, admission=make.ADMISSION))
    assert claim.number in errors(page)["admission"][0]
    assert url("claim", claim.public_id) in page.content.decode()
    assert Claim.objects.count() == 1


def test_who_acts_for_several_chooses_and_leaves_a_line(client, hospital):
    guardian = UserFactory(roles=[Role.REPRESENTATIVE])
    wards = [MandateFactory(representative=guardian).member for _ in range(2)]
    client.force_login(guardian)
    assert "member" in errors(client.post(url("announce"), stay(hospital)))
    answer = client.post(url("announce"), stay(hospital, member=str(wards[1].public_id)))
    assert Claim.objects.get().member == wards[1]
    client.get(answer.url)
    assert Access.objects.filter(person_id=wards[1].public_id, actor=guardian, purpose="mandate").exists()


def test_who_is_no_member_and_acts_for_nobody_is_told(client):
    client.force_login(UserFactory(roles=[Role.MEMBER]))
    assert (
        "not linked" in texts(client.get(url("announce"))) or client.get(url("announce")).status_code == 200
    )
    assert client.get(url("illness")).status_code == 200


# --- what is said of the insurance ------------------------------------------------------------------------


def test_an_insurance_that_began_after_the_admission_is_said(web, person, claim):
    person.hospital_insurances.update(first_day=date(2026, 3, 3))
    assert "after the admission" in texts(web.get(url("announced", claim.public_id)))


def test_no_insurance_and_no_contributions_are_said(web, person, claim):
    person.hospital_insurances.all().delete()
    page = texts(web.get(url("announced", claim.public_id)))
    assert "no hospital insurance" in page
    assert "no contributions in order" not in page
    ContributionPeriod.objects.all().delete()
    assert "no contributions in order" in texts(web.get(url("announced", claim.public_id)))


def test_a_waiting_insurance_is_said(web, person, claim):
    person.hospital_insurances.update(tier=Tier.CONTINUITY)
    assert "waits" in texts(web.get(url("announced", claim.public_id)))


def test_a_year_without_a_franchise_list_is_said(web, person):
    made = make.announced(person, hospital=HospitalFactory(), admission=date(2026, 3, 2))
    assert "2026" in texts(web.get(url("announced", made.public_id)))
    assert "we do not know whether a franchise" in texts(web.get(url("announced", made.public_id)))


def test_the_franchise_of_a_listed_hospital_is_said(web, claim):
    assert "has a franchise in 2026" in texts(web.get(url("announced", claim.public_id)))


# --- the claim form ---------------------------------------------------------------------------------------


def test_the_claim_form_is_prefilled_and_leaves_a_line(web, person, claim, tmp_path):
    answer = web.get(url("claim_form", claim.public_id))
    assert answer["Content-Type"] == "application/pdf"
    words = samples.text_of(answer.content, tmp_path)
    digits = person.niss
    assert f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}" in words
    assert person.registration_number in words
    assert "Hospitalia Plus" in words
    assert claim.number in words
    assert person.iban not in words
    seen = Access.objects.filter(person_id=person.public_id, actor=person.user)
    assert seen.filter(purpose="Claim form made").exists()
    assert web.get(url("claim_form", claim.public_id)).content == answer.content


def test_the_claim_form_can_be_read_by_everybody_on_one_page(web, claim, tmp_path):
    content = web.get(url("claim_form", claim.public_id)).content
    assert samples.page_complaints(content, "PDF_UA_1") == []
    assert samples.pdfua_complaints(content, tmp_path) == []
    found = samples.elements(content, "Table", "TH")
    assert [kind for kind, _scope in found].count("Table") == 2
    assert {scope for kind, scope in found if kind == "TH"} == {"Row"}
    with pikepdf.open(BytesIO(content)) as book:
        assert len(book.pages) == 1


def test_a_strangers_claim_is_not_there(client, claim):
    stranger = make.filer(make.insured())
    client.force_login(stranger)
    for name, args in (
        ("announced", ()),
        ("step", ("lines",)),
        ("claim_form", ()),
        ("deposit", ()),
        ("sent", ()),
        ("discard", ()),
    ):
        for method in ("get", "post"):
            answer = getattr(client, method)(url(name, claim.public_id, *args))
            assert answer.status_code in (404, 405), (name, method)


# --- the stay ---------------------------------------------------------------------------------------------


def test_the_stay_corrects_what_was_announced(web, claim, hospital):
    new = stay(hospital, admission=date(2026, 3, 3), discharge=date(2026, 3, 7), room="double")
    answer = web.post(url("step", claim.public_id, "stay"), new)
    assert answer.url == url("step", claim.public_id, "lines")
    claim.refresh_from_db()
    assert (claim.admission, claim.discharge, claim.room) == (date(2026, 3, 3), date(2026, 3, 7), "double")
    back = web.post(url("step", claim.public_id, "stay") + "?change=1", new)
    assert back.url == url("step", claim.public_id, "review")


def test_save_and_leave_comes_back_to_the_list(web, claim, hospital):
    answer = web.post(url("step", claim.public_id, "stay"), stay(hospital, room="common", later="1"))
    assert answer.url == url("claims")
    claim.refresh_from_db()
    assert claim.room == "common"
    assert said(answer)


def test_a_day_hospital_that_took_place_ends_the_same_day(web, claim, hospital):
    web.post(url("step", claim.public_id, "stay"), stay(hospital, day_hospital="yes"))
    claim.refresh_from_db()
    assert claim.discharge == claim.admission


def test_a_step_that_is_none_is_not_there(web, claim):
    assert web.get(url("step", claim.public_id, "nonsense")).status_code == 404
    illness = illness_of(claim.member)
    assert web.get(url("step", illness.public_id, "stay")).status_code == 404


# --- the lines --------------------------------------------------------------------------------------------

STAY_LINE = {"kind": "stay", "billed": "2.400,00", "mandatory": "2293,49"}


def test_lines_are_written_with_commas_and_points(web, claim):
    supplement = {"kind": "room_supplement", "billed": "640", "quantity": "4"}
    answer = web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, supplement, {}))
    assert answer.url == url("step", claim.public_id, "documents")
    found = list(claim.lines.order_by("position").values_list("kind", "billed", "mandatory", "quantity"))
    assert found == [
        ("stay", Decimal("2400.00"), Decimal("2293.49"), None),
        ("room_supplement", Decimal("640.00"), Decimal("0.00"), 4),
    ]
    page = web.get(url("step", claim.public_id, "lines"))
    assert page.context["formset"].forms[0]["billed"].value() in ("2400.00", "2400,00")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"kind": "stay", "billed": "-5"}, "billed"),
        ({"kind": "stay", "billed": "douze"}, "billed"),
        ({"kind": "stay", "billed": "10", "mandatory": "11"}, "mandatory"),
        ({"kind": "room_supplement", "billed": "10"}, "quantity"),
        ({"kind": "fee_supplement", "billed": "10"}, "inami_tariff"),
        ({"kind": "post_hospital", "billed": "10"}, "care_date"),
        ({"kind": "pre_hospital", "billed": "10"}, "care_date"),
        ({"billed": "10"}, "kind"),
        ({"kind": "treasure", "billed": "10"}, "kind"),
    ],
)
def test_a_wrong_line_says_so_and_keeps_the_others(web, claim, line, field):
    page = web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, line))
    formset = page.context["formset"]
    assert field in formset.forms[1].errors
    assert not formset.forms[0].errors
    assert formset.forms[0]["billed"].value() == "2.400,00"
    assert page.context["page_has_errors"]
    assert not claim.lines.exists()


def test_rows_are_added_and_taken_away_without_scripts(web, claim):
    more = web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, more="1"))
    assert more.context["formset"].total_form_count() == 4
    other = {"kind": "sundry", "billed": "6", "quantity": "1"}
    less = web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, other, {}, remove="0"))
    formset = less.context["formset"]
    assert formset.total_form_count() == 2
    assert formset.forms[0]["kind"].value() == "sundry"
    assert not claim.lines.exists()
    for nonsense in ("99", "-1", "x"):
        assert (
            web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, remove=nonsense)).status_code
            == 200
        )


def test_no_line_at_all_is_said_but_can_wait(web, claim):
    page = web.post(url("step", claim.public_id, "lines"), rows({}))
    assert "at least one line" in str(page.context["formset"].forms[0].errors)
    assert web.post(url("step", claim.public_id, "lines"), rows({}, later="1")).url == url("claims")


@pytest.mark.parametrize("count", ["", "x", "-3", "99999", "0"])
def test_a_page_of_lines_that_arrives_broken_is_no_error_500(web, claim, count):
    data = rows(STAY_LINE) | {"lines-TOTAL_FORMS": count}
    for button in ({}, {"more": "1"}, {"remove": "0"}):
        assert web.post(url("step", claim.public_id, "lines"), data | button).status_code in (200, 302)
    assert web.post(url("step", claim.public_id, "lines"), {}).status_code == 200


def test_care_around_the_stay_shows_its_days(web, claim):
    page = web.get(url("step", claim.public_id, "lines"))
    around = page.context["around"]
    assert (around.before, around.after) == (60, 180)
    assert (around.first_day, around.last_day) == (date(2026, 1, 1), date(2026, 9, 2))
    assert "01/01/2026" in texts(page)


def test_a_file_takes_the_place_of_the_rows(web, claim):
    file = csv("stay;Séjour;2400,00;2293,49;;;;", "room_supplement;;640,00;0;;;4;")
    answer = web.post(url("step", claim.public_id, "lines"), rows({}, send_file="1", file=file))
    assert answer.url == url("step", claim.public_id, "lines")
    assert claim.lines.count() == 2
    assert said(answer) == ["2 lines are taken over."]


def test_each_wrong_line_of_a_file_is_told_and_what_was_typed_stays(web, claim):
    file = csv(
        "stay;;2400,00;;;;;", "room_supplement;;640,00;;;;;", "treasure;;1;;;;;", "post_hospital;;1;;;;;"
    )
    page = web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, send_file="1", file=file))
    assert [fault.number for fault in page.context["faults"]] == [3, 4]
    assert page.context["formset"].forms[0]["billed"].value() == "2.400,00"
    assert not claim.lines.exists()
    alone = web.post(
        url("step", claim.public_id, "lines"), rows({}, send_file="1", file=csv("post_hospital;;1;;;;;"))
    )
    assert [fault.column for fault in alone.context["faults"]] == ["care_date"]


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("bill.csv", b""),
        SimpleUploadedFile("bill.csv", b"PK\x03\x04rest"),
        SimpleUploadedFile("bill.xlsx", b"kind;billed\r\nstay;1\r\n"),
        SimpleUploadedFile("bill.csv", b"a;b\r\n1;2\r\n"),
        SimpleUploadedFile("bill.csv", b"kind;billed\r\n"),
        None,
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(web, claim, file):
    data = rows({}, send_file="1") | ({"file": file} if file else {})
    page = web.post(url("step", claim.public_id, "lines"), data)
    assert errors(page)["file"]
    assert not claim.lines.exists()


def test_a_bill_of_3000_lines(web, claim):
    file = csv(*("sundry;Eau;1,00;0;;;1;" for _ in range(3000)))
    web.post(url("step", claim.public_id, "lines"), rows({}, send_file="1", file=file))
    assert claim.lines.count() == 3000
    page = web.get(url("step", claim.public_id, "lines"))
    assert page.context["is_long"]
    assert "3000" in texts(page) or "3 000" in texts(page)
    assert web.post(url("step", claim.public_id, "lines"), {}).url == url(
        "step", claim.public_id, "documents"
    )
    assert claim.lines.count() == 3000
    review = web.get(url("step", claim.public_id, "review"))
    assert len(review.context["bill"].shown) <= 200
    web.post(url("step", claim.public_id, "lines"), {"empty": "1"})
    assert not claim.lines.exists()


# --- the documents ----------------------------------------------------------------------------------------


def test_documents_of_each_kind_and_what_comes_by_post(web, claim):
    data = {"files_bill": pdf(), "post_claim_form": "on"}
    answer = web.post(url("step", claim.public_id, "documents"), data)
    assert answer.url == url("step", claim.public_id, "review")
    kept = claim.attachments.filter(removed_at=None)
    assert set(kept.values_list("kind", flat=True)) == {"bill", "claim_form"}
    page = web.get(url("step", claim.public_id, "documents"))
    assert page.context["form"]["post_claim_form"].value() is True
    assert "facture.pdf" in texts(page)
    # The same tick twice notes it once; without it the promise is gone.
    web.post(url("step", claim.public_id, "documents"), {"post_claim_form": "on"})
    assert kept.filter(kind="claim_form").count() == 1
    web.post(url("step", claim.public_id, "documents"), {})
    assert not kept.filter(kind="claim_form").exists()
    assert kept.filter(kind="bill").count() == 1


def test_an_unreadable_file_loses_neither_the_others_nor_the_ticks(web, claim):
    broken = SimpleUploadedFile("photo.pdf", b"no pdf at all", "application/pdf")
    data = {"files_bill": pdf(), "files_receipt": broken, "post_pharmacy": "on"}
    page = web.post(url("step", claim.public_id, "documents"), data)
    assert page.status_code == 200
    assert any("photo.pdf" in text for text in errors(page)["files_receipt"])
    kept = claim.attachments.filter(removed_at=None)
    assert set(kept.values_list("kind", flat=True)) == {"bill", "pharmacy"}
    assert "facture.pdf" in texts(page)


def test_a_file_is_taken_away_again(web, claim):
    web.post(url("step", claim.public_id, "documents"), {"files_bill": pdf(), "upload": "1"})
    row = claim.attachments.get()
    for nonsense in ("x", "00000000-0000-0000-0000-000000000007"):
        assert web.post(url("step", claim.public_id, "documents"), {"remove": nonsense}).status_code == 404
    web.post(url("step", claim.public_id, "documents"), {"remove": str(row.public_id)})
    row.refresh_from_db()
    assert row.removed_at is not None


def test_the_certificate_on_paper_has_its_state(web, claim):
    assert "Mettewie" in texts(web.get(url("step", claim.public_id, "documents")))
    claims.note_certificate(
        claim=claim, certificate="post", received_on=date(2026, 4, 1), actor=claim.filed_by, at=make.AT
    )
    assert "received on 01/04/2026" in texts(web.get(url("step", claim.public_id, "documents")))


# --- check and send ---------------------------------------------------------------------------------------


def ready(claim, lines=None):
    claims.write_lines(claim=claim, lines=lines or make.usual_lines(), actor=claim.filed_by, at=make.AT)
    claims.note_paper(
        claim=claim, kind=AttachmentKind.BILL, received_on=TODAY, note="", actor=claim.filed_by, at=make.AT
    )


def test_what_lacks_is_listed_with_its_step_and_nothing_is_sent(web, claim):
    page = web.post(url("step", claim.public_id, "review"))
    steps = [lack["url"].split("/")[-2] for lack in page.context["lacks"]]
    assert steps == ["documents", "lines"]
    claim.refresh_from_db()
    assert claim.status == Status.ANNOUNCED


def test_the_rules_view_is_seen_before_sending(web, claim):
    ready(claim)
    page = web.get(url("step", claim.public_id, "review"))
    assert page.context["lacks"] == []
    bill = page.context["bill"]
    assert [str(row.amount) for row in bill.totals][2] == "3051.71"
    assert page.context["without_form"]


def test_unlawful_supplements_are_marked_before_sending(web, person, hospital):
    made = make.announced(person, hospital=hospital, room="double")
    ready(made)
    page = web.get(url("step", made.public_id, "review"))
    assert [line.number for line in page.context["bill"].unlawful] == [3, 4]
    assert "nobody owes" in texts(page)


def test_sent_once_however_often_it_is_pressed(web, claim):
    ready(claim)
    first = web.post(url("step", claim.public_id, "review"))
    assert first.url == url("sent", claim.public_id)
    claim.refresh_from_db()
    assert (claim.status, claim.submitted_on) == (Status.RECEIVED, TODAY)
    again = web.post(url("step", claim.public_id, "review"))
    assert again.url == url("sent", claim.public_id)
    page = web.get(first.url)
    assert claim.number in texts(page)
    assert reverse("hospitalisation:receipt", args=[claim.public_id]) in page.content.decode()


def test_a_second_tab_after_sending_loses_nothing_in_silence(web, claim):
    ready(claim)
    web.post(url("step", claim.public_id, "review"))
    answer = web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE))
    assert answer.url == url("claim", claim.public_id)
    assert "not in it" in said(answer)[-1]
    assert claim.lines.count() == 6


def test_a_stay_that_is_not_over_is_not_sent(web, person, hospital):
    made = make.announced(person, hospital=hospital, admission=TODAY, discharge=TODAY + timedelta(days=3))
    ready(made)
    page = web.post(url("step", made.public_id, "review"))
    assert "not over yet" in texts(page)
    waiting = make.announced(person, hospital=hospital, admitted=False)
    ready(waiting)
    assert "has taken place" in texts(web.post(url("step", waiting.public_id, "review")))


def test_the_check_of_a_stay_without_days_says_what_it_waits_for(web, person, hospital):
    made = make.announced(person, hospital=hospital, discharge=None)
    ready(made)
    page = web.get(url("step", made.public_id, "review"))
    assert page.context["bill"] is None
    assert len(page.context["lacks"]) == 1


# --- a deposit --------------------------------------------------------------------------------------------


def paid(amount="570", week="1", supplement="60", **more):
    data = {"week": week, "paid": amount, **day("paid_on", date(2026, 3, 2)), **more}
    return data | ({"room_supplement_per_day": supplement} if supplement is not None else {})


def test_a_deposit_shows_the_maximum_before_it_is_sent(web, claim):
    page = web.post(url("deposit", claim.public_id), paid())
    verdict = page.context["verdict"]
    assert verdict.decision.legal_maximum == Decimal("570.00")
    assert verdict.decision.reimbursed == Decimal("570.00")
    assert not Claim.objects.filter(kind=ClaimKind.DEPOSIT).exists()
    sent = {"week": "1", "paid": "570", "paid_on": "2026-03-02", "room_supplement_per_day": "60", "send": "1"}
    answer = web.post(url("deposit", claim.public_id), sent | {"receipt": pdf("reçu.pdf")})
    made = Claim.objects.get(kind=ClaimKind.DEPOSIT)
    assert answer.url == url("sent", made.public_id)
    assert (made.status, made.deposit.paid, made.deposit.week) == (Status.RECEIVED, Decimal("570.00"), 1)
    assert made.number in texts(web.get(answer.url))
    assert made.attachments.get().kind == AttachmentKind.RECEIPT


def test_above_the_maximum_says_what_to_do(web, claim):
    page = web.post(url("deposit", claim.public_id), paid("800,50"))
    assert "230,50" in texts(page) or "230.50" in texts(page)
    assert page.context["verdict"].decision.flags == ("deposit_too_high",)
    assert "Ask the hospital" in texts(page)


def test_the_same_week_twice_is_refused(web, claim):
    make.deposit(claim)
    page = web.post(url("deposit", claim.public_id), paid())
    assert "already been claimed" in errors(page)["week"][0]
    late = web.post(url("deposit", claim.public_id), paid() | {"send": "1", "receipt": pdf()})
    assert late.status_code == 200
    assert Claim.objects.filter(kind=ClaimKind.DEPOSIT).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"paid": "0"}, "paid"),
        ({"paid": "-3"}, "paid"),
        ({"paid": "abc"}, "paid"),
        ({"paid": ""}, "paid"),
        ({"week": "0"}, "week"),
        ({"week": "2"}, "week"),
        ({"week": "x"}, "week"),
        (day("paid_on", date(2026, 5, 5)), "paid_on"),
        ({"room_supplement_per_day": "-1"}, "room_supplement_per_day"),
        ({"room_supplement_per_day": ""}, "room_supplement_per_day"),
    ],
)
def test_bad_input_of_a_deposit(web, claim, change, field):
    page = web.post(url("deposit", claim.public_id), paid() | change)
    assert field in errors(page)
    assert page.context["form"]["paid"].value() == change.get("paid", "570")


def test_a_receipt_that_cannot_be_read_keeps_the_amounts(web, claim):
    broken = SimpleUploadedFile("photo.pdf", b"no pdf at all", "application/pdf")
    page = web.post(url("deposit", claim.public_id), paid(send="1", receipt=broken))
    assert "photo.pdf" in errors(page)["receipt"][0]
    assert 'name="paid" value="570"' in page.content.decode()
    form_broken = web.post(
        url("deposit", claim.public_id),
        paid(send="1", receipt=pdf(), claim_form=SimpleUploadedFile("f.pdf", b"no", "application/pdf")),
    )
    assert "claim_form" in errors(form_broken)
    none = web.post(url("deposit", claim.public_id), paid(send="1"))
    assert "receipt" in errors(none)
    assert not Claim.objects.filter(kind=ClaimKind.DEPOSIT).exists()
    edit = web.post(url("deposit", claim.public_id), paid(edit="1"))
    assert edit.context["form"]["paid"].value() == "570"


def test_a_day_hospital_in_a_common_room_owes_no_deposit(web, person, hospital):
    made = make.announced(
        person, hospital=hospital, room="common", day_hospital=True, discharge=make.ADMISSION
    )
    assert "no deposit may be asked" in texts(web.get(url("deposit", made.public_id)))
    page = web.post(url("deposit", made.public_id), paid("100", supplement=None))
    assert page.context["verdict"].decision.outcome == "refused"
    assert page.context["verdict"].advice


def test_a_deposit_for_a_reserved_room_waits(web, person, hospital):
    made = make.announced(
        person, hospital=hospital, admitted=False, admission=date(2026, 5, 20), discharge=None
    )
    page = web.post(url("deposit", made.public_id), paid())
    assert page.context["verdict"].decision.outcome == "pending"


# --- a serious illness ------------------------------------------------------------------------------------


def illness_of(member, year=2026):
    return claims.start_serious_illness(member=member, year=year, actor=make.filer(member), at=make.AT)


def test_without_the_option_it_is_explained_and_nothing_is_begun(web, person):
    page = web.post(url("illness"), {"year": "2026"})
    assert "no serious-illness option" in errors(page)["year"][0]
    assert not Claim.objects.exists()


def test_the_receipts_of_a_year_from_the_beginning_to_sending(web, person):
    SeriousIllnessOptionFactory(member=person)
    page = web.get(url("illness"))
    assert "is left" in texts(page)
    answer = web.post(url("illness"), {"year": "2026"})
    made = Claim.objects.get()
    assert answer.url == url("step", made.public_id, "lines")
    assert web.post(url("illness"), {"year": "2026"}).url == answer.url
    assert Claim.objects.count() == 1
    line = {**day("care_date", date(2026, 2, 3)), "label": "Dr Essai", "billed": "120", "mandatory": "80,50"}
    assert web.post(answer.url, rows(line)).url == url("step", made.public_id, "documents")
    assert made.lines.get().kind == LineKind.SERIOUS_ILLNESS_CARE
    assert "Add the receipts." in texts(web.post(url("step", made.public_id, "review")))
    web.post(url("step", made.public_id, "documents"), {"files_receipt": pdf("dr.pdf")})
    review = web.get(url("step", made.public_id, "review"))
    assert [str(row.amount) for row in review.context["bill"].totals][2] == "39.50"
    sent = web.post(url("step", made.public_id, "review"))
    assert sent.url == url("sent", made.public_id)
    made.refresh_from_db()
    assert made.status == Status.RECEIVED
    assert made.number.startswith("MGRV-2026")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (day("care_date", date(2025, 2, 3)), "care_date"),
        (day("care_date", date(2026, 6, 3)), "care_date"),
        ({"label": ""}, "label"),
        ({"billed": ""}, "billed"),
        ({"mandatory": "500"}, "mandatory"),
    ],
)
def test_bad_input_of_receipts(web, person, change, field):
    SeriousIllnessOptionFactory(member=person)
    made = illness_of(person)
    line = {**day("care_date", date(2026, 2, 3)), "label": "Dr Essai", "billed": "120"} | change
    page = web.post(url("step", made.public_id, "lines"), rows(line))
    assert field in page.context["formset"].forms[0].errors
    assert not made.lines.exists()


def test_what_is_used_of_the_year_is_shown(web, person):
    SeriousIllnessOptionFactory(member=person)
    first = illness_of(person)
    care = make.line(LineKind.SERIOUS_ILLNESS_CARE, "1000.00", care_date=date(2026, 2, 3))
    claims.write_lines(claim=first, lines=[care], actor=person.user, at=make.AT)
    claims.note_paper(
        claim=first, kind=AttachmentKind.RECEIPT, received_on=TODAY, note="", actor=person.user, at=make.AT
    )
    sent = claims.send(claim=first, actor=person.user, at=make.AT)
    decisions.decide(claim=sent, actor=UserFactory(roles=[Role.ADVISER]), at=make.AT)
    page = texts(web.get(url("illness")))
    assert "1,000.00" in page or "1 000,00" in page
    assert "6,000.00" in page or "6 000,00" in page


def test_a_draft_is_thrown_away_once_confirmed(web, person):
    made = illness_of(person)
    assert web.get(url("discard", made.public_id)).status_code == 200
    assert Claim.objects.exists()
    assert web.post(url("discard", made.public_id)).url == url("claims")
    assert not Claim.objects.exists()


def test_what_was_announced_is_not_thrown_away(web, claim):
    assert web.post(url("discard", claim.public_id)).url == url("claim", claim.public_id)
    assert Claim.objects.filter(pk=claim.pk).exists()


def test_a_session_that_ended_loses_nothing_typed(web, person, claim, hospital):
    page = web.get(url("step", claim.public_id, "stay"))
    owner = page.content.decode().split('name="owner" value="')[1].split('"')[0]
    web.logout()
    answer = web.post(url("step", claim.public_id, "stay"), stay(hospital, room="common", owner=owner))
    assert reverse("accounts:login") in answer.url
    web.force_login(person.user)
    again = web.get(url("step", claim.public_id, "stay"))
    assert again.context["form"]["room"].value() == "common"
    claim.refresh_from_db()
    assert claim.room == "individual"
    web.logout()
    web.post(url("step", claim.public_id, "lines"), rows(STAY_LINE, owner=owner))
    web.force_login(person.user)
    again = web.get(url("step", claim.public_id, "lines"))
    assert again.context["formset"].forms[0]["billed"].value() == "2.400,00"
    assert not again.context["page_has_errors"]


# --- the home page ----------------------------------------------------------------------------------------


def test_the_home_page_leads_back_to_what_waits(web, claim):
    page = web.get(reverse("web:home")).content.decode()
    assert url("claim", claim.public_id) in page
    assert url("announce") in page
