"""The rules of a stay in hospital, pure: who pays what of a bill, what a deposit may be, what to expect."""

from .cover import Cover, CoverOutcome, cover
from .deposit import DepositDecision, DepositOutcome, judge_deposit, legal_maximum
from .lines import CoverLine, Totals
from .requests import KINDS, BillLine, HospitalCover, HospitalDeposit
from .terms import PUBLISHED, Figure, Measure, Name, Terms, Tier

__all__ = [
    "KINDS",
    "PUBLISHED",
    "BillLine",
    "Cover",
    "CoverLine",
    "CoverOutcome",
    "DepositDecision",
    "DepositOutcome",
    "Figure",
    "HospitalCover",
    "HospitalDeposit",
    "Measure",
    "Name",
    "Terms",
    "Tier",
    "Totals",
    "cover",
    "judge_deposit",
    "legal_maximum",
]
