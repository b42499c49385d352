-- Which file each row of a stream comes from: the last that begins at or before it.
UPDATE $table SET file_id = told.file_id
FROM (
    SELECT streamed.place, file.file_id
    FROM (SELECT rowid AS place FROM $table WHERE pass_id = $pass_id) AS streamed
    ASOF JOIN (SELECT unnest(?) AS file_id, unnest(?) AS first_row) AS file
      ON streamed.place >= file.first_row
) AS told
WHERE $table.rowid = told.place;
