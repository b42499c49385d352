"""What must hold for the repository itself: nothing of one machine in it, and CI that can start."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

REGISTRY = re.compile(
    r"\b(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs|debian|crates|rubygems)\.(?:org|com|io|net)\b", re.IGNORECASE
)
# Graph and SharePoint addresses have /users/ and /home in them, so a path counts only where one starts.
HOME = re.compile(r"(?<![\w.{}/-])/(?:home|Users|root)/[A-Za-z0-9]|\b[A-Z]:\\+Users\\+[A-Za-z0-9]")


@pytest.fixture(scope="session")
def own_files(root: Path) -> list[Path]:
    """The files that are in git or about to be, so that a mistake is found before it is committed."""
    if not (root / ".git").exists():
        pytest.skip("needs a git checkout to tell the repository's own files")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [root / name for name in listed if name and (root / name).is_file()]


def test_names_no_registry_and_no_path_of_a_machine(root: Path, own_files: list[Path]) -> None:
    here = re.compile(rf"(?<![\w.]){re.escape(str(root))}(?![\w-])")
    found = []
    for path in own_files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            for pattern in (REGISTRY, HOME, here):
                hit = pattern.search(line)
                if hit:
                    found.append(f"{path.relative_to(root)}:{number}: {hit[0]}")
    assert not found


def test_ci_can_start(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK), ".ci/run must be executable"
    assert script.read_bytes().startswith(b"#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_make_says_what_it_can_do(root: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    listed = subprocess.run(["make"], cwd=root, env=environment, capture_output=True, text=True, check=True).stdout
    text = (root / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", text, flags=re.MULTILINE)
    assert targets
    silent = [target for target in targets[1].split() if f"make {target}" not in listed]
    assert not silent, f"targets without a `## what it does`: {silent}"
