"""On a phone a resident reads the convention, remarks on it, signs it, reads an invoice and contests it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from partenamut.periods import add_months
from residences import models
from residences.services import conventions, runs, signing
from tests.factories import desk
from tests.factories import residences as make
from tests.journeys.walking import PHONE, WIDE, Walk
from tests.residences.own_world import World, url

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Living:
    """A member who is to live in a rest home, or lives there, on the day of the test."""

    def __init__(self):
        self.home = make.RestHomeFactory()
        self.director = make.director_of(self.home)
        self.member = desk.member(last_name="Dupont", first_name="Marie")
        self.resident = make.ResidentFactory(
            member=self.member, last_name="Dupont", first_name="Marie", search_name="dupont marie"
        )
        self.supplement = make.supplement(self.home)

    def offered(self, **changes):
        entry = changes.pop("entry", localdate() + timedelta(days=10))
        convention = make.draft(
            self.home, actor=self.director, resident=self.resident, entry=entry, offered=now(), **changes
        )
        return conventions.prepare(convention=convention, actor=self.director, at=now())

    def invoiced(self):
        """A convention in force for two months, with the invoice of the month before."""
        this = localdate().replace(day=1)
        entry = add_months(this, -2)
        convention = make.signed(
            self.home, actor=self.director, resident=self.resident, entry=entry, offered=make.at(entry),
            supplements=[self.supplement],
        )  # fmt: skip
        signing.start_due(localdate(), at=now())
        models.DebtorShare.objects.get_or_create(
            convention=convention, contact=None, defaults={"percent": 100, "first_day": entry}
        )
        month = add_months(this, -1)
        models.Entry.objects.create(
            convention=convention, kind="supplement", date=month, label="Dîner visiteur", unit_price="7.50",
            amount="7.50", supplement=self.supplement, upload=make.upload(self.director),
            entered_by=self.director, entered_at=now(),
        )  # fmt: skip
        moment = make.at(this - timedelta(days=2))
        run = runs.prepare(home=self.home, month=month, actor=self.director, at=moment)
        runs.issue(run=run, received_on=localdate(moment), actor=self.director, at=moment)
        runs.run(run.pk, at=moment)
        convention.refresh_from_db()
        return convention, models.Invoice.objects.get(convention=convention)


@pytest.fixture
def living():
    return Living()


def test_a_resident_reads_remarks_and_signs(page, live_server, living):
    edition = living.offered()
    convention = edition.convention
    page.set_viewport_size(PHONE)
    walk = Walk(page, live_server, "sign")
    walk.log_in(living.member.user)
    walk.open(reverse("web:home"))
    walk.press(f"a[href='{url('own_convention', convention)}']")
    walk.press(f"a[href='{url('own_text', convention)}']")
    walk.press(f"a[href='{url('own_remark', convention, edition, 12)}']")
    walk.press("form[method=post] button")
    assert page.locator("[data-error-summary] a").count() == 1
    page.locator("[name=text]").fill("Mon chat peut-il venir ?")
    walk.press("form[method=post] button")
    assert page.locator("#article-12").get_by_text("Mon chat peut-il venir ?").is_visible()

    # The home answers and offers a new text; the address of the old one signs nothing.
    remark = models.ArticleComment.objects.get()
    conventions.answer(remark=remark, text="Oui.", actor=living.director, at=now())
    conventions.set_clauses(
        convention=convention, texts=["Le chat est bienvenu."], actor=living.director, at=now()
    )
    convention.refresh_from_db()
    newer = conventions.prepare(convention=convention, actor=living.director, at=now())
    walk.open(url("own_sign", convention, edition))
    assert not page.locator("[name=agreed]").count()
    walk.press("main a.govuk-button, .app-actions a.govuk-button")
    assert page.locator("#article-12").get_by_text("Le chat est bienvenu.").is_visible()
    walk.press(f"a[href='{url('own_sign', convention, newer)}']")
    walk.press("form[method=post] button")
    assert page.locator("[data-error-summary] a").count() == 2
    page.locator("[name=name]").fill("Marie Dupont")
    page.locator("[name=agreed]").check()
    walk.press("form[method=post] button")
    assert not models.Signature.objects.exists()
    walk.press("form[method=post] button")
    assert models.Signature.objects.get().sha256 == newer.sha256
    assert page.locator(".govuk-panel--confirmation").is_visible()
    for name in ("own", "own_convention", "own_prices", "own_ending"):
        walk.open(url(name, *([] if name == "own" else [convention])))


def test_a_resident_reads_an_invoice_and_contests_it(page, live_server, living):
    convention, invoice = living.invoiced()
    page.set_viewport_size(PHONE)
    walk = Walk(page, live_server, "contest")
    walk.log_in(living.member.user)
    walk.open(url("own_convention", convention))
    walk.open(url("own_statement", convention))
    walk.open(url("own_convention", convention))
    walk.press(f"a[href='{url('own_account', convention)}']")
    walk.press(
        f"main a[href='{url('own_invoices', convention)}'], a[href='{url('own_invoices', convention)}']"
    )
    walk.press(f"a[href='{url('own_invoice', convention, invoice)}']")
    assert page.get_by_text("Dîner visiteur").first.is_visible()
    walk.press(f"a[href='{url('own_contest', convention, invoice)}']")
    walk.press("form[method=post] button")
    assert page.locator("[data-error-summary] a").count() == 1
    page.locator("[name=text]").fill("Je n'ai pas pris ce repas.")
    walk.press("form[method=post] button")
    assert models.Dispute.objects.get().invoice == invoice
    assert page.get_by_text("Je n'ai pas pris ce repas.").is_visible()


def test_a_director_opens_the_rest_home(page, live_server, living):
    living.invoiced()
    other = make.draft(living.home, actor=living.director, offered=now())
    conventions.prepare(convention=other, actor=living.director, at=now())
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        walk = Walk(page, live_server, "director")
        walk.log_in(living.director)
        walk.open(reverse("web:home"))
        walk.open(reverse("residences:home", args=[living.home.public_id]))


def test_an_amendment_is_read_word_by_word_and_signed(page, live_server):
    world = World()
    page.set_viewport_size(PHONE)
    convention = world.signed()
    edition = world.amendment(convention, first=localdate())
    walk = Walk(page, live_server, "amendment")
    walk.log_in(world.member.user)
    walk.open(url("own_amendment", convention, edition.amendment))
    assert page.locator("ins").count()
    walk.press(f"a[href='{url('own_sign', convention, edition)}']")
    page.locator("[name=name]").fill("Marie Dupont")
    page.locator("[name=agreed]").check()
    walk.press("form[method=post] button")
    walk.press("form[method=post] button")
    assert models.Signature.objects.filter(edition=edition, side="resident").exists()
