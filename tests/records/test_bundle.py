"""Many small files are read as one, and nobody can tell: not by the sums, not by the places, not by what they hold."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from tests.records.reading import audit, reading, sign_in

from grantwatch.lab.records import graph_audit, graph_signin
from grantwatch.records import bundle as bundles
from grantwatch.records import stream as streams
from grantwatch.records.bundle import MARK
from grantwatch.records.stream import FEW, Relay, Stream
from grantwatch.records.tables import InputFile


def lines(number: int, count: int = 3, **changes: object) -> list[bytes]:
    return [orjson.dumps(graph_signin(sign_in(10 * number + at)) | changes) for at in range(count)]


def folder(path: Path, contents: list[bytes]) -> Path:
    path.mkdir()
    for number, content in enumerate(contents):
        (path / f"{number:03d}.json").write_bytes(content)
    return path


def places(path: Path) -> dict[str, tuple[str, int]]:
    return {row["request_id"]: (Path(row["file"]).name, row["position"]) for row in reading(path).sign_ins}


def test_every_record_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = [(b"\n", b"\n"), (b"\n", b""), (b"\r\n", b"\r\n")]
    contents = [ways[number % 3][0].join(lines(number)) + ways[number % 3][1] for number in range(FEW + 4)]
    path = folder(tmp_path / "many", contents)
    streamed = places(path)
    monkeypatch.setattr("grantwatch.records.loader.can_stream", lambda: False)
    bundled = places(path)
    monkeypatch.setattr("grantwatch.records.loader.bundle", lambda *_: False)

    assert streamed == bundled == places(path)
    assert len(streamed) == 3 * len(contents)


@pytest.mark.parametrize(("number", "streamed"), [(errno.EINVAL, 1), (errno.EIO, 0)])
def test_a_file_system_that_copies_nothing_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, streamed: int
) -> None:
    path = folder(tmp_path / "many", [b"\n".join(lines(each)) for each in range(FEW)])
    expected = places(path)

    def refused(*_: int) -> int:
        raise OSError(number, "not here")

    monkeypatch.setattr("os.sendfile", refused)
    streams_read = used(monkeypatch)
    assert places(path) == expected
    assert len(streams_read) == streamed, "by itself, or by another road"


def test_empty_lines_are_no_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams_read = used(monkeypatch)
    path = folder(tmp_path / "many", [b"\n\n".join(lines(number)) + b"\n \n" for number in range(FEW)])
    streamed = places(path)
    assert streams_read == [1], "none of them is read by itself"
    monkeypatch.setattr("grantwatch.records.loader.can_stream", lambda: False)

    assert streamed == places(path)
    assert {place for _, place in streamed.values()} == {1, 2, 3}


def test_a_record_that_nothing_can_be_put_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams_read = used(monkeypatch)
    contents = [b"\n".join(lines(number)) for number in range(FEW + 1)]
    path = folder(tmp_path / "many", [*contents, b"{}\n" + lines(50)[0], b'{"id":null}\n' + lines(51)[0]])
    found = reading(path)

    assert streams_read == [1]
    assert found.sums.parsed == 3 * len(contents) + 2
    assert found.sums.quarantined == 2


def test_several_bundles_are_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "many", [b"\n".join(lines(number)) for number in range(3 * FEW)])
    whole = places(path)
    monkeypatch.setattr(streams, "_MOST", FEW)
    several = places(path)
    monkeypatch.setattr(streams, "_PART", 10_000)
    in_parts = places(path)
    monkeypatch.setattr("grantwatch.records.loader.can_stream", lambda: False)
    monkeypatch.setattr(bundles, "_MOST", FEW)

    assert whole == several == in_parts == places(path)


def used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each stream had that was read to its end."""
    told: list[int] = []
    commit = Relay.commit

    def seen(relay: Relay) -> None:
        told.append(1)
        commit(relay)

    monkeypatch.setattr(Relay, "commit", seen)
    return told


def test_many_files_are_streamed_and_few_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams_read = used(monkeypatch)
    few = folder(tmp_path / "few", [b"\n".join(lines(number)) for number in range(FEW - 1)])
    many = folder(tmp_path / "many", [b"\n".join(lines(number)) for number in range(FEW)])

    assert len(places(few)) == 3 * (FEW - 1)
    assert streams_read == []
    assert len(places(many)) == 3 * FEW
    assert streams_read == [1]


def test_files_of_two_layouts_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams_read = used(monkeypatch)
    contents = [b"\n".join(lines(number)) for number in range(FEW + 2)]
    path = folder(tmp_path / "many", contents)
    for number in range(FEW + 2):
        audits = [orjson.dumps(graph_audit(audit(100 * number + at))) for at in range(2)]
        (path / f"{number:03d}-audit.json").write_bytes(b"\n".join(audits))
    found = reading(path)

    assert streams_read == [1, 1]
    assert found.sums.parsed == 5 * (FEW + 2)
    assert {file.records.parsed for name, file in found.files.items() if "audit" in name} == {2}


def test_the_buffers_and_what_was_stored_are_gone_when_it_is_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder(tmp_path / "many", [b"\n".join(lines(number)) for number in range(FEW + 1)])
    add = Stream.add

    def stopped(stream: Stream, file: InputFile) -> bool:
        if len(stream.files) == FEW:
            raise KeyboardInterrupt
        return add(stream, file)

    monkeypatch.setattr(Stream, "add", stopped)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        reading(path)

    assert [each.name for each in tmp_path.iterdir()] == ["many"]


def test_many_small_files_that_had_to_be_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled: list[bool] = []

    def seen(files: Sequence[InputFile], target: Path) -> bool:
        bundled.append(bundles.bundle(files, target))
        return bundled[-1]

    monkeypatch.setattr("grantwatch.records.loader.bundle", seen)
    contents = [b"\n".join(lines(number)).decode().encode("utf-16") for number in range(FEW + 1)]
    path = folder(tmp_path / "many", contents)

    assert len(places(path)) == 3 * (FEW + 1)
    assert bundled == [True]


@pytest.mark.parametrize("bad", [b"garbage", b"{}", b"", b" ", b'{"id": "cut off', b'[{"id":1}]', b"null"])
def test_a_fault_in_one_file_costs_itself(tmp_path: Path, bad: bytes) -> None:
    contents = [b"\n".join(lines(number)) for number in range(FEW + 1)]
    contents[5] = b"\n".join([lines(5)[0], bad, *lines(5)[1:]])
    found = reading(folder(tmp_path / "many", contents))

    assert found.sums.parsed == 3 * len(contents)
    assert [(Path(each.file).name, each.line) for each in found.quarantined] == (
        [("005.json", 2)] if bad.strip() else []
    )


def test_no_record_can_pass_for_one_of_another_file(tmp_path: Path) -> None:
    contents = [b"\n".join(lines(number)) for number in range(FEW)]
    contents[3] = b"\n".join(lines(3, **{MARK: 7}))
    found = reading(folder(tmp_path / "many", contents))

    assert {name: file.records.parsed for name, file in found.files.items()} == dict.fromkeys(found.files, 3)


def test_a_file_that_grew_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "many", [b"\n".join(lines(number)) + b"\n" for number in range(FEW)])
    commit = Relay.commit

    def late(relay: Relay) -> None:
        commit(relay)
        with (path / "004.json").open("ab") as stream:
            stream.write(lines(99, 1)[0] + b"\n")

    monkeypatch.setattr(Relay, "commit", late)
    found = reading(path)

    assert found.files["004.json"].records.parsed == 4
    assert sum(file.records.parsed for name, file in found.files.items() if name != "004.json") == 3 * (FEW - 1)
