-- What each of the rows tells that may belong to a device code flow. Needs: near_row, flow_key, code_kind, person
-- (candidates.sql), and told (records: all that the records of near_row say). Long texts stay there.

-- `plain`: a success of which the record itself says that it was not device code. `passed`: a success in the Unified
-- Audit Log, or a Defender table, under another kind of request, which says neither. `paired`: a success that names no protocol.
CREATE OR REPLACE TABLE flow_row AS
SELECT
    s.* EXCLUDE (user_key, auth_details, processing, policies),
    s.policies IS NOT NULL AS has_policies,
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
