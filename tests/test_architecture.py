"""Who may import whom, and what the pure modules may not do."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ("law", "money", "periods", "workflow", "identifiers", "working_days")
BUSINESSES = ("convalescence", "protocol3", "residences", "hospitalisation")
PURE = [ROOT / "partenamut" / f"{name}.py" for name in SHARED] + sorted(
    path for business in BUSINESSES for path in (ROOT / business / "rules").rglob("*.py")
)
ALLOWED = (
    (
        set(sys.stdlib_module_names)
        - {"gettext", "locale", "random", "secrets", "socket", "sqlite3", "subprocess"}
    )
    | {"msgspec", "stdnum", "holidays"}  # free of any framework
    | {f"partenamut.{name}" for name in SHARED}
)
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "localtime", "gmtime"}
UNWANTED = {"utils.py", "helpers.py", "common.py"}


def relative(path):
    return str(path.relative_to(ROOT))


def imported(tree):
    """Every module that a syntax tree imports, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "partenamut":
            yield from (f"partenamut.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def foreign(source, own):
    """What a pure module imports and should not; `own` is the package whose siblings it may use."""
    return [name for name in imported(ast.parse(source)) if not allowed(name, own)]


def allowed(name, own):
    """Whether a pure module may import this name."""
    sibling = f"{name}.".startswith(f"{own}.") or (name.startswith(".") and not name.startswith(".."))
    return sibling or name in ALLOWED or name.split(".")[0] in ALLOWED


def clocks(source):
    """The calls in a source that ask what time it is."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func.value).split(".")[-1] in {"date", "datetime", "time", "timezone", "dt"}
    ]


def test_contracts_hold():
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([command, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", PURE, ids=relative)
def test_pure_modules_import_the_standard_library_only(path):
    own = f"{path.relative_to(ROOT).parts[0]}.rules"
    assert foreign(path.read_text(), own) == []


@pytest.mark.parametrize("path", PURE, ids=relative)
def test_pure_modules_have_no_clock(path):
    assert clocks(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import django",
        "from django.db import models",
        "from gettext import gettext",
        "from partenamut import fields",
        "from partenamut.web import api",
        "from convalescence.models import Stay",
        "from ..models import Stay",
        "import requests as r",
    ],
)
def test_a_foreign_import_is_seen(source):
    assert foreign(source, "convalescence.rules")


@pytest.mark.parametrize(
    "source", ["datetime.date.today()", "datetime.now(UTC)", "time.time()", "timezone.now()"]
)
def test_a_clock_is_seen(source):
    assert clocks(source)


def test_a_contract_that_is_broken_is_reported(tmp_path):
    """The linter itself is alive: the same kind of contract fails on a package that breaks it."""
    package = tmp_path / "sample"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "low.py").write_text("from sample import high\n")
    (package / "high.py").touch()
    (tmp_path / "importlinter.toml").write_text(
        '[tool.importlinter]\nroot_package = "sample"\n'
        '[[tool.importlinter.contracts]]\nname = "order"\ntype = "layers"\n'
        'containers = ["sample"]\nlayers = ["high", "low"]\n'
    )
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [command, "--config", "importlinter.toml", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "sample.low -> sample.high" in done.stdout


def test_no_module_is_a_drawer_for_anything():
    found = [
        relative(path)
        for package in ("partenamut", *BUSINESSES)
        for path in (ROOT / package).rglob("*.py")
        if path.name in UNWANTED
    ]
    assert found == []
