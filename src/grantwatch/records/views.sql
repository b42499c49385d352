-- What everything after reading looks at: records that were read and not left out.

CREATE VIEW kept_sign_in AS SELECT rowid AS row_id, * FROM sign_in WHERE claimed AND ignored IS NULL;

CREATE VIEW activities AS
SELECT rowid AS row_id, * FROM activity WHERE claimed AND ignored IS NULL;
