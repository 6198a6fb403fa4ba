"""The articles of the convention that the rules rest on, and the house rules that complete them."""

from partenamut.law import Article


def _(text: str) -> str:
    """The same text: the name marks it for the catalogues; messages put it into a language."""
    return text


_CONVENTION = _("Protocol 3 transition convention 2023-2024")

CONVENTION = Article(_CONVENTION, "art. 31 §1")
AGE = Article(_CONVENTION, "art. 5, 1")
UNDER_60_SHARE = Article(_CONVENTION, "art. 5, 1", _("the share counts this person among those included"))
CASE_MANAGEMENT = Article(_CONVENTION, "art. 5, 2.1")
OCCUPATIONAL_THERAPY = Article(_CONVENTION, "art. 5, 2.2")
PSYCHOLOGICAL_SUPPORT = Article(_CONVENTION, "art. 5, 2.3")
CAREGIVER_GROUP = Article(_CONVENTION, "art. 5, 2.4")
NIGHT_VISIT = Article(_CONVENTION, "art. 5, 2.5")
CARE_EDUCATION = Article(_CONVENTION, "art. 5, 2.6")
INITIAL_MODULE = Article(_CONVENTION, "art. 8")

FAMILY = Article(_CONVENTION, "art. 5, 2")
INITIAL_ONCE = Article(_CONVENTION, "art. 12 §1")
SESSION = Article(_CONVENTION, "art. 9", _("all sessions of one family on a day have 4 units together"))
GROUP = Article(_CONVENTION, "art. 9")
SUPPORT = Article(_CONVENTION, "art. 10")
ALTERNATIVE = Article(_CONVENTION, "art. 16bis")
REMOTE = Article(_CONVENTION, "art. 9")
HOSPITAL = Article(
    _CONVENTION,
    "art. 26 §2, 3",
    _("on a day in hospital only the hospital sessions are billable, on any other day they are not"),
)
CUMULATION = Article(_CONVENTION, "art. 26")
PERIOD = Article(
    _CONVENTION, "art. 11", _("the day of death or of entry in the rest home still belongs to the period")
)
CLOSING = Article(_CONVENTION, "art. 12 §4")
SERIES = Article(_CONVENTION, "art. 12 §2 and §3", _("a service is billable whole or not at all"))
GROUP_SHARE = Article(
    _CONVENTION, "art. 12 §2 and §3", _("group units beyond the maximum do not go to the second series")
)
SESSIONS_SHARE = Article(
    _CONVENTION, "art. 12 §2", _("a support that makes the share impossible to reach is refused")
)
SUPPORT_LOG = Article(_CONVENTION, "art. 10", _("the logged minutes of the day cover the billed units"))
ALTERNATIVE_LIMIT = Article(_CONVENTION, "art. 16bis, table 3")
RATE = Article(_CONVENTION, "art. 22")
PSEUDOCODE = Article(_CONVENTION, "art. 22, table 5")
SECOND_SERIES_QUOTA = Article(_CONVENTION, "art. 12 §3")
ALTERNATIVES_MAXIMUM = Article(
    _CONVENTION, "art. 2, 1 c", _("services are billed by date until the amount of the year is reached")
)
ALLOWANCE = Article(_CONVENTION, "art. 23")
INSURER = Article(_CONVENTION, "art. 24", _("each day is billed to the insurer of that day"))
MONTHLY_BILLING = Article(_CONVENTION, "art. 24")
