/*
title = "Identity Protection risk detections"
checked = 2026-11-26
from = ["Microsoft Graph riskDetection resource, 2026", "SigmaHQ rules/cloud/azure/identity_protection, October 2026"]
logsources = [{ product = "azure", service = "riskdetection" }]
prefixes = ["properties.", "azure.identity_protection.properties."]

[columns]
time_text = { names = ["timeGenerated", "activityDateTime", "time"] }
risk_type = { names = ["riskEventType", "riskType"], spelling = "enumerated" }
level = { names = ["riskLevel"], spelling = "enumerated" }
state = { names = ["riskState"], spelling = "enumerated" }
detail = { names = ["riskDetail"], spelling = "enumerated" }
timing = { names = ["detectionTimingType"], spelling = "enumerated" }
activity = { names = ["activity"], spelling = "enumerated" }
source = { names = ["source"] }
ip = { names = ["ipAddress"] }
user_agent = { names = ["userAgent"] }
user_id = { names = ["userId"] }
upn = { names = ["userPrincipalName"] }
name = { names = ["userDisplayName"] }
request_id = { names = ["requestId"] }
correlation_id = { names = ["correlationId"] }
record_id = { names = ["id"] }
location = { names = ["location"] }
country = { names = ["location.countryOrRegion"] }
city = { names = ["location.city"] }
info = { names = ["additionalInfo", "additionalInfo.riskReasons"] }
*/
SELECT
    row_id,
    a.pass_id,
    a.file_id,
    time,
    coalesce(target_upn, target_id) AS who,
    strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time_text,
    enumerated(nullif(regexp_extract(operation, '^Risk detection: (.*)$', 1), '')) AS risk_type,
    enumerated(json_text(detail, '$.level')) AS level,
    enumerated(json_text(detail, '$.state')) AS state,
    enumerated(json_text(detail, '$.detail')) AS detail,
    enumerated(json_text(detail, '$.timing')) AS timing,
    enumerated(json_text(detail, '$.activity')) AS activity,
    actor_name AS source,
    ip,
    user_agent,
    target_id AS user_id,
    target_upn AS upn,
    target_name AS name,
    json_text(detail, '$.request_id') AS request_id,
    correlation_id,
    record_id,
    json_text(detail, '$.location') AS location,
    json_text(detail, '$.location.countryOrRegion') AS country,
    json_text(detail, '$.location.city') AS city,
    json_text(detail, '$.info') AS info,
    concat_ws(chr(10), operation, ip, user_agent, target_id, target_upn, target_name, detail) AS words
FROM activities AS a
JOIN pass_form AS f ON f.pass_id = a.pass_id AND f.file_id = a.file_id
WHERE f.stream = 'risk'
