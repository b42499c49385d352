"""Broken files: one bad line costs itself, and everything that is lost is told."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import orjson
import pytest
from tests.records.reading import Reading, audit, reading, rule, sign_in

from grantwatch.cli.how import how
from grantwatch.cli.hunting import run_hunt
from grantwatch.lab.records import Record, audit_row, envelope_signin, graph_audit, graph_signin, search_row, signin_row
from grantwatch.lab.writers import write_array, write_log_analytics_csv, write_ndjson, write_records, write_search_csv
from grantwatch.records.sniff import Layout, sniff
from grantwatch.records.source import Source, strictly

GOOD = [orjson.dumps(graph_signin(sign_in(number))) for number in range(6)]
BAD = {
    "garbage": b"garbage",
    "open text": b'{"id": "cut off',
    "half a record": GOOD[0][:900],
    "no closing brace": GOOD[0][:-1],
    "empty object": b"{}",
    "empty list": b"[]",
    "null": b"null",
    "text": b'"text"',
    "number": b"12",
    "zero bytes": b"\x00\x00\x00",
    "unknown": b'{"novel": 1}',
    "deep": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep and open": b'{"a":' + b"[" * 5000,
    "half a character": b"\xf0\x9f",
}


def good(kind: str) -> list[bytes]:
    """Six records of their own for each kind of fault, so that none is a copy of another."""
    first = 10 * (1 + list(BAD).index(kind))
    return [orjson.dumps(graph_signin(sign_in(first + number))) for number in range(6)]


def test_a_bad_line_costs_itself(tmp_path: Path) -> None:
    for kind, bad in BAD.items():
        first, *others = good(kind)
        (tmp_path / kind).write_bytes(b"\n".join([first, b"", bad, *others, b""]))
    found = reading(tmp_path)

    assert {name: file.records.parsed for name, file in found.files.items()} == dict.fromkeys(BAD, 6)
    assert {name: file.records.quarantined for name, file in found.files.items()} == dict.fromkeys(BAD, 1)
    assert {each.line for each in found.quarantined} == {3}, "the line as an editor counts it, blank lines and all"
    assert {row["position"] for row in found.sign_ins} == {1, 3, 4, 5, 6, 7}


def test_a_bad_first_line_costs_itself(tmp_path: Path) -> None:
    kinds = [kind for kind, bad in BAD.items() if bad.startswith(b"{")]
    for kind in kinds:
        (tmp_path / kind).write_bytes(b"\n".join([BAD[kind], *good(kind)]))
    found = reading(tmp_path)

    assert {name: file.records.parsed for name, file in found.files.items()} == dict.fromkeys(kinds, 6)
    assert {name: file.records.quarantined for name, file in found.files.items()} == dict.fromkeys(kinds, 1)


def test_one_fault_among_many_files_costs_nothing_else(tmp_path: Path) -> None:
    for number in range(5):
        write_ndjson(tmp_path / f"whole-{number}", [graph_signin(sign_in(500 + 10 * number + at)) for at in range(4)])
    (tmp_path / "faulty").write_bytes(b"\n".join([*good("garbage"), b"garbage"]))
    found = reading(tmp_path)

    assert {name: file.records.parsed for name, file in found.files.items()} == {
        "faulty": 6,
        **{f"whole-{number}": 4 for number in range(5)},
    }
    assert [(each.file, each.line) for each in found.quarantined] == [(str(tmp_path / "faulty"), 7)]


def test_several_files_are_read_strictly_only_where_no_last_line_is_cut_off(tmp_path: Path) -> None:
    """DuckDB may drop such a line without a word, where it reads several files at once."""
    line = orjson.dumps(graph_signin(sign_in(1)))
    whole, cut, packed = tmp_path / "whole", tmp_path / "cut", tmp_path / "packed"
    whole.write_bytes(line + b"\n")
    cut.write_bytes(line + b"\n" + line[:99])
    packed.write_bytes(gzip.compress(line + b"\n"))

    assert strict(whole)
    assert strict(cut)
    assert strict(packed)
    assert strict(whole, whole)
    assert not strict(whole, cut)
    assert not strict(packed, packed)


def strict(*files: Path) -> bool:
    layout = sniff(str(files[0]))
    assert isinstance(layout, Layout)
    return strictly(Source([str(file) for file in files], layout))


@pytest.mark.parametrize("shift", range(4))
def test_what_duckdb_says_of_a_fault_may_end_within_a_character(tmp_path: Path, shift: int) -> None:
    """Its message quotes the record up to a length in bytes, and then cannot be decoded."""
    odd = graph_signin(sign_in(7)) | {"status": ["x" * shift + "\u0800" * 200]}
    (tmp_path / "a").write_bytes(b"\n".join([*good("garbage"), orjson.dumps(odd)]))
    found = reading(tmp_path)

    assert found.file.records.parsed == 7


@pytest.mark.parametrize("place", [0, 3, 6])
@pytest.mark.parametrize(
    "shape", [b"[%s]", b"[\n%s\n]\n", b'{"@odata.context":"x","value":[%s],"@odata.nextLink":"y"}']
)
def test_a_bad_element_costs_itself(tmp_path: Path, place: int, shape: bytes) -> None:
    for kind, bad in BAD.items():
        elements = good(kind)
        (tmp_path / kind).write_bytes(shape % b",".join([*elements[:place], bad, *elements[place:]]))
    found = reading(tmp_path)

    parsed = {name: file.records.parsed for name, file in found.files.items()}
    assert set(parsed) == set(BAD), found.unread
    assert {name for name, count in parsed.items() if count != 6} == set()
    quarantined = {name: file.records.quarantined for name, file in found.files.items()}
    # Zero bytes and empty lists between records are nothing at all.
    assert {name for name, count in quarantined.items() if count != 1} <= {"zero bytes", "empty list"}


def test_two_records_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "array").write_bytes(b"[" + GOOD[0] + GOOD[1] + b"]")
    (tmp_path / "objects").write_bytes(GOOD[2] + GOOD[3] + b"\n" + GOOD[4] + GOOD[5])

    assert reading(tmp_path).parsed == 6


@pytest.mark.parametrize("shape", [b"%s\n%s\n%s", b"[%s,%s,%s]", b'{"value":[%s,%s,%s]}'])
def test_bytes_that_are_not_utf8_cost_no_record(tmp_path: Path, shape: bytes) -> None:
    odd = GOOD[1].replace(b"Anna Berg", b"Anna M\xfcller")
    (tmp_path / "a").write_bytes(shape % (GOOD[0], odd, GOOD[2]))

    assert reading(tmp_path / "a").parsed == 3


@pytest.mark.parametrize("end", [b"", b",", b",{", b"," + GOOD[5][:1000], b"," + GOOD[5][:-1], b" "])
@pytest.mark.parametrize("begin", [b"[", b'{"value":['])
def test_a_list_that_is_cut_off(tmp_path: Path, begin: bytes, end: bytes) -> None:
    (tmp_path / "a").write_bytes(begin + b",".join(GOOD[:5]) + end)
    found = reading(tmp_path / "a")

    assert found.parsed == 5
    (told,) = found.unread
    assert "its end may be missing" in told.seen
    assert found.sums.quarantined == (1 if b"{" in end else 0)


def test_an_object_that_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\n".join(GOOD[:3]) + b"\n" + GOOD[3][:700])
    found = reading(tmp_path / "a")

    assert (found.parsed, found.sums.quarantined) == (3, 1)
    assert found.quarantined[0].line == 4
    assert "not valid JSON" in found.quarantined[0].reason


@pytest.mark.parametrize("write", [write_ndjson, write_array, write_records], ids=lambda write: write.__name__)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_gzip_that_breaks_off(tmp_path: Path, write: object, share: float) -> None:
    records = [graph_signin(sign_in(number)) for number in range(400)]
    data = write(tmp_path / "whole", records).read_bytes()  # type: ignore[operator]
    packed = gzip.compress(data, mtime=0)
    packed = packed[: int(len(packed) * share)]
    (tmp_path / "cut").write_bytes(packed)
    # What can be had of it, by the library itself.
    length = len(zlib.decompressobj(31).decompress(packed))
    found = reading(tmp_path / "cut")

    expected = sum(data[:length].count(b'{"id":"' + each["id"].encode()) for each in records)
    assert expected - 2 <= found.parsed <= expected
    assert any("gzip data breaks off" in each.seen for each in found.unread)
    assert found.file.records.read > 50


def test_gzip_with_something_after_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(b"\n".join(GOOD)) + b"more")
    found = reading(tmp_path / "a")

    assert found.parsed == 6
    assert "gzip data" in found.unread[0].seen


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"".join(gzip.compress(line + b"\n") for line in GOOD))

    assert reading(tmp_path / "a").parsed == 6


def hunted(path: Path) -> int:
    return run_hunt([str(path)], "table", None, None, False, how("600MB"))


def rows(number: int, **changes: object) -> list[Record]:
    return [signin_row(sign_in(each)) | changes for each in range(number)]


def line_of(path: Path, text: bytes) -> int:
    """The line of a file that begins with the text, as an editor counts it."""
    data = path.read_bytes()
    return data[: data.index(b"\n" + text)].count(b"\n") + 2


def csv_with(tmp_path: Path, *lines: bytes, count: int = 4) -> Reading:
    """A portal CSV of `count` sign-ins with these lines after the second."""
    path = write_log_analytics_csv(tmp_path / "a.csv", rows(count))
    good = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*good[:3], *lines, *good[3:]]))
    return reading(path)


def test_a_csv_row_with_too_many_cells(tmp_path: Path) -> None:
    row = write_log_analytics_csv(tmp_path / "b.csv", rows(9)).read_bytes().split(b"\r\n")[9]
    found = csv_with(tmp_path, row + b",one,more")

    assert found.parsed == 4
    (lost,) = found.quarantined
    assert lost.line == line_of(tmp_path / "a.csv", row)
    assert "cells where the header has" in lost.reason


def test_a_csv_row_without_its_empty_end(tmp_path: Path) -> None:
    path = write_log_analytics_csv(tmp_path / "a.csv", [row | {"Zuletzt": None} for row in rows(3)])
    lines = path.read_bytes().split(b"\r\n")
    lines[2] = lines[2].removesuffix(b",")
    path.write_bytes(b"\r\n".join(lines))

    assert reading(path).parsed == 3


def test_a_csv_row_that_is_cut_off(tmp_path: Path) -> None:
    found = csv_with(tmp_path, b"Azure AD,Sign-in activity")

    assert (found.parsed, found.sums.quarantined) == (4, 1)


@pytest.mark.parametrize("count", [4, 40])
def test_a_csv_quote_that_is_never_closed(tmp_path: Path, count: int) -> None:
    found = csv_with(tmp_path, b'Azure AD,"Sign-in activity,1', count=count)

    assert found.parsed == count
    assert found.sums.quarantined == 1
    assert found.quarantined[0].line == line_of(tmp_path / "a.csv", b'Azure AD,"Sign-in')


def test_a_csv_quote_that_is_closed_in_a_later_row(tmp_path: Path) -> None:
    found = csv_with(tmp_path, b'Azure AD,"Sign-in activity,1', b'Azure AD,Sign-in" activity,1')

    assert found.parsed == 4
    assert found.sums.quarantined == 2


def test_csv_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = write_log_analytics_csv(
        tmp_path / "a.csv", rows(3, UserDisplayName="M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller")
    )
    path.write_bytes(path.read_bytes().decode("utf-8-sig").encode("cp1252"))

    assert reading(path).parsed == 3


@pytest.mark.parametrize("size", [0, 300_000])
def test_csv_text_that_is_not_utf8_where_nobody_looks(tmp_path: Path, size: int) -> None:
    """DuckDB only checks the columns that it is asked for."""
    path = write_search_csv(tmp_path / "a", [search_row(rule(number)) for number in range(6)])
    header, *lines = path.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b"outlook.office365.com", b"x" * size, 1)
    # A cell is gone, so that no form claims the row and all of it is looked at.
    _, _, rest = lines[3].partition(b",")
    path.write_bytes(b"\r\n".join([header, *lines[:3], b"\xff" + rest, *lines[4:]]))
    found = reading(path)

    assert found.file.records.parsed == 5
    assert found.file.records.quarantined == 1


def test_csv_line_ends_of_both_kinds(tmp_path: Path) -> None:
    path = write_log_analytics_csv(tmp_path / "a.csv", rows(5))
    first, second, *others = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\n".join([first, second, b"\r\n".join(others)]))

    assert reading(path).parsed == 5


def test_csv_cells_over_lines_and_blank_lines_between(tmp_path: Path) -> None:
    found = csv_with(tmp_path, b"", b"", count=4)
    path = write_log_analytics_csv(tmp_path / "b.csv", rows(4, AuthenticationDetails='[\r\n  "a",\n\n  ""b""\r\n]'))

    assert found.parsed == reading(path).parsed == 4


def test_a_csv_cell_of_many_megabytes(tmp_path: Path) -> None:
    path = write_log_analytics_csv(
        tmp_path / "a.csv", [*rows(2), signin_row(sign_in(7)) | {"UserAgent": "x" * (6 << 20)}]
    )

    assert reading(path).parsed == 3


def test_a_csv_header_that_says_a_name_twice(tmp_path: Path) -> None:
    path = write_log_analytics_csv(tmp_path / "a.csv", rows(2))
    lines = path.read_bytes().removesuffix(b"\r\n").split(b"\r\n")
    path.write_bytes(b"\r\n".join([lines[0] + b",UserAgent,UserAgent", *(line + b",," for line in lines[1:])]))
    found = reading(path)

    assert [row["user_agent"] for row in found.sign_ins] == [sign_in(0).user_agent] * 2


def test_audit_data_that_a_spreadsheet_cut_off(tmp_path: Path) -> None:
    records = [search_row(rule(number)) for number in range(3)]
    records[1]["AuditData"] = records[1]["AuditData"][:200].ljust(32767, "x")
    records[2]["AuditData"] = ""
    found = reading(write_search_csv(tmp_path / "s.csv", records))

    assert (found.parsed, found.sums.quarantined) == (1, 2)
    assert found.reasons[0] == "AuditData is not valid JSON, cut off at the size of a spreadsheet cell"


def test_utf16_csv_with_a_bad_row(tmp_path: Path) -> None:
    path = write_log_analytics_csv(tmp_path / "a.csv", rows(3))
    text = path.read_bytes().decode("utf-8-sig")
    path.write_bytes((text + "too,few\r\n").encode("utf-16"))
    found = reading(path)

    assert (found.parsed, found.sums.quarantined) == (3, 1)


def test_quarantine_lists_a_thousand_and_counts_all(tmp_path: Path) -> None:
    lines = [b'{"broken": %d' % number for number in range(1500)]
    (tmp_path / "a").write_bytes(b"\n".join([*GOOD, *lines, orjson.dumps(graph_audit(audit(0)))]))
    write_log_analytics_csv(tmp_path / "b.csv", [signin_row(sign_in(8)), signin_row(sign_in(9))])
    with (tmp_path / "b.csv").open("ab") as out:
        out.write(b'a,"b"x\r\n' * 1500)
    found = reading(tmp_path)

    assert found.parsed == 6 + 1 + 2, "a form is found even after more bad lines than are listed"
    assert found.sums.quarantined == 3000
    assert len(found.quarantined) == 2000


def test_reasons_are_of_use(tmp_path: Path) -> None:
    lines = [b"{oops", b"[1]", b'{"novel":1,"other":2}', b"{}", b'{"novel":"\xff"}']
    (tmp_path / "a").write_bytes(b"\n".join([GOOD[0], *lines]))
    found = reading(tmp_path / "a")

    assert found.reasons == [
        "not valid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        "not an object but a list",
        "no known form has these keys: novel, other",
        "a record without content",
        "holds bytes that are not UTF-8",
    ]
    assert found.quarantined[0].excerpt == "{oops"


def test_a_bad_line_between_pages_is_shown(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a", [envelope_signin(sign_in(number)) for number in range(4)], per_line=2)
    first, second = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([first, b'{"records":[{"cut', second]))
    found = reading(path)

    assert found.parsed == 4
    assert (found.quarantined[0].line, found.quarantined[0].excerpt) == (3, '{"cut'), "its place among the records"


@pytest.mark.parametrize(
    "text",
    ['{"value":{"id":1}}', '{"value":5}', '{"value":null}', '{"value":[1,"x",null,[]]}', '{"value":[{"value":[]}]}'],
)
def test_pages_that_hold_something_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text(text)
    (tmp_path / "b").write_bytes(write_records(tmp_path / "c", [graph_signin(sign_in(0))]).read_bytes() + text.encode())
    found = reading(tmp_path / "a", tmp_path / "b")

    assert found.parsed == 1


def test_pages_in_lines_with_single_records_between(tmp_path: Path) -> None:
    page = write_records(tmp_path / "page", [envelope_signin(sign_in(0)), envelope_signin(sign_in(1))]).read_bytes()
    odd = b'{"records":[1,2,3]}'
    single = orjson.dumps(envelope_signin(sign_in(2)))
    (tmp_path / "page").write_bytes(b"\n".join([page, single, odd, b'{"records":[]}', b'{"records":7}', GOOD[4]]))
    found = reading(tmp_path / "page")

    assert found.parsed == 4
    assert len(found.ids) == 4


def test_a_record_with_a_list_of_texts_is_no_page(tmp_path: Path) -> None:
    odd = b'{"preview": false, "value": ["a", "b"]}'
    (tmp_path / "lines").write_bytes(b"\n".join([odd, *GOOD[:3], b'{"preview": false, "value": []}']))
    found = reading(tmp_path)

    assert (found.parsed, found.sums.read) == (3, found.parsed + found.sums.quarantined)
    assert found.quarantined[0].line == 1


@pytest.mark.parametrize("listed", ["[]", "[null]", "[[]]", '[1, "a"]'])
def test_an_outer_record_with_an_odd_list_is_no_page(tmp_path: Path, listed: str) -> None:
    known = [orjson.dumps({"result": {"_raw": line.decode()}}) for line in GOOD[:2]]
    odd = b'{"result": {"_raw": "{}"}, "records": %s}' % listed.encode()
    (tmp_path / "splunk").write_bytes(b"\n".join([odd, *known, odd]))
    found = reading(tmp_path)

    assert (found.sums.read, found.parsed, found.sums.quarantined) == (4, 2, 2)


@pytest.mark.parametrize(
    "content", ['{"value":[]}', '{"@odata.context":"x","value": [ ]}\n', "[]", '{"records":[]}\n' * 3, "[ \n]"]
)
def test_an_empty_export_was_read(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text(content)
    found = reading(tmp_path / "a.json")

    assert found.file.records.read == 0
    assert found.file.form == ""
    assert "empty" in found.file.form_title
    assert hunted(tmp_path / "a.json") == 0
    assert "Not assessed" in capsys.readouterr().out


def test_a_header_without_rows_was_read(tmp_path: Path) -> None:
    path = write_log_analytics_csv(tmp_path / "a.csv", rows(1))
    path.write_bytes(path.read_bytes().split(b"\r\n")[0])
    found = reading(path)

    assert (found.file.records.read, found.file.form_title) == (0, "a header without rows")
    assert hunted(path) == 0


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"", "an empty file"),
        (b" \r\n\t\n", "an empty file"),
        (b"\xef\xbb\xbf", "an empty file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML page"),
        (b"\n\n<HTML>", "HTML page"),
        (b"<?xml version='1.0'?><a/>", "XML document"),
        (b"%PDF-1.7\n%\xe2", "PDF"),
        (b"PK\x03\x04....", "zip archive"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"PAR1....", "Parquet"),
        (b"\x28\xb5\x2f\xfd....", "Zstandard"),
        (b"a" * 257 + b"ustar\x00", "tar archive"),
        (b"\x00\x01\x02\x03", "binary data"),
        (b"just some words", "neither JSON nor CSV"),
        (b"a,b,c\n1,2,3\n", "CSV of an unknown form (columns: a, b, c)"),
        (b'{"a":1,"b":2}', "JSON of an unknown form (keys: a, b)"),
        (b'[{"a":1}]', "JSON of an unknown form (keys: a)"),
        (b"[1,2,3]", "JSON that holds no objects"),
        (b"{broken", "JSON that is broken from its start"),
        (b"[[[[", "broken from its start"),
        (b"{" * 3000, "broken from its start"),
        (gzip.compress(b"hello", mtime=0), "neither JSON nor CSV"),
        (gzip.compress(b"x", mtime=0)[:10], "gzip file that cannot be unpacked"),
        (b"\x1f\x8b", "gzip file that cannot be unpacked"),
        (b"\x1f\x8bnot gzip at all", "gzip file that cannot be unpacked"),
    ],
)
def test_a_file_that_is_no_log_is_named(tmp_path: Path, content: bytes, seen: str) -> None:
    (tmp_path / "signins.json").write_bytes(content)
    found = reading(tmp_path / "signins.json")

    (unread,) = found.unread
    assert seen in unread.seen
    assert found.files == {}


def test_what_is_accepted_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a":1}')
    (unread,) = reading(tmp_path / "a.json").unread

    for named in (
        "Graph auditLogs/signIns",
        "diagnostic settings",
        "SigninLogs",
        "AuditData",
        "OfficeActivity",
        "gzip",
    ):
        assert named in unread.hint


def test_logs_that_begin_late_in_a_file_of_other_things(tmp_path: Path) -> None:
    filler = [{"novel": "x" * 2000, "number": number} for number in range(400)]
    write_ndjson(tmp_path / "a", [*filler, graph_signin(sign_in(0)), audit_row(audit(0))])
    write_array(tmp_path / "b", [*filler, graph_signin(sign_in(1))])
    write_array(tmp_path / "c", filler)
    found = reading(tmp_path)

    assert found.parsed == 3
    assert found.files["a"].form == "graph_signin, la_audit"
    assert found.sums.quarantined == 800
    assert [Path(each.file).name for each in found.unread] == ["c"]


def test_a_first_record_of_many_megabytes(tmp_path: Path) -> None:
    large = graph_signin(sign_in(0)) | {"appliedConditionalAccessPolicies": [{"displayName": "x" * 500}] * 1500}
    records = [large, *(graph_signin(sign_in(number)) for number in range(1, 4))]
    write_ndjson(tmp_path / "lines", records)
    write_array(tmp_path / "array", records)
    write_array(tmp_path / "pretty", records, pretty=True)
    write_records(tmp_path / "page", records)

    assert {name: file.records.read for name, file in reading(tmp_path).files.items()} == {
        "lines": 4,
        "array": 4,
        "pretty": 4,
        "page": 4,
    }


@pytest.mark.parametrize("size", [17 << 20, 70 << 20])
def test_a_record_that_is_far_too_long(tmp_path: Path, size: int) -> None:
    huge = b'{"createdDateTime":"2026-03-02T08:00:00Z","appId":"x","novel":"' + b"x" * size + b'"}'
    (tmp_path / "a").write_bytes(b"\n".join([GOOD[0], huge, GOOD[1]]))
    found = reading(tmp_path / "a")

    if size < 64 << 20:
        assert found.parsed == 3
    else:
        assert found.parsed == 2
        assert found.reasons == ["a record of more than 16 million characters"]
        assert found.quarantined[0].line == 2
