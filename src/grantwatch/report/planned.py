"""The difference between a set and a tenant, as JSON (`plan.schema.json` describes it) and as a page for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from grantwatch import __version__
from grantwatch.policy.generate.model import Kind
from grantwatch.policy.generate.plan import Action, Change, Item, Plan
from grantwatch.report.escape import json_bytes
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import Page, as_text, show

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["FORMAT", "document", "dumps", "render", "text"]

FORMAT = "grantwatch-plan/1"
LIMIT = 400
MOST_NAMED = 6

Json = dict[str, Any]

_STYLES = {
    Action.CREATE: "green",
    Action.CHANGE: "yellow",
    Action.DELETE: "red",
    Action.UNCHANGED: "dim",
    Action.CONFLICT: "bold red",
}
_SAID = {Kind.LOCATION: "named location", Kind.GROUP: "group", Kind.POLICY: "policy"}
_MANY = {Kind.LOCATION: "named locations", Kind.GROUP: "groups", Kind.POLICY: "policies"}


def document(plan: Plan) -> Json:
    """The plan as plain dicts, lists, strings and numbers, in the shape of `schema("plan")`."""
    return {
        "format": FORMAT,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "graph": "v1.0",
        "set": {"folder": plan.folder, "digest": plan.digest, "on": plan.on, "edited": list(plan.edited)},
        "tenant": {"files": list(plan.files)},
        "empty": plan.empty,
        "counts": {action.value: len(plan.of(action)) for action in Action},
        "foreign": {kind.value: number for kind, number in plan.foreign.items()},
        "steps": [{"step": number, **_item(each)} for number, each in enumerate(plan.steps, 1)],
        "unchanged": [_item(each) for each in plan.of(Action.UNCHANGED)],
        "conflicts": [_item(each) for each in plan.of(Action.CONFLICT)],
        "references": [{"placeholder": placeholder, "id": id} for placeholder, id in plan.references.items()],
        "waiting": [{"placeholder": placeholder, "name": name} for placeholder, name in plan.waiting.items()],
        "fill_in": [
            {"allowance": each.allowance, "sentence": each.sentence, "fix": each.fix, "placeholder": each.placeholder}
            for each in plan.gaps
        ],
        "not_assessed": list(plan.not_assessed),
    }


def _item(each: Item) -> Json:
    return {
        "action": each.action.value,
        "kind": each.kind.value,
        "key": each.key,
        "name": each.name,
        "id": each.tenant_id,
        "why": each.why,
        "changes": [_change(change) for change in each.changes],
        "kept": [_change(change) for change in each.kept],
        "object": each.object,
        "before": each.before,
    }


def _change(each: Change) -> Json:
    return {"path": each.path, "before": each.before, "after": each.after}


def dumps(plan: Plan) -> bytes:
    """`document(plan)` as UTF-8 JSON, harmless in a terminal."""
    return json_bytes(document(plan), indent=True)


def render(plan: Plan, console: Console) -> None:
    """Print the plan on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(plan, console))


def text(plan: Plan, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(plan, console), width, color)


class _Page(Page):
    def __init__(self, plan: Plan, console: Console) -> None:
        super().__init__(console)
        self.plan = plan
        self.names = dict(plan.waiting)
        for each in plan.items:
            if each.tenant_id:
                self.names[each.tenant_id] = each.name
        for each in plan.items:
            for body in (each.before, each.object):
                members = (body or {}).get("members") or ()
                self.names |= {
                    str(member.get("id", "")).lower(): str(member["userPrincipalName"])
                    for member in members
                    if isinstance(member, dict) and member.get("userPrincipalName")
                }

    def write(self) -> None:
        """Print it all."""
        plan = self.plan
        self._print(("Grantwatch ", "bold"), (__version__, ""), ("  a set against a tenant; nothing is written", "dim"))
        counts = [(len(plan.of(action)), action) for action in Action]
        told = ", ".join(f"{number} {self._word(action)}" for number, action in counts if number)
        self._print((f"{'Nothing to do' if plan.empty else 'Plan'}: {told or 'the set is empty'}.", "bold"))
        foreign = [f"{number} {_MANY[kind] if number != 1 else _SAID[kind]}" for kind, number in plan.foreign.items()]
        self._print((f"Not of a set, and never touched: {', '.join(foreign)}.", "dim"))
        if plan.edited:
            names = ", ".join(plan.edited[:MOST_NAMED])
            self._print((f"Edited since they were generated: {names}.", "yellow"))
        if plan.steps:
            self._heading("Steps")
            for number, each in enumerate(plan.steps, 1):
                self._item(f"{number}", each)
        if plan.of(Action.CONFLICT):
            self._heading("Conflicts, for a person to look at")
            for each in plan.of(Action.CONFLICT):
                self._item("-", each)
        self._kept()
        if plan.of(Action.UNCHANGED):
            self._heading("As it is to be")
            for each in plan.of(Action.UNCHANGED):
                self._labelled("-", safe(f"{_SAID[each.kind]} {each.name}", LIMIT), style="dim")
        if plan.gaps:
            self._heading("To fill in before anything is switched on")
            for gap in plan.gaps:
                self._labelled("-", safe(gap.sentence, LIMIT), style="red")
                if gap.fix:
                    self._labelled("fix", safe(gap.fix, LIMIT), 2, "green")
        if plan.not_assessed:
            self._heading("Not assessed")
            for said in plan.not_assessed:
                self._labelled("-", safe(said, LIMIT))

    @staticmethod
    def _word(action: Action) -> str:
        words_ = {Action.CREATE: "to create", Action.CHANGE: "to change", Action.DELETE: "to delete"}
        return words_.get(action, "unchanged" if action is Action.UNCHANGED else "in conflict")

    def _item(self, label: str, each: Item) -> None:
        said = f"{each.action.value} {_SAID[each.kind]} {each.name}"
        self._labelled(label, safe(said, LIMIT), style=_STYLES[each.action])
        if each.why:
            self._print((f"{each.why}.", ""), indent=4)
        if each.action is Action.DELETE or (each.action is Action.CONFLICT and None in (each.key, each.tenant_id)):
            return
        self._facts([fact for change in each.changes for fact in self._change(each, change)], indent=4)

    def _change(self, each: Item, change: Change) -> list[tuple[str, str]]:
        """One line a field; what came in and what went out of a list."""
        path = change.path.removeprefix("conditions.")
        before, after = change.before, change.after
        if isinstance(before, list) or isinstance(after, list):
            old, new = before or [], after or []
            added, gone = [x for x in new if x not in old], [x for x in old if x not in new]
            parts = [f"+ {self._names(added)}"] if added else []
            parts += [f"\u2212 {self._names(gone)}"] if gone else []
            return [(path, "  ".join(parts))]
        if each.action is Action.CREATE:
            return [] if path == "displayName" else [(path, self._name(after))]
        return [(path, f"{self._name(before)} \u2192 {self._name(after)}")]

    def _names(self, values: Iterable[Any]) -> str:
        found = sorted(self._name(value) for value in values)
        more = f" and {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else ""
        return ", ".join(found[:MOST_NAMED]) + more

    def _name(self, value: Any) -> str:
        if value is None:
            return "nothing"
        said = str(value)
        return safe(self.names.get(said.lower(), said), 120)

    def _kept(self) -> None:
        kept = [(each, change) for each in self.plan.items for change in each.kept]
        if not kept:
            return
        self._heading("Kept as the tenant has it")
        for each, change in kept:
            said = f"{each.name}: {change.path} stays {change.before} (the set says {change.after})"
            self._labelled("-", safe(said, LIMIT), style="green")
