"""Lines of a bill checked before they are written."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hospitalisation.models import ClaimLine
from hospitalisation.rules.requests import NEEDED, Kind

#: No line of a bill comes near it: what is higher is a slip of the keyboard.
MOST = Decimal(10_000_000)


def checked_line(line: ClaimLine) -> None:
    """ValidationError, with the place of the line and the field, for a line that the rules could not decide on."""
    faults = line_faults(line)
    if faults:
        field, sentence = faults[0]
        raise ValidationError(
            _("Line %(line)d: %(what)s") % {"line": line.position, "what": sentence}, code=field
        )


def line_faults(line: ClaimLine) -> list[tuple[str, str]]:
    """What is wrong with a line: the field, and a sentence about it; nothing for a line that stands."""
    faults = []
    for name in ("billed", "mandatory", "inami_tariff"):
        amount: Decimal | None = getattr(line, name)
        if amount is not None and not 0 <= amount < MOST:
            faults.append((name, _("An amount is zero or more; a credit is a bill of its own.")))
    if not faults and line.mandatory > line.billed:
        faults.append(("mandatory", _("The compulsory insurance pays no more than was billed.")))
    needed: tuple[str, ...] = _needs(line.kind)
    faults += [
        (name, _(sentence))
        for name, sentence in _MISSING.items()
        if name in needed and getattr(line, name) is None
    ]
    return faults


def _needs(kind: str) -> tuple[str, ...]:
    needed: dict[Kind, tuple[str, ...]] = NEEDED
    return next((names for one, names in needed.items() if one == kind), ())


_MISSING = {
    "quantity": gettext_noop("A line of this kind needs its number of days."),
    "inami_tariff": gettext_noop("A fee supplement needs the INAMI tariff it stands on."),
    "doctor_agreed": gettext_noop("Say whether the doctor has agreed to the tariffs."),
}
