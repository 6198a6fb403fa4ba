"""The queue: what each filter finds, the figures, several requests at once, saved views, the files."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from convalescence import services
from convalescence.models import Benefit, Channel, Request, SavedView
from convalescence.readings.queue import figures
from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.desk import AT, TODAY, adviser, member, rest_home, sent
from tests.factories.registry import ResidenceFactory

pytestmark = pytest.mark.django_db
QUEUE = "/convalescence/desk/"


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch):
    import time_machine

    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def me(client):
    user = adviser(name="Aline Renard")
    client.force_login(user)
    return user


def english(client, query="", **kwargs):
    return client.get(f"{QUEUE}?{query}", headers={"accept-language": "en"}, **kwargs)


def numbers(answer):
    return [row.number for row in answer.context["work_list"].page]


def test_the_queue_shows_what_waits_the_oldest_first(client, me):
    late, early = sent(), sent(at=AT - timedelta(days=9))
    refused = sent(criteria=[])
    services.decide(request=refused, actor=me, at=AT)
    assert numbers(english(client)) == [early.number, late.number]
    assert refused.number in numbers(english(client, "status=all"))
    assert numbers(english(client, "status=refused")) == [refused.number]


def test_drafts_never_stand_in_the_queue(client, me):
    services.start(member=member(), benefit=Benefit.SHORT_STAY, actor=me, at=AT)
    assert numbers(english(client, "status=all")) == []


def test_each_filter_narrows_the_list(client, me):
    one = sent(
        member(last_name="De Croÿ", search_name="de croy lea"),
        residence=ResidenceFactory(partner=True, name="Le Bouleau", search_text="le bouleau spa"),
    )
    old = sent(benefit=Benefit.SHORT_STAY, place="Les Érables", at=AT - timedelta(days=20))
    services.assign(request=one, assignee=me, actor=me, at=AT)
    Request.objects.filter(pk=old.pk).update(channel=Channel.PAPER)
    found = {
        "text=croÿ": one,
        f"text={old.number}": old,
        "benefit=short_stay": old,
        "assignee=me": one,
        "assignee=nobody": old,
        f"assignee={me.public_id}": one,
        "age=14": old,
        "channel=paper": old,
        "residence=bouleau": one,
        "residence=érables": old,
    }
    for query, case in found.items():
        assert numbers(english(client, query)) == [case.number], query


@pytest.mark.parametrize("query", ["status=x", "assignee=x", "age=-1", "benefit=%00", "text=%00"])
def test_a_filter_that_makes_no_sense_is_told(client, me, query):
    answer = english(client, query)
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()


def test_the_figures_count_in_one_query(client, me, django_assert_num_queries):
    for days in (1, 3, 20):
        sent(at=AT - timedelta(days=days))
    mine = sent(at=AT - timedelta(days=4))
    services.ask_information(request=mine, text="Which?", actor=me, at=AT)
    services.assign(request=mine, assignee=me, actor=me, at=AT)
    me.may("")  # the roles are known by then
    with django_assert_num_queries(1):
        counted = figures(me, TODAY)
    assert (counted.open, counted.mine, counted.unassigned, counted.to_decide, counted.waiting) == (
        4,
        1,
        3,
        3,
        1,
    )
    # the middle one of 20, 4, 3 and 1 days, the older of the two
    assert counted.median_age == 4


def test_an_empty_queue_has_no_median(me):
    assert figures(me, TODAY).median_age is None


def test_the_queue_costs_a_fixed_number_of_queries(client, me, django_assert_max_num_queries):
    sent()
    english(client)
    with django_assert_max_num_queries(14) as seen:
        english(client)
    for _number in range(8):
        sent()
    with django_assert_max_num_queries(len(seen)):
        assert len(numbers(english(client))) == 9


def test_the_file_holds_exactly_the_list_and_the_trail_says_who_took_it(client, me):
    sent(at=AT - timedelta(days=9))
    short = sent(benefit=Benefit.SHORT_STAY, place="Les Érables")
    answer = english(client, "benefit=short_stay&export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [short.number]
    taken = Entry.objects.get(action="export_queue")
    assert (taken.actor, taken.changes) == (me, {"format": [None, "csv"]})
    assert english(client, "export=xlsx")["Content-Type"].endswith("sheet")


def test_requests_are_assigned_together_and_the_same_list_comes_back(client, me):
    colleague, cases = adviser(name="Benoît Gillet"), [sent() for _number in range(3)]
    picked = [str(case.public_id) for case in cases[:2]]
    answer = client.post(
        reverse("convalescence:assign_many"),
        {
            "bulk-picked": picked,
            "bulk-assignee": str(colleague.public_id),
            "bulk-query": "status=submitted&x=1",
        },
    )
    assert answer.url == f"{QUEUE}?status=submitted"
    assert [Request.objects.get(pk=case.pk).assignee for case in cases] == [colleague, colleague, None]
    assert Entry.objects.filter(action="assign").count() == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"bulk-assignee": "me"}, "Tick at least one request."),
        ({"bulk-assignee": "me", "bulk-picked": ["x"]}, "does not exist"),
        ({"bulk-assignee": "me", "bulk-picked": ["00000000-0000-4000-8000-000000000000"]}, "does not exist"),
        ({"bulk-assignee": "somebody"}, "from the list"),
    ],
)
def test_an_impossible_assignment_is_told_and_nothing_moves(client, me, data, sentence):
    case = sent()
    answer = client.post(
        reverse("convalescence:assign_many"), data, follow=True, headers={"accept-language": "en"}
    )
    assert sentence in answer.content.decode()
    case.refresh_from_db()
    assert case.assignee is None


# --- saved views ------------------------------------------------------------------------------------------


def test_filters_are_kept_under_a_name_and_nothing_else_is(client, me):
    answer = client.post(
        reverse("convalescence:save_view"),
        {"name": "Old ones", "query": "age=30&page=4&export=csv&sort=-age&evil=1"},
    )
    view = SavedView.objects.get()
    assert view.query == "age=30&sort=-age"
    assert answer.url == f"{QUEUE}?age=30&sort=-age"
    assert "Old ones" in english(client).content.decode()


def test_a_name_is_used_once_and_filters_are_needed(client, me):
    url = reverse("convalescence:save_view")
    client.post(url, {"name": "Old ones", "query": "age=30"})
    again = client.post(url, {"name": "Old ones", "query": "age=7"}, headers={"accept-language": "en"})
    assert "You already have a view of this name." in again.content.decode()
    empty = client.post(url, {"name": "All", "query": "page=2"}, headers={"accept-language": "en"})
    assert "Choose filters first" in empty.content.decode()
    assert SavedView.objects.count() == 1


def test_a_view_is_renamed_and_removed_by_its_owner_only(client, me):
    view = SavedView.objects.create(owner=me, name="Old", query="age=30")
    other = SavedView.objects.create(owner=adviser(), name="Theirs", query="age=7")
    client.post(reverse("convalescence:saved_view", args=[view.public_id]), {"name": "Very old"})
    view.refresh_from_db()
    assert view.name == "Very old"
    for name in ("saved_view", "drop_view"):
        assert (
            client.post(reverse(f"convalescence:{name}", args=[other.public_id]), {"name": "x"}).status_code
            == 404
        )
    client.post(reverse("convalescence:drop_view", args=[view.public_id]))
    assert list(SavedView.objects.all()) == [other]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN, Role.RESIDENCE_DIRECTOR])
def test_others_do_not_see_the_queue(client, role):
    client.force_login(UserFactory(roles=[role]))
    assert client.get(QUEUE).status_code == 403


def test_a_rest_home_of_the_registry_is_shown_by_its_name(client, me):
    sent(benefit=Benefit.SHORT_STAY, residence=rest_home(name="Les Tilleuls"))
    assert "Les Tilleuls" in english(client).content.decode()
