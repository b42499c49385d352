-- What an identity did after a grant, tied as strongly as the records allow:
-- token id > session id > correlation id > the same network as the device side > user and time.
-- Needs: deed, deed_name, head (one row per grant and session), grant_token (grant_no, token_id) and grant_prefix
-- (grant_no, prefix, side: `device`, or `approver` where only the approver was seen).
--
-- Where several grants could be meant it is the latest one before the deed. Grants are numbered in time order, so that
-- is the highest number so far: one pass over time. From a grant that gave no token nothing can follow.
CREATE OR REPLACE TEMP TABLE head_name AS
SELECT DISTINCT grant_no, name, session_id, correlation_id, started_at, alive
FROM (
    SELECT *, user_key AS name FROM head
    UNION ALL SELECT *, user_id FROM head
    UNION ALL SELECT *, upn FROM head
    -- A person may have been renamed.
    UNION ALL
    SELECT h.*, n.upn
    FROM head AS h
    JOIN (SELECT DISTINCT user_key, upn FROM kept_sign_in WHERE user_key IN (SELECT user_key FROM head)) AS n
      ON n.user_key = h.user_key
) AS named
WHERE name IS NOT NULL;

CREATE OR REPLACE TEMP TABLE tied_deed AS
WITH event AS (
    SELECT 1 AS rank, concat_ws('|', name, session_id) AS key, started_at - INTERVAL 1 MINUTE AS time, grant_no,
           CAST(NULL AS BIGINT) AS row_id
    FROM head_name WHERE alive AND session_id IS NOT NULL
    UNION ALL
    SELECT 1, concat_ws('|', '', session_id), started_at - INTERVAL 1 MINUTE, grant_no, NULL
    FROM head WHERE alive AND session_id IS NOT NULL
    UNION ALL
    SELECT 3, concat_ws('|', h.name, n.prefix), h.started_at, h.grant_no, NULL
    FROM head_name AS h JOIN grant_prefix AS n ON n.grant_no = h.grant_no
    WHERE h.alive AND n.side = 'device'
    UNION ALL
    SELECT 4, name, started_at, grant_no, NULL FROM head_name WHERE alive
    UNION ALL
    SELECT 1, concat_ws('|', n.name, d.session_id), d.time, NULL, d.row_id
    FROM deed AS d JOIN deed_name AS n ON n.row_id = d.row_id WHERE d.session_id IS NOT NULL
    UNION ALL
    SELECT 1, concat_ws('|', '', session_id), time, NULL, row_id FROM deed WHERE session_id IS NOT NULL AND impersonal
    UNION ALL
    SELECT 3, concat_ws('|', n.name, d.prefix), d.time, NULL, d.row_id
    FROM deed AS d JOIN deed_name AS n ON n.row_id = d.row_id WHERE d.prefix IS NOT NULL
    UNION ALL
    SELECT 4, n.name, d.time, NULL, d.row_id FROM deed AS d JOIN deed_name AS n ON n.row_id = d.row_id WHERE d.always_tie
),
latest AS (
    SELECT
        rank, row_id, time,
        max(grant_no) OVER (
            PARTITION BY rank, key ORDER BY time, row_id NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS grant_no
    FROM event
),
start AS (
    SELECT grant_no, min(started_at) AS started_at FROM head GROUP BY grant_no
),
pair AS (
    SELECT d.row_id, 0 AS rank, max(t.grant_no) AS grant_no
    FROM deed AS d
    JOIN grant_token AS t ON t.token_id = d.token_id
    GROUP BY d.row_id
    UNION ALL
    -- What comes from the approver's own network in a shared session was done by the approver.
    SELECT l.row_id, l.rank, l.grant_no
    FROM latest AS l
    JOIN start AS s ON s.grant_no = l.grant_no
    JOIN deed AS d ON d.row_id = l.row_id
    LEFT JOIN grant_prefix AS own ON own.grant_no = l.grant_no AND own.prefix = d.prefix AND own.side = 'approver'
    WHERE (l.rank = 1 AND own.prefix IS NULL)
       OR (l.rank = 3 AND l.time <= s.started_at + INTERVAL 14 DAY)
       OR (l.rank = 4 AND l.time <= s.started_at + INTERVAL 72 HOUR)
    UNION ALL
    SELECT d.row_id, 2, max(h.grant_no)
    FROM deed AS d
    JOIN deed_name AS n ON n.row_id = d.row_id
    JOIN head_name AS h ON h.correlation_id = d.correlation_id AND h.name = n.name
    WHERE d.time BETWEEN h.started_at - INTERVAL 20 MINUTE AND h.started_at + INTERVAL 20 MINUTE
    GROUP BY d.row_id
    UNION ALL
    SELECT d.row_id, 2, max(h.grant_no)
    FROM deed AS d
    JOIN head AS h ON h.correlation_id = d.correlation_id
    WHERE d.impersonal AND d.time BETWEEN h.started_at - INTERVAL 20 MINUTE AND h.started_at + INTERVAL 20 MINUTE
    GROUP BY d.row_id
)
SELECT row_id, min_by(grant_no, (rank, -grant_no)) AS grant_no, min(rank) AS rank
FROM pair
GROUP BY row_id;

-- A registration or a consent is several records under one correlation id, some of them by the service itself: where one
-- is tied, all are, but for what another person did under the same id.
CREATE OR REPLACE TEMP TABLE follow_on AS
WITH family AS (
    SELECT row_id, correlation_id, impersonal,
           CASE WHEN kind LIKE 'device%' THEN 'device' WHEN kind LIKE 'consent%' THEN 'consent' END AS family
    FROM deed
),
lead AS (
    SELECT f.correlation_id, f.family, min_by(t.grant_no, (t.rank, -t.grant_no)) AS grant_no, min(t.rank) AS rank
    FROM tied_deed AS t
    JOIN family AS f ON f.row_id = t.row_id
    WHERE f.family IS NOT NULL AND f.correlation_id IS NOT NULL
    GROUP BY 1, 2
),
relative AS (
    SELECT DISTINCT f.row_id, l.grant_no, l.rank
    FROM family AS f
    JOIN lead AS l ON l.correlation_id = f.correlation_id AND l.family = f.family
    LEFT JOIN deed_name AS n ON n.row_id = f.row_id
    LEFT JOIN head_name AS h ON h.grant_no = l.grant_no AND h.name = n.name
    WHERE (f.impersonal OR h.name IS NOT NULL)
      AND f.row_id NOT IN (SELECT row_id FROM tied_deed)
),
every_one AS (
    SELECT row_id, grant_no, rank FROM tied_deed
    UNION ALL
    SELECT row_id, grant_no, rank FROM relative
)
SELECT
    d.*,
    e.grant_no,
    CASE e.rank WHEN 0 THEN 'token_id' WHEN 1 THEN 'session_id' WHEN 2 THEN 'correlation_id' WHEN 3 THEN 'user_client_time'
                ELSE 'user_time' END AS tie
FROM deed AS d
JOIN every_one AS e ON e.row_id = d.row_id;
