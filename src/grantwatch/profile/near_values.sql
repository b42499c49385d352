-- What grants may carry: all that rows near a flow say. Needs: near_row (grants), agent_family.
CREATE OR REPLACE TABLE value_asked AS
WITH near AS (SELECT DISTINCT app_id, resource_id, address(ip) AS ip, asn, country, user_agent, device_id FROM near_row)
SELECT DISTINCT dimension, value
FROM (
    SELECT
        unnest(['client', 'resource', 'prefix', 'asn', 'country', 'user_agent', 'agent_family', 'device']) AS dimension,
        unnest([
            lower(said(n.app_id)), lower(said(n.resource_id)), prefix_of(n.ip), said(n.asn), said(n.country),
            said(n.user_agent), a.family, lower(said(n.device_id))
        ]) AS value
    FROM near AS n
    LEFT JOIN agent_family AS a ON a.user_agent = n.user_agent
) AS said
WHERE value IS NOT NULL;
