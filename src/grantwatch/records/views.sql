-- What everything after reading looks at: records that were read and not left out, cleaned and typed.
-- row_id points back to the record. Times are UTC, ids lower-case (but token ids, which are case-sensitive).

CREATE VIEW sign_ins AS
SELECT
    rowid AS row_id,
    pass_id,
    file_id,
    time,
    said(user_key) AS user_key,
    CASE WHEN NOT contains(user_key, '@') THEN said(user_key) END AS user_id,
    coalesce(said(upn), CASE WHEN contains(user_key, '@') THEN user_key END) AS upn,
    lower(said(tenant_id)) AS tenant_id,
    lower(said(app_id)) AS app_id,
    lower(said(resource_id)) AS resource_id,
    address(ip) AS ip,
    CASE WHEN try_cast(asn AS BIGINT) > 0 THEN try_cast(asn AS BIGINT) END AS asn,
    said(country) AS country,
    said(user_agent) AS user_agent,
    lower(said(device_id)) AS device_id,
    interactive,
    error_code,
    lower(said(request_id)) AS request_id,
    lower(said(correlation_id)) AS correlation_id,
    lower(said(session_id)) AS session_id,
    marked,
    has_protocol,
    has_transfer,
    has_token_id,
    enumerated(rest.user_type) AS user_type,
    lower(said(rest.home_tenant_id)) AS home_tenant_id,
    said(rest.app_name) AS app_name,
    said(rest.resource_name) AS resource_name,
    said(rest.city) AS city,
    said(rest.client_app) AS client_app,
    said(rest.device_name) AS device_name,
    said(rest.device_os) AS device_os,
    said(rest.device_browser) AS device_browser,
    truth(rest.device_managed) AS device_managed,
    truth(rest.device_compliant) AS device_compliant,
    said(rest.device_trust) AS device_trust,
    enumerated(rest.protocol) AS protocol,
    enumerated(rest.transfer) AS transfer,
    enumerated(rest.incoming) AS incoming,
    said(rest.status_detail) AS status_detail,
    lower(said(rest.request_type)) AS request_type,
    said(rest.token_id) AS token_id,
    enumerated(rest.ca_status) AS ca_status,
    enumerated(rest.token_binding) AS token_binding,
    said(rest.auth_details) AS auth_details,
    said(rest.processing) AS processing,
    said(rest.policies) AS policies
FROM sign_in
WHERE claimed AND ignored IS NULL;

CREATE VIEW activities AS
SELECT rowid AS row_id, * FROM activity WHERE claimed AND ignored IS NULL;
