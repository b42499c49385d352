"""The engine's database: row groups of its own, and nothing of it on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from grantwatch.records.database import beside, connect


@pytest.fixture
def filled(tmp_path: Path):
    con = connect(tmp_path, "200MB")
    con.execute(
        "INSERT INTO activity (pass_id, file_id, claimed, detail, content) "
        "SELECT 1, 1, true, 'record ' || range, range FROM range(300000)"
    )
    yield con
    con.close()


def on_disk(folder: Path) -> int:
    """Bytes of the database's own file, a header apart."""
    return max(0, (folder / "logs.db").stat().st_size - (1 << 16))


def test_rows_keep_their_order(filled):
    assert filled.execute("SELECT count(*) FROM activity WHERE content <> rowid").fetchall() == [(0,)]


def test_row_groups_are_small(filled):
    groups = filled.execute("SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('activity')").fetchall()[0][0]
    assert groups > 100


def test_nothing_is_written_to_the_name(filled, tmp_path):
    filled.execute("UPDATE activity SET ignored = 'duplicate' WHERE content % 2 = 0")
    filled.execute("CREATE TABLE other AS SELECT * FROM activity")
    assert on_disk(tmp_path) == 0
    filled.close()
    assert on_disk(tmp_path) == 0
    assert not list(tmp_path.glob("*.wal"))


def test_more_than_memory_holds_is_spilled(tmp_path):
    con = connect(tmp_path, "60MB")
    con.execute(
        "CREATE TABLE large AS SELECT range AS i, md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS text "
        "FROM range(2000000)"
    )
    assert con.execute("SELECT count(*), max(i) FROM large").fetchall() == [(2_000_000, 1_999_999)]
    assert on_disk(tmp_path) == 0
    con.close()


def test_a_second_connection_sees_the_same_tables(filled):
    with beside(filled) as other:
        assert other.execute("SELECT count(*) FROM activity").fetchall() == [(300_000,)]
