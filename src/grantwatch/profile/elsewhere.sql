-- Where else each grant's user was active within the hour before and after: ordinary successes, per address the nearest in
-- time, and of those the nearest few. Hours are compared before minutes: a machine has thousands of grants and of records.
WITH span AS (
    SELECT grant_no, user_key, started_at, epoch_us(date_trunc('hour', started_at)) // 3600000000 + step AS hour
    FROM subject_grant, (VALUES (-1), (0), (1)) AS beside(step)
),
near AS (
    SELECT s.grant_no, r.row_id, r.time, r.ip, r.asn, r.country, abs(epoch_us(r.time) - epoch_us(s.started_at)) AS apart
    FROM span AS s
    JOIN own_row AS r ON r.user_key = s.user_key AND epoch_us(r.time) // 3600000000 = s.hour
    WHERE NOT r.marked AND r.error_code = 0 AND r.ip IS NOT NULL
),
loose AS (
    SELECT * FROM near
    WHERE apart <= 3600000000
      AND row_id NOT IN (SELECT row_id FROM taken) AND row_id NOT IN (SELECT row_id FROM token_use)
    QUALIFY row_number() OVER (PARTITION BY grant_no, ip ORDER BY apart, row_id) = 1
),
nearest AS (
    SELECT * FROM loose QUALIFY row_number() OVER (PARTITION BY grant_no ORDER BY apart, row_id) <= 8
)
SELECT
    n.grant_no, n.time, address(n.ip) AS ip, prefix_of(address(n.ip)) AS prefix,
    CASE WHEN try_cast(n.asn AS BIGINT) > 0 THEN try_cast(n.asn AS BIGINT) END AS asn, said(n.country) AS country,
    try_cast(k.latitude AS DOUBLE) AS latitude, try_cast(k.longitude AS DOUBLE) AS longitude,
    p.path, n.row_id - p.first_row + 1 AS position
FROM nearest AS n
JOIN kept_sign_in AS k ON k.row_id = n.row_id
JOIN pass_form AS p ON p.pass_id = k.pass_id AND p.file_id = k.file_id
ORDER BY n.grant_no, n.time, ip
