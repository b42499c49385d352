"""Whatever is done to a record, nothing raises and the books hold."""

from __future__ import annotations

import csv
import io
import json
import string
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.reading import audit, reading, rule, sign_in

from grantwatch.lab.records import (
    audit_row,
    envelope_audit,
    envelope_signin,
    graph_audit,
    graph_signin,
    graph_signin_v1,
    office_row,
    search_row,
    signin_row,
    ual_record,
)
from grantwatch.records.pieces import Pieces
from grantwatch.records.sniff import is_record

RECORDS: list[dict[str, Any]] = [
    graph_signin(sign_in(0, protocol="deviceCode")),
    graph_signin_v1(sign_in(1)),
    envelope_signin(sign_in(2, interactive=False)),
    signin_row(sign_in(3, error_code=50126)),
    ual_record(sign_in(4)),
    graph_audit(audit(0)),
    envelope_audit(audit(1)),
    audit_row(audit(2)),
    office_row(rule(0)),
    ual_record(rule(1)),
    ual_record(audit(3)),
    search_row(rule(2)),
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["", "null", "0", "Success", "2026-03-02T08:00:00Z", "infinity", "[]", "{}", '{"a":1}', "[1", "'"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
QUICK = settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A record of any form with some values exchanged, missing or new, its keys in any order."""
    record = dict(draw(st.sampled_from(RECORDS)))
    for key in draw(st.lists(st.sampled_from(sorted(record)), max_size=6, unique=True)):
        way = draw(st.sampled_from(["drop", "replace", "stringify", "wrap", "inside"]))
        if way == "drop":
            del record[key]
        elif way == "replace":
            record[key] = draw(VALUES)
        elif way == "stringify":
            record[key] = json.dumps(record[key])
        elif way == "wrap":
            record[key] = [record[key]]
        elif isinstance(record[key], dict) and record[key]:
            inner = draw(st.sampled_from(sorted(record[key])))
            record[key] = record[key] | {inner: draw(VALUES)}
    if draw(st.booleans()):
        record[draw(st.text(string.ascii_letters, min_size=1, max_size=8))] = draw(VALUES)
    keys = draw(st.permutations(list(record))) if draw(st.booleans()) else list(record)
    return {key: record[key] for key in keys}


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A record as bytes, perhaps with a key twice, cut off, or with bytes of no meaning."""
    text = json.dumps(draw(mutated())).encode()
    way = draw(st.sampled_from(["whole"] * 6 + ["twice", "cut", "noise"]))
    if way == "twice":
        return b'{"id":' + json.dumps(draw(VALUES)).encode() + b"," + text[1:]
    at = draw(st.integers(0, len(text)))
    if way == "cut":
        return text[:at]
    return text if way == "whole" else text[:at] + draw(st.binary(max_size=4)).replace(b"\n", b"") + text[at:]


def check(data: bytes) -> None:
    """`reading` holds the books to account itself."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(data)
        found = reading(Path(folder) / "file")
        assert found.files or found.unread


@QUICK
@given(st.lists(written(), max_size=6))
def test_lines(records: list[bytes]) -> None:
    check(b"\n".join(records))


@QUICK
@given(st.lists(written(), max_size=6), st.sampled_from([b"[%s]", b'{"value":[%s]}', b'{"records":[%s]}', b"[\n%s"]))
def test_lists(records: list[bytes], shape: bytes) -> None:
    check(shape % b",\n".join(records))


@QUICK
@given(st.lists(written(), min_size=1, max_size=5))
def test_objects_one_after_another(records: list[bytes]) -> None:
    check(b" ".join(records))


@QUICK
@given(
    st.lists(mutated(), min_size=1, max_size=4),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_csv(records: list[dict[str, Any]], delimiter: str, encoding: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    columns = list(dict.fromkeys(key for record in records for key in record))
    writer.writerow(columns)
    for record in records:
        cells = [record.get(column) for column in columns]
        writer.writerow([json.dumps(cell) if isinstance(cell, dict | list) else cell for cell in cells])
    check(out.getvalue().encode(encoding, errors="replace"))


@QUICK
@given(st.integers(0, len(RECORDS) - 1), st.data())
def test_csv_that_is_damaged(number: int, data: st.DataObject) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    record = RECORDS[number]
    cells = [json.dumps(cell) if isinstance(cell, dict | list) else cell for cell in record.values()]
    writer.writerows([list(record), *[cells] * 4])
    text = out.getvalue().encode()
    header = text.index(b"\n") + 1
    at = data.draw(st.integers(header, len(text)))
    noise = data.draw(st.sampled_from([b'"', b",", b"\n", b"\r\n", b"\xff", b"\x00", b'","', b'"\n"', b""]))
    check(text[:at] + noise + text[at + data.draw(st.integers(0, 40)) :])


@given(st.binary(max_size=400))
@settings(max_examples=1500)
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(st.text('[]{},:" \n0aevalu', max_size=60), st.integers(1, 9))
def test_pieces_end_and_do_not_depend_on_how_the_text_comes(text: str, size: int) -> None:
    whole = Pieces([text], is_record)
    parts = Pieces((text[at : at + size] for at in range(0, len(text), size)), is_record)

    assert list(whole) == list(parts)
    assert whole.closed == parts.closed


@st.composite
def times(draw: st.DrawFn) -> tuple[str, datetime]:
    """A time in any of the spellings of exports, and what it is in UTC."""
    utc = draw(st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31)))
    offset = timedelta(minutes=draw(st.sampled_from([0, 0, -300, 330, 60, -210, 765])))
    local = utc + offset
    digits = draw(st.integers(0, 9))
    fraction = f".{utc.microsecond:06}000"[: digits + 1] if digits else ""
    sign = "-" if offset < timedelta(0) else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    zone = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    if not offset:
        zone = draw(st.sampled_from(["Z", "+00:00", ""]))
    kept = utc.replace(microsecond=int((fraction[1:] + "000000")[:6]))
    if draw(st.booleans()):
        return f"{local:%Y-%m-%d}{draw(st.sampled_from(['T', ' ']))}{local:%H:%M:%S}{fraction}{zone}", kept
    thousandths = f".{utc.microsecond // 1000:03}" if draw(st.booleans()) else ""
    comma = "," if thousandths else draw(st.sampled_from([",", ""]))
    text = f"{utc.month}/{utc.day}/{utc.year}{comma} {utc.hour % 12 or 12}:{utc:%M:%S}{thousandths} {utc:%p}"
    return text, utc.replace(microsecond=utc.microsecond // 1000 * 1000 if thousandths else 0)


@given(st.lists(times(), min_size=1, max_size=30))
@settings(max_examples=150)
def test_times_are_utc(spelled: list[tuple[str, datetime]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        records = [
            graph_signin(sign_in(number)) | {"createdDateTime": text} for number, (text, _) in enumerate(spelled)
        ]
        path.write_text("\n".join(map(json.dumps, records)))
        found = reading(path)

    assert [row["time"] for row in found.sign_ins] == [expected for _, expected in spelled]
