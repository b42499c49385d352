/*
title = "Entra ID audit logs"
checked = 2026-11-26
from = [
    "Microsoft Graph directoryAudit resource (v1.0), 2026",
    "Log Analytics table AuditLogs, 2024",
    "SigmaHQ rules/cloud/azure/audit_logs, October 2026",
]
logsources = [{ product = "azure", service = "auditlogs" }, { product = "azure", service = "audit" }]
prefixes = ["properties.", "azure.auditlogs.properties.", "azure.auditlogs."]

[columns]
time_text = { names = ["timeGenerated", "activityDateTime", "time"] }
operation = { names = ["operationName", "activityDisplayName", "activityType", "message", "activity", "operation"], spelling = "operation" }
workload = { names = ["loggedByService", "service"] }
category = { names = ["category"] }
kind = { names = ["operationType", "aadOperationType"] }
result = { names = ["result", "status"], spelling = "enumerated" }
reason = { names = ["resultReason", "resultDescription", "failure_status_reason"] }
actor_id = { names = ["initiatedBy.user.id", "userId"] }
actor_upn = { names = ["initiatedBy.user.userPrincipalName", "userPrincipalName", "upn"] }
actor_name = { names = ["initiatedBy.user.displayName", "initiatedBy.app.displayName", "identity"] }
actor_app_id = { names = ["initiatedBy.app.appId"] }
initiated_by = { names = ["initiatedBy", "initiatedBy.user", "initiatedBy.app"], many = true }
ip = { names = ["ipAddress", "initiatedBy.user.ipAddress", "callerIpAddress"] }
user_agent = { names = ["userAgent", "additionalDetails.userAgent"] }
correlation_id = { names = ["correlationId"] }
record_id = { names = ["id"] }
tenant_id = { names = ["tenantId", "aadTenantId"] }
targets = { names = ["targetResources", "targetResource"] }
target_ids = { names = ["targetResources.id"], many = true }
target_types = { names = ["targetResources.type"], many = true }
target_names = { names = ["targetResources.displayName"], many = true }
target_upns = { names = ["targetResources.userPrincipalName"], many = true }
modified_text = { names = ["targetResources.modifiedProperties", "modifiedProperties"], many = true }
modified_names = { names = ["targetResources.modifiedProperties.displayName", "modifiedProperties.displayName"], many = true }
modified_new = { names = ["targetResources.modifiedProperties.newValue", "modifiedProperties.newValue"], many = true }
modified_old = { names = ["targetResources.modifiedProperties.oldValue", "modifiedProperties.oldValue"], many = true }
modified = { entries = ["consentContext.", "modifiedProperties.", "targetResources.modifiedProperties."], many = true, whole = ["consentContext."] }
additional = { names = ["additionalDetails", "additionalDetails.additionalInfo", "additionalInfo"] }
additional_entries = { entries = ["additionalDetails."], many = true }
*/
SELECT
    row_id,
    a.pass_id,
    a.file_id,
    time,
    coalesce(actor_upn, actor_name, actor_id, actor_app_id, target_upn) AS who,
    strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time_text,
    operation,
    workload,
    json_text(detail, '$.category') AS category,
    json_text(detail, '$.kind') AS kind,
    result,
    json_text(detail, '$.reason') AS reason,
    actor_id,
    actor_upn,
    actor_name,
    actor_app_id,
    list_filter([actor_id, actor_upn, actor_name, actor_app_id, ip], lambda x: x IS NOT NULL) AS initiated_by,
    ip,
    user_agent,
    correlation_id,
    record_id,
    tenant_id,
    json_text(detail, '$.targets') AS targets,
    json_extract_string(detail, '$.targets[*].id') AS target_ids,
    json_extract_string(detail, '$.targets[*].type') AS target_types,
    json_extract_string(detail, '$.targets[*].displayName') AS target_names,
    json_extract_string(detail, '$.targets[*].userPrincipalName') AS target_upns,
    CAST(json_extract(detail, '$.targets[*].modifiedProperties') AS VARCHAR[]) AS modified_text,
    json_extract_string(detail, '$.targets[*].modifiedProperties[*].displayName') AS modified_names,
    list_transform(json_extract_string(detail, '$.targets[*].modifiedProperties[*].newValue'), lambda x: trim(x, '"')) AS modified_new,
    list_transform(json_extract_string(detail, '$.targets[*].modifiedProperties[*].oldValue'), lambda x: trim(x, '"')) AS modified_old,
    list_transform(json_extract(detail, '$.targets[*].modifiedProperties[*]'), lambda m: struct_pack(
        name := lower(json_extract_string(m, '$.displayName')), value := trim(json_extract_string(m, '$.newValue'), '"'))) AS modified,
    json_text(detail, '$.additional') AS additional,
    list_transform(json_extract(detail, '$.additional[*]'), lambda m: struct_pack(
        name := lower(json_extract_string(m, '$.key')), value := json_extract_string(m, '$.value'))) AS additional_entries,
    concat_ws(chr(10), operation, workload, result, actor_id, actor_upn, actor_name, actor_app_id, ip, user_agent, correlation_id,
              record_id, detail) AS words
FROM activities AS a
JOIN pass_form AS f ON f.pass_id = a.pass_id AND f.file_id = a.file_id
WHERE f.stream = 'audit'
