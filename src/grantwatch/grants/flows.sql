-- Legs of one flow: the same user and client under one correlation id (else session id, else none), each within
-- 20 minutes of the one before it: a code lives 15 minutes. A new confirmation after a redemption is a new flow.
CREATE OR REPLACE TEMP TABLE flow_leg AS
WITH leg AS (
    SELECT
        row_id, role, time, request_id,
        concat_ws('|', user_key, coalesce(app_id, ''), coalesce(correlation_id, 's:' || session_id, '')) AS flow_key
    FROM flow_row
    WHERE role NOT IN ('token_use', 'other')
),
stepped AS (
    SELECT
        *,
        CASE
            WHEN lag(time) OVER flow IS NULL THEN 1
            WHEN time > lag(time) OVER flow + INTERVAL 20 MINUTE THEN 1
            WHEN role IN ('approval', 'sighting', 'interrupt') AND lag(role) OVER flow = 'redemption'
                 AND time > lag(time) OVER flow + INTERVAL 60 SECOND THEN 1
            ELSE 0
        END AS begins
    FROM leg
    WINDOW flow AS (PARTITION BY flow_key ORDER BY time, role, request_id, row_id)
)
SELECT
    row_id,
    flow_key || '#' || sum(begins) OVER (PARTITION BY flow_key ORDER BY time, role, request_id, row_id
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS flow_id
FROM stepped;
