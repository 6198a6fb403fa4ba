"""Two fictitious care projects and sixty people over 2023: closed months, one ready to close, every rule hit once."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import override
from msgspec import Struct
from PIL import Image, ImageDraw

from partenamut.accounts.models import User
from partenamut.accounts.roles import Role
from partenamut.accounts.services import create_user
from partenamut.documents.models import Upload
from partenamut.registry.models import Insurer
from partenamut.web.demo import LogIn
from protocol3.deciding import month_end
from protocol3.models import (
    Enrolment,
    FindingKind,
    Function,
    GroupSession,
    Instrument,
    Practitioner,
    Project,
    Recap,
    Service,
    StayKind,
    SupportAct,
)
from protocol3.rules.pseudocodes import PSEUDOCODES
from protocol3.services import closing as closings
from protocol3.services import (
    eligibility,
    people,
    people_findings,
    people_insurers,
    people_series,
    people_stays,
    practitioners,
    projects,
)

PASSWORD = "vivre-mieux-2026"  # noqa: S105 (shown on the screen of every demo)
PEOPLE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "protocol3_people.csv"
USERS: dict[str, tuple[str, str, Role]] = {
    "billing": ("Nathalie Moreau", "facturation@demo.example", Role.BILLING_ADMIN),
    "billing_nl": ("Kristien Wouters", "facturatie@demo.example", Role.BILLING_ADMIN),
    "practitioner": ("Sophie Lambrecht", "intervenant@demo.example", Role.PRACTITIONER),
}
START, END = date(2023, 1, 1), date(2024, 12, 31)
#: Months of 2023 that each project has closed; the next one is ready to close.
CLOSED = {"SCM": 11, "THA": 10}
#: The months that the insurers have paid, and the one they have paid in part.
PAID = {"SCM": 7, "THA": 7}


class Done(Struct, frozen=True):
    """A service of the story."""

    day: date
    pseudocode: str
    units: int
    place: str = "home"
    participants: int | None = None
    consent: bool | None = None
    minutes: int | None = None


def load(at: datetime) -> None:
    """The whole demo in one transaction: there entirely, or not at all."""
    with override("fr"), transaction.atomic():
        _Story(at).tell()


def is_loaded() -> bool:
    """Whether the demo's first project is there."""
    return Project.objects.filter(code="SCM").exists()


class _Story:
    """Who is there, what was done for them over 2023, and the months closed in their time."""

    def __init__(self, at: datetime) -> None:
        self.now = at
        self.random = Random(2023)  # noqa: S311 (a story that is the same each time)
        self.users = {key: self._user(*person) for key, person in USERS.items()}
        self.early = datetime(2022, 12, 12, 9, tzinfo=UTC)
        self.projects: dict[str, Project] = {}
        self.staff: dict[tuple[str, str], Practitioner] = {}
        self.people: dict[str, Enrolment] = {}
        self.scan: Upload | None = None

    def tell(self) -> None:
        """Everything that the demo shows."""
        self._projects()
        self._staff()
        self._include_people()
        self._circumstances()
        self._services()
        self._second_series()
        self._months()
        self._afterwards()

    # --- the projects and those who work there

    def _user(self, name: str, email: str, role: Role) -> User:
        known = User.objects.filter(email=email).first()  # of a demo loaded before the projects were
        if known is not None:
            return known
        user = create_user(name=name, email=email, language="fr", roles=(role,), actor=None, at=self.now)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        return user

    def _projects(self) -> None:
        self._project(
            "SCM",
            name="Soins coordonnés Meuse et Sambre (fictif)",
            street="Rue des Carmes 12",
            postal_code="5000",
            city="Namur",
            phone="081 00 00 12",
            email="scm@demo.example",
            inami_number="79400141",
            enterprise_number="0999000064",
            iban="BE49999000000171",
            account_holder="ASBL Soins coordonnés (fictif)",
            signatory="Nathalie Moreau",
            contact_name="Nathalie Moreau",
            contact_phone="081 00 00 13",
            contact_email="facturation@demo.example",
            language="fr",
            alternatives=["night_visit"],
            first_day=START,
            maximum=Decimal("115000.00"),
            users=("billing", "practitioner"),
        )
        self._project(
            "THA",
            name="Thuiszorg Hageland (fictief)",
            street="Grote Markt 4",
            postal_code="3290",
            city="Diest",
            phone="013 00 00 40",
            email="tha@demo.example",
            inami_number="79400240",
            enterprise_number="0999000163",
            iban="BE46999007000036",
            account_holder="VZW Thuiszorg Hageland (fictief)",
            signatory="Kristien Wouters",
            contact_name="Kristien Wouters",
            contact_phone="013 00 00 41",
            contact_email="facturatie@demo.example",
            language="nl",
            alternatives=["caregiver_group", "care_education"],
            first_day=date(2023, 2, 6),
            maximum=Decimal("150000.00"),
            users=("billing", "billing_nl"),
        )

    def _project(
        self, code: str, *, first_day: date, maximum: Decimal, users: tuple[str, ...], **values: Any
    ) -> None:
        project = projects.create_project(values={"code": code, **values}, actor=None, at=self.early)
        projects.open_convention(
            project=project,
            first_day=first_day,
            last_day=END,
            reference=f"P3-{code}",
            actor=None,
            at=self.early,
        )
        projects.set_year(
            project=project,
            year=2023,
            allowance_maximum=maximum,
            alternatives_maximum=Decimal("4000.00"),
            actor=None,
            at=self.early,
        )
        for key in users:
            projects.let_work(
                project=project, user=self.users[key], first_day=START, actor=None, at=self.early
            )
        self.projects[code] = project

    def _staff(self) -> None:
        for project, key, first, last, profession, function, hours, visa in (
            ("SCM", "nurse", "Sophie", "Lambrecht", "nurse", Function.CASE_MANAGER, "30.0", ""),
            ("SCM", "social_worker", "Julien", "Hody", "social_worker", Function.CASE_MANAGER, "19.0", ""),
            ("SCM", "therapist", "Camille", "Denis", "occupational_therapist", Function.OCCUPATIONAL_THERAPIST, "19.0", "VE-100234"),
            ("SCM", "psychologist", "Aurore", "Toussaint", "psychologist", Function.PSYCHOLOGIST, "6.0", "VP-200871"),
            ("SCM", "assistant", "Mehdi", "Amrani", "care_assistant", Function.CARE_ASSISTANT, "12.0", ""),
            ("THA", "nurse", "Lies", "Verhaegen", "nurse", Function.CASE_MANAGER, "38.0", ""),
            ("THA", "therapist", "Pieter", "Sels", "occupational_therapist", Function.OCCUPATIONAL_THERAPIST, "19.0", "VE-100911"),
            ("THA", "psychologist", "Nele", "Mertens", "psychologist", Function.PSYCHOLOGIST, "15.0", ""),
            ("THA", "educator", "Hanne", "Claessens", "nurse", Function.EDUCATOR, "10.0", ""),
        ):  # fmt: skip
            person = {"first_name": first, "last_name": last, "profession": profession, "visa": visa}
            if function == Function.CASE_MANAGER:
                person["belrai_trained_on"] = date(2022, 6, 1)  # type: ignore[assignment]
            self.staff[project, key] = practitioners.engage(
                project=self.projects[project],
                person=person,
                function=function,
                hours_per_week=Decimal(hours),
                first_day=START,
                actor=None,
                at=self.early,
            ).practitioner
        practitioners.link_log_in(
            practitioner=self.staff["SCM", "nurse"],
            project=self.projects["SCM"],
            user=self.users["practitioner"],
            actor=self.users["billing"],
            at=self.now,
        )

    # --- the people

    def _include_people(self) -> None:
        with PEOPLE.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for place, row in enumerate(rows):
            self._include(row, date(2023, 1, 2) + timedelta(days=5 * (place % 30)))

    def _include(self, row: dict[str, str], day: date) -> None:
        if row["key"] == "p04":
            day = date(2023, 11, 27)
        at, actor = _morning(day), self.users["billing"]
        project = self.projects[row["project"]]
        person: dict[str, Any] = {name: row[name] for name in people.PERSON}
        enrolment = people.include(
            project=project,
            niss=row["niss"],
            enrolled_on=day,
            person=person | {"birth_date": date.fromisoformat(row["birth_date"])},
            insurer=Insurer.objects.get(code=row["insurer"]),
            registration_number=row["registration_number"],
            insured_from=date(2015, 1, 1),
            case_manager=self.staff[row["project"], "nurse"],
            actor=actor,
            at=at,
        )
        self.people[row["key"]] = enrolment
        self._assess(row["key"], enrolment, day)
        if row["key"] != "p30":  # one whose receipt is still to come
            self._inform(enrolment, day)

    def _inform(self, enrolment: Enrolment, day: date) -> None:
        """The signed receipt; one fictitious scan serves for all, so that the demo is quick to load."""
        if self.scan is not None:
            Enrolment.objects.filter(pk=enrolment.pk).update(informed_on=day, receipt=self.scan)
            return
        informed = people.inform(
            enrolment=enrolment,
            informed_on=day,
            receipt=_scan(),
            actor=self.users["billing"],
            at=_morning(day),
        )
        self.scan = informed.receipt

    def _assess(self, key: str, enrolment: Enrolment, day: date) -> None:
        beneficiary, actor, at = enrolment.beneficiary, self.users["billing"], _morning(day)
        scores = {
            "aivq": 6,
            "avq": 3,
            "cps": 1,
            "cps2": 2,
            "psychic": Decimal("1.5"),
            "behaviour": [0, 0, 1, 0, 0],
        }
        if key == "p34":  # whose scores open occupational therapy only, after a fall
            scores = {"aivq": 1, "avq": 0, "cps": 0, "cps2": 0}
        people_findings.add_assessment(
            beneficiary=beneficiary,
            instrument=Instrument.HC,
            assessed_on=day,
            assessed_by=str(enrolment.case_manager),
            actor=actor,
            at=at,
            **scores,  # type: ignore[arg-type]
        )
        kinds = [FindingKind.INEFFICIENT_CARE, FindingKind.ASKS_PSYCHOLOGY, FindingKind.HOSPITAL_REFERENT]
        if key == "p34":
            kinds = [FindingKind.FALL]
        if key in ("p46", "p47", "p48", "p49", "p50", "p41"):
            kinds.append(FindingKind.DEMENTIA_ASSESSMENT)
        if key in ("p09", "p46"):
            kinds.append(FindingKind.DEGENERATIVE)
        for kind in kinds:
            people_findings.add_finding(
                beneficiary=beneficiary,
                kind=kind,
                found_by=str(enrolment.case_manager),
                evidence="Constat fictif de la démonstration.",
                first_day=day,
                actor=actor,
                at=at,
            )
        eligibility.decide(enrolment=enrolment, period_start=day, actor=actor, at=at)

    def _circumstances(self) -> None:
        """What happened to some of them; each lets a rule be seen."""
        self._prior("p01", units=60, group_units=49)
        self._prior("p02", units=116)
        self._prior("p03", units=118)
        self._prior("p05", units=100)
        self._prior("p41", caregiver_group=78)
        self._prior("p42", care_education=30)
        self._stay(
            "p06", StayKind.HOSPITAL, date(2023, 6, 1), date(2023, 6, 20), "Clinique de Namur (fictive)"
        )
        self._stay("p16", StayKind.PSYCHIATRIC, date(2023, 5, 8), date(2023, 5, 29), "MSP du Parc (fictive)")
        self._stay("p52", StayKind.SHORT, date(2023, 7, 3), date(2023, 7, 17), "WZC De Linde (fictief)")
        actor = self.users["billing"]
        people_stays.add_financing(
            beneficiary=self.people["p17"].beneficiary,
            kind="first_line_psychology",
            first_day=date(2023, 4, 1),
            last_day=date(2023, 6, 30),
            note="Huit séances",
            actor=actor,
            at=_morning(date(2023, 4, 3)),
        )
        self._end("p07", died_on=date(2023, 7, 10))
        self._end("p08", rest_home_entry=date(2023, 9, 15))
        people_insurers.insure(
            beneficiary=self.people["p18"].beneficiary,
            insurer=Insurer.objects.get(code="300"),
            registration_number="3000000018018",
            first_day=date(2023, 5, 16),
            actor=actor,
            at=_morning(date(2023, 5, 17)),
        )
        affiliation = self.people["p19"].beneficiary.affiliations.get()
        people_insurers.correct_insurer(
            affiliation=affiliation,
            changes={"last_day": date(2023, 7, 31)},
            reason="Fin d'affiliation, la suite n'est pas encore connue",
            actor=actor,
            at=_morning(date(2023, 8, 2)),
        )
        people_findings.add_caregiver(
            beneficiary=self.people["p11"].beneficiary,
            name="Louise Crahay (fictive)",
            relation="fille",
            phone="0470 00 11 11",
            actor=actor,
            at=_morning(date(2023, 3, 1)),
        )

    def _prior(self, key: str, **units: int) -> None:
        people_stays.record_prior_units(
            beneficiary=self.people[key].beneficiary,
            values={"source": "Relevé de la convention 2021-2022 (fictif)", **units},
            actor=self.users["billing"],
            at=_morning(date(2023, 1, 20)),
        )

    def _stay(self, key: str, kind: StayKind, arrival: date, departure: date, place: str) -> None:
        people_stays.add_stay(
            beneficiary=self.people[key].beneficiary,
            kind=kind,
            arrival=arrival,
            departure=departure,
            place=place,
            actor=self.users["billing"],
            at=_morning(departure),
        )

    def _end(self, key: str, *, died_on: date | None = None, rest_home_entry: date | None = None) -> None:
        day = died_on or rest_home_entry or START
        people.record_end(
            beneficiary=self.people[key].beneficiary,
            died_on=died_on,
            rest_home_entry=rest_home_entry,
            actor=self.users["billing"],
            at=_morning(day + timedelta(days=2)),
        )

    # --- what was done

    def _services(self) -> None:
        rows: list[tuple[str, Done]] = []
        for key, enrolment in self.people.items():
            story = _SPECIAL.get(key) or [done for done in self._usual(enrolment) if done.day.year == 2023]
            rows += [(key, done) for done in story]
        rows += [("p43", done) for done in _SPECIAL_BESIDE]
        self._write(rows)
        self._groups("SCM", "therapist", "794813", ("p24", "p25", "p26", "p27", "p28", "p29"), 1)
        self._groups("THA", "educator", "794894", ("p46", "p47", "p48", "p49", "p50"), 4)

    def _usual(self, enrolment: Enrolment) -> Iterator[Done]:
        """The module, then each month some sessions and some support, until the end of the year."""
        start = enrolment.enrolled_on + timedelta(days=1)
        yield Done(start, "794474", 1)
        cursor = start + timedelta(days=3)
        while cursor.year == 2023:
            yield Done(cursor, "794533", self.random.choice((2, 2, 3)))
            if self.random.random() < 0.5:
                units = self.random.choice((1, 2))
                yield Done(cursor + timedelta(days=2), "794555", units, "", minutes=units * 30 + 5)
            if self.random.random() < 0.6:
                yield Done(cursor + timedelta(days=5), "794732", self.random.choice((2, 3)))
            if self.random.random() < 0.5:
                yield Done(cursor + timedelta(days=9), "794776", 2, "remote", consent=True)
            cursor += timedelta(days=self.random.choice((24, 31, 38)))

    def _write(self, rows: list[tuple[str, Done]]) -> None:
        services = [
            self._service(self.people[key], done)
            for key, done in sorted(rows, key=lambda row: (row[1].day, row[0]))
        ]
        Service.objects.bulk_create(services, batch_size=1_000)
        SupportAct.objects.bulk_create(
            [
                SupportAct(
                    service=service,
                    starts_at=time(14),
                    ends_at=_later(time(14), service.documented_minutes),
                    description="Contact avec l'équipe de soins, mise à jour du plan (fictif).",
                    contact_name="Dr A. Fictif",
                    contact_function="Médecin généraliste",
                    contact_nature="phone",
                )
                for service in services
                if service.documented_minutes
            ]
        )

    def _service(self, enrolment: Enrolment, done: Done) -> Service:
        kind = PSEUDOCODES.get(done.pseudocode)
        timed = kind is not None and kind.modality in ("session", "session_in_hospital")
        start = (
            time(22, 30) if kind is not None and kind.family == "night_visit" else time(9 + enrolment.pk % 7)
        )
        return Service(
            enrolment=enrolment,
            practitioner=self._who(enrolment, done.pseudocode),
            date=done.day,
            pseudocode=done.pseudocode,
            units=done.units,
            participants=done.participants,
            place=done.place,
            starts_at=start if timed else None,
            ends_at=_later(start, 30 * done.units) if timed else None,
            description="Prestation fictive de la démonstration.",
            consent=done.consent,
            fit=done.consent,
            channel="phone" if done.consent else "",
            documented_minutes=done.minutes,
            entered_by=self.users["billing"],
            entered_at=_morning(done.day + timedelta(days=1)),
        )

    def _who(self, enrolment: Enrolment, pseudocode: str) -> Practitioner:
        code = enrolment.project.code
        kind = PSEUDOCODES.get(pseudocode)
        roles = {
            "social_worker": "social_worker",
            "occupational_therapist": "therapist",
            "psychologist": "psychologist",
            "care_assistant": "assistant",
        }
        key = roles.get((kind.profession or "") if kind else "", "nurse")
        if kind is not None and kind.family in ("caregiver_group", "care_education"):
            key = "educator"
        return self.staff.get((code, key), self.staff[code, "nurse"])

    def _groups(self, code: str, who: str, pseudocode: str, keys: tuple[str, ...], units: int) -> None:
        """A group a month, entered once for all who came."""
        for month in range(3, 13):
            day = date(2023, month, 14)
            group = GroupSession.objects.create(
                project=self.projects[code],
                practitioner=self.staff[code, who],
                date=day,
                pseudocode=pseudocode,
                participants=len(keys),
                starts_at=time(14),
                ends_at=time(16),
                room="Salle communale" if code == "SCM" else "Dorpszaal",
                description="Groupe fictif de la démonstration.",
                entered_by=self.users["billing"],
                entered_at=_morning(day),
            )
            Service.objects.bulk_create(
                Service(
                    enrolment=self.people[key],
                    practitioner=group.practitioner,
                    date=day,
                    pseudocode=pseudocode,
                    units=units,
                    participants=group.participants,
                    place="collective",
                    starts_at=group.starts_at,
                    ends_at=group.ends_at,
                    group=group,
                    entered_by=group.entered_by,
                    entered_at=group.entered_at,
                )
                for key in keys
                if self.people[key].enrolled_on < day
            )

    def _second_series(self) -> None:
        people_series.grant(
            enrolment=self.people["p03"],
            first_day=date(2023, 4, 10),
            event="Chute avec fracture, retour de l'hôpital le 3 avril.",
            concertation_on=date(2023, 4, 6),
            taken_part="Médecin généraliste, infirmière, case manager, fille de la bénéficiaire",
            actor=self.users["billing"],
            at=_morning(date(2023, 4, 10)),
        )

    # --- the months

    def _months(self) -> None:
        for code, last in CLOSED.items():
            for month in range(1, last + 1):
                first = date(2023, month, 1)
                if month_end(first) >= self.projects[code].conventions.get().first_day:
                    self._close(self.projects[code], first, _morning(_month_after(first) + timedelta(days=3)))

    def _close(self, project: Project, month: date, at: datetime) -> None:
        actor = self.users["billing"]
        closing = closings.prepare(project=project, month=month, actor=actor, at=at)
        closings.issue(closing=closing, signatory=project.signatory, actor=actor, at=at)
        closings.run(closing.pk, at=at)

    def _afterwards(self) -> None:
        """A service entered late and billed by a second closing; a stay that came to be known too late; payments."""
        self._write([("p20", Done(date(2023, 6, 28), "794533", 2))])
        self._close(self.projects["SCM"], date(2023, 6, 1), _morning(date(2023, 9, 4)))
        self._stay("p12", StayKind.HOSPITAL, _day(10, 5), _day(10, 7), "CHU (fictif)")  # billed as if at home
        for recap in Recap.objects.order_by("pk"):
            self._pay(recap)

    def _pay(self, recap: Recap) -> None:
        """Months paid in time, one in part; the others are waited for."""
        from protocol3.models import Payment

        last = PAID[recap.project.code]
        if recap.month.month > last + 1 or recap.due_on is None:
            return
        amount = recap.total if recap.month.month <= last else (recap.total / 2).quantize(Decimal("0.01"))
        Payment.objects.create(
            recap=recap,
            received_on=recap.due_on - timedelta(days=self.random.randrange(1, 9)),
            amount=amount,
            reference=f"DEMO-{recap.pk:06d}",
            registered_by=self.users["billing"],
            registered_at=_morning(recap.due_on),
        )


def _scan() -> "ContentFile[bytes]":
    """A picture that says what it is: no signature is made up."""
    picture = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(picture).text((40, 90), "Récépissé fictif de la démonstration", fill="black")
    target = BytesIO()
    picture.save(target, "PNG")
    return ContentFile(target.getvalue(), "recepisse-fictif.png")


def _day(month: int, day: int) -> date:
    return date(2023, month, day)


#: People whose services show a rule; everybody else has a usual year.
_SPECIAL: dict[str, list[Done]] = {
    "p01": [  # group units of the convention before: one more fits, the second does not
        Done(_day(3, 7), "794813", 1, "collective", participants=6),
        Done(_day(3, 21), "794813", 1, "collective", participants=6),
        Done(_day(4, 4), "794732", 2),
    ],
    "p02": [  # 116 units before: four fit, then three do not, two do
        Done(_day(3, 6), "794732", 4),
        Done(_day(3, 20), "794732", 3),
        Done(_day(4, 3), "794732", 2),
    ],
    "p03": [  # a second series from April
        Done(_day(3, 8), "794533", 4),
        Done(_day(4, 12), "794533", 3),
        Done(_day(5, 10), "794732", 3),
    ],
    "p05": [  # so much support that the share of sessions could not be reached
        Done(_day(4, 5), "794791", 8, "", minutes=240),
        Done(_day(4, 12), "794791", 2, "", minutes=60),
        Done(_day(4, 19), "794776", 4),
    ],
    "p06": [  # in hospital
        Done(_day(5, 15), "794474", 1),
        Done(_day(6, 2), "794544", 2, "hospital"),
        Done(_day(6, 5), "794544", 2, "hospital"),
        Done(_day(6, 8), "794544", 2, "hospital"),
        Done(_day(6, 9), "794555", 1, "", minutes=30),
        Done(_day(6, 27), "794533", 2),
    ],
    "p07": [  # the closing series after death
        Done(_day(6, 6), "794474", 1),
        Done(_day(7, 3), "794533", 2),
        Done(_day(7, 11), "794555", 1, "", minutes=40),
        Done(_day(7, 12), "795130", 6, ""),
        Done(_day(7, 20), "795196", 4, ""),
        Done(_day(7, 21), "795196", 1, ""),
        Done(_day(8, 10), "795130", 1, ""),
    ],
    "p08": [  # the closing series after entry in a rest home
        Done(_day(8, 22), "794533", 2),
        Done(_day(9, 14), "794732", 2),
        Done(_day(9, 20), "795130", 4, ""),
        Done(_day(9, 27), "794533", 2),
    ],
    "p10": [Done(_day(4, 18), "794533", 2)],  # 56 years old, without the condition that is needed
    "p11": [Done(_day(3, 14), "794474", 1), Done(_day(6, 13), "794474", 1), Done(_day(6, 14), "794533", 2)],
    "p12": [  # units a day
        Done(_day(5, 4), "794732", 5),
        Done(_day(5, 11), "794732", 3),
        Done(_day(5, 11), "794732", 3),
        Done(_day(10, 5), "794533", 2),
        Done(_day(11, 9), "794533", 2),
    ],
    "p13": [Done(_day(5, 23), "794835", 1, "collective", participants=3), Done(_day(5, 30), "794776", 2)],
    "p14": [  # remote
        Done(_day(5, 3), "794776", 2, "remote"),
        Done(_day(5, 10), "794732", 2, "remote", consent=True),
        Done(_day(5, 17), "794776", 2, "remote", consent=True),
        Done(_day(12, 6), "794776", 2, "remote"),
    ],
    "p15": [
        Done(_day(6, 1), "794533", 2),
        Done(_day(6, 7), "794555", 2, "", minutes=None),
        Done(_day(12, 12), "794555", 1, "", minutes=None),
    ],
    "p16": [Done(_day(4, 25), "794533", 2), Done(_day(5, 16), "794533", 2), Done(_day(6, 6), "794533", 2)],
    "p17": [Done(_day(5, 12), "794776", 2), Done(_day(5, 19), "794533", 2), Done(_day(7, 7), "794776", 2)],
    "p18": [Done(_day(5, 9), "794533", 2), Done(_day(5, 16), "794533", 2), Done(_day(5, 30), "794732", 2)],
    "p19": [Done(_day(7, 4), "794533", 2), Done(_day(8, 8), "794533", 2)],
    "p22": [  # night visits
        Done(_day(5, 1), "794850", 2),
        Done(_day(5, 2), "794850", 3),
        Done(_day(5, 3), "794850", 4),
        Done(_day(5, 8), "794533", 2),
    ],
    "p23": [
        Done(_day(9, 5), "794533", 2),
        Done(date(2024, 1, 9), "794533", 2),
    ],  # amounts of 2024 are missing
    "p34": [Done(_day(6, 15), "794732", 2), Done(_day(6, 22), "794776", 2)],  # one service open, one not
    "p40": [Done(_day(2, 2), "794533", 2), Done(_day(2, 16), "794533", 2)],  # before the convention
    "p41": [Done(_day(4, 25), "794894", 4, "collective", participants=6)],
    "p42": [Done(_day(5, 23), "794872", 2), Done(_day(6, 6), "794872", 2)],
    "p43": [Done(_day(5, 23), "794533", 2, "collective")],
}
#: A pseudocode that the convention does not have, as a file of another system may bring it.
_SPECIAL_BESIDE = [Done(_day(6, 20), "794999", 2)]


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _later(start: time, minutes: int | None) -> time:
    whole = (start.hour * 60 + start.minute + (minutes or 0)) % (24 * 60)
    return time(whole // 60, whole % 60)


LOG_INS = (
    LogIn("project billing admin", USERS["billing"][1], PASSWORD),
    LogIn("project billing admin (Dutch)", USERS["billing_nl"][1], PASSWORD),
    LogIn("practitioner of a project", USERS["practitioner"][1], PASSWORD),
)
