-- Where else each grant's user was active within the hour before and after: ordinary successes, per address the nearest in
-- time, and of those the nearest few. Hours are compared before minutes: a machine has thousands of grants and of records.
CREATE OR REPLACE TABLE sight AS
WITH span AS (
    SELECT grant_no, user_key, started_at, epoch_us(date_trunc('hour', started_at)) // 3600000000 + step AS hour
    FROM subject_grant, (VALUES (-1), (0), (1)) AS beside(step)
),
near AS (
    SELECT s.grant_no, r.row_id, r.time, h.ip, h.asn, h.country, abs(epoch_us(r.time) - epoch_us(s.started_at)) AS apart
    FROM span AS s
    JOIN own_row AS r ON r.user_key = s.user_key AND epoch_us(r.time) // 3600000000 = s.hour
    JOIN habit AS h ON h.kind = r.kind
    WHERE h.ip IS NOT NULL
),
loose AS (
    SELECT * FROM near
    WHERE apart <= 3600000000
      AND row_id NOT IN (SELECT row_id FROM taken) AND row_id NOT IN (SELECT row_id FROM lineage_tie)
    QUALIFY row_number() OVER (PARTITION BY grant_no, ip ORDER BY apart, row_id) = 1
)
SELECT *, prefix_of(address(ip)) AS prefix FROM loose
QUALIFY row_number() OVER (PARTITION BY grant_no ORDER BY apart, row_id) <= 8;

-- How far away they were matters where something of the grant was in another network. If coordinates were left in the
-- records, they have to be read for those.
CREATE OR REPLACE TABLE far_sight AS
WITH place AS (
    SELECT t.grant_no, f.ip FROM taken AS t JOIN flow_row AS f ON f.row_id = t.row_id
    UNION
    SELECT grant_no, ip FROM token_use
),
far AS (
    SELECT s.row_id
    FROM sight AS s
    JOIN place AS p ON p.grant_no = s.grant_no AND prefix_of(p.ip) <> s.prefix
    WHERE EXISTS (SELECT 1 FROM pass_form WHERE late IS NOT NULL)
)
SELECT * FROM kept_sign_in WHERE row_id IN (SELECT row_id FROM far);
