"""`make run`: database, migrations, demo data, then web, worker and beat until Ctrl-C."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from embedded import ROOT, VAR, DatabaseDown, database
from embedded import end_with_parent as die_with
from honcho import manager
from honcho.compat import ProcessManager
from honcho.environ import parse_procfile
from honcho.printer import Printer
from honcho.process import Popen, Process
from prepare import digest, read, say

STOPPED_ON_PURPOSE = {0, 130, 143}
PATIENCE_SECONDS = 60
manager.KILL_WAIT = 10  # seconds; a worker finishes what it has in hand first


class Attached(Process):  # type: ignore[misc]  # honcho carries no types
    """A process that ends when we are killed: no orphan keeps the port."""

    def run(self, *arguments: Any, **options: Any) -> None:
        """Start the command and pass on what it writes."""
        die_with(signal.SIGKILL)()
        self._child_ctor = partial(Popen, preexec_fn=die_with(signal.SIGTERM))
        super().run(*arguments, **options)


class Gentle(ProcessManager):  # type: ignore[misc]
    """Ends a process by asking it alone: a worker lets its children finish. Killing still takes the whole group."""

    def terminate(self, pid: int) -> None:
        """Ask a process to end; one that is gone already is fine."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class Processes(manager.Manager):  # type: ignore[misc]
    """Honcho's manager, that can also be stopped in the instant before all processes have begun."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self._process_ctor = Attached
        self._procmgr = Gentle()

    def terminate(self) -> None:
        """End all processes; again shortly when some have no process id yet."""
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.3, self.terminate).start()


def fill(data: Path) -> None:
    """Bring the tables up to date and load the demo data, unless this code has done so for this database."""
    stamp = VAR / "filled"
    sources = [
        path
        for name in ("partenamut", "convalescence", "protocol3", "residences", "hospitalisation", "fixtures")
        for path in (ROOT / name).rglob("*.*")
    ]
    code = [path for path in sources if path.suffix in {".py", ".json", ".csv", ".toml"}]
    which = str(data.stat().st_ino) if data.exists() else ""
    wanted = digest([*code, ROOT / "requirements" / "base.txt"], os.environ["DATABASE_URL"], which)
    if which and read(stamp) == wanted:
        return
    say("bringing the tables up to date")
    manage("migrate", "--verbosity=0", "--skip-checks")
    say("looking after the demo data")
    manage("demo", "--if-empty")
    stamp.write_text(wanted)


def manage(*arguments: str) -> None:
    """Run a management command; CalledProcessError when it fails."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def answers(address: str) -> bool:
    """Whether the site serves its first page."""
    opener = build_opener(ProxyHandler({}))  # a proxy of the machine has no business here
    try:
        with opener.open(address, timeout=5) as response:
            return bool(response.status < 500)
    except HTTPError as error:
        return error.code < 500
    except (URLError, OSError):
        return False


def announce(address: str, logins: "subprocess.Popen[str]") -> None:
    """Wait for the first page, then show where it is and who can log in."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers(address):
        if time.monotonic() > deadline:
            say(f"no answer from {address} yet: the lines above should say why")
            return
        time.sleep(0.2)
    print(
        f"\nThe portal answers at {address}\n\n{logins.communicate()[0]}\nStop it with Ctrl-C.\n", flush=True
    )


def end_with_parent() -> None:
    """Ask this process to stop when the one that started it is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Turn a signal that comes before the processes run into an orderly end."""
    raise KeyboardInterrupt


def serve(address: str) -> int:
    """Run the processes of the Procfile until one of them ends or somebody stops them; the exit code."""
    processes = Processes(Printer(sys.stdout))
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        processes.add_process(name, command, env=os.environ.copy(), cwd=str(ROOT))
    # Begun before the manager forks: a fork in between would keep the other end of its pipe open for ever.
    logins = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--print-logins"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    threading.Thread(target=announce, args=[address, logins], daemon=True).start()
    processes.loop()
    return int(processes.returncode or 0)


def main() -> int:
    """Everything from the database to the last page served."""
    host, port = os.environ.setdefault("HOST", "127.0.0.1"), os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.dev")
    os.environ.setdefault(
        "PYTHONWARNINGS", "ignore:You're running the worker"
    )  # as root, on a machine of one's own
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    note, data = VAR / "database-url", VAR / "postgres"
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104
    say("starting the database")
    with database(data) as url:
        os.environ["DATABASE_URL"] = url
        note.write_text(url)  # so that manage.py finds the running server
        try:
            fill(data)
            say("starting web, worker and beat")
            return serve(f"http://{shown}:{port}/")
        finally:
            note.unlink(missing_ok=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        code = main()
    except KeyboardInterrupt:
        code = 0
    except DatabaseDown as error:
        sys.exit(f"!! {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"!! This failed: {' '.join(map(str, error.cmd))}")
    say("stopped")
    sys.exit(0 if code in STOPPED_ON_PURPOSE else code)
