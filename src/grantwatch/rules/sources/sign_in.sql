/*
title = "Entra ID sign-in logs"
checked = 2026-11-26
from = [
    "Microsoft Graph signIn resource (beta), 2026",
    "Log Analytics tables SigninLogs and AADNonInteractiveUserSignInLogs, 2024",
    "SigmaHQ rules/cloud/azure/signin_logs, October 2026",
]
logsources = [{ product = "azure", service = "signinlogs" }]
prefixes = ["properties.", "azure.signinlogs.properties.", "azure.signinlogs."]

[columns]
time_text = { names = ["timeGenerated", "createdDateTime", "time"] }
user_id = { names = ["userId", "accountObjectId"] }
upn = { names = ["userPrincipalName", "username", "accountUpn", "identity"] }
user_type = { names = ["userType"], spelling = "enumerated" }
tenant_id = { names = ["resourceTenantId", "tenantId", "aadTenantId"] }
home_tenant_id = { names = ["homeTenantId"] }
app_id = { names = ["appId", "applicationId"] }
app_name = { names = ["appDisplayName", "application", "appName"] }
resource_id = { names = ["resourceId", "resourceIdentity"] }
resource_name = { names = ["resourceDisplayName", "resource"] }
ip = { names = ["ipAddress", "callerIpAddress", "ip", "src_ip"] }
asn = { names = ["autonomousSystemNumber", "asn"] }
country = { names = ["location", "country", "location.countryOrRegion", "locationDetails.countryOrRegion"] }
city = { names = ["city", "location.city", "locationDetails.city"] }
user_agent = { names = ["userAgent"] }
client_app = { names = ["clientAppUsed", "clientApp"] }
device_id = { names = ["deviceDetail.deviceId", "deviceId"] }
device_name = { names = ["deviceDetail.displayName", "deviceName"] }
device_os = { names = ["deviceDetail.operatingSystem", "operatingSystem", "osPlatform"] }
device_browser = { names = ["deviceDetail.browser", "browser"] }
device_managed = { names = ["deviceDetail.isManaged", "isManaged"] }
device_compliant = { names = ["deviceDetail.isCompliant", "isCompliant"] }
device_trust = { names = ["deviceDetail.trustType", "deviceTrustType", "trustType"] }
interactive = { names = ["isInteractive"] }
event_type = { names = ["signInEventTypes", "logonType"] }
category = { names = ["category"] }
protocol = { names = ["authenticationProtocol", "message", "authenticationProtocolType"], spelling = "enumerated" }
transfer = { names = ["originalTransferMethod"], spelling = "enumerated" }
incoming = { names = ["incomingTokenType"], spelling = "enumerated" }
error_code = { names = ["resultType", "status.errorCode", "errorCode"] }
status = { names = ["status", "result"], many = true }
status_detail = { names = ["resultDescription", "status.additionalDetails", "status.failureReason", "failureReason", "status.additionalDetail"] }
request_type = { names = ["requestType", "endpointCall"] }
request_id = { names = ["id", "requestId"] }
original_request_id = { names = ["originalRequestId"] }
correlation_id = { names = ["correlationId"] }
session_id = { names = ["sessionId"] }
token_id = { names = ["uniqueTokenIdentifier", "uniqueTokenId"] }
auth_requirement = { names = ["authenticationRequirement"], spelling = "enumerated" }
cross_tenant = { names = ["crossTenantAccessType"], spelling = "enumerated" }
risk_level = { names = ["riskLevelDuringSignIn", "riskLevel"], spelling = "enumerated" }
risk_state = { names = ["riskState"], spelling = "enumerated" }
ca_status = { names = ["conditionalAccessStatus"], spelling = "enumerated" }
token_binding = { names = ["tokenProtectionStatusDetails.signInSessionStatus"], spelling = "enumerated" }
named_networks = { names = ["networkLocationDetails"] }
auth_details = { names = ["authenticationDetails"] }
auth_methods = { names = ["authenticationDetails.authenticationMethod"], many = true }
processing = { names = ["authenticationProcessingDetails"] }
policies = { names = ["appliedConditionalAccessPolicies", "conditionalAccessPolicies"] }
policy_names = { names = ["appliedConditionalAccessPolicies.displayName", "conditionalAccessPolicies.displayName"], many = true }
policy_results = { names = ["appliedConditionalAccessPolicies.result", "conditionalAccessPolicies.result"], many = true }
*/
-- Sign-ins as rules name their parts: as delivered, so that an empty text is told from a field that is not there.
SELECT
    row_id,
    pass_id,
    file_id,
    time,
    coalesce(said(upn), user_key) AS who,
    strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time_text,
    CASE WHEN NOT contains(user_key, '@') THEN user_key END AS user_id,
    upn,
    coalesce(enumerated(rest.user_type), rest.user_type) AS user_type,
    rest.tenant_id AS tenant_id,
    rest.home_tenant_id AS home_tenant_id,
    app_id,
    rest.app_name AS app_name,
    resource_id,
    rest.resource_name AS resource_name,
    coalesce(address(ip), ip) AS ip,
    asn,
    country,
    rest.city AS city,
    user_agent,
    rest.client_app AS client_app,
    device_id,
    rest.device_name AS device_name,
    rest.device_os AS device_os,
    rest.device_browser AS device_browser,
    coalesce(CAST(truth(rest.device_managed) AS VARCHAR), rest.device_managed) AS device_managed,
    coalesce(CAST(truth(rest.device_compliant) AS VARCHAR), rest.device_compliant) AS device_compliant,
    rest.device_trust AS device_trust,
    CAST(interactive AS VARCHAR) AS interactive,
    CASE interactive WHEN true THEN 'interactiveUser' WHEN false THEN 'nonInteractiveUser' END AS event_type,
    CASE interactive WHEN true THEN 'SignInLogs' WHEN false THEN 'NonInteractiveUserSignInLogs' END AS category,
    coalesce(enumerated(rest.protocol), rest.protocol) AS protocol,
    coalesce(enumerated(rest.transfer), rest.transfer) AS transfer,
    coalesce(enumerated(rest.incoming), rest.incoming) AS incoming,
    CAST(error_code AS VARCHAR) AS error_code,
    CASE WHEN error_code IS NULL THEN NULL
         ELSE [CASE error_code WHEN 0 THEN 'Success' ELSE 'Failure' END, CAST(error_code AS VARCHAR), rest.status_detail] END AS status,
    rest.status_detail AS status_detail,
    rest.request_type AS request_type,
    request_id,
    rest.original_request_id AS original_request_id,
    correlation_id,
    session_id,
    rest.token_id AS token_id,
    coalesce(enumerated(rest.auth_requirement), rest.auth_requirement) AS auth_requirement,
    coalesce(enumerated(rest.cross_tenant), rest.cross_tenant) AS cross_tenant,
    coalesce(enumerated(rest.risk_level), rest.risk_level) AS risk_level,
    coalesce(enumerated(rest.risk_state), rest.risk_state) AS risk_state,
    coalesce(enumerated(rest.ca_status), rest.ca_status) AS ca_status,
    coalesce(enumerated(rest.token_binding), rest.token_binding) AS token_binding,
    rest.named_networks AS named_networks,
    rest.auth_details AS auth_details,
    CASE WHEN json_valid(rest.auth_details) THEN json_extract_string(rest.auth_details, '$[*].authenticationMethod') END AS auth_methods,
    rest.processing AS processing,
    rest.policies AS policies,
    CASE WHEN json_valid(rest.policies) THEN json_extract_string(rest.policies, '$[*].displayName') END AS policy_names,
    CASE WHEN json_valid(rest.policies) THEN json_extract_string(rest.policies, '$[*].result') END AS policy_results,
    concat_ws(chr(10), upn, user_key, app_id, resource_id, ip, asn, country, user_agent, device_id, CAST(error_code AS VARCHAR),
              request_id, correlation_id, session_id, CAST(rest AS VARCHAR)) AS words
FROM (
    SELECT s.* REPLACE (
        json_transform(s.rest, '{
            "tenant_id":"VARCHAR", "user_type":"VARCHAR", "home_tenant_id":"VARCHAR", "app_name":"VARCHAR", "resource_name":"VARCHAR",
            "city":"VARCHAR", "client_app":"VARCHAR", "device_name":"VARCHAR", "device_os":"VARCHAR",
            "device_browser":"VARCHAR", "device_managed":"VARCHAR", "device_compliant":"VARCHAR", "device_trust":"VARCHAR",
            "protocol":"VARCHAR", "transfer":"VARCHAR", "incoming":"VARCHAR", "status_detail":"VARCHAR",
            "request_type":"VARCHAR", "token_id":"VARCHAR", "ca_status":"VARCHAR", "auth_requirement":"VARCHAR",
            "cross_tenant":"VARCHAR", "risk_level":"VARCHAR", "risk_state":"VARCHAR",
            "named_networks":"VARCHAR", "original_request_id":"VARCHAR", "token_binding":"VARCHAR",
            "auth_details":"VARCHAR", "processing":"VARCHAR", "policies":"VARCHAR"
        }') AS rest
    )
    FROM kept_sign_in AS s
    JOIN pass_form AS f ON f.pass_id = s.pass_id AND f.file_id = s.file_id
    WHERE f.stream IS NULL
) AS s
