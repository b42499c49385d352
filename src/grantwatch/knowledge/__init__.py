"""What is known of the world: clients, resources, networks, codes, operations, roles, marks and user agents.

All of it is dated data in TOML files beside this module. Each file is read and checked once, when first asked for;
a file that does not say what it must raises KnowledgeError. Look-ups never raise for what they do not know.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from ipaddress import ip_address

from grantwatch.knowledge._load import FILES, Loaded, load
from grantwatch.knowledge.model import (
    AgentFamily,
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
    folded,
    operation_key,
)

__all__ = [
    "AgentFamily",
    "Client",
    "Code",
    "HeaderName",
    "Language",
    "Mark",
    "NetworkMark",
    "Operation",
    "RequestArea",
    "Resource",
    "Role",
    "Spelling",
    "Suite",
    "agent",
    "agent_marks",
    "as_of",
    "client",
    "client_name",
    "clients",
    "code",
    "codes",
    "device_marks",
    "first_party",
    "folded",
    "headers",
    "languages",
    "marks",
    "network",
    "networks",
    "operation",
    "operation_key",
    "operations",
    "request_areas",
    "resource",
    "resources",
    "role",
    "roles",
    "spelled",
    "suite",
    "url_marks",
    "verification_urls",
    "warm",
    "word_pattern",
    "words",
    "words_in",
]

_LONGEST_TEXT = 512
"""Log text is hostile: no pattern sees more characters than this."""
_LONGEST_WORDS = 4096
"""The same for plain words, which cost little."""


@cache
def _file(name: str) -> Loaded:
    return load(name)


def _clean(identifier: str | None) -> str:
    return identifier.strip().lower() if identifier else ""


def as_of() -> dict[str, date]:
    """Every knowledge file and the day it was last looked over."""
    return {name: _file(name).updated for name in FILES}


def warm() -> None:
    """Load what every hunt looks things up in: files, indexes and patterns. Looked up is what nobody is called."""
    client("-")
    resource("-")
    network(0, "-")
    codes()
    agent("-")
    agent_marks("-", date.max)


# -- clients and resources


def clients() -> tuple[Client, ...]:
    """Every known client application."""
    return _file("clients.toml").only(Client)


@cache
def _clients_by_id() -> dict[str, Client]:
    return {client.id: client for client in clients()}


def client(id: str | None) -> Client | None:
    """The client with this application id, in any case; None where it is not known."""
    return _clients_by_id().get(_clean(id))


def client_name(id: str | None, fallback: str | None = None) -> str:
    """The known name of a client, else `fallback`, else the id, else `unknown`.

    `fallback` and the id are log text and must be escaped where they are shown.
    """
    known = client(id)
    return known.name if known else fallback or id or "unknown"


@cache
def _owners() -> frozenset[str]:
    return frozenset(owner.id for owner in _file("clients.toml").only(Owner))


def first_party(owner_tenant_id: str | None) -> bool:
    """True where an application that this tenant owns is one of Microsoft's own."""
    return _clean(owner_tenant_id) in _owners()


def resources() -> tuple[Resource, ...]:
    """Every known resource."""
    return _file("resources.toml").only(Resource)


@cache
def _resources_by_id() -> dict[str, Resource]:
    return {resource.id: resource for resource in resources()}


def resource(id: str | None) -> Resource | None:
    """The resource with this application id, in any case; None where it is not known."""
    return _resources_by_id().get(_clean(id))


# -- networks


@cache
def _suites() -> dict[str, Suite]:
    return {_clean(suite.name): suite for suite in _file("access.toml").only(Suite)}


def suite(name: str | None) -> Suite | None:
    """The resources that Conditional Access knows by this name or id, in any case; None for a single resource."""
    return _suites().get(_clean(name))


@cache
def _spellings() -> dict[tuple[str, str], str]:
    return {spelling.key: spelling.graph for spelling in _file("access.toml").only(Spelling)}


def spelled(field: str, said: str | None) -> str | None:
    """How policies spell what a sign-in log says of one of `SPELLED_FIELDS`; None for another word."""
    return _spellings().get((field, "".join((said or "").lower().split())))


def networks() -> tuple[NetworkMark, ...]:
    """Every known autonomous system and prefix, doubtful ones included."""
    return _file("networks.toml").only(NetworkMark)


@cache
def _by_asn() -> dict[int, NetworkMark]:
    return {mark.asn: mark for mark in networks() if mark.asn is not None}


@cache
def _by_prefix() -> tuple[NetworkMark, ...]:
    sure = [mark for mark in networks() if mark.prefix is not None and not mark.doubtful]
    return tuple(sorted(sure, key=lambda mark: mark.prefix.prefixlen if mark.prefix else 0, reverse=True))


@lru_cache(maxsize=4096)
def _in_prefix(ip: str | None) -> NetworkMark | None:
    try:
        address = ip_address((ip or "").strip())
    except ValueError:
        return None
    return next((mark for mark in _by_prefix() if mark.prefix is not None and address in mark.prefix), None)


def network(asn: int | None, ip: str | None = None, on: date | None = None) -> NetworkMark | None:
    """What is known of a network by its autonomous system number, its address, or both; None for most of the world.

    A campaign that the address is tied to is added to what the number says. With `on`, the day of the record, marks
    past their shelf life come back with `expired=True`, and an expired campaign is left out where the number says
    what network it is. Text that is no address is ignored.
    """
    by_asn, by_ip = _by_asn().get(asn or 0), _in_prefix(ip)
    if by_ip is None or (by_asn is not None and by_ip.gone(on)):
        found = by_asn
    elif by_asn is None:
        found = by_ip
    else:
        kind, name = (by_asn.kind, by_asn.name) if by_ip.kind == "campaign" else (by_ip.kind, by_ip.name)
        found = by_ip._replace(kind=kind, name=name, asn=by_asn.asn, source=f"{by_asn.source}; {by_ip.source}")
    return found._replace(expired=True) if found is not None and found.gone(on) else found


# -- codes, operations, roles


def codes() -> tuple[Code, ...]:
    """Every known AADSTS code."""
    return _file("codes.toml").only(Code)


@cache
def _codes_by_number() -> dict[int, Code]:
    return {code.code: code for code in codes()}


def code(error_code: int | None) -> Code | None:
    """What an AADSTS code means; None where it is not known. 0 is success."""
    return None if error_code is None else _codes_by_number().get(error_code)


def operations() -> tuple[Operation, ...]:
    """Every operation that can follow a grant."""
    return _file("operations.toml").only(Operation)


@cache
def _operations_by_key() -> dict[tuple[str, str | None], Operation]:
    by_kind: dict[tuple[str, str | None], Operation] = {(each.key, each.kind): each for each in operations()}
    plain = {(each.key, None): each for each in operations() if each.containing is None}
    return by_kind | plain


def operation(name: str | None, kind: str | None = None) -> Operation | None:
    """The operation of this name, in any case, with or without the last dot; None where it is not known.

    `kind` tells which is meant where records of one name are of several kinds.
    """
    if not name:
        return None
    key = operation_key(name)
    return _operations_by_key().get((key, kind)) or _operations_by_key().get((key, None))


def request_areas() -> tuple[RequestArea, ...]:
    """What Microsoft Graph paths are about, by their first part."""
    return _file("requests.toml").only(RequestArea)


def roles() -> tuple[Role, ...]:
    """Every known directory role template."""
    return _file("roles.toml").only(Role)


@cache
def _roles_by_id() -> dict[str, Role]:
    return {role.id: role for role in roles()}


def role(id: str | None) -> Role | None:
    """The directory role with this template id, in any case; None where it is not known."""
    return _roles_by_id().get(_clean(id))


# -- user agents


@cache
def _agent_rules() -> tuple[tuple[AgentRule, ...], tuple[OsRule, ...]]:
    loaded = _file("agents.toml")
    return loaded.only(AgentRule), loaded.only(OsRule)


@lru_cache(maxsize=4096)
def _agent(text: str) -> AgentFamily:
    rules, systems = _agent_rules()
    os = next((system.name for system in systems if system.pattern.search(text)), None)
    for rule in rules:
        if rule.pattern.search(text):
            return AgentFamily(rule.name, rule.kind, os)
    return AgentFamily("unknown", "unknown", os)


def agent(user_agent: str | None) -> AgentFamily:
    """The family of a user agent, by its own word. Always answers: kind `empty` for nothing, `unknown` for the rest."""
    text = (user_agent or "")[:_LONGEST_TEXT].strip()
    return _agent(text) if text else AgentFamily("empty", "empty")


# -- column names of portal downloads


def languages() -> tuple[Language, ...]:
    """Every language of the portal for which column names are known, but English."""
    return _file("headers.toml").only(Language)


@cache
def headers(language: str) -> dict[str, str]:
    """The columns by their names in a language, folded (see `folded`). Empty for a language that is not known."""
    found = _file("headers.toml").only(HeaderName)
    return {folded(header.name): header.column for header in found if header.language == language}


# -- marks


def marks() -> tuple[Mark, ...]:
    """Every mark of a kit or tool."""
    return _file("marks.toml").only(Mark)


@cache
def _marks_of(kind: str) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks() if mark.kind == kind)


def _found(kind: str, text: str | None, on: date) -> tuple[Mark, ...]:
    text = (text or "")[:_LONGEST_TEXT].strip()
    if not text:
        return ()
    return tuple(mark._replace(expired=True) if mark.gone(on) else mark for mark in _hits(kind, text))


@lru_cache(maxsize=4096)
def _hits(kind: str, text: str) -> tuple[Mark, ...]:
    return tuple(mark for mark in _marks_of(kind) if mark.pattern.search(text))


def device_marks(name: str | None, os: str | None, on: date) -> tuple[Mark, ...]:
    """Marks in the display name and the operating system text of a device. `on`: the day of the grant (UTC).

    `os` may be a bare build or a text that holds one. Marks past their shelf life come back with `expired=True`.
    """
    return _found("device_name", name, on) + _found("os_build", os, on)


def agent_marks(user_agent: str | None, on: date) -> tuple[Mark, ...]:
    """Marks in a user agent; as `device_marks`."""
    return _found("agent", user_agent, on)


def url_marks(url: str | None, on: date) -> tuple[Mark, ...]:
    """Marks in the address of a page, which lure pages leave; as `device_marks`."""
    return _found("url", url, on)


def verification_urls() -> tuple[VerificationUrl, ...]:
    """The genuine pages where people enter a user code."""
    return _file("marks.toml").only(VerificationUrl)


# -- words


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of one list of words.toml, in lower case. Raises KeyError for a list that there is not."""
    return {each.name: each.words for each in _file("words.toml").only(WordList)}[name]


@cache
def word_pattern(name: str) -> str:
    """The same as a regular expression for lower-case text: a word is met where a word of the text begins with it."""
    return r"(?:^|[^a-z0-9])(?:" + "|".join(re.escape(word) for word in words(name)) + ")"


def words_in(name: str, text: str | None) -> tuple[str, ...]:
    """Those words of a list that the text holds, in the order of the list. Log text of any length."""
    lowered = (text or "")[:_LONGEST_WORDS].lower()
    if not lowered:
        return ()
    return tuple(word for word, pattern in _word_patterns(name) if pattern.search(lowered))


@cache
def _word_patterns(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((word, re.compile(r"(?:^|[^a-z0-9])" + re.escape(word))) for word in words(name))
