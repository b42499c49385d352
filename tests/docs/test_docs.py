"""The documentation is tested: its links resolve, its commands run, and no option goes without a word.

A fenced block marked `console` is a promise. Each line in it that starts with `$ grantwatch` is run as from the root of
the repository and must end with code 0, or with the code that the end of the line or the next line tells:
`# exit code 2`. A command that cannot be run here, because its logs are the reader's own, stands in a block marked
`text` or `sh`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/cli.md")

FENCE = re.compile(r"^ *(`{3,}|~{3,})(?P<info>[^\n]*)\n(?P<body>.*?)^ *\1[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(\s*<?(?P<target>[^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(?P<reference>\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*$", re.MULTILINE)
EXIT_CODE = re.compile(r"#\s*exit (?:code|status) (?P<code>\d+)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
# A row of typer's help has one frame or blank column before the name; the lines that continue a row have more.
SUBCOMMAND = re.compile(r"^(?:│ |  )(?P<name>[a-z][a-z0-9-]*)(?:\s{2,}|$)", re.MULTILINE)

COMMAND = 'import sys; from grantwatch.cli import main; sys.argv[0] = "grantwatch"; sys.exit(main())'


def pages() -> list[str]:
    top = {path.name for path in ROOT.glob("*.md")} | set(REQUIRED)
    return sorted(top | {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")})


def read(page: str) -> str:
    path = ROOT / page
    assert path.is_file(), f"{page} is missing"
    return path.read_text(encoding="utf-8")


def slug(title: str) -> str:
    """The anchor that code hosts give a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(text: str) -> set[str]:
    return {slug(match["title"]) for match in HEADING.finditer(FENCE.sub("", text))}


@dataclass(frozen=True)
class Command:
    """A command line as a page shows it, and the exit code that the page tells."""

    page: str
    line: str
    code: int

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"


def commands_of(page: str, text: str) -> list[Command]:
    found = []
    for fence in FENCE.finditer(text):
        if not fence["info"].strip().startswith("console"):
            continue
        lines = fence["body"].replace("\\\n", " ").splitlines()
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            if not line.strip().startswith("$ grantwatch"):
                continue
            told = EXIT_CODE.search(line) or EXIT_CODE.match(after.strip())
            found.append(Command(page, line.strip()[2:], int(told["code"]) if told else 0))
    return found


def every_command() -> list[Command]:
    return [
        command
        for page in pages()
        if (ROOT / page).is_file()
        for command in commands_of(page, (ROOT / page).read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A plain terminal, with this interpreter's `grantwatch` first on PATH."""
    forcing = {"FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "GITHUB_ACTIONS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    plain = {name: value for name, value in os.environ.items() if name not in forcing}
    shim = tmp_path_factory.mktemp("bin") / "grantwatch"
    # Through sh, since a first line cannot name an interpreter with a space in its path.
    shim.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-c", COMMAND])} "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    path = os.pathsep.join([str(shim.parent), plain.get("PATH", "")])
    return plain | {"PATH": path, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "160", "PYTHONIOENCODING": "utf-8"}


def run(line: str, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("page", pages())
def test_links_resolve(page: str) -> None:
    text = read(page)
    broken = []
    for match in LINK.finditer(FENCE.sub("", text)):
        target = match["target"] or match["reference"]
        if re.match(r"[a-z][a-z0-9+.-]*:", target, flags=re.IGNORECASE):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        if not path.exists():
            broken.append(f"{target}: no such file")
        elif anchor and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8")):
            broken.append(f"{target}: no such heading")
    assert not broken


@pytest.mark.parametrize("command", every_command(), ids=str)
def test_commands_run(command: Command, tmp_path: Path, environment: dict[str, str]) -> None:
    """The reader's view of the repository, as links in a folder of its own: what a command writes stays there."""
    for entry in ROOT.iterdir():
        if not entry.name.startswith(".") and (entry.is_dir() or entry.suffix in {".md", ".toml"}):
            (tmp_path / entry.name).symlink_to(entry)
    done = run(command.line, tmp_path, environment)
    assert done.returncode == command.code, f"{command.line}\n{done.stdout}\n{done.stderr}"


def test_readme_shows_a_hunt() -> None:
    assert any(command.line.startswith("grantwatch hunt") for command in commands_of("README.md", read("README.md"))), (
        "README.md shows no `$ grantwatch hunt …` in a ```console block"
    )


def test_every_option_is_documented(tmp_path: Path, environment: dict[str, str]) -> None:
    page = read("docs/cli.md")
    documented = set(OPTION.findall(page)) | {"--install-completion", "--show-completion"}
    top = run("grantwatch --help", tmp_path, environment)
    assert top.returncode == 0, top.stderr
    names = [match["name"] for match in SUBCOMMAND.finditer(top.stdout.partition("Commands")[2])]
    assert "hunt" in names, top.stdout
    undocumented = [option for option in OPTION.findall(top.stdout) if option not in documented]
    for name in names:
        told = run(f"grantwatch {name} --help", tmp_path, environment)
        assert told.returncode == 0, told.stderr
        undocumented += [] if f"grantwatch {name}" in page else [name]
        undocumented += [f"{name} {option}" for option in OPTION.findall(told.stdout) if option not in documented]
        # A command with commands of its own, such as the lab.
        names += [f"{name} {match['name']}" for match in SUBCOMMAND.finditer(told.stdout.partition("Commands")[2])]
    assert not undocumented
