"""Reason code -> full sentence with its figures, in the active language; also the words of outcomes and remedies."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop, pgettext

from partenamut.documents.formats import SIGNS, euro
from partenamut.law import Remedy
from partenamut.sentences import Sentence, Sentences, day, gettext, language_of_now, ngettext, source
from residences import messages_clauses

F = dict[str, Any]

__all__ = ["condition", "day", "figure", "message", "messages", "outcome", "remedy", "said", "source"]


def outcome(code: str) -> str:
    """The words for an outcome in the active language."""
    return {
        "allowed": pgettext("outcome", "allowed"),
        "refused": pgettext("outcome", "refused"),
        "valid": pgettext("outcome", "valid"),
        "void": pgettext("outcome", "void"),
        "not_needed": pgettext("outcome", "no notice needed"),
        "issued": pgettext("outcome", "issued"),
    }[code]


def condition(code: str) -> str:
    """The name of a rule in the active language."""
    return gettext(_CONDITIONS[code])


def remedy(change: Remedy) -> str:
    """What can be changed, in a sentence of the active language."""
    if change.field.startswith("advances.") and change.field.endswith(".document"):
        return gettext("Add the document of the advance.")
    return _REMEDIES[change.field](change.value)


def figure(number: Decimal | str) -> str:
    """A plain number as the language being spoken writes it, without trailing zeros: 3,2."""
    text = format(Decimal(number), "f")
    whole, point, part = text.partition(".")
    part = part.rstrip("0") if point else ""
    return f"{whole}{SIGNS[language_of_now()][1]}{part}" if part else whole


def _euros(amount: object) -> str:
    """An amount as it is written in the language being spoken; a stored reason keeps it as text."""
    return euro(str(amount), language_of_now())


# --- price --------------------------------------------------------------------------------------------------


def _yearly_limit(met: bool, figures: F) -> str:
    values = {
        "new": _euros(figures["new"]),
        "maximum": _euros(figures["maximum"]),
        "before": _euros(figures["before"]),
        "then": figure(figures["index_then"]),
        "now": figure(figures["index_now"]),
        "rise": figure(figures["index_rise"]),
    }
    if met:
        return (
            gettext(
                "The new price of %(new)s a day is within the limit of %(maximum)s: %(before)s before the first "
                "rise of the year, with the change of the index from %(then)s to %(now)s (%(rise)s %%) and 5 "
                "points more."
            )
            % values
        )
    return (
        gettext(
            "The new price of %(new)s a day is above the limit of %(maximum)s: %(before)s before the first rise "
            "of the year, with the change of the index from %(then)s to %(now)s (%(rise)s %%) and 5 points more."
        )
        % values
    )


def _notification(_met: bool, figures: F) -> str:
    return gettext(
        "Notified on %(notified)s to the residents or their families and to the administration, "
        "the price is in force from the 30th day after, %(from)s."
    ) % {"notified": day(figures["notified_on"]), "from": day(figures["in_force_from"])}


# --- notice -------------------------------------------------------------------------------------------------


def _cause(met: bool, figures: F) -> str:
    if not met:
        return gettext("The stay does not end by a death or for medical reasons.")
    cleared = figures["cleared_on"]
    if figures["cause"] == "death":
        said = gettext("The resident died: no notice is needed.")
    else:
        said = gettext("The resident leaves for medical reasons: no notice is needed.")
    if cleared is None:
        unknown = gettext("The price is due until the room is cleared; that day is not known yet.")
        return f"{said} {unknown}"
    until = gettext("The price is due until the room is cleared, on %(day)s.") % {"day": day(cleared)}
    return f"{said} {until}"


def _manager_notice(met: bool, figures: F) -> str:
    if not met:
        return gettext("No notice of the manager is running.")
    if figures["left_on"] is None:
        return gettext("The manager's notice is running: a resident who leaves during it owes no notice.")
    return gettext("The resident leaves on %(day)s, during the manager's notice: no notice is owed.") % {
        "day": day(figures["left_on"])
    }


def _written(met: bool, figures: F) -> str:
    if not met:
        return gettext(
            "The notice was given by word of mouth: it must be in writing, by registered letter or with an "
            "acknowledgement of receipt."
        )
    if figures["channel"] == "registered":
        return gettext("The notice was sent by registered letter.")
    return gettext("The notice was handed over with an acknowledgement of receipt.")


def _reasons(met: bool, _figures: F) -> str:
    if met:
        return gettext("The manager's notice gives its reasons.")
    return gettext("The manager's notice gives no reasons: it counts as not given.")


def _length(_met: bool, figures: F) -> str:
    case = figures["case"]
    if case == "short":
        return gettext("For a short stay the notice is of %(days)d days, whoever gives it.") % figures
    if case == "trial":
        return gettext(
            "The notice was sent in the trial, which lasts until %(until)s: it is of %(days)d days."
        ) % {"until": day(figures["trial_until"]), "days": figures["days"]}
    if case == "resident":
        return gettext("After the trial the resident's notice is of %(days)d days.") % figures
    values = {"months": figures["months"]}
    if case == "breach":
        return (
            ngettext(
                "The resident broke safety rules or the needs of community life: the manager's notice is of "
                "%(months)d month.",
                "The resident broke safety rules or the needs of community life: the manager's notice is of "
                "%(months)d months.",
                figures["months"],
            )
            % values
        )
    return (
        ngettext(
            "After the trial the manager's notice is of %(months)d month.",
            "After the trial the manager's notice is of %(months)d months.",
            figures["months"],
        )
        % values
    )


def _start(_met: bool, figures: F) -> str:
    values = {
        "sent": day(figures["sent_on"]),
        "first": day(figures["first"]),
        "last": day(figures["last"]),
        "days": figures["days"],
        "earliest": day(figures["earliest"]),
    }
    named, earliest = figures["named"] or figures["earliest"], figures["earliest"]
    if named > earliest:
        return (
            ngettext(
                "Sent on %(sent)s, it could run from %(earliest)s and names a later day: it runs from %(first)s to "
                "%(last)s, %(days)d day.",
                "Sent on %(sent)s, it could run from %(earliest)s and names a later day: it runs from %(first)s to "
                "%(last)s, %(days)d days.",
                figures["days"],
            )
            % values
        )
    if named < earliest:
        values["named"] = day(named)
        return (
            ngettext(
                "Sent on %(sent)s, it names %(named)s, which is too soon: it runs after two working days, from "
                "%(first)s to %(last)s, %(days)d day.",
                "Sent on %(sent)s, it names %(named)s, which is too soon: it runs after two working days, from "
                "%(first)s to %(last)s, %(days)d days.",
                figures["days"],
            )
            % values
        )
    return (
        ngettext(
            "Sent on %(sent)s, it runs after two working days, from %(first)s to %(last)s: %(days)d day.",
            "Sent on %(sent)s, it runs after two working days, from %(first)s to %(last)s: %(days)d days.",
            figures["days"],
        )
        % values
    )


def _observed(met: bool, figures: F) -> str:
    values = {
        "left": day(figures["left_on"]),
        "days": figures["days"],
        "price": _euros(figures["price"]),
        "owed": _euros(figures["owed"]),
    }
    if met:
        return gettext("The resident left on %(left)s, the notice observed: no indemnity is owed.") % values
    return (
        ngettext(
            "The resident left on %(left)s without observing the notice: %(days)d day at %(price)s is owed, "
            "%(owed)s, without supplements.",
            "The resident left on %(left)s without observing the notice: %(days)d days at %(price)s are owed, "
            "%(owed)s, without supplements.",
            figures["days"],
        )
        % values
    )


# --- invoice ------------------------------------------------------------------------------------------------


def _first_month(_met: bool, figures: F) -> str:
    return ngettext(
        "The first invoice also has this month from the entry on %(entry)s: %(days)d day.",
        "The first invoice also has this month from the entry on %(entry)s: %(days)d days.",
        figures["days"],
    ) % {"entry": day(figures["entry"]), "days": figures["days"]}


def _in_advance(_met: bool, figures: F) -> str:
    month = figures["month"]
    values = {
        "days": figures["days"],
        "month": f"{month.month:02d}/{month.year}",
        "price": _euros(figures["price"]),
    }
    return (
        ngettext(
            "Accommodation is paid in advance: %(days)d day of %(month)s at %(price)s.",
            "Accommodation is paid in advance: %(days)d days of %(month)s at %(price)s.",
            figures["days"],
        )
        % values
    )


def _discount(_met: bool, figures: F) -> str:
    return gettext("A discount of %(percent)s %% is taken off the accommodation.") % {
        "percent": figure(figures["percent"])
    }


def _rebate(_met: bool, figures: F) -> str:
    return ngettext(
        "%(amount)s is taken off for the %(days)d day on which an insurer intervened.",
        "%(amount)s is taken off for each of the %(days)d days on which an insurer intervened.",
        figures["days"],
    ) % {"amount": _euros(figures["amount"]), "days": figures["days"]}


def _supplement(met: bool, figures: F) -> str:
    if met and not figures["count"]:
        return gettext("No supplement is charged.")
    if met:
        return gettext("Every supplement stands in the convention.")
    return gettext("These are not in the convention and cannot be charged: %(labels)s.") % {
        "labels": ", ".join(figures["labels"])
    }


def _advance(met: bool, figures: F) -> str:
    if met and not figures["count"]:
        return gettext("No advance is charged.")
    if met:
        return gettext("Every advance is charged at its exact amount, with its document.")
    return gettext("These advances have no document and cannot be charged: %(labels)s.") % {
        "labels": ", ".join(figures["labels"])
    }


def _formal_notice(met: bool, figures: F) -> str:
    values = {
        "amount": _euros(figures["amount"]),
        "due": day(figures["due"]),
        "paid": day(figures["paid"]),
        "days": figures["days"],
        "percent": figure(figures["percent"]),
        "interest": _euros(figures["interest"]),
    }
    if not met:
        return (
            gettext(
                "%(amount)s due on %(due)s was paid on %(paid)s; without a formal notice no interest is owed."
            )
            % values
        )
    if not figures["days"]:
        return (
            gettext("%(amount)s due on %(due)s was paid on %(paid)s, in time: no interest is owed.") % values
        )
    return (
        ngettext(
            "%(amount)s due on %(due)s was paid on %(paid)s, %(days)d day late, after a formal notice: "
            "%(interest)s of interest at %(percent)s %% a year.",
            "%(amount)s due on %(due)s was paid on %(paid)s, %(days)d days late, after a formal notice: "
            "%(interest)s of interest at %(percent)s %% a year.",
            figures["days"],
        )
        % values
    )


def _caught_up(_met: bool, figures: F) -> str:
    month = figures["month"]
    values = {
        "days": figures["days"],
        "month": f"{month.month:02d}/{month.year}",
        "price": _euros(figures["price"]),
    }
    return (
        ngettext(
            "%(days)d day of %(month)s was due and not invoiced yet: it is charged now at %(price)s.",
            "%(days)d days of %(month)s were due and not invoiced yet: they are charged now at %(price)s.",
            figures["days"],
        )
        % values
    )


def _given_back(_met: bool, figures: F) -> str:
    values = {
        "days": figures["days"],
        "first": day(figures["first"]),
        "last": day(figures["last"]),
        "price": _euros(figures["price"]),
        "percent": figure(figures["percent"]),
    }
    if not Decimal(figures["percent"]):
        return (
            ngettext(
                "%(days)d day from %(first)s to %(last)s was invoiced at %(price)s and is not due: it is taken off.",
                "%(days)d days from %(first)s to %(last)s were invoiced at %(price)s and are not due: they are "
                "taken off.",
                figures["days"],
            )
            % values
        )
    return (
        ngettext(
            "%(days)d day from %(first)s to %(last)s was invoiced at %(price)s less %(percent)s %% and is not due: "
            "it is taken off in the same way.",
            "%(days)d days from %(first)s to %(last)s were invoiced at %(price)s less %(percent)s %% and are not "
            "due: they are taken off in the same way.",
            figures["days"],
        )
        % values
    )


def _rebated_too_much(_met: bool, figures: F) -> str:
    return (
        ngettext(
            "No insurer intervened on %(days)d day that was rebated before: that rebate is taken back.",
            "No insurer intervened on %(days)d days that were rebated before: that rebate is taken back.",
            figures["days"],
        )
        % figures
    )


def _absence(_met: bool, figures: F) -> str:
    values = {"first": day(figures["first"]), "last": day(figures["last"]) if figures["last"] else ""}
    if figures["last"]:
        said = gettext("Absent from %(first)s to %(last)s: the whole price stays due.") % values
    else:
        said = gettext("Absent since %(first)s: the whole price stays due.") % values
    parts = [said]
    if figures["announced_late"]:
        parts.append(gettext("The absence was not announced beforehand."))
    if not figures["insurer_pays"]:
        parts.append(gettext("The insurer does not intervene on these days: they are not rebated."))
    return " ".join(parts)


def _inami(_met: bool, figures: F) -> str:
    return ngettext(
        "INAMI intervened with %(amount)s for %(days)d day; the home received it directly.",
        "INAMI intervened with %(amount)s for %(days)d days; the home received it directly.",
        figures["days"],
    ) % {"amount": _euros(figures["amount"]), "days": figures["days"]}


def _care(_met: bool, figures: F) -> str:
    return gettext(
        "The resident is not sufficiently insured: care of %(amount)s is charged, at most what INAMI would have paid."
    ) % {"amount": _euros(figures["amount"])}


def _indemnity_due(_met: bool, figures: F) -> str:
    return gettext("The notice was not observed: %(owed)s is owed in its place, without supplements.") % {
        "owed": _euros(figures["owed"])
    }


def _price(_met: bool, figures: F) -> str:
    return gettext("No price is agreed for %(day)s: enter the price of the convention, then check again.") % {
        "day": day(figures["day"])
    }


def _debtors(_met: bool, figures: F) -> str:
    return gettext(
        "The shares of the debtors make %(percent)s %% together: correct them, then check again."
    ) % {"percent": figure(figures["percent"])}


def _interest_rate(_met: bool, figures: F) -> str:
    return gettext(
        "The legal rate of interest of %(year)s is not known: ask the mutuality's administrator to enter it."
    ) % {"year": figures["year"]}


def _error(_met: bool, _figures: F) -> str:
    return gettext(
        "The invoice could not be written: a record of this account is damaged. Tell the mutuality's administrator."
    )


def _payment_term(_met: bool, figures: F) -> str:
    return gettext("Received on %(received)s, the invoice is to be paid by %(due)s: within 8 days.") % {
        "received": day(figures["received_on"]),
        "due": day(figures["due_on"]),
    }


def _dispute_term(_met: bool, figures: F) -> str:
    return gettext("It can be disputed until %(until)s: within one month of its receipt.") % {
        "until": day(figures["until"])
    }


_SENTENCES: dict[str, Sentence] = {
    "price.yearly_limit": _yearly_limit,
    "price.notification": _notification,
    "notice.cause": _cause,
    "notice.manager_notice_running": _manager_notice,
    "notice.written": _written,
    "notice.reasons": _reasons,
    "notice.length": _length,
    "notice.start": _start,
    "notice.observed": _observed,
    "invoice.first_month": _first_month,
    "invoice.in_advance": _in_advance,
    "invoice.discount": _discount,
    "invoice.rebate": _rebate,
    "invoice.supplement": _supplement,
    "invoice.advance": _advance,
    "invoice.formal_notice": _formal_notice,
    "invoice.caught_up": _caught_up,
    "invoice.given_back": _given_back,
    "invoice.rebated_too_much": _rebated_too_much,
    "invoice.absence": _absence,
    "invoice.inami": _inami,
    "invoice.care": _care,
    "invoice.indemnity": _indemnity_due,
    "invoice.price": _price,
    "invoice.debtors": _debtors,
    "invoice.interest_rate": _interest_rate,
    "invoice.error": _error,
    "invoice.payment_term": _payment_term,
    "invoice.dispute_term": _dispute_term,
}

_said = Sentences({**_SENTENCES, **messages_clauses.SENTENCES})
message, messages, said = _said.message, _said.messages, _said.said

_REMEDIES: Mapping[str, Callable[[Any], str]] = {
    "new_price": lambda value: gettext("Ask at most %(maximum)s a day.") % {"maximum": _euros(value)},
    "channel": lambda value: (
        gettext("Send the notice by registered letter.")
        if value == "registered"
        else gettext("Hand the notice over with an acknowledgement of receipt.")
    ),
    "reason_given": lambda _value: gettext("Give the reasons of the notice."),
    "supplements": lambda _value: gettext("Leave out the supplements that the convention does not have."),
    "advances": lambda _value: gettext("Leave out the advances without a document."),
}

_CONDITIONS = {
    "price.yearly_limit": gettext_noop("Limit of the calendar year"),
    "price.notification": gettext_noop("Notification"),
    "notice.cause": gettext_noop("Death or medical reasons"),
    "notice.manager_notice_running": gettext_noop("Notice of the manager running"),
    "notice.written": gettext_noop("In writing"),
    "notice.reasons": gettext_noop("Reasons given"),
    "notice.length": gettext_noop("Length of the notice"),
    "notice.start": gettext_noop("Days of the notice"),
    "notice.observed": gettext_noop("Notice observed"),
    "invoice.first_month": gettext_noop("First month by days"),
    "invoice.in_advance": gettext_noop("Accommodation in advance"),
    "invoice.discount": gettext_noop("Discount"),
    "invoice.rebate": gettext_noop("Rebate for insured days"),
    "invoice.supplement": gettext_noop("Supplements of the convention"),
    "invoice.advance": gettext_noop("Advances with a document"),
    "invoice.formal_notice": gettext_noop("Interest after a formal notice"),
    "invoice.caught_up": gettext_noop("Days not invoiced yet"),
    "invoice.given_back": gettext_noop("Days invoiced and not due"),
    "invoice.rebated_too_much": gettext_noop("Rebate taken back"),
    "invoice.absence": gettext_noop("Absence"),
    "invoice.inami": gettext_noop("INAMI's intervention"),
    "invoice.care": gettext_noop("Care of a resident not sufficiently insured"),
    "invoice.indemnity": gettext_noop("Indemnity in place of notice"),
    "invoice.price": gettext_noop("Price agreed"),
    "invoice.debtors": gettext_noop("Shares of the debtors"),
    "invoice.interest_rate": gettext_noop("Legal rate of interest"),
    "invoice.error": gettext_noop("Damaged record"),
    "invoice.payment_term": gettext_noop("Payment"),
    "invoice.dispute_term": gettext_noop("Dispute"),
    **messages_clauses.NAMES,
}
