-- Where else each grant's user was active within the hour before and after: ordinary successes, per address the nearest in
-- time, and of those the nearest few. Hours are compared before minutes: a machine has thousands of grants and of records.
WITH span AS (
    SELECT grant_no, user_key, started_at, date_trunc('hour', started_at) + to_hours(step) AS hour
    FROM subject_grant, (VALUES (-1), (0), (1)) AS beside(step)
),
near AS (
    SELECT
        s.grant_no, r.row_id, r.pass_id, r.file_id, r.time, address(r.ip) AS ip, r.asn, r.country, r.latitude, r.longitude,
        abs(epoch_us(r.time) - epoch_us(s.started_at)) AS apart
    FROM span AS s
    JOIN own_row AS r ON r.user_key = s.user_key AND date_trunc('hour', r.time) = s.hour
    WHERE NOT r.marked AND r.error_code = 0
      AND r.row_id NOT IN (SELECT row_id FROM taken)
      AND r.row_id NOT IN (SELECT row_id FROM token_use)
),
place AS (
    SELECT * FROM near
    WHERE apart <= 3600000000 AND ip IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY grant_no, ip ORDER BY apart, row_id) = 1
)
SELECT
    l.grant_no, l.time, l.ip, prefix_of(l.ip) AS prefix,
    CASE WHEN try_cast(l.asn AS BIGINT) > 0 THEN try_cast(l.asn AS BIGINT) END AS asn, said(l.country) AS country,
    try_cast(l.latitude AS DOUBLE) AS latitude, try_cast(l.longitude AS DOUBLE) AS longitude,
    p.path, l.row_id - p.first_row + 1 AS position
FROM place AS l
JOIN pass_form AS p ON p.pass_id = l.pass_id AND p.file_id = l.file_id
QUALIFY row_number() OVER (PARTITION BY l.grant_no ORDER BY l.apart, l.row_id) <= 8
ORDER BY l.grant_no, l.time, l.ip
