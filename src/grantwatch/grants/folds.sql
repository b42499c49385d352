-- Which token uses are alike: rows of one fold differ in nothing but time, address within a network, and outcome.
-- `browser`: the client says that it is a browser; NULL where the record does not say what it is.
CREATE OR REPLACE TEMP TABLE folded_use AS
WITH fold_of AS (
    SELECT
        row_id,
        prefix_of(ip) AS prefix,
        lower(client_app) = 'browser' AS browser,
        dense_rank() OVER (
            ORDER BY grant_no, tie, app_id, resource_id, prefix_of(ip), asn, country, user_agent, device_id, incoming, interactive,
                     lower(client_app) = 'browser'
        ) AS fold
    FROM token_use
    WHERE grant_no IS NOT NULL
)
SELECT t.*, f.prefix, f.browser, f.fold
FROM token_use AS t
JOIN fold_of AS f ON f.row_id = t.row_id;
