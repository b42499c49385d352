"""From logs to a block that breaks nobody, by the commands alone: propose, generate, replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

OWNER = "platform@fabrikam-garden.example"
ROOM = "room-linden@fabrikam-garden.example"
MARTA = "marta.silva@fabrikam-garden.example"


@pytest.fixture
def proposed(run: Run, root: Path, tmp_path: Path) -> Path:
    done = run("usage", root / "examples" / "logs", "--propose", "allowances.yaml", "--owner", OWNER)
    assert done.returncode == 0, done.stderr
    return tmp_path / "allowances.yaml"


def replayed(run: Run, root: Path, allowances: str) -> dict[str, Any]:
    """What a set made from allowances would do, switched on over today's policies."""
    logs = root / "examples" / "logs"
    made = run("policy", "generate", logs, "--allowances", allowances, "--out", f"set-of-{allowances}")
    assert made.returncode == 1, made.stderr  # no emergency account is named
    done = run(
        "policy", "replay", logs, "--policies", root / "examples" / "tenant" / "today.json",
        "--candidate", f"set-of-{allowances}", "--enforce", "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def stopped(found: dict[str, Any]) -> dict[str, bool]:
    """Of each user, whether every grant would be stopped."""
    by_user: dict[str, list[bool]] = {}
    for grant in found["grants"]:
        by_user.setdefault(grant["user"]["upn"], []).append(grant["candidate"]["result"] == "stopped")
    return {user: all(each) for user, each in by_user.items()}


def test_what_was_proposed_stops_attacks_and_nobody_else(run: Run, root: Path, proposed: Path) -> None:
    found = stopped(replayed(run, root, proposed.name))
    assert {user for user, each in found.items() if each} == {MARTA, "oskar.lind@fabrikam-garden.example"}


def test_without_one_allowance_exactly_its_people_break(run: Run, root: Path, proposed: Path) -> None:
    text = proposed.read_text()
    whole = stopped(replayed(run, root, proposed.name))
    less = proposed.with_name("less.yaml")
    less.write_text(text[: text.index("\n  # 2 grants of 1 account")] + "\n")
    found = stopped(replayed(run, root, less.name))
    assert {user for user in found if found[user] and not whole[user]} == {ROOM}
