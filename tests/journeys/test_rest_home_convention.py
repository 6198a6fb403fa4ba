"""A convention on a phone: written in steps, refused where it weakens a rule, remarked on, signed by both sides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from partenamut.web import formats
from residences.models import BedClosure, Convention
from residences.services import conventions
from tests.factories import desk
from tests.factories import residences as make
from tests.journeys.walking import PHONE, WIDE, Walk, pdf_file

pytestmark = pytest.mark.django_db(transaction=True)

#: The button that goes on; another one saves for later.
ON = "form button.govuk-button:not([name])"


@pytest.fixture
def home():
    row = make.RestHomeFactory()
    make.bed(row, "101")
    double = make.room_type(row, "Double", "41.85", 24)
    make.bed(row, "205", kind=double)
    make.supplement(row)
    return row


@pytest.fixture
def director(home):
    return make.director_of(home, localdate() - timedelta(days=1000))


@pytest.fixture
def member():
    return desk.member(last_name="Dupont", first_name="Marie")


def walker(page, live_server, user, size=PHONE):
    page.set_viewport_size(size)
    walk = Walk(page, live_server, "convention")
    walk.log_in(user)
    return walk


def of_home(name, home, *args):
    return reverse(f"residences:{name}", args=[home.public_id, *args])


def of(name, convention, *args):
    return of_home(name, convention.home, convention.public_id, *args)


def test_a_convention_is_written_remarked_on_and_signed_on_a_phone(
    page, live_server, home, director, member, tmp_path
):
    director_walk = walker(page, live_server, director)
    write(director_walk, home, member)
    convention = Convention.objects.get()
    offer(director_walk, convention)
    page.context.clear_cookies()
    member_walk = walker(page, live_server, member.user)
    remark(member_walk, convention)
    page.context.clear_cookies()
    director_walk.log_in(director)
    answer_and_offer_again(director_walk, convention)
    page.context.clear_cookies()
    member_walk.log_in(member.user)
    sign_as_resident(member_walk, convention)
    page.context.clear_cookies()
    director_walk.log_in(director)
    sign_as_manager(director_walk, convention)
    keep_the_receipt(director_walk, convention, tmp_path)


def write(walk, home, member):
    """From the empty list to the check, with a representative; a clause that asks a deposit is refused."""
    page, entry = walk.page, localdate() + timedelta(days=20)
    walk.open(of_home("conventions", home))
    walk.press(f"a[href='{of_home('new_convention', home)}']")
    page.locator("[name=niss]").fill("85.07.30-033.29")
    walk.press(ON)
    assert page.locator(".govuk-error-summary").is_visible()
    page.locator("[name=niss]").fill(formats.niss(member.niss))
    walk.press(ON)
    assert "Marie Dupont" in page.locator("main").inner_text()
    walk.press(ON)
    walk.press(ON)
    walk.press("a[href*='role=representative']")
    for name, text in {
        "name": "Paul Dupont",
        "relation": "fils",
        "street": "Rue Haute 1",
        "postal_code": "5000",
        "city": "Namur",
    }.items():
        page.locator(f"[name={name}]").fill(text)
    walk.press(ON)
    assert page.locator("[name=representative]").count() == 2
    walk.press(ON)
    walk.type_day("entry", entry)
    page.locator("[name=kind][value=short]").check()
    walk.press(ON)
    assert page.locator(".govuk-error-summary li").count() == 2
    page.locator("[name=kind][value=indefinite]").check()
    walk.press(ON)
    choose_the_double_room(walk, home, entry)
    walk.press(ON)
    type_a_clause(walk)


def choose_the_double_room(walk, home, entry):
    """The free beds with their prices, the other with why it cannot be had."""
    page = walk.page
    closed = make.bed(home, "102")
    BedClosure.objects.create(bed=closed, because="travaux", first_day=entry)
    page.reload()
    walk.look()
    assert page.locator("[name=bed]").count() == 2
    assert "48,92" in page.locator("main").inner_text()
    assert "travaux" in page.locator("table").inner_text()
    page.locator("[name=bed]").last.check()
    walk.press(ON)


def type_a_clause(walk):
    """What the rules say as it is typed, and again when it is sent."""
    page = walk.page
    field = page.locator("textarea").last
    field.fill("Le résident verse un acompte de 500 euros.")
    field.blur()
    expect(page.locator("[id^=said-] .app-notice--error")).to_contain_text("art. 7")
    walk.look()
    walk.press(ON)
    assert "art. 7" in page.locator(".govuk-error-summary").inner_text()
    assert page.locator("textarea").last.input_value().startswith("Le résident verse")
    page.locator("textarea").last.fill("Le chat est bienvenu.")
    walk.press(ON)


def offer(walk, convention):
    """The thirteen articles, then the offer; the convention has its number and its PDF."""
    page = walk.page
    assert page.url.endswith(of("step_check", convention))
    assert page.locator("section.app-clause").count() == 14
    assert page.locator("section.app-clause .app-source").count() == 13
    walk.press(ON)
    convention.refresh_from_db()
    assert convention.status == "ready"
    assert convention.number in page.locator("main").inner_text()
    edition = conventions.latest_edition(convention)
    answer = page.request.get(f"{walk.address}{of('convention_pdf', convention, edition.public_id)}")
    assert answer.ok
    assert answer.body().startswith(b"%PDF")


def remark(walk, convention):
    """The resident reads the text and remarks on the clause."""
    walk.open(reverse("residences:own_text", args=[convention.public_id]))
    walk.press("#article-12 a[href*='remark']")
    walk.page.locator("[name=text]").fill("Et mon chien ?")
    walk.press(ON)


def answer_and_offer_again(walk, convention):
    """Only the step of the remark is open; the answer comes before the offer."""
    page = walk.page
    walk.open(of("convention", convention))
    assert "Et mon chien ?" in page.locator("#remarks ~ .app-card").first.inner_text()
    walk.open(of("step_check", convention))
    assert page.locator(f"a[href^='{of('step_room', convention)}']").count() == 0
    walk.press(".govuk-error-summary a")
    walk.press("a[href*='/remarks/']")
    page.locator("[name=text]").fill("Il est bienvenu aussi.")
    walk.press(ON)
    walk.open(of("step_clauses", convention))
    assert "12" in page.locator(".app-notice--warning").inner_text()
    page.locator("textarea").first.fill("Le chat et le chien sont bienvenus.")
    walk.press(ON)
    walk.press(ON)
    convention.refresh_from_db()
    assert (convention.status, conventions.latest_edition(convention).turn) == ("ready", 2)


def sign_as_resident(walk, convention):
    """The resident signs the new text in the portal."""
    page = walk.page
    walk.open(reverse("residences:own_text", args=[convention.public_id]))
    assert "le chien" in page.locator("#article-12").inner_text()
    walk.press("a.govuk-button[href*='sign']")
    page.locator("[name=name]").fill("Marie Dupont")
    page.locator("[name=agreed]").check()
    walk.press(ON)
    walk.press(ON)
    assert conventions.latest_edition(convention).signatures.get().name == "Marie Dupont"


def sign_as_manager(walk, convention):
    """The manager reads, ticks and signs; then nothing can be taken back."""
    page = walk.page
    walk.open(of("convention", convention))
    walk.press(f"a[href='{of('sign_convention', convention)}']")
    walk.press(ON)
    assert page.locator(".govuk-error-summary").is_visible()
    page.locator("[name=agreed]").check()
    walk.press(ON)
    convention.refresh_from_db()
    assert convention.status == "signed"
    assert page.locator(f"a[href='{of('reopen_convention', convention)}']").count() == 0
    answer = page.request.get(f"{walk.address}{of('convention_signatures', convention)}")
    assert answer.body().startswith(b"%PDF")


def keep_the_receipt(walk, convention, folder):
    """The signed receipt is uploaded, and stands among the documents."""
    page = walk.page
    walk.press(f"a[href='{of('receipt', convention)}']")
    page.locator("[name=upload]").set_input_files(pdf_file(folder, "recu.pdf"))
    walk.press(ON)
    convention.refresh_from_db()
    assert convention.receipt_on == localdate()
    assert page.locator(f"a[href*='{convention.receipt.public_id}']").is_visible()


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_the_inventories_and_the_file_of_a_resident(page, live_server, home, director, tmp_path, size):
    convention = make.signed(home, actor=director, where=home.rooms.get(number="101").beds.get())
    walk = walker(page, live_server, director, size)
    walk.open(of("inventories", convention))
    walk.press(f"a[href='{of('new_inspection', convention, 'entry')}']")
    walk.press(ON)
    page.locator("[name=lines-1-state]").fill("parquet rayé près de la porte")
    walk.press("button[name=more]")
    walk.press(ON)
    walk.press("a[href$='/signed/']")
    walk.page.locator("[name=upload]").set_input_files(pdf_file(tmp_path, "etat.pdf"))
    walk.press(ON)
    walk.press(f"a[href='{of('add_furniture', convention)}']")
    page.locator("[name=description]").fill("Fauteuil de velours")
    walk.press(ON)
    assert "Fauteuil de velours" in page.locator("main").inner_text()
    assert convention.inspections.get().lines.get(position=2).state.startswith("parquet rayé")
    walk.open(of_home("conventions", home))
    walk.open(of_home("residents", home))
    page.locator("[name=text]").fill(convention.resident.last_name.lower())
    walk.press(ON)
    walk.press(f"a[href='{of_home('resident', home, convention.resident.public_id)}']")
    assert convention.resident.niss not in page.content()
