"""Brings a checkout to the point where it can run (or be tested), doing only what is not done yet.

Needs the standard library only: it is what installs everything else.
"""

import ctypes
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"
OLDEST_PYTHON = (3, 11)

# What proves that a Debian package is there: a library that loads, or a command on the path.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libmagic.so.1": "libmagic1",
}
COMMANDS = {"msgfmt": "gettext", "node": "nodejs", "npm": "npm"}
TEST_COMMANDS = {"pdftotext": "poppler-utils", "qpdf": "qpdf", "chromium": "chromium"}


def say(text: str) -> None:
    """Show one line of progress."""
    print(f"-> {text}", flush=True)


def stop(text: str) -> None:
    """End with one line that says what to do."""
    sys.exit(f"!! {text}")


def run(command: Sequence[str | Path], **environment: str) -> None:
    """Run a command quietly; when it fails, show all it wrote and end."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, flush=True)
        stop(f"This failed: {' '.join(map(str, command))}")


def digest(paths: Iterable[Path], *more: str) -> str:
    """One fingerprint for the contents of files and some texts."""
    total = hashlib.sha256("\n".join(more).encode())
    for path in sorted(paths):
        total.update(f"\n{path.relative_to(ROOT)}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def read(path: Path) -> str:
    """The text of a stamp, empty when there is none."""
    return path.read_text().strip() if path.exists() else ""


# --- the machine ------------------------------------------------------------------------------------------


def check_port(host: str, port: str) -> None:
    """End with a clear line unless the port is a number and free."""
    if not (port.isdigit() and 0 < int(port) < 65536):
        stop(f"PORT must be a number from 1 to 65535, not {port!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except PermissionError:
            stop(f"Port {port} needs more rights. Choose another one: make run PORT=8000")
        except OSError as error:
            stop(f"Port {port} on {host} is taken ({error.strerror}). Choose another one: make run PORT=8765")


def loads(library: str) -> bool:
    """Whether the dynamic loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(commands: dict[str, str]) -> list[str]:
    """The Debian packages that are still to be installed."""
    libraries = [package for library, package in LIBRARIES.items() if not loads(library)]
    return libraries + [package for command, package in commands.items() if not shutil.which(command)]


def apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages as root; anybody else is told the one command to give."""
    names = " ".join(packages)
    if os.geteuid() or not shutil.which("apt-get"):
        stop(f"Missing on this machine: {names}. Install with: sudo apt-get install -y {names}")
    say(f"installing Debian packages: {names}")
    run(["apt-get", "update", "-qq"])
    run(
        ["apt-get", "install", "-y", "--no-install-recommends", *packages],
        DEBIAN_FRONTEND="noninteractive",
    )


def check_machine(commands: dict[str, str]) -> None:
    """Install, or name, whatever the machine lacks."""
    if sys.version_info < OLDEST_PYTHON:
        stop(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed, this is {sys.version.split()[0]}."
        )
    missing = missing_packages(commands)
    if missing:
        apt_install(missing)


# --- Python packages --------------------------------------------------------------------------------------


def works(command: Sequence[str | Path]) -> bool:
    """Whether a command runs and ends well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_uv() -> Path | None:
    """The uv of the machine, else the one installed beside the project, if any."""
    for found in (shutil.which("uv"), TOOLS / "bin" / "uv"):
        if found and works([found, "--version"]):
            return Path(found)
    return None


def install_uv() -> Path:
    """uv in a virtual environment of its own, pinned and hashed like all the rest."""
    say("installing uv")
    if not works([sys.executable, "-c", "import ensurepip, venv"]):
        apt_install(["python3-venv"])
    run([sys.executable, "-m", "venv", "--clear", TOOLS])
    lock = ROOT / "requirements" / "tools.txt"
    run([TOOLS / "bin" / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", lock])
    return TOOLS / "bin" / "uv"


def sync_packages(*, dev: bool) -> None:
    """Make .venv hold exactly what the lock says; a development environment serves for running too."""
    locks = {name: digest([ROOT / "requirements" / f"{name}.txt"]) for name in ("base", "dev")}
    stamp = VENV / "synced"
    good = {locks["dev"]} if dev else set(locks.values())
    if read(stamp) in good and works([VENV / "bin" / "python", "-c", "import django"]):
        return
    uv = find_uv() or install_uv()
    if not works([VENV / "bin" / "python", "--version"]):
        say("creating .venv")
        run([uv, "venv", "-q", "--clear", "--python", sys.executable, VENV])
    wanted = "dev" if dev else "base"
    say(f"installing Python packages ({wanted})")
    lock = ROOT / "requirements" / f"{wanted}.txt"
    run(
        [
            uv,
            "pip",
            "sync",
            "-q",
            "--compile-bytecode",
            "--require-hashes",
            "--python",
            VENV / "bin" / "python",
            lock,
        ]
    )
    stamp.write_text(locks[wanted])


# --- styles, scripts, translations ------------------------------------------------------------------------


def build_front_end() -> None:
    """Install the npm packages and build the styles and scripts, when their sources have changed."""
    modules, output = ROOT / "node_modules", ROOT / "static" / "build"
    locks = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    installed = digest(locks)
    if read(modules / ".installed") != installed:
        say("installing npm packages")
        run(["npm", "ci", "--no-audit", "--no-fund"])
        (modules / ".installed").write_text(installed)
    sources = [path for path in (ROOT / "static").rglob("*") if path.is_file() and output not in path.parents]
    built = digest([*locks, *sources])
    if not output.is_dir() or read(modules / ".built") != built:
        say("building styles and scripts")
        run(["npm", "run", "build"])
        (modules / ".built").write_text(built)


def compile_messages() -> None:
    """Compile each catalogue that is newer than its compiled twin; a format error stops here."""
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            say(f"compiling {source.relative_to(ROOT)}")
            run(["msgfmt", "--check-format", "-o", target, source])


def main(what: str) -> None:
    """Prepare for `run` or for `test`."""
    dev = what == "test"
    if what == "run":
        check_port(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    check_machine(COMMANDS | TEST_COMMANDS if dev else COMMANDS)
    (ROOT / "var").mkdir(exist_ok=True)
    sync_packages(dev=dev)
    build_front_end()
    compile_messages()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
