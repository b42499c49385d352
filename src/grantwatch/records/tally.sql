-- All that coverage and the sums ask of every row, in one pass: rows by file, form, reason to be left out, kind and hour.
CREATE OR REPLACE TABLE tally AS
WITH counted AS (
    SELECT
        pass_id, file_id, ignored, date_trunc('hour', time) AS hour,
        CASE WHEN (flags & 16) <> 0 THEN true WHEN (flags & 32) <> 0 THEN false END AS interactive,
        count(*) AS records,
        min(time) AS first_time,
        max(time) AS last_time,
        count_true((flags & 2) <> 0) AS protocol,
        count_true((flags & 4) <> 0) AS transfer,
        count_true(session_id <> '') AS session_id,
        count_true((flags & 8) <> 0) AS token_id,
        count_true(asn <> '' AND asn <> '0') AS asn,
        count_true(user_agent <> '') AS user_agent
    FROM sign_in
    WHERE claimed
    GROUP BY ALL
    UNION ALL
    SELECT
        pass_id, file_id, ignored, date_trunc('hour', time) AS hour, NULL, count(*), min(time), max(time), 0, 0, 0, 0, 0, 0
    FROM activity
    WHERE claimed
    GROUP BY ALL
)
SELECT
    c.*,
    f.form,
    coalesce(
        f.stream,
        CASE WHEN c.interactive THEN 'interactive' WHEN NOT c.interactive THEN 'non_interactive' ELSE 'sign_in_unknown' END
    ) AS stream,
    f.stream IS NULL AS entra
FROM counted AS c
JOIN pass_form AS f ON f.pass_id = c.pass_id AND f.file_id = c.file_id;
