/*
title = "Graph audit log query: activities"
table = "activity"
rank = 50
family = "m365"
keys = [["auditLogRecordType", "operation"], ["createdDateTime", "operation", "auditData"]]
where = "coalesce(operation, json_text(auditData, '$.Operation')) NOT IN ('UserLoggedIn', 'UserLoginFailed')"
accepts = "Graph security/auditLog/queries/…/records: {\"value\":[…]} pages, arrays, JSON lines"
mapping_of = "ual_activity"
shows = "The same as the Unified Audit Log: inbox rules, forwarding, mail and file access, with session and token ids where the service writes them."
lacks = "Device registrations in the detail that the directory audit logs have."
quirks = [
    "auditData is the record of the Unified Audit Log, as an object or as its JSON text. What it leaves out is taken from the fields around it.",
    "A copy of the same record from the Management Activity API or from Search-UnifiedAuditLog is recognised by its id and left out.",
]

[export]
graph = "POST /security/auditLog/queries with a time range, wait until its status is succeeded, then GET /security/auditLog/queries/{id}/records and follow @odata.nextLink. Needs AuditLogsQuery.Read.All."
collector = "Microsoft-Extractor-Suite: Get-UALGraph -searchName … writes one page a file."

[columns]
id = "VARCHAR"
createdDateTime = "VARCHAR"
auditLogRecordType = "VARCHAR"
operation = "VARCHAR"
organizationId = "VARCHAR"
userId = "VARCHAR"
service = "VARCHAR"
objectId = "VARCHAR"
userPrincipalName = "VARCHAR"
clientIp = "VARCHAR"
auditData = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    coalesce(held.Id, id) AS Id,
    coalesce(held.RecordType, auditLogRecordType) AS RecordType,
    coalesce(held.CreationTime, createdDateTime) AS CreationTime,
    coalesce(held.Operation, operation) AS Operation,
    coalesce(held.OrganizationId, organizationId) AS OrganizationId,
    held.UserKey,
    coalesce(held.Workload, service) AS Workload,
    held.ResultStatus,
    coalesce(held.ObjectId, objectId) AS ObjectId,
    coalesce(said(held.UserId), userPrincipalName, userId) AS UserId,
    coalesce(held.ClientIP, clientIp) AS ClientIP,
    held.ClientIPAddress,
    held.ActorIpAddress,
    held.ApplicationId,
    held.ErrorNumber,
    held.ErrorCode,
    held.LogonError,
    held.InterSystemsId,
    held.IntraSystemId,
    held.TargetContextId,
    held.Actor,
    held.Target,
    held.DeviceProperties,
    held.ExtendedProperties,
    held.AppAccessContext,
    held.AppId,
    held.ClientAppId,
    held.SessionId,
    held.UserAgent,
    held.ClientInfoString,
    held.MailboxOwnerUPN,
    held.ModifiedProperties,
    held.Parameters,
    held.OperationProperties,
    held.OperationCount,
    held.Item,
    held.AffectedItems,
    held.QueryText,
    held.SearchQueryText,
    held.MessageURLs
FROM (SELECT *, TRY_CAST(TRY_CAST(auditData AS JSON) AS STRUCT(@ual_activity)) AS held FROM raw) AS read
