-- What was normal before each grant. Needs: own_row, habit, habit_place, subject_grant, taken, lineage_tie, and from Python
-- agent_family (user_agent, family).
-- Only ordinary successes make a habit: legs and lineage of grants, marked or not, are judged grant by grant.
CREATE OR REPLACE TABLE own_day AS
WITH daily AS (
    SELECT user_key, kind, CAST(time AS DATE) AS day, min(time) AS time
    FROM own_row
    WHERE user_key IN (SELECT user_key FROM subject_grant)
      AND row_id NOT IN (SELECT row_id FROM taken)
      AND row_id NOT IN (SELECT row_id FROM lineage_tie)
    GROUP BY ALL
),
-- People do the same all day long: what each kind says is cleaned once.
said AS (
    SELECT
        h.kind,
        unnest(['client', 'resource', 'prefix', 'asn', 'country', 'user_agent', 'agent_family', 'device']) AS dimension,
        unnest([
            lower(said(h.app_id)), lower(said(h.resource_id)), p.prefix, said(h.asn), said(h.country), said(h.user_agent),
            f.family, lower(said(h.device_id))
        ]) AS value
    FROM habit AS h
    LEFT JOIN habit_place AS p ON p.ip = h.ip
    LEFT JOIN agent_family AS f ON f.user_agent = h.user_agent
    WHERE h.kind IN (SELECT kind FROM daily)
)
SELECT d.user_key, s.dimension, s.value, d.day, min(d.time) AS first_time
FROM daily AS d
JOIN said AS s ON s.kind = d.kind
WHERE s.value IS NOT NULL
GROUP BY 1, 2, 3, 4;
