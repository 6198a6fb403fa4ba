"""Keeps national register numbers out of the logs."""

import logging
import re

# 11 digits, bare or as printed on the identity card: 85.07.30-033.28
NISS = re.compile(r"(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}(?!\d)")


class MaskingFormatter(logging.Formatter):
    """Writes a record, its traceback too, with each national register number replaced."""

    def format(self, record: logging.LogRecord) -> str:
        """The line to write, without any national register number."""
        return NISS.sub("[niss]", super().format(record))
