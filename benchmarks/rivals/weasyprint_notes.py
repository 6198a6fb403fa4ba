"""The rival: the same notes by WeasyPrint as its documentation shows it, one by one, nothing kept from one to the next.

The page holds the same words and figures, in a plain layout; the same fonts; PDF/UA-1, or PDF/A-3a with the data attached.
"""

from html import escape
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML, Attachment

FONTS = Path(__file__).resolve().parent.parent.parent / "partenamut" / "documents" / "fonts"
STYLE = """
@font-face { font-family: Portal; src: url(portal-sans-regular.ttf) }
@font-face { font-family: Portal; font-weight: bold; src: url(portal-sans-bold.ttf) }
@page { size: A4; margin: 18mm 20mm 22mm 25mm;
  @bottom-right { content: "page " counter(page) " / " counter(pages); font: 8.5pt Portal } }
body { font: 10pt Portal }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 0.4pt solid #9aa5ad; padding: 3pt; text-align: left }
.number { text-align: right }
"""


def made(markup: str, name: str, data: str) -> bytes:
    """The PDF of a page, with its data."""
    page = HTML(string=markup, base_url=str(FONTS) + "/")
    return bytes(
        page.write_pdf(
            stylesheets=[CSS(string=STYLE, base_url=str(FONTS) + "/")],
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
        [said["project_name"], words["project_name"]],
        [said["project_inami"], words["project_inami"]],
        [said["last_name"], words["last_name"]],
        [said["first_name"], words["first_name"]],
        [said["registration_number"], words["registration_number"]],
    ]
    return _page(
        said["heading"],
        _text(said["about"]),
        _facts(facts),
        f"<h2>{escape(said['lines'])}</h2>",
        _table([said[f"column_{head}"] for head in heads], words["rows"], numbers=2),
        _text(f"{said['total']} {words['total']}"),
        _text(said["return_to"]),
    )


def recap(words: dict[str, Any]) -> str:
    """The page of a recapitulative note, without the totals that pages carry over."""
    rows = [row[:4] for row in words["rows"]]
    return _page(
        words["heading"],
        _facts([words["number"]]),
        f"<h2>{escape(words['project_heading'])}</h2>",
        _facts(words["project"]),
        f"<h2>{escape(words['recipient_heading'])}</h2>",
        _facts(words["recipient"]),
        _text(words["period"]),
        _table(words["columns"], rows, numbers=1),
        _facts([*words["subtotals"], words["total"]]),
        f"<h2>{escape(words['payment']['heading'])}</h2>",
        _facts(words["payment"]["facts"]),
        _text(words["certified"]),
        _facts(words["signature"]),
    )


def _page(heading: str, *parts: str) -> str:
    title = escape(heading)
    return (
        f'<html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>"
    )


def _text(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _facts(facts: list[list[str]]) -> str:
    return "".join(_text(f"{label}: {value}") for label, value in facts)


def _table(columns: list[str], rows: list[list[str]], numbers: int) -> str:
    first = len(columns) - numbers
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(_cell(cell, at >= first) for at, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str, is_number: bool) -> str:
    return f'<td class="number">{escape(text)}</td>' if is_number else f"<td>{escape(text)}</td>"
