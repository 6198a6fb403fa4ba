"""One person's way through a month of a project: enter, hit limits, close, watch, read, export, be paid, correct."""

import csv
import io
import json
import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate

from partenamut.accounts.roles import Role
from partenamut.documents.models import Rendered
from partenamut.payments.communications import structured
from partenamut.web import formats
from protocol3.models import GroupSession, PriorUnits, Project, Recap, RecapKind, Service
from tests.factories import protocol3 as make
from tests.factories.registry import InsurerFactory
from tests.journeys.walking import PHONE, WIDE, Walk

pytestmark = pytest.mark.django_db(transaction=True)

#: A Monday.
DAY = date(2023, 5, 8)
#: A folder for pictures of the papers; nothing is drawn without it.
PICTURES = os.environ.get("PICTURES", "")
PATIENCE = 30_000

#: Seven take part in the group; Hubert has had all his groups, Gillet two units less than the whole series.
GROUP = ("Adam", "Baert", "Claes", "Denis", "Evrard", "Fontaine", "Hubert")
OTHERS = ("Evrard", "Fontaine", "Hubert")
BEFORE = {"Hubert": {"units": 50, "group_units": 50}, "Gillet": {"units": 120, "group_units": 0}}

#: Four of the group, a session of two units and a unit of support, each unit with its operating allowance.
ALLOWANCE = Decimal("108.99")
OWN = 4 * Decimal("20.60") + 3 * Decimal("27.41") + 7 * ALLOWANCE
OTHER = 2 * (Decimal("20.60") + ALLOWANCE)
SUPPORT = Decimal("27.41") + ALLOWANCE


@dataclass
class World:
    """A project with eight people of two insurers, all of them eligible."""

    project: Project
    people: dict[str, str]
    social_worker: str
    therapist: str


class Way(Walk):
    """A walk by the menu of a project; every page is French."""

    def look(self):
        """As everywhere, and in French."""
        super().look()
        assert self.page.locator("html").get_attribute("lang") == "fr", self.page.url

    def follow(self, place):
        """Presses a link wherever it stands, and looks at the page that follows."""
        with self.page.expect_navigation():
            place.click()
        self.look()

    def part(self, name):
        """Opens a part of the project from its menu."""
        self.follow(self.page.locator(".app-area-nav").get_by_role("link", name=name, exact=True))

    def text(self):
        """What the main part says, each space a plain one."""
        return plain(self.page.locator("main").inner_text())

    def fill(self, **values):
        """Types in fields; a day in its three."""
        for name, value in values.items():
            if isinstance(value, date):
                self.type_day(name, value)
            else:
                self.page.locator(f"[name={name}]").fill(value)

    def choose(self, **values):
        """Chooses in lists."""
        for name, value in values.items():
            self.page.locator(f"[name={name}]").select_option(value)

    def choose_person(self, typed):
        """Completes the name of a beneficiary."""
        self.page.locator("#id_enrolment").press_sequentially(typed)
        self.page.locator("#id_enrolment__option--0").click()

    def download(self, place):
        """The bytes behind a link."""
        with self.page.expect_download() as coming:
            place.click()
        return Path(coming.value.path()).read_bytes()


@pytest.fixture
def world():
    make.amounts()
    project = make.ProjectFactory(name="Projet des Trois Vallées", code="P3V")
    make.ProjectYearFactory(project=project)
    own = InsurerFactory()
    other = InsurerFactory(code="300", name_fr="Union nationale des Mutualités socialistes")
    people = {}
    for name in (*GROUP, "Gillet"):
        person = make.BeneficiaryFactory(last_name=name, insurer=other if name in OTHERS else own)
        people[name] = str(make.eligible(project=project, beneficiary=person).public_id)
        if name in BEFORE:
            PriorUnits.objects.create(beneficiary=person, source="The project before", **BEFORE[name])
    social_worker = make.case_manager(project, last_name="Maes")
    therapist = make.case_manager(project, last_name="Peeters", profession="occupational_therapist")
    return World(project, people, str(social_worker.public_id), str(therapist.public_id))


def test_a_month_from_the_group_session_to_the_correction_of_a_note(page, live_server, world, worker):
    page.set_viewport_size(WIDE)
    walk = Way(page, live_server, "project")
    walk.log_in(make.worker(world.project, name="Anne Dupont"))
    walk.open("/")
    walk.press("section[aria-labelledby=own-projects] a:has-text('Prestations')")
    enter_a_group(walk, world)
    meet_a_full_series(walk, world)
    enter_a_support(walk, world)
    close_the_month(walk)
    own = read_the_notes(walk)
    export_the_lines(walk)
    register_a_payment(walk, own)
    take_a_line_back(walk, own)


def test_a_practitioner_enters_a_session_on_a_phone(page, live_server, world):
    page.set_viewport_size(PHONE)
    walk = Way(page, live_server, "phone")
    user = make.worker(world.project, Role.PRACTITIONER)
    make.AssignmentFactory(project=world.project, practitioner=make.PractitionerFactory(user=user))
    walk.log_in(user)
    walk.open("/")
    walk.press("section[aria-labelledby=own-projects] a:has-text('Prestations')")
    walk.press(f"a[href='{reverse('protocol3:enter_service', args=[world.project.public_id])}']")
    walk.choose_person("adam")
    type_session(walk, units="3", ends_at="10h30")
    page.locator("#live", has_text="119").wait_for()
    walk.look()
    walk.press("button[value=check]")
    walk.press("button[value=enter]")
    assert "119" in walk.text()
    assert Service.objects.get().practitioner.user == user


# --- the services -----------------------------------------------------------------------------------------


def enter_a_group(walk, world):
    """Seven took part; six of them can be billed, and the page says why one cannot."""
    page = walk.page
    walk.press(f"a[href='{reverse('protocol3:enter_group', args=[world.project.public_id])}']")
    walk.choose(kind="occupational_therapy.group", practitioner=world.therapist)
    walk.fill(date=DAY, starts_at="14:00", ends_at="14h30", room="Salle communale", participants="7")
    walk.fill(description="Cuisiner ensemble, assis.")
    for name in GROUP:
        page.locator(f"[name=enrolments][value='{world.people[name]}']").check()
    walk.press("button[value=check]")
    stopped = page.locator(".app-card", has=page.locator("[name=kept]"))
    assert stopped.count() == 1
    why = plain(stopped.inner_text())
    assert "Hubert" in why
    assert "50" in why
    assert "art. 12" in why
    assert page.locator("[name=enrolments]:checked").count() == 6
    stopped.locator("[name=kept]").check()
    walk.press("button[value=enter]")
    assert GroupSession.objects.get().services.count() == 7


def meet_a_full_series(walk, world):
    """Four units of a session do not fit; the two that are left do."""
    page = walk.page
    walk.press(f"a[href='{reverse('protocol3:enter_service', args=[world.project.public_id])}']")
    walk.choose_person("gill")
    walk.choose(practitioner=world.social_worker)
    type_session(walk, units="4", ends_at="11h00")
    walk.press("button[value=check]")
    assert page.locator("button[value=enter]").count() == 0
    why = plain(page.locator(".app-reason--not-met").first.inner_text())
    assert "122" in why
    assert "art. 12" in why
    walk.press("button[value=correct]")
    walk.fill(units="2", ends_at="10:00")
    walk.press("button[value=check]")
    walk.press("button[value=enter]")
    assert Service.objects.filter(group=None).get().units == 2


def enter_a_support(walk, world):
    """An hour on the phone in the absence of the person, with whom and how; its minutes cover the unit."""
    page = walk.page
    walk.press("a[href$='/services/enter/']")
    walk.choose_person("adam")
    walk.choose(practitioner=world.social_worker, kind="case_management.support")
    walk.fill(date=date(2023, 5, 9), units="1")
    page.locator("#acts > summary").click()
    act = {"starts_at": "9:00", "ends_at": "9:40", "description": "Accord sur l'heure des soins."}
    contact = {"contact_name": "Julie Simon", "contact_function": "infirmière à domicile"}
    walk.fill(**{f"acts-0-{name}": text for name, text in (act | contact).items()})
    page.locator("[name=acts-0-contact_nature]").select_option(index=1)
    walk.press("button[value=check]")
    assert "Julie Simon" in walk.text()
    walk.press("button[value=enter]")
    assert Service.objects.get(date=date(2023, 5, 9)).documented_minutes == 40


def type_session(walk, *, units, ends_at):
    walk.choose(kind="case_management.session")
    walk.fill(date=DAY, units=units, starts_at="9:00", ends_at=ends_at, description="Entretien.")
    walk.page.locator("[name=description]").blur()


# --- the month --------------------------------------------------------------------------------------------


def close_the_month(walk):
    """Prepared, looked at, certified, issued; the bar goes from nothing to the end by itself."""
    page = walk.page
    walk.part("Mois")
    walk.press("button:has-text('mai 2023')")
    assert euros(OWN + OTHER) in walk.text()
    walk.press("a[href*='not-billable/']:not([href*='rule'])")
    assert "Hubert" in walk.text()
    assert "art. 12" in walk.text()
    walk.follow(page.locator(".govuk-back-link"))
    walk.press("a[href$='/issue/']")
    page.locator("input[name=exact]").check()
    walk.press("form button")
    assert euros(OWN + OTHER) in walk.text()
    # Seven notes stand for the thousands of a great project: the tables make the worker wait where it is looked at.
    with held(Rendered):
        with held(Recap):
            walk.press("form[action$='/issue/'] button")
            bar_stands_at(walk, 0)
        # Seven of seven notes, none of the papers of seven notes and two recapitulative ones: 7 of 16.
        bar_stands_at(walk, 43)
    bar_stands_at(walk, 100)
    assert page.locator("a[href$='/papers/']").count() == 1


@contextmanager
def held(model):
    """Whoever writes to a table waits; pages are read."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{model._meta.db_table}" IN SHARE MODE')
        yield
        # Only what is rolled back lets go of a table inside a transaction.
        transaction.set_rollback(True)


def bar_stands_at(walk, percent):
    """The bar comes to so many hundredths without the page being loaded by hand."""
    whole = "#progress:not([hx-get])" if percent == 100 else "#progress[hx-get]"
    said = re.compile(rf"^{percent}\s%")
    walk.page.locator(f"{whole} .app-meter strong").filter(has_text=said).wait_for(timeout=PATIENCE)
    value = walk.page.locator(".app-svg-value").first.get_attribute("width")
    assert value == str(percent)
    walk.look()


# --- the notes --------------------------------------------------------------------------------------------


def read_the_notes(walk):
    """The recapitulative and an individual note say the same on the page and on paper."""
    page = walk.page
    own = Recap.objects.get(insurer__code="500")
    assert (own.total, Recap.objects.get(insurer__code="300").total) == (OWN, OTHER)
    walk.part("Notes")
    walk.press(f"a:has-text('{own.number}')")
    paper = paper_behind(walk, "recap")
    rows = cells(page, "[aria-labelledby=notes] tbody tr")
    assert len(rows) == 5
    for number, name, _masked, total in rows:
        assert squeezed(number + name) in paper
        assert squeezed(total) in paper
    for _label, amount in cells(page, "[aria-labelledby=notes] tfoot tr"):
        assert squeezed(amount) in paper
    assert squeezed(structured(own.communication)) in paper
    assert squeezed(euros(OWN)) in paper

    walk.press("tr:has-text('Adam') a")
    paper = paper_behind(walk, "note")
    rows = cells(page, "[aria-labelledby=lines] tbody tr")
    assert len(rows) == 4
    for row in rows:
        assert squeezed("".join(row[:6])) in paper
    total = cells(page, "[aria-labelledby=lines] tfoot tr")[0][1]
    assert total == euros(Decimal("20.60") + ALLOWANCE + SUPPORT)
    assert squeezed(total) in paper
    return own


def paper_behind(walk, name):
    """What the PDF of a page says, without any space."""
    content = walk.download(walk.page.locator("main a[href$='/pdf/']"))
    if PICTURES:
        command = ["pdftoppm", "-r", "80", "-png", "-", str(Path(PICTURES) / name)]
        subprocess.run(command, input=content, check=True)
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    return squeezed(subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode())


def export_the_lines(walk):
    """The three files hold the same lines, and come to what was billed."""
    walk.part("Rapports")
    walk.press("a[href$='/reports/lines/']")
    files = {
        kind: walk.download(walk.page.locator(f"main a[download][href*='export={kind}']"))
        for kind in ("csv", "xlsx", "json")
    }
    stored = json.loads(files["json"])
    lines = [(one["note"], one["pseudocode"], Decimal(one["amount"])) for one in stored]
    assert len(lines) == 16
    assert sum(amount for *_rest, amount in lines) == OWN + OTHER
    places = [list(stored[0]).index(name) for name in ("note", "pseudocode", "amount")]
    _head, *written = csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";")
    picked = ([row[place] for place in places] for row in written)
    assert [(note, code, Decimal(amount.replace(",", "."))) for note, code, amount in picked] == lines
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active
    _head, *drawn = sheet.iter_rows(values_only=True)
    picked = ([row[place] for place in places] for row in drawn)
    assert [(note, code, Decimal(str(amount))) for note, code, amount in picked] == lines


def register_a_payment(walk, own):
    """A mistyped communication gets a sentence and loses nothing; the right one finds the note and closes it."""
    page = walk.page
    right = structured(own.communication)
    wrong = right[:-4] + str((int(right[-4]) + 1) % 10) + right[-3:]
    walk.part("Paiements")
    walk.press("a[href$='/payments/register/']")
    walk.fill(communication=wrong, amount=str(OWN).replace(".", ","), received_on=localdate())
    walk.press("form button")
    assert "deux derniers chiffres" in page.locator(".govuk-error-summary").inner_text()
    walk.fill(communication=right)
    walk.press("form button")
    assert page.url.endswith(f"/recaps/{own.public_id}/")
    figures = page.locator(".app-figures").inner_text()
    assert euros(Decimal("0.00")) in plain(figures)
    assert own.payments.get().amount == OWN


def take_a_line_back(walk, own):
    """The insurer rejects the support: a correction note, linked with the first one both ways."""
    page = walk.page
    first = own.notes.get(last_name="Adam")
    walk.press("a[href$='/correct/']")
    page.locator("tr", has_text="09/05/2023").locator("input[name=services]").check()
    page.locator("[name=reason][value=rejection]").check()
    walk.fill(explanation="Contact non prouvé, dit la mutualité.")
    walk.press("form[method=post] button")
    assert euros(-SUPPORT) in walk.text()
    walk.press("button[name=confirmed]")
    made = Recap.objects.get(kind=RecapKind.CORRECTION)
    assert (made.corrects, made.total) == (own, -SUPPORT)
    walk.press(f"a:has-text('{own.number}')")
    walk.press(f"a:has-text('{made.number}')")
    credit = made.notes.get()
    walk.press(f"a:has-text('{credit.number}')")
    assert "Contact non prouvé" in walk.text()
    paper = paper_behind(walk, "correction")
    assert squeezed(first.number) in paper
    assert squeezed(euros(-SUPPORT)) in paper
    walk.press(f"a:has-text('{first.number}')")
    taken = page.locator("[aria-labelledby=lines] tr", has_text="09/05/2023").first
    walk.follow(taken.get_by_role("link", name=credit.number))
    assert page.url.endswith(f"/notes/{credit.public_id}/")


# --- reading ----------------------------------------------------------------------------------------------


def cells(page, rows):
    """What the cells of rows say."""
    return [
        [plain(cell) for cell in row.locator("th, td").all_inner_texts()] for row in page.locator(rows).all()
    ]


def euros(amount):
    """1 234,56 €, as a French page has it."""
    with translation.override("fr"):
        return plain(formats.euros(amount))


def plain(text):
    """The text with plain spaces only."""
    return " ".join(text.split())


def squeezed(text):
    """The text without any space; papers write the minus sign of print."""
    return "".join(text.split()).replace("\N{MINUS SIGN}", "-")
