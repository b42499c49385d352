"""From what can go wrong to an exit code and a message that a terminal can bear."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from grantwatch.errors import GrantwatchError, InputError, UsageError

__all__ = ["EXIT_BROKEN", "EXIT_FOUND", "EXIT_NO_INPUT", "EXIT_STOPPED", "EXIT_USAGE", "guarded"]

EXIT_FOUND = 1
EXIT_USAGE = 2
EXIT_NO_INPUT = 3
EXIT_BROKEN = 4
EXIT_STOPPED = 130


def guarded(run: Callable[[], int], temp_dir: str | None = None) -> int:
    """Run a command and return its exit code; whatever stops it becomes a message on standard error and a code.

    An error that nobody foresaw is never 1: that code means that --fail-on was met. Temporary files of the command
    lie in a folder that is gone afterwards, however the command ends: in `temp_dir`, or where the system wants it.
    """
    asked: list[int] = []
    try:
        with _workspace(asked, temp_dir):
            code = run()
            sys.stdout.flush()
        return _stopped(asked) if asked else code
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
        # What DuckDB was doing when a signal came tells of it in an error of its own.
        return _stopped(asked) if asked else _broken(error)


@contextmanager
def _workspace(asked: list[int], temp_dir: str | None) -> Iterator[None]:
    """A folder for all temporary files. Ctrl-C and SIGTERM raise KeyboardInterrupt while the command runs.

    While the folder is made or removed they are only noted in `asked`: nothing may come between.
    """
    running = False

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        if running:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    old = tempfile.tempdir
    try:
        try:
            folder = os.path.abspath(tempfile.mkdtemp(prefix="grantwatch-", dir=temp_dir))
        except OSError as error:
            raise _no_folder(temp_dir, error) from error
        try:
            tempfile.tempdir = folder
            if asked:
                raise KeyboardInterrupt
            running = True
            try:
                yield
            finally:
                running = False
        finally:
            tempfile.tempdir = old
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _no_folder(temp_dir: str | None, error: OSError) -> UsageError:
    if temp_dir is None:
        return UsageError(f"no temporary folder can be made: {error.strerror or error}; give --temp-dir")
    what = "no such folder" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
    return UsageError(f"--temp-dir {temp_dir}: {what}; accepted is a folder that can be written to")


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
