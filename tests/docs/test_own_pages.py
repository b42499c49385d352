"""The pages on own signals and weights: their examples are the files, and every key is told."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from grantwatch.signals import GROUPS, signal
from grantwatch.signals.own import modules
from grantwatch.testing import GrantBuilder
from grantwatch.testing.check import faults
from grantwatch.verdict.own_weights import read_weights
from grantwatch.verdict.weights import raw

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = (ROOT / "docs" / "own-signals.md").read_text(encoding="utf-8")
WEIGHTS = (ROOT / "docs" / "weights.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(?P<kind>python|toml)\n(?P<body>.*?)```", re.DOTALL)


def test_the_whole_example_is_the_file_and_holds() -> None:
    whole, grant = (match["body"] for match in BLOCK.finditer(SIGNALS))
    assert whole == (ROOT / "examples" / "signals" / "gateway.py").read_text(encoding="utf-8")
    for module in modules([ROOT / "examples" / "signals"]):
        assert module.signals
        for each in module.signals:
            assert faults(each, module.pairs) == ()
    assert "a_grant(client=OFFICE, resource=GRAPH)" in grant


def test_the_grant_of_the_page_can_be_built(capsys: pytest.CaptureFixture[str]) -> None:
    exec(list(BLOCK.finditer(SIGNALS))[1]["body"], {})  # noqa: S102
    assert capsys.readouterr().out == "redeemed\n"


def test_every_key_of_a_declaration_is_told() -> None:
    for key in list(inspect.signature(signal).parameters)[1:]:
        assert f"`{key}`" in SIGNALS, key
    assert all(f"`{group}`" in SIGNALS for group in GROUPS)


def test_every_step_of_a_grant_is_told() -> None:
    steps = [
        name for name in vars(GrantBuilder) if not name.startswith("_") and name not in ("grant", "profile", "pair")
    ]
    assert len(steps) > 15
    assert not [name for name in steps if f".{name}(" not in SIGNALS]


def test_the_example_of_weights_is_the_file_and_can_be_read() -> None:
    (example,) = (match["body"] for match in BLOCK.finditer(WEIGHTS))
    file = ROOT / "examples" / "weights.toml"
    assert example == file.read_text(encoding="utf-8")
    assert set(tomllib.loads(example)) == {"default", *read_weights(file).tenants}


def test_every_weight_is_told_with_what_is_built_in() -> None:
    rows = {
        # The first key of a row says in which table the others stand too.
        f"{keys.strip('`').split('`')[0].rpartition('.')[0]}.{key.strip('`').rpartition('.')[2]}": value.strip("`")
        for line in WEIGHTS.splitlines()
        if line.startswith("| `")
        for keys, _, values in [line.strip("| ").split(" | ")]
        for key, value in zip(keys.split(", "), values.split("`, `"), strict=False)
    }

    def check(node: dict[str, object], at: str = "") -> None:
        for key, value in node.items():
            if isinstance(value, dict):
                check(value, f"{at}.{key}".strip("."))
            elif isinstance(value, list):
                assert rows[f"{at}.{key}"] == str(value).replace("'", '"')
            else:
                assert float(rows[f"{at}.{key}"]) == value, key

    check(raw())
