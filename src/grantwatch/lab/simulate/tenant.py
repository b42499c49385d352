"""The tenant: its name, sites, staff, policies, and the hosters that the world around it knows."""

from __future__ import annotations

from grantwatch.lab.events import Machine, Person, Place, Policy
from grantwatch.lab.ids import Mint
from grantwatch.lab.simulate.names import Namer, company
from grantwatch.lab.simulate.people import Colleague, Site
from grantwatch.lab.simulate.places import (
    ABROAD,
    CITIES,
    CLOUDS,
    HOSTERS,
    UNLISTED_HOSTERS,
    VPN_EXITS,
    AddressPlan,
    Network,
)

__all__ = ["GLOBAL_ADMIN", "Tenant"]

OFFICES = ("192.0.2", "198.51.100", "203.0.113")
DEPARTMENTS = ("Sales", "Finance", "Operations", "Engineering", "People", "Marketing", "IT", "Legal", "Support")
GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"


class Tenant:
    """All that is there before anything happens; the same seed makes the same tenant."""

    def __init__(self, seed: int, users: int) -> None:
        self.seed = seed
        mint = Mint(f"simulate/{seed}")
        self.mint = mint
        self.id = mint.guid()
        self.name, self.domain = company(mint)
        self.namer = Namer(mint)
        plan = AddressPlan(mint)
        self.sites = _sites(mint, plan)
        self.hosters = [plan.rented(asn, city, 2) for asn, city in HOSTERS]
        self.unlisted = [plan.rented(asn, city, 2) for asn, city in UNLISTED_HOSTERS]
        self.vpn_exits = [plan.rented(asn, city) for asn, city in VPN_EXITS]
        self.clouds = [plan.rented(asn, city) for asn, city in CLOUDS]
        self.hotels = [plan.rented(64800 + number, city, 2) for number, city in enumerate(ABROAD)]
        self.foreign_homes = [plan.rented(64820 + number, city, 3) for number, city in enumerate(ABROAD)]
        self.new_egress = plan.rented(64511, self.sites[0].city)
        self.service = Place("198.19.255.3", 8075, "IE", "Dublin", "Dublin", 53.3382, -6.2591)
        """Where the directory itself speaks from: neither user nor attacker."""
        self.mfa = Policy(mint.guid(), "CA001 Require MFA for all users")
        self.block = Policy.blocking_device_code(mint.guid(), "CA014 Block device code flow (pilot)")
        self.report_only = mint.chance(0.5)
        """Whether the block stands in report-only mode for those outside of the pilot."""
        self.short = "".join(part[0] for part in self.name.split()).upper()
        self.staff = [self._colleague(mint, number) for number in range(users)]
        self._accounts = users

    def account(self, name: str, alias: str, *, site: Site, upn: str | None = None, type_: str = "member") -> Colleague:
        """A further account: a room, a pipeline, a guest. It has no working days."""
        mint = self.mint
        number = self._accounts
        self._accounts += 1
        who = Person(mint.guid(), upn or f"{self.namer.alias(alias)}@{self.domain}", name, type_)
        made = Colleague(
            f"{self.seed}",
            number,
            who,
            site,
            "edge",
            "android",
            Machine(),
            mint.pick(site.homes),
            mint.pick(site.mobiles),
            frozenset(range(5)),
            "",
        )
        made.works = False
        return made

    def applied(self, *, device_code: bool = False) -> tuple[Policy, ...]:
        """The policies as they were applied to a sign-in that succeeded."""
        if not (device_code and self.report_only):
            return (self.mfa,)
        block = self.block
        reported = Policy(
            block.id, block.name, "reportOnlyFailure", (), block.conditions, block.conditions_missed, block.rules
        )
        return (self.mfa, reported)

    def site_of(self, number: int) -> Site:
        """The first site holds half of the staff, the others share the rest."""
        return self.sites[0] if number % 2 == 0 else self.sites[number // 2 % len(self.sites)]

    def _colleague(self, mint: Mint, number: int) -> Colleague:
        name, alias = self.namer.person()
        site = self.site_of(number)
        die = mint.between(0, 99)
        laptop = "edge" if die < 62 else "chrome" if die < 74 else "safari" if die < 90 else "firefox"
        device = f"{self.short}-{'MB' if laptop == 'safari' else 'LT'}-{10000 + number:05d}"
        trust = (
            "Azure AD registered"
            if laptop == "safari"
            else mint.pick(("Azure AD joined",) * 4 + ("Hybrid Azure AD joined",))
        )
        machine = Machine() if laptop == "firefox" else Machine(mint.guid(), device, "", "", True, True, trust)
        if trust.startswith("Hybrid") and machine.id and mint.chance(0.3):
            machine = Machine(machine.id, device, "", "", False, False, trust)
        days = [day for day in range(5) if mint.chance(0.6)]
        home = mint.pick(site.homes)
        if mint.chance(0.015):
            days, home = [], mint.pick(self.foreign_homes)  # hired from abroad, works at home
        return Colleague(
            f"{self.seed}",
            number,
            Person(mint.guid(), f"{alias}@{self.domain}", name),
            site,
            laptop,
            "ios" if mint.chance(0.6) else "android",
            machine,
            home,
            mint.pick(site.mobiles),
            frozenset(days),
            DEPARTMENTS[mix_department(number)],
        )


def mix_department(number: int) -> int:
    """A department for a number, so that all are of like size."""
    return number * 7 // 3 % len(DEPARTMENTS)


def _sites(mint: Mint, plan: AddressPlan) -> list[Site]:
    cities = list(CITIES)
    sites = []
    for number, block in enumerate(OFFICES):
        city = cities.pop(mint.between(0, len(cities) - 1))
        homes = tuple(plan.access(city, 16, v6=each == 1) for each in range(3))
        mobiles = tuple(plan.access(city, 6, v6=each == 1) for each in range(2))
        egress = Network(64496 + number, city, (block,))
        sites.append(Site(number, city, egress, 4 if number == 0 else 2, homes, mobiles))
    return sites
