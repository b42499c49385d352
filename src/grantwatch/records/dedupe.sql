-- Exports overlap. A record is a copy where another has the same id, second, subject and outcome, and either the very
-- same content or more worth: a better form, though a feed without the protocol fields is worth least. Different events
-- under one id stay. Which copy is kept does not depend on file order. Needs: twin (content: that of more than one record).
UPDATE $table SET ignored = 'duplicate' WHERE rowid IN (
    SELECT row_id
    FROM (
        SELECT
            t.rowid AS row_id,
            f.rank + CASE WHEN $poor THEN 1000 ELSE 0 END AS worth,
            row_number() OVER (PARTITION BY t.content, $key, worth, hash($body) ORDER BY f.path, t.rowid) AS copy,
            min(worth) OVER (PARTITION BY t.content, $key) AS best
        FROM $table AS t
        JOIN pass_form AS f ON f.pass_id = t.pass_id AND f.file_id = t.file_id
        WHERE t.claimed AND t.ignored IS NULL
          AND t.content IN (SELECT content FROM twin)
    ) AS twins
    WHERE copy > 1 OR worth > best
)
