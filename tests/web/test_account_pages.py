"""The account number and the list of accesses of a member."""

import re

import pytest
from django.urls import reverse
from django.utils.timezone import now

from partenamut.accounts.roles import Role
from partenamut.audit.models import Entry
from partenamut.audit.services import note_access
from tests.factories import numbers
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.desk import adviser, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return member()


@pytest.fixture
def web(client, person):
    client.force_login(person.user)
    return client


def confirm(web, iban, password=PASSWORD):
    page = web.post(reverse("web:iban"), {"iban": iban})
    token = page.context["form"]["token"].value()
    return page, web.post(reverse("web:confirm_iban"), {"token": token, "password": password})


def test_an_account_is_changed_with_the_password(web, person):
    old, new = person.iban, numbers.iban(4242)
    page, answer = confirm(web, " ".join(re.findall("....", new)))
    shown = page.content.decode()
    assert old not in shown.replace(" ", "")
    assert "\u00a0".join(re.findall("....", new)) in shown
    assert answer.url == reverse("web:iban")
    person.refresh_from_db()
    assert person.iban == new
    entry = Entry.objects.get(subject_id=person.public_id, action="member_corrected")
    assert new not in str(entry.changes)


def test_a_wrong_password_changes_nothing_and_asks_again(web, person):
    old = person.iban
    _page, answer = confirm(web, numbers.iban(4242), "wrong")
    assert "password" in answer.context["form"].errors
    assert answer.context["new"] == numbers.iban(4242)
    person.refresh_from_db()
    assert person.iban == old


@pytest.mark.parametrize("typed", ["", "BE00 0000", "BE71 0961 2345 6768", "BE71", "x" * 61])
def test_a_wrong_number_is_a_sentence(web, typed):
    assert "iban" in web.post(reverse("web:iban"), {"iban": typed}).context["form"].errors


def test_the_account_in_use_is_no_change(web, person):
    assert "iban" in web.post(reverse("web:iban"), {"iban": person.iban}).context["form"].errors


def test_a_forged_or_foreign_confirmation_changes_nothing(web, person, client):
    token = web.post(reverse("web:iban"), {"iban": numbers.iban(4242)}).context["form"]["token"].value()
    other = member()
    client.force_login(other.user)
    old = other.iban
    for forged in (token, "forged", ""):
        answer = client.post(reverse("web:confirm_iban"), {"token": forged, "password": PASSWORD})
        assert answer.url == reverse("web:iban")
    other.refresh_from_db()
    assert other.iban == old


def test_the_account_of_another_is_out_of_reach(client):
    client.force_login(UserFactory(roles=[Role.REPRESENTATIVE]))
    assert client.get(reverse("web:iban")).status_code == 404
    assert client.get(reverse("web:accesses")).status_code == 404


def test_accesses_show_day_role_and_purpose_but_no_name_and_no_page(web, person):
    reader = adviser(name="Hortense Quelconque")
    note_access(person=person, actor=reader, at=now(), purpose="mandate", path="/secret/path/")
    note_access(person=member(), actor=reader, at=now(), purpose="mandate", path="/other/")
    page = web.get(reverse("web:accesses"))
    assert len(page.context["work_list"].page) == 1
    shown = page.content.decode()
    assert "Hortense" not in shown
    assert "/secret/path/" not in shown
    export = b"".join(web.get(reverse("web:accesses"), {"export": "csv"}).streaming_content).decode()
    assert "Hortense" not in export
    assert "/secret" not in export


def test_accesses_cost_the_same_however_many(web, person, django_assert_max_num_queries):
    for _ in range(30):
        note_access(person=person, actor=adviser(), at=now(), purpose="mandate", path="/")
    with django_assert_max_num_queries(10):
        web.get(reverse("web:accesses"))


def test_passwords_cannot_be_tried_without_end(web, person, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(3):
        _page, answer = confirm(web, numbers.iban(4242), "wrong")
    assert answer.status_code == 429
    token = web.post(reverse("web:iban"), {"iban": numbers.iban(4242)}).context["form"]["token"].value()
    web.post(reverse("web:confirm_iban"), {"token": token, "password": PASSWORD})
    person.refresh_from_db()
    assert person.iban != numbers.iban(4242)


def test_the_log_in_stays_shut_after_wrong_passwords_for_the_right_one_too(client, person, settings):
    settings.AXES_FAILURE_LIMIT = 3
    log_in = reverse("accounts:login")
    for _ in range(3):
        client.post(log_in, {"username": person.user.email, "password": "wrong"})
    answer = client.post(log_in, {"username": person.user.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session
    other = member().user
    assert client.post(log_in, {"username": other.email, "password": PASSWORD}).status_code == 302
