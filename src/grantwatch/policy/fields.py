"""Reading JSON objects strictly: keys in any case, every key looked at, and what is not known kept as a doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from grantwatch.errors import InputError
from grantwatch.policy.model import Choice, Doubt

__all__ = ["Fields", "is_guid"]

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_guid(text: str) -> bool:
    """True for an object id."""
    return bool(_GUID.fullmatch(text))


class Fields:
    """One object of an exported policy. `place` names file and policy for errors, `path` is where it stands.

    A value of the wrong type raises InputError; a value that is not known becomes a Doubt.
    """

    def __init__(self, place: str, path: str, values: Mapping[str, Any]) -> None:
        self.place = place
        self.path = path
        self._values = {key.lower(): value for key, value in values.items()}
        self._names = {key.lower(): key for key in values}
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, accepted: str, value: object) -> InputError:
        """The error for a value of the wrong type."""
        return InputError(f"{self.place}: {self.at(key)}: must be {accepted}, not {value!r:.80}")

    def raw(self, key: str) -> Any:
        """The value as it is; None where it is null or absent."""
        self._asked.add(key.lower())
        return self._values.get(key.lower())

    def text(self, key: str) -> str:
        """A text; empty where it is null or absent."""
        value = self.raw(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(key, "a text", value)
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is null or absent."""
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, "true or false", value)
        return bool(value)

    def inner(self, key: str) -> Fields | None:
        """An object within; None where it is null or absent."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(key, "an object", value)
        return Fields(self.place, self.at(key), value)

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty where it is null or absent. A text alone is a list of one."""
        value = self.raw(key)
        if value is None:
            return []
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "a list of texts", value)
        return value

    def choice(self, key: str, known: Mapping[str, str], ids: bool = False) -> Choice:
        """A list of values: those of `known` (lower case to canonical) and, with `ids`, object ids in lower case."""
        return self.chosen(key, self.texts(key), known, ids)

    def flags(self, key: str, known: Mapping[str, str]) -> Choice:
        """Values joined by commas, as Graph writes enumerations of several values; a list is taken too."""
        parts = [part.strip() for text in self.texts(key) for part in text.split(",")]
        return self.chosen(key, [part for part in parts if part], known, ids=False)

    def chosen(self, key: str, texts: Iterable[str], known: Mapping[str, str], ids: bool) -> Choice:
        """The values of a list, told apart."""
        values: set[str] = set()
        doubts = []
        for number, text in enumerate(texts):
            if text.lower() in known:
                values.add(known[text.lower()])
            elif ids and is_guid(text):
                values.add(text.lower())
            else:
                accepted = ", ".join(dict.fromkeys(known.values())) or "object ids"
                doubts.append(Doubt(f"{self.at(key)}[{number}]", f"{text!r:.80} is not one of {accepted}"))
        return Choice(frozenset(values), tuple(doubts))

    def switched_on(self) -> tuple[str, ...]:
        """Names of the keys that are true, or objects of which `isEnabled` is not false."""
        found = []
        for key, value in self._values.items():
            inner = {name.lower(): each for name, each in value.items()} if isinstance(value, dict) else {}
            if value is True or (inner and inner.get("isenabled", True)):
                found.append(self._names[key])
        return tuple(sorted(found))

    def unread(self) -> tuple[Doubt, ...]:
        """Doubts about keys that nobody asked for and that hold something. Notes of OData are left aside."""
        return tuple(
            Doubt(self.at(self._names[key]), "is a part of policies that this version does not know")
            for key, value in self._values.items()
            if key not in self._asked and "@odata." not in key and key != "additionalproperties" and not _empty(value)
        )


def _empty(value: object) -> bool:
    if isinstance(value, dict):
        return all(_empty(each) for each in value.values())
    return value is None or value in ("", [], False) or (isinstance(value, list) and all(map(_empty, value)))
