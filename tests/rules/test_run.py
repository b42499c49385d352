"""Rules over logs: what matched, where it stands, and what is told where a rule could not be answered."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.records.reading import ANNA, START, audit, call, risk, rule, sign_in
from tests.rules.scene import AUDITS, MAIL, SIGN_INS, a_rule, result, run_over

from grantwatch.errors import InputError, UsageError
from grantwatch.lab.events import Change, Machine, Person, Target
from grantwatch.lab.writers import write_tenant
from grantwatch.rules.model import Outcome, RuleResult
from grantwatch.rules.run import run_rules

BEN = Person("aaaaaaaa-0000-4000-8000-000000000002", "ben@fabrikam.example", "Ben Ortiz")
CODE = {"protocol": "deviceCode", "transfer": "deviceCodeFlow"}
FORMS = ("graph", "graph_powershell", "envelope", "log_analytics_csv", "log_analytics_json", "elastic", "splunk")


def places(found: RuleResult) -> list[tuple[str, int]]:
    return [(Path(match.ref.file).name, match.ref.position) for match in found.listed]


def test_what_matched_is_named_with_its_place(tmp_path: Path) -> None:
    events = [sign_in(0), sign_in(1, **CODE), sign_in(2), sign_in(3, user=BEN, **CODE)]
    found = result(tmp_path, events, a_rule("properties.message: Device Code"))
    assert (found.outcome, found.matches, found.users) == (Outcome.RAN, 2, 2)
    assert (found.first, found.last) == (START + timedelta(minutes=1), START + timedelta(minutes=3))
    assert [match.who for match in found.listed] == [ANNA.upn, BEN.upn]
    for (name, position), event in zip(places(found), (events[1], events[3]), strict=True):
        pages = json.loads((tmp_path / "logs" / name).read_text())
        assert (pages["value"] if isinstance(pages, dict) else pages)[position - 1]["id"] == event.request_id


SPELLINGS = [
    "AuthenticationProtocol: deviceCode",
    "authenticationProtocol: devicecode",
    "properties.authenticationProtocol: Device Code",
    "azure.signinlogs.properties.authentication_protocol: deviceCode",
    "OriginalTransferMethod|contains: codeflow",
    "ResultType: 0\nAuthenticationProtocol|startswith: device",
    "status.errorCode: '0'\nuserPrincipalName|endswith: '@fabrikam.example'\nauthenticationProtocol|re: '^device'",
    "Status: Success\nproperties.message: Device code",
    "IPAddress|cidr: 192.0.2.0/24\nAuthenticationProtocol|exists: true\nDeviceDetail.displayName: LAPTOP-?\n"
    "AuthenticationProtocol: device*",
    "Location.countryOrRegion: DE\nlocation.city: berlin\nAuthenticationProtocol: deviceCode\nIsInteractive: true",
    "deviceDetail.isCompliant: false\nAutonomousSystemNumber: 64496\nAuthenticationProtocol: deviceCode",
]


@pytest.mark.parametrize("form", FORMS)
def test_fields_are_known_by_all_the_names_that_they_have(tmp_path: Path, form: str) -> None:
    asked = [a_rule(each, title=f"rule {number}") for number, each in enumerate(SPELLINGS)]
    found = run_over(tmp_path, [sign_in(0), sign_in(1, **CODE)], *asked, form=form).results
    assert len(found) == len(SPELLINGS)
    for spelling, each in zip(SPELLINGS, found, strict=True):
        assert (each.outcome, each.matches) == (Outcome.RAN, 1), (spelling, each.reasons)


def test_an_ordinary_sign_in_keeps_what_rules_ask_for(tmp_path: Path) -> None:
    found = result(
        tmp_path, [sign_in(0)], a_rule("AppDisplayName: Microsoft Azure CLI\nDeviceDetail.operatingSystem: Windows*")
    )
    assert found.matches == 1


AUDITED = [
    ("OperationName: Consent to application.", 1),
    ("properties.message: consent to application", 1),
    ("ActivityDisplayName|contains|all: [Consent, application]", 1),
    ("Category: ApplicationManagement\nLoggedByService: Core Directory", 1),
    ("Category: UserManagement", 0),
    ("TargetResources|contains: Mail.Read", 1),
    ("TargetResources.modifiedProperties.newValue|contains: offline_access", 1),
    ("TargetResources.modifiedProperties.displayName: ConsentAction.Permissions", 1),
    ("ConsentContext.IsAdminConsent: 'false'", 1),
    ("ConsentContext.IsAdminConsent: 'true'", 0),
    ("InitiatedBy|contains: anna@", 2),
    ("initiatedBy.user.userPrincipalName: anna@fabrikam.example\nResult: success", 2),
    ("targetResources.displayName: Reader", 1),
]


@pytest.mark.parametrize("form", ["graph", "log_analytics_json", "elastic"])
def test_audits_by_their_parts(tmp_path: Path, form: str) -> None:
    changes = (
        Change("ConsentContext.IsAdminConsent", "False"),
        Change("ConsentAction.Permissions", "Scope: Mail.Read offline_access"),
    )
    event = audit(
        operation="Consent to application",
        category="ApplicationManagement",
        service="Core Directory",
        targets=(Target("cccccccc-0000-4000-8000-000000000001", "Reader", "ServicePrincipal", changes=changes),),
    )
    asked = [a_rule(each, AUDITS, title=f"rule {number}") for number, (each, _) in enumerate(AUDITED)]
    found = run_over(tmp_path, [event, audit(1)], *asked, form=form).results
    assert len(found) == len(AUDITED)
    for (spelling, matches), each in zip(AUDITED, found, strict=True):
        assert (each.outcome, each.matches) == (Outcome.RAN, matches), (spelling, each.reasons)


UNIFIED = [
    ("Operation: [New-InboxRule, Set-InboxRule]\nParameters|contains: RSS", "audit", 1),
    ("eventName: New-InboxRule\neventSource: Exchange\nParameters.MoveToFolder: rss feeds", "exchange", 1),
    ("o365.audit.Parameters.Name: '.,'", "exchange", 1),
    ("Operation: UserLoggedIn\nResultStatus: Success\nErrorNumber: 0", "audit", 1),
    ("Operation: UserLoggedIn", "exchange", 0),
]


def test_the_unified_audit_log_with_its_logons(tmp_path: Path) -> None:
    asked = [
        a_rule(each, MAIL.replace("audit", service), title=f"rule {number}")
        for number, (each, service, _) in enumerate(UNIFIED)
    ]
    found = run_over(tmp_path, [rule(), sign_in(1)], *asked, form="ual").results
    for (spelling, _, matches), each in zip(UNIFIED, found, strict=True):
        assert (each.outcome, each.matches) == (Outcome.RAN, matches), (spelling, each.reasons)


def test_a_logon_of_the_unified_audit_log_is_no_sign_in_log(tmp_path: Path) -> None:
    found = result(tmp_path, [sign_in(0)], a_rule("ResultType: 0"), form="ual")
    assert (found.outcome, found.reasons) == (
        Outcome.NOT_ASSESSED,
        ("no records in these logs: Entra ID sign-in logs",),
    )


def test_risk_and_calls_to_graph(tmp_path: Path) -> None:
    from grantwatch.lab.records import call_row, graph_risk
    from grantwatch.lab.writers import write_array

    logs = tmp_path / "logs"
    logs.mkdir()
    write_array(logs / "risk.json", [graph_risk(risk())])
    write_array(logs / "calls.json", [call_row(call())])
    file = tmp_path / "rules.yml"
    file.write_text(
        a_rule("riskEventType: unfamiliarFeatures", "logsource: {product: azure, service: riskdetection}\n")
        + "---\n"
        + a_rule("RequestUri|contains: /messages", "logsource: {product: azure, service: microsoftgraphactivitylogs}\n")
    )
    assert [(each.outcome, each.matches) for each in run_rules([file], [logs]).results] == [(Outcome.RAN, 1)] * 2


def test_a_field_that_no_log_has_is_told(tmp_path: Path) -> None:
    found = result(tmp_path, [sign_in(0)], a_rule("Count: '<10%'\nResultType: 0"))
    assert (found.outcome, found.reasons) == (Outcome.NOT_ASSESSED, ("field Count is not in these logs",))
    assert [(use.field, use.present) for use in found.fields] == [("Count", None), ("ResultType", 1)]


def test_a_field_that_these_logs_do_not_carry_is_told(tmp_path: Path) -> None:
    """Version 1.0 of Graph has no protocol: silence would pass for "no device code"."""
    found = result(tmp_path, [sign_in(0, **CODE)], a_rule("AuthenticationProtocol: deviceCode"), form="graph_v1")
    assert (found.outcome, found.matches) == (Outcome.NOT_ASSESSED, 0)
    assert found.reasons == ("field AuthenticationProtocol is not in these logs",)


def test_a_field_that_is_empty_in_every_record_is_there(tmp_path: Path) -> None:
    found = result(tmp_path, [sign_in(0, device=Machine())], a_rule("DeviceDetail.trustType: ''"))
    assert (found.outcome, found.matches) == (Outcome.RAN, 1), found.reasons


def test_what_does_not_rest_on_the_missing_field_is_answered(tmp_path: Path) -> None:
    either = "a:\n  Nowhere: x\nb:\n  ResultType: 0\ncondition: 1 of *"
    found = result(tmp_path, [sign_in(0)], a_rule(either))
    assert (found.outcome, found.matches) == (Outcome.PARTLY, 1)
    assert found.reasons == ("field Nowhere is not in these logs",)
    without = result(tmp_path, [sign_in(0)], a_rule(either.replace("1 of *", "b and not a")))
    assert (without.outcome, without.matches) == (Outcome.NOT_ASSESSED, 0)


def test_logs_that_are_not_read_and_logs_that_are_not_there(tmp_path: Path) -> None:
    activity = a_rule("OperationName: x", "logsource: {product: azure, service: activitylogs}\n")
    quiet = a_rule("OperationName: x", AUDITS)
    alerts = a_rule("eventName: x", MAIL.replace("audit", "threat_management"))
    told = [each.reasons for each in run_over(tmp_path, [sign_in(0)], activity, quiet, alerts).results]
    assert told == [
        ("logs of azure / activitylogs are not read",),
        ("no records in these logs: Entra ID audit logs",),
        ("no records of SecurityComplianceCenter in these logs: Microsoft 365 Unified Audit Log",),
    ]


WRONG = [
    (a_rule("ResultType: 0", level="extreme"), 2, "extreme"),
    (a_rule("a:\n  ResultType: 0\ncondition: a and b"), 7, "b"),
    (a_rule("a:\n  ResultType: 0\ncondition: a | count() > 3"), 7, "pipe"),
    (a_rule("ResultType|bogus: 0"), 4, "bogus"),
    (a_rule("ResultType|re: '('"), 4, "egular expression"),
    ("title: No detection\n" + SIGN_INS, 1, "etection"),
    ("- a list\n", 1, "no rule"),
    ("title: [unclosed\n", 2, "YAML"),
]


def test_a_rule_that_cannot_be_parsed_is_named_and_the_others_run(tmp_path: Path) -> None:
    texts = [a_rule("ResultType: 0"), *(text for text, _, _ in WRONG)]
    good, *results = run_over(tmp_path, [sign_in(0)], *texts).results
    assert (good.outcome, good.matches) == (Outcome.RAN, 1)
    begins = good.line + texts[0].count("\n") + 1
    for (text, line, words), bad in zip(WRONG, results, strict=True):
        assert bad.outcome is Outcome.ERROR, text
        assert words in bad.reasons[0]
        assert Path(bad.file).name == "rules.yml"
        assert bad.line == begins + line - 1, text
        begins += text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (a_rule("UserPrincipalName|expand: '%admins%'"), "%admins%"),
        ("title: t\naction: global\n", "action"),
        ("title: t\nlogsource: {product: azure}\nfilter: {rules: [a], condition: a}\n", "filter"),
    ],
)
def test_what_is_not_supported_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    found = result(tmp_path, [sign_in(0)], text)
    assert found.outcome is Outcome.NOT_SUPPORTED
    assert words in found.reasons[0]


def test_no_rule_and_no_log_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        run_rules([tmp_path / "nowhere"], [tmp_path])
    with pytest.raises(UsageError, match="no rule in this folder"):
        run_rules([tmp_path], [tmp_path])
    file = tmp_path / "rule.yml"
    file.write_text(a_rule("ResultType: 0"))
    with pytest.raises(InputError):
        run_rules([file], [tmp_path / "nowhere.json"])


def test_a_folder_is_walked_and_a_rule_given_twice_runs_once(tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "deep"
    folder.mkdir(parents=True)
    (folder / "b.yaml").write_text(a_rule("ResultType: 0", title="b"))
    (tmp_path / "rules" / "a.yml").write_text(a_rule("ResultType: 0", title="a"))
    (folder / "notes.txt").write_text("no rule")
    logs = tmp_path / "logs"
    logs.mkdir()
    write_tenant([sign_in(0)], "graph", logs)
    found = run_rules([tmp_path / "rules", folder / "b.yaml"], [logs])
    assert [each.title for each in found.results] == ["a", "b"]


def test_copies_in_other_forms_count_once(tmp_path: Path) -> None:
    events = [sign_in(0, **CODE), sign_in(1)]
    logs = tmp_path / "logs"
    logs.mkdir()
    write_tenant(events, "graph", logs)
    write_tenant(events, "envelope", logs)
    file = tmp_path / "rule.yml"
    file.write_text(a_rule("ResultType: 0"))
    (found,) = run_rules([file], [logs]).results
    assert (found.records, found.matches) == (2, 2)


def test_as_many_records_are_listed_as_asked_for(tmp_path: Path) -> None:
    found = result(tmp_path, [sign_in(each) for each in range(9)], a_rule("ResultType: 0"), listed=3)
    assert (found.matches, len(found.listed)) == (9, 3)
    assert [match.time for match in found.listed] == [START + timedelta(minutes=each) for each in range(3)]
