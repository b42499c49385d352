"""Why a policy applies, does not, or was not assessed: in a sentence. It may hold text that somebody typed."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.policy.decide import PolicyAnswer
from grantwatch.policy.directory import Directory
from grantwatch.policy.model import State
from grantwatch.policy.values import Because

__all__ = ["named", "reason", "resource_name"]

_INPUTS = {
    "user_id": "who signs in",
    "kinds": "whether the user is a guest, and of what kind",
    "home_tenant": "the home tenant of the guest",
    "groups": "the groups of the user",
    "roles": "the roles of the user",
    "resources": "the resource",
    "user_action": "the user action",
    "authentication_context": "the authentication context",
    "client_app": "the client app type",
    "platform": "the platform",
    "ip": "the address",
    "country": "the country",
    "device": "the device",
    "sign_in_risk": "the risk of the sign-in",
    "user_risk": "the risk of the user",
    "insider_risk": "the insider risk",
    "flow": "the authentication flow",
    "tracked": "the authentication flow that the session began with",
}


def resource_name(id: str) -> str:
    """The name of a resource, or of the resources that Conditional Access knows by one name; else what was given."""
    suite, known = knowledge.suite(id), knowledge.resource(id)
    return known.name if known else suite.title if suite else id


def named(item: str, directory: Directory) -> str:
    """An item of an answer (`group <id>`) with its name."""
    kind, _, id = item.partition(" ")
    if kind == "group" and id in directory.groups:
        return f"group {directory.group_name(id)!r}"
    if kind == "role":
        role = knowledge.role(id)
        name = role.name if role else directory.roles[id].name if id in directory.roles else ""
        return f"role {name}" if name else item
    if kind == "user" and id in directory.users:
        return f"user {directory.user_name(id)}"
    if kind == "location" and id in directory.locations:
        return f"named location {directory.location_name(id)!r}"
    if kind == "resource":
        return resource_name(id)
    return item


def reason(answer: PolicyAnswer, directory: Directory) -> str:
    """Which condition decided, and on what."""
    because, item = answer.answer.because, answer.answer.item
    if answer.policy.state is State.DISABLED:
        return "it is disabled"
    if answer.applies:
        return "every condition is met"
    if answer.applies is False and because is Because.EXCLUDED:
        return f"{answer.condition}: left out by {named(item, directory)}"
    if answer.applies is False:
        return f"{answer.condition}: not met" + (f" ({named(item, directory)})" if item else "")
    if because is Because.INPUT:
        return f"{answer.condition}: {_INPUTS.get(item, item)} is not known"
    if because is Because.EXPORT:
        return f"{answer.condition}: the exported files do not tell of {named(item, directory)}"
    if because is Because.UNDOCUMENTED:
        return f"{answer.condition}: not documented: {item}"
    return f"{answer.condition}: {item}"
