"""The catalogues: complete, faithful to the English texts, compiled; and French that is easy to read."""

import ast
import re
import shutil
import subprocess
import sys
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import polib
import pytest
import textstat
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from convalescence import services
from convalescence.models import Benefit
from tests.factories.desk import adviser, draft, member, rest_home, sent
from tests.factories.registry import ResidenceFactory

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
CATALOGUES = {code: Path(settings.LOCALE_PATHS[0], code, "LC_MESSAGES", "django.po") for code in LANGUAGES}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|<[^>]+>")
MIDDLE_DOTS = re.compile("[·•‧⋅]")
MARKS = {"_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy", "ngettext_lazy", "gettext_noop"}
NBSP, NNBSP = "\u00a0", "\u202f"

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 3, 2, 10, 30, tzinfo=BRUSSELS)
READABLE = 60  # Flesch, as adapted to French
WORDS_A_SENTENCE = 20


def catalogue(code):
    return polib.pofile(str(CATALOGUES[code]))


def pairs(entry):
    """Each text of an entry beside the English one that it says."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    forms = sorted(entry.msgstr_plural.items())
    return [(entry.msgid if index == 0 else entry.msgid_plural, text) for index, text in forms]


def key(entry):
    return entry.msgctxt, entry.msgid


# --- every language -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_left_in_english_or_in_doubt(code):
    entries = [entry for entry in catalogue(code) if not entry.obsolete]
    assert len(entries) > 1000
    assert [entry.msgid for entry in entries if "fuzzy" in entry.flags] == []
    assert [
        entry.msgid for entry in entries if not all(text.strip() for _english, text in pairs(entry))
    ] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_and_edges_agree(code):
    astray = [
        (english, text)
        for entry in catalogue(code)
        for english, text in pairs(entry)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(text))
        or english.startswith("\n") != text.startswith("\n")
        or english.endswith("\n") != text.endswith("\n")
    ]
    assert astray == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_catalogue_says(code):
    compiled = CATALOGUES[code].with_suffix(".mo")
    assert compiled.exists(), "compile the catalogues: make prepare"
    old = {key(entry): pairs(entry) for entry in polib.mofile(str(compiled))}
    new = {key(entry): pairs(entry) for entry in catalogue(code) if entry.translated()}
    assert {what for what in new if new[what] != old.get(what)} == set(), "compile them anew: make prepare"


def test_the_catalogues_hold_the_same_texts():
    texts = {code: {key(entry) for entry in catalogue(code) if not entry.obsolete} for code in LANGUAGES}
    first, *others = LANGUAGES
    assert [(code, what) for code in others for what in texts[first] ^ texts[code]] == []


def test_the_catalogues_hold_what_the_code_says(tmp_path):
    for part in (
        "partenamut",
        "convalescence",
        "protocol3",
        "residences",
        "hospitalisation",
        "templates",
        "benchmarks",
        "scripts",
    ):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "locale").mkdir()
    collect = [sys.executable, "manage.py", "makemessages", "--locale", "xx", "--no-wrap"]
    subprocess.run(collect, cwd=tmp_path, check=True, capture_output=True)
    said = {key(entry) for entry in polib.pofile(str(tmp_path / "locale/xx/LC_MESSAGES/django.po"))}
    known = {key(entry) for entry in catalogue(LANGUAGES[0]) if not entry.obsolete}
    assert len(said) > 1000
    assert said - known == set(), "collect the texts: make messages"
    assert known - said == set(), "collect the texts: make messages"


def test_no_text_hides_inside_an_f_string():
    """The collector of texts does not look inside f-strings: such a text would stay English for ever."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for part in ("partenamut", "convalescence", "protocol3", "residences", "hospitalisation")
        for path in (ROOT / part).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MARKS and call.args
        if isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_tools_accept_the_catalogue(code):
    done = subprocess.run(
        ["msgfmt", "--check", "--output-file=/dev/null", str(CATALOGUES[code])],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr


# --- French -------------------------------------------------------------------------------------------------


def french():
    return [(entry.msgid, text) for entry in catalogue("fr") for _english, text in pairs(entry)]


def test_french_has_no_middle_dots():
    assert [text for _english, text in french() if MIDDLE_DOTS.search(text)] == []


def test_french_marks_keep_to_their_word():
    loose = re.compile(r" [:;?!»€]|« |[^\s\u00a0\u202f(]»|«[^\u00a0\u202f]|\w[;?!](\s|$)|\w:\s")
    assert [text for _english, text in french() if loose.search(text)] == []


def test_french_writes_the_curved_apostrophe():
    assert [text for _english, text in french() if "'" in text] == []


def test_zero_is_singular_in_french_only():
    with translation.override("fr"):
        said = [ngettext("%(days)d day", "%(days)d days", days) % {"days": days} for days in (0, 1, 2)]
    assert said == ["0 jour", "1 jour", "2 jours"]
    with translation.override("nl"):
        said = [ngettext("%(days)d day", "%(days)d days", days) % {"days": days} for days in (0, 1, 2)]
    assert said == ["0 dagen", "1 dag", "2 dagen"]


# --- what members read --------------------------------------------------------------------------------------


class Sentences(HTMLParser):
    """The texts of a page's main part that are sentences; names, figures and headings are not."""

    BLOCKS = frozenset(
        {"p", "li", "h1", "h2", "h3", "dt", "dd", "td", "th", "label", "legend", "div", "summary", "span"}
    )

    def __init__(self, page):
        super().__init__()
        self.texts, self.inside, self.now = [], False, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "main":
            self.inside = True
        if tag in self.BLOCKS:
            self._close()

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self._close()
        if tag == "main":
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.now += data

    def _close(self):
        text, self.now = " ".join(self.now.split()), ""
        if re.search(r"[.?!]$", text) and len(text.split()) > 2:
            self.texts.append(text)


def open_pages():
    check = reverse("convalescence:check")
    return [
        reverse("convalescence:start"),
        check,
        *(reverse("convalescence:check_benefit", args=[benefit]) for benefit in Benefit.values),
        reverse("registry:residences"),
        reverse("web:accessibility"),
        reverse("web:privacy"),
        reverse("accounts:login"),
    ]


def decided(person):
    """A request that is refused: the page with the most to explain."""
    asked = sent(person, criteria=[])
    by = adviser()
    services.decide(request=asked, actor=by, at=NOW)
    return asked


def member_pages(person):
    begun, asked = draft(person, Benefit.SHORT_STAY, residence=rest_home()), decided(person)
    steps = ("rest_home", "dates", "draft_invoice", "check_answers", "discard")
    ways = ("request", "decision", "message", "appeal", "sent")
    return [
        reverse("web:home"),
        *(
            reverse(f"convalescence:{name}")
            for name in ("requests", "new", "statements", "recognitions", "new_recognition")
        ),
        *(reverse(f"convalescence:{name}", args=[begun.public_id]) for name in steps),
        *(reverse(f"convalescence:{name}", args=[asked.public_id]) for name in ways),
    ]


def read(client, address):
    answer = client.get(address, headers={"accept-language": "fr"})
    assert answer.status_code == 200, address
    return Sentences(answer.content.decode()).texts


@pytest.fixture
def french_words():
    textstat.set_lang("fr")
    with time_machine.travel(NOW, tick=False):
        yield
    textstat.set_lang("en_US")


@pytest.mark.django_db
def test_french_pages_are_easy_to_read(client, french_words):
    ResidenceFactory(partner=True)
    texts = {address: read(client, address) for address in open_pages()}
    person = member(language="fr")
    client.force_login(person.user)
    texts |= {address: read(client, address) for address in member_pages(person)}
    spoken = {address: " ".join(words) for address, words in texts.items() if words}
    assert len(spoken) > 15
    ease = {address: textstat.flesch_reading_ease(text) for address, text in spoken.items()}
    assert sum(ease.values()) / len(ease) >= READABLE
    assert {address: score for address, score in ease.items() if score < READABLE} == {}
    lengths = {
        address: textstat.lexicon_count(text) / textstat.sentence_count(text)
        for address, text in spoken.items()
    }
    assert {address: words for address, words in lengths.items() if words > WORDS_A_SENTENCE} == {}


def test_no_sentence_for_members_is_long():
    spoken = re.compile(
        r"templates/(convalescence/(member|public|home/member|home/visitor|contact)|web/|accounts/|\d)"
        r"|convalescence/(messages|timeline|documents|notices|stays|forms/(member|public)|views/(member|public))"
    )
    entries = [
        entry for entry in catalogue("fr") if any(spoken.match(where) for where, _line in entry.occurrences)
    ]
    assert len(entries) > 200
    sentences = [
        sentence
        for entry in entries
        for _english, text in pairs(entry)
        for sentence in re.split(r"(?<=[.?!])\s+", text)
    ]
    assert [sentence for sentence in sentences if words_of(sentence) > WORDS_A_SENTENCE] == []


def words_of(sentence):
    return sum(1 for word in PLACEHOLDER.sub("X", sentence).split() if re.search(r"\w", word))
