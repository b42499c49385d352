-- What kind of sign-in each row is: a hash of what it says as delivered, but for when. Odd ones failed or carry a mark of the flow;
-- they are few, and to leave them out here takes longer than to hash them.
CREATE TABLE IF NOT EXISTS row_kind AS
SELECT row_id, time, interactive, odd, hash(user_key, app_id, resource_id, ip, asn, country, user_agent, device_id) AS kind
FROM kept_sign_in
WHERE error_code IS NOT NULL AND time IS NOT NULL AND user_key IS NOT NULL;

-- What everybody does: people repeat themselves, so this is small, and all the tenant's counts come from it. One row of each
-- kind is looked up: less work than grouping the texts.
CREATE TABLE IF NOT EXISTS habit AS
SELECT
    a.kind, k.user_key, k.app_id, k.resource_id, k.ip, k.asn, k.country, k.user_agent, k.device_id, a.first_time, a.records
FROM kept_sign_in AS k
JOIN (
    SELECT kind, min(row_id) AS row_id, min(time) AS first_time, count(*) AS records FROM row_kind WHERE NOT odd GROUP BY kind
) AS a ON a.row_id = k.row_id;

-- All rows that make no habit.
CREATE TABLE IF NOT EXISTS unusual AS
SELECT user_key, time FROM kept_sign_in WHERE odd OR error_code IS NULL OR time IS NULL;

-- Everybody who signs in, and since when, whatever came of it.
CREATE TABLE IF NOT EXISTS everybody AS
SELECT user_key, min(time) AS first_time
FROM (
    SELECT user_key, first_time AS time FROM habit
    UNION ALL
    SELECT user_key, time FROM unusual
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
