"""Which supplements are included in the price already, in the four languages, and which may be charged."""

import pytest
from msgspec import Struct

from residences.rules.included import STANDARD, folded, included_by

MEANT = {
    "room": "Lit; Chambre individuelle; Supplément chambre; Location chambre; Eenpersoonskamer; Single room",
    "sanitary": "Douche; Salle de bain; Badkamer; Badezimmer; Bathroom",
    "shared_rooms": "Ascenseur; Espaces communs; Common room",
    "waste": "Évacuation des déchets; Sacs poubelles; Afvalverwerking; Müllabfuhr; Waste removal",
    "heating": "Chauffage; CHAUFFAGE DE LA CHAMBRE; Verwarming; Heizkosten; Heating",
    "water": "Eau; Eau chaude; Consommation d'eau; Leidingwater; Warmwasser; Hot water",
    "safety": "Sonnette; Appel infirmier; Oproepsysteem; Notrufsystem; Call button",
    "administration": "Frais de dossier; Frais administratifs; Frais d'admission; Frais de rappel; Dossierkosten; "
    "Administratiekosten; Verwaltungskosten; Mahngebühren; Administrative fees",
    "insurance": "Assurance incendie; Assurance RC; Brandverzekering; Feuerversicherung; Fire insurance",
    "local_taxes": "Taxe communale; Gemeentebelasting; Gemeindesteuer",
    "activities": "Animation; Activités; Animatie; Beschäftigungsangebot",
    "meals": "Repas; Diner; Régime alimentaire; Petit-déjeuner; Maaltijden; Ontbijt; Mahlzeiten; Frühstück; Breakfast",
    "snacks": "Collations; Goûter; Boissons; Café; Tussendoortjes; Zwischenmahlzeit; Snacks",
    "room_service": "Service en chambre; Kamerservice; Zimmerservice; Room service",
    "bedding": "Literie; Draps; Oreillers; Couverture; Matelas; Beddengoed; Lakens; Bettwäsche; Pillow",
    "curtains": "Rideaux; Tentures; Gordijnen; Vorhänge; Curtains",
    "bibs": "Bavoirs; Serviettes de table; Slabben; Lätzchen; Bibs",
    "incontinence": "Langes; Couches; Matériel d'incontinence; Luiers; Incontinentiemateriaal; Windeln; Diapers",
    "pressure_sores": "Coussin anti-escarres; Doorligwonden; Dekubitus; Pressure sores",
    "linen": "Linge de lit; Lavage du linge plat; Linge non personnel; Platgoed",
    "nursing": "Soins infirmiers; Aide-soignante; Aide à la toilette; Verzorging; Krankenpflege; Nursing care",
    "therapy": "Kinésithérapie; Kiné; Kinesitherapie; Physiotherapie; Ergothérapie",
    "medicines": "Gestion des médicaments; Pilulier; Medicatiebeheer; Medication management",
    "commode": "Chaise percée; Toiletstoel; Nachtstuhl; Commode chair",
    "furniture": "Mobilier de la chambre; Lit médicalisé; Location d'un lit électrique; Pflegebett; Hospital bed",
    "aids": "Lève-personne; Barres de lit; Contention; Tillift; Bettgitter; Hoist",
    "room_current": "Électricité; Consommation électrique; Elektriciteit; Stromkosten; Electricity",
    "room_cleaning": "Nettoyage de la chambre; Ménage; Kamerschoonmaak; Zimmerreinigung; Room cleaning",
    "departure": "Nettoyage au départ; Remise en état; Peinture de la chambre; Eindschoonmaak; Endreinigung",
    "drinking_water": "Eau potable; Fontaine à eau; Drinkwater; Trinkwasser; Drinking water",
    "telephone": "Téléphone; Abonnement téléphonique; Raccordement téléphonique; Telefoonabonnement; "
    "Telefonanschluss; Telephone line rental",
    "internet": "Internet; WiFi; Wi-Fi; Accès à l'Internet; Internet op de kamer; Internetanschluss; Internet access",
    "television": "Télévision; Location TV; Télé; Télédistribution; Televisie; Fernseher; Fernsehanschluss; TV rental",
    "fridge": "Frigo; Location d'un réfrigérateur; Koelkast; Kühlschrank; Fridge rental",
}
FREE = """
    Dîner visiteurs servi au restaurant; Souper visiteur; Repas visiteur; Repas famille; Petit-déjeuner des invités;
    Lit d'appoint pour visiteur; Bezoekersmaaltijd; Maaltijd bezoeker; Mittagessen für Besucher; Gastessen; Guest meal;
    Visitor's dinner; Communications téléphoniques; Appels téléphoniques; Téléphone (communications);
    Telefoongesprekken; Telefongespräche; Telephone calls; Coiffeur; Coiffeuse; Coiffeur en chambre; Kapper; Friseur;
    Hairdresser; Pédicure; Pédicure médicale en chambre; Manucure; Soins esthétiques; Soin des pieds; Pedicure;
    Voetverzorging; Fußpflege; Schoonheidsverzorging; Lavage du linge personnel; Marquage du linge; Couture;
    Persoonlijk linnen wassen; Privatwäsche; Personal laundry; Journal; Magazine TV; Krant; Zeitung; Newspaper;
    Excursion; Activités extérieures; Sortie au restaurant; Uitstap; Ausflug; Day trip; Vin; Boissons alcoolisées;
    Vin au repas; Eau minérale en bouteille; Eau de Cologne; Articles de toilette; Trousse de toilette; Médicaments;
    Ambulance; Taxi; Accompagnement à l'hôpital; Déménagement des meubles; Bas de contention; Ticket modérateur kiné;
    Kinésithérapie non remboursée; Remgeld kinesitherapie; Nettoyage à sec; Nettoyage des lunettes; Timbres;
    Assurance familiale; Assurance RC familiale; Congélateur; Fauteuil roulant électrique; Rasoir électrique;
    Parking; Câble de chargeur; Abonnement GSM; Mullbinden; Lange Haare schneiden; Massage; Photocopies; Lampe de poche
"""


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


@pytest.mark.parametrize(
    ("label", "code"), [(label, code) for code, labels in MEANT.items() for label in parts(labels)]
)
def test_what_the_price_includes_is_seen(label, code):
    found = included_by(label)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("label", parts(FREE))
def test_what_a_resident_chooses_freely_passes(label):
    assert included_by(label) is None


@pytest.mark.parametrize("label", ["", "   ", "!?", "…", "123", "de la"])
def test_a_label_without_a_word_means_nothing(label):
    assert included_by(label) is None


def test_the_list_has_each_element_once_and_room_for_its_words():
    codes = [element.code for element in STANDARD]
    assert len(codes) == len(set(codes)) >= 40
    assert all(len(code) <= 30 for code in codes)
    # In another language a sentence may be half as long again, and a column has 300 characters.
    assert all(len(element.text) <= 180 for element in STANDARD)


@pytest.mark.parametrize("element", STANDARD, ids=lambda element: element.code)
def test_each_element_has_guards_that_can_be_met(element):
    for guard in element.guard_words:
        terms = guard.removeprefix("=").split()
        wanted = [term.rstrip("*") for term in terms if not term.startswith("-")]
        assert wanted, guard
        assert all(term == " ".join(folded(term)) for term in wanted), guard
        assert included_by(" ".join(wanted), [element]) is element, guard


class Own(Struct):
    """An element of a home's own."""

    code: str
    text: str
    guard_words: tuple[str, ...]


def test_only_the_elements_of_the_home_count():
    fridge = next(element for element in STANDARD if element.code == "fridge")
    others = [element for element in STANDARD if element is not fridge]
    assert included_by("Location frigo", others) is None
    assert included_by("Location frigo", [fridge]) is fridge


def test_an_element_of_the_homes_own_is_seen_by_its_text_or_its_words():
    garden = Own("", "L'usage du potager", ("potager", "jardin legume*"))
    assert included_by("Potagers", [garden]) is garden
    assert included_by("l’usage du POTAGER", [garden]) is garden
    assert included_by("Jardin des légumes", [garden]) is garden
    assert included_by("Jardin d'agrément", [garden]) is None


def test_a_row_with_a_code_has_the_words_of_the_standard_list():
    row = Own("television", "la télé", ())
    assert included_by("Fernseher", [row]) is row
