"""A grant's folded lineage, and whose hands each part of it was in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grantwatch import knowledge
from grantwatch.grants.flow import Flow
from grantwatch.grants.model import Party, Tie, TieBy, TokenKind, TokenUse
from grantwatch.grants.rows import STRENGTH, client_of, device_of, network_of, policy_results, resource_of
from grantwatch.records.model import RecordRef

__all__ = ["token_uses_of"]

_KINDS = {"refreshtoken": TokenKind.REFRESH, "primaryrefreshtoken": TokenKind.PRIMARY}


def token_uses_of(rows: Sequence[dict[str, Any]], flow: Flow, devices: Mapping[str, float]) -> list[TokenUse]:
    """The folded rows of one lineage as token uses of the grant that `flow` belongs to.

    `devices` are those that were registered after the grant, with the strength (0–1) of the tie that says so.
    """
    hands = _Hands(rows, flow)
    return [_token_use(row, hands.of(row), devices) for row in rows]


def _token_use(row: dict[str, Any], party: Party, devices: Mapping[str, float]) -> TokenUse:
    tie = TieBy(row["tie"])
    strength = STRENGTH[tie]
    kind = _KINDS.get(row["incoming"] or "", TokenKind.OTHER)
    if tie is TieBy.DEVICE_ID:
        strength = min(strength, devices.get(row["device_id"], strength))
        # A record shows a device where it proved itself: with its primary refresh token, as a rule.
        kind = TokenKind.PRIMARY if row["incoming"] in (None, "none") else kind
    elif kind is TokenKind.OTHER and party is Party.APPROVER and _in_browser(row):
        kind = TokenKind.BROWSER
    return TokenUse(
        client=client_of(row),
        resource=resource_of(row),
        network=network_of(row),
        user_agent=row["user_agent"],
        device=device_of(row),
        kind=kind,
        interactive=row["interactive"],
        party=party,
        first=row["first_time"],
        last=row["last_time"],
        count=row["records"],
        failures=row["failures"],
        error_codes=tuple(row["error_codes"] or ()),
        token_binding=row["token_binding"],
        tie=Tie(tie, strength),
        refs=tuple(RecordRef(ref["path"], ref["position"], ref["request_id"]) for ref in row["refs"]),
        last_success=row["last_success"],
        addresses=row["addresses"],
        tracked=row["tracked"],
        client_app=row["client_app"],
        risk=row["risk_level"],
        auth_requirement=row["auth_requirement"],
        ca_status=row["ca_status"],
        policy_results=policy_results(row["policies"]),
    )


def _in_browser(row: dict[str, Any]) -> bool:
    """A browser by its user agent; one that the record calls an app of its own only pretends."""
    return row["browser"] is not False and knowledge.agent(row["user_agent"]).is_browser


class _Hands:
    """Tells the approver's own browser from the device. Equal addresses alone decide nothing.

    The device is known by the redemption's user agent and by not being a browser, whatever the network. A browser is
    the approver's where the approval came from, and the redeemer's where only the device was seen.
    """

    def __init__(self, rows: Sequence[dict[str, Any]], flow: Flow) -> None:
        approved = flow.roles("approval", "paired", "sighting", "interrupt")
        redeemed = flow.roles("redemption")
        self._approver_agents = {leg["user_agent"] for leg in approved} - {None}
        self._redeemer_agents = {leg["user_agent"] for leg in redeemed} - {None}
        self._approver_places = {leg["prefix"] for leg in approved} - {None}
        self._approver_asns = {leg["asn"] for leg in approved} - {None}
        places = {leg["prefix"] for leg in redeemed}
        places |= {row["prefix"] for row in rows if not _in_browser(row) and not row["interactive"]}
        self._redeemer_places = places - {None}

    def of(self, row: dict[str, Any]) -> Party:
        agent, prefix = row["user_agent"], row["prefix"]
        at_approver, at_redeemer = prefix in self._approver_places, prefix in self._redeemer_places
        only_there = at_redeemer and not at_approver
        if _in_browser(row):
            if agent in self._redeemer_agents and (agent not in self._approver_agents or not at_approver):
                return Party.REDEEMER
            if at_approver or only_there:
                return Party.APPROVER if at_approver else Party.REDEEMER
            roaming = agent in self._approver_agents and row["asn"] in self._approver_asns
            return Party.APPROVER if roaming else Party.UNKNOWN
        if not row["interactive"] or row["incoming"] in _KINDS or agent in self._redeemer_agents or only_there:
            return Party.REDEEMER
        return Party.UNKNOWN
