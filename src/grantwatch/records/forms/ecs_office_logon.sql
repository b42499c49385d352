/*
title = "Elastic Unified Audit Log (o365.audit): Entra logons"
table = "sign_in"
rank = 55
family = "ual"
keys = [["o365.audit.CreationTime", "event.action"], ["o365.audit.RecordType", "event.action"], ["o365.audit.UserId", "event.action"]]
flat = [["o365.audit.CreationTime", "event.action"], ["o365.audit.RecordType", "event.action"], ["o365.audit.UserId", "event.action"]]
where = "event.action IN ('UserLoggedIn', 'UserLoginFailed')"
accepts = "Elastic exports (_search hits, pages of them, JSON lines, CSV) of azure.signinlogs, azure.auditlogs and o365.audit"
shows = "Interactive logons as the Unified Audit Log has them. Where event.original is kept, that is read instead, as the Unified Audit Log record that it is."
lacks = "All that the Unified Audit Log lacks: protocol, transfer method, silent sign-ins. Where every field has a column of its own, actor, target and device stand in lists that can be read only as JSON."
quirks = [
  "Names stay as Microsoft spells them, but for those that move: Id to event.id, Operation to event.action, Workload to event.provider, OrganizationId to organization.id, the address to client and source.",
  "ExtendedProperties becomes one object, name by name, of which UserAgent moves to user_agent.original.",
]

[export]
collector = "Elastic integration Microsoft Office 365 (package o365), data stream logs-o365.audit-*: the _search API, elasticdump, or a CSV report of Kibana."

[columns]
"@timestamp" = "VARCHAR"
o365 = "STRUCT(audit STRUCT(\"CreationTime\" VARCHAR, \"RecordType\" VARCHAR, \"ResultStatus\" VARCHAR, \"ObjectId\" VARCHAR, \"UserId\" VARCHAR, \"UserKey\" VARCHAR, \"Operation\" VARCHAR, \"Workload\" VARCHAR, \"OrganizationId\" VARCHAR, \"ClientIP\" VARCHAR, \"ClientIPAddress\" VARCHAR, \"ActorIpAddress\" VARCHAR, \"ApplicationId\" VARCHAR, \"AppId\" VARCHAR, \"ClientAppId\" VARCHAR, \"ErrorNumber\" VARCHAR, \"LogonError\" VARCHAR, \"InterSystemsId\" VARCHAR, \"IntraSystemId\" VARCHAR, \"TargetContextId\" VARCHAR, \"SessionId\" VARCHAR, \"ClientInfoString\" VARCHAR, \"MailboxOwnerUPN\" VARCHAR, \"OperationCount\" VARCHAR, \"Item\" VARCHAR, \"AffectedItems\" VARCHAR, \"QueryText\" VARCHAR, \"SearchQueryText\" VARCHAR, \"MessageURLs\" VARCHAR, \"OperationProperties\" VARCHAR, \"Parameters\" VARCHAR, \"ModifiedProperties\" VARCHAR, \"Actor\" STRUCT(ID VARCHAR, Type VARCHAR)[], \"Target\" STRUCT(ID VARCHAR, Type VARCHAR)[], \"DeviceProperties\" STRUCT(Name VARCHAR, Value VARCHAR)[], \"ExtendedProperties\" STRUCT(\"RequestType\" VARCHAR, \"ResultStatusDetail\" VARCHAR, \"UserAgent\" VARCHAR, \"additionalDetails\" VARCHAR), \"AppAccessContext\" STRUCT(\"AADSessionId\" VARCHAR, \"ClientAppId\" VARCHAR, \"CorrelationId\" VARCHAR, \"UniqueTokenId\" VARCHAR)))"
event = "STRUCT(id VARCHAR, action VARCHAR, provider VARCHAR)"
organization = "STRUCT(id VARCHAR)"
source = "STRUCT(ip VARCHAR)"
client = "STRUCT(ip VARCHAR, address VARCHAR)"
user_agent = "STRUCT(original VARCHAR)"
"user" = "STRUCT(id VARCHAR, email VARCHAR, target STRUCT(id VARCHAR))"
url = "STRUCT(original VARCHAR)"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(o365.audit."CreationTime", "@timestamp") AS time,
    coalesce(said(organization.id), said(o365.audit."OrganizationId"), o365.audit."TargetContextId") AS tenant_id,
    coalesce(actor_id(o365.audit."Actor", '0'), CASE WHEN length(o365.audit."UserKey") = 36 THEN o365.audit."UserKey" END) AS user_id,
    coalesce(o365.audit."UserId", "user".id) AS upn,
    CAST(NULL AS VARCHAR) AS user_type,
    CAST(NULL AS VARCHAR) AS home_tenant_id,
    o365.audit."ApplicationId" AS app_id,
    CAST(NULL AS VARCHAR) AS app_name,
    coalesce(CASE WHEN length(o365.audit."ObjectId") = 36 THEN o365.audit."ObjectId" END, actor_id(o365.audit."Target", '0')) AS resource_id,
    CAST(NULL AS VARCHAR) AS resource_name,
    coalesce(client.ip, source.ip, client.address, o365.audit."ClientIP", o365.audit."ActorIpAddress") AS ip,
    CAST(NULL AS VARCHAR) AS asn,
    CAST(NULL AS VARCHAR) AS country,
    CAST(NULL AS VARCHAR) AS city,
    coalesce(user_agent.original, o365.audit."ExtendedProperties"."UserAgent") AS user_agent,
    CAST(NULL AS VARCHAR) AS client_app,
    named_value(o365.audit."DeviceProperties", 'Id') AS device_id,
    named_value(o365.audit."DeviceProperties", 'DisplayName') AS device_name,
    named_value(o365.audit."DeviceProperties", 'OS') AS device_os,
    named_value(o365.audit."DeviceProperties", 'BrowserType') AS device_browser,
    named_value(o365.audit."DeviceProperties", 'IsCompliantAndManaged') AS device_managed,
    named_value(o365.audit."DeviceProperties", 'IsCompliant') AS device_compliant,
    coalesce(named_value(o365.audit."DeviceProperties", 'TrustType'),
             named_value(o365.audit."DeviceProperties", 'DeviceTrustType')) AS device_trust,
    'true' AS interactive,
    CAST(NULL AS VARCHAR) AS protocol,
    CAST(NULL AS VARCHAR) AS transfer,
    CAST(NULL AS VARCHAR) AS incoming,
    coalesce(nullif(o365.audit."ErrorNumber", ''), CASE WHEN event.action = 'UserLoggedIn' THEN '0' END) AS error_code,
    coalesce(nullif(o365.audit."LogonError", ''), o365.audit."ExtendedProperties"."ResultStatusDetail") AS status_detail,
    o365.audit."ExtendedProperties"."RequestType" AS request_type,
    coalesce(said(o365.audit."IntraSystemId"), event.id) AS request_id,
    o365.audit."InterSystemsId" AS correlation_id,
    coalesce(named_value(o365.audit."DeviceProperties", 'SessionId'), o365.audit."AppAccessContext"."AADSessionId") AS session_id,
    o365.audit."AppAccessContext"."UniqueTokenId" AS token_id,
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
