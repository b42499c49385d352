-- Activities that can follow a grant, and by whose name they go. A person may stand there by object id, by principal name,
-- or by both. `impersonal`: a service did it, for whomever. Needs: activities, operation_kind (knowledge: key, kind,
-- always_tie, service_ip).
CREATE OR REPLACE TEMP TABLE deed AS
SELECT
    a.*,
    o.kind,
    o.always_tie,
    -- The address of Microsoft's own service ties nothing to anyone.
    CASE WHEN NOT o.service_ip THEN prefix_of(a.ip) END AS prefix,
    coalesce(NOT contains(a.actor_upn, '@'), true) AND (a.actor_id IS NULL OR a.actor_app_id IS NOT NULL) AS impersonal
FROM activities AS a
JOIN operation_kind AS o ON o.key = lower(trim(a.operation))
WHERE a.time IS NOT NULL;

CREATE OR REPLACE TEMP TABLE deed_name AS
SELECT row_id, actor_id AS name FROM deed WHERE actor_id IS NOT NULL AND NOT impersonal
UNION
SELECT row_id, actor_upn FROM deed WHERE contains(actor_upn, '@')
UNION
SELECT row_id, target_upn FROM deed WHERE kind = 'device_linked' AND target_upn IS NOT NULL;
