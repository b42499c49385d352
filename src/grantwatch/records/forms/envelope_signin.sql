/*
title = "Diagnostic settings: sign-in logs"
table = "sign_in"
rank = 20
family = "entra"
keys = [["category", "properties.createdDateTime"], ["category", "properties.appId"]]
flat = [["category", "properties.createdDateTime"], ["category", "properties.appId"]]
where = "category LIKE '%SignInLogs'"
accepts = "diagnostic settings (Storage, Event Hub): one envelope a line, arrays, {\"records\":[…]}"
shows = "All that the tenant logs of sign-ins, interactive and not, as Graph beta has it; the surest source for a live or long record."
lacks = "Only what was logged since the setting was made: there is no way to export the past. A setting without the category NonInteractiveUserSignInLogs hides redemptions and token uses."
quirks = [
    "The time of the envelope is that of its delivery, minutes late: createdDateTime within counts.",
    "resultType and Level are numbers or texts; conditions of policies are numbers with a bit per condition.",
]

[export]
portal = "Entra admin center > Monitoring & health > Diagnostic settings > Add: tick SignInLogs, NonInteractiveUserSignInLogs and AuditLogs, and send them to a storage account or an event hub."
storage = "az storage blob download-batch --source insights-logs-noninteractiveusersigninlogs --destination logs (and the same for insights-logs-signinlogs and insights-logs-auditlogs); the folders y=/m=/d=/h=/m= may stay as they are."

[columns]
time = "VARCHAR"
category = "VARCHAR"
resourceId = "VARCHAR"
tenantId = "VARCHAR"
resultType = "VARCHAR"
callerIpAddress = "VARCHAR"
correlationId = "VARCHAR"
location = "VARCHAR"
properties = "STRUCT(@graph_signin)"

*/
SELECT
    file_id,
    claimed,
    CASE category
        WHEN 'SignInLogs' THEN NULL
        WHEN 'NonInteractiveUserSignInLogs' THEN NULL
        WHEN 'ServicePrincipalSignInLogs' THEN 'service principal sign-in'
        WHEN 'MicrosoftServicePrincipalSignInLogs' THEN 'service principal sign-in'
        WHEN 'ManagedIdentitySignInLogs' THEN 'managed identity sign-in'
        ELSE 'other sign-in service (' || category || ')'
    END AS set_aside,
    coalesce(properties.createdDateTime, time) AS time,
    coalesce(said(properties.resourceTenantId), tenantId, tenant_in(resourceId), properties.homeTenantId) AS tenant_id,
    properties.userId AS user_id,
    properties.userPrincipalName AS upn,
    properties.userType AS user_type,
    properties.homeTenantId AS home_tenant_id,
    properties.appId AS app_id,
    properties.appDisplayName AS app_name,
    properties.resourceId AS resource_id,
    properties.resourceDisplayName AS resource_name,
    coalesce(nullif(properties.ipAddress, ''), callerIpAddress) AS ip,
    properties.autonomousSystemNumber AS asn,
    coalesce(properties.location.countryOrRegion, location) AS country,
    properties.location.city AS city,
    properties.userAgent AS user_agent,
    properties.clientAppUsed AS client_app,
    properties.deviceDetail.deviceId AS device_id,
    properties.deviceDetail.displayName AS device_name,
    properties.deviceDetail.operatingSystem AS device_os,
    properties.deviceDetail.browser AS device_browser,
    properties.deviceDetail.isManaged AS device_managed,
    properties.deviceDetail.isCompliant AS device_compliant,
    properties.deviceDetail.trustType AS device_trust,
    coalesce(properties.isInteractive,
             CASE category WHEN 'SignInLogs' THEN 'true' WHEN 'NonInteractiveUserSignInLogs' THEN 'false' END) AS interactive,
    properties.authenticationProtocol AS protocol,
    properties.originalTransferMethod AS transfer,
    properties.incomingTokenType AS incoming,
    coalesce(properties.status.errorCode, resultType) AS error_code,
    coalesce(nullif(properties.status.additionalDetails, ''), properties.status.failureReason) AS status_detail,
    CAST(NULL AS VARCHAR) AS request_type,
    properties.id AS request_id,
    coalesce(properties.correlationId, correlationId) AS correlation_id,
    properties.sessionId AS session_id,
    properties.uniqueTokenIdentifier AS token_id,
    properties.authenticationRequirement AS auth_requirement,
    properties.crossTenantAccessType AS cross_tenant,
    properties.riskLevelDuringSignIn AS risk_level,
    properties.riskState AS risk_state,
    properties.location.geoCoordinates.latitude AS latitude,
    properties.location.geoCoordinates.longitude AS longitude,
    properties.networkLocationDetails AS named_networks,
    properties.originalRequestId AS original_request_id,
    properties.conditionalAccessStatus AS ca_status,
    properties.tokenProtectionStatusDetails.signInSessionStatus AS token_binding,
    properties.authenticationDetails AS auth_details,
    properties.authenticationProcessingDetails AS processing,
    properties.appliedConditionalAccessPolicies AS policies
FROM raw
