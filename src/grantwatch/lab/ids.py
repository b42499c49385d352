"""Identifiers of a tenant that does not exist: made from a seed, so that every run makes the same ones."""

from __future__ import annotations

import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

__all__ = ["Mint", "request_id_of", "token_id_of"]

T = TypeVar("T")


def token_id_of(request_id: str) -> str:
    """The unique token identifier (UTI) that Entra derives from a request id: 22 characters, case matters."""
    return urlsafe_b64encode(UUID(request_id).bytes_le).rstrip(b"=").decode()


def request_id_of(token_id: str) -> str:
    """The request id (lower-case GUID) behind a UTI. Raises ValueError where the text is no UTI."""
    return str(UUID(bytes_le=urlsafe_b64decode(token_id + "=" * (-len(token_id) % 4))))


class Mint:
    """Issues ids and chances from one seed.

    Only `getrandbits` and `random` are drawn on: their sequences do not change between Python versions.
    """

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(str(seed))  # noqa: S311 - fiction, not a secret

    def guid(self) -> str:
        """A random (version 4) GUID in lower case."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def request_id(self) -> str:
        """A GUID that ends in `00`, as the request ids of sign-ins do."""
        return self.guid()[:-2] + "00"

    def hex(self, digits: int) -> str:
        """That many upper-case hexadecimal digits."""
        return f"{self._random.getrandbits(digits * 4):0{digits}X}"

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def span(self, low: float, high: float) -> timedelta:
        """A stretch of time from `low` to `high` seconds, in whole milliseconds."""
        return timedelta(milliseconds=self.between(int(low * 1000), int(high * 1000)))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self._random.random() * len(choices))]

    def chance(self, share: float) -> bool:
        """True in that share (0.0-1.0) of the cases."""
        return self._random.random() < share
