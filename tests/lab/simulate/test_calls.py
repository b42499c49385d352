"""Requests to Microsoft Graph: with tokens that were issued, of one making, and telling what they stand for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.lab.simulate.scene import USERS, attack_of, tale_of
from tests.lab.simulate.test_prepared import PERSON, PLACE, TENANT, WHEN

import grantwatch
from grantwatch.lab import token_id_of
from grantwatch.lab.apps import GRAPH
from grantwatch.lab.events import SignInEvent
from grantwatch.lab.ids import Mint
from grantwatch.lab.seen import CallEvent
from grantwatch.lab.simulate import simulate
from grantwatch.lab.simulate.calls import ASKS, asks_graph, calls_of, everyday, scopes_of_calls
from grantwatch.lab.simulate.declared import all_campaigns, all_personas
from grantwatch.lab.simulate.forms import CALLS, FORMS, lines_of
from grantwatch.lab.simulate.prepared import person_values, place_values, prepare_call
from grantwatch.lab.simulate.recipes import ALL, Recipes
from grantwatch.signals import Case, Evidence, NotFired, registered

FEEDS = ("graph", "ual", CALLS)
RECON = [each for each in all_campaigns() if each.asks in ("map", "runner")]
(SIGNAL,) = (each for each in registered() if each.id == "collection.graph_recon")


def written(folder: Path, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "logs" / name).read_bytes().splitlines()]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same tenant without and with the feed."""
    made = []
    for forms in (FEEDS[:2], FEEDS):
        made.append(tmp_path_factory.mktemp("tenant"))
        simulate(made[-1], users=40, days=12, seed=6, forms=forms)
    return made[0], made[1]


def test_nothing_else_changes_with_them(folders: tuple[Path, Path]) -> None:
    without, having = folders
    for path in (without / "logs").iterdir():
        assert path.read_bytes() == (having / "logs" / path.name).read_bytes()
    assert not (without / "logs" / "graph-activity.json").exists()
    truths = [orjson.loads((folder / "truth.json").read_bytes()) for folder in folders]
    assert truths[1]["records"].pop("graph_activity") == len(written(having, "graph-activity.json"))
    assert truths[1].pop("forms") != truths[0].pop("forms")
    assert truths[0] == truths[1]


def test_the_same_arguments_write_the_same_requests(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    simulate(tmp_path, users=40, days=12, seed=6, forms=(CALLS,))
    name = "graph-activity.json"
    assert (tmp_path / "logs" / name).read_bytes() == (folders[1] / "logs" / name).read_bytes()


def test_every_request_names_a_token_that_was_issued_within_the_hour_before(folders: tuple[Path, Path]) -> None:
    folder = folders[1]
    issued = {
        each["uniqueTokenIdentifier"]: each
        for name in ("graph-interactive.json", "graph-non-interactive.json")
        for each in written(folder, name)
    }
    asked = written(folder, "graph-activity.json")
    assert len(asked) > 0.5 * len(issued)
    assert len({each["RequestId"] for each in asked}) == len(asked)
    assert [each["TimeGenerated"] for each in asked] == sorted(each["TimeGenerated"] for each in asked)
    for each in asked:
        token = issued[each["SignInActivityId"]]
        assert (token["userId"], token["appId"]) == (each["UserId"], each["AppId"])
        assert (token["sessionId"], token["ipAddress"]) == (each["SessionId"], each["IPAddress"])
        assert token["userAgent"] == each["UserAgent"]
        assert token["resourceId"] == GRAPH.id
        assert token["status"]["errorCode"] == 0
        assert token["createdDateTime"][:19] == each["TokenIssuedAt"][:19] <= each["TimeGenerated"][:19]


def test_they_are_of_one_making(folders: tuple[Path, Path]) -> None:
    asked = written(folders[1], "graph-activity.json")
    assert len({tuple(each) for each in asked}) == 1
    assert {each["RequestUri"].split("/")[3] for each in asked} == {"v1.0", "beta"}
    for each in asked:
        assert each["ApiVersion"] == each["RequestUri"].split("/")[3]
        assert re.fullmatch(r"2026-08-\d\dT\d\d:\d\d:\d\d\.\d{3}0007Z", each["TimeGenerated"])
        assert re.fullmatch(r"2026-08-\d\dT\d\d:\d\d:\d\dZ", each["TokenIssuedAt"])
        assert each["DurationMs"] == 60 + int(each["TimeGenerated"][20:23]) % 400
        assert "{" not in each["RequestUri"]


@pytest.mark.parametrize("number", [number for number, recipe in enumerate(ALL) if recipe.resource is GRAPH])
def test_a_prepared_one_is_what_the_writer_makes(number: int) -> None:
    mint = Mint(number)
    kind = "ios" if ALL[number].where == "phone" else "edge"
    token = Recipes(TENANT, FEEDS).event(ALL[number], kind, "", False, 150)
    request, session, record = mint.request_id(), mint.guid(), mint.guid()
    for ask in everyday(token.client, TENANT.id):
        (made,) = prepare_call(token, ask, scopes_of_calls(token.client), FEEDS)
        whole = CallEvent(
            time=WHEN, tenant_id=TENANT.id, method=ask[0], client=token.client, place=PLACE, request_id=record,
            url="https://graph.microsoft.com" + ask[1].format(me=PERSON.id, upn=PERSON.upn), user=PERSON,
            user_agent=token.user_agent, session_id=session, token_id=token_id_of(request),
            scopes=scopes_of_calls(token.client), issued=WHEN.replace(minute=31),
        )  # fmt: skip
        values = (
            *person_values(PERSON, token.device), session.encode(), b"", *place_values(PLACE), request.encode(), b"",
            token_id_of(request).encode(), b"2026-08-05T23:57:01", b"043000", b"103", b"2026-08-05T23:31:01",
            record.encode(), b"",
        )  # fmt: skip
        assert [(made.file, made.text % made.values(values))] == lines_of(whole, FEEDS)


def test_no_other_form_holds_any(folders: tuple[Path, Path]) -> None:
    (token,) = [event for given in attack_of(RECON[0]).given for event in given.sign_ins if asks_graph(event)][:1]
    (call, *_) = calls_of([token], "mailbox")
    assert lines_of(call, tuple(name for name in FORMS if name != CALLS)) == []
    assert not lines_of(token, (CALLS,))


def test_a_campaign_says_what_its_tool_asks_for() -> None:
    assert {each.asks for each in all_campaigns()} == set(ASKS)
    assert len(RECON) >= 3


def hunted(folder: Path, tokens: Iterable[SignInEvent], asked: Iterable[CallEvent]) -> grantwatch.Hunt:
    lines: dict[str, list[tuple[Any, bytes]]] = defaultdict(list)
    events: list[SignInEvent | CallEvent] = [*tokens, *asked]
    for event in events:
        for name, line in lines_of(event, ("graph", CALLS)):
            lines[name].append((event.time, line))
    for name, told in lines.items():
        (folder / name).write_bytes(b"".join(line for _, line in sorted(told)))
    return grantwatch.hunt(folder)


def answers(found: grantwatch.Hunt) -> list[Any]:
    return [SIGNAL.judge(Case(each.grant, each.profile, found.coverage.missing)) for each in found.grants]


@pytest.mark.parametrize("campaign", RECON, ids=lambda each: each.id)
def test_a_map_of_the_directory_is_seen(tmp_path: Path, campaign: Any) -> None:
    given = attack_of(campaign).given
    having = [each for each in given if any(asks_graph(event) for event in each.sign_ins)]
    tokens = [event for each in given for event in each.sign_ins]
    asked = [call for each in given for call in calls_of(each.sign_ins, campaign.asks)]
    fired = [each for each in answers(hunted(tmp_path, tokens, asked)) if isinstance(each, Evidence)]
    assert having
    assert len(fired) == len(having)
    assert all(each.weight > 0.5 * SIGNAL.weight for each in fired)


def test_what_honest_people_and_their_scripts_ask_for_is_none(tmp_path: Path) -> None:
    tales = [tale_of(persona) for persona in all_personas() if persona.number(USERS)]
    tokens = list({event.request_id: event for tale in tales for event in tale.sign_ins}.values())
    asked = list(calls_of(tokens, "client"))
    found = hunted(tmp_path, tokens, asked)
    kinds = Counter(type(each) for each in answers(found))
    assert set(kinds) == {NotFired}
    assert kinds[NotFired] > 300
    assert sum(any(each.kind == "graph_call" for each in judged.grant.follow_ons) for judged in found.grants) > 100
