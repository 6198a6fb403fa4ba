"""The law of the rest-home convention: pure functions over frozen facts. No framework, clock or database."""

from .invoice import InvoiceDecision, InvoiceOutcome, invoice
from .notice import NoticeDecision, NoticeOutcome, judge
from .price import PriceDecision, PriceOutcome, weigh_increase
from .requests import (
    Advance,
    LatePayment,
    Notice,
    PriceIncrease,
    ResidentInvoice,
    Supplement,
)

__all__ = [
    "Advance",
    "InvoiceDecision",
    "InvoiceOutcome",
    "LatePayment",
    "Notice",
    "NoticeDecision",
    "NoticeOutcome",
    "PriceDecision",
    "PriceIncrease",
    "PriceOutcome",
    "ResidentInvoice",
    "Supplement",
    "invoice",
    "judge",
    "weigh_increase",
]
