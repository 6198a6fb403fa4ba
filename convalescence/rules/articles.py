"""The places of the brochure that the rules rest on, and the house rules that complete them."""

from partenamut.law import Article


def _(text: str) -> str:
    """The same text: the name marks it for the catalogues; messages put it into a language."""
    return text


_BROCHURE = _("Partenamut convalescence brochure")
_STAY = _("financial intervention")
_FIRST_OF_STAY = _("financial intervention, 1st condition")
_SECOND_OF_STAY = _("financial intervention, 2nd condition")
_THIRD_OF_STAY = _("financial intervention, 3rd condition")
_SHORT = _("short stay in a rest home")
_CAREGIVER = _("caregiver")

_DAY_BY_DAY = _("looked at day by day")
_CALENDAR_YEAR = _("a year is a calendar year, each day counts in its own")

AMOUNT_CONVALESCENCE = Article(_BROCHURE, _STAY)
AMOUNT_SHORT_STAY = Article(_BROCHURE, _SHORT)
AMOUNT_CAREGIVER = Article(_BROCHURE, _CAREGIVER)

PRIOR_REQUEST = Article(_BROCHURE, _SECOND_OF_STAY, _("prior means on the day of arrival at the latest"))
MEDICAL_CRITERION = Article(_BROCHURE, _("medical criteria"))
PARTNER_RESIDENCE = Article(_BROCHURE, _THIRD_OF_STAY, _DAY_BY_DAY)
CONTRIBUTIONS = Article(_BROCHURE, _FIRST_OF_STAY, _DAY_BY_DAY)
YEARLY_LIMIT = Article(_BROCHURE, _STAY, _CALENDAR_YEAR)

SHORT_REST_HOME = Article(_BROCHURE, _SHORT)
SHORT_INAMI_APPROVED = Article(_BROCHURE, _SHORT, _DAY_BY_DAY)
SHORT_MAX_DURATION = Article(_BROCHURE, _SHORT, _("three calendar months"))
SHORT_CONTRIBUTIONS = Article(_BROCHURE, _SHORT, _DAY_BY_DAY)
SHORT_YEARLY_LIMIT = Article(_BROCHURE, _SHORT, _CALENDAR_YEAR)
SHORT_INVOICE = Article(_BROCHURE, _SHORT)

CAREGIVER_GRANTED_STAY = Article(_BROCHURE, _CAREGIVER)
CAREGIVER_RECOGNISED = Article(_BROCHURE, _CAREGIVER, _DAY_BY_DAY)
CAREGIVER_CONTRIBUTIONS = Article(_BROCHURE, _CAREGIVER, _DAY_BY_DAY)
CAREGIVER_WITHIN_STAY = Article(_BROCHURE, _CAREGIVER)
CAREGIVER_STAY_LIMIT = Article(_BROCHURE, _CAREGIVER)

PAID_ONCE = Article(
    "", "", _("a day of a person is paid under one benefit only; the one granted first keeps it")
)
