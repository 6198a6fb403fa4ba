"""The templates of PDFs keep to the house's rules."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent / "templates"
SHEETS = sorted(ROOT.rglob("documents/**/*.html")) + sorted(ROOT.rglob("letters/**/*.html"))
STYLE_WITH_DATA = re.compile(r"""style\s*=\s*["'][^"']*(\{\{|\{%)""")
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*urlize|mark_safe")
PACKAGE = re.compile(r"""(import|include)\s*\(?\s*["']@""")


def complaints(source):
    """What a template of a PDF may not do."""
    rules = {"data in a style": STYLE_WITH_DATA, "unescaped text": UNESCAPED, "a package": PACKAGE}
    return [name for name, rule in rules.items() if rule.search(source)]


@pytest.mark.parametrize("path", [*SHEETS, *sorted(ROOT.rglob("*.typ"))], ids=lambda path: path.name)
def test_templates_of_pdfs_are_harmless(path):
    assert complaints(path.read_text("utf-8")) == []


def test_there_are_templates():
    assert {"letter.html", "statement.typ", "note.typ"} <= {path.name for path in ROOT.rglob("documents/*")}


@pytest.mark.parametrize(
    "source",
    [
        '<p style="width: {{ width }}">',
        "<p style='color: {% firstof color %}'>",
        "{{ text|safe }}",
        "{% autoescape off %}",
        "{{ text|urlize }}",
        '#import "@preview/x:1.0.0": y',
    ],
)
def test_the_rules_can_be_broken(source):
    assert complaints(source)
