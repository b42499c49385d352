-- Every leg with the place it came from, in an order that does not depend on how the files were read.
SELECT
    f.flow_id, l.role, l.code_kind, l.time, l.tenant_id, l.user_key, l.user_id, l.upn, l.user_type, l.home_tenant_id,
    l.app_id, l.app_name, l.resource_id, l.resource_name, l.ip, prefix_of(l.ip) AS prefix, l.asn, l.country, l.city,
    l.user_agent, l.client_app, l.device_id, l.device_name, l.device_os, l.device_browser, l.device_managed,
    l.device_compliant, l.device_trust, l.interactive, l.protocol, l.transfer, l.incoming, l.error_code, l.status_detail,
    l.request_type, l.request_id, l.correlation_id, l.session_id, l.token_id, l.ca_status, l.token_binding,
    t.rest.auth_details AS auth_details, l.auth_requirement, t.rest.processing AS processing, t.rest.policies AS policies, l.cross_tenant, l.risk_level, l.latitude, l.longitude, l.has_protocol, l.has_transfer, l.row_id,
    p.form, p.path, l.row_id - p.first_row + 1 AS position
FROM flow_leg AS f
JOIN flow_row AS l ON l.row_id IS NOT DISTINCT FROM f.row_id  -- as in lineage.sql
LEFT JOIN told AS t ON t.row_id = f.row_id
JOIN pass_form AS p ON p.pass_id = l.pass_id AND p.file_id = l.file_id
ORDER BY f.flow_id, l.time, l.role, l.request_id, p.path, position
