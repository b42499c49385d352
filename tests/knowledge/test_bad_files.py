"""A file that does not say what it must is refused, and the message names the place and what would be accepted."""

from __future__ import annotations

import pytest

from grantwatch.errors import KnowledgeError
from grantwatch.knowledge._load import load

HEAD = 'updated = 2026-11-23\n[sources]\nme = "A test"\n'
ID = "29d9ed98-a469-4536-ade2-f981bc1d605e"
OWNER = f'[[owner]]\nid = "{ID}"\nname = "O"\nsource = "me"\n'


def client(**changes: str) -> str:
    fields = {"id": f'"{ID}"', "name": '"Broker"', "kind": '"broker"', "source": '"me"'} | changes
    return "[[client]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items() if value)


def refuse(file: str, text: str, *needles: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(file, text.encode())
    for needle in (file, *needles):
        assert needle in str(caught.value)


def test_a_good_file_is_read_from_bytes_and_from_a_path(tmp_path):
    text = HEAD + OWNER + client(foci="true")
    path = tmp_path / "mine.toml"
    path.write_text(text)
    for source in (text.encode(), path):
        loaded = load("clients.toml", source)
        assert len(loaded.entries) == 2
        assert loaded.entries[1].source == "A test"


@pytest.mark.parametrize(
    ("text", "needles"),
    [
        ("this is = = no toml", ["is not TOML", "line 1"]),
        (HEAD.replace("2026-11-23", '"2026-11-23"') + OWNER + client(), ["updated", "2026-11-23 without quotes"]),
        ("updated = 2026-11-23T00:00:00\n[sources]\nme = 'x'\n" + OWNER + client(), ["updated", "date"]),
        ("updated = 2026-11-23\n" + OWNER + client(), ["sources"]),
        (HEAD + OWNER, ["client", "is missing"]),
        (HEAD + OWNER + client(id='"29D9ED98-A469-4536-ADE2-F981BC1D605E"'), ["client 1", "id", "lower-case GUID"]),
        (HEAD + OWNER + client(kind='"brokre"'), ["client 1", ID, "kind", "'brokre'", "broker, cli, office"]),
        (HEAD + OWNER + client(source='"you"'), ["client 1", "source", "(me)", "'you'"]),
        (HEAD + OWNER + client(source=""), ["client 1", "source", "is missing"]),
        (HEAD + OWNER + client(source="[]"), ["client 1", "source", "at least one"]),
        (HEAD + OWNER + client(foci='"yes"'), ["client 1", "foci", "true or false"]),
        (HEAD + OWNER + client(fosi="true"), ["client 1", "fosi", "not known here", "foci"]),
        (HEAD + OWNER + client(name='" "'), ["client 1", "name"]),
        (HEAD + OWNER + client() + client(name='"Again"'), ["client 2", "id", "twice", "'Broker'"]),
        (HEAD + OWNER + client() + '[[clinet]]\nid = "x"\n', ["top level", "clinet", "not known"]),
        (HEAD + OWNER.replace('"O"', "1") + client(), ["owner 1", "name"]),
    ],
)
def test_clients(text, needles):
    refuse("clients.toml", text, *needles)


@pytest.mark.parametrize(
    ("file", "text", "needles"),
    [
        ("codes.toml", "[[code]]\ncode = -1", ["code 1", "code", "from 0"]),
        ("codes.toml", "[[code]]\ncode = true", ["code 1", "whole number"]),
        ("codes.toml", "code = 3", ["top level", "code", "list of tables"]),
        ("networks.toml", "[[asn]]\nasn = 0\nname = 'N'\nkind = 'hosting'\nsource = 'me'", ["asn 1", "from 1"]),
        (
            "networks.toml",
            "[[asn]]\nasn = 1\nname = 'N'\nkind = 'hosting'\nsource = 'me'\n"
            "[[prefix]]\nname = 'P'\nkind = 'hosting'\nsource = 'me'\nprefix = '192.0.2.1/24'\nexpires = 2027-01-01",
            ["prefix 1", "192.0.2.1/24", "must be a network"],
        ),
        (
            "networks.toml",
            "[[asn]]\nasn = 1\nname = 'N'\nkind = 'hosting'\nsource = 'me'\n"
            "[[prefix]]\nname = 'P'\nkind = 'hosting'\nsource = 'me'\nprefix = '192.0.2.0/24'",
            ["prefix 1", "expires", "is missing"],
        ),
        ("operations.toml", "[kind.nonsense]\nsource = 'me'", ["kind.nonsense", "device_registered"]),
        ("operations.toml", "kind = 1", ["kind", "tables such as [kind.lure_click]"]),
        (
            "operations.toml",
            "[kind.role]\nsource = 'me'\noperations = [{ name = 'Add.', title = 'A' }, { name = 'add', title = 'B' }]",
            ["kind.role, operations 2", "name add", "twice"],
        ),
        (
            "roles.toml",
            f"[[role]]\nid = '{ID}'\nname = 'R'\nsource = 'me'\nprivileged = true\nordinary = true",
            ["role 1", "ordinary"],
        ),
        (
            "marks.toml",
            "[[mark]]\nid = 'm'\ntitle = 'T'\nkind = 'agent'\nstrength = 'weak'\nsource = 'me'\n"
            "pattern = '('\nseen = 2026-01-01\nexpires = 2027-01-01",
            ["mark 1", "id m", "pattern", "regular expression"],
        ),
        (
            "marks.toml",
            "[[mark]]\nid = 'm'\ntitle = 'T'\nkind = 'agent'\nstrength = 'weak'\nsource = 'me'\n"
            "pattern = 'x'\nseen = 2026-01-01\nexpires = 2026-01-01",
            ["mark 1", "expires", "later than seen"],
        ),
        ("words.toml", "[list.rule_words]\nsource = 'me'\nwords = ['a', 'A']", ["list.rule_words", "words", "twice"]),
        ("words.toml", "[list.rule_words]\nsource = 'me'\nwords = 'a'", ["list.rule_words", "words", "list of texts"]),
        (
            "requests.toml",
            "[[area]]\nname = 'people'\nsource = 'me'\nsegments = ['users']\n"
            "[[area]]\nname = 'groups'\nsource = 'me'\nsegments = ['Users']",
            ["area 2", "segments", "users", "twice"],
        ),
        (
            "operations.toml",
            "[kind.search]\nsource = 'me'\nwords = 'rude'\noperations = [{ name = 'A', title = 'B' }]",
            ["kind.search", "words", "search_words"],
        ),
        ("agents.toml", "[[os]]\nname = 'X'\npattern = '['\nsource = 'me'", ["os 1", "pattern"]),
    ],
)
def test_other_files(file, text, needles):
    top_level, tables = (text, "") if not text.startswith("[") else ("", text)
    refuse(file, f"{top_level}\n{HEAD}{tables}", *needles)


def test_bytes_that_are_no_text():
    with pytest.raises(KnowledgeError, match=r"clients\.toml: is not UTF-8"):
        load("clients.toml", b"\xff\xfe")


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load("clients.toml", tmp_path / "nowhere.toml")


def test_a_file_that_nobody_knows():
    with pytest.raises(KnowledgeError, match=r"no such knowledge file; there are access\.toml"):
        load("planets.toml")
