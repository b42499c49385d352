"""The grants of a hunt set beside those that were really made, by the ids of the records of the flow itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from grantwatch.errors import InputError
from grantwatch.grants.model import Grant
from grantwatch.measure.truth import Truth, TruthGrant
from grantwatch.pipeline import Hunt
from grantwatch.profile.model import Profile
from grantwatch.verdict.model import Incident, Judged, Severity

__all__ = ["Found", "Match", "belong_together", "match"]


@dataclass(frozen=True, slots=True)
class Found:
    """A grant of the hunt and the one that it really is. `truth` None: a phantom. `decoy`: what it was taken from."""

    judged: Judged
    truth: TruthGrant | None
    decoy: str | None = None

    @property
    def score(self) -> int:
        """0–100."""
        return self.judged.verdict.score

    @property
    def severity(self) -> Severity:
        """The severity of the verdict."""
        return self.judged.verdict.severity

    @property
    def malicious(self) -> bool:
        """Whether somebody's grant really was given, or was to be given, to an attacker. A phantom is not."""
        return self.truth is not None and self.truth.malicious


@dataclass(frozen=True, slots=True)
class Match:
    """One tenant: its truth, every grant of the hunt, and what became of each real grant.

    `by_truth` maps the number of a real grant to the hunt's grants that are it, worst first: none where it was missed,
    several where it was doubled. `merged` are missed grants whose records lie in another's. `truth` and `found` are
    without `drills`, which are neither right nor wrong to show.
    """

    truth: Truth
    found: tuple[Found, ...]
    by_truth: Mapping[int, tuple[Found, ...]]
    merged: frozenset[int]
    incidents: tuple[Incident, ...]
    missing: frozenset[str]
    blind_signals: tuple[str, ...]
    drills: tuple[Found, ...] = ()
    drilled: tuple[TruthGrant, ...] = ()

    def best(self, grant: TruthGrant) -> Found | None:
        """The worst verdict on a real grant; None where it was missed."""
        return next(iter(self.by_truth.get(grant.number, ())), None)


def match(truth: Truth, hunts: Sequence[Hunt], *, bare: bool = False) -> Match:
    """Set hunts over one tenant's logs (one, or one per stretch of time) beside its truth.

    A grant of the hunt is the real grant with which it shares the most records of the flow; where it shares none, the
    one in whose lineage its records lie, or whose session and user it has: a truth names only the first token uses.
    What shares nothing with any real grant is a phantom. `bare` keeps of each grant its verdict and not what it rests
    on, so that many hunts can be held at once.
    """
    judged = sorted(
        (each for hunt in hunts for each in hunt.grants),
        key=lambda each: (-each.verdict.score, each.grant.started_at, each.grant.grant_id),
    )
    legs = {id: grant for grant in truth.grants for id in grant.request_ids}
    lineage = {id: grant for grant in truth.grants for id in grant.token_request_ids}
    decoys = {id: decoy.id for decoy in truth.decoys for id in decoy.request_ids}
    found: list[Found] = []
    touched: set[int] = set()
    by_truth: dict[int, list[Found]] = defaultdict(list)
    for each in judged:
        ids = _leg_ids(each.grant)
        real = _most(ids, legs) or _most([*ids, *_use_ids(each.grant)], lineage) or _of_session(each.grant, truth)
        decoy = None if real else next((decoys[id] for id in ids if id in decoys), None)
        found.append(Found(_bare(each) if bare else each, real, decoy))
        touched.update(legs[id].number for id in ids if id in legs)
        if real is not None:
            by_truth[real.number].append(found[-1])
    # What a stretch without grants lacks takes nothing from any verdict.
    judging = [hunt for hunt in hunts if hunt.grants] or hunts
    return Match(
        truth=replace(truth, grants=tuple(grant for grant in truth.grants if not grant.drill)),
        found=tuple(each for each in found if not _is_drill(each)),
        by_truth={number: tuple(several) for number, several in by_truth.items()},
        merged=frozenset(touched - set(by_truth)),
        incidents=tuple(incident for hunt in hunts for incident in hunt.incidents),
        missing=frozenset(name for hunt in judging for name in hunt.coverage.missing),
        blind_signals=tuple(sorted({blind.signal for hunt in judging for blind in hunt.blind_signals})),
        drills=tuple(filter(_is_drill, found)),
        drilled=tuple(grant for grant in truth.grants if grant.drill),
    )


def _is_drill(found: Found) -> bool:
    return found.truth is not None and found.truth.drill


def belong_together(found: Match) -> None:
    """Raise InputError where not one grant of the truth is among those of the logs."""
    if found.truth.grants and not found.by_truth:
        raise InputError(
            f"{found.truth.place}: none of the {len(found.truth.grants)} grants of truth.json is among the "
            f"{len(found.found)} grants in logs/: they do not belong together; "
            "accepted is a folder as `grantwatch lab simulate --out` wrote it"
        )


def _of_session(grant: Grant, truth: Truth) -> TruthGrant | None:
    """The latest real grant of this user and session that had begun by then."""
    user, session = (grant.user.id or "").lower(), (grant.session_id or "").lower()
    begun = [
        real
        for real in truth.grants
        if session
        and (real.user_id, real.session_id) == (user, session)
        and grant.started_at >= real.started_at - timedelta(hours=1)
    ]
    return max(begun, key=lambda real: real.started_at, default=None)


def _bare(judged: Judged) -> Judged:
    evidence = tuple(replace(each, records=(), summary="") for each in judged.verdict.evidence)
    return replace(
        judged,
        grant=replace(judged.grant, legs=(), token_uses=(), follow_ons=()),
        profile=Profile(0, 0, 0, 0),
        verdict=judged.verdict._replace(evidence=evidence),
    )


def _leg_ids(grant: Grant) -> list[str]:
    """Records of the flow itself, each once: two logs may tell of the same one."""
    return list(dict.fromkeys(leg.ref.record_id.lower() for leg in grant.legs if leg.ref.record_id))


def _use_ids(grant: Grant) -> list[str]:
    return [ref.record_id.lower() for use in grant.token_uses for ref in use.refs if ref.record_id]


def _most(ids: Sequence[str], owners: Mapping[str, TruthGrant]) -> TruthGrant | None:
    """The owner of most of the ids; of equals the earlier one."""
    shares = Counter(owners[id].number for id in ids if id in owners)
    if not shares:
        return None
    by_number = {owners[id].number: owners[id] for id in ids if id in owners}
    return min(by_number.values(), key=lambda grant: (-shares[grant.number], grant.started_at, grant.number))
