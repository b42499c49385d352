-- First sight of a value per user, over the whole tenant, for the values of `value_asked` (dimension, value) that nobody asked
-- for before. Grouped as delivered: cleaning happens on what is left. Needs: habit, habit_place, first_asked and
-- first_seen (habit.sql), person, agent_family.
CREATE OR REPLACE TABLE value_new AS
SELECT (SELECT count(*) FROM first_asked) + row_number() OVER () AS asked_no, dimension, value
FROM value_asked
WHERE (dimension, value) NOT IN (SELECT dimension, value FROM first_asked);

INSERT INTO first_seen
SELECT f.asked_no, coalesce(n.user_key, f.user_key) AS user_key, min(f.first_time) AS first_time
FROM (
    SELECT v.asked_no, g.user_key, min(g.first_time) AS first_time
    FROM habit AS g
    JOIN habit_place AS p ON p.ip = g.ip
    JOIN value_new AS v ON v.dimension = 'prefix' AND v.value = p.prefix
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g JOIN value_new AS v ON v.dimension = 'asn' AND v.value = g.asn
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g JOIN value_new AS v ON v.dimension = 'client' AND v.value = lower(g.app_id)
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g JOIN value_new AS v ON v.dimension = 'resource' AND v.value = lower(g.resource_id)
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g JOIN value_new AS v ON v.dimension = 'country' AND v.value = g.country
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g JOIN value_new AS v ON v.dimension = 'user_agent' AND v.value = g.user_agent
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g
    JOIN agent_family AS a ON a.user_agent = g.user_agent
    JOIN value_new AS v ON v.dimension = 'agent_family' AND v.value = a.family
    GROUP BY 1, 2
    UNION ALL
    SELECT v.asked_no, g.user_key, min(g.first_time)
    FROM habit AS g JOIN value_new AS v ON v.dimension = 'device' AND v.value = lower(g.device_id)
    GROUP BY 1, 2
) AS f
LEFT JOIN person AS n ON n.upn = f.user_key
GROUP BY 1, 2;

INSERT INTO first_asked SELECT asked_no, dimension, value FROM value_new;
