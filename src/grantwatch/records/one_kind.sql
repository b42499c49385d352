-- Rows that do not say whether they are interactive, in files of a form of which each holds one kind: the kind that
-- others in the file do say, unless they differ. Parameter: the names of those forms. Flags: see sign_in.sql.
UPDATE sign_in SET flags = CAST(flags + told.kind AS TINYINT)
FROM (
    SELECT s.pass_id, s.file_id, CASE WHEN bool_or((s.flags & 16) <> 0) THEN 16 ELSE 32 END AS kind
    FROM sign_in AS s
    JOIN pass_form AS p ON p.pass_id = s.pass_id AND p.file_id = s.file_id
    WHERE list_contains(?, p.form) AND s.claimed
    GROUP BY s.pass_id, s.file_id
    HAVING bool_or((s.flags & 16) <> 0) <> bool_or((s.flags & 32) <> 0)
) AS told
WHERE told.pass_id = sign_in.pass_id AND told.file_id = sign_in.file_id AND (sign_in.flags & 48) = 0
