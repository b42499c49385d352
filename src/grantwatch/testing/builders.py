"""Fluent builders: a Grant with its Profile in five readable lines.

    case = (
        a_grant(client=AZURE_CLI, resource=ARM)
        .approved(HOME)
        .redeemed(RENTED, agent=PYTHON)
        .knows(HOME)
        .case()
    )

A builder is changed in place and returns itself. Times are UTC. Nothing is known of the user but what is said:
60 days of history in a tenant of 200 users, and no network, client or device of this grant seen before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from grantwatch.errors import UsageError
from grantwatch.grants.model import (
    Before,
    Device,
    FollowOn,
    Grant,
    Leg,
    LegKind,
    Named,
    Naming,
    Network,
    Outcome,
    Party,
    PolicyResult,
    Tie,
    TieBy,
    TokenKind,
    TokenUse,
    User,
)
from grantwatch.profile.model import Attempts, EarlierGrant, Familiarity, Peers, Profile, Sight
from grantwatch.records.model import RecordRef
from grantwatch.signals import Case
from grantwatch.testing.things import ARM, AZ_TOOL, AZURE_CLI, FIREFOX, HOME, NOWHERE, START, TENANT

__all__ = ["GrantBuilder", "a_grant"]


class GrantBuilder:
    """A grant in the making; see `a_grant`."""

    def __init__(self, user: str, client: Named, resource: Named, at: datetime, certainty: float) -> None:
        self._user = user
        self._client = client
        self._resource = resource
        self._at = at
        self._certainty = certainty
        self._legs: list[Leg] = []
        self._uses: list[TokenUse] = []
        self._follow_ons: list[FollowOn] = []
        self._seen: dict[str, dict[str, Familiarity]] = {}
        self._earlier: list[EarlierGrant] = []
        self._profile = Profile(60.0, 60.0, 400, 200)
        self._more: dict[str, Any] = {}
        self._user_more: dict[str, Any] = {"type": "member"}
        self._positions = 0

    # -- the flow

    def interrupted(self, network: Network = HOME, *, agent: str | None = FIREFOX, code: int = 50199) -> GrantBuilder:
        """The confirmation page was shown."""
        return self._leg(LegKind.INTERRUPT, network, agent, -8, interactive=True, code=code)

    def declined(self, network: Network = HOME, *, code: int = 70018, after: float = 0) -> GrantBuilder:
        """The person refused or typed a wrong code."""
        return self._leg(LegKind.DECLINED, network, FIREFOX, after, interactive=True, code=code)

    def blocked(
        self, network: Network = HOME, *, agent: str | None = FIREFOX, policy: str = "Block device code"
    ) -> GrantBuilder:
        """A policy blocked the sign-in."""
        return self._leg(LegKind.BLOCKED, network, agent, 0, interactive=True, code=53003, policies=(policy,))

    def approved(
        self,
        network: Network = HOME,
        *,
        agent: str | None = FIREFOX,
        device: Device | None = None,
        methods: tuple[str, ...] = (),
        requirement: str | None = None,
        ca: str | None = None,
        results: Mapping[str, str] | None = None,
    ) -> GrantBuilder:
        """The browser leg, at the start of the grant. `results`: Conditional Access policies and what each did."""
        self._leg(LegKind.APPROVAL, network, agent, 0, interactive=True, device=device)
        told = tuple(PolicyResult(name, result) for name, result in (results or {}).items())
        self._legs[-1] = replace(
            self._legs[-1], auth_methods=methods, auth_requirement=requirement, ca_status=ca, policy_results=told
        )
        return self

    def sighted(self, network: Network = HOME, *, agent: str | None = FIREFOX) -> GrantBuilder:
        """An approval seen in the Unified Audit Log only."""
        return self._leg(LegKind.SIGHTING, network, agent, 0, interactive=True)

    def redeemed(
        self,
        network: Network = HOME,
        *,
        agent: str | None = AZ_TOOL,
        seconds: float = 3,
        resource: Named | None = None,
    ) -> GrantBuilder:
        """The first token, a few seconds after the approval."""
        return self._leg(LegKind.REDEMPTION, network, agent, seconds, interactive=False, resource=resource)

    def used(
        self,
        client: Named | None = None,
        resource: Named | None = None,
        network: Network = HOME,
        *,
        agent: str | None = AZ_TOOL,
        minutes: float = 10,
        kind: TokenKind = TokenKind.REFRESH,
        party: Party = Party.REDEEMER,
        device: Device | None = None,
        codes: tuple[int, ...] = (),
        failures: int = 0,
        tie: Tie | None = None,
    ) -> GrantBuilder:
        """A folded token use, `minutes` after the start."""
        when = self._at + timedelta(minutes=minutes)
        self._uses.append(
            TokenUse(
                client=client or self._client,
                resource=resource or self._resource,
                network=network,
                user_agent=agent,
                device=device or Device(),
                kind=kind,
                interactive=False,
                party=party,
                first=when,
                last=when,
                count=max(1, failures),
                failures=failures,
                error_codes=codes,
                token_binding=None,
                tie=tie or Tie(TieBy.SESSION_ID, 0.9),
                refs=(self._ref(),),
            )
        )
        return self

    def followed(
        self,
        kind: str,
        more_facts: Mapping[str, str] | None = None,
        *,
        minutes: float = 5,
        operation: str = "",
        network: Network = NOWHERE,
        tie: Tie | None = None,
        target: str | None = None,
        result: str | None = "success",
        count: int = 1,
        client: Named | None = None,
        agent: str | None = None,
        last: float | None = None,
        things: int = 0,
        burst: int = 0,
        marked: int = 0,
        areas: tuple[str, ...] = (),
        before: Before | None = None,
        naming: Naming | None = None,
        **facts: str,
    ) -> GrantBuilder:
        """An activity after the grant, by default tied by user and time only. `last`: minutes after the start."""
        facts = {**facts, **(more_facts or {})}
        self._follow_ons.append(
            FollowOn(
                kind=kind,
                operation=operation or kind,
                time=self._at + timedelta(minutes=minutes),
                actor=self._user,
                network=network,
                user_agent=agent or facts.get("user_agent"),
                client=client or Named(None, None),
                target=Named(None, target),
                target_type=None,
                result=result,
                facts=facts,
                count=count,
                tie=tie or Tie(TieBy.USER_TIME, 0.4),
                refs=(self._ref(),),
                last=None if last is None else self._at + timedelta(minutes=last),
                things=things,
                burst=burst,
                marked=marked,
                areas=areas,
                before=before or Before(log_days=60.0),
                naming=naming,
            )
        )
        return self

    def carrying(self, *, roles: tuple[str, ...] = (), scopes: tuple[str, ...] = ()) -> GrantBuilder:
        """The token carries directory roles (template ids) and scopes."""
        self._more |= {"role_ids": roles, "scopes": scopes}
        return self

    def of_tenant(self, home: str, *, type: str = "guest", cross: str | None = None) -> GrantBuilder:
        """The account belongs to another tenant."""
        self._user_more = {"home_tenant_id": home, "type": type}
        self._more |= {"cross_tenant": cross}
        return self

    # -- what was normal

    def history(
        self,
        days: float = 60,
        *,
        tenant_days: float | None = None,
        tenant_users: int = 200,
        grant_users: int = 0,
    ) -> GrantBuilder:
        """How far back the logs reach for this user, and how common device code is in the tenant."""
        self._profile = self._profile._replace(
            user_history_days=days,
            tenant_history_days=days if tenant_days is None else tenant_days,
            tenant_users=tenant_users,
            tenant_grant_users=grant_users,
        )
        return self

    def knows(self, what: Network | str, value: str | None = None, *, days: int = 30, ago: float = 40) -> GrantBuilder:
        """The user was seen with a network, or with a value of a dimension, on `days` days, first `ago` days before."""
        for dimension, key in _values(what, value):
            old = self._seen.setdefault(dimension, {}).get(key, Familiarity())
            first = self._at - timedelta(days=ago)
            self._seen[dimension][key] = Familiarity(days, first, max(old.tenant_users, 1))
        return self

    def tenant_knows(self, what: Network | str, value: str | None = None, *, users: int = 50) -> GrantBuilder:
        """`users` users of the tenant were seen with a network, or with a value of a dimension."""
        for dimension, key in _values(what, value):
            old = self._seen.setdefault(dimension, {}).get(key, Familiarity())
            self._seen[dimension][key] = old._replace(tenant_users=users)
        return self

    def habit(
        self,
        network: Network = HOME,
        *,
        times: int = 6,
        client: Named | None = None,
        resource: Named | None = None,
        every: float = 5,
        ids: str = "earlier",
    ) -> GrantBuilder:
        """Earlier grants from this network, the last `every` days ago; what they used is known to the user."""
        client, resource = client or self._client, resource or self._resource
        for step in range(times, 0, -1):
            self._earlier.append(
                EarlierGrant(
                    grant_id=f"{ids}-{step}",
                    started_at=self._at - timedelta(days=every * step),
                    client_id=client.id,
                    resource_id=resource.id,
                    prefixes=frozenset({network.prefix} if network.prefix else ()),
                    asns=frozenset({network.asn} if network.asn is not None else ()),
                    values=_carried(network, client, resource),
                )
            )
        ago = every * times
        self.knows(network, days=times, ago=ago)
        for dimension, key in (("grant_client", client.id), ("client", client.id), ("resource", resource.id)):
            self.knows(dimension, key, days=times, ago=ago)
        return self

    def works(self, first: int = 6, last: int = 16, *, sign_ins: int = 10) -> GrantBuilder:
        """The hours (UTC) in which the user signs in: so many sign-ins in each."""
        hours = tuple(sign_ins if first <= hour <= last else 0 for hour in range(24))
        self._profile = self._profile._replace(hours=hours)
        return self

    def later(self, days: int, at: Network | None = None) -> GrantBuilder:
        """The user signed in on so many days from the grant on; at this network too, where one is named."""
        self._profile = self._profile._replace(days_after=max(self._profile.days_after, days))
        for dimension, key in _values(at, None) if at is not None else ():
            old = self._seen.setdefault(dimension, {}).get(key, Familiarity())
            self._seen[dimension][key] = old._replace(later=days)
        return self

    def attempts(self, own: int = 0, others: int = 0, usual: float = 0.0) -> GrantBuilder:
        """Device code sign-ins that failed within the 24 hours before: of the user, and how many others had one.

        `usual`: how many users a day had one before.
        """
        self._profile = self._profile._replace(attempts=Attempts(own, others, usual))
        return self

    def among(self, peers: int, *, device_code: int = 0, client: int = 0) -> GrantBuilder:
        """People who work alike, and how many of them had device code grants, and of this client."""
        self._profile = self._profile._replace(peers=Peers(peers, device_code, client))
        return self

    def peers_at(self, network: Network, peers: int) -> GrantBuilder:
        """So many of the peers were seen in a network."""
        for dimension, key in _values(network, None):
            old = self._seen.setdefault(dimension, {}).get(key, Familiarity())
            self._seen[dimension][key] = old._replace(peers=peers if dimension != "country" else 0)
        return self

    def moved_with(self, network: Network, users: int = 8) -> GrantBuilder:
        """So many people of the user's other networks came to this one within days."""
        for dimension, key in _values(network, None):
            old = self._seen.setdefault(dimension, {}).get(key, Familiarity())
            moved = users if dimension != "country" else 0
            self._seen[dimension][key] = old._replace(moved=moved, tenant_users=max(old.tenant_users, users))
        return self

    def said_to_be(self, kind: str) -> GrantBuilder:
        """What the accounts file says of the user."""
        self._profile = self._profile._replace(stated=kind)
        return self

    def seen_at(self, network: Network, *, minutes: float = -20) -> GrantBuilder:
        """The user was also active from there, in an ordinary sign-in `minutes` after the start."""
        sight = Sight(self._at + timedelta(minutes=minutes), network, self._ref())
        self._profile = self._profile._replace(elsewhere=(*self._profile.elsewhere, sight))
        return self

    # -- what comes out

    def grant(self) -> Grant:
        """The grant, its legs in time order; the outcome follows from the legs."""
        legs = tuple(sorted(self._legs, key=lambda leg: leg.time))
        kinds = {leg.kind for leg in legs}
        times = [self._at, *(leg.time for leg in legs), *(use.last for use in self._uses)]
        return Grant(
            grant_id=f"grant-{self._user}-{self._at:%Y%m%d%H%M%S}",
            tenant_id=TENANT,
            user=User(f"id-{self._user}", f"{self._user}@example.com", **self._user_more),
            client=self._client,
            resource=self._resource,
            started_at=self._at,
            last_seen=max(times),
            outcome=_outcome(kinds, bool(self._uses)),
            certainty=self._certainty,
            basis="built for a test",
            correlation_id="corr",
            session_id="sess",
            legs=legs,
            token_uses=tuple(self._uses),
            follow_ons=tuple(self._follow_ons),
            **self._more,
        )

    def profile(self) -> Profile:
        """What was normal before the grant."""
        return self._profile._replace(seen=self._seen, earlier_grants=tuple(self._earlier))

    def pair(self) -> tuple[Grant, Profile]:
        """Grant and profile, as `judge` takes them."""
        return self.grant(), self.profile()

    def case(self, *, missing: frozenset[str] = frozenset(), worse: frozenset[str] = frozenset()) -> Case:
        """All that a signal looks at."""
        return Case(self.grant(), self.profile(), missing, worse)

    def _ref(self) -> RecordRef:
        self._positions += 1
        return RecordRef("test.json", self._positions)

    def _leg(
        self,
        kind: LegKind,
        network: Network,
        agent: str | None,
        seconds: float,
        *,
        interactive: bool,
        code: int = 0,
        policies: tuple[str, ...] = (),
        device: Device | None = None,
        resource: Named | None = None,
    ) -> GrantBuilder:
        self._legs.append(
            Leg(
                kind=kind,
                time=self._at + timedelta(seconds=seconds),
                network=network,
                user_agent=agent,
                client=self._client,
                resource=resource or self._resource,
                device=device or Device(),
                interactive=interactive,
                error_code=code,
                status_detail=None,
                tie=Tie(TieBy.CORRELATION_ID, 0.9),
                ref=self._ref(),
                form="test",
                policies=policies,
            )
        )
        return self


def a_grant(
    user: str = "alice",
    *,
    client: Named = AZURE_CLI,
    resource: Named = ARM,
    at: datetime = START,
    certainty: float = 1.0,
) -> GrantBuilder:
    """A grant of this user, client and resource without any leg yet."""
    return GrantBuilder(user, client, resource, at, certainty)


def _values(what: Network | str, value: str | None) -> list[tuple[str, str]]:
    if isinstance(what, str):
        if value is None:
            raise UsageError(f"{what}: a value is missing; accepted is knows({what!r}, 'the value')")
        return [(what, value)]
    parts = (("prefix", what.prefix), ("asn", what.asn), ("country", what.country))
    return [(dimension, str(part)) for dimension, part in parts if part is not None]


def _carried(network: Network, client: Named, resource: Named) -> dict[str, frozenset[str]]:
    values = dict(_values(network, None))
    values |= {"grant_client": client.id or "", "client": client.id or "", "resource": resource.id or ""}
    return {dimension: frozenset({value}) for dimension, value in values.items() if value}


def _outcome(kinds: set[LegKind], used: bool) -> Outcome:
    if LegKind.REDEMPTION in kinds or used:
        return Outcome.REDEEMED
    if kinds & {LegKind.APPROVAL, LegKind.SIGHTING}:
        return Outcome.APPROVED
    return Outcome.BLOCKED if LegKind.BLOCKED in kinds else Outcome.ABANDONED
