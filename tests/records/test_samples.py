"""Real records that nobody here wrote: what each file must yield."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.records.reading import reading

from grantwatch.pipeline import hunt

LAB = "sentinel-training-lab"


def codes(*paths: Path) -> Counter[int | None]:
    return Counter(row["error_code"] for row in reading(*paths).sign_ins)


def no_grant(path: Path) -> bool:
    return hunt([path]).grants == ()


def test_sign_ins_of_the_training_lab(samples: Path) -> None:
    found = reading(samples / LAB / "sign-in_adelete.csv")

    assert found.sums.read == found.parsed == len(found.sign_ins) == 56
    assert codes(samples / LAB / "sign-in_adelete.csv") == {0: 53, 16000: 2, 50058: 1}
    assert found.file.form == "la_signin"
    assert found.coverage.time_unusable == 0


def test_disabled_accounts_of_the_training_lab(samples: Path) -> None:
    found = reading(samples / LAB / "disable_accounts.csv")

    assert codes(samples / LAB / "disable_accounts.csv") == {50057: 4}
    assert found.file.time_unusable == 4, "that export has no column with a time"


def test_activities_of_the_training_lab(samples: Path) -> None:
    assert len(reading(samples / LAB / "office_activity.csv").activities) == 266
    rules = reading(samples / LAB / "office_activity_inbox_rule.csv").activities
    assert [row["operation"] for row in rules] == ["New-InboxRule"] * 2
    audits = reading(samples / LAB / "AuditLogs_Hunting.csv")
    assert len(audits.activities) == audits.sums.read == 5
    assert {row["operation"] for row in audits.activities} == {
        "Update application \N{EN DASH} Certificates and secrets management"
    }


def test_the_training_lab_says_that_the_protocol_columns_are_absent(samples: Path) -> None:
    found = reading(samples / LAB)

    assert found.sums.read == found.parsed == 56 + 4 + 266 + 2 + 5
    assert {"field:protocol", "field:transfer", "field:session_id", "field:token_id"} <= found.coverage.missing
    assert "neither authenticationProtocol nor originalTransferMethod" in found.coverage.blind[0]
    assert no_grant(samples / LAB)


def test_golden_saml(samples: Path) -> None:
    found = reading(samples / "otrf-golden-saml")

    packed, plain = found.files["AADAuditEvents.Zip!AADAuditEvents.json"], found.files["AADAuditEvents.json"]
    assert packed.form == plain.form == "la_audit"
    assert (packed.records.read, packed.records.parsed) == (4, 3)
    assert packed.records.ignored_by == {"duplicate": 1}
    assert plain.records.ignored_by == {"duplicate": 4}, "the same records stand in the archive"
    office = found.files["OfficeActivityEvents.json"]
    assert (office.form, office.records.parsed) == ("la_office", 1)
    assert [row["operation"] for row in found.activities if row["workload"] == "Exchange"] == ["MailItemsAccessed"]
    assert found.unread == []
    assert no_grant(samples / "otrf-golden-saml")


def test_golden_saml_changes_are_by_pgustavo(samples: Path) -> None:
    found = reading(samples / "otrf-golden-saml" / "AADAuditEvents.json")

    by = {row["operation"]: row["actor_upn"] for row in found.activities}
    assert by["Update application \N{EN DASH} Certificates and secrets management"] == "pgustavo@simulandlabs.com"
    assert by["Add delegated permission grant"] == "pgustavo@simulandlabs.com"


def test_splunk_examples(samples: Path) -> None:
    found = reading(samples / "splunk-examples")

    forms = Counter(file.form for file in found.files.values())
    assert forms == {"envelope_audit": 15, "envelope_signin": 1, "ual_activity": 16, "ual_logon": 2}
    assert found.sums.read == found.parsed == 34
    assert (len(found.sign_ins), len(found.activities)) == (3, 31)
    assert no_grant(samples / "splunk-examples")


def test_an_impossible_time_keeps_its_record_and_is_told(samples: Path) -> None:
    found = reading(samples / "splunk-examples" / "o365_userloginfailed.json")

    (row,) = found.sign_ins
    assert row["time"] is None
    assert found.file.time_unusable == found.coverage.time_unusable == 1
    assert row["error_code"] not in (None, 0), "a failed sign-in, though its ResultStatus says Success"


@pytest.mark.parametrize(("folder", "count"), [("sekoia-automation", 2), ("graph-docs", 1)])
def test_graph_pages(samples: Path, folder: str, count: int) -> None:
    found = reading(samples / folder)

    assert found.file.form == "graph_signin"
    assert len(found.sign_ins) == found.sums.read == count
    assert no_grant(samples / folder)
