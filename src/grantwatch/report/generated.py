"""What a generated set holds, as a page for a terminal; as JSON it is its manifest (`policy-set.schema.json`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.policy.generate.files import manifest
from grantwatch.policy.generate.model import Gap, Kind, Level, Object, PolicySet
from grantwatch.report import words
from grantwatch.report.escape import json_bytes
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import Page, as_text, show

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["dumps", "render", "text"]

LIMIT = 600
MOST_NAMED = 8
_KINDS = {Kind.LOCATION: "Named locations", Kind.GROUP: "Groups", Kind.POLICY: "Policies (report-only)"}


def dumps(made: PolicySet) -> bytes:
    """The manifest as UTF-8 JSON, harmless in a terminal."""
    return json_bytes(manifest(made), indent=True)


def render(made: PolicySet, folder: str, console: Console) -> None:
    """Print what a set holds on a Rich console."""
    show(_Page(made, folder, console))


def text(made: PolicySet, folder: str, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(made, folder, console), width, color)


class _Page(Page):
    def __init__(self, made: PolicySet, folder: str, console: Console) -> None:
        super().__init__(console)
        self.made = made
        self.folder = folder

    def write(self) -> None:
        """Print it all."""
        made = self.made
        members = {member.id for each in made.of(Kind.GROUP) if each.allowances for member in each.members}
        self._print(("Grantwatch ", "bold"), (__version__, ""), ("  Conditional Access from allowances", "dim"))
        number = words.plural(len(made.objects), "object")
        people = words.plural(len(members), "account")
        used = words.plural(len(made.used), "allowance")
        self._print((f"{number} in {self.folder}: {used} for {people}, as of {made.on} (UTC).", "bold"))
        if made.next_expiry:
            self._print((f"The first of them ends on {made.next_expiry}: generate again before.", ""))
        for kind, title in _KINDS.items():
            if made.of(kind):
                self._heading(title)
                for each in made.of(kind):
                    self._object(each)
        if made.left_out:
            self._heading("Allowances left out")
            for out in made.left_out:
                self._labelled("-", safe(f"{out.allowance} (line {out.line}): {out.why}", LIMIT))
        self._gaps("To fill in before anything is switched on", Level.FILL_IN, "red")
        self._gaps("What Conditional Access cannot bound", Level.LIMIT, "yellow")

    def _object(self, each: Object) -> None:
        self._labelled("-", safe(each.name, 300))
        if each.kind is Kind.GROUP:
            names = [member.upn or member.id for member in each.members]
            shown = ", ".join(names[:MOST_NAMED])
            more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            grants = sum(len(because.grant_ids) for member in each.members for because in member.because)
            rests = f" (rests on {words.plural(grants, 'grant')})" if grants else ""
            self._print(
                (f"{words.plural(len(names), 'member')}{rests}: {shown}{more}" if names else "nobody", "dim"), indent=2
            )
        elif each.kind is Kind.LOCATION:
            held = [every["cidrAddress"] for every in each.body.get("ipRanges", ())]
            held += each.body.get("countriesAndRegions", ())
            more = f" and {len(held) - MOST_NAMED:,} more" if len(held) > MOST_NAMED else ""
            self._print((f"{', '.join(held[:MOST_NAMED])}{more}", "dim"), indent=2)

    def _gaps(self, title: str, level: Level, style: str) -> None:
        """Each sentence, and the fix where there is one."""
        found: list[Gap] = [each for each in self.made.gaps if each.level is level]
        if not found:
            return
        self._heading(title)
        for each in found:
            self._labelled("-", safe(each.sentence, LIMIT), style=style)
            if each.fix:
                self._labelled("fix", safe(each.fix, LIMIT), 2, "green")
