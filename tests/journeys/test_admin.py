"""The admin in a real browser: imports, corrections, residences, labels, users, payments to the bank."""

import csv
import io
from datetime import UTC, datetime, time, timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate, now

from convalescence import services
from convalescence.models import AttachmentKind
from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.payments import services as payments
from partenamut.payments.bank_days import next_bank_day
from partenamut.payments.models import Batch, Payable
from partenamut.payments.workflow import BatchStatus
from partenamut.payments.workflow import Status as PaymentStatus
from partenamut.registry.models import Insurer, LabelGrant, Member, MemberImport, Residence
from tests.factories import numbers
from tests.factories.accounts import UserFactory
from tests.factories.desk import adviser, member, sent
from tests.factories.payments import payer
from tests.factories.registry import (
    InsurerFactory,
    LabelCriterionFactory,
    MemberFactory,
    MutualityFactory,
    ResidenceFactory,
)
from tests.journeys.walking import Walk, pdf_file

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SMALL = {"width": 320, "height": 800}
COLUMNS = [
    "niss",
    "last_name",
    "first_name",
    "birth_date",
    "street",
    "postal_code",
    "city",
    "mutuality",
    "registration_number",
]
SUBMIT = "form[method=post] button:not([name])"


@pytest.fixture
def walks_as(page, live_server):
    """A function: the browser in English, carrying the session of a user, on a small screen."""
    page.set_viewport_size(SMALL)

    def walk(user: User) -> Walk:
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}]
        )
        made = Walk(page, live_server, "admin")
        made.log_in(user)
        return made

    return walk


@pytest.fixture
def walk(walks_as):
    return walks_as(payer(name="Isabelle Warnier"))


def said(page):
    """What the main part of the page says."""
    return " ".join(page.locator("main").inner_text().split())


def problems(page):
    """The sentences of the summary of errors."""
    return page.locator("[data-error-summary] a").all_inner_texts()


def members_csv(*rows):
    """A file of members; a row is a NISS with a last name and a birth date."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(COLUMNS)
    for place, (niss, name, born) in enumerate(rows):
        writer.writerow(
            [niss, name, "Anne", born, "Rue d'Essai 1", "1000", "Bruxelles", "509", f"77{place:08d}"]
        )
    return {"name": "members.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode()}


def wrong(niss):
    """The same number with check digits that do not fit."""
    return f"{niss[:-2]}{int(niss[-2:]) % 97 + 1:02d}"


def test_a_file_of_members_is_checked_then_taken_over(walk, page):
    MutualityFactory()
    walk.open(reverse("web:home"))
    walk.open(reverse("registry:members"))
    walk.press("a[href$='/registry/imports/']")
    walk.press("a[href$='/imports/add/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 1
    page.locator("[name=file]").set_input_files(
        {"name": "large.csv", "mimeType": "text/csv", "buffer": b"niss;last_name\n" * 2_000_000}
    )
    walk.press(SUBMIT)
    assert "10 MB" in problems(page)[0]

    rows = [(numbers.niss(count), f"Import{count}", numbers.birth_date(count)) for count in (601, 602, 603)]
    rows[2] = (wrong(rows[2][0]), *rows[2][1:])
    page.locator("[name=file]").set_input_files(members_csv(*rows))
    walk.press(SUBMIT)
    assert "Nothing has been taken over yet" in said(page)
    assert "The check digits of the NISS do not fit." in page.locator("tbody").inner_text()
    assert not Member.objects.filter(last_name__startswith="Import").exists()
    walk.press("form[action$='/start/'] button")
    assert set(Member.objects.values_list("last_name", flat=True)) == {"Import601", "Import602"}
    assert MemberImport.objects.get().status == MemberImport.Status.DONE

    walk.open(reverse("registry:add_import"))
    page.locator("[name=file]").set_input_files(members_csv(*rows))
    walk.press(SUBMIT)
    assert "This very file was sent before" in said(page)


def test_a_member_is_corrected_with_a_reason_and_the_page_tells_it(walk, page):
    person = MemberFactory(last_name="Peeters", city="Bruxelles")
    walk.open(reverse("registry:member", args=[person.public_id]))
    walk.press("a[href$='/correct/']")
    page.locator("[name=last_name]").fill("Pieters")
    for name, typed in (
        ("niss", wrong(person.niss)),
        ("iban", "BE00 0000 0000 0000"),
        ("birth_date_month", "13"),
    ):
        page.locator(f"[name={name}]").fill(typed)
    walk.press(SUBMIT)
    assert len(problems(page)) == 4  # the number, the day, the account, the missing reason
    assert page.locator("[name=last_name]").input_value() == "Pieters"
    assert page.locator("[name=iban]").input_value() == "BE00 0000 0000 0000"
    page.locator("[name=niss]").fill(person.niss)
    page.locator("[name=iban]").fill(person.iban)
    walk.type_day("birth_date", person.birth_date)
    page.locator("[name=reason]").fill("Identity card shown at the desk.")
    walk.press(SUBMIT)
    assert page.locator("h1").inner_text() == "Léa Pieters"
    history = page.locator("section[aria-labelledby=history]").inner_text()
    assert "Peeters" in history
    assert "Identity card shown at the desk." in history
    assert "Isabelle Warnier" in history


def test_the_missing_address_of_an_insurer_is_entered(walk, page):
    InsurerFactory(code="600", name_fr="Caisse d'essai", name_nl="Proefkas", address="", source="")
    walk.open(reverse("web:home"))
    walk.press("a[href$='/registry/insurers/']")
    walk.press("a:text-is('600')")
    page.locator("[name=address]").fill("Rue d'Essai 6, 1000 Bruxelles")
    walk.press(SUBMIT)
    assert "Rue d'Essai 6" in said(page)
    assert Insurer.objects.get(code="600").address == "Rue d'Essai 6, 1000 Bruxelles"


def test_a_rest_home_is_entered_and_its_approval_opened(walk, page):
    walk.open(reverse("registry:managed_residences"))
    walk.press("a[href$='/registry/residences/add/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 5
    for name, typed in (
        ("name", "Les Tilleuls"),
        ("street", "Rue d'Essai 4"),
        ("postal_code", "4900"),
        ("city", "Spa"),
    ):
        page.locator(f"[name={name}]").fill(typed)
    page.locator("[name=structure_types][value=rest_home]").check()
    walk.press(SUBMIT)
    walk.press("a[href$='/approvals/add/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 1
    walk.type_day("first_day", localdate())
    walk.type_day("last_day", localdate() - timedelta(days=1))
    walk.press(SUBMIT)
    assert problems(page) == ["The last day lies before the first."]
    for part in ("day", "month", "year"):
        page.locator(f"[name=last_day_{part}]").fill("")
    walk.press(SUBMIT)
    home = Residence.objects.get()
    assert home.inami_approvals.get().first_day == localdate()
    assert (
        f"{localdate():%d/%m/%Y}" in page.locator("section[aria-labelledby=section-approvals]").inner_text()
    )


def test_a_label_is_granted_with_evidence_and_withdrawn_with_a_reason(walk, page, tmp_path):
    home = ResidenceFactory(partner=True)
    criterion = LabelCriterionFactory()
    walk.open(reverse("registry:managed_residence", args=[home.public_id]))
    walk.press("a[href$='/labels/activation/grant/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 3
    walk.type_day("first_day", localdate())
    walk.type_day("seen_on", localdate())
    page.locator(f"[name=finding_{criterion.pk}]").fill("Parallel bars and a treadmill.")
    page.locator(f"[name=file_{criterion.pk}]").set_input_files(pdf_file(tmp_path, "visit.pdf"))
    walk.press(SUBMIT)
    assert "Parallel bars and a treadmill." in said(page)
    file = page.locator("main").get_by_role("link", name="visit.pdf").get_attribute("href")
    assert page.request.get(f"{walk.address}{file}").body().startswith(b"%PDF")
    walk.open(reverse("registry:residence", args=[home.slug]))
    assert "Activation" in said(page)

    walk.open(reverse("registry:managed_residence", args=[home.public_id]))
    walk.press("a[href$='/withdraw/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 2
    walk.type_day("last_day", localdate())
    page.locator("[name=reason]").fill("The equipment was sold.")
    walk.press(SUBMIT)
    assert "The equipment was sold." in said(page)
    assert LabelGrant.objects.get().last_day == localdate()


def test_a_user_is_made_with_a_role_and_the_trail_is_read(walk, page):
    admin = User.objects.get()
    person = MemberFactory()
    walk.open(reverse("web:users"))
    walk.press("a[href$='/users/new/']")
    walk.press(SUBMIT)
    assert len(problems(page)) == 2
    page.locator("[name=name]").fill("Aline Renard")
    page.locator("[name=email]").fill(admin.email.upper())
    walk.press(SUBMIT)
    assert len(problems(page)) == 1
    assert page.locator("[name=name]").input_value() == "Aline Renard"
    page.locator("[name=email]").fill("Aline@example.org")
    page.locator("[name=roles][value=adviser]").check()
    walk.press(SUBMIT)
    assert User.objects.get(email="aline@example.org").roles == {Role.ADVISER}

    walk.press("a:text-is('Isabelle Warnier')")
    page.locator("[name=roles][value=admin]").uncheck()
    walk.press(SUBMIT)
    assert problems(page) == ["You cannot take your own access away: ask a colleague."]

    walk.open(reverse("registry:member", args=[person.public_id]))
    walk.open(reverse("registry:correct_member", args=[person.public_id]))
    page.locator("[name=city]").fill("Namur")
    page.locator("[name=reason]").fill("Moved.")
    walk.press(SUBMIT)
    walk.open(reverse("web:entries"))
    assert "Place: Bruxelles → Namur" in page.locator("tbody").inner_text()
    walk.press("a[href$='/trail/accesses/']")
    assert person.full_name in page.locator("tbody").inner_text()
    walk.press("a[href$='/trail/']")


# --- from a decision to the bank


@pytest.fixture
def person():
    return member()


@pytest.fixture
def payable(person):
    """What a decision of an adviser and the stay afterwards lead to."""
    asked = now() - timedelta(days=60)
    day = localdate(asked)
    stay = {"arrival": day + timedelta(days=10), "departure": day + timedelta(days=20)}
    case, decider = sent(person, at=asked, **stay), adviser(name="Aline Renard")
    services.decide(request=case, actor=decider, at=asked)
    services.confirm_stay(request=case, actor=person.user, at=now())
    services.note_paper(
        request=case, kind=AttachmentKind.INVOICE, received_on=localdate(), note="", actor=decider, at=now()
    )
    services.propose_payment(request=case, actor=decider, at=now())
    return Payable.objects.get(origin_id=case.public_id)


@pytest.fixture
def released(payable):
    """The batch that pays it, given to the bank."""
    approved = payments.approve(payable=payable, actor=adviser(), at=now())
    day = next_bank_day(localdate() + timedelta(days=1))
    batch = payments.prepare_batch(payables=[approved], execution_date=day, actor=payer(), at=now())
    return payments.release_batch(batch=batch, actor=payer(), at=now())


def test_a_decision_is_approved_by_another_adviser(walks_as, page, payable):
    walk = walks_as(payable.decided_by)
    walk.open(payable.get_absolute_url())
    assert "ask a colleague to approve it" in said(page)
    walk = walks_as(adviser(name="Benoît Gillet"))
    walk.open(reverse("payments:approve"))
    walk.press(SUBMIT)
    assert problems(page) == ["Choose at least one payment."]
    page.locator("[name=payables]").check()
    walk.press(SUBMIT)
    assert "350" in page.locator(".app-figure").inner_text()
    walk.press(SUBMIT)
    assert "1 payment is approved." in page.locator("#messages").inner_text()
    payable.refresh_from_db()
    assert (payable.status, payable.approved_by.name) == (PaymentStatus.APPROVED, "Benoît Gillet")


def test_a_batch_is_prepared_once_and_released_by_another_admin(walks_as, page, payable):
    payments.approve(payable=payable, actor=adviser(), at=now())
    walk = walks_as(payer(name="Isabelle Warnier"))
    walk.open(reverse("payments:payables"))
    walk.press("a[href$='/batches/new/']")
    for part, figures in (("day", "31"), ("month", "2")):
        page.locator(f"[name=execution_date_{part}]").fill(figures)
    walk.press(SUBMIT)
    assert len(problems(page)) == 1
    walk.open(reverse("payments:prepare"))
    with page.expect_navigation(url="**/payments/batches/*/"):
        page.locator("main").locator(SUBMIT).dblclick()
    batch = Batch.objects.get()
    walk.open(batch.get_absolute_url())
    assert "ask a colleague to release it" in said(page)
    assert not page.locator("main a[href$='/file/']").count()

    walk = walks_as(payer(name="Paul Evrard"))
    walk.open(batch.get_absolute_url())
    walk.press("a[href$='/release/']")
    walk.press(SUBMIT)
    with page.expect_download() as download:
        page.locator("main a[href$='/file/']").click()
    root = ET.parse(download.value.path()).getroot()
    assert next(one.text for one in root.iter() if one.tag.endswith("}CtrlSum")) == "350.00"


def test_what_the_bank_paid_is_seen_by_the_member(walks_as, page, person, payable, released):
    day = released.execution_date
    with time_machine.travel(datetime.combine(day, time(12), UTC), tick=True):
        walk = walks_as(payer())
        walk.open(released.get_absolute_url())
        walk.press("a[href$='/settle/']")
        walk.type_day("on", day + timedelta(days=1))
        walk.press(SUBMIT)
        assert "lies in the future" in problems(page)[0]
        walk.type_day("on", day)
        walk.press(SUBMIT)
        released.refresh_from_db()
        assert released.status == BatchStatus.SETTLED
        walk.open(reverse("payments:batch_act", args=[released.public_id, "discard"]))
        assert "has moved on meanwhile" in page.locator("#messages").inner_text()
        walk.open(payable.get_absolute_url())
        assert f"{day:%d/%m/%Y}" in page.locator(".app-timeline__item").last.inner_text().splitlines()

        walk = walks_as(person.user)
        walk.open(reverse("convalescence:request", args=[payable.origin_id]))
        paid = page.locator("section[aria-labelledby=payment]").inner_text()
        assert "Paid" in paid
        assert f"{day:%d/%m/%Y}" in paid


def test_what_the_bank_returns_is_proposed_again(walks_as, page, payable, released):
    with time_machine.travel(datetime.combine(released.execution_date, time(12), UTC), tick=True):
        walk = walks_as(payer())
        walk.open(payable.get_absolute_url())
        walk.press("a[href$='/return/']")
        walk.press(SUBMIT)
        assert len(problems(page)) == 1
        page.locator("[name=reason]").fill("Account closed (AC04).")
        walk.press(SUBMIT)
        assert "Account closed (AC04)." in said(page)
        walk.press("a[href$='/propose_again/']")
        page.locator("[name=iban]").fill("BE00 1234")
        walk.press(SUBMIT)
        assert len(problems(page)) == 1
        page.locator("[name=iban]").fill(numbers.iban(777))
        walk.press(SUBMIT)
    payable.refresh_from_db()
    assert (payable.status, payable.corrected_iban) == (PaymentStatus.PROPOSED, numbers.iban(777))


def test_who_only_bills_projects_is_told_what_is_open(walks_as, page):
    walk = walks_as(UserFactory(roles=[Role.BILLING_ADMIN]))
    walk.open(reverse("web:home"))
    assert "You do not work for a project yet" in said(page)
