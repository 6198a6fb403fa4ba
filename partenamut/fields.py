"""Columns of our own: euros without floats, and protected text that the database holds encrypted."""

import hashlib
import hmac
import os
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from partenamut.money import CENT

if TYPE_CHECKING:
    DecimalColumn = models.DecimalField[Decimal | int, Decimal]
    TextColumn = models.TextField[str, str]
else:
    DecimalColumn = models.DecimalField
    TextColumn = models.TextField

_NONCE = 12
_KEY_ID = b"1"


class EuroField(DecimalColumn):
    """Euros to the cent; refuses floats and parts of a cent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The amount as Decimal; ValidationError for a float or parts of a cent."""
        if isinstance(value, float):
            raise ValidationError(_("An amount is never a float."), code="float")
        amount = super().to_python(value)
        if isinstance(amount, Decimal) and amount != amount.quantize(CENT):
            raise ValidationError(_("An amount has two decimals at most."), code="cents")
        return amount

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """The amount for the database, checked even where no form was passed."""
        return super().get_db_prep_save(self.to_python(value) if value is not None else None, connection)


class EncryptedTextField(TextColumn):
    """Text that the database holds as AES-256-GCM; bound to its table and column."""

    def get_internal_type(self) -> str:
        """A plain text column."""
        return "TextField"

    @property
    def _context(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_prep_value(self, value: Any) -> Any:
        """The text encrypted, as hexadecimal after the key's number; an empty text stays empty."""
        if not value:
            return value
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(settings.FIELD_KEY).encrypt(nonce, str(value).encode(), self._context)
        return (_KEY_ID + b":" + (nonce + sealed).hex().encode()).decode()

    def from_db_value(self, value: str | None, *_args: object) -> str | None:
        """The text in clear."""
        if not value:
            return value
        raw = bytes.fromhex(value.partition(":")[2])
        return AESGCM(settings.FIELD_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], self._context).decode()


def blind_index(text: str) -> str:
    """The keyed fingerprint by which an encrypted number is found again."""
    return hmac.new(settings.BLIND_INDEX_KEY, text.encode(), hashlib.sha256).hexdigest()
