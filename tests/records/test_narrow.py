"""A form without what only some columns need: the other columns are what they were, but for coordinates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from grantwatch.records.database import connect
from grantwatch.records.forms import FORMS, Form
from grantwatch.records.forms.narrow import without
from grantwatch.records.forms.shapes import members
from grantwatch.records.sniff import Layout
from grantwatch.records.source import Source, relation
from grantwatch.records.storing import LEFT, shaped, stored

SIGN_INS = [name for name, each in FORMS.items() if each.table == "sign_in"]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path_factory.mktemp("spill")) as con:
        yield con


def filled(kind: str, name: str) -> Any:
    """A value of a raw type that tells where it stands."""
    if kind.endswith("[]"):
        return [filled(kind[:-2], name)]
    if kind.startswith("STRUCT("):
        return {field: filled(of, f"{name}.{field}") for field, of in members(kind)}
    return f"{name}!"


def rows(con: duckdb.DuckDBPyConnection, form: Form, file: Path, *, late: bool) -> list[dict[str, Any]]:
    source = Source([str(file)], Layout("lines"))
    found = con.execute(stored(form, relation(source, form, strict=True), "1", shaped(form, 1, late=late)))
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [{name: value for name, value in row.items() if name not in ("latitude", "longitude")} for row in rows]


@pytest.mark.parametrize("name", SIGN_INS)
def test_every_other_column_is_stored_as_before(con: duckdb.DuckDBPyConnection, tmp_path: Path, name: str) -> None:
    form = FORMS[name]
    full = {column: filled(kind, column) for column, kind in form.columns.items()}
    empty = dict.fromkeys(form.columns)
    records = [full, empty, *({**full, column: None} for column in form.columns)]
    file = tmp_path / "logs.json"
    file.write_bytes(b"\n".join(map(orjson.dumps, records)) + b"\n")

    whole, less = rows(con, form, file, late=True), rows(con, without(form, LEFT), file, late=True)

    assert len(whole) == len(records)
    assert less == whole


def test_what_nobody_asks_for_is_not_taken_apart() -> None:
    less = without(FORMS["graph_signin"], LEFT)
    assert less.columns["deviceDetail"] == 'STRUCT("deviceId" VARCHAR)'
    assert less.columns["status"] == 'STRUCT("errorCode" VARCHAR)'
    assert "appliedConditionalAccessPolicies" not in less.columns
    inner = dict(members(without(FORMS["envelope_signin"], LEFT).columns["properties"]))
    assert inner["location"] == 'STRUCT("countryOrRegion" VARCHAR)'
    assert "authenticationDetails" not in inner


def test_an_object_that_only_has_to_be_there_stays() -> None:
    form = replace(FORMS["graph_signin"], mapping="SELECT file_id, claimed, appId AS app_id, 'a, (b' AS ip FROM raw")
    assert without(form, {"app_name"}).columns["status"] == FORMS["graph_signin"].columns["status"]
    assert "ipAddress" not in without(form, {"app_name"}).columns


@pytest.mark.parametrize(
    "mapping", ["SELECT appId AS app_id FROM (SELECT * FROM raw) AS raw", "WITH a AS (SELECT 1) SELECT * FROM raw"]
)
def test_a_mapping_over_more_than_the_raw_columns_stays(mapping: str) -> None:
    form = replace(FORMS["graph_signin"], mapping=mapping)
    assert without(form, LEFT) is form
