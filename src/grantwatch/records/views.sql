-- What everything after reading looks at: records that were read and not left out.

CREATE VIEW kept_sign_in AS
SELECT
    rowid AS row_id,
    * EXCLUDE (flags) REPLACE (lower(upn) AS upn),
    flags < 0 AS odd,
    (flags & 64) <> 0 AS unnamed,
    (flags & 1) <> 0 AS marked,
    (flags & 2) <> 0 AS has_protocol,
    (flags & 4) <> 0 AS has_transfer,
    (flags & 8) <> 0 AS has_token_id,
    CASE WHEN (flags & 16) <> 0 THEN true WHEN (flags & 32) <> 0 THEN false END AS interactive
FROM sign_in
WHERE claimed AND ignored IS NULL;

CREATE VIEW activities AS
SELECT rowid AS row_id, * FROM activity WHERE claimed AND ignored IS NULL;
