-- Which file each row of a stream comes from: the first row of each file says so, and those after it come from the same.
UPDATE $table SET file_id = told.file_id
FROM (
    SELECT streamed.place, first.file_id
    FROM (SELECT rowid AS place FROM $table WHERE pass_id = $pass_id AND file_id < 0) AS streamed
    ASOF JOIN (SELECT rowid AS place, file_id FROM $table WHERE pass_id = $pass_id AND file_id >= 0) AS first
      ON streamed.place >= first.place
) AS told
WHERE $table.rowid = told.place;
