"""The files around the code: what production starts, what make offers, what the locks promise."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
SECRET = re.compile(r"SECRET|PASSWORD|KEY|TOKEN")
PORTAL = {"web", "worker", "beat", "migrate"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def makefile():
    return (ROOT / "Makefile").read_text()


# --- production -------------------------------------------------------------------------------------------


def test_compose_has_every_process_of_the_procfile_and_both_servers(compose):
    procfile = {line.split(":")[0] for line in (ROOT / "Procfile").read_text().splitlines()}
    assert set(compose["services"]) == procfile | {"migrate", "postgres", "redis"}


def test_every_lasting_service_has_a_health_check_and_comes_back(compose):
    for name, service in compose["services"].items():
        if name != "migrate":
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_data_lives_in_named_volumes(compose):
    for name, folder in (
        ("postgres", "/var/lib/postgresql/data"),
        ("redis", "/data"),
        ("web", "/portal/var/media"),
    ):
        volumes = dict(volume.split(":") for volume in compose["services"][name]["volumes"])
        kept = [volume for volume, target in volumes.items() if target == folder]
        assert kept, name
        assert kept[0] in compose["volumes"], name


def test_no_secret_stands_in_the_compose_file(compose):
    for name, service in compose["services"].items():
        for variable, value in service["environment"].items() if "environment" in service else ():
            if SECRET.search(variable):
                assert str(value).startswith("${"), f"{name}: {variable}"
            for password in re.findall(r"://[^:/@]+:([^@]+)@", str(value)):
                assert password.startswith("${POSTGRES_PASSWORD:?"), f"{name}: {variable}"


def test_compose_demands_what_the_production_settings_demand(compose):
    settings = (ROOT / "partenamut" / "settings" / "production.py").read_text()
    demanded = set(re.findall(r'environment\.required\("(\w+)"\)', settings))
    assert {"SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "DATABASE_URL", "REDIS_URL"} <= demanded
    for name in PORTAL:
        environment = compose["services"][name]["environment"]
        assert demanded <= set(environment), name
        for variable in demanded - {"DATABASE_URL", "REDIS_URL"}:
            assert re.fullmatch(r"\$\{" + variable + r":\?.+\}", environment[variable]), f"{name}: {variable}"


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "FIELD_KEY", "BLIND_INDEX_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"]
)
def test_production_does_not_start_without(missing):
    from production import throwaway

    environment = os.environ | throwaway()
    environment[missing] = ""
    done = subprocess.run(
        [sys.executable, "-c", "import partenamut.settings.production"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert f"The environment variable {missing} is required." in done.stderr


def test_the_image_serves_what_the_compose_file_asks_for(compose):
    image = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements/tools.txt" in image
    assert "--require-hashes --python .venv/bin/python requirements/base.txt" in image
    assert "USER portal" in image
    assert compose["services"]["web"]["ports"][0].endswith(":8000}:8000")
    assert "PORT=8000" in image


def test_image_and_machine_get_the_same_libraries():
    import prepare

    image = (ROOT / "Dockerfile").read_text()
    for package in prepare.LIBRARIES.values():
        assert package in image


# --- make -------------------------------------------------------------------------------------------------


def test_help_lists_every_target(makefile):
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {line.split()[1] for line in shown.stdout.splitlines()} == phony
    assert {"run", "test", "lint", "format", "lock", "bench", "messages", "reset"} <= phony


def test_reset_removes_nothing_but_the_local_data(makefile):
    recipe = re.search(r"^reset:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    assert recipe == "\trm -rf var\n"


def test_the_ci_runs_what_people_run():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert "make test" in text
    subprocess.run(["bash", "-n", str(script)], check=True)


# --- what is installed ------------------------------------------------------------------------------------


def requirements(lock):
    """Each pinned package of a lock with its hashes."""
    text = re.sub(r"\s*\\\n\s*", " ", lock.read_text())
    return {
        line.split("==")[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}", line)
        for line in text.splitlines()
        if line and not line.lstrip().startswith("#")
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes(lock):
    packages = requirements(lock)
    assert packages
    assert [name for name, hashes in packages.items() if not hashes] == []


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_no_lock_names_where_packages_come_from(lock):
    text = lock.read_text()
    assert '"resolved"' not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
    if lock.suffix == ".txt":
        assert "://" not in text


@pytest.mark.parametrize("lock", ["base", "dev"])
def test_locks_hold_every_direct_dependency(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + (
        project["dependency-groups"]["dev"] if lock == "dev" else []
    )
    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower() for line in wanted}
    assert (
        names - {name.split("[")[0] for name in requirements(ROOT / "requirements" / f"{lock}.txt")} == set()
    )


def test_both_locks_agree():
    def pins(name):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        return {line.split(" ")[0] for line in lines if re.match(r"[a-z0-9]", line)}

    assert pins("base") - pins("dev") == set()


def test_development_packages_stay_out_of_production():
    assert {"pytest", "mypy", "ruff"} & set(requirements(ROOT / "requirements" / "base.txt")) == set()


def test_npm_writes_no_addresses():
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()


# --- what people read -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / name).read_text())
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_the_readme_names_every_setting():
    readme = (ROOT / "README.md").read_text()
    read = set()
    for path in (ROOT / "partenamut" / "settings").glob("*.py"):
        read |= set(re.findall(r'(?:environ\.get|required|listed)\("([A-Z_]+)"', path.read_text()))
    assert {"SECRET_KEY", "REDIS_URL", "LOG_LEVEL"} <= read
    assert [name for name in sorted(read) if f"`{name}`" not in readme] == []


# --- what a clone carries ---------------------------------------------------------------------------------


def test_nothing_that_is_made_here_is_tracked():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    made = re.compile(r"^(var|\.venv|\.venv-tools|node_modules|static/build)/|\.(mo|pyc)$|(^|/)\.env$")
    assert [name for name in tracked if made.search(name)] == []
