"""From a hunt and exported policies to a replay: one pass over the grants, each record decided once a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from grantwatch import knowledge
from grantwatch.allowances import Allowances, Match, matches
from grantwatch.errors import UsageError
from grantwatch.grants.model import Grant, Outcome, Party, TokenUse
from grantwatch.pipeline import Hunt
from grantwatch.policy import Export, Policy
from grantwatch.replay.agreement import Comparison
from grantwatch.replay.contexts import CERTAIN, Contexts, Moment, has_mfa, moments
from grantwatch.replay.engine import Decided, Engine, Parts
from grantwatch.replay.gaps import Gaps
from grantwatch.replay.laid import changed, laid_over
from grantwatch.replay.model import (
    Fate,
    Gap,
    GrantReplay,
    Replay,
    Result,
    Scenario,
    Stage,
    Standing,
    Tally,
    Way,
)
from grantwatch.signals import Case, account_class
from grantwatch.usage.inventory import SUSPECT, reach
from grantwatch.verdict.model import Judged, Severity
from grantwatch.verdict.pick import pick

__all__ = ["replay"]

ATTACK = Severity.HIGH
"""From this severity on a grant is taken for an attack; between `usage.SUSPECT` and this nobody knows."""
_ATTEMPTS = (Outcome.BLOCKED, Outcome.ABANDONED)


def replay(
    hunt: Hunt,
    today: Export,
    candidate: Export | None = None,
    *,
    days: int | None = None,
    enforce: bool = False,
    allowances: Allowances | None = None,
    include: Iterable[str] = (),
    keep_out: Iterable[str] = (),
) -> Replay:
    """Run the grants of a hunt through today's policies, and through the candidate laid over them.

    `days` leaves out decisions older than that, counted back from the last record of the logs. `enforce` takes
    candidates in report-only mode as switched on. `allowances` mark what is approved, and change nothing else; make the
    hunt without them. `include` names grants that are honest whatever their severity, `keep_out` such as are attacks:
    ids, or how they begin. Raises UsageError for an id that is none, or names a grant in both.
    """
    included = frozenset(pick(hunt.grants, id).grant.grant_id for id in include)
    named = frozenset(pick(hunt.grants, id).grant.grant_id for id in keep_out)
    if both := included & named:
        raise UsageError(f"{min(both)}: cannot be both included and kept out")
    start, end = reach(hunt)
    since = end - timedelta(days=days) if days is not None and end else None
    runs = [_Run("today", today, today, hunt)]
    enforced: tuple[Policy, ...] = ()
    if candidate is not None:
        laid, enforced = laid_over(today, candidate, enforce=enforce)
        runs.append(_Run("candidate", laid, today, hunt))
    comparison = Comparison(runs[0].engine, today)
    found, outside = [], 0
    for judged in hunt.grants:
        grant = judged.grant
        kept = [each for each in moments(grant) if since is None or _last(each) >= since]
        if since is not None and not kept and grant.last_seen < since:
            outside += 1
            continue
        standing, why = _standing(judged, included, named)
        ways = [run.way(grant, kept, standing, comparison if run is runs[0] else None) for run in runs]
        found.append(
            GrantReplay(
                judged=judged,
                standing=standing,
                why=why,
                attempt=grant.outcome in _ATTEMPTS,
                allowed=_allowed(hunt, judged, allowances),
                device=_device(grant),
                today=ways[0],
                candidate=ways[1] if len(ways) > 1 else None,
            )
        )
    scenarios = [run.scenario() for run in runs]
    return Replay(
        hunt=hunt,
        start=start,
        end=end,
        since=since if since and start and since > start else None,
        days=days,
        grants=tuple(found),
        outside=outside,
        today=scenarios[0],
        candidate=scenarios[1] if len(scenarios) > 1 else None,
        enforced=enforced,
        agreement=comparison.result(),
        not_assessed=tuple(_not_assessed(hunt, found, today, candidate)),
    )


class _Run:
    """One scenario in the making."""

    def __init__(self, name: str, export: Export, today: Export, hunt: Hunt) -> None:
        self.name = name
        self.export = export
        self.contexts = Contexts(export.directory, _ids(hunt))
        self.engine = Engine(export, self.contexts)
        self.gaps = Gaps(export)
        self._changed = changed(today.policies, export.policies)
        self._ways: dict[tuple[Any, ...], tuple[Way | None, list[tuple[Policy, ...]]]] = {}
        self._tallies: dict[Standing, _Sums] = {standing: _Sums() for standing in Standing}
        self._missing: Counter[str] = Counter()

    def way(self, grant: Grant, kept: Sequence[Moment], standing: Standing, comparison: Comparison | None) -> Way:
        """What this scenario makes of a grant."""
        contexts, engine = self.contexts, self.engine
        person = contexts.person(grant)
        masks = engine.person(person)
        mfa = has_mfa(grant)
        decisions: list[tuple[Moment, Decided]] = []
        unsure: list[Parts] = []
        records = 0
        for moment in kept:
            rest = contexts.rest(grant, moment)
            place = contexts.place(moment.said)
            held = contexts.held(moment, rest, mfa)
            decided = engine.decide(masks, person, place, rest, held)
            records += moment.records
            decisions.append((moment, decided))
            if comparison is not None:
                comparison.add(grant, moment, person, place, rest, held, decided)
            if decided.fate is Fate.NOT_ASSESSED:
                unsure.append(Parts(person, place, rest))
        # Grants that went the same way share one answer: there are few ways.
        key = tuple(
            [(id(moment.stage), moment.approver, id(decided.by), decided.number) for moment, decided in decisions]
        )
        way, _ = self._ways.get(key, _NO_WAY)
        if way is None:
            # The policies stand in the entry, so that no others can ever have their ids.
            way = _way(decisions)
            self._ways[key] = way, [decided.by for _, decided in decisions]
        tally = self._tallies[standing]
        tally.ways[key] = tally.ways.get(key, 0) + 1
        tally.records += records
        if unsure:
            way = replace(way, missing=self._hangs_on(decisions, unsure))
        if standing is not Standing.HONEST and way.result not in (Result.STOPPED, Result.NO_DECISION):
            way = replace(way, gaps=self._gaps(grant, decisions, person, mfa))
        return way

    def _hangs_on(self, decisions: Sequence[tuple[Moment, Decided]], unsure: Sequence[Parts]) -> tuple[str, ...]:
        open_ = [decided for _, decided in decisions if decided.fate is Fate.NOT_ASSESSED]
        found: dict[str, None] = {}
        for decided, parts in zip(open_, unsure, strict=True):
            words = self.engine.missing(parts, decided)
            self._missing.update(words)
            found.update(dict.fromkeys(words))
        return tuple(found)

    def _gaps(
        self, grant: Grant, decisions: Sequence[tuple[Moment, Decided]], person: tuple[Any, ...], mfa: bool | None
    ) -> tuple[Gap, ...]:
        """By which gaps the first request gets through that is not refused."""
        contexts = self.contexts
        moment = next(moment for moment, decided in decisions if not moment.approver and not decided.fate.refused)
        rest = contexts.rest(grant, moment)
        return self.gaps.of(
            contexts.context(person, contexts.place(moment.said), rest), contexts.held(moment, rest, mfa)
        )

    def scenario(self) -> Scenario:
        """The sums of it."""
        return Scenario(
            name=self.name,
            policies=self.export.policies,
            changed=self._changed,
            decisions={standing: self._tally(sums) for standing, sums in self._tallies.items()},
            missing=dict(sorted(self._missing.items(), key=lambda item: (-item[1], item[0]))),
        )

    def _tally(self, sums: _Sums) -> Tally:
        fates: Counter[Fate] = Counter()
        for key, count in sums.ways.items():
            way, _ = self._ways[key]
            for fate, number in way.fates.items() if way else ():
                fates[fate] += number * count
        return Tally(dict(fates), sums.records)


@dataclass(slots=True)
class _Sums:
    """How many grants went which way, and the records behind their decisions."""

    ways: dict[tuple[Any, ...], int] = field(default_factory=dict)
    records: int = 0


_NO_WAY: tuple[None, list[tuple[Policy, ...]]] = (None, [])


def _way(decisions: Sequence[tuple[Moment, Decided]]) -> Way:
    others = [pair for pair in decisions if not pair[0].approver]
    result, stopped = _result(others)
    refreshes = [pair for pair in others if pair[0].stage is Stage.REFRESH]
    return Way(
        result=result,
        stopped_at=stopped[0].stage if stopped else None,
        by=stopped[1].by if stopped else (),
        next_refresh=refreshes[-1][1].fate if refreshes else None,
        fates=dict(Counter(decided.fate for _, decided in decisions)),
    )


def _result(decisions: Sequence[tuple[Moment, Decided]]) -> tuple[Result, tuple[Moment, Decided] | None]:
    """What all decisions come to, and the first that refuses. A first token that is refused ends it there."""
    refused = [pair for pair in decisions if pair[1].fate.refused]
    if not refused:
        if not decisions:
            return Result.NO_DECISION, None
        unknown = any(decided.fate is Fate.NOT_ASSESSED for _, decided in decisions)
        return (Result.NOT_ASSESSED if unknown else Result.PASSES), None
    first = refused[0]
    refreshes = [pair for pair in decisions if pair[0].stage is Stage.REFRESH]
    all_later = bool(refreshes) and all(decided.fate.refused for _, decided in refreshes)
    if first[0].stage is not Stage.REFRESH or all_later:
        return Result.STOPPED, first
    return Result.LIMITED, first


def _last(moment: Moment) -> datetime:
    said = moment.said
    return said.last if type(said) is TokenUse else said.time  # type: ignore[union-attr]


def _standing(judged: Judged, included: frozenset[str], named: frozenset[str]) -> tuple[Standing, str]:
    id, severity = judged.grant.grant_id, judged.verdict.severity
    if id in named:
        return Standing.SUSPECT, "kept out by name"
    if id in included:
        return Standing.HONEST, "included by name"
    why = f"{severity.label} {judged.verdict.score}"
    if severity < SUSPECT:
        return Standing.HONEST, why
    return (Standing.SUSPECT if severity >= ATTACK else Standing.UNKNOWN), why


def _allowed(hunt: Hunt, judged: Judged, allowances: Allowances | None) -> tuple[Match, ...]:
    if allowances is None:
        return ()
    case = Case(judged.grant, judged.profile, hunt.coverage.missing, judged.worse_grants)
    return matches(allowances, judged.grant, account_class(case).kind)


def _device(grant: Grant) -> str:
    """What redeemed: the device that the directory names, else the program."""
    agent = None
    redemption = grant.redemption
    if redemption is not None:
        device, agent = redemption.device, redemption.user_agent
        if device.name or device.id:
            return device.name or device.id or ""
    for use in grant.token_uses:
        if use.party is not Party.APPROVER:
            device = use.device
            if device.name or device.id:
                return device.name or device.id or ""
            agent = agent or use.user_agent
    return f"no registered device ({knowledge.agent(agent).name})" if agent else "no device in these records"


def _ids(hunt: Hunt) -> dict[str, str]:
    """Object ids by principal name, of those whom some grant names by both."""
    users = (judged.grant.user for judged in hunt.grants)
    return {user.upn.lower(): user.id for user in users if user.upn and user.id}


def _not_assessed(hunt: Hunt, found: Sequence[GrantReplay], today: Export, candidate: Export | None) -> Iterator[str]:
    """What this replay rests on and could not see."""
    vague = sum(each.judged.grant.certainty < CERTAIN for each in found)
    if vague:
        yield (
            f"of {vague:,} of {len(found):,} grants no record names the device code flow itself: policies on the "
            "flow are not assessed for them"
        )
    unseen = sum(bool(each.judged.grant.unseen) for each in found)
    if unseen:
        yield f"{unseen:,} grants lack a leg in these logs: what a policy would have made of it is not assessed"
    if not any(source.stream == "non_interactive" and source.records for source in hunt.coverage.sources):
        yield "there are no non-interactive sign-ins: redemptions and refreshes are not replayed"
    folded = sum(use.count > 1 for each in found for use in each.judged.grant.token_uses)
    if folded:
        yield (
            f"{folded:,} groups of alike token uses are one decision each; what differs within one counts as unknown, "
            "and its recorded policies are those of the last"
        )
    yield from today.notes
    yield from (note for note in (candidate.notes if candidate else ()) if note not in today.notes)
