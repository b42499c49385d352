"""Parquet: the same records as JSON, whatever types the columns have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.records.reading import Reading, audit, reading, rule, sign_in

from grantwatch.hunt import hunt
from grantwatch.lab.records import (
    Record,
    audit_row,
    envelope_signin,
    graph_audit,
    graph_signin,
    search_row,
    signin_row,
    ual_record,
)
from grantwatch.lab.writers import write_ndjson
from grantwatch.records.engine import duckdb
from grantwatch.records.load import read
from grantwatch.records.raw import texts

ROWS = 5


def parquet(path: Path, records: list[Record], select: str = "*", typed: bool = True) -> Path:
    """The records as a Parquet file, with the types that DuckDB sees in them or all as text."""
    source = write_ndjson(path.with_suffix(".made"), records)
    kinds = "" if typed else ", columns = {" + ", ".join(f"'{name}': 'VARCHAR'" for name in records[0]) + "}"
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(
            f"COPY (SELECT {select} FROM read_json('{source}', format = 'newline_delimited'{kinds}, "
            f"maximum_depth = 3, sample_size = -1)) TO '{path}' (FORMAT parquet)"
        )
    source.unlink()
    return path


KINDS: dict[str, tuple[Any, Any]] = {
    "graph_signin": (graph_signin, sign_in),
    "envelope_signin": (envelope_signin, sign_in),
    "la_signin": (signin_row, sign_in),
    "ual_logon": (ual_record, sign_in),
    "graph_audit": (graph_audit, audit),
    "la_audit": (audit_row, audit),
    "ual_activity": (search_row, rule),
}


def content(found: Reading) -> list[dict[str, Any]]:
    """All that was read, but for the file it came from and how ids of rows were counted."""
    left_out = {"file", "file_id", "pass_id", "content"}
    return [
        {name: value for name, value in row.items() if name not in left_out}
        for row in (*found.sign_ins, *found.activities)
    ]


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "text"])
@pytest.mark.parametrize("form", KINDS)
def test_a_row_says_what_the_json_says(tmp_path: Path, form: str, typed: bool) -> None:
    write, event = KINDS[form]
    records = [write(event(number)) for number in range(ROWS)]
    (tmp_path / "json").mkdir()
    plain = reading(write_ndjson(tmp_path / "json" / "a", records))
    found = reading(parquet(tmp_path / "a.parquet", records, typed=typed))

    assert found.file.form == plain.file.form == form
    assert found.file.container == "Parquet"
    assert found.parsed == ROWS
    for one, other in zip(content(found), content(plain), strict=True):
        # Text in JSON that DuckDB writes differs in its blanks and in the nulls that a column of its own brings.
        for name in ("time", "request_id", "record_id", "upn", "actor_upn", "ip", "app_id", "error_code", "position"):
            assert one.get(name) == other.get(name), name


def test_types_of_a_log_analytics_export(tmp_path: Path) -> None:
    records = [signin_row(sign_in(number, protocol="deviceCode")) for number in range(ROWS)]
    select = (
        "* REPLACE (CAST(CreatedDateTime AS TIMESTAMPTZ) AS CreatedDateTime, CAST(ResultType AS BIGINT) AS ResultType, "
        "CAST(TimeGenerated AS TIMESTAMP_NS) AS TimeGenerated, CAST(Id AS BLOB) AS Id, true AS IsInteractive, "
        'CAST(json_transform(Status::JSON, \'{"errorCode":"BIGINT"}\') AS STRUCT(errorCode BIGINT)) AS Status, '
        "CAST(AutonomousSystemNumber AS DECIMAL(12,0)) AS AutonomousSystemNumber)"
    )
    found = reading(parquet(tmp_path / "a", records, select, typed=False))

    assert [row["time"] for row in found.sign_ins] == [sign_in(number).time for number in range(ROWS)]
    assert [row["request_id"] for row in found.sign_ins] == [sign_in(number).request_id for number in range(ROWS)]
    assert {(row["error_code"], row["asn"], row["interactive"]) for row in found.sign_ins} == {
        (0, sign_in(0).place.asn, True)
    }
    assert {row["protocol"] for row in found.sign_ins} == {"devicecode"}


def test_a_position_leads_back_to_the_row(tmp_path: Path) -> None:
    records = [signin_row(sign_in(number)) for number in range(4000)]
    path = parquet(tmp_path / "a.parquet", records)
    with read([path]) as kept:
        placed = kept.con.execute(
            "SELECT t.row_id - p.first_row + 1, t.request_id FROM kept_sign_in AS t "
            "JOIN pass_form AS p USING (pass_id, file_id) ORDER BY ALL"
        ).fetchall()
        assert [request_id for _, request_id in placed] == [record["Id"] for record in records]
        found = texts(kept.con, kept.files[0], [1, 3999])
        assert {place: orjson.loads(raw.text)["Id"] for place, raw in found.items()} == {
            1: records[0]["Id"],
            3999: records[3998]["Id"],
        }


def test_files_of_one_schema_and_of_several(tmp_path: Path) -> None:
    for number in range(3):
        parquet(tmp_path / f"{number}.parquet", [signin_row(sign_in(number))])
    parquet(tmp_path / "text.parquet", [signin_row(sign_in(3))], typed=False)
    parquet(tmp_path / "a*[b]?.parquet", [graph_audit(audit(0))])

    assert reading(tmp_path).parsed == 5
    assert hunt([tmp_path], raw=True).records.parsed == 5


def test_rows_of_two_forms_and_of_none(tmp_path: Path) -> None:
    novel = dict.fromkeys(signin_row(sign_in(0))) | {"Id": "novel"}
    records = [signin_row(sign_in(0)) | {"novel": 1}, audit_row(audit(0)), novel]
    names = list(dict.fromkeys(name for record in records for name in record))
    found = reading(parquet(tmp_path / "a", [{name: record.get(name) for name in names} for record in records]))

    assert found.parsed == 2
    (lost,) = found.quarantined
    assert (lost.line, lost.reason.partition(":")[0]) == (3, "no known form has these keys")


def test_columns_with_names_of_our_own(tmp_path: Path) -> None:
    records = [signin_row(sign_in(0)) | {"filename": "x", "position": 7, "claimed": "y", "q\"uo'te": "z"}]

    assert reading(parquet(tmp_path / "a", records)).parsed == 1


def test_no_rows(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 'x' AS Id WHERE false) TO '{tmp_path / 'a'}' (FORMAT parquet)")
    found = reading(tmp_path / "a")

    assert found.file.records.read == 0
    assert found.file.form_title == "a Parquet file without rows"


def test_parquet_that_is_no_log(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 1 AS a, 'x' AS b) TO '{tmp_path / 'a.json'}' (FORMAT parquet)")
    (unread,) = reading(tmp_path).unread

    assert unread.seen == "Parquet of an unknown form (columns: a, b)"
    assert "Parquet" in unread.hint


@pytest.mark.parametrize("end", [0.2, 0.9, 0.999])
def test_parquet_that_is_cut_off(tmp_path: Path, end: float) -> None:
    write_ndjson(tmp_path / "good", [graph_signin(sign_in(9))])
    path = parquet(tmp_path / "a", [signin_row(sign_in(number)) for number in range(50)])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * end)])
    found = reading(tmp_path)

    assert found.parsed == 1
    assert "a Parquet file that cannot be read" in found.unread[0].seen


def test_parquet_with_a_damaged_page(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "good", [graph_signin(sign_in(9))])
    path = parquet(tmp_path / "a", [signin_row(sign_in(number)) for number in range(50)])
    data = bytearray(path.read_bytes())
    data[4:2000] = b"\xff" * 1996
    path.write_bytes(data)
    found = reading(tmp_path)

    assert found.parsed == 1
    assert "cannot be read" in found.unread[0].seen
