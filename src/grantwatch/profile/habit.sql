-- What everybody does, as delivered: people repeat themselves, so this is small, and all the tenant's counts come from it.
CREATE TABLE IF NOT EXISTS habit AS
SELECT
    user_key, app_id, resource_id, ip, asn, country, user_agent, device_id, min(time) AS first_time, count(*) AS records
FROM kept_sign_in
WHERE NOT marked AND error_code = 0 AND time IS NOT NULL AND user_key IS NOT NULL
GROUP BY ALL;
