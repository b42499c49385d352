-- When the tenant's sign-ins begin, and how many people are in them.
SELECT min(k.time), count(DISTINCT coalesce(p.user_key, k.user_key))
FROM kept_sign_in AS k
LEFT JOIN person AS p ON p.upn = k.user_key
