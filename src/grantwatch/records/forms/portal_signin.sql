/*
title = "Entra admin center: download of sign-in logs (CSV)"
table = "sign_in"
rank = 40
family = "entra"
keys = [["Request ID", "User ID"], ["Request ID", "Username"], ["Request ID", "Service principal ID"], ["Date (UTC)", "Username", "Application"], ["Date (UTC), day first", "Username", "Application"]]
accepts = "Entra admin center downloads of sign-in and audit logs (CSV, in English, Spanish, French or German)"
localised = true
one_kind = true
absent = ["policies", "scopes"]
shows = "Approvals, redemptions and token uses with session and token ids, where both the interactive and the non-interactive file are there."
lacks = "Conditional Access policies by name, the scopes that were asked for, roles in the token, named locations, the device's name and whether a sign-in was interactive."
quirks = [
    "One download is several files: interactive, non-interactive, service principal and managed identity sign-ins, and the steps of authentication (AuthDetails). The last holds no sign-ins and is named as one of an unknown form.",
    "No column says whether a sign-in was interactive. A file holds one kind, so a single row that can only be of one kind speaks for all: a device code or a confirmation prompt for interactive ones, a refresh token that was presented for the others. A file without such a row stays of unsaid kind.",
    "The header has changed often: blanks at the end of names, two blanks within one, \"Incoming token type\" twice. Names are compared without case, blanks and accents; of columns with one name the first that says something counts.",
    "Column names are in the language of the portal. Spanish and French names were taken from importers of real files, German ones from documentation only. A name that is not known leaves its column unread, and coverage says that the field is absent.",
    "Values are display texts (\"Device code\", \"Device code flow\", \"Success\", \"Interrupted\"). Whether a portal in another language translates them was not seen: the words of its documentation are accepted.",
    "A success may have no error code or the word None in its place: then the status counts.",
    "Opened and saved in a spreadsheet, dates lose their form. Dates with slashes are read month first under an English header, day first under the others; dates with dots are always day first.",
    "The portal cuts a download off at a number of rows that it was told (250,000 at the most) without saying so in the file.",
]

[export]
portal = "Entra admin center > Monitoring & health > Sign-in logs > choose the time range > Download > CSV, once for interactive and once for non-interactive user sign-ins. JSON carries more: prefer it."

[columns]
"Date (UTC)" = "VARCHAR"
"Date (UTC), day first" = "VARCHAR"
"Request ID" = "VARCHAR"
"User agent" = "VARCHAR"
"Correlation ID" = "VARCHAR"
"User ID" = "VARCHAR"
"Username" = "VARCHAR"
"User type" = "VARCHAR"
"Cross tenant access type" = "VARCHAR"
"Incoming token type" = "VARCHAR"
"Authentication Protocol" = "VARCHAR"
"Unique token identifier" = "VARCHAR"
"Original transfer method" = "VARCHAR"
"Token Protection - Sign In Session" = "VARCHAR"
"Application" = "VARCHAR"
"Application ID" = "VARCHAR"
"Resource" = "VARCHAR"
"Resource ID" = "VARCHAR"
"Resource tenant ID" = "VARCHAR"
"Home tenant ID" = "VARCHAR"
"IP address" = "VARCHAR"
"Location" = "VARCHAR"
"Status" = "VARCHAR"
"Sign-in error code" = "VARCHAR"
"Failure reason" = "VARCHAR"
"Client app" = "VARCHAR"
"Device ID" = "VARCHAR"
"Browser" = "VARCHAR"
"Operating System" = "VARCHAR"
"Compliant" = "VARCHAR"
"Managed" = "VARCHAR"
"Join Type" = "VARCHAR"
"Multifactor authentication result" = "VARCHAR"
"Multifactor authentication auth method" = "VARCHAR"
"Authentication requirement" = "VARCHAR"
"Session ID" = "VARCHAR"
"Autonomous system number" = "VARCHAR"
"Conditional Access" = "VARCHAR"
"Managed Identity type" = "VARCHAR"
"Service principal ID" = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN coalesce(said("User ID"), said("Username")) IS NOT NULL THEN NULL
        WHEN coalesce(enumerated("Managed Identity type"), 'none') <> 'none' THEN 'managed identity sign-in'
        WHEN said("Service principal ID") IS NOT NULL THEN 'service principal sign-in'
    END AS set_aside,
    coalesce(regexp_replace("Date (UTC)", '^(\d+)\.(\d+)\.(\d{4}),?', '\2/\1/\3'),
             regexp_replace("Date (UTC), day first", '^(\d+)[./](\d+)[./](\d{4}),?', '\2/\1/\3')) AS time,
    coalesce(said("Resource tenant ID"), said("Home tenant ID")) AS tenant_id,
    "User ID" AS user_id,
    "Username" AS upn,
    "User type" AS user_type,
    "Home tenant ID" AS home_tenant_id,
    "Application ID" AS app_id,
    "Application" AS app_name,
    "Resource ID" AS resource_id,
    "Resource" AS resource_name,
    "IP address" AS ip,
    "Autonomous system number" AS asn,
    nullif(trim(regexp_extract("Location", '([^,]*)$', 1)), '') AS country,
    CASE WHEN contains("Location", ',') THEN nullif(trim(regexp_extract("Location", '^([^,]*)', 1)), '') END AS city,
    "User agent" AS user_agent,
    "Client app" AS client_app,
    "Device ID" AS device_id,
    CAST(NULL AS VARCHAR) AS device_name,
    "Operating System" AS device_os,
    "Browser" AS device_browser,
    "Managed" AS device_managed,
    "Compliant" AS device_compliant,
    "Join Type" AS device_trust,
    CASE
        WHEN protocol = 'deviceCode' THEN 'true'
        WHEN enumerated("Incoming token type") = 'refreshtoken' THEN 'false'
        WHEN "Sign-in error code" = '50199' OR "Sign-in error code" = '50140' THEN 'true'
    END AS interactive,
    protocol,
    transfer,
    "Incoming token type" AS incoming,
    CASE WHEN try_cast("Sign-in error code" AS INTEGER) IS NOT NULL THEN "Sign-in error code"
         WHEN enumerated("Status") = 'success' THEN '0' END AS error_code,
    coalesce(said("Multifactor authentication result"), "Failure reason") AS status_detail,
    CAST(NULL AS VARCHAR) AS request_type,
    "Request ID" AS request_id,
    "Correlation ID" AS correlation_id,
    "Session ID" AS session_id,
    "Unique token identifier" AS token_id,
    "Authentication requirement" AS auth_requirement,
    "Cross tenant access type" AS cross_tenant,
    CAST(NULL AS VARCHAR) AS risk_level,
    CAST(NULL AS VARCHAR) AS risk_state,
    CAST(NULL AS VARCHAR) AS latitude,
    CAST(NULL AS VARCHAR) AS longitude,
    CAST(NULL AS VARCHAR) AS named_networks,
    CAST(NULL AS VARCHAR) AS original_request_id,
    "Conditional Access" AS ca_status,
    "Token Protection - Sign In Session" AS token_binding,
    CASE WHEN said("Multifactor authentication auth method") IS NOT NULL
         THEN '[{"authenticationMethod":' || json_quoted("Multifactor authentication auth method") || '}]' END AS auth_details,
    CAST(NULL AS VARCHAR) AS processing,
    CAST(NULL AS VARCHAR) AS policies
FROM (
    SELECT
        *,
        CASE WHEN device_code_words("Authentication Protocol") THEN 'deviceCode' ELSE "Authentication Protocol" END AS protocol,
        CASE WHEN device_code_words("Original transfer method") THEN 'deviceCodeFlow' ELSE "Original transfer method" END AS transfer
    FROM raw
) AS raw
