"""The account of a resident: what may be entered and what not, absences, insured days, debtors."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry as Trail
from residences.models import ConventionSupplement, Entry, EntryKind, Invoice
from residences.services import account_days, accounts
from tests.factories import residences as make
from tests.residences import months_world as world
from tests.residences.months_world import AT, TODAY

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 9)


@pytest.fixture
def home():
    return world.residence()


@pytest.fixture
def convention(home):
    return world.stay(home, invoiced_until=date(2026, 5, 31))


@pytest.fixture
def dinner(home, convention):
    row = make.supplement(home)
    ConventionSupplement.objects.create(convention=convention, supplement=row, first_day=convention.entry)
    return row


def take(convention, supplement, day=DAY, quantity="2"):
    return accounts.add_supplement(
        convention=convention, supplement=supplement, day=day, quantity=Decimal(quantity), actor=convention.created_by, at=AT,
    )  # fmt: skip


def pay(convention, amount="23.17", day=DAY, label="Pharmacie", upload=None):
    return accounts.add_advance(
        convention=convention, label=label, day=day, amount=Decimal(amount), upload=upload, actor=convention.created_by, at=AT,
    )  # fmt: skip


# --- entries ----------------------------------------------------------------------------------------------


def test_a_supplement_is_charged_at_the_price_of_its_day(convention, dinner):
    old = dinner.prices.get()
    old.last_day = date(2026, 5, 10)
    old.save()
    dinner.prices.create(unit_price=Decimal("8.10"), first_day=date(2026, 5, 11))
    assert take(convention, dinner).amount == Decimal("15.00")
    later = take(convention, dinner, date(2026, 5, 11), "1.5")
    assert (later.unit_price, later.amount) == (Decimal("8.10"), Decimal("12.15"))


def test_a_supplement_that_the_convention_lacks_is_refused_with_its_article(home, convention):
    with pytest.raises(ValidationError, match=r"cannot be charged \(art\. 4 §4\)"):
        take(convention, make.supplement(home, "Coiffeur"))
    assert not Entry.objects.exists()


def test_a_supplement_that_the_price_includes_is_refused_with_its_article(home, convention):
    television = make.supplement(home, "Télévision en chambre")
    ConventionSupplement.objects.create(
        convention=convention, supplement=television, first_day=convention.entry
    )
    with pytest.raises(ValidationError, match=r"included in the price \(art\. 4 §2"):
        take(convention, television)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 5, 29), "lies in the future"),
        (date(2026, 1, 11), "The stay begins on 12/01/2026"),
        (date(2026, 5, 21), "The stay ended on 20/05/2026"),
    ],
)
def test_nothing_is_charged_outside_of_the_stay(convention, dinner, day, sentence):
    world.end(convention, date(2026, 5, 20))
    for make_one in (lambda: take(convention, dinner, day), lambda: pay(convention, day=day)):
        with pytest.raises(ValidationError, match=sentence):
            make_one()


def test_a_supplement_without_a_price_on_its_day_is_refused(convention, dinner):
    dinner.prices.update(first_day=date(2026, 5, 20))
    with pytest.raises(ValidationError, match="has no price on 09/05/2026"):
        take(convention, dinner)


def test_nothing_is_entered_before_the_signature(home):
    draft = make.draft(home, actor=home.director)
    with pytest.raises(ValidationError, match="not signed yet"):
        pay(draft)


def test_an_advance_waits_for_its_document(convention):
    entry = pay(convention)
    assert world.prepared(convention.home).items.get().problems[0][0] == "invoice.advance"
    accounts.add_document(
        entry=entry, upload=make.upload(convention.created_by), actor=convention.created_by, at=AT
    )
    world.issued(convention.home)
    assert ("advance", None, "23.17") in world.lines_of(Invoice.objects.get())


def test_an_advance_is_never_negative(convention):
    with pytest.raises(ValidationError, match="more than 0"):
        pay(convention, "-3.00")


def test_care_is_charged_only_to_who_is_not_sufficiently_insured(convention):
    said = {
        "convention": convention, "label": "Soins infirmiers", "day": DAY, "amount": Decimal("40.00"),
        "inami_amount": Decimal("45.00"), "upload": None, "actor": convention.created_by, "at": AT,
    }  # fmt: skip
    with pytest.raises(ValidationError, match=r"sufficiently insured: care is included"):
        accounts.add_care(**said)
    convention.resident.insured = False
    convention.resident.save()
    with pytest.raises(ValidationError, match=r"at most at what INAMI would have paid, 45.00"):
        accounts.add_care(**said | {"amount": Decimal("45.01")})
    assert accounts.add_care(**said).kind == EntryKind.CARE
    world.issued(convention.home)
    assert ("care", None, "40.00") in world.lines_of(Invoice.objects.get())


def test_a_correction_may_be_negative_and_says_why(convention):
    said = {
        "convention": convention, "label": "Repas compté deux fois", "day": TODAY, "amount": Decimal("-7.50"),
        "actor": convention.created_by, "at": AT,
    }  # fmt: skip
    with pytest.raises(ValidationError, match="Say what is corrected"):
        accounts.add_correction(explanation=" ", **said)
    with pytest.raises(ValidationError, match="not zero"):
        accounts.add_correction(explanation="Erreur", **said | {"amount": Decimal(0)})
    accounts.add_correction(explanation="Compté deux fois", **said)
    world.issued(convention.home)
    assert world.lines_of(Invoice.objects.get())[-1] == ("correction", None, "-7.50")


def test_a_withdrawn_entry_is_never_invoiced(convention, dinner):
    entry = take(convention, dinner)
    with pytest.raises(ValidationError, match="Say why"):
        accounts.withdraw_entry(entry=entry, because="", actor=convention.created_by, at=AT)
    accounts.withdraw_entry(entry=entry, because="Pas venu", actor=convention.created_by, at=AT)
    world.issued(convention.home)
    assert not Invoice.objects.get().lines.filter(kind="supplement").exists()
    with pytest.raises(ValidationError, match="withdrawn before"):
        accounts.withdraw_entry(entry=entry, because="Encore", actor=convention.created_by, at=AT)


def test_an_invoiced_entry_stays(convention, dinner):
    entry = take(convention, dinner)
    world.issued(convention.home)
    with pytest.raises(ValidationError, match=f"stands on invoice {convention.home.code}-2026-000001"):
        accounts.withdraw_entry(entry=entry, because="Erreur", actor=convention.created_by, at=AT)


def test_a_day_of_many_is_entered_whole_or_not_at_all(home, convention, dinner):
    other = world.stay(home)
    quantities = {(convention.pk, dinner.pk): Decimal(2), (other.pk, dinner.pk): Decimal(1)}
    with pytest.raises(accounts.CellsRefused) as refused:
        accounts.enter_day(home=home, day=DAY, quantities=quantities, actor=home.director, at=AT)
    assert list(refused.value.errors) == [(other.pk, dinner.pk)]
    assert not Entry.objects.exists()
    ConventionSupplement.objects.create(convention=other, supplement=dinner, first_day=other.entry)
    made = accounts.enter_day(home=home, day=DAY, quantities=quantities, actor=home.director, at=AT)
    assert [entry.amount for entry in made] == [Decimal("15.00"), Decimal("7.50")]


def test_another_home_s_residents_are_not_entered(home, dinner):
    stranger = world.stay(world.residence())
    with pytest.raises(accounts.CellsRefused, match="nothing with this id"):
        accounts.enter_day(
            home=home, day=DAY, quantities={(stranger.pk, dinner.pk): Decimal(1)}, actor=home.director, at=AT
        )


def test_the_trail_says_what_was_entered(convention, dinner):
    entry = take(convention, dinner)
    line = Trail.objects.get(action="entry_made")
    assert (line.subject_id, line.changes["amount"]) == (entry.public_id, [None, "15.00"])


# --- days -------------------------------------------------------------------------------------------------


def absent(convention, **changes):
    said = {
        "first_day": date(2026, 5, 8), "last_day": date(2026, 5, 10), "reason": "weekend", "announced_on": None,
        "insurer_pays": False, "note": "",
    } | changes  # fmt: skip
    return account_days.add_absence(convention=convention, actor=convention.created_by, at=AT, **said)


@pytest.mark.parametrize(
    ("reason", "announced", "late"),
    [
        ("weekend", None, True),
        ("weekend", date(2026, 5, 8), True),
        ("weekend", date(2026, 5, 7), False),
        ("hospital", None, False),
        ("medical", date(2026, 5, 9), False),
    ],
)
def test_an_absence_is_announced_beforehand_unless_it_is_medical(convention, reason, announced, late):
    absence = absent(convention, reason=reason, announced_on=announced)
    assert account_days.announced_late(absence) is late


def test_the_price_stays_due_in_an_absence_announced_late(convention):
    absent(convention)
    world.issued(convention.home)
    invoice = Invoice.objects.get()
    assert invoice.total == Decimal("1467.60")
    (figures,) = [figures for code, _met, figures in invoice.said["reasons"] if code == "invoice.absence"]
    assert figures["announced_late"]


def test_two_absences_do_not_overlap(convention):
    absent(convention)
    with pytest.raises(ValidationError, match="recorded already"):
        absent(convention, first_day=date(2026, 5, 10), last_day=date(2026, 5, 12))


def test_an_absence_is_changed_and_taken_away_with_a_trace(convention):
    absence = absent(convention)
    account_days.change_absence(
        absence=absence, changes={"last_day": date(2026, 5, 9)}, actor=convention.created_by, at=AT
    )
    with pytest.raises(ValidationError, match="Say why"):
        account_days.remove_absence(absence=absence, because="", actor=convention.created_by, at=AT)
    account_days.remove_absence(absence=absence, because="Jamais parti", actor=convention.created_by, at=AT)
    assert not convention.absences.exists()
    assert list(Trail.objects.filter(subject_id=convention.public_id).values_list("action", flat=True)) == [
        "absence_entered", "absence_changed", "absence_removed",
    ]  # fmt: skip


def test_a_new_intervention_ends_the_one_before(convention):
    for first, amount in ((date(2026, 1, 12), "60.00"), (date(2026, 5, 16), "72.00")):
        account_days.add_intervention(
            convention=convention, first_day=first, last_day=None, category="B", daily_amount=Decimal(amount),
            actor=convention.created_by, at=AT,
        )  # fmt: skip
    world.issued(convention.home)
    invoice = Invoice.objects.get()
    assert (invoice.inami_days, invoice.inami_amount) == (31, 15 * Decimal("60.00") + 16 * Decimal("72.00"))


def test_no_insurer_intervenes_for_who_is_not_insured(convention):
    convention.resident.insured = False
    convention.resident.save()
    with pytest.raises(ValidationError, match="not sufficiently insured"):
        account_days.add_intervention(
            convention=convention, first_day=TODAY, last_day=None, category="O", daily_amount=Decimal(1),
            actor=convention.created_by, at=AT,
        )  # fmt: skip


# --- debtors ----------------------------------------------------------------------------------------------


def parts(convention, *shares, first=date(2026, 5, 1)):
    return account_days.set_debtors(
        convention=convention,
        first_day=first,
        shares=[(who, Decimal(percent)) for who, percent in shares],
        actor=convention.created_by,
        at=AT,
    )


def test_debtors_share_to_the_cent_from_a_day_on(convention):
    son = make.contact(convention.resident, "family", "Paul Lambert")
    centre = make.contact(convention.resident, "welfare_centre", "CPAS de Namur")
    parts(convention, (None, "33.33"), (son, "33.33"), (centre, "33.34"))
    parts(convention, (None, "50"), (centre, "50"), first=date(2026, 6, 10))
    world.issued(convention.home)
    owed = Invoice.objects.get().shares.order_by("pk").values_list("contact", "amount")
    assert list(owed) == [
        (None, Decimal("489.15")), (son.pk, Decimal("489.15")), (centre.pk, Decimal("489.30")),
    ]  # fmt: skip
    assert convention.debtors.on(date(2026, 6, 10)).count() == 2


@pytest.mark.parametrize("shares", [["50", "49.99"], ["60", "60"], ["100.01"], ["0"]])
def test_parts_make_a_hundred_together(convention, shares):
    son = make.contact(convention.resident, "family", "Paul Lambert")
    with pytest.raises(ValidationError, match="must make 100"):
        parts(convention, *zip((None, son), shares, strict=False))
    assert not convention.debtors.exists()


def test_debtors_are_the_resident_s_own_and_stand_once(convention):
    stranger = make.contact(make.ResidentFactory(), "family", "Un autre")
    with pytest.raises(ValidationError, match="among the resident"):
        parts(convention, (None, "50"), (stranger, "50"))
    with pytest.raises(ValidationError, match="stands once"):
        parts(convention, (None, "50"), (None, "50"))
