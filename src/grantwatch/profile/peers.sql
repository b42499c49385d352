-- People who work like the users with grants, as of each one's first grant: who share at least half of the clients and
-- networks that tell people of this tenant apart. Whoever has nothing of that kind works like all others who have not. At
-- most 200 peers each, the most alike first. Needs: telling, crowd and plain (telling.sql), subject_grant, own_row.
WITH newcomer AS (
    SELECT user_key, min(started_at) AS since FROM subject_grant GROUP BY user_key
),
mine AS (
    SELECT n.user_key, n.since, t.dimension, t.value, count(*) OVER (PARTITION BY n.user_key) AS held
    FROM newcomer AS n JOIN telling AS t ON t.user_key = n.user_key AND t.first_time < n.since
    QUALIFY row_number() OVER (PARTITION BY n.user_key ORDER BY t.users, t.value) <= 6
),
alike AS (
    SELECT m.user_key, t.user_key AS peer, count(*) AS shared, least(6, any_value(m.held)) AS held
    FROM mine AS m
    JOIN crowd AS t ON t.dimension = m.dimension AND t.value = m.value AND t.user_key <> m.user_key AND t.first_time < m.since
    GROUP BY 1, 2
    HAVING count(*) * 2 >= least(6, any_value(m.held))
),
-- Three days of sign-ins are the least from which it can be said that somebody has nothing special.
settled AS (
    SELECT n.user_key, n.since
    FROM newcomer AS n
    JOIN own_row AS o ON o.user_key = n.user_key AND o.time < n.since
    WHERE n.user_key NOT IN (SELECT user_key FROM mine)
    GROUP BY 1, 2
    HAVING count(DISTINCT CAST(o.time AS DATE)) >= 3
),
found AS (
    SELECT user_key, peer FROM alike
    QUALIFY row_number() OVER (PARTITION BY user_key ORDER BY shared DESC, peer) <= 200
    UNION ALL
    SELECT s.user_key, p.user_key FROM settled AS s JOIN plain AS p ON p.user_key <> s.user_key AND p.first_time < s.since
)
SELECT user_key, list(peer) FROM found GROUP BY user_key
