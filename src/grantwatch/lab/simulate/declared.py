"""How a persona and a campaign declare themselves. Docs and tests are generated from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from grantwatch.errors import DeclarationError
from grantwatch.lab.simulate.calls import ASKS

if TYPE_CHECKING:
    from grantwatch.lab.simulate.people import Colleague
    from grantwatch.lab.simulate.stage import Stage
    from grantwatch.lab.simulate.told import Told

__all__ = ["Campaign", "Persona", "all_campaigns", "all_personas", "campaign", "persona"]

CASTS = ("staff", "account", "guest")
VICTIMS = ("staff", "room", "developer", "admin")


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of honest account. Its `act` tells what the accounts of that kind do, grants with their truth included.

    `share` of the users are cast for it, `least` of them as soon as the tenant has `minimum_users`. `cast`: `staff`
    have working days of their own, an `account` (room, pipeline) and a `guest` have none but what `act` tells.
    """

    id: str
    title: str
    what: str
    stands_for: str
    share: float
    act: Callable[[Stage, list[Colleague]], Iterable[Told]]
    cast: str = "staff"
    least: int = 1
    most: int | None = None
    together: bool = False
    """True where all of them act in one scene, else each on their own."""
    minimum_users: int = 20
    drill: bool = False
    """True where what they do was ordered, to look like an attack: neither an attacker's nor honest work."""

    def number(self, users: int) -> int:
        """How many of `users` are cast."""
        if users < self.minimum_users:
            return 0
        wanted = max(self.least, round(self.share * users))
        return wanted if self.most is None else min(wanted, self.most)


@dataclass(frozen=True, slots=True)
class Campaign:
    """An attack as it leaves records. `act` tells one instance of it on its `victims`, of whom it has `least`-`most`.

    `hard`: it leaves few traces, or such as honest people leave too.
    """

    id: str
    title: str
    what: str
    stands_for: str
    act: Callable[[Stage, list[Colleague]], Iterable[Told]]
    least: int = 1
    most: int = 1
    hard: bool = False
    minimum_users: int = 20
    victims: str = "staff"
    """One of VICTIMS: anybody, meeting rooms, those who use command lines anyway, administrators."""
    asks: str = "mailbox"
    """One of ASKS: what its tool asks Microsoft Graph for."""


_PERSONAS: dict[str, Persona] = {}
_CAMPAIGNS: dict[str, Campaign] = {}


def persona(
    id: str,
    *,
    title: str,
    what: str,
    stands_for: str,
    share: float,
    cast: str = "staff",
    least: int = 1,
    most: int | None = None,
    together: bool = False,
    minimum_users: int = 20,
    drill: bool = False,
) -> Callable[[Callable[[Stage, list[Colleague]], Iterable[Told]]], Persona]:
    """Declare a persona. `drill`: what it does was ordered, to look like an attack.

    Raises DeclarationError where the id is taken, or share or cast are out of range.
    """
    if id in _PERSONAS:
        raise DeclarationError(f"persona {id!r} is declared twice")
    if not 0 <= share <= 1:
        raise DeclarationError(f"persona {id!r}: share {share} is not within 0-1")
    if cast not in CASTS:
        raise DeclarationError(f"persona {id!r}: cast {cast!r} is not one of {', '.join(CASTS)}")

    def declare(act: Callable[[Stage, list[Colleague]], Iterable[Told]]) -> Persona:
        declared = Persona(id, title, what, stands_for, share, act, cast, least, most, together, minimum_users, drill)
        _PERSONAS[id] = declared
        return declared

    return declare


def campaign(
    id: str,
    *,
    title: str,
    what: str,
    stands_for: str,
    least: int = 1,
    most: int = 1,
    hard: bool = False,
    minimum_users: int = 20,
    victims: str = "staff",
    asks: str = "mailbox",
) -> Callable[[Callable[[Stage, list[Colleague]], Iterable[Told]]], Campaign]:
    """Declare a campaign. Raises DeclarationError where the id is taken or the number of victims makes no sense."""
    if id in _CAMPAIGNS:
        raise DeclarationError(f"campaign {id!r} is declared twice")
    if not 1 <= least <= most:
        raise DeclarationError(f"campaign {id!r}: {least}-{most} victims; accepted are 1 <= least <= most")
    if victims not in VICTIMS:
        raise DeclarationError(f"campaign {id!r}: victims {victims!r} is not one of {', '.join(VICTIMS)}")
    if asks not in ASKS:
        raise DeclarationError(f"campaign {id!r}: asks {asks!r} is not one of {', '.join(ASKS)}")

    def declare(act: Callable[[Stage, list[Colleague]], Iterable[Told]]) -> Campaign:
        declared = Campaign(id, title, what, stands_for, act, least, most, hard, minimum_users, victims, asks)
        _CAMPAIGNS[id] = declared
        return declared

    return declare


def all_personas() -> tuple[Persona, ...]:
    """Every persona, by id. One file in personas/ each; a new file is found by itself."""
    _import("grantwatch.lab.simulate.personas")
    return tuple(_PERSONAS[name] for name in sorted(_PERSONAS))


def all_campaigns() -> tuple[Campaign, ...]:
    """Every campaign, by id. One file in campaigns/ each; a new file is found by itself."""
    _import("grantwatch.lab.simulate.campaigns")
    return tuple(_CAMPAIGNS[name] for name in sorted(_CAMPAIGNS))


def _import(package: str) -> None:
    for module in sorted(each.name for each in iter_modules(import_module(package).__path__)):
        import_module(f"{package}.{module}")
