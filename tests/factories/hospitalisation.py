"""Claims of the hospital insurance; every amount and person is fictitious."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hospitalisation.models import AttachmentKind, Claim, ClaimLine, LineKind
from hospitalisation.services import claims, deposits
from partenamut.accounts.models import User
from partenamut.registry.models import Member, Tier
from tests.factories.accounts import UserFactory
from tests.factories.registry import HospitalFactory, HospitalInsuranceFactory, MemberFactory

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ADMISSION, DISCHARGE = date(2026, 3, 2), date(2026, 3, 6)


def insured(tier: str = Tier.PLUS, **person: Any) -> Member:
    """A member with a hospital insurance since 2015."""
    member: Member = MemberFactory(**person)
    HospitalInsuranceFactory(member=member, tier=tier)
    return member


def line(kind: str = LineKind.STAY, billed: str = "100.00", **values: Any) -> ClaimLine:
    """A line of a bill that is not stored yet; amounts may be texts."""
    amounts = {
        name: Decimal(value) if name in ("mandatory", "inami_tariff") and value is not None else value
        for name, value in values.items()
    }
    return ClaimLine(kind=kind, billed=Decimal(billed), **amounts)


def usual_lines() -> list[ClaimLine]:
    """The bill of the worked cases: 6,555.20 EUR, of which 3,240.00 are supplements."""
    return [
        line(LineKind.STAY, "2400.00", mandatory="2293.49"),
        line(LineKind.FEE, "800.00", inami_tariff="800.00", mandatory="720.00", doctor_agreed=False),
        line(LineKind.FEE_SUPPLEMENT, "2600.00", inami_tariff="800.00", doctor_agreed=False),
        line(LineKind.ROOM_SUPPLEMENT, "640.00", quantity=4),
        line(LineKind.PHARMACY_OTHER, "84.20", label="Ibuprofène"),
        line(LineKind.PARAPHARMACY, "31.00"),
    ]


def announced(member: Member | None = None, *, actor: User | None = None, **stay: Any) -> Claim:
    """A stay that was announced: four nights in March 2026, individual room of a hospital of the list."""
    member = member or insured()
    values = {
        "admission": ADMISSION,
        "discharge": DISCHARGE,
        "room": "individual",
        "admitted": True,
        **stay,
    }
    if "hospital" not in values and "place" not in values:
        values["hospital"] = HospitalFactory()
    return claims.announce(member=member, actor=actor or filer(member), at=AT, **values)


def sent(member: Member | None = None, *, actor: User | None = None, lines: Any = None, **stay: Any) -> Claim:
    """A stay with its bill, sent: form and bill came on paper."""
    claim = announced(member, actor=actor, **stay)
    by = actor or claim.filed_by
    claims.write_lines(claim=claim, lines=usual_lines() if lines is None else lines, actor=by, at=AT)
    for kind in (AttachmentKind.CLAIM_FORM, AttachmentKind.BILL):
        claims.note_paper(claim=claim, kind=kind, received_on=AT.date(), note="", actor=by, at=AT)
    return claims.send(claim=claim, actor=by, at=AT)


def deposit(stay: Claim | None = None, *, paid: str = "570.00", week: int = 1, **values: Any) -> Claim:
    """A deposit of a week of a stay, claimed with its receipt on paper."""
    stay = stay or announced()
    claim = deposits.claim_deposit(
        stay=stay,
        paid=Decimal(paid),
        paid_on=values.pop("paid_on", ADMISSION),
        week=week,
        room_supplement_per_day=Decimal(values.pop("room_supplement_per_day", "60.00")),
        receipt=None,
        actor=stay.filed_by,
        at=AT,
        **values,
    )
    for kind in (AttachmentKind.RECEIPT, AttachmentKind.CLAIM_FORM):
        claims.note_paper(claim=claim, kind=kind, received_on=AT.date(), note="", actor=stay.filed_by, at=AT)
    return claim


def filer(member: Member) -> User:
    """The user who files for a member: their own, made where there is none."""
    if member.user is None:
        member.user = UserFactory(roles=["member"])
        member.save(update_fields=["user"])
    return member.user
