"""Reading rules: each document of each file by itself, so that a bad one costs only itself, with its place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grantwatch.errors import UsageError
from grantwatch.rules.model import Outcome, RuleResult

if TYPE_CHECKING:
    from sigma.correlations import SigmaCorrelationRule
    from sigma.rule import SigmaRule

__all__ = ["ReadRule", "failed", "need_pysigma", "read_rules"]

_ENDINGS = (".yml", ".yaml")
_LARGEST = 1_000_000
"""Bytes of one file, and parts of one document with its aliases written out: no rule comes near."""
_DEEPEST = 100
"""Brackets within brackets: the reader of YAML takes time that grows with their square."""
_UNBRACKETED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|[^\[\]{}'\"]+|['\"]")
_KEYS = (
    ("Level", "level"),
    ("Status", "status"),
    ("Identifier", "id"),
    ("Tag", "tags"),
    ("Logsource", "logsource"),
    ("Condition", "condition"),
    ("Date", "date"),
    ("Modified", "modified"),
    ("Correlation", "correlation"),
    ("Timespan", "timespan"),
    ("Detection", "detection"),
    ("Modifier", "detection"),
    ("RegularExpression", "detection"),
    ("Type", "detection"),
    ("Value", "detection"),
)
"""What pySigma calls its errors, and the key of the rule that each is about."""


@dataclass(slots=True)
class ReadRule:
    """A document of a rule file: the rule, or what is wrong with it. `line` is 1-based."""

    file: str
    line: int
    title: str
    rule_id: str | None = None
    level: str | None = None
    rule: SigmaRule | SigmaCorrelationRule | None = None
    error: str | None = None
    error_line: int | None = None
    unsupported: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where its keys stand, those within `detection` and `correlation` too."""

    def wrong(self, error: Exception) -> None:
        """Note an error of pySigma, with the line of the key that it is about."""
        self.error = said(error)
        self.error_line = self.place_of(error)

    def place_of(self, error: Exception) -> int:
        """The line of the key that an error is about, as far as its kind tells; else where the rule begins."""
        for word, key in _KEYS:
            if word in type(error).__name__ and key in self.lines:
                return self.lines[key]
        return self.line


def need_pysigma() -> None:
    """Raise UsageError that says what to install where pySigma is not there."""
    try:
        import sigma.rule  # noqa: F401
    except ImportError as error:
        raise UsageError("Sigma rules need pySigma: pip install 'grantwatch[sigma]'") from error


def read_rules(paths: Iterable[str | os.PathLike[str]]) -> list[ReadRule]:
    """Every rule in the files and folders, in order of path. Raises UsageError where nothing can be read at all."""
    need_pysigma()
    files = [file for path in paths for file in _files(Path(path))]
    return [read for file in dict.fromkeys(files) for read in _read(file)]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.suffix.lower() in _ENDINGS and each.is_file())
        if not found:
            raise UsageError(f"--rules {path}: no rule in this folder; accepted are files that end in .yml or .yaml")
        return found
    if not path.exists():
        raise UsageError(f"--rules {path}: no such file or folder; accepted are Sigma rules (.yml) and folders of them")
    return [path]


def _read(path: Path) -> Iterator[ReadRule]:
    import yaml

    name = os.fspath(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"is larger than {_LARGEST:,} bytes, which no rule is")
        text = path.read_text(encoding="utf-8-sig")
        if _depth(text) > _DEEPEST:
            raise RecursionError
        loader = yaml.SafeLoader(text)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        yield ReadRule(name, 1, path.name, error=_first_line(error))
        return
    try:
        while True:
            try:
                if not loader.check_node():
                    return
                node = loader.get_node()
                document = loader.construct_document(node)
            except (yaml.YAMLError, RecursionError, ValueError) as error:
                # What follows in the file cannot be told apart from the fault.
                mark = getattr(error, "problem_mark", None)
                line = mark.line + 1 if mark is not None else 1
                yield ReadRule(name, line, path.name, error=_first_line(error), error_line=line)
                return
            if document is not None:
                yield _rule(path, node, document)
    finally:
        loader.dispose()


def _depth(text: str) -> int:
    """How deep brackets stand within brackets, outside of quotes."""
    deepest = depth = 0
    for each in _UNBRACKETED.sub("", text):
        depth = depth + 1 if each in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _rule(path: Path, node: Any, document: Any) -> ReadRule:
    from sigma.correlations import SigmaCorrelationRule
    from sigma.exceptions import SigmaError, SigmaRuleLocation
    from sigma.rule import SigmaRule

    line = node.start_mark.line + 1
    read = ReadRule(os.fspath(path), line, path.name, lines=_lines(node))
    if not isinstance(document, dict):
        read.error = "is no rule: a rule is a list of keys such as title, logsource and detection"
        return read
    read.title = str(document.get("title") or path.name)
    read.rule_id = str(document["id"]) if document.get("id") else None
    read.level = str(document["level"]).lower() if document.get("level") else None
    if "action" in document:
        read.unsupported = "several documents that make one rule (action)"
    elif "filter" in document:
        read.unsupported = "filters (filter)"
    elif _size(document) > _LARGEST:
        read.error = "has more parts than any rule, when its aliases are written out"
    if read.unsupported or read.error:
        return read
    kind = SigmaCorrelationRule if "correlation" in document else SigmaRule
    try:
        made = kind.from_dict(document, collect_errors=True, source=SigmaRuleLocation(path, line))
        errors: list[Exception] = list(made.errors)
        if not errors:
            read.rule = made
            return read
    except (SigmaError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        errors = [error]
    read.error = "; ".join(dict.fromkeys(map(said, errors)))
    read.error_line = read.place_of(errors[0])
    return read


def said(error: Exception) -> str:
    """What an error of pySigma says, without the place, which stands elsewhere."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    text = str(error.args[0]) if error.args else type(error).__name__
    return " ".join(text.split())[:500]


def _lines(node: Any, depth: int = 0) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for key, value in node.value if getattr(node, "id", "") == "mapping" else ():
        if isinstance(key.value, str):
            found.setdefault(key.value, key.start_mark.line + 1)
            if depth < 1 and key.value in ("detection", "correlation"):
                found = {**_lines(value, depth + 1), **found}
    return found


def _size(value: Any) -> int:
    """How many parts a value has, each as often as it stands there; stops counting where it is beyond any rule."""
    count, left = 0, [value]
    while left and count <= _LARGEST:
        each = left.pop()
        count += 1
        if isinstance(each, dict):
            left += each.values()
        elif isinstance(each, list):
            left += each
    return count


def _first_line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    problem = getattr(error, "problem", None) or getattr(error, "strerror", None) or str(error)
    return f"is not YAML: {problem}" if hasattr(error, "problem") else " ".join(str(problem).split())[:500]


def failed(read: ReadRule) -> RuleResult:
    """What becomes of a rule that cannot run."""
    outcome = Outcome.NOT_SUPPORTED if read.error is None else Outcome.ERROR
    return RuleResult(
        title=read.title,
        rule_id=read.rule_id,
        level=read.level,
        file=read.file,
        line=read.error_line or read.line,
        outcome=outcome,
        reasons=(read.error or f"not supported: {read.unsupported}",),
    )
