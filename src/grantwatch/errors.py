"""Every error that Grantwatch raises on purpose.

    GrantwatchError
    ├── UsageError          what was asked for cannot be done: the message says what can
    ├── InputError          nothing that was given could be read
    ├── KnowledgeError      a file in knowledge/ does not say what it must
    └── DeclarationError    a form, a signal, a persona … declares itself wrongly

An error names the place (file, line, key) and what would be accepted instead.
"""

from __future__ import annotations

__all__ = ["DeclarationError", "GrantwatchError", "InputError", "KnowledgeError", "UsageError"]


class GrantwatchError(Exception):
    """The root of the tree: catch this to catch everything that Grantwatch raises on purpose."""


class UsageError(GrantwatchError):
    """What was asked for cannot be done; the message names what can."""


class InputError(GrantwatchError):
    """None of the given files could be read; the message names each and what was seen in it."""


class KnowledgeError(GrantwatchError):
    """A knowledge file does not say what it must; the message names file, table and key."""


class DeclarationError(GrantwatchError):
    """A form, a signal, a persona or a campaign declares itself wrongly; the message names it and the offending key."""
