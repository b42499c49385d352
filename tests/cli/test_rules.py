"""`grantwatch rules` as a program: its answers, its files, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.cli.conftest import Run
from tests.rules.scene import a_rule

from grantwatch.rules.document import schema
from grantwatch.rules.queries import beyond, queries

GOOD = a_rule("AuthenticationProtocol: deviceCode", title="device code")
MISSING = a_rule("Nowhere: x", title="nowhere", level="critical")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "good.yml").write_text(GOOD)
    (folder / "missing.yml").write_text(MISSING)
    (folder / "wrong.yml").write_text(a_rule("ResultType: 0", level="extreme"))
    return folder


def test_a_table(run: Run, examples: Path, rules: Path) -> None:
    done = run("rules", "run", examples, "--rules", rules)
    told = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "3 rules: 1 ran, 1 matched." in told
    assert "HIGH          device code" in told
    assert "not assessed  field Nowhere is not in these logs (nowhere)" in told
    assert f"{rules / 'wrong.yml'}:2: 'extreme'" in told.replace("\n       ", " ")
    assert max(map(len, told.splitlines())) <= 100


def test_json_fits_its_schema_and_says_what_was_not_assessed(run: Run, examples: Path, rules: Path) -> None:
    done = run("rules", "run", examples, "--rules", rules, "--format", "json", "--records", "2")
    made: Any = json.loads(done.stdout)
    Draft202012Validator(schema()).validate(made)
    assert done.returncode == 0
    assert b"2 of 3 rules were not assessed in full" in done.stderr
    outcomes = {each["title"]: each["outcome"] for each in made["rules"]}
    assert outcomes == {"device code": "ran", "nowhere": "not_assessed", "A rule": "error"}
    assert made["summary"]["by_outcome"] == {
        **{"ran": 1, "partly": 0, "not_assessed": 1},
        **{"not_supported": 0, "error": 1},
    }
    (good,) = [each for each in made["rules"] if each["title"] == "device code"]
    assert good["matches"] > len(good["listed"]) == 2
    assert made["summary"]["matched"] == 1


def test_every_field_of_the_schema_is_on_the_page(root: Path) -> None:
    page = "".join((root / "docs" / name).read_text(encoding="utf-8") for name in ("sigma.md", "json.md"))

    def fields(node: object) -> set[str]:
        if isinstance(node, dict):
            own = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
            return own.union(*map(fields, node.values()))
        return set().union(*map(fields, node)) if isinstance(node, list) else set()

    wanted = fields(schema())
    assert len(wanted) > 30
    assert not {field for field in wanted if f"`{field}`" not in page}


@pytest.mark.parametrize(("level", "code"), [("critical", 0), ("high", 1), ("low", 1)])
def test_fail_on_a_level_that_matched(run: Run, examples: Path, rules: Path, level: str, code: int) -> None:
    """A critical rule that could not be assessed is no match."""
    assert run("rules", "run", examples, "--rules", rules, "--fail-on", level).returncode == code


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rules", "nowhere"], b"--rules nowhere: no such file or folder"),
        (["--rules", "RULES", "--fail-on", "loud"], b"--fail-on loud: accepted are informational, low"),
        (["--rules", "RULES", "--format", "html"], b"--format html: accepted are table, json"),
        (["--rules", "RULES", "--records", "-1"], b"--records -1: accepted is a number from 0"),
        ([], b"--rules"),
    ],
)
def test_wrong_usage(run: Run, examples: Path, rules: Path, options: list[str], words: bytes) -> None:
    done = run("rules", "run", examples, *(str(rules) if each == "RULES" else each for each in options))
    assert done.returncode == 2
    assert words in done.stderr


def test_logs_that_are_not_there(run: Run, rules: Path) -> None:
    assert run("rules", "run", "nowhere.json", "--rules", rules).returncode == 3


def test_without_pysigma_it_says_what_to_install(run: Run, examples: Path, rules: Path, tmp_path: Path) -> None:
    """A package of that name that cannot be loaded stands before the real one."""
    (tmp_path / "bare" / "sigma").mkdir(parents=True)
    (tmp_path / "bare" / "sigma" / "__init__.py").write_text("raise ImportError('not here')\n")
    import os

    path = os.pathsep.join([str(tmp_path / "bare"), os.environ.get("PYTHONPATH", ""), str(_source())])
    for arguments in (("run", examples, "--rules", rules), ("export", "--format", "sentinel", "--out", "x")):
        done = run("rules", *arguments, PYTHONPATH=path)
        assert done.returncode == 2
        assert b"Sigma rules need pySigma: pip install 'grantwatch[sigma]'" in done.stderr
    assert run("rules", "--help", PYTHONPATH=path).returncode == 0


def _source() -> Path:
    import grantwatch

    return Path(grantwatch.__file__).parents[1]


def test_export(run: Run, tmp_path: Path, examples: Path) -> None:
    done = run("rules", "export", "--out", "made")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == [
        f"made: {len(queries())} signals as sigma",
        f"{len(beyond())} signals cannot be said in one query; docs/rules.md says why",
    ]
    assert len(list((tmp_path / "made").iterdir())) == len(queries())
    ran = run("rules", "run", examples, "--rules", "made", "--format", "json")
    assert {each["outcome"] for each in json.loads(ran.stdout)["rules"]} == {"ran"}

    again = run("rules", "export", "--out", "made")
    assert again.returncode == 2
    assert b"is there already; --force writes over it" in again.stderr
    assert run("rules", "export", "--out", "made", "--force").returncode == 0


def test_the_page_shows_what_an_export_prints(run: Run, root: Path) -> None:
    done = run("rules", "export", "--format", "defender", "--out", "defender")
    assert done.stdout.decode().strip() in (root / "docs" / "sigma.md").read_text(encoding="utf-8")


def test_export_of_one_signal(run: Run, tmp_path: Path) -> None:
    chosen = "client.broker_registration"
    assert run("rules", "export", "--format", "sentinel", "--signal", chosen, "--out", "one").returncode == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["client_broker_registration.kql"]
    refused = run("rules", "export", "--signal", "identity.first_use", "--out", "none")
    assert refused.returncode == 2
    assert b"cannot be said in one query" in refused.stderr
    assert not (tmp_path / "none").exists()


def test_nothing_of_it_is_loaded_at_the_start(run: Run) -> None:
    import subprocess
    import sys

    told = "print([name for name in sys.modules if name.split('.')[0] in ('sigma', 'yaml')])"
    code = f"import sys, grantwatch.cli.main, grantwatch.rules; {told}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
