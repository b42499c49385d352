/*
title = "Graph PowerShell: directory audits (JSON)"
table = "activity"
rank = 15
family = "entra"
keys = [["ActivityDateTime", "ActivityDisplayName", "AdditionalProperties"], ["ActivityDisplayName", "InitiatedBy", "AdditionalProperties"]]
accepts = "Graph PowerShell objects of sign-ins and directory audits (ConvertTo-Json): arrays, single objects, JSON lines"
mapping_of = "graph_audit"
shows = "The same as Graph directoryAudits: device registrations, consents, changed sign-in methods."
lacks = "Session and token ids of the initiator."
quirks = [
    "Names begin with a capital letter, as in Log Analytics, but the objects inside do too (Status.ErrorCode): that tells the two apart.",
    "Windows PowerShell 5.1 writes times as /Date(1772438400000)/ and, without -Depth, objects as the text of their type: what lies deeper is lost.",
]

[export]
powershell = "Get-MgAuditLogDirectoryAudit -All | ConvertTo-Json -Depth 10 | Out-File audits.json"
collector = "Earlier versions of the Microsoft-Extractor-Suite wrote this form; version 4 writes what Graph answers."

[columns]
Id = "VARCHAR"
ActivityDateTime = "VARCHAR"
ActivityDisplayName = "VARCHAR"
Category = "VARCHAR"
CorrelationId = "VARCHAR"
LoggedByService = "VARCHAR"
Result = "VARCHAR"
ResultReason = "VARCHAR"
OperationType = "VARCHAR"
UserAgent = "VARCHAR"
InitiatedBy = "VARCHAR"
TargetResources = "VARCHAR"
AdditionalDetails = "VARCHAR"
AdditionalProperties = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    Id,
    dotnet_time(ActivityDateTime) AS ActivityDateTime,
    ActivityDisplayName,
    Category,
    CorrelationId,
    LoggedByService,
    Result AS result,
    ResultReason AS resultReason,
    OperationType AS operationType,
    UserAgent,
    camel_keys(InitiatedBy) AS InitiatedBy,
    camel_keys(TargetResources) AS TargetResources,
    camel_keys(AdditionalDetails) AS AdditionalDetails
FROM raw
