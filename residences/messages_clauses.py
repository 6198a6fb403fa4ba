"""What a special clause may not say, in sentences that name the rule and quote the words found."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from partenamut.sentences import Sentence, gettext

#: code -> the sentence; every one quotes the words.
TEXTS = {
    "clause.deposit": gettext_noop(
        "“%(words)s” asks money beforehand: no deposit is asked from the resident (art. 7)."
    ),
    "clause.guarantee": gettext_noop(
        "“%(words)s” asks a guarantee: none is asked from the resident (art. 8). People who stand surety are named in "
        "article 13."
    ),
    "clause.custody": gettext_noop(
        "“%(words)s” has the home keep or manage money or goods of a resident: it refuses that (art. 9)."
    ),
    "clause.penalty": gettext_noop(
        "“%(words)s” asks a fixed penalty: what is late bears interest at no more than the legal rate, and nothing else "
        "(art. 6)."
    ),
    "clause.interest": gettext_noop(
        "“%(words)s” fixes a rate: interest is at most the legal rate of the year, which changes (art. 6). Write “at most "
        "the legal rate”."
    ),
    "clause.formal_notice": gettext_noop(
        "“%(words)s” leaves the formal notice out: interest is owed only after one (art. 6)."
    ),
    "clause.notice_resident": gettext_noop(
        "“%(words)s” lengthens the resident's notice: it is of at most 15 days, and of 7 in the trial or a short stay "
        "(art. 10)."
    ),
    "clause.notice_manager": gettext_noop(
        "“%(words)s” shortens the manager's notice: it is of at least 3 months, of 1 month where safety or community life "
        "suffers, and of 7 days in the trial or a short stay (art. 10)."
    ),
    "clause.notice_left_out": gettext_noop(
        "“%(words)s” lets the manager end the convention without notice: a notice is always given (art. 10)."
    ),
    "clause.trial": gettext_noop("“%(words)s” changes the trial: it is the first 30 days (art. 10)."),
    "clause.oral_notice": gettext_noop(
        "“%(words)s” lets notice be given by word of mouth: it is in writing, by registered letter or with an "
        "acknowledgement of receipt (art. 10)."
    ),
    "clause.no_reasons": gettext_noop(
        "“%(words)s” frees the manager's notice of its reasons: without them it counts as not given (art. 10)."
    ),
    "clause.automatic_end": gettext_noop(
        "“%(words)s” ends the convention by itself: it ends by a notice, or by the day of a short stay (art. 10)."
    ),
    "clause.indemnity": gettext_noop(
        "“%(words)s” asks more of a resident who leaves than the price for the notice, 15 days at most (art. 10)."
    ),
    "clause.room_cleared": gettext_noop(
        "“%(words)s” fixes for how long the price is due after a death: it is due until the room is cleared (art. 10)."
    ),
    "clause.payment_term": gettext_noop(
        "“%(words)s” shortens the time to pay: it is 8 days from the receipt (art. 6)."
    ),
    "clause.dispute_term": gettext_noop(
        "“%(words)s” shortens the time to contest an invoice: it is one month from the receipt (art. 6)."
    ),
    "clause.price_rise": gettext_noop(
        "“%(words)s” frees the price of its limits: in a year it rises by at most 5 points above the index, notified "
        "beforehand (art. 4 §1)."
    ),
    "clause.price_notified": gettext_noop(
        "“%(words)s” brings a rise forward: it is in force on the 30th day after its notification (art. 4 §1)."
    ),
    "clause.included": gettext_noop(
        "“%(words)s” charges what the price includes already: %(element)s (art. 4 §2)."
    ),
    "clause.compulsory_supplement": gettext_noop(
        "“%(words)s” imposes a supplement: only what the resident chose freely is charged (art. 4 §4)."
    ),
    "clause.other_supplement": gettext_noop(
        "“%(words)s” charges what the convention does not name: such a supplement is not charged (art. 4 §4)."
    ),
    "clause.pharmacist": gettext_noop("“%(words)s” takes away the free choice of a pharmacist (art. 4 §2)."),
    "clause.advance": gettext_noop(
        "“%(words)s” adds to an advance: it is paid back at its exact amount (art. 4 §5)."
    ),
    "clause.absence": gettext_noop(
        "“%(words)s” changes the price during an absence: the whole price remains due (art. 5)."
    ),
    "clause.room_change": gettext_noop(
        "“%(words)s” changes the room without the resident: a room is changed only with consent (art. 3)."
    ),
    "clause.text_change": gettext_noop(
        "“%(words)s” changes the convention without an amendment: every change is dated and signed by both sides (art. 1)."
    ),
    "clause.courts": gettext_noop("“%(words)s” takes away the way to the competent courts (art. 11)."),
    "clause.liability": gettext_noop(
        "“%(words)s” frees the home of its liability: a judge of the competent courts decides on it (art. 11)."
    ),
}

#: code -> the name of the rule.
NAMES = {
    "clause.deposit": gettext_noop("No deposit"),
    "clause.guarantee": gettext_noop("No guarantee"),
    "clause.custody": gettext_noop("No keeping of goods and valuables"),
    "clause.penalty": gettext_noop("No fixed penalty"),
    "clause.interest": gettext_noop("Interest at most at the legal rate"),
    "clause.formal_notice": gettext_noop("Interest after a formal notice"),
    "clause.notice_resident": gettext_noop("Length of the resident's notice"),
    "clause.notice_manager": gettext_noop("Length of the manager's notice"),
    "clause.notice_left_out": gettext_noop("Notice given"),
    "clause.trial": gettext_noop("Length of the trial"),
    "clause.oral_notice": gettext_noop("In writing"),
    "clause.no_reasons": gettext_noop("Reasons given"),
    "clause.automatic_end": gettext_noop("End of the convention"),
    "clause.indemnity": gettext_noop("Indemnity for the notice"),
    "clause.room_cleared": gettext_noop("Price until the room is cleared"),
    "clause.payment_term": gettext_noop("Payment"),
    "clause.dispute_term": gettext_noop("Dispute"),
    "clause.price_rise": gettext_noop("Limit of the calendar year"),
    "clause.price_notified": gettext_noop("Notification"),
    "clause.included": gettext_noop("Included in the price"),
    "clause.compulsory_supplement": gettext_noop("Supplements freely chosen"),
    "clause.other_supplement": gettext_noop("Supplements of the convention"),
    "clause.pharmacist": gettext_noop("Free choice of a pharmacist"),
    "clause.advance": gettext_noop("Advances at their exact amount"),
    "clause.absence": gettext_noop("Price during an absence"),
    "clause.room_change": gettext_noop("Consent to a change of room"),
    "clause.text_change": gettext_noop("Changes by an amendment"),
    "clause.courts": gettext_noop("Competent courts"),
    "clause.liability": gettext_noop("Liability of the home"),
}


def _said(text: str, _met: bool, figures: dict[str, Any]) -> str:
    shown = {**figures, "element": gettext(figures["element"])} if "element" in figures else figures
    return gettext(text) % shown


SENTENCES: Mapping[str, Sentence] = {code: partial(_said, text) for code, text in TEXTS.items()}
