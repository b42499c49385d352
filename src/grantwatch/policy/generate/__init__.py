"""From allowances to Conditional Access objects as Microsoft Graph v1.0 writes them, and what that changes in a tenant.

    made = generate(read("allowances.yaml"), on=date.today(), evidence=seen, directory=export.directory)
    write("policies", made)
    difference = plan(load("policies"), tenant(["export.json"]))

Nothing here writes to a tenant.
"""

from __future__ import annotations

from grantwatch.policy.generate.build import Emergency, generate
from grantwatch.policy.generate.files import FORMAT, load, write
from grantwatch.policy.generate.model import Gap, LeftOut, Member, Object, PolicySet, Reference
from grantwatch.policy.generate.plan import Action, Change, Item, Plan, plan
from grantwatch.policy.generate.tenant import Tenant, tenant
from grantwatch.policy.generate.who import Evidence, Seen

__all__ = [
    "FORMAT",
    "Action",
    "Change",
    "Emergency",
    "Evidence",
    "Gap",
    "Item",
    "LeftOut",
    "Member",
    "Object",
    "Plan",
    "PolicySet",
    "Reference",
    "Seen",
    "Tenant",
    "generate",
    "load",
    "plan",
    "tenant",
    "write",
]
