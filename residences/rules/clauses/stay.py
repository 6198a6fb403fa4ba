"""Notice and end, room, text of the convention, courts and liability (art. 1, 3, 10, 11), as the words that weaken them."""

from residences.rules import articles

from .patterns import ENDING, Rule, not_without, resident_may
from .words import HOME, words

# --- notice and end (art. 10) -------------------------------------------------------------------------------

_ORAL = Rule(
    "clause.oral_notice",
    articles.IN_WRITING,
    (
        ENDING,
        words(
            r"""
            oral(?:e|ement|es)?  verbal(?:e|ement|es)?  de vive voix  par telephone  sans ecrit
            par (?:simple )?(?:sms|whatsapp|texto)  (?:appel|coup) (?:de fil|telephonique)
            mondelinge?  telefonisch(?:e[nr]?)?  per (?:sms|whatsapp)  telefoontje  zonder geschrift
            mundlich\w*  anruf  ohne schriftform
            orally  verbally  by (?:tele)?phone  phone call  by word of mouth  by text message
            """
        ),
    ),
)
_NO_REASONS = Rule(
    "clause.no_reasons",
    articles.REASONS,
    (
        ENDING,
        words(
            r"""
            sans (?:avoir a |devoir |qu'il doive |en )?(?:donner |indiquer |communiquer )?(?:de |d'|la |le |les |aucun |aucune )?(?:moti[fv]|justifi|raison|se justifier)\w*
            (?:ne|n')[^.]{0,30}\bpas (?:motiv|justifi)\w+  (?:n'est|ne sont) pas (?:tenu|oblige)\w* [^.]{0,25}(?:motiv|justifi)\w+
            a sa (?:seule )?discretion
            zonder (?:opgave van |enige |een )?(?:reden\w*|motivering|motief|verantwoording)
            hoeft? [^.]{0,40}niet [^.]{0,20}(?:motiveren|redenen)
            ohne (?:angabe von |jede |eine )?(?:grund\w*|begrundung)  muss [^.]{0,40}nicht begrund\w+
            without (?:giving |stating |any |a )*(?:reasons?|cause|justification)  need not [^.]{0,20}reasons?
            at its (?:sole )?discretion
            """
        ),
    ),
    unless=(resident_may, not_without),
    negated=False,
)
_NO_NOTICE = Rule(
    "clause.notice_left_out",
    articles.NOTICE_LENGTH,
    (
        ENDING,
        words(
            r"""
            sans (?:aucun )?(?:preavis|delai)  immediate(?:ment)?  sur-le-champ  avec effet immediat  sans attendre
            zonder (?:enige )?(?:opzeg\w*|vooropzeg\w*|termijn)  onmiddellijk\w*  per direct
            fristlos\w*  mit sofortiger wirkung  ohne (?:jede )?(?:kundigungs)?frist  sofort
            without (?:any )?notice  with immediate effect  immediately  at once
            """
        ),
        HOME,
    ),
    unless=(resident_may, not_without, words(r"indemnite\w*  vergoeding  entschadigung  indemnity").search),
    negated=False,
)
_AUTOMATIC_END = Rule(
    "clause.automatic_end",
    articles.NOTICE_LENGTH,
    (
        words(
            r"""
            (?:prend(?:ra)? fin|cesse(?:ra)?) (?:de plein droit|automatiquement|d'office)
            (?:est|sera) (?:resilie\w*|rompue?|dissoute?) (?:de plein droit|automatiquement|d'office)
            (?:de plein droit|automatiquement|d'office) (?:resilie\w*|rompue?)  (?:resilie\w*|rompue?) d'office
            (?:van rechtswege|automatisch) (?:beeindigd|ontbonden|opgezegd)  eindigt (?:van rechtswege|automatisch)
            endet (?:automatisch|von rechts wegen)  automatisch (?:beendet|aufgelost)
            ends? (?:automatically|by operation of law)  automatically (?:terminated|ended|ends)
            terminates automatically
            """
        ),
        words(
            r"""
            conventions?  contrat  sejour  overeenkomst  contract  verblijf  vertrag  aufenthalt  vereinbarung
            agreement  stay
            """
        ),
    ),
    unless=(
        words(
            r"deces  overlijden  tod(?:es)?  death  court sejour  kortverblijf  kurzaufenthalt  short stay"
        ).search,
    ),
)

# --- room (art. 3) ------------------------------------------------------------------------------------------

_ROOM_CHANGE = Rule(
    "clause.room_change",
    articles.ROOM,
    (
        words(
            r"""
            chang(?:er|e|ement|ements|era)(?: le resident| la residente| un resident)? (?:de|sa) chambre
            autre chambre  transfer(?:er|e|ee?s?|t) .{0,40}chambre  attribu\w+ .{0,30}chambre
            chambre .{0,30}\ben changer  demenag\w+ .{0,40}chambre
            (?:van )?kamer (?:ver)?wissel\w*  andere kamer  kamerwijziging  van kamer (?:veranderen|wisselen)
            zimmerwechsel\w*  ander(?:es|en|em) zimmer
            chang\w+ (?:of |the |the resident's )?rooms?  another room  different room  mov\w+ .{0,30}room
            """
        ),
        words(
            r"""
            sans (?:le |son |l'|avoir besoin de son |demander (?:le |l'|son )?)?(?:consentement|accord|avis|autorisation)
            unilaterale?ment  a tout moment  d'office  librement  toujours  a sa (?:convenance|guise)
            (?:peut|pourra) (?:imposer|decider|deplacer|transferer|attribuer)  se reserve le droit  impose\w*
            zonder (?:zijn |haar |de |voorafgaande )*(?:toestemming|instemming|akkoord)  eenzijdig  te allen tijde
            steeds  altijd  behoudt zich het recht  kan (?:beslissen|opleggen)
            ohne (?:seine |ihre |die |vorherige )*(?:zustimmung|einwilligung|einverstandnis)  einseitig  jederzeit
            behalt sich (?:das recht )?vor  kann anordnen  zuweisen
            without (?:the |his |her |their |prior )*(?:resident's )?(?:consent|agreement|approval)  unilaterally
            at any time  always  reserves the right  may (?:move|transfer|decide)
            """
        ),
    ),
    unless=(
        not_without,
        resident_may,
        words(
            r"""
            avec (?:le |son |l')(?:consentement|accord)  moyennant (?:le |son |l')?(?:consentement|accord)
            met (?:de |zijn |haar )?(?:toestemming|instemming|akkoord)
            mit (?:der |seiner |ihrer )?(?:zustimmung|einwilligung)
            with (?:the |his |her |their )?(?:resident's )?(?:consent|agreement)
            """
        ).search,
    ),
    negated=False,
)

# --- text of the convention (art. 1) ------------------------------------------------------------------------

_TEXT_CHANGE = Rule(
    "clause.text_change",
    articles.LEGAL_FRAME,
    (
        words(
            r"""
            presente convention  la convention  le contrat  clauses  conditions
            de overeenkomst  deze overeenkomst  voorwaarden
            dieser? vertrag  diese vereinbarung  den vertrag  bedingungen
            this (?:convention|contract|agreement)  the (?:convention|contract|agreement|terms)
            """
        ),
        words(
            r"modifi\w+  adapt\w+  chang\w+  gewijzigd  wijzig\w+  aanpass\w+  geander\w*  andern  amend\w*  alter\w*"
        ),
        words(
            r"""
            unilaterale?ment  sans (?:avenant|signature|(?:l'|son )accord|ecrit)  a tout moment  librement
            verbalement  oralement
            eenzijdig  zonder (?:bijlage|avenant|akkoord|instemming)  te allen tijde  mondeling
            einseitig  ohne (?:nachtrag|zusatz|zustimmung)  jederzeit  mundlich
            unilaterally  without (?:an )?(?:amendment|agreement|consent)  at any time  orally  verbally
            """
        ),
    ),
    unless=(not_without,),
    negated=False,
)

# --- courts and liability (art. 11) -------------------------------------------------------------------------

_COURTS = Rule(
    "clause.courts",
    articles.COURTS,
    (
        words(
            r"""
            renonce\w*[^.]{0,60}\b(?:recours|justice|tribuna\w+|action|poursui\w+)
            s'interdi\w+[^.]{0,60}\b(?:justice|tribuna\w+|recours)  (?:aucun|sans) recours
            arbitrage (?:obligatoire|exclusif)  (?:uniquement|exclusivement|obligatoirement)[^.]{0,40}\barbitr\w+
            arbitr\w+[^.]{0,60}\b(?:exclu\w+|uniquement|obligatoire\w*|sans recours|definiti\w+)
            afstand van[^.]{0,60}\b(?:vordering|beroep|verhaal|rechtsmiddel\w*|rechtbank\w*)
            ziet af van[^.]{0,60}\b(?:vordering|beroep|verhaal|rechtbank\w*)
            verplichte arbitrage  uitsluitend[^.]{0,40}\barbit\w+
            verzichtet[^.]{0,60}\b(?:klage|rechtsmittel|gericht\w*|rechtsweg)
            verzicht auf[^.]{0,40}\b(?:klage|rechtsmittel|rechtsweg)  rechtsweg ist ausgeschlossen  schiedsgericht\w*
            waives?[^.]{0,60}\b(?:claim|action|court|recourse|right to sue)\w*
            (?:binding|compulsory|mandatory) arbitration  may not (?:go to court|sue|bring)
            """
        ),
    ),
    unless=(
        words(
            r"""
            ne renonce\w* (?:pas|a aucun)  ne fait pas obstacle  ziet niet af  verzichtet nicht  does not waive
            """
        ).search,
    ),
    negated=False,
)
_LIABILITY = Rule(
    "clause.liability",
    articles.COURTS,
    (
        words(
            r"""
            decline\w* (?:toute|expressement toute) responsabilite  aucune responsabilite
            (?:en aucun cas|jamais|nullement)[^.]{0,40}\bresponsab\w+
            responsab\w+[^.]{0,40}\b(?:en aucun cas|exclue|ecartee|jamais)  exoner\w+[^.]{0,30}\bresponsab\w+
            meme en cas de (?:faute|negligence)
            (?:n'est|ne peut etre tenue?) (?:pas )?responsable[^.]{0,60}\b(?:chutes?|accidents?|blessures?|lesions?|corporel\w*|deces|soins)
            in geen geval[^.]{0,40}\b(?:aansprakelijk|verantwoordelijk)\w*  elke aansprakelijkheid (?:af|wordt)
            wijst (?:elke|alle) aansprakelijkheid  zelfs (?:bij|in geval van) (?:fout|nalatigheid)
            niet (?:aansprakelijk|verantwoordelijk)[^.]{0,60}\b(?:val|vallen|ongeval\w*|letsel\w*)
            (?:in keinem fall|keinesfalls|keinerlei)[^.]{0,40}\bhaft\w*  haftet (?:in keinem fall|keinesfalls)
            haftung[^.]{0,30}\bausgeschlossen  auch bei (?:verschulden|fahrlassigkeit)  lehnt jede haftung
            haftet (?:nie|niemals|nicht)[^.]{0,60}\b(?:sturz|sturze\w*|unfall\w*|verletzung\w*)
            (?:in no (?:case|event)|under no circumstances|never)[^.]{0,30}\b(?:liable|responsible)
            disclaims? (?:all|any) (?:liability|responsibility)  no liability
            even (?:in case of|if|for) (?:its |own )?(?:fault|negligen\w+)
            not (?:liable|responsible)[^.]{0,60}\b(?:falls?|accidents?|injur\w+)
            """
        ),
    ),
    unless=(
        words(
            r"""
            sauf (?:en cas de )?(?:faute|negligence)  hormis (?:faute|sa faute)  a moins d'une faute
            behalve (?:bij|in geval van) (?:fout|nalatigheid)  tenzij (?:bij )?(?:fout|nalatigheid)
            ausser bei (?:verschulden|fahrlassigkeit)
            except (?:in case of|for) (?:fault|negligence|its)  unless .{0,30}(?:fault|negligen\w+)
            le resident n'est  de bewoner is  der bewohner haftet  the resident is
            """
        ).search,
    ),
    negated=False,
)

RULES = (_ORAL, _NO_REASONS, _NO_NOTICE, _AUTOMATIC_END, _ROOM_CHANGE, _TEXT_CHANGE, _COURTS, _LIABILITY)
