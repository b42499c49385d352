-- Rare deeds one by one; frequent ones (mail, files, searches, Graph) folded per operation, client, network and agent, and
-- for Graph within the first day and after it.
WITH start AS (
    SELECT grant_no, min(started_at) AS started_at FROM head GROUP BY grant_no
),
placed AS (
    SELECT
        f.*,
        s.started_at,
        p.path,
        f.row_id - p.first_row + 1 AS position,
        CASE WHEN f.always_tie OR f.kind LIKE 'device%' OR f.kind LIKE 'consent%'
             THEN p.path || ':' || (f.row_id - p.first_row + 1)
             ELSE concat_ws('|', f.operation, f.app_id, f.prefix, f.user_agent,
                            CASE WHEN f.kind = 'graph_call' THEN f.time > s.started_at + INTERVAL 24 HOUR END) END AS bundle
    FROM follow_on AS f
    JOIN pass_form AS p ON p.pass_id = f.pass_id AND p.file_id = f.file_id
    JOIN start AS s ON s.grant_no = f.grant_no
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY grant_no, kind, tie, bundle ORDER BY time, record_id, path, position) AS place
    FROM placed
),
summed AS (
    SELECT
        grant_no, kind, tie, bundle,
        CAST(sum(records) AS BIGINT) AS records,
        max(last_time) AS last_time,
        -- Counts of messages come as text, sometimes with a fraction.
        sum(try_cast(json_text(detail, '$.count') AS DOUBLE)) AS items,
        bool_or(lower(json_text(detail, '$.properties')) LIKE '%isthrottled","value":"true%') AS throttled,
        count(*) FILTER (WHERE marked) AS marked,
        list_slice(list_sort(list(DISTINCT text) FILTER (WHERE marked)), 1, 3) AS texts,
        count(DISTINCT CASE WHEN kind = 'graph_call' THEN target_name ELSE target_id END) AS things,
        list_sort(list(DISTINCT area) FILTER (WHERE area IS NOT NULL)) AS areas,
        list(path ORDER BY place) FILTER (WHERE place <= 3) AS paths,
        list(position ORDER BY place) FILTER (WHERE place <= 3) AS positions,
        list(record_id ORDER BY place) FILTER (WHERE place <= 3) AS record_ids
    FROM ranked
    GROUP BY grant_no, kind, tie, bundle
)
SELECT
    r.grant_no, r.kind, r.tie, r.operation, r.workload, r.time, s.last_time, s.records, r.actor_upn, r.actor_name, r.ip, r.prefix,
    r.user_agent, r.app_id, r.target_id, r.target_type, r.target_name, r.target_upn, r.result, r.correlation_id, r.record_id,
    r.detail, s.items, s.throttled, s.marked, s.texts, s.things, s.areas, s.paths, s.positions, s.record_ids,
    a.burst,
    coalesce(k.records, 0) AS before_records,
    coalesce(k.days, 0) AS before_days,
    coalesce(k.burst, 0) AS before_burst,
    coalesce(c.days, 0) AS before_client_days,
    greatest(0, date_diff('second', l.first_time, r.started_at)) / 86400.0 AS before_log_days,
    n.known AS devices_known, n.usual AS devices_usual, n.alike AS devices_alike
FROM ranked AS r
JOIN summed AS s ON s.grant_no = r.grant_no AND s.kind = r.kind AND s.tie = r.tie AND s.bundle = r.bundle
LEFT JOIN burst_after AS a ON a.grant_no = r.grant_no AND a.kind = r.kind
LEFT JOIN earlier_kind AS k ON k.grant_no = r.grant_no AND k.kind = r.kind
LEFT JOIN earlier_client AS c ON c.grant_no = r.grant_no AND c.kind = r.kind AND c.app_id = r.app_id
LEFT JOIN log_start AS l ON l.workload IS NOT DISTINCT FROM r.workload
LEFT JOIN device_naming AS n ON n.row_id = r.row_id
WHERE r.place = 1
ORDER BY r.grant_no, r.time, r.kind, r.operation, r.record_id, r.path, r.position
