"""Where the rules of a stay in hospital are written: the guide, other pages that are to be confirmed, house rules."""

from partenamut.law import Article


def _(text: str) -> str:
    """The same text: the name marks it for the catalogues; messages put it into a language."""
    return text


GUIDE = _("Guide on a stay in hospital")
#: The same insurance sold by the sister mutuality; what they say of ours is to be confirmed.
PUBLIC_PAGES = _("Public pages of the insurance")
SECONDARY_PAGES = _("Secondary pages")

STAY_COSTS = Article(GUIDE, _("costs of the stay"))
CARE_COSTS = Article(GUIDE, _("costs of care"))
AGREED_DOCTOR = Article(GUIDE, _("costs of care"), _("a doctor who has agreed to the tariffs charges none"))
PHARMACY_COSTS = Article(GUIDE, _("costs of pharmacy"))
SUNDRY_COSTS = Article(GUIDE, _("sundry costs"))
LABEL_LOST = Article(GUIDE, _("sundry costs"), _("which costs the line is about is to be confirmed"))
BASIC_COVER = Article(GUIDE, _("refund with the basic cover"))
HOSPITALIA = Article(GUIDE, "Hospitalia")
PLUS = Article(GUIDE, "Hospitalia Plus")
#: The guide's tables set the supplement itself against the tariff, its running text the whole fee.
PLUS_FEES = Article(
    GUIDE, "Hospitalia Plus", _("the percentage is that of the supplement itself, on top of the tariff")
)
HOSPITALIA_FEES = Article(
    GUIDE, "Hospitalia", _("the percentage is that of the supplement itself, on top of the tariff")
)
FRANCHISE_LIST = Article(
    GUIDE, "Hospitalia Plus", _("taken off once from what the insurance pays for a stay")
)
SERIOUS_ILLNESS = Article(GUIDE, _("serious-illness option"))
DEPOSIT = Article(GUIDE, _("deposit"))
DEPOSIT_AMOUNTS = Article(GUIDE, _("deposit"), _("which category each amount is for is to be confirmed"))
CLAIM = Article(GUIDE, _("how to claim"))
BILL_TERM = Article(GUIDE, _("how to claim"))

ON_PUBLIC_PAGES = Article(PUBLIC_PAGES, "")
WAITING_POLICY = Article("", "", _("a waiting insurance pays nothing while it waits (to be confirmed)"))
NO_SOURCE = Article("", "", _("no source gives the figure: it is not guessed"))
YEAR_OF_ADMISSION = Article(GUIDE, "Hospitalia", _("the calendar year is that of the admission"))
OUTSIDE_DAYS = Article("", "", _("care before and after counts within the days of the insurance"))
COMFORT = Article(GUIDE, _("sundry costs"))
ASSUMED = Article("", "", _("an assumption of the portal, to be replaced by what you know"))
