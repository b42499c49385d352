"""What is left in the records at first: asked for later, it is what it would have been at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.grants.scene import AT, BROWSER, HOME, RENTED, TOOL, login
from tests.profile.test_profiles import day
from tests.records.reading import ANNA, sign_in

from grantwatch.lab import Seat
from grantwatch.lab.events import Machine
from grantwatch.lab.records import graph_signin
from grantwatch.lab.writers import write_array, write_ndjson
from grantwatch.pipeline import hunt
from grantwatch.records import late, loader
from grantwatch.records.forms import FORMS
from grantwatch.records.late import fill
from grantwatch.records.late import lost as lost_of
from grantwatch.records.load import read
from grantwatch.report.document import document

Rests = list[tuple[int, Any]]


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "_LATE", 0)


def records(count: int, *, refused: int = 7, **changes: Any) -> list[dict[str, Any]]:
    """Sign-ins of which each so many was refused, with what only few rows need."""
    events = (sign_in(n, error_code=50126 if n % refused == 0 else 0) for n in range(count))
    return [
        graph_signin(event) | {"appliedConditionalAccessPolicies": [{"displayName": f"Policy {n}"}]} | changes
        for n, event in enumerate(events)
    ]


def odd(
    paths: list[Path], between: Callable[[], object] = lambda: None, *, whole: bool = False, late: bool = False
) -> tuple[Rests, Rests, int]:
    """What is known of refused rows before and after it was asked for, and of how many it could not be had."""
    with read(paths, whole=whole, late=late) as found:
        con = found.con
        con.execute("CREATE TEMP TABLE odd_row AS SELECT * FROM kept_sign_in WHERE odd")
        between()
        before = con.execute("SELECT row_id, CAST(told_of(rest) AS VARCHAR) FROM odd_row ORDER BY row_id").fetchall()
        fill(con, "odd_row")
        after = con.execute("SELECT row_id, CAST(rest AS VARCHAR) FROM told ORDER BY row_id").fetchall()
        return before, after, sum(count for _, count in lost_of(con))


def full(paths: list[Path]) -> Rests:
    return odd(paths)[1]


def test_it_is_left_and_then_read(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "logs.json", records(50))
    before, after, lost = odd([path], late=True)
    assert len(after) == 8
    assert after == full([path])
    assert not lost
    assert all("Policy" not in rest for _, rest in before), "left where it was"
    assert all("Policy" in rest for _, rest in after)


@settings(max_examples=40)
@given(
    sizes=st.lists(st.sampled_from([0, 10, 3_000, 40_000, 300_000]), min_size=1, max_size=25),
    ends=st.booleans(),
    returns=st.booleans(),
)
def test_records_of_any_length(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], ends: bool, returns: bool
) -> None:
    end = b"\r\n" if returns else b"\n"
    lines = [orjson.dumps(r | {"more": "x" * size}) for r, size in zip(records(len(sizes)), sizes, strict=True)]
    path = tmp_path_factory.mktemp("late") / "logs.json"
    path.write_bytes(end.join(lines) + (end if ends else b""))
    _, after, lost = odd([path], late=True)
    assert after == full([path])
    assert not lost


def test_many_files_at_once(tmp_path: Path) -> None:
    rows = records(60)
    paths = [write_ndjson(tmp_path / f"{n}.json", rows[n * 3 : n * 3 + 3]) for n in range(20)]
    before, after, lost = odd(paths, late=True)
    assert after == full(paths)
    assert before != after
    assert not lost


def test_an_id_that_other_records_name(tmp_path: Path) -> None:
    rows = records(30)
    for row in rows[1:]:
        row["originalRequestId"] = rows[14]["id"]
    path = write_ndjson(tmp_path / "logs.json", rows)
    assert odd([path], late=True)[1] == full([path])


def test_records_without_an_id(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "logs.json", records(30, id=""))
    before, after, lost = odd([path], late=True)
    assert after == full([path])
    assert before != after
    assert not lost


def test_an_id_in_another_spelling_than_its_bytes(tmp_path: Path) -> None:
    rows = [orjson.dumps(row) for row in records(30)]
    escaped = rows[7].replace(b'"id":"', b'"id":"\\u0061')
    path = tmp_path / "logs.json"
    path.write_bytes(b"\n".join([*rows[:7], escaped, *rows[8:]]))
    _, after, lost = odd([path], late=True)
    assert after == full([path])
    assert not lost


def test_two_events_under_one_id(tmp_path: Path) -> None:
    rows = records(30)
    rows[21] |= {"id": rows[14]["id"]}
    path = write_ndjson(tmp_path / "logs.json", rows)
    assert odd([path], late=True)[1] == full([path])


def test_many_records_under_one_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has an address of its own, and most lie farther from their place than lines that also bear the id."""
    monkeypatch.setattr(late, "_BATCH", 3)
    rows = records(60, refused=2, id="one-id")
    for number, row in enumerate(rows):
        row |= {"ipAddress": f"192.0.2.{number}", "more": "x" * (20_000 if number % 5 == 0 else 10)}
    path = write_ndjson(tmp_path / "logs.json", rows)
    _, after, lost = odd([path], late=True)
    assert after == full([path])
    assert not lost


def test_an_odd_value_where_nobody_looked_at_first(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "logs.json", records(30, tokenProtectionStatusDetails="unbound", riskState=7))
    before, after, lost = odd([path], late=True)
    assert len(after) == len(full([path]))
    assert all("'risk_state': 7" in rest for _, rest in after)
    assert before != after
    assert not lost


def test_a_file_that_grows_meanwhile(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "logs.json", records(30))
    expected = full([path])

    def grow() -> None:
        with path.open("ab") as out:
            out.write(b"".join(orjson.dumps(row) + b"\n" for row in records(3000)[30:]))

    _, after, lost = odd([path], grow, late=True)
    assert after == expected
    assert not lost


@pytest.mark.parametrize("end", ["gone", "other", "empty"])
def test_what_is_no_longer_there_is_told(tmp_path: Path, end: str) -> None:
    path = write_ndjson(tmp_path / "logs.json", records(30))
    ends: dict[str, Callable[[], object]] = {
        "gone": path.unlink,
        "other": lambda: path.write_bytes(b'{"id":"other"}\n' * 5000),
        "empty": lambda: os.truncate(path, 0),
    }
    before, after, lost = odd([path], ends[end], late=True)
    assert lost == 5
    assert after == before, "what every row keeps is there"


def test_hunting_a_file_that_goes_away(tmp_path: Path, examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copied(examples, tmp_path)
    filled = late.fill

    def gone(*arguments: Any) -> None:
        path.unlink(missing_ok=True)
        filled(*arguments)

    monkeypatch.setattr(late, "fill", gone)
    found = hunt([path])
    told = [said for said in found.coverage.blind if str(path) in said]
    assert len(told) == 1
    assert "went away" in told[0]
    assert found.grants, "what every row keeps tells that there are grants"


def test_a_hunt_is_the_same(tmp_path: Path, examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copied(examples, tmp_path)
    then = document(hunt([path]))
    monkeypatch.setattr(late, "pays", lambda *_: False)
    monkeypatch.setattr(loader, "pays", lambda *_: False)
    assert document(hunt([path])) == then


def test_how_far_away_the_user_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coordinates are left in the records as well, and read for sights in other networks than those of the grant."""
    porto, oslo = replace(HOME, latitude=41.2, longitude=-8.6), replace(RENTED, latitude=59.9, longitude=10.7)
    home, rented = Seat(porto, BROWSER.user_agent, Machine()), Seat(oslo, TOOL.user_agent, Machine())
    near = [day(AT + timedelta(minutes=minutes), seat=home)[0] for minutes in (-30, 20)]
    events = [*day(AT - timedelta(days=3)), *near, *login(approver=home, redeemer=rented)]
    path = write_ndjson(tmp_path / "logs.json", map(graph_signin, sorted(events, key=lambda each: each.time)))

    def concurrent() -> list[str]:
        (judged,) = hunt([path]).grants
        return [each.summary for each in judged.verdict.evidence if each.signal == "network.concurrent"]

    monkeypatch.setattr(loader, "pays", lambda *_: True)
    with read([path], late=True) as found:
        kept = found.con.execute("SELECT count(*), count(latitude) FROM kept_sign_in").fetchall()
    assert kept == [(len(events), 0)]
    (said,) = concurrent()
    assert "km away" in said
    monkeypatch.setattr(loader, "pays", lambda *_: False)
    assert concurrent() == [said]


def copied(examples: Path, folder: Path) -> Path:
    """The Graph sign-ins of the examples in one file of JSON lines, after a plain day."""
    pages = [orjson.loads((examples / name).read_bytes()) for name in ("four.json", "one-2.json", "one.json")]
    found = [each for page in pages if isinstance(page, dict) for each in page["value"]]
    assert found, "the examples hold no pages of sign-ins"
    return write_ndjson(folder / "sign-ins.json", [*records(200, refused=1000), *found])


def test_where_most_records_would_be_read_twice(tmp_path: Path) -> None:
    rows = [graph_signin(sign_in(n, protocol="deviceCode")) for n in range(30)]
    head = write_ndjson(tmp_path / "logs.json", rows).read_bytes()
    assert not late.pays(FORMS["graph_signin"], head)
    assert late.pays(FORMS["graph_signin"], b"\n".join(map(orjson.dumps, records(30))))
    assert not late.pays(FORMS["graph_audit"], b"\n".join(map(orjson.dumps, records(30))))


def test_what_is_not_left(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "logs.json", records(30))
    array = write_array(tmp_path / "array.json", records(30))
    for before, after, _ in (odd([path]), odd([path], whole=True, late=True), odd([array], late=True)):
        assert before == after
        assert all("Policy" in rest for _, rest in after)


def test_nobody_else_is_asked_of(tmp_path: Path) -> None:
    rows = [graph_signin(sign_in(n, user=ANNA, device=Machine())) for n in range(30)]
    before, after, lost = odd([write_ndjson(tmp_path / "logs.json", rows)], late=True)
    assert (before, after, lost) == ([], [], 0)
