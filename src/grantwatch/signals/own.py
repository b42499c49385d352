"""Own signals: Python modules in a folder that somebody names, with the same declaration as those of Grantwatch.

Loading runs their code. So a folder is only ever what the caller named: no log, no setting and no default leads here.
"""

from __future__ import annotations

import hashlib
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from grantwatch.errors import DeclarationError, UsageError
from grantwatch.signals.signal import Signal, collecting, registered, twice

__all__ = ["PAIRS", "Module", "distinct", "load", "modules", "place_of"]

PAIRS = "PAIRS"
"""The name under which a module gives its examples: id, then a grant that fires and look-alikes that do not."""
_ASIDE = ("_", ".", "test_", "conftest.")
"""How the names of files begin that are no modules of signals: helpers and tests."""


class Module(NamedTuple):
    """One file of a folder, what it declares, and its examples by the id of the signal, as they stand there."""

    file: str
    signals: tuple[Signal, ...]
    pairs: Mapping[str, Sequence[Callable[[], Any]]]


def load(folders: Iterable[str | os.PathLike[str]]) -> tuple[Signal, ...]:
    """Every signal that the modules in these folders declare, in order of folder and name of the file.

    Raises as `modules` does.
    """
    return tuple(signal for module in modules(folders) for signal in module.signals)


def modules(folders: Iterable[str | os.PathLike[str]]) -> tuple[Module, ...]:
    """Run every module in these folders and keep what it declares. Files that begin with `_` or `test_` are not run.

    Raises UsageError for a folder without modules, and DeclarationError with file and line for a module that cannot be
    imported, declares wrongly, takes an id that is taken, or declares nothing.
    """
    listed = [(folder, _files(folder)) for folder in dict.fromkeys(os.fspath(each) for each in folders)]
    with collecting() as found, _without_bytecode():
        made: list[Module] = []
        for folder, files in listed:
            package = _package(folder)
            for file in files:
                before = len(found)
                module = _run(file, package)
                declared = tuple(found.values())[before:]
                if not declared:
                    raise DeclarationError(
                        f"{file}: declares no signal; accepted is a function under @signal(…), or a name that begins "
                        "with _ for a module that only helps others"
                    )
                made.append(Module(file, declared, _pairs(file, module)))
    return tuple(made)


def distinct(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """The own ones of these signals, each once.

    Raises DeclarationError where two of them, or one of them and one of Grantwatch, share an id.
    """
    found = {each.id: each for each in registered()}
    own: list[Signal] = []
    for each in signals:
        other = found.setdefault(each.id, each)
        if other is not each:
            raise DeclarationError(twice(each, other))
        if each.own:
            own.append(each)
    return tuple(dict.fromkeys(own))


def place_of(error: BaseException, file: str) -> str:
    """`file:line` where an error came up in this file, else the file."""
    if isinstance(error, SyntaxError) and error.filename == file and error.lineno:
        return f"{file}:{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{file}:{lines[-1]}" if lines else file


def _files(folder: str) -> list[str]:
    if not os.path.isdir(folder):  # noqa: PTH112
        raise UsageError(f"{folder}: is no folder; accepted is a folder of Python modules that declare signals")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".py") and not name.startswith(_ASIDE))  # noqa: PTH208
    if not names:
        raise UsageError(f"{folder}: holds no module; accepted is a folder of .py files that declare signals")
    return [os.path.join(folder, name) for name in names]  # noqa: PTH118


def _package(folder: str) -> str:
    """A package of this folder, so that its modules can import each other, under a name that no two folders share."""
    digest = hashlib.sha256(os.path.abspath(folder).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    name = f"own_signals_{digest}"
    for loaded in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[loaded]
    package = ModuleType(name)
    package.__path__ = [os.path.abspath(folder)]
    sys.modules[name] = package
    return name


def _run(file: str, package: str) -> ModuleType:
    """Run the file. Its code carries the name as the caller gave it, so that errors do too."""
    name = f"{package}.{Path(file).stem}"
    module = ModuleType(name)
    module.__file__, module.__package__ = os.path.abspath(file), package
    sys.modules[name] = module
    try:
        code = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  # what the caller asked for
    except DeclarationError as error:
        raise DeclarationError(f"{place_of(error, file)}: {error}") from error
    except OSError as error:
        raise DeclarationError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (Exception, SystemExit) as error:
        raise DeclarationError(f"{place_of(error, file)}: {_said(error)}") from error
    return module


def _said(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    said = f"{type(error).__name__}: {text}".rstrip(": ")
    if isinstance(error, TypeError) and "signal() " in text:
        return f"{said}; a declaration takes {', '.join(_keys())}, each as a keyword but the id"
    return f"cannot be imported: {said}"


def _keys() -> list[str]:
    import inspect

    from grantwatch.signals.signal import signal

    return list(inspect.signature(signal).parameters)


def _pairs(file: str, module: ModuleType) -> Mapping[str, Sequence[Callable[[], Any]]]:
    pairs = getattr(module, PAIRS, {})
    good = isinstance(pairs, Mapping) and all(
        isinstance(pair, tuple | list) and len(pair) >= 2 and all(map(callable, pair)) for pair in pairs.values()
    )
    if not good:
        raise DeclarationError(
            f"{file}: {PAIRS} is not what it must be; accepted is a dict of the id of a signal and two functions or "
            "more without arguments: the first makes a grant that fires, each other one a look-alike that does not"
        )
    return pairs


@contextmanager
def _without_bytecode() -> Iterator[None]:
    """Nothing is written to the folder."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
