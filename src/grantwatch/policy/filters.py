"""The rule language of the filter for devices: `device.trustType -eq "ServerAD" -and -not (device.model -in ["A"])`.

Rules are those of dynamic membership groups: comparisons bind strongest, then -not, -and, -or. Texts are compared
without regard to case. A device that the directory does not know meets no positive comparison and every negative one,
as Microsoft documents it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grantwatch.policy.context import Device
from grantwatch.policy.values import Tri, Unknown, both, negated

__all__ = ["PROPERTIES", "And", "Compare", "FilterError", "Not", "Or", "Rule", "compare", "parse"]

PROPERTIES = frozenset(
    {
        "deviceid",
        "displayname",
        "deviceownership",
        "enrollmentprofilename",
        "iscompliant",
        "manufacturer",
        "mdmappid",
        "model",
        "operatingsystem",
        "operatingsystemversion",
        "physicalids",
        "profiletype",
        "systemlabels",
        "trusttype",
        *(f"extensionattribute{number}" for number in range(1, 16)),
    }
)
"""What can be asked of a device, in lower case."""

OPERATORS = {
    "eq": "eq",
    "ne": "ne",
    "startswith": "startsWith",
    "notstartswith": "notStartsWith",
    "endswith": "endsWith",
    "notendswith": "notEndsWith",
    "contains": "contains",
    "notcontains": "notContains",
    "in": "in",
    "notin": "notIn",
}
_POSITIVE = {
    "ne": "eq",
    "notStartsWith": "startsWith",
    "notEndsWith": "endsWith",
    "notContains": "contains",
    "notIn": "in",
}
_LONGEST = 3072
_DEEPEST = 100


class FilterError(ValueError):
    """A rule that cannot be read. `position` counts characters from 1."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(f"character {position}: {what}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison. `value` is a text, several texts (`in`, `notIn`), or None for null."""

    name: str
    operator: str
    value: str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class And:
    """All must hold."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One must hold."""

    rules: tuple[Rule, ...]


Rule = Compare | Not | And | Or


def parse(text: str) -> Rule:
    """Read a rule. Raises FilterError with the position, and what is accepted there."""
    if len(text) > _LONGEST:
        raise FilterError(_LONGEST + 1, f"a rule has at most {_LONGEST} characters, this one {len(text)}")
    return _Parser(text).whole()


def compare(rule: Rule, device: Device) -> Tri:
    """Whether a device meets a rule; None where that is not known or not documented."""
    if isinstance(rule, Compare):
        return _compared(rule, device)
    if isinstance(rule, Not):
        return negated(compare(rule.rule, device))
    result: Tri = isinstance(rule, And)
    for each in rule.rules:
        found = compare(each, device)
        result = both(result, found) if isinstance(rule, And) else negated(both(negated(result), negated(found)))
    return result


def _compared(rule: Compare, device: Device) -> Tri:
    if rule.name not in PROPERTIES or device.registered is None:
        return None
    negative = rule.operator in _POSITIVE
    if not device.registered:
        # Null compared with null: the documentation of null and the table of negative operators disagree.
        return None if rule.value is None else negative
    if rule.name.startswith("extensionattribute") and not _readable(device):
        return None
    held = device.fact(rule.name)
    if isinstance(held, Unknown):
        return None
    found = _holds(_POSITIVE.get(rule.operator, rule.operator), held, rule.value)
    return not found if negative else found


def _readable(device: Device) -> Tri:
    """Extension attributes are there only on devices that are managed by Intune, compliant or hybrid joined."""
    managed = device.fact("mdmappid")
    known = not isinstance(managed, Unknown) and managed is not None
    return bool(known or device.compliant or device.hybrid_joined)


_WAYS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda held, wanted: held == wanted,
    "startsWith": lambda held, wanted: held.startswith(wanted),
    "endsWith": lambda held, wanted: held.endswith(wanted),
    "contains": lambda held, wanted: wanted in held,
    "in": lambda held, wanted: held == wanted,
}


def _holds(operator: str, held: str | bool | tuple[str, ...] | None, wanted: str | tuple[str, ...] | None) -> bool:
    """A positive comparison. Of a collection, `contains` asks for one whole text."""
    if wanted is None:
        return held is None or held == ()
    if held is None:
        return False
    texts = wanted if isinstance(wanted, tuple) else (wanted,)
    several = isinstance(held, tuple)
    values = [each.lower() for each in held] if isinstance(held, tuple) else [str(held).lower()]
    way = _WAYS["eq" if several and operator == "contains" else operator]
    return any(way(value, text.lower()) for value in values for text in texts)


_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    |(?P<open>\()|(?P<close>\))|(?P<from>\[)|(?P<to>\])|(?P<comma>,)
    |(?P<double>"(?:`.|[^"`])*")
    |(?P<single>'(?:''|[^'])*')
    |(?P<word>[-\u2013$]?[A-Za-z_][\w.]*|[\d][\w.:-]*|==|!=)""",
    re.VERBOSE,
)
_SIGNS = {"==": "eq", "!=": "ne"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        """A word without its hyphen, in lower case; empty for other tokens."""
        return self.text.lstrip("-\u2013").lower() if self.kind == "word" else ""


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def wrong(self, accepted: str) -> FilterError:
        token = self.next
        seen = repr(token.text) if token.text else "the end"
        return FilterError(token.position, f"{seen} stands where {accepted} is accepted")

    def whole(self) -> Rule:
        rule = self.any()
        if self.next.kind != "end":
            raise self.wrong("-and, -or or the end")
        return rule

    def any(self) -> Rule:
        rules = [self.every()]
        while self.next.word == "or":
            self.take()
            rules.append(self.every())
        return rules[0] if len(rules) == 1 else Or(tuple(rules))

    def every(self) -> Rule:
        rules = [self.one()]
        while self.next.word == "and":
            self.take()
            rules.append(self.one())
        return rules[0] if len(rules) == 1 else And(tuple(rules))

    def one(self) -> Rule:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FilterError(self.next.position, f"more than {_DEEPEST} levels deep")
        try:
            if self.next.word == "not":
                self.take()
                return Not(self.one())
            if self.next.kind == "open":
                self.take()
                rule = self.any()
                if self.next.kind != "close":
                    raise self.wrong("-and, -or or )")
                self.take()
                return rule
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Rule:
        token = self.next
        if not token.word.startswith("device.") or token.text.startswith(("-", "\u2013")):
            raise self.wrong("a property such as device.trustType, -not or (")
        name = token.word.removeprefix("device.")
        if name not in PROPERTIES:
            raise FilterError(token.position, f"device.{name} is no property of the filter for devices")
        self.take()
        sign = self.next.text if self.next.text in _SIGNS else ""
        operator = _SIGNS.get(sign) or OPERATORS.get(self.next.word)
        if operator is None:
            raise self.wrong(f"an operator ({', '.join(f'-{each}' for each in OPERATORS.values())})")
        self.take()
        if operator in ("in", "notIn"):
            return Compare(name, operator, self.several())
        place = self.next
        value = self.value()
        if value is None and operator not in ("eq", "ne"):
            raise FilterError(place.position, "null can be compared with -eq and -ne only")
        return Compare(name, operator, value)

    def several(self) -> tuple[str, ...]:
        if self.next.kind != "from":
            raise self.wrong('a list such as ["A", "B"]')
        self.take()
        values: list[str] = []
        while self.next.kind != "to":
            place = self.next
            value = self.value()
            if value is None:
                raise FilterError(place.position, "null cannot stand in a list")
            values.append(value)
            if self.next.kind == "comma":
                self.take()
            elif self.next.kind != "to":
                raise self.wrong("a comma or ]")
        self.take()
        return tuple(values)

    def value(self) -> str | None:
        token = self.next
        if token.kind == "double":
            self.take()
            return re.sub(r"`(.)", r"\1", token.text[1:-1])
        if token.kind == "single":
            self.take()
            return token.text[1:-1].replace("''", "'")
        if token.kind == "word" and token.text.lower() in ("null", "$null"):
            self.take()
            return None
        if token.kind == "word" and (
            token.text.lower() in ("true", "false", "$true", "$false") or token.text[0].isdigit()
        ):
            self.take()
            return token.text.lstrip("$")
        raise self.wrong("a text in quotation marks, true, false or null")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            quote = text[at] in "\"'"
            raise FilterError(at + 1, "a text that does not end" if quote else f"{text[at]!r} is not understood")
        kind = match.lastgroup or ""
        if kind != "blank":
            found.append(_Token(kind, match.group(), at + 1))
        at = match.end()
    return [*found, _Token("end", "", len(text) + 1)]
