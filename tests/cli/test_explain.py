"""`grantwatch explain` as a program: which grant is meant, and what it prints, writes and exits with."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.cli.conftest import Run

from grantwatch.report.document import schema

WORST = "cf30dd25e56f272e"
EVIL = "\x1b]0;owned\x07\u202eevil\u200b"


@pytest.mark.parametrize("columns", ["80", "140"])
def test_a_table_for_a_pipe(run: Run, examples: Path, columns: str) -> None:
    done = run("explain", WORST[:4], examples, COLUMNS=columns)
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert done.stderr == b""
    assert f"grant {WORST}" in shown
    assert "12. What does the user say?" in shown
    assert int(columns) // 2 < max(map(len, shown.splitlines())) <= int(columns)
    assert "\x1b" not in shown
    assert not [line for line in shown.splitlines() if line != line.rstrip()]


def test_what_kind_of_account_it_is_taken_for_can_be_stated(run: Run, tmp_path: Path, examples: Path) -> None:
    told = run("explain", WORST, examples).stdout.decode()
    (tmp_path / "who.toml").write_text('"marta.silva@fabrikam-garden.example" = "service"\n')
    stated = run("explain", WORST, examples, "--accounts", "who.toml").stdout.decode()
    assert "taken for a person" in told
    assert "taken for a service" in stated
    assert "the accounts file says so" in " ".join(stated.split())


def test_json_that_fits_the_schema_and_agrees_with_a_hunt(run: Run, examples: Path) -> None:
    done = run("explain", WORST, examples, "--format", "json")
    told = json.loads(done.stdout)
    grant = json.loads(run("hunt", examples, "--format", "json").stdout)["grants"][0]
    assert done.returncode == 0
    Draft202012Validator(schema("explain")).validate(told)
    assert (told["score"]["score"], told["score"]["severity"]) == (grant["score"], grant["severity"])
    assert grant["grant_id"] == WORST


def test_the_same_logs_give_the_same_bytes(run: Run, examples: Path) -> None:
    for format_ in ("table", "json"):
        said = {run("explain", WORST, examples, "--format", format_, PYTHONHASHSEED=seed).stdout for seed in "12"}
        assert len(said) == 1


def test_the_hunt_names_the_grant_that_can_be_explained(run: Run, examples: Path) -> None:
    shown = run("hunt", examples).stdout.decode()
    assert f"grant {WORST[:8]}" in shown
    assert f"grantwatch explain {WORST[:8]} " in shown


def test_a_file_is_written_whole_and_private(run: Run, tmp_path: Path, examples: Path) -> None:
    done = run("explain", WORST, examples, "--output", "why.txt")
    assert done.returncode == 0
    assert done.stdout == b""
    assert "The score, term by term" in (tmp_path / "why.txt").read_text()
    assert stat.S_IMODE((tmp_path / "why.txt").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("zzzz", "no such grant among the 37 grants in these logs"),
        (f"{WORST[:-1]}0", f"Nearest are:\n  {WORST}"),
        ("0", "3 grants begin so; give more of the id\n  09b031e7264e7e7c"),
        ("", "accepted is: grantwatch explain GRANT_ID PATH"),
        (EVIL, "no such grant"),
    ],
)
def test_a_wrong_id_is_answered_with_what_would_be_right(run: Run, examples: Path, wanted: str, told: str) -> None:
    done = run("explain", wanted, examples)
    assert done.returncode == 2
    assert done.stdout == b""
    assert told in done.stderr.decode()
    assert not set("\x1b\x07\u202e\u200b") & set(done.stderr.decode())


def test_a_path_in_the_place_of_the_id(run: Run, examples: Path) -> None:
    done = run("explain", examples, WORST)
    assert done.returncode == 2
    assert "accepted is: grantwatch explain GRANT_ID PATH" in done.stderr.decode()


def test_a_file_may_be_named_like_an_id(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / WORST[:4]).write_text("")
    assert run("explain", WORST[:4], examples).returncode == 0


def test_an_id_alone_is_wrong_usage(run: Run) -> None:
    done = run("explain", WORST)
    assert done.returncode == 2
    assert b"PATH" in done.stderr


def test_logs_without_a_grant(run: Run, examples: Path) -> None:
    done = run("explain", WORST, examples / "three.csv")
    assert done.returncode == 2
    assert "there is no grant in these logs" in done.stderr.decode()


@pytest.mark.parametrize("what", ["pdf", "empty", "nowhere"])
def test_nothing_to_read(run: Run, tmp_path: Path, what: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "pdf").write_bytes(b"%PDF-1.7\n")
    done = run("explain", WORST, what)
    assert done.returncode == 3
    assert b"no input could be read" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        (("--format", "html"), "accepted are table, json"),
        (("--memory", "0GB"), "64MB or more"),
        (("--output", "."), "is a folder"),
    ],
)
def test_a_wrong_value_names_the_right_ones(
    run: Run, examples: Path, arguments: tuple[str, ...], accepted: str
) -> None:
    done = run("explain", WORST, examples, *arguments)
    assert done.returncode == 2
    assert accepted in done.stderr.decode()


def test_hostile_text_never_reaches_the_terminal(run: Run, tmp_path: Path, examples: Path) -> None:
    records = json.loads((examples / "one.json").read_text())
    for record in records["value"]:
        for key in ("userPrincipalName", "userAgent", "appDisplayName", "resourceDisplayName"):
            record[key] = EVIL + str(record.get(key))
    (tmp_path / "logs \x1b[31m\u202e.json").write_text(json.dumps(records))
    grant = json.loads(run("hunt", ".", "--format", "json").stdout)["grants"][0]["grant_id"]
    for arguments in ((), ("--format", "json"), ("--output", "out \x1b[2J.txt")):
        done = run("explain", grant, ".", *arguments)
        assert done.returncode == 0, done.stderr
        assert not set("\x1b\x07\u202e\u200b") & set((done.stdout + done.stderr).decode())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_is_not_utf8(run: Run, examples: Path, encoding: str) -> None:
    done = run("explain", WORST, examples, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "->" in done.stdout.decode(encoding)
