"""Names made comparable: without accents, hyphens or particles' spacing."""

import unicodedata


def search_form(*parts: str) -> str:
    """The words of a name in lower case without accents: 'De Croÿ-Solré' becomes 'de croy solre'."""
    text = unicodedata.normalize(
        "NFKD", " ".join(parts).replace("ß", "ss").replace("œ", "oe").replace("æ", "ae")
    )
    plain = "".join(
        character if character.isalnum() else " "
        for character in text
        if not unicodedata.combining(character)
    )
    return " ".join(plain.lower().split())
