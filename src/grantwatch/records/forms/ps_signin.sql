/*
title = "Graph PowerShell: sign-ins (JSON)"
table = "sign_in"
rank = 15
family = "entra"
keys = [["CreatedDateTime", "AppId", "Status.ErrorCode"], ["CreatedDateTime", "UserId", "Status.ErrorCode"]]
accepts = "Graph PowerShell objects of sign-ins and directory audits (ConvertTo-Json): arrays, single objects, JSON lines"
mapping_of = "graph_signin"
shows = "What the Graph endpoint behind the cmdlet shows: all of a grant for the beta cmdlets with both event types."
lacks = "With the v1.0 cmdlet (Get-MgAuditLogSignIn): the protocol, the transfer method, session and token ids, and non-interactive sign-ins."
quirks = [
    "Names begin with a capital letter, as in Log Analytics, but the objects inside do too (Status.ErrorCode): that tells the two apart.",
    "Windows PowerShell 5.1 writes times as /Date(1772438400000)/ and, without -Depth, objects as the text of their type: what lies deeper is lost.",
]

[export]
powershell = "Get-MgBetaAuditLogSignIn -All -Filter \"signInEventTypes/any(t: t eq 'nonInteractiveUser')\" | ConvertTo-Json -Depth 10 | Out-File signins.json, and once more for interactiveUser"
collector = "Earlier versions of the Microsoft-Extractor-Suite wrote this form; version 4 writes what Graph answers."

[columns]
Id = "VARCHAR"
CreatedDateTime = "VARCHAR"
UserId = "VARCHAR"
UserPrincipalName = "VARCHAR"
UserType = "VARCHAR"
HomeTenantId = "VARCHAR"
ResourceTenantId = "VARCHAR"
AppId = "VARCHAR"
AppDisplayName = "VARCHAR"
ResourceId = "VARCHAR"
ResourceDisplayName = "VARCHAR"
ServicePrincipalId = "VARCHAR"
IPAddress = "VARCHAR"
AutonomousSystemNumber = "VARCHAR"
Location = "STRUCT(City VARCHAR, CountryOrRegion VARCHAR, GeoCoordinates STRUCT(Latitude VARCHAR, Longitude VARCHAR))"
UserAgent = "VARCHAR"
ClientAppUsed = "VARCHAR"
DeviceDetail = "STRUCT(DeviceId VARCHAR, DisplayName VARCHAR, OperatingSystem VARCHAR, Browser VARCHAR, IsCompliant VARCHAR, IsManaged VARCHAR, TrustType VARCHAR)"
IsInteractive = "VARCHAR"
SignInEventTypes = "VARCHAR[]"
AuthenticationProtocol = "VARCHAR"
OriginalTransferMethod = "VARCHAR"
IncomingTokenType = "VARCHAR"
Status = "STRUCT(ErrorCode VARCHAR, FailureReason VARCHAR, AdditionalDetails VARCHAR)"
CorrelationId = "VARCHAR"
SessionId = "VARCHAR"
UniqueTokenIdentifier = "VARCHAR"
ConditionalAccessStatus = "VARCHAR"
AppliedConditionalAccessPolicies = "VARCHAR"
AuthenticationDetails = "VARCHAR"
AuthenticationProcessingDetails = "VARCHAR"
TokenProtectionStatusDetails = "STRUCT(SignInSessionStatus VARCHAR)"
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
    Id,
    dotnet_time(CreatedDateTime) AS CreatedDateTime,
    UserId,
    UserPrincipalName,
    UserType,
    HomeTenantId,
    ResourceTenantId,
    AppId,
    AppDisplayName,
    ResourceId,
    ResourceDisplayName,
    ServicePrincipalId,
    IPAddress,
    AutonomousSystemNumber,
    Location,
    UserAgent,
    ClientAppUsed,
    DeviceDetail,
    IsInteractive,
    SignInEventTypes,
    AuthenticationProtocol,
    OriginalTransferMethod,
    IncomingTokenType,
    Status,
    CorrelationId,
    SessionId,
    UniqueTokenIdentifier,
    ConditionalAccessStatus,
    camel_keys(AppliedConditionalAccessPolicies) AS AppliedConditionalAccessPolicies,
    camel_keys(AuthenticationDetails) AS AuthenticationDetails,
    camel_keys(AuthenticationProcessingDetails) AS AuthenticationProcessingDetails,
    TokenProtectionStatusDetails,
    AuthenticationRequirement,
    CrossTenantAccessType,
    RiskLevelDuringSignIn,
    RiskState,
    camel_keys(NetworkLocationDetails) AS NetworkLocationDetails,
    OriginalRequestId
FROM raw
