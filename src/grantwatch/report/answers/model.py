"""A question, its answer in a sentence, the facts below it, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grantwatch.grants.model import Grant, Tie, TieBy
from grantwatch.pipeline import Hunt
from grantwatch.profile.model import Profile
from grantwatch.records.model import RecordRef
from grantwatch.report import words
from grantwatch.signals import Case, why_blind
from grantwatch.verdict.model import Judged

__all__ = ["Answer", "Asked", "Fact", "counted", "place", "tie"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line under an answer, with the records it rests on."""

    label: str
    text: str
    records: tuple[RecordRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`key` is for programs. `not_assessed` are sentences, each with the log or field that would tell."""

    number: int
    key: str
    question: str
    answer: str
    facts: tuple[Fact, ...] = ()
    not_assessed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The grant that is asked about, in the hunt that found it."""

    found: Hunt
    judged: Judged

    @property
    def grant(self) -> Grant:
        """The grant."""
        return self.judged.grant

    @property
    def profile(self) -> Profile:
        """What was normal before it."""
        return self.judged.profile

    @property
    def case(self) -> Case:
        """All that signals looked at."""
        return Case(self.grant, self.profile, self.found.coverage.missing, self.judged.worse_grants)

    def lacks(self, *needs: str) -> bool:
        """True where these logs lack one of the needs."""
        return any(need in self.found.coverage.missing for need in needs)

    def blind(self, what: str, *needs: str) -> list[str]:
        """`What: not assessed, as …` for those of the needs that these logs lack; nothing where they lack none."""
        gone = [need for need in needs if self.lacks(need)]
        return [f"{what}: {_because(gone)}."] if gone else []


def _because(needs: Iterable[str]) -> str:
    return why_blind(needs).removeprefix("Not assessed: ").rstrip(".")


def tie(by: Tie) -> str:
    """`tied by session id (0.9)`: how, and how strong that is (0–1). The anchor of the grant is tied to nothing."""
    if by.by is TieBy.SELF:
        return "the anchor of this grant"
    return f"tied by {by.by.words} ({by.strength:g})"


def place(ref: RecordRef) -> str:
    """`logs/one.json:17`: a file and the record's place in it."""
    return f"{ref.file}:{ref.position}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 grant`, `2 grants`, `no grant`."""
    return words.plural(number, one, many) if number else f"no {one}"
