"""`grantwatch usage` as a program, and `--allowances`: what it prints, writes and exits with."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.allowances.scene import file_of
from tests.cli.conftest import Run

from grantwatch.report.document import schema

SUSPECT = "cf30dd25"
BLOCKED = "3a067b57"
OSKAR = {
    "subject": "{user: oskar.lind@fabrikam-garden.example}",
    "client": "any",
    "resource": "any",
    "network": "any",
    "expires": "2027-03-31",
}


@pytest.mark.parametrize("columns", ["80", "140"])
def test_a_table_for_a_pipe(run: Run, examples: Path, columns: str) -> None:
    done = run("usage", examples, COLUMNS=columns)
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "3 accounts use device code" in shown
    assert SUSPECT in shown
    assert max(map(len, shown.splitlines())) <= int(columns)


def test_a_proposal_is_written_checked_and_fit_for_a_hunt(run: Run, tmp_path: Path, examples: Path) -> None:
    done = run("usage", examples, "--propose", "allow.yaml", "--owner", "ops", "--format", "json")
    assert done.returncode == 0
    written = json.loads(done.stdout)
    Draft202012Validator(schema("usage")).validate(written)
    assert len(written["proposal"]["allowances"]) < len(written["inventory"]["accounts"])
    path = tmp_path / "allow.yaml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    checked = run("usage", "--check", path, examples)
    assert checked.returncode == 0
    assert "35 of 35 honest grants covered." in checked.stdout.decode()
    hunted = json.loads(run("hunt", examples, "--allowances", path, "--format", "json").stdout)
    allowed = [grant for grant in hunted["grants"] if grant["allowances"]]
    assert len(allowed) == 35
    assert not [grant for grant in allowed if grant["grant_id"].startswith((SUSPECT, BLOCKED))]


def test_a_proposal_overwrites_nothing_unless_told_so(run: Run, tmp_path: Path, examples: Path) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text("by hand\n")
    done = run("usage", examples, "--propose", path)
    assert done.returncode == 2
    assert b"is there already; name another file, or add --force" in done.stderr
    assert path.read_text() == "by hand\n"
    assert run("usage", examples, "--propose", path, "--force").returncode == 0
    assert path.read_text().startswith("# Allowances proposed by Grantwatch")


def test_without_an_owner_a_file_is_not_ready(run: Run, tmp_path: Path) -> None:
    (tmp_path / "allow.yaml").write_text(file_of({"owner": ""}))
    done = run("usage", "--check", "allow.yaml")
    assert done.returncode == 1
    assert "8:11: has no owner: name who answers for it" in done.stdout.decode()


def test_every_error_of_a_file_is_named_with_its_place(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "allow.yaml").write_text(file_of({"network": "x", "expires": "soon", "ownr": "x"}))
    for command in (("usage", "--check", "allow.yaml"), ("hunt", examples, "--allowances", "allow.yaml")):
        done = run(*command)
        said = done.stderr.decode()
        assert done.returncode == 2
        for part in ("allow.yaml:7:14: network 'x'", "allow.yaml:10:14: expires 'soon'", "did you mean owner?"):
            assert part in said
    done = run("usage", "--check", "allow.yaml", "--format", "json")
    assert done.returncode == 2
    assert [each["line"] for each in json.loads(done.stdout)["check"]["findings"]] == [7, 10, 11]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "PATH: nothing to read; accepted are exported logs, or --check FILE alone"),
        (("--check", "none.yaml"), "--check none.yaml: cannot be read"),
        (("LOGS", "--format", "xml"), "--format xml: accepted are table, json, csv, html"),
        (("LOGS", "--stale", "0"), "--stale 0: accepted is a number of days"),
        (("LOGS", "--owner", "ops"), "--owner: fills in a proposal; give --propose FILE too"),
        (("--check", "x", "--propose", "y"), "--propose: a proposal rests on logs"),
        (("LOGS", "--propose", "a", "--output", "a"), "--propose and --output name the same file"),
        (("LOGS", "--propose", "no/a.yaml"), "--propose no/a.yaml: the folder no is not there"),
        (("LOGS", "--include", "zzz"), "GRANT_ID zzz: no such grant"),
        (("--check", "x", "--format", "csv"), "shows an inventory; give PATH too"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, examples: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run("usage", *(str(examples) if each == "LOGS" else each for each in arguments))
    assert done.returncode == 2
    assert told in " ".join(done.stderr.decode().split())


def test_a_spreadsheet_says_beside_it_what_it_leaves_out(run: Run, examples: Path) -> None:
    done = run("usage", examples, "--format", "csv")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1 + 4
    assert b"2 grants kept out" in done.stderr


def test_the_same_logs_give_the_same_bytes(run: Run, tmp_path: Path, examples: Path) -> None:
    for format_ in ("json", "html", "csv"):
        said = {
            run("usage", examples, "--format", format_, "--propose", f"{format_}{seed}", PYTHONHASHSEED=seed).stdout
            for seed in "12"
        }
        assert len(said) == 1
        assert (tmp_path / f"{format_}1").read_bytes() == (tmp_path / f"{format_}2").read_bytes()


def test_a_grant_counts_or_not_as_somebody_says(run: Run, examples: Path) -> None:
    done = run("usage", examples, "--include", SUSPECT, "--keep-out", "96102a49", "--format", "json")
    made = json.loads(done.stdout)["inventory"]
    assert [each[:8] for each in made["included"]] == [SUSPECT]
    assert {each["grant_id"][:8] for each in made["kept_out"]} == {BLOCKED, "96102a49"}


def test_explain_shows_what_an_allowance_does(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "allow.yaml").write_text(file_of(OSKAR))
    shown = " ".join(run("explain", BLOCKED, examples, "--allowances", "allow.yaml").stdout.decode().split())
    assert "what the tenant allows" in shown
    assert "allowed by cli until 2027-03-31 (owner: ops@example.com)" in shown
    told = json.loads(run("explain", BLOCKED, examples, "--allowances", "allow.yaml", "--format", "json").stdout)
    Draft202012Validator(schema("explain")).validate(told)
    (term,) = [term for term in told["score"]["terms"] if term["kind"] == "allowance"]
    assert term["value"] < 0
    (tmp_path / "old.yaml").write_text(file_of({**OSKAR, "expires": "2026-01-31"}))
    old = " ".join(run("explain", BLOCKED, examples, "--allowances", "old.yaml").stdout.decode().split())
    assert "allowance cli covers it but expired on 2026-01-31: no effect" in old
