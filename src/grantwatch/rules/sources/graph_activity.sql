/*
title = "Microsoft Graph activity logs"
checked = 2026-11-26
from = ["Log Analytics table MicrosoftGraphActivityLogs, 2024"]
logsources = [{ product = "azure", service = "microsoftgraphactivitylogs" }, { product = "azure", service = "graphactivitylogs" }]
prefixes = ["properties.", "azure.graphactivitylogs.properties."]

[columns]
time_text = { names = ["timeGenerated", "time"] }
method = { names = ["requestMethod"] }
uri = { names = ["requestUri"] }
status = { names = ["responseStatusCode"] }
app_id = { names = ["appId", "applicationId"] }
user_id = { names = ["userId", "accountObjectId"] }
ip = { names = ["ipAddress", "callerIpAddress"] }
user_agent = { names = ["userAgent"] }
session_id = { names = ["sessionId", "c_sid"] }
token_id = { names = ["signInActivityId", "uniqueTokenId"] }
scopes = { names = ["scopes"] }
roles = { names = ["roles"] }
wids = { names = ["wids"] }
client_auth = { names = ["clientAuthMethod"] }
api_version = { names = ["apiVersion"] }
device_id = { names = ["deviceId"] }
request_id = { names = ["requestId"] }
*/
SELECT
    row_id,
    a.pass_id,
    a.file_id,
    time,
    actor_id AS who,
    strftime(time, '%Y-%m-%dT%H:%M:%SZ') AS time_text,
    split_part(operation, ' ', 1) AS method,
    target_name AS uri,
    result AS status,
    app_id,
    actor_id AS user_id,
    ip,
    user_agent,
    session_id,
    token_id,
    json_text(detail, '$.scopes') AS scopes,
    json_text(detail, '$.roles') AS roles,
    json_text(detail, '$.wids') AS wids,
    json_text(detail, '$.client_auth') AS client_auth,
    json_text(detail, '$.api_version') AS api_version,
    json_text(detail, '$.device_id') AS device_id,
    record_id AS request_id,
    concat_ws(chr(10), operation, target_name, actor_id, ip, user_agent, app_id, detail) AS words
FROM activities AS a
JOIN pass_form AS f ON f.pass_id = a.pass_id AND f.file_id = a.file_id
WHERE f.stream = 'graph_activity'
