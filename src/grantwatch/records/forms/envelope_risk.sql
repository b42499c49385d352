/*
title = "Diagnostic settings: risk detections and risky users"
table = "activity"
rank = 20
family = "risk"
stream = "risk"
keys = [["category", "properties.riskEventType"], ["category", "properties.riskLastUpdatedDateTime"]]
where = "CASE category WHEN 'UserRiskEvents' THEN true WHEN 'RiskyUsers' THEN true ELSE false END"
accepts = "diagnostic settings (Storage, Event Hub): one envelope a line, arrays, {\"records\":[…]}"
shows = "What Identity Protection thought of a user and of a sign-in, as it changed: each state is a record."
lacks = "Without Entra ID P2 the type of a detection is hidden or reads `generic`. Risk of service principals is counted and set aside."
quirks = [
    "The operation is `Risk detection: unfamiliarFeatures` and the like for a detection, `Risky user: atRisk` for a user's state. The time is that of the risky activity, not of its detection, which may come hours later and stands in the detail.",
    "A detection is written anew whenever its state changes, under the same id: each state is kept.",
    "The envelope's time may be written as 7/18/2026 2:03:03 PM; the times in its properties are used. Its correlationId is the detection's own id.",
    "RequestId and CorrelationId of a detection are those of the sign-in that it rates. Both are empty where it rates none.",
    "Identity Protection has no detection of its own for device code."
]

[export]
storage = "Entra admin center, Monitoring, Diagnostic settings: categories UserRiskEvents and RiskyUsers, to a Storage account; then download the containers insights-logs-userriskevents and insights-logs-riskyusers."
collector = "The same setting to an Event Hub, and whatever reads it into files."

[columns]
time = "VARCHAR"
category = "VARCHAR"
resourceId = "VARCHAR"
tenantId = "VARCHAR"
callerIpAddress = "VARCHAR"
properties = "STRUCT(@graph_risk)"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN said(properties.userId) IS NULL AND said(properties.userPrincipalName) IS NULL AND said(properties.servicePrincipalId) IS NOT NULL
            THEN 'risk of a service principal'
        WHEN said(properties.userPrincipalName) IS NULL AND said(properties.appId) IS NOT NULL
            THEN 'risk of a service principal'
    END AS set_aside,
    coalesce(said(properties.activityDateTime), said(properties.detectedDateTime), said(properties.riskLastUpdatedDateTime), time) AS time,
    coalesce(tenantId, tenant_in(resourceId)) AS tenant_id,
    CASE
        WHEN properties.riskEventType IS NOT NULL THEN 'Risk detection: ' || properties.riskEventType
        ELSE 'Risky user' || coalesce(': ' || said(properties.riskState), '')
    END AS operation,
    'Identity Protection' AS workload,
    properties.riskState AS result,
    CAST(NULL AS VARCHAR) AS actor_id,
    CAST(NULL AS VARCHAR) AS actor_upn,
    properties.source AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(said(properties.ipAddress), callerIpAddress) AS ip,
    risk_info(properties.additionalInfo, 'userAgent') AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    -- Of a risky user this is the log's own id.
    CASE WHEN properties.riskEventType IS NOT NULL THEN properties.correlationId END AS correlation_id,
    properties.id AS record_id,
    coalesce(said(properties.userId), CASE WHEN properties.riskEventType IS NULL THEN properties.id END) AS target_id,
    'User' AS target_type,
    properties.userDisplayName AS target_name,
    properties.userPrincipalName AS target_upn,
    '{"level":' || coalesce(CAST(to_json(said(properties.riskLevel)) AS VARCHAR), 'null')
        || ',"state":' || coalesce(CAST(to_json(said(properties.riskState)) AS VARCHAR), 'null')
        || ',"detail":' || coalesce(CAST(to_json(said(properties.riskDetail)) AS VARCHAR), 'null')
        || ',"timing":' || coalesce(CAST(to_json(said(properties.detectionTimingType)) AS VARCHAR), 'null')
        || ',"activity":' || coalesce(CAST(to_json(said(properties.activity)) AS VARCHAR), 'null')
        || ',"detected":' || coalesce(CAST(to_json(said(properties.detectedDateTime)) AS VARCHAR), 'null')
        || ',"updated":' || coalesce(CAST(to_json(coalesce(said(properties.lastUpdatedDateTime), said(properties.riskLastUpdatedDateTime))) AS VARCHAR), 'null')
        || ',"request_id":' || coalesce(CAST(to_json(said(properties.requestId)) AS VARCHAR), 'null')
        || ',"location":' || json_part(properties.location) || ',"info":' || json_part(properties.additionalInfo) || '}' AS detail
FROM raw
