-- Activities that can follow a grant (or lead to it), and by whose name they go. A person may stand there by object id, by
-- principal name, or by both. `impersonal`: a service did it, for whomever. `marked`: what the record says holds a word of
-- its kind's list. Needs: activities, flow_row, kept_sign_in, operation_kind (knowledge: one row per operation) and request_area
-- (knowledge: segment, area, recon).

-- Everybody with a flow, under every name. What there is much of is looked at only where one of them did it.
CREATE OR REPLACE TEMP TABLE flow_name AS
SELECT DISTINCT name
FROM (
    SELECT user_key AS name FROM flow_row
    UNION ALL SELECT user_id FROM flow_row
    UNION ALL SELECT upn FROM flow_row
    UNION ALL SELECT upn FROM kept_sign_in WHERE user_key IN (SELECT user_key FROM flow_row)
) AS named
WHERE name IS NOT NULL;

-- Requests to Microsoft Graph are most of a tenant's records. Only those of people with a flow count, and of one client,
-- token, place and kind of request only the first of each day is kept, with the number of the others.
CREATE OR REPLACE TEMP TABLE graph_fold AS
SELECT min_by(row_id, (time, row_id)) AS row_id, max(time) AS last_time, count(*) AS records
FROM activities
WHERE target_type = 'Request' AND workload IN ('Microsoft Graph', 'Azure AD Graph') AND time IS NOT NULL
  AND actor_id IN (SELECT name FROM flow_name)
GROUP BY actor_id, app_id, session_id, token_id, ip, user_agent, operation, CAST(time AS DATE);

CREATE OR REPLACE TEMP TABLE deed AS
WITH told AS (
    SELECT
        a.*, o.* EXCLUDE (key, containing, besides, words), 1 AS records, a.time AS last_time, CAST(NULL AS VARCHAR) AS area,
        CASE
            WHEN o.words IS NULL THEN NULL
            WHEN o.kind = 'group_member' THEN regexp_extract(a.detail, 'Group\.DisplayName[^}]*')
            ELSE coalesce(json_text(a.detail, '$.query'), json_text(a.detail, '$.subjects'))
        END AS text,
        o.words
    FROM activities AS a
    JOIN operation_kind AS o ON o.key = lower(trim(a.operation))
    WHERE a.time IS NOT NULL
      AND (o.always_tie OR o.kind LIKE 'device%' OR o.kind LIKE 'consent%' OR NOT coalesce(contains(a.actor_upn, '@'), false)
           OR a.actor_upn IN (SELECT name FROM flow_name) OR a.actor_id IN (SELECT name FROM flow_name))
      AND (o.containing IS NULL OR contains(a.detail, o.containing))
      AND (o.besides IS NULL OR NOT coalesce(contains(a.detail, o.besides), false))
    UNION ALL
    SELECT
        a.* REPLACE (o.name AS operation, a.operation AS target_name), o.* EXCLUDE (key, containing, besides, words),
        g.records, g.last_time, CASE WHEN r.recon THEN r.area END, NULL, NULL
    FROM graph_fold AS g
    JOIN activities AS a ON a.row_id = g.row_id
    JOIN operation_kind AS o ON o.kind = 'graph_call'
    LEFT JOIN request_area AS r ON r.segment = lower(regexp_extract(a.operation, '^\S+ /([^/(]*)', 1))
)
SELECT
    * EXCLUDE (words, name),
    coalesce(regexp_matches(lower(text), words), false) AS marked,
    -- The address of Microsoft's own service ties nothing to anyone.
    CASE WHEN NOT service_ip THEN prefix_of(ip) END AS prefix,
    coalesce(NOT contains(actor_upn, '@'), true) AND (actor_id IS NULL OR actor_app_id IS NOT NULL) AS impersonal
FROM told;

-- Of memberships only those in a group that keeps people out of a policy: by its name, or because a policy names it.
DELETE FROM deed
WHERE kind = 'group_member' AND NOT marked
  AND NOT coalesce(list_contains(
      (SELECT flatten(list(regexp_extract_all(p.detail, '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'))) FROM deed AS p
       WHERE p.kind = 'policy'),
      regexp_extract(detail, 'Group\.ObjectID[^}]*?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})', 1)), false);

-- `close`: a name that the person and the time can tie by. What was done to somebody is theirs, not the administrator's.
CREATE OR REPLACE TEMP TABLE deed_name AS
WITH target AS (
    SELECT row_id, target_upn AS name FROM deed WHERE (of_target OR kind = 'device_linked') AND target_upn IS NOT NULL
    UNION
    SELECT row_id, regexp_replace(target_id, '^user_', '') FROM deed WHERE of_target AND target_id IS NOT NULL
),
said AS (
    SELECT row_id, actor_id AS name, NOT of_target AS close FROM deed WHERE actor_id IS NOT NULL AND NOT impersonal
    UNION
    SELECT row_id, actor_upn, NOT of_target FROM deed WHERE contains(actor_upn, '@')
    UNION
    SELECT row_id, name, true FROM target
)
SELECT row_id, name, bool_or(close OR row_id NOT IN (SELECT row_id FROM target)) AS close
FROM said
GROUP BY row_id, name;
