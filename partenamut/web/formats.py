"""How days, amounts and numbers are written on pages, in letters and in exports: the same everywhere."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
CENT = Decimal("0.01")
#: language -> thousands separator, decimal separator
SIGNS = {"fr": (NARROW_SPACE, ","), "nl": (".", ","), "de": (".", ","), "en": (",", ".")}


def day(value: date) -> str:
    """07/03/2026; a moment gives its day in Brussels."""
    if isinstance(value, datetime):
        value = timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def month(value: date) -> str:
    """03/2026: the month of a day."""
    return f"{value:%m/%Y}"


def moment(value: datetime) -> str:
    """07/03/2026 14:05, in Brussels."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)}{NO_BREAK_SPACE}{local:%H:%M}"


def period(first: date, last: date | None) -> str:
    """Both days, both included; an open period says so; one day is one day."""
    if last is None:
        return _("from %(first)s") % {"first": day(first)}
    if first == last:
        return day(first)
    return _("from %(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def number(value: Decimal | int, decimals: int | None = None) -> str:
    """1 234 567 with the separators of the language; `decimals` fixes how many, else those the value has."""
    thousands, comma = SIGNS.get((get_language() or "fr")[:2], SIGNS["fr"])
    spec = ",f" if decimals is None else f",.{decimals}f"  # never an exponent
    plain = format(Decimal(value), spec)
    return plain.replace(",", "\x00").replace(".", comma).replace("\x00", thousands)


def euros(amount: Decimal | int) -> str:
    """1 234 567,50 €, rounded to the cent for reading only; a no-break space before the sign."""
    return f"{number(Decimal(amount), 2)}{NO_BREAK_SPACE}€"


def percent(value: Decimal | int) -> str:
    """12,5 %: the value is already in hundredths (12.5 for 12.5 %)."""
    return f"{number(value)}{NO_BREAK_SPACE}%"


def niss(digits: str) -> str:
    """85.07.30-033.28, as on the identity card; anything but eleven digits stays as it is."""
    if len(digits) != 11 or not digits.isdigit():
        return digits
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}"


def masked_niss(digits: str) -> str:
    """85.07.30-***.**: the birth date only; nothing at all of a number with another shape."""
    if len(digits) != 11 or not digits.isdigit():
        return "***"
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-***.**"


def iban(compact: str) -> str:
    """BE71 0961 2345 6769: groups of four that do not break over two lines."""
    bare = "".join(compact.split())
    return NO_BREAK_SPACE.join(bare[start : start + 4] for start in range(0, len(bare), 4))


def enterprise(digits: str) -> str:
    """0123.456.749, as the register of enterprises prints it; anything but ten digits stays as it is."""
    if len(digits) != 10 or not digits.isdigit():
        return digits
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def inami(digits: str) -> str:
    """1-23456-78-901, or 7-96001-23 of an institution; anything but eleven or eight digits stays as it is."""
    if len(digits) not in (8, 11) or not digits.isdigit():
        return digits
    return "-".join(filter(None, (digits[:1], digits[1:6], digits[6:8], digits[8:])))


def phone(text: str) -> str:
    """A Belgian number in its usual groups (02 123 45 67, 0470 12 34 56); others stay as they are."""
    digits = "".join(text.split()).replace("/", "").replace(".", "").replace("-", "")
    if digits.startswith(("+32", "0032")):
        digits = "0" + digits.removeprefix("+32").removeprefix("0032").removeprefix("0")
    if not digits.isdigit() or not digits.startswith("0"):
        return text
    return NO_BREAK_SPACE.join(_phone_groups(digits)) if len(digits) in (9, 10) else text


def _phone_groups(digits: str) -> list[str]:
    if len(digits) == 10:
        return [digits[:4], digits[4:6], digits[6:8], digits[8:]]
    if digits[1] in "2349":  # Brussels, Antwerp, Liège, Ghent: one figure after the zero
        return [digits[:2], digits[2:5], digits[5:7], digits[7:]]
    return [digits[:3], digits[3:5], digits[5:7], digits[7:]]
