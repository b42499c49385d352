-- How the tenant names its devices, as their registrations tell before each one that follows a grant: `known` devices, of
-- which `usual` begin like at least two others, and `alike` begin like this one. Of ordinary sign-ins no device name is
-- kept, so that registrations are all there is. Needs: follow_on, deed.
CREATE OR REPLACE TEMP MACRO name_start(x) AS coalesce(
    nullif(regexp_extract(upper(x), '^([^0-9]*[-_. ])', 1), ''), nullif(regexp_extract(upper(x), '^([^0-9]+)', 1), ''), upper(x));

CREATE OR REPLACE TEMP TABLE new_device AS
SELECT DISTINCT row_id, time, target_name AS name
FROM follow_on
WHERE kind IN ('device_registered', 'device_added') AND target_name IS NOT NULL;

CREATE OR REPLACE TEMP TABLE device_naming AS
WITH device AS (
    SELECT upper(target_name) AS name, min(time) AS first_time
    FROM deed
    WHERE kind IN ('device_registered', 'device_added') AND target_name IS NOT NULL AND EXISTS (SELECT 1 FROM new_device)
    GROUP BY 1
),
compared AS (
    SELECT n.row_id, d.name, name_start(d.name) = name_start(n.name) AS alike,
           count(*) OVER (PARTITION BY n.row_id, name_start(d.name)) AS same
    FROM new_device AS n
    JOIN device AS d ON d.first_time < n.time - INTERVAL 1 HOUR AND d.name <> upper(n.name)
)
SELECT row_id, count(*) AS known, count(*) FILTER (WHERE same >= 3) AS usual, count(*) FILTER (WHERE alike) AS alike
FROM compared
GROUP BY row_id;
