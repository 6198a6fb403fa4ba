"""Two fictitious rest homes, one on the figures of the Résidence de l'Univers: residents, months, changes, endings."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from partenamut.web.demo import LogIn
from residences.demo.homes import CODES
from residences.demo.people import PASSWORD, USERS
from residences.demo.story import Story
from residences.models import RestHome


def load(at: datetime) -> None:
    """The whole demo in one transaction: there entirely, or not at all."""
    with override("fr"), transaction.atomic():
        Story(at).tell()


def is_loaded() -> bool:
    """Whether the demo's first home is there."""
    return RestHome.objects.filter(code=CODES[0]).exists()


LOG_INS = (
    LogIn("rest home director", USERS["director"][1], PASSWORD),
    LogIn("rest home director (other)", USERS["other_director"][1], PASSWORD),
    LogIn("resident", USERS["resident"][1], PASSWORD),
)
