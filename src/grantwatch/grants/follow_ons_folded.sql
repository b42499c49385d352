-- Rare deeds one by one; frequent ones (mail, files, searches) folded per operation, client, network and agent.
WITH placed AS (
    SELECT
        f.*,
        p.path,
        f.row_id - p.first_row + 1 AS position,
        CASE WHEN f.always_tie OR f.kind LIKE 'device%' OR f.kind LIKE 'consent%' THEN p.path || ':' || (f.row_id - p.first_row + 1)
             ELSE concat_ws('|', f.operation, f.app_id, f.prefix, f.user_agent) END AS bundle
    FROM follow_on AS f
    JOIN pass_form AS p ON p.pass_id = f.pass_id AND p.file_id = f.file_id
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY grant_no, kind, tie, bundle ORDER BY time, record_id, path, position) AS place,
        count(*) OVER (PARTITION BY grant_no, kind, tie, bundle) AS records,
        max(time) OVER (PARTITION BY grant_no, kind, tie, bundle) AS last_time,
        -- Counts of messages come as text, sometimes with a fraction.
        sum(try_cast(json_text(detail, '$.count') AS DOUBLE)) OVER (PARTITION BY grant_no, kind, tie, bundle) AS items
    FROM placed
)
SELECT
    grant_no, kind, tie, operation, workload, time, last_time, records, actor_upn, actor_name, ip, prefix, user_agent, app_id,
    target_id, target_type, target_name, target_upn, result, correlation_id, record_id, detail, items, path, position
FROM ranked
WHERE place = 1
ORDER BY grant_no, time, kind, operation, record_id, path, position
