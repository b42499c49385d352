"""The inventory as one self-contained page: no script, nothing loaded from elsewhere, all log text escaped."""

from __future__ import annotations

from collections import Counter
from importlib import resources

from grantwatch import __version__
from grantwatch.report import words
from grantwatch.report.html import environment
from grantwatch.report.usage import charts, told
from grantwatch.report.usage.model import Told
from grantwatch.usage import KINDS

__all__ = ["encode", "render"]

MOST_ACCOUNTS = 500
"""Accounts of a class that are listed."""
MOST_LISTED = 200


def encode(given: Told) -> bytes:
    """`render` as UTF-8."""
    return render(given).encode("utf-8", errors="replace")


def render(given: Told) -> str:
    """The page as text, to be written as UTF-8. `given` must hold an inventory."""
    from markupsafe import Markup

    made = given.inventory
    if made is None:
        raise ValueError("a page shows an inventory")
    drawn = {
        name: [Markup(draw(made, width)) for width in (charts.WIDE, charts.NARROW)]  # noqa: S704 - escapes what it draws
        for name, draw in (("time", charts.over_time), ("heat", charts.heat_map), ("networks", charts.networks))
    }
    page = (
        environment()
        .get_template("usage.html.j2")
        .render(
            hunt=made.hunt,
            made=made,
            proposal=given.proposal,
            checked=given.checked,
            version=__version__,
            style=Markup(_style("style.css") + _style("usage.css")),  # noqa: S704 - our own files, hold no log text
            charts=drawn,
            told=told,
            kinds=KINDS,
            counts=Counter(account.kind for account in made.accounts),
            own=len(made.not_assessed) - len(made.hunt.coverage.blind),
            shown={"users": charts.MOST_USERS, "clients": charts.MOST_CLIENTS, "networks": charts.MOST_NETWORKS},
            most=MOST_ACCOUNTS,
            limit=MOST_LISTED,
            hints=list(dict.fromkeys(file.hint for file in made.hunt.unread[:MOST_LISTED])),
            title=told.headline(made),
            span=f"{words.day(made.start)} – {words.day(made.end)}" if made.start and made.end else "",
        )
    )
    return f"{page}\n"


def _style(name: str) -> str:
    return resources.files("grantwatch.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")
