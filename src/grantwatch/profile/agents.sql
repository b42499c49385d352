-- User agents worth naming: all of the people who may have grants, and of the tenant the most frequent. A browser changes its text
-- with every version, so what is no browser's is counted apart.
WITH own_agent AS (
    SELECT DISTINCT said(user_agent) AS user_agent FROM own_row WHERE said(user_agent) IS NOT NULL
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
