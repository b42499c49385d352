-- What grants may carry: all that rows near a flow say. Needs: near_row (grants), agent_family.
CREATE OR REPLACE TABLE value_asked AS
WITH near AS (SELECT DISTINCT app_id, resource_id, address(ip) AS ip, asn, country, user_agent, device_id FROM near_row),
said AS (
    SELECT 'client' AS dimension, lower(said(app_id)) AS value FROM near
    UNION SELECT 'resource', lower(said(resource_id)) FROM near
    UNION SELECT 'prefix', prefix_of(ip) FROM near
    UNION SELECT 'asn', said(asn) FROM near
    UNION SELECT 'country', said(country) FROM near
    UNION SELECT 'user_agent', said(user_agent) FROM near
    UNION SELECT 'agent_family', a.family FROM near AS n JOIN agent_family AS a ON a.user_agent = n.user_agent
    UNION SELECT 'device', lower(said(device_id)) FROM near
)
SELECT dimension, value FROM said WHERE value IS NOT NULL;
