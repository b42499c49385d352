-- One row per stream of telemetry (per file, where $by names file_id): how much of it, over what time, and which fields
-- are filled in. Needs: tally.
SELECT
    $bystream,
    list_sort(list(DISTINCT form)) AS forms,
    sum(records) AS records,
    min(first_time) AS first_time,
    max(last_time) AS last_time,
    coalesce(sum(records) FILTER (WHERE hour IS NULL), 0) AS time_unusable,
    coalesce(sum(records) FILTER (WHERE entra), 0) AS entra_rows,
    coalesce(sum(protocol) FILTER (WHERE entra), 0) AS protocol,
    coalesce(sum(transfer) FILTER (WHERE entra), 0) AS transfer,
    coalesce(sum(session_id) FILTER (WHERE entra), 0) AS session_id,
    coalesce(sum(token_id) FILTER (WHERE entra), 0) AS token_id,
    coalesce(sum(asn) FILTER (WHERE entra), 0) AS asn,
    coalesce(sum(user_agent) FILTER (WHERE entra), 0) AS user_agent
FROM tally
WHERE ignored IS NULL
GROUP BY $bystream
ORDER BY $bystream
