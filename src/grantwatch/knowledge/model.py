"""What the knowledge files say, as named tuples. Ids are lower-case; dates are calendar days (UTC)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

__all__ = [
    "AGENT_KINDS",
    "CLIENT_KINDS",
    "CODE_KINDS",
    "MARK_KINDS",
    "NETWORK_KINDS",
    "OPERATION_KINDS",
    "RESOURCE_KINDS",
    "SPELLED_FIELDS",
    "STRENGTHS",
    "WORD_LISTS",
    "AgentFamily",
    "AgentRule",
    "Client",
    "Code",
    "HeaderName",
    "Language",
    "Mark",
    "NetworkMark",
    "Operation",
    "OsRule",
    "Owner",
    "RequestArea",
    "Resource",
    "Role",
    "Spelling",
    "Suite",
    "VerificationUrl",
    "WordList",
    "day_of",
    "folded",
    "operation_key",
]

CLIENT_KINDS = ("broker", "cli", "office", "room_device", "enrolment", "browser", "driver", "other")

RESOURCE_KINDS = ("graph", "mail", "files", "registration", "management", "devops", "secrets", "other")

NETWORK_KINDS = ("hosting", "anonymiser", "microsoft", "campaign")
"""`campaign`: an address that a report ties to attackers, of a network about which nothing else is known."""

SPELLED_FIELDS = ("client_app", "crossing", "platform", "strength", "trust")

CODE_KINDS = (
    "success",
    "confirm",
    "consent",
    "declined",
    "wrong_code",
    "interrupt",
    "block",
    "dead_token",
    "credential",
    "pending",
    "other",
)

OPERATION_KINDS = (
    "lure_click",
    "account_question",
    "device_registered",
    "device_added",
    "device_linked",
    "device_deleted",
    "consent",
    "consent_removed",
    "credential_added",
    "service_principal",
    "inbox_rule",
    "inbox_rule_removed",
    "forwarding",
    "transport_rule",
    "mailbox_delegation",
    "mail_access",
    "mail_sent",
    "mail_deleted",
    "mail_cleanup",
    "search",
    "file_access",
    "file_download",
    "graph_call",
    "sharing",
    "chat",
    "security_info",
    "password",
    "sessions_revoked",
    "account_disabled",
    "account_enabled",
    "role",
    "policy",
    "group_member",
    "account_change",
    "user_updated",
)

AGENT_KINDS = ("kit", "script", "tool", "browser", "mobile_browser", "app", "broker", "registration")

MARK_KINDS = ("agent", "device_name", "os_build", "url")

STRENGTHS = ("weak", "strong")

WORD_LISTS = (
    "risky_scopes",
    "strong_scopes",
    "carried_over",
    "first_factors",
    "hiding_folders",
    "rule_words",
    "warning_mail",
    "search_words",
    "exclusion_groups",
    "emergency_groups",
    "shared_hosts",
)


def day_of(when: date) -> date:
    """The calendar day of a date or of a datetime, so that the two can be compared."""
    return when.date() if isinstance(when, datetime) else when


def operation_key(name: str) -> str:
    """The form in which operation names are compared: trimmed, lower-case, without the dot that the UAL appends."""
    return name.strip().lower().rstrip(".").rstrip()


def folded(name: str) -> str:
    """A column name as names are compared: letters and digits only, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


class Client(NamedTuple):
    """An OAuth client application.

    `foci`: a member of the family of client ids, so its refresh token can be redeemed as any other member.
    `device_code_usual`: people and products are known to use it with a device code. Attackers use the same
    clients, so it explains a grant and never excuses one.
    """

    id: str
    name: str
    kind: str
    foci: bool
    device_code_usual: bool
    source: str


class Owner(NamedTuple):
    """A tenant in which Microsoft registers its own applications."""

    id: str
    name: str
    source: str


class Resource(NamedTuple):
    """An API that tokens are issued for."""

    id: str
    name: str
    kind: str
    source: str


class NetworkMark(NamedTuple):
    """What is known of an autonomous system or a prefix. Context, never proof: absence of a mark says nothing.

    `campaign` names the campaign that a report ties the prefix to. `doubtful` marks come from a source that is
    probably wrong; they are kept for the record and no look-up returns them.
    """

    name: str
    kind: str
    source: str
    asn: int | None = None
    prefix: IPv4Network | IPv6Network | None = None
    campaign: str | None = None
    expires: date | None = None
    doubtful: bool = False
    expired: bool = False

    def gone(self, on: date | None) -> bool:
        """True where the mark had expired on that day."""
        return on is not None and self.expires is not None and day_of(on) > self.expires


class Code(NamedTuple):
    """An AADSTS error code (0 is success)."""

    code: int
    name: str
    meaning: str
    kind: str
    source: str


class Language(NamedTuple):
    """A language in which the portal writes the header of a download.

    `day_first`: a date with slashes begins with the day there.
    """

    code: str
    name: str
    source: str
    day_first: bool = False


class HeaderName(NamedTuple):
    """What a column of a portal download is called in a language, and its English name."""

    language: str
    name: str
    column: str
    source: str
    doubtful: bool = False

    @property
    def key(self) -> str:
        """Language and folded name: what must stand in the file once only."""
        return f"{self.language}: {folded(self.name)}"


class Operation(NamedTuple):
    """An operation of the directory audit log or the Unified Audit Log that can follow a grant.

    `always_tie`: rare enough that the same user within `user_hours` is a meaningful tie; other operations need a
    token, a session, a client or a network in common. `service_ip`: the record carries an address of Microsoft's own
    service, which is evidence of nothing. `of_target`: the person it was done to is whose it is, whoever did it.
    `every_grant`: it concerns every grant that the person gave before, not the latest one alone.

    Hours and minutes bound a tie: the same person (`user_hours`), the same network as the device side
    (`network_hours`), the client of the grant (`client_hours`, 0: never), before a grant (`before_minutes`, 0: never).
    `burst_minutes`: how long a burst of them is (0: never counted). `words`: the list of words.toml that the text of
    the record is held against. `containing`: only records that say this are meant.
    """

    name: str
    kind: str
    title: str
    always_tie: bool
    service_ip: bool
    source: str
    of_target: bool = False
    every_grant: bool = False
    user_hours: int = 72
    network_hours: int = 336
    client_hours: int = 0
    before_minutes: int = 0
    burst_minutes: int = 0
    words: str | None = None
    containing: str | None = None

    @property
    def key(self) -> str:
        """The name in the form in which it is compared; see `operation_key`."""
        return operation_key(self.name)


class Role(NamedTuple):
    """A directory role template, as it stands in the `wids` of a token.

    `privileged`: its holder can change who may do what, or read what belongs to others. `ordinary`: a marker that
    every user's token carries; it is no role at all.
    """

    id: str
    name: str
    privileged: bool
    ordinary: bool
    source: str


class Mark(NamedTuple):
    """Something that a kit or a tool leaves behind. `strong`: hardly anything else does; `weak`: needs company.

    `expired` is set by the look-up: the mark is older than its shelf life on the day asked for and weighs less.
    """

    id: str
    title: str
    kind: str
    strength: str
    source: str
    seen: date
    expires: date
    pattern: re.Pattern[str]
    expired: bool = False

    def gone(self, on: date) -> bool:
        """True where the mark had expired on that day."""
        return day_of(on) > self.expires


class RequestArea(NamedTuple):
    """What the first part of a Microsoft Graph path is about. `recon`: asking for it maps the directory."""

    segment: str
    area: str
    recon: bool
    source: str


class WordList(NamedTuple):
    """Words that tell a harmful thing from an ordinary one, in lower case. Each list says how it is compared."""

    name: str
    words: tuple[str, ...]
    source: str


class Suite(NamedTuple):
    """Resources that Conditional Access knows by one name. `partly`: tokens for these count or not, by their scopes."""

    name: str
    title: str
    parts: frozenset[str]
    partly: frozenset[str]
    source: str


class Spelling(NamedTuple):
    """How sign-in logs spell what policies spell in another way. `key` is the log's word as it is looked up."""

    field: str
    said: str
    graph: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """Field and word, in lower case and without blanks."""
        return self.field, "".join(self.said.lower().split())


class VerificationUrl(NamedTuple):
    """A genuine page where people enter a user code: host and path, without the scheme."""

    url: str
    source: str


class AgentRule(NamedTuple):
    """One line of the ordered list that user agents are told apart by; the first that matches wins."""

    name: str
    kind: str
    source: str
    pattern: re.Pattern[str]


class OsRule(NamedTuple):
    """One line of the ordered list that tells the operating system which a user agent claims."""

    name: str
    source: str
    pattern: re.Pattern[str]


class AgentFamily(NamedTuple):
    """What sent a request, as far as it says so itself. `kind` is one of AGENT_KINDS, `empty` or `unknown`."""

    name: str
    kind: str
    os: str | None = None

    @property
    def is_browser(self) -> bool:
        """True for browsers on desks and on phones."""
        return self.kind in ("browser", "mobile_browser")

    @property
    def is_scripted(self) -> bool:
        """True for kits and for the HTTP libraries that scripts are written with."""
        return self.kind in ("kit", "script")
