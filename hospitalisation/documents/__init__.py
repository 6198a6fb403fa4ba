"""The frozen words of what members and hospitals get on paper; ordered here, rendered by the documents app."""

from datetime import date

from partenamut.periods import add_months
from partenamut.registry.letters import ServiceContact

#: The service that members reach about claims of the hospital insurance.
CONTACT = ServiceContact("Service hospitalisation", "+32 2 549 76 71", "hospitalisation@partenamut.be")
#: Who helps a member against a bill that is not lawful.
DEFENCE = ServiceContact("Défense des membres", "+32 2 549 76 72", "defense.membres@partenamut.be")
#: Where the original certificate of care given is sent (guide).
POST_ADDRESS = ("Boulevard Louis Mettewie 74-76", "1080 Bruxelles")

#: House rule: an appeal is lodged within three calendar months of the decision.
APPEAL_MONTHS = 3


def appeal_until(decided_on: date) -> date:
    """The last day of the appeal here."""
    return add_months(decided_on, APPEAL_MONTHS)
