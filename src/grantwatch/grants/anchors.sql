-- The first device-side row of each lineage that has no grant, in the shape of a leg.
SELECT
    'orphan' AS flow_id, 'token_use' AS role, l.code_kind, l.time, l.tenant_id, l.user_key, l.user_id, l.upn, l.user_type,
    l.home_tenant_id, l.app_id, l.app_name, l.resource_id, l.resource_name, l.ip, prefix_of(l.ip) AS prefix, l.asn, l.country,
    l.city, l.user_agent, l.client_app, l.device_id, l.device_name, l.device_os, l.device_browser, l.device_managed,
    l.device_compliant, l.device_trust, l.interactive, l.protocol, l.transfer, l.incoming, l.error_code, l.status_detail,
    l.request_type, l.request_id, l.correlation_id, l.session_id, l.token_id, l.ca_status, l.token_binding,
    t.rest.auth_details AS auth_details, l.auth_requirement, t.rest.processing AS processing, t.rest.policies AS policies, l.cross_tenant, l.latitude, l.longitude, l.has_protocol, l.has_transfer, l.row_id,
    p.form, p.path, l.row_id - p.first_row + 1 AS position
FROM token_use AS l
JOIN anchor AS a ON a.row_id = l.row_id
LEFT JOIN told AS t ON t.row_id = l.row_id
JOIN pass_form AS p ON p.pass_id = l.pass_id AND p.file_id = l.file_id
ORDER BY l.time, l.request_id, p.path, position
