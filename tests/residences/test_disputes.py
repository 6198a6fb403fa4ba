"""An invoice contested by the resident's side, and the home's answer (art. 6)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from residences.models import Dispute, DisputeStatus, Invoice, InvoiceKind
from residences.services import disputes
from residences.services.issuing import credit_note
from residences.services.payments import ShareState
from tests.factories import residences as make
from tests.factories.registry import MandateFactory
from tests.residences.money_world import LATER, UNTIL, money_world

pytestmark = pytest.mark.django_db
IN_TIME = make.at(UNTIL)


@pytest.fixture
def world():
    return money_world()


def lodge(world, invoice=None, **changes):
    given = {
        "invoice": invoice or world.invoice,
        "text": "Je n'ai pas pris ce repas.",
        "upload": None,
        "actor": world.herself,
        "at": IN_TIME,
    }
    return disputes.lodge(**given | changes)


def answer(world, dispute, status, **changes):
    given = {
        "dispute": dispute, "status": status, "text": "Voici pourquoi.", "actor": world.director, "at": LATER
    }  # fmt: skip
    return disputes.answer(**given | changes)


def test_an_invoice_is_contested_until_a_month_after_its_receipt(world):
    paper = make.upload(world.herself)
    dispute = lodge(world, upload=paper)
    assert (dispute.lodged_on, dispute.status, dispute.upload) == (UNTIL, DisputeStatus.OPEN, paper)
    assert world.now().state == ShareState.DISPUTED


def test_later_it_is_refused_with_the_day_and_what_else_can_be_done(world):
    with pytest.raises(ValidationError, match=r"until 28/04/2026, within one month \(art. 6\)") as refused:
        lodge(world, at=make.at(date(2026, 4, 29)))
    assert "courts" in str(refused.value)
    assert not Dispute.objects.exists()


def test_one_dispute_is_open_at_a_time(world):
    first = lodge(world)
    with pytest.raises(ValidationError, match="contested already"):
        lodge(world)
    answer(world, first, "rejected", at=IN_TIME)
    assert lodge(world)


def test_a_representative_contests_and_nobody_else(world):
    helper = make.UserFactory(roles=["representative"])
    MandateFactory(member=world.simone.resident.member, representative=helper)
    for stranger in (world.director, make.UserFactory(roles=["member"])):
        with pytest.raises(ValidationError, match="Only the resident"):
            lodge(world, actor=stranger)
    with pytest.raises(ValidationError, match="Only the resident"):
        lodge(world, world.shared)
    assert lodge(world, actor=helper)


def test_a_dispute_says_what_it_is_about(world):
    with pytest.raises(ValidationError, match="what you contest"):
        lodge(world, text="  ")


def test_a_credit_note_is_not_contested(world):
    note = credit_note(invoice=world.invoice, explanation="Erreur", actor=world.director, at=IN_TIME)
    with pytest.raises(ValidationError, match="contest the invoice"):
        lodge(world, note)


def test_accepted_wholly_takes_the_whole_invoice_back(world):
    row = answer(world, lodge(world), "upheld")
    assert (row.status, row.credit_note.kind, row.credit_note.total) == (
        DisputeStatus.UPHELD,
        InvoiceKind.CREDIT,
        Decimal("-1500.00"),
    )
    assert world.now().balance == 0


def test_accepted_in_part_takes_the_ticked_lines_back(world):
    line = world.invoice.lines.get(amount="100.00")
    row = answer(world, lodge(world), "partly", lines=[line])
    assert (row.status, row.credit_note.total) == (DisputeStatus.PARTLY, Decimal("-100.00"))
    assert world.now().balance == Decimal("1400.00")
    assert "28/04/2026" in row.credit_note.explanation


def test_rejected_changes_no_amount_and_gives_reasons(world):
    dispute = lodge(world)
    with pytest.raises(ValidationError, match="reasons"):
        answer(world, dispute, "rejected", text=" ")
    row = answer(world, dispute, "rejected")
    assert (row.status, row.credit_note, row.answer) == (DisputeStatus.REJECTED, None, "Voici pourquoi.")
    assert world.now().state == ShareState.OVERDUE


@pytest.mark.parametrize(("status", "words"), [("partly", "Tick the lines"), ("open", "whether you accept")])
def test_half_an_answer_is_none(world, status, words):
    dispute = lodge(world)
    with pytest.raises(ValidationError, match=words):
        answer(world, dispute, status)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.OPEN
    assert not Invoice.objects.filter(kind=InvoiceKind.CREDIT).exists()


def test_a_dispute_is_answered_once(world):
    dispute = lodge(world)
    answer(world, dispute, "upheld")
    with pytest.raises(ValidationError, match="answered already"):
        answer(world, dispute, "upheld")
    assert Invoice.objects.filter(kind=InvoiceKind.CREDIT).count() == 1
