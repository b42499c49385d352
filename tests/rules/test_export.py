"""Signals as Sigma and as KQL: whole, parsed by others, over columns that there are."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import yaml
from sigma.rule import SigmaRule

from grantwatch import knowledge
from grantwatch.errors import DeclarationError, UsageError
from grantwatch.records.forms import FORMS as LOG_FORMS
from grantwatch.rules import queries as module
from grantwatch.rules.export import FORMATS, Exported, exported, wanted
from grantwatch.rules.known import expanded
from grantwatch.rules.queries import beyond, queries
from grantwatch.rules.sigma_rule import rule
from grantwatch.rules.sigma_rule import yaml as as_yaml
from grantwatch.rules.source import sources
from grantwatch.rules.target import TARGETS, target
from grantwatch.signals import registered

WORDS = {
    *("union", "isfuzzy", "true", "false", "extend", "parse_json", "tostring", "where", "ago", "1d", "d", "project"),
    *("and", "or", "not", "in", "contains", "startswith", "endswith", "matches", "regex", "isempty"),
    *("ipv4_is_in_range", "ipv6_is_in_range", "SigninLogs", "AADNonInteractiveUserSignInLogs", "AuditLogs"),
    *("OfficeActivity", "EntraIdSignInEvents", "CloudAppEvents", "Device"),
}
STRING = re.compile(r'@"(?:[^"]|"")*"|"(?:[^"\\]|\\.)*"')


def made(format_: str) -> list[Exported]:
    return [each for each in exported(format_) if each.text is not None]


def test_each_signal_is_a_query_or_has_a_reason() -> None:
    said, reasons = {query.signal.id for query in queries()}, set(beyond())
    assert not said & reasons
    assert said | reasons == {signal.id for signal in registered()}


def test_the_reason_of_history_is_that_of_the_declaration() -> None:
    """Most of them: what is declared to need history cannot be said without it, unless its file says what it lacks."""
    by_id = {signal.id: signal for signal in registered()}
    for signal, reason in beyond().items():
        if "what was normal before" in reason:
            text = by_id[signal].looks_at + by_id[signal].question
            assert "history" in by_id[signal].needs or "before" in text or signal == "token.script_agent", signal
    for query in queries():
        assert "history" not in query.signal.needs


@pytest.mark.parametrize("query", queries(), ids=lambda query: query.signal.id)
def test_a_sigma_rule_is_whole(query: module.Query) -> None:
    text = as_yaml(rule(query))
    told = yaml.safe_load(text)
    parsed = SigmaRule.from_dict(told, collect_errors=True)
    assert not parsed.errors
    assert list(told) == [
        *("title", "id", "status", "description", "references", "author", "date", "tags", "logsource", "detection"),
        *("falsepositives", "level"),
    ]
    assert uuid.UUID(told["id"]).version == 5
    assert told["date"] == query.checked
    assert told["tags"] == [f"attack.{each.lower()}" for each in query.signal.techniques]
    assert all(re.fullmatch(r"attack\.t\d{4}(\.\d{3})?", tag) for tag in told["tags"])
    assert all(each.startswith("https://") for each in told["references"])
    assert told["references"]
    assert told["level"] in ("low", "medium", "high")
    for text_of in (query.wider, query.narrower):
        assert text_of is None or text_of in told["description"]
    assert "%" not in str(told["detection"])


def test_ids_do_not_change() -> None:
    """A product that has the rule knows it by its id."""
    ids = {query.signal.id: rule(query)["id"] for query in queries()}
    assert len(set(ids.values())) == len(ids)
    assert ids["client.broker_registration"] == "8ad444de-6ff6-5af7-8aea-6f6d00886194"


def test_yaml_says_what_it_was_given() -> None:
    value: dict[str, Any] = {
        "text": "it's: a #text",
        "yes": "yes",
        "number": "12",
        "real": 12,
        "truth": True,
        "empty": "",
        "list": ["- a", "'", "%x%", "\\bkit\\b", "a b"],
        "maps": [{"a": "x", "b": ["y", 1]}, {"c|re|i": "z"}],
    }
    assert yaml.safe_load(as_yaml(value)) == value


@pytest.mark.parametrize(
    "each", [each for format_ in TARGETS for each in made(format_)], ids=lambda e: f"{e.format}-{e.signal}"
)
def test_kql_is_sound(each: Exported) -> None:
    assert each.text is not None
    query = "\n".join(line for line in each.text.splitlines() if not line.startswith("//"))
    assert query.count("//") == STRING.sub("", query).count("//") == 0 or "//" not in STRING.sub("", query)
    bare = STRING.sub('""', query)
    assert '"' not in bare.replace('""', "")
    assert bare.count("(") == bare.count(")")
    depth = 0
    for sign in bare:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        assert depth >= 0
    steps = [line for line in bare.splitlines() if line.startswith("|")]
    assert all(re.match(r"\| (where|project) \S", line) for line in steps)
    assert steps[-1].startswith("| project ")
    assert len([line for line in steps if line.startswith("| where ")]) >= 2
    (query_of,) = [query for query in queries() if query.signal.id == each.signal]
    form = LOG_FORMS[target(each.format).tables[query_of.source].form]
    # A name after a dot is within an object, whose shape is no column.
    names = set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", bare)) - WORDS
    assert names
    assert names <= set(form.columns), names - set(form.columns)


def test_what_a_product_lacks_is_named() -> None:
    told = {each.signal: each.why_not for each in exported("defender") if each.why_not}
    assert told["network.hosting"] == "EntraIdSignInEvents has no column for AutonomousSystemNumber"
    assert told["persistence.rogue_prt"] == "EntraIdSignInEvents has no column for OriginalTransferMethod"
    assert not [each for each in exported("sentinel") if each.why_not]


def test_what_a_query_does_without_stands_in_it() -> None:
    (each,) = [each for each in exported("defender") if each.signal == "client.broker_registration"]
    assert each.text is not None
    for words in (
        "Matches less, without OriginalTransferMethod.",
        "Matches more, without IncomingTokenType.",
        "Cmsi:Cmsi",
    ):
        assert any(words in line for line in each.text.splitlines() if line.startswith("//"))


def test_lists_come_from_the_knowledge() -> None:
    assert "29d9ed98-a469-4536-ade2-f981bc1d605e" in expanded("%clients.broker%", "here")
    assert expanded("%codes.block%", "here") == [each.code for each in knowledge.codes() if each.kind == "block"]
    assert 8075 not in expanded("%networks.rented%", "here")
    day = knowledge.as_of()["marks.toml"]
    expired = [mark.pattern.pattern for mark in knowledge.marks() if mark.kind == "agent" and mark.expires < day]
    assert expired
    assert not set(expired) & set(map(str, expanded("%marks.agent%", "here")))
    with pytest.raises(DeclarationError, match=r"here: '%clients.nobody%' stands for no values"):
        expanded("%clients.nobody%", "here")


def test_only_the_signals_asked_for() -> None:
    assert [each.signal.id for each in wanted(["network.hosting", "network.hosting"])] == ["network.hosting"]
    assert wanted([]) == queries()
    with pytest.raises(UsageError, match=r"identity\.first_use: cannot be said in one query: It asks what was normal"):
        wanted(["identity.first_use"])
    with pytest.raises(UsageError, match=r"no such signal; accepted are .*network\.hosting"):
        wanted(["nothing"])


def test_columns_of_targets_are_those_of_their_sources() -> None:
    by_name = {source.name: source for source in sources()}
    for name in TARGETS:
        for source, table in target(name).tables.items():
            assert set(table.columns) <= set(by_name[source].columns)
            assert table.optional | set(table.instead) <= set(by_name[source].columns)
            assert set(table.show) <= set(LOG_FORMS[table.form].columns)
    assert set(FORMATS) == {"sigma", *TARGETS}
