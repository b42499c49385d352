/*
title = "Unified Audit Log: activities"
table = "activity"
rank = 50
family = "m365"
keys = [["CreationTime", "Operation", "UserId"], ["CreationTime", "Operation", "RecordType"], ["CreationTime", "Operation", "Workload"]]
flat = [["CreationTime", "Operation", "ExtendedProperties{}.Name"], ["CreationTime", "Operation", "Actor{}.ID"], ["CreationTime", "Operation", "AppAccessContext.ClientAppId"]]
where = "Operation NOT IN ('UserLoggedIn', 'UserLoginFailed')"
accepts = "Unified Audit Log: Management Activity API JSON, Search-UnifiedAuditLog CSV or JSON (AuditData)"
columns_of = "ual_logon"
shows = "What was done with a token: mail access, inbox rules, forwarding, files, Teams, consents, devices, security info; with session and token id where the record has an AppAccessContext."
lacks = "No sign-ins but interactive logons. Mail access needs a licence that logs MailItemsAccessed."
quirks = [
    "Names of Entra operations end with a full stop here: it is dropped.",
    "RecordType is a name or a number; OperationCount may be a text or a fraction.",
    "Of an amended consent only DelegatedPermissionGrant.Scope tells what changed.",
]

[export]
portal = "Microsoft Purview > Audit > Search, all activities of the users in question, then Export."
powershell = "Search-UnifiedAuditLog -StartDate 2026-11-01 -EndDate 2026-11-02 -UserIds user@contoso.example -SessionCommand ReturnLargeSet -ResultSize 5000, again and again with one -SessionId until it returns nothing."
api = "Office 365 Management Activity API, content types Audit.AzureActiveDirectory, Audit.Exchange, Audit.SharePoint and Audit.General (the last seven days only)."

[columns]
AppId = "VARCHAR"
ClientAppId = "VARCHAR"
SessionId = "VARCHAR"
UserAgent = "VARCHAR"
ClientInfoString = "VARCHAR"
MailboxOwnerUPN = "VARCHAR"
ModifiedProperties = "VARCHAR"
Parameters = "VARCHAR"
OperationProperties = "VARCHAR"
OperationCount = "VARCHAR"
Item = "VARCHAR"
AffectedItems = "VARCHAR"
QueryText = "VARCHAR"
SearchQueryText = "VARCHAR"
MessageURLs = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    CreationTime AS time,
    OrganizationId AS tenant_id,
    Operation AS operation,
    Workload AS workload,
    ResultStatus AS result,
    actor_id(Actor, '0') AS actor_id,
    CASE WHEN contains(UserId, '@') THEN UserId ELSE coalesce(actor_id(Actor, '5'), UserId) END AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(nullif(ClientIPAddress, ''), nullif(ClientIP, ''), ActorIpAddress) AS ip,
    coalesce(said(UserAgent), named_value(ExtendedProperties, 'UserAgent'),
             additional_value(named_value(ExtendedProperties, 'additionalDetails'), 'User-Agent'), ClientInfoString) AS user_agent,
    coalesce(said(ClientAppId), said(AppAccessContext.ClientAppId), said(AppId), ApplicationId) AS app_id,
    coalesce(AppAccessContext.AADSessionId, SessionId) AS session_id,
    AppAccessContext.UniqueTokenId AS token_id,
    coalesce(AppAccessContext.CorrelationId, InterSystemsId) AS correlation_id,
    Id AS record_id,
    coalesce(actor_id(Target, '2'), ObjectId) AS target_id,
    CAST(NULL AS VARCHAR) AS target_type,
    coalesce(actor_id(Target, '1'), ObjectId) AS target_name,
    coalesce(actor_id(Target, '5'), MailboxOwnerUPN) AS target_upn,
    '{"parameters":' || json_part(Parameters) || ',"properties":' || json_part(OperationProperties)
        || ',"extended":' || coalesce(CAST(to_json(ExtendedProperties) AS VARCHAR), 'null')
        || ',"modified":' || json_part(ModifiedProperties) || ',"count":' || json_part(OperationCount)
        || ',"client_info":' || coalesce(CAST(to_json(ClientInfoString) AS VARCHAR), 'null')
        || told_of_things(Item, AffectedItems, coalesce(QueryText, SearchQueryText), MessageURLs) || '}' AS detail
FROM raw
