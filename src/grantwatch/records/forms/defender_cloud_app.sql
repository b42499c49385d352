/*
title = "Defender XDR CloudAppEvents"
table = "activity"
rank = 60
family = "m365"
stream = "cloud_app_events"
# CloudAuditEvents holds RawEventData too, but neither an application nor an account.
keys = [["Timestamp", "ActionType", "ApplicationId"], ["Timestamp", "ActionType", "RawEventData", "Application"], ["Timestamp", "ActionType", "RawEventData", "AccountObjectId"], ["TimeGenerated", "ActionType", "ApplicationId"]]
accepts = "Defender XDR EntraIdSignInEvents, CloudAppEvents, UrlClickEvents: CSV, JSON, {\"results\":[…]} pages"
shows = "What was done in Microsoft 365 and other connected apps: inbox rules, forwarding, mail and file access, consents, device registrations. RawEventData holds the record of the Unified Audit Log, and where it does, that record speaks."
lacks = "Whatever the app connector does not bring: without the Microsoft 365 connector the table is empty, so that its silence proves nothing. Without RawEventData there is neither a session nor a token id, and a rule's content is unknown."
quirks = [
    "ApplicationId is a number of Defender's own (20893 is Exchange Online), never the client; the client is in RawEventData, or else OAuthAppId.",
    "Logons in it (UserLoggedIn) are kept as activities and not as sign-ins; export EntraIdSignInEvents for those.",
    "A record that also stands in an export of the Unified Audit Log counts once, and that export is preferred.",
    "A query that leaves RawEventData out of its columns still yields records, with much less in them."
]

[export]
portal = "security.microsoft.com, Hunting, Advanced hunting: run `CloudAppEvents | where Timestamp > ago(30d) | where AccountObjectId == \"<object id>\"`, then Export. Keep RawEventData among the columns. One result holds 30,000 rows at most (documentation of 2025; later it may be more) and 30 days."
api = "POST https://graph.microsoft.com/v1.0/security/runHuntingQuery with the query and the permission ThreatHunting.Read.All; save the whole answer."
query = "Where Sentinel takes in the table: `CloudAppEvents | where TimeGenerated > ago(90d)` in Log Analytics, then Export, CSV with all columns."

[columns]
Timestamp = "VARCHAR"
TimeGenerated = "VARCHAR"
ActionType = "VARCHAR"
Application = "VARCHAR"
ApplicationId = "VARCHAR"
OAuthAppId = "VARCHAR"
AccountObjectId = "VARCHAR"
AccountId = "VARCHAR"
AccountDisplayName = "VARCHAR"
IPAddress = "VARCHAR"
UserAgent = "VARCHAR"
ObjectName = "VARCHAR"
ObjectType = "VARCHAR"
ObjectId = "VARCHAR"
ReportId = "VARCHAR"
RawEventData = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(said(inside.CreationTime), nullif(Timestamp, ''), TimeGenerated) AS time,
    inside.OrganizationId AS tenant_id,
    coalesce(said(inside.Operation), ActionType) AS operation,
    coalesce(said(inside.Workload), Application) AS workload,
    inside.ResultStatus AS result,
    -- What a service did stays nobody's, though the table may name its principal as the account.
    coalesce(actor_id(inside.Actor, '0'), CASE WHEN inside.UserId IS NULL OR contains(inside.UserId, '@') THEN AccountObjectId END)
        AS actor_id,
    CASE
        WHEN contains(inside.UserId, '@') THEN inside.UserId
        ELSE coalesce(actor_id(inside.Actor, '5'), inside.UserId, CASE WHEN contains(AccountId, '@') THEN AccountId END)
    END AS actor_upn,
    AccountDisplayName AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    coalesce(said(inside.ClientIPAddress), said(inside.ClientIP), said(inside.ActorIpAddress), IPAddress) AS ip,
    coalesce(said(inside.UserAgent), named_value(inside.ExtendedProperties, 'UserAgent'),
             additional_value(named_value(inside.ExtendedProperties, 'additionalDetails'), 'User-Agent'), said(UserAgent),
             inside.ClientInfoString) AS user_agent,
    coalesce(said(inside.ClientAppId), said(inside.AppAccessContext.ClientAppId), said(inside.AppId), said(inside.ApplicationId),
             OAuthAppId) AS app_id,
    coalesce(inside.AppAccessContext.AADSessionId, inside.SessionId) AS session_id,
    inside.AppAccessContext.UniqueTokenId AS token_id,
    coalesce(inside.AppAccessContext.CorrelationId, inside.InterSystemsId) AS correlation_id,
    coalesce(said(inside.Id), ReportId) AS record_id,
    coalesce(actor_id(inside.Target, '2'), said(inside.ObjectId), ObjectId) AS target_id,
    ObjectType AS target_type,
    coalesce(actor_id(inside.Target, '1'), said(inside.ObjectId), ObjectName) AS target_name,
    coalesce(actor_id(inside.Target, '5'), inside.MailboxOwnerUPN) AS target_upn,
    '{"parameters":' || json_part(inside.Parameters) || ',"properties":' || json_part(inside.OperationProperties)
        || ',"extended":' || coalesce(CAST(to_json(inside.ExtendedProperties) AS VARCHAR), 'null')
        || ',"modified":' || json_part(inside.ModifiedProperties) || ',"count":' || json_part(inside.OperationCount)
        || ',"client_info":' || coalesce(CAST(to_json(inside.ClientInfoString) AS VARCHAR), 'null')
        || told_of_things(inside.Item, inside.AffectedItems, coalesce(inside.QueryText, inside.SearchQueryText), inside.MessageURLs)
        || '}' AS detail
FROM (
    SELECT
        *,
        CASE WHEN json_valid(RawEventData) THEN json_transform(RawEventData, '{
            "Id":"VARCHAR", "CreationTime":"VARCHAR", "Operation":"VARCHAR", "OrganizationId":"VARCHAR", "Workload":"VARCHAR",
            "ResultStatus":"VARCHAR", "UserId":"VARCHAR", "ClientIP":"VARCHAR", "ClientIPAddress":"VARCHAR",
            "ActorIpAddress":"VARCHAR", "UserAgent":"VARCHAR", "ClientInfoString":"VARCHAR", "ClientAppId":"VARCHAR",
            "AppId":"VARCHAR", "ApplicationId":"VARCHAR", "SessionId":"VARCHAR", "InterSystemsId":"VARCHAR",
            "ObjectId":"VARCHAR", "MailboxOwnerUPN":"VARCHAR", "Parameters":"VARCHAR", "OperationProperties":"VARCHAR",
            "ModifiedProperties":"VARCHAR", "OperationCount":"VARCHAR", "Item":"VARCHAR",
            "AffectedItems":"VARCHAR", "QueryText":"VARCHAR", "SearchQueryText":"VARCHAR", "MessageURLs":"VARCHAR",
            "Actor":[{"ID":"VARCHAR", "Type":"VARCHAR"}], "Target":[{"ID":"VARCHAR", "Type":"VARCHAR"}],
            "ExtendedProperties":[{"Name":"VARCHAR", "Value":"VARCHAR"}],
            "AppAccessContext":{"AADSessionId":"VARCHAR", "ClientAppId":"VARCHAR", "CorrelationId":"VARCHAR", "UniqueTokenId":"VARCHAR"}
        }') END AS inside
    FROM raw
) AS raw
