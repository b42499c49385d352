/*
title = "Elastic directory audit logs (azure.auditlogs)"
table = "activity"
rank = 35
family = "entra"
keys = [["azure.auditlogs.properties.activity_display_name"], ["azure.auditlogs.operation_name"]]
flat = [["azure.auditlogs.properties.activity_display_name"], ["azure.auditlogs.operation_name"]]
accepts = "Elastic exports (_search hits, pages of them, JSON lines, CSV) of azure.signinlogs, azure.auditlogs and o365.audit"
shows = "Every directory audit that diagnostic settings send: who, what, on which targets, and what was changed."
lacks = "Where every field has a column of its own, the targets and what was changed on them are not read."
quirks = [
  "Targets and their changes are objects with the keys 0, 1, 2 …, no lists.",
  "The result moves to event.outcome.",
  "The keys within initiated_by stay as Microsoft spells them; snake case is read as well.",
]

[export]
collector = "Elastic integration Microsoft Entra ID Logs (package azure), data stream logs-azure.auditlogs-*, as for azure.signinlogs."

[columns]
"@timestamp" = "VARCHAR"
azure = "STRUCT(tenant_id VARCHAR, correlation_id VARCHAR, auditlogs STRUCT(category VARCHAR, operation_name VARCHAR, identity VARCHAR, properties STRUCT(id VARCHAR, activity_datetime VARCHAR, activity_date_time VARCHAR, activity_display_name VARCHAR, correlation_id VARCHAR, logged_by_service VARCHAR, result VARCHAR, \"userAgent\" VARCHAR, user_agent VARCHAR, initiated_by STRUCT(\"user\" STRUCT(id VARCHAR, \"userPrincipalName\" VARCHAR, user_principal_name VARCHAR, \"displayName\" VARCHAR, display_name VARCHAR, \"ipAddress\" VARCHAR, ip_address VARCHAR), app STRUCT(\"appId\" VARCHAR, app_id VARCHAR, \"displayName\" VARCHAR, display_name VARCHAR)), target_resources VARCHAR, additional_details VARCHAR, category VARCHAR, operation_type VARCHAR, result_reason VARCHAR)))"
event = "STRUCT(id VARCHAR, action VARCHAR, outcome VARCHAR)"
source = "STRUCT(ip VARCHAR, address VARCHAR)"
user_agent = "STRUCT(original VARCHAR)"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(azure.auditlogs.properties.activity_datetime, azure.auditlogs.properties.activity_date_time, "@timestamp") AS time,
    azure.tenant_id AS tenant_id,
    coalesce(azure.auditlogs.properties.activity_display_name, azure.auditlogs.operation_name) AS operation,
    azure.auditlogs.properties.logged_by_service AS workload,
    coalesce(azure.auditlogs.properties.result, event.outcome) AS result,
    azure.auditlogs.properties.initiated_by."user".id AS actor_id,
    coalesce(azure.auditlogs.properties.initiated_by."user"."userPrincipalName",
             azure.auditlogs.properties.initiated_by."user".user_principal_name) AS actor_upn,
    coalesce(azure.auditlogs.properties.initiated_by."user"."displayName", azure.auditlogs.properties.initiated_by."user".display_name,
             azure.auditlogs.properties.initiated_by.app."displayName", azure.auditlogs.properties.initiated_by.app.display_name)
        AS actor_name,
    coalesce(azure.auditlogs.properties.initiated_by.app."appId", azure.auditlogs.properties.initiated_by.app.app_id) AS actor_app_id,
    coalesce(azure.auditlogs.properties.initiated_by."user"."ipAddress", azure.auditlogs.properties.initiated_by."user".ip_address,
             source.ip, source.address) AS ip,
    coalesce(said(azure.auditlogs.properties."userAgent"), azure.auditlogs.properties.user_agent, user_agent.original,
             detail_value(azure.auditlogs.properties.additional_details, 'User-Agent')) AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    coalesce(azure.auditlogs.properties.correlation_id, azure.correlation_id) AS correlation_id,
    coalesce(azure.auditlogs.properties.id, event.id) AS record_id,
    coalesce(json_text(azure.auditlogs.properties.target_resources, '$."0".id'),
             json_text(azure.auditlogs.properties.target_resources, '$[0].id')) AS target_id,
    coalesce(json_text(azure.auditlogs.properties.target_resources, '$."0".type'),
             json_text(azure.auditlogs.properties.target_resources, '$[0].type')) AS target_type,
    coalesce(json_text(azure.auditlogs.properties.target_resources, '$."0".display_name'),
             json_text(azure.auditlogs.properties.target_resources, '$[0].display_name')) AS target_name,
    coalesce(json_text(azure.auditlogs.properties.target_resources, '$."0".user_principal_name'),
             json_text(azure.auditlogs.properties.target_resources, '$[0].user_principal_name')) AS target_upn,
    '{"targets":' || json_part(numbered_targets(azure.auditlogs.properties.target_resources))
        || ',"additional":' || json_part(azure.auditlogs.properties.additional_details)
        || audit_words(azure.auditlogs.properties.category, azure.auditlogs.properties.operation_type,
                       azure.auditlogs.properties.result_reason) || '}' AS detail
FROM raw
