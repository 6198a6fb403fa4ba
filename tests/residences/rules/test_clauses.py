"""Special clauses: what breaks a rule of the convention is found in four languages, what only adds passes."""

import pytest

from residences.messages import condition, message
from residences.messages_clauses import NAMES, TEXTS
from residences.rules.clauses import broken_rules

BROKEN = [
    # deposit and guarantee (art. 7 and 8)
    ("Le résident verse un acompte de 500 euros à son entrée.", "clause.deposit"),
    ("Des arrhes équivalant à un mois sont demandées à la réservation.", "clause.deposit"),
    ("Aucun acompte n'est exigé, sauf un acompte de 200 € pour les courts séjours.", "clause.deposit"),
    ("Bij de opname betaalt de bewoner een voorschot van 300 euro.", "clause.deposit"),
    ("Der Bewohner leistet bei Einzug eine Anzahlung von 400 Euro.", "clause.deposit"),
    ("On entry the resident pays a deposit of 250 euros.", "clause.deposit"),
    ("Une garantie locative de 1.000 € est constituée avant l'entrée.", "clause.guarantee"),
    ("Le représentant dépose une caution de deux mois.", "clause.guarantee"),
    ("De bewoner stelt een waarborg van twee maanden.", "clause.guarantee"),
    ("Die Kaution beträgt 800 Euro und ist vor dem Einzug fällig.", "clause.guarantee"),
    ("A security deposit of one month is required.", "clause.guarantee"),
    # goods and valuables (art. 9)
    ("Le résident confie ses bijoux et son argent à la direction.", "clause.custody"),
    ("L'établissement gère le compte bancaire du résident.", "clause.custody"),
    ("De directie bewaart de juwelen en het geld van de bewoner in de kluis.", "clause.custody"),
    ("Die Heimleitung verwaltet die Ersparnisse des Bewohners.", "clause.custody"),
    ("The home keeps the resident's bank card and cash in its safe.", "clause.custody"),
    # length of notice (art. 10)
    ("Le résident donne un préavis d'un mois.", "clause.notice_resident"),
    ("Le préavis du résident est de trente jours, celui du gestionnaire de six mois.", "clause.notice_resident"),
    ("Le gestionnaire peut résilier moyennant un préavis de six semaines.", "clause.notice_manager"),
    ("La direction donne un préavis de 30 jours.", "clause.notice_manager"),
    ("De bewoner zegt op met een opzegtermijn van drie weken.", "clause.notice_resident"),
    ("De beheerder kan opzeggen met een opzegtermijn van 2 maanden.", "clause.notice_manager"),
    ("Die Kündigungsfrist des Bewohners beträgt zwei Monate.", "clause.notice_resident"),
    ("Die Heimleitung kann mit einer Frist von vier Wochen kündigen.", "clause.notice_manager"),
    ("The resident gives one month's notice.", "clause.notice_resident"),
    ("The manager may end the contract with sixty days' notice.", "clause.notice_manager"),
    ("Le préavis est de deux mois, quelle que soit la partie.", "clause.notice_resident"),
    ("Pendant la période d'essai, le résident donne un préavis de 15 jours.", "clause.notice_resident"),
    ("La période d'essai dure soixante jours; le préavis y est de 7 jours.", "clause.trial"),
    ("Le préavis peut être donné verbalement.", "clause.oral_notice"),
    ("Opzegging kan ook mondeling of per sms.", "clause.oral_notice"),
    ("Eine mündliche Kündigung genügt.", "clause.oral_notice"),
    ("Notice may be given by telephone.", "clause.oral_notice"),
    ("Le gestionnaire peut résilier la convention sans devoir se justifier.", "clause.no_reasons"),
    ("De beheerder kan de overeenkomst opzeggen zonder opgave van redenen.", "clause.no_reasons"),
    ("Der Verwalter kündigt ohne Angabe von Gründen.", "clause.no_reasons"),
    ("The manager may terminate without giving any reason.", "clause.no_reasons"),
    ("En cas de retard, l'établissement met fin au séjour sans préavis.", "clause.notice_left_out"),
    ("Bij wanbetaling kan de directie de overeenkomst onmiddellijk beëindigen.", "clause.notice_left_out"),
    ("Bei Zahlungsverzug kann das Haus fristlos kündigen.", "clause.notice_left_out"),
    ("Après trente jours d'hospitalisation, la convention prend fin de plein droit.", "clause.automatic_end"),
    ("Le résident qui quitte l'établissement paie une indemnité de trois mois.", "clause.indemnity"),
    ("Après le décès, le prix reste dû pendant un mois entier.", "clause.room_cleared"),
    # payment, dispute, interest (art. 6)
    ("Les factures sont payables dans les cinq jours.", "clause.payment_term"),
    ("La facture est payable immédiatement.", "clause.payment_term"),
    ("De factuur wordt betaald binnen 3 dagen na ontvangst.", "clause.payment_term"),
    ("Rechnungen sind innerhalb von 48 Stunden zu zahlen.", "clause.payment_term"),
    ("Invoices are paid within one week.", "clause.payment_term"),
    ("Toute contestation de facture est introduite dans les quinze jours.", "clause.dispute_term"),
    ("Een factuur kan binnen acht dagen betwist worden.", "clause.dispute_term"),
    ("Rechnungen können nur innerhalb von zwei Wochen beanstandet werden.", "clause.dispute_term"),
    ("A complaint about an invoice is made within ten days.", "clause.dispute_term"),
    ("Une fois payée, la facture ne peut plus être contestée.", "clause.dispute_term"),
    ("Toute somme impayée produit un intérêt de 12 % l'an.", "clause.interest"),
    ("Op elke laattijdige betaling is een interest van 10 procent verschuldigd.", "clause.interest"),
    ("Bei Verzug werden Zinsen von 8 % berechnet.", "clause.interest"),
    ("Late invoices bear interest at 1.5 % a month.", "clause.interest"),
    ("Des intérêts de retard sont dus de plein droit et sans mise en demeure.", "clause.formal_notice"),
    ("Verwijlinteresten zijn verschuldigd zonder ingebrekestelling.", "clause.formal_notice"),
    ("Tout retard de paiement entraîne une indemnité forfaitaire de 50 euros.", "clause.penalty"),
    ("Per aanmaning wordt een boete van 15 euro aangerekend.", "clause.penalty"),
    ("Je Mahnung wird eine Mahngebühr von 10 Euro fällig.", "clause.penalty"),
    ("A late fee of 20 euros is charged.", "clause.penalty"),
    # price, supplements, advances (art. 4 and 5)
    ("Le prix peut être augmenté à tout moment par la direction.", "clause.price_rise"),
    ("Le prix de la journée augmente de 10 % chaque année.", "clause.price_rise"),
    ("De dagprijs wordt automatisch verhoogd.", "clause.price_rise"),
    ("Der Tagespreis kann ohne vorherige Mitteilung erhöht werden.", "clause.price_rise"),
    ("The price may be increased without notification.", "clause.price_rise"),
    ("Toute augmentation du prix entre en vigueur dans les dix jours.", "clause.price_notified"),
    ("Un supplément obligatoire de 20 € par mois couvre les animations.", "clause.compulsory_supplement"),
    ("De bewoner neemt een verplicht abonnement op de wasserij.", "clause.compulsory_supplement"),
    ("Die Zusatzleistungen sind verpflichtend.", "clause.compulsory_supplement"),
    ("Les suppléments non repris dans la convention peuvent être facturés.", "clause.other_supplement"),
    ("Les médicaments viennent exclusivement de la pharmacie de l'établissement.", "clause.pharmacist"),
    ("Les avances sont majorées de frais administratifs.", "clause.advance"),
    ("Pendant une hospitalisation, le prix est réduit de 10 %.", "clause.absence"),
    ("Bij afwezigheid wordt de dagprijs verhoogd.", "clause.absence"),
    ("During holidays the price is reduced by half.", "clause.absence"),
    ("La télévision dans la chambre est facturée 5 euros par mois.", "clause.included"),
    ("Het gebruik van internet wordt aangerekend.", "clause.included"),
    ("Der Bewohner zahlt die Heizung seines Zimmers.", "clause.included"),
    ("The resident pays for incontinence material.", "clause.included"),
    ("Le résident supporte les frais de chauffage de sa chambre.", "clause.included"),
    ("Des frais de dossier de 75 € sont facturés.", "clause.included"),
    # room, text, courts, liability (art. 3, 1, 11)
    ("La direction se réserve le droit de changer le résident de chambre.", "clause.room_change"),
    ("Le résident peut être transféré dans une autre chambre sans son consentement.", "clause.room_change"),
    ("De directie kan de bewoner zonder toestemming een andere kamer geven.", "clause.room_change"),
    ("Die Heimleitung kann jederzeit ein anderes Zimmer zuweisen.", "clause.room_change"),
    ("The manager may move the resident to another room at any time.", "clause.room_change"),
    ("Le gestionnaire peut modifier la présente convention sans avenant.", "clause.text_change"),
    ("Le résident renonce à tout recours devant les tribunaux.", "clause.courts"),
    ("De bewoner doet afstand van elke vordering tegen het huis.", "clause.courts"),
    ("Der Bewohner verzichtet auf den Rechtsweg.", "clause.courts"),
    ("The resident waives any claim against the home.", "clause.courts"),
    ("L'établissement décline toute responsabilité, même en cas de faute.", "clause.liability"),
    ("L'établissement n'est pas responsable des chutes du résident.", "clause.liability"),
    ("In geen geval is de instelling aansprakelijk.", "clause.liability"),
    ("Das Haus haftet in keinem Fall.", "clause.liability"),
    ("The home is under no circumstances liable.", "clause.liability"),
]  # fmt: skip

INNOCENT = [
    # the special clauses of the convention that the rules come from, in other words
    "Le résident ou son représentant répare tout dommage causé par son fait au bâtiment, au mobilier et au linge de maison.",
    "Le résident ou son représentant veille à un trousseau suffisant de linge de corps et de vêtements.",
    "L'établissement ne peut être rendu d'office responsable des pertes, vols ou dégradations d'objets laissés dans la chambre.",
    "Il en va de même des prothèses, des orthèses, des lunettes, des appareils auditifs et des dentiers.",
    "L'éventuelle responsabilité de l'établissement est établie par le juge des tribunaux compétents.",
    "Madame Lambert, domiciliée à Namur, s'engage en qualité de caution solidaire et indivisible.",
    "De bewoner vergoedt de schade die hij aan gebouw, meubelen of linnen toebrengt.",
    "Der Bewohner ersetzt Schäden, die er am Gebäude, an Möbeln oder an der Hauswäsche verursacht.",
    "The resident makes good any damage that he or she causes to the building, furniture or linen.",
    # what the convention says itself, said again
    "Aucun acompte n'est exigé du résident.",
    "Er wordt geen voorschot en geen waarborg gevraagd.",
    "Es wird keine Kaution verlangt.",
    "No deposit is asked from the resident.",
    "L'établissement ne garde ni argent ni bijoux.",
    "De instelling bewaart geen geld of juwelen van de bewoner.",
    "Le préavis est de trois mois pour le gestionnaire et de quinze jours pour le résident.",
    "Pendant l'essai, le préavis est de 7 jours pour les deux parties.",
    "Les trente premiers jours servent de période d'essai.",
    "Le gestionnaire peut réduire son préavis à un mois si le résident ne respecte pas les normes de sécurité.",
    "De opzegtermijn is drie maanden voor de beheerder en vijftien dagen voor de bewoner.",
    "Die Kündigungsfrist beträgt drei Monate für den Verwalter und fünfzehn Tage für den Bewohner.",
    "The resident gives fifteen days' notice in writing.",
    "Un préavis oral n'est pas valable.",
    "La résiliation est faite par écrit, deux jours ouvrables avant le début du préavis.",
    "Le gestionnaire ne peut pas résilier sans motif.",
    "La facture est payée dans les huit jours de sa réception.",
    "Les factures peuvent être contestées pendant un mois.",
    "Après une mise en demeure, l'intérêt ne dépasse pas le taux légal.",
    "Une hausse de prix ne peut avoir lieu sans notification.",
    "Un changement de chambre ne se fait pas sans l'accord du résident.",
    "En cas d'absence, le prix reste dû en totalité.",
    "Seuls les suppléments librement choisis sont facturés.",
    "La télévision dans la chambre n'est pas facturée.",
    # what only adds
    "Le résident peut accueillir son chat, qu'il nourrit et soigne lui-même.",
    "Le résident peut quitter l'établissement avec un préavis de sept jours.",
    "Le gestionnaire donne un préavis de six mois après cinq ans de séjour.",
    "Le délai de paiement est de trente jours à dater de la réception.",
    "Les factures peuvent être contestées pendant trois mois.",
    "Le coiffeur se décommande deux jours à l'avance.",
    "Les repas de visiteurs sont réservés 24 heures à l'avance et facturés 7,50 €.",
    "Le résident paie ses communications téléphoniques au prix coûtant.",
    "Le résident conserve ses bijoux dans sa chambre, sous sa responsabilité.",
    "Il est conseillé d'assurer les objets de valeur.",
    "Les activités se font dans l'intérêt du résident.",
    "La famille est informée dans les 24 heures de toute hospitalisation.",
    "Les absences sont annoncées deux jours à l'avance.",
    "Le résident peut demander à tout moment une autre chambre.",
    "Le résident choisit librement son médecin et son pharmacien.",
    "Le piano de la résidente est accordé une fois par an à ses frais.",
    "De bewoner mag zijn kamer met eigen meubelen inrichten.",
    "Bezoek is welkom van 10 tot 20 uur.",
    "De bewoner kan op elk moment om een andere kamer vragen.",
    "Roken is alleen toegestaan in de tuin.",
    "Haustiere sind nach Absprache willkommen.",
    "Die Besuchszeiten sind von 10 bis 20 Uhr.",
    "The resident may bring a piano and have it tuned.",
    "Family members may stay overnight in the guest room.",
    "The resident's own washing machine may not be installed in the room.",
    "Une promenade accompagnée a lieu chaque semaine.",
    "L'appareil est sous la garantie du fabricant.",
    "La clé perdue est remplacée au prix coûtant, 12 euros.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), BROKEN, ids=lambda value: str(value)[:50])
def test_what_breaks_a_rule_is_found(text, code):
    assert code in {reason.code for reason in broken_rules(text)}


@pytest.mark.parametrize("text", INNOCENT, ids=lambda value: value[:50])
def test_what_only_adds_passes(text):
    assert [(reason.code, dict(reason.figures)["words"]) for reason in broken_rules(text)] == []


def test_every_broken_rule_quotes_the_words_and_says_its_article():
    for text, _code in BROKEN:
        for reason in broken_rules(text):
            words = dict(reason.figures)["words"]
            assert words.rstrip("…") in text
            assert not reason.met
            assert f"“{words}”" in message(reason)
            assert "(art. " in message(reason)
            assert condition(reason.code)


def test_every_code_has_a_clause_that_breaks_it():
    assert {code for _text, code in BROKEN} == set(TEXTS) == set(NAMES)


def test_a_line_broken_inside_a_sentence_hides_nothing():
    assert broken_rules("Le résident verse\r\nun acompte de 500 euros.")
    assert broken_rules("Le résident peut avoir un chat.\n\nUn acompte est exigé.")


def test_each_sentence_is_judged_by_itself():
    codes = [
        reason.code for reason in broken_rules("Un acompte est exigé. Le préavis est oral. Le chat dort.")
    ]
    assert codes == ["clause.deposit", "clause.oral_notice"]


@pytest.mark.parametrize("text", ["", " ", ".", "?!\n\n", "…", "ß" * 2000, "ne pas sans " * 150, "1 " * 1000])
def test_any_text_can_be_judged(text):
    assert broken_rules(text) == ()
