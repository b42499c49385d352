"""A proposal as a file of allowances: what each line rests on and opens stands above it, for whoever reviews it."""

from __future__ import annotations

from collections.abc import Iterable

from grantwatch import __version__, knowledge
from grantwatch.allowances import FORMAT, Networks
from grantwatch.allowances.reader import ANY, parse
from grantwatch.usage.model import Inventory
from grantwatch.usage.propose import Exposure, Line, Proposal

__all__ = ["text"]

MOST_IDS = 8
"""Grant ids that are named for a line."""
_WIDTH = 110
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""What YAML takes for something else than text."""


def text(made: Inventory, proposal: Proposal) -> str:
    """The file as text. What comes from logs is quoted, and in comments it is made harmless."""
    lines = [
        *_comment(f"Allowances proposed by Grantwatch {__version__}, for somebody to review: who may use device code."),
        *_comment(_rests_on(made, proposal)),
        "#",
        *_comment(
            "Fill in who answers for each (owner), say why (reason), take out what nobody should need, then run "
            "`grantwatch usage --check FILE`. Without an owner an allowance has no effect."
        ),
        *_comment(_kept_out(made)),
        *(line for sentence in made.not_assessed[:5] for line in _comment(f"Not assessed: {sentence}")),
        f"version: {FORMAT}",
        f"allowances:{'' if proposal.lines else ' []'}",
    ]
    for line in proposal.lines:
        lines += ["", *(f"  {each}" for each in _above(line)), *_entry(line)]
    written = "\n".join(lines) + "\n"
    if wrong := parse(written).errors:
        # A fault of ours, not of the logs: better no file than one that says something else.
        raise AssertionError(f"the proposal does not read back: {wrong[0]}")
    return written


def _rests_on(made: Inventory, proposal: Proposal) -> str:
    span = f" from {made.start:%Y-%m-%d} to {made.end:%Y-%m-%d} (UTC)" if made.start and made.end else ""
    left = len(proposal.left)
    said = f"{_plural(left, 'grant')} cannot be covered: no user, client or resource is named." if left else ""
    return (
        f"They cover {_plural(len(made.honest) - left, 'grant')} of {_plural(proposal.accounts, 'account')} with "
        f"{_plural(len(proposal.lines), 'allowance')}, from logs{span}. {said}"
    )


def _kept_out(made: Inventory) -> str:
    if not made.kept_out:
        return "No grant was kept out as suspect."
    shown = ", ".join(each.judged.grant.grant_id[:8] for each in made.kept_out[:MOST_IDS])
    more = f" and {len(made.kept_out) - MOST_IDS} more" if len(made.kept_out) > MOST_IDS else ""
    return (
        f"Kept out as suspect: {_plural(len(made.kept_out), 'grant')} ({shown}{more}). Where one of them is honest, "
        "propose again with --include and its id."
    )


def _above(line: Line) -> list[str]:
    ids = ", ".join(id[:8] for id in line.grant_ids[:MOST_IDS])
    more = f" and {len(line.grant_ids) - MOST_IDS} more" if len(line.grant_ids) > MOST_IDS else ""
    span = line.span
    grants, accounts = _plural(span.count, "grant"), _plural(len(line.users), "account")
    first, last = f"{span.first:%Y-%m-%d}", f"{span.last:%Y-%m-%d}"
    when = f"on {first}" if first == last else f"from {first} to {last}"
    found = _comment(f"{grants} of {accounts} {when}: {ids}{more}")
    found += _comment(f"opens {_opens(line.exposure)}")
    if line.suspects:
        named = ", ".join(id[:8] for id in line.suspects[:MOST_IDS])
        found += _comment(f"CAUTION: it also covers what was kept out: {named}")
    return found


def _opens(exposure: Exposure) -> str:
    ways = _plural(exposure.ways, "way")
    said = f"{ways} (accounts × clients × resources × networks), {exposure.opened} of them not seen"
    if exposure.providers:
        names = ", ".join(f"AS{asn}" for asn in exposure.providers)
        said += f"; all of {names}, in which addresses of honest use move about"
    if not exposure.networks:
        said += "; any network, as no record names one"
    if exposure.whole_class:
        said += "; every account that is taken for one of the class, also later ones"
    return said


def _entry(line: Line) -> list[str]:
    allowance = line.allowance
    said = [f"  - id: {allowance.id}", "    subject:"]
    if allowance.subject.classes:
        said.append(f"      class: {allowance.subject.classes[0]}")
        said += [f"      # seen: {_shown(user)}" for user in line.users]
    else:
        said += ["      user:", *(f"        - {_quoted(user)}" for user in allowance.subject.users)]
    said += _list("client", ((id, knowledge.client_name(id, "")) for id in allowance.clients))
    said += _list("resource", ((id, _resource(id)) for id in allowance.resources))
    said += _list("network", _networks(allowance.networks))
    said.append(f"    owner: {_quoted(allowance.owner) if allowance.owner else ''}".rstrip())
    said.append(f"    reason: {_quoted(allowance.reason)}")
    said.append(f"    expires: {allowance.expires}")
    return said


def _list(key: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    """A key with its entries, each with its name as a comment; none of them is any."""
    found = [f"{_quoted(value)}{f'  # {_shown(name)}' if name else ''}" for value, name in entries]
    if not found:
        return [f"    {key}: {ANY}"]
    if len(found) == 1:
        return [f"    {key}: {found[0]}"]
    return [f"    {key}:", *(f"      - {each}" for each in found)]


def _resource(id: str) -> str:
    known = knowledge.resource(id)
    return known.name if known else ""


def _networks(networks: Networks) -> list[tuple[str, str]]:
    ranges = [(str(each), "") for each in networks.ranges]
    asns = [(f"AS{asn}", mark.name if (mark := knowledge.network(asn)) else "") for asn in networks.asns]
    return [*ranges, *asns, *((country, "") for country in networks.countries)]


def _quoted(said: str) -> str:
    """A scalar: as it is where it is plainly one, in double quotes with escapes otherwise."""
    plain = said.lower() not in _WORDS and said.isascii()
    if said and plain and all(c.isalnum() or c in "-._@/" for c in said) and said[0].isalnum():
        return said
    escaped = "".join(
        f"\\{c}" if c in '"\\' else c if c == " " or (c.isprintable() and c.isascii()) else f"\\U{ord(c):08x}"
        for c in said
    )
    return f'"{escaped}"'


def _shown(said: str) -> str:
    """Log text for a comment: one line, and nothing in it that a terminal or an editor would obey."""
    return _printable(said)[:120]


def _comment(said: str) -> list[str]:
    import textwrap

    return [f"# {line}" for line in textwrap.wrap(_printable(said), _WIDTH)]


def _printable(said: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in said)


def _plural(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"
