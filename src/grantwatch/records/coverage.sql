-- One row per stream of telemetry: how much of it, over what time, and which fields are filled in.
WITH stream_row AS (
    SELECT
        CASE WHEN f.form LIKE 'ual%' THEN 'unified_audit'
             WHEN s.interactive THEN 'interactive'
             WHEN NOT s.interactive THEN 'non_interactive'
             ELSE 'sign_in_unknown' END AS stream,
        f.form, s.time, f.form NOT LIKE 'ual%' AS entra,
        s.has_protocol, s.has_transfer, s.session_id IS NOT NULL AND s.session_id <> '' AS has_session_id, s.has_token_id,
        s.asn IS NOT NULL AND s.asn NOT IN ('', '0') AS has_asn, s.user_agent IS NOT NULL AND s.user_agent <> '' AS has_user_agent
    FROM kept_sign_in AS s
    JOIN pass_form AS f ON f.pass_id = s.pass_id AND f.file_id = s.file_id
    UNION ALL
    SELECT
        CASE WHEN f.form IN ('la_office', 'ual_activity') THEN 'unified_audit' ELSE 'audit' END,
        f.form, a.time, false, false, false, false, false, false, false
    FROM activity AS a
    JOIN pass_form AS f ON f.pass_id = a.pass_id AND f.file_id = a.file_id
    WHERE a.claimed AND a.ignored IS NULL
)
SELECT
    stream,
    list_sort(list(DISTINCT form)) AS forms,
    count(*) AS records,
    min(time) AS first_time,
    max(time) AS last_time,
    count(*) FILTER (WHERE time IS NULL) AS time_unusable,
    count(*) FILTER (WHERE entra) AS entra_rows,
    count(*) FILTER (WHERE entra AND has_protocol) AS protocol,
    count(*) FILTER (WHERE entra AND has_transfer) AS transfer,
    count(*) FILTER (WHERE entra AND has_session_id) AS session_id,
    count(*) FILTER (WHERE entra AND has_token_id) AS token_id,
    count(*) FILTER (WHERE entra AND has_asn) AS asn,
    count(*) FILTER (WHERE entra AND has_user_agent) AS user_agent
FROM stream_row
GROUP BY stream
ORDER BY stream
