"""What every endpoint inherits: shut by default, bounded pages, one shape for errors."""

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from django.urls import path
from django.utils import timezone, translation
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from partenamut.accounts.models import RoleAssignment, User
from partenamut.accounts.roles import Permission, Role
from partenamut.web.api import Conflict, Pages, allows, answer_error
from partenamut.web.paging import BoundedPaginator
from partenamut.workflow import TransitionRefused

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Stay(serializers.Serializer):
    arrival = serializers.DateField()
    departure = serializers.DateField()

    def validate(self, attrs):
        if attrs["departure"] < attrs["arrival"]:
            raise serializers.ValidationError("The departure comes before the arrival.")
        return attrs


class Asked(serializers.Serializer):
    reference = serializers.CharField(max_length=5)
    stay = Stay()
    others = Stay(many=True, required=False)


class Person(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("email",)


class Answering(APIView):
    """Answers errors in the one shape, whatever the settings say."""

    def get_exception_handler(self):
        return answer_error


class Shut(Answering):
    def get(self, request):
        return Response({})


class Paying(Answering):
    permission_classes = (allows(Permission.RUN_PAYMENTS),)

    def get(self, request):
        return Response({"paid": True})


class Checking(Answering):
    permission_classes = (AllowAny,)
    serializer: type = Asked

    def post(self, request):
        asked = self.serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(asked.data)


class Failing(Answering):
    permission_classes = (AllowAny,)
    failures = {
        "404": Http404(),
        "403": PermissionDenied(),
        "409": TransitionRefused("approve", "paid"),
        "conflict": Conflict("Somebody was faster."),
        "model": ModelValidationError({"iban": ["Not an account."], "__all__": ["Both are the same."]}),
        "plain": ModelValidationError("It is too late."),
    }

    def get(self, request, kind):
        raise self.failures[kind]


class Hurried(Answering):
    permission_classes = (AllowAny,)
    throttle_classes = (type("Once", (AnonRateThrottle,), {"rate": "1/min"}),)

    def get(self, request):
        return Response({})


class People(ListAPIView):
    permission_classes = (AllowAny,)
    serializer_class = Person
    queryset = User.objects.all()
    pagination_class = Pages

    def get_exception_handler(self):
        return answer_error


urlpatterns = [
    path("shut", Shut.as_view()),
    path("paying", Paying.as_view()),
    path("checking", Checking.as_view()),
    path("failing/<kind>", Failing.as_view()),
    path("hurried", Hurried.as_view()),
    path("people", People.as_view()),
]


@pytest.fixture
def api():
    with translation.override("en"):
        yield APIClient(headers={"accept-language": "en"})


def user_with(*roles):
    user = User.objects.create_user(f"{'-'.join(roles) or 'nobody'}@example.be", name="Somebody")
    for role in roles:
        RoleAssignment.objects.create(user=user, role=role, granted_at=timezone.now())
    return user


# --- who may


def test_an_endpoint_is_shut_unless_it_says_who_may(api):
    assert api.get("/shut").status_code == 401
    api.force_authenticate(user_with(*Role))
    answer = api.get("/shut")
    assert answer.status_code == 403
    assert answer.json()["error"]["field"] is None


@pytest.mark.parametrize(
    ("roles", "code"),
    [((), 403), ((Role.MEMBER,), 403), ((Role.ADMIN,), 200), ((Role.MEMBER, Role.ADMIN), 200)],
)
def test_a_permission_opens_to_the_roles_that_have_it(api, roles, code):
    api.force_authenticate(user_with(*roles))
    assert api.get("/paying").status_code == code


def test_nobody_in_particular_is_asked_to_log_in(api):
    answer = api.get("/paying")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"]
    assert answer.json()["error"]["message"]


def test_the_same_permission_is_the_same_class():
    assert allows(Permission.RUN_PAYMENTS) is allows(Permission.RUN_PAYMENTS)
    assert allows(Permission.RUN_PAYMENTS) is not allows(Permission.READ_AUDIT)


# --- errors


def test_every_wrong_field_is_named(api):
    sent = {
        "reference": "123456",
        "stay": {"arrival": "2026-13-01"},
        "others": [
            {"arrival": "2026-01-01", "departure": "2026-01-02"},
            {"arrival": "x", "departure": "2026-01-02"},
        ],
    }
    answer = api.post("/checking", sent, format="json")
    assert answer.status_code == 400
    body = answer.json()
    assert [error["field"] for error in body["errors"]] == [
        "reference",
        "stay.arrival",
        "stay.departure",
        "others.1.arrival",
    ]
    assert body["error"] == body["errors"][0]
    assert body["errors"][2]["message"] == "This field is required."


def test_an_error_of_the_whole_part_names_the_part(api):
    sent = {"reference": "1", "stay": {"arrival": "2026-01-02", "departure": "2026-01-01"}}
    body = api.post("/checking", sent, format="json").json()
    assert body["error"] == {"field": "stay", "message": "The departure comes before the arrival."}


@pytest.mark.parametrize(
    "sent",
    [
        "[]",
        "null",
        "3",
        '"x"',
        "{",
        "",
        "[" * 100_000,
        '{"reference": "\\ud800"}',
        '{"reference": NaN}',
        '{"reference": "\\u0000"}',
    ],
)
def test_any_body_gets_an_answer(api, sent):
    answer = api.post("/checking", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"].keys() == {"field", "message"}


@pytest.mark.parametrize(
    ("kind", "code", "field", "message"),
    [
        ("404", 404, None, "Not found."),
        ("403", 403, None, "You do not have permission to perform this action."),
        ("409", 409, None, "This is not possible at this stage of the case."),
        ("conflict", 409, None, "Somebody was faster."),
        ("model", 400, "iban", "Not an account."),
        ("plain", 400, None, "It is too late."),
    ],
)
def test_every_refusal_has_the_same_shape(api, kind, code, field, message):
    answer = api.get(f"/failing/{kind}")
    assert answer.status_code == code
    assert answer.json()["error"] == {"field": field, "message": message}
    assert ("errors" in answer.json()) == (code == 400)


def test_errors_of_the_whole_row_name_no_field(api):
    assert api.get("/failing/model").json()["errors"][1] == {"field": None, "message": "Both are the same."}


def test_a_wrong_method_and_a_hurry_are_answered_alike(api):
    cache.clear()
    assert api.delete("/hurried").status_code == 405
    cache.clear()
    assert api.get("/hurried").status_code == 200
    answer = api.get("/hurried")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "errors" not in answer.json()
    assert answer.json()["error"]["field"] is None


def test_a_fault_of_ours_is_not_hidden():
    assert answer_error(ZeroDivisionError(), {}) is None


# --- pages


@pytest.fixture
def people():
    return User.objects.bulk_create(
        User(email=f"p{n:03}@example.be", name="x", language="fr") for n in range(260)
    )


def test_pages_have_a_size_and_a_limit(api, people, django_assert_num_queries):
    with django_assert_num_queries(2):
        first = api.get("/people").json()
    assert len(first["results"]) == 50
    assert (first["count"], first["more"], first["previous"]) == (260, False, None)
    assert first["next"].endswith("/people?page=2")
    assert len(api.get("/people?page_size=1000").json()["results"]) == 200
    assert len(api.get("/people?page_size=7").json()["results"]) == 7


def test_pages_hold_every_row_once(api, people):
    # A changed row moves to the end of the table, where an unordered page would look for it.
    User.objects.filter(pk=people[0].pk).update(name="y")
    seen = [
        row["email"]
        for page in (1, 2, 3)
        for row in api.get(f"/people?page_size=100&page={page}").json()["results"]
    ]
    assert seen == sorted(user.email for user in people)


@pytest.mark.parametrize("page", ["0", "-1", "7", "x", "9" * 30, "%00", "1.5", "9" * 5000])
def test_a_page_that_does_not_exist_is_not_found(api, people, page):
    answer = api.get(f"/people?page={page}")
    assert answer.status_code == 404
    assert answer.json()["error"]["field"] is None


@pytest.mark.parametrize("size", ["0", "-1", "x", "%00", "", "9" * 5000])
def test_a_wrong_size_is_the_usual_size(api, people, size):
    assert len(api.get(f"/people?page_size={size}").json()["results"]) in (50, 200)


def test_pages_stop_at_the_bound(api, people, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "bound", 100)
    last = api.get("/people?page=2").json()
    assert (last["count"], last["more"], last["next"]) == (100, True, None)
    assert api.get("/people?page=3").status_code == 404


def test_the_description_of_a_page_knows_more():
    described = Pages().get_paginated_response_schema({"type": "array"})
    assert described["properties"]["more"]["type"] == "boolean"
    assert {"count", "results", "more"} <= set(described["required"])
