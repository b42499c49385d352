"""Figures of a ranking by score: average precision, what a threshold reaches, and whether scores mean what they say."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bucket", "Reliability", "average_precision", "interval", "reliability", "threshold_for"]

Ranked = Sequence[tuple[int, bool]]
"""Pairs of score (0–100) and whether it is what was looked for."""


def average_precision(ranked: Ranked, wanted: int) -> float | None:
    """The area under precision over recall, in steps: one step per score, so that equal scores have no order.

    `wanted` is how many there were to find, those included that the ranking does not hold. None where there were none.
    """
    if not wanted:
        return None
    at: dict[int, list[bool]] = defaultdict(list)
    for score, hit in ranked:
        at[score].append(hit)
    total = hits = seen = 0.0
    for score in sorted(at, reverse=True):
        new = sum(at[score])
        seen += len(at[score])
        hits += new
        total += (new / wanted) * (hits / seen)
    return total


def threshold_for(scores: Sequence[int | None], recall: float) -> int | None:
    """The highest score at which this share of what was to be found is reached; None where no score reaches it.

    `scores` holds one entry per thing to be found: its score, or None where it was not found at all.
    """
    if not scores:
        return None
    for threshold in sorted({score for score in scores if score is not None}, reverse=True):
        reached = sum(score is not None and score >= threshold for score in scores) / len(scores)
        if reached >= recall - 1e-9:
            return threshold
    return None


def interval(hits: int, of: int) -> tuple[float, float] | None:
    """Between which a share lies with 95 % confidence, after Wilson; None where there is nothing to share."""
    if not of:
        return None
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Grants whose score lies from `least` to `most`: how many, their mean score, and how many were an attacker's."""

    least: int
    most: int
    grants: int
    malicious: int
    mean_score: float | None
    share_malicious: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability curve. `brier`: mean squared distance of score/100 from what was so (0 best, 0.25 a coin)."""

    grants: int
    malicious: int
    brier: float | None
    buckets: tuple[Bucket, ...]


def reliability(ranked: Ranked, width: int = 10) -> Reliability:
    """Scores in buckets of `width`; the last one holds 100 too."""
    held: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for score, hit in ranked:
        held[min(score, 99) // width].append((score, hit))
    buckets = []
    for number in range(100 // width):
        inside = held[number]
        hits = sum(hit for _, hit in inside)
        mean = sum(score for score, _ in inside) / len(inside) if inside else None
        last = number == 100 // width - 1
        buckets.append(
            Bucket(
                least=number * width,
                most=100 if last else number * width + width - 1,
                grants=len(inside),
                malicious=hits,
                mean_score=mean,
                share_malicious=hits / len(inside) if inside else None,
            )
        )
    squares = [(score / 100 - hit) ** 2 for score, hit in ranked]
    return Reliability(
        grants=len(ranked),
        malicious=sum(hit for _, hit in ranked),
        brier=sum(squares) / len(squares) if squares else None,
        buckets=tuple(buckets),
    )
