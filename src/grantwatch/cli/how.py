"""How logs are to be read: what every command that reads them asks for, checked before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from grantwatch.cli.memory import check_memory, unpacked
from grantwatch.errors import DeclarationError, UsageError

if TYPE_CHECKING:
    from grantwatch.allowances import Allowances
    from grantwatch.records.scope import Scope
    from grantwatch.verdict.panel import Panel

__all__ = ["How", "allowed", "classes", "how", "panel"]


class How(TypedDict):
    """Keyword arguments that `hunt` and `inspect` share."""

    memory: str
    unpack_limit: int | None
    scope: Scope


def how(
    memory: str = "700MB",
    unpack_limit: str | None = None,
    since: str | None = None,
    until: str | None = None,
    users: Iterable[str] | None = None,
) -> How:
    """The same from what stands on the command line. Raises UsageError that names the option."""
    from grantwatch.records.scope import scope

    check_memory(memory)
    return How(memory=memory, unpack_limit=unpacked(unpack_limit), scope=scope(since, until, users or ()))


def classes(file: str | None) -> Mapping[str, str]:
    """What `--accounts FILE` says. Raises UsageError that names the option, the line, and what would be accepted."""
    if file is None:
        return {}
    from grantwatch.profile.accounts import read_accounts

    try:
        return read_accounts(file)
    except UsageError as error:
        raise UsageError(f"--accounts {error}") from None


def allowed(file: str | None) -> Allowances | None:
    """What `--allowances FILE` says. Raises UsageError that names the option and every fault by line and column."""
    if file is None:
        return None
    from grantwatch.allowances.reader import read

    try:
        return read(file)
    except UsageError as error:
        raise UsageError(f"--allowances {error}") from None


def panel(signals: Sequence[str] | None, weights: str | None, allowances: str | None = None) -> Panel | None:
    """What `--signals DIR`, `--weights FILE` and `--allowances FILE` say; None where none stands there.

    Raises UsageError and DeclarationError that name the option, the place, and what would be accepted.
    """
    approved = allowed(allowances)
    if not signals and weights is None and approved is None:
        return None
    from grantwatch.signals.own import load
    from grantwatch.verdict import Panel, read_weights

    try:
        own = load(signals or ())
    except UsageError as error:
        raise UsageError(f"--signals {error}") from None
    except DeclarationError as error:
        raise DeclarationError(f"--signals: {error}") from None
    if weights is None:
        return Panel(own, allowances=approved)
    try:
        return Panel(own, read_weights(weights, own), approved)
    except UsageError as error:
        raise UsageError(f"--weights {error}") from None
