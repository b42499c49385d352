"""Names, links, folders and mixtures: which file a record is in must not matter."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from tests.records.reading import Reading, audit, reading, rule, sign_in

from grantwatch.errors import InputError
from grantwatch.lab import Event
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
from grantwatch.lab.writers import (
    write_array,
    write_log_analytics_csv,
    write_ndjson,
    write_pages,
    write_records,
    write_search_csv,
)
from grantwatch.pipeline import hunt
from grantwatch.records.discover import discover
from grantwatch.records.load import read
from grantwatch.records.raw import texts
from grantwatch.records.sniff import Sniffer, sniff

NAMES = [
    'we\'ird "quoted" name.json',
    "new\nline.json",
    "~tilde.json",
    "a*b?.json",
    "[x].json",
    "{a,b}.json",
    "%41.json",
    "http:x.json",
    "-n.json",
    "back\\slash.json",
    "\N{SNOWMAN}.json",
    "csv.parquet",
    "plain.json.gz",
    "$HOME.json",
    "; DROP TABLE sign_in; --.json",
    "noend",
]


@pytest.mark.parametrize(
    "write", [write_ndjson, write_array, write_log_analytics_csv], ids=lambda write: write.__name__
)
def test_any_name_can_be_read(tmp_path: Path, write: object) -> None:
    for number, name in enumerate(NAMES):
        data = write(tmp_path / "made.tmp", [signin_row(sign_in(number))]).read_bytes()  # type: ignore[operator]
        (tmp_path / name).write_bytes(data)
    (tmp_path / "made.tmp").unlink()
    found = reading(tmp_path)

    assert {name: file.records.parsed for name, file in found.files.items()} == dict.fromkeys(NAMES, 1)
    assert reading(*(tmp_path / name for name in NAMES)).ids == found.ids


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.json"
    Path(os.fsdecode(name)).write_bytes(write_ndjson(tmp_path / "a", [graph_signin(sign_in(0))]).read_bytes())
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_bytes(b"%PDF")
    (tmp_path / "a").unlink()
    found = reading(tmp_path)

    assert list(found.files) == ["caf\\xe9.json"]
    assert found.unread[0].file.endswith("\\xff.txt")
    assert hunt([tmp_path], raw=True).records.parsed == 1


def test_folders_as_storage_accounts_lay_them_out(tmp_path: Path) -> None:
    for hour in range(3):
        folder = tmp_path / "resourceId=" / "tenants" / "category=Other" / f"y=2026/m=03/d=02/h={hour:02}/m=00"
        folder.mkdir(parents=True)
        write_ndjson(folder / "PT1H.json", [envelope_signin(sign_in(hour)), envelope_audit(audit(hour))])
        write_log_analytics_csv(folder / "UserId=x.csv", [signin_row(sign_in(hour + 10))])
    found = reading(tmp_path)

    assert found.parsed == 9
    assert {row["user_id"] for row in found.sign_ins} == {sign_in(0).user.id}
    assert {row["upn"] for row in found.sign_ins} == {sign_in(0).user.upn}


def test_links_folders_and_what_is_no_file(tmp_path: Path) -> None:
    real = write_ndjson(tmp_path / "real.json", [graph_signin(sign_in(0))])
    (tmp_path / "twice.json").symlink_to(real)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    write_ndjson(tmp_path / "folder.json" / "in.json", [graph_signin(sign_in(1))])
    (tmp_path / ".hidden").write_text("{}")
    (tmp_path / "empty").mkdir()
    found = reading(tmp_path)

    assert found.parsed == 2
    assert set(found.files) == {"real.json", "in.json"}
    seen = {Path(each.file).name: each.seen for each in found.unread}
    assert seen["loop"] == "a link to a folder"
    assert "cannot be opened" in seen["ring"]
    assert seen["gone.json"] == "a link to something that is not there"
    assert seen["pipe.json"] == "not a regular file"
    assert seen[tmp_path.name] == "1 hidden entries"


def test_globs(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    write_ndjson(tmp_path / "a.json", [graph_signin(sign_in(0))])
    write_ndjson(tmp_path / "deep" / "b.json", [graph_signin(sign_in(1))])
    write_ndjson(tmp_path / "deep" / "er" / "c.json", [graph_signin(sign_in(2))])
    os.mkfifo(tmp_path / "pipe.json")

    assert reading(tmp_path / "*.json").parsed == 1
    assert reading(tmp_path / "**" / "*.json").parsed == 3
    assert reading(tmp_path / "d*").parsed == 2
    assert reading(tmp_path, tmp_path / "*.json", tmp_path / "a.json").parsed == 3


@pytest.mark.parametrize("name", ["", "nowhere/at/all.json", "signins.jsn", "*.nothing"])
def test_what_is_not_there_is_named(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ndjson(tmp_path / "signins.json", [graph_signin(sign_in(0))])
    files, unread, _ = discover([name])

    assert files == []
    assert unread[0].seen == "no such file or folder"
    assert ("signins.json" in unread[0].hint) == (name == "signins.jsn")
    with pytest.raises(InputError, match="no such file"):
        hunt([name])


def test_a_file_that_goes_away_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        write_ndjson(tmp_path / f"{number}.json", [graph_signin(sign_in(number))])

    def sniff_and_remove(name: str) -> object:
        layout = sniff(name)
        if name.endswith("1.json"):
            Path(name).unlink()
        return layout

    monkeypatch.setattr(Sniffer, "sniff", lambda _, name, *_head: sniff_and_remove(name))
    found = reading(tmp_path)

    assert found.parsed == 2
    assert "No such file" in found.unread[0].seen


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    record = write_ndjson(tmp_path / "plain.json.gz", []).with_name("a")
    (tmp_path / "plain.json.gz").write_bytes(write_ndjson(record, [graph_signin(sign_in(0))]).read_bytes())
    (tmp_path / "packed.json").write_bytes(gzip.compress(write_array(record, [graph_signin(sign_in(1))]).read_bytes()))
    rows = write_log_analytics_csv(record, [signin_row(sign_in(2))]).read_bytes()
    (tmp_path / "packed.csv").write_bytes(gzip.compress(rows))
    page = write_pages(tmp_path / "page", [graph_signin(sign_in(3))], context="x")[0]
    page.write_bytes(gzip.compress(page.read_bytes()))
    record.unlink()

    assert reading(tmp_path).parsed == 4


def test_the_form_is_told_by_content_never_by_name(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "AuditLogs.csv", [graph_signin(sign_in(0))])
    (tmp_path / "SigninLogs.json").write_bytes(
        write_log_analytics_csv(tmp_path / "x", [signin_row(sign_in(1))]).read_bytes()
    )
    (tmp_path / "x").unlink()
    found = reading(tmp_path)

    assert {name: file.form for name, file in found.files.items()} == {
        "AuditLogs.csv": "graph_signin",
        "SigninLogs.json": "la_signin",
    }


@pytest.mark.parametrize("write", [write_ndjson, write_array, write_records], ids=lambda write: write.__name__)
def test_all_forms_in_one_file(tmp_path: Path, write: object) -> None:
    records = [
        graph_signin(sign_in(0)),
        graph_audit(audit(0)),
        envelope_signin(sign_in(1)),
        envelope_audit(audit(1)),
        envelope_audit(audit(2)) | {"category": "ProvisioningLogs"},
        signin_row(sign_in(3)),
        audit_row(audit(3)),
        office_row(rule(0)),
        ual_record(sign_in(4)),
        ual_record(rule(1)),
    ]
    records = records[::2] + records[::-2]
    found = reading(write(tmp_path / "all", records))  # type: ignore[operator]

    assert found.parsed == 9
    assert found.sums.ignored_by == {"log category not used (ProvisioningLogs)": 1}
    assert len(found.file.form.split(", ")) == 9


def test_a_form_that_the_sample_does_not_show(tmp_path: Path) -> None:
    first = [graph_signin(sign_in(number)) for number in range(300)]
    later = [graph_audit(audit(number)) for number in range(40)] + [ual_record(sign_in(1000))]
    write_ndjson(tmp_path / "lines", [*first, *later])
    write_array(tmp_path / "array", [*later[:-1], *(signin_row(sign_in(2000 + number)) for number in range(300))])
    found = reading(tmp_path)

    assert found.files["lines"].records.parsed + found.files["array"].records.parsed == 300 + 40 + 1 + 300
    assert found.sums.ignored_by == {"duplicate": 40}
    assert found.files["lines"].form == "ual_logon, graph_signin, graph_audit"


def test_positions_lead_back_to_the_record(tmp_path: Path) -> None:
    events = [sign_in(number, protocol="deviceCode") for number in range(30)]
    records = [graph_signin(event) for event in events]
    write_ndjson(tmp_path / "lines", records[:6])
    write_array(tmp_path / "array", records[6:12], pretty=True)
    write_pages(tmp_path / "page", records[12:18], context="x")
    write_log_analytics_csv(tmp_path / "rows.csv", [signin_row(event) for event in events[18:24]])
    broken = write_array(tmp_path / "broken", records[24:])
    broken.write_bytes(broken.read_bytes().replace(b'{"id":"' + records[26]["id"].encode(), b'{"id:"'))
    with read([tmp_path]) as kept:
        placed = kept.con.execute(
            "SELECT p.path, t.row_id - p.first_row + 1, t.request_id FROM kept_sign_in AS t "
            "JOIN pass_form AS p USING (pass_id, file_id)"
        ).fetchall()
        files = {file.path: file for file in kept.files}
        for path, position, request_id in placed:
            assert request_id in texts(kept.con, files[path], [position])[position].text
        assert len(placed) == 29


def overlapping(folder: Path) -> None:
    """One tenant exported over and over: by Graph twice, by an envelope, by Log Analytics; and odd twins."""
    events = [sign_in(number) for number in range(8)]
    write_ndjson(folder / "beta.json", [graph_signin(event) for event in events[:5]])
    write_pages(folder / "again.json", [graph_signin(event) for event in events[2:7]], context="x")
    write_array(folder / "v1.json", [graph_signin_v1(event) for event in events[:4]])
    write_ndjson(folder / "envelope.json", [envelope_signin(event) for event in events])
    write_log_analytics_csv(folder / "la.csv", [signin_row(event) for event in events])
    write_ndjson(folder / "audits.json", [graph_audit(audit(number)) for number in range(3)])
    write_records(folder / "audits-too.json", [envelope_audit(audit(number)) for number in range(4)])
    write_ndjson(folder / "audit-rows.json", [audit_row(audit(number)) for number in range(4)])
    # Twins: two events under one id.
    twin = sign_in(3, time=sign_in(3).time + timedelta(hours=1))
    write_ndjson(folder / "twins.json", [graph_signin(twin), graph_signin(twin)])


def kept(found: Reading) -> list[tuple[object, ...]]:
    rows = [(row["request_id"], row["time"], Path(row["file"]).name) for row in found.sign_ins]
    return sorted([*rows, *((row["record_id"], row["time"], Path(row["file"]).name) for row in found.activities)])


def test_copies_are_left_out_and_twins_are_kept(tmp_path: Path) -> None:
    overlapping(tmp_path)
    found = reading(tmp_path)

    assert (len(found.sign_ins), len(found.activities)) == (8 + 1, 4)
    assert found.sums.ignored_by == {"duplicate": found.sums.read - 13}
    assert found.files["v1.json"].records.parsed == 0, "a feed without the protocol fields gives way to any other"
    assert found.files["beta.json"].records.parsed + found.files["again.json"].records.parsed == 7


def test_which_copy_is_kept_depends_neither_on_order_nor_on_place(tmp_path: Path) -> None:
    places = [tmp_path / "a", tmp_path / "zz" / "deeper"]
    for place in places:
        place.mkdir(parents=True)
        overlapping(place)
    first = reading(places[0])
    names = sorted(place.name for place in places[0].iterdir())
    for order in list(permutations(names))[:: len(list(permutations(names))) // 3]:
        assert kept(reading(*(places[0] / name for name in order))) == kept(first)

    assert kept(reading(places[1])) == kept(first)
    both = reading(*places)
    assert len(both.sign_ins) == len(first.sign_ins)
    assert both.ids == first.ids


def test_a_feed_without_protocol_does_not_win_over_one_with(tmp_path: Path) -> None:
    event = sign_in(0, protocol="deviceCode", transfer="deviceCodeFlow")
    write_ndjson(tmp_path / "a-v1.json", [graph_signin_v1(event)])
    write_ndjson(tmp_path / "b-envelope.json", [envelope_signin(event)])
    found = reading(tmp_path)

    (row,) = found.sign_ins
    assert (row["marked"], row["protocol"]) == (True, "devicecode")


def test_records_without_an_id(tmp_path: Path) -> None:
    def nameless(number: int, id: str | None) -> dict[str, object]:
        return graph_signin(sign_in(number)) | {"id": id}

    other = nameless(0, "") | {"userId": "another", "userPrincipalName": "other@fabrikam.example"}
    write_ndjson(tmp_path / "a", [nameless(0, ""), nameless(0, ""), nameless(1, None), nameless(1, None), other])
    write_ndjson(
        tmp_path / "b", [signin_row(sign_in(0)) | {"Id": "", "UserId": "third", "UserPrincipalName": "t@x.example"}]
    )
    found = reading(tmp_path)

    assert found.sums.ignored_by == {"duplicate": 2}
    assert found.parsed == 4


def test_unified_audit_log_does_not_stand_in_for_sign_in_logs(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(0))])
    write_ndjson(tmp_path / "b", [ual_record(sign_in(0))])

    assert reading(tmp_path).parsed == 2


def test_search_rows_and_activity_api_are_copies(tmp_path: Path) -> None:
    events: list[Event] = [sign_in(0), rule(0), audit(0)]
    write_array(tmp_path / "api.json", [ual_record(event) for event in events])
    write_search_csv(tmp_path / "search.csv", [search_row(event) for event in events])
    found = reading(tmp_path)

    assert found.parsed == 3
    assert found.sums.ignored_by == {"duplicate": 3}


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for temporary files, which must be empty in the end."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


def test_nothing_is_left_behind(tmp_path: Path, scratch: Path) -> None:
    path = write_array(tmp_path / "a.json", [graph_signin(sign_in(0))])
    path.write_bytes(path.read_bytes()[:-1])
    with read([path]) as records:
        assert any(scratch.iterdir())
        assert records.workspace.stat().st_mode & 0o077 == 0, "copies of logs are for nobody else"


def test_nothing_is_left_behind_after_an_error(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_ndjson(tmp_path / "a.json", [graph_signin(sign_in(0))])

    def stop(_step: str, _share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read([path], progress=stop)
    with pytest.raises(Exception, match="Memory"):
        read([path], memory="much")
    with pytest.raises(InputError):
        hunt([tmp_path / "nowhere"])
