"""Strict reading of one TOML file: every complaint names the file, the entry and the key, and what is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from grantwatch.errors import KnowledgeError

__all__ = ["Table", "parse", "raw_bytes"]

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Table:
    """One table of a file. Each key must be asked for before `done`, which refuses those that nobody knows."""

    def __init__(self, file: str, place: str, values: Mapping[str, object], sources: Mapping[str, str]) -> None:
        self._file = file
        self._place = place
        self._values = values
        self._sources = sources
        self._asked: set[str] = set()

    def wrong(self, key: str, what: str) -> KnowledgeError:
        """The error for one key, with its place."""
        return KnowledgeError(f"{self._file}: {self._place}: {key}: {what}")

    def has(self, key: str) -> bool:
        """True where the table has the key."""
        self._asked.add(key)
        return key in self._values

    def _get(self, key: str) -> object:
        if not self.has(key):
            raise self.wrong(key, "is missing")
        return self._values[key]

    def text(self, key: str) -> str:
        """A text that is not blank and has no blanks around it."""
        value = self._get(key)
        if not isinstance(value, str) or not value or value != value.strip():
            raise self.wrong(key, f"must be a text without blanks around it, not {value!r}")
        return value

    def optional_text(self, key: str) -> str | None:
        """As `text`; None where the key is absent."""
        return self.text(key) if self.has(key) else None

    def flag(self, key: str, default: bool = False) -> bool:
        """A switch, written true or false; `default` where the key is absent."""
        value = self._values[key] if self.has(key) else default
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, not {value!r}")
        return value

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within bounds, both included; `default` where there is one and the key is absent."""
        value = default if default is not None and not self.has(key) else self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(key, f"must be a whole number from {low} to {high}, not {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, each as `text` takes it, none twice."""
        value = self._get(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(each, str) and each.strip() for each in value)
        ):
            raise self.wrong(key, f"must be a list of texts with at least one entry, not {value!r:.60}")
        if len({each.lower() for each in value}) < len(value):
            raise self.wrong(key, "holds a text twice")
        return tuple(value)

    def day(self, key: str) -> date:
        """A date as TOML writes it: 2026-11-23, without a time."""
        value = self._get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, f"must be a date such as 2026-11-23 without quotes or time, not {value!r}")
        return value

    def optional_day(self, key: str) -> date | None:
        """As `day`; None where the key is absent."""
        return self.day(key) if self.has(key) else None

    def choice(self, key: str, accepted: Iterable[str]) -> str:
        """One of the accepted values."""
        value, accepted = self._get(key), tuple(accepted)
        if not isinstance(value, str) or value not in accepted:
            raise self.wrong(key, f"must be one of {', '.join(accepted)}, not {value!r}")
        return value

    def guid(self, key: str) -> str:
        """A lower-case GUID."""
        value = self._get(key)
        if not isinstance(value, str) or not _GUID.fullmatch(value):
            raise self.wrong(key, f"must be a lower-case GUID, not {value!r}")
        return value

    def pattern(self, key: str) -> re.Pattern[str]:
        """A regular expression, compiled without regard to case."""
        value = self.text(key)
        try:
            return re.compile(value, re.IGNORECASE)
        except re.error as error:
            raise self.wrong(key, f"is not a regular expression: {error}") from None

    def source(self) -> str:
        """The sources that the entry names, spelled out. `source` is one key of [sources] or a list of them."""
        value = self._get("source")
        keys = value if isinstance(value, list) else [value]
        if not keys:
            raise self.wrong("source", "must name at least one key of [sources]")
        texts = []
        for key in keys:
            if not isinstance(key, str) or key not in self._sources:
                known = ", ".join(self._sources) or "none yet"
                raise self.wrong("source", f"must be a key of [sources] ({known}), not {key!r}")
            texts.append(self._sources[key])
        return "; ".join(texts)

    def tables(self, key: str, need: bool = True) -> list[Table]:
        """The entries of an array of tables, each with its place in the file."""
        if not need and not self.has(key):
            return []
        value = self._get(key)
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            raise self.wrong(key, f"must be a list of tables with at least one entry, not {value!r:.60}")
        inside = "" if self._place == "top level" else f"{self._place}, "
        return [
            Table(self._file, f"{inside}{key} {number} ({_label(entry)})", entry, self._sources)
            for number, entry in enumerate(value, 1)
        ]

    def named_tables(self, key: str, accepted: Iterable[str]) -> list[tuple[str, Table]]:
        """The sub-tables `[key.name]`, where each name is one of the accepted."""
        value, accepted = self._get(key), tuple(accepted)
        if not isinstance(value, dict):
            raise self.wrong(key, f"must be tables such as [{key}.{accepted[0]}], not {value!r:.60}")
        found = []
        for name, entry in value.items():
            if name not in accepted or not isinstance(entry, dict):
                raise self.wrong(f"{key}.{name}", f"must be a table named one of {', '.join(accepted)}")
            found.append((name, Table(self._file, f"{key}.{name}", entry, self._sources)))
        return found

    def done(self) -> None:
        """Refuse keys that nobody asked for: a mistyped key must not pass in silence."""
        for key in self._values:
            if key not in self._asked:
                raise self.wrong(key, f"is not known here; known keys are {', '.join(sorted(self._asked))}")


def _label(entry: Mapping[str, object]) -> str:
    for key in ("id", "name", "asn", "prefix", "code", "url"):
        if key in entry:
            return f"{key} {entry[key]!s:.60}"
    return "without a name"


def parse(file: str, raw: bytes) -> tuple[date, Table]:
    """The `updated` date and the top level of a file. Raises KnowledgeError for text that is no TOML."""
    import tomllib

    try:
        values = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{file}: is not UTF-8 text: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{file}: is not TOML: {error}") from None
    top = Table(file, "top level", values, {})
    sources = values.get("sources")
    if not isinstance(sources, dict) or not all(isinstance(text, str) and text.strip() for text in sources.values()):
        raise top.wrong("sources", "must be a table of texts: a short key for each source and what it is")
    top = Table(file, "top level", values, sources)
    top.has("sources")
    return top.day("updated"), top


def raw_bytes(file: str, source: Path | bytes | None) -> bytes:
    """The bytes of a knowledge file: those given, those of a path, or the file that is shipped."""
    if isinstance(source, bytes):
        return source
    try:
        if source is not None:
            return source.read_bytes()
        from importlib.resources import files

        return files("grantwatch.knowledge").joinpath(file).read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{file}: cannot be read: {error.strerror or error}") from None
