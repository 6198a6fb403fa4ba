"""The first page of a rest home: what waits with where it is done, how full the home is, what was invoiced."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from partenamut.accounts.roles import Role
from partenamut.web import formats
from residences import models
from residences.home import admin_block, director_block, member_block
from residences.readings import overview_figures as figures
from residences.readings.overview_waiting import waiting
from residences.services import conventions, runs
from tests.factories import residences as make
from tests.factories.accounts import UserFactory
from tests.factories.registry import ResidenceFactory
from tests.residences.own_world import World, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def world():
    return World()


def said(world):
    return [one.text for one in waiting(world.home, make.TODAY)]


def page(world):
    return text(world.client(world.director).get(reverse("residences:home", args=[world.home.public_id])))


# --- who --------------------------------------------------------------------------------------------------


def test_who_runs_one_home_goes_straight_to_it(world):
    response = world.client(world.director).get(reverse("residences:homes"))
    assert response["Location"] == reverse("residences:home", args=[world.home.public_id])


def test_who_runs_two_homes_chooses(world):
    second = make.RestHomeFactory()
    second.residence.directorships.create(director=world.director, first_day=make.START)
    body = text(world.client(world.director).get(reverse("residences:homes")))
    assert world.home.residence.name in body
    assert second.residence.name in body


def test_who_runs_none_is_told_what_to_do():
    director = UserFactory(roles=[Role.RESIDENCE_DIRECTOR])
    body = text(World().client(director).get(reverse("residences:homes")))
    assert "No rest home is opened for your residence" in body


def test_another_director_finds_nothing(world):
    other = make.director_of(make.RestHomeFactory())
    path = reverse("residences:home", args=[world.home.public_id])
    assert world.client(other).get(path).status_code == 404
    assert world.client().get(path).status_code == 403


# --- what waits -------------------------------------------------------------------------------------------


def test_nothing_waits_in_an_empty_home(world):
    assert said(world) == []
    assert "Nothing waits" in page(world)


def test_a_text_on_offer_waits_for_one_side_after_the_other(world):
    edition = world.offered()
    assert said(world) == ["1 convention is offered: the resident's side has still to sign it."]
    conventions_url = reverse(
        "residences:convention", args=[world.home.public_id, edition.convention.public_id]
    )
    assert conventions_url in page(world)
    world.resident_signs(edition)
    assert said(world) == ["1 convention is signed by the resident's side: sign it for the home."]
    # A new text: what was signed under the old one counts for nothing.
    world.again(edition)
    assert said(world) == ["1 convention is offered: the resident's side has still to sign it."]


def test_a_remark_waits_until_it_is_answered(world):
    edition = world.offered()
    remark = conventions.comment(edition=edition, article=12, text="?", actor=world.member.user, at=make.AT)
    assert said(world) == ["1 remark on an article waits for your answer."]
    conventions.answer(remark=remark, text="!", actor=world.director, at=make.AT)
    assert said(world) == []


def test_an_amendment_on_offer_waits(world):
    edition = world.amendment(world.signed())
    assert "1 amendment is offered: the resident's side has still to sign it." in said(world)
    world.resident_signs(edition)
    assert "1 amendment is signed by the resident's side: sign it for the home." in said(world)


def test_a_contested_invoice_waits(world):
    invoice = world.invoiced(world.signed())
    models.Dispute.objects.create(
        invoice=invoice, lodged_on=make.TODAY, lodged_by=world.member.user, text="Trop."
    )
    assert "1 contested invoice waits for your answer." in said(world)


def test_a_month_is_to_be_prepared_and_then_issued(world):
    convention = world.signed()
    assert "The invoices of 04/2026 are to be prepared." in said(world)
    world.invoiced(convention)
    assert not any("04/2026" in one for one in said(world))


def test_an_account_that_is_held_up_waits(world):
    convention = world.signed()
    models.DebtorShare.objects.filter(convention=convention).update(percent=Decimal(60))
    moment = make.at(date(2026, 4, 28))
    runs.prepare(home=world.home, month=date(2026, 4, 1), actor=world.director, at=moment)
    assert "1 account is held up: no invoice is made for it until it is put right." in said(world)
    assert waiting(world.home, make.TODAY)[0].tone == "error"


def test_a_short_stay_that_ends_soon_is_announced(world):
    world.signed(kind="short", until=make.TODAY + timedelta(days=12), respite=True)
    assert any(one.startswith("1 short stay ends within 30 days") for one in said(world))


def test_a_notice_is_told_with_its_last_day(world):
    convention = world.signed()
    models.Convention.objects.filter(pk=convention.pk).update(
        status="notice_given", ended_on=date(2026, 5, 30)
    )
    wait = next(one for one in waiting(world.home, make.TODAY) if one.text == "1 stay ends.")
    assert "30/05/2026" in wait.about[0]["label"]
    models.Convention.objects.filter(pk=convention.pk).update(ended_on=date(2026, 5, 3))
    assert any("1 stay is over" in one for one in said(world))


# --- figures ----------------------------------------------------------------------------------------------


def test_the_occupancy_of_a_month_counts_days(world):
    world.signed(entry=date(2026, 3, 16))
    make.bed(world.home, "900")
    months = {month.first: month for month in figures.occupancy_of(world.home, make.TODAY)}
    assert len(months) == 12
    # Two beds: one of them taken for sixteen days of March, for all of April, and so far in May.
    assert (months[date(2026, 3, 1)].serving, months[date(2026, 3, 1)].taken) == (62, 16)
    assert (months[date(2026, 4, 1)].serving, months[date(2026, 4, 1)].taken) == (60, 30)
    assert (months[date(2026, 5, 1)].serving, months[date(2026, 5, 1)].taken) == (8, 4)
    assert months[date(2026, 2, 1)].rate == 0


def test_a_bed_out_of_service_does_not_count_and_one_kept_free_is_not_taken(world):
    world.offered(entry=date(2026, 4, 1))
    closed = make.bed(world.home, "900")
    models.BedClosure.objects.create(
        bed=closed, because="Travaux", first_day=date(2026, 4, 1), last_day=date(2026, 4, 10)
    )
    month = figures.occupancy_of(world.home, make.TODAY)[-2]
    assert (month.serving, month.taken) == (50, 0)


def test_what_was_invoiced_adds_up_to_the_invoices(world):
    convention = world.signed()
    world.entry(convention)
    invoice = world.invoiced(convention)
    found = figures.invoiced_of(world.home, make.TODAY)
    assert found["whole"] == invoice.total
    april = next(row for row in found["rows"] if row["label"] == "04/2026")
    assert sum(april["values"]) == invoice.total
    assert april["values"][1] == Decimal("7.50")


def test_the_page_costs_the_same_however_much_there_is(
    world, django_assert_max_num_queries, django_assert_num_queries
):
    world.entry(world.signed())
    path = reverse("residences:home", args=[world.home.public_id])
    client = world.client(world.director)
    with django_assert_max_num_queries(45) as first:
        client.get(path)
    for _one in range(3):
        make.signed(world.home, actor=world.director)
        edition = conventions.prepare(
            convention=make.draft(world.home, actor=world.director, offered=make.AT),
            actor=world.director,
            at=make.AT,
        )
        conventions.comment(edition=edition, article=4, text="?", actor=world.member.user, at=make.AT)
    with django_assert_num_queries(len(first)):
        client.get(path)


def test_every_thing_that_waits_leads_somewhere(world):
    edition = world.offered()
    conventions.comment(edition=edition, article=12, text="?", actor=world.member.user, at=make.AT)
    client = world.client(world.director)
    for link in re.findall(r'app-wait__about.*?href="([^"]+)"', page(world), re.DOTALL):
        assert client.get(link).status_code == 200, link


# --- home page, menu, own residence -----------------------------------------------------------------------


def test_the_home_page_tells_each_side_what_waits(world):
    world.offered()
    director = director_block(world.director, make.TODAY)
    assert [one.text for one in director.context["rows"][0]["waits"]] == said(world)
    member = member_block(world.member.user, make.TODAY)
    assert "ready" in member.context["cards"][0].waits[0].text
    for user in (world.director, world.member.user, UserFactory(roles=[Role.ADMIN])):
        assert world.client(user).get(reverse("web:home")).status_code == 200


def test_who_has_nothing_to_do_with_rest_homes_sees_nothing_of_them():
    stranger = UserFactory(roles=[Role.MEMBER])
    assert member_block(stranger, make.TODAY) is None
    assert member_block(None, make.TODAY) is None
    assert director_block(UserFactory(roles=[Role.RESIDENCE_DIRECTOR]), make.TODAY) is None
    assert "My rest home" not in text(World().client(stranger).get(reverse("web:home")))


def test_the_menu_has_the_rest_home_of_a_resident(world):
    world.offered()
    body = text(world.client().get(reverse("web:home")))
    assert f'href="{reverse("residences:own")}"' in body


def test_the_admin_is_told_which_figures_are_missing(world):
    admin = UserFactory(roles=[Role.ADMIN])
    models.LegalInterest.objects.filter(year__in=[2026, 2027]).delete()
    assert admin_block(admin, make.TODAY).context["years_missing"] == [2026]
    models.LegalInterest.objects.create(year=2026, percent=4, source="Moniteur")
    assert admin_block(admin, make.TODAY).context["years_missing"] == []
    assert admin_block(admin, date(2026, 12, 2)).context["years_missing"] == [2027]
    models.InsurerDayRebate.objects.all().delete()
    assert admin_block(admin, make.TODAY).context["rebate_missing"]


def test_the_page_of_a_residence_leads_to_its_rest_home(world):
    path = reverse("registry:own_residence", args=[world.home.residence.public_id])
    home_url = reverse("residences:home", args=[world.home.public_id])
    assert home_url in text(world.client(world.director).get(path))
    plain = ResidenceFactory()
    plain.directorships.create(director=world.director, first_day=make.START)
    other = text(world.client(world.director).get(reverse("registry:own_residence", args=[plain.public_id])))
    assert "Open the rest home" not in other


def test_what_is_late_is_shown_by_its_age(world):
    invoice = world.invoiced(world.signed(), date(2026, 2, 1))
    body = page(world)
    assert "1 amount is open after its due day" in body
    assert formats.euros(invoice.total) in body
