"""Sources declare themselves, and each can be asked for every column that it declares."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from tests.records.reading import rule, sign_in

import grantwatch.rules
from grantwatch.errors import DeclarationError
from grantwatch.lab.writers import write_tenant
from grantwatch.records.coverage import coverage
from grantwatch.records.load import read
from grantwatch.rules.source import parse, source_for, sources
from grantwatch.rules.tables import _macros, made

ROOM = Path(grantwatch.rules.__file__).parent
HEADER = 'title = "t"\nchecked = 2026-11-26\nfrom = ["x"]\nlogsources = [{product = "p"}]\nprefixes = []\n[columns]\n'


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_the_sql_can_be_read_by_others(source):
    (tree,) = sqlglot.parse(source.select, dialect="duckdb")
    assert tree is not None
    assert not isinstance(tree, exp.Command)
    # The first SELECT with names of its own: that of the Unified Audit Log stands around two others.
    names = next(set(each.named_selects) for each in tree.find_all(exp.Select) if "*" not in each.named_selects)
    assert {"row_id", "pass_id", "file_id", "time", "who", "words", *source.columns} == names


def test_the_macros_can_be_read_by_others():
    for tree in sqlglot.parse(_macros(), dialect="duckdb"):
        assert not isinstance(tree, exp.Command)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_every_column_can_be_made(source, tmp_path):
    write_tenant([sign_in(0), rule(), sign_in(2)], "graph", tmp_path / "graph")
    write_tenant([sign_in(5), rule(6)], "ual", tmp_path / "ual")
    with read([tmp_path], whole=True) as records:
        coverage(records.con)
        table = made(records.con, source, source.columns)
    assert set(table.present) == set(source.columns)
    assert table.records == {"sign_in": 2, "unified_audit": 3}.get(source.name, 0)
    if table.records:
        assert table.present["time_text"] == table.records


def test_every_file_is_registered_and_dated():
    files = {path.stem for path in (ROOM / "sources").glob("*.sql")}
    assert files == {source.name for source in sources()}
    assert all(source.checked.year >= 2026 and source.origins for source in sources())


@pytest.mark.parametrize(
    ("logsource", "name", "workload"),
    [
        (("azure", None, "signinlogs"), "sign_in", None),
        (("Azure", None, "SigninLogs"), "sign_in", None),
        (("azure", None, "auditlogs"), "audit", None),
        (("m365", None, "exchange"), "unified_audit", "Exchange"),
        (("m365", None, "threat_management"), "unified_audit", "SecurityComplianceCenter"),
        (("azure", None, "riskdetection"), "risk", None),
    ],
)
def test_logsources_as_rules_write_them(logsource, name, workload):
    found = source_for(*logsource)
    assert found is not None
    assert (found[0].name, found[1]) == (name, workload)


@pytest.mark.parametrize(
    "logsource", [("windows", "process_creation", None), ("azure", None, "pim"), ("azure", None, None)]
)
def test_other_logs_are_nobodys(logsource):
    assert source_for(*logsource) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT 1", "must begin"),
        ("/* title = */ SELECT 1", "not TOML"),
        ("/*\nbogus = 1\n" + HEADER + "*/ SELECT 1", "'bogus'"),
        ("/*\n" + HEADER.replace("prefixes = []\n", "") + "*/ SELECT 1", "'prefixes'"),
        ("/*\n" + HEADER + 'a = { names = ["x"], spelling = "odd" }\n*/ SELECT 1', "'odd'"),
        ("/*\n" + HEADER + "a = { many = true }\n*/ SELECT 1", "neither names nor entries"),
        ("/*\n" + HEADER + 'a = { names = ["x"] }\nb = { names = ["X"] }\n*/ SELECT 1', "both a and b"),
        ("/*\n" + HEADER + 'a = { name = "x" }\n*/ SELECT 1', "'name'"),
    ],
)
def test_a_wrong_declaration_is_named(text, words):
    with pytest.raises(DeclarationError, match=r"rules/sources/wrong\.sql") as raised:
        parse("wrong", text)
    assert words in str(raised.value)
