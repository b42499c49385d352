-- Networks to which people move together: at least five users who were with this user on one network before were first
-- seen on the new one within the two weeks before the grant, and they are a quarter of those of the old one or more. That
-- is a new provider or way out of the company, and no anomaly of any of them.
-- Needs: fresh (grant_no, user_key, started_at, dimension, value: networks that are new to the user and not to others).
WITH came AS (
    SELECT f.grant_no, f.user_key, f.started_at, f.dimension, f.value, v.value_no
    FROM fresh AS f
    JOIN value_name AS v ON v.dimension = f.dimension AND v.value = f.value
    JOIN tenant_first AS t
      ON t.value_no = v.value_no AND t.user_key <> f.user_key
     AND t.first_time BETWEEN f.started_at - INTERVAL 14 DAY AND f.started_at
    GROUP BY ALL
    HAVING count(*) >= 5
),
mover AS (
    SELECT f.grant_no, f.user_key, f.started_at, f.dimension, f.value, t.user_key AS other, t.first_time
    FROM came AS f
    JOIN tenant_first AS t
      ON t.value_no = f.value_no AND t.user_key <> f.user_key
     AND t.first_time BETWEEN f.started_at - INTERVAL 14 DAY AND f.started_at
),
old AS (
    SELECT m.grant_no, o.value AS prefix, max(o.first_time) AS last_time
    FROM (SELECT DISTINCT grant_no, user_key, started_at FROM mover) AS m
    JOIN own_day AS o ON o.user_key = m.user_key AND o.dimension = 'prefix' AND o.first_time < m.started_at
    GROUP BY 1, 2
    HAVING count(*) >= 2
),
neighbour AS (
    SELECT f.value AS prefix, coalesce(n.user_key, f.user_key) AS user_key, min(f.first_time) AS first_time
    FROM habit_feature AS f
    LEFT JOIN person AS n ON n.upn = f.user_key
    WHERE f.dimension = 'prefix' AND f.value IN (SELECT prefix FROM old)
    GROUP BY 1, 2
),
size AS (SELECT prefix, count(*) AS users FROM neighbour GROUP BY 1)
SELECT m.grant_no, m.dimension, m.value, max(m.movers)
FROM (
    SELECT m.grant_no, m.dimension, m.value, b.prefix, count(*) AS movers
    FROM mover AS m
    JOIN old AS o ON o.grant_no = m.grant_no
    JOIN neighbour AS b ON b.prefix = o.prefix AND b.user_key = m.other AND b.first_time < m.first_time
    WHERE NOT (m.dimension = 'prefix' AND m.value = o.prefix)
    GROUP BY 1, 2, 3, 4
) AS m
JOIN size AS s ON s.prefix = m.prefix
WHERE m.movers >= 5 AND m.movers * 4 >= s.users
GROUP BY 1, 2, 3
