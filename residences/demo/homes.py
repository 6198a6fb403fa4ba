"""The homes of the demo: rooms, prices, supplements, discounts, what the price includes, clauses."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.registry import services as registry
from partenamut.registry.models import Residence, StructureType
from residences.models import PriceAuthorisation, RestHome
from residences.services import homes as services
from residences.services import house_texts, rooms, tariffs

UNIVERS = Path(settings.BASE_DIR) / "fixtures" / "reference" / "residence_univers.json"
CODES = ("UNIV", "TILL")
#: Rooms of the first home: their numbers, the type, how many beds each has.
ROOMS = (
    (range(101, 113), "Individuelle", 1),
    (range(201, 205), "Double", 2),
    (range(301, 302), "Studio double", 2),
    (range(302, 305), "Grande chambre individuelle", 1),
    (range(305, 307), "Studio individuel", 1),
)
CAPACITY = 30
#: Fictitious values of the consumer price index: at the prices of the file, and of the other home.
INDEX = Decimal("125.00")
CLAUSES = (
    "Le résident répare les dommages qu'il cause, par son fait, au bâtiment, au mobilier ou au linge de la maison.",
    "Le résident veille à disposer de vêtements et de linge de corps en suffisance.",
    "Les prothèses, lunettes et appareils auditifs restent sous la garde du résident; la maison répond des siens.",
)


def univers(director: User, opened: date, at: datetime) -> RestHome:
    """The home of the data file, complete: types, prices, supplements, discount; its rooms are fictitious."""
    data: dict[str, Any] = json.loads(UNIVERS.read_text(encoding="utf-8"))
    address = data["address"]
    residence = _residence(
        name=data["name"],
        street=address["street"],
        postal_code=address["postal_code"],
        city=address["city"],
        phone=data["phone"],
        director=director,
        opened=opened,
        at=at,
    )
    values = {
        "code": CODES[0],
        "operator": data["operator"],
        "operating_title": data["operating_title"],
        "allowed": ["rest_home", "care_home", "short_stay"],
        "capacity": CAPACITY,
        "manager_name": director.name,
        "manager_function": _("Director"),
        "courts": "\n".join(data["courts"]),
        "house_rules_dated": date(2024, 1, 1),
    }
    home = services.open_home(residence=residence, values=values, actor=None, at=at)
    services.change_account(
        home=home, iban="BE80999000000777", account_holder=data["operator"], actor=director, at=at
    )
    decided = date.fromisoformat(data["price_authorisation"]["date"])
    authorisation = tariffs.add_authorisation(
        home=home,
        values={"authority": data["price_authorisation"]["authority"], "decided_on": decided},
        actor=None,
        at=at,
    )
    for position, kind in enumerate(data["room_types"], 1):
        price = Decimal(kind["daily_price_eur"])
        _type(home, kind["name"], kind["area_m2"], price, decided, position, authorisation, at)
    for numbers, name, beds in ROOMS:
        for number in numbers:
            _room(home, str(number), name, beds, opened, at)
    for item in data["supplements"]:
        _supplement(home, item["name"], Decimal(item["unit_price_eur"]), decided, at)
    for item in data["discounts"]:
        discount = {
            "mutuality_code": int(item["insurer_mutuality_code"]),
            "name": item["name"],
            "percent": Decimal(item["percent"]),
            "first_day": decided,
        }
        tariffs.add_discount(home=home, values=discount, actor=None, at=at)
    _texts(home, decided, at)
    return home


def tilleuls(director: User, opened: date, at: datetime) -> RestHome:
    """A small home of somebody else, without short stays."""
    residence = _residence(
        name="Résidence Les Tilleuls (fictive)",
        street="Rue des Tilleuls 4",
        postal_code="5100",
        city="Jambes",
        phone="081 00 00 44",
        director=director,
        opened=opened,
        at=at,
    )
    values = {
        "code": CODES[1],
        "operator": "Les Tilleuls ASBL (fictive)",
        "operating_title": "MR/192.999.001",
        "allowed": ["rest_home"],
        "capacity": 8,
        "manager_name": director.name,
        "manager_function": _("Director"),
        "courts": "Justice de paix de Namur",
    }
    home = services.open_home(residence=residence, values=values, actor=None, at=at)
    services.change_account(
        home=home,
        iban="BE61999000004417",
        account_holder="Les Tilleuls ASBL (fictive)",
        actor=director,
        at=at,
    )
    since = date(2024, 1, 1)
    _type(home, "Chambre simple", 18, Decimal("52.40"), since, 1, None, at)
    for number in range(1, 7):
        _room(home, str(number), "Chambre simple", 1, opened, at)
    _supplement(home, "Repas de visiteur", Decimal("9.00"), since, at)
    _texts(home, since, at)
    return home


def _residence(
    *,
    name: str,
    street: str,
    postal_code: str,
    city: str,
    phone: str,
    director: User,
    opened: date,
    at: datetime,
) -> Residence:
    residence = Residence.objects.filter(name=name, postal_code=postal_code).first()
    residence = residence or registry.create_residence(
        name=name,
        street=street,
        postal_code=postal_code,
        city=city,
        phone=phone,
        structure_types=[StructureType.REST_HOME],
        actor=None,
        at=at,
    )
    registry.appoint_director(residence=residence, director=director, first_day=opened, actor=None, at=at)
    return residence


def _type(
    home: RestHome,
    name: str,
    area: int,
    price: Decimal,
    since: date,
    position: int,
    authorisation: PriceAuthorisation | None,
    at: datetime,
) -> None:
    values = {"name": name, "area_m2": area, "position": position}
    kind = rooms.add_room_type(home=home, values=values, actor=None, at=at)
    first = {
        "daily_price": price,
        "authorisation": authorisation,
        "first_day": since,
        "index_value": INDEX,
        "index_month": since.replace(day=1),
    }
    tariffs.enter_first_price(room_type=kind, values=first, actor=None, at=at)


def _room(home: RestHome, number: str, kind: str, beds: int, since: date, at: datetime) -> None:
    floor = number[0] if len(number) > 1 else "0"
    values = {"number": number, "floor": floor, "room_type": home.room_types.get(name=kind)}
    rooms.add_room(home=home, values=values, beds=beds, first_day=since, actor=None, at=at)


def _supplement(home: RestHome, label: str, price: Decimal, since: date, at: datetime) -> None:
    tariffs.add_supplement(
        home=home, label=label, unit=_("meal"), unit_price=price, first_day=since, actor=None, at=at
    )


def _texts(home: RestHome, since: date, at: datetime) -> None:
    house_texts.load_standard(home=home, first_day=since, actor=None, at=at)
    for clause in CLAUSES:
        house_texts.add_clause(home=home, text=clause, first_day=since, actor=None, at=at)
