from __future__ import annotations

import gzip
import importlib.util
import ipaddress
import re
from pathlib import Path

from grantwatch.lab import ActivityEvent, SignInEvent

REPOSITORY = Path(__file__).parents[2]
COMMITTED = REPOSITORY / "examples" / "logs"
DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def unpacked(path: Path) -> bytes:
    # What a compressed file weighs depends on the zlib at hand; what is in it does not.
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def test_the_committed_logs_are_what_the_script_writes(tmp_path):
    written = module(REPOSITORY / "examples" / "make_logs.py").write(tmp_path)
    assert sorted(path.name for path in written) == sorted(path.name for path in COMMITTED.iterdir())
    for path in written:
        assert unpacked(path) == unpacked(COMMITTED / path.name), f"run examples/make_logs.py: {path.name} differs"


def test_the_committed_logs_stay_small():
    sizes = [path.stat().st_size for path in COMMITTED.iterdir()]
    assert max(sizes) < 400_000
    assert sum(sizes) < 1_000_000


def test_no_name_gives_the_form_away():
    for path in COMMITTED.iterdir():
        assert not re.search(r"graph|sign|audit|ual|office|entra|interactive|diag|analytics", path.name, re.IGNORECASE)


def test_only_documentation_addresses_and_private_system_numbers_appear(events):
    for event in events:
        if event.place:
            assert any(ipaddress.ip_address(event.place.ip) in net for net in DOCUMENTATION)
            assert event.place.asn == 400940 or 64496 <= event.place.asn <= 64511


def test_one_person_got_phished_and_the_same_network_was_blocked_elsewhere(events, fabrikam):
    attacker = [e for e in events if isinstance(e, SignInEvent) and e.place.asn == 400940]
    assert {e.user for e in attacker} == {fabrikam.marta, fabrikam.oskar}
    assert {e.error_code for e in attacker if e.user == fabrikam.oskar} == {53003}
    assert {e.incoming for e in attacker} == {"none", "refreshToken", "primaryRefreshToken"}
    assert len({e.client.id for e in attacker}) >= 4


def test_the_inbox_rule_comes_hours_after_the_approval(events, fabrikam):
    approval = next(
        e for e in events if isinstance(e, SignInEvent) and e.user == fabrikam.marta and e.protocol != "none"
    )
    rule = next(e for e in events if isinstance(e, ActivityEvent) and e.parameters and e.actor == fabrikam.marta)
    assert 6 * 3600 < (rule.time - approval.time).total_seconds() < 8 * 3600
    assert rule.session_id == approval.session_id


def test_the_developers_have_a_habit_and_the_others_have_none(events, fabrikam):
    approvals = [e for e in events if isinstance(e, SignInEvent) and e.protocol == "deviceCode"]
    count = {who.upn: sum(e.user == who for e in approvals) for who in (fabrikam.ines, fabrikam.jonas, fabrikam.room)}
    assert list(count.values()) == [13, 20, 2]
    assert len(approvals) == sum(count.values()) + 1
