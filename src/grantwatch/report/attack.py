"""Which ATT&CK techniques stand behind a verdict: those that the signals declare which count against the grant."""

from __future__ import annotations

from collections.abc import Iterable

from grantwatch.pipeline import Hunt
from grantwatch.signals import Signal, registered
from grantwatch.signals.signal import Evidence

__all__ = ["signals", "techniques"]


def signals(hunt: Hunt) -> dict[str, Signal]:
    """Every signal that judged, by its id: those of Grantwatch, then own ones."""
    return {signal.id: signal for signal in (*registered(), *hunt.own_signals)}


def techniques(hunt: Hunt, evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Ids such as `T1098.005`, sorted, each once. Evidence of no declared signal has none."""
    declared = signals(hunt)
    against = (declared[item.signal] for item in evidence if item.weight > 0 and item.signal in declared)
    return tuple(sorted({technique for signal in against for technique in signal.techniques}))
