"""Money asked beside the price, and goods kept (art. 6 to 9), as the words that say so."""

from residences.rules import articles

from .patterns import ASKED, PAID, Rule, not_without
from .words import HOME, MONEY, PERCENT, either, words

_OTHER_GUARANTEE = words(
    r"""
    fabricant  fabrikant  hersteller\w*  manufacturer  appareils?  toestel(?:len)?  gerat\w*  appliances?
    porte[- ]caution  en qualite de cautions?  comme cautions?
    cautions? (?:solidaires?|et indivisibles?|personnelles?)
    borg(?:en)? (?:staat|staan|stellen)  staat borg  burg(?:e|t|en)
    """
)

_DEPOSIT = Rule(
    "clause.deposit",
    articles.NO_DEPOSIT,
    (
        words(
            r"""
            acomptes?  arrhes  (?:une |cette |(?<!a )l')avance  une provision  droits? d'entree
            frais d'(?:entree|admission|inscription)
            voorschot(?! in naam)  aanbetaling(?:en)?  inschrijvingsgeld  instapgeld
            anzahlung(?:en)?  aufnahmegebuhr  vorschuss
            deposits?(?! (?:the|his|her|their) )  down payments?  prepayments?  (?:admission|entrance) fees?
            """
        ),
        ASKED,
    ),
    unless=(
        words(r"security deposits?  chante  avances? en faveur").search,
        words(r"im namen des bewohners  in naam van de bewoner").search,
    ),
)
_GUARANTEE = Rule(
    "clause.guarantee",
    articles.NO_GUARANTEE,
    (
        words(
            r"""
            garanties?(?: bancaires?| locatives?)?  cautions?  cautionnements?
            (?:bank|huur)?waarborg(?:som)?  waarborgen  borg(?:som|stelling)?
            (?:miet)?kaution(?:en)?  sicherheitsleistung(?:en)?  (?:bank)?burgschaft(?:en)?  eine sicherheit
            security deposits?  (?:bank )?guarantees?  a bond  a surety of
            """
        ),
        ASKED,
    ),
    unless=(_OTHER_GUARANTEE.search,),
)

# --- late payment (art. 6) ----------------------------------------------------------------------------------

_PENALTY_WORDS = words(
    r"""
    amendes?  penalites?(?: de retard)?  clause penale  indemnites? forfaitaires?  forfaits? de retard
    frais (?:forfaitaires )?de (?:rappel|retard|recouvrement|mise en demeure)  majorations?
    (?:geld)?boetes?  schadebeding  forfaitaire (?:schade)?vergoeding  (?:aanmanings|herinnerings)kosten
    vertragsstrafen?  mahn(?:gebuhr(?:en)?|kosten)  verzugspauschale  geldbusse  saumniszuschlag
    penalt(?:y|ies)  late (?:fee|charge)s?  surcharges?  fines?  reminder (?:fee|charge)s?  liquidated damages
    """
)
_PENALTY = Rule(
    "clause.penalty",
    articles.INTEREST,
    (_PENALTY_WORDS, either(MONEY, PERCENT, PAID)),
    unless=(words(r"prix  prijs  preis\w*  the price  traffic  de police").search,),
)
_INTEREST_WORDS = words(
    r"""
    interets?(?: moratoires?| de retard)  (?:un|des|d'|l'|les) ?interets?  taux d'interet
    (?:nalatigheids|verwijl)?interest(?:en)?  rente(?:voet)?  intrest(?:en)?
    (?:verzugs)?zinsen  zins(?:satz)?  interest(?: rate)?
    """
)
_INTEREST = Rule(
    "clause.interest",
    articles.INTEREST,
    (_INTEREST_WORDS, PERCENT),
    unless=(
        words(
            r"""
            dans l'interet  l'interet (?:du|de|des|general|commun)  centres? d'interet  in the interests?  of interest to
            taux (?:de l'interet )?legal  interet legal  wettelijke (?:rente\w*|interest\w*)  gesetzlich\w* zins\w*
            legal rate  legal interest
            """
        ).search,
    ),
)
_FORMAL_NOTICE = Rule(
    "clause.formal_notice",
    articles.INTEREST,
    (
        words(
            r"""
            sans (?:autre )?(?:mise en demeure|rappel|avertissement)(?: prealable)?  sans qu'une mise en demeure
            des le premier jour de retard
            zonder (?:voorafgaande )?(?:ingebrekestelling|aanmaning|herinnering)
            ohne (?:vorherige )?(?:mahnung|inverzugsetzung|erinnerung)
            without (?:any |prior )?(?:formal notice|notice of default|reminder)
            """
        ),
        either(
            _INTEREST_WORDS,
            _PENALTY_WORDS,
            words(r"retard  somme  facture  impaye\w*  laat  factuur  verzug  rechnung  invoice"),
        ),
    ),
    unless=(not_without,),
    negated=False,
)

# --- goods (art. 9) -----------------------------------------------------------------------------------------

_VALUABLES = words(
    r"""
    argent  valeurs  objets? de valeur  bijoux?  especes  epargne  economies  liquidites  portefeuilles?  biens
    cartes? (?:bancaires?|de banque)  comptes? (?:bancaires?|en banque|d'epargne)
    pensions?  revenus  ressources  patrimoine  fortune
    geld(?:en)?  waardevolle voorwerpen  waardepapieren  juwelen  sieraden  spaar\w+  bankkaart(?:en)?
    zichtrekening  bankrekening  pensioen  inkomsten  goederen  vermogen
    geldes  bargeld  wertsachen  wertgegenstande\w*  schmuck  ersparnisse  bankkarten?  bankkonto
    rente des bewohners  einkommen  vermogens?  guter
    money  cash  valuables  jewel(?:le)?ry  savings  bank (?:cards?|accounts?)  income  assets
    """
)
_KEPT = words(
    r"""
    conserv(?:e|ent|er|era|ation)  gard(?:e|ent|era)(?! a vue)  ger(?:e|ent|er|era|es|ees?)  gestion
    administr(?:e|er|era|ation)  detien(?:t|nent)  encaiss(?:e|er|era)  percoit  recoit(?: en depot)?
    prend(?:re|ra)? en (?:depot|garde)  en depot  confi(?:e|ent|er|era|es|ees?)  remet(?:tre|tra)?
    depos(?:e|ent|er|era|es|ees?)  coffre  procuration
    bewaart  bewaren  bewaring  beheert  beheren  beheerd  int  toevertrouw\w+  vertrouwt  volmacht  kluis
    verwahr\w+  bewahrt  aufbewahr\w+  verwalt(?:et|en|ung)  vertraut  ubergibt  hinterleg\w+  vollmacht  tresor
    keeps?  kept  holds?  held  manages?  managed  collects?  entrust(?:s|ed)?  hands? over  safe
    power of attorney
    """
)
_BY_THE_HOME = either(
    HOME,
    words(
        r"secretariat  accueil  infirmiere  bureau  coffre  kluis  tresor  sekretariat  reception  office  safe"
    ),
)
_CUSTODY = Rule(
    "clause.custody",
    articles.NO_CUSTODY,
    (_VALUABLES, _KEPT, _BY_THE_HOME),
    unless=(
        words(
            r"""
            dans sa chambre  chez (?:lui|elle)  a son domicile  assur\w+  dommages?  degats?  degradation\w*
            pertes?  vols?
            in zijn kamer  in haar kamer  op de kamer  verzeker\w+  schade  verlies  diefstal
            in seinem zimmer  in ihrem zimmer  im zimmer  versicher\w+  schaden  verlust
            in (?:his|her|their) room  insur\w+  damages?  loss(?:es)?
            """
        ).search,
    ),
)

RULES = (_DEPOSIT, _GUARANTEE, _PENALTY, _INTEREST, _FORMAL_NOTICE, _CUSTODY)
