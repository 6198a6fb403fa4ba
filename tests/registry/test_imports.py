"""Files of members: what is refused and why, and that every line is taken over once."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from partenamut.casework.rows import MAX_BYTES, FileRefused
from partenamut.registry import exports, services
from partenamut.registry.imports import NAMES, read
from partenamut.registry.models import ContributionPeriod, Member, MemberImport, MemberImportLine
from partenamut.registry.services import imports as use_cases
from tests.factories import numbers
from tests.factories.accounts import UserFactory
from tests.factories.registry import (
    ContributionPeriodFactory,
    HigherReimbursementFactory,
    HospitalInsuranceFactory,
    MemberFactory,
    MutualityFactory,
    SeriousIllnessOptionFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))


def line(count=1, **changes):
    born = numbers.birth_date(count)
    values = {
        "niss": numbers.niss(count),
        "last_name": f"Peeters{count}",
        "first_name": "Anne",
        "birth_date": born.isoformat(),
        "street": "Rue d'Essai 1",
        "postal_code": "1000",
        "city": "Bruxelles",
        "mutuality": "509",
        "registration_number": f"{count:05d}",
        "iban": numbers.iban(count),
        "contributions": "2020-01-01..2023-12-31|2024-02-01..",
    }
    return values | changes


def csv_of(*lines, names=None, delimiter=";"):
    names = names or list(lines[0])
    rows = [delimiter.join(names), *(delimiter.join(row.get(name, "") for name in names) for row in lines)]
    return "\r\n".join(rows).encode()


@pytest.fixture
def admin():
    MutualityFactory()
    return UserFactory(roles=["admin"])


def received(content, admin):
    return services.receive_members(content=content, file_name="members.csv", actor=admin, at=AT)


def run(member_import, size=200):
    rounds = 0
    while services.take_over(member_import=member_import, at=AT, size=size):
        rounds += 1
    member_import.refresh_from_db()
    return rounds


def reasons(member_import):
    return {row.line_number: [tuple(error) for error in row.errors] for row in member_import.lines.all()}


# --- the file


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"PK\x03\x04 a workbook", "no CSV"),
        (b"niss\x00", "no CSV"),
        ("niss;last_name\r\né".encode("latin-1"), "UTF-8"),
        (b"x" * (MAX_BYTES + 1), "too large"),
        (b"one;two\r\n1;2", "does not name the columns"),
        (b"niss;colour\r\n1;2", "colour"),
        (b"niss;niss\r\n1;2", "twice"),
        (b"niss;last_name\r\n1;2", "birth_date"),
        (csv_of(line())[: csv_of(line()).index(b"\r\n")], "no line"),
        (csv_of(line()) + b'\r\n"open;2', "quotation mark"),
    ],
)
def test_a_file_that_is_no_list_of_members_is_refused_with_a_sentence(content, words):
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert words in " ".join(refused.value.messages)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_sheets_of_any_country_are_read(delimiter, mark):
    (read_line,) = read(mark + csv_of(line(), delimiter=delimiter))

    assert read_line.number == 2
    assert read_line.values == line()


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr("partenamut.registry.imports.MAX_LINES", 1)
    with pytest.raises(FileRefused, match="2 lines"):
        read(csv_of(line(1), line(2)))


# --- the lines


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"niss": "85073003329"}, ("niss", "niss.check")),
        ({"niss": "12"}, ("niss", "niss.length")),
        ({"niss": "abc"}, ("niss", "niss.characters")),
        ({"niss": ""}, ("niss", "missing")),
        ({"birth_date": "1990-01-01"}, ("birth_date", "birth_date.niss")),
        ({"birth_date": "31/02/1990"}, ("birth_date", "birth_date.invalid")),
        ({"birth_date": "2031-01-01"}, ("birth_date", "birth_date.future")),
        ({"mutuality": "999"}, ("mutuality", "mutuality.unknown")),
        ({"iban": "BE71096123456760"}, ("iban", "iban.check")),
        ({"iban": "71"}, ("iban", "iban.characters")),
        ({"email": "nowhere"}, ("email", "email.invalid")),
        ({"language": "xx"}, ("language", "language.unknown")),
        ({"country": "Belgium"}, ("country", "too_long")),
        ({"country": "B1"}, ("country", "country.invalid")),
        ({"postal_code": "12"}, ("postal_code", "postal_code.invalid")),
        ({"last_name": "P" * 101}, ("last_name", "too_long")),
        ({"last_name": "Peet\u202eers"}, ("last_name", "unsafe")),
        ({"contributions": "2020"}, ("contributions", "contributions.invalid")),
        ({"contributions": "2020-02-01..2020-01-01"}, ("contributions", "contributions.reversed")),
        ({"contributions": "2020-01-01..|2024-01-01.."}, ("contributions", "contributions.overlap")),
        ({"higher_reimbursement": "since 2020"}, ("higher_reimbursement", "higher_reimbursement.invalid")),
        (
            {"higher_reimbursement": "2020-02-01..2020-01-01"},
            ("higher_reimbursement", "higher_reimbursement.reversed"),
        ),
        (
            {"higher_reimbursement": "2020-01-01..|2024-01-01.."},
            ("higher_reimbursement", "higher_reimbursement.overlap"),
        ),
        ({"hospital_insurance": "2020-01-01.."}, ("hospital_insurance", "hospital_insurance.tier")),
        ({"hospital_insurance": "gold:2020-01-01.."}, ("hospital_insurance", "hospital_insurance.tier")),
        (
            {"hospital_insurance": "hospitalia:2020-01-01"},
            ("hospital_insurance", "hospital_insurance.invalid"),
        ),
        (
            {"hospital_insurance": "hospitalia:2020-02-01..2020-01-01"},
            ("hospital_insurance", "hospital_insurance.reversed"),
        ),
        (
            {"hospital_insurance": "hospitalia:2020-01-01..|hospitalia_plus:2024-01-01.."},
            ("hospital_insurance", "hospital_insurance.overlap"),
        ),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(admin, changes, error):
    wrong = line(1) | changes
    member_import = received(csv_of(wrong, line(2), names=list(wrong)), admin)

    assert reasons(member_import) == {2: [error], 3: []}
    assert all(exports.sentences([list(error)]))
    assert error[1] not in exports.sentences([list(error)])[0]


def test_lines_that_contradict_each_other_are_all_refused(admin):
    twice = line(1), line(1, registration_number="99"), line(2), line(3, registration_number="00002")

    found = reasons(received(csv_of(*twice), admin))

    assert found[2] == found[3] == [("niss", "niss.duplicate")]
    assert found[4] == found[5] == [("registration_number", "registration_number.duplicate")]


def test_a_line_that_contradicts_the_registry_is_refused(admin):
    MemberFactory(registration_number="00001")
    known = MemberFactory(count=2, registration_number="00002")
    ContributionPeriodFactory(member=known, first_day=date(2019, 1, 1), last_day=date(2020, 6, 30))

    found = reasons(received(csv_of(line(1), line(2)), admin))

    assert found == {
        2: [("registration_number", "registration_number.taken")],
        3: [("contributions", "contributions.known")],
    }


def test_a_line_with_too_few_columns_is_refused(admin):
    content = csv_of(line(1)) + b"\r\n85073003328;Short"

    assert reasons(received(content, admin))[3][0] == ("", "columns")


# --- taking over


def test_what_lines_say_is_kept_encrypted_and_deleted_when_taken_over(admin):
    member_import = received(csv_of(line(1)), admin)
    raw = MemberImportLine.objects.extra(select={"raw": '"values"'}).get()
    assert "Peeters1" not in raw.raw

    services.start_import(member_import=member_import, actor=admin, at=AT)
    run(member_import)

    assert MemberImportLine.objects.get().values == ""


def test_lines_are_taken_over_once(admin):
    member_import = received(csv_of(line(1), line(2), line(3, niss="1")), admin)
    assert not Member.objects.exists()
    services.start_import(member_import=member_import, actor=admin, at=AT)

    run(member_import)
    run(member_import)

    assert member_import.status == MemberImport.Status.DONE
    assert member_import.done_at == AT
    assert Member.objects.count() == 2
    assert ContributionPeriod.objects.count() == 4
    assert sorted(member_import.lines.values_list("status", flat=True)) == ["created", "created", "refused"]


def test_a_killed_import_goes_on_where_it_stopped(admin, monkeypatch):
    member_import = received(csv_of(*map(line, range(1, 7))), admin)
    services.start_import(member_import=member_import, actor=admin, at=AT)
    services.take_over(member_import=member_import, at=AT, size=2)
    real = use_cases.create_member
    calls = []

    def dies(**data):
        calls.append(data)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**data)

    monkeypatch.setattr(use_cases, "create_member", dies)
    with pytest.raises(KeyboardInterrupt):
        services.take_over(member_import=member_import, at=AT, size=2)
    assert Member.objects.count() == 2
    monkeypatch.setattr(use_cases, "create_member", real)

    services.start_import(member_import=member_import, actor=admin, at=AT)
    run(member_import, size=2)

    assert Member.objects.count() == 6
    assert member_import.lines.filter(status="created").count() == 6


def test_a_known_member_is_updated_and_columns_left_out_stay(admin):
    known = MemberFactory(count=1, registration_number="00001", phone="02 111 11 11", city="Liège")
    ContributionPeriodFactory(member=known, first_day=date(2020, 1, 1))
    changed = line(1, contributions="2020-01-01..2025-12-31", last_name=known.last_name)
    member_import = received(csv_of(changed), admin)
    services.start_import(member_import=member_import, actor=admin, at=AT)

    run(member_import)

    known.refresh_from_db()
    assert (known.city, known.phone) == ("Bruxelles", "02 111 11 11")
    assert known.contributions.get().last_day == date(2025, 12, 31)
    assert member_import.lines.get().status == "updated"


def insured(count=1, insurance="hospitalia_plus:2020-01-01..", **changes):
    return line(count, higher_reimbursement="2021-01-01..", hospital_insurance=insurance, **changes)


def test_insurances_are_taken_over_and_a_new_one_ends_the_old(admin):
    first = received(csv_of(insured(insurance="hospitalia:2020-01-01..")), admin)
    services.start_import(member_import=first, actor=admin, at=AT)
    run(first)
    member = Member.objects.get()
    assert member.higher_reimbursements.get().first_day == date(2021, 1, 1)

    changed = insured(insurance="Hospitalia:2020-01-01..2025-12-31|hospitalia_plus:2026-01-01..")
    second = received(csv_of(changed), admin)
    services.start_import(member_import=second, actor=admin, at=AT)
    run(second)

    assert second.lines.get().status == "updated"
    assert list(member.hospital_insurances.order_by("first_day").values_list("tier", "last_day")) == [
        ("hospitalia", date(2025, 12, 31)),
        ("hospitalia_plus", None),
    ]
    assert member.higher_reimbursements.count() == 1


def test_a_line_without_insurances_leaves_those_that_are_known(admin):
    known = MemberFactory(count=1, registration_number="00001")
    HospitalInsuranceFactory(member=known)
    for changes in ({}, {"hospital_insurance": "", "higher_reimbursement": ""}):
        member_import = received(csv_of(line(1) | changes), admin)
        services.start_import(member_import=member_import, actor=admin, at=AT)
        run(member_import)

    assert known.hospital_insurances.get().last_day is None


def test_a_line_that_contradicts_a_known_insurance_is_refused(admin):
    known = MemberFactory(count=1, registration_number="00001")
    HospitalInsuranceFactory(member=known, first_day=date(2020, 1, 1))
    HigherReimbursementFactory(member=known, first_day=date(2020, 1, 1), last_day=date(2020, 12, 31))

    assert reasons(received(csv_of(insured()), admin)) == {
        2: [("hospital_insurance", "hospital_insurance.known")]
    }
    assert reasons(
        received(csv_of(insured(insurance="") | {"higher_reimbursement": "2020-06-01.."}), admin)
    ) == {2: [("higher_reimbursement", "higher_reimbursement.known")]}


def test_an_insurance_does_not_end_under_an_option(admin):
    known = MemberFactory(count=1, registration_number="00001")
    HospitalInsuranceFactory(member=known, first_day=date(2020, 1, 1))
    SeriousIllnessOptionFactory(member=known, first_day=date(2020, 1, 1))
    member_import = received(csv_of(insured(insurance="hospitalia:2020-01-01..2025-12-31")), admin)
    services.start_import(member_import=member_import, actor=admin, at=AT)

    run(member_import)

    assert reasons(member_import) == {2: [("", "refused")]}
    assert known.hospital_insurances.get().last_day is None
    assert not known.higher_reimbursements.exists()


def test_a_line_that_says_nothing_new_changes_nothing(admin):
    services.start_import(member_import=(first := received(csv_of(insured()), admin)), actor=admin, at=AT)
    run(first)

    again = received(csv_of(insured(), names=[*reversed(insured())]), admin)
    services.start_import(member_import=again, actor=admin, at=AT)
    run(again)

    assert again.lines.get().status == "unchanged"


def test_a_line_that_the_registry_contradicts_meanwhile_is_refused_alone(admin):
    member_import = received(csv_of(line(7001), line(7002)), admin)
    MemberFactory(registration_number="07001")
    services.start_import(member_import=member_import, actor=admin, at=AT)

    run(member_import)

    assert reasons(member_import)[2] == [("registration_number", "registration_number.taken")]
    assert list(member_import.lines.order_by("line_number").values_list("status", flat=True)) == [
        "refused",
        "created",
    ]


def test_the_same_file_twice_says_so(admin):
    first = received(csv_of(line(1)), admin)

    with pytest.raises(services.SentBefore) as refused:
        received(csv_of(line(1)), admin)
    assert refused.value.earlier == first

    services.discard_import(member_import=first, actor=admin, at=AT)
    assert not first.lines.exists()
    assert received(csv_of(line(1)), admin) != first


def test_lines_are_checked_again_against_the_registry_of_now(admin):
    member_import = received(csv_of(line(1, mutuality="516")), admin)
    MutualityFactory(code="516", name="New")

    services.check_again(member_import=member_import, actor=admin, at=AT)

    assert member_import.lines.get().status == "ready"


def test_an_import_starts_only_with_something_to_do_and_is_not_discarded_afterwards(admin):
    nothing = received(csv_of(line(1, niss="1")), admin)
    with pytest.raises(ValidationError):
        services.start_import(member_import=nothing, actor=admin, at=AT)
    begun = received(csv_of(line(2)), admin)
    services.start_import(member_import=begun, actor=admin, at=AT)

    with pytest.raises(ValidationError):
        services.discard_import(member_import=begun, actor=admin, at=AT)
    run(begun)
    with pytest.raises(ValidationError):
        services.start_import(member_import=begun, actor=admin, at=AT)


def test_the_task_takes_all_batches(admin, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(use_cases, "BATCH", 2)
    member_import = received(csv_of(*map(line, range(1, 6))), admin)

    with django_capture_on_commit_callbacks(execute=True):
        services.start_import(member_import=member_import, actor=admin, at=AT)

    member_import.refresh_from_db()
    assert member_import.status == MemberImport.Status.DONE
    assert Member.objects.count() == 5


def test_imports_cut_short_are_rung_for(admin):
    from partenamut.registry.tasks import continue_imports

    member_import = received(csv_of(line(1)), admin)
    services.start_import(member_import=member_import, actor=admin, at=AT)

    continue_imports()

    member_import.refresh_from_db()
    assert member_import.status == MemberImport.Status.DONE


def test_refused_lines_can_be_corrected_and_sent_again(admin):
    first = received(csv_of(line(1, phone="+32 2 123 45 67", mutuality="516")), admin)
    content = b"".join(exports.refused_lines(first).streaming_content)
    head, refused = content.decode("utf-8-sig").splitlines()
    assert head == ";".join(f'"{name}"' for name in [*NAMES, "reasons"])
    assert "mutuality" in refused

    again = received(content.replace(b"516", b"509"), admin)

    assert reasons(again) == {2: []}
    assert again.lines.get().decoded["phone"] == "+32 2 123 45 67"


def test_the_template_is_a_file_that_is_accepted(admin):
    member_import = received(exports.template().content, admin)

    assert member_import.lines.get().status == "ready"


def test_checking_asks_the_database_no_more_for_more_lines(admin, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        received(csv_of(*map(line, range(1, 60))), admin)
