"""docs/generate.md: what it shows is printed, it explains every field, and the set beside it is the real one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.docs.test_docs import FENCE, environment, run

from grantwatch.report.document import schema

__all__ = ["environment"]

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "generate.md").read_text(encoding="utf-8")
SHOWN = [
    fence["body"].replace("\\\n", " ").splitlines()
    for fence in FENCE.finditer(PAGE)
    if fence["info"].strip() == "console" and len(fence["body"].replace("\\\n", " ").splitlines()) > 1
]


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """A folder of the reader's, with the examples in it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.mark.parametrize("lines", SHOWN, ids=lambda lines: " ".join(lines[0].split()[1:4]))
def test_the_output_is_real(lines: list[str], reader: Path, environment: dict[str, str]) -> None:
    done = run(" ".join(lines[0].split()[1:]), reader, environment | {"COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    printed, place, free = done.stdout.splitlines(), 0, False
    for line in lines[1:]:
        if line == "…":
            free = True
            continue
        assert line in printed[place:], f"not printed there: {line!r}"
        at = printed.index(line, place)
        assert free or at == place, f"left out without a word before {line!r}"
        place, free = at + 1, False
    assert free or place == len(printed)


def test_the_set_in_the_repository_is_what_the_command_writes(reader: Path, environment: dict[str, str]) -> None:
    command = next(lines[0] for lines in SHOWN if "policy generate" in lines[0])
    assert run(" ".join(command.split()[1:]), reader, environment).returncode == 0
    for file in sorted((ROOT / "examples" / "generate" / "set").iterdir()):
        there, here = file.read_text("utf-8"), (reader / "set" / file.name).read_text("utf-8")
        version = re.compile(r'"version": "[^"]*"')
        assert version.sub("", there) == version.sub("", here), f"make {file.name} again"
    assert len(list((reader / "set").iterdir())) == 5


@pytest.mark.parametrize("name", ["policy-set", "plan", "rollback"])
def test_every_field_is_on_the_page(name: str) -> None:
    def fields(node: object) -> set[str]:
        if isinstance(node, dict):
            properties = node.get("properties")
            own = set(properties) if isinstance(properties, dict) else set()
            return own.union(*map(fields, node.values()))
        return set().union(*map(fields, node)) if isinstance(node, list) else set()

    wanted = fields(schema(name)) - {"named_location", "group", "policy"}
    assert len(wanted) > 8
    assert not {field for field in wanted if f"`{field}`" not in PAGE}


def test_the_shapes_of_the_set_are_those_of_the_examples() -> None:
    policies = json.loads((ROOT / "examples" / "generate" / "set" / "policies.json").read_text())["value"]
    assert {each["state"] for each in policies} == {"enabledForReportingButNotEnforced"}
