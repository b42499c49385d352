"""One set of policies over many requests: each part of the inputs is looked at once, the rest is "and" and "or"."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from grantwatch.policy import Export, Model, Outcome, Policy, reason
from grantwatch.policy.conditions import CONDITIONS
from grantwatch.policy.context import NOT_TOLD
from grantwatch.replay.contexts import Contexts
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
    """One decision. `masks`: the policies that apply, and those that do not (see `Model.looks`).

    Requests of which every part has the same masks, and that can show the same, share one object.
    """

    fate: Fate
    number: int
    """Of the fate, among `Fate`: to hash a number costs less."""
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
        self._decided: dict[tuple[Masks, Masks, Masks, Held], Decided] = {}
        self._reasons: dict[tuple[int, Any], tuple[Decided | None, tuple[str, ...] | None]] = {}

    def person(self, inputs: tuple[Any, ...]) -> Masks:
        """The condition on users, for one person."""
        found = self._people.get(inputs)
        if found is None:
            look = self._looks.get("users")
            found = look(inputs) if look else (self.model.every, 0)
            _keep(self._people, inputs, found)
        return found

    def decide(
        self, person: Masks, who: tuple[Any, ...], at: tuple[Any, ...], what: tuple[Any, ...], held: Held
    ) -> Decided:
        """What comes of one request: its three parts, and `person`, which is what `person` answered for the first."""
        place = self._places.get(at) or self._place(at)
        rest = self._rests.get(what) or self._rest(Parts(who, at, what))
        key = (person, place, rest, held)
        known = self._decided.get(key)
        if known is None:
            masks = (person[0] & place[0] & rest[0], person[1] | place[1] | rest[1])
            outcome = self.model.outcome_of(*masks)
            fate, by, words = answer(outcome, held)
            known = Decided(fate, _NUMBERS[fate], by, words, masks, outcome)
            _keep(self._decided, key, known)
        return known

    def missing(self, parts: Parts, decided: Decided) -> tuple[str, ...]:
        """What a decision hangs on that was not assessed, in words. Requests alike in masks hang on the same."""
        # To hash a decision whole takes long. It stands in the entry, so that no other one can ever have its id.
        key = (id(decided), parts.rest)
        known = self._reasons.get(key, _NONE)[1]
        if known is None:
            answers = self.model.answers(self.contexts.context(*parts), decided.by)
            told = (reason(each, self.model.directory) for each in answers if each.applies is None)
            doubts = (
                f"grantControls: {doubt.path}: {doubt.what}" for policy in decided.by for doubt in policy.grant.doubts
            )
            known = tuple(dict.fromkeys((*told, *decided.words, *doubts)))
            _keep(self._reasons, key, (decided, known))
        return known

    def _place(self, place: tuple[Any, ...]) -> Masks:
        look = self._looks.get("locations")
        found = look((*place, NOT_TOLD)) if look else (self.model.every, 0)
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


_NUMBERS = {fate: number for number, fate in enumerate(Fate)}
_NONE = (None, None)
T = TypeVar("T")


def _keep(memo: dict[Any, T], key: Any, found: T) -> None:
    if len(memo) >= _MOST_KEPT:
        memo.clear()
    memo[key] = found
