"""Files that change under the reader, that go away, that cannot be opened, and disks that are full."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.records.reading import audit, reading, sign_in
from tests.records.test_archives import archive, lines

from grantwatch.cli.how import how
from grantwatch.cli.hunting import run_hunt
from grantwatch.errors import InputError, UsageError
from grantwatch.lab.records import graph_audit, graph_signin
from grantwatch.lab.writers import write_array, write_ndjson, write_pages
from grantwatch.pipeline import hunt
from grantwatch.records import salvage, sniff
from grantwatch.records.archive import Archive
from grantwatch.records.engine import duckdb
from grantwatch.records.ledger import Ledger
from grantwatch.records.load import read
from grantwatch.records.loader import Loader
from grantwatch.records.prepare import Preparer


def once_before(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, act: Callable[[], object]) -> None:
    """Have something happen to the files right before a step of the reading, the first time."""
    step: Any = getattr(owner, name)
    due = [act]

    def stepped(*arguments: Any, **named: Any) -> Any:
        if due:
            due.pop()()
        return step(*arguments, **named)

    monkeypatch.setattr(owner, name, stepped)


STEPS = [(Preparer, "_readable"), (Loader, "_read_group"), (Ledger, "rows"), (Ledger, "book"), (Loader, "_settle")]


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda step: getattr(step, "__name__", step))
@pytest.mark.parametrize("also", [b"", orjson.dumps(graph_audit(audit(0))) + b"\n"], ids=["one form", "two forms"])
def test_a_file_that_grows_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, also: bytes
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(lines(0, 1) + also + b"{}\n")

    def append() -> None:
        with path.open("ab") as out:
            out.write(lines(2, 3) + b"broken\n" + lines(4)[:500])

    once_before(monkeypatch, owner, name, append)
    found = reading(tmp_path)

    assert found.parsed == 4 + bool(also)
    assert found.sums.quarantined == 3
    (told,) = found.unread
    assert "written to while it was read" in told.seen


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_array(tmp_path / "a.json", [graph_signin(sign_in(number)) for number in range(5)])
    data = path.read_bytes()
    once_before(monkeypatch, Loader, "_read_group", lambda: path.write_bytes(data[: len(data) // 2]))
    found = reading(tmp_path)

    assert 1 <= found.parsed < 5
    assert "written to while it was read" in found.unread[0].seen


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda step: getattr(step, "__name__", step))
@pytest.mark.parametrize("shape", ["lines", "page"])
def test_a_file_that_goes_away_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, shape: str
) -> None:
    records = [graph_signin(sign_in(number)) for number in range(3)]
    odd = {"novel": 1}
    if shape == "lines":
        path = write_ndjson(tmp_path / "a.json", [*records, odd])
    else:
        (path,) = write_pages(tmp_path / "a.json", [*records, odd], context="x")
    write_array(tmp_path / "other.json", [graph_audit(audit(number)) for number in range(2)])
    once_before(monkeypatch, owner, name, path.unlink)
    found = reading(tmp_path)

    assert found.files["other.json"].records.parsed == 2
    gone = [each for each in found.unread if each.file == str(path)]
    assert len(gone) == 1, "it is named, once"
    assert path.name not in found.files


def test_a_file_that_goes_away_before_its_records_are_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_ndjson(tmp_path / "a.json", [graph_signin(sign_in(0, protocol="deviceCode"))])
    once_before(monkeypatch, Loader, "_note", path.unlink)

    assert hunt([tmp_path], raw=True).records.parsed == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(lines(0))
    (tmp_path / "b.json").write_bytes(lines(1))
    (tmp_path / "a.json").chmod(0)
    found = reading(tmp_path)

    assert found.parsed == 1
    assert found.unread[0].seen == "cannot be opened: Permission denied"


def test_a_file_that_the_system_will_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(lines(0))
    (tmp_path / "b.json").write_bytes(lines(1))
    head = sniff._read_head

    def refused(file: str, limit: int) -> object:
        if file.endswith("a.json"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return head(file, limit)

    monkeypatch.setattr(sniff, "_read_head", refused)
    found = reading(tmp_path)

    assert found.parsed == 1
    assert found.unread[0].seen == "cannot be opened: Permission denied"


@pytest.mark.parametrize("shape", [b"%s\n%s\n%s\n", b"[%s,%s,%s]", b'{"value":[%s,%s,%s]}'])
@pytest.mark.parametrize("nest", [(b'{"a":', b"}"), (b"[", b"]")], ids=["objects", "lists"])
def test_nesting_of_a_hundred_thousand_levels(tmp_path: Path, shape: bytes, nest: tuple[bytes, bytes]) -> None:
    one, other = lines(0).strip(), lines(1).strip()
    deep = nest[0] * 100_000 + b"1" + nest[1] * 100_000
    odd = b'{"createdDateTime":"2026-03-02T08:00:00Z","appId":"x","status":' + deep + b"}"
    (tmp_path / "a.json").write_bytes(shape % (one, odd, other))
    found = reading(tmp_path)

    assert found.sums.read == 3
    assert found.parsed >= 2


def full(*_: object, **__: object) -> object:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_while_an_archive_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Archive, "unpack", full)
    with pytest.raises(UsageError, match=r"the disk is full.*--temp-dir"):
        run_hunt([str(archive(tmp_path, {"a.json": lines(0)}))], "table", None, None, False, how("600MB"))


def test_a_disk_that_is_full_while_a_file_is_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a fault of the file: to leave it out and go on would be a silent loss."""
    (tmp_path / "a.json").write_bytes(lines(0).decode().encode("utf-16"))
    monkeypatch.setattr(salvage, "_split_lines", full)
    with pytest.raises(UsageError, match=r"the disk is full.*--temp-dir"):
        run_hunt([str(tmp_path / "a.json")], "table", None, None, False, how("600MB"))


@pytest.mark.parametrize(
    "error",
    [
        duckdb.OutOfMemoryException("failed to offload data block: see the 'max_temp_directory_size' setting"),
        duckdb.IOException("Could not write file: No space left on device"),
    ],
    ids=["its own limit", "the disk"],
)
def test_a_disk_that_is_full_while_records_are_spilled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """No fault of the file that is being read: the others would be left out one by one for the same reason."""
    (tmp_path / "a.json").write_bytes(lines(0))

    def spill(*_: object) -> None:
        raise error

    monkeypatch.setattr(Loader, "_insert", spill)
    with pytest.raises(UsageError, match=r"the disk is full.*--temp-dir"):
        run_hunt([str(tmp_path / "a.json")], "table", None, None, False, how("600MB"))


class Input:
    """Standard input that holds these bytes."""

    closed = False

    def __init__(self, data: bytes, terminal: bool = False) -> None:
        self.buffer = io.BytesIO(data)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_standard_input_that_nobody_writes_to(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    monkeypatch.setattr(sys, "stdin", Input(b"", terminal=True) if terminal else None)
    with pytest.raises(UsageError, match=r"zcat|there is no standard input"):
        read(["-"])


def test_standard_input_without_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Input(b""))
    with pytest.raises(InputError, match="standard input: an empty file"):
        hunt(["-"])


def test_standard_input_given_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(lines(1))
    monkeypatch.setattr(sys, "stdin", Input(lines(0)))
    found = reading("-", tmp_path, "-")

    assert found.parsed == 2
    assert found.sums.ignored == 0
    assert set(found.files) == {"standard input", "a.json"}


def test_a_file_called_as_standard_input_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-").write_bytes(lines(0))
    Path("standard input").write_bytes(lines(1))
    monkeypatch.setattr(sys, "stdin", Input(lines(2)))
    found = reading("./-", "standard input", "-")

    assert found.parsed == 3
    assert len({row["file"] for row in found.sign_ins}) == 3
