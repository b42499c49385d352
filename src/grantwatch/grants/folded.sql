-- The lineage of each grant, folded: however long a grant lives, it arrives as a handful of rows.
WITH ranked AS (
    SELECT
        t.*,
        p.path,
        t.row_id - p.first_row + 1 AS position,
        row_number() OVER (PARTITION BY t.fold ORDER BY t.time, t.request_id, p.path, t.row_id) AS place
    FROM folded_use AS t
    JOIN pass_form AS p ON p.pass_id = t.pass_id AND p.file_id = t.file_id
)
SELECT
    fold,
    min(grant_no) AS grant_no,
    min(tie) AS tie,
    min(app_id) AS app_id,
    min(resource_id) AS resource_id,
    min(prefix) AS prefix,
    min(asn) AS asn,
    min(country) AS country,
    min(user_agent) AS user_agent,
    min(device_id) AS device_id,
    min(incoming) AS incoming,
    bool_and(interactive) AS interactive,
    bool_and(browser) AS browser,
    min(app_name) AS app_name,
    min(resource_name) AS resource_name,
    min(ip) AS ip,
    min(city) AS city,
    min_by(latitude, place) AS latitude,
    min_by(longitude, place) AS longitude,
    min(device_name) AS device_name,
    min(device_os) AS device_os,
    min(device_browser) AS device_browser,
    bool_and(device_managed) AS device_managed,
    bool_and(device_compliant) AS device_compliant,
    min(device_trust) AS device_trust,
    min(token_binding) AS token_binding,
    min(time) AS first_time,
    max(time) AS last_time,
    max(time) FILTER (WHERE error_code = 0) AS last_success,
    count(*) AS records,
    count(*) FILTER (WHERE error_code <> 0) AS failures,
    list_sort(list(DISTINCT error_code) FILTER (WHERE error_code <> 0)) AS error_codes,
    list(path ORDER BY place) FILTER (WHERE place <= 3) AS paths,
    list(position ORDER BY place) FILTER (WHERE place <= 3) AS positions,
    list(request_id ORDER BY place) FILTER (WHERE place <= 3) AS request_ids
FROM ranked
GROUP BY fold
ORDER BY 2, first_time, app_id, resource_id, prefix, user_agent, device_id, incoming, interactive, fold
