-- First sight of a value per user, over the whole tenant, for the values of `value_asked` (dimension, value) that nobody asked
-- for before. Grouped as delivered: cleaning happens on what is left. Needs: habit, habit_place, first_asked and
-- first_seen (habit.sql), person, agent_family.
CREATE OR REPLACE TABLE value_new AS
SELECT (SELECT count(*) FROM first_asked) + row_number() OVER () AS asked_no, dimension, value
FROM value_asked
WHERE (dimension, value) NOT IN (SELECT dimension, value FROM first_asked);

INSERT INTO first_seen
SELECT v.asked_no, coalesce(n.user_key, s.user_key) AS user_key, min(s.first_time) AS first_time
FROM (
    SELECT
        g.user_key,
        g.first_time,
        unnest(['client', 'resource', 'prefix', 'asn', 'country', 'user_agent', 'agent_family', 'device']) AS dimension,
        unnest([
            lower(g.app_id), lower(g.resource_id), p.prefix, g.asn, g.country, g.user_agent, a.family, lower(g.device_id)
        ]) AS value
    FROM habit AS g
    LEFT JOIN habit_place AS p ON p.ip = g.ip
    LEFT JOIN agent_family AS a ON a.user_agent = g.user_agent
) AS s
JOIN value_new AS v ON v.dimension = s.dimension AND v.value = s.value
LEFT JOIN person AS n ON n.upn = s.user_key
GROUP BY 1, 2;

INSERT INTO first_asked SELECT asked_no, dimension, value FROM value_new;
