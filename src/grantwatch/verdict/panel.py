"""Who judges: every signal, built in and own, with the weights of the tenant that a grant is of."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from grantwatch.signals import Signal, registered
from grantwatch.verdict.model import WeightsUsed
from grantwatch.verdict.own_weights import TenantWeights
from grantwatch.verdict.weights import Weights, weights

if TYPE_CHECKING:
    from grantwatch.allowances import Allowances

__all__ = ["Panel"]


def _built_in() -> TenantWeights:
    return TenantWeights(weights(), {})


@dataclass(frozen=True, slots=True)
class Panel:
    """The signals, weights and allowances of one hunt. Without anything of one's own it is the built-in ones."""

    own: tuple[Signal, ...] = ()
    tenants: TenantWeights = field(default_factory=_built_in)
    allowances: Allowances | None = None
    """Who may use device code, as the tenant has approved it; lowers scores."""

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal as declared: those of Grantwatch, then own ones, each in order of declaration."""
        return (*registered(), *self.own)

    def weights(self, tenant_id: str | None) -> Weights:
        """The numbers that hold for a tenant."""
        return self.tenants.of(tenant_id)

    def judges(self, tenant_id: str | None) -> tuple[Signal, ...]:
        """Every signal as it weighs in a tenant, in the same order."""
        given = self.weights(tenant_id).signals
        return tuple(each.weighing(given[each.id]) if each.id in given else each for each in self.signals)

    def used(self, tenant_id: str | None) -> WeightsUsed:
        """What the weights of a tenant are called, and a digest of every number in them, those of signals included."""
        numbers = self.weights(tenant_id)
        told = {key: value for key, value in asdict(numbers).items() if key not in ("name", "signals")}
        told["severity"] = {severity.label: least for severity, least in numbers.severity.items()}
        told["signals"] = {each.id: float(each.weight) for each in self.judges(tenant_id)}
        digest = hashlib.sha256(_canonical(told).encode()).hexdigest()
        return WeightsUsed(numbers.name, digest[:12])


def _canonical(value: object) -> str:
    """The same numbers give the same text, whole or not, in whatever order they were written."""
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{_canonical(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_canonical, value))}]"
    return repr(float(value)) if isinstance(value, int | float) else str(value)
