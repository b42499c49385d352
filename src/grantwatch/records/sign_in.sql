-- From a form's mapping (every column text, as delivered) to the stored sign_in table: one place for all forms.
-- What every row needs is stored as delivered, the rest as one JSON text ($rest: see storing.py) and only for rows that may
-- belong to a grant, but where $whole says that everything is asked for.
-- cleaned.sql cleans what is left when others have narrowed, so that nothing is cleaned that nobody looks at.
SELECT
    $pass_id AS pass_id,
    file_id,
    claimed,
    set_aside AS ignored,
    moment AS time,
    lower(coalesce(nullif(user_id, ''), upn)) AS user_key,
    upn,
    app_id,
    resource_id,
    ip,
    asn,
    country,
    user_agent,
    device_id,
    outcome AS error_code,
    request_id,
    correlation_id,
    session_id,
    -- 1 marked, 2 names a protocol, 4 names a transfer method, 8 has a token id, 16 interactive, 32 not interactive, 64 has no
    -- object id; below zero: odd, which a scan can narrow by before it reads anything else.
    CAST(CAST(marked AS TINYINT) + CASE WHEN protocol IS NULL THEN 0 ELSE 2 END + CASE WHEN transfer IS NULL THEN 0 ELSE 4 END
         + CASE WHEN token_id IS NULL THEN 0 ELSE 8 END
         + CASE truth(interactive) WHEN true THEN 16 WHEN false THEN 32 ELSE 0 END
         + CASE WHEN unnamed THEN 64 ELSE 0 END - CASE WHEN marked OR coalesce(outcome <> 0, false) THEN 128 ELSE 0 END AS TINYINT) AS flags,
    latitude,
    longitude,
    -- Copies are looked for among rows with equal content; dedupe.sql decides by the columns themselves.
    CASE WHEN request_id IS NULL OR request_id = '' THEN hash('$family', moment, lower(upn), user_id, app_id, error_code, correlation_id)
         ELSE hash('$family', request_id) END AS content,
    CASE WHEN $whole OR marked OR error_code <> '0' OR request_type IS NOT NULL OR (protocol IS NULL AND transfer IS NULL)
        THEN $rest END AS rest
FROM (
    SELECT
        *,
        utc(time) AS moment,
        CASE WHEN error_code IN ('Success', 'success') THEN 0 ELSE try_cast(error_code AS INTEGER) END AS outcome,
        said(user_id) IS NULL OR contains(user_id, '@') AS unnamed,
        -- What the device code flow leaves on a row.
        coalesce(CASE WHEN protocol = 'none' THEN false ELSE enumerated(protocol) = 'devicecode' END, false)
        OR coalesce(CASE WHEN transfer = 'none' THEN false ELSE enumerated(transfer) = 'devicecodeflow' END, false)
        OR coalesce(lower(request_type) LIKE 'cmsi:%', false) AS marked
    FROM mapped
) AS mapped
