"""Honest use for a spreadsheet: a row for each account, client and resource. RFC 4180, UTF-8 with its mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

from grantwatch.report import words
from grantwatch.report.escape import csv_cell
from grantwatch.report.times import iso
from grantwatch.report.usage.told import device_words, place_words
from grantwatch.usage import Account, Inventory, Use

__all__ = ["COLUMNS", "encode"]

MOST = 20
"""Things that are listed in one cell."""
_BOM = "\ufeff"
Cell = str | int | None


def encode(made: Inventory) -> bytes:
    """Every use, by class and account. What was kept out is not in it."""
    out = io.StringIO(_BOM)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for account in made.accounts:
        for use in account.uses:
            writer.writerow([csv_cell(tell(account, use)) for tell in _CELLS.values()])
    return out.getvalue().encode("utf-8", errors="replace")


def _list(items: list[str]) -> str:
    left = len(items) - MOST
    return "; ".join([*items[:MOST], *([f"and {left} more"] if left > 0 else [])])


def _yes_no(said: bool | None) -> str:
    return "not assessed" if said is None else "yes" if said else "no"


_CELLS: Mapping[str, Callable[[Account, Use], Cell]] = MappingProxyType(
    {
        "class": lambda account, _: account.kind,
        "user": lambda account, _: account.user.label,
        "client": lambda _, use: words.client(use.client),
        "resource": lambda _, use: words.resource(use.resource),
        "grants": lambda _, use: use.span.count,
        "days": lambda _, use: use.span.days,
        "first": lambda _, use: iso(use.span.first),
        "last": lambda _, use: iso(use.span.last),
        "stale": lambda _, use: _yes_no(use.stale),
        "networks": lambda _, use: _list([place_words(each) for each in use.places]),
        "grants_without_network": lambda _, use: use.unplaced,
        "devices": lambda _, use: _list([device_words(each) for each in use.devices]),
        "grants_without_device": lambda _, use: use.unnamed_device,
        "grants_without_token": lambda _, use: use.unredeemed,
        "reached_later": lambda _, use: _list([words.resource(each) for each in use.reached]),
        "why_this_class": lambda account, _: account.why,
        "user_id": lambda account, _: account.user.id,
        "client_id": lambda _, use: use.client.id,
        "resource_id": lambda _, use: use.resource.id,
        "grant_ids": lambda _, use: _list(list(use.grant_ids)),
    }
)

COLUMNS = tuple(_CELLS)
"""The header, in order."""
