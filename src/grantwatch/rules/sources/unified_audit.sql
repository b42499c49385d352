/*
title = "Microsoft 365 Unified Audit Log"
checked = 2026-11-26
from = [
    "Office 365 Management Activity API schema, 2026",
    "Log Analytics table OfficeActivity, 2024",
    "SigmaHQ rules/cloud/m365, October 2026",
]
logsources = [
    { product = "m365", service = "audit" },
    { product = "m365" },
    { product = "m365", service = "exchange", workload = "Exchange" },
    { product = "m365", service = "sharepoint", workload = "SharePoint" },
    { product = "m365", service = "teams", workload = "MicrosoftTeams" },
    { product = "m365", service = "threat_management", workload = "SecurityComplianceCenter" },
    { product = "m365", service = "threat_detection", workload = "SecurityComplianceCenter" },
]
prefixes = ["o365.audit.", "office365.", "auditData."]

[columns]
time_text = { names = ["creationTime", "timeGenerated", "createdDateTime", "time"] }
operation = { names = ["operation", "operations", "eventName", "event.action", "operationName"], spelling = "operation" }
workload = { names = ["workload", "eventSource", "officeWorkload"] }
status = { names = ["resultStatus", "status", "result"], many = true }
error_code = { names = ["errorNumber", "errorCode"] }
request_type = { names = ["requestType", "extendedProperties.requestType"] }
actor_id = { names = ["actorId"] }
actor_upn = { names = ["userId", "userKey", "user.email", "user.id", "userPrincipalName"] }
ip = { names = ["clientIP", "clientIPAddress", "actorIpAddress", "client_IPAddress", "source.ip"] }
user_agent = { names = ["userAgent", "user_agent.original", "extendedProperties.userAgent"] }
client_info = { names = ["clientInfoString"] }
app_id = { names = ["applicationId", "appId", "clientAppId", "appAccessContext.clientAppId"] }
session_id = { names = ["sessionId", "appAccessContext.aadSessionId"] }
token_id = { names = ["appAccessContext.uniqueTokenId"] }
correlation_id = { names = ["interSystemsId", "appAccessContext.correlationId"] }
record_id = { names = ["id", "sourceRecordId"] }
tenant_id = { names = ["organizationId", "officeTenantId"] }
object = { names = ["objectId", "officeObjectId", "target", "item"], many = true }
mailbox = { names = ["mailboxOwnerUPN", "mailboxOwner"] }
parameters = { names = ["parameters"] }
parameter = { entries = ["parameters."], many = true }
properties = { names = ["operationProperties"] }
extended = { names = ["extendedProperties"] }
extended_entry = { entries = ["extendedProperties."], many = true }
modified = { names = ["modifiedProperties"] }
query = { names = ["queryText", "searchQueryText"] }
urls = { names = ["messageURLs"], many = true }
subjects = { names = ["subject", "subjects", "item.subject", "affectedItems.subject"], many = true }
*/
-- Logons of the Unified Audit Log are kept with the sign-ins: here they are audit records again.
SELECT * FROM (
    SELECT
        row_id,
        a.pass_id,
        a.file_id,
        time,
        coalesce(actor_upn, actor_id, actor_name) AS who,
        strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time_text,
        operation,
        workload,
        CASE WHEN result IS NOT NULL THEN
            [result, CASE WHEN result IN ('true', 'succeeded', 'success', 'partiallysucceeded') THEN 'success'
                          WHEN result IN ('false', 'failed', 'failure') THEN 'failure' END] END AS status,
        CAST(NULL AS VARCHAR) AS error_code,
        CAST(NULL AS VARCHAR) AS request_type,
        actor_id,
        actor_upn,
        ip,
        user_agent,
        json_text(detail, '$.client_info') AS client_info,
        app_id,
        session_id,
        token_id,
        correlation_id,
        record_id,
        tenant_id,
        CASE WHEN coalesce(target_id, target_name) IS NOT NULL THEN [target_id, target_name] END AS object,
        target_upn AS mailbox,
        json_text(detail, '$.parameters') AS parameters,
        list_transform(json_extract(detail, '$.parameters[*]'), lambda m: struct_pack(
            name := lower(json_extract_string(m, '$.Name')), value := json_extract_string(m, '$.Value'))) AS parameter,
        json_text(detail, '$.properties') AS properties,
        json_text(detail, '$.extended') AS extended,
        list_transform(json_extract(detail, '$.extended[*]'), lambda m: struct_pack(
            name := lower(json_extract_string(m, '$.Name')), value := json_extract_string(m, '$.Value'))) AS extended_entry,
        json_text(detail, '$.modified') AS modified,
        json_text(detail, '$.query') AS query,
        json_extract_string(detail, '$.urls[*]') AS urls,
        json_extract_string(detail, '$.subjects[*]') AS subjects,
        concat_ws(chr(10), operation, workload, result, actor_id, actor_upn, ip, user_agent, app_id, session_id, correlation_id,
                  record_id, target_id, target_name, target_upn, detail) AS words
    FROM activities AS a
    JOIN pass_form AS f ON f.pass_id = a.pass_id AND f.file_id = a.file_id
    WHERE f.stream = 'unified_audit' OR f.stream = 'cloud_app_events'
    UNION ALL
    SELECT
        row_id,
        s.pass_id,
        s.file_id,
        time,
        coalesce(said(upn), user_key) AS who,
        strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time_text,
        CASE error_code WHEN 0 THEN 'UserLoggedIn' ELSE 'UserLoginFailed' END AS operation,
        'AzureActiveDirectory' AS workload,
        [CASE error_code WHEN 0 THEN 'success' ELSE 'failure' END] AS status,
        CAST(error_code AS VARCHAR) AS error_code,
        json_text(rest, '$.request_type') AS request_type,
        user_key AS actor_id,
        upn AS actor_upn,
        coalesce(address(ip), ip) AS ip,
        user_agent,
        CAST(NULL AS VARCHAR) AS client_info,
        app_id,
        session_id,
        json_text(rest, '$.token_id') AS token_id,
        correlation_id,
        request_id AS record_id,
        json_text(rest, '$.tenant_id') AS tenant_id,
        CASE WHEN resource_id IS NOT NULL THEN [resource_id] END AS object,
        CAST(NULL AS VARCHAR) AS mailbox,
        CAST(NULL AS VARCHAR) AS parameters,
        CAST(NULL AS STRUCT(name VARCHAR, value VARCHAR)[]) AS parameter,
        CAST(NULL AS VARCHAR) AS properties,
        CAST(NULL AS VARCHAR) AS extended,
        CAST(NULL AS STRUCT(name VARCHAR, value VARCHAR)[]) AS extended_entry,
        CAST(NULL AS VARCHAR) AS modified,
        CAST(NULL AS VARCHAR) AS query,
        CAST(NULL AS VARCHAR[]) AS urls,
        CAST(NULL AS VARCHAR[]) AS subjects,
        concat_ws(chr(10), upn, user_key, app_id, resource_id, ip, user_agent, device_id, CAST(error_code AS VARCHAR),
                  correlation_id, session_id, rest) AS words
    FROM kept_sign_in AS s
    JOIN pass_form AS f ON f.pass_id = s.pass_id AND f.file_id = s.file_id
    WHERE f.stream = 'unified_audit'
) AS audited
