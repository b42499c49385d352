-- Where those sights were. Needs: sight (sights.sql), and of those that are far away spot (records).
SELECT
    n.grant_no, n.time, address(n.ip) AS ip, n.prefix,
    CASE WHEN try_cast(n.asn AS BIGINT) > 0 THEN try_cast(n.asn AS BIGINT) END AS asn, said(n.country) AS country,
    try_cast(coalesce(s.latitude, k.latitude) AS DOUBLE) AS latitude,
    try_cast(coalesce(s.longitude, k.longitude) AS DOUBLE) AS longitude,
    p.path, n.row_id - p.first_row + 1 AS position
FROM sight AS n
JOIN kept_sign_in AS k ON k.row_id = n.row_id
JOIN pass_form AS p ON p.pass_id = k.pass_id AND p.file_id = k.file_id
LEFT JOIN spot AS s ON s.row_id = n.row_id
ORDER BY n.grant_no, n.time, ip
