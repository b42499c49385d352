-- What an identity did after a grant, tied as strongly as the records allow:
-- token id > session id > correlation id > a client of the grant, the same network as the device side > user and time.
-- Needs: deed, deed_name, head (one row per grant and session), grant_token (grant_no, token_id), grant_client (grant_no,
-- app_id: clients that the device side used) and grant_prefix (grant_no, prefix, side: `device`, or `approver` where only
-- the approver was seen).
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

CREATE OR REPLACE TEMP TABLE own_name AS
SELECT n.* FROM deed_name AS n WHERE n.name IN (SELECT name FROM head_name);

-- Since when a person does such a thing at all, and since when with this client.
CREATE OR REPLACE TEMP TABLE client_first AS
SELECT row_id, min(kind_first) AS kind_first, min(client_first) AS client_first
FROM (
    SELECT
        n.row_id,
        min(d.time) OVER (PARTITION BY n.name, d.kind) AS kind_first,
        min(d.time) OVER (PARTITION BY n.name, d.kind, d.app_id) AS client_first
    FROM own_name AS n
    JOIN deed AS d ON d.row_id = n.row_id
    WHERE d.client_hours > 0
) AS seen
GROUP BY row_id;

CREATE OR REPLACE TEMP TABLE tied_deed AS
WITH event AS (
    SELECT 1 AS rank, concat_ws('|', name, session_id) AS key, started_at - INTERVAL 1 MINUTE AS time, grant_no,
           CAST(NULL AS BIGINT) AS row_id
    FROM head_name WHERE alive AND session_id IS NOT NULL
    UNION ALL
    SELECT 1, concat_ws('|', '', session_id), started_at - INTERVAL 1 MINUTE, grant_no, NULL
    FROM head WHERE alive AND session_id IS NOT NULL
    UNION ALL
    SELECT 3, concat_ws('|', h.name, c.app_id), h.started_at, h.grant_no, NULL
    FROM head_name AS h JOIN grant_client AS c ON c.grant_no = h.grant_no
    WHERE h.alive
    UNION ALL
    SELECT 4, concat_ws('|', h.name, n.prefix), h.started_at, h.grant_no, NULL
    FROM head_name AS h JOIN grant_prefix AS n ON n.grant_no = h.grant_no
    WHERE h.alive AND n.side = 'device'
    UNION ALL
    SELECT 5, name, started_at, grant_no, NULL FROM head_name WHERE alive
    UNION ALL
    SELECT 1, concat_ws('|', n.name, d.session_id), d.time, NULL, d.row_id
    FROM deed AS d JOIN own_name AS n ON n.row_id = d.row_id WHERE d.session_id IS NOT NULL
    UNION ALL
    SELECT 1, concat_ws('|', '', session_id), time, NULL, row_id FROM deed WHERE session_id IS NOT NULL AND impersonal
    UNION ALL
    SELECT 3, concat_ws('|', n.name, d.app_id), d.time, NULL, d.row_id
    FROM deed AS d JOIN own_name AS n ON n.row_id = d.row_id WHERE d.client_hours > 0 AND d.app_id IS NOT NULL
    UNION ALL
    SELECT 4, concat_ws('|', n.name, d.prefix), d.time, NULL, d.row_id
    FROM deed AS d JOIN own_name AS n ON n.row_id = d.row_id WHERE d.prefix IS NOT NULL AND n.close
    UNION ALL
    SELECT 5, n.name, d.time, NULL, d.row_id
    FROM deed AS d JOIN own_name AS n ON n.row_id = d.row_id WHERE d.always_tie AND n.close
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
    LEFT JOIN client_first AS c ON c.row_id = l.row_id
    WHERE d.before_minutes = 0
      AND (
          (l.rank = 1 AND own.prefix IS NULL)
          -- A client that the person had for this before says nothing; for Graph how much was asked says it.
          OR (l.rank = 3 AND own.prefix IS NULL AND l.time <= s.started_at + to_hours(d.client_hours)
              AND (d.kind = 'graph_call' OR (c.client_first >= s.started_at AND c.kind_first < s.started_at)))
          OR (l.rank = 4 AND l.time <= s.started_at + to_hours(d.network_hours))
          OR (l.rank = 5 AND l.time <= s.started_at + to_hours(d.user_hours))
      )
    UNION ALL
    SELECT d.row_id, 2, max(h.grant_no)
    FROM deed AS d
    JOIN own_name AS n ON n.row_id = d.row_id
    JOIN head_name AS h ON h.correlation_id = d.correlation_id AND h.name = n.name
    WHERE d.time BETWEEN h.started_at - INTERVAL 20 MINUTE AND h.started_at + INTERVAL 20 MINUTE
    GROUP BY d.row_id
    UNION ALL
    SELECT d.row_id, 2, max(h.grant_no)
    FROM deed AS d
    JOIN head AS h ON h.correlation_id = d.correlation_id
    WHERE d.impersonal AND d.time BETWEEN h.started_at - INTERVAL 20 MINUTE AND h.started_at + INTERVAL 20 MINUTE
    GROUP BY d.row_id
    UNION ALL
    -- What leads to a grant lies before it, whether it gave a token or not; each grant has its own.
    SELECT d.row_id, CASE WHEN place.prefix IS NULL THEN 5 ELSE 4 END, h.grant_no
    FROM deed AS d
    JOIN own_name AS n ON n.row_id = d.row_id
    JOIN head_name AS h ON h.name = n.name
    LEFT JOIN grant_prefix AS place
           ON place.grant_no = h.grant_no AND place.prefix = d.prefix
          AND place.side = CASE WHEN d.always_tie THEN 'approver' ELSE 'device' END
    WHERE d.before_minutes > 0
      AND (d.always_tie OR place.prefix IS NOT NULL)
      AND h.started_at BETWEEN d.time - INTERVAL 1 MINUTE AND d.time + to_minutes(d.before_minutes)
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
    UNION
    -- What ends sessions ends those of every grant.
    SELECT d.row_id, h.grant_no, 5
    FROM deed AS d
    JOIN own_name AS n ON n.row_id = d.row_id AND n.close
    JOIN head_name AS h ON h.name = n.name
    LEFT JOIN tied_deed AS t ON t.row_id = d.row_id AND t.grant_no = h.grant_no
    WHERE d.every_grant AND h.alive AND t.row_id IS NULL
      AND d.time BETWEEN h.started_at AND h.started_at + to_hours(d.user_hours)
)
SELECT
    d.*,
    e.grant_no,
    CASE e.rank WHEN 0 THEN 'token_id' WHEN 1 THEN 'session_id' WHEN 2 THEN 'correlation_id' WHEN 3 THEN 'user_client_time'
                WHEN 4 THEN 'user_client_time' ELSE 'user_time' END AS tie
FROM deed AS d
JOIN every_one AS e ON e.row_id = d.row_id;

-- A registered device that an administrator deletes: told by the device, not by a person.
INSERT INTO follow_on BY NAME
SELECT DISTINCT ON (d.row_id, f.grant_no) d.*, f.grant_no, 'device_id' AS tie
FROM deed AS d
JOIN follow_on AS f ON f.target_id = d.target_id AND f.kind IN ('device_registered', 'device_added')
WHERE d.kind = 'device_deleted' AND d.time >= f.time
  AND (d.row_id, f.grant_no) NOT IN (SELECT (row_id, grant_no) FROM follow_on)
ORDER BY d.row_id, f.grant_no;
