-- An address as digits that sort as addresses do: 4c000020a, or 6 and 32 digits. NULL for what is no address.
CREATE OR REPLACE MACRO rule_hex_v4(ip) AS array_to_string(list_transform(string_split(ip, '.'),
    lambda part: CASE WHEN try_cast(part AS INTEGER) BETWEEN 0 AND 255 THEN format('{:02x}', try_cast(part AS INTEGER)) END), '');

CREATE OR REPLACE MACRO rule_groups(part) AS CASE WHEN part = '' THEN '' ELSE
    array_to_string(list_transform(string_split(part, ':'), lambda hex: lpad(lower(hex), 4, '0')), '') END;

CREATE OR REPLACE MACRO rule_hex_v6(ip) AS CASE WHEN contains(ip, '::')
    THEN rule_groups(split_part(ip, '::', 1))
         || repeat('0', greatest(0, 32 - length(rule_groups(split_part(ip, '::', 1))) - length(rule_groups(split_part(ip, '::', 2)))))
         || rule_groups(split_part(ip, '::', 2))
    ELSE rule_groups(ip) END;

CREATE OR REPLACE MACRO rule_address(ip) AS CASE
    WHEN regexp_full_match(ip, '[0-9]{1,3}(\.[0-9]{1,3}){3}') AND length(rule_hex_v4(ip)) = 8 THEN concat('4', rule_hex_v4(ip))
    WHEN regexp_full_match(ip, '(?i)::ffff:[0-9]{1,3}(\.[0-9]{1,3}){3}') AND length(rule_hex_v4(ip[8:])) = 8
        THEN concat('4', rule_hex_v4(ip[8:]))
    WHEN regexp_full_match(ip, '[0-9A-Fa-f:]*:[0-9A-Fa-f:]*') AND length(rule_hex_v6(ip)) = 32 THEN concat('6', rule_hex_v6(ip))
    END;
