-- How many people are in each file, and in all of them (file_id NULL): by object id, and by name where no record of any
-- file gives that name an id. Applications and services are no people. Rows first fold to names per file.
WITH seen AS (
    SELECT file_id, user_key AS id, lower(upn) AS upn FROM sign_in WHERE claimed AND ignored IS NULL GROUP BY ALL
    UNION ALL
    SELECT file_id, lower(actor_id), lower(actor_upn) FROM activity WHERE claimed AND ignored IS NULL GROUP BY ALL
),
told AS (
    SELECT
        file_id,
        CASE WHEN contains(upn, '@') THEN upn END AS upn,
        CASE WHEN regexp_full_match(said(id), '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') THEN id END AS id
    FROM seen
),
named AS (
    SELECT upn, min(id) AS id FROM told WHERE upn IS NOT NULL AND id IS NOT NULL GROUP BY upn
)
SELECT told.file_id, count(DISTINCT coalesce(told.id, named.id, told.upn)) AS users
FROM told
LEFT JOIN named ON named.upn = told.upn
GROUP BY GROUPING SETS ((told.file_id), ())
