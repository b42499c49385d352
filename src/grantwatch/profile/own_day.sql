-- What was normal before each grant. Needs: own_row, subject_grant, taken, lineage_tie, and from Python agent_family
-- (user_agent, family).
-- Only ordinary successes make a habit: legs and lineage of grants, marked or not, are judged grant by grant.

-- As delivered first: people do the same all day long, and cleaning happens on what is left.
CREATE OR REPLACE TABLE own_day AS
WITH alike AS (
    SELECT user_key, app_id, resource_id, ip, asn, country, user_agent, device_id, CAST(time AS DATE) AS day, min(time) AS time
    FROM own_row
    WHERE NOT marked AND error_code = 0
      AND user_key IN (SELECT user_key FROM subject_grant)
      AND row_id NOT IN (SELECT row_id FROM taken)
      AND row_id NOT IN (SELECT row_id FROM lineage_tie)
    GROUP BY ALL
),
own AS (
    SELECT
        s.user_key, s.day, s.time, lower(said(s.app_id)) AS app_id, lower(said(s.resource_id)) AS resource_id,
        prefix_of(s.ip) AS prefix, said(s.asn) AS asn, said(s.country) AS country, said(s.user_agent) AS user_agent,
        f.family, lower(said(s.device_id)) AS device_id
    FROM (SELECT * REPLACE (address(ip) AS ip) FROM alike) AS s
    LEFT JOIN agent_family AS f ON f.user_agent = s.user_agent
)
SELECT user_key, dimension, value, day, min(time) AS first_time
FROM (
    SELECT
        user_key,
        day,
        time,
        unnest(['client', 'resource', 'prefix', 'asn', 'country', 'user_agent', 'agent_family', 'device']) AS dimension,
        unnest([app_id, resource_id, prefix, asn, country, user_agent, family, device_id]) AS value
    FROM own
) AS said
WHERE value IS NOT NULL
GROUP BY 1, 2, 3, 4;
