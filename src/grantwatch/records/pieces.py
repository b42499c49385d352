"""Records out of a stream of JSON text one by one, over whatever is broken between them.

Arrays and pages (`{"value":[…]}`) are opened, however many there are. What cannot be decoded is handed out as one piece
of text, from where it begins to where the next record begins, so that it can be counted and shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["PAGES", "Pieces"]

PAGES = ("value", "records", "events", "results", "Results", "hits.hits", "hits")
"""Keys whose list holds the records of a page; a dot reaches into an object."""

_SPACE = re.compile(r"[\s\x00]*")
_SEPARATORS = re.compile(r"[\s\x00,]*")
_NEXT = re.compile(r"[,}\]\n]\s*\{")
_CLOSING = re.compile(r"\](?:\s*\})*\s*\Z")
_OPENING = re.compile(r'"(?:' + "|".join({page.rpartition(".")[2] for page in PAGES}) + r')"\s*:\s*\[')
_AROUND = frozenset(page.partition(".")[0] for page in PAGES if "." in page)
"""Keys whose object may hold the list of a page."""
_NEAR = 1 << 14
"""How far into an object (characters) the list of a page may begin."""
_KEPT = 1 << 22
_NESTED = 20
_DECODER = json.JSONDecoder(strict=False)


class Pieces:
    """Iterate once to get the text of every record.

    `begins` tells whether a decoded object is a record: after a broken one, reading goes on at the next of these.
    `limit` (characters) bounds one record and so the memory. `page` is the key of the first page that was opened.
    Afterwards `closed` is False where the text ends inside a list, which tells that its end is missing.
    """

    def __init__(self, chunks: Iterable[str], begins: Callable[[Any], bool], limit: int = 1 << 24) -> None:
        self.closed = True
        self.page: str | None = None
        self._chunks = iter(chunks)
        self._begins = begins
        self._limit = limit
        self._text = ""
        self._at = 0
        self._over = False
        self._nested = 0
        self._closings = 0
        self._ended = False

    def __iter__(self) -> Iterator[str]:
        depth = 0
        while mark := self._mark():
            if mark == "{" and self._open_page():
                yield from self._page()
            elif mark in "[]}":
                self._at += 1
                depth = max(depth + {"[": 1, "]": -1}.get(mark, 0), 0)
            else:
                yield self._piece()
        self.closed = self._ended or (self.closed and depth == 0)

    def _page(self) -> Iterator[str]:
        """The records of a list that was just opened, and the way out of the object around it."""
        self._nested += 1
        closings = self._closings
        while mark := self._mark():
            if mark == "]":
                self._at += 1
                if (after := self._rest_of_page(closings)) is not None:
                    yield after
                break
            if mark == "{" and self._nested < _NESTED and self._open_page():
                yield from self._page()
            else:
                yield self._piece()
        else:
            self.closed = False
        self._nested -= 1

    def _mark(self) -> str:
        """The character that the next value begins with; empty at the end of the text."""
        if not self._skip(_SEPARATORS):
            return ""
        if self._at > _KEPT:
            self._text = self._text[self._at :]
            self._at = 0
        return self._text[self._at]

    def _rest_of_page(self, closings: int) -> str | None:
        """Skip what follows the list (a nextLink, `closings` braces). Answers the text where it is none of that."""
        while True:
            if not self._skip(_SEPARATORS):
                self.closed = False
                return None
            if self._text[self._at] == "}":
                self._at += 1
                closings -= 1
                if closings == 0:
                    return None
                continue
            start = self._at
            if self._value() is None or not self._colon() or self._value() is None:
                self._at = start
                return self._broken()

    def _open_page(self) -> bool:
        """Step into the list of the page that begins here; stay where it is no page."""
        while len(self._text) - self._at < _NEAR and self._more():
            pass
        if _OPENING.search(self._text, self._at, self._at + _NEAR) is None:
            return False
        start = self._at
        self._at += 1
        before: dict[str, Any] = {}
        outer = ""
        while self._skip(_SEPARATORS):
            if self._text[self._at] != '"' or (key := self._value()) is None or not self._colon():
                break
            name = outer + json.loads(key, strict=False)
            if name in PAGES and self._text[self._at] == "[":
                if self._begins(before):
                    break
                self._at += 1
                self._closings = 1 + name.count(".")
                self.page = self.page or name
                return True
            if name in _AROUND and self._text[self._at] == "{":
                outer = f"{name}."
                self._at += 1
                continue
            if (value := self._value(_NEAR)) is None:
                break
            before[name] = json.loads(value, strict=False)
        self._at = start
        return False

    def _colon(self) -> bool:
        if not self._skip(_SPACE) or self._text[self._at] != ":":
            return False
        self._at += 1
        return self._skip(_SPACE)

    def _piece(self) -> str:
        value = self._value()
        return value if value is not None else self._broken()

    def _value(self, limit: int | None = None) -> str | None:
        """The text of the whole value that begins here, and step over it; None where it cannot be decoded."""
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                return None
            except json.JSONDecodeError as error:
                pending = len(self._text) - self._at
                cut = error.pos >= len(self._text) - 16 or error.msg.startswith("Unterminated")
                if cut and pending < (limit or self._limit) and self._more():
                    continue
                return None
            # A number that touches the end of what is there may go on after it.
            if end == len(self._text) and self._text[end - 1] not in '"}]' and self._more():
                continue
            value = self._text[self._at : end]
            self._at = end
            return value

    def _broken(self) -> str:
        """Step over what cannot be decoded, to where the next record begins or to the end."""
        search = self._at
        while True:
            match = _NEXT.search(self._text, search)
            if match is None:
                # The mark that is looked for may be cut by the end of the buffer.
                search = max(self._at, len(self._text) - 64)
                if len(self._text) - self._at < self._limit and self._more():
                    continue
                piece = self._take(len(self._text))
                # A bad record at the end of a list takes the closing bracket with it: the list is whole all the same.
                self._ended = _CLOSING.search(piece) is not None
                return piece
            if self._record_at(match.end() - 1):
                return self._take(match.start() + 1)
            search = match.start() + 1

    def _record_at(self, position: int) -> bool:
        start, self._at = self._at, position
        try:
            if self._open_page():
                return True
            value = self._value()
            return value is not None and self._begins(json.loads(value, strict=False))
        finally:
            self._at = start

    def _take(self, end: int) -> str:
        piece = self._text[self._at : end]
        self._at = end
        return piece

    def _skip(self, what: re.Pattern[str]) -> bool:
        """Step over white space or separators. False at the end of the text."""
        while True:
            match = what.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        """Take in more text, twice as much as is pending, so that a large value is decoded a few times only."""
        wanted = max(len(self._text) - self._at, 1)
        parts: list[str] = []
        while wanted > 0 and not self._over:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._over = True
            else:
                parts.append(chunk)
                wanted -= len(chunk)
        self._text += "".join(parts)
        return bool(parts)
