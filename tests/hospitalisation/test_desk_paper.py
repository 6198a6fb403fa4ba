"""Claims keyed in from paper: what is sent as of which day, what is refused with its field, what is kept when it is."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse

from hospitalisation.models import Certificate, Channel, Claim, ClaimKind
from hospitalisation.services import claims
from hospitalisation.workflow import Status
from partenamut.accounts.roles import Role
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import HospitalFactory

pytestmark = pytest.mark.django_db
AT = make.AT
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = UserFactory(roles=[Role.ADVISER])
    client.force_login(user)
    return user


@pytest.fixture
def member():
    return make.insured()


@pytest.fixture
def hospital():
    return HospitalFactory()


def url_of(member, query=""):
    return f"{reverse('hospitalisation:paper', args=[member.public_id])}?{query}"


def stay(hospital, /, **changes):
    typed = {
        "do": "send",
        "received_on": "2026-04-27",
        "hospital": str(hospital.public_id) if hospital else "",
        "admission": "2026-03-02",
        "admitted": "yes",
        "discharge": "2026-03-06",
        "day_hospital": "no",
        "room": "individual",
        "papers": ["claim_form", "bill"],
        "certificate": "post",
        "certificate_on": "2026-04-28",
        "lines-TOTAL_FORMS": "3",
        "lines-INITIAL_FORMS": "0",
        "lines-0-kind": "stay",
        "lines-0-billed": "2400,00",
        "lines-0-mandatory": "2293,49",
        "lines-2-kind": "room_supplement",
        "lines-2-billed": "640",
        "lines-2-quantity": "4",
    }
    return {name: value for name, value in {**typed, **changes}.items() if value is not None}


def key_in(client, member, typed, query="kind=stay"):
    return client.post(url_of(member, query), typed, headers=ENGLISH)


# --- a stay -----------------------------------------------------------------------------------------------


def test_a_stay_is_sent_as_of_the_day_it_was_received(client, me, member, hospital):
    answer = key_in(client, member, stay(hospital))
    claim = Claim.objects.get()
    assert answer.url == reverse("hospitalisation:case", args=[claim.public_id])
    assert (claim.status, claim.channel, claim.filed_by) == (Status.RECEIVED, Channel.PAPER, me)
    assert (claim.submitted_on, claim.hospital, claim.room) == (date(2026, 4, 27), hospital, "individual")
    assert (claim.certificate, claim.certificate_on) == (Certificate.POST, date(2026, 4, 28))
    assert [(line.kind, line.billed, line.mandatory) for line in claim.lines.order_by("position")] == [
        ("stay", Decimal("2400.00"), Decimal("2293.49")),
        ("room_supplement", Decimal("640.00"), Decimal(0)),
    ]
    papers = claim.attachments.order_by("kind").values_list("kind", "received_on")
    assert list(papers) == [("bill", date(2026, 4, 27)), ("claim_form", date(2026, 4, 27))]
    assert claim.receipt is not None


def test_a_stay_is_only_announced_without_a_bill(client, me, member, hospital):
    typed = stay(
        hospital,
        do="announce",
        discharge="",
        papers=[],
        certificate="",
        certificate_on="",
        **{
            f"lines-{place}-{name}": ""
            for place in (0, 2)
            for name in ("kind", "billed", "mandatory", "quantity")
        },
    )
    key_in(client, member, typed)
    claim = Claim.objects.get()
    assert (claim.status, claim.channel, claim.submitted_on) == (Status.ANNOUNCED, Channel.PAPER, None)
    assert claim.number.startswith("HOSP-2026-")


def test_a_stay_that_was_announced_goes_on_under_its_number(client, me, member, hospital):
    announced = make.announced(member, hospital=hospital, discharge=None, room="double")
    page = client.get(url_of(member, "kind=stay"), headers=ENGLISH).content.decode()
    assert announced.number in page
    opened = client.get(url_of(member, f"kind=stay&claim={announced.public_id}"))
    assert opened.context["form"]["room"].value() == "double"
    key_in(client, member, stay(hospital), f"kind=stay&claim={announced.public_id}")
    claim = Claim.objects.get()
    assert (claim.number, claim.status, claim.room) == (announced.number, Status.RECEIVED, "individual")
    assert claim.discharge == date(2026, 3, 6)


def test_a_bill_of_3000_lines_comes_as_a_file_and_is_kept_when_something_is_wrong(
    client, me, member, hospital
):
    rows = "".join(f"fee;Visite {number};10,50;8,00\n" for number in range(3_000))
    file = BytesIO(f"kind;label;billed;mandatory\n{rows}".encode())
    file.name = "bill.csv"
    wrong = key_in(client, member, stay(hospital, discharge="2026-03-01", **{"bill-file": file}))
    page = wrong.content.decode()
    assert "The discharge lies before the admission" in page
    assert "3000 lines are kept" in page
    kept = wrong.context["bill"].carried
    key_in(client, member, stay(hospital, **{"bill-kept": kept}))
    assert Claim.objects.get().lines.count() == 3_000


def test_lines_of_a_file_are_left_away_when_asked(client, me, member, hospital):
    kept = "kind;label;billed;mandatory\nfee;Visite;10,50;8,00\n"
    key_in(client, member, stay(hospital, **{"bill-kept": kept, "bill-drop": "on"}))
    assert Claim.objects.get().lines.count() == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"kind;label;billed;mandatory\ngold;x;1,00;0\nfee;x;-3;0\n", "Line 2"),
        (b"\x00\x01\x02", "There is a problem"),
        (b"nothing to see", "There is a problem"),
        (b"kind;label;billed;mandatory\n", "There is a problem"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_lines(client, me, member, hospital, content, sentence):
    file = BytesIO(content)
    file.name = "bill.csv"
    nothing = {
        f"lines-{place}-{name}": ""
        for place in (0, 2)
        for name in ("kind", "billed", "mandatory", "quantity")
    }
    answer = key_in(client, member, stay(hospital, **nothing, **{"bill-file": file}))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"received_on": ""}, "Enter the date of"),
        ({"received_on": "2026-05-05"}, "cannot be after"),
        ({"received_on": "2026-03-05"}, "received before the discharge"),
        ({"discharge": "2026-03-01"}, "The discharge lies before the admission"),
        ({"day_hospital": "yes"}, "A day hospital has no night"),
        ({"discharge": ""}, "Give the days of admission and discharge"),
        ({"admitted": "no"}, "This day is past"),
        ({"hospital": "x"}, "not in the list any more"),
        ({"hospital": ""}, "Choose the hospital, or write its name"),
        ({"room": "cellar"}, "from the list"),
        ({"papers": ["claim_form"]}, "Add the hospital bill"),
        ({"papers": ["gold"]}, "from the list"),
        ({"certificate_on": ""}, "Give the day on which the certificate was received."),
        ({"certificate": ""}, "Say how the certificate was received."),
        ({"certificate_on": "2027-01-01"}, "cannot be after"),
        ({"lines-0-billed": "many"}, "Billed"),
        ({"lines-0-mandatory": "9999"}, "pays no more than was billed"),
        ({"lines-2-quantity": ""}, "needs its number of days"),
        ({"lines-TOTAL_FORMS": "x"}, "did not arrive whole"),
        ({"place": "\x00"}, "There is a problem"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(client, me, member, hospital, changes, sentence):
    answer = key_in(client, member, stay(hospital, **changes))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "There is a problem" in page
    assert not Claim.objects.exists()
    if "lines-TOTAL_FORMS" not in changes:
        assert 'value="640"' in page


def test_a_bill_without_a_line_is_told(client, me, member, hospital):
    nothing = {
        f"lines-{place}-{name}": ""
        for place in (0, 2)
        for name in ("kind", "billed", "mandatory", "quantity")
    }
    answer = key_in(client, member, stay(hospital, **nothing))
    assert "Enter at least one line of the bill." in answer.content.decode()
    assert not Claim.objects.exists()


def test_the_same_stay_is_keyed_in_once(client, me, member, hospital):
    key_in(client, member, stay(hospital))
    again = key_in(client, member, stay(hospital))
    number = Claim.objects.get().number
    assert number in again.content.decode()
    assert Claim.objects.count() == 1


def test_more_rows_keep_what_was_typed(client, me, member, hospital):
    answer = key_in(client, member, stay(hospital, more="1", do=None))
    page = answer.content.decode()
    assert 'name="lines-TOTAL_FORMS" value="8"' in page
    assert 'value="2400,00"' in page
    assert not Claim.objects.exists()


def test_a_stay_abroad_is_keyed_in_by_its_name(client, me, member):
    key_in(client, member, stay(None, place="Hôpital de Lyon", country="FR"))
    claim = Claim.objects.get()
    assert (claim.place, claim.country, claim.abroad) == ("Hôpital de Lyon", "FR", True)


# --- a deposit --------------------------------------------------------------------------------------------


def deposit(**changes):
    typed = {
        "received_on": "2026-04-27",
        "week": "1",
        "paid": "570,00",
        "paid_on": "2026-03-02",
        "room_supplement_per_day": "60,00",
        "papers": ["receipt", "claim_form"],
    }
    return {**typed, **changes}


def test_a_deposit_is_sent_for_a_stay_that_is_known(client, me, member):
    of = make.announced(member)
    page = client.get(url_of(member, "kind=deposit"), headers=ENGLISH).content.decode()
    assert of.number in page
    query = f"kind=deposit&stay={of.public_id}"
    key_in(client, member, deposit(), query)
    claim = Claim.objects.get(kind=ClaimKind.DEPOSIT)
    assert (claim.status, claim.channel, claim.submitted_on) == (
        Status.RECEIVED,
        Channel.PAPER,
        date(2026, 4, 27),
    )
    assert (claim.stay, claim.deposit.paid, claim.deposit.week) == (of, Decimal("570.00"), 1)
    assert set(claim.attachments.values_list("kind", flat=True)) == {"receipt", "claim_form"}
    again = key_in(client, member, deposit(), query)
    assert "already been claimed" in again.content.decode()
    assert Claim.objects.filter(kind=ClaimKind.DEPOSIT).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"week": "2"}, "there is no deposit for week 2"),
        ({"week": "0"}, "at least"),
        ({"paid": "0"}, "Deposit"),
        ({"paid": "-1"}, "Deposit"),
        ({"paid_on": "2026-06-01"}, "lies in the future"),
        ({"received_on": ""}, "Enter the date of"),
    ],
)
def test_a_deposit_that_cannot_be_is_told(client, me, member, changes, sentence):
    of = make.announced(member)
    answer = key_in(client, member, deposit(**changes), f"kind=deposit&stay={of.public_id}")
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Claim.objects.filter(kind=ClaimKind.DEPOSIT).exists()


def test_without_a_stay_the_page_says_what_to_do(client, me, member):
    page = client.get(url_of(member, "kind=deposit"), headers=ENGLISH).content.decode()
    assert "No stay of this member is known" in page


@pytest.mark.parametrize("query", ["kind=deposit&stay=", "kind=stay&claim="])
def test_a_stay_of_somebody_else_is_not_there(client, me, member, query):
    foreign = make.announced()
    assert client.get(url_of(member, f"{query}{foreign.public_id}")).status_code == 404
    assert client.get(url_of(member, f"{query}x")).status_code == 404


# --- receipts of a serious illness ------------------------------------------------------------------------


def receipts(**changes):
    typed = {
        "received_on": "2026-04-27",
        "papers": ["receipt"],
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "lines-0-care_date": "2026-02-03",
        "lines-0-label": "Oncologie",
        "lines-0-billed": "60,00",
        "lines-0-mandatory": "20,00",
    }
    return {**typed, **changes}


ILLNESS = "kind=serious_illness&year=2026"


def test_receipts_are_sent_and_a_second_click_changes_nothing(client, me, member):
    for _click in range(2):
        key_in(client, member, receipts(), ILLNESS)
    claim = Claim.objects.get()
    assert (claim.kind, claim.year, claim.status, claim.channel) == (
        ClaimKind.SERIOUS_ILLNESS,
        2026,
        Status.RECEIVED,
        Channel.PAPER,
    )
    line = claim.lines.get()
    assert (line.kind, line.billed, line.care_date) == (
        "serious_illness_care",
        Decimal("60.00"),
        date(2026, 2, 3),
    )


def test_a_draft_of_the_member_is_replaced_only_when_ticked(client, me, member):
    draft = claims.start_serious_illness(member=member, year=2026, actor=make.filer(member), at=AT)
    refused = key_in(client, member, receipts(), ILLNESS)
    assert "tick the box to replace it" in refused.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.channel) == (Status.DRAFT, Channel.WEB)
    key_in(client, member, receipts(take_over="on"), ILLNESS)
    draft.refresh_from_db()
    assert (draft.status, draft.channel) == (Status.RECEIVED, Channel.PAPER)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lines-0-care_date": "2025-12-31"}, "care given in 2026"),
        ({"lines-0-care_date": "2026-05-05"}, "lies in the future"),
        ({"lines-0-billed": ""}, "Fill in"),
        ({"papers": []}, "Add the receipts."),
        ({"received_on": "2030-01-01"}, "cannot be after"),
        (
            {f"lines-0-{name}": "" for name in ("care_date", "label", "billed", "mandatory")},
            "at least one line",
        ),
    ],
)
def test_receipts_that_cannot_be_are_told(client, me, member, changes, sentence):
    answer = key_in(client, member, receipts(**changes), ILLNESS)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Claim.objects.filter(status=Status.RECEIVED).exists()


@pytest.mark.parametrize(
    "query", ["", "kind=gold", "kind=serious_illness&year=1066", "kind=serious_illness&year=x"]
)
def test_an_address_that_makes_no_sense_leads_to_a_page(client, me, member, query):
    assert client.get(url_of(member, query)).status_code == 200


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN, Role.RESIDENCE_DIRECTOR])
def test_others_key_in_nothing(client, member, hospital, role):
    client.force_login(UserFactory(roles=[role]))
    assert key_in(client, member, stay(hospital)).status_code == 403
    assert not Claim.objects.exists()


def test_a_member_without_insurance_can_be_keyed_in_too(client, me, hospital):
    key_in(client, make.insured(Tier.CONTINUITY), stay(hospital))
    assert Claim.objects.get().status == Status.RECEIVED
