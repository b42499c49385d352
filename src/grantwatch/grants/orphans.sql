-- Lineage without a grant: the approval lies before these logs, or in a log that was not given.
SELECT
    r.user_key,
    coalesce(r.session_id, '') AS session_id,
    CASE WHEN r.session_id IS NULL THEN coalesce(r.app_id, '') ELSE '' END AS app_key,
    min(r.time) AS first_time,
    max(r.time) AS last_time,
    count(*) AS records,
    count(*) FILTER (WHERE r.interactive IS DISTINCT FROM true) AS device_records,
    count(*) FILTER (WHERE r.error_code = 0) AS issued,
    min_by(r.row_id, (r.time, r.request_id)) FILTER (WHERE r.interactive IS DISTINCT FROM true) AS anchor_row
FROM token_use AS r
WHERE r.grant_no IS NULL
GROUP BY 1, 2, 3
ORDER BY first_time, 1, 2, 3
