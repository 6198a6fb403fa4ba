"""Lists of payments as banks give them: the columns of a CSV file, and its days and amounts as they are written there."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.casework.rows import SENTENCES, ImportColumn, Layout, Line, wrong_text
from partenamut.money import NotAnAmount, parse_euros

MAX_LINES = 2_000
MAX_BYTES = 500_000
#: No payment of the portal is as large: what is larger is a slip.
LARGEST = Decimal("99999999.99")

COLUMNS = (
    ImportColumn("date", True, 10, gettext_lazy("Day on which the bank received it."), "2023-08-14"),
    ImportColumn("amount", True, 16, gettext_lazy("Euros, with a comma or a point."), "1234,50"),
    ImportColumn(
        "communication",
        True,
        140,
        gettext_lazy("Structured communication, with or without +++ and /."),
        "+++090/9337/55493+++",
    ),
    ImportColumn(
        "reference",
        True,
        60,
        gettext_lazy("Reference of the bank: by it a payment is known again."),
        "2023081400017",
    ),
)
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


def read(content: bytes, layout: Layout[Line]) -> list[Line]:
    """The lines of a file of the bank; FileRefused with a sentence for one that cannot be read."""
    lines = layout.read(content, most=MAX_LINES)
    for line in lines:
        # Banks part thousands, and words, with blanks of several kinds.
        line.values = {name: " ".join(text.split()) for name, text in line.values.items()}
    return lines


def refuse_texts(line: Line, layout: Layout[Line]) -> None:
    """ValidationError with what is wrong with the texts of a line, column by column."""
    said = [str(SENTENCES[error[1]]) for error in line.errors]
    for column in layout.columns:
        code = wrong_text(column, line.values.get(column.name, ""))
        if code:
            said.append(f"{column.name}: {SENTENCES[code]}")
    if said:
        raise ValidationError(said)


def day_of(text: str) -> date:
    """A day as banks write it; ValidationError where it is none."""
    for pattern in _DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValidationError(_("date: this is not a day (write 2023-08-14 or 14/08/2023)."))


def amount_of(text: str) -> Decimal:
    """Euros as banks write them, with their sign, comma or point; ValidationError where it is no amount."""
    plain = text.upper().replace("€", "").replace("EUR", "").replace(" ", "").removeprefix("+")
    last = max(plain.rfind(","), plain.rfind("."))
    if last >= 0:
        plain = plain[:last].replace(",", "").replace(".", "") + "." + plain[last + 1 :]
    try:
        return parse_euros(plain)
    except NotAnAmount:
        raise ValidationError(_("amount: this is not an amount in euros (write 1234,50).")) from None
