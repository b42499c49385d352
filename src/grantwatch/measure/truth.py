"""What really happened in a simulated tenant: truth.json, read and checked. All times are UTC without an offset."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from grantwatch.errors import InputError
from grantwatch.grants.model import Outcome

__all__ = ["FORMAT", "Decoy", "Truth", "TruthGrant", "load"]

FORMAT = "grantwatch-truth/1"
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TruthGrant:
    """One device code grant as it was made. `request_ids` are the sign-in records of the flow itself, lower-case.

    `attack` names one instance of a campaign in this tenant: its grants are one incident. `hard`: made to be mistaken.
    `drill`: of a phishing simulation that the tenant ordered, which nothing but the tenant's word tells from an attack.
    """

    number: int
    user_id: str
    upn: str
    malicious: bool
    outcome: Outcome
    started_at: datetime
    request_ids: frozenset[str]
    token_request_ids: frozenset[str] = _NOTHING
    follow_on_ids: frozenset[str] = _NOTHING
    persona: str | None = None
    campaign: str | None = None
    attack: str | None = None
    hard: bool = False
    drill: bool = False
    client_id: str | None = None
    resource_id: str | None = None
    correlation_id: str | None = None
    session_id: str | None = None
    note: str = ""

    @property
    def taken(self) -> bool:
        """An attacker got a token: what must be found."""
        return self.malicious and self.outcome is Outcome.REDEEMED

    @property
    def given_away(self) -> bool:
        """A person confirmed an attacker's code, whether or not the token was fetched."""
        return self.malicious and self.outcome in (Outcome.REDEEMED, Outcome.APPROVED)

    @property
    def record_ids(self) -> frozenset[str]:
        """Every record that is of this grant: legs, token uses, follow-ons."""
        return self.request_ids | self.token_request_ids | self.follow_on_ids


@dataclass(frozen=True, slots=True)
class Decoy:
    """Records that look like a device code grant and are none."""

    id: str
    user_id: str
    request_ids: frozenset[str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of one tenant: `users` people over `days` days from `start` to `end`."""

    place: str
    seed: int
    users: int
    days: int
    tenant_id: str
    start: datetime
    end: datetime
    grants: tuple[TruthGrant, ...]
    decoys: tuple[Decoy, ...] = ()
    records: Mapping[str, int] | None = None
    forms: tuple[str, ...] = ()

    @property
    def user_days(self) -> int:
        """Users times days: what rates are given per."""
        return self.users * self.days


def load(folder: str | os.PathLike[str]) -> Truth:
    """Read `truth.json` of a simulated tenant's folder.

    Raises InputError that names the file and the place in it, and what would be accepted there.
    """
    path = Path(folder) / "truth.json"
    try:
        raw = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"{path}: is not there; accepted is a folder as `grantwatch lab simulate --out` writes it"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}: is no JSON: {error}") from None
    return _truth(_Place(str(path), "", raw))


@dataclass(frozen=True, slots=True)
class _Place:
    """A value and where it stands, so that an error can say so."""

    file: str
    at: str
    value: Any

    def wrong(self, accepted: str) -> InputError:
        return InputError(f"{self.file}: {self.at or 'the whole'}: accepted is {accepted}")

    def of(self, key: str) -> _Place:
        at = f"{self.at}.{key}" if self.at else key
        if key not in self.names():
            raise _Place(self.file, at, None).wrong("a value, but the key is not there")
        return _Place(self.file, at, self.value[key])

    def names(self) -> list[str]:
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return list(self.value)

    def items(self) -> list[_Place]:
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return [_Place(self.file, f"{self.at}[{number}]", each) for number, each in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def text_or_none(self) -> str | None:
        return None if self.value is None else self.text()

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def number(self, least: int = 0) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < least:
            raise self.wrong(f"a whole number from {least} on")
        return self.value

    def time(self) -> datetime:
        try:
            read = datetime.fromisoformat(self.text())
        except ValueError:
            raise self.wrong("a time such as 2026-09-14T10:00:00Z") from None
        return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read

    def ids(self) -> frozenset[str]:
        return frozenset(each.text().lower() for each in self.items())

    def outcome(self) -> Outcome:
        names = [outcome.value for outcome in Outcome]
        if self.value not in names:
            raise self.wrong(f"one of {', '.join(names)}")
        return Outcome(self.value)


def _truth(raw: _Place) -> Truth:
    if raw.of("format").value != FORMAT:
        raise raw.of("format").wrong(FORMAT)
    grants = tuple(_grant(each) for each in raw.of("grants").items())
    numbers = [grant.number for grant in grants]
    if len(numbers) != len(set(numbers)):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        raise raw.of("grants").wrong(f"every grant under a number of its own, but {twice} stands there twice")
    counted = raw.of("records")
    return Truth(
        place=str(Path(raw.file).parent),
        seed=raw.of("seed").number(),
        users=raw.of("users").number(1),
        days=raw.of("days").number(1),
        tenant_id=raw.of("tenant_id").text().lower(),
        start=raw.of("start").time(),
        end=raw.of("end").time(),
        grants=grants,
        decoys=tuple(_decoy(each) for each in raw.of("decoys").items()),
        records={kind: counted.of(kind).number() for kind in counted.names()},
        forms=tuple(each.text() for each in raw.of("forms").items()),
    )


def _grant(raw: _Place) -> TruthGrant:
    ids = raw.of("request_ids")
    if not ids.ids():
        raise ids.wrong("the ids of at least one sign-in record")
    return TruthGrant(
        number=raw.of("grant").number(),
        user_id=raw.of("user_id").text().lower(),
        upn=raw.of("upn").text().lower(),
        malicious=raw.of("malicious").truth(),
        outcome=raw.of("outcome").outcome(),
        started_at=raw.of("started_at").time(),
        request_ids=ids.ids(),
        token_request_ids=raw.of("token_request_ids").ids(),
        follow_on_ids=raw.of("follow_on_ids").ids(),
        persona=raw.of("persona").text_or_none(),
        campaign=raw.of("campaign").text_or_none(),
        attack=raw.of("attack").text_or_none(),
        hard=raw.of("hard").truth(),
        drill="drill" in raw.names() and raw.of("drill").truth(),
        client_id=raw.of("client_id").text_or_none(),
        resource_id=raw.of("resource_id").text_or_none(),
        correlation_id=raw.of("correlation_id").text_or_none(),
        session_id=(raw.of("session_id").text_or_none() or "").lower() or None,
        note=raw.of("note").text_or_none() or "",
    )


def _decoy(raw: _Place) -> Decoy:
    return Decoy(
        id=raw.of("id").text(),
        user_id=raw.of("user_id").text().lower(),
        request_ids=raw.of("request_ids").ids(),
        note=raw.of("note").text_or_none() or "",
    )
