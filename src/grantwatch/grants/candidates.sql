-- The rows that may belong to a device code flow, and what each of them tells. Everything after this looks at
-- these few rows only. Needs: kept_sign_in (records: rows as stored, cheap to narrow), code_kind (knowledge).

-- One name per person: the object id for those whom some record knows by principal name only.
CREATE OR REPLACE TABLE person AS
SELECT upn, min(user_key) AS user_key
FROM kept_sign_in
WHERE upn IN (SELECT CASE WHEN contains(user_key, '@') THEN user_key ELSE upn END FROM kept_sign_in WHERE unnamed)
  AND NOT unnamed
GROUP BY upn;

-- Rows that carry a mark of the flow or did not succeed: few, and all else that may belong to a flow hangs on them. Those
-- that belong to none are taken out below: less work than to copy the others.
CREATE OR REPLACE TABLE near_row AS
SELECT k.*
FROM kept_sign_in AS k
JOIN (SELECT row_id FROM kept_sign_in WHERE odd) AS odd ON odd.row_id = k.row_id;

-- Correlation ids under which something happened that only a device code flow (or its look-alikes) does.
CREATE OR REPLACE TABLE flow_key AS
WITH odd AS (
    SELECT
        said(user_key) AS user_key, said(upn) AS upn, lower(said(correlation_id)) AS correlation_id, error_code, marked,
        enumerated(json_extract_string(rest, '$.protocol')) AS protocol,
        enumerated(json_extract_string(rest, '$.incoming')) AS incoming
    FROM near_row
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
SELECT correlation_id FROM near_row WHERE lower(correlation_id) IN (SELECT correlation_id FROM flow_key);

DELETE FROM near_row
WHERE NOT (
    marked
    OR coalesce(error_code IN (SELECT code FROM code_kind WHERE kind = 'block'), false)
    OR coalesce(correlation_id IN (SELECT said FROM flow_spelling), false)
);

INSERT INTO near_row
SELECT k.*
FROM kept_sign_in AS k
JOIN (
    SELECT row_id FROM kept_sign_in WHERE NOT odd AND correlation_id IN (SELECT said FROM flow_spelling)
) AS near ON near.row_id = k.row_id;
