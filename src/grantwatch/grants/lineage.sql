-- Token uses and the grant they descend from. Needs: flow_row, flow_leg, head (the grants found so far:
-- grant_no, user_key, session_id, app_id, correlation_id, started_at) and taken (rows that are legs of a grant).
--
-- One session id may belong to two people, so only rows of the grant's own user count; and a browser session may
-- carry several grants, so a row goes to the latest one of its client, else to the latest one.
CREATE OR REPLACE TEMP TABLE token_use AS
WITH loose AS (
    SELECT r.*
    FROM flow_row AS r
    WHERE r.transfer = 'devicecodeflow'
      AND r.row_id NOT IN (SELECT row_id FROM taken)
),
tied AS (
    SELECT
        r.row_id,
        h.grant_no,
        CASE WHEN h.session_id = r.session_id THEN 'session_id' WHEN h.correlation_id = r.correlation_id THEN 'correlation_id'
             ELSE 'user_client_time' END AS tie,
        row_number() OVER (
            PARTITION BY r.row_id
            ORDER BY
                CASE WHEN h.session_id = r.session_id THEN 0 WHEN h.correlation_id = r.correlation_id THEN 1 ELSE 2 END,
                CASE WHEN h.app_id = r.app_id THEN 0 ELSE 1 END,
                h.started_at DESC,
                h.grant_no
        ) AS choice
    FROM loose AS r
    JOIN head AS h
      ON h.user_key = r.user_key
     AND h.started_at <= r.time + INTERVAL 5 MINUTE
     AND (
         h.session_id = r.session_id
         OR h.correlation_id = r.correlation_id
         OR (h.app_id = r.app_id AND (r.session_id IS NULL OR h.session_id IS NULL))
     )
)
SELECT r.*, t.grant_no, t.tie
FROM loose AS r
LEFT JOIN tied AS t ON t.row_id = r.row_id AND t.choice = 1;
