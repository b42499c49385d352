-- On how many days, from that of each grant on, its user succeeded with an ordinary sign-in anywhere. Needs: own_day,
-- subject_grant. Days and grants in one order, counted as they go by.
WITH event AS (
    SELECT DISTINCT user_key, day, 1 AS seen, CAST(NULL AS INTEGER) AS grant_no FROM own_day WHERE dimension = 'client'
    UNION ALL
    SELECT user_key, CAST(started_at AS DATE), 0, grant_no FROM subject_grant
),
counted AS (
    SELECT
        grant_no,
        sum(seen) OVER (PARTITION BY user_key)
        - sum(seen) OVER (PARTITION BY user_key ORDER BY day, seen ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS days
    FROM event
)
SELECT grant_no, days FROM counted WHERE grant_no IS NOT NULL
