-- When the tenant's sign-ins begin, and how many people are in them.
SELECT min(e.first_time), count(DISTINCT coalesce(p.user_key, e.user_key))
FROM everybody AS e
LEFT JOIN person AS p ON p.upn = e.user_key
