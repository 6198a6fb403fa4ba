"""What happened in the homes over the last months: conventions signed, months invoiced, changes, endings."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from partenamut.accounts.models import User
from partenamut.periods import add_months
from partenamut.registry import services as registry
from partenamut.registry.models import Member
from residences.demo import changes, homes, people
from residences.demo import months as months_of
from residences.models import Bed, ContactRole, Convention, Edition, Resident, RestHome, Side, StayKind
from residences.services import account_days, accounts, amendments, conventions, signing

#: How many months before today the first home begins on the portal.
BEGIN = 6


class Story:
    """The homes, their people and what was done, told by months before today."""

    def __init__(self, at: datetime) -> None:
        self.now = at
        self.this_month = localdate(at).replace(day=1)
        self.random = Random(2026)  # noqa: S311 (a story that is the same each time)
        self.users: dict[str, User] = {key: people.user_of(key, at) for key in people.USERS}
        self.residents: dict[str, Resident] = {}
        self.conventions: dict[str, Convention] = {}

    def tell(self) -> None:
        """Everything that the demo shows."""
        opened = self.day(-36)
        self.univers = homes.univers(self.users["director"], opened, self.moment(opened))
        self.tilleuls = homes.tilleuls(self.users["other_director"], opened, self.moment(opened))
        self.residents = {
            **people.residents_of_file(),
            **people.members(self.users["resident"], self.now),
        }
        registry.give_mandate(
            member=Member.objects.get(resident=self.residents["third"]),
            representative=self.users["resident"],
            first_day=self.day(-2),
            basis=_("Written mandate of her father"),
            actor=None,
            at=self.moment(self.day(-2)),
        )
        self._signed_conventions()
        self._months()
        self._changes()
        self._open_conventions()

    # --- days and moments

    def day(self, months: int, number: int = 1) -> date:
        """A day of the month so many months from this one."""
        return add_months(self.this_month, months).replace(day=number)

    def moment(self, day: date, hour: int = 9) -> datetime:
        """The morning of a day, never after now."""
        return min(datetime.combine(day, time(hour), UTC), self.now)

    # --- conventions

    def _signed_conventions(self) -> None:
        for key, bed, months, number in SIGNED:
            self._sign(self.univers, key, bed, self.day(months, number))
        for key, bed, months, number in SIGNED_ELSEWHERE:
            self._sign(self.tilleuls, key, bed, self.day(months, number), director="other_director")

    def _sign(
        self,
        home: RestHome,
        key: str,
        bed: str,
        entry: date,
        *,
        director: str = "director",
        until: date | None = None,
    ) -> Convention:
        """A convention offered two weeks before the entry and signed a week before; it joined the portal later."""
        offered = self.moment(entry - timedelta(days=14))
        convention = self._draft(home, key, bed, entry, director=director, until=until, offered=offered)
        actor = self.users[director]
        edition = conventions.prepare(convention=convention, actor=actor, at=offered)
        self._sign_both(edition, convention, actor, self.moment(entry - timedelta(days=7)))
        convention.refresh_from_db()
        if until is None:
            months_of.insured(convention, actor, self.now)
        return convention

    def _sign_both(self, edition: Edition, convention: Convention, actor: User, at: datetime) -> None:
        resident_name = str(convention.representative or convention.resident)
        quality = _("representative") if convention.representative else _("resident")
        for side, name, role in (
            (Side.RESIDENT, resident_name, quality),
            (Side.MANAGER, convention.home.manager_name, convention.home.manager_function),
        ):
            signing.sign(
                edition=edition, read=edition.sha256, side=side, name=name, quality=role, actor=actor, at=at
            )
        signing.start_due(localdate(self.now), at=self.now)

    def _draft(
        self,
        home: RestHome,
        key: str,
        bed: str,
        entry: date | None,
        *,
        director: str,
        until: date | None,
        offered: datetime,
    ) -> Convention:
        actor = self.users[director]
        resident = self.residents[key]
        convention = conventions.create_draft(home=home, resident=resident, actor=actor, at=offered)
        changes: dict[str, object] = {"entry": entry, "place_signed": home.residence.city}
        if bed:
            changes["bed"] = self._bed(home, bed)
        if until is not None:
            changes |= {"kind": StayKind.SHORT, "until": until, "respite": True}
        if key in REPRESENTED:
            name, relation = REPRESENTED[key]
            changes["representative"] = people.contact(resident, ContactRole.REPRESENTATIVE, name, relation)
        conventions.change_draft(convention=convention, changes=changes, actor=actor, at=offered)
        if key in GUARANTEED:
            guarantor = people.contact(resident, ContactRole.GUARANTOR, GUARANTEED[key])
            conventions.set_guarantors(convention=convention, guarantors=[guarantor], actor=actor, at=offered)
        convention.refresh_from_db()
        self.conventions[key] = convention
        return convention

    # --- months

    def _months(self) -> None:
        """All months before this one, of both homes; this one is ready to be prepared."""
        for months in range(-BEGIN, 0):
            at = self.moment(self.day(months, months_of.ISSUED_ON))
            for home, who in ((self.univers, "director"), (self.tilleuls, "other_director")):
                months_of.taken(home, self.day(months), self.random, self.users[who])
                run = months_of.issue(home, self.day(months), self.users[who], at)
                months_of.settle(run, self.random, self.users[who], localdate(self.now))
        months_of.remind(self.univers, self.users["director"], self.now)
        self._account_held_up()

    def _account_held_up(self) -> None:
        """An advance whose document is missing holds up one account of this month; two debtors share another."""
        director, today = self.users["director"], localdate(self.now)
        accounts.add_advance(
            convention=self.conventions["r05"],
            label="Pharmacie",
            day=today,
            amount=Decimal("23.17"),
            upload=None,
            actor=director,
            at=self.now,
        )
        shared = self.conventions["r04"]
        payer = people.contact(shared.resident, ContactRole.WELFARE_CENTRE, "CPAS de Namur (fictif)")
        account_days.set_debtors(
            convention=shared,
            first_day=today,
            shares=[(None, Decimal(60)), (payer, Decimal(40))],
            actor=director,
            at=self.now,
        )

    # --- what changed

    def _changes(self) -> None:
        """A move signed, another one offered; rises; notices of both sides; two deaths."""
        director, today = self.users["director"], localdate(self.now)
        moved = changes.move(
            self.conventions["r02"],
            self._bed(self.univers, "112-A"),
            self.day(-2, 15),
            director,
            self.moment(self.day(-2, 3)),
        )
        changes.sign_amendment(moved, director, self.moment(self.day(-2, 5)))
        offered = changes.move(
            self.conventions["own"],
            self._bed(self.univers, "306-A"),
            today + timedelta(days=20),
            director,
            self.now,
        )
        amendments.prepare(amendment=offered, actor=director, at=self.now)
        changes.rise_in_preparation(self.univers, director, self.now)
        changes.rise_notified(
            self.tilleuls, self.users["other_director"], self.moment(today - timedelta(days=9))
        )
        changes.death(
            self.conventions["r03"], director, self.moment(self.day(-2, 8)), cleared=self.day(-2, 12)
        )
        changes.death(self.conventions["r15"], director, self.moment(today - timedelta(days=3)), cleared=None)
        changes.notice_of_resident(self.conventions["r07"], director, self.moment(today - timedelta(days=6)))
        changes.notice_of_manager(self.conventions["r10"], director, self.moment(today - timedelta(days=30)))

    def _open_conventions(self) -> None:
        """One to sign, one with a remark, one half written, a short stay that begins soon."""
        director, today = self.users["director"], localdate(self.now)
        soon = today + timedelta(days=12)
        ready = self._draft(
            self.univers, "r19", "110-A", soon, director="director", until=None, offered=self.now
        )
        conventions.prepare(convention=ready, actor=director, at=self.now)
        third = self._draft(
            self.univers, "third", "111-A", soon, director="director", until=None, offered=self.now
        )
        edition = conventions.prepare(convention=third, actor=director, at=self.now)
        conventions.comment(
            edition=edition,
            article=12,
            text="Mon père garde son fauteuil : peut-on l'écrire ?",
            actor=self.users["resident"],
            at=self.now,
        )
        self._draft(self.univers, "r20", "", None, director="director", until=None, offered=self.now)
        self._sign(
            self.univers, "fourth", "305-A", today - timedelta(days=10), until=today + timedelta(days=20)
        )

    def _bed(self, home: RestHome, name: str) -> Bed:
        number, _dash, label = name.partition("-")
        return Bed.objects.get(room__home=home, room__number=number, label=label)


#: Residents of the first home: who, where, entered so many months ago on that day.
SIGNED = (
    ("r01", "101-A", -BEGIN, 3),
    ("r02", "102-A", -BEGIN, 12),
    ("r03", "103-A", -BEGIN, 20),
    ("r04", "201-A", -BEGIN + 1, 2),
    ("r05", "201-B", -BEGIN + 1, 2),
    ("r06", "202-A", -BEGIN + 1, 15),
    ("r07", "104-A", -BEGIN + 1, 27),
    ("r08", "301-A", -BEGIN + 2, 5),
    ("r09", "301-B", -BEGIN + 2, 5),
    ("r10", "302-A", -BEGIN + 2, 18),
    ("own", "105-A", -BEGIN + 2, 10),
    ("represented", "106-A", -BEGIN + 2, 21),
    ("r11", "107-A", -BEGIN + 3, 4),
    ("r12", "303-A", -BEGIN + 3, 16),
    ("r13", "203-A", -BEGIN + 3, 23),
    ("r14", "108-A", -BEGIN + 4, 6),
    ("r15", "203-B", -BEGIN + 4, 14),
    ("r16", "109-A", -BEGIN + 4, 25),
    ("r17", "304-A", -BEGIN + 5, 3),
    ("r18", "202-B", -BEGIN + 5, 19),
)
SIGNED_ELSEWHERE = (
    ("r23", "1-A", -BEGIN, 5),
    ("r24", "2-A", -BEGIN + 2, 9),
    ("r25", "3-A", -BEGIN + 3, 17),
)
REPRESENTED = {
    "represented": ("Christine Lambert", "sœur"),
    "r04": ("Anne Massart", "fille"),
    "r12": ("Philippe Piette", "fils"),
}
GUARANTEED = {"r06": "Luc Bodart"}
