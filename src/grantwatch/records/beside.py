"""One statement that runs while Python does something else."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.bundle import Part
    from grantwatch.records.forms import Form

__all__ = ["Beside", "Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A bundle that is being read as a form, in the pass of that number."""

    part: Part
    form: Form
    pass_id: int


class Beside:
    """Runs a statement in a thread of its own. Nobody else uses the connection until its result was asked for.

    Use it in a `with`: a statement that still runs at its end, since something failed, is broken off.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._pool: ThreadPoolExecutor | None = None
        self._running: Future[Any] | None = None
        self.under_way: Reading | None = None

    def run(self, statement: str, what: Reading) -> None:
        """Start it. There must be none under way."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1)
        self._running = self._pool.submit(self._con.execute, statement)
        self.under_way = what

    def result(self) -> None:
        """Wait for what is under way. Raises what it raised."""
        running, self._running, self.under_way = self._running, None, None
        if running is not None:
            running.result()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        if self._running is not None and not self._running.done():
            self._con.interrupt()
        if self._pool is not None:
            self._pool.shutdown()
