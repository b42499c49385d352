/*
title = "Microsoft Graph signIn (beta and v1.0)"
table = "sign_in"
rank = 10
family = "entra"
keys = [["createdDateTime", "appId"], ["createdDateTime", "userPrincipalName"], ["createdDateTime", "userId"], ["isInteractive", "appId", "status"]]
flat = [["createdDateTime", "appId", "status.errorCode"]]
accepts = "Graph auditLogs/signIns: {\"value\":[…]} pages, arrays, JSON lines"
shows = "In beta: approvals, redemptions and every later token use, with client, resource, both addresses, networks, policies and session. Interactive and non-interactive sign-ins alike, where both were asked for."
lacks = "v1.0 leaves out the authentication protocol, the transfer method, the session, the token id and the network number, and only has interactive sign-ins: grants are then seen by their codes and correlation at the most. Failed and blocked attempts carry no protocol in any version."
quirks = [
    "Without a filter on signInEventTypes the answer holds interactive sign-ins only.",
    "Real v1.0 answers carry some fields that are documented for beta only, so no single field tells the version.",
    "Duplicate keys and keys such as X@odata.type occur; the first value of a key counts.",
]

[export]
graph = "GET /beta/auditLogs/signIns?$filter=signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser') and createdDateTime ge 2026-11-01T00:00:00Z, with the header Prefer: include-unknown-enum-members; follow @odata.nextLink and keep every page as it came. Needs AuditLog.Read.All and Directory.Read.All."
powershell = "Invoke-MgGraphRequest -Method GET -Uri with the address above and -OutputFilePath page1.json, page by page. Cmdlets that return objects change the spelling of the fields."

[columns]
id = "VARCHAR"
createdDateTime = "VARCHAR"
userId = "VARCHAR"
userPrincipalName = "VARCHAR"
userType = "VARCHAR"
homeTenantId = "VARCHAR"
resourceTenantId = "VARCHAR"
appId = "VARCHAR"
appDisplayName = "VARCHAR"
resourceId = "VARCHAR"
resourceDisplayName = "VARCHAR"
servicePrincipalId = "VARCHAR"
ipAddress = "VARCHAR"
autonomousSystemNumber = "VARCHAR"
location = "STRUCT(city VARCHAR, countryOrRegion VARCHAR, geoCoordinates STRUCT(latitude VARCHAR, longitude VARCHAR))"
userAgent = "VARCHAR"
clientAppUsed = "VARCHAR"
deviceDetail = "STRUCT(deviceId VARCHAR, displayName VARCHAR, operatingSystem VARCHAR, browser VARCHAR, isCompliant VARCHAR, isManaged VARCHAR, trustType VARCHAR)"
isInteractive = "VARCHAR"
signInEventTypes = "VARCHAR[]"
authenticationProtocol = "VARCHAR"
originalTransferMethod = "VARCHAR"
incomingTokenType = "VARCHAR"
status = "STRUCT(errorCode VARCHAR, failureReason VARCHAR, additionalDetails VARCHAR)"
correlationId = "VARCHAR"
sessionId = "VARCHAR"
uniqueTokenIdentifier = "VARCHAR"
conditionalAccessStatus = "VARCHAR"
appliedConditionalAccessPolicies = "VARCHAR"
authenticationDetails = "VARCHAR"
authenticationProcessingDetails = "VARCHAR"
tokenProtectionStatusDetails = "STRUCT(signInSessionStatus VARCHAR)"
authenticationRequirement = "VARCHAR"
crossTenantAccessType = "VARCHAR"
riskLevelDuringSignIn = "VARCHAR"
riskState = "VARCHAR"
networkLocationDetails = "VARCHAR"
originalRequestId = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN signInEventTypes[1] = 'servicePrincipal' THEN 'service principal sign-in'
        WHEN signInEventTypes[1] = 'managedIdentity' THEN 'managed identity sign-in'
        WHEN coalesce(userId, '') = '' AND coalesce(userPrincipalName, '') = '' AND said(servicePrincipalId) IS NOT NULL
            THEN 'service principal sign-in'
    END AS set_aside,
    createdDateTime AS time,
    coalesce(said(resourceTenantId), homeTenantId) AS tenant_id,
    userId AS user_id,
    userPrincipalName AS upn,
    userType AS user_type,
    homeTenantId AS home_tenant_id,
    appId AS app_id,
    appDisplayName AS app_name,
    resourceId AS resource_id,
    resourceDisplayName AS resource_name,
    ipAddress AS ip,
    autonomousSystemNumber AS asn,
    location.countryOrRegion AS country,
    location.city AS city,
    userAgent AS user_agent,
    clientAppUsed AS client_app,
    deviceDetail.deviceId AS device_id,
    deviceDetail.displayName AS device_name,
    deviceDetail.operatingSystem AS device_os,
    deviceDetail.browser AS device_browser,
    deviceDetail.isManaged AS device_managed,
    deviceDetail.isCompliant AS device_compliant,
    deviceDetail.trustType AS device_trust,
    coalesce(isInteractive, CASE signInEventTypes[1] WHEN 'interactiveUser' THEN 'true' WHEN 'nonInteractiveUser' THEN 'false' END)
        AS interactive,
    authenticationProtocol AS protocol,
    originalTransferMethod AS transfer,
    incomingTokenType AS incoming,
    status.errorCode AS error_code,
    coalesce(nullif(status.additionalDetails, ''), status.failureReason) AS status_detail,
    CAST(NULL AS VARCHAR) AS request_type,
    id AS request_id,
    correlationId AS correlation_id,
    sessionId AS session_id,
    uniqueTokenIdentifier AS token_id,
    authenticationRequirement AS auth_requirement,
    crossTenantAccessType AS cross_tenant,
    riskLevelDuringSignIn AS risk_level,
    riskState AS risk_state,
    location.geoCoordinates.latitude AS latitude,
    location.geoCoordinates.longitude AS longitude,
    networkLocationDetails AS named_networks,
    originalRequestId AS original_request_id,
    conditionalAccessStatus AS ca_status,
    tokenProtectionStatusDetails.signInSessionStatus AS token_binding,
    authenticationDetails AS auth_details,
    authenticationProcessingDetails AS processing,
    appliedConditionalAccessPolicies AS policies
FROM raw
