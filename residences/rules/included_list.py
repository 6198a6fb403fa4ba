"""What the daily price includes (art. 4 §2), one element after another, with the words that betray each of them."""

from msgspec import Struct


def _(text: str) -> str:
    """The same text: the name marks it for the catalogues; a home gets it in its language."""
    return text


class Element(Struct, frozen=True):
    """An element of the price; its guards are read as `included` says."""

    code: str
    text: str
    guard_words: tuple[str, ...]
    #: What a home offers on its own account: another may leave it out, and charge it.
    is_comfort: bool = False


def _element(code: str, text: str, guards: str, *, is_comfort: bool = False) -> Element:
    """An element from guards written one after another, with semicolons between them."""
    return Element(code, text, tuple(" ".join(guard.split()) for guard in guards.split(";")), is_comfort)


#: What residents pay of a treatment themselves is no longer what an insurer pays for.
_OWN_SHARE = (
    "-moderateur -rembours* -remgeld -terugbeta* -eigenanteil* -selbst* -erstatt* -reimburs* -payment"
)

STANDARD: tuple[Element, ...] = (
    # --- the building ---------------------------------------------------------------------------------------
    _element(
        "room",
        _("Use of the room and of the furniture in it"),
        "=chambre; =kamer; =zimmer; =room; usage chambre; chambre individuel*; chambre seul*; chambre simple;"
        "chambre particulier*; chambre double; =lit; =bed; =bett; kamerhuur; kamertoeslag; eenpersoonskamer*;"
        "zimmermiete; zimmerzuschlag; einzelzimmer*; doppelzimmer*; single room; double room; =logement;"
        "=hebergement; =verblijf; =unterkunft; =accommodation",
    ),
    _element(
        "sanitary",
        _("Use and upkeep of showers, baths, toilets and washbasins, in the room or shared"),
        "sanitaire; salle bain; salle eau; salle douche; =douche; =wc; =toilette; =bain; =lavabo; sanitair*;"
        "badkamer*; =toilet; =bad; badezimmer*; =dusche; bathroom; =shower; =bath; washbasin",
    ),
    _element(
        "shared_rooms",
        _("Use of the shared rooms and of the lifts, as the internal rules say"),
        "partie commun*; espace commun*; local commun*; locaux commun*; salle commun*; salon commun*; ascenseur;"
        "gemeenschappelijk* ruimte; gemeenschapsruimte; =lift; gemeinschaftsra*; aufzug*; fahrstuhl*; common room;"
        "shared room; shared space; common area; elevator",
    ),
    _element(
        "upkeep",
        _("Upkeep of the building, and cleaning of the shared rooms with what it takes"),
        "entretien batiment; entretien immeuble; entretien commun*; nettoyage commun*; charge commun*;"
        "onderhoud gebouw*; gemeenschappelijk* schoonmaak; gemeenschappelijk* onderhoud; gebaudeunterhalt*;"
        "instandhaltung*; building maintenance; building upkeep; cleaning common; cleaning shared",
    ),
    _element(
        "repairs",
        _("Repairs of the room that follow from ordinary use"),
        "reparation chambre; entretien locatif; usure normal*; herstel* kamer; huurherstel*; reparatur* zimmer*;"
        "zimmerreparatur*; repair room; wear tear",
    ),
    _element(
        "shared_furniture",
        _("Furniture of the shared rooms and its upkeep"),
        "mobilier commun*; meuble commun*; gemeenschappelijk* meubilair; gemeinschaftsmobel*; common furniture;"
        "shared furniture",
    ),
    _element(
        "waste",
        _("Removal of waste"),
        "dechet; poubelle; ordure; immondice; sac poubelle; afval*; vuilnis*; huisvuil*; abfall*; =mull; mullabfuhr; mullentsorg*; mullgebuhr*; waste;"
        "rubbish; garbage; refuse collection",
    ),
    _element(
        "heating",
        _("Heating of the rooms and of the shared rooms, with the upkeep and any change of the installation"),
        "chauffage; radiateur; verwarming*; radiator*; heizung*; heizkosten*; heating -pad",
    ),
    _element(
        "water",
        _("Running water, hot and cold, and the use of everything that it serves"),
        "=eau; =water; =wasser; eau courant*; eau chaud*; eau froid*; eau robinet; consommation eau; stromend water;"
        "waterverbruik; leidingwater; warm water; koud water; wasserverbrauch*; fliessend* wasser; warmwasser*;"
        "leitungswasser*; running water; hot water; cold water; tap water; water consumption",
    ),
    _element(
        "electricity",
        _(
            "Electrical installations with their upkeep and changes, and the current of shared rooms and medical devices"
        ),
        "installation electri*; aerosol -medicament* -consommable*; oxyconcentrateur; concentrateur oxygene;"
        "elektrisch* installati*; elektroinstallation*; zuurstofconcentrator*; aerosoltoestel*;"
        "sauerstoffkonzentrator*; sauerstoffgerat*; electrical installation*; oxygen concentrator; nebuliser",
    ),
    _element(
        "safety",
        _("Surveillance, protection against fire, alarms, call buttons and intercom"),
        "surveillance; protection incendie; detection incendie; securite incendie; alarme; interphon*; parlophon*;"
        "appel infirm*; appel malade; systeme appel; bouton appel; sonnette; bracelet appel; bracelet anti errance;"
        "bracelet anti fugue; bewaking*; toezicht; brandbeveiliging*; branddetectie; alarm*; oproepsysteem*; noodoproep*;"
        "belsysteem*; brandschutz*; notruf*; rufanlage*; sprechanlage*; uberwachung*; fire protection; fire safety;"
        "intercom; call button; call system; nurse call",
    ),
    _element(
        "public_telephone",
        _(
            "Installation, upkeep and rent of a telephone for everybody; residents pay their own calls at cost"
        ),
        "telephone public*; cabine telephon*; openbar* telefoon*; telefooncel; offentlich* telefon*;"
        "public telephone; public phone; payphone",
    ),
    _element(
        "computer",
        _("A computer in a shared room, to write messages and to use the internet"),
        "=ordinateur; acces ordinateur; ordinateur commun*; =pc; =computer; gemeenschappelijk* computer;"
        "computergebruik; computernutzung; shared computer; computer access; poste informatique",
    ),
    _element(
        "shared_audiovisual",
        _("Television, radio and other sound and picture in the shared rooms"),
        "audiovisuel*; =radio; audiovisueel; audiovisuele; audiovisuell*; audiovisual",
    ),
    # --- running the home -----------------------------------------------------------------------------------
    _element(
        "administration",
        _("Administrative costs of any kind, for the stay of the resident or the running of the home"),
        "frais admin*; cout admin*; charge admin*; frais dossier; ouverture dossier; constitution dossier;"
        "gestion dossier; frais inscription; frais admission; frais entree; frais accueil; frais gestion; frais rappel;"
        "frais secretariat; frais facturation; =administration; =inscription; =admission; administratiekost*;"
        "administratie* kost*; dossierkost*; inschrijvingskost*; opnamekost*; aanmaningskost*; inschrijvingsgeld;"
        "beheerskost*; verwaltungskost*; verwaltungsgebuhr*; bearbeitungsgebuhr*; aufnahmegebuhr*; anmeldegebuhr*;"
        "mahngebuhr*; mahnkosten; administrati* fee; administrati* cost; administrati* charge; admission fee;"
        "registration fee; file fee; reminder fee",
    ),
    _element(
        "insurance",
        _(
            "Insurance of civil liability and fire, and all that the law asks of the manager; not what residents insure"
        ),
        "assurance responsabilite -personn* -famili* -prive*; assurance rc -personn* -famili* -prive*;"
        "assurance civil* -personn* -famili* -prive*; assurance incendie; =assurance; assurance obligatoire;"
        "brandverzekering*; aansprakelijkheidsverzekering -familiale -persoonlijk*; verzekering brand;"
        "verzekering aansprakelijkheid -familiale -persoonlijk*; =verzekering; feuerversicherung*; brandversicherung*;"
        "haftpflichtversicherung* -privat* -personlich*; =versicherung; fire insurance; liability insurance -personal;"
        "=insurance",
    ),
    _element(
        "local_taxes",
        _("Local taxes, where there are any"),
        "taxe -declaration; gemeentebelasting*; gemeindesteuer*; local tax; municipal tax; council tax",
    ),
    _element(
        "taxes",
        _("Taxes and duties on the home"),
        "impot -declaration; precompte; cadastr*; =belasting; onroerend* voorheffing; grundsteuer*; =steuer;"
        "immobiliensteuer*; property tax; =tax",
    ),
    _element(
        "activities",
        _("Entertainment, leisure and activation by therapists inside the home"),
        "animation -exterieur* -externe -hors; activite -exterieur* -externe -hors; loisir -exterieur* -externe -hors;"
        "animatie* -extern* -buiten*; activiteit* -extern* -buiten*; ontspanning*; beschaftigung* -ausserhalb;"
        "freizeit* -ausserhalb; aktivitat* -ausserhalb; =activity; activity inside; leisure -outside;"
        "entertainment -outside; activity programme",
    ),
    # --- meals ----------------------------------------------------------------------------------------------
    _element(
        "kitchen",
        _("Kitchen of the home, its upkeep and changes, and bringing and storing what it needs"),
        "cuisine collectiv*; =cuisine; frais cuisine; grootkeuken*; =keuken; keukenkost*; gemeinschaftskuche*; =kuche;"
        "kuchenkosten; kitchen",
    ),
    _element(
        "meals",
        _("Preparing and serving of the meals and diets; of what replaces a meal, as much as a meal costs"),
        "repas -excedent* -exterieur* -livre* -vin -biere -aperitif -ville; diner -exterieur* -ville; souper -exterieur* -ville; dejeuner -exterieur* -ville; regime alimentaire; =regime; substitut repas;"
        "alimentation mixe*; maaltijd* -buiten*; ontbijt*; middagmaal*; avondmaal*; avondeten; middageten; dieet*;"
        "mahlzeit* -ausserhalb; fruhstuck*; mittagessen*; abendessen*; abendbrot; diat*; meal; breakfast; lunch;"
        "dinner; supper; special diet; =diet",
    ),
    _element(
        "snacks",
        _("Snacks and drinks that everybody gets between the meals"),
        "collation; gouter -anniversaire; =boisson; =cafe; =the; quatre heures; tussendoortje*; vieruurtje*; =drank;"
        "=koffie; =thee; zwischenmahlzeit*; kaffee kuchen; =getrank; =kaffee; =tee; snack; =drink; =coffee; =tea",
    ),
    _element(
        "room_service",
        _("Serving in the room"),
        "service chambre; plateau chambre; petit dejeuner chambre; kamerservice; kamerbediening; roomservice;"
        "zimmerservice*; room service; tray room; service etage",
    ),
    # --- the bed and the linen ------------------------------------------------------------------------------
    _element(
        "bedding",
        _("Mattress, blankets, bedspread, sheets, pillowcases and underlays, lent, kept clean and renewed"),
        "literie; matelas; couverture -assur*; couvre lit; edredon; drap -bain; draps lit; taie; alese; oreiller;"
        "beddengoed*; matras*; laken; deken; dekbed*; kussensloop*; slopen; hoofdkussen*; bettwasche*; matratze*;"
        "bettzeug*; decke; bettdecke*; bettlaken*; laken; kissenbezug*; kopfkissen*; bedding; mattress; blanket; sheet;"
        "duvet; pillow; pillowcase; bed linen",
    ),
    _element(
        "curtains",
        _("Curtains, hangings and covers of the furniture, lent, kept clean and renewed"),
        "rideau; tenture; voilage; gordijn*; overgordijn*; vorhang*; gardine; curtain; drape",
    ),
    _element(
        "bibs",
        _("Bibs and table napkins"),
        "bavoir; bavette; serviette -bain -hygieni* -toilette -plage -periodique*; slab; slabbetje; slabben; servet;"
        "servetten; latzchen; essschurze*; bib; napkin",
    ),
    _element(
        "bed_protection",
        _("Protection of the bed where it is needed"),
        "protege matelas; protection matelas; protection lit; protection literie; matrasbescherm*; bedbescherm*;"
        "onderlegger; bettschutz*; matratzenschutz*; betteinlage*; bed protection; mattress protector; bed pad",
    ),
    _element(
        "incontinence",
        _("Material for incontinence"),
        "incontinen*; =lange; lange adult*; =couche; couche adult*; =protection; culotte absorb*; slip absorb*; change complet*; protection absorb*; protection urin*;"
        "incontinentie*; luier*; inlegverband*; inkontinenz*; windel*; diaper; nappy; nappies; absorbent",
    ),
    _element(
        "pressure_sores",
        _("Material against pressure sores"),
        "escarre; antiescarre; doorlig*; decubitus*; dekubitus*; wundlieg*; pressure sore; bedsore; pressure ulcer",
    ),
    _element(
        "linen",
        _("Washing and pressing of all linen that is not the resident's own"),
        "linge plat; linge lit; linge maison; linge non personnel; linge table; linge toilette; =linge; =buanderie;"
        "bedlinnen; huislinnen; platgoed; niet persoonlijk* linnen; =linnen; =wasserij; hauswasche*; flachwasche*;"
        "=wasche; household linen; flat linen; =linen; bed linen",
    ),
    # --- care -----------------------------------------------------------------------------------------------
    _element(
        "nursing",
        _("Work of nurses and carers"),
        "infirmi*; aide soignant*; personnel soignant*; soignant*; aide toilette; aide repas; aide bain; aide lever;"
        "aide coucher; soin hygiene; soin nursing; soin base; =soin; toilette quotidien*; surveillance nuit;"
        "verpleeg* -wagen; verpleg*; zorgkundig*; verzorgend*; =zorg; =verzorging; hulp wassen; pflege -fusspflege "
        "-nagelpflege; pflegekraft*; pflegepersonal; krankenpflege*; grundpflege; =betreuung; nursing; nurse; carer;"
        "care staff; personal care; help washing; =care",
    ),
    _element(
        "therapy",
        _("Therapists and physiotherapy as far as an insurer pays for them"),
        f"kine {_OWN_SHARE}; kinesi* {_OWN_SHARE}; ergotherap* {_OWN_SHARE}; logoped* {_OWN_SHARE}; "
        f"paramedica* {_OWN_SHARE}; physiotherap* {_OWN_SHARE}; logopad* {_OWN_SHARE}; speech therap* {_OWN_SHARE}; "
        f"occupational therap* {_OWN_SHARE}",
    ),
    _element(
        "medicines",
        _(
            "Ordering, managing, storing and giving out of medicines; the resident chooses the pharmacist, and has the rebate"
        ),
        "gestion medicament*; distribution medicament*; preparation medicament*; stockage medicament*; pilulier;"
        "livraison medicament*; administration medicament*; semainier; medicatiebeheer*; medicatieverdeling*;"
        "verdeling geneesmiddel*; verdelen medica*; bewaren geneesmiddel*; medikamentenverwalt*; medikamentenausgabe*;"
        "medikamentenstell*; medicine management; medication management; medication administration; pill box;"
        "pill dispenser",
    ),
    _element(
        "commode",
        _("A commode chair for who needs one"),
        "chaise perce*; chaise garde robe; toiletstoel*; wc stoel; nachtstuhl*; toilettenstuhl*; commode chair;"
        "toilet chair",
    ),
    _element(
        "furniture",
        _("Furniture that a room must have, and a bed that goes up and down where it is offered"),
        "mobilier -transport -demenage* -vente; meuble -transport -demenage* -vente; lit variable; lit medicalis*;"
        "lit electri*; lit hauteur; meubilair* -verhui*; meubel* -verhui*; hoog laag*; hooglaagbed*; verstelbaar bed*;"
        "mobel -umzug*; mobiliar -umzug*; pflegebett*; hohenverstellbar* bett; furniture -moving -removal; adjustable bed;"
        "hospital bed",
    ),
    _element(
        "aids",
        _(
            "What fits the furniture to the health of the resident, such as hoist, bed rails or mattress, and restraints"
        ),
        "leve personne; leve malade; souleve personne; soulevement; barre lit; barriere lit; ridelle; contention -bas "
        "-chaussette* -collant*; matelas adapte*; matelas alternating; tillift*; bedsponde*; bedrand*; fixatiemateri*;"
        "patientenlift*; personenlift*; bettgitter*; bettseitenteil*; fixierung*; hoist; patient lift; bed rail; restraint",
    ),
    # --- the room and its end -------------------------------------------------------------------------------
    _element(
        "room_current",
        _("Current, lighting and heaters that the resident uses in the room"),
        "electricite; consommation electri*; courant electri*; eclairage; lampe -poche; luminaire; chauffage appoint;"
        "elektriciteit*; stroomverbruik; verlichting*; =lamp; =stroom; =strom; stromverbrauch*; stromkosten;"
        "elektrizitat*; beleuchtung*; =lampe; electricity; power consumption; lighting; =lamp",
    ),
    _element(
        "room_cleaning",
        _("Cleaning of the room and of the furniture and material in it"),
        "nettoyage chambre; nettoyage quotidien*; nettoyage mobilier; nettoyage fauteuil; =nettoyage; =menage;"
        "entretien chambre; menage chambre; kamerschoonmaak; schoonmaak kamer; =schoonmaak; =poetsen; =poetshulp;"
        "onderhoud kamer; zimmerreinigung*; reinigung zimmer*; =reinigung; putzen zimmer; room cleaning; cleaning room;"
        "=cleaning; housekeeping",
    ),
    _element(
        "departure",
        _("Upkeep, cleaning and repair for ordinary wear once the resident has left"),
        "nettoyage depart; nettoyage sortie; nettoyage fin; frais depart; frais sortie; remise etat; rafraichissement "
        "chambre; peinture chambre; remise peinture; =desinfection; eindschoonmaak*; vertrekkost*; opfrissing*; herschilder*;"
        " endreinigung*; schonheitsreparatur*; renovierung*; auszugskosten; end stay cleaning; final cleaning; redecorat*;"
        "repainting; departure fee",
    ),
    # --- comfort --------------------------------------------------------------------------------------------
    _element(
        "drinking_water",
        _("Drinking water, hot and cold, as much as one likes"),
        "eau potable; eau boire; fontaine eau; carafe eau; drinkwater*; drinkbaar water; waterfontein*; trinkwasser*;"
        "wasserspender*; drinking water; water fountain; water dispenser",
    ),
    _element(
        "telephone",
        _("Telephone line and set in the room of each resident, who pays the calls only"),
        "=telephone; telephon* raccord*; telephon* abonn* -gsm -portable -mobile; telephon* poste; telephon* appareil; telephon* ligne;"
        "telephon* location; telephon* redevance; telephon* connexion; =telefoon; telefoonaansluit*; telefoonabonn*;"
        "telefoontoestel*; telefoonlijn*; aansluiting telefoon*; abonnement telefoon*; =telefon; telefonanschluss*;"
        "telefonapparat*; telefongrundgebuhr*; anschluss telefon*; telephone line; telephone set; telephone rental;"
        "telephone subscription; telephone connection; phone line; phone rental; =phone",
        is_comfort=True,
    ),
    _element(
        "internet",
        _("Internet in each room"),
        "internet*; wifi; wi fi; wlan; adsl; connexion web; broadband",
        is_comfort=True,
    ),
    _element(
        "television",
        _("Television line, subscription and set, and other sound and picture, in each room"),
        "television -magazine -guide; televiseur; teledistribution; tele; tv -magazine -guide -gids -programm*; =cable; cable tele*;"
        "decodeur; televisie* -gids; kabeltelevisie; fernseh* -zeitschrift*; kabelanschluss*; television*; cable television;"
        "set top box",
        is_comfort=True,
    ),
    _element(
        "fridge",
        _("A refrigerator in each room"),
        "frigo; refrigerateur; frigidaire; koelkast*; ijskast*; frigobox; kuhlschrank*; fridge; refrigerator",
        is_comfort=True,
    ),
)
