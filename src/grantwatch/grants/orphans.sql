-- Lineage without a grant: the approval lies before these logs, or in a log that was not given. What a browser gets in a
-- session that carries the lineage is no device's. Needs: token_use, browser_agent (user_agent).
WITH loose AS (
    SELECT
        t.*,
        b.user_agent IS NOT NULL AND coalesce(lower(t.client_app), 'browser') = 'browser' AS in_browser
    FROM token_use AS t
    LEFT JOIN browser_agent AS b ON b.user_agent = t.user_agent
    WHERE t.grant_no IS NULL
)
SELECT
    user_key,
    coalesce(session_id, '') AS session_id,
    CASE WHEN session_id IS NULL THEN coalesce(app_id, '') ELSE '' END AS app_key,
    min(time) AS first_time,
    max(time) AS last_time,
    count(*) AS records,
    count(*) FILTER (WHERE NOT in_browser) AS device_records,
    count(*) FILTER (WHERE NOT in_browser AND (error_code = 0 OR incoming IN ('refreshtoken', 'primaryrefreshtoken'))) AS redeemed,
    min_by(row_id, (time, request_id, app_id, ip, row_id)) FILTER (WHERE NOT in_browser) AS anchor_row
FROM loose
GROUP BY 1, 2, 3
ORDER BY first_time, 1, 2, 3
