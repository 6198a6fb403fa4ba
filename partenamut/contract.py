"""The edge of the rules: JSON lines in, answers or clear errors out, the same for the command and the API."""

import re
from collections.abc import Iterable, Iterator

import msgspec
from django.utils.translation import gettext, gettext_noop

from partenamut.rulesets import Ruleset

_AT = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>.*)`)?$", re.DOTALL)
#: A line nested a thousand deep is no more readable than one that is no JSON.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_IN_A_LIST = "[...]"
_FIELD = re.compile(r"Object (?P<how>missing required|contains unknown) field `(?P<field>[^`]*)`")

#: What the facts of a business may refuse in themselves: `fact.<what> <field>`.
_WRONG_FACTS = {
    "day_out_of_reach": gettext_noop(
        "A day lies between 1902 and 2098: the calendar of other years is not known."
    ),
    "not_a_number": gettext_noop("A number is zero or more, an index more than zero."),
    "percent_above_hundred": gettext_noop("A discount is at most 100 percent."),
    "not_a_month": gettext_noop("A month is written as year-month, like 2026-05."),
    "exit_before_entry": gettext_noop("The last day lies before the entry."),
    "discharge_before_admission": gettext_noop("The discharge lies before the admission."),
    "more_than_is_left": gettext_noop("The insurance pays no more than what is left of a line that is owed."),
    "mandatory_above_billed": gettext_noop("The compulsory insurance pays no more than was billed."),
    "quantity_missing": gettext_noop("A line of this kind needs its number of days."),
    "inami_tariff_missing": gettext_noop("A fee supplement needs the INAMI tariff it stands on."),
    "doctor_agreed_missing": gettext_noop(
        "A fee supplement needs to say whether the doctor has agreed to the tariffs."
    ),
}


class InvalidFacts(ValueError):
    """Raised for facts that cannot be decided on: which field, and what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def answer_lines(ruleset: Ruleset, lines: Iterable[bytes], language: str) -> Iterator[tuple[bytes, bool]]:
    """For each line its answer and whether it was valid; one bad line never stops the next."""
    decoder = msgspec.json.Decoder(ruleset.request_type)
    encoder = msgspec.json.Encoder()
    for line in lines:
        try:
            yield encoder.encode(ruleset.answer(decoder.decode(line), language)), True
        except _UNREADABLE as error:
            yield encoder.encode(refusal(line, _placed(explain(error), ruleset, _read(line)))), False


def answer_object(ruleset: Ruleset, facts: object, language: str) -> dict[str, object]:
    """The answer to facts that were decoded already, amounts and days as text; InvalidFacts otherwise."""
    try:
        answer = ruleset.answer(msgspec.convert(facts, ruleset.request_type, str_keys=True), language)
        plain: dict[str, object] = msgspec.to_builtins(answer, str_keys=True)
    except msgspec.ValidationError as error:
        raise _placed(explain(error), ruleset, facts) from error
    return plain


def refusal(line: bytes, error: InvalidFacts) -> dict[str, object]:
    """The answer to a line that is not valid, with its id where one can be read."""
    return {"id": _id_of(line), "error": {"field": error.field, "message": error.message}}


def explain(error: Exception) -> InvalidFacts:
    """The field that is wrong and a sentence about it, from what the decoder says."""
    if not isinstance(error, msgspec.ValidationError):
        return InvalidFacts("", gettext("The line is not valid JSON."))
    match = _AT.match(str(error))
    what, path = (match["what"], match["path"] or "") if match else (str(error), "")
    field = path.lstrip(".").removesuffix("[...]")
    named = _FIELD.search(what)
    if named:
        field = f"{field}.{named['field']}" if field else named["field"]
        if named["how"].startswith("missing"):
            return InvalidFacts(field, gettext("This field is missing: %(field)s.") % {"field": field})
        return InvalidFacts(field, gettext("This field is unknown: %(field)s.") % {"field": field})
    return _explain_value(field, what)


def _placed(fault: InvalidFacts, ruleset: Ruleset, facts: object) -> InvalidFacts:
    """The fault with the place of the row it lies in, counted from 0: the decoder says only that it lies in a list."""
    name, several, rest = fault.field.partition(_IN_A_LIST)
    rows = facts.get(name) if several and isinstance(facts, dict) else None
    if not isinstance(facts, dict) or not isinstance(rows, list):
        return fault
    for place, row in enumerate(rows):
        try:
            msgspec.convert({**facts, name: [row]}, ruleset.request_type, str_keys=True)
        except msgspec.ValidationError:
            return InvalidFacts(f"{name}[{place}]{rest}", fault.message)
    return fault


def _explain_value(field: str, what: str) -> InvalidFacts:
    if what == "stay.departure_not_after_arrival":
        return InvalidFacts(f"{field}.departure", gettext("The departure must come after the arrival."))
    if what == "period.to_before_from":
        return InvalidFacts(f"{field}.to", gettext("The last day of the period lies before the first."))
    if what.startswith("fact."):
        wrong, _, named = what.removeprefix("fact.").partition(" ")
        return InvalidFacts(".".join(part for part in (field, named) if part), gettext(_WRONG_FACTS[wrong]))
    if what.startswith(("money.not_an_amount", "Invalid decimal")):
        named = what.removeprefix("money.not_an_amount").strip() if what.startswith("money") else ""
        place = ".".join(part for part in (field, named) if part)
        return InvalidFacts(place, gettext("An amount is a number of euros, zero or more."))
    if what.startswith(("Invalid RFC3339", "Expected `date`")):
        return InvalidFacts(
            field, gettext("A date is written as year-month-day and must exist, like 2026-03-01.")
        )
    return InvalidFacts(field, gettext("This value is not accepted: %(what)s.") % {"what": what})


def _read(line: bytes) -> object:
    try:
        return msgspec.json.decode(line)
    except _UNREADABLE:
        return None


def _id_of(line: bytes) -> object:
    facts = _read(line)
    identity = facts.get("id") if isinstance(facts, dict) else None
    return identity if isinstance(identity, str) else None
