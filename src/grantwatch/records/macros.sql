-- The few functions that the mappings share. Engine-specific on purpose: everything else stays in plain SQL.

-- Text that some exporter writes where it has nothing to say. Neither IN nor list_contains: DuckDB plans those as a
-- join, and a join loses the order of the rows, which is how a row is traced back to its record.
CREATE OR REPLACE MACRO said(x) AS CASE x
    WHEN '' THEN NULL
    WHEN '00000000-0000-0000-0000-000000000000' THEN NULL
    WHEN 'null' THEN NULL
    WHEN 'hidden' THEN NULL
    WHEN 'Not Available' THEN NULL
    WHEN 'N/A' THEN NULL
    WHEN '__NULL__' THEN NULL
    WHEN '<null>' THEN NULL
    WHEN '[redacted]' THEN NULL
    ELSE x END;

-- The same for every value of a flat JSON object at once: a quote within a value is escaped, so that no value is cut.
CREATE OR REPLACE MACRO unsaid_as_null(object) AS regexp_replace(
    object, ':"(?:0{8}-0{4}-0{4}-0{4}-0{12}|null|hidden|Not Available|N/A|__NULL__|<null>|\[redacted\])?"', ':null', 'g');

-- How many are true: half the work of count(*) FILTER, which takes rows apart for every one of several.
CREATE OR REPLACE MACRO count_true(x) AS CAST(coalesce(sum(CAST(x AS INTEGER)), 0) AS BIGINT);

-- UTC timestamp from any spelling seen in exports; a time without a zone is UTC. NULL where it is no time.
-- Browsers put a narrow no-break space, chr(8239), in front of AM and PM.
-- One that ends with Z needs no calendar to be UTC, which is twice as fast.
CREATE OR REPLACE MACRO utc(x) AS coalesce(
    CASE WHEN suffix(x, 'Z') THEN try_cast(x AS TIMESTAMP) ELSE CAST(try_cast(x AS TIMESTAMPTZ) AS TIMESTAMP) END,
    CASE WHEN x IS NOT NULL AND x <> '' THEN try_strptime(trim(replace(x, chr(8239), ' ')), [
        '%-m/%-d/%Y, %-I:%M:%S.%g %p', '%-m/%-d/%Y, %-I:%M:%S %p', '%-m/%-d/%Y %-I:%M:%S %p',
        '%-m/%-d/%Y %-H:%M:%S', '%-m/%-d/%Y %-I:%M %p', '%-m/%-d/%Y %-H:%M',
        '%b %-d, %Y %-I:%M:%S %p', '%b %-d, %Y %-I:%M:%S.%g %p', '%b %-d, %Y @ %H:%M:%S.%g']) END);

-- Display values and enum members in one spelling: "Device code flow", "deviceCodeFlow" -> devicecodeflow.
CREATE OR REPLACE MACRO enumerated(x) AS CASE
    WHEN x IS NULL OR x = '' THEN NULL
    WHEN x = 'none' THEN 'none'
    ELSE lower(replace(replace(x, ' ', ''), '-', '')) END;

CREATE OR REPLACE MACRO truth(x) AS CASE
    WHEN x = 'true' THEN true
    WHEN x = 'false' THEN false
    WHEN lower(x) IN ('true', '1', 'yes') THEN true
    WHEN lower(x) IN ('false', '0', 'no') THEN false END;

-- An address without port or brackets; NULL for anything that is not an IP address.
CREATE OR REPLACE MACRO address(x) AS CASE
    WHEN x IS NULL OR x = '' THEN NULL
    WHEN regexp_full_match(x, '[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}') THEN x
    WHEN regexp_full_match(x, '[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*') THEN lower(x)
    WHEN contains(x, ',') THEN nullif(regexp_extract(x, '^\s*\[?([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]?(?::[0-9]+)?\s*,', 1), '')
    WHEN contains(x, '[') THEN nullif(lower(regexp_extract(x, '^\s*\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+)\](?::[0-9]+)?\s*$', 1)), '')
    ELSE nullif(regexp_extract(x, '^\s*([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?::[0-9]+)?\s*$', 1), '') END;

-- The /24 or /48 that holds an address.
CREATE OR REPLACE MACRO prefix_of(ip) AS CASE
    WHEN ip IS NULL THEN NULL
    WHEN contains(ip, ':') THEN regexp_extract(regexp_replace(ip, '::.*$', '::'), '^([0-9a-f]*:?[0-9a-f]*:?[0-9a-f]*)', 1)
         || '::/48'
    ELSE regexp_extract(ip, '^([0-9]+\.[0-9]+\.[0-9]+)\.', 1) || '.0/24' END;

-- The value of the entry called `name` in a list of {Name, Value} or {key, value}.
CREATE OR REPLACE MACRO named_value(entries, name) AS
    list_extract(list_filter(entries, lambda e: e.Name = name), 1).Value;
CREATE OR REPLACE MACRO keyed_value(entries, name) AS
    list_extract(list_filter(entries, lambda e: e.key = name), 1).value;
CREATE OR REPLACE MACRO actor_id(entries, kind) AS
    list_extract(list_filter(entries, lambda e: e.Type = kind), 1).ID;

-- A /tenants/<id>/… resource path names the tenant.
CREATE OR REPLACE MACRO tenant_in(path) AS
    nullif(lower(regexp_extract(path, '/tenants/([0-9A-Fa-f-]{36})', 1)), '');

-- One value out of JSON text; NULL where the text is no JSON or does not have the path.
CREATE OR REPLACE MACRO json_text(x, path) AS CASE WHEN json_valid(x) THEN json_extract_string(x, path) END;

-- JSON text as it is, or the JSON string of a text that is no JSON, or null: safe to put into a larger document.
CREATE OR REPLACE MACRO json_part(x) AS CASE
    WHEN x IS NULL OR x = '' THEN 'null'
    WHEN json_valid(x) THEN x
    ELSE CAST(to_json(x) AS VARCHAR) END;

-- additionalDetails as JSON text [{"key": …, "value": …}] -> the value of one key.
CREATE OR REPLACE MACRO detail_value(x, name) AS CASE WHEN json_valid(x) AND json_type(x) = 'ARRAY' THEN
    keyed_value(CAST(json_transform(x, '[{"key":"VARCHAR","value":"VARCHAR"}]') AS STRUCT("key" VARCHAR, "value" VARCHAR)[]), name)
    END;

-- additionalDetails as the Unified Audit Log nests them: JSON text {"User-Agent": …}.
CREATE OR REPLACE MACRO additional_value(x, name) AS json_text(x, '$."' || name || '"');

CREATE OR REPLACE MACRO json_quoted(x) AS coalesce(CAST(to_json(x) AS VARCHAR), 'null');

-- What a record of Exchange, SharePoint or Teams says of the things it is about, to be put at the end of a JSON object:
-- the text of a search, links of a message, the first subjects of mail, and who got which rights on a folder.
CREATE OR REPLACE MACRO told_of_things(item, affected, query, urls) AS
    CASE WHEN item IS NULL AND affected IS NULL AND query IS NULL AND urls IS NULL THEN '' ELSE
        ',"query":' || json_quoted(said(query)) || ',"urls":' || json_part(urls)
        || ',"subjects":' || coalesce(
            CASE WHEN json_valid(affected) AND json_type(affected) = 'ARRAY' THEN CAST(to_json(list_slice(list_filter(
                json_extract_string(affected, '$[*].Subject'), lambda subject: subject IS NOT NULL), 1, 5)) AS VARCHAR) END,
            '[' || CAST(to_json(json_text(item, '$.Subject')) AS VARCHAR) || ']', 'null')
        || ',"member":' || json_quoted(json_text(item, '$.ParentFolder.MemberUpn'))
        || ',"rights":' || json_quoted(json_text(item, '$.ParentFolder.MemberRights')) END;

-- Columns of a portal download -> the parts of a directoryAudit as JSON text; NULL where the columns are empty.
CREATE OR REPLACE MACRO changed_property(name, was, now) AS CASE WHEN name IS NOT NULL THEN
    '{"displayName":' || json_quoted(name) || ',"oldValue":' || json_quoted(was) || ',"newValue":' || json_quoted(now) || '}'
    END;
CREATE OR REPLACE MACRO audited_target(id, name, kind, upn, changes) AS CASE WHEN coalesce(id, name, kind, upn) IS NOT NULL THEN
    '{"id":' || json_quoted(id) || ',"displayName":' || json_quoted(name) || ',"type":' || json_quoted(kind)
    || ',"userPrincipalName":' || json_quoted(upn) || ',"modifiedProperties":[' || changes || ']}' END;
CREATE OR REPLACE MACRO keyed_detail(key, value) AS CASE WHEN key IS NOT NULL THEN
    '{"key":' || json_quoted(key) || ',"value":' || json_quoted(value) || '}' END;

-- What else a directory audit says of itself, to be put at the end of a JSON object: the category of the operation, whether
-- something was added, updated or assigned, and why it failed.
CREATE OR REPLACE MACRO audit_words(category, kind, reason) AS
    (',"category":' || json_quoted(said(category)) || ',"kind":' || json_quoted(said(kind)) || ',"reason":' || json_quoted(said(reason)));

-- A display text that means the device code flow. The words in other languages are those of translated documentation.
CREATE OR REPLACE MACRO device_code_words(x) AS CASE regexp_replace(lower(strip_accents(x)), '[^a-z]', '', 'g')
    WHEN 'devicecode' THEN true
    WHEN 'devicecodeflow' THEN true
    WHEN 'codigodedispositivo' THEN true
    WHEN 'flujodecodigodedispositivo' THEN true
    WHEN 'geratecode' THEN true
    WHEN 'geratecodefluss' THEN true
    WHEN 'geratecodeflow' THEN true
    WHEN 'codedappareil' THEN true
    WHEN 'fluxdecodedappareil' THEN true
    ELSE false END;

-- A time as Windows PowerShell 5.1 writes it into JSON: /Date(milliseconds since 1970)/.
CREATE OR REPLACE MACRO dotnet_time(x) AS CASE WHEN starts_with(x, '/Date(')
    THEN CAST(epoch_ms(try_cast(regexp_extract(x, '([0-9]+)', 1) AS BIGINT)) AS VARCHAR) ELSE x END;

-- Objects of Graph PowerShell as JSON text, with the names that Graph itself gives what is read of them. Within a text a
-- quotation mark is escaped, so that only names are met.
CREATE OR REPLACE MACRO camel_keys(x) AS
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(x,
    '"Key":', '"key":'),
    '"Value":', '"value":'),
    '"AuthenticationMethod":', '"authenticationMethod":'),
    '"AuthenticationStepResultDetail":', '"authenticationStepResultDetail":'),
    '"Id":', '"id":'),
    '"DisplayName":', '"displayName":'),
    '"Result":', '"result":'),
    '"EnforcedGrantControls":', '"enforcedGrantControls":'),
    '"ConditionsSatisfied":', '"conditionsSatisfied":'),
    '"ConditionsNotSatisfied":', '"conditionsNotSatisfied":'),
    '"IncludeRulesSatisfied":', '"includeRulesSatisfied":'),
    '"ConditionalAccessCondition":', '"conditionalAccessCondition":'),
    '"RuleSatisfied":', '"ruleSatisfied":'),
    '"NetworkType":', '"networkType":'),
    '"NetworkNames":', '"networkNames":'),
    '"User":', '"user":'),
    '"App":', '"app":'),
    '"AppId":', '"appId":'),
    '"UserPrincipalName":', '"userPrincipalName":'),
    '"IPAddress":', '"ipAddress":'),
    '"Type":', '"type":'),
    '"ModifiedProperties":', '"modifiedProperties":'),
    '"NewValue":', '"newValue":'),
    '"OldValue":', '"oldValue":');

-- The same as Identity Protection writes it: JSON text [{"Key": …, "Value": …}] -> the value of one key.
CREATE OR REPLACE MACRO risk_info(x, name) AS CASE WHEN json_valid(x) AND json_type(x) = 'ARRAY' THEN
    list_extract(list_filter(json_transform(x, '[{"Key":"VARCHAR","Value":"VARCHAR"}]'), lambda e: e.Key = name), 1).Value
    END;

-- Method and shape of a call to an API: GET https://host/v1.0/users/3f2a…/messages?$top=5 -> GET /users/{id}/messages.
-- An id is a part with a character that no name of the API has, with four digits, or longer than any name.
CREATE OR REPLACE MACRO request_shape(method, uri) AS upper(coalesce(method, '?')) || ' /' || regexp_replace(
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_extract(uri, '^(?:[A-Za-z]+://[^/?#]*)?/*(?:(?:v[0-9.]+|beta)/+)?([^?#]*)', 1),
                '\((?:''[^'')]*''|[^)=''"]+)(?:\)|$)', '/{id}', 'g'),
            '\([^)]*\)?', '()', 'g'),
        ':/[^:]*(:|$)', ':/{path}\1', 'g'),
    '[^/]*(?:[@,!=%]|[0-9][^/0-9]*[0-9][^/0-9]*[0-9][^/0-9]*[0-9]|[^/]{40})[^/]*', '{id}', 'g');

-- What Elastic makes of Microsoft's JSON, taken back. The keys that others look for, out of snake case: a quote within a
-- value is escaped, so that no value is taken for a key.
CREATE OR REPLACE MACRO unsnaked_keys(x) AS CASE WHEN NOT contains(x, '_') THEN x ELSE
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(x,
    '"display_name":', '"displayName":'),
    '"conditions_satisfied":', '"conditionsSatisfied":'),
    '"conditions_not_satisfied":', '"conditionsNotSatisfied":'),
    '"include_rules_satisfied":', '"includeRulesSatisfied":'),
    '"conditional_access_condition":', '"conditionalAccessCondition":'),
    '"rule_satisfied":', '"ruleSatisfied":'),
    '"authentication_method":', '"authenticationMethod":'),
    '"authentication_step_result_detail":', '"authenticationStepResultDetail":'),
    '"authentication_step_date_time":', '"authenticationStepDateTime":'),
    '"network_names":', '"networkNames":'),
    '"network_type":', '"networkType":') END;

-- {"name": value} -> [{"key": name, "value": value}]; a list stays as it is.
CREATE OR REPLACE MACRO keys_and_values(x) AS CASE WHEN json_valid(x) AND json_type(x) = 'OBJECT'
    THEN CAST(to_json(map_entries(CAST(CAST(x AS JSON) AS MAP(VARCHAR, VARCHAR)))) AS VARCHAR) ELSE x END;

-- {"name": {"NewValue": …}} -> [{"Name": name, "NewValue": …}]; a dot in a name was written as an underscore.
CREATE OR REPLACE MACRO changed_by_name(x) AS CASE WHEN json_valid(x) AND json_type(x) = 'OBJECT' THEN CAST(to_json(list_transform(
    map_entries(CAST(CAST(x AS JSON) AS MAP(VARCHAR, JSON))),
    lambda e: struct_pack("Name" := replace(e.key, '_', '.'), "NewValue" := json_extract_string(e.value, '$.NewValue'),
                          "OldValue" := json_extract_string(e.value, '$.OldValue'))
    )) AS VARCHAR) ELSE x END;

-- targetResources as {"0": {…, "modified_properties": {"0": {…}}}} -> the list that it was.
CREATE OR REPLACE MACRO numbered_targets(x) AS CASE WHEN json_valid(x) THEN CAST(to_json(list_transform(
    CASE WHEN json_type(x) = 'OBJECT' THEN json_extract(x, '$.*') ELSE json_extract(x, '$[*]') END,
    lambda t: struct_pack(
        "id" := json_extract_string(t, '$.id'), "displayName" := json_extract_string(t, '$.display_name'),
        "type" := json_extract_string(t, '$.type'), "userPrincipalName" := json_extract_string(t, '$.user_principal_name'),
        "modifiedProperties" := list_transform(
            CASE WHEN json_type(t, '$.modified_properties') = 'OBJECT' THEN json_extract(t, '$.modified_properties.*')
            ELSE json_extract(t, '$.modified_properties[*]') END,
            lambda m: struct_pack(
                "displayName" := json_extract_string(m, '$.display_name'),
                "oldValue" := json_extract_string(m, '$.old_value'), "newValue" := json_extract_string(m, '$.new_value'))))
    )) AS VARCHAR) END;

-- What Splunk holds several values in: a JSON list, or in a CSV lines of one cell.
CREATE OR REPLACE MACRO several(x) AS CASE WHEN json_valid(x) AND json_type(x) = 'ARRAY' THEN CAST(CAST(x AS JSON) AS VARCHAR[])
    WHEN x <> '' THEN string_split(replace(x, chr(13), ''), chr(10)) END;
