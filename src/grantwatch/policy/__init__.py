"""Conditional Access: policies as Microsoft Graph returns them, and what follows from them for one sign-in.

    export = read(["policies.json", "locations.json", "groups.json"])
    model = Model(export.policies, export.directory)
    decision = model.decide(Context(user_id="…", resources=frozenset({"…"}), flow=DEVICE_CODE, …))

Three-valued throughout: where an input is not known, the answer is "not assessed", never a pass. A session that began
with a device code stays one: give `tracked`, the original transfer method, and a refresh meets the condition too.
"""

from __future__ import annotations

from grantwatch.policy.context import (
    ANYBODY,
    AUTHENTICATION_TRANSFER,
    DEVICE_CODE,
    GUESTS,
    NOBODY_ELSE,
    REGISTER_DEVICE,
    REGISTER_SECURITY_INFO,
    UNREGISTERED,
    Context,
    Device,
    UserKind,
)
from grantwatch.policy.decide import (
    Decision,
    Model,
    Outcome,
    PolicyAnswer,
    Requirement,
    Result,
    decide,
    met,
    satisfied,
)
from grantwatch.policy.directory import Directory, Group, Person, Role
from grantwatch.policy.export import Export, parse, read
from grantwatch.policy.locations import NamedLocation
from grantwatch.policy.model import Doubt, Policy, State
from grantwatch.policy.values import UNKNOWN, Answer, Because, Membership, Tri, Unknown
from grantwatch.policy.words import reason

__all__ = [
    "ANYBODY",
    "AUTHENTICATION_TRANSFER",
    "DEVICE_CODE",
    "GUESTS",
    "NOBODY_ELSE",
    "REGISTER_DEVICE",
    "REGISTER_SECURITY_INFO",
    "UNKNOWN",
    "UNREGISTERED",
    "Answer",
    "Because",
    "Context",
    "Decision",
    "Device",
    "Directory",
    "Doubt",
    "Export",
    "Group",
    "Membership",
    "Model",
    "NamedLocation",
    "Outcome",
    "Person",
    "Policy",
    "PolicyAnswer",
    "Requirement",
    "Result",
    "Role",
    "State",
    "Tri",
    "Unknown",
    "UserKind",
    "decide",
    "met",
    "parse",
    "read",
    "reason",
    "satisfied",
]
