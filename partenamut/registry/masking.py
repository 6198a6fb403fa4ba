"""Protected numbers as traces and lists may show them."""


def masked_niss(digits: str) -> str:
    """85.07.30-***.**: the birth date only."""
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-***.**" if len(digits) == 11 else "***"


def masked_iban(compact: str) -> str:
    """BE71 **** 6769: country, check digits and the last four."""
    return f"{compact[:4]} **** {compact[-4:]}" if len(compact) > 8 else compact and "****"


#: field -> how a trace writes its value
MASKS = {"niss": masked_niss, "iban": masked_iban}
