"""The rival: the same invoices by WeasyPrint as its documentation shows it, one by one, nothing kept between them.

The same words, figures, fonts, boxes and code to pay by. PDF/A-3a with the data attached; ours keep to PDF/UA-1 as well.
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
body { font: 9.5pt Portal; line-height: 1.3; border-top: 3.4pt solid #12324a; padding-top: 4mm }
h1, h2, th { color: #12324a; font-weight: bold }
h1 { font-size: 14pt; margin: 8mm 0 1mm }
h2 { font-size: 11.5pt; margin: 3mm 0 2mm }
p { margin: 0 0 1mm }
ul { font-size: 8.5pt; margin: 0; padding-left: 4mm }
.grey { color: #4a4a4a }
.sender { font-size: 8.5pt; float: left; width: 70mm }
.debtor { margin-left: 90mm; padding-top: 16mm }
.label { color: #4a4a4a; display: inline-block; width: 46mm }
.box { background: #eef3f6; padding: 3mm 4mm; margin-top: 4mm; break-inside: avoid }
.box svg { background: white; float: right; padding: 1mm; width: 30mm }
table { border-collapse: collapse; clear: both; margin-top: 4mm; width: 100% }
th, td { border-bottom: 0.4pt solid #9aa5ad; padding: 1.6mm 1.5mm; text-align: left }
th { border-bottom: 1pt solid #12324a; vertical-align: bottom }
.number { text-align: right }
"""


def made(words: dict[str, Any], name: str, data: str) -> bytes:
    """The PDF of an invoice, with its data."""
    place = str(FONTS) + "/"
    fonts = FontConfiguration()
    return bytes(
        HTML(string=page(words), base_url=place).write_pdf(
            stylesheets=[CSS(string=STYLE, base_url=place, font_config=fonts)],
            font_config=fonts,
            attachments=[Attachment(string=data, name=name, relationship="Data")],
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
        )
    )


def page(words: dict[str, Any]) -> str:
    """The page of an invoice."""
    said, payment = words["labels"], words["payment"]
    reasons = "".join(f"<li>{escape(text)} {escape(article)}.</li>" for text, article in words["reasons"])
    parts = [
        f'<div class="sender">{_lines(words["sender"])}</div><div class="debtor">{_lines(words["debtor"])}</div>',
        f"<h1>{escape(words['heading'])}</h1><p class='grey'>{escape(words['about'])}</p>",
        _facts(words["facts"]),
        _table(words),
        f"<p>{escape(words['inami'])}</p>",
        f'<div class="box"><h2>{escape(payment["heading"])}</h2>{words["code"]}',
        f"{_facts(payment['facts'])}<p>{escape(payment['sentence'])}</p><p>{escape(words['dispute'])}</p></div>",
        f"<h2>{escape(said['reasons'])}</h2><ul>{reasons}</ul>",
    ]
    head = f'<meta charset="utf-8"><title>{escape(words["heading"])}</title>'
    return f'<html lang="fr"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _lines(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _facts(facts: list[list[str]]) -> str:
    return "".join(
        f'<p><span class="label">{escape(label)}</span><strong>{escape(value)}</strong></p>'
        for label, value in facts
    )


def _table(words: dict[str, Any]) -> str:
    said = words["labels"]
    heads = [said[name] for name in ("what", "quantity", "price", "amount")]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(_cell(cell, at > 0) for at, cell in enumerate(row)) + "</tr>"
        for row in words["rows"]
    )
    ends = [[said["total"], words["total"]], *words["shares"]]
    if words["shares"]:
        ends.append([said["part"], words["part"]])
    end = "".join(
        f'<tr><td class="number" colspan="3">{escape(label)}</td>{_cell(amount, is_number=True)}</tr>'
        for label, amount in ends
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}{end}</tbody></table>"


def _cell(text: str, is_number: bool) -> str:
    return f'<td class="number">{escape(text)}</td>' if is_number else f"<td>{escape(text)}</td>"
