-- User agents worth naming: all of rows near a flow and of the people who may have grants, and of the tenant the most frequent. A
-- browser changes its text with every version, so what is no browser's is counted apart. Needs: habit, own_name, near_row (grants).
WITH own_agent AS (
    SELECT DISTINCT said(user_agent) AS user_agent
    FROM (
        SELECT user_agent FROM habit WHERE user_key IN (SELECT name FROM own_name)
        UNION ALL
        SELECT user_agent FROM near_row
    ) AS theirs
    WHERE said(user_agent) IS NOT NULL
),
tenant_agent AS (
    SELECT user_agent, sum(records) AS records, starts_with(user_agent, 'Mozilla/') AS browser
    FROM habit
    WHERE user_agent IS NOT NULL
    GROUP BY user_agent
),
ranked AS (
    SELECT user_agent, row_number() OVER (PARTITION BY browser ORDER BY records DESC, user_agent) AS place FROM tenant_agent
)
SELECT user_agent FROM own_agent
UNION
SELECT user_agent FROM ranked WHERE place <= $common
