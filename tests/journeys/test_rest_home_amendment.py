"""An amendment in a browser: written, read word by word, remarked on, changed, signed by both sides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from residences.models import Amendment, ArticleComment, Edition, Occupancy
from tests.factories import residences as make
from tests.factories.registry import MemberFactory
from tests.journeys.walking import PHONE, WIDE, Walk
from tests.residences.amendment_world import new

#: The button of the form on a page.
SEND = "form[method=post] button.govuk-button"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def size(request):
    return request.param


@pytest.fixture
def convention():
    home = make.RestHomeFactory()
    director = make.director_of(home)
    member = MemberFactory(user=make.UserFactory(roles=["member"]))
    resident = make.ResidentFactory(member=member)
    double = make.room_type(home, "Double", "41.85", 24)
    make.bed(home, "205", kind=double)
    make.bed(home, "206", kind=double)
    return make.signed(home, actor=director, resident=resident, where=make.bed(home, "101"), supplements=[])


@pytest.fixture
def walk(page, live_server, convention, size):
    page.set_viewport_size(size)
    return Walk(page, live_server, "amendment")


@pytest.fixture
def director(convention):
    return convention.created_by


@pytest.fixture
def resident(convention):
    return convention.resident.member.user


def root(convention):
    return reverse("residences:amendments", args=[convention.home.public_id, convention.public_id])


def written(walk, convention, first):
    """The kind, the day and the new bed, after a form that was sent empty."""
    walk.open(root(convention))
    walk.press("a[href$='/new/']")
    walk.press(SEND)
    assert walk.page.locator(".govuk-error-summary").is_visible()
    walk.page.locator("[name=kind][value=room]").check()
    walk.type_day("effective_on", first)
    walk.page.locator("[name=explanation]").fill("Une chambre à deux, avec sa sœur.")
    walk.press(SEND)
    choose_bed(walk, "205-A")
    walk.press(SEND)


def read(walk):
    """The text before it is offered: what goes and what comes, for eyes and for ears."""
    changed = walk.page.locator("#article-3 .app-diff__line--changed")
    assert "101" in changed.locator("del").first.inner_text()
    assert "205" in changed.locator("ins").first.inner_text()
    assert changed.locator("ins .govuk-visually-hidden").count() > 0
    assert not Edition.objects.exclude(amendment=None).exists()


def remarked(walk):
    """A remark of the resident's side on the article of the room."""
    assert walk.page.locator("#article-4 ins").first.is_visible()
    walk.press("a[href*='/remark']")
    walk.page.locator("[name=text]").fill("Plutôt la chambre 206, près de l'ascenseur.")
    walk.press(SEND)


def changed_and_offered_again(walk):
    """The remark answered, the other bed chosen, the new text offered."""
    walk.press("a[href*='/remarks/']")
    walk.page.locator("[name=text]").fill("La 206 est libre : nous changeons le texte.")
    walk.press(SEND)
    walk.press("a[href$='/change/']")
    choose_bed(walk, "206-A")
    walk.press(SEND)
    walk.press(SEND)
    assert ArticleComment.objects.get().answer


def signed_by_the_manager(walk):
    """The manager's signature, refused without the tick."""
    walk.press("a[href$='/sign/']")
    walk.press(SEND)
    assert walk.page.locator(".govuk-error-summary").is_visible()
    walk.page.locator("[name=agreed]").check()
    walk.press(SEND)


def signed_by_the_resident(walk):
    """The signature of the resident's side, and its confirmation."""
    walk.press("a[href*='/sign']")
    walk.page.locator("[name=name]").fill("Simone Lambert")
    walk.page.locator("[name=agreed]").check()
    walk.press(SEND)
    walk.press(SEND)


def choose_bed(walk, number):
    option = walk.page.locator("select[name=bed] option", has_text=number).first
    walk.page.locator("select[name=bed]").select_option(option.get_attribute("value"))


def test_a_change_of_room_from_the_draft_to_the_second_signature(walk, convention, director, resident):
    first = localdate() + timedelta(days=20)
    walk.log_in(director)
    written(walk, convention, first)
    read(walk)
    walk.press(SEND)
    amendment = Amendment.objects.get()
    assert amendment.status == "ready"
    own = reverse("residences:own_amendment", args=[convention.public_id, amendment.public_id])

    walk.log_in(resident)
    walk.open(own)
    remarked(walk)
    assert Amendment.objects.get().open_articles == [3]

    walk.log_in(director)
    walk.open(f"{root(convention)}{amendment.public_id}/")
    changed_and_offered_again(walk)
    assert Edition.objects.filter(amendment=amendment).count() == 2
    signed_by_the_manager(walk)
    # A manager alone changes nothing.
    assert Amendment.objects.get().status == "ready"
    assert Occupancy.objects.given().get().bed.room.number == "101"

    walk.log_in(resident)
    walk.open(own)
    signed_by_the_resident(walk)
    assert Amendment.objects.get().status == "signed"
    place = Occupancy.objects.given().get(last_day=None)
    assert (place.bed.room.number, place.first_day) == ("206", first)

    walk.log_in(director)
    walk.open(root(convention))
    walk.press(f"a[href$='{amendment.public_id}/']")
    assert walk.page.locator("a[href$='/document/']").is_visible()


def test_an_amendment_is_discarded_with_its_reason(walk, convention, director):
    new(convention, director, "clauses", ["Un chat."], first=localdate() + timedelta(days=9), at=now())
    walk.log_in(director)
    walk.open(root(convention))
    walk.press("a[href*='/amendments/']:not([href$='/amendments/'])")
    walk.press("a[href$='/discard/']")
    walk.press(SEND)
    assert walk.page.locator(".govuk-error-summary").is_visible()
    walk.page.locator("[name=because]").fill("Le chat est parti.")
    walk.press(SEND)
    assert Amendment.objects.get().status == "discarded"
    walk.open(root(convention))
    walk.press("a[href$='/new/']")
