"""The signals that grants are judged by, as JSON and as a page for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.report import words
from grantwatch.report.document import Json, encoded
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import Page, as_text, show
from grantwatch.signals import Signal

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["document", "dumps", "render", "text"]


def document(signals: Sequence[Signal]) -> Json:
    """The declarations as plain dicts, lists, strings and numbers, in the order given."""
    return {
        "generated_by": {"name": "grantwatch", "version": __version__},
        "signals": [_signal(signal) for signal in signals],
    }


def dumps(signals: Sequence[Signal]) -> bytes:
    """`document(signals)` as UTF-8 JSON, harmless in a terminal."""
    return encoded(document(signals))


def render(signals: Sequence[Signal], console: Console) -> None:
    """Print the signals on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(signals, console))


def text(signals: Sequence[Signal], width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(signals, console), width, color)


def _signal(signal: Signal) -> Json:
    names = ("title", "question", "group", "weight", "alone", "looks_at", "otherwise")
    lists = ("techniques", "entries", "needs", "false_positives", "gaps")
    return {
        "signal": signal.id,
        **{name: getattr(signal, name) for name in names},
        **{name: list(getattr(signal, name)) for name in lists},
        "source": signal.source or None,
    }


class _Page(Page):
    def __init__(self, signals: Sequence[Signal], console: Console) -> None:
        super().__init__(console)
        self.signals = signals

    def write(self) -> None:
        """Print it all, group by group."""
        own = sum(signal.own for signal in self.signals)
        said = f"{words.plural(len(self.signals), 'signal')}, {own} of them your own" if own else ""
        self._print((said or words.plural(len(self.signals), "signal"), "bold"))
        for group in dict.fromkeys(signal.group for signal in self.signals):
            self._heading(group)
            for signal in self.signals:
                if signal.group == group:
                    self._one(signal)

    def _one(self, signal: Signal) -> None:
        alone = "  may alert alone" if signal.alone else ""
        self._print((safe(signal.id), "bold"), (f"  {signal.weight:+.1f}{alone}", ""))
        self._print((signal.question, ""), indent=2)
        if signal.needs:
            self._print((f"needs {', '.join(signal.needs)}", "dim"), indent=2)
        if signal.own:
            self._print((f"own signal, declared in {safe(signal.source)}", "yellow"), indent=2)
