-- People who came to a network of a grant within the two weeks before it, where that is new to the grant's user and at
-- least five came. Mostly there are none, and then families.sql has nothing to do.
CREATE OR REPLACE TABLE mover AS
WITH fresh AS (
    SELECT g.grant_no, g.user_key, g.started_at, g.dimension, g.value
    FROM grant_value AS g
    WHERE g.dimension IN ('prefix', 'asn')
      AND NOT EXISTS (
          SELECT 1 FROM own_day AS o
          WHERE o.user_key = g.user_key AND o.dimension = g.dimension AND o.value = g.value
            AND o.first_time < g.started_at - INTERVAL 14 DAY
      )
)
SELECT f.grant_no, f.user_key, f.started_at, f.dimension, f.value, t.user_key AS other, t.first_time
FROM fresh AS f
JOIN tenant_first AS t
  ON t.dimension = f.dimension AND t.value = f.value AND t.user_key <> f.user_key
 AND t.first_time BETWEEN f.started_at - INTERVAL 14 DAY AND f.started_at
QUALIFY count(*) OVER (PARTITION BY f.grant_no, f.dimension, f.value) >= 5;
