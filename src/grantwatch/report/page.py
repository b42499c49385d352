"""What reports for a terminal are printed with: text that wraps, labels, headings; plain text where it must be."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from grantwatch.report.escape import terminal as safe

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

__all__ = ["Page", "as_text", "show"]

_ASCII = str.maketrans(
    {
        "\u2500": "-",
        "\u2192": "->",
        "\u00b7": "|",
        "\u2026": "...",
        "\u2212": "-",
        "\u2013": "-",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00d7": "x",
    }
)


class Page:
    """One report on one Rich console. Whatever is given as words is made safe; nothing is taken for markup."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.plain = console.no_color or not console.is_terminal

    def write(self) -> None:
        """Print it all."""
        raise NotImplementedError

    def _text(self, *parts: tuple[str, str]) -> Text:
        """Text from (words, style) pairs: never parsed as markup, safe to print."""
        from rich.text import Text

        made = Text(overflow="fold")
        for content, style in parts:
            made.append(safe(content, 600), "" if self.plain else style)
        return made

    def _print(self, *parts: tuple[str, str], indent: int = 0) -> None:
        self._put(self._text(*parts), indent)

    def _put(self, item: RenderableType, indent: int = 0) -> None:
        from rich.padding import Padding

        made = Padding(item, (0, 0, 0, indent), expand=False) if indent else item
        self.console.print(made, markup=False, highlight=False, emoji=False)

    def _labelled(self, label: str, content: str, indent: int = 0, style: str = "yellow") -> None:
        """A label, and text that wraps beside it and not below."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 2 if len(label) > 1 else 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(self._text((label, style)), self._text((content, "")))
        self._put(grid, indent)

    def _heading(self, title: str) -> None:
        self.console.print()
        self._print((title, "bold underline"))

    def _facts(self, facts: Sequence[tuple[str, str]], indent: int = 2, width: int | None = None) -> None:
        """Labels under one another, each with text that wraps beside it and not below."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, width=width)
        grid.add_column(overflow="fold")
        for label, content in facts:
            grid.add_row(self._text((label, "dim")), self._text((content, "")))
        self._put(grid, indent)


def show(page: Page) -> None:
    """Print a page on its console.

    Without a terminal, or with NO_COLOR, the output is plain text. A console that is not UTF-8 gets ASCII signs, and
    escapes for what it cannot show.
    """
    console = page.console
    encoding = (console.encoding or "utf-8").lower()
    unicode = encoding.replace("-", "").startswith("utf")
    if unicode and console.is_terminal:
        page.write()
        return
    with console.capture() as captured:
        page.write()
    # Rich pads lines to the width of the window: in a file or a pipe that is only noise.
    plain = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    if not unicode:
        plain = plain.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    console.file.write(plain)


def as_text(make: Callable[[Console], Page], width: int, color: bool = False) -> str:
    """A page as a string of lines no wider than `width` columns; with ANSI colours where `color` is true."""
    from rich.console import Console

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        _environ={},
    )
    show(make(console))
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
