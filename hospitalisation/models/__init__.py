"""Claims, their lines, documents and decisions; the dated figures of the insurances."""

from .claims import (
    Attachment,
    AttachmentKind,
    Certificate,
    Channel,
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimQuerySet,
    Decision,
    Departure,
    Deposit,
    Intervention,
    LineKind,
    Message,
    Room,
    SavedView,
    Statement,
)
from .figures import DayShareRow, TierFigure

__all__ = [
    "Attachment",
    "AttachmentKind",
    "Certificate",
    "Channel",
    "Claim",
    "ClaimKind",
    "ClaimLine",
    "ClaimQuerySet",
    "DayShareRow",
    "Decision",
    "Departure",
    "Deposit",
    "Intervention",
    "LineKind",
    "Message",
    "Room",
    "SavedView",
    "Statement",
    "TierFigure",
]
