"""A letter, a statement, and what one asks of a PDF."""

import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO

import page
import pdfua
import pikepdf

from partenamut.documents.rendering import DataAttachment, render

DAY = date(2026, 11, 3)
SENDER = {
    "name": "Partenamut",
    "service": "Service Convalescence",
    "lines": ["Rue de l’Exemple 1", "1000 Bruxelles"],
    "phone": "02 555 00 00",
}
ADDRESSEE = {"lines": ["Madame Élodie D’Hœvære-Żółć", "Rue de l’Église 12 boîte 4", "1348 Louvain-la-Neuve"]}
LETTER = "documents/letter.html"
STATEMENT = "documents/statement.typ"
DATA = DataAttachment(
    "releve.json", '{"année": 2026, "total": "1234.50"}', description="Les données du relevé"
)


def letter(**changes):
    """The data of a letter with a table of reasons and one of amounts."""
    row = ["Du 1er au 10 octobre 2026", "10", Decimal("58.79"), Decimal("587.90")]
    columns = [
        {"label": "Période", "kind": "text", "width": 40},
        {"label": "Jours", "kind": "number", "width": 15},
        {"label": "Par jour", "kind": "amount", "width": 20},
        {"label": "Montant", "kind": "amount", "width": 25},
    ]
    reason = {
        "condition": "Cotisations en ordre",
        "finding": "Payées jusqu’au 31 décembre",
        "source": "art. 4",
    }
    return {
        "sender": SENDER,
        "addressee": ADDRESSEE,
        "place": "Bruxelles",
        "reference": "CONV-2026-000123",
        "subject": "Votre demande d’intervention",
        "salutation": "Madame,",
        "paragraphs": ["Vous recevez 1\u202f234,50\u00a0€ pour le séjour à Spa‑Nivezé."],
        "reasons": [reason | {"met": True}, reason | {"met": False}, reason | {"met": None}],
        "tables": [
            {
                "caption": "Calcul",
                "columns": columns,
                "rows": [row, row],
                "total": ["Total", Decimal("1234.50")],
            }
        ],
        "appeal": {
            "title": "Vous n’êtes pas d’accord ?",
            "paragraphs": ["Écrivez-nous dans les trente jours."],
        },
        "closing": "Avec nos salutations distinguées,",
        "signatory": {"name": "Nathalie Peeters", "role": "Service Convalescence"},
    } | changes


def statement(rows=3, **changes):
    """The data of a yearly statement, everything in words already."""
    return {
        "sender": SENDER,
        "addressee": ADDRESSEE,
        "reference": "REL-2026-77",
        "particulars": [{"label": "Année :", "value": "2026"}],
        "introduction": ["Voici les jours et les paiements de l’année."],
        "columns": [
            {"label": "Séjour", "kind": "text", "width": 3},
            {"label": "Jours", "kind": "number", "width": 1},
            {"label": "Montant", "kind": "amount", "width": 2},
        ],
        "rows": [["Du 1er au 10 octobre – Spa‑Nivezé", "10", "1\u202f234,50\u00a0€"]] * rows,
        "totals": [{"label": "Total versé", "value": "1\u202f234,50\u00a0€"}],
        "remarks": ["Gardez ce relevé."],
    } | changes


def made(template, context, **changes):
    """The PDF of a template, archived and with its data unless said otherwise."""
    asked = {
        "language": "fr",
        "title": "Votre relevé",
        "archived": True,
        "attachments": [DATA],
        "issued_on": DAY,
    }
    return render(template, context, **asked | changes)


def letter_pdf(**changes):
    """An archived letter."""
    return made(LETTER, letter(), **changes)


def statement_pdf(**changes):
    """An archived statement."""
    return made(STATEMENT, statement(), **changes)


# --- what one asks of a PDF: each gives a list of complaints ----------------------------------------------


def page_complaints(content, *profiles):
    """What page-validation finds against the profiles."""
    limits = page.SafetyLimits.unlimited()
    return [
        failure.rule_id
        for profile in profiles
        for failure in page.validate_pdf_bytes(content, profile=profile, limits=limits).failures
    ]


def pdfua_complaints(content, folder):
    """What pdfua finds; its rule on real-content coverage trips over arrays and is left out by itself."""
    place = folder / "judged.pdf"
    place.write_bytes(content)
    return [finding.rule_id for finding in pdfua.validate(str(place)).findings]


def qpdf_complaints(content, folder):
    """What qpdf says of the file's syntax."""
    place = folder / "checked.pdf"
    place.write_bytes(content)
    done = subprocess.run(["qpdf", "--check", place], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def text_of(content, folder):
    """The text as a person copies it, with its layout."""
    place = folder / "read.pdf"
    place.write_bytes(content)
    command = ["pdftotext", "-layout", "-enc", "UTF-8", place, "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def elements(content, *kinds):
    """The structure elements of some kinds as (kind, scope)."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return list(_walk(pdf.Root.StructTreeRoot.K, kinds))


def _walk(node, kinds):
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _walk(child, kinds)
    elif isinstance(node, pikepdf.Dictionary):
        kind = str(node.get("/S", ""))[1:]
        if kind in kinds:
            yield kind, _scope(node)
        yield from _walk(node.get("/K", pikepdf.Array()), kinds)


def _scope(node):
    attributes = node.get("/A", pikepdf.Dictionary())
    for one in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(one, pikepdf.Dictionary) and "/Scope" in one:
            return str(one.Scope)[1:]
    return ""


def table_complaints(content, *, tables):
    """What is wrong with the tables: their number, header cells without scope, tables without headers."""
    found = elements(content, "Table", "TH")
    headers = [scope for kind, scope in found if kind == "TH"]
    complaints = [
        f"header cell without scope {scope!r}" for scope in headers if scope not in ("Column", "Row")
    ]
    count = len(found) - len(headers)
    if count != tables:
        complaints.append(f"{count} tables instead of {tables}")
    if tables and "Column" not in headers:
        complaints.append("no column header")
    return complaints
