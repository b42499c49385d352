"""Rules in our own words over real records, kept beside the repository."""

from __future__ import annotations

from pathlib import Path

from tests.rules.scene import AUDITS, MAIL, a_rule

from grantwatch.rules.model import Outcome
from grantwatch.rules.run import run_rules

ASKED = {
    "password sent by a client": a_rule("AuthenticationProtocol: ROPC\nuserPrincipalName|endswith: .onmicrosoft.com"),
    "consent of a user": a_rule(
        "properties.message: Consent to application\nConsentContext.IsAdminConsent: 'false'\n"
        "TargetResources.modifiedProperties.displayName: ConsentAction.Permissions",
        AUDITS,
    ),
    "role given": a_rule("OperationName|contains|all: [add, member to role]\nCategory: RoleManagement", AUDITS),
    "method registered": a_rule("LoggedByService: Authentication Methods\nActivityDisplayName|re: '^User reg'", AUDITS),
    "second factor off": a_rule("Operation: Disable Strong Authentication.\nWorkload: AzureActiveDirectory", MAIL),
    "rule made": a_rule("Operation: New-InboxRule\nParameters|contains: Name", MAIL),
    "by name": a_rule("selection:\n  - inboxrule\ncondition: selection", MAIL),
}


def test_real_records_are_matched(samples: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text("---\n".join(rule.replace("A rule", name) for name, rule in ASKED.items()), encoding="utf-8")
    results = run_rules([file], [samples]).results
    assert [each.title for each in results] == list(ASKED)
    for found in results:
        assert found.outcome is Outcome.RAN, (found.title, found.reasons)
        assert 1 <= found.matches <= 20, found.title
        assert all(Path(match.ref.file.partition("!")[0]).exists() for match in found.listed)
