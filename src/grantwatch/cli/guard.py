"""From what can go wrong to an exit code and a message that a terminal can bear."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from grantwatch.errors import GrantwatchError, InputError

__all__ = ["EXIT_BROKEN", "EXIT_FOUND", "EXIT_NO_INPUT", "EXIT_STOPPED", "EXIT_USAGE", "guarded"]

EXIT_FOUND = 1
EXIT_USAGE = 2
EXIT_NO_INPUT = 3
EXIT_BROKEN = 4
EXIT_STOPPED = 130


def guarded(run: Callable[[], int]) -> int:
    """Run a command and return its exit code; whatever stops it becomes a message on standard error and a code.

    An error that nobody foresaw is never 1: that code means that --fail-on was met.
    """
    asked: list[int] = []
    try:
        with _ending(asked):
            code = run()
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _stopped(asked)
    except InputError as error:
        _say(str(error))
        return EXIT_NO_INPUT
    except GrantwatchError as error:
        _say(str(error))
        return EXIT_USAGE
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        # What DuckDB was doing when the signal came tells of it in an error of its own.
        if asked or "interrupted" in str(error).lower() or isinstance(error.__context__, KeyboardInterrupt):
            return _stopped(asked)
        return _broken(error)


@contextmanager
def _ending(asked: list[int]) -> Iterator[None]:
    """While this is open SIGTERM unwinds as Ctrl-C does, so that temporary files go; `asked` gets its number."""

    def end(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stopped(asked: list[int]) -> int:
    _say("stopped")
    return 128 + asked[-1] if asked else EXIT_STOPPED


def _broken(error: Exception) -> int:
    import traceback

    _say("an error that Grantwatch did not foresee; please report it with these lines")
    for part in traceback.format_exception(error):
        for line in part.splitlines():
            _write(line)
    return EXIT_BROKEN


def _say(text: str) -> None:
    """The message: its first line is marked as ours, and a list of what is accepted stands as a list."""
    from grantwatch.report.words import listed

    first, *rest = text.splitlines() or [""]
    _write(f"grantwatch: {first}")
    for line in rest:
        head, *items = [line] if line.startswith(" ") else listed(line)
        _write(head)
        for item in items:
            _write(f"  - {item}")


def _write(line: str) -> None:
    from grantwatch.report.escape import terminal

    with suppress(BrokenPipeError):
        sys.stderr.write(f"{terminal(line, limit=4000)}\n")
