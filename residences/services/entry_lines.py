"""Files of entries looked at: what each line would put on which account, what stands against it, what is known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.casework.rows import SENTENCES, ImportColumn, Layout, Line, wrong_text
from partenamut.payments.bank_lines import amount_of, day_of
from partenamut.registry.names import search_form
from partenamut.web.formats import euros
from residences.models import Convention, Entry, EntryKind, RestHome, Supplement
from residences.services import entry_making
from residences.services.entry_making import offer_of

#: A person waits while so many lines are checked.
MAX_LINES = 2_000
LARGEST = Decimal("99999.99")
MOST = Decimal(999)
CENT = Decimal("0.01")

LAYOUT = Layout(
    (
        ImportColumn("convention", True, 40, gettext_lazy("Number of the convention."), "UNIV-C-2026-000012"),
        ImportColumn(
            "kind",
            False,
            20,
            gettext_lazy("supplement, advance, care or correction; empty: a supplement."),
            "supplement",
        ),
        ImportColumn("date", True, 10, gettext_lazy("Year-month-day or day/month/year."), "2026-03-06"),
        ImportColumn(
            "label",
            True,
            150,
            gettext_lazy("The supplement as the settings name it; else what was paid or corrected."),
            "Repas visiteur",
        ),
        ImportColumn("quantity", False, 10, gettext_lazy("Of a supplement; empty: one."), "2"),
        ImportColumn(
            "amount",
            False,
            16,
            gettext_lazy(
                "Euros, with a comma or a point. Of a supplement it may be empty: its price of that day counts."
            ),
            "",
        ),
        ImportColumn("inami_amount", False, 16, gettext_lazy("Of care: what INAMI would have paid."), ""),
        ImportColumn(
            "explanation", False, 300, gettext_lazy("Of a correction: what is corrected and why."), ""
        ),
    ),
    Line,
)

#: What the column of the kind may say, without accents: the code, or the word of any of our languages.
KINDS: Mapping[str, EntryKind] = {
    **{kind.value: kind for kind in EntryKind},
    **dict.fromkeys(("toeslag", "zuschlag"), EntryKind.SUPPLEMENT),
    **dict.fromkeys(("avance", "voorschot", "vorschuss"), EntryKind.ADVANCE),
    **dict.fromkeys(("soins", "zorg", "pflege"), EntryKind.CARE),
    **dict.fromkeys(("correctie", "berichtigung"), EntryKind.CORRECTION),
}
#: Columns that only some kinds have.
_ONLY_OF = {"quantity": EntryKind.SUPPLEMENT, "inami_amount": EntryKind.CARE, "explanation": EntryKind.CORRECTION}  # fmt: skip
#: The fields of an entry as the columns call them.
_COLUMN = {"supplement": "label", "day": "date"}


class LineState(StrEnum):
    """What becomes of a line."""

    READY = "ready"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Looked:
    """A line with the entry that it makes, or with what stands against it by column."""

    number: int
    state: LineState
    entry: Entry | None = None
    problems: tuple[tuple[str, str], ...] = ()
    #: What to look at, though it can be entered.
    remarks: tuple[str, ...] = ()


def read(content: bytes) -> list[Line]:
    """The lines of a file; FileRefused with a sentence for one that cannot be read."""
    lines = LAYOUT.read(content, most=MAX_LINES)
    for line in lines:
        line.values = {name: " ".join(text.split()) for name, text in line.values.items()}
    return lines


def conventions_of(home: RestHome, lines: Iterable[Line]) -> dict[str, Convention]:
    """The conventions that lines name, by number."""
    numbers = {_number(line) for line in lines} - {""}
    rows = Convention.objects.filter(home=home, number__in=numbers)
    return {row.number or "": row for row in rows.select_related("resident", "home")}


def look(home: RestHome, lines: Sequence[Line], *, today: date) -> list[Looked]:
    """What becomes of each line as the conventions and accounts stand now; a fixed number of queries."""
    return _Look(home, lines, today).over(lines)


# --- inside -----------------------------------------------------------------------------------------------


class _Wrong(Exception):
    """Says which column of a line is wrong, and why."""


@dataclass
class _Said:
    """What a line says, as values; what is wrong with a column stands in `problems`."""

    kind: EntryKind | None = None
    day: date | None = None
    label: str = ""
    quantity: Decimal = Decimal(1)
    amount: Decimal | None = None
    inami_amount: Decimal | None = None
    explanation: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)


class _Look:
    """One look at lines: what was read before them, and what earlier lines say."""

    def __init__(self, home: RestHome, lines: Sequence[Line], today: date) -> None:
        self.today = today
        self.conventions = conventions_of(home, lines)
        ids = [row.pk for row in self.conventions.values()]
        supplements = list(home.supplements.all())
        self.exact = {row.label: row for row in supplements}
        self.alike = {search_form(row.label): row for row in supplements}
        self.offer = offer_of(home, ids, [row.pk for row in supplements])
        self.known = _known(ids)
        #: What an earlier line of the file says, by the number of that line.
        self.before: dict[Any, int] = {}

    def over(self, lines: Iterable[Line]) -> list[Looked]:
        """Each line with what becomes of it."""
        return [self._looked(line) for line in lines]

    def _looked(self, line: Line) -> Looked:
        said = _said(line)
        convention = self.conventions.get(_number(line))
        if _number(line) and convention is None:
            said.problems.append(("convention", _("No convention of this home has this number.")))
        if said.problems or convention is None or said.kind is None or said.day is None:
            return Looked(line.number, LineState.REFUSED, problems=tuple(said.problems))
        try:
            entry = self._made(convention, said.kind, said.day, said)
        except ValidationError as error:
            return Looked(line.number, LineState.REFUSED, problems=_by_column(error))
        return self._once(line.number, entry)

    def _once(self, number: int, entry: Entry) -> Looked:
        """The line, unless its entry stands on the account or in the file already."""
        key = _key(entry)
        if key in self.known:
            return Looked(number, LineState.KNOWN, entry)
        before = self.before.setdefault(key, number)
        if before != number:
            told = _("Line %(line)d says the same: put the whole quantity or amount on one line.")
            return Looked(number, LineState.REFUSED, problems=(("", told % {"line": before}),))
        return Looked(number, LineState.READY, entry, remarks=self._remarks(entry))

    def _made(self, convention: Convention, kind: EntryKind, day: date, said: _Said) -> Entry:
        amount = said.amount or Decimal(0)
        if kind == EntryKind.SUPPLEMENT:
            return self._supplement(convention, day, said)
        if kind == EntryKind.ADVANCE:
            return entry_making.advance(convention, said.label, day, amount, today=self.today)
        if kind == EntryKind.CARE:
            most = said.inami_amount or Decimal(0)
            return entry_making.care(convention, said.label, day, amount, most, today=self.today)
        return entry_making.correction(
            convention, said.label, day, amount, said.explanation, today=self.today
        )

    def _supplement(self, convention: Convention, day: date, said: _Said) -> Entry:
        chosen: Supplement | None = self.exact.get(said.label) or self.alike.get(search_form(said.label))
        if chosen is None:
            raise ValidationError(
                {"label": _("The home has no supplement of this name: take it as the settings write it.")}
            )
        entry = entry_making.supplement(
            convention, chosen, day, said.quantity, offer=self.offer, today=self.today
        )
        if said.amount is not None and said.amount != entry.amount:
            raise ValidationError(
                {"amount": _("At the price of that day it is %(right)s, not %(said)s: leave the amount empty or correct it.")
                 % {"right": euros(entry.amount), "said": euros(said.amount)}}
            )  # fmt: skip
        return entry

    def _remarks(self, entry: Entry) -> tuple[str, ...]:
        found = []
        if entry.kind == EntryKind.ADVANCE:
            found.append(_("It waits for its document: without it the account is not invoiced (art. 4 §5)."))
        if entry.kind != EntryKind.SUPPLEMENT:
            element = self.offer.included_in_price(entry.label, entry.date)
            if element is not None:
                told = _("It looks like what the price includes: %(element)s (art. 4 §2).")
                found.append(told % {"element": element.text})
        return tuple(found)


def _key(entry: Entry) -> tuple[object, ...]:
    """By it an entry is known again; the price of a supplement may have changed meanwhile."""
    what = entry.quantity if entry.kind == EntryKind.SUPPLEMENT else entry.amount
    return (entry.convention_id, str(entry.kind), entry.date, search_form(entry.label), what)


def _known(conventions: Sequence[int]) -> set[tuple[object, ...]]:
    """The entries that stand on the accounts, invoiced or not."""
    rows = Entry.objects.filter(convention__in=conventions, withdrawn_at=None)
    return {_key(row) for row in rows.only("convention_id", "kind", "date", "label", "quantity", "amount")}


def _by_column(error: ValidationError) -> tuple[tuple[str, str], ...]:
    if not hasattr(error, "error_dict"):
        return tuple(("", message) for message in error.messages)
    return tuple(
        (_COLUMN.get(name, name), message)
        for name, messages in error.message_dict.items()
        for message in messages
    )


# --- the values of a line ---------------------------------------------------------------------------------


def _number(line: Line) -> str:
    return line.values.get("convention", "").upper()


def _said(line: Line) -> _Said:
    """The values of a line, each with what is wrong with it."""
    said = _Said()
    said.problems.extend(("", str(SENTENCES[error[1]])) for error in line.errors)
    texts = {column.name: line.values.get(column.name, "") for column in LAYOUT.columns}
    for column in LAYOUT.columns:
        if code := wrong_text(column, texts[column.name]):
            said.problems.append((column.name, str(SENTENCES[code])))
            texts[column.name] = ""
    said.label, said.explanation = texts["label"], texts["explanation"]
    for name, reader in _READERS.items():
        text = texts[name]
        if text or name == "kind":
            try:
                setattr(said, "day" if name == "date" else name, reader(text))
            except _Wrong as error:
                said.problems.append((name, str(error)))
    if said.kind is not None:
        said.problems.extend(_of_kind(said.kind, texts))
    return said


def _of_kind(kind: EntryKind, texts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """What a line of a kind lacks, or says in a column that its kind does not have."""
    for name, only in _ONLY_OF.items():
        if texts[name] and kind != only and texts[name] != "1":
            told = _("Only a line of the kind “%(kind)s” has this column: empty it.")
            yield name, told % {"kind": only.value}
    needed = {
        EntryKind.SUPPLEMENT: (),
        EntryKind.ADVANCE: ("amount",),
        EntryKind.CARE: ("amount", "inami_amount"),
        EntryKind.CORRECTION: ("amount", "explanation"),
    }
    for name in needed[kind]:
        if not texts[name]:
            yield name, str(SENTENCES["missing"])


def _kind(text: str) -> EntryKind:
    if not text:
        return EntryKind.SUPPLEMENT
    found = KINDS.get(search_form(text))
    if found is None:
        raise _Wrong(_("The kind is supplement, advance, care or correction."))
    return found


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValidationError:
        raise _Wrong(_("This is not a day (write 2026-03-06 or 06/03/2026).")) from None


def _quantity(text: str) -> Decimal:
    try:
        quantity = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise _Wrong(_("This is not a number (write 2 or 1,5).")) from None
    if not quantity.is_finite() or not CENT <= quantity <= MOST or quantity != quantity.quantize(CENT):
        raise _Wrong(_("A quantity is more than 0 and 999 at most, with two decimals at most."))
    return quantity.quantize(CENT)


def _euros(text: str) -> Decimal:
    try:
        amount = amount_of(text)
    except ValidationError:
        raise _Wrong(_("This is not an amount in euros (write 12,50).")) from None
    if abs(amount) > LARGEST:
        raise _Wrong(_("No entry is of this amount: %(most)s at most.") % {"most": euros(LARGEST)})
    return amount


_READERS: dict[str, Callable[[str], Any]] = {
    "kind": _kind,
    "date": _day,
    "quantity": _quantity,
    "amount": _euros,
    "inami_amount": _euros,
}
