/*
title = "Diagnostic settings: Microsoft Graph activity logs"
table = "activity"
rank = 20
family = "graph_activity"
stream = "graph_activity"
keys = [["category", "properties.requestUri"]]
where = "category = 'MicrosoftGraphActivityLogs'"
accepts = "diagnostic settings (Storage, Event Hub): one envelope a line, arrays, {\"records\":[…]}"
shows = "As the Log Analytics table of the same name: every call to Microsoft Graph with its user, client, session and token id."
lacks = "Calls to other services, and what was answered."
quirks = [
    "The largest of all categories: set it up for as long as an investigation needs, or keep it in a Storage account of its own.",
    "The envelope's correlationId is the request's own id and is not the sign-in's. Its level says Informational even where the call failed.",
    "Calls by an application without a user are counted and set aside; in them servicePrincipalId stands in place of userId."
]

[export]
storage = "Entra admin center, Monitoring, Diagnostic settings: category MicrosoftGraphActivityLogs, to a Storage account; then download the container insights-logs-microsoftgraphactivitylogs."
collector = "The same setting to an Event Hub, and whatever reads it into files."

[columns]
time = "VARCHAR"
category = "VARCHAR"
resourceId = "VARCHAR"
tenantId = "VARCHAR"
callerIpAddress = "VARCHAR"
properties = "STRUCT(timeGenerated VARCHAR, requestId VARCHAR, operationId VARCHAR, requestUri VARCHAR, requestMethod VARCHAR, responseStatusCode VARCHAR, apiVersion VARCHAR, appId VARCHAR, userId VARCHAR, servicePrincipalId VARCHAR, C_Idtyp VARCHAR, clientAuthMethod VARCHAR, scopes VARCHAR, roles VARCHAR, wids VARCHAR, ipAddress VARCHAR, userAgent VARCHAR, sessionId VARCHAR, C_Sid VARCHAR, signInActivityId VARCHAR, uniqueTokenId VARCHAR, deviceId VARCHAR, tokenIssuedAt VARCHAR)"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN said(properties.userId) IS NULL OR properties.C_Idtyp = 'app' THEN 'call to Microsoft Graph by an application without a user'
    END AS set_aside,
    coalesce(nullif(properties.timeGenerated, ''), time) AS time,
    coalesce(tenantId, tenant_in(resourceId)) AS tenant_id,
    request_shape(properties.requestMethod, properties.requestUri) AS operation,
    'Microsoft Graph' AS workload,
    properties.responseStatusCode AS result,
    properties.userId AS actor_id,
    CAST(NULL AS VARCHAR) AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(nullif(properties.ipAddress, ''), callerIpAddress) AS ip,
    properties.userAgent AS user_agent,
    properties.appId AS app_id,
    coalesce(said(properties.sessionId), properties.C_Sid) AS session_id,
    rtrim(coalesce(said(properties.signInActivityId), said(properties.uniqueTokenId)), '=') AS token_id,
    properties.operationId AS correlation_id,
    properties.requestId AS record_id,
    CAST(NULL AS VARCHAR) AS target_id,
    'Request' AS target_type,
    properties.requestUri AS target_name,
    CAST(NULL AS VARCHAR) AS target_upn,
    '{"scopes":' || coalesce(CAST(to_json(said(properties.scopes)) AS VARCHAR), 'null')
        || ',"roles":' || coalesce(CAST(to_json(said(properties.roles)) AS VARCHAR), 'null')
        || ',"wids":' || coalesce(CAST(to_json(said(properties.wids)) AS VARCHAR), 'null')
        || ',"client_auth":' || coalesce(CAST(to_json(said(properties.clientAuthMethod)) AS VARCHAR), 'null')
        || ',"api_version":' || coalesce(CAST(to_json(said(properties.apiVersion)) AS VARCHAR), 'null')
        || ',"device_id":' || coalesce(CAST(to_json(said(properties.deviceId)) AS VARCHAR), 'null')
        || ',"token_issued_at":' || coalesce(CAST(to_json(said(properties.tokenIssuedAt)) AS VARCHAR), 'null') || '}' AS detail
FROM raw
