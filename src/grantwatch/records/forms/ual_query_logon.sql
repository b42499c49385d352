/*
title = "Graph audit log query: Entra logons"
table = "sign_in"
rank = 50
family = "ual"
keys = [["auditLogRecordType", "operation"], ["createdDateTime", "auditData.CreationTime"], ["createdDateTime", "auditData.Operation"]]
where = "coalesce(auditData.Operation, operation) IN ('UserLoggedIn', 'UserLoginFailed')"
accepts = "Graph security/auditLog/queries/…/records: {\"value\":[…]} pages, arrays, JSON lines"
mapping_of = "ual_logon"
shows = "The same as the Unified Audit Log: confirmation prompts of interactive logons (RequestType Cmsi:Cmsi), from which a device code grant can be sighted."
lacks = "Non-interactive sign-ins, the protocol and the transfer method."
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
auditData = "STRUCT(@ual_logon)"
*/
SELECT
    file_id,
    claimed,
    coalesce(auditData.Id, id) AS Id,
    coalesce(auditData.RecordType, auditLogRecordType) AS RecordType,
    coalesce(auditData.CreationTime, createdDateTime) AS CreationTime,
    coalesce(auditData.Operation, operation) AS Operation,
    coalesce(auditData.OrganizationId, organizationId) AS OrganizationId,
    auditData.UserKey,
    coalesce(auditData.Workload, service) AS Workload,
    auditData.ResultStatus,
    coalesce(auditData.ObjectId, objectId) AS ObjectId,
    coalesce(said(auditData.UserId), userPrincipalName, userId) AS UserId,
    coalesce(auditData.ClientIP, clientIp) AS ClientIP,
    auditData.ClientIPAddress,
    auditData.ActorIpAddress,
    auditData.ApplicationId,
    auditData.ErrorNumber,
    auditData.ErrorCode,
    auditData.LogonError,
    auditData.InterSystemsId,
    auditData.IntraSystemId,
    auditData.TargetContextId,
    auditData.Actor,
    auditData.Target,
    auditData.DeviceProperties,
    auditData.ExtendedProperties,
    auditData.AppAccessContext
FROM raw
