"""A file of allowances held against use: what is covered, who breaks, what is unused, and whom it lets in."""

from __future__ import annotations

from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.allowances.scene import an_allowance, file_of
from tests.builders import AZURE_CLI, BROKER, HOME, START, WORK, a_grant
from tests.usage.scene import judged, taken

from grantwatch.allowances import Allowances, Networks, State, Subject
from grantwatch.errors import UsageError
from grantwatch.usage.compare import check, compare
from grantwatch.verdict import Severity

TODAY = START.date()
HOME_ONLY = Networks(ranges=(ip_network("192.0.2.0/24"),))
BOB = Subject(users=("bob@example.com",))


def made():
    return taken(
        judged(a_grant("alice", at=START - timedelta(days=3)).approved(HOME).redeemed(HOME), id="a1"),
        judged(a_grant("alice", at=START - timedelta(days=2)).approved(WORK).redeemed(WORK), id="a2"),
        judged(a_grant("bob", at=START - timedelta(days=1)).approved(HOME).redeemed(HOME), id="b1"),
        judged(a_grant("alice", client=BROKER, at=START).approved(HOME), Severity.HIGH, "bad"),
    )


def test_what_each_allowance_does_is_told() -> None:
    found = compare(
        Allowances(
            (
                an_allowance("wide"),
                an_allowance("home", networks=HOME_ONLY),
                an_allowance("bob", subject=BOB, clients=(AZURE_CLI.id,)),
                an_allowance("nobody", subject=Subject(users=("zed@example.com",))),
            )
        ),
        made(),
        TODAY,
    )
    assert (found.covered, found.honest, found.gaps) == (3, 3, ())
    wide, home, bob, nobody = found.standings
    assert (wide.grants, wide.alone, wide.suspects) == (2, 1, ("bad",))
    assert (home.grants, home.alone, home.alone_users) == (1, 0, ())
    assert (bob.alone, bob.alone_users, bob.suspects) == (1, ("bob@example.com",), ())
    assert (nobody.unused, wide.unused) == (True, False)
    assert wide.last == START - timedelta(days=2)


def test_removing_one_shows_exactly_who_breaks() -> None:
    both = (an_allowance("alice"), an_allowance("bob", subject=BOB))
    whole = compare(Allowances(both), made(), TODAY)
    for position, gone in enumerate(whole.standings):
        rest = compare(Allowances(both[:position] + both[position + 1 :]), made(), TODAY)
        assert {gap.user for gap in rest.gaps} == set(gone.alone_users)
        assert sum(len(gap.grant_ids) for gap in rest.gaps) == gone.alone


@pytest.mark.parametrize(
    ("changed", "state"),
    [({"expires": TODAY - timedelta(days=1)}, State.EXPIRED), ({"owner": None}, State.UNOWNED)],
)
def test_what_has_no_effect_covers_nothing(changed: dict[str, object], state: State) -> None:
    found = compare(Allowances((an_allowance("alice", **changed), an_allowance("bob", subject=BOB))), made(), TODAY)
    assert found.standings[0].state is state
    assert (found.standings[0].grants, found.standings[0].alone) == (2, 0)
    (gap,) = found.gaps
    assert (gap.user, gap.grant_ids, gap.nearest, gap.differs, gap.state) == (
        "alice@example.com",
        ("a1", "a2"),
        "alice",
        (),
        state,
    )


def test_a_gap_names_the_nearest_allowance_and_what_is_different() -> None:
    found = compare(Allowances((an_allowance("home", networks=HOME_ONLY),)), made(), TODAY)
    assert [(gap.user, gap.nearest, gap.differs) for gap in found.gaps] == [
        ("alice@example.com", "home", ("network",)),
        ("bob@example.com", "home", ("subject",)),
    ]
    other = an_allowance("other", subject=Subject(users=("zed@example.com",)), clients=(BROKER.id,))
    assert {gap.nearest for gap in compare(Allowances((other,)), made(), TODAY).gaps} == {None}


def test_a_file_is_checked_with_errors_or_warnings(tmp_path: Path) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text(file_of({"expires": "2026-01-01", "owner": None}))
    found = check(str(path), date(2026, 11, 26))
    assert [each.level for each in found.findings] == ["open", "warning"] or [
        each.level for each in found.findings
    ] == ["warning", "open"]
    path.write_text(file_of({"expires": "soon"}))
    assert [each.level for each in check(str(path), date(2026, 11, 26)).findings] == ["error"]
    with pytest.raises(UsageError, match="cannot be read"):
        check(str(tmp_path / "none.yaml"), date(2026, 11, 26))
