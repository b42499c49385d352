"""Values of rules as SQL text. Whatever a rule holds becomes a literal: nothing of it is ever read as SQL."""

from __future__ import annotations

import re

from sigma.exceptions import SigmaFeatureNotSupportedByBackendError, SigmaValueError
from sigma.types import Placeholder, SigmaRegularExpression, SigmaRegularExpressionFlag, SigmaString, SpecialChars

__all__ = ["literal", "matches", "name", "regular", "spelled"]

_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}
Part = str | SpecialChars


def literal(text: str) -> str:
    """A text as an SQL literal. Raises SigmaValueError for half of a surrogate pair, which is no character."""
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise SigmaValueError("a value holds half of a surrogate pair, which no log can hold")
    quoted = "'" + text.replace("'", "''") + "'"
    # A literal ends at a NUL, as modifiers for wide characters make them.
    return f"({quoted.replace(chr(0), chr(39) + ' || chr(0) || ' + chr(39))})" if "\x00" in text else quoted


def name(text: str) -> str:
    """A name of a column, quoted."""
    return '"' + text.replace('"', '""') + '"'


def spelled(value: SigmaString, spelling: str) -> list[Part]:
    """The parts of a value, spelled as the column spells its own. Raises for a placeholder that nobody filled."""
    parts: list[Part] = []
    for part in value.s:
        if isinstance(part, Placeholder):
            raise SigmaFeatureNotSupportedByBackendError(f"the placeholder %{part.name}% has no values here")
        parts.append(re.sub("[ -]", "", part) if spelling == "enumerated" and isinstance(part, str) else part)
    if spelling == "operation":
        for place in range(len(parts) - 1, -1, -1):
            part = parts[place]
            if isinstance(part, str):
                parts[place] = part.removesuffix(".")
                break
    return [part for part in parts if part != ""]


def matches(column: str, parts: list[Part], *, cased: bool = False) -> str:
    """SQL that is true where a text column matches a value with wildcards. An empty value matches an empty text."""
    left = column if cased else f"lower({column})"

    def right(text: str) -> str:
        return literal(text) if cased else f"lower({literal(text)})"

    if not parts:
        return f"{column} = ''"
    if all(isinstance(part, str) for part in parts):
        return f"{left} = {right(''.join(str(part) for part in parts))}"
    pattern, escaped = "", False
    for part in parts:
        if part is SpecialChars.WILDCARD_MULTI:
            pattern += "%"
        elif part is SpecialChars.WILDCARD_SINGLE:
            pattern += "_"
        else:
            escaped = escaped or bool(re.search(r"[\\%_]", str(part)))
            pattern += re.sub(r"([\\%_])", r"\\\1", str(part))
    if not escaped:
        return f"{left} LIKE {right(pattern)}"
    return f"{left} LIKE {right(pattern)} ESCAPE '\\'"


def regular(value: SigmaRegularExpression) -> str:
    """A regular expression with its flags, as RE2 takes them."""
    flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
    text = str(value.regexp)
    return f"(?{flags}){text}" if flags else text
