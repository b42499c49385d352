-- What was normal before each grant. Needs: sign_ins, person, and from Python subject_grant (grant_no, user_key,
-- started_at), grant_value (grant_no, user_key, started_at, dimension, value) and agent_family (user_agent, family).
-- Only ordinary successes make a habit: rows of a device code lineage are judged grant by grant, not here.

CREATE OR REPLACE TEMP TABLE own_day AS
WITH own AS (
    SELECT
        coalesce(p.user_key, s.user_key) AS user_key, s.time, s.app_id, s.resource_id, prefix_of(s.ip) AS prefix,
        CAST(s.asn AS VARCHAR) AS asn, s.country, s.user_agent, f.family, s.device_id
    FROM sign_ins AS s
    LEFT JOIN person AS p ON p.upn = s.user_key
    LEFT JOIN agent_family AS f ON f.user_agent = s.user_agent
    WHERE coalesce(p.user_key, s.user_key) IN (SELECT user_key FROM subject_grant)
      AND NOT s.marked AND s.error_code = 0 AND s.time IS NOT NULL
)
SELECT user_key, dimension, value, CAST(time AS DATE) AS day, min(time) AS first_time
FROM (
    SELECT user_key, time, 'client' AS dimension, app_id AS value FROM own
    UNION ALL SELECT user_key, time, 'resource', resource_id FROM own
    UNION ALL SELECT user_key, time, 'prefix', prefix FROM own
    UNION ALL SELECT user_key, time, 'asn', asn FROM own
    UNION ALL SELECT user_key, time, 'country', country FROM own
    UNION ALL SELECT user_key, time, 'user_agent', user_agent FROM own
    UNION ALL SELECT user_key, time, 'agent_family', family FROM own
    UNION ALL SELECT user_key, time, 'device', device_id FROM own
) AS said
WHERE value IS NOT NULL
GROUP BY 1, 2, 3, 4;

-- First sight of a value per user, over the whole tenant, for the values that occur in grants.
CREATE OR REPLACE TEMP TABLE tenant_first AS
WITH wanted AS (SELECT DISTINCT dimension, value FROM grant_value),
place AS (
    -- Addresses repeat: find their networks once per user and address, not once per row.
    SELECT user_key, prefix_of(address(ip)) AS value, min(time) AS first_time
    FROM (
        SELECT user_key, ip, min(time) AS time
        FROM sign_in
        WHERE claimed AND ignored IS NULL AND NOT marked AND error_code = 0 AND time IS NOT NULL AND ip IS NOT NULL
        GROUP BY user_key, ip
    ) AS seen
    GROUP BY 1, 2
)
SELECT dimension, value, user_key, min(first_time) AS first_time
FROM (
    SELECT 'prefix' AS dimension, value, user_key, first_time FROM place
    UNION ALL
    SELECT 'asn', CAST(asn AS VARCHAR), user_key, min(time)
    FROM sign_ins WHERE NOT marked AND error_code = 0 AND asn IS NOT NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'client', app_id, user_key, min(time)
    FROM sign_ins WHERE NOT marked AND error_code = 0 AND app_id IS NOT NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'resource', resource_id, user_key, min(time)
    FROM sign_ins WHERE NOT marked AND error_code = 0 AND resource_id IS NOT NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'country', country, user_key, min(time)
    FROM sign_ins WHERE NOT marked AND error_code = 0 AND country IS NOT NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'user_agent', user_agent, user_key, min(time)
    FROM sign_ins WHERE NOT marked AND error_code = 0 AND user_agent IN (SELECT value FROM wanted WHERE dimension = 'user_agent')
    GROUP BY 2, 3
) AS first_sight
WHERE (dimension, value) IN (SELECT dimension, value FROM wanted) AND first_time IS NOT NULL AND user_key IS NOT NULL
GROUP BY 1, 2, 3;
