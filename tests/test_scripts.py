"""The scripts behind make: the embedded database lives and ends with its command; set-up says what is missing."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import embedded
import prepare
import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
ASK = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS seen (at timestamptz DEFAULT now())")
    connection.execute("INSERT INTO seen DEFAULT VALUES")
    print(connection.execute("SELECT count(*), upper('é') FROM seen").fetchone())
"""


def command(*arguments):
    return [sys.executable, "scripts/embedded.py", "--tests", "--", *arguments]


@pytest.fixture
def place():
    """A folder that another account may pass through: pytest closes its own to all others, again and again."""
    with tempfile.TemporaryDirectory(prefix="partenamut-") as folder:
        yield Path(folder)


@pytest.fixture
def environment(place):
    """An environment without servers, its data in a folder of its own."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return inherited | {"VAR_DIR": str(place / "var")}


def servers(folder):
    """The processes of the server that keeps its data in a folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if str(folder) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_data_stays_and_the_server_does_not(environment, place):
    for count in (1, 2):
        done = subprocess.run(
            command(sys.executable, "-c", ASK),
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"({count}, 'É')\n"
        assert servers(place / "var" / "postgres-test") == []


def test_the_command_decides_the_exit_code(environment):
    assert (
        subprocess.run(command("sh", "-c", "exit 7"), cwd=ROOT, env=environment, check=False).returncode == 7
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["asked", "killed"])
def test_nothing_is_left_behind(environment, place, number):
    data = place / "var" / "postgres-test"
    process = subprocess.Popen(command("sleep", "600"), cwd=ROOT, env=environment)
    until(lambda: any("sleep" in child.name() for child in psutil.Process(process.pid).children()))
    children = psutil.Process(process.pid).children()
    assert servers(data)
    process.send_signal(number)
    process.wait(timeout=15)
    until(lambda: servers(data) == [])
    until(
        lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    )


def test_a_given_database_is_used_as_it_is(environment, place):
    done = subprocess.run(
        command("sh", "-c", "echo $DATABASE_URL"),
        cwd=ROOT,
        env=environment | {"DATABASE_URL": "postgresql://somewhere/else"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "postgresql://somewhere/else\n"
    assert not (place / "var").exists()


def test_a_long_path_gets_a_short_socket(tmp_path):
    long = tmp_path.joinpath(*["deep" * 6] * 5)
    assert len(str(embedded.socket_folder(long) / ".s.PGSQL.5432")) < 100
    assert embedded.socket_folder(long) != embedded.socket_folder(long / "other")
    assert embedded.socket_folder(Path("/srv/var/postgres")) == Path("/srv/var/postgres")


def test_a_taken_port_is_said_in_one_line():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        with pytest.raises(SystemExit, match=rf"Port {port} on 127.0.0.1 is taken .* make run PORT="):
            prepare.check_port("127.0.0.1", port)
    prepare.check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1"])
def test_a_port_is_a_number(port):
    with pytest.raises(SystemExit, match="PORT must be a number from 1 to 65535"):
        prepare.check_port("127.0.0.1", port)


def test_who_may_not_install_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    missing = prepare.missing_packages({"no-such-command": "some-package", "sh": "dash"})
    assert missing == ["some-package"]
    with pytest.raises(SystemExit) as stopped:
        prepare.apt_install(missing)
    assert str(stopped.value) == (
        "!! Missing on this machine: some-package. Install with: sudo apt-get install -y some-package"
    )


def test_an_old_python_is_refused(monkeypatch):
    monkeypatch.setattr(prepare.sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        prepare.check_machine({})


def test_a_changed_source_is_seen(monkeypatch, tmp_path):
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("one")
    second.write_text("two")
    before = prepare.digest([first, second])
    assert prepare.digest([second, first]) == before
    second.write_text("2")
    assert prepare.digest([first, second]) != before
    second.unlink()
    first.rename(second)
    assert prepare.digest([second]) != before
