-- What everybody does, as delivered: people repeat themselves, so this is small, and all the tenant's counts come from it.
-- Rows are told apart by a hash of what they say, and one of each kind is looked up: less work than grouping the texts.
CREATE TABLE IF NOT EXISTS habit AS
SELECT
    k.user_key, k.app_id, k.resource_id, k.ip, k.asn, k.country, k.user_agent, k.device_id, alike.first_time, alike.records
FROM kept_sign_in AS k
JOIN (
    SELECT min(row_id) AS row_id, min(time) AS first_time, count(*) AS records
    FROM kept_sign_in
    WHERE NOT marked AND error_code = 0 AND time IS NOT NULL AND user_key IS NOT NULL
    GROUP BY hash(user_key, app_id, resource_id, ip, asn, country, user_agent, device_id)
) AS alike ON alike.row_id = k.row_id;

-- Everybody who signs in, and since when, whatever came of it.
CREATE TABLE IF NOT EXISTS everybody AS
SELECT user_key, min(time) AS first_time
FROM (
    SELECT user_key, first_time AS time FROM habit
    UNION ALL
    SELECT user_key, time
    FROM kept_sign_in
    WHERE odd OR unnamed OR error_code IS NULL OR time IS NULL
) AS seen
GROUP BY user_key;

-- The network of every address, once for all who ask.
CREATE TABLE IF NOT EXISTS habit_place AS
SELECT ip, prefix_of(cleaned) AS prefix
FROM (SELECT DISTINCT ip, address(ip) AS cleaned FROM habit WHERE ip IS NOT NULL) AS seen
WHERE cleaned IS NOT NULL;

-- Which clients and networks everybody uses, and since when: how people are told apart.
CREATE TABLE IF NOT EXISTS habit_feature AS
SELECT user_key, 'client' AS dimension, lower(app_id) AS value, min(first_time) AS first_time
FROM habit WHERE app_id IS NOT NULL GROUP BY 1, 3
UNION ALL
SELECT h.user_key, 'prefix', p.prefix, min(h.first_time)
FROM habit AS h JOIN habit_place AS p ON p.ip = h.ip
GROUP BY 1, 3;

-- Values of which it was asked who was first seen with them when, and the answers: see first_seen.sql.
CREATE TABLE IF NOT EXISTS first_asked (asked_no BIGINT, dimension VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS first_seen (asked_no BIGINT, user_key VARCHAR, first_time TIMESTAMP);
