/*
title = "Log Analytics SigninLogs and AADNonInteractiveUserSignInLogs"
table = "sign_in"
rank = 30
family = "entra"
keys = [["ResultType", "AppId", "UserPrincipalName"], ["ResultType", "AppId", "UserId"], ["ResultType", "CreatedDateTime", "AppId"], ["CreatedDateTime", "AppId", "UserPrincipalName"], ["TimeGenerated", "AppId", "UserPrincipalName"], ["ResultType", "ServicePrincipalId", "AppId"]]
where = "coalesce(Type, '') NOT IN ('AuditLogs', 'OfficeActivity')"
accepts = "Log Analytics exports of SigninLogs and AADNonInteractiveUserSignInLogs: CSV, JSON arrays and lines"
shows = "The same as diagnostic settings: approvals, redemptions, token uses, networks, policies, sessions."
lacks = "Columns that a query projects away are gone; what the workspace no longer keeps is gone as well. Without AADNonInteractiveUserSignInLogs redemptions and token uses are invisible."
quirks = [
    "A union of both tables yields columns ending in _dynamic and _string: both are read.",
    "Exports from the portal write 4/28/2021, 2:08:45.221 PM and add [UTC] to names of columns.",
    "SessionId and OriginalTransferMethod exist in practice though old schema pages do not list them.",
    "PowerShell's Get-MgAuditLogSignIn spells fields the same way: what it exports is read here, with fewer columns.",
]

[export]
query = "union SigninLogs, AADNonInteractiveUserSignInLogs | where TimeGenerated > ago(90d), without project; Export > CSV (all columns). The portal stops at 30,000 rows: go day by day, or use the command below."
api = "az monitor log-analytics query --workspace ID --analytics-query 'SigninLogs | where TimeGenerated between (datetime(2026-11-01) .. datetime(2026-11-02))' --output json > 2026-11-01.json"

[columns]
Id = "VARCHAR"
CreatedDateTime = "VARCHAR"
TimeGenerated = "VARCHAR"
Type = "VARCHAR"
Category = "VARCHAR"
ResourceId = "VARCHAR"
AADTenantId = "VARCHAR"
ResourceTenantId = "VARCHAR"
HomeTenantId = "VARCHAR"
UserId = "VARCHAR"
UserPrincipalName = "VARCHAR"
UserType = "VARCHAR"
ServicePrincipalId = "VARCHAR"
AppId = "VARCHAR"
AppDisplayName = "VARCHAR"
ResourceIdentity = "VARCHAR"
ResourceDisplayName = "VARCHAR"
IPAddress = "VARCHAR"
AutonomousSystemNumber = "VARCHAR"
Location = "VARCHAR"
LocationDetails = "VARCHAR"
LocationDetails_dynamic = "VARCHAR"
LocationDetails_string = "VARCHAR"
UserAgent = "VARCHAR"
ClientAppUsed = "VARCHAR"
DeviceDetail = "VARCHAR"
DeviceDetail_dynamic = "VARCHAR"
DeviceDetail_string = "VARCHAR"
IsInteractive = "VARCHAR"
AuthenticationProtocol = "VARCHAR"
OriginalTransferMethod = "VARCHAR"
IncomingTokenType = "VARCHAR"
ResultType = "VARCHAR"
ResultDescription = "VARCHAR"
Status = "VARCHAR"
Status_dynamic = "VARCHAR"
Status_string = "VARCHAR"
CorrelationId = "VARCHAR"
SessionId = "VARCHAR"
UniqueTokenIdentifier = "VARCHAR"
ConditionalAccessStatus = "VARCHAR"
ConditionalAccessPolicies = "VARCHAR"
ConditionalAccessPolicies_dynamic = "VARCHAR"
ConditionalAccessPolicies_string = "VARCHAR"
AuthenticationDetails = "VARCHAR"
AuthenticationProcessingDetails = "VARCHAR"
TokenProtectionStatusDetails = "VARCHAR"
AuthenticationRequirement = "VARCHAR"
CrossTenantAccessType = "VARCHAR"
RiskLevelDuringSignIn = "VARCHAR"
RiskState = "VARCHAR"
NetworkLocationDetails = "VARCHAR"
OriginalRequestId = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN Category IN ('ServicePrincipalSignInLogs', 'MicrosoftServicePrincipalSignInLogs')
             OR Type = 'AADServicePrincipalSignInLogs' THEN 'service principal sign-in'
        WHEN Category = 'ManagedIdentitySignInLogs' OR Type = 'AADManagedIdentitySignInLogs' THEN 'managed identity sign-in'
        WHEN Category = 'ADFSSignInLogs' OR Type = 'ADFSSignInLogs' THEN 'other sign-in service (ADFSSignInLogs)'
        WHEN said(UserId) IS NULL AND said(UserPrincipalName) IS NULL AND said(ServicePrincipalId) IS NOT NULL
            THEN 'service principal sign-in'
    END AS set_aside,
    coalesce(nullif(CreatedDateTime, ''), TimeGenerated) AS time,
    coalesce(said(ResourceTenantId), said(AADTenantId), tenant_in(ResourceId), said(HomeTenantId)) AS tenant_id,
    UserId AS user_id,
    UserPrincipalName AS upn,
    UserType AS user_type,
    HomeTenantId AS home_tenant_id,
    AppId AS app_id,
    AppDisplayName AS app_name,
    ResourceIdentity AS resource_id,
    ResourceDisplayName AS resource_name,
    IPAddress AS ip,
    AutonomousSystemNumber AS asn,
    coalesce(json_text(place, '$.countryOrRegion'), Location) AS country,
    json_text(place, '$.city') AS city,
    UserAgent AS user_agent,
    ClientAppUsed AS client_app,
    json_text(device, '$.deviceId') AS device_id,
    json_text(device, '$.displayName') AS device_name,
    json_text(device, '$.operatingSystem') AS device_os,
    json_text(device, '$.browser') AS device_browser,
    json_text(device, '$.isManaged') AS device_managed,
    json_text(device, '$.isCompliant') AS device_compliant,
    json_text(device, '$.trustType') AS device_trust,
    coalesce(nullif(IsInteractive, ''),
             CASE WHEN Category = 'NonInteractiveUserSignInLogs' OR Type = 'AADNonInteractiveUserSignInLogs' THEN 'false'
                  WHEN Category = 'SignInLogs' OR Type = 'SigninLogs' THEN 'true' END) AS interactive,
    AuthenticationProtocol AS protocol,
    OriginalTransferMethod AS transfer,
    IncomingTokenType AS incoming,
    coalesce(nullif(ResultType, ''), json_text(outcome, '$.errorCode')) AS error_code,
    coalesce(nullif(json_text(outcome, '$.additionalDetails'), ''), json_text(outcome, '$.failureReason'), ResultDescription)
        AS status_detail,
    CAST(NULL AS VARCHAR) AS request_type,
    Id AS request_id,
    CorrelationId AS correlation_id,
    SessionId AS session_id,
    UniqueTokenIdentifier AS token_id,
    AuthenticationRequirement AS auth_requirement,
    CrossTenantAccessType AS cross_tenant,
    RiskLevelDuringSignIn AS risk_level,
    RiskState AS risk_state,
    json_text(place, '$.geoCoordinates.latitude') AS latitude,
    json_text(place, '$.geoCoordinates.longitude') AS longitude,
    NetworkLocationDetails AS named_networks,
    OriginalRequestId AS original_request_id,
    ConditionalAccessStatus AS ca_status,
    json_text(TokenProtectionStatusDetails, '$.signInSessionStatus') AS token_binding,
    AuthenticationDetails AS auth_details,
    AuthenticationProcessingDetails AS processing,
    coalesce(nullif(ConditionalAccessPolicies, ''), nullif(ConditionalAccessPolicies_dynamic, ''), ConditionalAccessPolicies_string)
        AS policies
FROM (
    SELECT
        *,
        coalesce(nullif(LocationDetails, ''), nullif(LocationDetails_dynamic, ''), LocationDetails_string) AS place,
        coalesce(nullif(DeviceDetail, ''), nullif(DeviceDetail_dynamic, ''), DeviceDetail_string) AS device,
        coalesce(nullif(Status, ''), nullif(Status_dynamic, ''), Status_string) AS outcome
    FROM raw
) AS raw
