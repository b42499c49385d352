"""Records outside what was asked for: counted, with a reason, and nothing kept of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.records.reading import audit, sign_in

from grantwatch.errors import UsageError
from grantwatch.lab.records import graph_audit, graph_signin
from grantwatch.lab.writers import write_ndjson
from grantwatch.pipeline import hunt
from grantwatch.records.load import read
from grantwatch.records.scope import Scope, scope

NOW = datetime(2026, 11, 25, 12)
HERE = datetime(2026, 9, 14, 9)


def stored(path: Path, asked: Scope) -> list[tuple[object, ...]]:
    """By record in file order: why it was left out, and whether anything of it was kept."""
    with read([path], scope=asked) as records:
        return records.con.execute(
            "SELECT ignored, upn IS NOT NULL, request_id IS NOT NULL, content <> 0 FROM sign_in ORDER BY rowid"
        ).fetchall()


def test_of_a_record_outside_the_time_nothing_is_kept_but_its_place(tmp_path: Path) -> None:
    times = [datetime(2026, 9, 13, 23, 59, 59), datetime(2026, 9, 14), datetime(2026, 9, 15), datetime(2026, 9, 16)]
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(at, time=time)) for at, time in enumerate(times)])

    assert stored(tmp_path / "a", scope("2026-09-14", "2026-09-15", (), NOW)) == [
        ("before --since", False, False, False),
        (None, True, True, True),
        (None, True, True, True),
        ("after --until", False, False, False),
    ]


def test_a_record_without_a_usable_time_stays(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(1)) | {"createdDateTime": "yesterday"}])

    assert stored(tmp_path / "a", scope("2026-09-14", None, (), NOW)) == [(None, True, True, True)]


@pytest.mark.parametrize("by", ["userPrincipalName", "userId"])
def test_a_user_is_found_by_either_name_in_any_case(tmp_path: Path, by: str) -> None:
    mine = graph_signin(sign_in(1))
    other = graph_signin(sign_in(2)) | {"userPrincipalName": "other@x.example", "userId": "0" * 35 + "7"}
    unnamed = graph_signin(sign_in(3)) | {by: None} | ({"userId": "0" * 35 + "8"} if by != "userId" else {})
    write_ndjson(tmp_path / "a", [mine, other, unnamed])

    (first, second, third) = stored(tmp_path / "a", scope(None, None, [str(mine[by]).upper()], NOW))

    assert first[0] is None
    assert second[0] == "not of --user"
    assert third[0] is None, "it may be the same person: the name that was asked for is not in it"


def test_what_was_done_to_a_user_belongs_to_the_user(tmp_path: Path) -> None:
    records = [graph_audit(audit(at)) for at in range(2)]
    records[1]["initiatedBy"]["user"].update({"userPrincipalName": "admin@x.example", "id": "0" * 35 + "9"})
    records[1]["targetResources"] = [{"type": "User", "userPrincipalName": "victim@x.example", "id": "0" * 36}]
    write_ndjson(tmp_path / "a", records)
    with read([tmp_path / "a"], scope=scope(None, None, ["victim@x.example"], NOW)) as found:
        rows = found.con.execute("SELECT ignored, operation IS NULL FROM activity ORDER BY rowid").fetchall()

    assert rows == [("not of --user", True), (None, False)]


def test_the_sums_add_up_and_coverage_says_what_it_costs(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(at)) for at in range(6)])
    whole = hunt([tmp_path / "a"]).records.parsed
    asked = Scope(since=datetime(2100, 1, 1), users=("nobody@x.example",))
    found = hunt([tmp_path / "a"], scope=asked)

    assert whole == 6
    assert found.records.read == found.records.ignored == 6
    assert found.records.ignored_by == {"before --since": 6}
    assert any("6 records lie outside the time" in said for said in found.coverage.blind)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2026-11-01", datetime(2026, 11, 1)),
        ("2026-11-01T12:30", datetime(2026, 11, 1, 12, 30)),
        ("2026-11-01T12:30Z", datetime(2026, 11, 1, 12, 30)),
        ("2026-11-01T12:30+02:00", datetime(2026, 11, 1, 10, 30)),
        ("30d", datetime(2026, 10, 26, 12)),
        ("12h", datetime(2026, 11, 25)),
    ],
)
def test_ways_to_say_when(text: str, means: datetime) -> None:
    assert scope(text, None, (), NOW).since == means


def test_a_day_is_read_to_its_end() -> None:
    assert scope(None, "2026-11-01", (), NOW).until == datetime(2026, 11, 2)
    assert scope(None, "2026-11-01T00:00", (), NOW).until == datetime(2026, 11, 1)


@pytest.mark.parametrize(
    ("since", "until", "users", "told"),
    [
        ("soon", None, (), "--since soon: accepted are a day"),
        (None, "123456d", (), "--until 123456d: accepted are"),
        ("2026-11-02", "2026-11-01T00:00", (), "--until 2026-11-01T00:00: lies before --since 2026-11-02"),
        (None, None, [" "], "--user: accepted is"),
    ],
)
def test_what_is_accepted_is_said(since: str | None, until: str | None, users: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        scope(since, until, users, NOW)


def test_a_quote_in_a_name_is_only_a_name(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(1))])

    assert stored(tmp_path / "a", scope(None, None, ["o'brien@x.example"], NOW))[0][0] == "not of --user"
