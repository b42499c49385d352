"""Zip archives: every log in one is read, and nothing that an archive claims of itself can do harm."""

from __future__ import annotations

import gzip
import io
import os
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from tests.records.reading import Reading, audit, reading, sign_in

from grantwatch.lab.records import graph_audit, graph_signin, signin_row
from grantwatch.lab.writers import write_array, write_log_analytics_csv, write_pages
from grantwatch.pipeline import hunt
from grantwatch.records import containers, limits
from grantwatch.records.containers import Containers, Given
from grantwatch.records.load import read
from grantwatch.records.model import UnreadFile
from grantwatch.records.raw import texts


def lines(*numbers: int) -> bytes:
    return b"".join(orjson.dumps(graph_signin(sign_in(number))) + b"\n" for number in numbers)


def packed(members: Mapping[str, bytes] | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        # The library warns of names that are there twice.
        warnings.simplefilter("ignore")
        for name, data in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, data)
    return out.getvalue()


def archive(tmp_path: Path, members: Mapping[str, bytes] | list[tuple[str, bytes]], name: str = "a.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(packed(members))
    return path


def told(found: Reading) -> dict[str, str]:
    """What was said of each member and archive."""
    return {Path(each.file).name: each.seen for each in found.unread}


def test_every_log_in_an_archive_is_read(tmp_path: Path) -> None:
    csv = write_log_analytics_csv(tmp_path / "x", [signin_row(sign_in(3))]).read_bytes()
    array = write_array(tmp_path / "x", [graph_audit(audit(0))]).read_bytes()
    (page,) = write_pages(tmp_path / "x", [graph_signin(sign_in(4))], context="x")
    text = page.read_bytes()
    for each in (tmp_path / "x", page):
        each.unlink(missing_ok=True)
    path = archive(
        tmp_path,
        {
            "lines.json": lines(0, 1),
            "deep/er/rows.csv": csv,
            "audits": array,
            "page.json": text,
            "packed.json.gz": gzip.compress(lines(5)),
            "wide.json": lines(6).decode().encode("utf-16"),
            "folder/": b"",
            "readme.pdf": b"%PDF-1.7",
        },
        "logs.Zip",
    )
    found = reading(tmp_path)

    assert {file.file: file.records.parsed for file in found.files.values()} == {
        f"{path}!lines.json": 2,
        f"{path}!deep/er/rows.csv": 1,
        f"{path}!audits": 1,
        f"{path}!page.json": 1,
        f"{path}!packed.json.gz": 1,
        f"{path}!wide.json": 1,
    }
    assert told(found) == {"logs.Zip!readme.pdf": "a PDF document"}
    assert {row["file"] for row in found.sign_ins} == {
        f"{path}!{name}" for name in ("lines.json", "deep/er/rows.csv", "page.json", "packed.json.gz", "wide.json")
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_record_leads_back_into_the_archive(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"x/y.json": lines(0, 1, 2)}, method))
    with read([path]) as records:
        (file,) = records.files
        assert file.path == f"{path}!x/y.json"
        assert texts(records.con, file, [2])[2].text.encode() + b"\n" == lines(1)


def test_an_archive_counts_as_much_as_its_content(tmp_path: Path) -> None:
    (tmp_path / "plain.json").write_bytes(lines(0, 1))
    archive(tmp_path, {"again.json": lines(0, 1, 2)})

    found = reading(tmp_path)
    assert (found.parsed, found.sums.ignored_by) == (3, {"duplicate": 2})
    assert hunt([tmp_path], raw=True).records.parsed == 3


def test_an_archive_in_an_archive_is_opened_once(tmp_path: Path) -> None:
    inner = packed({"c.json": lines(1)})
    path = archive(tmp_path, {"a.json": lines(0), "b.zip": packed({"b.json": lines(2), "c.zip": inner})})
    found = reading(path)

    assert {file.file for file in found.files.values()} == {f"{path}!a.json", f"{path}!b.zip!b.json"}
    assert told(found) == {"a.zip!b.zip!c.zip": "an archive in an archive in an archive"}


TRICKS = [
    "../../../outside.json",
    "/outside.json",
    "C:\\outside.json",
    "\\\\host\\share\\outside.json",
    "a/../../outside.json",
    "nul",
    "new\nline.json",
    "a" * 3000,
    "-",
    "*?[x].json",
]


def test_a_name_in_an_archive_is_never_a_path(tmp_path: Path) -> None:
    home = tmp_path / "home" / "deep"
    home.mkdir(parents=True)
    path = archive(home, [(name, lines(number)) for number, name in enumerate(TRICKS)])
    before = sorted(tmp_path.rglob("*"))
    found = reading(path)

    assert found.parsed == len(TRICKS)
    assert {row["file"] for row in found.sign_ins} == {f"{path}!{name}" for name in TRICKS}
    assert sorted(tmp_path.rglob("*")) == before


def test_names_that_are_there_twice(tmp_path: Path) -> None:
    path = archive(tmp_path, [("a.json", lines(0)), ("a.json", lines(1)), ("a.json#2", lines(2))])
    found = reading(path)

    assert found.parsed == 3
    assert len({row["file"] for row in found.sign_ins}) == 3, "two files never share a path"


@pytest.mark.parametrize(
    ("raw", "flags", "shown"),
    [
        (b"caf\xe9.json", 0x800, "caf\\xe9.json"),
        (b"caf\x82.json", 0, "caf\N{LATIN SMALL LETTER E WITH ACUTE}.json"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}.json".encode(), 0, "caf\N{LATIN SMALL LETTER E WITH ACUTE}.json"),
    ],
)
def test_names_that_are_not_utf8(tmp_path: Path, raw: bytes, flags: int, shown: str) -> None:
    stand_in = "n" * len(raw)
    data = bytearray(packed({stand_in: lines(0)}).replace(stand_in.encode(), raw))
    data[6:8] = struct.pack("<H", flags)
    at = data.index(b"PK\x01\x02") + 8
    data[at : at + 2] = struct.pack("<H", flags)
    (tmp_path / "a.zip").write_bytes(data)

    assert reading(tmp_path).file.file == f"{tmp_path / 'a.zip'}!{shown}"


def altered(tmp_path: Path, method: int | None = None, flags: int | None = None, mode: int | None = None) -> Reading:
    """An archive of which the first of three members says something else of itself."""
    info = zipfile.ZipInfo("odd.json")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if mode is not None:
            info.create_system, info.external_attr = 3, mode << 16
        made.writestr(info, b"/etc/passwd" if mode else lines(0))
        made.writestr("good.json", lines(1))
        made.writestr("fine.json", lines(2))
    data = bytearray(out.getvalue())
    for sign, flag_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(sign) + flag_at
        if flags is not None:
            data[at : at + 2] = struct.pack("<H", flags)
        if method is not None:
            data[at + 2 : at + 4] = struct.pack("<H", method)
    (tmp_path / "a.zip").write_bytes(data)
    return reading(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"flags": 1}, "encrypted: it needs a password"),
        ({"method": 99}, "encrypted (AES)"),
        ({"method": 9}, "packed in a way that is not read (Deflate64)"),
        ({"method": 12}, "(bzip2)"),
        ({"method": 14}, "(LZMA)"),
        ({"method": 77}, "(method 77)"),
        ({"mode": 0o120777}, "a link in an archive"),
    ],
)
def test_a_member_that_cannot_be_had_is_named(tmp_path: Path, changes: dict[str, int], said: str) -> None:
    found = altered(tmp_path, **changes)

    assert found.parsed == 2
    (unread,) = found.unread
    assert Path(unread.file).name == "a.zip!odd.json"
    assert said in unread.seen


def test_a_member_without_a_byte_is_named(tmp_path: Path) -> None:
    found = reading(archive(tmp_path, {"empty.json": b"", "good.json": lines(0)}))

    assert found.parsed == 1
    assert told(found) == {"a.zip!empty.json": "an empty file"}


@pytest.mark.parametrize("at", [0.2, 0.6])
def test_a_damaged_member_gives_what_came_before(tmp_path: Path, at: float) -> None:
    text = lines(*range(40))
    data = bytearray(packed([("bad.json", text), ("good.json", lines(100))]))
    place = int(len(packed({"bad.json": text})) * at)
    data[place : place + 8] = b"\xff" * 8
    (tmp_path / "a.zip").write_bytes(data)
    found = reading(tmp_path)

    assert found.files["a.zip!good.json"].records.parsed == 1
    assert 1 <= found.parsed < 41
    assert "in the archive its data is" in told(found)["a.zip!bad.json"]


def test_a_checksum_that_does_not_fit_is_told(tmp_path: Path) -> None:
    data = bytearray(packed({"a.json": lines(0, 1)}, zipfile.ZIP_STORED))
    data[data.index(b"Anna")] = ord("H")
    (tmp_path / "a.zip").write_bytes(data)
    found = reading(tmp_path)

    assert found.parsed == 2
    assert "checksum" in found.unread[0].seen


@pytest.mark.parametrize("end", [0.3, 0.7, 0.97])
def test_an_archive_that_is_cut_off_gives_what_is_there(tmp_path: Path, end: float) -> None:
    members = {f"{number}.json": lines(*range(number * 10, number * 10 + 10)) for number in range(8)}
    whole = packed(members)
    (tmp_path / "a.zip").write_bytes(whole[: int(len(whole) * end)])
    found = reading(tmp_path)

    assert 10 <= found.parsed <= 80
    assert "cut off or damaged: it has no directory" in told(found)["a.zip"]


class Pipe(io.RawIOBase):
    """Somewhere to write to that cannot go back: sizes then stand behind the data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


@pytest.mark.parametrize("whole", [True, False])
def test_sizes_that_stand_behind_the_data(tmp_path: Path, whole: bool) -> None:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(4):
            made.writestr(f"{number}.json", lines(number))
    data = bytes(pipe.data)
    (tmp_path / "a.zip").write_bytes(data if whole else data[: data.index(b"PK\x01\x02")])
    found = reading(tmp_path)

    assert found.parsed == 4
    assert bool(found.unread) is not whole


def test_an_archive_with_something_in_front_of_the_directory(tmp_path: Path) -> None:
    data = packed({"a.json": lines(0)})
    at = data.index(b"PK\x01\x02")
    (tmp_path / "a.zip").write_bytes(data[:at] + b"\x00" * 99 + data[at:])

    assert reading(tmp_path).parsed == 1


def test_large_archives_keep_their_numbers_elsewhere(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.json", "w", force_zip64=True) as member:
        member.write(lines(0, 1))
    data = out.getvalue()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, end - start, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (tmp_path / "a.zip").write_bytes(data[:end] + record + locator + last)
    found = reading(tmp_path)

    assert (found.parsed, found.unread) == (2, [])


def test_a_directory_that_breaks_off(tmp_path: Path) -> None:
    data = packed({f"{number}.json": lines(number) for number in range(3)})
    at = data.rindex(b"PK\x01\x02")
    (tmp_path / "a.zip").write_bytes(data[:at] + b"XX" + data[at + 2 :])
    found = reading(tmp_path)

    assert found.parsed == 2
    assert "holds 2 of 3 entries" in told(found)["a.zip"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed({}), "an archive without files"),
        (packed({"folder/": b""}), "an archive without files"),
        (packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "an Office document"),
        (b"PK\x03\x04", "cut off or damaged"),
        (b"PK\x03\x04" + b"\xff" * 500, "cut off or damaged"),
        (b"PK\x05\x06" + b"\xff" * 18, "cut off or damaged"),
        (gzip.compress(packed({"a.json": b"{}"})), "a zip archive (or an Office document) inside a gzip file"),
    ],
    ids=["nothing", "folder", "office", "mark", "noise", "end", "gzip"],
)
def test_an_archive_without_logs_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    found = reading(tmp_path)

    assert found.files == {}
    assert said in " ".join(each.seen for each in found.unread)


def test_hidden_members_are_left_out_and_counted(tmp_path: Path) -> None:
    found = reading(archive(tmp_path, {"__MACOSX/._a.json": b"x", ".git/b": b"x", "a.json": lines(0)}))

    assert found.parsed == 1
    assert told(found) == {"a.zip": "2 hidden entries"}


def limited(path: Path, unpack_limit: int | None) -> tuple[int, list[UnreadFile]]:
    with read([path], unpack_limit=unpack_limit) as records:
        left = sum(each.stat().st_size for each in (records.workspace / "unpacked").rglob("*"))
        assert unpack_limit is None or left <= unpack_limit
        return sum(file.rows for file in records.files), records.unread


def test_what_is_over_the_limit_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    one = len(lines(0))
    path = archive(tmp_path, {"a.json": lines(0), "large.json": lines(*range(1, 9)), "b.json": lines(9)})
    rows, unread = limited(path, 3 * one)

    assert rows == 2
    assert [Path(each.file).name for each in unread] == ["a.zip!large.json"]
    assert "would unpack to more than" in unread[0].seen
    assert "--unpack-limit" in unread[0].hint
    assert limited(path, 100 * one) == (10, [])


@pytest.mark.parametrize("explicit", [True, False])
def test_what_no_log_shrinks_to_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, explicit: bool
) -> None:
    monkeypatch.setattr(limits, "_GRACE", 1 << 20)
    path = archive(tmp_path, {"bomb.json": b"{}\n" * (1 << 20), "a.json": lines(0)})
    rows, unread = limited(path, 10**9 if explicit else None)

    if explicit:
        assert [Path(each.file).name for each in unread] == ["a.zip!bomb.json"]
        assert "JSON that holds no objects" in unread[0].seen
    else:
        assert "more than 200 times its size" in unread[0].seen
        assert "--unpack-limit 50GB" in unread[0].hint
    assert rows == 1


def test_a_size_that_is_a_lie_is_found_out(tmp_path: Path) -> None:
    text = b"{}\n" * (1 << 20)
    data = bytearray(packed([("bomb.json", text), ("a.json", lines(0))]))
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(sign) + at
        assert data[place : place + 4] == struct.pack("<I", len(text))
        data[place : place + 4] = struct.pack("<I", 10)
    (tmp_path / "a.zip").write_bytes(data)
    rows, unread = limited(tmp_path / "a.zip", 1 << 20)

    assert rows == 0, "what was unpacked in vain counts too, or a thousand such members take a thousand times as long"
    assert [Path(each.file).name for each in unread] == ["a.zip!bomb.json", "a.zip!a.json"]


def test_members_that_share_their_data_count_each(tmp_path: Path) -> None:
    """The bomb that needs no archive within it: a directory in which every entry points to the same bytes."""
    data = packed({"a.json": lines(*range(20))})
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[at:end]
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 500, 500, len(entry) * 500, at, 0)
    (tmp_path / "a.zip").write_bytes(data[:at] + entry * 500 + last)
    rows, unread = limited(tmp_path / "a.zip", 10 * len(lines(*range(20))))

    assert rows == 200
    assert len(unread) == 51
    assert unread[-1].seen.startswith("440 more members: not unpacked")


def test_more_members_than_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MEMBERS", 3)
    found = reading(archive(tmp_path, {f"{number}.json": lines(number) for number in range(5)}))

    assert found.parsed == 3
    assert "more than 3 members" in told(found)["a.zip"]


def test_a_member_for_which_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path, {"large.json": lines(*range(5)), "a.json": lines(9)})
    monkeypatch.setattr(containers, "room", lambda _folder: 2 * len(lines(9)))
    found = reading(path)

    assert found.parsed == 1
    (unread,) = found.unread
    assert "the temporary folder has room for" in unread.seen
    assert "--temp-dir" in unread.hint


def test_what_is_no_log_does_not_stay_on_disk(tmp_path: Path) -> None:
    path = archive(tmp_path, {"picture.png": b"\x89PNG" + os.urandom(1000), "a.json": lines(0)})
    with read([path]) as records:
        assert len(list((records.workspace / "unpacked").iterdir())) == 1


def test_an_archive_that_is_gone_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path, {"a.json": lines(0)})
    (tmp_path / "b.json").write_bytes(lines(1))
    looked_at = Containers._looked_at

    def look_and_remove(self: Containers, given: Given) -> Given:
        found = looked_at(self, given)
        if found.source == str(path):
            path.unlink()
        return found

    monkeypatch.setattr(Containers, "_looked_at", look_and_remove)
    found = reading(tmp_path)

    assert found.parsed == 1
    assert told(found) == {"a.zip": "cannot be read: No such file or directory"}


@pytest.mark.parametrize("limit", [1 << 20, None])
def test_gzip_that_unpacks_to_too_much_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    monkeypatch.setattr(limits, "_GRACE", 1 << 20)
    monkeypatch.setattr(limits, "_DEFLATE", 1 << 30)
    half = gzip.compress(lines(0) + b"{}\n" * (1 << 18))
    (tmp_path / "bomb.json").write_bytes(half * 2)
    (tmp_path / "good.json").write_bytes(gzip.compress(lines(*range(1, 20))))
    with read([tmp_path], unpack_limit=limit) as records:
        assert [Path(file.path).name for file in records.files] == ["good.json"]
        (unread,) = records.unread
    assert ("unpacks to more than 1MB" if limit else "more than 200 times its size") in unread.seen
    assert "--unpack-limit" in unread.hint
