-- How far back each grant's user goes in these logs, how many records that is, and the hours of the day (UTC) at which
-- the user signed in interactively before the grant.
WITH mine AS (
    SELECT coalesce(p.user_key, s.user_key) AS user_key, s.time, s.interactive AND NOT s.marked AND s.error_code = 0 AS awake
    FROM sign_ins AS s
    LEFT JOIN person AS p ON p.upn = s.user_key
    WHERE coalesce(p.user_key, s.user_key) IN (SELECT user_key FROM subject_grant) AND s.time IS NOT NULL
),
event AS (
    SELECT user_key, date_trunc('hour', time) AS time, count(*) AS records, count(*) FILTER (WHERE awake) AS awake,
           min(time) AS first_time, CAST(NULL AS INTEGER) AS grant_no
    FROM mine
    GROUP BY 1, 2
)
SELECT
    g.grant_no,
    min(e.first_time) AS first_time,
    coalesce(sum(e.records), 0) AS records,
    list(CAST(extract('hour' FROM e.time) AS INTEGER)) FILTER (WHERE e.awake > 0) AS hours,
    list(e.awake) FILTER (WHERE e.awake > 0) AS counts
FROM subject_grant AS g
LEFT JOIN event AS e ON e.user_key = g.user_key AND e.time < date_trunc('hour', g.started_at)
GROUP BY g.grant_no
