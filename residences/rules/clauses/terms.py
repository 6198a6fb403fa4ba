"""Lengths of time in a special clause that are other than those of the convention (art. 4, 6 and 10)."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from partenamut.law import Article, Reason
from residences.rules import articles, parameters

from .patterns import ABSENT, ENDING, PRICE
from .words import HOME, PERCENT, RESIDENT, Term, terms, words

Finding = tuple[Reason, int, int]

_TRIAL = words(
    r"""
    (?:periode d')?essai  proefperiode  proeftijd  probezeit  probe  trial(?: period)?
    """
)
_DURING = words(
    r"""
    pendant  durant  au cours  lors  dans  en  tijdens  in  wahrend  during  after  apres
    """
)
_SHORT_STAY = words(
    r"""
    courts? sejours?  duree determinee  kortverblij\w+  bepaalde duur  kurzaufenthalt\w*  befristet\w*
    short stays?
    """
)  # fmt: skip
_BREACH = words(
    r"""
    securite  vie (?:communautaire|en communaute|commune)  veiligheid\w*  gemeenschapsleven
    samenleven
    sicherheit\w*  gemeinschaft\w*  safety  community(?: life)?  communal life
    """
)
_DISPUTES = words(
    r"""
    contest\w+  reclamations?  betwist\w*  bezwaar  klachten?  beanstand\w+  widerspruch  anfecht\w+
    dispute[sd]?  complaints?  objections?  object
    """
)
_INVOICE = words(
    r"""
    factures?  notes? de frais  factuur  facturen  rekening(?:en)?  rechnung(?:en)?  invoices?  bills?
    """
)
_PAYS = words(
    r"""
    pai[ey]\w*  payer\w*  payables?  paye\w*  regl\w+  acquitt\w+  betaal\w*  betal\w+  voldaan
    zahl\w*  bezahl\w*  beglich\w+  begleichen  pay  pays  paid  payable  payments?  settled
    """
)
_AT_ONCE = re.compile(
    r"\b(?:au comptant|immediatement|des reception|a (?:la|sa) reception|sur-le-champ|contant|onmiddellijk|bij ontvangst"
    r"|sofort|bei (?:erhalt|empfang)|immediately|on receipt|upon receipt|in cash at once)(?!\w)"
)
_FINAL = re.compile(
    r"\b(?:ne peut (?:plus )?etre contest\w+|aucune contestation|reputee?s? (?:acceptee?s?|definitive\w*)|consideree?s? comme acceptee?s?"
    r"|kan niet (?:meer )?(?:worden )?betwist|geen betwisting|wordt geacht aanvaard|(?:kann|konnen) nicht (?:mehr )?(?:beanstandet|angefochten)"
    r"|gilt als (?:angenommen|anerkannt|genehmigt)|cannot be (?:disputed|contested)|no (?:complaint|dispute|objection)|deemed accepted)"
)
_INDEMNITY = words(
    r"""
    indemnites?  dedommagement  vergoeding  schadevergoeding  entschadigung  indemnity  compensation
    """
)  # fmt: skip
_LEAVING = words(
    r"""
    depart  quitt\w+  part(?:ir|ant)  vertrek\w*  verlaat  auszug  verlasst  leav\w+  departure
    """
)  # fmt: skip
_BEFOREHAND = re.compile(
    r"\b(?:a l'avance|au prealable|prealablement|previen\w+|averti\w*|annonc\w+|vooraf|op voorhand|verwittig\w*|meldt|im voraus|vorher"
    r"|meldet|angekundigt|in advance|beforehand)(?!\w)"
)
_DEATH = words(
    r"""
    deces  decede\w*  mort  overlijden  overleden  tod(?:es)?  verst[eo]rb\w+  death  dies  died
    """
)  # fmt: skip
_DUE = words(
    r"""
    due?s?  redevables?  factur\w+  pai[ey]\w*  payer  verschuldigd  betaald  betalen
    geschuldet  zu zahlen  zahl\w+  owed  payable  pays?  paid  owes?
    """
)
_RISES = words(
    r"""
    augment\w+  major\w+  hausse\w*  verho\w+  stijg\w*  erho\w+  steig\w+  increas\w+  ris(?:es?|ing)
    rais\w+
    """
)  # fmt: skip
_IN_FORCE = words(
    r"""
    vigueur  appli\w+  effet  ingaan  gaat in  van kracht  kraft  gilt  wirksam  force  effect
    appl(?:y|ies)
    """
)  # fmt: skip
#: Before these words the home is the place that is left, not who gives notice.
_A_PLACE = re.compile(
    r"\b(?:quitt\w+|part\w*|depart|dans|sein|hors|verlaat|verlaten|verlass\w*|in|leav\w+|vertrek\w*|aus|uit)"
    r" (?:de |du |d')?(?:l'|la |le |de |het |das |die |der |dem |the )?$"
)
#: Before these words the resident is told of the notice.
_RECEIVES = re.compile(r"\b(?:au|aux|a l[ae']|aan(?: de)?|dem|to(?: the)?) ?$")
#: A notice that is no notice of the convention: that one comes later, or wants a meal less.
_OTHER_NOTICE = words(
    r"""
    repas  visites?  visiteurs?  coiffeur  activites?  rendez-vous  excursions?  reservations?  animal
    travaux
    maaltijd\w*  bezoek\w*  kapper  afspraak  activiteit\w*  uitstap\w*  mahlzeit\w*  besuch\w*
    friseur  ausflug\w*
    meals?  visits?  visitors?  hairdresser  appointments?  activit\w+  outings?
    """
)


def broken(plain: str) -> Iterator[Finding]:
    """The rules that the lengths of time of a sentence break, with the places of the words."""
    found = terms(plain)
    if _INVOICE.search(plain) and (_DISPUTES.search(plain) or _FINAL.search(plain)):
        yield from _dispute(plain, found)
    elif _ends(plain) and not ABSENT.search(plain) and not _OTHER_NOTICE.search(plain):
        yield from _notice(plain, found)
    elif _DEATH.search(plain) and _DUE.search(plain):
        yield from _after_death(plain, found)
    elif PRICE.search(plain) and _RISES.search(plain):
        yield from _rise(plain, found)
    else:
        yield from _indemnity(plain, found)
        yield from _payment(plain, found)


# --- inside -------------------------------------------------------------------------------------------------


def _ends(plain: str) -> bool:
    """Whether a sentence is about the notice, or about leaving announced beforehand."""
    return bool(ENDING.search(plain) or (_LEAVING.search(plain) and _BEFOREHAND.search(plain)))


def _notice(plain: str, found: Sequence[Term]) -> Iterator[Finding]:
    lengths = [term for term in found if not (term.working and term.most <= parameters.WORKING_DAYS_BEFORE)]
    short = bool(_SHORT_STAY.search(plain))
    for term, giver in zip(lengths, _givers(plain, lengths), strict=True):
        if _is_trial_length(plain, term):
            if term.most > parameters.TRIAL_DAYS or term.fewest < parameters.TRIAL_DAYS:
                yield _at("clause.trial", articles.TRIAL, plain, term)
            continue
        trial = short or bool(_TRIAL.search(plain))
        code = _wrong_notice(term, giver, trial=trial, breach=bool(_BREACH.search(plain)))
        if code:
            article = articles.SHORT_STAY_NOTICE if short else articles.NOTICE_LENGTH
            yield _at(code, article, plain, term)


def _wrong_notice(term: Term, giver: str, *, trial: bool, breach: bool) -> str:
    """What is wrong with a length of notice: too long for a resident, too short for a manager, or neither."""
    resident_most = parameters.SHORT_NOTICE_DAYS if trial else parameters.RESIDENT_NOTICE_DAYS
    if giver != "manager" and term.most > resident_most:
        return "clause.notice_resident"
    if giver == "resident":
        return ""
    if trial:
        return "clause.notice_manager" if term.fewest < parameters.SHORT_NOTICE_DAYS else ""
    months = parameters.MANAGER_BREACH_MONTHS if breach else parameters.MANAGER_NOTICE_MONTHS
    return "" if term.at_least_months(months) else "clause.notice_manager"


def _is_trial_length(plain: str, term: Term) -> bool:
    """Whether a length is that of the trial itself, not of a notice in it."""
    before, after = plain[max(0, term.start - 45) : term.start], plain[term.end : term.end + 45]
    for trial in _TRIAL.finditer(before):
        if not ENDING.search(before[trial.end() :]) and not _DURING.search(before[: trial.start()]):
            return True
    follows = _TRIAL.search(after)
    return follows is not None and not _DURING.search(after) and not ENDING.search(after[: follows.start()])


def _givers(plain: str, found: Sequence[Term]) -> list[str]:
    """Who gives each notice: "resident", "manager", or "" where the sentence does not say."""
    marks = sorted(
        [
            (match.start(), "resident")
            for match in RESIDENT.finditer(plain)
            if not _RECEIVES.search(plain[: match.start()])
        ]
        + [
            (match.start(), "manager")
            for match in HOME.finditer(plain)
            if not _A_PLACE.search(plain[: match.start()])
        ]
    )
    if len({giver for _place, giver in marks}) < 2:
        return [marks[0][1] if marks else ""] * len(found)
    order = sorted([(term.start, "") for term in found] + marks)
    kinds = [bool(giver) for _place, giver in order]
    if (
        len(found) > 1
        and kinds[::2] == [kinds[0]] * len(found)
        and kinds[1::2] == [not kinds[0]] * len(found)
    ):
        # One after another, as in "three months for the manager and fifteen days for the resident".
        return [giver for _place, giver in marks]
    return [_nearest(marks, term) for term in found]


def _nearest(marks: Sequence[tuple[int, str]], term: Term) -> str:
    before = [giver for place, giver in marks if place < term.start]
    return before[-1] if before else marks[0][1]


def _payment(plain: str, found: Sequence[Term]) -> Iterator[Finding]:
    pays = _PAYS.search(plain)
    if pays is None:
        return
    for term in found:
        if (
            term.unit in ("hour", "day", "week")
            and term.most < parameters.PAYMENT_DAYS
            and _within(plain, term)
        ):
            yield _at("clause.payment_term", articles.PAYMENT_TERM, plain, term)
    at_once = _AT_ONCE.search(plain)
    if at_once and _INVOICE.search(plain):
        yield (
            Reason("clause.payment_term", False, articles.PAYMENT_TERM),
            *_span(plain, pays.span(), at_once.span()),
        )


def _within(plain: str, term: Term) -> bool:
    """Whether a length says within which time, not how often or how long."""
    before = plain[max(0, term.start - 24) : term.start]
    return bool(
        re.search(
            r"\b(?:dans|endeans|sous|delai|maximum|binnen|termijn|uiterlijk|innerhalb|binnen|frist|spatestens|within|in|no later than)\b",
            before,
        )
    )


def _dispute(plain: str, found: Sequence[Term]) -> Iterator[Finding]:
    for term in found:
        if not term.at_least_months(parameters.DISPUTE_MONTHS):
            yield _at("clause.dispute_term", articles.DISPUTE_TERM, plain, term)
    final = _FINAL.search(plain)
    if final and not found:
        yield Reason("clause.dispute_term", False, articles.DISPUTE_TERM), final.start(), final.end()


def _indemnity(plain: str, found: Sequence[Term]) -> Iterator[Finding]:
    indemnity = _INDEMNITY.search(plain)
    if indemnity is None or not _LEAVING.search(plain):
        return
    for term in found:
        if term.most > parameters.RESIDENT_NOTICE_DAYS:
            first, last = _span(plain, indemnity.span(), (term.start, term.end))
            yield Reason("clause.indemnity", False, articles.INDEMNITY), first, last


def _after_death(plain: str, found: Sequence[Term]) -> Iterator[Finding]:
    for term in found:
        yield _at("clause.room_cleared", articles.ROOM_CLEARED, plain, term)


def _rise(plain: str, found: Sequence[Term]) -> Iterator[Finding]:
    for match in PERCENT.finditer(plain):
        if Decimal(match[1].replace(",", ".")) > parameters.POINTS_ABOVE_INDEX * 100:
            yield (
                Reason("clause.price_rise", False, articles.PRICE_LIMIT),
                *_words_at(plain, match.start(), match.end()),
            )
    for term in found:
        if _IN_FORCE.search(plain) and term.unit in ("day", "week") and term.most < parameters.DAYS_TO_RISE:
            yield _at("clause.price_notified", articles.PRICE_NOTIFIED, plain, term)


def _at(code: str, article: Article, plain: str, term: Term) -> Finding:
    return Reason(code, False, article), *_words_at(plain, term.start, term.end)


def _span(plain: str, *spans: tuple[int, int]) -> tuple[int, int]:
    return min(span[0] for span in spans), max(span[1] for span in spans)


def _words_at(plain: str, first: int, last: int) -> tuple[int, int]:
    """The place with some words before it, so that the quotation can be found again."""
    start = plain.rfind(" ", 0, max(0, first - 40)) + 1
    return start, last
