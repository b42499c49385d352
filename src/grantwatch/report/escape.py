"""Make log text harmless for what it is shown in.

Whoever signs in chooses the user agent, the device name and more. Such text may carry terminal sequences, marks that
turn the reading direction, characters without width, or megabytes.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = [
    "clean",
    "csv_cell",
    "json_bytes",
    "markdown_block",
    "markdown_code",
    "markdown_prose",
    "raw_csv_cell",
    "terminal",
]

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0"  # fillers, joiners, byte order mark
    "\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufff9-\ufffb"  # zero width, bidi, separators, annotations
)
_UNSAFE = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff{_INVISIBLE}\\U000e0000-\\U000e007f]")
_KEEP_LINES = re.compile(_UNSAFE.pattern.replace("\\x00-\\x1f", "\\x00-\\x08\\x0b-\\x1f"))
_RAW_IN_JSON = re.compile(f"[\x7f-\x9f{_INVISIBLE}\U000e0000-\U000e007f]")
_FORMULA = re.compile("(^|;)(?=[\\s']*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212])")
"""Where a formula could begin: at the start of a cell, and after a semicolon, at which some spreadsheets divide too.

Blanks and apostrophes before it count as nothing. The full-width signs are formulas where the input method is Japanese.
"""
_IN_CODE = re.compile("[`|<>]|{(?=[{%#<])")
_PLAIN_WORD = re.compile(
    "[(\"']?"
    "(?:\u2212?[^\\W\\d_]+(?:[-'/\u2019\u2013][^\\W\\d_]+)*"  # a word
    "|[+\u2212]?[0-9]{1,15}(?:,[0-9]{3})*(?:[.][0-9]+)?%?"  # a number
    "|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}(?::[0-9]{2}){1,2}"  # a day, a time
    "|[\u2192\u00b7\u2013\u2212])"
    "[)\"',.;:!?\u2026]{0,3}"
)
_LIST_ITEM = re.compile("[0-9]+[.)]+.*")
_AROUND = re.compile("([(\"']?)(.*[^\\W_][^)\"',.;:!?\u2026]*)([)\"',.;:!?\u2026]{0,3})")
_DEFUSED = re.compile(_FORMULA.pattern.replace("(?=", "'(?="))


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
    """A cell that no spreadsheet takes for a formula. None is empty. Quoting is left to the csv writer.

    An apostrophe is set before what could begin a formula; `raw_csv_cell` takes it away. A number is left as it is.
    """
    if value is None:
        return ""
    text = clean(str(value), 30_000)
    if isinstance(value, (int, float)):
        return text
    return _FORMULA.sub(r"\1'", text)


def raw_csv_cell(cell: str) -> str:
    """The text of a cell without the apostrophes that `csv_cell` set."""
    return _DEFUSED.sub(r"\1", cell)


def markdown_code(text: str, limit: int | None = 200) -> str:
    """Log text as a code span: no backtick, pipe or angle bracket is left in it, so that nothing ends the span early.

    In a code span no viewer looks for links, mentions, HTML or emphasis.
    """
    shown = _IN_CODE.sub(_shown, " ".join(clean(text, limit).split()))
    return f"`{shown}`" if shown else "(empty)"


def markdown_block(text: str, limit: int | None = 20_000) -> str:
    """Lines for a fenced block: none of them can end the fence."""
    return _IN_CODE.sub(_shown, clean(text, limit, lines=True))


def markdown_prose(text: str, limit: int | None = 600) -> str:
    """A sentence that may hold log text: plain words stay as they are, all else stands in code spans."""
    made: list[str] = []
    before, coded, after = "", "", ""
    for place, token in enumerate(clean(text, limit).split()):
        if _PLAIN_WORD.fullmatch(token) and not (place == 0 and _LIST_ITEM.fullmatch(token)):
            made += [before + markdown_code(coded, None) + after] if coded else []
            made.append(token)
            before, coded, after = "", "", ""
            continue
        match = _AROUND.fullmatch(token)
        opened, core, closed = match.groups() if match else ("", token, "")
        if coded and not after and not opened:
            coded, after = f"{coded} {core}", closed
        else:
            made += [before + markdown_code(coded, None) + after] if coded else []
            before, coded, after = opened, core, closed
    made += [before + markdown_code(coded, None) + after] if coded else []
    return " ".join(made)


def json_bytes(value: Any, *, indent: bool = False) -> bytes:
    """Plain dicts, lists, strings and numbers as UTF-8 JSON with a line feed at the end, indented or on one line.

    C1 controls, bidi marks and invisible characters are written as JSON escapes, so that the bytes are harmless in a
    terminal; the values are the same. Text that is not valid Unicode gets `?` in its place.
    """
    import orjson

    options = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indent else 0)
    try:
        encoded = orjson.dumps(value, option=options)
    except TypeError:
        encoded = orjson.dumps(_valid(value), option=options)
    return _RAW_IN_JSON.sub(_json_escape, encoded.decode()).encode()


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _valid(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_valid(key): _valid(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_valid(inner) for inner in value]
    return value
