"""A folded row of lineage, and whose hands it was in."""

from __future__ import annotations

from typing import Any

from grantwatch import knowledge
from grantwatch.grants.flow import Flow
from grantwatch.grants.model import Party, Tie, TieBy, TokenKind, TokenUse
from grantwatch.grants.rows import STRENGTH, client_of, device_of, network_of, resource_of
from grantwatch.records.model import RecordRef

__all__ = ["token_use_of"]

_KINDS = {"refreshtoken": TokenKind.REFRESH, "primaryrefreshtoken": TokenKind.PRIMARY}


def token_use_of(row: dict[str, Any], flow: Flow) -> TokenUse:
    """One folded row as a token use of the grant that `flow` belongs to."""
    party = _party(row, flow)
    kind = _KINDS.get(row["incoming"] or "", TokenKind.OTHER)
    if kind is TokenKind.OTHER and party is Party.APPROVER and _browser(row):
        kind = TokenKind.BROWSER
    tie = TieBy(row["tie"])
    refs = zip(row["paths"], row["positions"], row["request_ids"], strict=True)
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
        tie=Tie(tie, STRENGTH[tie]),
        refs=tuple(RecordRef(path, position, request_id) for path, position, request_id in refs),
    )


def _browser(row: dict[str, Any]) -> bool:
    return knowledge.agent(row["user_agent"]).is_browser


def _party(row: dict[str, Any], flow: Flow) -> Party:
    """The approver's own browser, the device, or not known. Equal addresses alone decide nothing.

    The approver is recognised by the approval's user agent on the approval's network; the redeemer by the
    redemption's user agent, by a token that only the device has, or by not being a browser at all.
    """
    redeemed = flow.roles("redemption")
    approved = flow.roles("approval", "paired", "sighting")
    agents = {leg["user_agent"] for leg in redeemed}
    if row["user_agent"] is not None and row["user_agent"] in agents:
        return Party.REDEEMER
    same_agent = any(leg["user_agent"] == row["user_agent"] for leg in approved if leg["user_agent"])
    same_place = any(_same_place(leg, row) for leg in approved)
    if same_agent and same_place:
        return Party.APPROVER
    if row["interactive"] and _browser(row) and row["incoming"] not in ("refreshtoken",):
        return Party.APPROVER if same_place else Party.UNKNOWN
    if any(_same_place(leg, row) for leg in redeemed) and not same_place:
        return Party.REDEEMER
    if row["incoming"] in ("refreshtoken", "primaryrefreshtoken") or not row["interactive"]:
        return Party.REDEEMER
    return Party.UNKNOWN


def _same_place(leg: dict[str, Any], row: dict[str, Any]) -> bool:
    return leg["prefix"] is not None and leg["prefix"] == row["prefix"]
