-- Which token uses are alike: rows of one fold differ in nothing but time, address within a network, and outcome. `place`
-- is that of a row within its fold. `browser`: the client says that it is a browser; NULL where the record does not say.
CREATE OR REPLACE TEMP TABLE folded_use AS
WITH use AS (
    SELECT
        t.row_id, t.grant_no, t.tie, t.app_id, t.resource_id, prefix_of(t.ip) AS prefix, t.asn, t.country, t.user_agent,
        t.device_id, t.incoming, t.interactive, lower(t.client_app) = 'browser' AS browser, t.time, t.request_id, p.path,
        t.row_id - p.first_row + 1 AS position
    FROM token_use AS t
    JOIN pass_form AS p ON p.pass_id = t.pass_id AND p.file_id = t.file_id
    WHERE t.grant_no IS NOT NULL
),
alike AS (
    SELECT
        row_id, grant_no, tie, prefix, browser, time, request_id, path, position,
        dense_rank() OVER (
            ORDER BY grant_no, tie, app_id, resource_id, prefix, asn, country, user_agent, device_id, incoming, interactive, browser
        ) AS fold
    FROM use
)
SELECT
    row_id, grant_no, tie, prefix, browser, fold, path, position,
    row_number() OVER (PARTITION BY fold ORDER BY time, request_id, path, row_id) AS place
FROM alike;
