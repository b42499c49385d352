/*
title = "Log Analytics OfficeActivity"
table = "activity"
rank = 40
family = "m365"
keys = [["OfficeWorkload", "Operation"], ["OfficeId", "Operation"]]
accepts = "Log Analytics exports of OfficeActivity: CSV, JSON arrays and lines"
shows = "Inbox rules, forwarding, mail access, file downloads and Teams messages after a grant."
lacks = "No sign-ins. The token id and the session are missing in many records, so that ties rest on the user, the client and the time."
quirks = ["One record may stand for many accesses: records are counted, not accesses."]

[export]
query = "OfficeActivity | where TimeGenerated > ago(90d), without project; Export > CSV (all columns)."
api = "az monitor log-analytics query --workspace ID --analytics-query 'OfficeActivity | where TimeGenerated > ago(1d)' --output json > office.json"

[columns]
OfficeId = "VARCHAR"
SourceRecordId = "VARCHAR"
Start_Time = "VARCHAR"
TimeGenerated = "VARCHAR"
OrganizationId = "VARCHAR"
OfficeTenantId = "VARCHAR"
Operation = "VARCHAR"
OfficeWorkload = "VARCHAR"
ResultStatus = "VARCHAR"
UserId = "VARCHAR"
UserKey = "VARCHAR"
UserAgent = "VARCHAR"
ClientIP = "VARCHAR"
Client_IPAddress = "VARCHAR"
ClientInfoString = "VARCHAR"
AppId = "VARCHAR"
ClientAppId = "VARCHAR"
SessionId = "VARCHAR"
AppAccessContext = "VARCHAR"
OfficeObjectId = "VARCHAR"
MailboxOwnerUPN = "VARCHAR"
Parameters = "VARCHAR"
OperationProperties = "VARCHAR"
ExtendedProperties = "VARCHAR"
ModifiedProperties = "VARCHAR"
OperationCount = "VARCHAR"
Item = "VARCHAR"
AffectedItems = "VARCHAR"
QueryText = "VARCHAR"
SearchQueryText = "VARCHAR"
MessageURLs = "VARCHAR"
InterSystemsId = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(nullif(Start_Time, ''), TimeGenerated) AS time,
    coalesce(said(OrganizationId), said(OfficeTenantId)) AS tenant_id,
    Operation AS operation,
    OfficeWorkload AS workload,
    ResultStatus AS result,
    CAST(NULL AS VARCHAR) AS actor_id,
    UserId AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(nullif(Client_IPAddress, ''), ClientIP) AS ip,
    coalesce(said(UserAgent), ClientInfoString) AS user_agent,
    coalesce(said(ClientAppId), AppId) AS app_id,
    coalesce(json_text(AppAccessContext, '$.AADSessionId'), SessionId) AS session_id,
    json_text(AppAccessContext, '$.UniqueTokenId') AS token_id,
    coalesce(json_text(AppAccessContext, '$.CorrelationId'), InterSystemsId) AS correlation_id,
    coalesce(said(SourceRecordId), OfficeId) AS record_id,
    OfficeObjectId AS target_id,
    CAST(NULL AS VARCHAR) AS target_type,
    OfficeObjectId AS target_name,
    MailboxOwnerUPN AS target_upn,
    '{"parameters":' || json_part(Parameters) || ',"properties":' || json_part(OperationProperties)
        || ',"extended":' || json_part(ExtendedProperties) || ',"modified":' || json_part(ModifiedProperties)
        || ',"count":' || json_part(OperationCount) || ',"client_info":' || json_part(CAST(to_json(ClientInfoString) AS VARCHAR))
        || told_of_things(Item, AffectedItems, coalesce(QueryText, SearchQueryText), MessageURLs) || '}' AS detail
FROM raw
