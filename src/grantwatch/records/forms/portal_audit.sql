/*
title = "Entra admin center: download of audit logs (CSV)"
table = "activity"
rank = 40
family = "entra"
keys = [["Activity", "ActorType"], ["Activity", "ActorUserPrincipalName"], ["Date (UTC)", "Activity", "Service", "Category"], ["Date (UTC), day first", "Activity", "Service", "Category"]]
accepts = "Entra admin center downloads of sign-in and audit logs (CSV, in English, Spanish, French or German)"
localised = true
shows = "Device registrations, consents, changed sign-in methods and all other directory activities, with up to three targets, five changed properties of each and six further details."
lacks = "The id of the record, the application id of an actor that is a service, and session and token ids. Targets, properties and details beyond those are cut off by the portal."
quirks = [
    "Without an id, a copy of a record in another form is not recognised as one: give either this file or the same logs in another form.",
    "Column names are in the language of the portal, but most stay English. Spanish and French names were taken from importers of real files, German ones from documentation only.",
    "Opened and saved in a spreadsheet, dates with slashes are read month first under an English header, day first under the others; dates with dots are always day first.",
]

[export]
portal = "Entra admin center > Monitoring & health > Audit logs > choose the time range > Download > CSV. JSON carries more: prefer it."

[columns]
"Date (UTC)" = "VARCHAR"
"Date (UTC), day first" = "VARCHAR"
CorrelationId = "VARCHAR"
Service = "VARCHAR"
Category = "VARCHAR"
Activity = "VARCHAR"
Result = "VARCHAR"
ResultReason = "VARCHAR"
"User Agent" = "VARCHAR"
ActorType = "VARCHAR"
ActorDisplayName = "VARCHAR"
ActorObjectId = "VARCHAR"
ActorUserPrincipalName = "VARCHAR"
IPAddress = "VARCHAR"
ActorHomeTenantId = "VARCHAR"
ActorServicePrincipalId = "VARCHAR"
Target1Type = "VARCHAR"
Target1DisplayName = "VARCHAR"
Target1ObjectId = "VARCHAR"
Target1UserPrincipalName = "VARCHAR"
Target1ModifiedProperty1Name = "VARCHAR"
Target1ModifiedProperty1OldValue = "VARCHAR"
Target1ModifiedProperty1NewValue = "VARCHAR"
Target1ModifiedProperty2Name = "VARCHAR"
Target1ModifiedProperty2OldValue = "VARCHAR"
Target1ModifiedProperty2NewValue = "VARCHAR"
Target1ModifiedProperty3Name = "VARCHAR"
Target1ModifiedProperty3OldValue = "VARCHAR"
Target1ModifiedProperty3NewValue = "VARCHAR"
Target1ModifiedProperty4Name = "VARCHAR"
Target1ModifiedProperty4OldValue = "VARCHAR"
Target1ModifiedProperty4NewValue = "VARCHAR"
Target1ModifiedProperty5Name = "VARCHAR"
Target1ModifiedProperty5OldValue = "VARCHAR"
Target1ModifiedProperty5NewValue = "VARCHAR"
Target2Type = "VARCHAR"
Target2DisplayName = "VARCHAR"
Target2ObjectId = "VARCHAR"
Target2UserPrincipalName = "VARCHAR"
Target2ModifiedProperty1Name = "VARCHAR"
Target2ModifiedProperty1OldValue = "VARCHAR"
Target2ModifiedProperty1NewValue = "VARCHAR"
Target2ModifiedProperty2Name = "VARCHAR"
Target2ModifiedProperty2OldValue = "VARCHAR"
Target2ModifiedProperty2NewValue = "VARCHAR"
Target2ModifiedProperty3Name = "VARCHAR"
Target2ModifiedProperty3OldValue = "VARCHAR"
Target2ModifiedProperty3NewValue = "VARCHAR"
Target2ModifiedProperty4Name = "VARCHAR"
Target2ModifiedProperty4OldValue = "VARCHAR"
Target2ModifiedProperty4NewValue = "VARCHAR"
Target2ModifiedProperty5Name = "VARCHAR"
Target2ModifiedProperty5OldValue = "VARCHAR"
Target2ModifiedProperty5NewValue = "VARCHAR"
Target3Type = "VARCHAR"
Target3DisplayName = "VARCHAR"
Target3ObjectId = "VARCHAR"
Target3UserPrincipalName = "VARCHAR"
Target3ModifiedProperty1Name = "VARCHAR"
Target3ModifiedProperty1OldValue = "VARCHAR"
Target3ModifiedProperty1NewValue = "VARCHAR"
Target3ModifiedProperty2Name = "VARCHAR"
Target3ModifiedProperty2OldValue = "VARCHAR"
Target3ModifiedProperty2NewValue = "VARCHAR"
Target3ModifiedProperty3Name = "VARCHAR"
Target3ModifiedProperty3OldValue = "VARCHAR"
Target3ModifiedProperty3NewValue = "VARCHAR"
Target3ModifiedProperty4Name = "VARCHAR"
Target3ModifiedProperty4OldValue = "VARCHAR"
Target3ModifiedProperty4NewValue = "VARCHAR"
Target3ModifiedProperty5Name = "VARCHAR"
Target3ModifiedProperty5OldValue = "VARCHAR"
Target3ModifiedProperty5NewValue = "VARCHAR"
AdditionalDetail1Key = "VARCHAR"
AdditionalDetail1Value = "VARCHAR"
AdditionalDetail2Key = "VARCHAR"
AdditionalDetail2Value = "VARCHAR"
AdditionalDetail3Key = "VARCHAR"
AdditionalDetail3Value = "VARCHAR"
AdditionalDetail4Key = "VARCHAR"
AdditionalDetail4Value = "VARCHAR"
AdditionalDetail5Key = "VARCHAR"
AdditionalDetail5Value = "VARCHAR"
AdditionalDetail6Key = "VARCHAR"
AdditionalDetail6Value = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(regexp_replace("Date (UTC)", '^(\d+)\.(\d+)\.(\d{4}),?', '\2/\1/\3'),
             regexp_replace("Date (UTC), day first", '^(\d+)[./](\d+)[./](\d{4}),?', '\2/\1/\3')) AS time,
    ActorHomeTenantId AS tenant_id,
    Activity AS operation,
    Service AS workload,
    Result AS result,
    CASE WHEN said(ActorServicePrincipalId) IS NULL OR contains(ActorUserPrincipalName, '@') THEN ActorObjectId END AS actor_id,
    ActorUserPrincipalName AS actor_upn,
    ActorDisplayName AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    IPAddress AS ip,
    coalesce(said("User Agent"), CASE
        WHEN AdditionalDetail1Key = 'User-Agent' THEN AdditionalDetail1Value
        WHEN AdditionalDetail2Key = 'User-Agent' THEN AdditionalDetail2Value
        WHEN AdditionalDetail3Key = 'User-Agent' THEN AdditionalDetail3Value
        WHEN AdditionalDetail4Key = 'User-Agent' THEN AdditionalDetail4Value
        WHEN AdditionalDetail5Key = 'User-Agent' THEN AdditionalDetail5Value
        WHEN AdditionalDetail6Key = 'User-Agent' THEN AdditionalDetail6Value
    END) AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    CorrelationId AS correlation_id,
    CAST(NULL AS VARCHAR) AS record_id,
    Target1ObjectId AS target_id,
    Target1Type AS target_type,
    Target1DisplayName AS target_name,
    Target1UserPrincipalName AS target_upn,
    '{"targets":[' || concat_ws(',',
            audited_target(Target1ObjectId, Target1DisplayName, Target1Type, Target1UserPrincipalName, concat_ws(',',
                changed_property(Target1ModifiedProperty1Name, Target1ModifiedProperty1OldValue, Target1ModifiedProperty1NewValue),
                changed_property(Target1ModifiedProperty2Name, Target1ModifiedProperty2OldValue, Target1ModifiedProperty2NewValue),
                changed_property(Target1ModifiedProperty3Name, Target1ModifiedProperty3OldValue, Target1ModifiedProperty3NewValue),
                changed_property(Target1ModifiedProperty4Name, Target1ModifiedProperty4OldValue, Target1ModifiedProperty4NewValue),
                changed_property(Target1ModifiedProperty5Name, Target1ModifiedProperty5OldValue, Target1ModifiedProperty5NewValue))),
            audited_target(Target2ObjectId, Target2DisplayName, Target2Type, Target2UserPrincipalName, concat_ws(',',
                changed_property(Target2ModifiedProperty1Name, Target2ModifiedProperty1OldValue, Target2ModifiedProperty1NewValue),
                changed_property(Target2ModifiedProperty2Name, Target2ModifiedProperty2OldValue, Target2ModifiedProperty2NewValue),
                changed_property(Target2ModifiedProperty3Name, Target2ModifiedProperty3OldValue, Target2ModifiedProperty3NewValue),
                changed_property(Target2ModifiedProperty4Name, Target2ModifiedProperty4OldValue, Target2ModifiedProperty4NewValue),
                changed_property(Target2ModifiedProperty5Name, Target2ModifiedProperty5OldValue, Target2ModifiedProperty5NewValue))),
            audited_target(Target3ObjectId, Target3DisplayName, Target3Type, Target3UserPrincipalName, concat_ws(',',
                changed_property(Target3ModifiedProperty1Name, Target3ModifiedProperty1OldValue, Target3ModifiedProperty1NewValue),
                changed_property(Target3ModifiedProperty2Name, Target3ModifiedProperty2OldValue, Target3ModifiedProperty2NewValue),
                changed_property(Target3ModifiedProperty3Name, Target3ModifiedProperty3OldValue, Target3ModifiedProperty3NewValue),
                changed_property(Target3ModifiedProperty4Name, Target3ModifiedProperty4OldValue, Target3ModifiedProperty4NewValue),
                changed_property(Target3ModifiedProperty5Name, Target3ModifiedProperty5OldValue, Target3ModifiedProperty5NewValue)))
        ) || '],"additional":[' || concat_ws(',',
            keyed_detail(AdditionalDetail1Key, AdditionalDetail1Value),
            keyed_detail(AdditionalDetail2Key, AdditionalDetail2Value),
            keyed_detail(AdditionalDetail3Key, AdditionalDetail3Value),
            keyed_detail(AdditionalDetail4Key, AdditionalDetail4Value),
            keyed_detail(AdditionalDetail5Key, AdditionalDetail5Value),
            keyed_detail(AdditionalDetail6Key, AdditionalDetail6Value)
        ) || ']' || audit_words(Category, CAST(NULL AS VARCHAR), ResultReason) || '}' AS detail
FROM raw
