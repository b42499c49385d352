"""What every knowledge file must hold to, whoever edits it next."""

from __future__ import annotations

import re
from datetime import date

import pytest

from grantwatch import knowledge
from grantwatch.knowledge._load import FILES, load
from grantwatch.knowledge.model import CODE_KINDS, OPERATION_KINDS, WORD_LISTS, AgentRule, Mark, NetworkMark, Operation

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EARLIEST = date(2025, 1, 1)
LATEST = date(2032, 1, 1)


@pytest.fixture(params=sorted(FILES))
def loaded(request):
    return load(request.param)


def test_every_file_loads_and_has_entries(loaded):
    assert loaded.entries


def test_updated_is_a_sane_day(loaded):
    assert EARLIEST <= loaded.updated < LATEST


def test_every_entry_names_its_source(loaded):
    assert all(entry.source.strip() for entry in loaded.entries)


def test_ids_are_lower_case_guids(loaded):
    if loaded.file in {"clients.toml", "resources.toml", "roles.toml"}:
        assert [entry.id for entry in loaded.entries if not GUID.fullmatch(entry.id)] == []


def test_nothing_stands_twice(loaded):
    def name_of(entry):
        if isinstance(entry, NetworkMark):
            return entry.asn or entry.prefix
        if isinstance(entry, Operation):
            return entry.key, entry.containing
        for field in ("id", "code", "key", "pattern", "url", "segment", "name"):
            if hasattr(entry, field):
                return type(entry), getattr(entry, field)
        raise AssertionError(entry)

    names = [name_of(entry) for entry in loaded.entries]
    assert len(names) == len(set(names))


def test_shelf_lives_are_sane(loaded):
    for entry in loaded.entries:
        if isinstance(entry, Mark):
            assert EARLIEST <= entry.seen <= loaded.updated
            assert 300 <= (entry.expires - entry.seen).days <= 600
        if isinstance(entry, NetworkMark) and entry.expires:
            assert EARLIEST <= entry.expires < LATEST


def test_as_of_names_every_file():
    assert set(knowledge.as_of()) == set(FILES)
    assert all(isinstance(day, date) for day in knowledge.as_of().values())


def test_every_source_is_used(loaded):
    import tomllib
    from importlib.resources import files

    raw = files("grantwatch.knowledge").joinpath(loaded.file).read_text(encoding="utf-8")
    declared = tomllib.loads(raw)["sources"]
    unused = [key for key, text in declared.items() if not any(text in entry.source for entry in loaded.entries)]
    assert unused == []


def test_every_kind_of_code_and_operation_is_in_use():
    assert {code.kind for code in knowledge.codes()} == set(CODE_KINDS)
    assert {operation.kind for operation in knowledge.operations()} == set(OPERATION_KINDS)


def test_every_list_of_words_is_there():
    assert all(knowledge.words(name) for name in WORD_LISTS)


def test_families_keep_one_kind():
    kinds: dict[str, str] = {}
    for rule in load("agents.toml").only(AgentRule):
        assert kinds.setdefault(rule.name, rule.kind) == rule.kind


def test_prefixes_are_short_lived_and_say_why():
    for mark in knowledge.networks():
        if mark.prefix is not None:
            assert mark.expires is not None
            assert mark.campaign or mark.doubtful
