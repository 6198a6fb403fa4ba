"""Who lives and works in the homes of the demo: users, residents of any mutuality, their contacts."""

import csv
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.accounts.services import create_user
from partenamut.fields import blind_index
from partenamut.registry import services as registry
from partenamut.registry.models import Member
from partenamut.registry.names import search_form
from partenamut.registry.services.rows import saved
from residences.models import Contact, ContactRole, Resident

PASSWORD = "vivre-mieux-2026"  # noqa: S105 (shown on the screen of every demo)
PEOPLE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "rest_home_people.csv"
USERS: dict[str, tuple[str, str, Role]] = {
    "director": ("Hélène Marchal", "maison@demo.example", Role.RESIDENCE_DIRECTOR),
    "other_director": ("Paul Toussaint", "tilleuls@demo.example", Role.RESIDENCE_DIRECTOR),
    "resident": ("Louise Öztürk", "residente@demo.example", Role.MEMBER),
}
#: Members of the mutuality who live in a home: one with a log-in of her own, one with a representative, two more.
MEMBERS = {
    "own": "41092103862",
    "represented": "65090200802",
    "third": "40120202167",
    "fourth": "45032802504",
}


def user_of(key: str, at: datetime) -> User:
    """The user of the demo, made where they are not there."""
    name, email, role = USERS[key]
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    user = create_user(name=name, email=email, language="fr", roles=(role,), actor=None, at=at)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def residents_of_file() -> dict[str, Resident]:
    """The residents of the file, by key; none of them is a member of the mutuality."""
    with PEOPLE.open(encoding="utf-8", newline="") as lines:
        return {line["key"]: _resident(line) for line in csv.DictReader(lines)}


def members(own: User, at: datetime) -> dict[str, Resident]:
    """The residents who are members of the mutuality; the first one reads her convention herself."""
    found = {}
    for key, niss in MEMBERS.items():
        member = Member.objects.with_niss(niss).get()
        found[key] = saved(
            Resident(
                member=member,
                niss=member.niss,
                niss_index=member.niss_index,
                last_name=member.last_name,
                first_name=member.first_name,
                search_name=member.search_name,
                birth_date=member.birth_date,
                language="fr",
                street=member.street,
                postal_code=member.postal_code,
                city=member.city,
                phone=member.phone,
                mutuality_code=509,
            )
        )
    registry.link_user(member=Member.objects.with_niss(MEMBERS["own"]).get(), user=own, actor=None, at=at)
    return found


def contact(resident: Resident, role: ContactRole, name: str, relation: str = "") -> Contact:
    """Somebody beside a resident."""
    return saved(
        Contact(
            resident=resident,
            role=role,
            name=name,
            relation=relation,
            street="Rue de l'Exemple 7",
            postal_code="5000",
            city="Namur",
            phone="081 00 00 77",
        )
    )


def _resident(line: dict[str, str]) -> Resident:
    return saved(
        Resident(
            niss=line["niss"],
            niss_index=blind_index(line["niss"]),
            last_name=line["last_name"],
            first_name=line["first_name"],
            search_name=search_form(line["last_name"], line["first_name"]),
            birth_date=date.fromisoformat(line["birth_date"]),
            language=line["language"],
            street=line["street"],
            postal_code=line["postal_code"],
            city=line["city"],
            mutuality_code=int(line["mutuality_code"]),
        )
    )
