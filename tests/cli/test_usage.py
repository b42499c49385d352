"""What is asked wrongly is answered with what would be right, and with the documented exit code."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from typer.testing import CliRunner

from grantwatch.cli.main import app

LIGHT = """
import sys
from grantwatch.cli import main
for command in ([], ["hunt"], ["inspect"], ["explain"], ["lab"], ["lab", "simulate"]):
    sys.argv = ["grantwatch", *command, "--help"]
    try:
        main()
    except SystemExit:
        pass
engine = {"duckdb", "grantwatch.lab", "grantwatch.pipeline", "grantwatch.records.load", "grantwatch.signals"}
heavy = ({"jinja2", "orjson"} | engine) & set(sys.modules)
sys.exit(f"imported for a help text: {sorted(heavy)}" if heavy else 0)
"""


def test_no_arguments_is_help(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert b"hunt" in done.stdout + done.stderr
    assert b"Exit codes" in done.stdout + done.stderr


@pytest.mark.parametrize("command", sorted(str(each.name) for each in app.registered_commands))
def test_a_command_by_itself_takes_what_it_takes_among_all(run: Run, command: str) -> None:
    alone = run(command, "--help", COLUMNS="100")
    among = CliRunner(env={"COLUMNS": "100"}).invoke(app, [command, "--help"], prog_name="grantwatch")
    assert (alone.returncode, alone.stdout.decode().split()) == (among.exit_code, among.output.split())


def test_version(run: Run) -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith(b"grantwatch ")


def test_help_imports_nothing_heavy(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", LIGHT], env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        (("--format", "xml"), "table, json, html, markdown, csv, jsonl, ocsf, sarif"),
        (("--fail-on", "severe"), "informational, low, medium, high, critical"),
        (("--fail-on", "none"), "informational, low, medium, high, critical"),
        (("--memory", "lots"), "64MB or more"),
        (("--memory", "10KB"), "64MB or more"),
        (("--memory", "0GB"), "64MB or more"),
        (("--memory", "-1GB"), "64MB or more"),
        (("--output", "missing/report.html"), "the folder missing is not there"),
        (("--output", "."), "is a folder"),
        (("--colour",), "No such option"),
    ],
)
def test_a_wrong_value_names_the_right_ones(
    run: Run, examples: Path, arguments: tuple[str, ...], accepted: str
) -> None:
    done = run("hunt", examples, *arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert accepted in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("hunt",), ("explain", "cf30")])
def test_a_wrong_class_of_an_account_is_named_with_its_line(
    run: Run, tmp_path: Path, examples: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "who.toml").write_text('# rooms\n"room@x.example" = "desk"\n')
    done = run(*command, examples, "--accounts", "who.toml")
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert "--accounts who.toml:2: 'desk' is no class; accepted are person, device, service, guest" in told


def test_no_path_is_wrong_usage(run: Run) -> None:
    done = run("hunt")
    assert done.returncode == 2
    assert b"PATH" in done.stderr


def test_a_wrong_path_names_the_nearest(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "signins.json").write_bytes((examples / "one.json").read_bytes())
    done = run("hunt", "signin.json")
    assert done.returncode == 3
    assert b"did you mean signins.json?" in done.stderr


def test_a_path_into_nowhere(run: Run) -> None:
    done = run("hunt", "nowhere/at/all")
    assert done.returncode == 3
    assert b"nowhere/at is not there either" in done.stderr


def test_an_empty_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    done = run("hunt", "logs")
    assert done.returncode == 3
    assert b"no file in this folder" in done.stderr


def test_what_is_accepted_is_listed_once(run: Run, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n1 0 obj\n")
    (tmp_path / "d.json.gz").write_bytes(gzip.compress(b"<html>sign in</html>"))
    done = run("hunt", ".")
    told = done.stderr.decode()
    assert done.returncode == 3
    assert told.count("a PDF document") == 3
    assert told.count("Accepted are") == 1
    assert "\n  - Unified Audit Log" in told
    assert max(map(len, told.splitlines())) < 120


def test_too_little_memory_is_said_in_words(run: Run, examples: Path) -> None:
    done = run("hunt", examples, "--memory", "64MB")
    if done.returncode:
        assert done.returncode == 2
        assert b"--memory 64MB: is not enough" in done.stderr
        assert b"Traceback" not in done.stderr


def test_a_temporary_folder_that_is_not_there(run: Run, examples: Path) -> None:
    """Python falls back to another folder; what matters is that nothing is raised at the user."""
    done = run("hunt", examples / "three.csv", TMPDIR="/nowhere/at/all")
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
