"""`grantwatch policy check` as a user meets it: formats, exit codes, and messages that name the place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.policy.shapes import STAFF, a_group, a_policy, companions, listed


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "policies.json").write_bytes(
        listed(a_policy(users={"includeUsers": ["All"], "excludeGroups": [STAFF]}))
    )
    (tmp_path / "groups.json").write_bytes(companions(groups=[a_group(STAFF, "Staff")]))
    (tmp_path / "old.json").write_bytes(listed(a_policy()))
    return tmp_path


def test_the_table(run: Run, exports: Path) -> None:
    done = run("policy", "check", "policies.json", "groups.json")
    assert done.returncode == 0, done.stderr
    assert b"Registering a device asks for nothing" in done.stdout
    assert b"group 'Staff' (0 accounts): open" in done.stdout


def test_json_and_an_older_export(run: Run, exports: Path) -> None:
    done = run("policy", "check", "policies.json", "--before", "old.json", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "changes.exclusions" in {finding["check"] for finding in found["findings"]}


def test_sarif_into_a_file(run: Run, exports: Path) -> None:
    done = run("policy", "check", "policies.json", "--format", "sarif", "--output", "posture.sarif")
    assert done.returncode == 0, done.stderr
    assert json.loads((exports / "posture.sarif").read_bytes())["version"] == "2.1.0"
    assert run("policy", "check", "policies.json", "--output", "posture.txt").returncode == 0
    assert "Who can use a device code" in (exports / "posture.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("policies.json", "--fail-on", "high"), 1, b""),
        (("policies.json", "--fail-on", "critical"), 0, b""),
        (("policies.json", "--fail-on", "dire"), 2, b"--fail-on dire: accepted are"),
        (("policies.json", "--format", "html"), 2, b"--format html: accepted are table, json, sarif"),
        (("policies.json", "--output", "no/where"), 2, b"the folder no is not there"),
        (("nowhere.json",), 3, b"nowhere.json: cannot be read"),
        (("groups.json",), 3, b"groups.json: no Conditional Access policy in them"),
        (("broken.json",), 3, b"broken.json: line 1, column"),
        ((), 2, b"FILE"),
    ],
)
def test_exit_codes(run: Run, exports: Path, arguments: tuple[str, ...], code: int, says: bytes) -> None:
    (exports / "broken.json").write_text("{")
    done = run("policy", "check", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
