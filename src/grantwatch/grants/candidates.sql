-- The rows that may belong to a device code flow, and what each of them tells. Everything after this looks at
-- these few rows only. Needs: sign_ins (records), code_kind (knowledge).

-- One name per person: the object id where any row has both it and the principal name.
CREATE OR REPLACE TEMP TABLE person AS
SELECT upn, min(user_key) AS user_key
FROM sign_ins
WHERE upn IS NOT NULL AND user_key IS NOT NULL AND NOT contains(user_key, '@')
GROUP BY upn;

-- Correlation ids under which something happened that only a device code flow (or its look-alikes) does.
CREATE OR REPLACE TEMP TABLE flow_key AS
SELECT DISTINCT coalesce(p.user_key, s.user_key) AS user_key, s.correlation_id
FROM sign_ins AS s
LEFT JOIN code_kind AS k ON k.code = s.error_code
LEFT JOIN person AS p ON p.upn = s.user_key
WHERE s.correlation_id IS NOT NULL
  AND s.user_key IS NOT NULL
  AND s.time IS NOT NULL
  AND (
      k.kind IN ('confirm', 'wrong_code', 'pending')
      OR (s.marked AND (s.protocol = 'devicecode' OR coalesce(s.incoming, 'none') = 'none'))
  );

CREATE OR REPLACE TEMP TABLE flow_row AS
SELECT
    s.* EXCLUDE (user_key),
    coalesce(p.user_key, s.user_key) AS user_key,
    k.kind AS code_kind,
    CASE
        WHEN s.request_type LIKE 'cmsi:%' AND s.error_code = 0 THEN 'sighting'
        WHEN s.error_code = 0 AND s.protocol = 'devicecode' AND s.interactive IS DISTINCT FROM false THEN 'approval'
        WHEN s.error_code = 0 AND s.protocol = 'devicecode' THEN 'redemption'
        WHEN s.error_code = 0 AND s.transfer = 'devicecodeflow' AND coalesce(s.incoming, 'none') = 'none'
             AND s.interactive IS DISTINCT FROM true THEN 'redemption'
        WHEN s.error_code = 0 AND s.transfer = 'devicecodeflow' AND coalesce(s.incoming, 'none') = 'none'
             AND NOT s.has_protocol THEN 'approval'
        WHEN s.transfer = 'devicecodeflow' AND s.incoming IN ('refreshtoken', 'primaryrefreshtoken') THEN 'token_use'
        WHEN k.kind = 'block' THEN 'blocked'
        WHEN k.kind IN ('declined', 'wrong_code') THEN 'declined'
        WHEN k.kind IN ('confirm', 'consent', 'interrupt', 'pending') THEN 'interrupt'
        WHEN s.transfer = 'devicecodeflow' THEN 'token_use'
        WHEN s.error_code = 0 AND NOT s.has_protocol AND s.request_type IS NULL THEN 'paired'
        WHEN s.error_code = 0 THEN 'plain'
        ELSE 'other'
    END AS role
FROM sign_ins AS s
LEFT JOIN code_kind AS k ON k.code = s.error_code
LEFT JOIN person AS p ON p.upn = s.user_key
LEFT JOIN flow_key AS f ON f.user_key = coalesce(p.user_key, s.user_key) AND f.correlation_id = s.correlation_id
WHERE s.time IS NOT NULL
  AND s.user_key IS NOT NULL
  AND (
      s.marked
      OR f.user_key IS NOT NULL
      OR (k.kind = 'block' AND (s.policies LIKE '%deviceCodeFlow%' OR s.policies LIKE '%authenticationFlows%'))
  );
