/*
title = "Log Analytics MicrosoftGraphActivityLogs"
table = "activity"
rank = 30
family = "graph_activity"
stream = "graph_activity"
keys = [["RequestUri", "RequestMethod"], ["RequestUri", "ResponseStatusCode"], ["RequestUri", "SignInActivityId"]]
accepts = "Log Analytics exports of MicrosoftGraphActivityLogs: CSV, JSON arrays and lines"
shows = "Every call to Microsoft Graph with its method, address, user, client, session and token id: what a token was used for, read access included, which no other log has."
lacks = "Calls to other services (Exchange and SharePoint directly, Azure Resource Manager). What was answered is not logged, only the status and the size."
quirks = [
    "The operation is the method and the shape of the path: `GET /users/{id}/messages`. Ids, addresses, arguments and the version are taken out of it; target_name keeps the whole address.",
    "SignInActivityId is the unique token identifier of the sign-in (case counts). A call may use a token of a later refresh, which is another sign-in.",
    "Calls by an application without a user are counted and set aside: most of a tenant's calls, as a rule.",
    "Scopes, roles and wids (role template ids) are lists as text, apart by blanks.",
    "GraphApiAuditEvents of Defender XDR is read as the same; it has no session and no user agent. Azure AD Graph logs with the same columns are told by the host."
]

[export]
query = "`MicrosoftGraphActivityLogs | where TimeGenerated > ago(7d) | where isnotempty(UserId)` in Log Analytics, then Export, CSV with all columns. The portal shows 30,000 rows at most: narrow by user, or export through the API."
api = "az monitor log-analytics query --workspace <id> --analytics-query \"MicrosoftGraphActivityLogs | where UserId == '<object id>'\" --timespan P30D --output json > calls.json"

[columns]
TimeGenerated = "VARCHAR"
Timestamp = "VARCHAR"
AadTenantId = "VARCHAR"
RequestId = "VARCHAR"
OperationId = "VARCHAR"
RequestUri = "VARCHAR"
RequestMethod = "VARCHAR"
ResponseStatusCode = "VARCHAR"
ApiVersion = "VARCHAR"
AppId = "VARCHAR"
ApplicationId = "VARCHAR"
UserId = "VARCHAR"
AccountObjectId = "VARCHAR"
EntityType = "VARCHAR"
ServicePrincipalId = "VARCHAR"
ClientAuthMethod = "VARCHAR"
Scopes = "VARCHAR"
Roles = "VARCHAR"
Wids = "VARCHAR"
IPAddress = "VARCHAR"
CallerIpAddress = "VARCHAR"
UserAgent = "VARCHAR"
SessionId = "VARCHAR"
SignInActivityId = "VARCHAR"
UniqueTokenId = "VARCHAR"
UniqueTokenIdentifier = "VARCHAR"
DeviceId = "VARCHAR"
TokenIssuedAt = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN said(UserId) IS NULL AND (said(AccountObjectId) IS NULL OR lower(EntityType) <> 'user')
            THEN 'call to Microsoft Graph by an application without a user'
    END AS set_aside,
    coalesce(nullif(TimeGenerated, ''), Timestamp) AS time,
    AadTenantId AS tenant_id,
    request_shape(RequestMethod, RequestUri) AS operation,
    CASE WHEN RequestUri LIKE 'https://graph.windows.net/%' THEN 'Azure AD Graph' ELSE 'Microsoft Graph' END AS workload,
    ResponseStatusCode AS result,
    coalesce(said(UserId), AccountObjectId) AS actor_id,
    CAST(NULL AS VARCHAR) AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(nullif(IPAddress, ''), CallerIpAddress) AS ip,
    UserAgent AS user_agent,
    coalesce(said(AppId), ApplicationId) AS app_id,
    SessionId AS session_id,
    -- Some logs of this kind fill the identifier up to whole Base64.
    rtrim(coalesce(said(SignInActivityId), said(UniqueTokenId), said(UniqueTokenIdentifier)), '=') AS token_id,
    OperationId AS correlation_id,
    RequestId AS record_id,
    CAST(NULL AS VARCHAR) AS target_id,
    'Request' AS target_type,
    RequestUri AS target_name,
    CAST(NULL AS VARCHAR) AS target_upn,
    '{"scopes":' || coalesce(CAST(to_json(said(Scopes)) AS VARCHAR), 'null') || ',"roles":' || coalesce(CAST(to_json(said(Roles)) AS VARCHAR), 'null')
        || ',"wids":' || coalesce(CAST(to_json(said(Wids)) AS VARCHAR), 'null')
        || ',"client_auth":' || coalesce(CAST(to_json(said(ClientAuthMethod)) AS VARCHAR), 'null')
        || ',"api_version":' || coalesce(CAST(to_json(said(ApiVersion)) AS VARCHAR), 'null')
        || ',"device_id":' || coalesce(CAST(to_json(said(DeviceId)) AS VARCHAR), 'null')
        || ',"token_issued_at":' || coalesce(CAST(to_json(said(TokenIssuedAt)) AS VARCHAR), 'null') || '}' AS detail
FROM raw
