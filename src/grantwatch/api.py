"""What notebooks and other programs call. Reached as `grantwatch.hunt`, `grantwatch.tables` and `grantwatch.logs`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from grantwatch.errors import InputError, UsageError
from grantwatch.pipeline import Hunt
from grantwatch.records.scope import Scope, scope

if TYPE_CHECKING:
    import pyarrow as pa

    from grantwatch.allowances import Allowances
    from grantwatch.records.tables import Progress, Records
    from grantwatch.signals import Signal
    from grantwatch.verdict import Panel

__all__ = ["Hunt", "Logs", "hunt", "logs", "tables"]

_ROWS = """
SELECT p.path AS file, t.row_id - p.first_row + 1 AS position, p.form, t.* EXCLUDE (row_id, pass_id, file_id)
FROM $source AS t
JOIN pass_form AS p ON p.pass_id = t.pass_id AND p.file_id = t.file_id
ORDER BY t.time, file, position
"""

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
When = str | datetime | None


def hunt(
    paths: Paths,
    *,
    since: When = None,
    until: When = None,
    users: str | Iterable[str] = (),
    memory: str = "700MB",
    unpack_limit: int | None = None,
    raw: bool = False,
    progress: Progress | None = None,
    accounts: Mapping[str, str] | str | os.PathLike[str] | None = None,
    allowances: Allowances | str | os.PathLike[str] | None = None,
    signals: str | os.PathLike[str] | Iterable[str | os.PathLike[str] | Signal] = (),
    weights: str | os.PathLike[str] | None = None,
) -> Hunt:
    """Hunt over exported logs and return everything that was found, worst first.

    `paths`: a file, folder or glob, or several; all forms and containers that the command line reads, told by content.
    `since` (inclusive), `until` (exclusive; a day as text is read to its end) and `users` (principal names or object
    ids) leave records out while they are read. A datetime without a zone is UTC; all times of the answer are naive
    UTC. `memory` bounds what is held before spilling to disk; `unpack_limit`, in bytes, what archives may unpack to.
    `raw` fills `Hunt.raw` with the text of the records behind grants of low severity or worse. `progress` is called
    with a step and the share done (0–1). `accounts` states the class of accounts (person, device, service or guest) by
    principal name or object id, or names a TOML file that does: what is not in it is told from behaviour.
    `allowances`: who may use device code, or the name of a YAML file that says so; they lower scores.
    `signals`: own signals to judge by as well: what `@signal(…)` made, or folders of modules, whose code is run.
    `weights`: a TOML file of weights that are not as built in, for all tenants or for one.

    Raises InputError where no file could be read at all, UsageError for a time, name, class, allowance or weight that
    cannot be understood, and DeclarationError for a signal that declares itself wrongly.
    What is wrong inside a file is part of the answer: see `Hunt.quarantined` and `Hunt.unread`.
    """
    from grantwatch.pipeline import hunt as run

    asked = _scope(since, until, users)
    return run(
        _listed(paths),
        memory=memory,
        unpack_limit=unpack_limit,
        raw=raw,
        progress=progress,
        scope=asked,
        accounts=_classes(accounts),
        panel=_panel(signals, weights, allowances),
    )


def tables(found: Hunt) -> dict[str, pa.Table]:
    """The hunt as Arrow tables by name: grants, evidence, legs, token_uses, follow_ons, incidents, files, not_assessed.

    `grant_id` joins them. Times are timestamp[us, tz=UTC]. Every table has its columns even where it has no row.
    Raises UsageError where pyarrow is not installed (`pip install grantwatch[arrow]`).
    """
    _pyarrow()
    from grantwatch.report.arrow import tables as made

    return made(found)


def logs(
    paths: Paths,
    *,
    since: When = None,
    until: When = None,
    users: str | Iterable[str] = (),
    memory: str = "700MB",
    unpack_limit: int | None = None,
) -> Logs:
    """Read logs without judging them; parameters as for `hunt`. Use it in a `with`: temporary files go at its end.

    Raises InputError where no file could be read at all.
    """
    from grantwatch.records.load import nothing_read, read

    asked = _scope(since, until, users)
    records = read(_listed(paths), memory=memory, unpack_limit=unpack_limit, scope=asked)
    if not records.files:
        records.close()
        raise InputError(nothing_read(records.unread))
    return Logs(records)


class Logs:
    """What was read: the two canonical tables, as streams of Arrow record batches."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def sign_ins(self) -> pa.RecordBatchReader:
        """Token issuance attempts, cleaned: one row per record that counts, with the file and its place in it."""
        from grantwatch.records.database import cleaned

        return self._stream(cleaned("kept_sign_in"))

    def activities(self) -> pa.RecordBatchReader:
        """Everything else that identities did: one row per record that counts, with the file and its place in it."""
        return self._stream("activities")

    def _stream(self, source: str) -> pa.RecordBatchReader:
        _pyarrow()
        import duckdb  # noqa: F401  # gives connections their Arrow methods

        from grantwatch.records.database import beside

        rows: Any = beside(self._records.con).sql(_ROWS.replace("$source", source))
        return rows.to_arrow_reader()

    def close(self) -> None:
        """End it and remove every temporary file. Readers that were handed out end too."""
        self._records.close()

    def __enter__(self) -> Logs:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _classes(stated: Mapping[str, str] | str | os.PathLike[str] | None) -> Mapping[str, str]:
    from grantwatch.profile.accounts import accounts, read_accounts

    if stated is None:
        return {}
    return read_accounts(stated) if isinstance(stated, str | os.PathLike) else accounts(stated)


def _allowances(stated: Allowances | str | os.PathLike[str] | None) -> Allowances | None:
    if not isinstance(stated, str | os.PathLike):
        return stated
    from grantwatch.allowances.reader import read

    return read(stated)


def _panel(
    given: str | os.PathLike[str] | Iterable[str | os.PathLike[str] | Signal],
    weights: str | os.PathLike[str] | None,
    allowances: Allowances | str | os.PathLike[str] | None,
) -> Panel:
    from grantwatch.signals import Signal
    from grantwatch.signals.own import distinct, load
    from grantwatch.verdict import Panel, read_weights

    every = [given] if isinstance(given, str | os.PathLike) else list(given)
    made = [each for each in every if isinstance(each, Signal)]
    own = distinct((*made, *load(each for each in every if not isinstance(each, Signal))))
    stated = _allowances(allowances)
    if weights is None:
        return Panel(own, allowances=stated)
    return Panel(own, read_weights(weights, own), stated)


def _listed(paths: Paths) -> list[str | os.PathLike[str]]:
    return [paths] if isinstance(paths, str | os.PathLike) else list(paths)


def _scope(since: When, until: When, users: str | Iterable[str]) -> Scope:
    names = [users] if isinstance(users, str) else list(users)
    return scope(_text(since), _text(until), names)


def _text(when: When) -> str | None:
    if isinstance(when, datetime):
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()
    return when


def _pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise UsageError("Arrow tables need pyarrow: pip install 'grantwatch[arrow]'") from error
