"""A run for readers: as Markdown, and as tables for a terminal. Both are made from its JSON and say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grantwatch.measure.chapters import Chapter, chapters
from grantwatch.report.document import Json
from grantwatch.report.escape import markdown_prose
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import Page, as_text, show

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["markdown", "terminal", "text"]

NOTE = "<!-- Made from a run of `grantwatch lab evaluate`. Run it again instead of changing this page. -->"


def markdown(run: Json) -> str:
    """The run as a page, with a line feed at its end: the same JSON gives the same page."""
    lines = ["# How well it finds what it looks for", "", NOTE, ""]
    lines += [f"Grantwatch {run['generated_by']['version']}, on tenants that do not exist. To make them again:", ""]
    lines += ["```sh", *_commands(run), "```", ""]
    for chapter in chapters(run):
        lines += _chapter(chapter)
    return "\n".join(lines).rstrip("\n") + "\n"


def _commands(run: Json) -> Iterable[str]:
    for tenant in run["tenants"]:
        forms = "".join(f" --form {form}" for form in tenant["forms"] if form.replace("_", "").isalnum())
        size = f"--users {tenant['users']} --days {tenant['days']} --seed {tenant['seed']}"
        yield f"grantwatch lab simulate {size}{forms} --out tenants/{tenant['seed']}"
    folders = " ".join(f"tenants/{tenant['seed']}" for tenant in run["tenants"])
    yield f"grantwatch lab evaluate {folders}{' --degrade' if run['degraded'] else ''}"


def _chapter(chapter: Chapter) -> Iterable[str]:
    yield from (f"## {chapter.title}", "")
    for words in chapter.words:
        yield from (words, "")
    if chapter.rows:
        yield "| " + " | ".join(chapter.header) + " |"
        yield "|" + "---|" * len(chapter.header)
        yield from (_row(row) for row in chapter.rows)
        yield ""
    for words in chapter.more:
        yield from (words, "")


_FIGURE = re.compile(r"[0-9.,%:/ –()+-]*(?: min)?|…[a-zA-Z -]+")


def _row(cells: Iterable[str]) -> str:
    """A cell may hold text of a truth or of a log; figures and our own signs stay as they are."""
    return "| " + " | ".join(c if _FIGURE.fullmatch(c) else markdown_prose(c, None) for c in cells) + " |"


def terminal(run: Json, console: Console) -> None:
    """Print the run on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Report(run, console))


def text(run: Json, width: int) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Report(run, console), width)


_LONG = {"The public rules"}
"""Chapters that a terminal leaves out: they say what the rules are, not what came of the run."""


class _Report(Page):
    def __init__(self, run: Json, console: Console) -> None:
        super().__init__(console)
        self._run = run

    def write(self) -> None:
        """Print it all."""
        self._print(("Grantwatch ", "bold"), (f"{self._run['generated_by']['version']}  measured", ""))
        for chapter in chapters(self._run):
            if chapter.title not in _LONG:
                self._chapter(chapter)

    def _chapter(self, chapter: Chapter) -> None:
        from rich import box
        from rich.table import Table

        self._heading(chapter.title)
        for words in chapter.words:
            self._print((words, ""))
        if chapter.rows:
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
            for name in chapter.header:
                table.add_column(self._text((name, "")), overflow="fold")
            for row in chapter.rows:
                table.add_row(*(self._text((safe(cell, 300), "")) for cell in row))
            self._put(table)
        for words in chapter.more:
            self._print((words, ""))
