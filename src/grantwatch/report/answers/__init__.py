"""The twelve questions that an analyst asks of an alert, answered for one grant in their order."""

from __future__ import annotations

from grantwatch.pipeline import Hunt
from grantwatch.report.answers import after, context, flow
from grantwatch.report.answers.model import Answer, Asked, Fact
from grantwatch.verdict.model import Judged

__all__ = ["Answer", "Fact", "answers"]

_QUESTIONS = (
    flow.approval,
    flow.client,
    flow.parties,
    context.normal,
    flow.authentication,
    flow.policy,
    after.obtained,
    after.done,
    context.reach,
    context.privilege,
    after.containment,
    after.user,
)


def answers(found: Hunt, judged: Judged) -> tuple[Answer, ...]:
    """All twelve, in order. What the logs cannot tell is `not_assessed`, with the log or field that would.

    Texts hold log text: escape them for whatever they are shown in.
    """
    asked = Asked(found, judged)
    return tuple(question(asked) for question in _QUESTIONS)
