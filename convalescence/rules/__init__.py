"""The law of convalescence, short stay and caregiver: pure functions over frozen values."""

from .decide import RULESETS, Decision, decide
from .requests import Caregiver, Convalescence, Request, ShortStay, Stay

__all__ = ["RULESETS", "Caregiver", "Convalescence", "Decision", "Request", "ShortStay", "Stay", "decide"]
