"""Words of special clauses in French, Dutch, German and English, as patterns over text without accents or capitals."""

import re
from fractions import Fraction

from msgspec import Struct

Pattern = re.Pattern[str]


def words(listed: str) -> Pattern:
    """A pattern that finds any of the words listed; two spaces or a new line stand between them."""
    return re.compile(rf"\b(?:{'|'.join(_listed(listed))})(?!\w)")


def either(*patterns: Pattern) -> Pattern:
    """A pattern that finds what any of the patterns finds."""
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns))


def _listed(text: str) -> list[str]:
    return [part for part in re.split(r"\s{2,}|\n", text) if part]


# --- the parties --------------------------------------------------------------------------------------------

RESIDENT = words(
    r"""
    residente?s?  locataires?  pensionnaires?  representante?s?  famille
    bewoners?  bewoonsters?  residenten  vertegenwoordigers?  familie
    bewohner\w*  heimbewohner\w*  vertreter\w*  tenants?  representatives?  family
    """
)
HOME = words(
    r"""
    gestionnaires?  direction  direct(?:eur|rice)  etablissement  maison  residence  asbl
    beheerders?  directie  instelling  voorziening  rusthuis  huis  woonzorgcentrum
    verwalter\w*  heimleitung  leitung  betreiber\w*  haus(?:es)?  einrichtung  heim(?:e?s)?
    manager  management  home  operator  director  establishment  house
    """
)

# --- no, not, without ---------------------------------------------------------------------------------------

#: What turns a sentence round; "ne … que", "not only" and "no later than" do not.
NEGATION = re.compile(
    r"\b(?:pas|aucune?s?|jamais|ni|nulle?s?|nullement|geen|noch|nooit|niet(?! alleen)|kein\w*|nie|niemals"
    r"|nicht(?! nur)|no(?! later| more)|not(?! later| only)|never|neither|nor|cannot)(?!\w)|n't\b"
    r"|\bne (?:peu(?:t|vent)|saurai(?:t|ent)|pourra|pourront|sera|seront|sont|est)\b(?![^.]*\bqu(?:e|'))"
    r"|\bn'est\b(?![^.]*\bqu(?:e|'))"
    r"|\b(?:sans|zonder|ohne|without)\b(?! (?:delai|tarder|exception|uitstel|verzug|ausnahme|delay))"
)
#: After these words another thing is said than before them.
TURN = re.compile(
    r"\b(?:mais|toutefois|cependant|neanmoins|par contre|sauf|excepte|hormis|maar|echter|evenwel|behalve|tenzij"
    r"|aber|jedoch|sondern|ausser|but|however|except|unless)\b|[:;]"
)
#: "Not without": what follows is asked for, not left out.
NOT_WITHOUT = re.compile(
    r"\b(?:n(?:e\b|')|jamais|aucune?|niet|nooit|geen|nicht|kein\w*|nie|not|never|no|cannot)[^.]*"
    r"\b(?:sans|zonder|ohne|without|unless|tenzij)\b"
)

# --- lengths of time ----------------------------------------------------------------------------------------

_NUMBERS = {
    1: r"une?|een|eine?[mnrs]?|one|an?",
    2: r"deux|twee|zwei|two",
    3: r"trois|drie|drei|three",
    4: r"quatre|vier|four",
    5: r"cinq|vijf|funf|five",
    6: r"six|zes|sechs",
    7: r"sept|zeven|sieben|seven",
    8: r"huit|acht|eight",
    9: r"neuf|negen|neun|nine",
    10: r"dix|tien|zehn|ten",
    12: r"douze|twaalf|zwolf|twelve",
    14: r"quatorze|veertien|vierzehn|fourteen",
    15: r"quinze|vijftien|funfzehn|fifteen",
    20: r"vingt|twintig|zwanzig|twenty",
    21: r"vingt et un|eenentwintig|einundzwanzig|twenty-one",
    30: r"trente|dertig|dreissig|thirty",
    45: r"quarante-cinq|vijfenveertig|funfundvierzig|forty-five",
    60: r"soixante|zestig|sechzig|sixty",
    90: r"nonante|quatre-vingt-dix|negentig|neunzig|ninety",
}
_UNITS = {
    "hour": r"heures?|uur|uren|stunden?|hours?",
    "day": r"jours?|dag(?:en)?|tag(?:en?|es)?|tagig\w*|days?",
    "week": r"semaines?|wek(?:en)|woch(?:en?|ig\w*)|weeks?",
    "month": r"mois|maand(?:en)?|monat(?:en?|s)?|monatig\w*|months?",
    "quarter": r"trimestres?|kwarta(?:al|len)|quartal\w*|quarters?",
    "year": r"ans?|annees?|jaar|jaren|jahr(?:en?|es)?|years?",
}
#: The fewest and the most days that a unit can have.
_DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
_WORD_OF = "|".join(f"(?P<n{number}>{said})" for number, said in sorted(_NUMBERS.items(), reverse=True))
_UNIT_OF = "|".join(f"(?P<{unit}>{said})" for unit, said in _UNITS.items())
TERM = re.compile(
    rf"(?<![\w,.])(?:(?P<figures>\d{{1,4}})|{_WORD_OF})\s?(?:\([^)]{{1,20}}\))?[ -]*"
    rf"(?P<working>working |business |jours ouvrables |werk|arbeits)?(?:{_UNIT_OF})(?:'s?)?(?!\w)"
    r"(?P<workable> ouvr(?:ables?|es?))?"
)
PERCENT = re.compile(
    r"(?<![\w,.])(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|p\.? ?c\.?(?!\w)|pour ?cents?\b|procent\b|prozent\b|per ?cent\b)"
)
MONEY = re.compile(r"\d[\d .]*(?:,\d{1,2})? ?(?:€|euros?\b|eur\b)|(?:€|\beur) ?\d")


class Term(Struct, frozen=True):
    """A length of time as it was written: how many of which unit, and where it stands."""

    count: int
    unit: str
    start: int
    end: int
    working: bool

    @property
    def fewest(self) -> Fraction:
        """The fewest days it can be."""
        return self._days(0)

    @property
    def most(self) -> Fraction:
        """The most days it can be."""
        return self._days(1)

    @property
    def months(self) -> int | None:
        """Whole months, where it was written in months, quarters or years."""
        each = {"month": 1, "quarter": 3, "year": 12}.get(self.unit)
        return None if each is None else each * self.count

    def at_least_months(self, months: int) -> bool:
        """Whether it is never shorter than so many months, whatever the months."""
        if self.months is not None:
            return self.months >= months
        return self.fewest >= 30 * months + (months + 1) // 2

    def _days(self, which: int) -> Fraction:
        if self.unit == "hour":
            return Fraction(self.count, 24)
        return Fraction(self.count * _DAYS[self.unit][which])


def terms(text: str) -> list[Term]:
    """The lengths of time in a plain text, in their order."""
    found = []
    for match in TERM.finditer(text):
        said = match.groupdict()
        number = next((name for name in said if name[0] == "n" and name[1:].isdigit() and said[name]), "")
        count = int(said["figures"]) if said["figures"] else int(number[1:])
        unit = next(unit for unit in _UNITS if said[unit])
        working = bool(said["working"] or said["workable"])
        found.append(Term(count, unit, match.start(), match.end(), working))
    return found
