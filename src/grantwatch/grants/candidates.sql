-- The rows that may belong to a device code flow, and what each of them tells. Everything after this looks at
-- these few rows only. Needs: kept_sign_in (records: rows as stored, cheap to narrow), code_kind (knowledge).

-- One name per person: the object id for those whom some record knows by principal name only.
CREATE OR REPLACE TABLE person AS
SELECT upn, min(user_key) AS user_key
FROM kept_sign_in
WHERE upn IN (SELECT CASE WHEN contains(user_key, '@') THEN user_key ELSE upn END FROM kept_sign_in WHERE unnamed)
  AND NOT unnamed
GROUP BY upn;

-- Rows that carry a mark of the flow or did not succeed: few, and all else that may belong to a flow hangs on them.
CREATE OR REPLACE TEMP TABLE odd_row AS
SELECT k.*
FROM kept_sign_in AS k
JOIN (SELECT row_id FROM kept_sign_in WHERE odd) AS odd ON odd.row_id = k.row_id;

-- Correlation ids under which something happened that only a device code flow (or its look-alikes) does.
CREATE OR REPLACE TEMP TABLE flow_key AS
WITH odd AS (
    SELECT
        said(user_key) AS user_key, said(upn) AS upn, lower(said(correlation_id)) AS correlation_id, error_code, marked,
        enumerated(json_extract_string(rest, '$.protocol')) AS protocol,
        enumerated(json_extract_string(rest, '$.incoming')) AS incoming
    FROM odd_row
    WHERE time IS NOT NULL
)
SELECT DISTINCT coalesce(p.user_key, s.user_key, s.upn) AS user_key, s.correlation_id
FROM odd AS s
LEFT JOIN code_kind AS k ON k.code = s.error_code
LEFT JOIN person AS p ON p.upn = coalesce(s.user_key, s.upn)
WHERE s.correlation_id IS NOT NULL
  AND (
      k.kind IN ('confirm', 'wrong_code', 'pending')
      OR (s.marked AND (s.protocol = 'devicecode' OR coalesce(s.incoming, 'none') = 'none'))
  );

-- Narrow first, by one column as delivered; then clean what is left. Ids are written in lower case or in upper case.
CREATE OR REPLACE TEMP TABLE flow_spelling AS
SELECT correlation_id AS said FROM flow_key
UNION
SELECT upper(correlation_id) FROM flow_key
UNION
SELECT correlation_id FROM odd_row WHERE lower(correlation_id) IN (SELECT correlation_id FROM flow_key);

CREATE OR REPLACE TEMP TABLE near_row AS
SELECT * FROM odd_row
WHERE marked
   OR error_code IN (SELECT code FROM code_kind WHERE kind = 'block')
   OR lower(correlation_id) IN (SELECT correlation_id FROM flow_key)
UNION ALL
SELECT k.*
FROM kept_sign_in AS k
JOIN (
    SELECT row_id FROM kept_sign_in WHERE NOT odd AND correlation_id IN (SELECT said FROM flow_spelling)
) AS near ON near.row_id = k.row_id;

-- `plain`: a success of which the record itself says that it was not device code. `passed`: a success in the Unified
-- Audit Log, or a Defender table, under another kind of request, which says neither. `paired`: a success that names no protocol.
CREATE OR REPLACE TEMP TABLE flow_row AS
SELECT
    s.* EXCLUDE (user_key),
    coalesce(p.user_key, s.user_key, s.upn) AS user_key,
    k.kind AS code_kind,
    CASE
        WHEN s.request_type LIKE 'cmsi:%' AND s.error_code = 0 THEN 'sighting'
        WHEN s.error_code = 0 AND s.protocol = 'devicecode' AND s.interactive IS DISTINCT FROM false THEN 'approval'
        WHEN s.error_code = 0 AND s.protocol = 'devicecode' THEN 'redemption'
        WHEN s.error_code = 0 AND s.transfer = 'devicecodeflow' AND coalesce(s.incoming, 'none') = 'none'
             AND s.interactive IS DISTINCT FROM true THEN 'redemption'
        WHEN s.error_code = 0 AND s.transfer = 'devicecodeflow' AND coalesce(s.incoming, 'none') = 'none'
             AND NOT s.has_protocol AND lower(s.client_app) IS DISTINCT FROM 'browser' THEN 'approval'
        WHEN s.transfer = 'devicecodeflow' AND s.incoming IN ('refreshtoken', 'primaryrefreshtoken') THEN 'token_use'
        WHEN k.kind = 'block' THEN 'blocked'
        WHEN k.kind IN ('declined', 'wrong_code') THEN 'declined'
        WHEN k.kind IN ('confirm', 'consent', 'interrupt', 'pending') THEN 'interrupt'
        WHEN s.transfer = 'devicecodeflow' THEN 'token_use'
        WHEN s.error_code = 0 AND s.request_type IS NOT NULL THEN 'passed'
        WHEN s.error_code = 0 AND NOT s.has_protocol AND NOT s.has_transfer THEN 'paired'
        WHEN s.error_code = 0 THEN 'plain'
        ELSE 'other'
    END AS role
FROM $cleaned(near_row) AS s
LEFT JOIN code_kind AS k ON k.code = s.error_code
LEFT JOIN person AS p ON p.upn = coalesce(s.user_key, s.upn)
LEFT JOIN flow_key AS f
       ON f.user_key = coalesce(p.user_key, s.user_key, s.upn) AND f.correlation_id = s.correlation_id
WHERE s.time IS NOT NULL
  AND coalesce(p.user_key, s.user_key, s.upn) IS NOT NULL
  AND (
      s.marked
      OR f.user_key IS NOT NULL
      -- A policy may stand here that merely looked at the flow: rows.py says which of them refused.
      OR (k.kind = 'block' AND (
          lower(s.policies) LIKE '%devicecodeflow%'
          OR lower(s.policies) LIKE '%authenticationflows%'
          -- Diagnostic exports write the conditions as one number; 32768 is the authentication flow.
          OR len(list_filter(
              regexp_extract_all(s.policies, '"conditionsSatisfied":\s*"?([0-9]+)', 1),
              lambda said: (coalesce(try_cast(said AS BIGINT), 0) // 32768) % 2 = 1
          )) > 0
      ))
  );
