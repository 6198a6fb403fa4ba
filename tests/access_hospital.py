"""The hospital claims of a member for the table of who may use which address."""

from datetime import date
from decimal import Decimal
from typing import Any

from hospitalisation.models import AttachmentKind, DayShareRow, SavedView, Statement, TierFigure
from hospitalisation.services import claims, decisions, statements
from partenamut.accounts.models import User
from partenamut.registry.models import Hospital, HospitalInsurance, Member
from tests.factories import hospitalisation as make


def hospital_claims_side(
    surname: str, hospital: Hospital, insurance: HospitalInsurance, member_user: User, officer: User
) -> dict[str, Any]:
    """An announced stay, one that was sent, one that is read a second time, one decided; a deposit, receipts of a year."""
    person: Member = insurance.member
    # In a double room no franchise is asked about: the lists of the years do not matter here.
    stay: dict[str, Any] = {"member": person, "actor": member_user, "hospital": hospital, "room": "double"}
    open_claim = make.announced(**stay)
    sent = make.sent(**stay)
    doubtful = make.sent(**stay)
    decided = make.sent(**stay)
    decision = decisions.decide(claim=decided, actor=officer, at=make.AT)
    departure = decisions.propose_departure(
        claim=doubtful, amounts={0: Decimal("1.00")}, reason=surname, actor=officer, at=make.AT
    )
    illness = claims.start_serious_illness(member=person, year=2026, actor=member_user, at=make.AT)
    claims.write(claim=sent, text=surname, actor=member_user, at=make.AT)
    return {
        "claim": decided,
        "claim_open": open_claim,
        "claim_sent": sent,
        "claim_second": doubtful,
        "claim_decision": decision,
        "claim_letter": decision.letter,
        "claim_departure": departure,
        "claim_attachment": claims.note_paper(
            claim=open_claim,
            kind=AttachmentKind.OTHER,
            received_on=make.AT.date(),
            note=surname,
            actor=member_user,
            at=make.AT,
        ),
        "claim_statement": statements.issue(
            claim=decided, kind=Statement.Kind.REIMBURSEMENT, actor=member_user, at=make.AT
        ),
        "deposit": make.deposit(open_claim),
        "illness": illness,
        "figure": _figure(officer),
        "day_share": _day_share(),
        "claim_view": SavedView.objects.create(owner=officer, name=surname, query="status=received"),
    }


def _figure(officer: User) -> TierFigure:
    """A figure that begins long after every stay: both sides of the table share it."""
    values = {"measure": "euros", "value": Decimal("160.00"), "source": "fictitious"}
    found, _created = TierFigure.objects.get_or_create(
        tier="hospitalia_plus",
        name="franchise",
        first_day=date(2090, 1, 1),
        defaults={**values, "entered_by": officer, "entered_at": make.AT},
    )
    return found


def _day_share() -> DayShareRow:
    """Amounts of a category of patients, shared by both sides of the table."""
    amounts = dict.fromkeys(("first_day", "following_days", "from_day_91"), Decimal("5.77"))
    found, _created = DayShareRow.objects.get_or_create(
        category="bim", valid_from=date(2090, 1, 1), defaults={**amounts, "source": "fictitious"}
    )
    return found
