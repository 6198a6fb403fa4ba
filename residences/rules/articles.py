"""The articles of the rest-home convention that the rules rest on, and the house rules that complete them."""

from partenamut.law import Article


def _(text: str) -> str:
    """The same text: the name marks it for the catalogues; messages put it into a language."""
    return text


CONVENTION = _("Convention of the rest home")

LEGAL_FRAME = Article(CONVENTION, "art. 1")
STAY = Article(CONVENTION, "art. 2")
ROOM = Article(CONVENTION, "art. 3")
PRICE_LIMIT = Article(CONVENTION, "art. 4 §1", _("all rises of a calendar year are taken together"))
PRICE_NOTIFIED = Article(CONVENTION, "art. 4 §1")
PRICE_KEPT = Article(CONVENTION, "art. 4 §1")
FIRST_MONTH = Article(CONVENTION, "art. 4 §1", _("counted day by day, the day of entry included"))
INCLUDED = Article(CONVENTION, "art. 4 §2")
DISCOUNT = Article(CONVENTION, "art. 4 §3", _("taken off the accommodation before the rebate"))
SUPPLEMENT = Article(CONVENTION, "art. 4 §3 and §4")
ADVANCE = Article(CONVENTION, "art. 4 §5")
NOT_INSURED = Article(CONVENTION, "art. 4 §6")
REBATE = Article(CONVENTION, "art. 4 §7")
ABSENCE = Article(CONVENTION, "art. 5")
ACCOUNT = Article(CONVENTION, "art. 6")
IN_ADVANCE = Article(CONVENTION, "art. 6")
PRICE_DUE = Article(CONVENTION, "art. 4 §1")
CAUGHT_UP = Article(
    CONVENTION, "art. 6", _("days that are due and were never invoiced stand on the next invoice")
)
GIVEN_BACK = Article(
    CONVENTION,
    "art. 6",
    _("days invoiced and not due are taken off at the price and discount they were charged at"),
)
INAMI = Article(CONVENTION, "art. 6")
DEBTORS = Article("", "", _("the shares of the debtors make 100 percent together"))
INTEREST_RATE = Article(CONVENTION, "art. 6", _("the rate of each calendar year, never a guess"))
PAYMENT_TERM = Article(CONVENTION, "art. 6")
DISPUTE_TERM = Article(CONVENTION, "art. 6")
INTEREST = Article(CONVENTION, "art. 6", _("by the days from the due day to the payment, 365 in a year"))
NO_DEPOSIT = Article(CONVENTION, "art. 7")
NO_GUARANTEE = Article(CONVENTION, "art. 8")
NO_CUSTODY = Article(CONVENTION, "art. 9")
TRIAL = Article(
    CONVENTION, "art. 10", _("the day of entry is day 1; a notice sent before it counts as in the trial")
)
NOTICE_LENGTH = Article(CONVENTION, "art. 10")
SHORT_STAY_NOTICE = Article(CONVENTION, "art. 10")
REASONS = Article(CONVENTION, "art. 10")
MANAGER_NOTICE_RUNS = Article(CONVENTION, "art. 10")
INDEMNITY = Article(CONVENTION, "art. 10")
IN_WRITING = Article(CONVENTION, "art. 10")
NOTICE_START = Article(
    CONVENTION, "art. 10", _("it runs from the day after two working days, or from a later day that it names")
)
ROOM_CLEARED = Article(CONVENTION, "art. 10")
COURTS = Article(CONVENTION, "art. 11")
SPECIAL_CLAUSES = Article(CONVENTION, "art. 12")
GUARANTORS = Article(CONVENTION, "art. 13")
