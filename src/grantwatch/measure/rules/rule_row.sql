-- What the public rules look at: sign-in records that carry a mark of the device code flow, and those that share a
-- correlation id with a confirmation page (50199). Entra's own sign-in tables only: the rules were written for those.
CREATE OR REPLACE TEMP TABLE confirmed AS
SELECT DISTINCT lower(said(correlation_id)) AS correlation_id FROM kept_sign_in
WHERE error_code = 50199 AND said(correlation_id) IS NOT NULL;

CREATE OR REPLACE TEMP TABLE rule_source AS
SELECT k.*
FROM kept_sign_in AS k
JOIN pass_form AS p ON p.pass_id = k.pass_id AND p.file_id = k.file_id
WHERE p.stream IS NULL
  AND (k.marked OR lower(k.correlation_id) IN (SELECT correlation_id FROM confirmed));

CREATE OR REPLACE TEMP TABLE rule_row AS
SELECT
    coalesce(user_id, upn, user_key) AS user_key, time, request_id, correlation_id, session_id, app_id, resource_id, ip,
    user_agent, error_code, interactive IS DISTINCT FROM false AS interactive,
    coalesce(protocol = 'devicecode', false) AS device_code, protocol,
    coalesce(transfer = 'devicecodeflow', false) AS lineage
FROM $cleaned
WHERE time IS NOT NULL AND request_id IS NOT NULL;
