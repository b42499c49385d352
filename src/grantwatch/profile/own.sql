-- The rows of people, under one name each, narrowed before they are cleaned, and how many they are by hour (UTC). Needs:
-- person, own_name (name, user_key: those whose rows are there) and own_asked (user_key: those whose rows are to be added).
CREATE TABLE IF NOT EXISTS own_row AS
SELECT
    user_key, row_id, time, interactive, marked, error_code, app_id, resource_id, ip, asn, country, user_agent, device_id
FROM kept_sign_in LIMIT 0;

-- Every name under which they sign in.
CREATE OR REPLACE TABLE more_name AS
SELECT user_key AS name, user_key FROM own_asked
UNION
SELECT p.upn, p.user_key FROM person AS p WHERE p.user_key IN (SELECT user_key FROM own_asked);

INSERT INTO own_row
SELECT
    n.user_key, k.row_id, k.time, k.interactive, k.marked, k.error_code, k.app_id, k.resource_id, k.ip, k.asn, k.country,
    k.user_agent, k.device_id
FROM kept_sign_in AS k
JOIN more_name AS n ON n.name = k.user_key
WHERE k.time IS NOT NULL;

INSERT INTO own_name SELECT name, user_key FROM more_name;

CREATE TABLE IF NOT EXISTS own_hour (user_key VARCHAR, time TIMESTAMP, records BIGINT, awake BIGINT, first_time TIMESTAMP);

-- `awake`: interactive successes that no device code flow left.
INSERT INTO own_hour
SELECT
    user_key,
    date_trunc('hour', time),
    count(*),
    count_true(interactive AND NOT marked AND error_code = 0),
    min(time)
FROM own_row
WHERE user_key IN (SELECT user_key FROM own_asked)
GROUP BY 1, 2;
