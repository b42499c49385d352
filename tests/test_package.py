"""The package as it is installed: what is in the wheel, what it depends on, how quickly the command answers."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import grantwatch

HEAVY = ("_duckdb", "duckdb", "jinja2", "orjson", "sqlglot", "yaml")
"""What `--help` has no use for."""

BROUGHT_BY = {"_duckdb": "duckdb", "sigma": "pysigma", "yaml": "pyyaml"}
"""Modules that go by another name than the package that brings them."""

CACHE = re.compile(r"/(?:__pycache__|\.[^/]+)/")

ANSWER_HELP = """
import sys
from grantwatch.cli import main
sys.argv = ["grantwatch", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("loaded:", *sys.modules)
"""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, object]:
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(declared, dict)
    return declared


def names(requirements: object) -> set[str]:
    assert isinstance(requirements, list)
    return {normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


HUNT = """
import sys
from grantwatch.cli import main
sys.argv = ["grantwatch", "hunt", *sys.argv[1:]]
try:
    main()
finally:
    print("loaded:", *sys.modules)
"""


def test_a_hunt_does_without_the_python_around_the_engine(root: Path) -> None:
    logs = root / "examples" / "logs"
    done = subprocess.run(
        [sys.executable, "-c", HUNT, str(logs)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.rpartition("loaded:")[2].split())
    assert "_duckdb" in loaded
    assert "duckdb" not in loaded


@pytest.mark.parametrize("arguments", [["--help"], ["--no-such-option"]], ids=" ".join)
def test_the_program_leaves_with_its_code_and_all_that_it_said(arguments: list[str]) -> None:
    ended = []
    for call in ("from grantwatch.cli import main; main()", "from grantwatch.cli import program; program()"):
        command = f"import sys; sys.argv[0] = 'grantwatch'; {call}"
        done = subprocess.run(
            [sys.executable, "-c", command, *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        ended.append((done.returncode, done.stdout, done.stderr))
    assert ended[0] == ended[1]
    assert ended[0][1] + ended[0][2]


@pytest.mark.parametrize("arguments", [["--help"], ["hunt", "--help"], ["--version"]], ids=" ".join)
def test_answers_without_loading_the_engine(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANSWER_HELP, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    _, told, modules = done.stdout.rpartition("loaded:")
    loaded = set(modules.split())
    assert told
    assert "grantwatch.cli.main" in loaded
    assert loaded.isdisjoint(HEAVY), f"loaded for {arguments}: {sorted(loaded.intersection(HEAVY))}"


def test_version_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANSWER_HELP, "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    assert grantwatch.__version__ in done.stdout.partition("loaded:")[0]


def test_wheel_holds_every_file_of_the_package(root: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("needs hatchling, which `make test` installs from requirements/runtime.txt")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=root,
        capture_output=True,
        check=True,
        timeout=120,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"grantwatch-{grantwatch.__version__}-")
    held = set(zipfile.ZipFile(wheel).namelist())
    source = root / "src"
    files = {
        path.relative_to(source).as_posix()
        for path in (source / "grantwatch").rglob("*")
        if path.is_file() and not CACHE.search(path.relative_to(source).as_posix())
    }
    assert files <= held, f"not in the wheel: {sorted(files - held)}"


def test_imports_only_what_it_declares(root: Path, project: dict[str, object]) -> None:
    """A package that only the tests install would be found here, and missing for whoever installs Grantwatch."""
    imported: dict[str, set[str]] = {}
    for path in (root / "src" / "grantwatch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules = [node.module]
            for module in modules:
                imported.setdefault(module.partition(".")[0], set()).add(path.relative_to(root).as_posix())
    others = imported.keys() - sys.stdlib_module_names
    third_party = {normal(BROUGHT_BY.get(name, name)) for name in others}
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)
    for_users = {name for extra, wanted in extras.items() if extra != "dev" for name in names(wanted)}
    undeclared = third_party - names(project["dependencies"]) - for_users - {"grantwatch"}
    assert not undeclared, f"imported but not declared in pyproject.toml: {sorted(undeclared)}"


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt"])
def test_lock_covers_what_is_declared(root: Path, project: dict[str, object], lock: str) -> None:
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)
    wanted = names(project["dependencies"]) | {"hatchling", "editables"}
    if lock == "dev.txt":
        wanted |= names(extras["dev"])
    text = (root / "requirements" / lock).read_text(encoding="utf-8")
    pinned = {normal(name) for name in re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)}
    assert wanted <= pinned, f"run `make lock`: {sorted(wanted - pinned)} not in requirements/{lock}"


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt"])
def test_lock_holds_pins_and_hashes_and_nothing_else(root: Path, lock: str) -> None:
    lines = (root / "requirements" / lock).read_text(encoding="utf-8").splitlines()
    stray = [
        line
        for line in lines
        if "://" in line or not re.match(r"#|    #|    --hash=sha256:[0-9a-f]{64}|[\w.-]+==[\w.]+( ; .+)? \\$", line)
    ]
    assert not stray
