-- For every value of every grant: on how many days its user had succeeded with it before, since when, on how many days
-- after, and how many users of the tenant had. One pass over time per value: sightings and grants in one order, counted
-- as they go by. Users and values by their numbers: there is much to put in order, and their names are long.
WITH asked AS (
    SELECT g.grant_no, g.value_no, s.user_no, s.started_at
    FROM grant_value AS g JOIN subject_grant AS s ON s.grant_no = g.grant_no
),
user_event AS (
    SELECT u.user_no, v.value_no, o.first_time AS time, 1 AS seen, CAST(NULL AS INTEGER) AS grant_no
    FROM own_day AS o
    JOIN value_name AS v ON v.dimension = o.dimension AND v.value = o.value
    JOIN (SELECT DISTINCT user_no, user_key FROM subject_grant) AS u ON u.user_key = o.user_key
    WHERE (u.user_no, v.value_no) IN (SELECT user_no, value_no FROM asked)
    UNION ALL
    SELECT user_no, value_no, started_at, 0, grant_no FROM asked
),
user_count AS (
    SELECT
        grant_no, value_no,
        sum(seen) OVER before AS user_days,
        sum(seen) OVER (PARTITION BY user_no, value_no) - sum(seen) OVER before AS user_later,
        min(CASE WHEN seen = 1 THEN time END) OVER before AS user_first
    FROM user_event
    WINDOW before AS (PARTITION BY user_no, value_no ORDER BY time, seen ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
tenant_event AS (
    SELECT value_no, first_time AS time, 1 AS seen, CAST(NULL AS INTEGER) AS grant_no FROM tenant_first
    UNION ALL
    SELECT value_no, started_at, 0, grant_no FROM asked
),
tenant_count AS (
    SELECT
        grant_no, value_no,
        sum(seen) OVER (PARTITION BY value_no ORDER BY time, seen ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS tenant_users
    FROM tenant_event
)
SELECT u.grant_no, u.value_no, u.user_days, u.user_first, u.user_later, t.tenant_users
FROM user_count AS u
JOIN tenant_count AS t ON t.grant_no = u.grant_no AND t.value_no = u.value_no
WHERE u.grant_no IS NOT NULL AND (u.user_days > 0 OR u.user_later > 0 OR t.tenant_users > 0)
