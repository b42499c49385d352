"""What a parsed condition asks for, and whether it can be true at all with the fields that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.types import SigmaFieldReference

__all__ = ["asked", "has_keywords", "possible"]


def asked(tree: Any) -> Iterator[str]:
    """Every field in a parsed condition, as it is named there."""
    for leaf in _leaves(tree):
        if isinstance(leaf, ConditionFieldEqualsValueExpression):
            yield leaf.field
            if isinstance(leaf.value, SigmaFieldReference):
                yield leaf.value.field


def has_keywords(tree: Any) -> bool:
    """True where the condition looks for something anywhere in a record."""
    return any(not isinstance(leaf, ConditionFieldEqualsValueExpression) for leaf in _leaves(tree))


def possible(tree: Any, known: Callable[[str], bool]) -> bool:
    """Whether some record could make the condition true, when nothing is known of the fields that are not `known`."""
    return _truths(tree, known)[0]


def _truths(tree: Any, known: Callable[[str], bool]) -> tuple[bool, bool]:
    """Whether a condition can be true, and whether it can be false."""
    if isinstance(tree, ConditionNOT):
        true, false = _truths(tree.args[0], known)
        return false, true
    if isinstance(tree, ConditionAND | ConditionOR):
        parts = [_truths(part, known) for part in tree.args]
        trues, falses = [true for true, _ in parts], [false for _, false in parts]
        return (all(trues), any(falses)) if isinstance(tree, ConditionAND) else (any(trues), all(falses))
    there = all(known(field) for field in asked(tree))
    return there, there


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, ConditionAND | ConditionOR | ConditionNOT):
        for part in tree.args:
            yield from _leaves(part)
    elif tree is not None:
        yield tree
