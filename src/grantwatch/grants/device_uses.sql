-- What a device did that was registered after a grant, in its user's name: its primary refresh token is the grant's, even
-- where a record has lost the lineage mark or the session. Needs: token_use, person, grant_device, device_row
-- (device_rows.sql), and told (records: all that its records say).
CREATE OR REPLACE TABLE device_use AS
SELECT
    s.* EXCLUDE (user_key, auth_details, processing, policies),
    s.policies IS NOT NULL AS has_policies,
    coalesce(p.user_key, s.user_key, s.upn) AS user_key,
    CAST(NULL AS VARCHAR) AS code_kind,
    'token_use' AS role
FROM $cleaned(device_row) AS s
LEFT JOIN person AS p ON p.upn = coalesce(s.user_key, s.upn);

CREATE OR REPLACE TABLE lineage_tie AS
SELECT
    t.row_id,
    coalesce(t.grant_no, d.grant_no) AS grant_no,
    CASE WHEN t.grant_no IS NULL AND d.grant_no IS NOT NULL THEN 'device_id' ELSE t.tie END AS tie
FROM token_use AS t
LEFT JOIN grant_device AS d ON d.user_key = t.user_key AND d.device_id = t.device_id AND t.time >= d.since
UNION ALL
SELECT s.row_id, d.grant_no, 'device_id'
FROM device_use AS s
JOIN grant_device AS d ON d.user_key = s.user_key AND d.device_id = s.device_id AND s.time >= d.since;

CREATE OR REPLACE VIEW token_use AS
SELECT r.*, t.grant_no, t.tie
FROM lineage_tie AS t
JOIN (SELECT * FROM flow_row UNION ALL SELECT * FROM device_use) AS r ON r.row_id IS NOT DISTINCT FROM t.row_id;
