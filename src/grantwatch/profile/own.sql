-- The rows of everybody with a grant, under one name each, narrowed before they are cleaned.

-- Every name under which a subject signs in.
CREATE OR REPLACE TEMP TABLE subject_name AS
SELECT user_key AS name, user_key FROM (SELECT DISTINCT user_key FROM subject_grant) AS subject
UNION
SELECT p.upn, p.user_key FROM person AS p WHERE p.user_key IN (SELECT user_key FROM subject_grant);

CREATE OR REPLACE TEMP TABLE own_row AS
SELECT k.* REPLACE (n.user_key AS user_key) FROM kept_sign_in AS k JOIN subject_name AS n ON n.name = k.user_key
WHERE k.time IS NOT NULL;
$cleaned(own_sign_in, own_row);

CREATE OR REPLACE TEMP TABLE own_agent AS SELECT DISTINCT user_agent FROM own_sign_in WHERE user_agent IS NOT NULL;
