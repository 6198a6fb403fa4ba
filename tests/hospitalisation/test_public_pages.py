"""The open pages: estimate of a stay, check of a bill, the letter to the hospital, what each insurance pays."""

import io
from datetime import date
from decimal import Decimal
from html import unescape

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from hospitalisation.forms.lines import MOST_ROWS
from hospitalisation.models import Claim, ClaimLine, DayShareRow, TierFigure
from hospitalisation.services.bill_file import write_bill
from partenamut.documents.models import Document
from partenamut.registry.models import Tier
from tests.documents.samples import page_complaints, pdfua_complaints, text_of
from tests.factories.accounts import UserFactory
from tests.factories.hospitalisation import insured, line, usual_lines
from tests.factories.registry import MemberFactory

pytestmark = pytest.mark.django_db

ESTIMATE = {"room": "individual", "nights": "4"}
STAY = {
    "admission_day": "2", "admission_month": "3", "admission_year": "2026",
    "discharge_day": "6", "discharge_month": "3", "discharge_year": "2026",
    "room": "double", "tier": "hospitalia_plus",
}  # fmt: skip
LETTER = {
    "name": "Anne Peeters", "street": "Rue d'Essai 1", "city": "1000 Bruxelles",
    "hospital": "Hôpital d'Essai", "number": "F-2026-17", "language": "fr",
}  # fmt: skip


@pytest.fixture(autouse=True)
def shares():
    for category, first, following in (("ordinary", "43.52", "16.25"), ("bim", "5.77", "5.77")):
        DayShareRow.objects.create(
            category=category,
            valid_from=date(2020, 9, 28),
            first_day=Decimal(first),
            following_days=Decimal(following),
            from_day_91=Decimal(following),
            source="sheet",
        )


@pytest.fixture
def visitor(client):
    client.cookies["django_language"] = "en"
    return client


def rows(*lines):
    data = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for place, row in enumerate(lines):
        data |= {f"lines-{place}-{name}": value for name, value in row.items()}
    return data


def estimate(client, **data):
    return client.get(reverse("hospitalisation:estimate"), ESTIMATE | data)


def check(client, **data):
    return client.post(reverse("hospitalisation:check_bill"), STAY | data)


def seen(response):
    assert response.status_code == 200
    return unescape(response.content.decode())


def text(lines=None):
    return write_bill(usual_lines() if lines is None else lines)


# --- the estimate -----------------------------------------------------------------------------------------


def test_the_estimate_begins_without_errors_and_without_an_account(visitor):
    page = seen(visitor.get(reverse("hospitalisation:estimate")))
    assert "There is a problem" not in page
    assert "As in my file" not in page


def test_every_insurance_stands_side_by_side_with_what_was_assumed(visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        response = estimate(visitor)
    page = seen(response)
    for words in (
        "No hospital insurance", "Hospitalia Medium", "Hospitalia Plus", "Hospitalia Continuity",
        "What was assumed", "What is not known", "Figures to be confirmed", "The hospital may ask in advance",
        "The rules behind",
    ):  # fmt: skip
        assert words.lower() in page.lower()
    assert "<svg" in page


def test_the_figures_of_the_page_are_those_of_the_rules_and_of_the_day(visitor):
    known = {
        "doctor_agreed": "no", "franchise": "yes", "room_supplement_a_day": "160,00", "fees_at_tariff": "800",
        "fee_supplement_percent": "325", "sundry": "0", "medicines": "84,20",
    }  # fmt: skip
    response = estimate(visitor, **known)
    plus = next(row for row in response.context["shown"].tiers if row.code == "hospitalia_plus")
    assert plus.likely.patient == Decimal("490.00")
    TierFigure.objects.create(
        tier="hospitalia_plus", name="room_supplement", first_day=date(2026, 1, 1), measure="euros_a_day",
        value=160, source="new tariff", entered_by=UserFactory(), entered_at="2026-01-01T00:00Z",
    )  # fmt: skip
    response = estimate(visitor, **known, admission="2026-03-02")
    plus = next(row for row in response.context["shown"].tiers if row.code == "hospitalia_plus")
    assert plus.likely.patient == Decimal("350.00")


def test_the_address_to_share_holds_the_answers_and_nothing_else(visitor):
    response = estimate(visitor, medicines="84,20", name="Anne Peeters", niss="85073003328", sundry="")
    share = response.context["share"]
    assert share.endswith("?room=individual&nights=4&medicines=84%2C20")
    again = visitor.get(share.partition("testserver")[2])
    assert again.context["shown"].tiers == response.context["shown"].tiers


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"nights": ""}, "Enter the nights of the stay"),
        ({"nights": "0"}, "Enter the nights of the stay"),
        ({"nights": "-1"}, "at least"),
        ({"nights": "1e9"}, "is a number"),
        ({"nights": "1000000000"}, "at most"),
        ({"day_hospital": "on"}, "A day hospital has no night"),
        ({"room": "suite"}, "from the list"),
        ({"room_supplement_a_day": "1e9"}, "amount in euros"),
        ({"room_supplement_a_day": "-5"}, "at least"),
        ({"fee_supplement_percent": "2000"}, "from 0 to 1000"),
        ({"parent_nights": "5"}, "stays no longer"),
        ({"admission": "2026-02-31"}, ""),
        ({"admission_day": "31", "admission_month": "2", "admission_year": "2026"}, "does not exist"),
        ({"category": "king"}, "from the list"),
        ({"used": "\x00"}, "amount in euros"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_typed_is_lost(visitor, data, words):
    page = seen(estimate(visitor, medicines="84,2", **data))
    assert words in page
    assert 'value="84,2"' in page


def test_the_largest_amounts_that_can_be_typed_are_reckoned_with(visitor):
    most = "99999999,99"
    amounts = dict.fromkeys(("room_supplement_a_day", "fees_at_tariff", "sundry", "medicines", "used"), most)
    last = {
        "nights": "999",
        "parent_nights": "999",
        "fee_supplement_percent": "1000",
        "admission": "2100-12-31",
    }
    for room in ("individual", "double"):
        assert estimate(visitor, **(amounts | last | {"room": room})).context["shown"].tiers


def test_a_supplement_in_a_double_room_is_said_to_be_nobodys(visitor):
    page = seen(estimate(visitor, room="double", room_supplement_a_day="30,5"))
    assert "122.00 € would be against the law" in page.replace("\xa0", " ")


def test_a_member_sees_their_own_insurance_without_it_being_in_the_address(
    visitor, django_assert_max_num_queries
):
    member = insured(Tier.PLUS)
    member.user = UserFactory(roles=["member"])
    member.save()
    visitor.force_login(member.user)
    first = visitor.get(reverse("hospitalisation:estimate"))
    assert first.context["form"]["category"].value() == "own"
    with django_assert_max_num_queries(14):
        response = estimate(visitor, category="own")
    assert [row.code for row in response.context["shown"].tiers if row.is_own] == ["hospitalia_plus"]
    assert "category=own" in response.context["share"]
    visitor.logout()
    assert seen(estimate(visitor, category="own"))


# --- the check of a bill ----------------------------------------------------------------------------------


def test_rows_are_explained_and_an_unlawful_supplement_is_marked(visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        page = seen(
            check(
                visitor,
                **rows(
                    {"kind": "stay", "billed": "100"},
                    {"kind": "room_supplement", "billed": "160,50", "quantity": "4"},
                ),
            )
        )
    assert "160.50 € that nobody owes" in page.replace("\xa0", " ")
    assert "Download the letter" in page
    assert not Claim.objects.exists()
    assert not ClaimLine.objects.exists()


def test_a_lawful_bill_has_no_letter(visitor):
    page = seen(check(visitor, **rows({"kind": "stay", "billed": "100"})))
    assert "no supplement that the law forbids" in page
    assert "Download the letter" not in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "at least one line"),
        (rows({"kind": "stay", "billed": "-1"}), "at least"),
        (rows({"kind": "stay", "billed": "1e9"}), "amount in euros"),
        (rows({"kind": "sundry", "billed": "10"}), "number of days"),
        (rows({"kind": "stay", "billed": "1"}) | {"discharge_day": "1"}, "cannot come before the admission"),
        ({"text": "gold;silver\n1;2"}, "does not name the columns"),
        ({"text": "kind;billed\nstay;-1\nstay;2"}, "Line 2"),
        ({"lines-TOTAL_FORMS": "x", "lines-INITIAL_FORMS": "0"}, "did not arrive whole"),
    ],
)
def test_wrong_input_is_named_and_nothing_typed_is_lost(visitor, data, words):
    page = seen(check(visitor, **data))
    assert words in page
    assert 'value="2026"' in page
    for value in data.values():
        assert len(value) < 4 or value.replace("\n", "") in page.replace("\n", "").replace("\r", "")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x00\x00", b"PK\x03\x04", b"", b"kind;billed\n"])
def test_an_unreadable_upload_is_refused_with_a_sentence(visitor, content):
    file = SimpleUploadedFile("bill.csv", content)
    page = seen(check(visitor, file=file))
    assert "There is a problem" in page


def test_a_file_with_a_fault_comes_back_as_text_to_correct(visitor):
    page = seen(check(visitor, file=SimpleUploadedFile("bill.csv", b"kind;billed\nstay;dix\nfee;12,50\n")))
    assert "Line 2" in page
    assert "fee;12,50" in page


def test_of_many_faults_the_first_are_shown_and_the_others_counted(visitor):
    page = seen(check(visitor, text="kind;billed\n" + "stay;x\n" * 3000))
    assert "Line 21: billed" in page
    assert "Line 22: billed" not in page
    assert "2980 further lines have faults" in page.replace(",", "")


def test_what_changes_nothing_need_not_be_known(visitor):
    supplement = {"kind": "fee_supplement", "billed": "100"}
    by_day = {"kind": "sundry", "billed": "12"}
    bill = check(visitor, **rows(supplement)).context["bill"]  # a double room: whatever the doctor agreed to
    assert bill.not_owed == Decimal("100.00")
    assert "number of days" in seen(check(visitor, **rows(supplement, by_day)))
    bill = check(visitor, tier="none", **rows(supplement, by_day)).context["bill"]
    assert bill.cover.totals.patient == Decimal("12.00")
    page = seen(check(visitor, tier="none", room="individual", **rows(supplement)))
    assert "Say whether the doctor has agreed" in page
    # What was left open stays open when the bill is changed.
    again = seen(check(visitor, edit="1", text="kind;billed\nfee_supplement;100"))
    assert '<option value="" selected>Not known' in again


def test_rows_are_not_lost_when_the_text_is_wrong(visitor):
    page = seen(check(visitor, text="kind;billed\nstay;x", **rows({"kind": "stay", "billed": "77,70"})))
    assert 'value="77,70"' in page
    assert "stay;x" in page


def test_what_is_not_known_is_said_at_the_sum(visitor):
    page = seen(check(visitor, room="individual", text=text()))
    assert "whether a franchise is due is not known" in page
    medium = seen(check(visitor, tier="hospitalia_medium", text=text()))
    assert "without the lines whose figure is not known yet" in medium


def test_a_member_finds_their_insurance_chosen(visitor):
    member = insured(Tier.HOSPITALIA)
    member.user = UserFactory(roles=["member"])
    member.save()
    visitor.force_login(member.user)
    form = visitor.get(reverse("hospitalisation:check_bill")).context["stay"]
    assert form["tier"].value() == "hospitalia"


def test_more_rows_keep_what_was_typed_and_say_nothing_of_it(visitor):
    page = seen(
        check(visitor, more="1", **rows({"kind": "", "billed": "abc"}, {"label": "x", "care_date_day": "9"}))
    )
    assert "There is a problem" not in page
    assert 'value="abc"' in page
    assert f'name="lines-TOTAL_FORMS" value="{2 + 5}"' in page


def test_the_bill_can_be_changed_after_it_was_checked(visitor):
    page = seen(check(visitor, text=text(), edit="1"))
    assert "Ibuprofène" in page
    assert 'name="lines-TOTAL_FORMS" value="10"' in page
    many = seen(check(visitor, text=text([line("stay", "1.00")] * (MOST_ROWS + 1)), edit="1"))
    assert many.count("stay;;1.00") == MOST_ROWS + 1


def test_three_thousand_lines_stay_usable(visitor):
    lines = [line("pharmacy_other", "1.10", label=f"Produit {place}") for place in range(2999)]
    lines.append(line("room_supplement", "10.00", quantity=1))
    response = check(visitor, text=text(lines))
    page = seen(response)
    assert [shown.number for shown in response.context["bill"].shown] == [3000]
    assert len(page) < 600_000
    last = check(visitor, text=text(lines), page="30").context["bill"]
    assert (last.first, last.last, len(last.shown)) == (2901, 3000, 100)
    beyond = check(visitor, text=text(lines), page="9999").context["bill"]
    assert beyond.page == 30
    nothing_to_look_at = check(visitor, text=text(lines[:-1]), page="x").context["bill"]
    assert nothing_to_look_at.page == 1


def test_the_template_can_be_sent_back(visitor):
    answer = visitor.get(reverse("hospitalisation:bill_template"))
    assert answer["Content-Type"].startswith("text/csv")
    assert "no supplement" not in seen(check(visitor, file=SimpleUploadedFile("bill.csv", answer.content)))


# --- the letter -------------------------------------------------------------------------------------------


def letter(client, **data):
    return client.post(reverse("hospitalisation:contest"), STAY | {"text": text()} | LETTER | data)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_letter_is_an_accessible_pdf_and_nothing_is_kept(visitor, language, tmp_path):
    response = letter(visitor, language=language)
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert str(pdf.Root.Lang) == language
    assert page_complaints(response.content, "PDF_UA_1") == []
    assert pdfua_complaints(response.content, tmp_path) == []
    assert not Document.objects.exists()


def test_the_letter_says_who_which_lines_and_the_rule(visitor, tmp_path):
    words = " ".join(text_of(letter(visitor, language="en").content, tmp_path).split())
    for expected in (
        "Anne Peeters", "Hôpital d'Essai", "F-2026-17", "2,600.00", "640.00", "3,240.00",
        "corrected bill", "costs of care", "+32 2 549 76 72",
    ):  # fmt: skip
        assert expected in words.replace("’", "'"), (expected, words)


def test_a_letter_takes_any_letters_that_people_type(visitor):
    for name in ("Zoë Ångström-Čapek", "李 小龍", "\U0001f600", "W" * 150, "<b>=1+1</b>"):
        response = letter(visitor, name=name, hospital=name)
        assert response["Content-Type"] == "application/pdf"
    assert "invisible characters" in seen(letter(visitor, name="a\u202eb"))


def test_a_letter_without_a_name_comes_back_with_what_was_typed(visitor):
    page = seen(letter(visitor, name=""))
    assert "Fill in “Your name”" in page
    assert 'value="Rue d\'Essai 1"' in page


def test_a_bill_without_an_unlawful_line_has_nothing_to_contest(visitor):
    page = seen(letter(visitor, room="individual", text=text([line("stay", "1.00")])))
    assert "nothing to contest" in page


def test_the_letter_alone_leads_to_the_check(visitor):
    address = reverse("hospitalisation:contest")
    assert visitor.get(address).url == reverse("hospitalisation:check_bill")
    assert "at least one line" in seen(visitor.post(address))


def test_a_member_finds_their_name_and_address_in_the_letter(visitor):
    member = MemberFactory(user=UserFactory(roles=["member"]))
    visitor.force_login(member.user)
    form = check(visitor, text=text()).context["letter"]
    assert form["name"].value() == member.full_name
    assert member.postal_code in form["city"].value()


def test_a_letter_of_thousands_of_lines_sums_up(visitor):
    lines = [line("room_supplement", "1.00", quantity=1)] * 1500
    response = letter(visitor, text=text(lines))
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) < 15


# --- the landing page -------------------------------------------------------------------------------------


def test_the_landing_page_compares_what_each_insurance_pays(visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        page = seen(visitor.get(reverse("hospitalisation:start")))
    assert "up to 125.00 € a day" in page.replace("\xa0", " ")
    assert "not known yet" in page
    assert "to be confirmed" in page
    assert str(localdate().year) in page


def test_the_home_page_of_a_visitor_leads_to_the_estimate(visitor):
    page = seen(visitor.get(reverse("web:home")))
    assert reverse("hospitalisation:estimate") in page
    assert f'href="{reverse("hospitalisation:start")}"' in page
