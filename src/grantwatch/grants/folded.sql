-- The lineage of each grant, folded: however long a grant lives, it arrives as a handful of rows. Needs: folded_use (folds.sql).
WITH used AS (
    SELECT
        t.* EXCLUDE (grant_no, tie), f.* EXCLUDE (row_id),
        -- The rest of a row that bears no mark is not kept: that it named another transfer method still is.
        CASE WHEN t.transfer = 'devicecodeflow' THEN true
             WHEN t.transfer IS NOT NULL OR (t.has_transfer AND NOT t.marked) THEN false END AS in_lineage
    FROM folded_use AS f
    JOIN token_use AS t ON t.row_id IS NOT DISTINCT FROM f.row_id  -- as in lineage.sql
),
folded AS (
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
        CASE WHEN count(in_lineage) = count(*) AND bool_and(in_lineage) = bool_or(in_lineage) THEN bool_and(in_lineage) END AS tracked,
        CASE WHEN count(client_app) = count(*) AND min(lower(client_app)) = max(lower(client_app)) THEN min(client_app) END AS client_app,
        CASE WHEN count(risk_level) = count(*) AND min(risk_level) = max(risk_level) THEN min(risk_level) END AS risk_level,
        CASE WHEN count(auth_requirement) = count(*) AND min(auth_requirement) = max(auth_requirement) THEN min(auth_requirement) END AS auth_requirement,
        max_by(ca_status, place) FILTER (WHERE ca_status IS NOT NULL) AS ca_status,
        max_by(row_id, place) FILTER (WHERE has_policies) AS policies_row,
        min(time) AS first_time,
        max(time) AS last_time,
        max(time) FILTER (WHERE error_code = 0) AS last_success,
        count(*) AS records,
        count(*) FILTER (WHERE error_code <> 0) AS failures,
        list_sort(list_distinct(list(error_code) FILTER (WHERE error_code <> 0))) AS error_codes,
        list(struct_pack(path := path, position := position, request_id := request_id) ORDER BY place) FILTER (WHERE place <= 3) AS refs
    FROM used
    GROUP BY fold
)
SELECT f.* EXCLUDE (policies_row), t.rest.policies AS policies
FROM folded AS f
LEFT JOIN told AS t ON t.row_id = f.policies_row
ORDER BY f.grant_no, f.first_time, f.app_id, f.resource_id, f.prefix, f.user_agent, f.device_id, f.incoming, f.interactive, f.fold
