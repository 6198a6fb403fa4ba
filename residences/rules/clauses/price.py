"""The price, supplements and advances (art. 4 and 5), as the words that weaken their rules."""

from residences.rules import articles

from .patterns import ABSENT, PRICE, Rule, not_without
from .words import MONEY, PERCENT, either, words

_RISES = words(
    r"""
    augment\w+  major\w+  adapt\w+  revis\w+  index\w+  modifi\w+  hausse\w*  releve\w*
    verho\w+  aangepast  aanpass\w+  herzien\w*  stijg\w*  geindexeerd  wijzig\w+  gewijzigd
    erho\w+  angepasst  anpass\w+  steig\w+  geander\w+  ander[nt]
    increas\w+  rais\w+  rises?  adjust\w*  chang\w+  review\w*
    """
)
_FREELY = words(
    r"""
    a tout moment  librement  unilaterale?ment  sans limit\w+  sans plafond  automatique(?:ment)?  de plein droit
    sans (?:autre )?(?:notification|avertissement|preavis|information|autorisation|avis)(?: prealable)?
    sans (?:prevenir|avertir|notifier)  a sa (?:seule )?discretion  sans l'accord de l'aviq
    avec effet immediat  immediatement
    te allen tijde  op elk (?:moment|ogenblik)  vrij  eenzijdig  onbeperkt  automatisch\w*  onmiddellijk
    zonder (?:voorafgaande )?(?:kennisgeving|verwittiging|melding|beperking|toestemming)
    jederzeit  frei  einseitig  unbegrenzt  sofort
    ohne (?:vorherige )?(?:mitteilung|ankundigung|begrenzung|genehmigung)
    at any time  freely  unilaterally  automatically  immediately  at (?:its|his|her) (?:sole )?discretion
    without (?:limit\w*|(?:prior |any )?(?:notification|notice|warning|approval))
    """
)
_PRICE_RISE = Rule(
    "clause.price_rise",
    articles.PRICE_LIMIT,
    (PRICE, _RISES, _FREELY),
    unless=(not_without, words("menus?  coiffeur  kapper  friseur  hairdresser").search),
    negated=False,
)
_COMPULSORY = Rule(
    "clause.compulsory_supplement",
    articles.SUPPLEMENT,
    (
        words(
            r"""
            supplements?  abonnements?  forfaits?  services? (?:payants?|complementaires?)
            supplement(?:en)?  toeslag(?:en)?  abonnement(?:en)?  extra('s)?  betalende diensten
            zuschlage?  zusatzleistung(?:en)?  pauschalen?
            subscriptions?  packages?  extras?  paid services?
            """
        ),
        words(
            r"""
            obligatoires?  obligatoirement  d'office  est tenue? de  sont tenus de  impose(?:s|e|es)?
            doit (?:prendre|souscrire|payer)  automatiquement
            verplichte?  is verplicht  moet (?:nemen|afnemen|betalen)  automatisch
            obligatorische?[rns]?  verpflichtend\w*  verpflichtet  pflicht\w*  muss
            compulsory  mandatory  obligatory  must  is obliged to  automatically
            """
        ),
    ),
    unless=(
        words(
            r"""
            assurance\w*  verzekering  versicherung  insurance
            librement choisis?  vrij gekozen  frei gewahlt\w*  freely chosen
            """
        ).search,
    ),
)
_OTHER_SUPPLEMENT = Rule(
    "clause.other_supplement",
    articles.SUPPLEMENT,
    (
        words(
            r"""
            (?:supplements?|services?) (?:qui ne (?:sont|figurent) pas|non (?:repris|prevus?|mentionnes?))
            supplementen die niet  niet (?:vermelde|opgenomen) supplementen
            nicht (?:aufgefuhrte|genannte|vorgesehene)\w* (?:zuschlage|zusatzleistungen)
            supplements? (?:that are |which are )?not (?:in|listed|mentioned|named)
            """
        ),
        either(
            words(
                r"""
                factur\w+  portes? en compte  aangerekend  gefactureerd  berechnet  charged  billed  invoiced  a charge
                """
            ),
            MONEY,
        ),
    ),
    unless=(
        words(
            r"""
            (?:ne (?:peu(?:t|vent)|sont|seront)|aucun) .{0,60}(?:factur|compte|charg)\w*
            (?:worden niet|niet worden|kan niet|kunnen niet|werden nicht) .{0,60}(?:aangerekend|berechnet)
            (?:cannot|can not|are not|is not|may not|never) .{0,60}(?:charg|bill|invoic)\w*
            """
        ).search,
    ),
    negated=False,
)
_PHARMACIST = Rule(
    "clause.pharmacist",
    articles.INCLUDED,
    (
        words(r"pharmaci\w+  apothek(?:er)?\w*  apotheek\w*  pharmac(?:y|ist)"),
        words(
            r"""
            exclusivement  uniquement  obligatoire(?:ment)?  tenue? de  doit  seule?  renonce
            uitsluitend  verplicht  alleen  enkel  moet  ausschliesslich  nur  verpflichtet  muss
            exclusively  only  must  solely  obliged
            """
        ),
    ),
    unless=(
        words(
            r"libre(?:ment)?  choix  vrij  keuze  frei  wahl  freely  choice  chooses  stock(?:e|es|age)?"
        ).search,
    ),
)
_ADVANCE = Rule(
    "clause.advance",
    articles.ADVANCE,
    (
        words(
            r"avances?  debours  voorschotten  voorgeschoten  auslagen  vorgestreckt\w*  advances?  sums? advanced"
        ),
        words(
            r"""
            majoree?s?  augmentee?s?  frais (?:administratifs|de dossier|de gestion)  commission  forfait
            verhoogd  administratiekosten  dossierkosten  zuzuglich  bearbeitungsgebuhr  verwaltungskosten  aufschlag
            plus  increased by  handling (?:fee|charge)s?  administrative (?:fee|cost)s?
            """
        ),
    ),
)
_OTHER_PRICE = either(
    words(
        r"""
        redui\w+  diminu\w+  remise  ristourne  deduit\w*  major\w+  augment\w+  supprime\w*  rembours\w+  suspendu\w*
        (?:n'est|n'est plus|ne sera) (?:pas )?(?:du|dus|facture)\w*
        verminder\w*  verlaagd  verhoogd  korting  niet verschuldigd  terugbetaald  geschorst
        ermassig\w*  gekurzt  gesenkt  erhoht  nicht geschuldet  erstattet  entfallt
        reduc\w+  lowered  increased  discount\w*  not due  refund\w*  waived  suspended
        """
    ),
    PERCENT,
)
_ABSENCE = Rule(
    "clause.absence",
    articles.ABSENCE,
    (ABSENT, either(PRICE, words("pension")), _OTHER_PRICE),
    unless=(
        words(
            r"""
            n'est pas (?:reduit|diminue|rembourse)  ne (?:sera|donne|diminue|reduit) (?:pas|aucun)
            sans (?:reduction|diminution)  aucune? (?:reduction|remise|ristourne|remboursement)  repas
            niet (?:verminderd|verlaagd|terugbetaald)  geen (?:korting|vermindering|terugbetaling)  maaltijd\w*
            nicht (?:ermassigt|gekurzt|gesenkt|erstattet)  kein\w* (?:ermassigung|erstattung)  mahlzeit\w*
            not (?:reduced|lowered|refunded)  no (?:reduction|discount|refund)  meals?
            """
        ).search,
    ),
    negated=False,
)

# --- a charge for what is included (art. 4 §2) --------------------------------------------------------------

CHARGED = either(
    MONEY,
    words(
        r"""
        factur\w+  portee?s? en compte  a (?:la )?charge (?:du|de la|de) \w+  a (?:sa|ses) (?:charge|frais)
        payante?s?  supplement\w*  payee?s? (?:a part|en sus|separement)  pai[ey]\w*  payer?  coute\w*
        support(?:e|er|era|ent) (?:les )?(?:frais|couts?)
        aangerekend  gefactureerd  ten laste van  betalend  betaalt  toeslag  meerprijs
        berechnet  in rechnung gestellt  kostenpflichtig\w*  zulasten  zu lasten  bezahlt  zahlt  aufpreis  zuschlag
        charged?  billed  invoiced  at (?:the resident's|his|her|their) (?:own )?expense
        pays? (?:for|extra|separately)  pays  extra cost
        """
    ),
)
NOT_CHARGED = words(
    r"""
    gratuit\w*  compris\w*  inclus\w*  sans (?:supplement|frais)  dommages?  degats?  degradations?  dedommag\w+
    perte  remplacement  casse\w*  communications?  a l'exterieur  du village  en ville
    gratis  inbegrepen  zonder (?:toeslag|meerkost)  schade  verlies  bezoek\w*  (?:telefoon)?gesprekken
    kostenlos\w*  inbegriffen  enthalten  schaden  verlust  besuch\w*  gesprache
    free  included  damages?  loss  lost  broken  visit\w+  invites?  (?:phone )?calls
    """
)

RULES = (_PRICE_RISE, _COMPULSORY, _OTHER_SUPPLEMENT, _PHARMACIST, _ADVANCE, _ABSENCE)
