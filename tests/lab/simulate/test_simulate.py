"""A whole tenant, written small: order, ids, truth; and that nothing in the writing tells attackers apart."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from grantwatch.errors import UsageError
from grantwatch.lab import token_id_of
from grantwatch.lab.simulate import FILES, FORMS, simulate

USERS, DAYS, SEED = 60, 16, 3
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FIELDS = [
    "format", "seed", "users", "days", "tenant_id", "start", "end", "forms", "records", "grants", "decoys",
]  # fmt: skip


def written(folder: Path, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "logs" / name).read_bytes().splitlines()]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in [*sorted((folder / "logs").iterdir()), folder / "truth.json"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tenant")
    simulate(folder, users=USERS, days=DAYS, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def truth(folder: Path) -> Any:
    return orjson.loads((folder / "truth.json").read_bytes())


@pytest.fixture(scope="module")
def sign_ins(folder: Path) -> list[dict[str, Any]]:
    return [*written(folder, "graph-interactive.json"), *written(folder, "graph-non-interactive.json")]


def test_the_truth_has_its_shape(truth: Any) -> None:
    assert list(truth) == FIELDS
    assert (truth["format"], truth["users"], truth["days"]) == ("grantwatch-truth/1", USERS, DAYS)
    assert (truth["start"], truth["end"]) == ("2026-08-01T00:00:00Z", "2026-08-17T00:00:00Z")
    assert [grant["grant"] for grant in truth["grants"]] == list(range(1, len(truth["grants"]) + 1))
    assert [grant["started_at"] for grant in truth["grants"]] == sorted(
        grant["started_at"] for grant in truth["grants"]
    )
    for grant in truth["grants"]:
        assert (grant["persona"] is None) == (grant["campaign"] is not None) == grant["malicious"]
        assert (grant["attack"] or "").startswith(grant["campaign"] or "")
        assert grant["request_ids"]
        assert len(grant["token_request_ids"]) <= 20
    assert any(grant["malicious"] for grant in truth["grants"])


def test_records_are_counted(folder: Path, truth: Any) -> None:
    counted: Counter[str] = Counter()
    for path in (folder / "logs").iterdir():
        counted[FILES[path.name]] += path.read_bytes().count(b"\n")
    assert truth["records"] == dict(counted)


def test_everybody_leaves_thirty_to_sixty_sign_ins_on_a_working_day(sign_ins: list[dict[str, Any]]) -> None:
    days = Counter(
        (each["userId"], each["createdDateTime"][:10]) for each in sign_ins if each["deviceDetail"]["deviceId"]
    )
    busy = [number for (_, day), number in days.items() if day in {"2026-08-04", "2026-08-05", "2026-08-12"}]
    assert 15 < sum(busy) / len(busy) < 60
    assert 24 < len(sign_ins) / USERS / DAYS * 7 / 5 < 60


def test_every_file_is_in_order_of_time(folder: Path) -> None:
    for path in (folder / "logs").iterdir():
        records = written(folder, path.name)
        times = [
            each.get("createdDateTime") or each.get("activityDateTime") or each["CreationTime"] for each in records
        ]
        assert times == sorted(times)
        assert times[0] >= "2026-08-01"
        assert times[-1] < "2026-08-17"


def test_ids_are_of_one_kind_and_used_once(sign_ins: list[dict[str, Any]], folder: Path) -> None:
    assert len({each["id"] for each in sign_ins}) == len(sign_ins)
    for each in sign_ins:
        assert each["uniqueTokenIdentifier"] == token_id_of(each["id"])
        assert each["id"].endswith("00")
        assert each["originalRequestId"] == each["id"]
        for field in ("id", "correlationId", "sessionId", "userId"):
            assert GUID.fullmatch(each[field])
    unified = written(folder, "unified-audit.json")
    assert all(GUID.fullmatch(each["Id"]) for each in unified)


def test_no_record_differs_in_its_making(sign_ins: list[dict[str, Any]]) -> None:
    """Fields, their order, nested ones too, and how numbers are rounded are the same for all."""
    assert len({tuple(each) for each in sign_ins}) == 1
    for nested in ("location", "deviceDetail", "status", "tokenProtectionStatusDetails"):
        assert len({tuple(each[nested]) for each in sign_ins}) == 1
    marked = [each for each in sign_ins if each["originalTransferMethod"] == "deviceCodeFlow"]
    plain = [each for each in sign_ins if each["originalTransferMethod"] == "none"]
    assert len(marked) > 50
    for some in (marked, plain):
        took = [each["processingTimeInMilliseconds"] for each in some]
        assert 200 < sum(took) / len(took) < 320
        assert min(took) < 100 < 400 < max(took)


def test_every_id_of_the_truth_is_in_the_logs(truth: Any, sign_ins: list[dict[str, Any]], folder: Path) -> None:
    held = {each["id"] for each in sign_ins}
    deeds = {each["Id"] for each in written(folder, "unified-audit.json")}
    for grant in truth["grants"]:
        assert held.issuperset(grant["request_ids"] + grant["token_request_ids"])
        assert deeds.issuperset(grant["follow_on_ids"])
    for decoy in truth["decoys"]:
        assert held.issuperset(decoy["request_ids"])


def test_every_flow_of_the_logs_is_in_the_truth(truth: Any, sign_ins: list[dict[str, Any]]) -> None:
    legs = {name for grant in truth["grants"] for name in grant["request_ids"]}
    decoys = {name for decoy in truth["decoys"] for name in decoy["request_ids"]}
    assert not legs & decoys
    for each in sign_ins:
        redeemed = each["originalTransferMethod"] == "deviceCodeFlow" and each["incomingTokenType"] == "none"
        if each["authenticationProtocol"] == "deviceCode" or each["status"]["errorCode"] in {50199, 53003} or redeemed:
            assert each["id"] in legs | decoys


def test_look_alikes_are_told_too(truth: Any, sign_ins: list[dict[str, Any]]) -> None:
    kinds = {decoy["id"] for decoy in truth["decoys"]}
    assert {"mobile-interrupt", "phone-enrolment", "tainted-browser"} <= kinds
    tainted = {name for decoy in truth["decoys"] if decoy["id"] == "tainted-browser" for name in decoy["request_ids"]}
    flows = {grant["session_id"] for grant in truth["grants"]}
    for each in sign_ins:
        if each["id"] in tainted:
            assert each["originalTransferMethod"] == "deviceCodeFlow"
            assert each["sessionId"] in flows


def test_directory_activities_stand_in_both_feeds(folder: Path) -> None:
    directory = {each["id"].removeprefix("Directory_") for each in written(folder, "graph-audit.json")}
    unified = {each["Id"] for each in written(folder, "unified-audit.json") if each["RecordType"] == 8}
    assert directory == unified
    assert directory


def test_mail_is_read_with_tokens_that_were_issued(sign_ins: list[dict[str, Any]], folder: Path) -> None:
    issued = {each["uniqueTokenIdentifier"]: each for each in sign_ins}
    read = [each for each in written(folder, "unified-audit.json") if each["Operation"] == "MailItemsAccessed"]
    assert len(read) > 100
    for each in read:
        token = issued[each["AppAccessContext"]["UniqueTokenId"]]
        assert token["userPrincipalName"] == each["UserId"]
        assert token["sessionId"] == each["AppAccessContext"]["AADSessionId"]
        assert token["createdDateTime"].rstrip("Z") <= each["CreationTime"]


def test_mail_is_of_one_making(folder: Path) -> None:
    read = [each for each in written(folder, "unified-audit.json") if each["Operation"] == "MailItemsAccessed"]
    assert len({tuple(each) for each in read}) == 1
    for each in read:
        (inbox,) = each["Folders"]
        assert each["OperationCount"] == len(inbox["FolderItems"])
        assert inbox["Id"] == f"LgAAAAB{each['Id'].replace('-', '').upper()}AAAB"
        for place, item in enumerate(inbox["FolderItems"]):
            assert re.fullmatch(r"<[0-9A-F]{24}@[a-z-]+\.example>", item["InternetMessageId"])
            assert item["SizeInBytes"] == 20480 + 97 * place


def test_the_same_arguments_write_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from grantwatch.lab.simulate import simulate; "
    program += "simulate(Path(sys.argv[1]), users=30, days=9, seed=11, forms=('graph', 'ual'))"
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", program, str(tmp_path / seed)], env=environment, check=True)
    assert content(tmp_path / "1") == content(tmp_path / "2")


def test_another_seed_is_another_tenant(tmp_path: Path, truth: Any) -> None:
    simulate(tmp_path, users=USERS, days=DAYS, seed=SEED + 1)
    other = orjson.loads((tmp_path / "truth.json").read_bytes())
    assert other["tenant_id"] != truth["tenant_id"]
    domains = {grant["upn"].rpartition("@")[2] for grant in (truth["grants"][0], other["grants"][0])}
    assert len(domains) == 2
    attacks = [
        {(g["campaign"], g["started_at"][:10]) for g in each["grants"] if g["malicious"]} for each in (truth, other)
    ]
    assert attacks[0] != attacks[1]


def test_all_forms_hold_the_same_tenant(tmp_path: Path) -> None:
    simulate(tmp_path, users=20, days=8, seed=1, forms=FORMS)
    lines = {name: (tmp_path / "logs" / name).read_bytes().count(b"\n") for name in FILES}
    for stream in ("interactive", "non-interactive", "audit"):
        assert len({lines[f"{form}-{stream}.json"] for form in ("graph", "envelope", "log-analytics")}) == 1
    graph = [each["id"] for each in written(tmp_path, "graph-non-interactive.json")]
    assert [each["properties"]["id"] for each in written(tmp_path, "envelope-non-interactive.json")] == graph
    assert [each["Id"] for each in written(tmp_path, "log-analytics-non-interactive.json")] == graph
    assert len({tuple(each) for each in written(tmp_path, "log-analytics-interactive.json")}) == 1


@pytest.mark.parametrize(
    ("asked", "accepted"),
    [
        ({"users": 19}, "--users 19: accepted are 20 to"),
        ({"days": 0}, "--days 0: accepted are 7 to"),
        ({"forms": ("stix",)}, "--form stix: accepted are graph, envelope, log_analytics, ual"),
    ],
)
def test_what_cannot_be_simulated_is_refused_before_anything_is_written(
    tmp_path: Path, asked: Any, accepted: str
) -> None:
    with pytest.raises(UsageError, match=accepted):
        simulate(tmp_path / "out", **{"users": 20, "days": 7, "seed": 1} | asked)
    assert not (tmp_path / "out").exists()
