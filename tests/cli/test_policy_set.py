"""`grantwatch policy generate` and `policy plan` as programs: what they write, show, refuse and exit with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.allowances.scene import file_of
from tests.cli.conftest import Run

from grantwatch.report.document import schema

EVIL = "\x1b]0;owned\x07\u202eevil"
TENANT = [
    argument
    for name in ("policies", "groups", "locations", "directory")
    for argument in ("--tenant", Path("policies") / f"{name}.json")
]


@pytest.fixture
def allowances(tmp_path: Path) -> Path:
    file = tmp_path / "allowances.yaml"
    file.write_text(file_of({"subject": "{user: amira.haddad@contoso.example}"}))
    return file


@pytest.fixture
def exported(tmp_path: Path, root: Path) -> Path:
    shutil.copytree(root / "examples" / "policies", tmp_path / "policies")
    return tmp_path / "policies"


def generate(run: Run, *more: str | Path, **variables: str):
    return run(
        "policy", "generate", "--allowances", "allowances.yaml", "--out", "set", "--on", "2026-11-26",
        "--emergency", "00000065-0000-4000-8000-000000000000", *more, **variables,
    )  # fmt: skip


def test_from_a_file_alone_it_names_what_is_missing(run: Run, allowances: Path, tmp_path: Path) -> None:
    done = generate(run)
    shown = done.stdout.decode()
    assert done.returncode == 1, "somebody's id has to be filled in"
    assert "The object id of amira.haddad@contoso.example is not known" in " ".join(shown.split())
    names = {"groups.json", "namedLocations.json", "policies.json", "manifest.json", "rollback.json"}
    assert {each.name for each in (tmp_path / "set").iterdir()} == names


def test_with_an_export_ids_are_known(run: Run, allowances: Path, exported: Path, tmp_path: Path) -> None:
    done = generate(run, "--tenant", "policies/directory.json")
    assert done.returncode == 0, done.stdout
    (group,) = [
        each
        for each in json.loads((tmp_path / "set" / "groups.json").read_text())["value"]
        if "allowed" in each["displayName"]
    ]
    assert [member["id"] for member in group["members"]] == ["000000c8-0000-4000-8000-000000000000"]


def test_with_logs_members_rest_on_grants(run: Run, examples: Path, tmp_path: Path) -> None:
    assert run("usage", examples, "--propose", "allowances.yaml", "--owner", "ops", "--expires", "3650").returncode == 0
    done = generate(run, examples, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    Draft202012Validator(schema("policy-set")).validate(told)
    assert told == json.loads((tmp_path / "set" / "manifest.json").read_text())
    assert sum(len(b["grant_ids"]) for o in told["objects"] for m in o["members"] for b in m["because"]) == 35


@pytest.mark.parametrize("columns", ["80", "140"])
def test_tables_for_a_pipe(run: Run, allowances: Path, exported: Path, columns: str) -> None:
    made = generate(run, "--tenant", "policies/directory.json", COLUMNS=columns)
    done = run("policy", "plan", "set", *TENANT, COLUMNS=columns)
    assert done.returncode == 0, done.stderr
    for shown in (made.stdout.decode(), done.stdout.decode()):
        assert max(map(len, shown.splitlines())) <= int(columns)
        assert "\x1b" not in shown
        assert not [line for line in shown.splitlines() if line != line.rstrip()]
    assert "create policy Grantwatch DC 1" in done.stdout.decode()
    assert "5 policies" in done.stdout.decode()


def test_a_plan_as_json_and_how_to_undo_it(run: Run, allowances: Path, exported: Path, tmp_path: Path) -> None:
    generate(run)
    done = run("policy", "plan", "set", *TENANT, "--format", "json", "--rollback", "undo.json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    Draft202012Validator(schema("plan")).validate(told)
    undo = json.loads((tmp_path / "undo.json").read_text())
    Draft202012Validator(schema("rollback")).validate(undo)
    assert [each["name"] for each in undo["steps"]] == [each["name"] for each in reversed(told["steps"])]
    again = run("policy", "plan", "set", *TENANT, "--rollback", "undo.json")
    assert again.returncode == 2
    assert b"add --force" in again.stderr
    assert run("policy", "plan", "set", *TENANT, "--rollback", "undo.json", "--force").returncode == 0


def test_a_conflict_is_exit_code_1(run: Run, allowances: Path, exported: Path, tmp_path: Path) -> None:
    generate(run)
    file = exported / "groups.json"
    told = json.loads(file.read_text())
    told["value"].append({
        "id": "00000999-0000-4000-8000-000000000000", "displayName": "Grantwatch DC allowed: cli",
        "description": "planted", "securityEnabled": True, "members": [],
    })  # fmt: skip
    file.write_text(json.dumps(told))
    done = run("policy", "plan", "set", *TENANT)
    assert done.returncode == 1
    assert b"carries no marker of a set" in done.stdout


def test_the_same_input_gives_the_same_bytes(run: Run, allowances: Path, exported: Path, tmp_path: Path) -> None:
    said = set()
    for seed in "12":
        generate(run, "--force", PYTHONHASHSEED=seed)
        plan = run("policy", "plan", "set", *TENANT, "--format", "json", PYTHONHASHSEED=seed).stdout
        said.add((plan, *(each.read_bytes() for each in sorted((tmp_path / "set").iterdir()))))
    assert len(said) == 1


def test_text_of_a_file_cannot_drive_the_terminal(run: Run, exported: Path, tmp_path: Path) -> None:
    name = EVIL.encode("unicode_escape").decode().replace("\\x", "\\u00")
    (tmp_path / "allowances.yaml").write_text(
        file_of({"subject": f'{{user: "{name}@example.com"}}', "reason": f'"{name}"'})
    )
    made, done = generate(run), run("policy", "plan", "set", *TENANT)
    written = b"".join(each.read_bytes() for each in (tmp_path / "set").iterdir())
    for shown in (made.stdout + made.stderr, done.stdout + done.stderr, written):
        assert b"owned" in shown
        assert b"\x1b" not in shown
        assert "\u202e" not in shown.decode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--on", "tomorrow"), "accepted is a day such as 2026-11-30"),
        (("--on", "2026-02-30"), "accepted is a day such as 2026-11-30"),
        (("--format", "xml"), "table, json"),
        (("--emergency-group", "0000"), "the accounts, or the group that holds them"),
        (("--tenant", "missing.json"), "cannot be read"),
        (("missing.log",), "missing.log"),
        (("--accounts", "missing.toml"), "--accounts missing.toml"),
    ],
)
def test_a_wrong_value_names_the_right_ones(run: Run, allowances: Path, tmp_path: Path, more, said: str) -> None:
    done = generate(run, *more)
    assert done.returncode in (2, 3)
    assert said in done.stderr.decode()
    assert not (tmp_path / "set").exists()


def test_a_file_with_faults_is_refused_with_line_and_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "allowances.yaml").write_text(file_of({"client": "Azure CL"}))
    done = generate(run)
    assert done.returncode == 2
    assert "allowances.yaml:5:13" in done.stderr.decode()
    assert not (tmp_path / "set").exists()


def test_nothing_is_written_over_without_being_asked(run: Run, allowances: Path, tmp_path: Path) -> None:
    generate(run)
    before = (tmp_path / "set" / "manifest.json").read_bytes()
    done = generate(run, "--on", "2026-12-24")
    assert done.returncode == 2
    assert b"add --force" in done.stderr
    assert (tmp_path / "set" / "manifest.json").read_bytes() == before


def test_a_folder_that_is_no_set_is_named(run: Run, exported: Path) -> None:
    done = run("policy", "plan", "policies", *TENANT)
    assert done.returncode == 3
    assert b"`policy generate` wrote" in done.stderr


def test_the_set_is_an_export_that_check_reads(run: Run, allowances: Path, exported: Path, tmp_path: Path) -> None:
    generate(run)
    done = run("policy", "check", "set/policies.json", "set/groups.json", "set/namedLocations.json", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [each["check"] for each in json.loads(done.stdout)["findings"]][:2] == ["flow.no_policy", "flow.report_only"]
