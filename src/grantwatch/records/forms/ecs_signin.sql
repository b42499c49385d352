/*
title = "Elastic sign-in logs (azure.signinlogs)"
table = "sign_in"
rank = 35
family = "entra"
keys = [["azure.signinlogs.properties.app_id"], ["azure.signinlogs.properties.created_at"], ["azure.signinlogs.properties.user_principal_name"], ["azure.signinlogs.category"]]
flat = [["azure.signinlogs.properties.app_id"], ["azure.signinlogs.properties.created_at"], ["azure.signinlogs.properties.user_principal_name"], ["azure.signinlogs.category"]]
accepts = "Elastic exports (_search hits, pages of them, JSON lines, CSV) of azure.signinlogs, azure.auditlogs and o365.audit"
shows = "Every sign-in that diagnostic settings send: protocol, transfer method, session and token id, policies, scopes. Where event.original is kept, that is read instead, as the diagnostic settings record that it is."
lacks = "The two parts of a status detail are one text here. Where and in which network an address is may be what Elastic looked up, not what Microsoft said."
quirks = [
  "Elastic keeps event.original only where the integration's option to preserve it is set.",
  "Keys are in snake case, also those within lists; older versions of the integration left the keys within lists as they were. Both are read.",
  "Location moves to geo.*, the address to source.ip, the user agent to user_agent.original; geo.country_name holds the state.",
  "authenticationProcessingDetails becomes one object, name by name.",
  "A CSV from Kibana has times in the time zone of the browser unless it is set to UTC; they are taken for UTC. Lists in it, as of policies, cannot be relied on.",
]

[export]
collector = "Elastic integration Microsoft Entra ID Logs (package azure). In Kibana: Discover, share, CSV report; complete: the _search API with the data stream logs-azure.signinlogs-*, or elasticdump, which write one hit a line."

[columns]
"@timestamp" = "VARCHAR"
azure = "STRUCT(tenant_id VARCHAR, correlation_id VARCHAR, signinlogs STRUCT(category VARCHAR, result_type VARCHAR, result_description VARCHAR, caller_ip_address VARCHAR, properties STRUCT(id VARCHAR, created_at VARCHAR, user_id VARCHAR, user_principal_name VARCHAR, user_type VARCHAR, home_tenant_id VARCHAR, resource_tenant_id VARCHAR, app_id VARCHAR, app_display_name VARCHAR, resource_id VARCHAR, resource_display_name VARCHAR, service_principal_id VARCHAR, ip_address VARCHAR, autonomous_system_number VARCHAR, location STRUCT(city VARCHAR, country_or_region VARCHAR, geo_coordinates STRUCT(latitude VARCHAR, longitude VARCHAR)), user_agent VARCHAR, client_app_used VARCHAR, device_detail STRUCT(device_id VARCHAR, display_name VARCHAR, operating_system VARCHAR, browser VARCHAR, is_compliant VARCHAR, is_managed VARCHAR, trust_type VARCHAR), is_interactive VARCHAR, authentication_protocol VARCHAR, original_transfer_method VARCHAR, incoming_token_type VARCHAR, status STRUCT(error_code VARCHAR, failure_reason VARCHAR, additional_details VARCHAR), correlation_id VARCHAR, session_id VARCHAR, unique_token_identifier VARCHAR, conditional_access_status VARCHAR, applied_conditional_access_policies VARCHAR, authentication_details VARCHAR, authentication_processing_details VARCHAR, token_protection_status_details STRUCT(sign_in_session_status VARCHAR), authentication_requirement VARCHAR, cross_tenant_access_type VARCHAR, risk_level_during_signin VARCHAR, risk_level_during_sign_in VARCHAR, risk_state VARCHAR, network_location_details VARCHAR, original_request_id VARCHAR)))"
event = "STRUCT(id VARCHAR)"
source = "STRUCT(ip VARCHAR, address VARCHAR, \"as\" STRUCT(number VARCHAR), geo STRUCT(country_iso_code VARCHAR))"
geo = "STRUCT(city_name VARCHAR, country_iso_code VARCHAR, location STRUCT(lat VARCHAR, lon VARCHAR))"
user_agent = "STRUCT(original VARCHAR)"
message = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE azure.signinlogs.category
        WHEN 'SignInLogs' THEN NULL
        WHEN 'NonInteractiveUserSignInLogs' THEN NULL
        WHEN 'ServicePrincipalSignInLogs' THEN 'service principal sign-in'
        WHEN 'MicrosoftServicePrincipalSignInLogs' THEN 'service principal sign-in'
        WHEN 'ManagedIdentitySignInLogs' THEN 'managed identity sign-in'
        ELSE CASE
            WHEN azure.signinlogs.category IS NOT NULL THEN 'other sign-in service (' || azure.signinlogs.category || ')'
            WHEN coalesce(azure.signinlogs.properties.user_id, azure.signinlogs.properties.user_principal_name, '') = ''
                 AND said(azure.signinlogs.properties.service_principal_id) IS NOT NULL THEN 'service principal sign-in'
        END
    END AS set_aside,
    coalesce(azure.signinlogs.properties.created_at, "@timestamp") AS time,
    coalesce(said(azure.signinlogs.properties.resource_tenant_id), azure.tenant_id, azure.signinlogs.properties.home_tenant_id)
        AS tenant_id,
    azure.signinlogs.properties.user_id AS user_id,
    azure.signinlogs.properties.user_principal_name AS upn,
    azure.signinlogs.properties.user_type AS user_type,
    azure.signinlogs.properties.home_tenant_id AS home_tenant_id,
    azure.signinlogs.properties.app_id AS app_id,
    azure.signinlogs.properties.app_display_name AS app_name,
    azure.signinlogs.properties.resource_id AS resource_id,
    azure.signinlogs.properties.resource_display_name AS resource_name,
    coalesce(source.ip, source.address, azure.signinlogs.properties.ip_address, azure.signinlogs.caller_ip_address) AS ip,
    coalesce(azure.signinlogs.properties.autonomous_system_number, source."as".number) AS asn,
    coalesce(azure.signinlogs.properties.location.country_or_region, geo.country_iso_code, source.geo.country_iso_code) AS country,
    coalesce(azure.signinlogs.properties.location.city, geo.city_name) AS city,
    coalesce(user_agent.original, azure.signinlogs.properties.user_agent) AS user_agent,
    azure.signinlogs.properties.client_app_used AS client_app,
    azure.signinlogs.properties.device_detail.device_id AS device_id,
    azure.signinlogs.properties.device_detail.display_name AS device_name,
    azure.signinlogs.properties.device_detail.operating_system AS device_os,
    azure.signinlogs.properties.device_detail.browser AS device_browser,
    azure.signinlogs.properties.device_detail.is_managed AS device_managed,
    azure.signinlogs.properties.device_detail.is_compliant AS device_compliant,
    azure.signinlogs.properties.device_detail.trust_type AS device_trust,
    coalesce(azure.signinlogs.properties.is_interactive,
             CASE azure.signinlogs.category WHEN 'SignInLogs' THEN 'true' WHEN 'NonInteractiveUserSignInLogs' THEN 'false' END)
        AS interactive,
    azure.signinlogs.properties.authentication_protocol AS protocol,
    azure.signinlogs.properties.original_transfer_method AS transfer,
    azure.signinlogs.properties.incoming_token_type AS incoming,
    coalesce(azure.signinlogs.properties.status.error_code, azure.signinlogs.result_type) AS error_code,
    coalesce(azure.signinlogs.properties.status.additional_details, azure.signinlogs.properties.status.failure_reason, message,
             azure.signinlogs.result_description) AS status_detail,
    CAST(NULL AS VARCHAR) AS request_type,
    coalesce(azure.signinlogs.properties.id, event.id) AS request_id,
    coalesce(azure.signinlogs.properties.correlation_id, azure.correlation_id) AS correlation_id,
    azure.signinlogs.properties.session_id AS session_id,
    azure.signinlogs.properties.unique_token_identifier AS token_id,
    azure.signinlogs.properties.authentication_requirement AS auth_requirement,
    azure.signinlogs.properties.cross_tenant_access_type AS cross_tenant,
    coalesce(azure.signinlogs.properties.risk_level_during_signin, azure.signinlogs.properties.risk_level_during_sign_in) AS risk_level,
    azure.signinlogs.properties.risk_state AS risk_state,
    coalesce(azure.signinlogs.properties.location.geo_coordinates.latitude, geo.location.lat) AS latitude,
    coalesce(azure.signinlogs.properties.location.geo_coordinates.longitude, geo.location.lon) AS longitude,
    unsnaked_keys(azure.signinlogs.properties.network_location_details) AS named_networks,
    azure.signinlogs.properties.original_request_id AS original_request_id,
    azure.signinlogs.properties.conditional_access_status AS ca_status,
    azure.signinlogs.properties.token_protection_status_details.sign_in_session_status AS token_binding,
    unsnaked_keys(azure.signinlogs.properties.authentication_details) AS auth_details,
    keys_and_values(azure.signinlogs.properties.authentication_processing_details) AS processing,
    unsnaked_keys(azure.signinlogs.properties.applied_conditional_access_policies) AS policies
FROM raw
