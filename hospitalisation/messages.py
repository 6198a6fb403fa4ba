"""Reason code -> full sentence with its figures, in the active language; also the words of lines, flags and outcomes."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop, pgettext

from hospitalisation.rules.terms import Measure, Name
from partenamut.documents.formats import FIXED, SIGNS, euro
from partenamut.law import Remedy
from partenamut.sentences import Sentence, Sentences, day, gettext, language_of_now, ngettext, source

F = dict[str, Any]

__all__ = [
    "condition",
    "day",
    "figure_name",
    "flag",
    "kind",
    "measured",
    "message",
    "messages",
    "outcome",
    "remedy",
    "room",
    "said",
    "source",
    "state",
    "tier",
    "what_to_do",
]


# --- words --------------------------------------------------------------------------------------------------


def outcome(code: str) -> str:
    """The words for an outcome in the active language."""
    return {
        "covered": pgettext("outcome", "settled"),
        "check": pgettext("outcome", "to be checked"),
        "reimbursable": pgettext("outcome", "given back"),
        "pending": pgettext("deposit", "waiting"),
        "refused": pgettext("outcome", "refused"),
    }[code]


def tier(code: str) -> str:
    """The name of an insurance in the active language."""
    return gettext("No hospital insurance") if code == "none" else _TIERS[code]


def room(code: str) -> str:
    """The words for a room inside a sentence."""
    return gettext(_ROOMS[code])


def kind(code: str) -> str:
    """The name of a kind of line in the active language."""
    return gettext(_KINDS[code])


def figure_name(name: str) -> str:
    """The name of a figure of an insurance in the active language."""
    return gettext(_FIGURES[name])


def flag(code: str) -> str:
    """What a flag of a line says, in a few words of the active language."""
    return gettext(_FLAGS[code])


def what_to_do(code: str) -> str:
    """What the member can do about a flag, in a sentence; nothing where there is nothing to do."""
    return gettext(_TO_DO[code]) if code in _TO_DO else ""


def condition(code: str) -> str:
    """The name of a rule in the active language."""
    if code in _CONDITIONS:
        return gettext(_CONDITIONS[code])
    return figure_name(code.removeprefix("cover."))


def state(code: str, met: bool) -> str:
    """What a rule comes to, in a few words of the active language: a bill has sums rather than conditions."""
    if text := _STATES.get(code, ("", ""))[met]:
        return gettext(text)
    if code.startswith("cover."):
        return gettext("Paid in full") if met else gettext("A part is not paid")
    return ""


def measured(measure: str, value: Decimal | str) -> str:
    """A figure with its measure, as it is written in the active language: up to 125,00 € a day."""
    return _measured(language_of_now(), str(measure), Decimal(value))


@lru_cache(maxsize=1024)
def _measured(_language: str, measure: str, number: Decimal) -> str:
    """The language is a part of the key only: it is the one being spoken."""
    if measure in _WITHOUT_VALUE:
        return gettext(_WITHOUT_VALUE[measure])
    if measure == Measure.DAYS:
        return ngettext("%(days)d day", "%(days)d days", int(number)) % {"days": int(number)}
    if measure == Measure.PERCENT and number == 100:
        return gettext("all")
    if measure == Measure.EUROS:
        return _euros(number)
    return gettext(_MEASURES[measure]) % {"amount": _euros(number), "percent": _plain(number)}


def remedy(change: Remedy) -> str:
    """What the member can do, in a sentence of the active language."""
    return gettext(_REMEDIES[change.field])


def _euros(amount: object) -> str:
    """An amount as it is written in the language being spoken; a stored reason keeps it as text."""
    return _written(amount, language_of_now())


def _written(amount: object, language: str) -> str:
    text = str(amount)
    whole, _point, cents = text.partition(".")
    # Nearly every amount has its cents and is below a million: it is put together, which is faster than to format it.
    if len(cents) == 2 and 0 < len(whole) <= 6 and f"{whole}{cents}".isdecimal():
        group, comma = SIGNS[language]
        if len(whole) > 3:
            whole = f"{whole[:-3]}{group}{whole[-3:]}"
        return f"{whole}{comma}{cents}{FIXED}€"
    return euro(amount if isinstance(amount, Decimal) else text, language)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    whole, point, part = text.partition(".")
    part = part.rstrip("0") if point else ""
    return f"{whole}{SIGNS[language_of_now()][1]}{part}" if part else whole


_TIERS = {
    "hospitalia": "Hospitalia",
    "hospitalia_medium": "Hospitalia Medium",
    "hospitalia_plus": "Hospitalia Plus",
    "hospitalia_continuity": "Hospitalia Continuity",
}
_ROOMS = {
    "common": gettext_noop("a common room"),
    "double": gettext_noop("a double room"),
    "individual": gettext_noop("an individual room"),
}
_KINDS = {
    "stay": gettext_noop("Stay (price of the days)"),
    "room_supplement": gettext_noop("Room supplement"),
    "fee": gettext_noop("Fees at the INAMI tariff"),
    "fee_supplement": gettext_noop("Fee supplement"),
    "pharmacy_reimbursable": gettext_noop("Reimbursable medicines"),
    "pharmacy_other": gettext_noop("Medicines that are not reimbursable"),
    "parapharmacy": gettext_noop("Parapharmacy"),
    "implant": gettext_noop("Implants"),
    "sundry": gettext_noop("Sundry costs"),
    "parent_stay": gettext_noop("Stay of a parent with a child"),
    "compression": gettext_noop("Compression stockings and sleeves"),
    "guest_house": gettext_noop("Guest house of a relative"),
    "pre_hospital": gettext_noop("Care before the stay"),
    "post_hospital": gettext_noop("Care after the stay"),
    "serious_illness_care": gettext_noop("Care of a serious illness"),
}
_FIGURES: dict[str, str] = {
    Name.OWN_SHARE: gettext_noop("Own share (“ticket modérateur”)"),
    Name.FEE_SUPPLEMENT: gettext_noop("Fee supplements in an individual room"),
    Name.ROOM_SUPPLEMENT: gettext_noop("Room supplement in an individual room"),
    Name.ROOM_SUPPLEMENT_DAY_HOSPITAL: gettext_noop("Room supplement in an individual room, day hospital"),
    Name.CEILING: gettext_noop("Ceiling of a calendar year"),
    Name.FRANCHISE: gettext_noop("Franchise"),
    Name.PHARMACY_OTHER: gettext_noop("Medicines that are not reimbursable"),
    Name.PARAPHARMACY: gettext_noop("Parapharmacy"),
    Name.PARENT_STAY_SHARED: gettext_noop("Parent with a child, common or double room"),
    Name.PARENT_STAY_INDIVIDUAL: gettext_noop("Parent with a child, individual room"),
    Name.COMPRESSION_SHARED: gettext_noop("Compression stockings and sleeves, common or double room"),
    Name.COMPRESSION_INDIVIDUAL: gettext_noop("Compression stockings and sleeves, individual room"),
    Name.SUNDRY_SHARED: gettext_noop("Sundry costs, common or double room"),
    Name.SUNDRY_INDIVIDUAL: gettext_noop("Sundry costs, individual room"),
    Name.GUEST_HOUSE: gettext_noop("Guest house of a relative"),
    Name.DAYS_BEFORE: gettext_noop("Care before the stay"),
    Name.DAYS_AFTER: gettext_noop("Care after the stay"),
    Name.SERIOUS_ILLNESS: gettext_noop("Care of a serious illness (option)"),
}
_WITHOUT_VALUE: dict[str, str] = {
    Measure.NOTHING: gettext_noop("nothing"),
    Measure.UNLIMITED: gettext_noop("no limit"),
    Measure.MISSING: gettext_noop("not known yet"),
}
_MEASURES: dict[str, str] = {
    Measure.PERCENT: gettext_noop("%(percent)s %%"),
    Measure.PERCENT_OF_TARIFF: gettext_noop("up to %(percent)s %% of the INAMI tariff"),
    Measure.EUROS_A_DAY: gettext_noop("up to %(amount)s a day"),
    Measure.EUROS_A_CASE: gettext_noop("up to %(amount)s a case"),
    Measure.EUROS_A_YEAR: gettext_noop("%(amount)s a year"),
}
_FLAGS = {
    "unlawful_supplement": gettext_noop("Supplement that the law forbids"),
    "agreed_doctor_supplement": gettext_noop("Supplement of a doctor who has agreed to the tariffs"),
    "figure_missing": gettext_noop("Figure not known yet"),
    "to_confirm": gettext_noop("Figure to be confirmed"),
    "outside_days": gettext_noop("Outside the days of the insurance"),
    "comfort": gettext_noop("Telephone, flowers, fridge, television or drinks"),
    "no_option": gettext_noop("Without the serious-illness option"),
    "abroad": gettext_noop("Hospital abroad: an adviser decides"),
    "departed": gettext_noop("Decided by an adviser and a second reader"),
    "deposit_too_high": gettext_noop("Deposit above the legal maximum"),
}
_TO_DO = {
    "unlawful_supplement": gettext_noop(
        "Do not pay this line. Send the hospital the letter that we prepare for you, or ask our members' defence service."
    ),
    "agreed_doctor_supplement": gettext_noop(
        "Do not pay this line. Ask the hospital to correct it with the letter that we prepare for you, or ask our members' defence service."
    ),
    "figure_missing": gettext_noop(
        "Nobody has entered this figure yet: an adviser will look at the line. What it brings is not counted here."
    ),
    "deposit_too_high": gettext_noop(
        "Ask the hospital for what is above the maximum; our members' defence service helps you."
    ),
}
_REMEDIES = {
    "admission": gettext_noop("Tell us once the admission has taken place."),
    "receipt": gettext_noop("Send the receipt of the deposit."),
    "claim_form": gettext_noop("Send the signed claim form."),
}
#: Not met, met.
_STATES = {
    "bill.mandatory": ("", gettext_noop("Paid to the hospital")),
    "bill.shared_room": (gettext_noop("Not lawful"), gettext_noop("Lawful")),
    "bill.agreed_doctor": (gettext_noop("Not lawful"), gettext_noop("Lawful")),
    "cover.none": (gettext_noop("No hospital insurance"), ""),
    "cover.waiting": (gettext_noop("Insurance that waits"), ""),
    "cover.figure_missing": (gettext_noop("Figure not known yet"), ""),
    "cover.no_option": (gettext_noop("Not paid"), ""),
    "cover.abroad": (gettext_noop("To be looked at"), ""),
    "cover.franchise_unknown": (gettext_noop("To be looked at"), ""),
    "cover.franchise": (gettext_noop("Franchise taken off"), gettext_noop("No franchise")),
    "cover.ceiling": (gettext_noop("Ceiling passed"), gettext_noop("Below the ceiling")),
}
_CONDITIONS = {
    "bill.mandatory": gettext_noop("Compulsory insurance"),
    "bill.shared_room": gettext_noop("No supplement in a common or double room"),
    "bill.agreed_doctor": gettext_noop("No supplement of a doctor who has agreed to the tariffs"),
    "cover.none": gettext_noop("Hospital insurance"),
    "cover.waiting": gettext_noop("Hospital insurance"),
    "cover.figure_missing": gettext_noop("Figure not known yet"),
    "cover.no_option": gettext_noop("Care of a serious illness (option)"),
    "cover.abroad": gettext_noop("Belgian hospital"),
    "cover.franchise_unknown": gettext_noop("Franchise"),
    "deposit.insurance": gettext_noop("Hospital insurance"),
    "deposit.belgian_hospital": gettext_noop("Belgian hospital"),
    "deposit.room": gettext_noop("A deposit may be asked"),
    "deposit.maximum": gettext_noop("Legal maximum of the deposit"),
    "deposit.admission": gettext_noop("Admission"),
    "deposit.receipt": gettext_noop("Receipt"),
    "deposit.claim_form": gettext_noop("Claim form"),
}


# --- the bill -----------------------------------------------------------------------------------------------


def _mandatory(_met: bool, figures: F) -> str:
    return gettext(
        "The compulsory insurance pays %(amount)s straight to the hospital, the same in every kind of room."
    ) % {"amount": _euros(figures["amount"])}


def _numbers(places: tuple[int, ...]) -> str:
    shown = ", ".join(str(place) for place in places[:10])
    return f"{shown}, ..." if len(places) > 10 else shown


def _shared_room(met: bool, figures: F) -> str:
    if met:
        return gettext(
            "In %(room)s neither the room nor a doctor may cost a supplement, and none was billed."
        ) % {"room": room(figures["room"])}
    return ngettext(
        "In %(room)s neither the room nor a doctor may cost a supplement: line %(lines)s (%(amount)s) is not owed. "
        "The members' defence service helps you to contest it.",
        "In %(room)s neither the room nor a doctor may cost a supplement: lines %(lines)s (%(amount)s) are not owed. "
        "The members' defence service helps you to contest them.",
        len(figures["lines"]),
    ) % {
        "room": room(figures["room"]),
        "lines": _numbers(figures["lines"]),
        "amount": _euros(figures["amount"]),
    }


def _agreed_doctor(met: bool, figures: F) -> str:
    if met:
        return gettext(
            "In an individual room a doctor who has not agreed to the tariffs may ask a supplement; none was billed by one who has."
        )
    return ngettext(
        "A doctor who has agreed to the tariffs asks no supplement: line %(lines)s (%(amount)s) is not owed. "
        "The members' defence service helps you to contest it.",
        "A doctor who has agreed to the tariffs asks no supplement: lines %(lines)s (%(amount)s) are not owed. "
        "The members' defence service helps you to contest them.",
        len(figures["lines"]),
    ) % {"lines": _numbers(figures["lines"]), "amount": _euros(figures["amount"])}


def _none(_met: bool, _figures: F) -> str:
    return gettext(
        "Without a hospital insurance what the compulsory insurance does not pay stays with the patient."
    )


def _waiting(_met: bool, _figures: F) -> str:
    return gettext(
        "Hospitalia Continuity waits while another insurance is in force: it pays nothing meanwhile (to be confirmed)."
    )


def _figure_missing(_met: bool, figures: F) -> str:
    return gettext(
        "%(tier)s: no source gives the figure “%(figure)s”. %(left)s is not counted until it is known."
    ) % {
        "tier": tier(figures["tier"]),
        "figure": figure_name(figures["name"]),
        "left": _euros(figures["left"]),
    }


def _franchise_unknown(_met: bool, figures: F) -> str:
    return gettext(
        "No list of hospitals with a franchise has been entered for %(year)s: whether a franchise is due is not known yet."
    ) % {"year": f"{figures['year']:04d}"}


def _abroad(_met: bool, _figures: F) -> str:
    return gettext(
        "The hospital lies abroad, and the sources do not say what the insurance pays there: an adviser decides."
    )


def _no_option(_met: bool, figures: F) -> str:
    return gettext(
        "Care of a serious illness is paid with the option only, and the option is not in force: %(left)s stays with the patient."
    ) % {"left": _euros(figures["left"])}


#: Stand where the two amounts of a sentence go: no text has them.
_PAID, _LEFT = "\x00", "\x01"


def _of_figure(name: Name) -> Sentence:
    def sentence(met: bool, figures: F) -> str:
        language = language_of_now()
        text = _figure_text(
            language,
            name,
            met,
            figures["measure"],
            str(figures["value"]),
            figures["outside"],
            figures["to_confirm"],
        ).replace(_PAID, _written(figures["paid"], language))
        return text if met else text.replace(_LEFT, _written(figures["left"], language))

    return sentence


@lru_cache(maxsize=4096)
def _figure_text(
    _language: str, name: Name, met: bool, measure: str, value: str, outside: int, to_confirm: bool
) -> str:
    """The sentence of a figure without its amounts, the same for many bills; the language is a part of the key only."""
    values = {
        "figure": figure_name(name),
        "limit": measured(measure, value),
        "paid": _PAID,
        "left": _LEFT,
    }
    if measure == Measure.NOTHING:
        text = gettext("%(figure)s: the insurance pays nothing.") % values
    else:
        text = gettext("%(figure)s: the insurance pays %(limit)s, here %(paid)s.") % values
    if not met:
        rest = gettext("%(left)s stays with the patient.") % values
        text = f"{text} {rest}"
    if outside:
        text = f"{text} {_outside(outside)}"
    return _confirmed(text, to_confirm)


def _confirmed(text: str, to_confirm: bool) -> str:
    doubt = gettext("This figure is to be confirmed.")
    return f"{text} {doubt}" if to_confirm else text


def _outside(lines: int) -> str:
    return ngettext(
        "%(lines)d line lies outside these days.", "%(lines)d lines lie outside these days.", lines
    ) % {"lines": lines}


def _franchise(met: bool, figures: F) -> str:
    values = {"amount": _euros(figures["amount"]), "year": f"{figures['year']:04d}"}
    if not figures["listed"]:
        return (
            gettext(
                "No franchise: the hospital is not on the list of hospitals with a franchise for %(year)s."
            )
            % values
        )
    if met:
        return gettext("No franchise is taken off: the insurance pays nothing for this stay.")
    text = (
        gettext(
            "Franchise: for an individual room with a night in a hospital of the list for %(year)s, "
            "%(amount)s is taken off once and stays with the patient."
        )
        % values
    )
    return _confirmed(text, figures["to_confirm"])


def _ceiling(met: bool, figures: F) -> str:
    values = {
        "ceiling": _euros(figures["ceiling"]),
        "year": f"{figures['year']:04d}",
        "used": _euros(figures["used"]),
        "over": _euros(figures["over"]),
    }
    if met:
        return (
            gettext("The ceiling of %(ceiling)s for %(year)s is not passed (%(used)s was used before).")
            % values
        )
    return (
        gettext(
            "The ceiling of %(ceiling)s for %(year)s is passed (%(used)s was used before): "
            "%(over)s beyond it stays with the patient."
        )
        % values
    )


# --- the deposit --------------------------------------------------------------------------------------------


def _deposit_insurance(met: bool, figures: F) -> str:
    if met:
        return gettext("%(tier)s gives a lawful deposit back.") % {"tier": tier(figures["tier"])}
    return gettext(
        "A deposit is given back by Hospitalia, Hospitalia Medium and Hospitalia Plus; here: %(tier)s."
    ) % {"tier": tier(figures["tier"])}


def _belgian_hospital(met: bool, _figures: F) -> str:
    if met:
        return gettext("The deposit was paid to a Belgian hospital.")
    return gettext("A deposit is given back only if it was paid to a Belgian hospital.")


def _deposit_room(met: bool, figures: F) -> str:
    if not met:
        return gettext(
            "For a day hospital a deposit may be asked in an individual room only: none was due here. Ask the hospital for it back."
        )
    if figures["day_hospital"]:
        return gettext("For a day hospital a deposit may be asked in an individual room.")
    return gettext("The hospital may ask a deposit for the room, a new one every seven days.")


def _deposit_maximum(met: bool, figures: F) -> str:
    values = {
        "maximum": _euros(figures["maximum"]),
        "paid": _euros(figures["paid"]),
        "supplement": _euros(figures["supplement"]),
        "category": gettext(_CATEGORIES[figures["category"]]),
    }
    if figures["room"] == "individual":
        limit = (
            gettext(
                "The maximum for seven days is %(maximum)s (%(category)s, with seven times the room supplement of %(supplement)s)."
            )
            % values
        )
    else:
        limit = gettext("The maximum for seven days is %(maximum)s (%(category)s).") % values
    rest = (
        gettext("%(paid)s was paid.")
        if met
        else gettext("%(paid)s was paid: what is above it is to be asked from the hospital.")
    ) % values
    return f"{limit} {rest}"


_CATEGORIES = {
    "ordinary": gettext_noop("ordinary patient"),
    "child": gettext_noop("dependent child"),
    "bim": gettext_noop("higher reimbursement"),
}


def _deposit_admission(met: bool, figures: F) -> str:
    if met:
        return gettext("The admission took place on %(day)s.") % {"day": day(figures["admission"])}
    return gettext("A deposit for a reserved room is given back once the admission has taken place.")


def _yes_no(yes: str, no: str) -> Sentence:
    def sentence(met: bool, _figures: F) -> str:
        return gettext(yes if met else no)

    return sentence


_SENTENCES: dict[str, Callable[[bool, F], str]] = {
    "bill.mandatory": _mandatory,
    "bill.shared_room": _shared_room,
    "bill.agreed_doctor": _agreed_doctor,
    "cover.none": _none,
    "cover.waiting": _waiting,
    "cover.figure_missing": _figure_missing,
    "cover.no_option": _no_option,
    "cover.abroad": _abroad,
    "cover.franchise_unknown": _franchise_unknown,
    **{f"cover.{name}": _of_figure(name) for name in Name if name not in (Name.FRANCHISE, Name.CEILING)},
    "cover.franchise": _franchise,
    "cover.ceiling": _ceiling,
    "deposit.insurance": _deposit_insurance,
    "deposit.belgian_hospital": _belgian_hospital,
    "deposit.room": _deposit_room,
    "deposit.maximum": _deposit_maximum,
    "deposit.admission": _deposit_admission,
    "deposit.receipt": _yes_no(
        gettext_noop("The receipt of the deposit was sent."),
        gettext_noop("The receipt of the deposit is missing."),
    ),
    "deposit.claim_form": _yes_no(
        gettext_noop("The signed claim form was sent."), gettext_noop("The signed claim form is missing.")
    ),
}


class _OfBills(Sentences):
    """Sentences of bills: each has amounts of its own, so that keeping them whole would only cost time."""

    def __init__(self, table: Mapping[str, Sentence]) -> None:
        super().__init__(table)
        self._said = self._sentence  # type: ignore[assignment]


_spoken = _OfBills(_SENTENCES)
message = _spoken.message
messages = _spoken.messages
said = _spoken.said
