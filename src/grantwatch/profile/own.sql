-- The ordinary successes of people, under one name each, and how many records they have by hour (UTC), whatever came of
-- those. Needs: row_kind, habit and unusual (habit.sql), person, own_name (name, user_key: those whose rows are there) and
-- own_asked (user_key: those whose rows are to be added).
CREATE TABLE IF NOT EXISTS own_row (user_key VARCHAR, row_id BIGINT, time TIMESTAMP, interactive BOOLEAN, kind UBIGINT);

-- Every name under which they sign in.
CREATE OR REPLACE TABLE more_name AS
SELECT user_key AS name, user_key FROM own_asked
UNION
SELECT p.upn, p.user_key FROM person AS p WHERE p.user_key IN (SELECT user_key FROM own_asked);

INSERT INTO own_row
SELECT n.user_key, o.row_id, o.time, o.interactive, o.kind
FROM row_kind AS o
JOIN habit AS h ON h.kind = o.kind
JOIN more_name AS n ON n.name = h.user_key
WHERE NOT o.odd;

INSERT INTO own_name SELECT name, user_key FROM more_name;

CREATE TABLE IF NOT EXISTS own_hour (user_key VARCHAR, time TIMESTAMP, records BIGINT, awake BIGINT, first_time TIMESTAMP);

-- `awake`: interactive successes that no device code flow left.
INSERT INTO own_hour
SELECT user_key, date_trunc('hour', time), count(*), count_true(awake), min(time)
FROM (
    SELECT user_key, time, interactive AS awake FROM own_row WHERE user_key IN (SELECT user_key FROM own_asked)
    UNION ALL
    SELECT n.user_key, u.time, false FROM unusual AS u JOIN more_name AS n ON n.name = u.user_key WHERE u.time IS NOT NULL
) AS record
GROUP BY 1, 2;
