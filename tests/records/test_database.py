"""The engine's database: rows in order, small row groups in memory, packed ones on disk, nothing left of either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.records.reading import sign_in

from grantwatch.lab.records import graph_signin
from grantwatch.lab.writers import write_ndjson
from grantwatch.records import load
from grantwatch.records.database import beside, connect, few_threads, roomy
from grantwatch.records.discover import discover
from grantwatch.records.engine import fresh, prepare
from grantwatch.records.load import read
from grantwatch.records.loader import Loader

ROWS = (
    "INSERT INTO activity (pass_id, file_id, claimed, detail, content) "
    "SELECT 1, 1, true, 'record ' || range, range FROM range(300000)"
)


@pytest.fixture(params=[False, True], ids=["in memory", "on disk"])
def on_disk(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def con(tmp_path: Path, on_disk: bool) -> Any:
    with connect(tmp_path, "200MB", on_disk=on_disk) as opened:
        opened.execute(ROWS)
        yield opened


def written(folder: Path) -> int:
    """Bytes of the database's own file, its header apart."""
    return max(0, (folder / "logs.db").stat().st_size - (1 << 16))


def test_rows_keep_their_order(con: Any) -> None:
    assert con.execute("SELECT count(*) FROM activity WHERE content <> rowid").fetchall() == [(0,)]


def test_row_groups(con: Any, on_disk: bool) -> None:
    (groups,) = con.execute("SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('activity')").fetchall()[0]
    assert groups == -(-300_000 // (16_384 if on_disk else 4096))


def test_what_is_written(con: Any, tmp_path: Path, on_disk: bool) -> None:
    con.execute("UPDATE activity SET ignored = 'duplicate' WHERE content % 2 = 0")
    con.execute("CREATE TABLE other AS SELECT * FROM activity")
    assert (written(tmp_path) > 0) == on_disk
    assert not list(tmp_path.glob("*.wal"))
    assert con.execute("SELECT count(*) FROM other WHERE ignored IS NOT NULL").fetchall() == [(150_000,)]


def test_few_rows_get_few_threads(con: Any) -> None:
    def threads() -> int:
        (((count,),)) = con.execute("SELECT current_setting('threads')").fetchall()
        return int(count)

    con.execute("SET threads = 3")
    for rows, kept in ((0, 1), (400_000, 1), (1_100_000, 2), (10_000_000, 3)):
        with few_threads(con, rows):
            assert threads() == kept
        assert threads() == 3
    with pytest.raises(ZeroDivisionError), few_threads(con, 0):
        _ = 1 // 0
    assert threads() == 3


@pytest.mark.parametrize(("share", "room"), [(0.5, 2), (0.75, 2), (0.9, 1)])
def test_the_engine_may_take_more_only_where_the_tables_leave_a_fifth(tmp_path: Path, share: float, room: int) -> None:
    def limit() -> float:
        (((told,),)) = engine.execute("SELECT current_setting('memory_limit')").fetchall()
        size, unit = str(told).split()
        return float(size) * {"MiB": 1024**2, "GiB": 1024**3}[unit]

    with connect(tmp_path, "300MB") as engine:
        engine.execute("CREATE TABLE held AS SELECT range AS i, range + 1 AS j, range + 2 AS k FROM range(1000000)")
        (((used,),)) = engine.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchall()
        engine.execute(f"SET memory_limit = '{int(used / share / 1000)}KB'")
        before = limit()
        with roomy(engine):
            assert limit() == pytest.approx(before * room, rel=0.01)
        assert limit() == pytest.approx(before, rel=0.01)


def test_an_engine_that_was_prepared_is_used_once(tmp_path: Path) -> None:
    prepare()
    first, second = fresh(), fresh()
    first.execute("CREATE TABLE held AS SELECT 1 AS i")
    assert second.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]
    first.close()
    second.close()


def test_records_that_are_left_are_gone_but_for_memory(tmp_path: Path) -> None:
    with read([str(logs(tmp_path))]) as records:
        records.leave()
        assert not records.workspace.exists()
        assert records.con.execute("SELECT count(*) FROM sign_in").fetchall() == [(40,)]
    assert records.con.execute("SELECT 1").fetchall() == [(1,)]
    records.con.close()


def test_a_second_connection_sees_the_same_tables(con: Any) -> None:
    with beside(con) as other:
        assert other.execute("SELECT count(*) FROM activity").fetchall() == [(300_000,)]


def test_more_than_memory_holds(tmp_path: Path, on_disk: bool) -> None:
    with connect(tmp_path, "80MB", on_disk=on_disk) as con:
        con.execute(
            "CREATE TABLE large AS SELECT range AS i, md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS text "
            "FROM range(2000000)"
        )
        assert con.execute("SELECT count(*), max(i) FROM large").fetchall() == [(2_000_000, 1_999_999)]


def logs(folder: Path, count: int = 40) -> Path:
    return write_ndjson(folder / "logs.json", (graph_signin(sign_in(n)) for n in range(count)))


@pytest.mark.parametrize(("times", "disk"), [(10**9, False), (0, True)])
def test_how_large_the_logs_are_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, disk: bool
) -> None:
    monkeypatch.setattr(load, "_IN_MEMORY", times)
    with read([logs(tmp_path)]) as found:
        assert found.on_disk == disk
        assert found.con.execute("SELECT count(*) FROM kept_sign_in").fetchall() == [(40,)]
        workspace = found.workspace
    assert not workspace.exists()


def test_packed_files_count_for_more(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    packed = tmp_path / "packed"
    plain.write_bytes(b"{" * (2 << 20))
    packed.write_bytes(b"\x1f\x8b" + b"\0" * (2 << 20))
    assert discover([plain]).size == 2 << 20
    assert discover([packed]).size > 10 * (2 << 20)
    assert discover([plain, packed, plain]).size == discover([plain]).size + discover([packed]).size


class _Memory:
    """Lets memory run out at the first statement that stores rows, as the engine says it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, on_disk: bool = False) -> None:
        from grantwatch.records.engine import duckdb

        stored = Loader._insert_rows
        self.runs: list[bool] = []

        def insert(loader: Loader, *arguments: Any) -> None:
            self.runs.append(loader.records.on_disk)
            if on_disk or not loader.records.on_disk:
                raise duckdb.OutOfMemoryException("failed to allocate data")
            stored(loader, *arguments)

        monkeypatch.setattr(Loader, "_insert_rows", insert)


def test_too_much_for_memory_is_read_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = logs(tmp_path)
    memory = _Memory(monkeypatch)
    with read([path, tmp_path / "nowhere"]) as found:
        assert found.on_disk
        assert found.con.execute("SELECT count(*) FROM kept_sign_in").fetchall() == [(40,)]
        assert [unread.seen for unread in found.unread] == ["no such file or folder"], "told once"
        assert [file.path for file in found.files] == [str(path)]
    assert memory.runs == [False, True], "no file was blamed for it"


def test_where_neither_is_enough_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = logs(tmp_path)
    _Memory(monkeypatch, on_disk=True)
    with read([path]) as found:
        assert found.files == []
        (unread,) = found.unread
    assert "more memory than was given" in unread.seen
    assert "--memory" in unread.hint
