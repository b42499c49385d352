"""What is written where: whole or not at all, usable in a pipe, harmless in a terminal."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.cli.conftest import PROGRAM, Run

from grantwatch.report.document import schema
from grantwatch.report.formats import FORMATS, NAMES

EVIL = "\x1b]0;owned\x07\x1b[2J\u202eevil\u200b"


@pytest.fixture
def few(examples: Path) -> Path:
    """A small file in which there are grants."""
    return examples / "four.json"


def folder(path: Path) -> set[str]:
    return {entry.name for entry in path.iterdir()}


def test_a_table_for_a_pipe(run: Run, examples: Path) -> None:
    done = run("hunt", examples)
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert done.stderr == b""
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert not [line for line in shown.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("columns", ["60", "200"])
def test_a_pipe_is_as_wide_as_columns_says(run: Run, examples: Path, columns: str) -> None:
    done = run("hunt", examples, "--all", COLUMNS=columns)
    widest = max(map(len, done.stdout.decode().splitlines()))
    assert int(columns) // 2 < widest <= int(columns)


def test_json_is_valid_and_ends_with_a_line_feed(run: Run, examples: Path) -> None:
    done = run("hunt", examples, "--format", "json")
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.endswith(b"}\n")
    Draft202012Validator(schema()).validate(json.loads(done.stdout))


@pytest.mark.parametrize("format_", NAMES)
def test_the_same_logs_give_the_same_bytes(run: Run, examples: Path, format_: str) -> None:
    """Whatever order Python keeps a set in, which changes from one process to the next."""
    said = {run("hunt", examples, "--format", format_, PYTHONHASHSEED=seed).stdout for seed in "123"}
    assert len(said) == 1


@pytest.mark.parametrize("format_", NAMES)
def test_a_file_is_written_whole_and_private(run: Run, tmp_path: Path, few: Path, format_: str) -> None:
    done = run("hunt", few, "--format", format_, "--output", "report")
    assert done.returncode == 0
    assert done.stdout == b""
    assert b"wrote report" in done.stderr
    assert folder(tmp_path) == {"report"}
    assert (tmp_path / "report").read_bytes().endswith(b"\n")
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o600


def test_a_link_to_a_file_stays_a_link(run: Run, tmp_path: Path, few: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "report.json").write_text("old")
    (tmp_path / "report.json").symlink_to(tmp_path / "kept" / "report.json")
    run("hunt", few, "--format", "json", "--output", "report.json")
    assert (tmp_path / "report.json").is_symlink()
    assert json.loads((tmp_path / "kept" / "report.json").read_text())["schema_version"]


def test_a_device_is_written_to_and_not_replaced(run: Run, few: Path) -> None:
    done = run("hunt", few, "--format", "json", "--output", "/dev/stdout")
    assert done.returncode == 0
    assert json.loads(done.stdout)["grants"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(run: Run, tmp_path: Path, few: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = run("hunt", few, "--output", "closed/report")
    assert done.returncode == 2
    assert b"cannot be written" in done.stderr


def test_what_cannot_be_written_leaves_the_old_file(run: Run, tmp_path: Path, few: Path) -> None:
    (tmp_path / "report.json").write_text("old")
    done = run("hunt", tmp_path / "nothing", "--format", "json", "--output", "report.json")
    assert done.returncode == 3
    assert (tmp_path / "report.json").read_text() == "old"
    assert folder(tmp_path) == {"report.json"}


@pytest.mark.parametrize("format_", NAMES)
def test_a_reader_that_leaves_is_no_error(few: Path, tmp_path: Path, environment: dict[str, str], format_: str) -> None:
    program = subprocess.Popen(
        [*PROGRAM, "hunt", str(few), "--format", format_, "--all"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.close()
    _, told = program.communicate(timeout=60)
    assert told == b""
    assert program.returncode == 0


@pytest.mark.parametrize("format_", NAMES)
def test_a_file_holds_what_standard_output_would(run: Run, tmp_path: Path, examples: Path, format_: str) -> None:
    shown = run("hunt", examples, "--format", format_, COLUMNS="140").stdout
    run("hunt", examples, "--format", format_, "--output", "report")
    assert (tmp_path / "report").read_bytes() == shown


@pytest.mark.parametrize("format_", [name for name, form in FORMATS.items() if not form.coverage])
def test_a_format_without_coverage_tells_it_on_standard_error(run: Run, examples: Path, format_: str) -> None:
    everything = run("hunt", examples, "--format", format_)
    assert everything.returncode == 0
    assert everything.stderr == (
        b"grantwatch: not everything was assessed: 3 blind signals; --format table names them\n"
    )
    assert everything.stdout
    half = run("hunt", examples / "three.csv", "--format", format_)
    assert half.returncode == 0
    assert b"grantwatch: not everything was assessed: " in half.stderr


def test_all_adds_quiet_grants_to_findings(run: Run, examples: Path) -> None:
    few_of_them = run("hunt", examples, "--format", "ocsf").stdout.splitlines()
    all_of_them = run("hunt", examples, "--format", "ocsf", "--all").stdout.splitlines()
    assert (len(few_of_them), len(all_of_them)) == (3, 38)


def test_unread_files_are_named_and_the_rest_is_hunted(run: Run, tmp_path: Path, examples: Path) -> None:
    shutil.copy(examples / "one.json", tmp_path)
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("hunt", ".")
    assert done.returncode == 0
    assert "slides.pdf: a PDF document" in done.stdout.decode()
    assert "100 read = 100 parsed" in done.stdout.decode()


@pytest.mark.parametrize(("severity", "code"), [("Informational", 1), ("critical", 0)])
def test_fail_on_what_is_there(run: Run, few: Path, severity: str, code: int) -> None:
    done = run("hunt", few, "--fail-on", severity, "--format", "json")
    assert done.returncode == code
    assert json.loads(done.stdout)["grants"]


def test_fail_on_what_is_not_there(run: Run, examples: Path) -> None:
    assert run("hunt", examples / "three.csv", "--fail-on", "informational").returncode == 0


def test_hostile_text_never_reaches_the_terminal(run: Run, tmp_path: Path, examples: Path) -> None:
    name = "logs \x1b[31m\u202e.json"
    records = json.loads((examples / "one.json").read_text())
    for record in records["value"]:
        for key in ("userPrincipalName", "userAgent", "appDisplayName", "resourceDisplayName"):
            record[key] = EVIL + str(record.get(key))
    (tmp_path / name).write_text(json.dumps(records))
    (tmp_path / "bad \x1b[31m.json").write_text('{"x\x1b[31m": 1}')
    for arguments in (("--all",), ("--output", "out \x1b[2J.txt")):
        done = run("hunt", ".", *arguments)
        assert done.returncode == 0, done.stderr
        assert not set("\x1b\x07\u202e\u200b") & set((done.stdout + done.stderr).decode())
    missing = run("hunt", "missing \x1b[31m\u202e")
    assert missing.returncode == 3
    assert not set("\x1b\u202e") & set(missing.stderr.decode())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_is_not_utf8(run: Run, few: Path, encoding: str) -> None:
    done = run("hunt", few, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "->" in done.stdout.decode(encoding)


def test_nothing_is_left_behind(run: Run, environment: dict[str, str], few: Path) -> None:
    run("hunt", few)
    run("hunt", "nothing")
    assert folder(Path(environment["TMPDIR"])) == set()
