"""Exported rules run through our own run, on simulated tenants, and match what the signals rest on.

Only what one record can decide is compared: a signal may rest on a record of the flow that does not say that it is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.records.reading import sign_in
from tests.rules.scene import SIGN_INS, run_over

from grantwatch.lab.simulate import simulate
from grantwatch.pipeline import Hunt, hunt
from grantwatch.records.model import RecordRef
from grantwatch.rules.export import exported
from grantwatch.rules.model import Outcome
from grantwatch.rules.queries import queries
from grantwatch.rules.run import run_rules
from grantwatch.signals import device_account
from grantwatch.signals.signal import Case

SHOWN = {
    5: {"client.broker_to_data", "client.broker_registration", "persistence.rogue_prt", "collection.inbox_rule"},
    12: {
        "client.needs_no_code",
        "network.hosting",
        "identity.other_tenant",
        "token.kit_agent",
        "persistence.rogue_prt",
    },
}
"""By seed, the signals that have to fire in a tenant, so that there is something to compare."""
EXACT = ("client.broker_to_data", "client.needs_no_code", "network.hosting", "identity.other_tenant", "token.kit_agent")
"""Signals that fire on a grant where one of its records matches, and on no other."""
BUT_DEVICES = ("client.broker_registration", "persistence.rogue_prt")
"""The same, but that they leave out the accounts of room devices, whom no single record tells."""
WIDER = ("collection.inbox_rule",)
FLOW = (
    f"title: flow\n{SIGN_INS}detection:\n  a:\n    AuthenticationProtocol: deviceCode\n"
    "  b:\n    OriginalTransferMethod: deviceCodeFlow\n  condition: a or b\n"
)
Places = frozenset[tuple[str, int]]


def places(refs: Iterable[RecordRef]) -> Places:
    return frozenset((ref.file, ref.position) for ref in refs)


@dataclass(frozen=True)
class Compared:
    """One tenant: what was found, the records that each exported rule matched, and those that name the flow."""

    found: Hunt
    matched: dict[str, Places]
    flow: Places

    def fired(self, signal: str) -> dict[str, Places]:
        """By grant, the records that the evidence of a signal rests on."""
        return {
            judged.grant.grant_id: places(evidence.records)
            for judged in self.found.grants
            for evidence in judged.verdict.evidence
            if evidence.signal == signal
        }

    def hit(self, signal: str) -> set[str]:
        """The grants of which a record was matched by the exported rule."""
        return self._with(self.matched[signal])

    def telling(self) -> set[str]:
        """The grants of which a record names the flow. Where it only failed, none does."""
        return self._with(self.flow)

    def _with(self, records: Places) -> set[str]:
        found = set()
        for judged in self.found.grants:
            refs = [leg.ref for leg in judged.grant.legs] + [ref for use in judged.grant.token_uses for ref in use.refs]
            if places(refs) & records:
                found.add(judged.grant.grant_id)
        return found


def compared(folder: Path, logs: list[Path]) -> Compared:
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    for each in exported("sigma"):
        assert each.text is not None
        (rules / each.file).write_text(each.text)
    (rules / "flow.yml").write_text(FLOW)
    run = run_rules([rules], logs, listed=1_000_000)
    by_title = {each.title: places(match.ref for match in each.listed) for each in run.results}
    assert all(each.outcome is not Outcome.ERROR for each in run.results)
    signals = {query.signal.id: by_title[query.signal.title] for query in queries()}
    return Compared(hunt(logs), signals, by_title["flow"])


def a_tenant(folder: Path, seed: int, *, mail: bool = True) -> Compared:
    simulate(folder, users=40, days=14, seed=seed)
    logs = [path for path in sorted((folder / "logs").iterdir()) if mail or "unified" not in path.name]
    return compared(folder, logs)


def rests_on(tenant: Compared, signal: str) -> Places:
    return frozenset().union(*tenant.fired(signal).values())


@pytest.mark.parametrize("seed", SHOWN)
def test_a_rule_hits_the_grants_that_its_signal_fired_on(tmp_path: Path, seed: int) -> None:
    """One test for all signals, since to make and read a tenant takes longer than to compare it."""
    tenant = a_tenant(tmp_path, seed)
    assert {signal for signal in (*EXACT, *BUT_DEVICES, *WIDER) if tenant.fired(signal)} >= SHOWN[seed]
    for signal in EXACT:
        assert tenant.hit(signal) == set(tenant.fired(signal)) & tenant.telling(), signal
    for signal in BUT_DEVICES:
        hit, fired = tenant.hit(signal), set(tenant.fired(signal)) & tenant.telling()
        assert fired <= hit, signal
        for judged in tenant.found.grants:
            if judged.grant.grant_id in hit - fired:
                assert device_account(Case(judged.grant, judged.profile)), (signal, judged.grant.user.label)
    for signal in (*EXACT, *BUT_DEVICES):
        assert rests_on(tenant, signal) & tenant.flow <= tenant.matched[signal] <= tenant.flow, signal
    assert rests_on(tenant, "collection.inbox_rule") <= tenant.matched["collection.inbox_rule"]


def test_what_an_audit_signal_rests_on_is_matched(tmp_path: Path) -> None:
    """Without the Unified Audit Log, which holds most audits again and is what signals name then."""
    tenant = a_tenant(tmp_path, 12, mail=False)
    for signal in ("persistence.device_registered", "persistence.consent"):
        assert rests_on(tenant, signal)
        assert rests_on(tenant, signal) <= tenant.matched[signal]


def test_refused_tokens_of_a_lineage_are_matched(tmp_path: Path) -> None:
    """No simulated tenant has them: a policy on authentication flows is rare so far."""
    (text,) = [each.text for each in exported("sigma") if each.signal == "attempt.refused_tokens"]
    assert text is not None
    lineage = {"transfer": "deviceCodeFlow", "interactive": False}
    events = [sign_in(0, **lineage), sign_in(1, error_code=530036, **lineage), sign_in(2, error_code=530036)]
    (found,) = run_over(tmp_path, events, text).results
    assert (found.outcome, found.matches) == (Outcome.RAN, 1)
    assert found.listed[0].time == events[1].time
