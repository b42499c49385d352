"""Telling what a file is takes its head only, however large it is."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import orjson
import pytest
from tests.records.reading import reading, sign_in

from grantwatch.lab.records import Record, graph_signin, search_row, ual_record
from grantwatch.lab.writers import write_array, write_ndjson, write_pages, write_search_csv
from grantwatch.records import salvage
from grantwatch.records.database import connect
from grantwatch.records.load import read
from grantwatch.records.sniff import Layout, column_name, sniff


@pytest.fixture(scope="module")
def many() -> list[Record]:
    """Some 20 MB of records."""
    return [graph_signin(sign_in(number)) for number in range(6500)]


@pytest.mark.parametrize("write", [write_ndjson, write_array], ids=lambda write: write.__name__)
def test_a_large_file_is_told_by_its_head(tmp_path: Path, many: list[Record], write: object) -> None:
    path = write(tmp_path / "large", many)  # type: ignore[operator]
    assert path.stat().st_size > 20e6
    tracemalloc.start()
    layout = sniff(str(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(layout, Layout)
    assert layout.forms == ("graph_signin",)
    assert peak < 8e6
    assert reading(path).parsed == 6500


def test_a_large_page_on_one_line(tmp_path: Path, many: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = write_pages(tmp_path / "page", many, context="x", size=10_000)

    assert reading(path).parsed == 6500
    monkeypatch.setattr(salvage, "PAGE_LIMIT", 1 << 20)
    found = reading(path)
    assert found.parsed == 6500
    assert found.file.container.endswith("rewritten")


def test_taking_a_large_file_apart_takes_little_memory(tmp_path: Path, many: list[Record]) -> None:
    (path,) = write_pages(tmp_path / "page", many, context="x", size=10_000)
    layout = sniff(str(path))
    assert isinstance(layout, Layout)
    tracemalloc.start()
    saved = salvage.rewrite(str(path), layout, tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(saved, salvage.Salvaged)
    assert peak < path.stat().st_size
    assert (tmp_path / "out").read_bytes().count(b"\n") == 6500


def test_rows_stand_in_the_order_of_the_file(tmp_path: Path, many: list[Record]) -> None:
    path = write_ndjson(tmp_path / "large", many)
    with read([path]) as records:
        ids = records.con.execute("SELECT request_id FROM sign_in ORDER BY rowid").fetchall()

    assert [id for (id,) in ids] == [record["id"] for record in many]


@pytest.mark.parametrize(
    ("cell", "name"),
    [("TimeGenerated [UTC]", "TimeGenerated"), ("\N{ZERO WIDTH NO-BREAK SPACE}Id", "Id"), (" Id ", "Id"), ("Id", "Id")],
)
def test_column_names(cell: str, name: str) -> None:
    assert column_name(cell) == name


def test_audit_data_as_text_and_as_an_object(tmp_path: Path) -> None:
    text = search_row(sign_in(0))
    write_ndjson(tmp_path / "a", [text, text | {"AuditData": ual_record(sign_in(1))}, ual_record(sign_in(2))])
    write_search_csv(tmp_path / "b", [search_row(sign_in(3))])
    layout = sniff(str(tmp_path / "a"))

    assert isinstance(layout, Layout)
    assert dict(layout.inside) == dict.fromkeys(("ual_logon", "ual_activity"), ("AuditData",))
    assert reading(tmp_path).parsed == 4


def test_a_record_with_a_list_called_value_is_no_page(tmp_path: Path) -> None:
    record = graph_signin(sign_in(0)) | {"value": [{"a": 1}], "events": []}
    write_ndjson(tmp_path / "a", [record, record | {"id": "2"}])
    (tmp_path / "b").write_bytes(orjson.dumps(record | {"id": "3"}, option=orjson.OPT_INDENT_2))

    assert reading(tmp_path).parsed == 3


def test_connect_gives_the_empty_tables(tmp_path: Path) -> None:
    with connect(tmp_path) as con:
        tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}

    assert {"sign_in", "activity", "pass_form", "unclaimed"} <= tables
