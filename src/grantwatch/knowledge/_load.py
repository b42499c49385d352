"""From TOML to dataclasses, one function per file. `load` also takes a path or bytes, so that a file can be tried."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar

from grantwatch.errors import KnowledgeError
from grantwatch.knowledge._read import Table, parse, raw_bytes
from grantwatch.knowledge.model import (
    AGENT_KINDS,
    CLIENT_KINDS,
    CODE_KINDS,
    MARK_KINDS,
    NETWORK_KINDS,
    OPERATION_KINDS,
    RESOURCE_KINDS,
    SPELLED_FIELDS,
    STRENGTHS,
    WORD_LISTS,
    AgentRule,
    Client,
    Code,
    HeaderName,
    Language,
    Mark,
    NetworkMark,
    Operation,
    OsRule,
    Owner,
    RequestArea,
    Resource,
    Role,
    Spelling,
    Suite,
    VerificationUrl,
    WordList,
)

__all__ = ["FILES", "Loaded", "load"]

T = TypeVar("T")

Entry = (
    AgentRule
    | Client
    | Code
    | HeaderName
    | Language
    | Mark
    | NetworkMark
    | Operation
    | OsRule
    | Owner
    | RequestArea
    | Resource
    | Role
    | Spelling
    | Suite
    | VerificationUrl
    | WordList
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One knowledge file: the day it was last looked over, and all its entries in the order of the file."""

    file: str
    updated: date
    entries: tuple[Entry, ...]

    def only(self, kind: type[T]) -> tuple[T, ...]:
        """The entries of one class."""
        return tuple(entry for entry in self.entries if isinstance(entry, kind))


def load(file: str, source: Path | bytes | None = None) -> Loaded:
    """Read and check one knowledge file: the one that ships, or the bytes or path given in its stead.

    Raises KnowledgeError naming file, entry and key, and the accepted values.
    """
    if file not in FILES:
        raise KnowledgeError(f"{file}: no such knowledge file; there are {', '.join(FILES)}")
    updated, top = parse(file, raw_bytes(file, source))
    entries = tuple(FILES[file](top))
    top.done()
    return Loaded(file, updated, entries)


def _unique(seen: dict[Hashable, str], key: Hashable, table: Table, field: str, name: str) -> None:
    if key in seen:
        raise table.wrong(field, f"{key} stands here twice, first for {seen[key]!r}")
    seen[key] = name


def _clients(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("owner"):
        yield Owner(table.guid("id"), table.text("name"), table.source())
        table.done()
    for table in top.tables("client"):
        client = Client(
            id=table.guid("id"),
            name=table.text("name"),
            kind=table.choice("kind", CLIENT_KINDS),
            foci=table.flag("foci"),
            device_code_usual=table.flag("device_code_usual"),
            source=table.source(),
        )
        table.done()
        _unique(seen, client.id, table, "id", client.name)
        yield client


def _resources(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("resource"):
        kind = table.choice("kind", RESOURCE_KINDS)
        resource = Resource(table.guid("id"), table.text("name"), kind, table.source())
        table.done()
        _unique(seen, resource.id, table, "id", resource.name)
        yield resource


def _prefix(table: Table) -> IPv4Network | IPv6Network:
    try:
        return ip_network(table.text("prefix"))
    except ValueError as error:
        raise table.wrong("prefix", f"must be a network such as 192.0.2.0/24: {error}") from None


def _networks(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("asn"):
        mark = NetworkMark(
            name=table.text("name"),
            kind=table.choice("kind", NETWORK_KINDS),
            source=table.source(),
            asn=table.number("asn", 1, 2**32 - 2),
            expires=table.optional_day("expires"),
        )
        table.done()
        _unique(seen, mark.asn, table, "asn", mark.name)
        yield mark
    for table in top.tables("prefix", need=False):
        mark = NetworkMark(
            name=table.text("name"),
            kind=table.choice("kind", NETWORK_KINDS),
            source=table.source(),
            prefix=_prefix(table),
            campaign=table.optional_text("campaign"),
            expires=table.day("expires"),
            doubtful=table.flag("doubtful"),
        )
        table.done()
        _unique(seen, mark.prefix, table, "prefix", mark.name)
        yield mark


def _codes(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("code"):
        code = Code(
            code=table.number("code", 0, 99_999_999),
            name=table.text("name"),
            meaning=table.text("meaning"),
            kind=table.choice("kind", CODE_KINDS),
            source=table.source(),
        )
        table.done()
        _unique(seen, code.code, table, "code", code.name)
        yield code


def _operations(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for kind, group in top.named_tables("kind", OPERATION_KINDS):
        shared = Operation(
            name="",
            kind=kind,
            title="",
            always_tie=group.flag("always_tie"),
            service_ip=group.flag("service_ip"),
            source=group.source(),
            of_target=group.flag("of_target"),
            every_grant=group.flag("every_grant"),
            user_hours=group.number("user_hours", 1, 24 * 366, 72),
            network_hours=group.number("network_hours", 1, 24 * 366, 336),
            client_hours=group.number("client_hours", 0, 24 * 366, 0),
            before_minutes=group.number("before_minutes", 0, 24 * 60 * 90, 0),
            burst_minutes=group.number("burst_minutes", 0, 24 * 60, 0),
            words=group.choice("words", WORD_LISTS) if group.has("words") else None,
        )
        for table in group.tables("operations"):
            operation = shared._replace(
                name=table.text("name"),
                title=table.text("title"),
                always_tie=table.flag("always_tie", shared.always_tie),
                service_ip=table.flag("service_ip", shared.service_ip),
                containing=table.optional_text("containing"),
            )
            table.done()
            _unique(seen, (operation.key, operation.containing), table, "name", operation.name)
            yield operation
        group.done()


def _requests(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("area"):
        name, recon, source = table.text("name"), table.flag("recon"), table.source()
        for segment in table.texts("segments"):
            _unique(seen, segment.lower(), table, "segments", name)
            yield RequestArea(segment.lower(), name, recon, source)
        table.done()


def _words(top: Table) -> Iterable[Entry]:
    for name, table in top.named_tables("list", WORD_LISTS):
        yield WordList(name, tuple(word.lower() for word in table.texts("words")), table.source())
        table.done()


def _roles(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("role"):
        role = Role(
            id=table.guid("id"),
            name=table.text("name"),
            privileged=table.flag("privileged"),
            ordinary=table.flag("ordinary"),
            source=table.source(),
        )
        table.done()
        if role.privileged and role.ordinary:
            raise table.wrong("ordinary", "a role cannot be both privileged and ordinary")
        _unique(seen, role.id, table, "id", role.name)
        yield role


def _marks(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("mark"):
        mark = Mark(
            id=table.text("id"),
            title=table.text("title"),
            kind=table.choice("kind", MARK_KINDS),
            strength=table.choice("strength", STRENGTHS),
            source=table.source(),
            seen=table.day("seen"),
            expires=table.day("expires"),
            pattern=table.pattern("pattern"),
        )
        table.done()
        if mark.expires <= mark.seen:
            raise table.wrong("expires", f"must be later than seen ({mark.seen}), not {mark.expires}")
        _unique(seen, mark.id, table, "id", mark.title)
        yield mark
    for table in top.tables("verification_url"):
        url = VerificationUrl(table.text("url"), table.source())
        table.done()
        _unique(seen, url.url, table, "url", url.url)
        yield url


def _agents(top: Table) -> Iterable[Entry]:
    for table in top.tables("os"):
        yield OsRule(table.text("name"), table.source(), table.pattern("pattern"))
        table.done()
    for table in top.tables("agent"):
        kind = table.choice("kind", AGENT_KINDS)
        yield AgentRule(table.text("name"), kind, table.source(), table.pattern("pattern"))
        table.done()


def _headers(top: Table) -> Iterable[Entry]:
    languages = []
    for table in top.tables("language"):
        languages.append(Language(table.text("code"), table.text("name"), table.source(), table.flag("day_first")))
        table.done()
    yield from languages
    seen: dict[Hashable, str] = {}
    for table in top.tables("header"):
        header = HeaderName(
            language=table.choice("language", (language.code for language in languages)),
            name=table.text("name"),
            column=table.text("column"),
            source=table.source(),
            doubtful=table.flag("doubtful"),
        )
        table.done()
        _unique(seen, header.key, table, "name", header.column)
        yield header


def _access(top: Table) -> Iterable[Entry]:
    seen: dict[Hashable, str] = {}
    for table in top.tables("suite"):
        suite = Suite(
            name=table.text("name"),
            title=table.text("title"),
            parts=frozenset(table.texts("parts")),
            partly=frozenset(table.texts("partly")) if table.has("partly") else frozenset(),
            source=table.source(),
        )
        table.done()
        if suite.parts & suite.partly:
            raise table.wrong("partly", f"holds what parts holds: {', '.join(sorted(suite.parts & suite.partly))}")
        _unique(seen, suite.name, table, "name", suite.title)
        yield suite
    for table in top.tables("spelling"):
        spelling = Spelling(
            table.choice("field", SPELLED_FIELDS), table.text("said"), table.text("graph"), table.source()
        )
        table.done()
        _unique(seen, spelling.key, table, "said", spelling.graph)
        yield spelling


FILES: dict[str, Callable[[Table], Iterable[Entry]]] = {
    "access.toml": _access,
    "agents.toml": _agents,
    "clients.toml": _clients,
    "codes.toml": _codes,
    "headers.toml": _headers,
    "marks.toml": _marks,
    "networks.toml": _networks,
    "operations.toml": _operations,
    "requests.toml": _requests,
    "resources.toml": _resources,
    "roles.toml": _roles,
    "words.toml": _words,
}
