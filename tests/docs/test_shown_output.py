"""What a page shows below a command is what the command prints, at 100 columns; `…` alone on a line leaves some out."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from tests.docs.test_docs import FENCE, environment, run

from grantwatch.report.document import schema

__all__ = ["environment"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/inspect.md", "docs/explain.md", "docs/policy.md", "docs/replay.md", "docs/sigma.md", "docs/usage.md")


def shown() -> list[tuple[str, str, list[str]]]:
    found = []
    for page in PAGES:
        for fence in FENCE.finditer((ROOT / page).read_text(encoding="utf-8")):
            first, *lines = fence["body"].splitlines() or [""]
            if fence["info"].strip() == "console" and first.startswith("$ grantwatch"):
                found.append((page, first[2:], lines))
    return found


@pytest.mark.parametrize(("page", "command", "lines"), shown(), ids=[f"{p}: {c}" for p, c, _ in shown()])
def test_the_output_is_real(page: str, command: str, lines: list[str], environment: dict[str, str]) -> None:
    done = run(shlex.join(shlex.split(command)), ROOT, environment | {"COLUMNS": "100"})
    printed = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines, f"{page} shows nothing below {command}"
    place, free = 0, False
    for line in lines:
        if line == "…":
            free = True
            continue
        assert line in printed[place:], f"not printed there: {line!r}"
        at = printed.index(line, place)
        assert free or at == place, f"left out without a word before {line!r}: {printed[place:at]}"
        place, free = at + 1, False
    assert free or place == len(printed), f"more is printed at the end: {printed[place:]}"


@pytest.mark.parametrize("name", ["inspect", "explain", "policy", "replay"])
def test_every_field_is_on_its_page_or_that_of_the_hunt(name: str) -> None:
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in (f"docs/{name}.md", "docs/json.md"))

    def fields(node: object) -> set[str]:
        if isinstance(node, dict):
            properties = node.get("properties")
            own = set(properties) if isinstance(properties, dict) else set()
            return own.union(*map(fields, node.values()))
        return set().union(*map(fields, node)) if isinstance(node, list) else set()

    wanted = fields(schema(name))
    assert len(wanted) > 20
    assert not {field for field in wanted if f"`{field}`" not in pages}
