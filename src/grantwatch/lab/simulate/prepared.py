"""Prepared records: a record is written once by the same writer as every other, then filled in for others of its kind.

What differs from record to record is put in as a mark, and the marks are found again in what the writer made of it. So
a form needs no second description, and what is filled in cannot be told from what was written whole.
"""

from __future__ import annotations

import random
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson

from grantwatch.lab.deeds import mail_access
from grantwatch.lab.events import App, Machine, Person, Place, SignInEvent
from grantwatch.lab.ids import Mint, token_id_of
from grantwatch.lab.seen import CallEvent
from grantwatch.lab.simulate.calls import Ask
from grantwatch.lab.simulate.forms import lines_of

__all__ = [
    "MARKED",
    "MARKED_PLACE",
    "MARKS",
    "MESSAGES",
    "WHEN",
    "Ids",
    "Prepared",
    "marked_machine",
    "person_values",
    "place_values",
    "prepare",
    "prepare_call",
    "prepare_mail",
]

MESSAGES = 24
"""Of so many messages at most are records of mail prepared."""
REQUEST, RECORD = "a1b2c3d4-1111-4111-8111-aabbccddee00", "a1b2c3d4-2222-4222-8222-aabbccddeeff"
TOKEN = token_id_of(REQUEST)
WHEN = datetime(2199, 12, 31, 23, 58, 57, 987000)
MARKED = Person("e5e5aaaa-3333-4333-8333-aabbccddeeff", "qqupnqq@qqdomainqq", "qqnameqq")
MARKED_PLACE = Place("qqipqq", 4200000999, "qqcountryqq", "qqstateqq", "qqcityqq", 81.8100181, 82.8200282)
SESSION, CORRELATION = "a1b2c3d4-4444-4444-8444-aabbccddeeff", "a1b2c3d4-5555-4555-8555-aabbccddeeff"

PAIR, DEVICE, DEVICE_NAME = (
    "a1b2c3d4-7777-4777-8777-aabbccddeeff",
    "a1b2c3d4-6666-4666-8666-aabbccddeeff",
    "qqdevicenameqq",
)
_NOW, _LATER = "2199-12-31T23:58:57", "2200-01-01T00:02:57"
_TOOK = "|".join(
    (
        *(f'(?<=rocessingTime{field}":{quote})247' for field in ("InMilliseconds", "InMs") for quote in ("", '"')),
        '(?<="DurationMs":)247',
    )
)

# In this order the values of a record stand; person, machine and place come first, since they change least.
MARKS: dict[str, str] = {
    "user": MARKED.id,
    "upn": MARKED.upn,
    "name": MARKED.name,
    "puid": MARKED.puid,
    "device": DEVICE,
    "device_name": DEVICE_NAME,
    "alias": "qqupnqq",
    "domain": "qqdomainqq",
    "session": SESSION,
    "pair": PAIR,
    "ip": MARKED_PLACE.ip,
    "asn": str(MARKED_PLACE.asn),
    "country": MARKED_PLACE.country,
    "state": MARKED_PLACE.state,
    "city": MARKED_PLACE.city,
    "latitude": re.escape(str(MARKED_PLACE.latitude)),
    "longitude": re.escape(str(MARKED_PLACE.longitude)),
    "id": REQUEST,
    "correlation": CORRELATION,
    "token": TOKEN,
    "when": _NOW,
    "milli": rf"(?:(?<={_NOW}\.)|(?<={_LATER}\.))987000",
    "took": _TOOK,
    "later": _LATER,
    "record": RECORD,
    "folder": RECORD.replace("-", "").upper(),
    "item": "QQITEM[0-9]{2}QQ",
}
"""What a value looks like in a marked record. `pair`: the correlation id that an interrupt shares with what follows."""
_PLACES = {name: place for place, name in enumerate(MARKS)}
_FIND = [(name, re.compile(mark.encode())) for name, mark in MARKS.items()]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record that lacks values: `text % values(row)` is the line, where `row` has a value for each of MARKS."""

    file: str
    text: bytes
    values: Any


def marked_machine(os: str, browser: str, managed: bool, trust: str) -> Machine:
    """A machine that Entra knows, with marks for its id and name."""
    return Machine(DEVICE, DEVICE_NAME, os, browser, managed, managed, trust)


def prepare(event: SignInEvent, forms: tuple[str, ...], *, paired: bool = False) -> tuple[Prepared, ...]:
    """The records of a sign-in whose user and place are the marked ones, in each form that holds it."""
    marked = replace(
        event,
        time=WHEN,
        request_id=REQUEST,
        session_id=SESSION,
        correlation_id=PAIR if paired else CORRELATION,
    )
    return tuple(_prepared(file, line) for file, line in lines_of(marked, forms))


def prepare_mail(
    token: SignInEvent, client: App, client_info: str, messages: int, forms: tuple[str, ...]
) -> tuple[Prepared, ...]:
    """The record of mail that was read with the token of a sign-in; `messages` is from 1 to MESSAGES."""
    (event,) = mail_access(
        Mint(0),
        MARKED,
        tenant_id=token.tenant_id,
        at=WHEN,
        place=MARKED_PLACE,
        client=client,
        messages=messages,
        client_info=client_info,
        token=replace(token, request_id=REQUEST, session_id=SESSION),
    )
    items = tuple(f"<QQITEM{number:02d}QQ@{MARKED.upn.partition('@')[2]}>" for number in range(messages))
    marked = replace(event, record_id=RECORD, items=items)
    return tuple(_prepared(file, line) for file, line in lines_of(marked, forms))


def prepare_call(token: SignInEvent, ask: Ask, scopes: tuple[str, ...], forms: tuple[str, ...]) -> tuple[Prepared, ...]:
    """The record of a request to Microsoft Graph with the token of a sign-in, in the one form that holds such."""
    method, path = ask
    marked = CallEvent(
        time=WHEN,
        tenant_id=token.tenant_id,
        method=method,
        url="https://graph.microsoft.com" + path.format(me=MARKED.id, upn=MARKED.upn),
        client=token.client,
        place=MARKED_PLACE,
        request_id=RECORD,
        user=MARKED,
        user_agent=token.user_agent,
        session_id=SESSION,
        token_id=TOKEN,
        scopes=scopes,
        wids=token.wids,
        issued=WHEN + timedelta(minutes=4),
    )
    return tuple(_prepared(file, line) for file, line in lines_of(marked, forms))


def _prepared(file: str, line: bytes) -> Prepared:
    pieces, wanted, at = [], [], 0
    found = [(match.start(), -match.end(), name) for name, mark in _FIND for match in mark.finditer(line)]
    for start, end, name in sorted(found):
        if start < at:
            continue  # a part of the mark before it, as the domain is of the principal name
        pieces.append(line[at:start].replace(b"%", b"%%"))
        # Items are values of their own after all others, in the order of their numbers.
        wanted.append(len(MARKS) + int(line[start + 6 : start + 8]) if name == "item" else _PLACES[name])
        at = -end
    pieces.append(line[at:].replace(b"%", b"%%"))
    return Prepared(file, b"%b".join(pieces), itemgetter(*wanted))


class Ids:
    """Request ids with their token ids, and correlation ids, as `Mint` would give them, a few thousand at a time."""

    BATCH = 4096
    _VERSION = bytes(byte & 0x0F | 0x40 for byte in range(256))
    _VARIANT = bytes(byte & 0x3F | 0x80 for byte in range(256))
    _URL_SAFE = bytes.maketrans(b"+/", b"-_")

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._next = 0
        self._made: list[tuple[bytes, bytes, bytes]] = []

    def take(self) -> tuple[bytes, bytes, bytes]:
        """Request id, correlation id, token id."""
        if self._next == len(self._made):
            self._made = self._batch()
            self._next = 0
        self._next += 1
        return self._made[self._next - 1]

    def guid(self) -> bytes:
        """One more GUID, for a record or a pair of them."""
        return str(UUID(int=self._dice.getrandbits(128), version=4)).encode()

    def _batch(self) -> list[tuple[bytes, bytes, bytes]]:
        size = self.BATCH
        requests = bytearray(self._dice.randbytes(16 * size))
        others = bytearray(self._dice.randbytes(16 * size))
        for raw in (requests, others):
            raw[6::16] = raw[6::16].translate(self._VERSION)
            raw[8::16] = raw[8::16].translate(self._VARIANT)
        requests[15::16] = bytes(size)
        # .NET writes the first three groups of a GUID the other way round. Three bytes make four letters of Base64,
        # hence eighteen for sixteen, and of the letters the first 22.
        mixed = bytearray(18 * size)
        for place, source in enumerate((3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15)):
            mixed[place::18] = requests[source::16]
        tokens = b64encode(mixed).translate(self._URL_SAFE)
        first, second = bytes(requests).hex().encode(), bytes(others).hex().encode()
        made = []
        for number in range(size):
            at = 32 * number
            made.append((_dashed(first, at), _dashed(second, at), tokens[24 * number : 24 * number + 22]))
        return made


def _dashed(text: bytes, at: int) -> bytes:
    return b"%b-%b-%b-%b-%b" % (
        text[at : at + 8],
        text[at + 8 : at + 12],
        text[at + 12 : at + 16],
        text[at + 16 : at + 20],
        text[at + 20 : at + 32],
    )


def person_values(who: Person, machine: Machine) -> tuple[bytes, ...]:
    """The first of MARKS: what is said of an account and its machine."""
    said = (who.id, who.upn, who.name, who.puid, machine.id, machine.name, *who.upn.split("@"))
    return tuple(map(_said, said))


def place_values(place: Place) -> tuple[bytes, ...]:
    """What is said of a place, as MARKS have it."""
    said = (_said(place.ip), b"%d" % place.asn, *map(_said, (place.country, place.state, place.city)))
    return (*said, orjson.dumps(place.latitude), orjson.dumps(place.longitude))


def _said(text: str) -> bytes:
    return orjson.dumps(text)[1:-1]
