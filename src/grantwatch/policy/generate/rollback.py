"""How to undo: the steps of a plan from the last to the first, so that nothing goes that another still names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grantwatch import __version__

if TYPE_CHECKING:
    from grantwatch.policy.generate.model import PolicySet
    from grantwatch.policy.generate.plan import Plan

__all__ = ["FORMAT", "fresh", "of_plan"]

Json = dict[str, Any]

FORMAT = "grantwatch-rollback/1"


def fresh(made: PolicySet) -> Json:
    """For a tenant that had none of the objects: delete what was created. Found by name, as ids come later."""
    steps = [
        {
            "step": number,
            "action": "delete",
            "kind": each.kind.value,
            "key": each.key,
            "name": each.name,
            "id": None,
            "object": None,
        }
        for number, each in enumerate(reversed(made.objects), 1)
    ]
    return _document("a tenant that had none of these objects before", steps)


def of_plan(plan: Plan) -> Json:
    """For the tenant of a plan: delete what it creates, restore what it changes, create again what it deletes.

    What is created again gets another id: `id` is the old one, by which objects that come after it still name it.
    """
    undone = {"create": "delete", "change": "restore", "delete": "create"}
    steps = [
        {
            "step": number,
            "action": undone[each.action.value],
            "kind": each.kind.value,
            "key": each.key,
            "name": each.name,
            "id": each.tenant_id,
            "object": each.before,
        }
        for number, each in enumerate(reversed(plan.steps), 1)
    ]
    return _document(f"the tenant of {', '.join(plan.files)}, as it was exported", steps)


def _document(assumes: str, steps: list[Json]) -> Json:
    return {
        "format": FORMAT,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "graph": "v1.0",
        "assumes": assumes,
        "steps": steps,
    }
