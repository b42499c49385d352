"""`grantwatch inspect` as a program: what it prints, writes and exits with."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.cli.conftest import Run

from grantwatch.report.document import schema

EVIL = "\x1b]0;owned\x07\x1b[2J\u202eevil\u200b"


def test_a_table_for_a_pipe(run: Run, examples: Path) -> None:
    done = run("inspect", examples, COLUMNS="80")
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert done.stderr == b""
    assert "929 read = 929 parsed" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown


def test_json_that_fits_the_schema(run: Run, examples: Path) -> None:
    done = run("inspect", examples, "--format", "json")
    assert done.returncode == 0
    Draft202012Validator(schema("inspect")).validate(json.loads(done.stdout))


@pytest.mark.parametrize("format_", ["table", "json"])
def test_a_file_is_written_whole_and_private(run: Run, tmp_path: Path, examples: Path, format_: str) -> None:
    done = run("inspect", examples / "three.csv", "--format", format_, "--output", "held")
    assert done.returncode == 0
    assert done.stdout == b""
    assert b"wrote held" in done.stderr
    assert (tmp_path / "held").read_bytes().endswith(b"\n")
    assert stat.S_IMODE((tmp_path / "held").stat().st_mode) == 0o600


def test_a_pdf_among_logs_is_named(run: Run, tmp_path: Path, examples: Path) -> None:
    shutil.copy(examples / "one.json", tmp_path)
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("inspect", ".")
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "slides.pdf: a PDF document" in shown
    assert "Accepted are:" in shown


@pytest.mark.parametrize("what", ["pdf", "empty", "nowhere"])
def test_nothing_to_read(run: Run, tmp_path: Path, what: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "pdf").write_bytes(b"%PDF-1.7\n")
    done = run("inspect", what)
    told = done.stderr.decode()
    assert done.returncode == 3
    assert done.stdout == b""
    assert {"pdf": "a PDF document", "empty": "no file in this folder", "nowhere": "no such file"}[what] in told


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        (("--format", "html"), "accepted are table, json"),
        (("--memory", "1KB"), "64MB or more"),
        (("--output", "missing/held"), "the folder missing is not there"),
        (("--fail-on", "high"), "No such option"),
    ],
)
def test_a_wrong_value_names_the_right_ones(
    run: Run, examples: Path, arguments: tuple[str, ...], accepted: str
) -> None:
    done = run("inspect", examples, *arguments)
    assert done.returncode == 2
    assert accepted in done.stderr.decode()


def test_no_path_is_wrong_usage(run: Run) -> None:
    assert run("inspect").returncode == 2


def test_hostile_names_and_records_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad \x1b[31m\u202e.json").write_text(json.dumps([{"id": EVIL, EVIL: EVIL}]))
    (tmp_path / "b.json").write_text(
        '{"createdDateTime": "' + "\\u001b[31m" + '", "userPrincipalName": "x", "appId": "y"}'
    )
    for arguments in ((), ("--format", "json")):
        done = run("inspect", ".", *arguments)
        assert done.returncode in (0, 3)
        assert b"Traceback" not in done.stderr
        assert not set("\x1b\x07\u202e\u200b") & set((done.stdout + done.stderr).decode())
