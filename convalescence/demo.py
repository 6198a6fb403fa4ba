"""Fictitious members and requests in every state, made with the same services as real ones."""

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from convalescence import services
from convalescence.models import AttachmentKind, Benefit, Channel, MedicalCriterion, Request
from convalescence.services import recognitions
from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.accounts.services import create_user
from partenamut.documents.sample import sample_pdf
from partenamut.payments import services as payments
from partenamut.payments.bank_days import next_bank_day
from partenamut.payments.models import Payable
from partenamut.registry import services as registry
from partenamut.registry.demo import insure
from partenamut.registry.models import Member, Mutuality, Residence, StructureType
from partenamut.web.demo import LogIn

PASSWORD = "vivre-mieux-2026"  # noqa: S105 (shown on the screen of every demo)
MEMBERS = Path(settings.BASE_DIR) / "fixtures" / "demo" / "members.csv"

PEOPLE: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    "member": ("Colette Dubois", "membre@demo.example", (Role.MEMBER,)),
    "caregiver": ("Karim Peeters", "aidant@demo.example", (Role.MEMBER,)),
    "representative": ("Sarah Lambert", "representant@demo.example", (Role.REPRESENTATIVE,)),
    "adviser": ("Aline Renard", "conseiller@demo.example", (Role.ADVISER,)),
    "colleague": ("Benoît Gillet", "collegue@demo.example", (Role.ADVISER,)),
    "second_reader": ("Claire Mathieu", "relecteur@demo.example", (Role.SECOND_READER,)),
    "director": ("Didier Schyns", "directeur@demo.example", (Role.RESIDENCE_DIRECTOR,)),
    "admin": ("Isabelle Warnier", "admin@demo.example", (Role.ADMIN,)),
    "second_admin": ("Paul Evrard", "admin2@demo.example", (Role.ADMIN,)),
}


def load(at: datetime) -> None:
    """The whole demo in one transaction: there entirely, or not at all; its people speak French."""
    with override("fr"), transaction.atomic():
        _Story(at).tell()


def is_loaded() -> bool:
    """Whether the demo's first user is there."""
    return User.objects.filter(email=PEOPLE["member"][1]).exists()


class _Story:
    """Who is there, and what happened to each request, as days before or after today."""

    def __init__(self, at: datetime) -> None:
        self.now = at
        self.users = {key: self._user(*person) for key, person in PEOPLE.items()}
        self.members = self._members()
        self.residences = list(Residence.objects.partners(localdate(at)).order_by("slug"))
        self.turn = 0

    def tell(self) -> None:
        """Everything that the demo shows."""
        self._ties()
        self._paid_stay()
        self._open_requests()
        self._decided_requests()
        self._short_stays()
        self._caregiver_claims()

    # --- people

    def _user(self, name: str, email: str, roles: tuple[Role, ...]) -> User:
        user = create_user(name=name, email=email, language="fr", roles=roles, actor=None, at=self.now)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        return user

    def _members(self) -> dict[str, Member]:
        mutuality = Mutuality.objects.get(code="509", last_day=None)
        with MEMBERS.open(encoding="utf-8", newline="") as lines:
            return {line["key"]: self._member(line, mutuality) for line in csv.DictReader(lines)}

    def _member(self, line: dict[str, str], mutuality: Mutuality) -> Member:
        known = {name: value for name, value in line.items() if name not in ("key", "birth_date")}
        first, last = known.pop("contributions_from"), known.pop("contributions_to")
        member = registry.create_member(
            **known,
            birth_date=date.fromisoformat(line["birth_date"]),
            mutuality=mutuality,
            actor=None,
            at=self.now,
        )
        registry.add_contributions(
            member=member,
            first_day=date.fromisoformat(first),
            last_day=date.fromisoformat(last) if last else None,
            actor=None,
            at=self.now,
        )
        return member

    def _ties(self) -> None:
        who = self.members
        registry.link_user(member=who["m01"], user=self.users["member"], actor=None, at=self.now)
        registry.link_user(member=who["m02"], user=self.users["caregiver"], actor=None, at=self.now)
        registry.recognise_caregiver(
            caregiver=who["m02"], cared_for=who["m01"], first_day=date(2024, 1, 1), actor=None, at=self.now
        )
        registry.add_dependant(
            holder=who["m03"], dependant=who["m04"], first_day=date(2020, 1, 1), actor=None, at=self.now
        )
        registry.add_dependant(
            holder=who["m03"], dependant=who["m41"], first_day=date(2016, 5, 14), actor=None, at=self.now
        )
        insure(self.now)
        registry.give_mandate(
            member=who["m05"],
            representative=self.users["representative"],
            first_day=date(2025, 1, 1),
            basis=_("Written mandate of 20/12/2024"),
            actor=None,
            at=self.now,
        )
        for home in Residence.objects.filter(structure_types__contains=[StructureType.REST_HOME]):
            registry.open_approval(
                residence=home, first_day=date(2015, 1, 1), source=_("Demo data"), actor=None, at=self.now
            )
        registry.appoint_director(
            residence=Residence.objects.get(name__startswith="Séjours & Santé"),
            director=self.users["director"],
            first_day=date(2024, 1, 1),
            actor=None,
            at=self.now,
        )
        recognitions.ask_recognition(
            caregiver=who["m22"],
            cared_for=who["m23"],
            relation=_("Neighbour"),
            help_given=_("Meals and shopping, every day."),
            actor=self.users["adviser"],
            at=self._at(-4),
        )

    # --- requests

    def _paid_stay(self) -> None:
        request = self._convalescence("m01", sent=-140, arrival=-130, nights=10, by="member")
        self._decide(request, -138)
        self._after_stay(request, -118, by="member")
        self._propose_payment(request, -117)
        self._pay([request], -116)

    def _open_requests(self) -> None:
        self._convalescence("m01", sent=-3, arrival=18, nights=14, by="member", companion="m02")
        self._convalescence("m05", sent=-6, arrival=9, nights=21, by="representative")
        self._convalescence("m06", sent=-1, arrival=5, nights=60)
        self._convalescence("m08", sent=-2, arrival=12, nights=10)
        asked = self._convalescence("m09", sent=-8, arrival=15, nights=12)
        services.ask_information(
            request=asked,
            text=_("Could you send us the hospital's discharge letter?"),
            actor=self.users["adviser"],
            at=self._at(-6),
        )
        departing = self._convalescence("m10", sent=-9, arrival=-12, nights=14)
        services.propose_departure(
            request=departing,
            first_day=departing.arrival,
            last_day=departing.arrival + timedelta(days=13) if departing.arrival else None,
            reason=_("The member was moved from hospital on a Sunday and could not ask before the stay."),
            actor=self.users["adviser"],
            at=self._at(-2),
        )
        services.start(
            member=self.members["m01"], benefit=Benefit.SHORT_STAY, actor=self.users["member"], at=self.now
        )

    def _decided_requests(self) -> None:
        self._decide(self._convalescence("m11", sent=-20, arrival=10, nights=20), -18)
        self._decide(self._convalescence("m12", sent=-25, arrival=8, nights=60), -22)
        self._decide(self._convalescence("m13", sent=-30, arrival=-2, nights=9, criteria=()), -28)
        appealed = self._convalescence("m14", sent=-40, arrival=-20, nights=7, criteria=())
        self._decide(appealed, -38)
        services.appeal(
            request=appealed,
            reason=_("My doctor's statement came in later; I add it here."),
            actor=self.users["adviser"],
            at=self._at(-12),
        )
        withdrawn = self._convalescence("m15", sent=-15, arrival=25, nights=7)
        services.withdraw(
            request=withdrawn, reason=_("The stay is put off."), actor=self.users["adviser"], at=self._at(-10)
        )
        for key, sent in (("m16", -60), ("m17", -70), ("m18", -75)):
            request = self._convalescence(key, sent=sent, arrival=sent + 10, nights=12)
            self._decide(request, sent + 3)
            self._after_stay(request, sent + 24)
            if key != "m16":
                self._propose_payment(request, sent + 26)

    def _short_stays(self) -> None:
        waiting = self._short_stay("m19", arrival=-30, nights=10)
        self._decide(waiting, -15)
        invoiced = self._short_stay("m20", arrival=-45, nights=18, invoice=True)
        self._decide(invoiced, -20)
        self._short_stay("m21", arrival=-20, nights=6, invoice=True)

    def _caregiver_claims(self) -> None:
        stay = self._convalescence("m01", sent=-90, arrival=-80, nights=8, by="member", companion="m02")
        self._decide(stay, -88)
        claim = services.start(
            member=self.members["m02"],
            benefit=Benefit.CAREGIVER,
            actor=self.users["caregiver"],
            at=self._at(-86),
        )
        services.fill_in(
            request=claim,
            actor=self.users["caregiver"],
            at=self._at(-86),
            cared_for_request=stay,
            arrival=stay.arrival,
            departure=stay.departure,
        )
        claim = services.send(request=claim, actor=self.users["caregiver"], at=self._at(-86))
        self._decide(claim, -84)

    # --- the steps of a request

    def _convalescence(
        self,
        key: str,
        *,
        sent: int,
        arrival: int,
        nights: int,
        by: str = "adviser",
        companion: str = "",
        criteria: tuple[str, ...] = (MedicalCriterion.RECENT_HOSPITALISATION,),
    ) -> Request:
        at, actor = self._at(sent), self.users[by]
        member = self.members[key]
        channel = Channel.PAPER if by == "adviser" else Channel.WEB
        draft = services.start(
            member=member, benefit=Benefit.CONVALESCENCE, actor=actor, at=at, channel=channel
        )
        if criteria:
            self._file(draft, AttachmentKind.MEDICAL_PROOF, _("Discharge letter"), actor, at)
        self.turn += 1
        services.fill_in(
            request=draft,
            actor=actor,
            at=at,
            criteria=list(criteria),
            residence=self.residences[self.turn % len(self.residences)],
            accompanied=bool(companion),
            companion=self.members[companion] if companion else None,
            arrival=self._day(arrival),
            departure=self._day(arrival + nights),
        )
        return services.send(request=draft, actor=actor, at=at)

    def _short_stay(self, key: str, *, arrival: int, nights: int, invoice: bool = False) -> Request:
        at, actor = self._at(arrival + nights + 2), self.users["adviser"]
        draft = services.start(
            member=self.members[key], benefit=Benefit.SHORT_STAY, actor=actor, at=at, channel=Channel.PAPER
        )
        home = Residence.objects.filter(inami_approvals__isnull=False).order_by("slug").first()
        services.fill_in(
            request=draft,
            actor=actor,
            at=at,
            residence=home,
            arrival=self._day(arrival),
            departure=self._day(arrival + nights),
        )
        if invoice:
            self._file(draft, AttachmentKind.INVOICE, _("Invoice"), actor, at)
        return services.send(request=draft, actor=actor, at=at)

    def _decide(self, request: Request, day: int) -> None:
        services.decide(request=request, actor=self.users["adviser"], at=self._at(day))

    def _after_stay(self, request: Request, day: int, by: str = "adviser") -> None:
        actor, at = self.users[by], self._at(day)
        services.confirm_stay(request=request, actor=actor, at=at)
        services.receive_invoice(request=request, file=sample_pdf(_("Invoice")), actor=actor, at=at)

    def _propose_payment(self, request: Request, day: int) -> None:
        services.propose_payment(request=request, actor=self.users["adviser"], at=self._at(day))

    def _pay(self, requests: list[Request], day: int) -> None:
        at = self._at(day)
        payables = list(Payable.objects.filter(origin_id__in=[request.public_id for request in requests]))
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

    def _file(self, draft: Request, kind: AttachmentKind, title: str, actor: User, at: datetime) -> None:
        services.attach(request=draft, kind=kind, file=sample_pdf(title), actor=actor, at=at)

    def _at(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    def _day(self, days: int) -> date:
        return localdate(self.now) + timedelta(days=days)


def _log_ins() -> tuple[LogIn, ...]:
    shown: Callable[[str], str] = {
        "member": "member",
        "caregiver": "member, caregiver",
        "representative": "representative",
        "adviser": "adviser",
        "colleague": "adviser (colleague)",
        "second_reader": "second reader",
        "director": "residence director",
        "admin": "mutuality admin",
        "second_admin": "mutuality admin (second)",
    }.__getitem__
    return tuple(LogIn(shown(key), email, PASSWORD) for key, (_name, email, _roles) in PEOPLE.items())


LOG_INS = _log_ins()
