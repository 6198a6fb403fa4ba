"""Files of the bank: each movement matched, waiting, known or left out; nothing lost, nothing twice."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partenamut.audit.models import Entry
from partenamut.casework.file_imports import SentBefore
from partenamut.casework.rows import FileRefused
from partenamut.payments.communications import structured
from residences.models import BankFile, BankLine, Payment
from residences.services import bank_assigning, bank_files, payments
from residences.services.bank_lines import LAYOUT, LineState
from residences.services.issuing import credit_note
from tests.factories import residences as make
from tests.payments.coda_samples import Move, coda
from tests.residences.money_world import LATER, money_world

pytestmark = pytest.mark.django_db
HEAD = "date;amount;communication;reference;name;account"


@pytest.fixture
def world():
    return money_world()


def csv_file(*lines, head=HEAD):
    return "\r\n".join([head, *lines]).encode()


def received(world, content, name="banque.csv"):
    return bank_files.receive(
        home=world.home, content=content, file_name=name, actor=world.director, at=LATER
    )


def looked(world, *lines):
    return bank_files.looked_at(received(world, csv_file(*lines)), actor=world.director, at=LATER)


def taken(world, *lines):
    file = received(world, csv_file(*lines))
    return bank_files.take_over(file=file, actor=world.director, at=LATER)


def waiting(world):
    return list(bank_assigning.waiting(world.home).order_by("pk"))


def assign(world, line, share, amount, **changes):
    given = {"line": line, "share": share, "amount": Decimal(amount), "actor": world.director, "at": LATER}
    return bank_assigning.assign(**given | changes)


# --- the dry run


def test_the_dry_run_says_whose_each_line_is_and_writes_nothing(world):
    found = looked(
        world,
        f"2026-04-20;1400,00;{structured(world.share.communication)};B1;LAMBERT S;",
        f"20/04/2026;100.00;Facture {structured(world.share.communication)};B2;;",
        f"2026-04-20;600,00;{world.sons.communication};B3;;",
        f"2026-04-20;1,00;{world.sons.communication};B4;;",
    )
    assert [(one.state, one.share.pk, one.left) for one in found] == [
        (LineState.MATCHED, world.share.pk, Decimal("100.00")),
        (LineState.MATCHED, world.share.pk, Decimal("0.00")),
        (LineState.MATCHED, world.sons.pk, Decimal("0.00")),
        (LineState.MATCHED, world.sons.pk, Decimal("-1.00")),
    ]
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("communication", "code"),
    [
        ("", "no_communication"),
        ("loyer maman avril", "no_communication"),
        ("+++090/9337/55494+++", "wrong_communication"),
        ("090933755493", "unknown"),
    ],
)
def test_a_wrong_or_missing_communication_waits(world, communication, code):
    (one,) = looked(world, f"2026-04-20;600,00;{communication};B1;;")
    assert (one.state, one.code) == (LineState.TO_ASSIGN, code)


def test_money_for_another_home_waits_and_is_named_to_its_director_only(world):
    elsewhere = money_world()
    line = f"2026-04-20;600,00;{elsewhere.share.communication};B1;;"
    (strange,) = looked(world, line)
    make.Directorship.objects.create(
        residence=elsewhere.home.residence, director=world.director, first_day=make.START
    )
    (named,) = looked(world, line + " ")
    assert (strange.code, named.code) == ("unknown", "of_another_home")


def test_what_the_rules_of_a_payment_refuse_waits_with_its_reason(world):
    note = credit_note(invoice=world.shared, explanation="Erreur", actor=world.director, at=LATER)
    found = looked(
        world,
        f"2026-03-20;100,00;{world.share.communication};B1;;",
        f"2026-04-20;100,00;{make.share(note).communication};B2;;",
        f"2026-04-20;-100,00;{world.share.communication};B3;;",
    )
    assert [one.code for one in found] == ["before_issue", "credit_note", "too_much_back"]


def test_the_same_payment_by_hand_and_from_the_bank_waits(world):
    world.pay("1500.00")
    (one,) = looked(world, f"2026-04-20;1500,00;{world.share.communication};B1;;")
    assert (one.state, one.code) == (LineState.TO_ASSIGN, "paid_that_day")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("31/02/2026;1,00;{};B1;;", "not a day"),
        ("2026-04-20;abc;{};B1;;", "not an amount"),
        ("2026-04-20;0;{};B1;;", "no payment is of this amount"),
        ("2026-04-20;999999999999;{};B1;;", "no payment is of this amount"),
        ("2026-05-05;1,00;{};B1;;", "future"),
        ("2026-04-20;1,00;{};;;", "reference"),
        ("2026-04-20;1,00;{}", "columns"),
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_stays(world, line, words):
    text = line.format(world.share.communication)
    file = taken(world, text, f"2026-04-20;600,00;{world.sons.communication};B9;;")
    (row,) = waiting(world)
    assert row.status == BankLine.Status.REFUSED
    assert words in bank_files.fault_of(row, LATER)
    assert row.decoded["communication"] == world.share.communication
    assert (file.status, Payment.objects.count()) == (BankFile.Status.DONE, 1)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_separators_and_the_comma_of_amounts_are_found_out(world, separator):
    amount = '"1.500,00"' if separator == "," else "1.500,00"
    head = HEAD.replace(";", separator)
    line = separator.join(["2026-04-20", amount, world.share.communication, "B1", "", ""])
    file = received(world, csv_file(line, head=head))
    (one,) = bank_files.looked_at(file, actor=world.director, at=LATER)
    assert (one.state, one.movement.amount) == (LineState.MATCHED, Decimal("1500.00"))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00a", b"date;amount\r\n1;2", HEAD.encode(), b"PK\x03\x04x"]
)
def test_a_file_that_is_none_gets_a_sentence(world, content):
    with pytest.raises(FileRefused):
        received(world, content)
    assert not BankFile.objects.exists()


def test_the_template_and_the_files_of_care_projects_can_be_read(world):
    assert received(world, LAYOUT.template())
    head = "date;amount;communication;reference"
    assert received(world, csv_file(f"2026-04-20;1,00;{world.share.communication};B1", head=head))


# --- taken over


def test_payments_are_registered_and_the_rest_waits(world):
    file = taken(
        world,
        f"2026-04-20;1500,00;{world.share.communication};B1;;",
        "2026-04-20;600,00;maman avril;B2;MOREAU MARC;BE71 0961 2345 6769",
        "2026-04-20;-2300,00;Salaires;B3;;",
    )
    assert world.now().balance == 0
    (line,) = waiting(world)
    assert (line.amount, line.rest, line.decoded["name"]) == (600, 600, "MOREAU MARC")
    out = file.lines.get(reference="B3")
    assert (out.status, out.values) == (BankLine.Status.UNCHANGED, "")
    payment = Payment.objects.get()
    assert (payment.reference, payment.bank_line.file, payment.registered_by) == ("B1", file, world.director)
    assert Entry.objects.filter(action="payment_registered", subject_id=world.invoice.public_id).exists()


def test_the_same_file_twice_has_no_effect(world):
    content = csv_file(f"2026-04-20;600,00;{world.sons.communication};B1;;", "2026-04-20;5,00;;B2;;")
    file = received(world, content)
    with pytest.raises(SentBefore) as twice:
        received(world, content)
    assert twice.value.earlier == file
    bank_files.take_over(file=file, actor=world.director, at=LATER)
    with pytest.raises(SentBefore):
        received(world, content)
    with pytest.raises(ValidationError, match="begun already"):
        bank_files.take_over(file=file, actor=world.director, at=LATER)
    assert Payment.objects.count() == 1


def test_movements_of_two_files_that_overlap_come_once(world):
    lines = [f"2026-04-20;600,00;{world.sons.communication};B1;;", "2026-04-20;5,00;;B2;;"]
    taken(world, *lines)
    second = taken(world, *lines, "2026-04-21;7,00;;B3;;")
    assert Payment.objects.count() == 1
    assert [line.reference for line in waiting(world)] == ["B2", "B3"]
    assert second.lines.filter(status=BankLine.Status.UNCHANGED, values="").count() == 2


def test_a_movement_twice_in_a_file_comes_once(world):
    line = f"2026-04-20;600,00;{world.sons.communication};B1;;"
    taken(world, line, line)
    assert Payment.objects.count() == 1
    assert waiting(world) == []


def test_a_reference_that_comes_with_another_amount_waits(world):
    line = f"2026-04-20;{{}};{world.sons.communication};B1;;"
    taken(world, line.format("500,00"), line.format("100,00"))
    assert Payment.objects.get().amount == 500
    (row,) = waiting(world)
    assert row.errors[0] == ["reference_of_another", {"amount": "500.00", "day": "2026-04-20"}]


def test_what_was_set_aside_or_undone_does_not_come_back_with_another_file(world):
    lines = ["2026-04-20;5,00;;B1;;", f"2026-04-20;600,00;{world.sons.communication};B2;;"]
    taken(world, *lines)
    bank_assigning.set_aside(line=waiting(world)[0], because="Don à l'ASBL", actor=world.director, at=LATER)
    payments.undo(payment=Payment.objects.get(), because="Erreur", actor=world.director, at=LATER)
    taken(world, *lines, "2026-04-20;9,00;;B3;;")
    assert [line.reference for line in waiting(world)] == ["B2", "B3"]


def test_money_paid_back_to_who_left_is_matched(world):
    share = make.share(make.invoice(world.simone, total="-230.40", kind="final"))
    taken(world, f"2026-04-20;-230,40;{share.communication};B1;;")
    assert world.now(share).balance == 0


def test_a_file_given_up_leaves_nothing(world):
    content = csv_file(f"2026-04-20;600,00;{world.sons.communication};B1;;")
    file = bank_files.discard(file=received(world, content), actor=world.director, at=LATER)
    assert not file.lines.exists()
    assert received(world, content)


def test_a_checked_file_is_looked_at_again_when_it_is_taken_over(world):
    file = received(world, csv_file(f"2026-04-20;600,00;{world.sons.communication};B1;;"))
    taken(world, f"2026-04-20;600,00;{world.sons.communication};B1;;", "2026-04-20;5,00;;B2;;")
    bank_files.take_over(file=file, actor=world.director, at=LATER)
    assert Payment.objects.count() == 1


def test_many_lines_take_a_fixed_number_of_queries(world, django_assert_max_num_queries):
    lines = [f"2026-04-20;1,0{place % 9 + 1};{world.share.communication};B{place};;" for place in range(300)]
    file = received(world, csv_file(*lines))
    with django_assert_max_num_queries(40):
        bank_files.take_over(file=file, actor=world.director, at=LATER)
    assert Payment.objects.count() + len(waiting(world)) == 300


# --- CODA


def test_coda_of_the_home_s_account_is_read_and_matched(world):
    content = coda(
        Move("1500.00", structured=world.share.communication),
        Move("600.00", text="MAMAN AVRIL"),
        iban=world.home.iban,
    )
    file = received(world, content, "statement.cod")
    bank_files.take_over(file=file, actor=world.director, at=LATER)
    assert world.now().balance == 0
    (line,) = waiting(world)
    assert (line.rest, line.decoded["name"], line.decoded["account"]) == (
        600,
        "MOREAU MARC",
        "BE71096123456769",
    )


def test_coda_of_another_account_is_refused_whole(world):
    with pytest.raises(FileRefused, match="account of the home is"):
        received(world, coda(Move("1.00"), iban="BE71096123456769"))
    assert not BankFile.objects.exists()


# --- assigned by hand


@pytest.fixture
def line(world):
    taken(world, "2026-04-20;700,00;avril et mars;B1;MOREAU MARC;")
    return waiting(world)[0]


def test_a_line_is_assigned_in_parts_to_shares_found_by_name_or_amount(world, line):
    wife = make.share(world.shared)
    assert set(bank_assigning.offered(line, "", at=LATER)) == {world.sons, wife}
    assert bank_assigning.offered(line, "900,00", at=LATER) == [wife]
    assert bank_assigning.offered(line, "Lambert", at=LATER) == [world.share]
    assign(world, line, world.sons, "600.00")
    (rest,) = waiting(world)
    assert rest.rest == 100
    assign(world, rest, wife, "100.00")
    assert waiting(world) == []
    assert world.now(wife).balance == 800
    assert set(Payment.objects.values_list("reference", flat=True)) == {"B1"}


@pytest.mark.parametrize("amount", ["0", "-1.00", "700.01"])
def test_no_more_than_the_line_is_assigned(world, line, amount):
    with pytest.raises(ValidationError, match=r"At most 700\.00"):
        assign(world, line, world.sons, amount)


def test_a_share_of_another_home_is_not_chosen(world, line):
    with pytest.raises(ValidationError, match="share of this home"):
        assign(world, line, money_world().share, "700.00")


def test_what_came_before_the_invoice_is_assigned_all_the_same(world):
    taken(world, f"2026-03-20;600,00;{world.sons.communication};B1;;")
    assign(world, waiting(world)[0], world.sons, "600.00")
    assert world.now(world.sons).balance == 0


def test_an_assignment_undone_waits_again_and_is_assigned_anew(world, line):
    wrong = assign(world, line, world.share, "700.00")
    payments.undo(payment=wrong, because="C'est Jeanne", actor=world.director, at=LATER)
    (again,) = waiting(world)
    assert (again.rest, again.errors) == (700, [["undone", {}]])
    assign(world, again, world.share, "100.00")
    assign(world, again, world.sons, "600.00")
    assert waiting(world) == []
    assert sorted(Payment.objects.filter(amount__gt=0).values_list("reference", flat=True)) == [
        "B1",
        "B1",
        "B1 (2)",
    ]


def test_a_line_is_set_aside_with_a_reason_and_taken_up_again(world, line):
    with pytest.raises(ValidationError, match="why"):
        bank_assigning.set_aside(line=line, because=" ", actor=world.director, at=LATER)
    bank_assigning.set_aside(line=line, because="Don", actor=world.director, at=LATER)
    assert waiting(world) == []
    with pytest.raises(ValidationError, match="does not wait"):
        assign(world, line, world.sons, "600.00")
    bank_assigning.take_up(line=line, actor=world.director, at=LATER)
    assert [one.pk for one in waiting(world)] == [line.pk]


def test_an_assigned_line_is_not_set_aside(world, line):
    assign(world, line, world.sons, "700.00")
    with pytest.raises(ValidationError, match="does not wait"):
        bank_assigning.set_aside(line=line, because="Don", actor=world.director, at=LATER)
    assert world.now(world.sons).balance == -100
