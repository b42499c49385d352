-- What tells the people of this tenant apart: clients and networks that three users have, and no more than a quarter of all.
-- Needs: habit_feature (habit.sql) and person.
CREATE TABLE IF NOT EXISTS feature AS
SELECT coalesce(n.user_key, s.user_key) AS user_key, s.dimension, s.value, min(s.first_time) AS first_time
FROM habit_feature AS s LEFT JOIN person AS n ON n.upn = s.user_key
GROUP BY 1, 2, 3;

CREATE TABLE IF NOT EXISTS telling AS
WITH shared AS (
    SELECT dimension, value, count(*) AS users
    FROM feature
    GROUP BY 1, 2
    HAVING count(*) BETWEEN 3 AND greatest(3, (SELECT count(DISTINCT user_key) FROM feature) // 4)
)
SELECT f.user_key, f.dimension, f.value, f.first_time, t.users
FROM feature AS f JOIN shared AS t ON t.dimension = f.dimension AND t.value = f.value;

-- Of a site with thousands of people some are enough, and the same ones for every feature.
CREATE TABLE IF NOT EXISTS crowd AS
SELECT * FROM telling QUALIFY row_number() OVER (PARTITION BY dimension, value ORDER BY hash(user_key), user_key) <= 500;

-- Whoever has no client that tells.
CREATE TABLE IF NOT EXISTS plain AS
SELECT user_key, min(first_time) AS first_time
FROM feature
WHERE user_key NOT IN (SELECT user_key FROM telling WHERE dimension = 'client')
GROUP BY 1
ORDER BY hash(user_key), user_key
LIMIT 201;
