"""The resident's side of the text: reading, remarks, the signature on screen, amendments."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.utils.translation import gettext, override

from partenamut.accounts.roles import Role
from partenamut.audit.models import Access
from residences import models
from residences.services import campaigns, conventions, endings, rises, signing
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import MandateFactory
from tests.residences.own_world import YESTERDAY, World, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def world():
    return World()


@pytest.fixture
def edition(world):
    return world.offered()


def in_french(words):
    """The words as a French convention has them."""
    with override("fr"):
        return gettext(words)


def sign_with(client, edition, **changes):
    typed = {"read": edition.sha256, "name": "Marie Dupont", "agreed": "on", "confirmed": "yes", **changes}
    typed = {name: value for name, value in typed.items() if value is not None}
    return client.post(url("own_sign", edition.convention, edition), typed)


# --- who reaches it ---------------------------------------------------------------------------------------


def pages(edition):
    convention = edition.convention
    return [
        url("own_convention", convention),
        url("own_text", convention),
        url("own_prices", convention),
        url("own_ending", convention),
        url("own_remark", convention, edition, 12),
        url("own_sign", convention, edition),
        url("own_edition", convention, edition),
    ]


def test_the_member_reads_every_page(world, edition):
    client = world.client()
    for path in pages(edition):
        assert client.get(path).status_code == 200, path
    assert not Access.objects.exists()


def test_a_representative_reads_and_leaves_a_line_each_time(world, edition):
    client = world.client(world.representative())
    for count, path in enumerate(pages(edition), 1):
        assert client.get(path).status_code == 200, path
        assert Access.objects.filter(person_id=world.member.public_id, purpose="mandate").count() == count


@pytest.mark.parametrize("who", ["ended yesterday", "no mandate", "another member"])
def test_nobody_else_reaches_it(world, edition, who):
    user = {
        "ended yesterday": lambda: world.representative(last_day=YESTERDAY),
        "no mandate": lambda: UserFactory(roles=[Role.REPRESENTATIVE]),
        "another member": lambda: UserFactory(roles=[Role.MEMBER]),
    }[who]()
    client = world.client(user)
    for path in pages(edition):
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in (404, 405), path
    assert "Dupont" not in text(client.get(url("own")))


def test_a_draft_that_was_never_offered_is_not_there(world):
    convention = make.draft(world.home, actor=world.director, resident=world.resident)
    assert world.client().get(url("own_convention", convention)).status_code == 404
    assert "You have no convention" in text(world.client().get(url("own")))


def test_the_text_of_another_convention_is_not_read_through_one_s_own(world, edition):
    other = World()
    foreign = other.offered()
    client = world.client()
    for name in ("own_sign", "own_edition"):
        assert client.get(url(name, edition.convention, foreign)).status_code == 404
        assert client.get(url(name, edition.convention, uuid.uuid4())).status_code == 404
    assert client.get(url("own_remark", edition.convention, foreign, 1)).status_code == 404


# --- reading ----------------------------------------------------------------------------------------------


def test_the_text_is_read_article_by_article_with_its_sources(world, edition):
    page = text(world.client().get(url("own_text", edition.convention)))
    for number in range(14):
        assert f'id="article-{number}"' in page
    assert page.count("Source:") == 13
    assert edition.sha256 in page
    assert "48,92" in page


def test_the_page_says_what_to_do_and_what_a_day_costs(world, edition):
    page = text(world.client().get(url("own_convention", edition.convention)))
    assert "The convention is ready: read it, then sign it" in page
    assert "48.92" in page
    assert world.home.manager_name in page


# --- remarks ----------------------------------------------------------------------------------------------


def test_a_remark_opens_its_article_and_its_answer_is_read(world, edition):
    client = world.client()
    path = url("own_remark", edition.convention, edition, 12)
    response = client.post(path, {"text": "Et mon chat ?"})
    assert response["Location"] == f"{url('own_text', edition.convention)}#article-12"
    edition.convention.refresh_from_db()
    assert (edition.convention.status, edition.convention.open_articles) == ("draft", [12])
    page = text(client.get(url("own_text", edition.convention)))
    assert "Et mon chat ?" in page
    assert "The home has still to answer this remark." in page
    assert "The home is working on the articles" in page
    remark = models.ArticleComment.objects.get()
    conventions.answer(remark=remark, text="Il est bienvenu.", actor=world.director, at=make.AT)
    assert "Il est bienvenu." in text(client.get(url("own_text", edition.convention)))


def test_a_remark_sent_twice_is_kept_once(world, edition):
    client = world.client()
    path = url("own_remark", edition.convention, edition, 12)
    for _time in range(2):
        assert client.post(path, {"text": "Et mon chat ?"}).status_code == 302
    assert models.ArticleComment.objects.count() == 1


def test_a_second_remark_opens_its_article_too(world, edition):
    client = world.client()
    client.post(url("own_remark", edition.convention, edition, 12), {"text": "Et mon chat ?"})
    client.post(url("own_remark", edition.convention, edition, 3), {"text": "Quelle vue ?"})
    edition.convention.refresh_from_db()
    assert edition.convention.open_articles == [3, 12]


@pytest.mark.parametrize("typed", ["", "   ", "x" * 3_000])
def test_a_remark_that_is_empty_or_too_long_is_refused_with_what_was_typed(world, edition, typed):
    response = world.client().post(url("own_remark", edition.convention, edition, 12), {"text": typed})
    assert response.status_code == 200
    assert "There is a problem" in text(response)
    assert typed.strip() in text(response)
    assert not models.ArticleComment.objects.exists()


@pytest.mark.parametrize("article", [14, 99, 99999999999999999999])
def test_there_is_no_article_99(world, edition, article):
    path = url("own_remark", edition.convention, edition, article)
    assert world.client().get(path).status_code == 404
    assert world.client().post(path, {"text": "?"}).status_code == 404


def test_a_remark_on_an_older_text_leads_to_the_new_one(world, edition):
    world.again(edition)
    response = world.client().post(
        url("own_remark", edition.convention, edition, 12), {"text": "?"}, follow=True
    )
    assert "The text has changed since you opened it" in text(response)
    assert not models.ArticleComment.objects.exists()


def test_a_signed_text_takes_no_remark(world):
    convention = world.signed()
    edition = conventions.latest_edition(convention)
    client = world.client()
    assert "Write a remark" not in text(client.get(url("own_text", convention)))
    response = client.post(url("own_remark", convention, edition, 4), {"text": "?"}, follow=True)
    assert "ask the home for an amendment" in text(response)


# --- the signature ----------------------------------------------------------------------------------------


def test_a_signature_is_confirmed_first(world, edition):
    response = sign_with(world.client(), edition, confirmed=None)
    assert "Do you want to sign?" in text(response)
    assert not models.Signature.objects.exists()


def test_the_resident_signs_and_then_the_home(world, edition):
    client = world.client()
    response = sign_with(client, edition)
    assert response["Location"] == url("own_signed", edition.convention, edition)
    signature = models.Signature.objects.get()
    assert (signature.side, signature.name) == ("resident", "Marie Dupont")
    assert signature.quality == in_french("resident")
    assert (signature.sha256, signature.means) == (edition.sha256, "screen")
    assert "The home has still to sign" in text(client.get(response["Location"]))
    world.manager_signs(edition)
    assert "Both sides have signed" in text(client.get(response["Location"]))


def test_a_representative_signs_in_that_quality(world, edition):
    client = world.client(world.representative())
    assert "under a mandate" in text(client.get(url("own_sign", edition.convention, edition)))
    sign_with(client, edition, name="Paul Lambert")
    signature = models.Signature.objects.get()
    assert signature.name == "Paul Lambert"
    assert signature.quality == in_french("representative, under a mandate")


def test_a_signature_sent_twice_is_kept_once(world, edition):
    client = world.client()
    assert sign_with(client, edition)["Location"] == sign_with(client, edition)["Location"]
    assert models.Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Write your first name and your last name."),
        ({"agreed": None}, "Tick the box"),
        ({"name": "x" * 151}, "There is a problem"),
    ],
)
def test_a_signature_needs_its_name_and_its_tick(world, edition, changes, said):
    response = sign_with(world.client(), edition, **changes)
    assert response.status_code == 200
    assert said in text(response)
    assert not models.Signature.objects.exists()


@pytest.mark.parametrize("read", ["0" * 64, "", None])
def test_a_text_that_is_not_the_one_that_was_read_is_not_signed(world, edition, read):
    response = sign_with(world.client(), edition, read=read)
    assert "Nothing was signed" in text(response)
    assert url("own_text", edition.convention) in text(response)
    assert not models.Signature.objects.exists()


def test_a_text_that_changed_since_it_was_read_is_not_signed(world, edition):
    newer = world.again(edition)
    client = world.client()
    assert "Nothing was signed" in text(sign_with(client, edition))
    # The address of the new text with the fingerprint of the old one.
    assert "Nothing was signed" in text(sign_with(client, newer, read=edition.sha256))
    assert not models.Signature.objects.exists()
    assert sign_with(client, newer).status_code == 302


def test_a_text_that_went_back_to_the_draft_is_not_signed(world, edition):
    conventions.reopen(convention=edition.convention, actor=world.director, at=make.AT)
    assert "Nothing was signed" in text(sign_with(world.client(), edition))
    assert not models.Signature.objects.exists()


def test_what_nobody_signed_has_no_page_of_the_signature(world, edition):
    assert world.client().get(url("own_signed", edition.convention, edition)).status_code == 404


# --- amendments -------------------------------------------------------------------------------------------


def test_an_amendment_is_read_remarked_and_signed(world):
    convention = world.signed()
    edition = world.amendment(convention)
    client = world.client()
    path = url("own_amendment", convention, edition.amendment)
    assert path in text(client.get(url("own_convention", convention)))
    page = text(client.get(path))
    assert "<ins>" in page
    assert "Le chat arrive." in page
    assert (
        client.post(url("own_remark", convention, edition, 12), {"text": "Et le chien ?"}).status_code == 302
    )
    edition.amendment.refresh_from_db()
    assert edition.amendment.open_articles == [12]
    assert "Et le chien ?" in text(client.get(path))


def test_a_remark_on_an_article_that_an_amendment_leaves_alone_is_refused(world):
    convention = world.signed()
    edition = world.amendment(convention)
    response = world.client().post(url("own_remark", convention, edition, 4), {"text": "?"}, follow=True)
    assert "does not change this article" in text(response)
    assert not models.ArticleComment.objects.exists()


def test_an_amendment_is_signed_like_a_convention(world):
    convention = world.signed()
    edition = world.amendment(convention)
    world.manager_signs(edition)
    client = world.client()
    response = sign_with(client, edition)
    assert "Both sides have signed" in text(client.get(response["Location"]))
    edition.amendment.refresh_from_db()
    assert edition.amendment.status == "signed"


def test_an_amendment_that_was_not_offered_is_not_there(world):
    convention = world.signed()
    edition = world.amendment(convention)
    other = World().signed()
    assert world.client().get(url("own_amendment", other, edition.amendment)).status_code == 404
    assert world.client().get(url("own_amendment", convention, uuid.uuid4())).status_code == 404


# --- papers -----------------------------------------------------------------------------------------------


def test_the_page_of_signatures_is_there_once_both_sides_have_signed(world, edition):
    client = world.client()
    path = url("own_signatures", edition.convention, edition)
    assert client.get(path).status_code == 404
    sign_with(client, edition)
    assert client.get(path).status_code == 404
    world.manager_signs(edition)
    response = client.get(path)
    assert response["Content-Type"] == "application/pdf"
    assert path in text(client.get(url("own_convention", edition.convention)))


def test_a_copy_signed_on_paper_is_downloaded_by_its_side_only(world, edition):
    signing.sign_on_paper(
        edition=edition, upload=make.upload(world.director), resident_name="Marie Dupont",
        manager_name="Odile Fictive", signed_on=make.TODAY, actor=world.director, at=make.AT,
    )  # fmt: skip
    copy = models.Signature.objects.filter(edition=edition).first().upload
    path = url("own_signed_copy", edition.convention, copy)
    assert path in text(world.client().get(url("own_convention", edition.convention)))
    assert world.client().get(path).status_code == 200
    assert World().client().get(path).status_code == 404
    assert world.client().get(url("own_signed_copy", edition.convention, uuid.uuid4())).status_code == 404


# --- prices and the end -----------------------------------------------------------------------------------


def test_a_notice_of_new_prices_is_read_and_downloaded(world):
    convention = world.signed()
    kind = convention.bed.room.room_type
    campaign = campaigns.create_draft(
        home=world.home,
        values={"index_now": Decimal("128.40"), "index_month": date(2026, 4, 1), "index_source": "Statbel"},
        prices={kind: Decimal("50.00")},
        actor=world.director,
        at=make.AT,
    )
    seen = rises.plan_of(campaign, make.TODAY).fingerprint
    campaigns.notify(campaign=campaign, seen=seen, actor=world.director, at=make.AT)
    client = world.client()
    page = text(client.get(url("own_prices", convention)))
    assert "50.00" in page
    assert "48.92" in page
    notice = convention.price_notices.get()
    path = url("own_price_notice", convention, notice)
    assert path in page
    assert client.get(path)["Content-Type"] == "application/pdf"
    assert "The price changes on" in text(client.get(url("own_convention", convention)))
    others = campaign.notices.get(convention=None)
    assert client.get(url("own_price_notice", convention, others)).status_code == 404
    assert World().client().get(path).status_code == 404


def test_a_notice_is_read_with_its_days_and_reasons(world):
    convention = world.signed()
    endings.record_termination(
        convention=convention,
        event=endings.Event(cause="none", given_by="manager", sent_on=make.TODAY, reasons="Travaux."),
        actor=world.director,
        at=make.AT,
    )
    client = world.client()
    page = text(client.get(url("own_ending", convention)))
    assert "The notice is valid" in page
    assert "Travaux." in page
    assert "art. 10" in page
    row = convention.terminations.get()
    letter = client.get(url("own_end_letter", convention, row))
    assert letter["Content-Type"] == "application/pdf"
    assert World().client().get(url("own_end_letter", convention, row)).status_code == 404
    assert "How the stay ends" in text(client.get(url("own_convention", convention)))


def test_without_a_notice_the_page_says_how_to_give_one(world):
    page = text(world.client().get(url("own_ending", world.signed())))
    assert "Nothing ends the stay now." in page
    assert "You give 15 days of notice." in page


# --- the list ---------------------------------------------------------------------------------------------


def test_one_s_conventions_are_listed_with_those_of_people_one_acts_for(world, edition):
    other = World()
    other.offered()
    user = world.representative()
    MandateFactory(member=other.member, representative=user)
    page = text(world.client(user).get(url("own")))
    assert page.count("Open the convention") == 2


def test_the_pages_cost_a_fixed_number_of_queries(world, edition, django_assert_max_num_queries):
    client = world.client()
    for name, most in (("own_convention", 30), ("own_text", 20), ("own_prices", 20), ("own_ending", 20)):
        with django_assert_max_num_queries(most):
            client.get(url(name, edition.convention))
