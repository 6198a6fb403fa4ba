"""The rival: the same notes by WeasyPrint as its documentation shows it, one by one, nothing kept from one to the next.

The pages look as ours do: the same words, figures, fonts, boxes and rules, but for the totals that pages carry over.
PDF/A-3a with the data attached; ours keep to PDF/UA-1 as well.
"""

from html import escape
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

FONTS = Path(__file__).resolve().parent.parent.parent / "partenamut" / "documents" / "fonts"
STYLE = """
@font-face { font-family: Portal; src: url(portal-sans-regular.ttf) }
@font-face { font-family: Portal; font-weight: bold; src: url(portal-sans-bold.ttf) }
@page { size: A4; margin: 18mm 20mm 22mm 25mm;
  @bottom-right { content: "page " counter(page) " / " counter(pages); font: 8.5pt Portal } }
body { font: 9.5pt Portal; line-height: 1.3; border-top: 3.4pt solid #12324a; padding-top: 3mm }
h1, h2, th { color: #12324a; font-weight: bold }
h1 { font-size: 14pt; margin: 4mm 0 3mm }
h2 { font-size: 11.5pt; margin: 5mm 0 2mm }
p { margin: 0 0 1mm }
.grey { color: #4a4a4a }
.label { color: #4a4a4a; display: inline-block; width: 62mm }
.boxes { display: flex; gap: 4mm; margin-top: 4mm }
.box { background: #eef3f6; flex: 1; padding: 3mm 4mm }
.box h2 { margin-top: 0 }
.box .label { display: block }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 0.4pt solid #9aa5ad; padding: 1.6mm 1.5mm; text-align: left }
th { border-bottom: 1pt solid #12324a; vertical-align: bottom }
.number { text-align: right }
.certified { border: 0.8pt solid #12324a; break-inside: avoid; margin-top: 3mm; padding: 5mm }
"""


def made(markup: str, name: str, data: str) -> bytes:
    """The PDF of a page, with its data."""
    place = str(FONTS) + "/"
    fonts = FontConfiguration()
    return bytes(
        HTML(string=markup, base_url=place).write_pdf(
            stylesheets=[CSS(string=STYLE, base_url=place, font_config=fonts)],
            font_config=fonts,
            attachments=[Attachment(string=data, name=name, relationship="Data")],
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
        )
    )


def note(words: dict[str, Any]) -> str:
    """The page of an individual note."""
    said = words["labels"]
    heads = ["line", "date", "pseudocode", "what", "units", "amount"]
    facts = [
        [said["number"], words["number"]],
        [said["date"], words["date"]],
        [said["month"], words["month"]],
    ]
    project = [[said[f"project_{name}"], words[f"project_{name}"]] for name in ("name", "inami")]
    person = [[said[name], words[name]] for name in ("last_name", "first_name", "registration_number")]
    return _page(
        said["heading"],
        _text(said["return_to"]),
        _text(said["about"]),
        f"<h1>{escape(said['heading'])}</h1>",
        _facts(facts),
        _boxes((said["project"], project), (said["beneficiary"], person)),
        f"<h2>{escape(said['lines'])}</h2>",
        _table(
            [said[f"column_{head}"] for head in heads],
            words["rows"],
            [[said["total"], words["total"]]],
            numbers=2,
        ),
    )


def recap(words: dict[str, Any]) -> str:
    """The page of a recapitulative note, without the totals that pages carry over."""
    rows = [row[:4] for row in words["rows"]]
    return _page(
        words["heading"],
        f"<h1>{escape(words['heading'])}</h1>",
        _facts([words["number"]]),
        _boxes(
            (words["project_heading"], words["project"]), (words["recipient_heading"], words["recipient"])
        ),
        f"<h2>{escape(words['period'])}</h2>",
        _table(words["columns"], rows, [*words["subtotals"], words["total"]], numbers=1),
        f"<h2>{escape(words['payment']['heading'])}</h2>",
        _facts(words["payment"]["facts"]),
        _text(words["payment"]["sentence"]),
        f'<div class="certified">{_text(words["certified"])}{_text(words["responsible"])}',
        _facts(words["signature"]),
        "</div>",
    )


def _page(title: str, *parts: str) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    return f'<html lang="fr"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _boxes(*boxes: tuple[str, list[list[str]]]) -> str:
    inside = "".join(
        f'<div class="box"><h2>{escape(title)}</h2>{_facts(facts)}</div>' for title, facts in boxes
    )
    return f'<div class="boxes">{inside}</div>'


def _text(text: str) -> str:
    return f'<p class="grey">{escape(text)}</p>'


def _facts(facts: list[list[str]]) -> str:
    return "".join(
        f'<p><span class="label">{escape(label)}</span>{escape(value)}</p>' for label, value in facts
    )


def _table(columns: list[str], rows: list[list[str]], totals: list[list[str]], numbers: int) -> str:
    first = len(columns) - numbers
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(_cell(cell, at >= first) for at, cell in enumerate(row)) + "</tr>" for row in rows
    )
    end = "".join(
        f'<tr><td class="number" colspan="{len(columns) - 1}">{escape(label)}</td>{_cell(amount, is_number=True)}</tr>'
        for label, amount in totals
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}{end}</tbody></table>"


def _cell(text: str, is_number: bool) -> str:
    return f'<td class="number">{escape(text)}</td>' if is_number else f"<td>{escape(text)}</td>"
