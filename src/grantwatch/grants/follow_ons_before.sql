-- How much of it the person did before: of each kind of follow-on of each grant, how many records there were up to a day
-- before it, on how many days, with the same client, and the most of them within the time of a burst. What is a day old or
-- less could be the attack itself. Counts only grow, so that the greatest up to a time is the latest: one pass over time.
-- Needs: follow_on, own_name, deed, head_name, activities.
-- Everybody's apps ask Microsoft Graph all day long. What counts as having done so is a map of the directory: a day on which
-- one user agent asked for as many parts of it as tell.
CREATE OR REPLACE TEMP TABLE map_day AS
SELECT DISTINCT name, app_id, day
FROM (
    SELECT n.name, d.app_id, d.user_agent, CAST(d.time AS DATE) AS day
    FROM own_name AS n
    JOIN deed AS d ON d.row_id = n.row_id
    WHERE d.kind = 'graph_call' AND d.area IS NOT NULL
    GROUP BY n.name, d.app_id, d.user_agent, CAST(d.time AS DATE)
    HAVING count(DISTINCT d.area) >= $map_areas
) AS mapped;

CREATE OR REPLACE TEMP TABLE earlier_row AS
SELECT
    n.name, d.kind, d.app_id, d.time, d.records,
    CAST(row_number() OVER (PARTITION BY n.name, d.kind, CAST(d.time AS DATE) ORDER BY d.time, d.row_id) = 1
        AND (d.kind <> 'graph_call' OR EXISTS (SELECT 1 FROM map_day AS m WHERE m.name = n.name AND m.day = CAST(d.time AS DATE)))
        AS INTEGER) AS new_day,
    CAST(row_number() OVER (PARTITION BY n.name, d.kind, d.app_id, CAST(d.time AS DATE) ORDER BY d.time, d.row_id) = 1
        AND (d.kind <> 'graph_call'
             OR EXISTS (SELECT 1 FROM map_day AS m WHERE m.name = n.name AND m.app_id = d.app_id AND m.day = CAST(d.time AS DATE)))
        AS INTEGER) AS new_client_day,
    CASE WHEN d.burst_minutes > 0 THEN sum(d.records) OVER (
        PARTITION BY n.name, d.kind ORDER BY epoch(d.time) / (60.0 * greatest(d.burst_minutes, 1)) RANGE BETWEEN 1 PRECEDING AND CURRENT ROW
    ) END AS burst
FROM own_name AS n
JOIN deed AS d ON d.row_id = n.row_id
WHERE d.kind IN (SELECT kind FROM follow_on) AND d.kind NOT LIKE 'device%';

CREATE OR REPLACE TEMP TABLE earlier_kind AS
WITH event AS (
    SELECT name, kind, time, records, new_day, burst, CAST(NULL AS INTEGER) AS grant_no FROM earlier_row
    UNION ALL
    SELECT DISTINCT h.name, f.kind, h.started_at - INTERVAL 24 HOUR, 0, 0, 0, h.grant_no
    FROM follow_on AS f JOIN head_name AS h ON h.grant_no = f.grant_no
),
passed AS (
    SELECT
        grant_no, kind,
        sum(records) OVER before AS records,
        sum(new_day) OVER before AS days,
        max(burst) OVER before AS burst
    FROM event
    WINDOW before AS (PARTITION BY name, kind ORDER BY time, grant_no NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT grant_no, kind, max(records) AS records, max(days) AS days, max(burst) AS burst
FROM passed
WHERE grant_no IS NOT NULL
GROUP BY grant_no, kind;

CREATE OR REPLACE TEMP TABLE earlier_client AS
WITH event AS (
    SELECT name, kind, app_id, time, new_client_day, CAST(NULL AS INTEGER) AS grant_no FROM earlier_row WHERE app_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT h.name, f.kind, f.app_id, h.started_at - INTERVAL 24 HOUR, 0, h.grant_no
    FROM follow_on AS f JOIN head_name AS h ON h.grant_no = f.grant_no
    WHERE f.app_id IS NOT NULL
),
passed AS (
    SELECT
        grant_no, kind, app_id,
        sum(new_client_day) OVER (
            PARTITION BY name, kind, app_id ORDER BY time, grant_no NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS days
    FROM event
)
SELECT grant_no, kind, app_id, max(days) AS days FROM passed WHERE grant_no IS NOT NULL GROUP BY grant_no, kind, app_id;

-- The most within the time of a burst, after the grant.
CREATE OR REPLACE TEMP TABLE burst_after AS
SELECT grant_no, kind, max(burst) AS burst
FROM (
    SELECT grant_no, kind, sum(records) OVER (
        PARTITION BY grant_no, kind ORDER BY epoch(time) / (60.0 * greatest(burst_minutes, 1)) RANGE BETWEEN 1 PRECEDING AND CURRENT ROW
    ) AS burst
    FROM follow_on
    WHERE burst_minutes > 0
) AS counted
GROUP BY grant_no, kind;

CREATE OR REPLACE TEMP TABLE log_start AS
SELECT workload, min(time) AS first_time FROM activities GROUP BY workload;
