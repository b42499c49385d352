-- People who work like the users with grants, as of each one's first grant: who share at least half of the clients and
-- networks that tell people of this tenant apart. What three users have, and no more than a quarter of all, is telling.
-- Whoever has nothing of that kind works like all others who have not. At most 200 peers each, the most alike first.
WITH newcomer AS (
    SELECT user_key, min(started_at) AS since FROM subject_grant GROUP BY user_key
),
feature AS (
    SELECT coalesce(n.user_key, s.user_key) AS user_key, s.dimension, s.value, min(s.first_time) AS first_time
    FROM habit_feature AS s LEFT JOIN person AS n ON n.upn = s.user_key
    GROUP BY 1, 2, 3
),
telling AS (
    SELECT dimension, value, count(*) AS users
    FROM feature
    GROUP BY 1, 2
    HAVING count(*) BETWEEN 3 AND greatest(3, (SELECT count(DISTINCT user_key) FROM feature) // 4)
),
told AS (
    SELECT f.user_key, f.dimension, f.value, f.first_time, t.users
    FROM feature AS f JOIN telling AS t ON t.dimension = f.dimension AND t.value = f.value
),
mine AS (
    SELECT n.user_key, n.since, t.dimension, t.value, count(*) OVER (PARTITION BY n.user_key) AS held
    FROM newcomer AS n JOIN told AS t ON t.user_key = n.user_key AND t.first_time < n.since
    QUALIFY row_number() OVER (PARTITION BY n.user_key ORDER BY t.users, t.value) <= 6
),
-- Of a site with thousands of people some are enough, and the same ones for every feature.
crowd AS (
    SELECT * FROM told QUALIFY row_number() OVER (PARTITION BY dimension, value ORDER BY hash(user_key), user_key) <= 500
),
alike AS (
    SELECT m.user_key, t.user_key AS peer, count(*) AS shared, least(6, any_value(m.held)) AS held
    FROM mine AS m
    JOIN crowd AS t ON t.dimension = m.dimension AND t.value = m.value AND t.user_key <> m.user_key AND t.first_time < m.since
    GROUP BY 1, 2
    HAVING count(*) * 2 >= least(6, any_value(m.held))
),
plain AS (
    SELECT user_key, min(first_time) AS first_time
    FROM feature
    WHERE user_key NOT IN (SELECT user_key FROM told WHERE dimension = 'client')
    GROUP BY 1
    ORDER BY hash(user_key), user_key
    LIMIT 201
),
-- Three days of sign-ins are the least from which it can be said that somebody has nothing special.
settled AS (
    SELECT n.user_key, n.since
    FROM newcomer AS n
    JOIN own_row AS o ON o.user_key = n.user_key AND NOT o.marked AND o.error_code = 0 AND o.time < n.since
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
