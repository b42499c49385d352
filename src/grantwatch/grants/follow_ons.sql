-- What an identity did after a grant, tied as strongly as the records allow:
-- token id > session id > registered device's correlation id > the same network as the device side > user and time.
-- Needs: activities, operation_kind (knowledge: key, kind, always_tie), head, grant_token (grant_no, token_id),
-- grant_prefix (grant_no, prefix: networks of the device side only), person.
CREATE OR REPLACE TEMP TABLE deed AS
SELECT
    a.*,
    o.kind,
    o.always_tie,
    prefix_of(a.ip) AS prefix
FROM activities AS a
JOIN operation_kind AS o ON o.key = lower(trim(a.operation))
WHERE a.time IS NOT NULL;

CREATE OR REPLACE TEMP TABLE follow_on AS
WITH pair AS (
    SELECT d.row_id, t.grant_no, 'token_id' AS tie, 0 AS strength
    FROM deed AS d
    JOIN grant_token AS t ON t.token_id = d.token_id
    UNION ALL
    SELECT d.row_id, h.grant_no, 'session_id', 1
    FROM deed AS d
    JOIN head AS h ON h.session_id = d.session_id AND d.time >= h.started_at - INTERVAL 1 MINUTE
    WHERE d.actor_upn = h.upn OR d.actor_id = h.user_id OR (d.actor_upn IS NULL AND d.actor_id IS NULL)
    UNION ALL
    SELECT d.row_id, h.grant_no, 'correlation_id', 2
    FROM deed AS d
    JOIN head AS h ON h.correlation_id = d.correlation_id
    WHERE d.time BETWEEN h.started_at - INTERVAL 20 MINUTE AND h.started_at + INTERVAL 20 MINUTE
    UNION ALL
    SELECT d.row_id, h.grant_no, 'user_client_time', 3
    FROM deed AS d
    JOIN head AS h ON (d.actor_upn = h.upn OR d.actor_id = h.user_id)
                  AND d.time BETWEEN h.started_at AND h.started_at + INTERVAL 14 DAY
    JOIN grant_prefix AS n ON n.grant_no = h.grant_no AND n.prefix = d.prefix
    UNION ALL
    SELECT d.row_id, h.grant_no, 'user_time', 4
    FROM deed AS d
    JOIN head AS h ON (d.actor_upn = h.upn OR d.actor_id = h.user_id OR (d.kind = 'device_linked' AND d.target_upn = h.upn))
                  AND d.time BETWEEN h.started_at AND h.started_at + INTERVAL 72 HOUR
    WHERE d.always_tie
),
chosen AS (
    SELECT
        p.row_id, p.grant_no, p.tie,
        row_number() OVER (PARTITION BY p.row_id ORDER BY p.strength, h.started_at DESC, p.grant_no) AS choice
    FROM pair AS p
    JOIN head AS h ON h.grant_no = p.grant_no
),
direct AS (
    SELECT d.*, c.grant_no, c.tie
    FROM deed AS d
    JOIN chosen AS c ON c.row_id = d.row_id AND c.choice = 1
),
-- A device registration is several records under one correlation id, some of them by the service itself.
relatives AS (
    SELECT d.*, x.grant_no, x.tie
    FROM deed AS d
    JOIN (
        SELECT correlation_id, min(grant_no) AS grant_no, min(tie) AS tie
        FROM direct
        WHERE kind LIKE 'device%' AND correlation_id IS NOT NULL
        GROUP BY correlation_id
    ) AS x ON x.correlation_id = d.correlation_id
    WHERE d.kind LIKE 'device%' AND d.row_id NOT IN (SELECT row_id FROM direct)
)
SELECT * FROM direct
UNION ALL
SELECT * FROM relatives;
