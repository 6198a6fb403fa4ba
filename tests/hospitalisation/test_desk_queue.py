"""The queue of claims: what each filter finds, the figures, several claims at once, saved views, the files."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from hospitalisation.models import AttachmentKind, Certificate, Channel, Claim, SavedView, TierFigure
from hospitalisation.readings.queue import figures
from hospitalisation.services import claims, decisions
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.registry.models import Tier
from tests.factories import hospitalisation as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import FranchiseListFactory, HospitalFactory

pytestmark = pytest.mark.django_db
AT, TODAY = make.AT, make.AT.date()
QUEUE = "/hospital/desk/"


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = UserFactory(roles=[Role.ADVISER], name="Aline Renard")
    client.force_login(user)
    return user


@pytest.fixture
def hospital():
    found = HospitalFactory(name="Clinique du Bouleau", search_text="clinique du bouleau spa 4900")
    FranchiseListFactory(year=2026, hospitals=[found])
    return found


def english(client, query="", **kwargs):
    return client.get(f"{QUEUE}?{query}", headers={"accept-language": "en"}, **kwargs)


def numbers(answer):
    return [row.number for row in answer.context["work_list"].page]


def back(claim, days):
    """The claim as if it had been sent so many days before."""
    Claim.objects.filter(pk=claim.pk).update(submitted_on=TODAY - timedelta(days=days))
    return claim


def test_the_queue_shows_what_waits_the_oldest_first(client, me, hospital):
    late, early = make.sent(hospital=hospital), back(make.sent(hospital=hospital), 9)
    nothing = make.sent(make.insured(Tier.CONTINUITY), hospital=hospital)
    decisions.decide(claim=nothing, actor=me, at=AT)
    assert numbers(english(client)) == [early.number, late.number]
    assert nothing.number in numbers(english(client, "status=all"))
    assert numbers(english(client, "status=nothing_due")) == [nothing.number]


def test_announced_stays_wait_for_their_bill_and_drafts_stay_with_the_member(client, me):
    announced = make.announced()
    claims.start_serious_illness(member=make.insured(), year=2026, actor=me, at=AT)
    assert numbers(english(client)) == []
    assert numbers(english(client, "status=announced")) == [announced.number]
    assert numbers(english(client, "status=all")) == [announced.number]


def test_each_filter_narrows_the_list(client, me, hospital):
    one = make.sent(
        make.insured(last_name="De Croÿ", search_name="de croy lea"),
        hospital=hospital,
        room="common",
        lines=[make.line()],
    )
    other = HospitalFactory(name="Les Érables", search_text="les erables namur")
    stay = make.announced(make.insured(Tier.HOSPITALIA), hospital=other)
    old = back(make.deposit(stay), 20)
    decisions.assign(claim=one, assignee=me, actor=me, at=AT)
    Claim.objects.filter(pk=old.pk).update(channel=Channel.PAPER)
    found = {
        "text=croÿ": one,
        f"text={old.number}": old,
        "kind=deposit": old,
        "tier=hospitalia": old,
        "tier=hospitalia_plus": one,
        "hospital=bouleau": one,
        "hospital=érables": old,
        "assignee=me": one,
        "assignee=nobody": old,
        f"assignee={me.public_id}": one,
        "age=14": old,
        "channel=paper": old,
        "flag=certificate": one,
    }
    for query, case in found.items():
        assert numbers(english(client, query)) == [case.number], query


def test_who_has_no_insurance_on_the_day_of_admission_is_found_as_such(client, me, hospital):
    member = make.insured()
    member.hospital_insurances.update(first_day=date(2026, 3, 3))
    without = make.sent(member, hospital=hospital)
    make.sent(hospital=hospital)
    assert numbers(english(client, "tier=none")) == [without.number]


@pytest.mark.parametrize(
    ("room", "agreed", "found"),
    [
        ("double", False, True),
        ("common", None, True),
        ("individual", True, True),
        ("individual", False, False),
    ],
)
def test_a_supplement_that_nobody_owes_is_found_before_the_decision(
    client, me, hospital, room, agreed, found
):
    lines = [
        make.line(),
        make.line("fee_supplement", "50.00", inami_tariff="100.00", doctor_agreed=bool(agreed)),
    ]
    claim = make.sent(hospital=hospital, room=room, lines=lines)
    assert numbers(english(client, "flag=unlawful")) == ([claim.number] if found else [])
    assert ("Supplement that nobody owes" in english(client).content.decode().split("</form>")[-2]) is found


def test_a_missing_figure_is_found_until_it_is_entered(client, me, hospital):
    claim = make.sent(
        make.insured(Tier.MEDIUM), hospital=hospital, lines=[make.line(), make.line("parapharmacy", "31.00")]
    )
    make.sent(make.insured(Tier.MEDIUM), hospital=hospital, lines=[make.line()])
    make.sent(hospital=hospital)
    assert numbers(english(client, "flag=unsettled")) == [claim.number]
    figure = TierFigure.objects.create(
        tier=Tier.MEDIUM,
        name="parapharmacy",
        first_day=date(2026, 3, 3),
        measure="nothing",
        source="Letter",
        entered_by=me,
        entered_at=AT,
    )
    # It holds from the day after the admission only.
    assert numbers(english(client, "flag=unsettled")) == [claim.number]
    TierFigure.objects.filter(pk=figure.pk).update(first_day=date(2026, 1, 1))
    assert numbers(english(client, "flag=unsettled")) == []


def test_a_year_without_a_franchise_list_is_found(client, me):
    claim = make.sent(hospital=HospitalFactory())
    make.sent(hospital=HospitalFactory(), room="common", lines=[make.line()])
    assert numbers(english(client, "flag=unsettled")) == [claim.number]


def test_hospitals_abroad_and_departures_are_found(client, me, hospital):
    abroad = make.sent(place="Lyon", country="FR", hospital=None)
    departing = make.sent(hospital=hospital)
    proposal = decisions.propose_departure(
        claim=departing, amounts={2: Decimal("2600.00")}, reason="Promised", actor=me, at=AT
    )
    decisions.confirm_departure(departure=proposal, actor=UserFactory(roles=[Role.SECOND_READER]), at=AT)
    assert numbers(english(client, "flag=abroad")) == [abroad.number]
    assert numbers(english(client, "flag=departed")) == [departing.number]


def test_the_list_marks_what_the_filter_finds(client, me, hospital):
    medium, unlisted = make.insured(Tier.MEDIUM), HospitalFactory()
    agreed = make.line("fee_supplement", "50.00", inami_tariff="100.00", doctor_agreed=True)
    sundry = make.line("sundry", "9.00", quantity=1)
    for member, stay in (
        (make.insured(), {"hospital": hospital}),
        (make.insured(), {"hospital": hospital, "room": "double"}),
        (make.insured(), {"hospital": hospital, "lines": [agreed]}),
        (make.insured(), {"place": "Lyon", "country": "FR", "hospital": None}),
        (
            make.insured(),
            {"hospital": unlisted, "admission": date(2025, 3, 2), "discharge": date(2025, 3, 6)},
        ),
        (make.insured(Tier.CONTINUITY), {"hospital": hospital}),
        (medium, {"hospital": hospital, "room": "common"}),
        (medium, {"hospital": hospital, "lines": [make.line()]}),
        (medium, {"hospital": hospital, "lines": [sundry], "room": "double"}),
    ):
        make.sent(member, **stay)
    make.deposit(make.announced(medium, hospital=hospital))
    rows = json.loads(b"".join(english(client, "export=json")))
    assert len(rows) == 10
    for flag, words in (
        ("unlawful", "Supplement that nobody owes"),
        ("unsettled", "Figure or franchise list missing"),
        ("abroad", "Hospital abroad"),
    ):
        marked = {row["number"] for row in rows if words in row["flags"]}
        assert marked, flag
        assert marked == set(numbers(english(client, f"flag={flag}"))), flag


@pytest.mark.parametrize(
    "query", ["status=x", "assignee=x", "age=-1", "kind=%00", "text=%00", "tier=x", "flag=x", "hospital=%00"]
)
def test_a_filter_that_makes_no_sense_is_told(client, me, query):
    answer = english(client, query)
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()


def test_the_figures_count_in_one_query(me, hospital, django_assert_num_queries):
    for days in (1, 3, 20):
        back(make.sent(hospital=hospital), days)
    mine = back(make.sent(hospital=hospital), 4)
    decisions.ask_information(claim=mine, text="Which?", actor=me, at=AT)
    decisions.assign(claim=mine, assignee=me, actor=me, at=AT)
    claims.note_certificate(claim=mine, certificate=Certificate.POST, received_on=TODAY, actor=me, at=AT)
    me.may("")  # the roles are known by then
    with django_assert_num_queries(1):
        counted = figures(me, TODAY)
    assert (counted.open, counted.mine, counted.unassigned, counted.received, counted.waiting) == (
        4,
        1,
        3,
        3,
        1,
    )
    assert (counted.certificates, counted.median_age) == (3, 4)


def test_the_queue_costs_a_fixed_number_of_queries(client, me, hospital, django_assert_max_num_queries):
    make.sent(hospital=hospital)
    english(client)
    with django_assert_max_num_queries(16) as seen:
        english(client)
    for _number in range(4):
        make.deposit(make.announced(hospital=hospital))
        make.sent(make.insured(Tier.MEDIUM), hospital=hospital)
    with django_assert_max_num_queries(len(seen)):
        assert len(numbers(english(client))) == 9


def test_the_files_hold_exactly_the_list_and_the_trail_says_who_took_them(client, me, hospital):
    back(make.sent(hospital=hospital), 9)
    unlawful = make.sent(hospital=hospital, room="double")
    query = f"text={unlawful.number}"
    rows = list(
        csv.reader(
            io.StringIO(b"".join(english(client, f"{query}&export=csv")).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert [row[0] for row in rows[1:]] == [unlawful.number]
    assert "Supplement that nobody owes" in rows[1]
    (row,) = json.loads(b"".join(english(client, f"{query}&export=json")))
    assert (row["number"], row["status"], row["submitted_on"]) == (unlawful.number, "received", "2026-05-04")
    assert english(client, f"{query}&export=xlsx")["Content-Type"].endswith("sheet")
    taken = Entry.objects.filter(action="export", actor=me).order_by("pk")
    assert [entry.changes["format"][1] for entry in taken] == ["csv", "json", "xlsx"]
    assert taken[0].note == f"{query}&export=csv"


def test_an_empty_queue_helps(client, me):
    assert "Nothing waits" in english(client).content.decode()
    assert "Nothing matches these filters" in english(client, "kind=deposit").content.decode()


# --- several at once --------------------------------------------------------------------------------------


def test_claims_are_assigned_together_and_the_same_list_comes_back(client, me, hospital):
    colleague = UserFactory(roles=[Role.ADVISER], name="Benoît Gillet")
    cases = [make.sent(hospital=hospital) for _number in range(3)]
    answer = client.post(
        reverse("hospitalisation:assign_many"),
        {
            "bulk-picked": [str(case.public_id) for case in cases[:2]],
            "bulk-assignee": str(colleague.public_id),
            "bulk-query": "status=received&x=1",
        },
    )
    assert answer.url == f"{QUEUE}?status=received"
    assert [Claim.objects.get(pk=case.pk).assignee for case in cases] == [colleague, colleague, None]
    assert Entry.objects.filter(action="assign").count() == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"bulk-assignee": "me"}, "Tick at least one claim."),
        ({"bulk-assignee": "me", "bulk-picked": ["x"]}, "does not exist"),
        ({"bulk-assignee": "me", "bulk-picked": ["00000000-0000-4000-8000-000000000000"]}, "does not exist"),
        ({"bulk-assignee": "somebody"}, "from the list"),
    ],
)
def test_an_impossible_assignment_is_told_and_nothing_moves(client, me, hospital, data, sentence):
    case = make.sent(hospital=hospital)
    answer = client.post(
        reverse("hospitalisation:assign_many"), data, follow=True, headers={"accept-language": "en"}
    )
    assert sentence in answer.content.decode()
    case.refresh_from_db()
    assert case.assignee is None


def test_a_draft_of_a_member_is_assigned_to_nobody(client, me):
    draft = claims.start_serious_illness(
        member=make.insured(), year=2026, actor=UserFactory(roles=[Role.MEMBER]), at=AT
    )
    client.post(
        reverse("hospitalisation:assign_many"),
        {"bulk-picked": [str(draft.public_id)], "bulk-assignee": "me"},
    )
    draft.refresh_from_db()
    assert draft.assignee is None


# --- saved views ------------------------------------------------------------------------------------------


def test_filters_are_kept_under_a_name_and_nothing_else_is(client, me):
    answer = client.post(
        reverse("hospitalisation:save_view"),
        {"name": "Old ones", "query": "age=30&flag=unlawful&page=4&export=csv&sort=-age&evil=1"},
    )
    view = SavedView.objects.get()
    assert view.query == "age=30&flag=unlawful&sort=-age"
    assert answer.url == f"{QUEUE}?{view.query}"
    assert "Old ones" in english(client).content.decode()


def test_a_name_is_used_once_and_filters_are_needed(client, me):
    url = reverse("hospitalisation:save_view")
    client.post(url, {"name": "Old ones", "query": "age=30"})
    again = client.post(url, {"name": "Old ones", "query": "age=7"}, headers={"accept-language": "en"})
    assert "You already have a view of this name." in again.content.decode()
    empty = client.post(url, {"name": "All", "query": "page=2"}, headers={"accept-language": "en"})
    assert "Choose filters first" in empty.content.decode()
    assert SavedView.objects.count() == 1


def test_a_view_is_renamed_and_removed_by_its_owner_only(client, me):
    view = SavedView.objects.create(owner=me, name="Old", query="age=30")
    other = SavedView.objects.create(owner=UserFactory(roles=[Role.ADVISER]), name="Theirs", query="age=7")
    client.post(reverse("hospitalisation:saved_view", args=[view.public_id]), {"name": "Very old"})
    view.refresh_from_db()
    assert view.name == "Very old"
    for name in ("saved_view", "drop_view"):
        url = reverse(f"hospitalisation:{name}", args=[other.public_id])
        assert client.post(url, {"name": "x"}).status_code == 404
    client.post(reverse("hospitalisation:drop_view", args=[view.public_id]))
    assert list(SavedView.objects.all()) == [other]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN, Role.RESIDENCE_DIRECTOR])
def test_others_do_not_see_the_queue(client, role):
    client.force_login(UserFactory(roles=[role]))
    assert client.get(QUEUE).status_code == 403


def test_a_receipt_alone_is_a_claim_of_its_year(client, me):
    member = make.insured()
    claim = claims.start_serious_illness(member=member, year=2026, actor=make.filer(member), at=AT)
    line = make.line("serious_illness_care", "60.00", care_date=date(2026, 2, 3))
    claims.write_lines(claim=claim, lines=[line], actor=claim.filed_by, at=AT)
    claims.note_paper(
        claim=claim, kind=AttachmentKind.RECEIPT, received_on=TODAY, note="", actor=claim.filed_by, at=AT
    )
    sent = claims.send(claim=claim, actor=claim.filed_by, at=AT)
    assert numbers(english(client, "kind=serious_illness&tier=hospitalia_plus")) == [sent.number]
