"""How a rule is written down as words that stand together, and what several rules share."""

import re
from collections.abc import Callable

from msgspec import Struct

from partenamut.law import Article

from .words import HOME, MONEY, NOT_WITHOUT, RESIDENT, Pattern, either, words


class Rule(Struct, frozen=True):
    """A rule of the convention: broken where all its patterns stand in one part of a sentence."""

    code: str
    article: Article
    needs: tuple[Pattern, ...]
    #: What makes the whole sentence innocent.
    unless: tuple[Callable[[str], object], ...] = ()
    #: Whether a "not" turns it round; False where the "not" is itself what breaks the rule.
    negated: bool = True

    def may_break(self, sentence: str) -> bool:
        """Whether nothing in a sentence makes it innocent beforehand."""
        return not any(excuse(sentence) for excuse in self.unless)


_MAY = re.compile(r"\b(?:peut|peuvent|kan|kunnen|mag|kann|konnen|darf|may|can)\b(?! (?:\w+ )?(?:etre|be)\b)")
_DONE_TO = re.compile(r"\b(?:worden|werden|wordt|wird)\b")


def resident_may(sentence: str) -> bool:
    """Whether a sentence gives the resident a right, and does not say what may be done to them."""
    if HOME.search(sentence) or _DONE_TO.search(sentence):
        return False
    resident = RESIDENT.search(sentence)
    return resident is not None and _MAY.search(sentence, resident.end()) is not None


not_without = NOT_WITHOUT.search

#: Paid, handed over, asked for.
PAID = words(
    r"""
    vers(?:e|ent|er|era|eront|ement|ee?s?)  pai?[ey](?:e?nt|r|ra|s|es|ment|e)?  payer\w*
    pay(?:able|ante?)s?  depos(?:e|ent|er|era|ee?s?)  constitu(?:e|ent|er|era|ee?s?)
    remet(?:tre|tra|tent)?  remis\w*  fourni(?:t|r|ra|ssent|e|s)?  exig\w+  demand(?:e|ent|er|ee?s?)
    reclam(?:e|ent|er|ee?s?)  requise?s?  due?s?  acquitt\w+  prevue?s?  percoi\w+  percu\w*  bloque?\w*
    stort(?:en)?  gestort  betaalt?  betaald  betalen  betaling  vraagt  gevraagd  eist  geeist  vereist
    verschuldigd  stelt  gesteld  stellen  deponeert
    zahl(?:t|en|bar|ung)  (?:be|ge|ein)zahl(?:t|en)  leistet?  leisten  hinterleg\w+  verlang\w+
    ge?forder\w*  fallig  entricht\w+  zu zahlen
    pays?  paid  paying  payable  lodges?  requires?  required  asks?  asked  demand(?:s|ed)  provides?
    hand(?:s|ed)? over  transfers?
    """
)
#: Paid, or an amount.
ASKED = either(PAID, MONEY)

#: A notice, or the convention ended.
ENDING = words(
    r"""
    preavis  resili\w+  rupture  donner conge  le conge  conges? donnes?  met(?:tre|tra|tent)? fin
    opzeg\w*  opgezegd  zegt .{0,40}\bop  vooropzeg\w*  beeindig\w+
    kundig\w+  gekundigt  beendig\w+  beendet
    notice(?! board)  terminat\w+  ends? the (?:convention|contract|agreement|stay)  ending the
    """
)
#: Away from the home for a time.
ABSENT = words(
    r"""
    absences?  absente?s?  hospitalis\w+  vacances
    afwezig\w*  hospitalisatie  ziekenhuisopname  vakantie
    abwesen\w+  krankenhausaufenthalt\w*  urlaub\w*
    absent  hospital stays?  holidays?
    """
)
PRICE = words(
    r"""
    prix  tarifs?  pension journaliere
    prijs  prijzen  dagprijs  tarie(?:f|ven)
    preise?s?  tagespreis\w*  tarife?
    prices?  daily rate  rates?
    """
)
