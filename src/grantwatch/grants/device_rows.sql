-- The rows of devices that were registered after a grant. Needs: lineage_tie, taken, kept_sign_in and grant_device
-- (grant_no, user_key, device_id, since: when it was registered; each device once).
CREATE OR REPLACE TEMP TABLE device_row AS
SELECT * FROM kept_sign_in
WHERE lower(device_id) IN (SELECT device_id FROM grant_device)
  AND row_id NOT IN (SELECT row_id FROM taken)
  AND row_id NOT IN (SELECT row_id FROM lineage_tie);
