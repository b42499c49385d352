/*
title = "Unified Audit Log: Entra logons"
table = "sign_in"
rank = 50
family = "ual"
keys = [["CreationTime", "Operation", "UserId"], ["CreationTime", "Operation", "RecordType"], ["CreationTime", "Operation", "Workload"]]
flat = [["CreationTime", "Operation", "ExtendedProperties{}.Name"], ["CreationTime", "Operation", "Actor{}.ID"]]
where = "Operation IN ('UserLoggedIn', 'UserLoginFailed')"
accepts = "Unified Audit Log: Management Activity API JSON, Search-UnifiedAuditLog CSV or JSON (AuditData)"
shows = "Interactive logons, with the request type Cmsi:Cmsi on the confirmation page that device code always shows; the session and the request id join them to Entra's own logs."
lacks = "No authentication protocol, no redemption, no token use, no network number, no policies: a grant is seen with a lower certainty, and what came after only by other activities. Phone apps, enrolment and redirects show the same page."
quirks = [
    "Success is not ResultStatus: a UserLoginFailed carries Success there. ErrorNumber decides.",
    "Times carry no zone and are UTC. An address may carry its port.",
    "Search-UnifiedAuditLog returns the same record several times; copies are counted and left out.",
]

[export]
portal = "Microsoft Purview > Audit > Search for the activities UserLoggedIn and UserLoginFailed (or all), then Export."
powershell = "Search-UnifiedAuditLog -StartDate 2026-11-01 -EndDate 2026-11-02 -SessionCommand ReturnLargeSet -ResultSize 5000, again and again with one -SessionId until it returns nothing; | Export-Csv or ConvertTo-Json -Depth 10."
api = "Office 365 Management Activity API, content type Audit.AzureActiveDirectory (the last seven days only)."

[columns]
Id = "VARCHAR"
RecordType = "VARCHAR"
CreationTime = "VARCHAR"
Operation = "VARCHAR"
OrganizationId = "VARCHAR"
UserKey = "VARCHAR"
Workload = "VARCHAR"
ResultStatus = "VARCHAR"
ObjectId = "VARCHAR"
UserId = "VARCHAR"
ClientIP = "VARCHAR"
ClientIPAddress = "VARCHAR"
ActorIpAddress = "VARCHAR"
ApplicationId = "VARCHAR"
ErrorNumber = "VARCHAR"
ErrorCode = "VARCHAR"
LogonError = "VARCHAR"
InterSystemsId = "VARCHAR"
IntraSystemId = "VARCHAR"
TargetContextId = "VARCHAR"
Actor = "STRUCT(ID VARCHAR, Type VARCHAR)[]"
Target = "STRUCT(ID VARCHAR, Type VARCHAR)[]"
DeviceProperties = "STRUCT(Name VARCHAR, Value VARCHAR)[]"
ExtendedProperties = "STRUCT(Name VARCHAR, Value VARCHAR)[]"
AppAccessContext = "STRUCT(AADSessionId VARCHAR, ClientAppId VARCHAR, CorrelationId VARCHAR, UniqueTokenId VARCHAR)"

*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    CreationTime AS time,
    coalesce(said(OrganizationId), TargetContextId) AS tenant_id,
    coalesce(actor_id(Actor, '0'), CASE WHEN length(UserKey) = 36 THEN UserKey END) AS user_id,
    UserId AS upn,
    CAST(NULL AS VARCHAR) AS user_type,
    CAST(NULL AS VARCHAR) AS home_tenant_id,
    ApplicationId AS app_id,
    CAST(NULL AS VARCHAR) AS app_name,
    coalesce(CASE WHEN length(ObjectId) = 36 THEN ObjectId END, actor_id(Target, '0')) AS resource_id,
    CAST(NULL AS VARCHAR) AS resource_name,
    coalesce(nullif(ClientIP, ''), ActorIpAddress) AS ip,
    CAST(NULL AS VARCHAR) AS asn,
    CAST(NULL AS VARCHAR) AS country,
    CAST(NULL AS VARCHAR) AS city,
    named_value(ExtendedProperties, 'UserAgent') AS user_agent,
    CAST(NULL AS VARCHAR) AS client_app,
    named_value(DeviceProperties, 'Id') AS device_id,
    named_value(DeviceProperties, 'DisplayName') AS device_name,
    named_value(DeviceProperties, 'OS') AS device_os,
    named_value(DeviceProperties, 'BrowserType') AS device_browser,
    named_value(DeviceProperties, 'IsCompliantAndManaged') AS device_managed,
    named_value(DeviceProperties, 'IsCompliant') AS device_compliant,
    coalesce(named_value(DeviceProperties, 'TrustType'), named_value(DeviceProperties, 'DeviceTrustType')) AS device_trust,
    'true' AS interactive,
    CAST(NULL AS VARCHAR) AS protocol,
    CAST(NULL AS VARCHAR) AS transfer,
    CAST(NULL AS VARCHAR) AS incoming,
    coalesce(nullif(ErrorNumber, ''), nullif(ErrorCode, ''), CASE WHEN Operation = 'UserLoggedIn' THEN '0' END) AS error_code,
    coalesce(nullif(LogonError, ''), named_value(ExtendedProperties, 'ResultStatusDetail')) AS status_detail,
    named_value(ExtendedProperties, 'RequestType') AS request_type,
    coalesce(said(IntraSystemId), Id) AS request_id,
    InterSystemsId AS correlation_id,
    coalesce(named_value(DeviceProperties, 'SessionId'), AppAccessContext.AADSessionId) AS session_id,
    AppAccessContext.UniqueTokenId AS token_id,
    CAST(NULL AS VARCHAR) AS auth_requirement,
    CAST(NULL AS VARCHAR) AS cross_tenant,
    CAST(NULL AS VARCHAR) AS risk_level,
    CAST(NULL AS VARCHAR) AS risk_state,
    CAST(NULL AS VARCHAR) AS latitude,
    CAST(NULL AS VARCHAR) AS longitude,
    CAST(NULL AS VARCHAR) AS named_networks,
    CAST(NULL AS VARCHAR) AS original_request_id,
    CAST(NULL AS VARCHAR) AS ca_status,
    CAST(NULL AS VARCHAR) AS token_binding,
    CAST(NULL AS VARCHAR) AS auth_details,
    CAST(NULL AS VARCHAR) AS processing,
    CAST(NULL AS VARCHAR) AS policies
FROM raw
