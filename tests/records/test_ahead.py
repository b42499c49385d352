"""Files to come are asked for ahead of time, where they would be waited for, and never twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grantwatch.records import ahead
from grantwatch.records.ahead import Ahead

NAMES = [f"{number}.json" for number in range(1000)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that the system was asked for."""
    found: list[str] = []
    monkeypatch.setattr(ahead, "_wanted", found.extend)
    monkeypatch.setattr(ahead, "_THREADS", 1)
    return found


def gone_through(names: Sequence[str]) -> None:
    looking = Ahead(names)
    for place in range(len(names)):
        looking.at(place)
    if looking._pool is not None:
        looking._pool.shutdown()  # what was asked for is done
    looking.close()


def test_what_is_on_disk_only_is_asked_for_once_and_in_order(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_on_disk_only", lambda _name: True)
    gone_through(NAMES)
    assert asked == NAMES[64:], "the first piece is being read already"


def test_what_the_system_has_is_not_asked_for(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_on_disk_only", lambda name: name == NAMES[640])
    gone_through(NAMES)
    assert asked == NAMES[640:704]


def test_it_looks_so_far_ahead_and_no_further(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def on_disk(name: str) -> bool:
        looked.append(name)
        return False

    monkeypatch.setattr(ahead, "_on_disk_only", on_disk)
    looking = Ahead(NAMES)
    looking.at(0)
    looking.at(1)
    looking.close()
    assert looked == NAMES[64 : 9 * 64 : 64]
    assert asked == []


def test_a_few_files_are_just_read(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_on_disk_only", lambda _name: True)
    gone_through(NAMES[:64])
    assert asked == []


def test_names_of_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"{}")
    gone = str(tmp_path / "gone")
    assert not ahead._on_disk_only(gone)
    assert not ahead._on_disk_only(str(there)), "it was written just now"
    ahead._wanted([gone, str(there), str(tmp_path)])
    gone_through([gone] * 200)
