"""Usage on a terminal: who, with what, how often, from where; then what was kept out and what cannot be said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.allowances.nodes import ERROR, OPEN
from grantwatch.report import triage, words
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import as_text, show
from grantwatch.report.sections import Sections
from grantwatch.report.usage import told as say
from grantwatch.report.usage.model import Told
from grantwatch.usage import KINDS, Account, Inventory, Proposal, Use
from grantwatch.usage.compare import Checked, Compared

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["render", "text"]

MOST_ACCOUNTS = 100
"""Accounts of a class that are listed."""
MOST_LISTED = 20
MOST_LINES = 40


def render(told: Told, console: Console) -> None:
    """Print it on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(told, console))


def text(told: Told, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(told, console), width, color)


class _Page(Sections):
    def __init__(self, told: Told, console: Console) -> None:
        super().__init__(console)
        self.told = told
        self.wide = console.width >= triage.WIDE

    def write(self) -> None:
        """Print it all."""
        made = self.told.inventory
        if not made:
            self._print(("Grantwatch ", "bold"), (__version__, ""))
        else:
            self._head(made)
            for kind in KINDS:
                self._class(kind, made.of(kind))
            self._kept_out(made)
            self._attempts(made)
            if made.accounts:
                self._heading(f"Not used for {words.plural(made.stale_days, 'day')}")
                self._print((say.stale_words(made), ""))
        if self.told.proposal:
            self._proposal(self.told.proposal)
        if self.told.checked:
            self._checked(self.told.checked)
        if made:
            self._unsaid(made)

    def _head(self, made: Inventory) -> None:
        reach = f"  sign-ins from {words.day(made.start)} to {words.day(made.end)}" if made.start and made.end else ""
        self._print(("Grantwatch ", "bold"), (__version__, ""), (reach, "dim"))
        self._print((say.headline(made), "bold"), (f": {say.split(made.accounts)}." if made.accounts else "", ""))
        apart = [f"{words.plural(len(made.honest), 'grant')} counted"]
        apart.append(f"{len(made.kept_out):,} kept out as suspect")
        apart.append(f"{sum(each.blocked + each.abandoned for each in made.attempts):,} attempts without a token")
        self._print((f"{'; '.join(apart)}.", "yellow" if made.kept_out else ""))

    # --- who

    def _class(self, kind: str, accounts: Sequence[Account]) -> None:
        if not accounts:
            return
        many = say.CLASSES[kind][1]
        self._heading(f"{many[:1].upper()}{many[1:]}: {len(accounts):,}")
        if self.wide:
            self._table(accounts[:MOST_ACCOUNTS])
        else:
            for account in accounts[:MOST_ACCOUNTS]:
                self._entry(account)
        if len(accounts) > MOST_ACCOUNTS:
            self._print((f"and {words.plural(len(accounts) - MOST_ACCOUNTS, 'more account')} in the JSON", "dim"))

    def _table(self, accounts: Sequence[Account]) -> None:
        from rich.table import Table

        table = Table(
            box=None, padding=(0, 2, 0, 0), header_style="" if self.plain else "dim", width=self.console.width
        )
        table.add_column("User", ratio=5, overflow="fold")
        table.add_column("With what", ratio=6, overflow="fold")
        table.add_column("Grants", justify="right", no_wrap=True)
        table.add_column("First", no_wrap=True)
        table.add_column("Last", no_wrap=True)
        table.add_column("From", ratio=5, overflow="fold")
        for account in accounts:
            for place, use in enumerate(account.uses):
                name = "" if place else f"{account.user.label}{' (stale)' if account.stale else ''}"
                table.add_row(
                    self._text((name, "bold")),
                    self._text((_route(use), "")),
                    self._text((f"{use.span.count:,}", "")),
                    self._text((f"{use.span.first:%Y-%m-%d}", "dim")),
                    self._text((f"{use.span.last:%Y-%m-%d}", "yellow" if use.stale else "dim")),
                    self._text((_from(use, 2), "dim")),
                )
        self._put(table)

    def _entry(self, account: Account) -> None:
        stale = "  not used lately" if account.stale else ""
        grants = f"{words.plural(account.span.count, 'grant')}"
        self._print((safe(account.user.label, 120), "bold"), (f"  {grants}", ""), (stale, "yellow"))
        for use in account.uses:
            span = f"{use.span.first:%Y-%m-%d} to {use.span.last:%Y-%m-%d}"
            times = f"{use.span.count:,}\u00d7, {span}" if use.span.count > 1 else f"once, {use.span.first:%Y-%m-%d}"
            self._print((_route(use), ""), indent=2)
            self._print((f"{times}; from {_from(use, 3)}", "dim"), indent=4)

    # --- what is apart

    def _kept_out(self, made: Inventory) -> None:
        if not made.kept_out:
            return
        self._heading("Kept out of the inventory")
        for each in made.kept_out[:MOST_LISTED]:
            grant = each.judged.grant
            said = (
                f"{grant.user.label}, {words.client(grant.client)}, {words.minute(grant.started_at)}: {each.why} "
                f"({words.OUTCOMES[grant.outcome]})"
            )
            self._labelled(triage.short_id(grant.grant_id), said, style="bold")
        self._more(len(made.kept_out), "grant")
        self._print(("A grant that is honest all the same: --include and its id.", "dim"))

    def _attempts(self, made: Inventory) -> None:
        if not made.attempts:
            return
        self._heading("Attempts that got no token")
        for each in made.attempts[:MOST_LISTED]:
            counts = ((each.blocked, "blocked"), (each.abandoned, "abandoned"))
            told = ", ".join(f"{number:,} {what}" for number, what in counts if number)
            clients = ", ".join(words.client(client) for client in each.clients[:3])
            self._print((safe(each.user.label, 120), "bold"), (f"  {told}, last on {words.day(each.last)}", ""))
            self._print((clients, "dim"), indent=2)
        self._more(len(made.attempts), "account")

    # --- allowances

    def _proposal(self, proposal: Proposal) -> None:
        number = words.plural(len(proposal.lines), "allowance")
        self._heading(f"Proposal: {number} for {words.plural(proposal.accounts, 'account')}")
        for line in proposal.lines[:MOST_LINES]:
            self._print((line.allowance.id, "bold"), (f"  {safe(say.subject_words(line.allowance), 300)}", ""))
            grants = f"{words.plural(line.span.count, 'grant')} until {words.day(line.span.last)}"
            self._print((f"{grants}; opens {say.exposure_words(line)}", "dim"), indent=2)
            if line.suspects:
                ids = ", ".join(map(triage.short_id, line.suspects[:MOST_LISTED]))
                self._print((f"covers grants that were kept out as well: {ids}", "yellow"), indent=2)
        if len(proposal.lines) > MOST_LINES:
            self._print((f"and {words.plural(len(proposal.lines) - MOST_LINES, 'more allowance')} in the file", "dim"))
        if proposal.left:
            told = (
                f"{words.plural(len(proposal.left), 'grant')} cannot be covered: no user, client or resource is named"
            )
            self._print((told, "yellow"))
        self._print(("A way is one account, client, resource and network together.", "dim"))

    def _checked(self, checked: Checked) -> None:
        number = words.plural(len(checked.allowances.allowances), "allowance")
        self._heading(f"Check of {safe(checked.file)}")
        errors, open_ = checked.of(ERROR), checked.of(OPEN)
        state = "cannot be used" if errors else f"{len(open_):,} without an owner" if open_ else "can be used"
        self._print((f"{number}; {state}.", "bold"))
        for finding in checked.findings[: 10 * MOST_LISTED]:
            style = {"error": "bold red", "open": "bold"}.get(finding.level, "yellow")
            self._labelled(finding.level, f"{finding.line}:{finding.column}: {finding.text}", style=style)
        self._more(len(checked.findings), "finding", 10 * MOST_LISTED)
        if checked.compared:
            self._compared(checked.compared)

    def _compared(self, compared: Compared) -> None:
        self._heading("The allowances and the use in these logs")
        self._print((f"{compared.covered:,} of {words.plural(compared.honest, 'honest grant')} covered.", "bold"))
        for each in compared.standings:
            self._print((each.allowance.id, "bold"), (f"  {say.standing_words(each)}", ""))
            if each.suspects:
                ids = ", ".join(map(triage.short_id, each.suspects[:MOST_LISTED]))
                self._print((f"covers grants that were kept out: {ids}", "yellow"), indent=2)
        if compared.gaps:
            self._heading("Honest use that nothing covers")
            for gap in compared.gaps[:MOST_LINES]:
                self._print((safe(gap.user, 120), "bold"))
                self._print((say.gap_words(gap), ""), indent=2)
            self._more(len(compared.gaps), "use", MOST_LINES)

    # --- what is not known

    def _unsaid(self, made: Inventory) -> None:
        own = len(made.not_assessed) - len(made.hunt.coverage.blind)
        if own:
            self._heading("Not assessed")
            for sentence in made.not_assessed[:own]:
                self._labelled("-", sentence)
        self._coverage(made.hunt.coverage, ())
        self._quarantined(made.hunt.quarantined, made.hunt.records.quarantined)
        self._unread(made.hunt.unread)

    def _more(self, number: int, what: str, shown: int = MOST_LISTED) -> None:
        if number > shown:
            self._print((f"and {words.plural(number - shown, f'more {what}')} in the JSON", "dim"))


def _route(use: Use) -> str:
    return f"{words.client(use.client)} \u2192 {words.resource(use.resource)}"


def _from(use: Use, most: int) -> str:
    parts = [say.places_words(use.places, most) if use.places else "no network named"]
    if use.unplaced and use.places:
        parts.append(f"{use.unplaced:,} without a network")
    if use.devices:
        names = list(dict.fromkeys(say.device_words(device) for device in use.devices))
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        parts.append(f"device {'; '.join(names[:2])}{more}")
    if use.unredeemed:
        parts.append(f"{use.unredeemed:,} without a token seen")
    return "; ".join(parts)
