-- Token uses and the grant they descend from: `lineage_tie` says which, `token_use` what they are. Needs: flow_row, head (one row per grant and session: grant_no, user_key,
-- session_id, app_id, correlation_id, started_at, alive) and taken (rows that are legs of a grant).
--
-- One session id may belong to two people, so only rows of the grant's own user count; and a browser session may carry
-- several grants, so a row goes to the latest one of its client, else to the latest one. Grants are numbered in time
-- order, so the latest is the highest number: one pass over time, however many grants a session has.
CREATE OR REPLACE TABLE lineage_tie AS
WITH loose AS (
    SELECT r.row_id, r.user_key, r.session_id, r.app_id, r.correlation_id, r.time
    FROM flow_row AS r
    WHERE r.transfer = 'devicecodeflow'
      AND r.row_id NOT IN (SELECT row_id FROM taken)
),
event AS (
    SELECT 0 AS rank, concat_ws('|', user_key, session_id, app_id) AS key, started_at - INTERVAL 5 MINUTE AS time,
           grant_no, CAST(NULL AS BIGINT) AS row_id
    FROM head WHERE alive AND session_id IS NOT NULL AND app_id IS NOT NULL
    UNION ALL
    SELECT 1, concat_ws('|', user_key, session_id), started_at - INTERVAL 5 MINUTE, grant_no, NULL
    FROM head WHERE alive AND session_id IS NOT NULL
    UNION ALL
    SELECT 2, concat_ws('|', user_key, correlation_id), started_at - INTERVAL 5 MINUTE, grant_no, NULL
    FROM head WHERE alive AND correlation_id IS NOT NULL
    UNION ALL
    SELECT 3, concat_ws('|', user_key, app_id), started_at - INTERVAL 5 MINUTE, grant_no, NULL
    FROM head WHERE alive AND app_id IS NOT NULL
    UNION ALL
    SELECT 4, concat_ws('|', user_key, app_id), started_at - INTERVAL 5 MINUTE, grant_no, NULL
    FROM head WHERE alive AND app_id IS NOT NULL AND session_id IS NULL
    UNION ALL
    SELECT 0, concat_ws('|', user_key, session_id, app_id), time, NULL, row_id
    FROM loose WHERE session_id IS NOT NULL AND app_id IS NOT NULL
    UNION ALL
    SELECT 1, concat_ws('|', user_key, session_id), time, NULL, row_id FROM loose WHERE session_id IS NOT NULL
    UNION ALL
    SELECT 2, concat_ws('|', user_key, correlation_id), time, NULL, row_id FROM loose WHERE correlation_id IS NOT NULL
    UNION ALL
    SELECT 3, concat_ws('|', user_key, app_id), time, NULL, row_id FROM loose WHERE app_id IS NOT NULL AND session_id IS NULL
    UNION ALL
    SELECT 4, concat_ws('|', user_key, app_id), time, NULL, row_id FROM loose WHERE app_id IS NOT NULL AND session_id IS NOT NULL
),
latest AS (
    SELECT
        rank, row_id,
        max(grant_no) OVER (
            PARTITION BY rank, key ORDER BY time, row_id NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS grant_no
    FROM event
),
tied AS (
    SELECT row_id, min_by(grant_no, rank) AS grant_no, min(rank) AS rank
    FROM latest
    WHERE row_id IS NOT NULL AND grant_no IS NOT NULL
    GROUP BY row_id
)
SELECT
    r.row_id,
    t.grant_no,
    CASE WHEN t.rank <= 1 THEN 'session_id' WHEN t.rank = 2 THEN 'correlation_id' WHEN t.rank >= 3 THEN 'user_client_time' END AS tie
FROM loose AS r
LEFT JOIN tied AS t ON t.row_id = r.row_id;

-- Few rows of many: for an `=` the engine makes room for every row id between the first and the last.
CREATE OR REPLACE VIEW token_use AS
SELECT r.*, t.grant_no, t.tie
FROM lineage_tie AS t
JOIN flow_row AS r ON r.row_id IS NOT DISTINCT FROM t.row_id;
