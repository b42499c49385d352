-- The rows of everybody with a grant, under one name each, narrowed before they are cleaned.

-- Every name under which a subject signs in.
CREATE OR REPLACE TABLE subject_name AS
SELECT user_key AS name, user_key FROM (SELECT DISTINCT user_key FROM subject_grant) AS subject
UNION
SELECT p.upn, p.user_key FROM person AS p WHERE p.user_key IN (SELECT user_key FROM subject_grant);

CREATE OR REPLACE TABLE own_row AS
SELECT
    n.user_key, k.row_id, k.time, k.interactive, k.marked, k.error_code, k.app_id, k.resource_id, k.ip, k.asn, k.country,
    k.user_agent, k.device_id
FROM kept_sign_in AS k
JOIN subject_name AS n ON n.name = k.user_key
WHERE k.time IS NOT NULL;

CREATE OR REPLACE TABLE own_agent AS
SELECT DISTINCT said(user_agent) AS user_agent FROM own_row WHERE said(user_agent) IS NOT NULL;
