-- How many people have records in each session that rows near a flow are of. Needs: flow_row, near_row, person.
-- Narrowed as delivered: ids are written in lower case or in upper case.
WITH asked AS (
    SELECT DISTINCT session_id FROM flow_row WHERE session_id IS NOT NULL
),
spelt AS (
    SELECT session_id FROM asked
    UNION
    SELECT upper(session_id) FROM asked
    UNION
    SELECT session_id FROM near_row WHERE lower(session_id) IN (SELECT session_id FROM asked)
)
SELECT lower(k.session_id) AS session_id, count(DISTINCT coalesce(p.user_key, k.user_key)) AS users
FROM kept_sign_in AS k
LEFT JOIN person AS p ON p.upn = k.user_key
WHERE k.session_id IN (SELECT session_id FROM spelt)
GROUP BY 1
