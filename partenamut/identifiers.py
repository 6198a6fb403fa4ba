"""The numbers of the field: NISS, IBAN, enterprise, INAMI, structured communication. Pure."""

from datetime import date

from stdnum import iban as iban_module
from stdnum.be import ogm_vcs, ssn, vat
from stdnum.exceptions import ValidationError


class WrongNumber(ValueError):
    """Raised for a number that cannot be: `code` is length, characters or check."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"{kind}.{code}")
        self.kind = kind
        self.code = code


def parse_niss(text: str) -> str:
    """The 11 digits of a NISS or BIS number, typed with or without dots; WrongNumber with what is wrong."""
    digits = _digits(text, "niss", 11)
    try:
        ssn.validate(digits)
    except ValidationError as error:
        raise WrongNumber("niss", "check") from error
    return digits


def niss_birth_date(niss: str) -> date | None:
    """The birth date a NISS carries; None where the number does not tell it."""
    try:
        return ssn.get_birth_date(niss)
    except ValidationError:
        return None


def parse_iban(text: str) -> str:
    """An IBAN without spaces, any country; Belgian ones also by their own check digits; WrongNumber otherwise."""
    compact = "".join(text.replace(".", "").replace("-", "").split()).upper()
    if not compact.isascii() or not compact.isalnum() or not compact[:2].isalpha():
        raise WrongNumber("iban", "characters")
    if compact.startswith("BE") and len(compact) != 16:
        raise WrongNumber("iban", "length")
    try:
        # The library's Belgian check refuses real banks that it does not list.
        iban_module.validate(compact, check_country=False)
    except ValidationError as error:
        raise WrongNumber("iban", "check") from error
    if compact.startswith("BE") and not _mod97(compact[4:14], compact[14:]):
        raise WrongNumber("iban", "check")
    return compact


def parse_enterprise(text: str) -> str:
    """The 10 digits of an enterprise number (BCE); WrongNumber otherwise."""
    digits = _digits(text.upper().removeprefix("BE"), "enterprise", 10)
    if not vat.is_valid(digits):
        raise WrongNumber("enterprise", "check")
    return digits


def inami_number_fits(number: str) -> bool:
    """Whether digits 7 and 8 of an INAMI number (8 or 11 digits) are its check digits; a mismatch only warns."""
    return number.isdigit() and len(number) in (8, 11) and int(number[6:8]) == 97 - int(number[:6]) % 97


def pseudocode_fits(code: str) -> bool:
    """Whether the sixth digit of a pseudocode is the first five modulo 7."""
    return code.isdigit() and len(code) == 6 and int(code[5]) == int(code[:5]) % 7


def structured_communication(number: int) -> str:
    """The Belgian structured communication +++ddd/dddd/ddddd+++ of a number up to ten digits."""
    if not 0 <= number < 10**10:
        raise WrongNumber("communication", "length")
    base = f"{number:010d}"
    return f"+++{ogm_vcs.format(base + f'{int(base) % 97 or 97:02d}').strip('+')}+++"


def parse_communication(text: str) -> str:
    """The 12 digits of a structured communication; WrongNumber otherwise."""
    digits = _digits(text.replace("+", "").replace("*", ""), "communication", 12)
    if not _mod97(digits[:10], digits[10:]):
        raise WrongNumber("communication", "check")
    return digits


def _mod97(first_ten: str, check: str) -> bool:
    return first_ten.isdigit() and check.isdigit() and (int(first_ten) % 97 or 97) == int(check)


def _digits(text: str, kind: str, length: int) -> str:
    plain = "".join(character for character in text if character not in " .-/\u00a0\u202f\u2011")
    if not plain.isascii() or not plain.isdigit():
        raise WrongNumber(kind, "characters")
    if len(plain) != length:
        raise WrongNumber(kind, "length")
    return plain
