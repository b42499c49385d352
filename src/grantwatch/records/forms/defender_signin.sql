/*
title = "Defender XDR EntraIdSignInEvents and AADSignInEventsBeta"
table = "sign_in"
# A copy without protocol fields is worth least. Among those this one has the session, the token and the endpoint.
rank = 5
family = "entra"
keys = [["Timestamp", "ErrorCode", "ApplicationId"], ["Timestamp", "ErrorCode", "AccountUpn"], ["Timestamp", "ErrorCode", "AccountObjectId"], ["Timestamp", "EndpointCall", "ApplicationId"], ["Timestamp", "LogonType", "ApplicationId", "AccountUpn"], ["TimeGenerated", "ErrorCode", "ApplicationId"]]
accepts = "Defender XDR EntraIdSignInEvents, CloudAppEvents, UrlClickEvents: CSV, JSON, {\"results\":[…]} pages"
shows = "Interactive and non-interactive sign-ins of users with client, resource, address, session, token id and the endpoint that was called: `Cmsi:Cmsi` is the confirmation page that device code always passes."
lacks = "`authenticationProtocol`, `originalTransferMethod`, `incomingTokenType` and the network number (ASN): the redemption and later token uses cannot be told from other sign-ins of the session, and an approval is only sighted, since apps on phones pass the same page."
quirks = [
    "Columns with numbers for words are read as the words: the risk level (0, 1, 10, 50, 100), the risk state (0 to 5), the Conditional Access status (0 applied, 1 failed, 2 not applied).",
    "LogonType is a list written as text, such as [\"nonInteractiveUser\"]. Rows of EntraIdSpnSignInEvents and AADSpnSignInEventsBeta are counted and set aside.",
    "The device id is EntraIdDeviceId, AadDeviceId in older exports; the endpoint is EndpointCall, Call in some published queries.",
    "Where another export has the same sign-in with its protocol fields, that copy counts.",
    "What ConditionalAccessPolicies holds is not documented; it is read as the list that Microsoft Graph has."
]

[export]
portal = "security.microsoft.com, Hunting, Advanced hunting: run `EntraIdSignInEvents | where Timestamp > ago(30d)`, then Export. One result holds 30,000 rows at most (documentation of 2025; later it may be more) and 30 days: take a day or a part of the users at a time. Needs Entra ID P2."
api = "POST https://graph.microsoft.com/v1.0/security/runHuntingQuery with {\"Query\": \"EntraIdSignInEvents | where Timestamp between (datetime(2026-11-01) .. datetime(2026-11-02))\"} and the permission ThreatHunting.Read.All; save the whole answer."

[columns]
Timestamp = "VARCHAR"
TimeGenerated = "VARCHAR"
Application = "VARCHAR"
ApplicationId = "VARCHAR"
LogonType = "VARCHAR"
EndpointCall = "VARCHAR"
Call = "VARCHAR"
ErrorCode = "VARCHAR"
CorrelationId = "VARCHAR"
SessionId = "VARCHAR"
RequestId = "VARCHAR"
ReportId = "VARCHAR"
UniqueTokenId = "VARCHAR"
AccountObjectId = "VARCHAR"
AccountUpn = "VARCHAR"
IsGuestUser = "VARCHAR"
ServicePrincipalId = "VARCHAR"
IsManagedIdentity = "VARCHAR"
ResourceDisplayName = "VARCHAR"
ResourceId = "VARCHAR"
ResourceTenantId = "VARCHAR"
DeviceName = "VARCHAR"
EntraIdDeviceId = "VARCHAR"
AadDeviceId = "VARCHAR"
OSPlatform = "VARCHAR"
Browser = "VARCHAR"
DeviceTrustType = "VARCHAR"
IsManaged = "VARCHAR"
IsCompliant = "VARCHAR"
AuthenticationProcessingDetails = "VARCHAR"
AuthenticationRequirement = "VARCHAR"
RiskLevelDuringSignIn = "VARCHAR"
RiskLevelAggregated = "VARCHAR"
RiskState = "VARCHAR"
UserAgent = "VARCHAR"
ClientAppUsed = "VARCHAR"
ConditionalAccessPolicies = "VARCHAR"
ConditionalAccessStatus = "VARCHAR"
IPAddress = "VARCHAR"
Country = "VARCHAR"
City = "VARCHAR"
Latitude = "VARCHAR"
Longitude = "VARCHAR"
NetworkLocationDetails = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN truth(IsManagedIdentity) OR lower(LogonType) LIKE '%managedidentity%' THEN 'managed identity sign-in'
        WHEN lower(LogonType) LIKE '%serviceprincipal%' THEN 'service principal sign-in'
        WHEN said(AccountObjectId) IS NULL AND said(AccountUpn) IS NULL AND said(ServicePrincipalId) IS NOT NULL
            THEN 'service principal sign-in'
    END AS set_aside,
    coalesce(nullif(Timestamp, ''), TimeGenerated) AS time,
    said(ResourceTenantId) AS tenant_id,
    AccountObjectId AS user_id,
    AccountUpn AS upn,
    CASE truth(IsGuestUser) WHEN true THEN 'guest' WHEN false THEN 'member' END AS user_type,
    CAST(NULL AS VARCHAR) AS home_tenant_id,
    ApplicationId AS app_id,
    Application AS app_name,
    ResourceId AS resource_id,
    ResourceDisplayName AS resource_name,
    IPAddress AS ip,
    CAST(NULL AS VARCHAR) AS asn,
    Country AS country,
    City AS city,
    UserAgent AS user_agent,
    ClientAppUsed AS client_app,
    coalesce(said(EntraIdDeviceId), AadDeviceId) AS device_id,
    DeviceName AS device_name,
    OSPlatform AS device_os,
    Browser AS device_browser,
    IsManaged AS device_managed,
    IsCompliant AS device_compliant,
    CASE lower(DeviceTrustType)
        WHEN 'workplace' THEN 'Azure AD registered'
        WHEN 'azuread' THEN 'Azure AD joined'
        WHEN 'serverad' THEN 'Hybrid Azure AD joined'
        ELSE DeviceTrustType
    END AS device_trust,
    CASE WHEN lower(LogonType) LIKE '%noninteractive%' THEN 'false' WHEN lower(LogonType) LIKE '%interactive%' THEN 'true' END
        AS interactive,
    CAST(NULL AS VARCHAR) AS protocol,
    CAST(NULL AS VARCHAR) AS transfer,
    CAST(NULL AS VARCHAR) AS incoming,
    ErrorCode AS error_code,
    CAST(NULL AS VARCHAR) AS status_detail,
    coalesce(said(EndpointCall), said(Call)) AS request_type,
    coalesce(said(RequestId), ReportId) AS request_id,
    CorrelationId AS correlation_id,
    SessionId AS session_id,
    said(UniqueTokenId) AS token_id,
    AuthenticationRequirement AS auth_requirement,
    CAST(NULL AS VARCHAR) AS cross_tenant,
    CASE coalesce(nullif(RiskLevelDuringSignIn, ''), RiskLevelAggregated)
        WHEN '0' THEN NULL
        WHEN '1' THEN 'none'
        WHEN '10' THEN 'low'
        WHEN '50' THEN 'medium'
        WHEN '100' THEN 'high'
        ELSE coalesce(nullif(RiskLevelDuringSignIn, ''), RiskLevelAggregated)
    END AS risk_level,
    CASE RiskState
        WHEN '0' THEN 'none'
        WHEN '1' THEN 'confirmedSafe'
        WHEN '2' THEN 'remediated'
        WHEN '3' THEN 'dismissed'
        WHEN '4' THEN 'atRisk'
        WHEN '5' THEN 'confirmedCompromised'
        ELSE RiskState
    END AS risk_state,
    Latitude AS latitude,
    Longitude AS longitude,
    NetworkLocationDetails AS named_networks,
    CAST(NULL AS VARCHAR) AS original_request_id,
    CASE ConditionalAccessStatus
        WHEN '0' THEN 'success'
        WHEN '1' THEN 'failure'
        WHEN '2' THEN 'notApplied'
        ELSE ConditionalAccessStatus
    END AS ca_status,
    CAST(NULL AS VARCHAR) AS token_binding,
    CAST(NULL AS VARCHAR) AS auth_details,
    AuthenticationProcessingDetails AS processing,
    ConditionalAccessPolicies AS policies
FROM raw
