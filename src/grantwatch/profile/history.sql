-- How far back each grant's user goes in these logs, how many records that is, and the hours of the day (UTC) at which
-- the user signed in interactively, all before the hour of the grant. Hours and grants in one order, counted as they go
-- by: a machine's account has thousands of both.
WITH hour_of AS (
    SELECT u.user_no, o.time, o.records, o.awake, o.first_time
    FROM own_hour AS o
    JOIN (SELECT DISTINCT user_no, user_key FROM subject_grant) AS u ON u.user_key = o.user_key
),
event AS (
    SELECT user_no, time, 1 AS after, records, first_time, CAST(NULL AS INTEGER) AS grant_no FROM hour_of
    UNION ALL
    SELECT user_no, date_trunc('hour', started_at), 0, 0, NULL, grant_no FROM subject_grant
),
passed AS (
    SELECT
        grant_no,
        min(first_time) OVER before AS first_time,
        sum(records) OVER before AS records
    FROM event
    WINDOW before AS (PARTITION BY user_no ORDER BY time, after ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
clock_event AS (
    SELECT user_no, CAST(extract('hour' FROM time) AS INTEGER) AS clock, time, 1 AS after, awake, CAST(NULL AS INTEGER) AS grant_no
    FROM hour_of
    WHERE awake > 0
    UNION ALL
    SELECT g.user_no, c.clock, date_trunc('hour', g.started_at), 0, 0, g.grant_no
    FROM subject_grant AS g
    JOIN (SELECT DISTINCT user_no, CAST(extract('hour' FROM time) AS INTEGER) AS clock FROM hour_of WHERE awake > 0) AS c
      ON c.user_no = g.user_no
),
clock_passed AS (
    SELECT
        grant_no,
        clock,
        sum(awake) OVER (
            PARTITION BY user_no, clock ORDER BY time, after ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS awake
    FROM clock_event
),
awake_at AS (
    SELECT grant_no, list(clock) AS hours, list(awake) AS counts
    FROM clock_passed
    WHERE grant_no IS NOT NULL AND awake > 0
    GROUP BY grant_no
)
SELECT p.grant_no, p.first_time, p.records, a.hours, a.counts
FROM passed AS p
LEFT JOIN awake_at AS a ON a.grant_no = p.grant_no
WHERE p.grant_no IS NOT NULL
