"""The law of the Protocol 3 care projects: pure functions over frozen values."""

from .billing import BillingDecision, bill
from .eligibility import EligibilityDecision, assess
from .ledger import Ledger
from .requests import Billing, Eligibility, Service
from .weighing import Verdict, take, weigh

__all__ = [
    "Billing",
    "BillingDecision",
    "Eligibility",
    "EligibilityDecision",
    "Ledger",
    "Service",
    "Verdict",
    "assess",
    "bill",
    "take",
    "weigh",
]
