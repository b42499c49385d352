"""`grantwatch lab simulate` as a user meets it: where it writes, and where it refuses to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

SMALL = ("lab", "simulate", "--users", "20", "--days", "7")


def test_it_writes_logs_that_a_hunt_reads_and_the_truth_beside_them(run: Run, tmp_path: Path) -> None:
    done = run(*SMALL, "--out", "new/tenant")
    assert done.returncode == 0, done.stderr
    assert b"records/s" in done.stdout
    assert sorted(path.name for path in (tmp_path / "new/tenant").iterdir()) == ["logs", "truth.json"]
    hunted = run("hunt", "new/tenant/logs", "--format", "json")
    assert hunted.returncode == 0, hunted.stderr
    found = json.loads(hunted.stdout)
    truth = json.loads((tmp_path / "new/tenant/truth.json").read_text(encoding="utf-8"))
    assert found["summary"]["records"]["quarantined"] == 0
    assert found["summary"]["records"]["read"] == sum(truth["records"].values())
    legs = {leg["record"]["record_id"] for grant in found["grants"] for leg in grant["legs"]}
    told = {name for grant in truth["grants"] for name in grant["request_ids"]}
    assert told <= legs
    assert len(found["grants"]) == len(truth["grants"])


def test_a_folder_that_is_not_empty_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out" / "logs").mkdir(parents=True)
    (tmp_path / "out" / "logs" / "mine.json").write_text("mine")
    for more, said in (((), b"--force"), (("--force",), b"logs/mine.json")):
        done = run(*SMALL, "--out", "out", *more)
        assert done.returncode == 2
        assert b"--out out: " in done.stderr
        assert said in done.stderr
    assert [path.name for path in (tmp_path / "out/logs").iterdir()] == ["mine.json"]
    assert not (tmp_path / "out" / "truth.json").exists()


def test_force_leaves_nothing_of_an_earlier_simulation(run: Run, tmp_path: Path) -> None:
    assert run(*SMALL, "--out", "out", "--form", "envelope").returncode == 0
    (tmp_path / "out" / "hunt.json").write_text("mine")
    assert run(*SMALL, "--out", "out", "--form", "ual", "--force").returncode == 0
    assert [path.name for path in (tmp_path / "out/logs").iterdir()] == ["unified-audit.json"]
    assert (tmp_path / "out" / "hunt.json").read_text() == "mine"


def test_nothing_is_left_in_the_temporary_folder(run: Run, environment: dict[str, str]) -> None:
    assert run(*SMALL, "--out", "out").returncode == 0
    assert not list(Path(environment["TMPDIR"]).iterdir())


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        (("--users", "19"), "--users 19: accepted are 20 to"),
        (("--days", "400"), "--days 400: accepted are 7 to 366"),
        (("--form", "xml"), "--form xml: accepted are graph, envelope, log_analytics, ual"),
        (("--users", "many"), "--users"),
    ],
)
def test_a_wrong_value_names_the_right_ones(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], accepted: str
) -> None:
    done = run(*SMALL, "--out", "out", *arguments)
    assert done.returncode == 2
    assert accepted in done.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_where_to_write_has_to_be_said(run: Run) -> None:
    done = run(*SMALL)
    assert done.returncode == 2
    assert b"--out" in done.stderr


def test_a_file_is_no_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = run(*SMALL, "--out", "file")
    assert done.returncode == 2
    assert b"--out file: is no folder" in done.stderr
