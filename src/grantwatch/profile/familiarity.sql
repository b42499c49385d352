-- For every value of every grant: on how many days its user had succeeded with it before, since when, on how many days
-- after, and how many users of the tenant had. One pass over time per value: sightings and grants in one order, counted
-- as they go by.
WITH user_event AS (
    SELECT user_key, dimension, value, first_time AS time, 1 AS seen, CAST(NULL AS INTEGER) AS grant_no FROM own_day
    WHERE (user_key, dimension, value) IN (SELECT user_key, dimension, value FROM grant_value)
    UNION ALL
    SELECT user_key, dimension, value, started_at, 0, grant_no FROM grant_value
),
user_count AS (
    SELECT
        grant_no, dimension, value,
        sum(seen) OVER before AS user_days,
        sum(seen) OVER (PARTITION BY user_key, dimension, value) - sum(seen) OVER before AS user_later,
        min(CASE WHEN seen = 1 THEN time END) OVER before AS user_first
    FROM user_event
    WINDOW before AS (PARTITION BY user_key, dimension, value ORDER BY time, seen ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
tenant_event AS (
    SELECT dimension, value, first_time AS time, 1 AS seen, CAST(NULL AS INTEGER) AS grant_no FROM tenant_first
    UNION ALL
    SELECT dimension, value, started_at, 0, grant_no FROM grant_value
),
tenant_count AS (
    SELECT
        grant_no, dimension, value,
        sum(seen) OVER (PARTITION BY dimension, value ORDER BY time, seen ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS tenant_users
    FROM tenant_event
)
SELECT u.grant_no, u.dimension, u.value, u.user_days, u.user_first, u.user_later, t.tenant_users
FROM user_count AS u
JOIN tenant_count AS t ON t.grant_no = u.grant_no AND t.dimension = u.dimension AND t.value = u.value
WHERE u.grant_no IS NOT NULL AND (u.user_days > 0 OR u.user_later > 0 OR t.tenant_users > 0)
