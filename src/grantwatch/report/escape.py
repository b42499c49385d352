"""Make log text harmless for what it is shown in.

Whoever signs in chooses the user agent, the device name and more. Such text may carry terminal sequences, marks that
turn the reading direction, characters without width, or megabytes.
"""

from __future__ import annotations

import re

__all__ = ["clean", "csv_cell", "terminal"]

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0"  # fillers, joiners, byte order mark
    "\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufff9-\ufffb"  # zero width, bidi, separators, annotations
)
_UNSAFE = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff{_INVISIBLE}\\U000e0000-\\U000e007f]")
_KEEP_LINES = re.compile(_UNSAFE.pattern.replace("\\x00-\\x1f", "\\x00-\\x08\\x0b-\\x1f"))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _shown(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean(text: str, limit: int | None = 2_000, *, lines: bool = False) -> str:
    """The text with control, bidi and invisible characters made visible as escapes, cut at `limit`.

    Where it is cut, a note says how long it was. `lines` keeps tabs and line feeds.
    """
    whole = len(text)
    cut = limit is not None and whole > limit
    shown = (_KEEP_LINES if lines else _UNSAFE).sub(_shown, text[:limit] if cut else text)
    return f"{shown}\u2026 [cut: {whole:,} characters]" if cut else shown


def terminal(text: str, limit: int | None = 200) -> str:
    """One line that is safe to print: no sequence, no control, no bidi mark; cut with an ellipsis at `limit`."""
    cut = limit is not None and len(text) > limit
    shown = _UNSAFE.sub(_shown, text[: limit - 1] if cut and limit is not None else text)
    return shown + "\u2026" if cut else shown


def csv_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula. None is empty. Quoting is left to the csv writer."""
    if value is None:
        return ""
    text = clean(str(value), 30_000)
    if isinstance(value, (int, float)):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
