"""Rules are files that somebody sent: whatever is in one, it costs that one and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.reading import sign_in
from tests.rules.scene import SIGN_INS, a_rule, run_over

from grantwatch.rules import page
from grantwatch.rules.document import dumps
from grantwatch.rules.model import Outcome, RulesRun
from grantwatch.rules.prepared import prepare
from grantwatch.rules.reading import read_rules

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bomb.yml", ("title: bomb\n" + BOMB).encode(), "parts"),
        ("large.yml", b"title: " + b"x" * 1_100_000, "larger"),
        ("latin.yml", "title: Gerät\n".encode("latin-1"), "UTF-8"),
        ("object.yml", b"title: !!python/object/apply:os.system ['true']\n", "YAML"),
        ("deep.yml", b"title: t\nx: " + b"[" * 5000 + b"]" * 5000, "nested"),
        ("binary.yml", b"\x00\x01\x02", "special characters"),
        ("parens.yml", a_rule(f"a:\n  ResultType: 0\ncondition: {'not (' * 3000}a{')' * 3000}").encode(), "nested"),
    ],
)
def test_a_file_that_means_harm_is_an_error_and_no_more(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "zz.yml").write_text(a_rule("ResultType: 0", title="good"))
    read = read_rules([tmp_path])
    runnable = [each for each in read if prepare(each) is not None]
    assert [each.title for each in runnable] == ["good"]
    (bad,) = [each for each in read if each.title != "good"]
    assert bad.error is not None
    assert words in bad.error
    assert "\n" not in bad.error


@given(value=st.text(max_size=20), field=st.text(min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_becomes_sql_or_an_error(tmp_path: Path, value: str, field: str) -> None:
    import json

    document = {
        "title": "t",
        "logsource": {"product": "azure", "service": "signinlogs"},
        "detection": {"s": {"UserAgent": value, field: value}, "condition": "s"},
    }
    file = tmp_path / "rule.yml"
    file.write_text(json.dumps(document), encoding="utf-8")
    (read,) = read_rules([file])
    prepared = prepare(read)
    assert (prepared is None) is (read.error is not None or read.unsupported is not None)


HOSTILE = "\x1b[31mred\u202e\x07"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RulesRun:
    title = '"\\e[31mred\\u202e\\a"'
    return run_over(
        tmp_path_factory.mktemp("hostile"),
        [sign_in(0, user_agent=HOSTILE)],
        a_rule("UserAgent|contains: red", title=title),
        a_rule('"\\e[31mred|contains": red', title=title),
        a_rule("ResultType: 0", title=title, level='"\\e[31mred"'),
        a_rule("ResultType|bogus: 0", title=title),
        a_rule("ResultType: 0", f"logsource: {{product: {title}}}\n", title=title),
    )


def test_every_rule_of_it_is_told_of(run: RulesRun) -> None:
    assert [each.outcome for each in run.results] == [
        Outcome.RAN,
        Outcome.NOT_ASSESSED,
        Outcome.ERROR,
        Outcome.ERROR,
        Outcome.NOT_ASSESSED,
    ]
    assert run.results[0].matches == 1


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_terminal_can_bear_it(run: RulesRun, width: int) -> None:
    shown = page.text(run, width, every=True)
    assert not set(HOSTILE) & set(shown) - set("[31mred")
    assert all(len(line) <= width for line in shown.splitlines())


def test_json_holds_it_unchanged_but_harmless(run: RulesRun) -> None:
    made = dumps(run)
    assert b"\x1b" not in made
    assert b"\\u001b[31mred" in made


def test_a_regular_expression_that_never_ends_elsewhere_ends_here(tmp_path: Path) -> None:
    events = [sign_in(0, user_agent="a" * 5000 + "!")]
    found = run_over(tmp_path, events, a_rule("UserAgent|re: '^(a+)+$'")).results[0]
    assert (found.outcome, found.matches) == (Outcome.RAN, 0)


def test_a_rule_cannot_change_the_logs(tmp_path: Path) -> None:
    attack = "x'); DROP TABLE sign_in; DELETE FROM activity; --"
    rules = [a_rule(f'UserAgent: "{attack}"'), a_rule(f'"{attack}": x'), a_rule("ResultType: 0")]
    found = run_over(tmp_path, [sign_in(0)], *rules).results
    assert [each.matches for each in found] == [0, 0, 1]
    assert SIGN_INS in rules[0]
