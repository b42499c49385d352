"""One set of policies over many requests: each part of the inputs is looked at once, the rest is "and" and "or"."""

from __future__ import annotations

from typing import Any, NamedTuple

from grantwatch.grants.model import Grant
from grantwatch.policy import Export, Model, Outcome, Policy, reason
from grantwatch.policy.conditions import CONDITIONS
from grantwatch.policy.context import NOT_TOLD
from grantwatch.replay.contexts import Contexts, Moment
from grantwatch.replay.controls import Held, answer
from grantwatch.replay.model import Fate

__all__ = ["Decided", "Engine", "Parts"]

_MOST_KEPT = 250_000
"""Distinct parts that are kept. Beyond that the memo starts anew."""
Masks = tuple[int, int]


class Parts(NamedTuple):
    """The inputs of one decision."""

    person: tuple[Any, ...]
    place: tuple[Any, ...]
    rest: tuple[Any, ...]


class Decided(NamedTuple):
    """One decision. `masks`: the policies that apply, and those that do not (see `Model.looks`)."""

    fate: Fate
    by: tuple[Policy, ...]
    words: tuple[str, ...]
    masks: Masks
    outcome: Outcome


class Engine:
    """The policies of one scenario, ready to decide."""

    def __init__(self, export: Export, contexts: Contexts) -> None:
        self.model = Model(export.policies, export.directory)
        self.contexts = contexts
        self._looks = self.model.looks()
        self._inputs = {each.name: each.inputs for each in CONDITIONS}
        self._people: dict[Any, Masks] = {}
        self._places: dict[Any, Masks] = {}
        self._rests: dict[Any, Masks] = {}
        self._answers: dict[tuple[int, Held], tuple[Outcome, Fate, tuple[Policy, ...], tuple[str, ...]]] = {}
        self._reasons: dict[Any, tuple[str, ...]] = {}

    def person(self, inputs: tuple[Any, ...]) -> Masks:
        """The condition on users, for one person."""
        found = self._people.get(inputs)
        if found is None:
            look = self._looks.get("users")
            found = look(inputs) if look else (self.model.every, 0)
            _keep(self._people, inputs, found)
        return found

    def decide(self, person: Masks, parts: Parts, held: Held) -> Decided:
        """What comes of one request; `person` is what `person` answered for its first part."""
        applies, unmet = person
        masks = self._places.get(parts.place)
        if masks is None:
            masks = self._place(parts.place)
        applies &= masks[0]
        unmet |= masks[1]
        masks = self._rests.get(parts.rest)
        if masks is None:
            masks = self._rest(parts)
        applies &= masks[0]
        unmet |= masks[1]
        outcome = self.model.outcome_of(applies, unmet)
        known = self._answers.get((id(outcome), held))
        if known is None:
            # The outcome stands in the entry, so that no other one can ever have its id.
            known = self._answers[id(outcome), held] = (outcome, *answer(outcome, held))
        return Decided(known[1], known[2], known[3], (applies, unmet), outcome)

    def missing(self, person: Masks, parts: Parts, decided: Decided) -> tuple[str, ...]:
        """What a decision hangs on that was not assessed, in words. Requests with the same masks hang on the same."""
        key = (person, self._places.get(parts.place), parts.rest, decided.by, decided.words)
        known = self._reasons.get(key)
        if known is None:
            unsure = set(decided.by)
            context = self.contexts.context(*parts)
            answers = self.model.decide(context).policies
            told = (
                reason(each, self.model.directory) for each in answers if each.policy in unsure and each.applies is None
            )
            doubts = (
                f"grantControls: {doubt.path}: {doubt.what}" for policy in decided.by for doubt in policy.grant.doubts
            )
            known = tuple(dict.fromkeys((*told, *decided.words, *doubts)))
            if len(self._reasons) >= _MOST_KEPT:
                self._reasons.clear()
            self._reasons[key] = known
        return known

    def _place(self, place: tuple[Any, ...]) -> Masks:
        look = self._looks.get("locations")
        if look is None:
            found = (self.model.every, 0)
        else:
            found = look((*place, NOT_TOLD))
        _keep(self._places, place, found)
        return found

    def _rest(self, parts: Parts) -> Masks:
        context = self.contexts.context(parts.person, parts.place, parts.rest)
        applies, unmet = self.model.every, 0
        for name, look in self._looks.items():
            if name in ("users", "locations"):
                continue
            values = tuple(getattr(context, each) for each in self._inputs[name])
            met, not_met = look(values[0] if len(values) == 1 else values)
            applies &= met
            unmet |= not_met
        _keep(self._rests, parts.rest, (applies, unmet))
        return applies, unmet


def _keep(memo: dict[Any, Masks], key: Any, found: Masks) -> None:
    if len(memo) >= _MOST_KEPT:
        memo.clear()
    memo[key] = found


def parts_of(contexts: Contexts, grant: Grant, person: tuple[Any, ...], moment: Moment) -> Parts:
    """The inputs of one decision."""
    return Parts(person, contexts.place(moment.said), contexts.rest(grant, moment))
