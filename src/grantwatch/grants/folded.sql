-- The lineage of each grant, folded: however long a grant lives, it arrives as a handful of rows.
WITH ranked AS (
    SELECT
        t.*,
        p.path,
        t.row_id - p.first_row + 1 AS position,
        -- The rest of a row that bears no mark is not kept: that it named another transfer method still is.
        CASE WHEN t.transfer = 'devicecodeflow' THEN true
             WHEN t.transfer IS NOT NULL OR (t.has_transfer AND NOT t.marked) THEN false END AS in_lineage,
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
    greatest(count(DISTINCT ip), 1) AS addresses,
    -- What Conditional Access looks at: said only where all rows of the fold say the same.
    CASE WHEN count(in_lineage) = count(*) AND count(DISTINCT in_lineage) = 1 THEN bool_and(in_lineage) END AS tracked,
    CASE WHEN count(client_app) = count(*) AND count(DISTINCT lower(client_app)) = 1 THEN min(client_app) END AS client_app,
    CASE WHEN count(risk_level) = count(*) AND count(DISTINCT risk_level) = 1 THEN min(risk_level) END AS risk_level,
    CASE WHEN count(auth_requirement) = count(*) AND count(DISTINCT auth_requirement) = 1 THEN min(auth_requirement) END AS auth_requirement,
    max_by(ca_status, place) FILTER (WHERE ca_status IS NOT NULL) AS ca_status,
    max_by(policies, place) FILTER (WHERE policies IS NOT NULL) AS policies,
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
