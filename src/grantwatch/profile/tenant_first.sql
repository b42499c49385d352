-- First sight of a value per user, over the whole tenant, for values that occur in grants. Grouped as delivered: cleaning
-- happens on what is left.
CREATE OR REPLACE TABLE tenant_first AS
WITH wanted AS (SELECT DISTINCT dimension, value FROM grant_value)
SELECT f.dimension, f.value, coalesce(n.user_key, f.user_key) AS user_key, min(f.first_time) AS first_time
FROM (
    SELECT 'prefix' AS dimension, p.prefix AS value, g.user_key, min(g.first_time) AS first_time
    FROM habit AS g
    JOIN habit_place AS p ON p.ip = g.ip
    WHERE p.prefix IN (SELECT value FROM wanted WHERE dimension = 'prefix')
    GROUP BY 2, 3
    UNION ALL
    SELECT 'asn', asn, user_key, min(first_time) FROM habit
    WHERE asn IN (SELECT value FROM wanted WHERE dimension = 'asn') GROUP BY 2, 3
    UNION ALL
    SELECT 'client', lower(app_id), user_key, min(first_time) FROM habit
    WHERE lower(app_id) IN (SELECT value FROM wanted WHERE dimension = 'client') GROUP BY 2, 3
    UNION ALL
    SELECT 'resource', lower(resource_id), user_key, min(first_time) FROM habit
    WHERE lower(resource_id) IN (SELECT value FROM wanted WHERE dimension = 'resource') GROUP BY 2, 3
    UNION ALL
    SELECT 'country', country, user_key, min(first_time) FROM habit
    WHERE country IN (SELECT value FROM wanted WHERE dimension = 'country') GROUP BY 2, 3
    UNION ALL
    SELECT 'user_agent', user_agent, user_key, min(first_time) FROM habit
    WHERE user_agent IN (SELECT value FROM wanted WHERE dimension = 'user_agent') GROUP BY 2, 3
    UNION ALL
    SELECT 'agent_family', a.family, g.user_key, min(g.first_time)
    FROM habit AS g
    JOIN agent_family AS a ON a.user_agent = g.user_agent
    WHERE a.family IN (SELECT value FROM wanted WHERE dimension = 'agent_family')
    GROUP BY 2, 3
    UNION ALL
    SELECT 'device', lower(device_id), user_key, min(first_time) FROM habit
    WHERE lower(device_id) IN (SELECT value FROM wanted WHERE dimension = 'device') GROUP BY 2, 3
) AS f
LEFT JOIN person AS n ON n.upn = f.user_key
GROUP BY 1, 2, 3;
