"""Records as a SIEM holds and exports them: Elastic documents, Wazuh alerts, Splunk results, and plain log shippers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from grantwatch.lab.envelope import envelope_audit, envelope_signin
from grantwatch.lab.events import ActivityEvent, Event, SignInEvent
from grantwatch.lab.graph import Record, json_text
from grantwatch.lab.unified import RECORD_TYPE_NAMES, ual_record

__all__ = [
    "ecs_audit",
    "ecs_office",
    "ecs_signin",
    "elastic_hit",
    "flat",
    "shipped",
    "splunk_fields",
    "splunk_result",
    "wazuh_alert",
    "with_original",
]

_HUMP = re.compile("([a-z])([A-Z]+)")
_DATASETS = {"signinlogs": "azure.signinlogs", "auditlogs": "azure.auditlogs", "office": "o365.audit"}


def ecs_signin(event: SignInEvent) -> Record:
    """A document of azure.signinlogs: the diagnostic record in snake case, what ECS has a field for moved there."""
    said = _snake(envelope_signin(event))
    properties = said["properties"]
    location = properties.pop("location")
    status = properties["status"]
    told = [text for text in (status.pop("failure_reason", None), status.pop("additional_details", None)) if text]
    properties["created_at"] = properties.pop("created_date_time")
    properties["risk_level_during_signin"] = properties.pop("risk_level_during_sign_in")
    properties["processing_time_ms"] = properties.pop("processing_time_in_milliseconds")
    properties["authentication_processing_details"] = {
        entry["key"]: entry["value"] for entry in properties["authentication_processing_details"]
    }
    ip = properties.pop("ip_address")
    document = _document("signinlogs", said, event.time.isoformat(timespec="milliseconds") + "Z")
    document["geo"] = {
        "country_iso_code": said.pop("location"),
        "city_name": location["city"],
        "country_name": location["state"],
        "location": {
            "lat": location["geo_coordinates"]["latitude"],
            "lon": location["geo_coordinates"]["longitude"],
        },
    }
    document["source"] = {"address": ip, "ip": ip, "as": {"number": event.place.asn}}
    document["user_agent"] = {"original": properties.pop("user_agent"), "name": "Other"}
    if told:
        document["message"] = f"{told[0]} ({told[1]})" if len(told) == 2 else told[0]
    document["event"] |= {
        "action": said["operation_name"],
        "id": event.request_id,
        "outcome": "failure" if event.error_code else "success",
    }
    return document


def ecs_audit(event: ActivityEvent) -> Record:
    """A document of azure.auditlogs: lists of targets and changes as numbered objects, the initiator as it was."""
    record = envelope_audit(event)
    original = record["properties"]
    said = _snake(record)
    properties = said["properties"]
    properties["activity_datetime"] = properties.pop("activity_date_time")
    properties["initiated_by"] = {kind: _without_nulls(who) for kind, who in original["initiatedBy"].items() if who}
    properties["target_resources"] = _numbered(
        [
            {**target, "modified_properties": _numbered(target["modified_properties"])}
            for target in properties["target_resources"]
        ]
    )
    outcome = properties.pop("result")
    document = _document("auditlogs", said, event.time.isoformat(timespec="milliseconds") + "Z")
    document["event"] |= {"action": event.operation, "outcome": outcome}
    if event.place:
        document["source"] = {"ip": event.place.ip}
    return document


def ecs_office(event: Event) -> Record:
    """A document of o365.audit: the Unified Audit Log record with what ECS has a field for moved there."""
    said = ual_record(event)
    outcome = "failure" if str(said["ResultStatus"]).lower() in {"failed", "false"} else "success"
    code = RECORD_TYPE_NAMES[said["RecordType"]]
    document: Record = {
        "@timestamp": said["CreationTime"] + ".000Z",
        "event": {
            "action": said.pop("Operation"),
            "code": code,
            "dataset": _DATASETS["office"],
            "id": said.pop("Id"),
            "outcome": outcome,
            "provider": said.pop("Workload"),
        },
        "organization": {"id": said.pop("OrganizationId")},
        "user": {"id": said["UserId"]},
    }
    address = str(said.pop("ClientIPAddress", None) or said.pop("ClientIP", None) or "").rpartition("]")[2]
    ip, _, port = address.partition(":")
    if ip:
        document["client"] = {"address": ip, "ip": ip} | ({"port": int(port)} if port else {})
        document["source"] = {"ip": ip}
    for name in ("Parameters", "ExtendedProperties"):
        if name in said:
            said[name] = {entry["Name"]: entry["Value"] for entry in said[name]}
    if said.get("ModifiedProperties"):
        said["ModifiedProperties"] = {
            re.sub("[ .]", "_", change["Name"]): {"NewValue": change["NewValue"], "OldValue": change["OldValue"]}
            for change in said["ModifiedProperties"]
        }
    agent = said.get("ExtendedProperties", {}).pop("UserAgent", None)
    if agent:
        document["user_agent"] = {"original": agent}
    said |= {name: str(said[name]) for name in ("RecordType", "UserType", "Version")}
    document["o365"] = {"audit": said}
    return document


def with_original(document: Record, original: Record) -> Record:
    """The document where the integration keeps the original event beside what it made of it."""
    return document | {
        "event": document["event"] | {"original": json_text(original)},
        "tags": ["preserve_original_event"],
    }


def elastic_hit(document: Record, number: int = 1) -> Record:
    """A hit of `_search`, which is also what dumps of an index hold line by line."""
    return {
        "_index": f".ds-logs-{document.get('event', {}).get('dataset', 'generic')}-default-2026.03.02-000001",
        "_id": str(uuid5(NAMESPACE_URL, f"hit {number}")),
        "_score": 1.0,
        "_source": document,
    }


def flat(record: Mapping[str, Any]) -> Record:
    """The record with one key for every value, the path to it; lists stay as they are."""
    found: Record = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            found |= {f"{key}.{rest}": inner for rest, inner in flat(value).items()}
        else:
            found[key] = value
    return found


def wazuh_alert(record: Record, number: int = 1) -> Record:
    """An alert of the office365 module around a Unified Audit Log record: what is no list or object is text."""
    said = {
        key: value if isinstance(value, list | dict | str) else _word(value)
        for key, value in record.items()
        if value is not None
    }
    return {
        "timestamp": f"{record['CreationTime']}.000+0000",
        "rule": {"level": 3, "description": "Office 365: an event", "id": "91532", "groups": ["office365"]},
        "agent": {"id": "000", "name": "wazuh.example"},
        "manager": {"name": "wazuh.example"},
        "id": f"1772438400.{number}",
        "decoder": {"name": "json"},
        "data": {"integration": "office365", "office365": said | {"Subscription": "Audit.AzureActiveDirectory"}},
        "location": "office365",
    }


def splunk_result(record: Record, number: int = 0) -> Record:
    """A line of a JSON export of Splunk: the event as it was taken in, and what Splunk knows of it."""
    return {
        "preview": False,
        "offset": number,
        "result": {
            "_raw": json_text(record),
            "_time": "2026-03-02 08:00:00.000 UTC",
            "host": "splunk.example",
            "index": "azure",
            "source": "eventhub",
            "sourcetype": "azure:monitor:aad",
        },
    }


def splunk_fields(record: Record) -> Record:
    """What a Splunk search gives of a record that has no raw text with it: every field by its path, as text.

    Of a list of objects each field is a list of its own (`Actor{}.ID`); one value stands alone.
    """
    found: Record = {}
    for key, value in flat(record).items():
        if isinstance(value, list):
            for entry in value:
                inner = (
                    {f"{key}{{}}.{name}": of for name, of in flat(entry).items()} if isinstance(entry, Mapping) else {}
                )
                for path, of in (inner or {f"{key}{{}}": entry}).items():
                    found.setdefault(path, []).append(_word(of))
        elif value is not None:
            found[key] = _word(value)
    return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in found.items()}


def shipped(record: Record, key: str = "message") -> Record:
    """What a log shipper that does not parse makes of a record."""
    return {
        "@timestamp": "2026-03-02T08:00:00.000Z",
        "@version": "1",
        "agent": {"type": "filebeat"},
        key: json_text(record),
    }


def _document(name: str, said: Record, time: str) -> Record:
    """What the two azure data streams have in common."""
    said.pop("time")
    resource = said.pop("resource_id")
    said.pop("caller_ip_address", None)
    said.pop("level", None)
    said.pop("duration_ms")
    return {
        "@timestamp": time,
        "azure": {
            "tenant_id": said.pop("tenant_id"),
            "correlation_id": said.pop("correlation_id"),
            "resource": {"id": resource, "provider": "Microsoft.aadiam"},
            name: said,
        },
        "cloud": {"provider": "azure"},
        "ecs": {"version": "8.11.0"},
        "event": {"dataset": _DATASETS[name], "kind": "event"},
    }


def _snake(record: Mapping[str, Any]) -> Record:
    """Keys in snake case, at every depth, lists of objects included."""
    return {_HUMP.sub(r"\1_\2", key).lower(): _snake_value(value) for key, value in record.items()}


def _snake_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _snake(value)
    if isinstance(value, list):
        return [_snake_value(entry) for entry in value]
    return value


def _numbered(entries: list[Record]) -> Record:
    return {str(number): _without_nulls(entry) for number, entry in enumerate(entries)}


def _without_nulls(record: Mapping[str, Any]) -> Record:
    return {key: value for key, value in record.items() if value is not None}


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
