"""Fictitious hospital claims in every state, made with the same services as real ones."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from hospitalisation.models import AttachmentKind, Certificate, Channel, Claim, ClaimLine, LineKind
from hospitalisation.services import claims, decisions, deposits
from partenamut.accounts.models import User
from partenamut.documents.sample import sample_pdf
from partenamut.payments import services as payments
from partenamut.payments.bank_days import next_bank_day
from partenamut.payments.models import Payable
from partenamut.registry import services as registry
from partenamut.registry.models import FranchiseList, Hospital, Member, Tier
from partenamut.web.demo import LogIn

#: The people of the demo are those of the registry.
LOG_INS: tuple[LogIn, ...] = ()
#: Members without an insurance of their own in the file of insurances, and what the story gives them.
INSURED = {
    "m06": Tier.PLUS,
    "m07": Tier.HOSPITALIA,
    "m08": Tier.PLUS,
    "m09": Tier.HOSPITALIA,
    "m10": Tier.MEDIUM,
    "m11": Tier.PLUS,
    "m12": Tier.HOSPITALIA,
    "m14": Tier.PLUS,
}
_USERS = {
    "member": "membre@demo.example",
    "caregiver": "aidant@demo.example",
    "representative": "representant@demo.example",
    "adviser": "conseiller@demo.example",
    "colleague": "collegue@demo.example",
    "second_reader": "relecteur@demo.example",
    "admin": "admin@demo.example",
    "second_admin": "admin2@demo.example",
}
#: The people of the story by their mail address, which is theirs alone.
_PEOPLE = 24


def load(at: datetime) -> None:
    """All claims in one transaction: there entirely, or not at all."""
    with override("fr"), transaction.atomic():
        _Story(at).tell()


def is_loaded() -> bool:
    """Whether the demo's claims are there."""
    return Claim.objects.filter(filed_by__email=_USERS["member"]).exists()


class _Story:
    """What happened to each claim, as days before or after today."""

    def __init__(self, at: datetime) -> None:
        self.now = at
        self.users = {key: User.objects.get(email=email) for key, email in _USERS.items()}
        # The demo's members were registered in the order of their file.
        members = Member.objects.filter(email__endswith="@demo.example").order_by("pk")[:_PEOPLE]
        self.members = {f"m{place:02d}": member for place, member in enumerate(members, 1)}
        self.hospitals = list(Hospital.objects.open_on(localdate(at)).order_by("name"))
        self.turn = 0

    def tell(self) -> None:
        """Everything that the demo shows."""
        self._insure()
        self._list_of_this_year()
        self._colette()
        self._waiting()
        self._decided()
        self._paper()

    def _insure(self) -> None:
        for key, tier in INSURED.items():
            member = self.members[key]
            if not member.hospital_insurances.exists():
                registry.add_insurance(
                    member=member, tier=tier, first_day=date(2019, 1, 1), actor=None, at=self.now
                )

    def _list_of_this_year(self) -> None:
        """The fixtures end with a year; the demo goes on."""
        year = localdate(self.now).year
        latest = FranchiseList.objects.order_by("-year").first()
        if latest is not None and latest.year < year:
            keys = [hospital.pk for hospital in latest.hospitals.all()]
            registry.take_over_franchise(
                year=year, hospitals=keys, source=latest.source, actor=None, at=self.now
            )

    # --- the member with the first log-in

    def _colette(self) -> None:
        paid = self._sent("m01", -190, nights=4, by="member", lines=_individual(4))
        deposit = self._deposit(paid, -194, by="member")
        self._decide(deposit, -188)
        self._pay([deposit], -186)
        self._decide(paid, -170)
        self._pay([paid], -168)
        coming = self._announced("m01", 12, by="member", room="individual", admitted=False, nights=3)
        self._deposit(coming, -2, by="member")
        self._sent("m01", -24, nights=3, by="member", room="double", lines=_unlawful(3))
        illness = self._illness(
            "m01", by="member", lines=[("Séance de chimiothérapie", -60), ("Perruque", -40)]
        )
        claims.send(claim=illness, actor=self.users["member"], at=self._at(-35))
        self._decide(illness, -30)
        self._illness("m01", by="member", lines=[("Kinésithérapie", -12)])

    # --- what waits on the desk, and with the member

    def _waiting(self) -> None:
        asked = self._sent("m02", -30, nights=2, by="caregiver", lines=_shared(2), bill=False)
        decisions.ask_information(
            claim=asked,
            text=_("We have not received the bill of the hospital. Could you send it to us?"),
            actor=self.users["adviser"],
            at=self._at(-20),
        )
        medium = self._sent("m05", -45, nights=5, by="representative", lines=_individual(5))
        decisions.examine(claim=medium, actor=self.users["adviser"], at=self._at(-30))
        decisions.assign(
            claim=medium, assignee=self.users["adviser"], actor=self.users["adviser"], at=self._at(-30)
        )
        self._sent("m06", -18, nights=3, lines=_individual(3))
        doubtful = self._sent("m08", -50, nights=6, lines=_individual(6))
        decisions.propose_departure(
            claim=doubtful,
            amounts={2: Decimal("2600.00")},
            reason=_("The hospital confirmed in writing that the supplement was announced at another rate."),
            actor=self.users["adviser"],
            at=self._at(-6),
        )
        self._sent("m09", -22, nights=7, lines=_shared(7), place="Hôpital fictif de Lille", country="FR")
        self._announced("m10", 4, room="double", admitted=False, nights=2)
        self._deposit(self._announced("m11", -3, room="individual", nights=9), -1)

    # --- decided, paid or not

    def _decided(self) -> None:
        to_pay = self._sent("m11", -70, nights=4, lines=_individual(4))
        self._decide(to_pay, -60)
        near = self._sent("m07", -160, nights=20, lines=[_line(LineKind.FEE, "24400.00")])
        self._decide(near, -130)
        self._pay([near], -128)
        over = self._sent("m07", -80, nights=5, lines=_individual(5))
        self._decide(over, -68)
        decisions.propose_payment(claim=over, actor=self.users["adviser"], at=self._at(-67))
        approved = self._sent("m12", -90, nights=2, lines=_shared(2))
        self._decide(approved, -82)
        decisions.propose_payment(claim=approved, actor=self.users["adviser"], at=self._at(-81))
        payments.approve(
            payable=Payable.objects.get(origin_id=approved.public_id),
            actor=self.users["colleague"],
            at=self._at(-80),
        )
        by_day = self._announced("m06", -65, room="double", by_day=True, nights=0)
        self._decide(self._deposit(by_day, -65, supplement="0.00", paid="100.00"), -62)
        self._decide(self._sent("m16", -75, nights=3, lines=_shared(3)), -66)
        appealed = self._sent("m14", -85, nights=3, lines=_individual(3))
        self._decide(appealed, -76)
        claims.appeal(
            claim=appealed,
            reason=_("The doctor had told me that my insurance would pay the whole supplement."),
            actor=self.users["adviser"],
            at=self._at(-15),
        )
        withdrawn = self._announced("m12", 20, room="common", admitted=False, nights=2)
        claims.withdraw(
            claim=withdrawn,
            reason=_("The operation is put off."),
            actor=self.users["adviser"],
            at=self._at(-1),
        )

    def _paper(self) -> None:
        paper = self._sent("m04", -28, nights=2, lines=_shared(2))
        claims.note_certificate(
            claim=paper,
            certificate=Certificate.AGENCY_BOX,
            received_on=self._day(-20),
            actor=self.users["adviser"],
            at=self._at(-20),
        )

    # --- the steps of a claim

    def _announced(
        self,
        key: str,
        admission: int,
        *,
        nights: int,
        room: str = "individual",
        by: str = "adviser",
        admitted: bool = True,
        by_day: bool = False,
        **place: Any,
    ) -> Claim:
        self.turn += 1
        where: dict[str, Any] = place or {"hospital": self.hospitals[self.turn % len(self.hospitals)]}
        return claims.announce(
            member=self.members[key],
            actor=self.users[by],
            at=self._at(min(admission, 0) - 3),
            channel=Channel.PAPER if by == "adviser" else Channel.WEB,
            admission=self._day(admission),
            discharge=self._day(admission + nights),
            day_hospital=by_day,
            room=room,
            admitted=admitted,
            **where,
        )

    def _sent(
        self,
        key: str,
        admission: int,
        *,
        nights: int,
        lines: Sequence[ClaimLine],
        by: str = "adviser",
        room: str | None = None,
        bill: bool = True,
        **place: Any,
    ) -> Claim:
        chosen = room or (
            "individual" if any(line.kind == LineKind.ROOM_SUPPLEMENT for line in lines) else "double"
        )
        claim = self._announced(key, admission, nights=nights, room=chosen, by=by, **place)
        actor, at = self.users[by], self._at(admission + nights + 6)
        claims.write_lines(claim=claim, lines=lines, actor=actor, at=at)
        claims.attach(
            claim=claim, kind=AttachmentKind.CLAIM_FORM, file=sample_pdf(_("Claim form")), actor=actor, at=at
        )
        if bill:
            claims.attach(
                claim=claim, kind=AttachmentKind.BILL, file=sample_pdf(_("Hospital bill")), actor=actor, at=at
            )
        else:
            claims.note_paper(
                claim=claim,
                kind=AttachmentKind.BILL,
                received_on=localdate(at),
                note=_("Comes by post"),
                actor=actor,
                at=at,
            )
        return claims.send(claim=claim, actor=actor, at=at)

    def _deposit(
        self, stay: Claim, day: int, *, by: str = "adviser", paid: str = "570.00", supplement: str = "60.00"
    ) -> Claim:
        return deposits.claim_deposit(
            stay=stay,
            paid=Decimal(paid),
            paid_on=self._day(day),
            week=1,
            room_supplement_per_day=Decimal(supplement),
            receipt=sample_pdf(_("Receipt")),
            claim_form=sample_pdf(_("Claim form")),
            channel=Channel.PAPER if by == "adviser" else Channel.WEB,
            actor=self.users[by],
            at=self._at(day),
        )

    def _illness(self, key: str, *, by: str, lines: Sequence[tuple[str, int]]) -> Claim:
        actor = self.users[by]
        year = self._day(lines[0][1]).year
        at = self._at(lines[-1][1])
        claim = claims.start_serious_illness(member=self.members[key], year=year, actor=actor, at=at)
        rows = [
            _line(
                LineKind.SERIOUS_ILLNESS_CARE,
                "185.00",
                label=label,
                care_date=self._day(day),
                mandatory="40.00",
            )
            for label, day in lines
        ]
        claims.write_lines(claim=claim, lines=rows, actor=actor, at=at)
        claims.attach(
            claim=claim, kind=AttachmentKind.RECEIPT, file=sample_pdf(_("Receipt")), actor=actor, at=at
        )
        return claim

    def _decide(self, claim: Claim, day: int) -> None:
        decisions.decide(claim=claim, actor=self.users["adviser"], at=self._at(day))

    def _pay(self, paid: Sequence[Claim], day: int) -> None:
        at = self._at(day)
        for claim in paid:
            decisions.propose_payment(claim=claim, actor=self.users["adviser"], at=at)
        payables = list(Payable.objects.filter(origin_id__in=[claim.public_id for claim in paid]))
        for payable in payables:
            payments.approve(payable=payable, actor=self.users["colleague"], at=at)
        execution = next_bank_day(localdate(at))
        batch = payments.prepare_batch(
            payables=payables, execution_date=execution, actor=self.users["admin"], at=at
        )
        payments.release_batch(batch=batch, actor=self.users["second_admin"], at=at)
        payments.mark_paid(
            payables=payables, on=execution, actor=self.users["admin"], at=at + timedelta(days=5)
        )

    def _at(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    def _day(self, days: int) -> date:
        return localdate(self.now) + timedelta(days=days)


def _line(kind: str, billed: str, *, mandatory: str = "0.00", tariff: str = "", **values: Any) -> ClaimLine:
    return ClaimLine(
        kind=kind,
        billed=Decimal(billed),
        mandatory=Decimal(mandatory),
        inami_tariff=Decimal(tariff) if tariff else None,  # type: ignore[misc]
        **values,
    )


def _shared(nights: int) -> list[ClaimLine]:
    """The bill of a double room."""
    return [
        _line(LineKind.STAY, f"{600 * nights}.00", mandatory=f"{570 * nights}.00"),
        _line(LineKind.FEE, "640.00", mandatory="576.00", tariff="640.00", doctor_agreed=True),
        _line(LineKind.PHARMACY_REIMBURSABLE, "92.40", mandatory="80.15"),
        _line(LineKind.PHARMACY_OTHER, "18.60", label="Paracétamol"),
    ]


def _individual(nights: int) -> list[ClaimLine]:
    """The bill of an individual room, with lawful supplements."""
    return [
        _line(LineKind.STAY, f"{600 * nights}.00", mandatory=f"{570 * nights}.00"),
        _line(LineKind.FEE, "800.00", mandatory="720.00", tariff="800.00", doctor_agreed=False),
        _line(LineKind.FEE_SUPPLEMENT, "2600.00", tariff="800.00", doctor_agreed=False),
        _line(LineKind.ROOM_SUPPLEMENT, f"{160 * nights}.00", quantity=nights),
        _line(LineKind.PHARMACY_OTHER, "84.20", label="Ibuprofène"),
        _line(LineKind.PARAPHARMACY, "31.00", label="Crème cicatrisante"),
    ]


def _unlawful(nights: int) -> list[ClaimLine]:
    """The bill of a double room with supplements that nobody owes."""
    return [
        *_shared(nights),
        _line(
            LineKind.ROOM_SUPPLEMENT,
            f"{45 * nights}.00",
            quantity=nights,
            label="Supplément chambre à deux lits",
        ),
        _line(LineKind.FEE_SUPPLEMENT, "420.00", tariff="320.00", doctor_agreed=False, label="Anesthésie"),
    ]
