"""The places of the brochure that the rules rest on, and the house rules that complete them."""

from partenamut.law import Article

_BROCHURE = "Partenamut convalescence brochure"
_STAY = "financial intervention"
_SHORT = "short stay in a rest home"
_CAREGIVER = "caregiver"

AMOUNT_CONVALESCENCE = Article(_BROCHURE, _STAY)
AMOUNT_SHORT_STAY = Article(_BROCHURE, _SHORT)
AMOUNT_CAREGIVER = Article(_BROCHURE, _CAREGIVER)

PRIOR_REQUEST = Article(
    _BROCHURE, f"{_STAY}, 2nd condition", "prior means on the day of arrival at the latest"
)
MEDICAL_CRITERION = Article(_BROCHURE, "medical criteria")
PARTNER_RESIDENCE = Article(_BROCHURE, f"{_STAY}, 3rd condition", "looked at day by day")
CONTRIBUTIONS = Article(_BROCHURE, f"{_STAY}, 1st condition", "looked at day by day")
YEARLY_LIMIT = Article(_BROCHURE, _STAY, "a year is a calendar year, each day counts in its own")

SHORT_REST_HOME = Article(_BROCHURE, _SHORT)
SHORT_INAMI_APPROVED = Article(_BROCHURE, _SHORT, "looked at day by day")
SHORT_MAX_DURATION = Article(_BROCHURE, _SHORT, "three calendar months")
SHORT_CONTRIBUTIONS = Article(_BROCHURE, _SHORT, "looked at day by day")
SHORT_YEARLY_LIMIT = Article(_BROCHURE, _SHORT, "a year is a calendar year, each day counts in its own")
SHORT_INVOICE = Article(_BROCHURE, _SHORT)

CAREGIVER_GRANTED_STAY = Article(_BROCHURE, _CAREGIVER)
CAREGIVER_RECOGNISED = Article(_BROCHURE, _CAREGIVER, "looked at day by day")
CAREGIVER_CONTRIBUTIONS = Article(_BROCHURE, _CAREGIVER, "looked at day by day")
CAREGIVER_WITHIN_STAY = Article(_BROCHURE, _CAREGIVER)
CAREGIVER_STAY_LIMIT = Article(_BROCHURE, _CAREGIVER)

PAID_ONCE = Article(
    "", "", "a day of a person is paid under one benefit only; the one granted first keeps it"
)
