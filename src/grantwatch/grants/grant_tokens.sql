-- Token ids that were issued within each grant: those of its legs and of its lineage, but for what the approver's own
-- browser got. Needs: folded_use, token_use, approver_fold (fold), flow_row, taken.
CREATE OR REPLACE TEMP TABLE grant_token AS
SELECT DISTINCT f.grant_no, u.token_id
FROM folded_use AS f
JOIN token_use AS u ON u.row_id = f.row_id
WHERE u.token_id IS NOT NULL AND f.fold NOT IN (SELECT fold FROM approver_fold)
UNION
SELECT t.grant_no, r.token_id
FROM flow_row AS r
JOIN taken AS t ON t.row_id = r.row_id
WHERE r.token_id IS NOT NULL;
