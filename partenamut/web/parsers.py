"""How the bodies of REST requests are read: what no answer could quote, or no rule could read, is refused here."""

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JsonParser(BaseParser):
    """JSON, strictly: halves of surrogate pairs, NaN and bottomless nesting are errors of the sender (400)."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value that was sent; ParseError where it cannot be read."""
        try:
            return msgspec.json.decode(stream.read())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ParseError from error
