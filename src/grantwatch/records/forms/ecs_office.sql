/*
title = "Elastic Unified Audit Log (o365.audit): activities"
table = "activity"
rank = 55
family = "m365"
keys = [["o365.audit.CreationTime", "event.action"], ["o365.audit.RecordType", "event.action"], ["o365.audit.UserId", "event.action"]]
flat = [["o365.audit.CreationTime", "event.action"], ["o365.audit.RecordType", "event.action"], ["o365.audit.UserId", "event.action"]]
where = "event.action NOT IN ('UserLoggedIn', 'UserLoginFailed')"
accepts = "Elastic exports (_search hits, pages of them, JSON lines, CSV) of azure.signinlogs, azure.auditlogs and o365.audit"
columns_of = "ecs_office_logon"
shows = "Activities in Exchange, SharePoint, Teams and the directory, with their parameters."
lacks = "Changed properties whose old or new value was null. Where every field has a column of its own, parameters and changed properties are not read."
quirks = [
  "Parameters and ModifiedProperties become objects, name by name; a blank or a dot in the name of a changed property becomes an underscore, which is read as a dot.",
  "Elastic renames some operations: added-user-account, modified-user-account and deleted-user-account stand for Add, Update and Delete user, and two of Teams.",
]

[export]
collector = "Elastic integration Microsoft Office 365 (package o365), data stream logs-o365.audit-*: the _search API, elasticdump, or a CSV report of Kibana."

[columns]
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(o365.audit."CreationTime", "@timestamp") AS time,
    coalesce(said(organization.id), o365.audit."OrganizationId") AS tenant_id,
    CASE event.action
        WHEN 'added-user-account' THEN 'Add user'
        WHEN 'modified-user-account' THEN 'Update user'
        WHEN 'deleted-user-account' THEN 'Delete user'
        WHEN 'added-group-account-to' THEN 'TeamCreated'
        WHEN 'added-users-to-group' THEN 'MemberAdded'
        ELSE event.action
    END AS operation,
    coalesce(event.provider, o365.audit."Workload") AS workload,
    o365.audit."ResultStatus" AS result,
    actor_id(o365.audit."Actor", '0') AS actor_id,
    CASE WHEN contains(o365.audit."UserId", '@') THEN o365.audit."UserId"
         ELSE coalesce(actor_id(o365.audit."Actor", '5'), o365.audit."UserId", "user".id) END AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(client.ip, source.ip, client.address, o365.audit."ClientIPAddress", o365.audit."ClientIP", o365.audit."ActorIpAddress") AS ip,
    coalesce(said(user_agent.original), o365.audit."ExtendedProperties"."UserAgent",
             additional_value(o365.audit."ExtendedProperties"."additionalDetails", 'User-Agent'), o365.audit."ClientInfoString")
        AS user_agent,
    coalesce(said(o365.audit."ClientAppId"), said(o365.audit."AppAccessContext"."ClientAppId"), said(o365.audit."AppId"),
             o365.audit."ApplicationId") AS app_id,
    coalesce(o365.audit."AppAccessContext"."AADSessionId", o365.audit."SessionId") AS session_id,
    o365.audit."AppAccessContext"."UniqueTokenId" AS token_id,
    coalesce(o365.audit."AppAccessContext"."CorrelationId", o365.audit."InterSystemsId") AS correlation_id,
    event.id AS record_id,
    coalesce(actor_id(o365.audit."Target", '2'), o365.audit."ObjectId", "user".target.id, url.original) AS target_id,
    CAST(NULL AS VARCHAR) AS target_type,
    coalesce(actor_id(o365.audit."Target", '1'), o365.audit."ObjectId", "user".target.id, url.original) AS target_name,
    coalesce(actor_id(o365.audit."Target", '5'), o365.audit."MailboxOwnerUPN",
             CASE WHEN o365.audit."RecordType" = '2' THEN "user".email END) AS target_upn,
    '{"parameters":' || json_part(o365.audit."Parameters") || ',"properties":' || json_part(o365.audit."OperationProperties")
        || ',"extended":' || coalesce('[{"Name":"additionalDetails","Value":'
            || CAST(to_json(o365.audit."ExtendedProperties"."additionalDetails") AS VARCHAR) || '}]', 'null')
        || ',"modified":' || json_part(changed_by_name(o365.audit."ModifiedProperties"))
        || ',"count":' || json_part(o365.audit."OperationCount")
        || ',"client_info":' || coalesce(CAST(to_json(o365.audit."ClientInfoString") AS VARCHAR), 'null')
        || told_of_things(o365.audit."Item", o365.audit."AffectedItems",
                          coalesce(o365.audit."QueryText", o365.audit."SearchQueryText"), o365.audit."MessageURLs") || '}' AS detail
FROM raw
