"""Files of services: what a dry run shows, that half a file is never taken over by accident, that nothing comes twice."""

from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partenamut.casework.file_imports import SentBefore
from partenamut.casework.rows import FileRefused
from protocol3 import imports as files
from protocol3 import tasks
from protocol3.imports import LAYOUT
from protocol3.models import Closing, GroupSession, Service, ServiceImport
from protocol3.readings.entry_imports import problems
from protocol3.services import imports
from protocol3.workflow import ClosingStatus
from tests.factories import protocol3 as make
from tests.protocol3.entry_world import World, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def world() -> World:
    return World()


def line(world: World, **changes: str) -> dict[str, str]:
    """A visit of two units, as a file says it."""
    return {
        "niss": world.person.beneficiary.niss,
        "date": "2023-03-06",
        "family": "case_management",
        "modality": "session",
        "units": "2",
        "place": "home",
        "start": "09:00",
        "end": "10:00",
        "practitioner": "Maes Ines",
    } | changes


def support(world: World, **changes: str) -> dict[str, str]:
    """An hour of support, as a file says it."""
    said = {"modality": "support", "place": "", "start": "14:00", "end": "15:00", "description": "Call."}
    return line(world, **said | changes)


def csv_of(*lines: dict[str, str], delimiter: str = ";") -> bytes:
    names = list(dict.fromkeys(name for row in lines for name in row))
    rows = [names, *([row.get(name, "") for name in names] for row in lines)]
    quoted = [[f'"{cell}"' for cell in row] for row in rows]
    return "\r\n".join(delimiter.join(row) for row in quoted).encode()


def received(world: World, *lines: dict[str, str]) -> ServiceImport:
    return imports.receive_file(
        project=world.project, content=csv_of(*lines), file_name="march.csv", actor=world.clerk, at=make.AT
    )


def start(world: World, row: ServiceImport, **choices: Any) -> ServiceImport:
    said = {"keep": None, "without_refused": False} | choices
    return imports.start_import(
        service_import=row, ring=lambda _pk: None, actor=world.clerk, at=make.AT, **said
    )


def run(row: ServiceImport, size: int = 50) -> None:
    while imports.take_over(import_id=row.pk, at=make.AT, size=size):
        pass
    imports.take_over(import_id=row.pk, at=make.AT, size=size)
    row.refresh_from_db()


def told(row: ServiceImport) -> dict[int, list[tuple[str, str]]]:
    return {
        each.line_number: [(one.code, one.message) for one in problems(each.errors)]
        for each in row.lines.all()
        if each.errors
    }


def statuses(row: ServiceImport) -> dict[int, str]:
    return dict(row.lines.values_list("line_number", "status"))


# --- the dry run ------------------------------------------------------------------------------------------


def test_a_dry_run_enters_nothing(world: World) -> None:
    row = received(world, line(world), line(world, date="2023-03-13", units="3", end="10:30"))

    assert statuses(row) == {2: "ready", 3: "ready"}
    assert told(row) == {}
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"date": "2023-02-29"}, "date.invalid", "does not exist"),
        ({"date": "29/02/2023"}, "date.invalid", "does not exist"),
        ({"date": "2024-13-01"}, "date.invalid", "does not exist"),
        ({"date": "9999-12-31"}, "entry.future", "future"),
        ({"date": "0001-01-01"}, "entry.no_function", "function"),
        ({"date": ""}, "missing", "empty"),
        ({"units": "two"}, "number.invalid", "whole number"),
        ({"units": "99999"}, "too_long", "too long"),
        ({"start": "25:00"}, "time.invalid", "time of day"),
        ({"start": ""}, "times.missing", "art. 9"),
        ({"end": "08:00"}, "entry.ends_first", "must end after"),
        ({"end": "09:20"}, "entry.too_short", "20 minutes"),
        ({"niss": ""}, "person.missing", "Neither"),
        ({"niss": "85.07.30-033.29"}, "niss.check", "check digits"),
        ({"niss": "85.07.30-033.28"}, "person.unknown", "include the person"),
        ({"registration_number": "777", "niss": ""}, "person.unknown", "include the person"),
        ({"practitioner": "Nobody"}, "practitioner.unknown", "function"),
        ({"practitioner": "11111111111"}, "practitioner.unknown", "function"),
        ({"family": "magic"}, "code.unknown", "not one of the list"),
        ({"modality": ""}, "service.missing", "family and modality"),
        ({"family": "psychological_support"}, "service.none", "art. 22"),
        ({"pseudocode": "794776"}, "service.other", "not that of this family"),
        ({"pseudocode": "123456"}, "p3.pseudocode", "123456"),
        ({"family": "", "modality": "", "pseudocode": "794975"}, "p3.pseudocode", "never entered"),
        ({"place": "moon"}, "code.unknown", "not one of the list"),
        ({"place": "remote", "consent": "perhaps"}, "answer.invalid", "yes or no"),
        ({"place": "remote", "consent": "yes"}, "entry.channel_missing", "secured channel"),
        ({"date": "2023-06-06"}, "entry.future", "future"),
        ({"description": "x" * 2001}, "too_long", "too long"),
        ({"description": "a\u202eb"}, "unsafe", "invisible"),
        ({"acts": "yesterday", "modality": "support"}, "acts.invalid", "not written as"),
    ],
)
def test_a_refused_line_says_why(world: World, changes: dict[str, str], code: str, words: str) -> None:
    row = received(world, line(world, **changes), line(world, date="2023-03-20"))

    found = dict(told(row)[2])
    assert words in found[code]
    assert statuses(row)[2] == "refused"
    assert statuses(row)[3] == "ready"


def test_an_unknown_pseudocode_names_its_article(world: World) -> None:
    row = received(world, line(world, pseudocode="123456", family="", modality=""))
    (problem,) = problems(row.lines.get().errors)

    assert problem.code == "p3.pseudocode"
    assert "art. 22, table 5" in problem.source


@pytest.mark.parametrize(
    ("changes", "code", "article"),
    [
        ({"units": "5", "end": "12:00"}, "p3.units_per_day", "art. 9"),
        ({"date": "2022-12-30"}, "p3.convention", "art. 31"),
        ({"place": "remote"}, "p3.remote", "art. 9"),
        ({"modality": "support", "place": "", "start": "", "end": ""}, "p3.support_log", "art. 10"),
        ({"date": "2024-01-08"}, "p3.rate_missing", "art. 22"),
    ],
)
def test_a_line_that_is_not_billable_names_its_rule(
    world: World, changes: dict[str, str], code: str, article: str
) -> None:
    make.models.Assignment.objects.update(first_day=date(2022, 1, 1))
    row = imports.receive_file(
        project=world.project,
        content=csv_of(line(world, **changes)),
        file_name="march.csv",
        actor=world.clerk,
        at=make.AT.replace(year=2024),
    )
    found = {one.code: one for one in problems(row.lines.get().errors)}

    assert article in found[code].source
    assert statuses(row) == {2: "ready"}


def test_lines_are_weighed_together_and_with_what_was_entered(world: World) -> None:
    world.enter(units=2)
    second = line(world, start="14:00", end="15:30", units="3")
    row = received(
        world,
        second,
        line(world, date="2023-03-07"),
        line(world, date="2023-03-07", start="14:00", end="15:30", units="3"),
    )

    assert {number: [code for code, _words in found] for number, found in told(row).items()} == {
        2: ["p3.units_per_day"],
        4: ["p3.units_per_day"],
    }


def test_the_order_of_the_file_does_not_matter(world: World) -> None:
    """A closing of the series needs something before it: the earlier line may stand below."""
    world.person.beneficiary.died_on = date(2023, 3, 8)
    world.person.beneficiary.save()
    closing = line(world, date="2023-03-10", modality="closing", place="", start="", end="")
    row = received(world, closing, line(world))
    assert told(row) == {}

    start(world, row)
    run(row)
    assert statuses(row) == {2: "created", 3: "created"}


def test_one_practitioner_in_two_places_is_seen_within_a_file(world: World) -> None:
    other = world.include()
    overlapping = line(world, niss=other.beneficiary.niss, start="09:30", end="10:30")
    row = received(world, line(world), overlapping)

    assert [code for code, _words in told(row)[3]] == ["entry.busy"]


def test_a_reference_comes_once(world: World) -> None:
    world.enter(external_reference="A1", date=date(2023, 2, 6))
    row = received(
        world,
        line(world, reference="A1"),
        line(world, reference="B2", date="2023-03-13"),
        line(world, reference="B2", date="2023-03-20"),
    )

    assert dict(told(row)[2])["reference.known"]
    assert "Line 3" in dict(told(row)[4])["reference.duplicate"]
    assert statuses(row) == {2: "refused", 3: "ready", 4: "refused"}


def test_people_are_found_by_number_and_practitioners_by_inami_number(world: World) -> None:
    number = world.person.beneficiary.affiliations.get().registration_number
    row = received(world, line(world, niss="", registration_number=number, practitioner="794-0001-2345"))
    start(world, row)
    run(row)

    service = Service.objects.get()
    assert (service.enrolment, service.practitioner, service.pseudocode) == (
        world.person,
        world.worker,
        "794570",
    )


def test_a_number_of_two_people_is_refused(world: World) -> None:
    number = world.include().beneficiary.affiliations.get().registration_number
    assert "person.two" in dict(told(received(world, line(world, registration_number=number)))[2])


def test_people_of_another_project_are_unknown(world: World) -> None:
    stranger = make.eligible(project=make.ProjectFactory())
    row = received(world, line(world, niss=stranger.beneficiary.niss))

    assert "person.unknown" in dict(told(row)[2])


def test_a_name_of_two_practitioners_needs_the_number(world: World) -> None:
    make.case_manager(world.project, last_name="Maes")
    assert "practitioner.several" in dict(told(received(world, line(world)))[2])


# --- the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ","])
def test_sheets_of_any_country_are_read(world: World, delimiter: str) -> None:
    (one,) = LAYOUT.read(csv_of(line(world), delimiter=delimiter))
    assert one.values["practitioner"] == "Maes Ines"


def test_the_template_is_a_file_that_is_read(world: World) -> None:
    (one,) = files.read(LAYOUT.template())
    imports.look(world.project, [one], today=make.TODAY)
    # The person is invented; all the rest fits.
    assert {code for _column, code, *_figures in one.errors} == {"person.unknown"}


def test_what_is_no_list_of_services_is_refused(world: World) -> None:
    for content in (b"", b"colour;size\n1;2", b"niss;date\n1;2", b"PK\x03\x04", "niss;é".encode("latin-1")):
        with pytest.raises(FileRefused):
            imports.receive_file(
                project=world.project, content=content, file_name="x.csv", actor=world.clerk, at=make.AT
            )


def test_the_same_file_twice_is_refused_unless_it_was_given_up(world: World) -> None:
    first = received(world, line(world))
    with pytest.raises(SentBefore) as raised:
        received(world, line(world))
    assert raised.value.earlier == first

    imports.discard_import(service_import=first, actor=world.clerk, at=make.AT)
    assert received(world, line(world)).lines.count() == 1
    assert not first.lines.exists()


# --- taking over ------------------------------------------------------------------------------------------


def test_half_a_file_is_taken_over_only_on_purpose(world: World) -> None:
    row = received(world, line(world), line(world, date="2023-02-29"))
    with pytest.raises(ValidationError) as raised:
        start(world, row)
    assert "without_refused" in raised.value.message_dict

    start(world, row, without_refused=True)
    run(row)
    assert statuses(row) == {2: "created", 3: "refused"}
    assert row.status == "done"


def test_what_is_not_billable_is_left_out_or_kept_on_purpose(world: World) -> None:
    stopped = line(world, date="2023-03-13", units="5", end="12:00")
    row = received(world, line(world), stopped)
    with pytest.raises(ValidationError) as raised:
        start(world, row)
    assert "keep" in raised.value.message_dict

    start(world, row, keep=True)
    run(row)
    assert Service.objects.count() == 2

    imports_again = received(world, line(world, date="2023-04-03"), stopped | {"date": "2023-04-10"})
    start(world, imports_again, keep=False)
    run(imports_again)
    assert statuses(imports_again) == {2: "created", 3: "refused"}
    assert Service.objects.count() == 3


def test_what_becomes_not_billable_after_the_dry_run_is_refused_alone(world: World) -> None:
    row = received(world, line(world, units="3", end="10:30"), line(world, date="2023-03-13"))
    world.enter(units=3, starts_at=time(14), ends_at=time(16))
    start(world, row)
    run(row)

    assert statuses(row) == {2: "refused", 3: "created"}
    assert [code for code, _words in told(row)[2]] == ["p3.units_per_day"]


def test_a_line_comes_whole(world: World) -> None:
    acts = "14:00-14:40 Call to the doctor [Dr Peeters / general practitioner / phone]|15:00-15:20 Letter"
    row = received(
        world, line(world), support(world, acts=acts), support(world, date="2023-03-07", end="", minutes="60")
    )
    start(world, row)
    run(row)

    first, second = Service.objects.filter(pseudocode="794592").order_by("date")
    assert (first.documented_minutes, second.documented_minutes) == (60, 60)
    contact = first.acts.get(starts_at=time(14))
    assert (contact.contact_name, contact.contact_nature) == ("Dr Peeters", "phone")
    assert not row.lines.exclude(values="").exists()


def test_a_group_comes_line_by_line_and_is_one_entry(world: World) -> None:
    said = {
        "family": "occupational_therapy",
        "modality": "group",
        "units": "1",
        "participants": "4",
        "place": "collective",
        "room": "Salle 1",
        "start": "14:00",
        "end": "14:30",
        "practitioner": "Peeters Tom",
    }
    row = received(world, line(world, **said), line(world, **said, niss=world.include().beneficiary.niss))
    assert told(row) == {}
    start(world, row)
    run(row)

    group = GroupSession.objects.get()
    assert (group.room, group.services.count()) == ("Salle 1", 2)


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(world: World) -> None:
    days = [f"2023-03-{day:02d}" for day in (6, 7, 8, 9, 13)]
    row = received(world, *(line(world, date=day) for day in days))
    start(world, row)
    assert imports.take_over(import_id=row.pk, at=make.AT, size=2) is True
    assert Service.objects.count() == 2

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "_enter", _killed_after(2))
        with pytest.raises(RuntimeError):
            imports.take_over(import_id=row.pk, at=make.AT, size=3)
    assert Service.objects.count() == 2

    tasks.continue_service_imports()
    row.refresh_from_db()
    assert row.status == "done"
    assert Service.objects.count() == 5
    tasks.continue_service_imports()
    tasks.enter_lines(row.pk)
    assert Service.objects.count() == 5


def _killed_after(count: int) -> Any:
    real, left = imports._enter, [count]

    def enter(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise RuntimeError("killed")
        return real(*args, **kwargs)

    return enter


def test_a_month_that_is_being_issued_waits(world: World) -> None:
    world.enter(date=date(2023, 3, 1))
    row = received(world, line(world), line(world, date="2023-04-03"))
    closing = Closing.objects.create(
        project=world.project, month=date(2023, 3, 1), status=ClosingStatus.ISSUING, prepared_by=world.clerk
    )
    start(world, row)
    assert imports.take_over(import_id=row.pk, at=make.AT) is False
    assert statuses(row) == {2: "ready", 3: "ready"}

    Closing.objects.filter(pk=closing.pk).update(status=ClosingStatus.ISSUED)
    run(row)
    assert statuses(row) == {2: "created", 3: "created"}


def test_an_import_that_is_over_does_not_start_again(world: World) -> None:
    row = received(world, line(world))
    start(world, row)
    run(row)
    with pytest.raises(ValidationError, match="over"):
        start(world, row)
    with pytest.raises(ValidationError, match="begun"):
        imports.discard_import(service_import=row, actor=world.clerk, at=make.AT)


def test_a_line_is_looked_at_again_after_the_facts_changed(world: World) -> None:
    row = received(world, line(world, practitioner="Nouveau Jean"))
    make.case_manager(world.project, last_name="Nouveau", first_name="Jean")
    imports.check_again(service_import=row, actor=world.clerk, at=make.AT)

    assert statuses(row) == {2: "ready"}


# --- the pages --------------------------------------------------------------------------------------------


def upload(client: Client, world: World, content: bytes, name: str = "march.csv") -> Any:
    return client.post(
        url("add_service_import", world.project.public_id), {"file": SimpleUploadedFile(name, content)}
    )


def test_a_file_is_sent_looked_at_and_taken_over(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    content = csv_of(
        line(world), line(world, date="2023-02-29"), line(world, date="2023-03-13", units="5", end="12:00")
    )
    answer = upload(client, world, content)
    row = ServiceImport.objects.get()
    assert answer["Location"] == url("service_import", row.public_id)
    body = text(client.get(answer["Location"]))
    assert "Nothing has been entered yet" in body
    assert "This day does not exist" in body
    assert "it must have 2 to 4" in body
    assert "art. 9" in body

    begin = url("start_service_import", row.public_id)
    refused = text(client.post(begin, {}))
    assert "tick that the others are taken over" in refused
    with django_capture_on_commit_callbacks(execute=True):
        client.post(begin, {"without_refused": "on", "keep": "yes"})
    done = text(client.get(answer["Location"]))
    assert "2 services were entered" in done
    assert Service.objects.count() == 2
    download = b"".join(client.get(url("refused_services", row.public_id)).streaming_content).decode()
    assert "2023-02-29" in download
    assert "This day does not exist" in download
    listed = text(client.get(url("service_imports", world.project.public_id)))
    assert "march.csv" in listed


def test_the_same_file_leads_to_the_first(world: World) -> None:
    client = world.client()
    upload(client, world, csv_of(line(world)))
    body = text(upload(client, world, csv_of(line(world)), "again.csv"))
    assert "has been sent before" in body
    assert url("service_import", ServiceImport.objects.get().public_id) in body


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"colour\n1", "march.csv", "does not name the columns"),
        (b"PK\x03\x04", "march.xlsx", "not accepted"),
        (b"", "march.csv", "empty"),
    ],
)
def test_a_file_that_is_no_list_is_refused_beside_the_field(
    world: World, content: bytes, name: str, words: str
) -> None:
    assert words in text(upload(world.client(), world, content, name))


def test_a_file_is_given_up_and_looked_at_again(world: World) -> None:
    client = world.client()
    upload(client, world, csv_of(line(world)))
    row = ServiceImport.objects.get()
    assert "checked again" in text(client.post(url("check_service_import", row.public_id), follow=True))
    assert "Give the file up" in text(client.get(url("discard_service_import", row.public_id)))
    assert "deleted" in text(client.post(url("discard_service_import", row.public_id), follow=True))


def test_a_stranger_finds_no_import(world: World) -> None:
    upload(world.client(), world, csv_of(line(world)))
    row = ServiceImport.objects.get()
    stranger = Client()
    stranger.force_login(make.worker(make.ProjectFactory()))
    for name in ("service_import", "refused_services", "discard_service_import"):
        assert stranger.get(url(name, row.public_id)).status_code == 404
    for name in ("start_service_import", "check_service_import", "discard_service_import"):
        assert stranger.post(url(name, row.public_id)).status_code == 404
    assert stranger.get(url("service_import_template", world.project.public_id)).status_code == 404


def test_a_run_is_followed(world: World) -> None:
    client = world.client()
    row = received(world, line(world), line(world, date="2023-03-13"))
    start(world, row)
    imports.take_over(import_id=row.pk, at=make.AT, size=1)
    part = client.get(url("service_import", row.public_id), headers={"HX-Request": "true"})
    assert "1 services entered, 1 to go" in text(part)
    run(row)
    over = client.get(url("service_import", row.public_id), headers={"HX-Request": "true"})
    assert over["HX-Refresh"] == "true"
