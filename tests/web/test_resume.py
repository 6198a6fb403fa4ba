"""A form that is sent after the session has ended: kept, sealed, for the same person only."""

import pytest
from django.test import Client
from django.urls import reverse

from convalescence.models import Request
from partenamut.web.resume import MAX_CHARACTERS, owner_of
from tests.factories.accounts import PASSWORD
from tests.factories.desk import draft, member, sent

pytestmark = pytest.mark.django_db

SECRET = "Je suis une chimiothérapie."


@pytest.fixture
def browser():
    """A browser that has opened the log-in page: it has the cookie of the token."""
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("accounts:login"))
    return client


def token(client):
    return client.cookies["csrftoken"].value


def send_late(client, address, owner, **typed):
    return client.post(address, typed | {"owner": owner, "csrfmiddlewaretoken": token(client)})


def log_in(client, user, following):
    answer = client.post(
        reverse("accounts:login"),
        {
            "username": user.email,
            "password": PASSWORD,
            "next": following,
            "csrfmiddlewaretoken": token(client),
        },
    )
    assert answer.status_code == 302, answer.content
    return answer


@pytest.fixture
def case():
    return sent()


def late_message(browser, case, owner=None):
    address = reverse("convalescence:message", args=[case.public_id])
    return address, send_late(browser, address, owner or owner_of(case.member.user), text=SECRET)


def test_what_was_typed_is_there_again_after_log_in(browser, case):
    address, answer = late_message(browser, case)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("accounts:login"))
    log_in(browser, case.member.user, address)
    page = browser.get(address)
    assert SECRET in page.content.decode()
    assert not case.messages.exists()
    # Handed out once.
    assert SECRET not in browser.get(address).content.decode()


def test_the_session_holds_no_clear_text(browser, case):
    late_message(browser, case)
    assert SECRET not in str(dict(browser.session))
    assert "chimio" not in str(dict(browser.session))


def test_another_person_never_sees_it(browser, case):
    address, _answer = late_message(browser, case)
    stranger = member().user
    log_in(browser, stranger, address)
    assert browser.get(address).status_code == 404
    browser.get(reverse("convalescence:new"))
    assert "typed_before_log_in" not in browser.session


def test_step_four_of_a_request_is_not_lost(browser):
    """The dates wait on the server, the caregiver's details in the sealed note."""
    made = draft()
    address = reverse("convalescence:caregiver", args=[made.public_id])
    send_late(
        browser, address, owner_of(made.member.user), choice="ask", last_name="Dupont", relation="ma fille"
    )
    log_in(browser, made.member.user, address)
    page = browser.get(address)
    assert page.context["form"]["last_name"].value() == "Dupont"
    assert page.context["form"]["choice"].value() == "ask"
    assert Request.objects.get().accompanied is None


@pytest.mark.parametrize("owner", ["", "1", "1:forged:signature"])
def test_without_the_mark_of_its_owner_nothing_is_kept(browser, case, owner):
    _address, answer = late_message(browser, case, owner or "none")
    assert answer.status_code == 302
    assert "typed_before_log_in" not in browser.session


def test_without_the_token_nothing_is_kept(browser, case):
    address = reverse("convalescence:message", args=[case.public_id])
    answer = browser.post(address, {"text": SECRET, "owner": owner_of(case.member.user)})
    assert answer.status_code == 403
    assert "typed_before_log_in" not in browser.session


def test_a_very_long_text_is_not_kept(browser, case):
    address = reverse("convalescence:message", args=[case.public_id])
    answer = send_late(browser, address, owner_of(case.member.user), text="x" * (MAX_CHARACTERS + 1))
    assert answer.status_code == 302
    assert "typed_before_log_in" not in browser.session


def test_passwords_are_never_kept(browser):
    person = member()
    address = reverse("web:iban")
    send_late(browser, address, owner_of(person.user), iban="BE71", password="secret")
    log_in(browser, person.user, address)
    page = browser.get(address)
    assert page.context["form"].data["iban"] == "BE71"
    assert "password" not in page.context["form"].data


def test_every_form_of_a_closed_page_bears_the_mark(client):
    made = draft()
    client.force_login(made.member.user)
    for name in ("medical", "dates", "caregiver", "check_answers", "discard"):
        page = client.get(reverse(f"convalescence:{name}", args=[made.public_id])).content.decode()
        assert 'name="owner"' in page, name


def test_a_part_of_a_page_that_refreshes_itself_is_left_alone(browser):
    made = draft()
    address = reverse("convalescence:dates", args=[made.public_id])
    typed = {"owner": owner_of(made.member.user), "csrfmiddlewaretoken": token(browser)}
    answer = browser.post(address, typed, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "typed_before_log_in" not in browser.session


@pytest.mark.parametrize("name", ["web:confirm_iban", "convalescence:issue_statement"])
def test_after_log_in_an_act_without_a_page_leads_to_the_page_before(client, name):
    person = member()
    client.force_login(person.user)
    args = [person.public_id, 2026] if "statement" in name else []
    assert client.get(reverse(name, args=args)).status_code == 302
