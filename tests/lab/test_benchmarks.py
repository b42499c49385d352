from __future__ import annotations

import importlib.util
from pathlib import Path

import orjson
import pytest

from grantwatch.lab import token_id_of

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "generate.py"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate", SCRIPT)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_the_same_seed_writes_the_same_bytes(generate, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate.write(tmp_path / name, 500, seed=seed, share=0.1)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c


def test_the_records_are_whole_in_order_and_of_the_asked_mix(generate, tmp_path):
    generate.write(tmp_path / "a", 5000, seed=1, share=0.05)
    records = [orjson.loads(line) for line in (tmp_path / "a").read_bytes().splitlines()]
    assert len(records) == 5000
    times = [record["createdDateTime"] for record in records]
    assert times == sorted(times)
    assert (times[0][:10], times[-1][:10]) == ("2026-09-01", "2026-09-30")
    assert len({record["id"] for record in records}) == 5000
    assert all(token_id_of(record["id"]) == record["uniqueTokenIdentifier"] for record in records)
    assert 0.18 < sum(record["isInteractive"] for record in records) / 5000 < 0.25
    flow = [r for r in records if r["originalTransferMethod"] == "deviceCodeFlow" or r["status"]["errorCode"]]
    assert len(flow) == 250


def test_prepared_records_have_the_fields_of_told_ones(generate, tmp_path):
    generate.write(tmp_path / "a", 400, seed=3, share=0.2)
    records = [orjson.loads(line) for line in (tmp_path / "a").read_bytes().splitlines()]
    assert {tuple(record) for record in records} == {tuple(records[0])}
    assert 3300 < sum(len(orjson.dumps(record)) for record in records) / 400 < 3900


def test_no_grants_can_be_asked_for(generate, tmp_path):
    generate.write(tmp_path / "a", 50, seed=1, share=0)
    assert b"deviceCodeFlow" not in (tmp_path / "a").read_bytes()
