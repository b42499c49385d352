"""Allowances to generate from, the shapes that Graph v1.0 documents, and a tenant in memory to which plans are applied.

The shapes are those of learn.microsoft.com/graph/api/resources: conditionalAccessPolicy, ipNamedLocation,
countryNamedLocation and group, with nothing that these pages do not name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from typing import Any

from tests.policy.shapes import guid

from grantwatch.allowances import Allowance, Allowances, Group, Networks, Subject

Json = dict[str, Any]

ON = date(2026, 11, 26)
LATER = date(2027, 3, 31)


def an_allowance(id: str = "cli", **changed: Any) -> Allowance:
    """One of anna, by her object id, from the head office."""
    said: Json = {
        "subject": Subject(users=(guid(1),)),
        "clients": (),
        "resources": (),
        "networks": networks("192.0.2.0/24"),
        "owner": "ops",
        "reason": "deploys",
        "expires": LATER,
        "line": 3,
    }
    return Allowance(id=id, **{**said, **changed})


def networks(*said: str) -> Networks:
    """Address ranges, AS numbers and countries, as a file has them."""
    return Networks(
        ranges=tuple(ip_network(each) for each in said if "/" in each),
        asns=tuple(int(each[2:]) for each in said if each.startswith("AS")),
        countries=tuple(each for each in said if len(each) == 2),
    )


def allowances(*each: Allowance, groups: Mapping[str, Group] | None = None) -> Allowances:
    """As read from a file."""
    return Allowances(each, groups or {}, "allowances.yaml")


# -- the documented shapes


def _object(required: Iterable[str], **properties: Any) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name.replace("odata_type", "@odata.type"): shape for name, shape in properties.items()},
    }


_TEXT: Json = {"type": "string", "minLength": 1}
_NAME: Json = {"type": "string", "minLength": 1, "maxLength": 256}
_ID: Json = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_IDS: Json = {"type": "array", "items": _ID, "uniqueItems": True}
_TEXTS: Json = {"type": "array", "items": _TEXT, "uniqueItems": True}
_RISK: Json = {"type": "array", "items": {"enum": ["low", "medium", "high", "hidden", "none"]}}


def _of(*values: str) -> Json:
    return {"type": "array", "items": {"enum": list(values)}, "uniqueItems": True}


POLICY = _object(
    ("displayName", "state", "conditions"),
    id=_ID,
    displayName=_NAME,
    state={"enum": ["enabled", "disabled", "enabledForReportingButNotEnforced"]},
    conditions=_object(
        ("applications", "clientAppTypes", "signInRiskLevels", "userRiskLevels", "users"),
        clientAppTypes={
            **_of("all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"),
            "minItems": 1,
        },
        signInRiskLevels=_RISK,
        userRiskLevels=_RISK,
        applications=_object(
            (),
            includeApplications={"type": "array", "items": {"anyOf": [_ID, {"enum": ["All", "None", "Office365"]}]}},
            excludeApplications={"type": "array", "items": {"anyOf": [_ID, {"enum": ["Office365"]}]}},
            includeUserActions=_of("urn:user:registersecurityinfo", "urn:user:registerdevice"),
        ),
        users=_object(
            (),
            includeUsers={"type": "array", "items": {"anyOf": [_ID, {"enum": ["All", "None"]}]}},
            excludeUsers=_IDS,
            includeGroups=_IDS,
            excludeGroups=_IDS,
            includeRoles=_IDS,
            excludeRoles=_IDS,
        ),
        locations=_object(
            ("includeLocations",),
            includeLocations={"type": "array", "items": {"anyOf": [_ID, {"enum": ["All", "AllTrusted"]}]}},
            excludeLocations={"type": "array", "items": {"anyOf": [_ID, {"enum": ["AllTrusted"]}]}, "minItems": 1},
        ),
        authenticationFlows=_object(
            ("transferMethods",), transferMethods={"enum": ["none", "deviceCodeFlow", "authenticationTransfer"]}
        ),
    ),
    grantControls=_object(
        ("operator", "builtInControls"),
        operator={"enum": ["AND", "OR"]},
        builtInControls={**_of("block", "mfa", "compliantDevice", "domainJoinedDevice"), "minItems": 1},
        customAuthenticationFactors=_TEXTS,
        termsOfUse=_TEXTS,
    ),
)
IP_LOCATION = _object(
    ("@odata.type", "displayName", "ipRanges"),
    odata_type={"const": "#microsoft.graph.ipNamedLocation"},
    id=_ID,
    displayName=_NAME,
    isTrusted={"type": "boolean"},
    ipRanges={
        "type": "array",
        "minItems": 1,
        "maxItems": 2000,
        "items": _object(
            ("@odata.type", "cidrAddress"),
            odata_type={"enum": ["#microsoft.graph.iPv4CidrRange", "#microsoft.graph.iPv6CidrRange"]},
            cidrAddress=_TEXT,
        ),
    },
)
COUNTRY_LOCATION = _object(
    ("@odata.type", "displayName", "countriesAndRegions"),
    odata_type={"const": "#microsoft.graph.countryNamedLocation"},
    id=_ID,
    displayName=_NAME,
    countriesAndRegions={"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[A-Z]{2}$"}},
    includeUnknownCountriesAndRegions={"type": "boolean"},
    countryLookupMethod={"enum": ["clientIpAddress", "authenticatorAppGps"]},
)
GROUP = _object(
    ("displayName", "mailEnabled", "mailNickname", "securityEnabled"),
    odata_type={"const": "#microsoft.graph.group"},
    id=_ID,
    displayName=_NAME,
    description={"type": "string", "maxLength": 1024},
    groupTypes=_of("Unified", "DynamicMembership"),
    isAssignableToRole={"type": "boolean"},
    mailEnabled={"type": "boolean"},
    # ASCII without @ () \ [] " ; : . <> , and blanks.
    mailNickname={"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"},
    securityEnabled={"type": "boolean"},
    members={
        "type": "array",
        "items": _object(
            ("@odata.type", "id"),
            odata_type={"const": "#microsoft.graph.user"},
            id=_ID,
            userPrincipalName=_TEXT,
        ),
    },
)
SHAPES = {
    "policies.json": POLICY,
    "groups.json": GROUP,
    "namedLocations.json": {"oneOf": [IP_LOCATION, COUNTRY_LOCATION]},
}


# -- a tenant in memory


class Memory:
    """An export to which steps of plans and rollbacks are applied, as in a tenant. It knows nothing but their JSON."""

    def __init__(self, *objects: tuple[str, Json]) -> None:
        self.objects: dict[str, tuple[str, Json]] = {body["id"]: (kind, deepcopy(body)) for kind, body in objects}
        self.users: dict[str, str] = {}
        self._new = count(0xA000)
        self.renamed: dict[str, str] = {}

    def apply(self, plan: Json) -> None:
        """Do the steps of a plan in their order. Whatever a step names must be there by then."""
        names = {each["placeholder"]: each["name"] for each in plan["waiting"]}
        ids = {placeholder: self.users[name] for placeholder, name in names.items() if name in self.users}
        for step in plan["steps"]:
            body = self._resolved(step["object"], ids)
            if step["action"] == "create":
                ids[step["object"]["id"]] = self._create(step["kind"], body)
            elif step["action"] == "change":
                assert step["id"] in self.objects
                self._put(step["kind"], _patched(self.objects[step["id"]][1], {**body, "id": step["id"]}))
            else:
                self._delete(step["id"])

    def undo(self, rollback: Json) -> None:
        """Do the steps of a rollback in their order."""
        for step in rollback["steps"]:
            body = self._resolved(step["object"], self.renamed)
            if step["action"] == "delete":
                self._delete(next(id for id, (_, each) in self.objects.items() if each["displayName"] == step["name"]))
            elif step["action"] == "restore":
                self._put(step["kind"], body)
            else:
                self.renamed[step["id"]] = self._create(step["kind"], body)

    def write(self, folder: Path) -> list[Path]:
        """The export as files, as Graph adds to what it was given."""
        found = []
        for kind, name in (("policy", "p.json"), ("named_location", "l.json"), ("group", "g.json")):
            bodies = [self._returned(each, body) for each, body in self.objects.values() if each == kind]
            (folder / name).write_text(json.dumps({"value": bodies}))
            found.append(folder / name)
        users = [{"id": id, "userPrincipalName": name, "userType": "Member"} for name, id in self.users.items()]
        (folder / "u.json").write_text(json.dumps({"value": users}))
        return [*found, folder / "u.json"]

    def _create(self, kind: str, body: Json) -> str:
        id = guid(next(self._new))
        self._put(kind, {**body, "id": id})
        return id

    def _put(self, kind: str, body: Json) -> None:
        """What a policy names has to be there, and a group cannot be another kind of group."""
        users = body.get("conditions", {}).get("users", {})
        places = body.get("conditions", {}).get("locations") or {}
        named = [*users.get("includeGroups", ()), *users.get("excludeGroups", ())]
        named += [id for id in places.get("excludeLocations", ()) if id != "AllTrusted"]
        assert not [id for id in named if id not in self.objects], "names what is not there"
        assert not [each for each in body.get("members", ()) if each["id"].startswith("6772616e")]
        self.objects[body["id"]] = kind, body

    def _delete(self, id: str) -> None:
        assert not [
            each["displayName"] for other, (_, each) in self.objects.items() if other != id and id in json.dumps(each)
        ], "something still names it"
        del self.objects[id]

    def _resolved(self, value: Any, ids: Mapping[str, str]) -> Any:
        if isinstance(value, dict):
            return {key: self._resolved(each, ids) for key, each in value.items()}
        if isinstance(value, list):
            return [self._resolved(each, ids) for each in value]
        return ids.get(value, value) if isinstance(value, str) else value

    @staticmethod
    def _returned(kind: str, body: Json) -> Json:
        """Graph answers with nulls, times and lists in an order of its own."""
        said = deepcopy(body)
        if kind == "policy":
            conditions = said["conditions"]
            for key in ("platforms", "devices", "clientApplications", "locations"):
                conditions.setdefault(key, None)
            conditions.setdefault("servicePrincipalRiskLevels", [])
            conditions["users"].update(includeGuestsOrExternalUsers=None, excludeGuestsOrExternalUsers=None)
            for key in ("includeGroups", "excludeGroups"):
                conditions["users"].get(key, []).reverse()
            said.update(createdDateTime="2026-11-26T08:00:00Z", templateId=None, sessionControls=None)
            said["grantControls"]["authenticationStrength"] = None
        elif kind == "group":
            said["members"] = list(reversed(said.get("members", [])))
            said.update(membershipRule=None, createdDateTime="2026-11-26T08:00:00Z", securityIdentifier="S-1-12-1-1")
        else:
            said.update(createdDateTime="2026-11-26T08:00:00Z", modifiedDateTime=None)
        return said

    def bodies(self) -> list[str]:
        """What is there but for ids, to compare two states: names stand in for what is named."""
        names = {id: body["displayName"] for id, (_, body) in self.objects.items()}
        return sorted(
            json.dumps(self._resolved({**body, "id": ""}, names), sort_keys=True) for _, body in self.objects.values()
        )


def _patched(there: Json, change: Json) -> Json:
    """What a request does not name stays; an object within is changed, not replaced."""
    made = dict(there)
    for key, value in change.items():
        before = made.get(key)
        made[key] = _patched(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return made
