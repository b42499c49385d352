"""Many small files are read as one, and nobody can tell: not by the sums, not by the places, not by what they hold."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from tests.records.reading import reading, sign_in

from grantwatch.lab.records import graph_signin
from grantwatch.records import bundle as room
from grantwatch.records.bundle import MARK, Bundles
from grantwatch.records.loader import Loader
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
    contents = [ways[number % 3][0].join(lines(number)) + ways[number % 3][1] for number in range(room._FEW + 4)]
    path = folder(tmp_path / "many", contents)
    used: list[bool] = []
    take = Bundles.take

    def seen(self: Bundles, layout: object, file: InputFile, head: bytes) -> bool:
        used.append(take(self, layout, file, head))
        return used[-1]

    monkeypatch.setattr(Bundles, "take", seen)
    together = places(path)
    monkeypatch.setattr(Bundles, "take", lambda *_: False)
    at_the_end = places(path)
    monkeypatch.setattr("grantwatch.records.loader.bundle", lambda *_: False)

    assert used == [True] * len(contents)
    assert together == at_the_end == places(path)
    assert len(together) == 3 * len(contents)


def test_several_bundles_are_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "many", [b"\n".join(lines(number)) for number in range(3 * room._FEW)])
    whole = places(path)
    monkeypatch.setattr(room, "_MOST", room._FEW)

    assert places(path) == whole


@pytest.mark.parametrize("bad", [b"garbage", b"{}", b"", b" ", b'{"id": "cut off', b'[{"id":1}]', b"null"])
def test_a_fault_in_one_file_costs_itself(tmp_path: Path, bad: bytes) -> None:
    contents = [b"\n".join(lines(number)) for number in range(room._FEW + 1)]
    contents[5] = b"\n".join([lines(5)[0], bad, *lines(5)[1:]])
    found = reading(folder(tmp_path / "many", contents))

    assert found.sums.parsed == 3 * len(contents)
    assert [(Path(each.file).name, each.line) for each in found.quarantined] == (
        [("005.json", 2)] if bad.strip() else []
    )


def test_no_record_can_pass_for_one_of_another_file(tmp_path: Path) -> None:
    contents = [b"\n".join(lines(number)) for number in range(room._FEW)]
    contents[3] = b"\n".join(lines(3, **{MARK: 7}))
    found = reading(folder(tmp_path / "many", contents))

    assert {name: file.records.parsed for name, file in found.files.items()} == dict.fromkeys(found.files, 3)


def test_a_file_that_grew_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "many", [b"\n".join(lines(number)) + b"\n" for number in range(room._FEW)])
    settle = Loader._settle_beside

    def late(loader: Loader) -> None:
        if loader.beside.under_way is not None:
            with (path / "004.json").open("ab") as stream:
                stream.write(lines(99, 1)[0] + b"\n")
        settle(loader)

    monkeypatch.setattr(Loader, "_settle_beside", late)
    found = reading(path)

    assert found.files["004.json"].records.parsed == 4
    assert sum(file.records.parsed for name, file in found.files.items() if name != "004.json") == 3 * (room._FEW - 1)
