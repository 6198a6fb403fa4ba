"""The records of a rest home for the table of who may use which address: each area adds its own."""

from datetime import date
from decimal import Decimal
from typing import Any

from partenamut.accounts.models import User
from partenamut.registry.models import Member, Residence
from residences.models import (
    Convention,
    InsurerDayRebate,
    PriceCampaign,
    Resident,
    RestHome,
    RoomPrice,
    RoomType,
)
from residences.services import (
    accounts,
    amendments,
    bank_files,
    campaigns,
    conventions,
    entry_imports,
    payments,
    reminders,
    runs,
)
from residences.services.conventions import latest_edition
from residences.services.rises import plan_of
from tests.factories import residences as make
from tests.residences.amendment_world import offered, sign


def rest_home_side(surname: str, residence: Residence, director: User, member: Member) -> dict[str, Any]:
    """A rest home on a residence, with a signed convention of a member, and what hangs on it."""
    home = make.RestHomeFactory(residence=residence, operator=surname, manager_name=surname)
    supplement = make.supplement(home, f"Dîner {surname}")
    resident = make.ResidentFactory(member=member, last_name=surname, search_name=surname.lower())
    bed = make.bed(home)
    contact = make.contact(resident, name=surname)
    convention = make.signed(
        home, actor=director, resident=resident, where=bed, supplements=[supplement], representative=contact
    )
    return {
        "rest_home": home,
        "room_type": bed.room.room_type,
        "room": bed.room,
        "bed": bed,
        "supplement": supplement,
        "resident": resident,
        "contact": contact,
        "stay": convention,
        "edition": latest_edition(convention),
        **_amended(convention, director, member),
        **_kept_by_the_home(home, director, surname),
        **_written(home, director, resident, convention),
        **_invoiced(home, director, convention),
        **_paid(home, director, convention),
        **_rises(home, director, bed.room.room_type),
        "termination": make.told_by_word_of_mouth(convention, director),
    }


def _kept_by_the_home(home: RestHome, director: User, surname: str) -> dict[str, Any]:
    """What the settings of a home show, row by row."""
    spare = make.bed(home, "900")
    return {
        "bed_closure": spare.closures.create(first_day=make.START, because=surname),
        "authorisation": home.authorisations.create(decided_on=make.START, upload=make.upload(director)),
        "discount": home.discounts.create(
            mutuality_code=134, name=surname, percent=Decimal(3), first_day=make.START
        ),
        "included": home.included.first(),
        "house_clause": home.clauses.create(text=surname, first_day=make.START),
        "room_price": spare.room.room_type.prices.get(),
        "supplement_price": home.supplements.get().prices.get(),
        "rebate": InsurerDayRebate.objects.first(),
    }


def _written(home: RestHome, director: User, resident: Resident, signed: Convention) -> dict[str, Any]:
    """A draft of somebody else, a remark, an inventory that both signed, a piece of furniture."""
    other = make.ResidentFactory(last_name=resident.last_name, search_name=resident.search_name)
    inspection = make.inspection(signed, director)
    return {
        "draft_stay": make.draft(home, actor=director, resident=other, where=make.bed(home, "777")),
        "remark": make.remark(signed, director),
        "inspection": inspection,
        "signed_inventory": inspection.upload,
        "furniture": make.furniture(signed),
    }


def _rises(home: RestHome, director: User, kind: RoomType) -> dict[str, Any]:
    """A rise that was notified and one that is being prepared, and a price without an index."""
    notified = _rise(home, director, {kind: Decimal("50.00")})
    plan = plan_of(notified, make.TODAY)
    campaigns.notify(campaign=notified, seen=plan.fingerprint, actor=director, at=make.AT)
    unindexed = make.room_type(home, "Grenier", "30.00").prices.get()
    RoomPrice.objects.filter(pk=unindexed.pk).update(index_value=None)
    return {
        "notified_campaign": notified,
        "price_notice": notified.notices.exclude(convention=None).get(),
        "campaign": _rise(home, director, {kind: Decimal("51.00")}),
        "unindexed_price": unindexed,
    }


def _invoiced(home: RestHome, director: User, convention: Convention) -> dict[str, Any]:
    """The invoices of a month that are issued, those of the next that are checked, and an account that goes on."""
    entry = accounts.add_advance(
        convention=convention, label=convention.resident.last_name, day=date(2026, 5, 2), amount=Decimal("23.17"),
        upload=make.upload(director), actor=director, at=make.AT,
    )  # fmt: skip
    name = convention.resident.last_name
    content = f"convention;date;label\r\n{convention.number};2026-05-02;{name}\r\n"
    file = entry_imports.receive(
        home=home, content=content.encode(), file_name=f"{name}.csv", actor=director, at=make.AT
    )
    run = runs.prepare(home=home, month=date(2026, 4, 1), actor=director, at=make.AT)
    runs.issue(run=run, received_on=make.TODAY, actor=director, at=make.AT)
    runs.run(run.pk, at=make.AT)
    run.refresh_from_db()
    invoice = convention.invoices.get()
    return {
        "account_entry": entry,
        "entry_import": file,
        "absence": convention.absences.create(reason="other", first_day=make.TODAY, last_day=make.TODAY),
        "intervention": convention.interventions.create(daily_amount=Decimal(60), first_day=make.TODAY),
        "invoice_run": run,
        "open_run": runs.prepare(
            home=home, month=date(2026, 5, 1), actor=director, at=make.at(date(2026, 5, 20))
        ),
        "invoice": invoice,
        "invoice_share": invoice.shares.get(),
    }


def _paid(home: RestHome, director: User, convention: Convention) -> dict[str, Any]:
    """What became of an older invoice: paid in part, reminded of, contested; a file of the bank with a line that waits."""
    older = make.invoice(convention, total="100.00", month=date(2026, 2, 1))
    share = make.share(older)
    payment = payments.register(
        share=share, amount=Decimal(10), received_on=make.TODAY, actor=director, at=make.AT
    )
    reminder = reminders.remind(share=share, level="reminder", actor=director, at=make.AT)
    name = convention.resident.last_name
    files = []
    for place in range(2):
        content = f"date;amount;communication;reference;name\r\n2026-05-04;5,00;;B{place};{name}\r\n"
        files.append(
            bank_files.receive(
                home=home, content=content.encode(), file_name=f"{name}.csv", actor=director, at=make.AT
            )
        )
    bank_files.take_over(file=files[0], actor=director, at=make.AT)
    dispute = older.disputes.create(
        lodged_on=make.TODAY, lodged_by=director, text=name, upload=make.upload(director)
    )
    return {
        "resident_payment": payment,
        "resident_reminder": reminder,
        "bank_file": files[1],
        "bank_line": files[0].lines.get(),
        "dispute": dispute,
    }


def _rise(home: RestHome, director: User, prices: dict[RoomType, Decimal]) -> PriceCampaign:
    values = {"index_now": Decimal("128.40"), "index_month": date(2026, 4, 1), "index_source": "Statbel"}
    return campaigns.create_draft(home=home, values=values, prices=prices, actor=director, at=make.AT)


def _amended(convention: Convention, director: User, member: Member) -> dict[str, Any]:
    """An amendment that is offered again after a remark, and that the manager signed on paper."""
    clauses = [f"Le chat de {member.last_name} est bienvenu."]
    first = offered(convention, director, "clauses", clauses)
    assert member.user is not None
    remark = conventions.comment(
        edition=first, article=12, text=member.last_name, actor=member.user, at=make.AT
    )
    conventions.answer(remark=remark, text=member.last_name, actor=director, at=make.AT)
    assert first.amendment is not None
    edition = amendments.prepare(amendment=first.amendment, actor=director, at=make.AT)
    copy = make.upload(director)
    sign(edition, "manager", director, means="paper", upload=copy)
    return {"amendment": edition.amendment, "amendment_remark": remark, "amendment_copy": copy}
