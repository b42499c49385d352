-- Token ids that were issued within each grant: those of its legs and of its whole lineage.
CREATE OR REPLACE TEMP TABLE grant_token AS
SELECT DISTINCT grant_no, token_id FROM token_use WHERE grant_no IS NOT NULL AND token_id IS NOT NULL
UNION
SELECT DISTINCT h.grant_no, r.token_id
FROM flow_row AS r
JOIN taken AS t ON t.row_id = r.row_id
JOIN head AS h ON h.grant_no = t.grant_no
WHERE r.token_id IS NOT NULL;
