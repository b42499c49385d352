"""A replay as JSON: `grantwatch-replay/1`, described by `replay.schema.json`."""

from __future__ import annotations

from grantwatch import __version__, knowledge
from grantwatch.grants.model import Named
from grantwatch.policy import Policy, State
from grantwatch.replay import Agreement, Fate, GrantReplay, PolicyAgreement, Replay, Result, Scenario, Standing, Way
from grantwatch.replay.sums import DIMENSIONS, Row, rows
from grantwatch.report.document import Json, coverage_object, encoded, iso

__all__ = ["FORMAT", "document", "dumps"]

FORMAT = "grantwatch-replay/1"


def document(made: Replay) -> Json:
    """All of it as plain dicts, lists, strings and numbers, in the shape of `schema("replay")`.

    Times and log text as in the document of a hunt.
    """
    return {
        "format": FORMAT,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "start": iso(made.start),
        "end": iso(made.end),
        "since": iso(made.since),
        "days": made.days,
        "scenarios": [_scenario(made, each) for each in made.scenarios],
        "enforced": [_policy(policy) for policy in made.enforced],
        "breaks": [each.judged.grant.grant_id for each in made.grants if each.breaks],
        "gets_through": [each.judged.grant.grant_id for each in made.grants if each.gets_through],
        **{f"by_{name}": [_row(row) for row in rows(made, name)] for name in DIMENSIONS},
        "grants": [_grant(each) for each in made.grants],
        "grants_outside": made.outside,
        "agreement": _agreement(made.agreement),
        "not_assessed": list(made.not_assessed),
        "coverage": coverage_object(made.hunt.coverage, made.hunt.blind_signals),
    }


def dumps(made: Replay) -> bytes:
    """`document(made)` as UTF-8 JSON, harmless in a terminal."""
    return encoded(document(made))


def _scenario(made: Replay, each: Scenario) -> Json:
    ways = [(grant.standing, grant.today if each is made.today else grant.candidate) for grant in made.grants]
    return {
        "name": each.name,
        "policies": {
            "total": len(each.policies),
            "by_state": {state.value: sum(policy.state is state for policy in each.policies) for state in State},
            "changed": [_policy(policy) for policy in each.changed],
        },
        "decisions": {
            standing.value: {
                "total": tally.decisions,
                "records": tally.records,
                **{fate.value: tally.fates.get(fate, 0) for fate in Fate},
            }
            for standing, tally in each.decisions.items()
        },
        "grants": {
            standing.value: {
                result.value: sum(who is standing and way is not None and way.result is result for who, way in ways)
                for result in Result
            }
            for standing in Standing
        },
        "not_assessed": [{"why": why, "decisions": count} for why, count in each.missing.items()],
    }


def _policy(policy: Policy) -> Json:
    return {"id": policy.id or None, "name": policy.name, "state": policy.state.value}


def _grant(each: GrantReplay) -> Json:
    grant, verdict = each.judged.grant, each.judged.verdict
    return {
        "grant_id": grant.grant_id,
        "user": {"id": grant.user.id, "upn": grant.user.upn},
        "client": _client(grant.client),
        "resource": {"id": grant.resource.id, "name": grant.resource.name},
        "device": each.device,
        "started_at": iso(grant.started_at),
        "last_seen": iso(grant.last_seen),
        "outcome": grant.outcome.value,
        "severity": verdict.severity.label,
        "score": verdict.score,
        "standing": each.standing.value,
        "why": each.why,
        "attempt": each.attempt,
        "allowed_by": [match.allowance.id for match in each.allowed],
        "today": _way(each.today),
        "candidate": _way(each.candidate) if each.candidate else None,
    }


def _way(way: Way) -> Json:
    return {
        "result": way.result.value,
        "stopped_at": way.stopped_at.value if way.stopped_at else None,
        "by": [_policy(policy) for policy in way.by],
        "next_refresh": way.next_refresh.value if way.next_refresh else None,
        "decisions": {fate.value: way.fates.get(fate, 0) for fate in Fate},
        "gaps": [
            {"kind": gap.kind, "policy": _policy(gap.policy) if gap.policy else None, "why": gap.why}
            for gap in way.gaps
        ],
        "not_assessed": list(way.missing),
    }


def _row(row: Row) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        **{standing.value: {result.value: row.counts[standing, result] for result in Result} for standing in Standing},
        "breaks": row.breaks,
        "allowed": row.allowed,
    }


def _agreement(found: Agreement) -> Json:
    return {
        "records": found.records,
        "records_with_policies": found.with_policies,
        "share": None if found.share is None else round(found.share, 6),
        "agree": found.agree,
        "differ": found.differ,
        "not_assessed": found.not_assessed,
        "policies": [_agreed(each) for each in found.policies],
        "statuses": _agreed(found.statuses),
        "not_comparable": [{"why": why, "pairs": pairs} for why, pairs in found.not_comparable.items()],
        "differences": [
            {
                "policy": {"id": each.policy_id, "name": each.policy},
                "recorded": each.recorded,
                "modelled": each.modelled,
                "why": each.why,
                "pairs": each.pairs,
                "example": {
                    "grant_id": each.grant_id,
                    "time": iso(each.time),
                    "file": each.ref.file if each.ref else None,
                    "position": each.ref.position if each.ref else None,
                },
            }
            for each in found.differences
        ],
    }


def _agreed(each: PolicyAgreement) -> Json:
    return {
        "id": each.id,
        "name": each.name,
        "agree": each.agree,
        "differ": each.differ,
        "not_assessed": each.not_assessed,
        "other_mode": each.other_mode,
    }


def _client(named: Named) -> Json:
    """As the log calls it, and by its known name."""
    known = knowledge.client(named.id)
    return {"id": named.id, "name": named.name, "known_as": known.name if known else None}
